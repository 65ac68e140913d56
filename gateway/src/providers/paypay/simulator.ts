// A PayPay that runs on this machine: Open Payment API over HTTP under `/paypay/v2`, as the adapter meets it
// in the real world, faults included. It knows nothing of the adapter. Like the official SDK, a client signs
// the path from PayPay's host on: `/v2/codes`, without the `/paypay` that the simulator is mounted in.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, makeAnswer, makeEnvelope, makeRefusal, readCodeRequest } from './simulator-answers.ts';
import { registerPaypayControl } from './simulator-control.ts';
import { createNotifier } from './simulator-notifications.ts';
import { createRequestLog } from './simulator-request-log.ts';
import { verifyOpaSignature } from './simulator-signature.ts';
import { createPaypayState, type PaypaySettings, type SimulatedPayment } from './simulator-state.ts';

export const SIMULATOR_API_KEY = 'simulator-key';
export const SIMULATOR_API_SECRET = 'simulator-secret';
export const PAYPAY_MOUNT = '/paypay';
export const PAYPAY_ENDPOINTS = ['create_code', 'delete_code', 'get_payment', 'cancel_payment'] as const;

type PaypayEndpoint = (typeof PAYPAY_ENDPOINTS)[number];
type PaypayFault =
  | 'server_error'
  | 'server_error_after_success'
  | 'hang'
  | 'hang_after_success'
  | 'slow'
  | 'slow_drip'
  | 'rate_limit'
  | 'maintenance'
  | 'html_502'
  | 'wrong_amount'
  | 'lose_notification'
  | 'duplicate_notification'
  | 'instant_pay';

export interface PaypaySimulatorOptions {
  /** Where the server listens, asked when a code is made: the port is not known before. */
  serverUrl(): string;
  now(): number;
  log(facts: Record<string, unknown>, message: string): void;
  /** Says whether a fault strikes here and now. What it then does is decided in this file. */
  faults: { take(fault: PaypayFault, endpoint: string): { ms: number } | null; clear(): void };
  api_key?: string | undefined;
  api_secret?: string | undefined;
  settings?: Partial<PaypaySettings> | undefined;
}

const MISSING_BODY = Buffer.alloc(0);
const HTML_502 =
  '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';
/** What people leave in a configuration when they mean to fill in the merchant's id later. */
const PLACEHOLDER = /^(your|my|test)?[_-]?merchant[_-]?id$|[^a-zA-Z0-9_-]/i;

export function registerPaypaySimulator(app: FastifyInstance, options: PaypaySimulatorOptions): void {
  const { now, faults } = options;
  const secrets = new Map([
    [options.api_key ?? SIMULATOR_API_KEY, options.api_secret ?? SIMULATOR_API_SECRET],
  ]);
  const initialSettings: PaypaySettings = {
    notification_url: null,
    webhook_secret: null,
    qr_lifetime_seconds: 300,
    instant_pay: false,
    instant_pay_delay_ms: 0,
    cancel_delay_seconds: 0,
    ...options.settings,
  };
  const settings = { ...initialSettings };
  const state = createPaypayState({ now, settings, baseUrl: () => `${options.serverUrl()}${PAYPAY_MOUNT}` });
  const requests = createRequestLog(now);
  const timers = new Set<NodeJS.Timeout>();
  const notifier = createNotifier({
    settings,
    now,
    log: options.log,
    takeFault: (fault) => faults.take(fault, 'notification') !== null,
  });

  function stopTimers() {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  }
  app.addHook('onClose', async () => {
    stopTimers();
    await notifier.close();
  });

  /** Through a timer even without a delay, so that the code is answered before it is paid. */
  function payLater(payment: SimulatedPayment, delayMs: number) {
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (state.pay(payment, false).ok) notifier.notify(payment, 'COMPLETED');
    }, delayMs);
    timers.add(timer);
  }

  registerPaypayControl(app, {
    mount: PAYPAY_MOUNT,
    state,
    settings,
    requests,
    notifier,
    reset() {
      stopTimers();
      state.reset();
      requests.reset();
      faults.clear();
      Object.assign(settings, initialSettings);
    },
  });

  /** The order of a real gateway: the front door's own troubles first, then who is asking, then the work. */
  function refuseEarly(endpoint: PaypayEndpoint): Answer | 'hang' | 'html_502' | null {
    if (faults.take('html_502', endpoint)) return 'html_502';
    if (faults.take('maintenance', endpoint)) return makeAnswer('MAINTENANCE_MODE');
    if (faults.take('rate_limit', endpoint)) return makeAnswer('RATE_LIMIT');
    if (faults.take('server_error', endpoint)) return makeAnswer('SERVICE_ERROR');
    if (faults.take('hang', endpoint)) return 'hang';
    return null;
  }

  /** The merchant that the call acts for, or why it may not. */
  function authorize(request: FastifyRequest, body: Buffer): { merchantId: string } | Answer {
    const url = request.raw.url ?? '';
    const verdict = verifyOpaSignature(
      {
        authorization: request.headers.authorization,
        method: request.method,
        path: url.slice(PAYPAY_MOUNT.length).split('?', 1)[0] ?? '',
        content_type: request.headers['content-type'],
        body,
      },
      secrets,
      now(),
    );
    if (!verdict.ok) return makeRefusal('UNAUTHORIZED', verdict.reason);
    const inQuery = new URL(url, 'http://paypay').searchParams.get('assumeMerchant');
    const merchantId = inQuery ?? request.headers['x-assume-merchant'];
    if (typeof merchantId !== 'string' || merchantId === '' || PLACEHOLDER.test(merchantId)) {
      return makeRefusal('UNAUTHORIZED', 'X-ASSUME-MERCHANT is missing or still a placeholder.');
    }
    return { merchantId };
  }

  async function send(endpoint: PaypayEndpoint, reply: FastifyReply, answer: Answer, requestId: string) {
    const text = makeEnvelope(answer, requestId);
    if (answer.hint !== undefined) {
      reply.header('x-simulator-hint', answer.hint);
      requests.addRefusal(endpoint, answer.status, answer.code, answer.hint);
    }
    reply.code(answer.status).header('content-type', 'application/json;charset=UTF-8');
    const slow = faults.take('slow', endpoint);
    if (slow) await waitForClient(reply, slow.ms);
    const drip = faults.take('slow_drip', endpoint);
    if (!drip) return reply.send(text);
    reply.header('content-length', Buffer.byteLength(text));
    return reply.send(Readable.from(dripBody(reply, text, drip.ms)));
  }

  function route(
    scope: FastifyInstance,
    call: { method: 'GET' | 'POST' | 'DELETE'; path: string; endpoint: PaypayEndpoint },
    findId: (request: FastifyRequest, body: Buffer) => string | null,
    work: (merchantId: string, request: FastifyRequest, body: Buffer) => Answer,
  ) {
    const { endpoint } = call;
    scope.route({
      method: call.method,
      url: call.path,
      async handler(request, reply) {
        const body = Buffer.isBuffer(request.body) ? request.body : MISSING_BODY;
        const countAnswer = requests.countRequest(endpoint, findId(request, body));
        const early = refuseEarly(endpoint);
        if (early === 'html_502') {
          countAnswer('502');
          return reply.code(502).type('text/html').send(HTML_502);
        }
        let answer = early;
        if (answer === null) {
          const caller = authorize(request, body);
          answer = 'status' in caller ? caller : work(caller.merchantId, request, body);
          // Only work that was done can be followed by an error "after success".
          if (answer.status < 300) {
            if (faults.take('server_error_after_success', endpoint)) answer = makeAnswer('SERVICE_ERROR');
            else if (faults.take('hang_after_success', endpoint)) answer = 'hang';
          }
        }
        if (answer === 'hang') {
          countAnswer('no answer');
          // The socket stays open until the client gives up or the server closes.
          reply.hijack();
          return;
        }
        countAnswer(String(answer.status));
        return send(endpoint, reply, answer, String(reply.getHeader('x-request-id')));
      },
    });
  }

  function createCode(merchantId: string, body: Buffer): Answer {
    const request = readCodeRequest(body);
    if ('status' in request) return request;
    const answer = state.createCode(merchantId, request);
    const payment = state.findByCode(String(answer.data?.['codeId']));
    if (answer.status === 201 && payment?.status === 'CREATED') {
      const instant = faults.take('instant_pay', 'create_code');
      if (instant) payLater(payment, instant.ms);
      else if (settings.instant_pay) payLater(payment, settings.instant_pay_delay_ms);
    }
    return answer;
  }

  app.register(
    async (scope) => {
      // The signature covers the bytes, so nothing may parse them first.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('x-request-id', `OPA${randomUUID().replaceAll('-', '').toUpperCase()}`);
        // Clients correct their clock by this header, so it must tell the same time as the signature check.
        reply.header('date', new Date(now()).toUTCString());
        // Two official SDKs send the word `empty` as the type of a body that is not there.
        if (isBodyless(request)) delete request.raw.headers['content-type'];
      });
      scope.setErrorHandler((error, _request, reply) => {
        options.log({ err: error }, 'the PayPay simulator failed');
        reply
          .code(500)
          .type('application/json')
          .send(makeEnvelope(makeAnswer('SERVICE_ERROR'), ''));
      });
      scope.setNotFoundHandler((_request, reply) => {
        const answer = makeRefusal('RESOURCE_NOT_FOUND', 'PayPay has no such path, or not in the simulator.');
        reply.code(404).type('application/json').send(makeEnvelope(answer, ''));
      });

      const idOf = (request: FastifyRequest) => (request.params as { id: string }).id;
      const idOfCode = (request: FastifyRequest) =>
        state.findByCode(idOf(request))?.request.merchantPaymentId ?? null;
      route(
        scope,
        { method: 'POST', path: '/codes', endpoint: 'create_code' },
        (_request, body) => findIdInBody(body),
        (merchantId, _request, body) => createCode(merchantId, body),
      );
      route(
        scope,
        { method: 'DELETE', path: '/codes/:id', endpoint: 'delete_code' },
        idOfCode,
        (merchantId, request) => state.deleteCode(merchantId, idOf(request)),
      );
      route(
        scope,
        { method: 'GET', path: '/codes/payments/:id', endpoint: 'get_payment' },
        idOf,
        (merchantId, request) => misreport(state.getDetails(merchantId, idOf(request))),
      );
      route(
        scope,
        { method: 'DELETE', path: '/payments/:id', endpoint: 'cancel_payment' },
        idOf,
        (merchantId, request) => state.cancel(merchantId, idOf(request)),
      );
    },
    { prefix: `${PAYPAY_MOUNT}/v2` },
  );

  function misreport(answer: Answer): Answer {
    const money = answer.data?.['amount'] as { amount: number; currency: string } | undefined;
    if (!money || !faults.take('wrong_amount', 'get_payment')) return answer;
    return { ...answer, data: { ...answer.data, amount: { ...money, amount: money.amount + 1 } } };
  }
}

function isBodyless(request: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding === undefined && (length === undefined || length === '0');
}

function findIdInBody(body: Buffer): string | null {
  try {
    const id = (JSON.parse(body.toString('utf8')) as { merchantPaymentId?: unknown } | null)
      ?.merchantPaymentId;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

/** Waits, but not for a client that has already left. */
async function waitForClient(reply: FastifyReply, ms: number): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  reply.raw.once('close', leave);
  await wait(ms, undefined, { signal: gone.signal }).catch(() => {});
  reply.raw.off('close', leave);
}

/** The same bytes in twenty pieces over the whole time: every read makes progress, none is the last. */
async function* dripBody(reply: FastifyReply, text: string, ms: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  const pieces = Math.min(20, bytes.length);
  const size = Math.ceil(bytes.length / pieces);
  for (let start = 0; start < bytes.length && !reply.raw.destroyed; start += size) {
    yield bytes.subarray(start, start + size);
    await waitForClient(reply, ms / pieces);
  }
}

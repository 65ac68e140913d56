// The front door of the simulated PayPay: Open Payment API routes under `/paypay/v2`, who may use them, and
// the faults that a network and a busy provider add. Like the official SDK, a client signs the path from
// PayPay's host on: `/v2/codes`, without the `/paypay` that the simulator is mounted in.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HTML_502, sendAtPace } from '../simulator-network.ts';
import type { RequestLog } from '../simulator-request-log.ts';
import { type Answer, makeAnswer, makeEnvelope, makeRefusal, REFUSAL_CODES } from './simulator-answers.ts';
import { verifyOpaSignature } from './simulator-signature.ts';

export const OPA_ENDPOINTS = [
  'create_code',
  'delete_code',
  'get_payment',
  'create_payment',
  'authorize_payment',
  'get_customer_payment',
  'cancel_payment',
  'capture_payment',
  'revert_authorization',
  'create_refund',
  'get_refund',
] as const;
export type OpaEndpoint = (typeof OPA_ENDPOINTS)[number];
export type OpaFault =
  | 'server_error'
  | 'server_error_after_success'
  | 'hang'
  | 'hang_after_success'
  | 'slow'
  | 'slow_drip'
  | 'rate_limit'
  | 'maintenance'
  | 'html_502'
  | 'refuse';

export interface OpaParts {
  mount: string;
  secrets: ReadonlyMap<string, string>;
  now(): number;
  log(facts: Record<string, unknown>, message: string): void;
  takeFault(fault: OpaFault, endpoint: OpaEndpoint): { ms: number; code: string | null } | null;
  requests: RequestLog;
  /** Whose Bearer token it is; null for none that is good. */
  findOwnerOfToken(token: string): string | null;
  findIdOfCode(codeId: string): string | null;
  findIdOfPayment(paymentId: string): string | null;
  findIdOfRefund(merchantRefundId: string): string | null;
  /** What PayPay does once the caller is known. `id` is the last part of the path, empty when there is none. */
  work: Record<OpaEndpoint, (merchantId: string, id: string, body: Buffer, query: URLSearchParams) => Answer>;
}

const ROUTES = [
  { endpoint: 'create_code', method: 'POST', url: '/codes' },
  { endpoint: 'delete_code', method: 'DELETE', url: '/codes/:id' },
  { endpoint: 'get_payment', method: 'GET', url: '/codes/payments/:id' },
  { endpoint: 'create_payment', method: 'POST', url: '/payments' },
  { endpoint: 'authorize_payment', method: 'POST', url: '/payments/preauthorize' },
  { endpoint: 'get_customer_payment', method: 'GET', url: '/payments/:id' },
  { endpoint: 'cancel_payment', method: 'DELETE', url: '/payments/:id' },
  { endpoint: 'capture_payment', method: 'POST', url: '/payments/capture' },
  { endpoint: 'revert_authorization', method: 'POST', url: '/payments/preauthorize/revert' },
  { endpoint: 'create_refund', method: 'POST', url: '/refunds' },
  { endpoint: 'get_refund', method: 'GET', url: '/refunds/:id' },
] as const satisfies { endpoint: OpaEndpoint; method: string; url: string }[];

const NAMED_IN_BODY: ReadonlySet<OpaEndpoint> = new Set([
  'create_code',
  'create_payment',
  'authorize_payment',
  'capture_payment',
]);
const NO_BODY = Buffer.alloc(0);
/** What people leave in a configuration when they mean to fill in the merchant's id later. */
const PLACEHOLDER = /^(your|my|test)?[_-]?merchant[_-]?id$|[^a-zA-Z0-9_-]/i;

export function registerOpaRoutes(app: FastifyInstance, parts: OpaParts): void {
  const { requests, takeFault } = parts;

  /** The order of a real gateway: the front door's own troubles first, then who is asking, then the work. */
  function refuseEarly(endpoint: OpaEndpoint): Answer | 'hang' | 'html_502' | null {
    if (takeFault('html_502', endpoint)) return 'html_502';
    if (takeFault('maintenance', endpoint)) return makeAnswer('MAINTENANCE_MODE');
    if (takeFault('rate_limit', endpoint)) return makeAnswer('RATE_LIMIT');
    if (takeFault('server_error', endpoint)) return makeAnswer('SERVICE_ERROR');
    const refused = takeFault('refuse', endpoint);
    const code = REFUSAL_CODES.find((known) => known === refused?.code);
    if (code !== undefined) return makeRefusal(code, 'The dial says so.');
    if (takeFault('hang', endpoint)) return 'hang';
    return null;
  }

  function decide(endpoint: OpaEndpoint, request: FastifyRequest, id: string, body: Buffer): Answer | 'hang' {
    const caller = authorize(request, body, parts);
    const query = new URL(request.raw.url ?? '', 'http://paypay').searchParams;
    const answer = 'status' in caller ? caller : parts.work[endpoint](caller.merchantId, id, body, query);
    // Only work that was done can be followed by an error "after success".
    if (answer.status >= 300) return answer;
    if (takeFault('server_error_after_success', endpoint)) return makeAnswer('SERVICE_ERROR');
    return takeFault('hang_after_success', endpoint) ? 'hang' : answer;
  }

  async function send(endpoint: OpaEndpoint, reply: FastifyReply, answer: Answer): Promise<FastifyReply> {
    if (answer.hint !== undefined) {
      reply.header('x-simulator-hint', answer.hint);
      requests.addRefusal(endpoint, answer.status, answer.code, answer.hint);
    }
    const text = makeEnvelope(answer, getRequestId(reply));
    reply.code(answer.status).header('content-type', 'application/json;charset=UTF-8');
    return sendAtPace(reply, text, (fault) => takeFault(fault, endpoint));
  }

  async function answerRequest(endpoint: OpaEndpoint, request: FastifyRequest, reply: FastifyReply) {
    const body = Buffer.isBuffer(request.body) ? request.body : NO_BODY;
    const id = (request.params as { id?: string }).id ?? '';
    const countAnswer = requests.countRequest(endpoint, findPaymentId(endpoint, id, body));
    const answer = refuseEarly(endpoint) ?? decide(endpoint, request, id, body);
    if (answer === 'hang') {
      countAnswer('no answer');
      // The socket stays open until the client gives up or the server closes.
      return reply.hijack();
    }
    if (answer === 'html_502') {
      countAnswer('502');
      return reply.code(502).type('text/html').send(HTML_502);
    }
    countAnswer(String(answer.status));
    return send(endpoint, reply, answer);
  }

  function findPaymentId(endpoint: OpaEndpoint, id: string, body: Buffer): string | null {
    if (NAMED_IN_BODY.has(endpoint)) return findInBody(body, 'merchantPaymentId');
    if (endpoint === 'create_refund' || endpoint === 'revert_authorization')
      return parts.findIdOfPayment(findInBody(body, 'paymentId') ?? '');
    if (endpoint === 'get_refund') return parts.findIdOfRefund(id);
    return endpoint === 'delete_code' ? parts.findIdOfCode(id) : id;
  }

  app.register(
    async (scope) => {
      // The signature covers the bytes, so nothing may parse them first.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
      scope.addHook('onRequest', async (request, reply) => {
        reply.header('x-request-id', `OPA${randomUUID().replaceAll('-', '').toUpperCase()}`);
        // Clients correct their clock by this header, so it must tell the same time as the signature check.
        reply.header('date', new Date(parts.now()).toUTCString());
        // Two official SDKs send the word `empty` as the type of a body that is not there.
        if (isBodyless(request)) delete request.raw.headers['content-type'];
      });
      scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
        // A request that cannot be read (too large, cut off) is the client's; anything else is a bug here.
        const isRefusal = (error.statusCode ?? 500) < 500;
        if (!isRefusal) parts.log({ err: error }, 'the PayPay simulator failed');
        const answer = makeAnswer(isRefusal ? 'INVALID_REQUEST_PARAMS' : 'SERVICE_ERROR');
        reply
          .code(answer.status)
          .type('application/json')
          .send(makeEnvelope(answer, getRequestId(reply)));
      });
      scope.setNotFoundHandler((_request, reply) => {
        const answer = makeRefusal('RESOURCE_NOT_FOUND', 'The simulator has no such path.');
        reply
          .code(answer.status)
          .type('application/json')
          .send(makeEnvelope(answer, getRequestId(reply)));
      });
      for (const { endpoint, method, url } of ROUTES) {
        scope.route({ method, url, handler: (request, reply) => answerRequest(endpoint, request, reply) });
      }
    },
    { prefix: `${parts.mount}/v2` },
  );
}

/** The merchant that the call acts for, or why it may not. */
function authorize(request: FastifyRequest, body: Buffer, parts: OpaParts): { merchantId: string } | Answer {
  const url = request.raw.url ?? '';
  const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (token !== undefined && parts.findOwnerOfToken(token) === null) {
    return makeRefusal('UNAUTHORIZED', 'The Bearer token is not known, or has ended.');
  }
  if (token !== undefined) return findMerchant(request);
  const verdict = verifyOpaSignature(
    {
      authorization: request.headers.authorization,
      method: request.method,
      path: url.slice(parts.mount.length).split('?', 1)[0] ?? '',
      content_type: request.headers['content-type'],
      body,
    },
    parts.secrets,
    parts.now(),
  );
  return verdict.ok ? findMerchant(request) : makeRefusal('UNAUTHORIZED', verdict.reason);
}

function findMerchant(request: FastifyRequest): { merchantId: string } | Answer {
  const inQuery = new URL(request.raw.url ?? '', 'http://paypay').searchParams.get('assumeMerchant');
  const merchantId = inQuery ?? request.headers['x-assume-merchant'];
  if (typeof merchantId !== 'string' || merchantId === '' || PLACEHOLDER.test(merchantId)) {
    return makeRefusal('UNAUTHORIZED', 'X-ASSUME-MERCHANT is missing or still a placeholder.');
  }
  return { merchantId };
}

function getRequestId(reply: FastifyReply): string {
  return String(reply.getHeader('x-request-id'));
}

function isBodyless(request: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding === undefined && (length === undefined || length === '0');
}

function findInBody(body: Buffer, name: string): string | null {
  try {
    const id = (JSON.parse(body.toString('utf8')) as Record<string, unknown> | null)?.[name];
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

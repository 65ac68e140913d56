// The front door of the simulated Plutu, `POST /mpgs/transaction/mpgs/confirm`: who may ask for a payment page, what must
// stand in the form, and the faults that a network and a busy provider add.
import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultName } from '../simulator-faults.ts';
import { HTML_502, sendAtPace } from '../simulator-network.ts';
import type { RequestLog } from '../simulator-request-log.ts';
import {
  makeError,
  makeMaintenance,
  makeRedirect,
  makeTooMany,
  PLUTU_ERROR_CODES,
  type PlutuAnswer,
} from './simulator-answers.ts';
import type { Books, PaymentRequest } from './simulator-books.ts';
import type { PlutuSettings } from './simulator-settings.ts';

export interface PlutuApiParts {
  mount: string;
  settings: PlutuSettings;
  books: Books;
  requests: RequestLog;
  takeFault(fault: FaultName): { ms: number; code: string | null } | null;
  checkoutUrl(id: string): string;
  log(facts: Record<string, unknown>, message: string): void;
}

export function registerPlutuApi(app: FastifyInstance, parts: PlutuApiParts): void {
  const { settings, books, requests, takeFault } = parts;

  /** The order of a real provider: the front door's own troubles first, then who is asking, then the work. */
  function refuseEarly(): PlutuAnswer | 'hang' | 'html_502' | null {
    if (takeFault('html_502')) return 'html_502';
    if (takeFault('maintenance')) return makeMaintenance();
    if (takeFault('rate_limit')) return makeTooMany();
    if (takeFault('server_error')) return makeError(settings, 'BACKEND_SERVER_ERROR');
    const refused = takeFault('refuse');
    const code = PLUTU_ERROR_CODES.find((known) => known === refused?.code);
    if (code !== undefined) return makeError(settings, code, { hint: 'The dial says so.' });
    return takeFault('hang') ? 'hang' : null;
  }

  function confirm(request: FastifyRequest, form: URLSearchParams): PlutuAnswer | 'hang' {
    const refused = refuseCaller(request, settings);
    if (refused) return refused;
    const read = readForm(form, settings);
    if ('status' in read) return read;
    const payment = books.open(read);
    if (payment === null) {
      const hint = 'Each invoice_no can be used once, also when its answer was lost.';
      return makeError(settings, 'DUPLICATED_INVOICE_NUMBER', { hint });
    }
    // Only work that was done can be followed by an error "after success".
    if (takeFault('server_error_after_success')) return makeError(settings, 'BACKEND_SERVER_ERROR');
    return takeFault('hang_after_success') ? 'hang' : makeRedirect(parts.checkoutUrl(payment.id));
  }

  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '');
    const countAnswer = requests.countRequest('confirm', form.get('invoice_no'));
    const found = refuseEarly() ?? confirm(request, form);
    if (found === 'hang') {
      countAnswer('no answer');
      // The socket stays open until the client gives up or the server closes.
      return reply.hijack();
    }
    if (found === 'html_502') {
      countAnswer('502');
      return reply.code(502).type('text/html').send(HTML_502);
    }
    countAnswer(String(found.status));
    if (found.hint !== undefined) {
      reply.header('x-simulator-hint', found.hint);
      requests.addRefusal('confirm', found.status, found.code ?? '', found.hint);
    }
    reply.code(found.status).header('content-type', 'application/json');
    return sendAtPace(reply, JSON.stringify(found.body), takeFault);
  }

  app.register(
    async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, body),
      );
      // Any other body is one in which no parameter is found.
      scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, null));
      scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
        const is_refusal = (error.statusCode ?? 500) < 500;
        if (!is_refusal) parts.log({ err: error }, 'the Plutu simulator failed');
        const { status, body } = makeError(settings, is_refusal ? 'INVALID_INPUTS' : 'BACKEND_ERROR');
        return reply.code(status).send(body);
      });
      scope.post('/mpgs/confirm', answer);
    },
    { prefix: `${parts.mount}/transaction` },
  );
}

function refuseCaller(request: FastifyRequest, settings: PlutuSettings): PlutuAnswer | null {
  const { authorization, 'x-api-key': api_key } = request.headers;
  if (authorization !== `Bearer ${settings.access_token}`) {
    const hint = 'Authorization must be "Bearer", a space and the access token.';
    return makeError(settings, 'UNAUTHORIZED', { hint });
  }
  if (api_key !== settings.api_key) {
    return makeError(settings, 'AUTH_ERROR', { hint: 'X-API-KEY is not the API key.' });
  }
  return null;
}

function readForm(form: URLSearchParams, settings: PlutuSettings): PaymentRequest | PlutuAnswer {
  const text = (name: string) => form.get(name)?.trim() || null;
  const [amount, invoice_no, return_url] = [text('amount'), text('invoice_no'), text('return_url')];
  if (amount === null || invoice_no === null || return_url === null) {
    const missing = Object.entries({ amount, invoice_no, return_url }).filter(([, value]) => value === null);
    const fields = Object.fromEntries(
      missing.map(([name]) => [name, `The ${name.replaceAll('_', ' ')} field is required.`]),
    );
    const hint = `The form lacks ${missing.map(([name]) => name).join(', ')}.`;
    return makeError(settings, 'MISSING_PARAMETER', { fields, hint });
  }
  const amount_cents = readCents(amount);
  if (amount_cents === null) {
    const hint = 'amount must be more than 0, with at most two decimals after a point.';
    return makeError(settings, 'INVALID_AMOUNT', { fields: { amount: hint }, hint });
  }
  const invalid = (field: string, hint: string) =>
    makeError(settings, 'INVALID_INPUTS', { fields: { [field]: hint }, hint });
  if (!/^[A-Za-z0-9.\-_]+$/.test(invoice_no)) {
    return invalid('invoice_no', 'invoice_no holds letters, digits and . - _ only.');
  }
  if (!/^https?:\/\//.test(return_url) || !URL.canParse(return_url)) {
    return invalid('return_url', 'return_url must be a complete URL.');
  }
  const customer_ip = text('customer_ip');
  if (customer_ip !== null && isIP(customer_ip) === 0) {
    return invalid('customer_ip', 'customer_ip must be an IP address.');
  }
  const lang = text('lang') ?? 'ar';
  if (lang !== 'ar' && lang !== 'en') return invalid('lang', 'lang must be ar or en.');
  if (amount_cents > settings.max_amount_cents) {
    return makeError(settings, 'AMOUNT_EXCEEDED_MAXIMUM', { hint: 'See the setting max_amount_cents.' });
  }
  return { amount, amount_cents, invoice_no, return_url, customer_ip, lang };
}

/** Whole, or with one or two decimals after a point; null for anything else, and for nothing. */
function readCents(amount: string): number | null {
  const [, whole, decimals = ''] = /^(\d{1,11})(?:\.(\d{1,2}))?$/.exec(amount) ?? [];
  if (whole === undefined) return null;
  const cents = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return cents > 0 ? cents : null;
}

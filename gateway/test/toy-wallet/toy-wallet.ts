// A wallet that nobody has: the smallest provider that is asked, to read before writing a real one. The test
// adding-a-provider.test.ts puts this folder where providers live, adds its line to the registry, and holds it to
// the contract like all others.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { ProviderResult } from '../../domain/provider-result.ts';
import type { HttpAnswer } from '../../outbound/http.ts';
import {
  type AttemptFacts,
  defineProvider,
  type NotificationReading,
  type NotificationRequest,
  type ProviderContext,
} from '../provider.ts';

const ShopId = Type.String({ minLength: 1, maxLength: 64 });
const Key = Type.String({ minLength: 1, maxLength: 255 });
const Credentials = Type.Object({
  shop_id: ShopId,
  key: Key,
  base_url: Type.String({ pattern: '^https?://' }),
});
type Context = ProviderContext<Static<typeof Credentials>>;

export const toyWallet = defineProvider({
  name: 'TOY_WALLET',
  processing_mode: 'pgw_processed',
  payment_method_types: ['qr_mpm'],
  can_authorize: false,
  credentials: Type.Object({ shop_id: ShopId, key: Type.Optional(Key) }, { additionalProperties: false }),
  complete_credentials: Credentials,
  accountOf: ({ shop_id }) => shop_id,
  simulatorCredentials: (base_url) => ({ key: 'simulator-key', base_url }),
  // The attempt id is the reference, so a repetition finds what the first asking began.
  start: (attempt, context) =>
    ask(attempt, context, 'POST', '/v1/charges', {
      reference: attempt.id,
      amount: attempt.amount,
      currency: attempt.currency,
    }),
  lookUp: (attempt, context) => ask(attempt, context, 'GET', `/v1/charges/${attempt.id}`),
  cancel: (attempt, context) => ask(attempt, context, 'DELETE', `/v1/charges/${attempt.id}`),
  readNotification,
});

const Charge = Type.Object({
  reference: Type.String(),
  id: Type.String(),
  state: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  code: Type.String(),
  expires_at: Type.String(),
  paid_at: Type.Union([Type.String(), Type.Null()]),
});

/** What the wallet's refusals say. A code that is not here is unknown. */
const REFUSALS: Readonly<Record<string, 'not_begun' | 'not_found'>> = {
  bad_key: 'not_begun',
  too_many_requests: 'not_begun',
  maintenance: 'not_begun',
  no_such_charge: 'not_found',
};

async function ask(
  attempt: AttemptFacts,
  context: Context,
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
): Promise<ProviderResult> {
  const { base_url, key, shop_id } = context.credentials;
  const answer = await context.http.request({
    method,
    url: base_url + path,
    headers: {
      'x-toy-key': key,
      'x-toy-shop': shop_id,
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    deadline_ms: context.deadline_ms ?? 10_000,
  });
  return readAnswer(answer, attempt, method === 'POST');
}

function readAnswer(answer: HttpAnswer, attempt: AttemptFacts, is_start: boolean): ProviderResult {
  if (answer.kind === 'failed') {
    const reason = answer.reason === 'timeout' ? 'timeout' : 'connection_failed';
    if (is_start && !answer.sent) return notBegun(reason, 'The toy wallet could not be reached.');
    return { kind: 'unknown', reason, message: 'The toy wallet did not answer.' };
  }
  const body = parseJson(answer.body);
  if (answer.status < 300 && Value.Check(Charge, body) && body.reference === attempt.id)
    return resultOf(body);
  const code = Value.Check(Type.Object({ error: Type.String() }), body) ? body.error : '';
  const meaning = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (meaning === 'not_found') return { kind: 'not_found' };
  // Of a charge that is open, a refused question says nothing.
  if (meaning === 'not_begun' && is_start) return notBegun(code, `The toy wallet answered ${code}.`);
  const reason = answer.status >= 500 ? 'server_error' : 'unlisted_code';
  return { kind: 'unknown', reason, message: `The toy wallet answered ${answer.status}.` };
}

function resultOf(charge: Static<typeof Charge>): ProviderResult {
  const { id, state, amount, currency, code, expires_at, paid_at } = charge;
  switch (state) {
    case 'open':
      return { kind: 'waiting', action: { type: 'qr', qr_content: code, expires_at }, provider_code_id: id };
    case 'paid':
      return {
        kind: 'paid',
        stated: { amount, currency },
        provider_payment_id: id,
        ...(paid_at !== null && { paid_at }),
      };
    case 'refused':
      return { kind: 'declined', code: 'payment_refused', message: 'The toy wallet refused the payment.' };
    case 'closed':
      return { kind: 'ended_unpaid', reason: 'deleted' };
    case 'expired':
      return { kind: 'ended_unpaid', reason: 'expired' };
    default:
      return { kind: 'unknown', reason: 'unlisted_code', message: 'The toy wallet told an unknown state.' };
  }
}

function notBegun(code: string, message: string): ProviderResult {
  return { kind: 'ended_unpaid', reason: 'refused', code, message };
}

const Notice = Type.Object({ reference: Type.String(), id: Type.String(), state: Type.String() });

function readNotification(request: NotificationRequest, secret: string | null): NotificationReading {
  if (secret !== null && !isSigned(request, secret)) return { ok: false, reason: 'bad_signature' };
  const body = parseJson(request.body);
  if (!Value.Check(Notice, body)) return { ok: false, reason: 'unreadable' };
  const dedupe_key = createHash('sha256').update(`${body.reference}.${body.state}`).digest('hex');
  const notification = { attempt_id: body.reference, provider_payment_id: body.id, dedupe_key };
  return { ok: true, notification };
}

function isSigned({ headers, body }: NotificationRequest, secret: string): boolean {
  const given = headers['x-toy-signature'];
  if (typeof given !== 'string' || !/^[0-9a-f]{64}$/.test(given)) return false;
  return timingSafeEqual(Buffer.from(given, 'hex'), createHmac('sha256', secret).update(body).digest());
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

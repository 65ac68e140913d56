// One call to PayPay: sign, send, read the envelope. Every outcome is a value. Messages carry PayPay's codes
// and its request id, never its free text, which may quote what we sent.
import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { UnknownReason } from '../../domain/provider-result.ts';
import type { HttpAnswer } from '../../outbound/http.ts';
import type { ProviderContext } from '../provider.ts';
import { makeOpaAuthorization } from './opa-signature.ts';
import { type PaypayCode, readResultCode } from './results.ts';

const MerchantId = Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' });
const ApiKey = Type.String({ minLength: 1, maxLength: 255, pattern: '^[!-~]+$' });
const ApiSecret = Type.String({ minLength: 1, maxLength: 255 });

/** What a store may sync. Not the host: only the operator decides where our requests and key ids go. */
export const PaypayStoreCredentials = Type.Object(
  { merchant_id: MerchantId, api_key: Type.Optional(ApiKey), api_secret: Type.Optional(ApiSecret) },
  { additionalProperties: false },
);

/** What a call needs. Without a `base_url` it goes to PayPay itself. */
export const PaypayCredentials = Type.Object({
  merchant_id: MerchantId,
  api_key: ApiKey,
  api_secret: ApiSecret,
  /** It may end in a path of its own, as the simulator's does; that part is not signed. */
  base_url: Type.Optional(Type.String({ maxLength: 255, pattern: '^https?://' })),
});
export type PaypayCredentials = Static<typeof PaypayCredentials>;

export interface PaypayCall {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  /** Not signed, as PayPay's SDKs do it. */
  query?: string;
  body?: Record<string, unknown>;
}

export type PaypayAnswer =
  | { kind: 'done'; data: unknown }
  /** PayPay says that it did not do it. */
  | { kind: 'refused'; meaning: 'definite' | 'retry'; code: PaypayCode; message: string }
  /** Nothing left us: PayPay cannot have done it. */
  | { kind: 'unsent'; message: string; reason: UnknownReason }
  /** PayPay may have done it. */
  | { kind: 'unclear'; message: string; reason: UnknownReason };

const LIVE_HOST = 'https://apigw.paypay.ne.jp';
const SANDBOX_HOST = 'https://apigw.sandbox.paypay.ne.jp';

// PayPay's own limit for the slowest of these calls. What a customer at the till can wait is shorter, and is
// the limit that the whole question has.
const MAX_CALL_MS = 30_000;
const CONTENT_TYPE = 'application/json';

const Envelope = Type.Object({
  resultInfo: Type.Object({
    code: Type.String(),
    codeId: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  }),
  data: Type.Optional(Type.Unknown()),
});

export async function callPaypay(
  context: ProviderContext<PaypayCredentials>,
  call: PaypayCall,
): Promise<PaypayAnswer> {
  const { credentials } = context;
  const base_url = credentials.base_url ?? (context.livemode ? LIVE_HOST : SANDBOX_HOST);
  const bytes = call.body === undefined ? undefined : JSON.stringify(call.body);
  const authorization = makeOpaAuthorization(
    {
      method: call.method,
      path: call.path,
      ...(bytes === undefined ? {} : { body: { content_type: CONTENT_TYPE, bytes } }),
    },
    credentials,
    randomBytes(6).toString('hex'),
    Math.floor(context.now() / 1000),
  );
  const answer = await context.http.request({
    method: call.method,
    url: base_url.replace(/\/+$/, '') + call.path + (call.query === undefined ? '' : `?${call.query}`),
    headers: {
      authorization,
      'x-assume-merchant': credentials.merchant_id,
      ...(bytes === undefined ? {} : { 'content-type': CONTENT_TYPE }),
    },
    ...(bytes === undefined ? {} : { body: bytes }),
    deadline_ms: MAX_CALL_MS,
  });
  return readAnswer(answer, context.now());
}

function readAnswer(answer: HttpAnswer, now: number): PaypayAnswer {
  if (answer.kind === 'failed') {
    const reason = FAILURE_REASONS[answer.reason];
    return answer.sent
      ? { kind: 'unclear', reason, message: `PayPay did not answer. ${answer.message}` }
      : { kind: 'unsent', reason, message: `PayPay could not be reached. ${answer.message}` };
  }
  const { status } = answer;
  const request = requestIdOf(answer.headers);
  const envelope = parseJson(answer.body);
  if (!Value.Check(Envelope, envelope)) {
    const message = `PayPay answered ${status} with something that is not PayPay's${request}.`;
    return { kind: 'unclear', reason: reasonForStatus(status, 'unreadable_answer'), message };
  }
  const { code, codeId } = envelope.resultInfo;
  const read = readResultCode(status, code);
  const message = `PayPay answered ${status} ${shown(code)}${codeId ? ` (${shown(codeId)})` : ''}${request}.`;
  if (read === null) return { kind: 'unclear', reason: reasonForStatus(status, 'unlisted_code'), message };
  switch (read.meaning) {
    case 'done':
      return { kind: 'done', data: envelope.data };
    case 'unknown':
      return { kind: 'unclear', reason: 'server_error', message };
    case 'definite':
    case 'retry': {
      const hint = read.code === 'UNAUTHORIZED' ? unauthorizedHint(answer.headers['date'], now) : '';
      return { kind: 'refused', meaning: read.meaning, code: read.code, message: message + hint };
    }
  }
}

const FAILURE_REASONS = {
  timeout: 'timeout',
  connection_failed: 'connection_failed',
  response_too_large: 'unreadable_answer',
  refused_address: 'connection_failed',
} as const satisfies Record<string, UnknownReason>;

function reasonForStatus(status: number, otherwise: UnknownReason): UnknownReason {
  if (status >= 500) return 'server_error';
  return status === 429 ? 'rate_limited' : otherwise;
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Only what looks like a code is repeated; anything else could be an echo of our request. */
function shown(code: string): string {
  return /^[A-Z0-9_]{1,64}$/.test(code) ? code : 'an unreadable code';
}

function requestIdOf(headers: Record<string, string | string[] | undefined>): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(id) ? `, request ${id}` : '';
}

/** A wrong clock is the cause that nobody thinks of: PayPay refuses signatures older than two minutes. */
function unauthorizedHint(date: string | string[] | undefined, now: number): string {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN;
  const ahead = Math.round((now - theirs) / 1000);
  if (Math.abs(ahead) > 60) return ` Our clock is ${ahead} s ahead of PayPay's.`;
  return ' Check the API key, its secret, the merchant id, the host and the addresses PayPay allows.';
}

// One call to PayPay: sign, send, read the envelope. Every outcome is a value. Messages carry PayPay's codes
// and its request id, never its free text, which may quote what we sent.
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { UnknownReason } from '../../domain/provider-result.ts';
import type { HttpAnswer } from '../../outbound/http.ts';
import { makePeerMemory, type PeerMemory } from '../../outbound/peer-memory.ts';
import { FAILURE_REASONS } from '../failure-reasons.ts';
import type { ProviderContext } from '../provider.ts';
import { authorize, clockHostOf, type WayOut } from './authorization.ts';
import type { PaypayCredentials } from './credentials.ts';
import { baseUrlOf, refuseHost } from './hosts.ts';
import { type PaypayCode, readResultCode } from './results.ts';

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
  | { kind: 'unclear'; message: string; reason: UnknownReason; code?: PaypayCode };

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
  const refusal = refuseHost(baseUrlOf(context), context.livemode);
  if (refusal !== null) return { kind: 'unsent', reason: 'refused', message: refusal };
  const remembering = { ...context, memory: context.memory ?? makePeerMemory() };
  const bytes = call.body === undefined ? undefined : JSON.stringify(call.body);
  const first = await callOnce(remembering, call, bytes, 'anew');
  if (first.way_out === null) return first.answer;
  // Once and no more: PayPay did nothing, because it did not believe who asks, and what it refused is put right.
  const second = await callOnce(remembering, call, bytes, first.way_out);
  if (first.way_out === 'own_time' && second.is_believed)
    remembering.memory.clocks.distrust(clockHostOf(context), context.now());
  return second.answer;
}

type Remembering = ProviderContext<PaypayCredentials> & { memory: PeerMemory };

async function callOnce(
  context: Remembering,
  call: PaypayCall,
  bytes: string | undefined,
  way: WayOut,
): Promise<{ answer: PaypayAnswer; is_believed: boolean; way_out: WayOut | null }> {
  const signed = {
    method: call.method,
    path: call.path,
    ...(bytes === undefined ? {} : { body: { content_type: CONTENT_TYPE, bytes } }),
  };
  const authorization = await authorize(context, context.memory, signed, way);
  if (!authorization.ok) {
    const { reason, message } = authorization;
    return { answer: { kind: 'unsent', reason, message }, is_believed: false, way_out: null };
  }
  const asked_at = context.now();
  const answer = await context.http.request({
    method: call.method,
    url: baseUrlOf(context) + call.path + (call.query === undefined ? '' : `?${call.query}`),
    headers: {
      authorization: authorization.header,
      'x-assume-merchant': context.credentials.merchant_id,
      ...(bytes === undefined ? {} : { 'content-type': CONTENT_TYPE }),
    },
    ...(bytes === undefined ? {} : { body: bytes }),
    deadline_ms: MAX_CALL_MS,
  });
  const read = readAnswer(answer, bytes);
  if (answer.kind === 'failed') return { answer: read.answer, is_believed: false, way_out: null };
  // Only who speaks as PayPay tells PayPay's time; a page of some proxy on the way does not.
  const { clocks } = context.memory;
  if (read.is_paypay) clocks.learn(clockHostOf(context), answer.headers['date'], asked_at, context.now());
  if (!refusesCaller(answer, read.answer))
    return { answer: read.answer, is_believed: read.is_paypay, way_out: null };
  const way_out = authorization.findWayOut();
  return { answer: withHint(read.answer, context), is_believed: false, way_out };
}

/** Whether PayPay, or who stands before it, refused who asks and nothing else. */
function refusesCaller({ status, headers }: HttpAnswer & { kind: 'answered' }, read: PaypayAnswer): boolean {
  if (status !== 401) return false;
  if (read.kind === 'refused') return read.code === 'UNAUTHORIZED';
  const challenge = headers['www-authenticate'];
  return typeof challenge === 'string' && /^bearer\b/i.test(challenge);
}

function readAnswer(answer: HttpAnswer, sent?: string): { answer: PaypayAnswer; is_paypay: boolean } {
  if (answer.kind === 'failed') {
    const reason = FAILURE_REASONS[answer.reason];
    const failed: PaypayAnswer = answer.sent
      ? { kind: 'unclear', reason, message: `PayPay did not answer. ${answer.message}` }
      : { kind: 'unsent', reason, message: `PayPay could not be reached. ${answer.message}` };
    return { answer: failed, is_paypay: false };
  }
  const { status } = answer;
  const request_id = requestIdOf(answer.headers, sent);
  const request = request_id === null ? '' : `, request ${request_id}`;
  const envelope = parseJson(answer.body);
  if (!Value.Check(Envelope, envelope)) {
    const message = `PayPay answered ${status} with something that is not PayPay's${request}.`;
    const reason = reasonForStatus(status, 'unreadable_answer');
    return { answer: { kind: 'unclear', reason, message }, is_paypay: false };
  }
  const { code, codeId } = envelope.resultInfo;
  const message = `PayPay answered ${status} ${shown(code, sent)}${codeId ? ` (${shown(codeId, sent)})` : ''}${request}.`;
  return { answer: readEnvelope(status, code, envelope.data, message), is_paypay: true };
}

function readEnvelope(status: number, code: string, data: unknown, message: string): PaypayAnswer {
  const read = readResultCode(status, code);
  if (read === null) return { kind: 'unclear', reason: reasonForStatus(status, 'unlisted_code'), message };
  switch (read.meaning) {
    case 'done':
      return { kind: 'done', data };
    case 'unknown':
      return { kind: 'unclear', reason: 'server_error', message, code: read.code };
    case 'definite':
    case 'retry':
      return { kind: 'refused', meaning: read.meaning, code: read.code, message };
  }
}

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

/** Only what looks like a code is repeated, and not an echo of our request: a scanned code may look like one, too. */
function shown(code: string, sent = ''): string {
  return /^[A-Z0-9_]{1,64}$/.test(code) && !sent.includes(code) ? code : 'an unreadable code';
}

/** PayPay's own id of an answer: what its support asks for. */
export function requestIdOf(
  headers: Record<string, string | string[] | undefined>,
  sent = '',
): string | null {
  const id = headers['x-request-id'];
  const is_id = typeof id === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(id);
  return is_id && !sent.includes(id) ? id : null;
}

/** PayPay says no more than "unauthorized". Whatever can be known of the cause is added. */
function withHint(answer: PaypayAnswer, context: Remembering): PaypayAnswer {
  if (answer.kind === 'done') return answer;
  const ahead = Math.round(-context.memory.clocks.offsetOf(clockHostOf(context)) / 1_000);
  const clock = ahead === 0 ? '' : ` Our clock is ${ahead} s ahead of PayPay's; its own time was used.`;
  const check = ' Check the API key, its secret, the merchant id, the host and the addresses PayPay allows.';
  return { ...answer, message: answer.message + clock + check };
}

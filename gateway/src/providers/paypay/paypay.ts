// PayPay, QR codes that the till shows (MPM). One payment is one code under our attempt id. Whatever is not
// plainly told is unknown; an unpaid code is ended by deleting it, never by PayPay's cancel, which would lie
// in wait and undo a payment that the customer makes later. Money that is held is told of in authorizations.ts, codes
// that the customer shows (CPM) in customer-payments.ts.
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { CustomerAction, ProviderResult } from '../../domain/provider-result.ts';
import { type HttpClient, limitTotalTime } from '../../outbound/http.ts';
import { makePeerMemory } from '../../outbound/peer-memory.ts';
import { type AttemptFacts, defineProvider, type ProviderContext } from '../provider.ts';
import { inOurTime } from './authorization.ts';
import { captureHeld, lookUpHeld, revertHeld } from './authorizations.ts';
import { callPaypay, type PaypayAnswer, requestIdOf } from './client.ts';
import { PaypayCredentials, PaypayStoreCredentials } from './credentials.ts';
import { lookUpCustomerPayment, startCustomerPayment } from './customer-payments.ts';
import { refuseHost, refuseInTheClear } from './hosts.ts';
import { readPaypayNotification } from './notification.ts';
import { EpochSeconds, findCodePayment, unknownAfter } from './payment-details.ts';
import { paypay_files } from './reconciliation-file.ts';
import { lookUpPaypayRefund, refundPaypay } from './refunds.ts';
import { reversePayment } from './reversals.ts';

type Context = ProviderContext<PaypayCredentials>;

export const paypay = defineProvider({
  name: 'PAYPAY',
  processing_mode: 'pgw_processed',
  payment_method_types: ['qr_mpm', 'qr_cpm'],
  can_authorize: true,
  credentials: PaypayStoreCredentials,
  complete_credentials: PaypayCredentials,
  accountOf: ({ merchant_id }) => merchant_id,
  simulatorCredentials: (base_url) => ({
    api_key: 'simulator-key',
    api_secret: 'simulator-secret',
    base_url,
  }),
  refuseDefaults(defaults, livemode) {
    const urls = [defaults['base_url'], defaults['token_url']].filter((url) => url !== undefined);
    const refuse = (url: string) =>
      refuseHost(url, livemode) ?? (defaults['auth'] === 'oauth2' ? refuseInTheClear(url) : null);
    return urls.map(refuse).find((refusal) => refusal !== null) ?? null;
  },
  start: (attempt, context) => asked(context, (own) => waysOf(attempt).start(attempt, own)),
  lookUp: (attempt, context) => asked(context, (own) => waysOf(attempt).lookUp(attempt, own)),
  cancel: (attempt, context) => asked(context, (own) => waysOf(attempt).cancel(attempt, own)),
  capture: (attempt, capture, context) => asked(context, (own) => captureHeld(attempt, capture, own)),
  refund: (attempt, refund, context) => asked(context, (own) => refundPaypay(attempt, refund, own)),
  lookUpRefund: (attempt, refund, context) =>
    asked(context, (own) => lookUpPaypayRefund(attempt, refund, own)),
  reconciliation: paypay_files,
  readNotification: readPaypayNotification,
});

/** A code that the till shows and one that the customer shows have little in common but the money they bring. */
function waysOf({ payment_method_type }: AttemptFacts) {
  return payment_method_type === 'qr_cpm' ? BY_CUSTOMER_CODE : { start, lookUp, cancel };
}

const BY_CUSTOMER_CODE = {
  start: startCustomerPayment,
  lookUp: lookUpCustomerPayment,
  cancel: (attempt: AttemptFacts, context: Context) =>
    attempt.is_held ? revertHeld(attempt, context) : reversePayment(attempt, context),
};

/** A customer stands at the till; where we stop, the resolver goes on. */
const DEFAULT_DEADLINE_MS = 10_000;

/**
 * A question can take up to four calls. Together they keep the limit that the caller reckons with, and what the last
 * answer was called at PayPay goes with the result.
 */
async function asked<Result extends { kind: string }>(
  context: Context,
  ask: (own: Context) => Promise<Result>,
): Promise<Result & { provider_request_id?: string }> {
  const own = withOneDeadline(context);
  let request_id: string | null = null;
  const http: HttpClient = {
    ...own.http,
    async request(request) {
      const answer = await own.http.request(request);
      if (answer.kind === 'answered')
        request_id = requestIdOf(answer.headers, String(request.body ?? '')) ?? request_id;
      return answer;
    },
  };
  const result = await ask({ ...own, http });
  return request_id === null ? result : { ...result, provider_request_id: request_id };
}

function withOneDeadline(context: Context): Context {
  return {
    ...context,
    memory: context.memory ?? makePeerMemory(),
    http: limitTotalTime(context.http, context.deadline_ms ?? DEFAULT_DEADLINE_MS),
  };
}

/** Codes live about five minutes, and PayPay cannot be told otherwise; the answer says when one ends. */
const USUAL_CODE_LIFE_MS = 5 * 60_000;
/** A customer who scanned in the last second, and a clock that is a little wrong. */
const GRACE_MS = 30_000;

/**
 * Opens the code. The attempt id makes this safe to repeat: PayPay answers a repetition with the same code,
 * or with "duplicate", and then tells no code again.
 */
async function start(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  if (attempt.currency !== 'JPY') {
    return refused('currency_not_supported', 'PayPay takes Japanese yen only.');
  }
  // Once a code was shown, a refusal of a second one says nothing about the first.
  if (attempt.provider_code_id !== null) return lookUp(attempt, context);
  const opened = await openCode(attempt, context);
  switch (opened.kind) {
    case 'opened':
      return waitingWith(opened, context);
    case 'unclear':
      return unknownAfter(opened);
    // In both cases below nobody has seen a code of this attempt, so nobody can pay by it.
    case 'unsent':
      return refused(`provider_${opened.reason}`, opened.message);
    case 'refused':
      if (opened.code !== 'DUPLICATE_DYNAMIC_QR_REQUEST') return refused(opened.code, opened.message);
      return lookUpUnseenCode(attempt, context, opened);
  }
}

async function lookUp(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  // A cancel that was not seen through goes on; above all no code may come back to the till.
  if (attempt.cancel_requested_at !== null) return cancel(attempt, context);
  if (attempt.is_held) return lookUpHeld(attempt, context);
  if (attempt.provider_code_id === null) return lookUpUnseenCode(attempt, context, null);
  const found = await findCodePayment(attempt, context);
  if (found.state === 'told') return found.result;
  // The code is still in front of the customer, so even "no such payment" is no end yet.
  if (!isOver(attempt, context)) return { kind: 'waiting' };
  // PayPay reports a code that ran out as CREATED for ever. Deleting it makes sure, whatever the clocks say.
  return found.state === 'absent'
    ? { kind: 'ended_unpaid', reason: 'expired' }
    : closeCode(attempt, attempt.provider_code_id, context, 'expired');
}

/**
 * The truth about an attempt whose code never reached us. When PayPay has the code, asking for it once more
 * brings it to the till after all. When PayPay will not repeat it, we cannot get at an open code that another
 * process may hold the answer to, so only the end of the code's life ends the attempt. `duplicate` is that
 * refusal, when PayPay gave it just now.
 */
async function lookUpUnseenCode(
  attempt: AttemptFacts,
  context: Context,
  duplicate: Exclude<OpenAnswer, Opened> | null,
): Promise<ProviderResult> {
  const found = await findCodePayment(attempt, context);
  if (found.state === 'told') return found.result;
  if (found.state === 'absent') return { kind: 'not_found' };
  if (isOver(attempt, context)) return { kind: 'ended_unpaid', reason: 'expired' };
  const opened = duplicate ?? (await openCode(attempt, context));
  return opened.kind === 'opened' ? waitingWith(opened, context) : unknownAfter(opened);
}

/** Release what is held; else delete the code, then ask once more: a payment that was quicker than we are is answered as paid. */
async function cancel(attempt: AttemptFacts, context: Context): Promise<ProviderResult> {
  if (attempt.is_held) return revertHeld(attempt, context);
  if (attempt.provider_code_id !== null) {
    return closeCode(attempt, attempt.provider_code_id, context, 'deleted');
  }
  // Without its id a code cannot be deleted; a look-up brings the id when there is a code.
  const result = await lookUpUnseenCode(attempt, context, null);
  if (result.kind !== 'waiting' || result.provider_code_id === undefined) return result;
  return closeCode(attempt, result.provider_code_id, context, 'deleted');
}

async function closeCode(
  attempt: AttemptFacts,
  code_id: string,
  context: Context,
  reason: 'deleted' | 'expired',
): Promise<ProviderResult> {
  const path = `/v2/codes/${encodeURIComponent(code_id)}`;
  const deletion = await callPaypay(context, { method: 'DELETE', path });
  const found = await findCodePayment(attempt, context);
  if (found.state === 'told') return found.result;
  if (deletion.kind === 'done') return { kind: 'ended_unpaid', reason };
  if (deletion.kind !== 'refused') return unknownAfter(deletion);
  // Paid a moment ago, and the details do not show it yet.
  if (deletion.code === 'DYNAMIC_QR_ALREADY_PAID') return { kind: 'working' };
  const is_gone = deletion.code === 'DYNAMIC_QR_NOT_FOUND';
  const has_run_out = deletion.code === 'DYNAMIC_QR_BAD_REQUEST' && isOver(attempt, context);
  if (is_gone || has_run_out) return { kind: 'ended_unpaid', reason };
  return unknownAfter(deletion);
}

const OpenedCode = Type.Object({
  codeId: Type.String({ minLength: 1, maxLength: 255 }),
  url: Type.String({ minLength: 1, maxLength: 2048 }),
  expiryDate: EpochSeconds,
});

type Opened = { kind: 'opened'; code: Static<typeof OpenedCode> };
type OpenAnswer = Opened | Exclude<PaypayAnswer, { kind: 'done' }>;

async function openCode(attempt: AttemptFacts, context: Context): Promise<OpenAnswer> {
  const answer = await callPaypay(context, {
    method: 'POST',
    path: '/v2/codes',
    body: {
      merchantPaymentId: attempt.id,
      amount: { amount: attempt.amount, currency: attempt.currency },
      codeType: 'ORDER_QR',
      // The payer reads this in the app, so an intent without a description says "payment" in Japanese.
      orderDescription: attempt.description || 'お支払い',
      ...(attempt.merchant_store_id === null ? {} : { storeId: attempt.merchant_store_id }),
      ...(attempt.merchant_terminal_id === null ? {} : { terminalId: attempt.merchant_terminal_id }),
      ...(attempt.authorize_only && { isAuthorization: true }),
      // From the attempt and not from the clock, so that a repetition is the same request to the last byte.
      requestedAt: Math.floor(Date.parse(attempt.created_at) / 1000),
    },
  });
  if (answer.kind !== 'done') return answer;
  if (Value.Check(OpenedCode, answer.data)) return { kind: 'opened', code: answer.data };
  return {
    kind: 'unclear',
    reason: 'unreadable_answer',
    message: 'PayPay opened a code that cannot be read.',
  };
}

function waitingWith({ code }: Opened, context: Context): ProviderResult {
  const action: CustomerAction = {
    type: 'qr',
    qr_content: code.url,
    expires_at: inOurTime(context, code.expiryDate),
  };
  return { kind: 'waiting', action, provider_code_id: code.codeId };
}

/** Whether the code can no longer be paid, as far as clocks can tell. */
function isOver(attempt: AttemptFacts, context: Context): boolean {
  const end =
    attempt.action_expires_at === null
      ? Date.parse(attempt.created_at) + USUAL_CODE_LIFE_MS
      : Date.parse(attempt.action_expires_at);
  return context.now() > end + GRACE_MS;
}

function refused(code: string, message: string): ProviderResult {
  return { kind: 'ended_unpaid', reason: 'refused', code, message };
}

// A refund, and the pure decision what a provider's word does to it and to its intent. The answer to our asking
// and every look-up end in `decideOnRefundResult`. Unknown is not failed: a refund fails only by a definite no.
import { NOT_FOUND_PROOFS } from './attempt.ts';
import type { EventType } from './event.ts';
import type { PaymentIntent, ProcessingMode } from './payment-intent.ts';
import type { UnknownReason } from './provider-result.ts';

export const REFUND_STATUSES = ['pending', 'succeeded', 'failed'] as const;
export type RefundStatus = (typeof REFUND_STATUSES)[number];

/** Whether a refusal lies in the payment's own state, or elsewhere (credentials, contract, a fault). */
export type RefusalCause = 'state' | 'other';

/** What a provider told us of a refund, in our words. */
export type RefundResult = ToldOfRefund & {
  /** The provider's own id of the answer, for its support (PayPay: X-REQUEST-ID). */
  provider_request_id?: string;
};

type ToldOfRefund =
  /** The money is back, or on its way without a doubt. */
  | { kind: 'refunded'; provider_refund_id?: string }
  /** The provider has taken the order and works on it by itself. */
  | { kind: 'accepted'; provider_refund_id?: string }
  /** A definite no: nothing went back, and nothing will by this refund. */
  | { kind: 'refused'; code: string; message: string; because: RefusalCause }
  /** Not now: nothing was begun, and asking again later, with the same id, is right. */
  | { kind: 'throttled'; retry_after_ms: number; message: string }
  /** The provider knows no refund by our id. Once proves little: our request may still arrive. */
  | { kind: 'not_found' }
  | { kind: 'unknown'; reason: UnknownReason; message: string };

export interface RefundError {
  code: string;
  message: string;
  because: RefusalCause;
}

export interface Refund {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  payment_intent_id: string;
  /** The attempt that brought the money. */
  attempt_id: string;
  /** Set for money that came late. It never counted as received, so its refund does not count either. */
  late_payment_id: string | null;
  /** Minor units. */
  amount: number;
  currency: string;
  reason: string | null;
  metadata: Record<string, string> | null;
  provider: string;
  adapter: string;
  processing_mode: ProcessingMode;
  status: RefundStatus;
  /** 'unknown' while we do not know whether the money went back. */
  outcome: 'unknown' | null;
  provider_refund_id: string | null;
  /** The provider's own id of its last answer that was news, for its support. */
  provider_request_id: string | null;
  error: RefundError | null;
  /** The key of the request that wants it, by which that request's retry finds it. */
  idempotency_key_id: Buffer | null;
  /** Since when the provider may know of it. */
  asked_at: string | null;
  /** What the provider is asked next; null when nothing is left to learn. */
  next_step: 'ask' | 'look_up' | null;
  next_check_at: string | null;
  checks_done: number;
  not_found_count: number;
  created_at: string;
  updated_at: string;
}

export interface RefundDecision {
  refund: Refund;
  intent: PaymentIntent;
  event: EventType | null;
  /** The status changed, and with it perhaps what the intent has refunded: both are written together. */
  moved: boolean;
  /** The provider gave money back for a refund that had failed, and whose place was taken meanwhile. */
  contradicted: boolean;
}

/** What can still be given back. */
export function refundableAmount(intent: PaymentIntent): number {
  return intent.amount_received - intent.amount_refunded;
}

/** How much of the intent's money a refund takes up. */
function countedAmount(refund: Refund): number {
  return refund.late_payment_id === null && refund.status !== 'failed' ? refund.amount : 0;
}

/** The intent after a refund came to be (`before` null) or changed; always the next version. */
export function intentWithRefund(
  intent: PaymentIntent,
  before: Refund | null,
  after: Refund,
  now: string,
): PaymentIntent {
  const counted_before = before === null ? 0 : countedAmount(before);
  return {
    ...intent,
    amount_refunded: intent.amount_refunded - counted_before + countedAmount(after),
    version: intent.version + 1,
    updated_at: now,
  };
}

/** What a provider's word does. The caller sets the time of the next question, because schedules need chance. */
export function decideOnRefundResult(
  intent: PaymentIntent,
  refund: Refund,
  result: RefundResult,
  now: string,
): RefundDecision {
  const next = refundAfter(refund, result, now);
  const nothing: RefundDecision = { refund, intent, event: null, moved: false, contradicted: false };
  if (next.status === refund.status) return { ...nothing, refund: next };
  if (refund.status === 'failed') {
    // We gave the money free again; when it went back after all, it needs a place among what was received.
    const fits = refund.late_payment_id === null && refund.amount <= refundableAmount(intent);
    if (!fits) return { ...nothing, contradicted: true };
  }
  return {
    refund: next,
    intent: intentWithRefund(intent, refund, next, now),
    event: next.status === 'pending' ? null : `refund.${next.status}`,
    moved: true,
    contradicted: false,
  };
}

function refundAfter(refund: Refund, result: RefundResult, now: string): Refund {
  const goes_back = result.kind === 'refunded' || result.kind === 'accepted';
  // Money that went back is the truth whatever we believed; nothing else moves a refund that has ended.
  if (refund.status === 'succeeded' || (refund.status === 'failed' && !goes_back)) return refund;
  const provider_request_id = result.provider_request_id ?? refund.provider_request_id;
  const heard = { ...refund, provider_request_id, updated_at: now };
  const open = { ...heard, status: 'pending' as const, error: null };
  const ended = { ...heard, outcome: null, next_step: null, next_check_at: null };
  switch (result.kind) {
    case 'refunded':
      return { ...ended, status: 'succeeded', error: null, ...providerId(result) };
    case 'accepted':
      return { ...open, outcome: null, next_step: 'look_up', not_found_count: 0, ...providerId(result) };
    case 'refused': {
      const { code, message, because } = result;
      return { ...ended, status: 'failed', error: { code, message, because } };
    }
    case 'throttled':
      return { ...open, next_step: 'ask' };
    case 'not_found': {
      const proofs = refund.not_found_count + 1;
      return proofs < NOT_FOUND_PROOFS
        ? { ...open, outcome: 'unknown', next_step: 'look_up', not_found_count: proofs }
        : { ...open, outcome: 'unknown', next_step: 'ask', not_found_count: 0 };
    }
    case 'unknown':
      return { ...open, outcome: 'unknown', next_step: 'look_up' };
  }
}

function providerId(result: { provider_refund_id?: string }): Partial<Refund> {
  return result.provider_refund_id === undefined ? {} : { provider_refund_id: result.provider_refund_id };
}

/** What the API, the events and the stored answers show. Absent facts are left out. */
export function refundResource(refund: Refund): Record<string, unknown> {
  const { error, outcome } = refund;
  return {
    id: refund.id,
    object: 'refund',
    payment_intent: refund.payment_intent_id,
    amount: refund.amount,
    currency: refund.currency,
    status: refund.status,
    livemode: refund.livemode,
    merchant_id: refund.merchant_id,
    provider: refund.provider,
    processing_mode: refund.processing_mode,
    created_at: refund.created_at,
    ...(refund.reason !== null && { reason: refund.reason }),
    ...(refund.metadata !== null && { metadata: refund.metadata }),
    ...(refund.provider_refund_id !== null && { provider_refund_id: refund.provider_refund_id }),
    ...(refund.late_payment_id !== null && { late_payment: refund.late_payment_id }),
    ...(error !== null && { failure_code: error.code, failure_message: error.message }),
    ...(outcome !== null && { outcome, next_check_at: refund.next_check_at }),
  };
}

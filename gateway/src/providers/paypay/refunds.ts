// Refunds at PayPay. PayPay knows a refund by our id together with its own id of the payment, and answers a
// repetition with the refund that is there already. What it takes on it gets done by itself, perhaps days later.
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { RefundResult, RefusalCause } from '../../domain/refund.ts';
import type { AttemptFacts, ProviderContext, RefundFacts } from '../provider.ts';
import { callPaypay, type PaypayAnswer } from './client.ts';
import type { PaypayCredentials } from './credentials.ts';
import { findCodePayment, unknownAfter } from './payment-details.ts';
import type { PaypayCode } from './results.ts';

type Context = ProviderContext<PaypayCredentials>;

/** PayPay wants what it put off to be repeated after a minute; we wait as long when we did not get through. */
const PUT_OFF_MS = 60_000;

/** Refusals that say how the payment, or the contract for it, stands. Every other one lies elsewhere. */
const ABOUT_THE_PAYMENT: ReadonlySet<PaypayCode> = new Set([
  'MERCHANT_MULTIPLE_REFUND_REJECTED',
  'REFUND_LIMIT_EXCEEDED',
  'REFUND_WINDOW_EXCEED',
  'UNACCEPTABLE_OP',
  'INVALID_PARAMS',
  'ORDER_NO_LONGER_AVAILABLE',
  'ORDER_NOT_REVERSIBLE',
]);

const EXPLANATIONS: Partial<Record<PaypayCode, string>> = {
  MERCHANT_MULTIPLE_REFUND_REJECTED: 'This PayPay contract allows one refund for each payment.',
  REFUND_WINDOW_EXCEED: 'The time in which PayPay refunds this payment is over.',
  REFUND_LIMIT_EXCEEDED: 'PayPay has a limit for refunds, and it is reached.',
};

const RefundDetails = Type.Object({ merchantRefundId: Type.String(), status: Type.String() });

export async function refundPaypay(
  attempt: AttemptFacts,
  refund: RefundFacts,
  context: Context,
): Promise<RefundResult> {
  const payment = await findPaymentId(attempt, refund, context);
  if (typeof payment !== 'string') return payment;
  const answer = await callPaypay(context, {
    method: 'POST',
    path: '/v2/refunds',
    body: {
      merchantRefundId: refund.id,
      paymentId: payment,
      amount: { amount: refund.amount, currency: refund.currency },
      // From the refund and not from the clock, so that a repetition is the same request to the last byte.
      requestedAt: Math.floor(Date.parse(refund.created_at) / 1_000),
      ...(refund.reason === null ? {} : { reason: refund.reason }),
    },
  });
  switch (answer.kind) {
    case 'done':
      return readRefund(answer.data, refund);
    case 'unclear':
      return unknownAfter(answer);
    case 'unsent':
      return { kind: 'throttled', retry_after_ms: PUT_OFF_MS, message: answer.message };
    case 'refused':
      return readRefusal(attempt, refund, answer, context);
  }
}

export async function lookUpPaypayRefund(
  attempt: AttemptFacts,
  refund: RefundFacts,
  context: Context,
): Promise<RefundResult> {
  const answer = await callPaypay(context, {
    method: 'GET',
    path: `/v2/refunds/${encodeURIComponent(refund.id)}`,
    ...(attempt.provider_payment_id !== null && {
      query: `paymentId=${encodeURIComponent(attempt.provider_payment_id)}`,
    }),
  });
  if (answer.kind === 'done') return readRefund(answer.data, refund);
  if (answer.kind === 'refused' && NOT_FOUND.has(answer.code)) return { kind: 'not_found' };
  // A refused question says nothing about the refund.
  return unknownAfter(answer);
}

const NOT_FOUND: ReadonlySet<PaypayCode> = new Set(['NO_SUCH_REFUND_ORDER', 'RESOURCE_NOT_FOUND']);

function readRefund(data: unknown, refund: RefundFacts): RefundResult {
  if (!Value.Check(RefundDetails, data) || data.merchantRefundId !== refund.id) {
    return unreadable('PayPay gave details of a refund that cannot be read.');
  }
  return resultOf(data);
}

function resultOf({ status }: Static<typeof RefundDetails>): RefundResult {
  switch (status) {
    case 'REFUNDED':
      return { kind: 'refunded' };
    // REFUND_FAILED is no end either: PayPay tries again by itself until the money is back (FAQ 4414054913423).
    case 'CREATED':
    case 'REFUND_FAILED':
      return { kind: 'accepted' };
    default:
      return unreadable('PayPay reports a refund status that this gateway does not know.');
  }
}

/**
 * A refusal is definite for this asking. Where PayPay may have heard an earlier one, its answer lost, that one may
 * be the very refund for whose sake this one is refused, so PayPay is asked before the refusal counts.
 */
async function readRefusal(
  attempt: AttemptFacts,
  refund: RefundFacts,
  refusal: Extract<PaypayAnswer, { kind: 'refused' }>,
  context: Context,
): Promise<RefundResult> {
  const { code, message } = refusal;
  if (refusal.meaning === 'retry') return { kind: 'throttled', retry_after_ms: PUT_OFF_MS, message };
  if (refund.asked_before) {
    const found = await lookUpPaypayRefund(attempt, refund, context);
    if (found.kind !== 'not_found') return found;
  }
  const because: RefusalCause = ABOUT_THE_PAYMENT.has(code) ? 'state' : 'other';
  return { kind: 'refused', code, message: EXPLANATIONS[code] ?? message, because };
}

/** PayPay's own id of the payment, which a refund must name; or why it cannot be had now, or never. */
async function findPaymentId(
  attempt: AttemptFacts,
  refund: RefundFacts,
  context: Context,
): Promise<string | RefundResult> {
  if (attempt.provider_payment_id !== null) return attempt.provider_payment_id;
  const found = await findCodePayment(attempt, context);
  const result = found.state === 'told' ? found.result : null;
  if (result === null || result.kind === 'declined') {
    const message = 'PayPay knows no payment that could be given back.';
    // An earlier asking knew one, and may have been heard.
    if (refund.asked_before) return { kind: 'unknown', reason: 'refused', message };
    return { kind: 'refused', code: 'payment_not_found', message, because: 'state' };
  }
  if ('provider_payment_id' in result && result.provider_payment_id !== undefined) {
    return result.provider_payment_id;
  }
  const message =
    result.kind === 'unknown' ? result.message : 'PayPay does not tell its id of the payment yet.';
  return { kind: 'throttled', retry_after_ms: PUT_OFF_MS, message };
}

function unreadable(message: string): RefundResult {
  return { kind: 'unknown', reason: 'unreadable_answer', message };
}

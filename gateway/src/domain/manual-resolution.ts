// What a person's word does where no provider tells: to a payment it is news as a provider would give it, to a refund
// it is its end. Pure.
import type { Attempt } from './attempt.ts';
import { GatewayError } from './error.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { ProviderResult } from './provider-result.ts';
import { intentWithRefund, type Refund, refundableAmount } from './refund.ts';

export const OUTCOMES_BY_HAND = ['paid', 'not_paid'] as const;
export type OutcomeByHand = (typeof OUTCOMES_BY_HAND)[number];

export const REFUND_STATUSES_BY_HAND = ['succeeded', 'failed'] as const;
export type RefundStatusByHand = (typeof REFUND_STATUSES_BY_HAND)[number];

/**
 * Of a payment that is to be held first, "paid" means held, unless it is held already and we have asked to take it.
 * "Not paid" ends the attempt and no more: where the order is still open it can be tried anew. Of held money it says
 * that the hold is gone.
 */
export function newsByHand(
  attempt: Attempt,
  outcome: OutcomeByHand,
  provider_payment_id: string | null,
): ProviderResult {
  const is_held = attempt.status === 'authorized';
  if (outcome === 'not_paid' && is_held) return { kind: 'reversed' };
  if (outcome === 'not_paid') {
    return {
      kind: 'ended_unpaid',
      reason: 'expired',
      code: 'resolved_not_paid',
      message: 'A person has made sure that nothing was paid.',
    };
  }
  return {
    kind: attempt.authorize_only && !is_held ? 'authorized' : 'paid',
    ...(provider_payment_id !== null && { provider_payment_id }),
  };
}

/**
 * A refund whose outcome is unknown ends as the person says. One that failed may have been paid back by hand: then it
 * takes its place among what was received again, if that is still free.
 */
export function resolveRefund(
  intent: PaymentIntent,
  refund: Refund,
  status: RefundStatusByHand,
  now: string,
): { intent: PaymentIntent; refund: Refund } {
  const is_unknown = refund.status === 'pending' && refund.outcome === 'unknown';
  if (!is_unknown && !(refund.status === 'failed' && status === 'succeeded')) {
    throw refused(refund, `The refund is ${refund.status} and not unknown, so there is nothing to decide.`);
  }
  const takes = refund.status === 'failed' && refund.late_payment_id === null ? refund.amount : 0;
  const amount_refundable = refundableAmount(intent);
  if (takes > amount_refundable) {
    throw refused(refund, `Only ${amount_refundable} of what was received is not refunded yet.`, {
      amount_refundable,
    });
  }
  const next: Refund = {
    ...refund,
    status,
    outcome: null,
    error: status === 'succeeded' ? null : NOT_GIVEN_BACK,
    next_step: null,
    next_check_at: null,
    updated_at: now,
  };
  return { intent: intentWithRefund(intent, refund, next, now), refund: next };
}

const NOT_GIVEN_BACK = {
  code: 'resolved_failed',
  message: 'A person has made sure that nothing was given back.',
  because: 'other',
} as const;

function refused(refund: Refund, message: string, facts: Record<string, unknown> = {}): GatewayError {
  const details = { status: refund.status, refund: refund.id, ...facts };
  return new GatewayError('invalid_payment_state', message, details);
}

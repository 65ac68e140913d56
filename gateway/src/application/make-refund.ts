// A new refund: what it takes over from the intent and the attempt that brought the money, and what it begins with.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Refund } from '../domain/refund.ts';
import { getProviderByName } from '../providers/registry.ts';

/**
 * Not written yet; `intentWithRefund` makes the intent that goes with it. Pending and due at once, so that whoever
 * writes it need not ask: the worker does. Where nobody can be asked (cash, a terminal, a provider without refunds)
 * a person gives the money back, and the refund is the record of it: it has succeeded.
 */
export function makeRefund(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  given: Pick<Refund, 'amount'> & Partial<Refund>,
): Refund {
  const now = instant(context);
  const is_asked = getProviderByName(attempt.adapter).refund !== undefined;
  const by_hand = attempt.processing_mode === 'pgw_processed' ? 'manual' : attempt.processing_mode;
  return {
    id: context.makeId('re'),
    organization_id: intent.organization_id,
    livemode: intent.livemode,
    merchant_id: intent.merchant_id,
    payment_intent_id: intent.id,
    attempt_id: attempt.id,
    late_payment_id: null,
    currency: attempt.currency,
    reason: null,
    metadata: null,
    provider: attempt.provider,
    adapter: attempt.adapter,
    processing_mode: is_asked ? attempt.processing_mode : by_hand,
    status: is_asked ? 'pending' : 'succeeded',
    outcome: null,
    provider_refund_id: null,
    provider_request_id: null,
    error: null,
    idempotency_key_id: null,
    asked_at: null,
    next_step: is_asked ? 'ask' : null,
    next_check_at: is_asked ? now : null,
    checks_done: 0,
    not_found_count: 0,
    created_at: now,
    updated_at: now,
    ...given,
  };
}

// A new attempt at paying an intent: what it takes over from the intent, and what it begins with.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Provider } from '../providers/provider.ts';

/** Not written yet. Its id is what the provider will know it by, and is never used again. */
export function makeAttempt(
  context: Context,
  intent: PaymentIntent,
  provider: Provider,
  given: Pick<Attempt, 'payment_method_type' | 'provider'> & Partial<Attempt>,
): Attempt {
  const now = instant(context);
  return {
    id: context.makeId('pa'),
    organization_id: intent.organization_id,
    livemode: intent.livemode,
    payment_intent_id: intent.id,
    merchant_id: intent.merchant_id,
    merchant_store_id: intent.merchant_store_id,
    provider_account: null,
    adapter: provider.name,
    processing_mode: provider.processing_mode,
    status: 'asked',
    amount: intent.amount,
    currency: intent.currency,
    authorize_only: false,
    external_ref_id: null,
    return_url: null,
    customer_code_hash: null,
    customer_code_masked: null,
    provider_request_id: null,
    paid_at: null,
    provider_payment_id: null,
    provider_code_id: null,
    action: null,
    error: null,
    cancel_requested_at: null,
    cancellation_reason: null,
    capture_amount: null,
    capture_requested_at: null,
    capture_before: null,
    next_check_at: null,
    checks_done: 0,
    not_found_count: 0,
    created_at: now,
    updated_at: now,
    ...given,
  };
}

// An intent and an attempt as they stand in their tables, for tests that ask the domain alone. Everything has its plain
// beginning; a test says what is different, and only that.
import type { Attempt } from '../../src/domain/attempt.ts';
import type { PaymentIntent } from '../../src/domain/payment-intent.ts';

const CREATED_AT = '2026-01-15T10:00:00.000Z';

/** An order of 1,000 yen that nobody has tried to pay. */
export function makeIntentRow(changes: Partial<PaymentIntent> = {}): PaymentIntent {
  return {
    id: 'pi_1',
    organization_id: 'org_1',
    livemode: false,
    merchant_id: 'merchant_001',
    merchant_store_id: null,
    merchant_terminal_id: null,
    merchant_ref_id: 'order_1',
    amount: 1_000,
    currency: 'JPY',
    payment_method_types: ['qr_mpm', 'cash'],
    capture_method: 'automatic',
    description: null,
    metadata: null,
    tax_amount: null,
    receipt_number: null,
    status: 'requires_payment_method',
    amount_capturable: 0,
    capture_before: null,
    amount_received: 0,
    amount_refunded: 0,
    processing_mode: null,
    provider: null,
    cancellation_reason: null,
    last_payment_error: null,
    outcome: null,
    next_check_at: null,
    attempt_id: null,
    payment_token_hash: null,
    payment_token_confirm_until: null,
    payment_token_expires_at: null,
    payment_token_attempt_id: null,
    version: 1,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
    expires_at: '2026-01-15T10:30:00.000Z',
    ...changes,
  };
}

/** A try at paying it with a PayPay code, written down and not answered yet. */
export function makeAttemptRow(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: 'pa_1',
    organization_id: 'org_1',
    livemode: false,
    payment_intent_id: 'pi_1',
    merchant_id: 'merchant_001',
    merchant_store_id: null,
    provider_account: null,
    payment_method_type: 'qr_mpm',
    provider: 'PAYPAY',
    adapter: 'PAYPAY',
    processing_mode: 'pgw_processed',
    status: 'asked',
    amount: 1_000,
    currency: 'JPY',
    authorize_only: false,
    external_ref_id: null,
    return_url: null,
    customer_code_hash: null,
    customer_code_masked: null,
    provider_payment_id: null,
    provider_code_id: null,
    provider_request_id: null,
    action: null,
    error: null,
    cancel_requested_at: null,
    cancellation_reason: null,
    capture_amount: null,
    capture_requested_at: null,
    capture_before: null,
    paid_at: null,
    next_check_at: null,
    checks_done: 0,
    not_found_count: 0,
    created_at: CREATED_AT,
    updated_at: CREATED_AT,
    ...changes,
  };
}

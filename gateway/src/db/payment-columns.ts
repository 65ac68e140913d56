// The columns of payments with their types, once. What is fixed at creation and what a change may touch is
// said here: a statement that changes a payment cannot write its amount.
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Columns } from './statement-parts.ts';

const FIXED_INTENT = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  merchant_store_id: 'text',
  merchant_terminal_id: 'text',
  merchant_ref_id: 'text',
  amount: 'bigint',
  currency: 'text',
  payment_method_types: 'text[]',
  capture_method: 'text',
  description: 'text',
  metadata: 'json',
  tax_amount: 'bigint',
  receipt_number: 'text',
  created_at: 'timestamptz',
  expires_at: 'timestamptz',
} as const satisfies Partial<Columns<PaymentIntent>>;

export const CHANGING_INTENT = {
  status: 'text',
  amount_capturable: 'bigint',
  capture_before: 'timestamptz',
  amount_received: 'bigint',
  amount_refunded: 'bigint',
  processing_mode: 'text',
  provider: 'text',
  cancellation_reason: 'text',
  last_payment_error: 'json',
  outcome: 'text',
  next_check_at: 'timestamptz',
  attempt_id: 'text',
  payment_token_hash: 'bytea',
  payment_token_confirm_until: 'timestamptz',
  payment_token_expires_at: 'timestamptz',
  payment_token_attempt_id: 'text',
  version: 'integer',
  updated_at: 'timestamptz',
} as const satisfies Columns<Omit<PaymentIntent, keyof typeof FIXED_INTENT>>;

/** What a new intent has. The rest begins as the table says: without a value, and with no money. */
export const NEW_INTENT = {
  ...FIXED_INTENT,
  status: CHANGING_INTENT.status,
  payment_token_hash: CHANGING_INTENT.payment_token_hash,
  payment_token_confirm_until: CHANGING_INTENT.payment_token_confirm_until,
  payment_token_expires_at: CHANGING_INTENT.payment_token_expires_at,
  updated_at: CHANGING_INTENT.updated_at,
};

const FIXED_ATTEMPT = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  payment_intent_id: 'text',
  merchant_id: 'text',
  merchant_store_id: 'text',
  provider_account: 'text',
  payment_method_type: 'text',
  provider: 'text',
  adapter: 'text',
  processing_mode: 'text',
  amount: 'bigint',
  currency: 'text',
  authorize_only: 'boolean',
  external_ref_id: 'text',
  return_url: 'text',
  customer_code_hash: 'bytea',
  customer_code_masked: 'text',
  created_at: 'timestamptz',
} as const satisfies Partial<Columns<Attempt>>;

export const CHANGING_ATTEMPT = {
  status: 'text',
  provider_payment_id: 'text',
  provider_code_id: 'text',
  provider_request_id: 'text',
  action: 'json',
  error: 'json',
  cancel_requested_at: 'timestamptz',
  cancellation_reason: 'text',
  capture_amount: 'bigint',
  capture_requested_at: 'timestamptz',
  capture_before: 'timestamptz',
  paid_at: 'timestamptz',
  next_check_at: 'timestamptz',
  checks_done: 'integer',
  not_found_count: 'integer',
  updated_at: 'timestamptz',
} as const satisfies Columns<Omit<Attempt, keyof typeof FIXED_ATTEMPT>>;

export const NEW_ATTEMPT: Columns<Attempt> = { ...FIXED_ATTEMPT, ...CHANGING_ATTEMPT };

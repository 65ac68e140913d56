// Payments of a day that is over, as the gateway would have written them down when they happened: decided by the same
// table and written by the same statements, so that books and constraints hold for them as for any other. For demos.
import { makeAttempt } from '../application/attempts.ts';
import { makeRefund } from '../application/make-refund.ts';
import type { Context } from '../context.ts';
import { insertPaymentIntent, updatePaymentIntent } from '../db/payment-intents.ts';
import type { Tx } from '../db/pool.ts';
import type { Attempt } from '../domain/attempt.ts';
import { decideOnProviderResult } from '../domain/decision.ts';
import type { LatePayment } from '../domain/late-payment.ts';
import { movePaymentIntent, type PaymentIntent, type PaymentMethodType } from '../domain/payment-intent.ts';
import { intentWithRefund, type Refund } from '../domain/refund.ts';
import { getProviderByName } from '../providers/registry.ts';

export interface PlayedPayment {
  intent_id: string;
  attempt_id: string;
  merchant_id: string;
  merchant_store_id: string;
  merchant_ref_id: string;
  amount: number;
  tax_amount: number;
  currency: string;
  receipt_number: string;
  payment_method_type: PaymentMethodType;
  /** The brand or wallet, and the adapter that is responsible for it. */
  provider: string;
  adapter: string;
  provider_account: string | null;
  /** What the terminal gave, and what the provider calls the payment. */
  external_ref_id: string | null;
  provider_payment_id: string | null;
  /** When the gateway learnt how it ended. */
  at: string;
  /** `late`: the order was cancelled before the money came. */
  outcome: 'paid' | 'declined' | 'late';
  late_payment_id: string | null;
  refund: { id: string; amount: number; at: string } | null;
}

export interface PlayedOwner {
  organization_id: string;
  livemode: boolean;
}

const HALF_HOUR_MS = 30 * 60_000;

/**
 * No event is told: nobody waits for news of a day that is over. Several travel together, and so not inside of one
 * transaction, which takes one statement at a time.
 */
export async function writePlayedPayments(
  context: Context,
  tx: Tx,
  owner: PlayedOwner,
  payments: readonly PlayedPayment[],
): Promise<void> {
  const begun = payments.map((payment) => ({ payment, intent: makeIntent(owner, payment) }));
  await Promise.all(
    begun.map(async ({ intent }) => {
      if ((await insertPaymentIntent(tx, { intent })) === null)
        throw new Error(`there is no store ${intent.merchant_store_id}`);
    }),
  );
  const change = async (change: Parameters<typeof updatePaymentIntent>[1]) => {
    if ((await updatePaymentIntent(tx, change)) === null) throw new Error(`${change.intent.id} has moved`);
  };
  await Promise.all(
    begun.map(async ({ payment, intent }) => {
      const attempt = attemptOf(context, intent, payment);
      const before = payment.outcome === 'late' ? cancelled(intent) : { ...intent, ...begunBy(attempt) };
      if (payment.outcome === 'late') await change({ intent: before });
      const { outcome, provider_payment_id, at } = payment;
      const paid = { kind: 'paid', ...(provider_payment_id !== null && { provider_payment_id }) } as const;
      const declined = {
        kind: 'declined',
        code: 'card_declined',
        message: 'The terminal declined.',
      } as const;
      const decision = decideOnProviderResult(before, attempt, outcome === 'declined' ? declined : paid, at);
      const ended = { ...decision.attempt, next_check_at: null };
      const late_payment =
        decision.late_payment && makeLatePayment(decision.intent, ended, payment.late_payment_id);
      await change({ intent: decision.intent, attempt: ended, late_payment });
      if (payment.refund === null) return;
      const refund = refundOf(context, decision.intent, ended, payment.refund);
      await change({ intent: intentWithRefund(decision.intent, null, refund, payment.refund.at), refund });
    }),
  );
}

function begunBy({ id, provider, processing_mode }: Attempt) {
  return { attempt_id: id, provider, processing_mode };
}

function cancelled(intent: PaymentIntent): PaymentIntent {
  return movePaymentIntent(intent, 'cancel', intent.updated_at, {
    cancellation_reason: 'requested_by_customer',
  });
}

function makeIntent(owner: PlayedOwner, payment: PlayedPayment): PaymentIntent {
  const { intent_id: id, merchant_id, merchant_store_id, merchant_ref_id, receipt_number, at } = payment;
  const { amount, tax_amount, currency, payment_method_type } = payment;
  return {
    id,
    ...owner,
    merchant_id,
    merchant_store_id,
    merchant_terminal_id: null,
    merchant_ref_id,
    amount,
    currency,
    payment_method_types: [payment_method_type],
    capture_method: 'automatic',
    description: null,
    metadata: null,
    tax_amount,
    receipt_number,
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
    created_at: at,
    updated_at: at,
    expires_at: new Date(Date.parse(at) + HALF_HOUR_MS).toISOString(),
  };
}

function attemptOf(context: Context, intent: PaymentIntent, payment: PlayedPayment): Attempt {
  const { attempt_id: id, payment_method_type, provider, provider_account, external_ref_id, at } = payment;
  return makeAttempt(context, intent, getProviderByName(payment.adapter), {
    id,
    payment_method_type,
    provider,
    provider_account,
    external_ref_id,
    created_at: at,
    updated_at: at,
  });
}

function makeLatePayment(intent: PaymentIntent, attempt: Attempt, id: string | null): LatePayment {
  if (id === null) throw new Error(`${intent.id} is late without an id for its late payment`);
  const { organization_id, livemode, merchant_id } = intent;
  return {
    id,
    organization_id,
    livemode,
    merchant_id,
    payment_intent_id: intent.id,
    attempt_id: attempt.id,
    provider: attempt.provider,
    provider_payment_id: attempt.provider_payment_id,
    amount: attempt.amount,
    currency: attempt.currency,
    authorized_only: false,
    status: 'held',
    refund_id: null,
    error: null,
    resolution_reason: null,
    resolved_by: null,
    resolved_at: null,
    kept_at: null,
    created_at: attempt.updated_at,
  };
}

function refundOf(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  { id, amount, at }: NonNullable<PlayedPayment['refund']>,
): Refund {
  return makeRefund(context, intent, attempt, {
    id,
    amount,
    status: 'succeeded',
    next_step: null,
    next_check_at: null,
    created_at: at,
    updated_at: at,
  });
}

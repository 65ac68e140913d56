// What a confirm answers: how far the payment is, and what the customer has to see or do; or, where it led nowhere, why,
// and whether money may have moved all the same.
import type { Context } from '../context.ts';
import { type Attempt, isEnded } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Answer } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';
import { qrCodeUrl } from './qr-codes.ts';

/** The answer of the PaymentIntent guide. `payment_id` is the intent's id, as in its examples. */
export function confirmAnswer(context: Context, intent: PaymentIntent, attempt: Attempt): Answer {
  // A code that can no longer be paid is not shown again.
  const action = isEnded(attempt) && attempt.status !== 'paid' ? null : attempt.action;
  return jsonAnswer(200, {
    id: intent.id,
    object: 'payment_intent',
    status: intent.status,
    amount: intent.amount,
    currency: intent.currency,
    payment_id: intent.id,
    payment_intent_id: intent.id,
    provider: attempt.provider,
    payment_method_type: attempt.payment_method_type,
    processing_mode: attempt.processing_mode,
    ...(attempt.customer_code_masked !== null && { customer_code_masked: attempt.customer_code_masked }),
    ...(action?.type === 'qr' && {
      qr_content: action.qr_content,
      qr_code_url: qrCodeUrl(context, attempt),
      expires_at: action.expires_at,
    }),
    ...(action?.type === 'redirect' && { redirect_url: action.redirect_url, expires_at: action.expires_at }),
    ...(intent.outcome && { outcome: intent.outcome }),
    ...(intent.next_check_at !== null && { next_check_at: intent.next_check_at }),
    ...(intent.last_payment_error && { last_payment_error: intent.last_payment_error }),
  });
}

/** A confirm that led somewhere is answered 200; silence and refusals of the provider are errors. */
export function keepsAnswer(intent: PaymentIntent, attempt: Attempt): boolean {
  return intent.attempt_id === attempt.id && attempt.status !== 'unknown' && attempt.status !== 'asked';
}

export function notBegun(intent: PaymentIntent, attempt: Attempt, result: { kind: string }): GatewayError {
  const details = {
    status: intent.status,
    ...(attempt.error && { provider_code: attempt.error.code }),
    ...(intent.outcome && { outcome: intent.outcome, next_check_at: intent.next_check_at }),
  };
  const is_over = isEnded(attempt) && result.kind !== 'ended_unpaid' && result.kind !== 'not_found';
  if (is_over) {
    return new GatewayError(
      'provider_error',
      `The payment was over before ${attempt.provider} answered. What was taken all the same goes back, or is told ` +
        'as a late payment.',
      details,
    );
  }
  if (attempt.status === 'ended_unpaid') {
    return new GatewayError(
      'provider_error',
      `${attempt.provider} did not begin the payment; nothing was taken. ${attempt.error?.message ?? ''}`.trim(),
      details,
    );
  }
  const timeout = result.kind === 'unknown' && attempt.error?.code === 'provider_timeout';
  return new GatewayError(
    timeout ? 'provider_timeout' : 'provider_error',
    `${attempt.provider} gave no clear answer, so the outcome is unknown and is being looked up. ` +
      'Retry with the same Idempotency-Key, or retrieve the payment intent.',
    details,
  );
}

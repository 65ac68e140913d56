// Decides, from what the gateway says of an intent, whether an attempt is over and how. Pure: payment-watch.ts sees to it
// that each end is told once.
import type { MPACError } from './errors.ts';
import type { PaymentFailure, PaymentNews, PaymentSuccess } from './payment-events.ts';
import type { Confirmation, PaymentIntent } from './payment-intent.ts';

export type PaymentEnd =
  | { result: 'success'; data: PaymentSuccess }
  /** `is_final`: the intent cannot be paid any more; else a fresh token can confirm it again. */
  | { result: 'failed'; is_final: boolean; data: PaymentFailure };

/** What every event tells, out of an intent or the answer to a confirm. */
export function newsOf(seen: PaymentIntent | Confirmation): PaymentNews {
  const { status, amount, currency, provider, outcome, last_payment_error } = seen;
  return {
    payment_intent_id: seen.id ?? (seen as Confirmation).payment_intent_id,
    status,
    amount,
    currency,
    ...(provider !== undefined && { provider }),
    ...(outcome !== undefined && { outcome }),
    ...(last_payment_error !== undefined && { last_payment_error }),
  };
}

/** How a confirmed attempt ended, or null while it goes on. `had_code`: the customer was seen to have something to do. */
export function endOf(seen: PaymentIntent | Confirmation, had_code: boolean): PaymentEnd | null {
  const news = newsOf(seen);
  const { amount_capturable, cancellation_reason = '' } = seen as Partial<PaymentIntent>;
  const { code, message } = seen.last_payment_error ?? {};
  switch (seen.status) {
    case 'succeeded':
      return { result: 'success', data: news };
    case 'processing':
      // Held for a later capture by the backend: the customer has done his part.
      if (!amount_capturable || seen.outcome) return null;
      return { result: 'success', data: { ...news, amount_capturable } };
    case 'failed':
      return failed(news, 'declined', message ?? 'The payment was declined.', true);
    case 'cancelled':
      if (/expired$/.test(cancellation_reason))
        return failed(news, 'expired', 'The payment has expired.', true);
      return failed(news, 'cancelled', 'The payment was cancelled.', true);
    case 'requires_payment_method':
      // The table has one way from a shown code back to here: it ran out.
      if (had_code || code === undefined || code === 'payment_expired')
        return failed(news, 'expired', message ?? 'The code ran out before the customer paid.', false);
      return failed(news, code, message ?? code, false);
    default:
      return null;
  }
}

/** The end of an attempt that never began, because its confirm was refused. */
export function refusedEnd(news: PaymentNews, error: MPACError): PaymentEnd {
  const end = failed(news, error.code, error.message, false);
  return { ...end, data: { ...end.data, error } };
}

function failed(
  news: PaymentNews,
  reason: string,
  message: string,
  is_final: boolean,
): PaymentEnd & { result: 'failed' } {
  return { result: 'failed', is_final, data: { ...news, reason, message } };
}

/** Statuses that never change any more. */
export function isFinal(status: string): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

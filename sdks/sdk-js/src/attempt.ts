// One try at paying, as this page knows it: what was sent for it, whether the gateway has it, and what a result from the
// terminal means for it. Pure.
import type { PendingConfirm, QueuedConfirmation, TerminalResult } from './confirm-sender.ts';
import type { MPACError } from './errors.ts';
import type { PaymentNews } from './payment-events.ts';
import type { Confirmation, ConfirmFields } from './payment-intent.ts';

/**
 * - `sending`: the confirm, or the card app, is under way, and its promise will tell.
 * - `unsent`: its answer was lost, so it is sent again with the same key until there is one.
 * - `kept`: the same, but the offline queue or the terminal sees to it.
 * - `live`: the gateway has it; reading tells how it goes on.
 * - `refused`: the gateway said no; reading tells whether that is the end of it.
 */
export interface Attempt {
  state: 'sending' | 'unsent' | 'kept' | 'live' | 'refused';
  /** Null where another page, or the terminal, made the confirm. */
  readonly pending: PendingConfirm | null;
  promise: Promise<Confirmation | QueuedConfirmation> | null;
  /** The customer was seen to have something to do. */
  had_code: boolean;
  /** One of its confirms was not answered. */
  in_doubt: boolean;
  refusal: MPACError | null;
  /** A code that was not seen was asked for by the same confirm once more; a second time would bring nothing else. */
  was_repeated: boolean;
}

export function makeAttempt(pending: PendingConfirm | null, state: Attempt['state']): Attempt {
  return {
    state,
    pending,
    promise: null,
    had_code: false,
    in_doubt: false,
    refusal: null,
    was_repeated: false,
  };
}

/** Money that has changed hands before the gateway is told: it must not be forgotten with the page. */
export function isToBeKept({
  payment_method_type,
  external_ref_id,
  external_status,
}: ConfirmFields): boolean {
  return payment_method_type === 'cash' || external_ref_id !== undefined || external_status !== undefined;
}

/** Whether reading says something about it: before it was answered, it reads as if it had never been. */
export function isAnswered({ state }: Attempt): boolean {
  return state === 'live' || state === 'refused';
}

/**
 * Refused for what was asked, not for how the payment stands: reading would tell nothing new. But where another page's
 * confirm is under way its money may still move, and only reading tells.
 */
export function isOverByRefusal({ in_doubt, refusal }: Attempt, { status }: PaymentNews): boolean {
  if (in_doubt || refusal === null || status !== 'requires_payment_method') return false;
  const { kind } = refusal;
  return ['invalid_request', 'provider_not_supported', 'forbidden', 'rate_limit_exceeded'].includes(kind);
}

/** The answer, where there is one. What was left at the terminal before anything was taken has one of our own. */
export function confirmationOf(
  id: string,
  news: PaymentNews | null,
  result: TerminalResult,
): Confirmation | null {
  if (result.kind === 'answered') return result.confirmation;
  if (result.kind !== 'cancelled') return null;
  return {
    id,
    object: 'payment_intent',
    status: 'requires_payment_method',
    amount: news?.amount ?? 0,
    currency: news?.currency ?? '',
    payment_id: id,
    payment_intent_id: id,
    provider: 'TERMINAL',
    payment_method_type: 'credit_card',
    processing_mode: 'external',
    last_payment_error: {
      code: 'cancelled',
      message: result.reason ?? 'The payment was left at the terminal.',
    },
  };
}

/** The queue has it, and the till goes on. */
export function queuedConfirmation(
  news: PaymentNews,
  { pending }: Attempt,
  error: MPACError,
): QueuedConfirmation {
  return {
    object: 'queued_confirmation',
    status: 'queued',
    reason: error.kind === 'invalid_token' ? 'token_needed' : 'no_answer',
    payment_intent_id: news.payment_intent_id,
    amount: news.amount,
    currency: news.currency,
    payment_method_type: pending?.fields.payment_method_type ?? 'credit_card',
  };
}

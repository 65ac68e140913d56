// What news from a provider does to an intent and its attempt: a pure decision. Answer, notification and look-up all
// end in `decideOnProviderResult`.
import {
  type Attempt,
  attemptAfter,
  isDisputed,
  isEnded,
  isGivenUp,
  pendingQuestion,
  provenAbsent,
  quarantined,
  statesAnotherAmount,
} from './attempt.ts';
import type { EventType } from './event.ts';
import {
  isFinal,
  type Move,
  movePaymentIntent,
  nextPhase,
  type PaymentIntent,
  phaseOf,
} from './payment-intent.ts';
import type { ProviderResult } from './provider-result.ts';

export interface Decision {
  attempt: Attempt;
  intent: PaymentIntent;
  /** The event that the change of the intent deserves; null when nothing became visible. */
  event: EventType | null;
  /** Money came for an intent that no longer wants it. */
  late_payment: { amount: number; currency: string } | null;
  /** False when the news said nothing new: only the time of the next look-up changes. */
  changed: boolean;
}

/**
 * What a provider result does. `now` is an instant (RFC 3339, milliseconds, Z); instants compare as text.
 * The caller sets the time of the next look-up on the attempt, because schedules need chance.
 */
export function decideOnProviderResult(
  intent: PaymentIntent,
  attempt: Attempt,
  news: ProviderResult,
  now: string,
): Decision {
  const live = intent.attempt_id === attempt.id && !isFinal(intent.status);
  // A code that was given up pays the intent all the same while nothing else does, but only in full. What came late
  // before is late money, with a fate of its own, and pays nothing when it is told again.
  const known = attempt.status === 'paid' || attempt.status === 'authorized';
  const idle = intent.attempt_id === null && intent.status === 'requires_payment_method';
  const wanted = live || (idle && !known && !statesAnotherAmount(attempt, news));
  const proven = provenAbsent(attempt, news);
  const result = live ? quarantined(attempt, proven) : proven;
  if (isOvertaken(attempt, result)) return noNews(intent, { ...attempt });
  const next = attemptAfter(attempt, news, result, now);

  // Money counts for an intent that is still open; in any other case it is late and kept apart, whatever its
  // amount. An authorisation that comes late is looked after like money: it is a claim on the customer.
  if (result.kind === 'paid' || result.kind === 'authorized') {
    if (live && result.kind === 'authorized' && attempt.status === 'authorized')
      return stillHeld(intent, attempt, next, now);
    if (wanted) return moved(intent, attempt, next, result.kind, now, receivedBy(next, result.kind));
    // Late money that is taken, or whose release is refused, changes what is known of the attempt and no more.
    const changed = !known || next.status !== attempt.status || isAnswered(attempt, next);
    const { amount, currency } = result.stated ?? attempt;
    return {
      attempt: next,
      intent: changed ? touched(intent, now) : intent,
      event: null,
      late_payment: known ? null : { amount, currency },
      changed,
    };
  }
  if (!live) {
    const changed = next.status !== attempt.status;
    return {
      attempt: next,
      intent: changed ? touched(intent, now) : intent,
      event: null,
      late_payment: null,
      changed,
    };
  }

  switch (result.kind) {
    case 'waiting':
      // While the customer may still pay, "waiting" again is no news, unless it brings a code that was lost.
      if (attempt.status === 'waiting' && next.action === attempt.action) return noNews(intent, next);
      return moved(intent, attempt, next, 'waiting', now, { outcome: null, last_payment_error: null });
    case 'working':
      if (attempt.status === 'working') return noNews(intent, next);
      return moved(intent, attempt, next, 'working', now, { outcome: null, last_payment_error: null });
    case 'not_found':
    case 'unknown':
      // "Still unknown" is no news, but why can be: a wrong amount is reported, and later silence does not hide it.
      if (next.status === attempt.status && !bringsMismatch(attempt, next) && !isFirstDoubt(attempt, next))
        return noNews(intent, next);
      return moved(intent, attempt, next, 'unknown', now, {
        outcome: 'unknown',
        last_payment_error: next.error,
      });
    case 'declined':
      // Money that was held can only have been given back; nobody declines it any more.
      if (isCalledOff(attempt) || attempt.status === 'authorized')
        return calledOff(intent, attempt, next, now);
      return moved(intent, attempt, next, 'declined', now, { outcome: null, last_payment_error: next.error });
    case 'reversed':
      // What was only given up leaves the intent open: the customer may show another code, or pay another way.
      if (isGivenUp(attempt) && attempt.status !== 'authorized')
        return moved(intent, attempt, next, 'ended_unpaid', now, nothingBegun(next));
      return calledOff(intent, attempt, next, now);
    case 'ended_unpaid':
      if (isCalledOff(attempt)) return calledOff(intent, attempt, next, now);
      if (attempt.status === 'authorized') {
        return moved(intent, attempt, next, 'ended_unpaid', now, {
          ...NOTHING_HELD,
          cancellation_reason: 'authorization_expired',
        });
      }
      return moved(intent, attempt, next, 'ended_unpaid', now, {
        ...nothingBegun(next),
        // A confirm that never began has neither used its token up nor made it last longer.
        ...(result.reason === 'refused' &&
          intent.payment_token_attempt_id === attempt.id && {
            payment_token_attempt_id: null,
            payment_token_expires_at: intent.payment_token_confirm_until,
          }),
      });
  }
}

/**
 * The same for a provider that nobody can ask. No page opens for what has ended; what is disputed ends by news that it
 * was paid, and a cancel that contradicts them, or a clock, undoes none of it; and what was paid was paid once.
 */
export function decideOnToldResult(
  intent: PaymentIntent,
  attempt: Attempt,
  news: ProviderResult,
  now: string,
): Decision {
  const { kind } = news;
  const undoes_dispute = isDisputed(attempt) && (kind === 'ended_unpaid' || kind === 'waiting');
  const is_stale = (isEnded(attempt) && kind === 'waiting') || isAnotherPayment(attempt, news);
  if (undoes_dispute || is_stale) return noNews(intent, { ...attempt });
  return decideOnProviderResult(intent, attempt, news, now);
}

/** A second payment under the number of one that has brought its money already. */
export function isAnotherPayment(attempt: Attempt, news: ProviderResult): boolean {
  if (attempt.status !== 'paid' || news.kind !== 'paid') return false;
  return attempt.provider_payment_id !== null && news.provider_payment_id !== attempt.provider_payment_id;
}

/** Somebody wanted the intent to end. */
function isCalledOff(attempt: Attempt): boolean {
  return attempt.cancel_requested_at !== null && !isGivenUp(attempt);
}

function nothingBegun({ error }: Attempt): Partial<PaymentIntent> {
  return {
    outcome: null,
    last_payment_error: error,
    attempt_id: null,
    processing_mode: null,
    provider: null,
  };
}

/** Money that came, or is held, is the truth until it goes; an answer that it has overtaken on the way says nothing. */
function isOvertaken({ status, action }: Attempt, result: ProviderResult): boolean {
  // One asking was refused after another had brought what the customer sees: that is open all the same.
  if (status === 'waiting' && action !== null && result.kind === 'ended_unpaid')
    return result.reason === 'refused';
  if (status === 'paid') return result.kind !== 'paid' && result.kind !== 'reversed';
  if (status !== 'authorized') return false;
  // Of a code that was withdrawn or refused we hear from before the customer was faster; a hold runs out.
  if (result.kind === 'ended_unpaid') return result.reason !== 'expired';
  return result.kind === 'waiting' || result.kind === 'working';
}

/**
 * The hold stands. That is news when it refuses what we asked of it, or when it ends at another time than we knew;
 * while our question is open it is none, because a look-up may have left before the question did.
 */
function stillHeld(intent: PaymentIntent, before: Attempt, attempt: Attempt, now: string): Decision {
  const open = pendingQuestion(before) !== null && !isAnswered(before, attempt);
  const moved_in_time = attempt.capture_before !== before.capture_before;
  if (open || (intent.outcome === null && !moved_in_time)) return noNews(intent, attempt);
  return moved(intent, before, attempt, 'authorized', now, {
    outcome: null,
    capture_before: attempt.capture_before,
    last_payment_error: attempt.error,
  });
}

/** Whether the news put an end to what we had asked the provider to do with the money it holds. */
function isAnswered(before: Attempt, after: Attempt): boolean {
  return pendingQuestion(before) !== null && pendingQuestion(after) === null;
}

function bringsMismatch(before: Attempt, after: Attempt): boolean {
  return after.error?.code === 'amount_mismatch' && before.error?.code !== 'amount_mismatch';
}

/** The first silence about a capture or a release is told with its reason; the attempt stays what it is. */
function isFirstDoubt(before: Attempt, after: Attempt): boolean {
  return (
    before.status === 'authorized' &&
    pendingQuestion(before) !== null &&
    before.error === null &&
    after.error !== null
  );
}

function receivedBy(attempt: Attempt, kind: 'paid' | 'authorized'): Partial<PaymentIntent> {
  return {
    attempt_id: attempt.id,
    provider: attempt.provider,
    processing_mode: attempt.processing_mode,
    outcome: null,
    last_payment_error: null,
    ...(kind === 'paid'
      ? { ...NOTHING_HELD, amount_received: attempt.capture_amount ?? attempt.amount }
      : { amount_capturable: attempt.amount, capture_before: attempt.capture_before }),
  };
}

const NOTHING_HELD = {
  outcome: null,
  amount_capturable: 0,
  capture_before: null,
} as const satisfies Partial<PaymentIntent>;

function calledOff(intent: PaymentIntent, before: Attempt, attempt: Attempt, now: string): Decision {
  return moved(intent, before, attempt, 'called_off', now, {
    ...NOTHING_HELD,
    cancellation_reason: before.cancellation_reason ?? 'cancelled_by_provider',
  });
}

function moved(
  intent: PaymentIntent,
  before: Attempt,
  attempt: Attempt,
  by: Move,
  now: string,
  changes: Partial<PaymentIntent>,
): Decision {
  // News that the table has no move for (a decline for authorised money, say) is kept on the attempt only.
  if (nextPhase(phaseOf(intent), by) === null) return noNews(intent, attempt);
  const next = movePaymentIntent(intent, by, now, changes);
  // The first answer to our question is told even where the status was `processing` while we waited for it, and so
  // is a hold that now ends at another time: whoever wants the money has to come before.
  const told =
    phaseOf(next) !== phaseOf(intent) ||
    before.status === 'asked' ||
    next.capture_before !== intent.capture_before;
  return { attempt, intent: next, event: told ? eventFor(next) : null, late_payment: null, changed: true };
}

/** Back to `requires_payment_method` has no event of its own: nothing happened that a merchant could act on. */
function eventFor(intent: PaymentIntent): EventType | null {
  return intent.status === 'requires_payment_method' ? null : `payment_intent.${intent.status}`;
}

function touched(intent: PaymentIntent, now: string): PaymentIntent {
  return { ...intent, version: intent.version + 1, updated_at: now };
}

function noNews(intent: PaymentIntent, attempt: Attempt): Decision {
  return { attempt, intent, event: null, late_payment: null, changed: false };
}

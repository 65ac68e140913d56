// One try at paying an intent, and the pure decision what news from a provider does to the attempt and to its
// intent. Answer, notification and look-up all end in `decideOnProviderResult`.
import type { EventType } from './event.ts';
import {
  isFinal,
  type LastPaymentError,
  type Move,
  movePaymentIntent,
  nextPhase,
  type PaymentIntent,
  type PaymentMethodType,
  type ProcessingMode,
  phaseOf,
} from './payment-intent.ts';
import type { CustomerAction, ProviderResult } from './provider-result.ts';

/** `asked` is written before the provider hears of it; the others say what it told us last. */
export type AttemptStatus =
  | 'asked'
  | 'waiting'
  | 'working'
  | 'unknown'
  | 'authorized'
  | 'paid'
  | 'declined'
  | 'ended_unpaid'
  | 'reversed';

export interface Attempt {
  id: string;
  organization_id: string;
  livemode: boolean;
  payment_intent_id: string;
  merchant_id: string;
  merchant_store_id: string | null;
  payment_method_type: PaymentMethodType;
  /** As the caller named it: PAYPAY, CASH, VISA, … */
  provider: string;
  /** The adapter that is responsible: PAYPAY, CASH, TERMINAL. */
  adapter: string;
  processing_mode: ProcessingMode;
  status: AttemptStatus;
  amount: number;
  currency: string;
  authorize_only: boolean;
  external_ref_id: string | null;
  return_url: string | null;
  provider_payment_id: string | null;
  provider_code_id: string | null;
  action: CustomerAction | null;
  error: LastPaymentError | null;
  /** Since when we want it called off, and the reason that the intent will carry. */
  cancel_requested_at: string | null;
  cancellation_reason: string | null;
  /** When the truth is looked up next; null when nothing is left to learn. The row is its own schedule. */
  next_check_at: string | null;
  checks_done: number;
  not_found_count: number;
  created_at: string;
  updated_at: string;
}

export interface LatePayment {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  payment_intent_id: string;
  attempt_id: string;
  provider: string;
  provider_payment_id: string | null;
  amount: number;
  currency: string;
  status: 'held';
  created_at: string;
}

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

/** How often the provider must deny knowing an attempt before we believe that it never began. */
export const NOT_FOUND_PROOFS = 3;

const ENDED: ReadonlySet<AttemptStatus> = new Set(['paid', 'declined', 'ended_unpaid', 'reversed']);

export function isEnded(attempt: Attempt): boolean {
  return ENDED.has(attempt.status);
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
  // A code that was given up pays the intent all the same while nothing else does, but only in full.
  const idle = intent.attempt_id === null && intent.status === 'requires_payment_method';
  const wanted = live || (idle && !statesAnotherAmount(attempt, news));
  const proven = provenAbsent(attempt, news);
  const result = live ? quarantined(attempt, proven) : proven;
  // Money that came is the truth until it goes back; an answer that it has overtaken on the way says nothing.
  if (attempt.status === 'paid' && result.kind !== 'paid' && result.kind !== 'reversed') {
    return noNews(intent, { ...attempt });
  }
  const next = attemptAfter(attempt, news, result, now);

  // Money counts for an intent that is still open; in any other case it is late and kept apart, whatever its
  // amount. An authorisation that comes late is looked after like money: it is a claim on the customer.
  if (result.kind === 'paid' || result.kind === 'authorized') {
    if (wanted) return moved(intent, attempt, next, result.kind, now, receivedBy(next, result.kind));
    const known = attempt.status === 'paid' || attempt.status === 'authorized';
    const { amount, currency } = result.stated ?? attempt;
    return {
      attempt: next,
      intent: known ? intent : touched(intent, now),
      event: null,
      late_payment: known ? null : { amount, currency },
      changed: !known,
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
      return moved(intent, attempt, next, 'working', now, { outcome: null });
    case 'not_found':
    case 'unknown':
      // "Still unknown" is no news, but why can be: a wrong amount is reported, and later silence does not hide it.
      if (next.status === attempt.status && !bringsMismatch(attempt, next)) return noNews(intent, next);
      return moved(intent, attempt, next, 'unknown', now, {
        outcome: 'unknown',
        last_payment_error: next.error,
      });
    case 'declined':
      if (attempt.cancel_requested_at !== null) return calledOff(intent, attempt, next, now);
      return moved(intent, attempt, next, 'declined', now, { outcome: null, last_payment_error: next.error });
    case 'reversed':
      return calledOff(intent, attempt, next, now);
    case 'ended_unpaid':
      if (attempt.cancel_requested_at !== null) return calledOff(intent, attempt, next, now);
      return moved(intent, attempt, next, 'ended_unpaid', now, {
        outcome: null,
        last_payment_error: next.error,
        attempt_id: null,
        processing_mode: null,
        provider: null,
        // A confirm that never began has neither used its token up nor made it last longer.
        ...(result.reason === 'refused' &&
          intent.payment_token_attempt_id === attempt.id && {
            payment_token_attempt_id: null,
            payment_token_expires_at: intent.payment_token_confirm_until,
          }),
      });
  }
}

/** An amount or currency that is not the intent's is neither accepted nor declined: a person must look. */
function quarantined(attempt: Attempt, result: ProviderResult): ProviderResult {
  if (!statesAnotherAmount(attempt, result)) return result;
  const { amount, currency } = result.stated;
  return {
    kind: 'unknown',
    reason: 'amount_mismatch',
    message: `The provider reports ${amount} ${currency} instead of ${attempt.amount} ${attempt.currency}.`,
  };
}

type Stating = ProviderResult & { stated: { amount: number; currency: string } };

function statesAnotherAmount(attempt: Attempt, result: ProviderResult): result is Stating {
  if ((result.kind !== 'paid' && result.kind !== 'authorized') || result.stated === undefined) return false;
  return result.stated.amount !== attempt.amount || result.stated.currency !== attempt.currency;
}

function bringsMismatch(before: Attempt, after: Attempt): boolean {
  return after.error?.code === 'amount_mismatch' && before.error?.code !== 'amount_mismatch';
}

/** "Not found" becomes an end only after it was said several times: our request may still be on its way. */
function provenAbsent(attempt: Attempt, result: ProviderResult): ProviderResult {
  if (result.kind !== 'not_found' || attempt.not_found_count + 1 < NOT_FOUND_PROOFS) return result;
  return { kind: 'ended_unpaid', reason: 'expired' };
}

function attemptAfter(attempt: Attempt, news: ProviderResult, result: ProviderResult, now: string): Attempt {
  const next: Attempt = { ...attempt, updated_at: now };
  if (news.kind === 'not_found') next.not_found_count += 1;
  if ('provider_payment_id' in result && result.provider_payment_id !== undefined) {
    next.provider_payment_id = result.provider_payment_id;
  }
  switch (result.kind) {
    case 'waiting':
      next.status = 'waiting';
      if (result.action !== undefined) next.action = result.action;
      if (result.provider_code_id !== undefined) next.provider_code_id = result.provider_code_id;
      return next;
    case 'unknown':
      next.error = { code: unknownCode(result.reason), message: result.message, provider: attempt.provider };
      next.status = unknownStatus(attempt, result.reason, now);
      return next;
    case 'not_found':
      next.status = unknownStatus(attempt, 'not_found', now);
      return next;
    case 'declined':
      next.status = 'declined';
      next.error = { code: result.code, message: result.message, provider: attempt.provider };
      return next;
    case 'ended_unpaid':
      next.status = 'ended_unpaid';
      next.error = {
        code: result.code ?? (result.reason === 'refused' ? 'provider_refused' : 'payment_expired'),
        message: result.message ?? ENDED_MESSAGES[result.reason],
        provider: attempt.provider,
      };
      return next;
    default:
      next.status = result.kind;
      next.error = null;
      return next;
  }
}

const ENDED_MESSAGES = {
  expired: 'The code ran out before the customer paid.',
  deleted: 'The code was withdrawn before the customer paid.',
  refused: 'The provider refused to begin the payment.',
} as const;

function unknownCode(reason: string): string {
  return reason === 'amount_mismatch' ? 'amount_mismatch' : `provider_${reason}`;
}

/** While a code is open, a failed look-up leaves the attempt waiting; a wrong amount never does. */
function unknownStatus(attempt: Attempt, reason: string, now: string): AttemptStatus {
  if (isEnded(attempt) || attempt.status === 'authorized') return attempt.status;
  const code_open = attempt.status === 'waiting' && now < (attempt.action?.expires_at ?? '');
  if (code_open && attempt.cancel_requested_at === null && reason !== 'amount_mismatch') return 'waiting';
  return 'unknown';
}

function receivedBy(attempt: Attempt, kind: 'paid' | 'authorized'): Partial<PaymentIntent> {
  return {
    attempt_id: attempt.id,
    provider: attempt.provider,
    processing_mode: attempt.processing_mode,
    outcome: null,
    last_payment_error: null,
    ...(kind === 'paid' ? { amount_received: attempt.amount } : { amount_capturable: attempt.amount }),
  };
}

function calledOff(intent: PaymentIntent, before: Attempt, attempt: Attempt, now: string): Decision {
  return moved(intent, before, attempt, 'called_off', now, {
    outcome: null,
    amount_capturable: 0,
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
  // The first answer to our question is told even where the status was `processing` while we waited for it.
  const told = phaseOf(next) !== phaseOf(intent) || before.status === 'asked';
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

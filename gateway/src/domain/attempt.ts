// One try at paying an intent, and what news from a provider makes of it. What the same news means to its intent
// is decided in decision.ts.
import { isAmount } from './money.ts';
import type { LastPaymentError, PaymentMethodType, ProcessingMode } from './payment-intent.ts';
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
  /** The account at the provider that it began with; null where nobody is asked, and when it is not known. */
  provider_account: string | null;
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
  /** Of qr_cpm: tells a second use of the scanned code, which itself is never stored. */
  customer_code_hash: Buffer | null;
  /** As much of the scanned code as may be shown. */
  customer_code_masked: string | null;
  provider_payment_id: string | null;
  provider_code_id: string | null;
  /** The provider's own id of its last answer that was news, for its support. */
  provider_request_id: string | null;
  action: CustomerAction | null;
  error: LastPaymentError | null;
  /** Since when we want it called off, and the reason that the intent will carry. */
  cancel_requested_at: string | null;
  cancellation_reason: string | null;
  /** Of held money: how much we asked to take, or how much was taken. */
  capture_amount: number | null;
  /** Since when we want it taken. */
  capture_requested_at: string | null;
  /** Until when the provider holds the money. */
  capture_before: string | null;
  /** When the money moved: as the provider states it, else when we heard of it. */
  paid_at: string | null;
  /** When the truth is looked up next; null when nothing is left to learn. The row is its own schedule. */
  next_check_at: string | null;
  checks_done: number;
  not_found_count: number;
  created_at: string;
  updated_at: string;
}

/** How often the provider must deny knowing an attempt before we believe that it never began. */
export const NOT_FOUND_PROOFS = 3;

const ENDED: ReadonlySet<AttemptStatus> = new Set(['paid', 'declined', 'ended_unpaid', 'reversed']);

export function isEnded(attempt: Attempt): boolean {
  return ENDED.has(attempt.status);
}

/** What an attempt that is still open has to be seen through before anything else may be asked of it. */
export function pendingQuestion(attempt: Attempt): 'cancel' | 'capture' | null {
  if (isEnded(attempt)) return null;
  if (attempt.cancel_requested_at !== null) return 'cancel';
  return attempt.capture_requested_at !== null ? 'capture' : null;
}

/** A customer who has shown a code is to agree within this time, or the payment is called off: somebody waits at a till. */
export const AGREEMENT_MS = 60_000;

/** Whether an attempt by a scanned code has still to be agreed to, or we do not know whether it was. */
export function awaitsAgreement(attempt: Attempt): boolean {
  const { payment_method_type, status, cancel_requested_at, error } = attempt;
  const is_open = status === 'asked' || status === 'working' || status === 'unknown';
  // Another amount than ours is for a person to look at, and is not called off by itself.
  const is_ours = error?.code !== 'amount_mismatch';
  return payment_method_type === 'qr_cpm' && is_open && cancel_requested_at === null && is_ours;
}

/** Called off by ourselves, for want of an agreement: no reason was given that the intent could end for. */
export function isGivenUp(attempt: Attempt): boolean {
  const { payment_method_type, cancel_requested_at, cancellation_reason } = attempt;
  return payment_method_type === 'qr_cpm' && cancel_requested_at !== null && cancellation_reason === null;
}

/** An amount or currency that is not the intent's is neither accepted nor declined: a person must look. */
export function quarantined(attempt: Attempt, result: ProviderResult): ProviderResult {
  return statesAnotherAmount(attempt, result) ? amountMismatch(attempt, result) : result;
}

/** An amount that no payment can have is not even late money: it is not believed, whoever waits for the money. */
export function believable(attempt: Attempt, result: ProviderResult): ProviderResult {
  const is_impossible = statesAnotherAmount(attempt, result) && !isAmount(result.stated.amount);
  return is_impossible ? amountMismatch(attempt, result) : result;
}

function amountMismatch(attempt: Attempt, result: Stating): ProviderResult {
  const { amount, currency } = result.stated;
  const expected = result.kind === 'paid' ? (attempt.capture_amount ?? attempt.amount) : attempt.amount;
  return {
    kind: 'unknown',
    reason: 'amount_mismatch',
    message: `The provider reports ${amount} ${currency} instead of ${expected} ${attempt.currency}.`,
  };
}

type Stating = ProviderResult & { stated: { amount: number; currency: string } };

export function statesAnotherAmount(attempt: Attempt, result: ProviderResult): result is Stating {
  if ((result.kind !== 'paid' && result.kind !== 'authorized') || result.stated === undefined) return false;
  const { amount, currency } = result.stated;
  if (currency !== attempt.currency) return true;
  if (result.kind === 'authorized' || !attempt.authorize_only) return amount !== attempt.amount;
  // Of held money a part may be taken: by us, and then what we asked for, or at the provider's own tool.
  if (attempt.capture_amount !== null) return amount !== attempt.capture_amount;
  return amount < 1 || amount > attempt.amount;
}

/** "Not found" becomes an end only after it was said several times: our request may still be on its way. */
export function provenAbsent(attempt: Attempt, result: ProviderResult): ProviderResult {
  if (result.kind !== 'not_found' || attempt.not_found_count + 1 < NOT_FOUND_PROOFS) return result;
  // Money that was held is not absent: only the provider's own word that the hold is over ends it.
  if (attempt.status === 'authorized') return result;
  return { kind: 'ended_unpaid', reason: 'expired' };
}

export function attemptAfter(
  attempt: Attempt,
  news: ProviderResult,
  result: ProviderResult,
  now: string,
): Attempt {
  const next: Attempt = { ...attempt, updated_at: now };
  if (news.kind === 'not_found') next.not_found_count += 1;
  if ('provider_payment_id' in result && result.provider_payment_id !== undefined) {
    next.provider_payment_id = result.provider_payment_id;
  }
  if (news.provider_request_id !== undefined) next.provider_request_id = news.provider_request_id;
  switch (result.kind) {
    case 'waiting':
      next.status = 'waiting';
      if (result.action !== undefined) next.action = result.action;
      if (result.provider_code_id !== undefined) next.provider_code_id = result.provider_code_id;
      return next;
    case 'unknown':
      // What a person has to look at is not hidden by silence after it.
      if (isDisputed(attempt) && !DISPUTED.has(unknownCode(result.reason))) return next;
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
      next.error = { ...endOf(attempt, result), provider: attempt.provider };
      return next;
    case 'authorized':
      if (result.capture_before !== undefined) next.capture_before = result.capture_before;
      // While our question is open, only its own answer closes it.
      if (attempt.status === 'authorized' && pendingQuestion(attempt) !== null && !result.refused)
        return next;
      next.status = 'authorized';
      next.error = result.refused ? { ...result.refused, provider: attempt.provider } : null;
      // What we asked was refused, or the customer was faster than our cancel: it can be asked again.
      next.capture_amount = null;
      next.capture_requested_at = null;
      next.cancel_requested_at = null;
      next.cancellation_reason = null;
      return next;
    case 'paid':
      next.status = 'paid';
      next.error = null;
      next.paid_at = result.paid_at ?? attempt.paid_at ?? now;
      if (attempt.authorize_only)
        next.capture_amount = result.stated?.amount ?? attempt.capture_amount ?? attempt.amount;
      return next;
    case 'reversed':
      next.status = 'reversed';
      next.error =
        isGivenUp(attempt) && attempt.status !== 'authorized'
          ? { ...endOf(attempt, { kind: 'ended_unpaid', reason: 'expired' }), provider: attempt.provider }
          : null;
      return next;
    case 'working':
      next.status = 'working';
      next.error = null;
      return next;
  }
}

function endOf(attempt: Attempt, result: ProviderResult & { kind: 'ended_unpaid' }): LastPaymentError {
  if (isGivenUp(attempt) && attempt.status !== 'authorized')
    return { code: 'payment_expired', message: 'The customer did not agree to the payment in time.' };
  if (attempt.status === 'authorized')
    return {
      code: 'authorization_expired',
      message: 'The authorisation ran out before it was captured.',
    };
  return {
    code: result.code ?? (result.reason === 'refused' ? 'provider_refused' : 'payment_expired'),
    message: result.message ?? ENDED_MESSAGES[result.reason],
  };
}

const ENDED_MESSAGES = {
  expired: 'The code ran out before the customer paid.',
  deleted: 'The code was withdrawn before the customer paid.',
  refused: 'The provider refused to begin the payment.',
  failed: 'The payment could not be carried out.',
} as const;

function unknownCode(reason: string): string {
  return reason === 'amount_mismatch' ? 'amount_mismatch' : `provider_${reason}`;
}

/** News that nothing but other news, or a person, can clear up: that time passes ends nothing. */
const DISPUTED: ReadonlySet<string> = new Set(['amount_mismatch', 'unclear_news'].map(unknownCode));

export function isDisputed({ status, error }: Attempt): boolean {
  return status === 'unknown' && error !== null && DISPUTED.has(error.code);
}

/** While a code is open, a failed look-up leaves the attempt waiting; disputed news never do. */
function unknownStatus(attempt: Attempt, reason: string, now: string): AttemptStatus {
  if (isEnded(attempt) || attempt.status === 'authorized') return attempt.status;
  const code_open = attempt.status === 'waiting' && now < (attempt.action?.expires_at ?? '');
  if (code_open && attempt.cancel_requested_at === null && !DISPUTED.has(unknownCode(reason)))
    return 'waiting';
  return 'unknown';
}

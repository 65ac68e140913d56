// The one gate. Whether a provider answered, notified, or was looked up: what it said is decided by the domain
// and written here, in one statement. Nothing else moves a payment that a provider holds.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { AuditEntry } from '../db/audit-log.ts';
import { updateAttemptSchedule } from '../db/look-ups.ts';
import { type Change, findAttempt, findPaymentIntent, updatePaymentIntent } from '../db/payment-intents.ts';
import {
  AGREEMENT_MS,
  type Attempt,
  awaitsAgreement,
  believable,
  isEnded,
  isGivenUp,
  pendingQuestion,
} from '../domain/attempt.ts';
import { type Decision, decideOnProviderResult, decideOnToldResult } from '../domain/decision.ts';
import { isFinal, type PaymentIntent, paymentIntentResource } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import { nextHoldLookUp, nextLookUp } from '../domain/retry-schedule.ts';
import { isOnlyTold } from '../providers/provider.ts';
import { findProviderByName } from '../providers/registry.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { type Arrival, addArrival, addNewsOfLateMoney } from './late-payment-changes.ts';
import { makeEvent } from './make-event.ts';

export interface ResultOptions {
  /** The request that asked, if one did; its answer is stored with the change. */
  mark?: Mark;
  /** The answer to that request, or null when the outcome leaves nothing to keep. */
  answer?(intent: PaymentIntent, attempt: Attempt): Answer | null;
  /** Set where a person says what the provider does not. */
  by_hand?: {
    /** Refuses, by throwing, where the rows do not leave the outcome to a person (any more). */
    check(intent: PaymentIntent, attempt: Attempt): void;
    audit(before: PaymentIntent, after: PaymentIntent): AuditEntry;
  };
}

/** Write down what a provider said of an attempt. Returns the rows as they are afterwards. */
export async function applyProviderResult(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  told: ProviderResult,
  options: ResultOptions = {},
): Promise<{ intent: PaymentIntent; attempt: Attempt }> {
  let result = believable(attempt, told);
  const decide = !options.by_hand && isToldOnly(attempt) ? decideOnToldResult : decideOnProviderResult;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    options.by_hand?.check(intent, attempt);
    const decision = decide(intent, attempt, result, instant(context));
    schedule(context, attempt, decision, result);
    // A person may err: the provider is asked once more, and what it then says of other money is late.
    if (options.by_hand) decision.attempt.next_check_at = instant(context, LAST_LOOK_MS);
    if (nobodyTells(decision.attempt)) decision.attempt.next_check_at = null;
    if (!decision.changed && options.by_hand) {
      // The attempt was read after its intent and knows more already; read together they will say so.
      [intent, attempt] = await reload(context, intent, attempt);
      continue;
    }
    if (!decision.changed) {
      const { attempt: after } = decision;
      // Whoever repeats old news writes nothing.
      if (!isEnded(attempt) || isRescheduled(attempt, after))
        await updateAttemptSchedule(context.db, attempt, after, decision.intent.next_check_at);
      return decision;
    }
    const change = await makeChange(context, { intent, attempt }, decision);
    if (options.by_hand) change.audit = options.by_hand.audit(intent, decision.intent);
    if (options.mark) {
      completeMark(context, options.mark, options.answer?.(decision.intent, decision.attempt) ?? null);
      change.mark = options.mark;
    }
    if (await carryOut(context, intent, change)) {
      observe(context, attempt, decision);
      return decision;
    }
    // Somebody was faster. What they wrote may change what this news means.
    const before = attempt;
    [intent, attempt] = await reload(context, intent, attempt);
    if (wasReversed(before, attempt) && isMoney(result)) result = OVERTAKEN;
    if (wasCalledOff(before, attempt) && isMoney(result)) result = CALLED_OFF;
  }
  throw new Error(
    `payment intent ${intent.id} changed ${MAX_TRIES} times while one result was being written`,
  );
}

/** What was recorded as somebody asserted it, or has ended where only news tell, can be asked about nowhere. */
function nobodyTells(attempt: Attempt): boolean {
  const is_recorded = findProviderByName(attempt.adapter)?.record !== undefined;
  return is_recorded || (isToldOnly(attempt) && isEnded(attempt));
}

function isToldOnly({ adapter }: Attempt): boolean {
  const provider = findProviderByName(adapter);
  return provider !== null && isOnlyTold(provider);
}

function isRescheduled(before: Attempt, after: Attempt): boolean {
  return (
    before.next_check_at !== after.next_check_at ||
    before.checks_done !== after.checks_done ||
    before.not_found_count !== after.not_found_count ||
    before.provider_payment_id !== after.provider_payment_id
  );
}

/**
 * Money that came and went back while this news was on its way may be the same money: the news was asked for before
 * it went. Only a question that is asked afterwards can find money that came again.
 */
function wasReversed(before: Attempt, now: Attempt): boolean {
  return before.status !== 'reversed' && now.status === 'reversed';
}

/**
 * By a scanned code the customer may have paid a moment before the cancel arrived, which takes that back. What was asked
 * for before we called it off does not know; nor does what was asked for when it was only given up, and might be kept.
 */
function wasCalledOff(before: Attempt, now: Attempt): boolean {
  const is_new = before.cancel_requested_at === null || (isGivenUp(before) && !isGivenUp(now));
  return is_new && now.cancel_requested_at !== null && now.payment_method_type === 'qr_cpm';
}

function isMoney({ kind }: ProviderResult): boolean {
  return kind === 'paid' || kind === 'authorized';
}

const OVERTAKEN: ProviderResult = {
  kind: 'unknown',
  reason: 'overtaken',
  message: 'The money went back while the provider’s answer was on its way.',
};

const CALLED_OFF: ProviderResult = {
  kind: 'unknown',
  reason: 'overtaken',
  message: 'The payment was called off while the provider’s answer was on its way.',
};

const MAX_TRIES = 10;
const LAST_LOOK_MS = 60_000;

/** Write one change and tell whoever waits for it. False: the row has moved on, read and decide again. */
export async function carryOut(context: Context, before: PaymentIntent, change: Change): Promise<boolean> {
  const written = await updatePaymentIntent(context.db, change);
  if (written === null) return false;
  if (change.mark) change.mark.is_first = false;
  if (written.has_listeners) context.wakeWorker?.('fan_out');
  if (change.intent.status !== before.status) {
    context.metrics.intents.inc({ status: change.intent.status });
    context.log.info(
      {
        payment_intent: before.id,
        from: before.status,
        to: change.intent.status,
        attempt: change.attempt?.id,
      },
      'payment intent moved',
    );
  }
  return true;
}

/**
 * The rows as they are now, after another change was faster. The attempt is read after the intent, never
 * before or beside it: one that is newer than its intent fails at the intent's version and is read again, but
 * an older one would take the payment that it does not know of for a second, late payment.
 */
export async function reload(
  context: Context,
  intent: Pick<PaymentIntent, 'id'>,
  attempt: Attempt,
): Promise<[PaymentIntent, Attempt]> {
  const intent_now = await findPaymentIntent(context.db, intent.id);
  if (intent_now === null) throw new Error(`payment intent ${intent.id} is gone`);
  return [intent_now, (await findAttempt(context.db, attempt.id)) ?? attempt];
}

/** Of an attempt that a customer has to agree to: whether the time for that is over. Null where nobody has to. */
export function isAgreementDue(context: Context, attempt: Attempt): boolean | null {
  if (!awaitsAgreement(attempt)) return null;
  return context.now() >= Date.parse(attempt.created_at) + AGREEMENT_MS;
}

/**
 * The time of the next look-up: often while a code is open, less and less often while the truth is hidden, and
 * seldom while money is on hold and nothing is asked of it.
 */
function schedule(context: Context, before: Attempt, decision: Decision, result: ProviderResult): void {
  const { attempt, intent, changed } = decision;
  if (attempt.status !== before.status) attempt.checks_done = 0;
  const known = changed ? attempt : before;
  const settled = isEnded(known) || known.status === 'authorized';
  const in_doubt =
    pendingQuestion(known) !== null || (intent.outcome === 'unknown' && !isFinal(intent.status));
  if (isEnded(known) && result.kind !== 'unknown') {
    attempt.next_check_at = lastLook(known, instant(context));
  } else if (known.status === 'authorized' && result.kind !== 'unknown' && !in_doubt) {
    const ends_ms = known.capture_before === null ? null : Date.parse(known.capture_before);
    const at = nextHoldLookUp({ now_ms: context.now(), ends_ms, random: context.random() });
    attempt.next_check_at = new Date(at).toISOString();
  } else if (waitsForNews(attempt)) {
    attempt.next_check_at = endOfNews(attempt, context.now());
  } else {
    const open_code =
      !settled &&
      ((attempt.status === 'waiting' && attempt.cancel_requested_at === null) ||
        isAgreementDue(context, attempt) === false);
    const at = nextLookUp({
      checks_done: attempt.checks_done,
      kind: open_code ? 'open_code' : 'unknown',
      now_ms: context.now(),
      random: context.random(),
    });
    attempt.next_check_at = new Date(at).toISOString();
  }
  if (!isFinal(intent.status)) {
    intent.next_check_at = intent.outcome === 'unknown' ? attempt.next_check_at : null;
  }
}

/** A page is open at a provider that nobody can ask: until it runs out there is nothing to look up. */
function waitsForNews(attempt: Attempt): boolean {
  return attempt.status === 'waiting' && attempt.cancel_requested_at === null && isToldOnly(attempt);
}

/** News of a payment in the last moment may still be on its way when the page has run out. */
function endOfNews({ action }: Attempt, now_ms: number): string {
  const ends_ms = Date.parse(action?.expires_at ?? '') || now_ms;
  return new Date(Math.max(ends_ms, now_ms) + LAST_LOOK_MS).toISOString();
}

/**
 * A payment may have been under way when its code was deleted, so the end is looked at once more a while later,
 * whatever was asked and answered in between. Nothing is written to an ended attempt but news, so the time of
 * its last change is the time of its end.
 */
function lastLook(ended: Attempt, now: string): string | null {
  if (ended.status !== 'ended_unpaid') return null;
  const at = new Date(Date.parse(ended.updated_at) + LAST_LOOK_MS).toISOString();
  return now < at ? at : null;
}

async function makeChange(
  context: Context,
  before: { intent: PaymentIntent; attempt: Attempt },
  decision: Decision,
): Promise<Change> {
  const { intent, attempt, event } = decision;
  const change: Change & { attempt: Attempt } = { intent, attempt };
  if (isFinal(intent.status)) intent.next_check_at = null;
  if (event !== null) change.event = makeEvent(context, event, paymentIntentResource(intent));
  if (decision.late_payment !== null) await addArrival(context, change, decision.late_payment);
  else await addNewsOfLateMoney(context, before, change);
  return change;
}

function observe(context: Context, before: Attempt, decision: Decision): void {
  const { attempt } = decision;
  if (isEnded(attempt) && !isEnded(before)) {
    const seconds = (context.now() - Date.parse(attempt.created_at)) / 1_000;
    context.metrics.time_to_truth.observe({ provider: attempt.adapter }, seconds);
  }
  if (decision.late_payment !== null) noteLatePayment(context, attempt, decision.late_payment);
  logMismatch(context, attempt);
}

export function noteLatePayment(context: Context, attempt: Attempt, arrival: Arrival): void {
  context.metrics.late_payments.inc({ provider: attempt.adapter });
  context.log.warn(
    { payment_intent: attempt.payment_intent_id, attempt: attempt.id, ...arrival },
    'a payment arrived that its intent does not want',
  );
}

export function logMismatch(context: Context, attempt: Attempt): void {
  if (attempt.error?.code !== 'amount_mismatch') return;
  context.log.error(
    { payment_intent: attempt.payment_intent_id, attempt: attempt.id },
    'the provider reports another amount; a person must look',
  );
}

// The gate of refunds. Whether a provider answered our asking or was looked up: what it said is decided by the
// domain and written here, the refund together with its intent. The worker's side is here, too: it asks, and asks
// again with the same id, until every refund has ended.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { type Change, findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import { type ClaimedRefund, claimDueRefunds, findRefund, updateRefundSchedule } from '../db/refunds.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import {
  decideOnRefundResult,
  type Refund,
  type RefundDecision,
  type RefundResult,
  refundResource,
} from '../domain/refund.ts';
import { nextLookUp } from '../domain/retry-schedule.ts';
import { getProviderByName } from '../providers/registry.ts';
import { findPause, putOffUntil } from './circuits.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { addRefundOfLateMoney } from './late-payment-changes.ts';
import { makeEvent } from './make-event.ts';
import { type Access, askAboutRefund, attemptFacts, findProviderAccess } from './provider-access.ts';
import { carryOut } from './provider-results.ts';

/** Longer than one question to a provider may take; afterwards the worker goes on with what was begun. */
export const REFUND_LEASE_MS = 30_000;

/** The request that asked, if one did, and its answer, which is stored with the change. */
export interface RefundRequest {
  mark: Mark;
  answer(refund: Refund): Answer | null;
}

/** Write down what a provider said of a refund. Returns the refund as it is afterwards. */
export async function applyRefundResult(
  context: Context,
  intent: PaymentIntent,
  refund: Refund,
  result: RefundResult,
  request?: RefundRequest,
): Promise<Refund> {
  // However often others are faster: each turn that is lost here is a refund of theirs that is written, and how many
  // there can be is bounded by the money.
  for (;;) {
    const decision = decideOnRefundResult(intent, refund, result, instant(context));
    schedule(context, refund, decision.refund, result);
    if (decision.contradicted) reportContradiction(context, refund);
    if (decision.moved) {
      const change = makeChange(context, decision);
      await addRefundOfLateMoney(context, change, decision.refund);
      if (request) {
        completeMark(context, request.mark, request.answer(decision.refund));
        change.mark = request.mark;
      }
      if (await carryOut(context, intent, change)) {
        observeRefund(context, decision.refund);
        return decision.refund;
      }
    } else {
      if (refund.status !== 'pending') return refund;
      if (await updateRefundSchedule(context.db, decision.refund)) return decision.refund;
    }
    // Somebody was faster. What they wrote may change what this news means.
    [intent, refund] = await reloadRefund(context, refund);
  }
}

function makeChange(context: Context, { intent, refund, event }: RefundDecision): Change {
  const change: Change = { intent, refund };
  if (event !== null) change.event = makeEvent(context, event, refundResource(refund));
  return change;
}

/** Read after the intent: a refund that is newer than its intent fails at the intent's version and is read again. */
async function reloadRefund(context: Context, refund: Refund): Promise<[PaymentIntent, Refund]> {
  const intent = await findPaymentIntent(context.db, refund.payment_intent_id);
  const refund_now = await findRefund(context.db, refund.id);
  if (intent === null || refund_now === null) throw new Error(`refund ${refund.id} or its intent is gone`);
  return [intent, refund_now];
}

/** The time of the next question, as long as there is one. */
function schedule(context: Context, before: Refund, refund: Refund, result: RefundResult): void {
  if (refund.status !== 'pending') return;
  if (refund.outcome !== before.outcome || before.status !== 'pending') refund.checks_done = 0;
  refund.next_check_at = new Date(nextCheck(context, refund, result)).toISOString();
}

function nextCheck(context: Context, refund: Refund, result: RefundResult): number {
  const { checks_done, next_step } = refund;
  const [now_ms, random] = [context.now(), context.random()];
  if (result.kind === 'throttled') return now_ms + Math.round(result.retry_after_ms * (1 + random / 10));
  // The provider denies often enough to know it: it is asked again at once, and each round waits longer.
  if (next_step === 'ask') return now_ms;
  const kind = result.kind === 'accepted' ? 'accepted' : 'unknown';
  return nextLookUp({ checks_done, kind, now_ms, random });
}

/** For the metrics and the log: a refund reached a status. */
export function observeRefund(context: Context, refund: Refund): void {
  const { id, payment_intent_id, amount, status, error } = refund;
  context.metrics.refunds.inc({ status });
  const facts = { refund: id, payment_intent: payment_intent_id, amount, status, code: error?.code };
  if (status === 'failed') context.log.warn(facts, 'refund failed');
  else context.log.info(facts, 'refund moved');
}

function reportContradiction(context: Context, { id, payment_intent_id, amount }: Refund): void {
  context.log.error(
    { refund: id, payment_intent: payment_intent_id, amount },
    'the provider gave money back for a refund that had failed and was replaced; a person must look',
  );
}

/** Take what is due, up to `limit` at a time and within each merchant's budget. */
export function claimDueRefundChecks(context: Context, limit: number): Promise<ClaimedRefund[]> {
  const { look_up_per_second: per_second, look_up_burst: burst } = context.config;
  const lease = instant(context, REFUND_LEASE_MS);
  return claimDueRefunds(context.db, instant(context), lease, limit, { per_second, burst });
}

/** Ask the provider to give the money back, for the first time or again, or ask what became of it. */
export async function checkRefund(context: Context, claimed: ClaimedRefund): Promise<void> {
  const [intent, refund] = await reloadRefund(context, claimed);
  if (refund.status !== 'pending') return;
  const attempt = await findAttempt(context.db, refund.attempt_id);
  if (attempt === null) throw new Error(`attempt ${refund.attempt_id} is gone`);
  const provider = getProviderByName(refund.adapter);
  const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
  const again_at_ms = access.ok ? findPause(context, provider, access.provider_context, 'look_up') : null;
  if (again_at_ms !== null) {
    // Not asked, so what the claim noted of an asking is taken back.
    const asked_at = claimed.asked_before ? refund.asked_at : null;
    const next_check_at = putOffUntil(context, again_at_ms);
    await updateRefundSchedule(context.db, { ...refund, asked_at, next_check_at });
    return;
  }
  const operation = refund.next_step === 'look_up' ? 'lookUpRefund' : 'refund';
  const result = await askRefund(context, intent, attempt, refund, operation, claimed.asked_before, access);
  await applyRefundResult(context, intent, { ...refund, checks_done: refund.checks_done + 1 }, result);
}

/**
 * One question about a refund. A store that lost its settings cannot be asked about, which proves nothing. `known`: the
 * settings, where the caller has read them.
 */
export async function askRefund(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  refund: Refund,
  operation: 'refund' | 'lookUpRefund',
  asked_before: boolean,
  known?: Access,
): Promise<RefundResult> {
  const provider = getProviderByName(refund.adapter);
  const access = known ?? (await findProviderAccess(context, provider, attempt, 'open_attempt'));
  if (!access.ok) return { kind: 'unknown', reason: 'connection_failed', message: access.reason };
  const { id, amount, currency, reason, created_at } = refund;
  const facts = { id, amount, currency, reason, created_at, asked_before };
  return askAboutRefund(
    context,
    provider,
    operation,
    attemptFacts(intent, attempt),
    facts,
    access.provider_context,
  );
}

// The resolver: asks providers for the truth about attempts that are open or unknown, by our own attempt id,
// and carries on cancels and captures that were begun. A notification only makes it ask sooner.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { claimDueAttempts, countUnresolvedOutcomes } from '../db/look-ups.ts';
import { type Attempt, pendingQuestion } from '../domain/attempt.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import { getProviderByName } from '../providers/registry.ts';
import { giveUpAttempt } from './cancel.ts';
import { findPause, putOffLookUp } from './circuits.ts';
import { askProvider, attemptFacts, findProviderAccess } from './provider-access.ts';
import { applyProviderResult, isAgreementDue, reload } from './provider-results.ts';
import { heedThrottle } from './throttles.ts';

/** Longer than a look-up may take; a worker that dies gives its attempts back after so long. */
const LOOK_UP_LEASE_MS = 30_000;

/** Take what is due, up to `limit` at a time and within each merchant's budget. */
export function claimDueLookUps(context: Context, limit: number): Promise<Attempt[]> {
  const { look_up_per_second: per_second, look_up_burst: burst } = context.config;
  const lease = instant(context, LOOK_UP_LEASE_MS);
  return claimDueAttempts(context.db, instant(context), lease, limit, { per_second, burst });
}

/** Ask about one attempt now. An ended one is asked about too: money can come after the end. */
export async function lookUpAttempt(context: Context, found: Attempt): Promise<void> {
  const [intent, attempt] = await reload(context, { id: found.payment_intent_id }, found);
  const provider = getProviderByName(attempt.adapter);
  const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
  const again_at_ms = access.ok ? findPause(context, provider, access.provider_context, 'look_up') : null;
  if (again_at_ms !== null) return putOffLookUp(context, attempt, again_at_ms);
  // A provider that cannot be asked to call off, or to take, is asked how it stands.
  const question = pendingQuestion(attempt);
  const operation = question !== null && provider[question] !== undefined ? question : 'lookUp';
  const asked_at_ms = context.now();
  const result: ProviderResult = access.ok
    ? await askProvider(context, provider, operation, attemptFacts(intent, attempt), access.provider_context)
    : { kind: 'unknown', reason: 'connection_failed', message: access.reason };
  await heedThrottle(context, attempt, asked_at_ms, result);
  const checked = { ...attempt, checks_done: attempt.checks_done + 1 };
  const after = await applyProviderResult(context, intent, checked, result);
  if (isAgreementDue(context, after.attempt)) await giveUpAttempt(context, after.intent, after.attempt);
}

export async function measureUnresolved(context: Context): Promise<void> {
  const { unresolved, oldest } = await countUnresolvedOutcomes(context.db);
  context.metrics.unresolved.set(unresolved);
  context.metrics.unresolved_age.set(oldest === null ? 0 : (context.now() - Date.parse(oldest)) / 1_000);
}

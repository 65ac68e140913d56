// A provider that says "too many" (PayPay: 429, or maintenance) is asked less often by that merchant's look-ups: its
// budget, which all workers share, is empty for a while, twice as long each time, until an answer comes. Other
// merchants have budgets of their own and do not notice.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { emptyLookUpBudget } from '../db/look-ups.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import { throttleWait } from '../domain/retry-schedule.ts';

/** Longer than any pause, so that only a merchant who had nothing to ask for a while begins anew. */
const ROW_ENDS_AFTER_MS = 5 * 60_000;

/** To be told of the answer to every look-up. Writes only when the provider put the merchant off. */
export async function heedThrottle(
  context: Context,
  attempt: Attempt,
  asked_at_ms: number,
  result: ProviderResult,
): Promise<void> {
  const { adapter, organization_id, merchant_id } = attempt;
  const is_refused = result.kind === 'unknown' && result.reason === 'rate_limited';
  if (!is_refused && context.throttles.size === 0) return;
  const key = JSON.stringify([adapter, organization_id, merchant_id]);
  const before = context.throttles.get(key);
  // What was under way together is one "too many", and an answer among it is no end of it.
  if (before !== undefined && asked_at_ms < before.since_ms) return;
  if (!is_refused) {
    if (result.kind !== 'unknown') context.throttles.delete(key);
    return;
  }
  const now_ms = context.now();
  const is_in_a_row = before !== undefined && now_ms - before.since_ms < ROW_ENDS_AFTER_MS;
  const times = is_in_a_row ? before.times + 1 : 1;
  context.throttles.set(key, { since_ms: now_ms + 1, times });
  const wait_ms = throttleWait({ times, random: context.random() });
  await emptyLookUpBudget(context.db, { adapter, organization_id, merchant_id }, instant(context, wait_ms));
  context.metrics.look_up_throttles.inc({ provider: adapter });
  context.log.warn({ provider: adapter, merchant_id, wait_ms }, 'the provider wants fewer look-ups');
}

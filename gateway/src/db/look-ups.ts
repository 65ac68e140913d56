// Attempts that are due to be looked up. A row's `next_check_at` is its schedule; claiming a row pushes that
// time forward by a lease, so that a worker that dies gives its rows back by doing nothing.
import type { Attempt } from '../domain/attempt.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface LookUpBudget {
  /** Look-ups a second for one merchant at one provider, all workers together. */
  per_second: number;
  /** How many may come at once after a quiet time. */
  burst: number;
}

const CLAIM: Statement = {
  name: 'claim_due_attempts',
  // Oldest due first, but no merchant gets more than its bucket holds: the rest stays due for the next tick.
  // The lock on the bucket makes two workers take turns. A merchant's very first look-up only makes the bucket.
  text: `
    with due as (
      select id, adapter, organization_id, merchant_id,
             row_number() over (partition by adapter, organization_id, merchant_id order by next_check_at) as place
      from (select id, adapter, organization_id, merchant_id, next_check_at from payment_attempts
            where next_check_at <= $1::timestamptz order by next_check_at limit $3::int) oldest
    ),
    wanted as (
      select adapter, organization_id, merchant_id, count(*) as number from due group by 1, 2, 3
    ),
    new_bucket as (
      insert into look_up_budgets (adapter, organization_id, merchant_id, tokens, refilled_at)
      select adapter, organization_id, merchant_id, $5::real, $1::timestamptz from wanted
      on conflict do nothing
    ),
    bucket as (
      update look_up_budgets b
      set tokens = full_bucket.available - full_bucket.granted, refilled_at = greatest(refilled_at, $1::timestamptz)
      from (
        select adapter, organization_id, merchant_id, available, least(number, floor(available)) as granted
        from (
          select b.adapter, b.organization_id, b.merchant_id, w.number,
                 least($5::real, b.tokens
                   + greatest(0, extract(epoch from $1::timestamptz - b.refilled_at))::real * $4::real) as available
          from look_up_budgets b join wanted w using (adapter, organization_id, merchant_id)
          order by 1, 2, 3 for update of b
        ) locked
      ) full_bucket
      where b.adapter = full_bucket.adapter and b.organization_id = full_bucket.organization_id
        and b.merchant_id = full_bucket.merchant_id
      returning b.adapter, b.organization_id, b.merchant_id, full_bucket.granted
    )
    update payment_attempts p set next_check_at = $2::timestamptz
    from due join bucket using (adapter, organization_id, merchant_id)
    where p.id = due.id and due.place <= bucket.granted and p.next_check_at <= $1::timestamptz
    returning p.*`,
};

/** Take up to `limit` due attempts for looking up now; they come back by themselves at `lease_until`. */
export async function claimDueAttempts(
  tx: Tx,
  now: string,
  lease_until: string,
  limit: number,
  budget: LookUpBudget,
): Promise<Attempt[]> {
  return tx.query<Attempt>(CLAIM, [now, lease_until, limit, budget.per_second, budget.burst]);
}

const RESCHEDULE: Statement = {
  name: 'reschedule_attempt',
  // No guard on the intent's version: a time of the next look-up harms nobody, and a status that moved on
  // meanwhile has set its own.
  text: `
    with attempt as (
      update payment_attempts
      set next_check_at = $2, checks_done = $3, not_found_count = $4,
          provider_payment_id = coalesce($5, provider_payment_id)
      where id = $1 and status = $6
      returning payment_intent_id
    )
    update payment_intents p set next_check_at = $7
    from attempt
    where p.id = attempt.payment_intent_id and p.attempt_id = $1 and p.outcome = 'unknown'
      and $7::timestamptz is not null`,
};

/** A look-up that brought no news: only the counters and the time of the next one change. */
export async function updateAttemptSchedule(
  tx: Tx,
  attempt: Attempt,
  shown_next_check_at: string | null,
): Promise<void> {
  const { id, next_check_at, checks_done, not_found_count, provider_payment_id, status } = attempt;
  await tx.query(RESCHEDULE, [
    id,
    next_check_at,
    checks_done,
    not_found_count,
    provider_payment_id,
    status,
    shown_next_check_at,
  ]);
}

const COUNT_UNRESOLVED: Statement = {
  name: 'count_unresolved_attempts',
  text: `select count(*)::int as unresolved, min(updated_at) as oldest
    from payment_attempts where next_check_at is not null and status in ('asked', 'unknown')`,
};

/** For the metrics: how many outcomes are unknown, and since when the oldest. */
export async function countUnresolvedAttempts(
  db: Db,
): Promise<{ unresolved: number; oldest: string | null }> {
  const rows = await db.query<{ unresolved: number; oldest: string | null }>(COUNT_UNRESOLVED);
  return rows[0] ?? { unresolved: 0, oldest: null };
}

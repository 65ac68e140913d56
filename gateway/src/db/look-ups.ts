// What is due to be asked about: attempts here, refunds in their own file by the same claim. A row's
// `next_check_at` is its schedule; claiming a row pushes that time forward by a lease, so that a worker that dies
// gives its rows back by doing nothing.
import type { Attempt } from '../domain/attempt.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface LookUpBudget {
  /** Look-ups a second for one merchant at one provider, all workers together. */
  per_second: number;
  /** How many may come at once after a quiet time. */
  burst: number;
}

/** What a bucket holds now; the burst and no more after a quiet time. */
const AVAILABLE = `least($5::real, b.tokens
          + greatest(0, extract(epoch from $1::timestamptz - b.refilled_at))::real * $4::real)`;

/** More than a claim can take, so that one merchant's few more do not make it look at all. */
const HEAD = 256;

/**
 * Takes rows of a table that are their own schedule. `set` changes more of a row that is taken, and `keep` returns
 * something of it as it was before.
 */
export function makeClaim(
  table: 'payment_attempts' | 'refunds',
  changes: { set?: string; keep?: { name: string; expression: string } } = {},
): Statement {
  const as_it_was = changes.keep ? `, ${changes.keep.expression} as ${changes.keep.name}` : '';
  // `oldest` is the head of all that is due. As long as it holds enough merchants whose buckets hold something, or
  // all that is due, nothing else is read. Otherwise somebody's backlog fills it, and `waiting` steps from bucket to
  // bucket and reads the earliest time of each: then the cost is the number of merchants with something to look up,
  // whatever lies behind them. Either way no merchant gets more than its bucket holds, whoever has waited longest
  // comes first, and everybody's first comes before anybody's second. Two workers take turns at a bucket; the one
  // that comes later, and finds too little left, leaves its rows for the next tick.
  const text = `
    with recursive oldest as materialized (
      select adapter, organization_id, merchant_id, next_check_at from ${table}
      where next_check_at <= $1::timestamptz order by next_check_at limit ${HEAD}
    ),
    first_of_each as materialized (
      select o.*, case when b.adapter is null then $5::real else ${AVAILABLE} end as available
      from (select adapter, organization_id, merchant_id, min(next_check_at) as next_check_at
            from oldest group by 1, 2, 3) o
      left join look_up_budgets b
        on b.adapter = o.adapter and b.organization_id = o.organization_id and b.merchant_id = o.merchant_id
    ),
    enough as materialized (
      select (select count(*) from oldest) < ${HEAD}
        or (select count(*) from first_of_each where available >= 1) >= $3::int as is_enough
    ),
    waiting as (
      (select adapter, organization_id, merchant_id, next_check_at from ${table}
       where next_check_at is not null and not (select is_enough from enough)
       order by adapter, organization_id, merchant_id, next_check_at limit 1)
      union all
      select next.adapter, next.organization_id, next.merchant_id, next.next_check_at
      from waiting w cross join lateral (
        select a.adapter, a.organization_id, a.merchant_id, a.next_check_at from ${table} a
        where a.next_check_at is not null
          and (a.adapter, a.organization_id, a.merchant_id) > (w.adapter, w.organization_id, w.merchant_id)
        order by a.adapter, a.organization_id, a.merchant_id, a.next_check_at limit 1
      ) next
    ),
    ready as (
      select * from (
        select * from first_of_each where (select is_enough from enough)
        union all
        select w.adapter, w.organization_id, w.merchant_id, w.next_check_at,
               case when b.adapter is null then $5::real else ${AVAILABLE} end
        from waiting w left join look_up_budgets b
          on b.adapter = w.adapter and b.organization_id = w.organization_id and b.merchant_id = w.merchant_id
        where w.next_check_at <= $1::timestamptz
      ) with_budget
      where available >= 1 order by next_check_at limit $3::int
    ),
    due as (
      select d.id, d.next_check_at, d.place
      from ready r cross join lateral (
        select id, next_check_at, row_number() over (order by next_check_at) as place
        from (select id, next_check_at from ${table} p
              where p.adapter = r.adapter and p.organization_id = r.organization_id
                and p.merchant_id = r.merchant_id and p.next_check_at <= $1::timestamptz
              order by next_check_at limit least($3::int, floor(r.available)::int)) oldest
      ) d
    ),
    chosen as materialized (select id from due order by place, next_check_at limit $3::int),
    locked as materialized (
      select p.id, p.adapter, p.organization_id, p.merchant_id${as_it_was}
      from chosen c join ${table} p on p.id = c.id
      where p.next_check_at <= $1::timestamptz for no key update of p skip locked
    ),
    bucket as (
      insert into look_up_budgets as b (adapter, organization_id, merchant_id, tokens, refilled_at)
      select adapter, organization_id, merchant_id, $5::real - count(*), $1::timestamptz
      from locked group by 1, 2, 3 order by 1, 2, 3
      on conflict (adapter, organization_id, merchant_id) do update
      set tokens = ${AVAILABLE} - ($5::real - excluded.tokens),
          refilled_at = greatest(b.refilled_at, $1::timestamptz)
      where ${AVAILABLE} >= $5::real - excluded.tokens
      returning adapter, organization_id, merchant_id
    )
    update ${table} p set next_check_at = $2::timestamptz${changes.set ?? ''}
    from locked l join bucket b using (adapter, organization_id, merchant_id)
    where p.id = l.id
    returning p.*${changes.keep ? `, l.${changes.keep.name}` : ''}`;
  return { name: `claim_due_${table}`, text };
}

const CLAIM = makeClaim('payment_attempts');

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

const EMPTY_BUDGET: Statement = {
  name: 'empty_look_up_budget',
  // A bucket that was filled in the future holds nothing until then, and one token a moment later.
  text: `insert into look_up_budgets as b (adapter, organization_id, merchant_id, tokens, refilled_at)
    values ($1, $2, $3, 0, $4)
    on conflict (adapter, organization_id, merchant_id) do update
    set tokens = least(b.tokens, 0), refilled_at = greatest(b.refilled_at, excluded.refilled_at)`,
};

/** Lets a merchant ask a provider nothing before a time, whichever worker would. */
export async function emptyLookUpBudget(
  tx: Tx,
  { adapter, organization_id, merchant_id }: Pick<Attempt, 'adapter' | 'organization_id' | 'merchant_id'>,
  until: string,
): Promise<void> {
  await tx.query(EMPTY_BUDGET, [adapter, organization_id, merchant_id, until]);
}

const RESCHEDULE: Statement = {
  name: 'reschedule_attempt',
  // No guard on the intent's version: a time of the next look-up harms nobody, and a status that moved on
  // meanwhile has set its own. So has a notification that came while we asked: its time stays.
  text: `
    with attempt as (
      update payment_attempts
      set next_check_at = case when next_check_at is not distinct from $8::timestamptz then $2::timestamptz
                               else next_check_at end,
          checks_done = $3, not_found_count = $4,
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
  before: Attempt,
  after: Attempt,
  shown_next_check_at: string | null,
): Promise<void> {
  const { id, next_check_at, checks_done, not_found_count, provider_payment_id } = after;
  await tx.query(RESCHEDULE, [
    id,
    next_check_at,
    checks_done,
    not_found_count,
    provider_payment_id,
    before.status,
    shown_next_check_at,
    before.next_check_at,
  ]);
}

const COUNT_UNRESOLVED: Statement = {
  name: 'count_unresolved_outcomes',
  text: `select count(*)::int as unresolved, min(updated_at) as oldest from (
      select updated_at from payment_attempts where next_check_at is not null
        and (status in ('asked', 'unknown')
             or status = 'authorized' and coalesce(capture_requested_at, cancel_requested_at) is not null)
      union all
      select updated_at from payment_attempts where status = 'unknown' and next_check_at is null
      union all
      select asked_at from refunds where next_check_at is not null and outcome = 'unknown'
    ) unknown`,
};

/** For the metrics: how many outcomes are unknown, and since when the oldest. */
export async function countUnresolvedOutcomes(
  db: Db,
): Promise<{ unresolved: number; oldest: string | null }> {
  const rows = await db.query<{ unresolved: number; oldest: string | null }>(COUNT_UNRESOLVED);
  return rows[0] ?? { unresolved: 0, oldest: null };
}

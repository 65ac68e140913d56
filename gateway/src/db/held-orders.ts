// What the gateway has of a store's orders around one business day, read from the books: by the references of a list, or
// of what such a list leaves out. Some hundreds at a time, so that neither a list nor a day has to fit into one answer.
import type { HeldOrder } from '../domain/order-list.ts';
import type { Db, Statement } from './pool.ts';

/** A store's business day in one currency; without a store, what the merchant took in none. */
export interface StoreDay {
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  merchant_store_id: string | null;
  business_date: string;
  currency: string;
}

/** One intent. An order that was tried again after a try that failed has several. */
export interface HeldIntent extends HeldOrder {
  merchant_ref_id: string;
  /** The money's attempt, who keeps it, and when it was written down. Null: there was none. */
  attempt_id: string | null;
  provider: string | null;
  booked_at: string | null;
}

const placeOf = (day: StoreDay) => [
  ...[day.organization_id, day.livemode, day.merchant_id, day.merchant_store_id],
  ...[day.currency, day.business_date],
];

const OF_PLACE = `p.organization_id = $1 and p.livemode = $2 and p.merchant_id = $3
      and p.merchant_store_id is not distinct from $4`;

// The entries of an intent are found by what moved, which is how the books know them. Everything is bounded by what one
// order can have.
const readIntents = (intents: string) => `
    with wanted as materialized (${intents})
    select i.id as payment_intent_id, i.merchant_ref_id, i.status, a.payment_method_type,
      m.paid_amount, m.refunded_amount, m.late_amount, m.paid_next_day, m.refunded_next_day,
      m.moved_on_day, m.moved_day_before, m.net_of_day, m.attempt_id, m.provider, m.booked_at
    from wanted i
    cross join lateral (
      select
        coalesce(sum(e.amount) filter (where e.is_sale and e.business_date <= $6), 0)::bigint as paid_amount,
        coalesce(sum(e.amount) filter (where e.is_return and e.business_date <= $6), 0)::bigint as refunded_amount,
        coalesce(sum(e.late) filter (where e.business_date <= $6), 0)::bigint as late_amount,
        coalesce(sum(e.amount) filter (where e.is_sale and e.business_date > $6), 0)::bigint as paid_next_day,
        coalesce(sum(e.amount) filter (where e.credit_account = 'receivable' and e.business_date > $6), 0)::bigint
          as refunded_next_day,
        coalesce(bool_or(e.business_date = $6), false) as moved_on_day,
        coalesce(bool_or(e.business_date = $6::date - 1), false) as moved_day_before,
        coalesce(sum(e.owed) filter (where e.business_date = $6), 0)::bigint as net_of_day,
        coalesce(max(e.attempt_id) filter (where e.kind = 'payment'), max(e.attempt_id)) as attempt_id,
        coalesce(max(e.provider) filter (where e.kind = 'payment'), max(e.provider)) as provider,
        coalesce(max(e.created_at) filter (where e.kind = 'payment'),
                 max(e.created_at) filter (where e.kind = 'late_payment')) as booked_at
      from (
        select b.*, o.attempt_id,
          b.credit_account = 'sales' as is_sale,
          b.debit_account = 'sales' as is_return,
          case when b.credit_account = 'late_money' then b.amount
               when b.debit_account = 'late_money' then -b.amount end as late,
          case when b.debit_account = 'receivable' then b.amount
               when b.credit_account = 'receivable' then -b.amount end as owed
        from (
          select id as object_id, id as attempt_id from payment_attempts where payment_intent_id = i.id
          union all
          select id, attempt_id from refunds where payment_intent_id = i.id and late_payment_id is null
          union all
          select id, attempt_id from late_payments where payment_intent_id = i.id
        ) o
        join book_entries b on b.object_id = o.object_id
        where b.currency = $5 and b.business_date <= $6::date + 1
      ) e
    ) m
    left join payment_attempts a on a.id = m.attempt_id
    order by i.id`;

const BY_REFERENCE: Statement = {
  name: 'list_held_orders_by_reference',
  text: readIntents(`
      select p.id, p.merchant_ref_id, p.status
      from unnest($7::text[]) as w (ref) join payment_intents p on p.merchant_ref_id = w.ref
      where ${OF_PLACE} and p.status not in ('failed', 'cancelled')
      union all
      select p.id, p.merchant_ref_id, p.status
      from unnest($7::text[]) as w (ref) join payment_intents p on p.merchant_ref_id = w.ref
      where ${OF_PLACE} and p.status in ('failed', 'cancelled')`),
};

/** The store's intents with these references, oldest first. */
export async function listHeldByReference(
  db: Db,
  day: StoreDay,
  references: string[],
): Promise<HeldIntent[]> {
  return db.query<HeldIntent>(BY_REFERENCE, [...placeOf(day), references]);
}

const MOVED: Statement = {
  name: 'list_orders_that_moved_money',
  text: `select distinct p.merchant_ref_id collate "C" as merchant_ref_id
    from book_entries b join payment_intents p on p.id = b.payment_intent_id
    where b.organization_id = $1 and b.livemode = $2 and b.merchant_id = $3
      and b.merchant_store_id is not distinct from $4 and b.currency = $5 and b.business_date = $6
      and p.merchant_ref_id collate "C" > $7
    order by 1 limit $8`,
};

/** References of the orders on which money moved on the day. `after` is the last one of the page before, or empty. */
export async function listMovedReferences(
  db: Db,
  day: StoreDay,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await db.query<{ merchant_ref_id: string }>(MOVED, [...placeOf(day), after, limit]);
  return rows.map(({ merchant_ref_id }) => merchant_ref_id);
}

export interface DayTotals {
  gateway_orders_count: number;
  gateway_paid_amount: number;
  gateway_refunded_amount: number;
}

const TOTALS: Statement = {
  name: 'sum_orders_of_day',
  text: `select count(distinct payment_intent_id)::int as gateway_orders_count,
      coalesce(sum(amount) filter (where credit_account = 'sales'), 0)::bigint as gateway_paid_amount,
      coalesce(sum(amount) filter (where debit_account = 'sales'), 0)::bigint as gateway_refunded_amount
    from book_entries
    where organization_id = $1 and livemode = $2 and merchant_id = $3 and merchant_store_id is not distinct from $4
      and currency = $5 and business_date = $6 and (credit_account = 'sales' or debit_account = 'sales')`,
};

/** What was sold and given back on the day. */
export async function sumOrdersOfDay(db: Db, day: StoreDay): Promise<DayTotals> {
  const [totals] = await db.query<DayTotals>(TOTALS, placeOf(day));
  return totals ?? { gateway_orders_count: 0, gateway_paid_amount: 0, gateway_refunded_amount: 0 };
}

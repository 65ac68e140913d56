// The orders of lists in force: each with what was found of it when the list came, and with what its payment's provider
// has said by now, which is read anew each time, because files come later than tills close.
import type { ListedOrder, OrderResult, ProviderStatus } from '../domain/order-list.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

export interface ListedOrderRow extends ListedOrder {
  order_list_id: string;
  position: number;
  organization_id: string;
  livemode: boolean;
  result: OrderResult;
  payment_intent_id: string | null;
  amount_here: number | null;
  refunded_amount_here: number | null;
  status_here: string | null;
  attempt_id: string | null;
  provider: string | null;
  booked_at: string | null;
}

const listed = describeColumns({
  order_list_id: 'text',
  position: 'integer',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_ref_id: 'text',
  amount: 'bigint',
  status: 'text',
  payment_method_type: 'text',
  refunded_amount: 'bigint',
  result: 'text',
  payment_intent_id: 'text',
  amount_here: 'bigint',
  refunded_amount_here: 'bigint',
  status_here: 'text',
  attempt_id: 'text',
  provider: 'text',
  booked_at: 'timestamptz',
} satisfies Columns<ListedOrderRow>);

const INSERT_ORDERS: Statement = {
  name: 'insert_listed_orders',
  text: `insert into listed_orders (${listed.names}) select ${listed.selected} from ${listed.rows}`,
};

export async function insertListedOrders(tx: Tx, rows: ListedOrderRow[]): Promise<void> {
  if (rows.length > 0) await tx.query(INSERT_ORDERS, listed.values(rows));
}

// Each order of each list by its key, whatever the tables were like when they were last counted.
const NAMED = `unnest($1::text[]) as n (id) cross join unnest($2::text[]) as w (ref) cross join lateral (
      select * from listed_orders where order_list_id = n.id and merchant_ref_id = w.ref limit 1
    ) l`;

const CLAIMED: Statement = {
  name: 'list_references_claimed_by_neighbours',
  text: `select l.merchant_ref_id from ${NAMED}
    where l.result = 'cross_midnight' or l.result = 'missing_here' and l.amount_here = l.amount`,
};

/** Which of these orders, which moved money on a day, the lists of neighbouring days have as their own. */
export async function listReferencesOfNeighbours(
  db: Db,
  neighbour_ids: string[],
  references: string[],
): Promise<string[]> {
  if (neighbour_ids.length === 0 || references.length === 0) return [];
  const rows = await db.query<{ merchant_ref_id: string }>(CLAIMED, [neighbour_ids, references]);
  return rows.map(({ merchant_ref_id }) => merchant_ref_id);
}

const SHARED: Statement = {
  name: 'list_references_shared_with_neighbours',
  text: `select o.merchant_ref_id from listed_orders o
    where o.order_list_id = $1 and (o.result = 'cross_midnight' or exists (
      select from unnest($2::text[]) as n (id) cross join lateral (
        select from listed_orders where order_list_id = n.id and merchant_ref_id = o.merchant_ref_id limit 1
      ) l
    ))`,
};

/** The orders of a list that make a difference to the lists of the days beside it. */
export async function listSharedReferences(
  db: Db,
  order_list_id: string,
  neighbour_ids: string[],
): Promise<string[]> {
  if (neighbour_ids.length === 0) return [];
  const rows = await db.query<{ merchant_ref_id: string }>(SHARED, [order_list_id, neighbour_ids]);
  return rows.map(({ merchant_ref_id }) => merchant_ref_id);
}

const BY_REFERENCE: Statement = {
  name: 'list_listed_orders_by_reference',
  text: `select l.* from ${NAMED} order by l.order_list_id, l.position`,
};

/** What these lists say of these orders. */
export async function listListedByReference(
  db: Db,
  order_list_ids: string[],
  references: string[],
): Promise<ListedOrderRow[]> {
  if (order_list_ids.length === 0 || references.length === 0) return [];
  return db.query<ListedOrderRow>(BY_REFERENCE, [order_list_ids, references]);
}

const FIND_OTHERWISE: Statement = {
  name: 'update_results_of_listed_orders',
  text: `update listed_orders l set result = r.result from unnest($2::integer[], $3::text[]) as r (position, result)
    where l.order_list_id = $1 and l.position = r.position and l.result <> r.result`,
};

/** What is found of some of a list's orders now that the list of a neighbouring day is another. */
export async function updateResults(tx: Tx, order_list_id: string, rows: ListedOrderRow[]): Promise<void> {
  const positions = rows.map(({ position }) => position);
  const results = rows.map(({ result }) => result);
  if (rows.length > 0) await tx.query(FIND_OTHERWISE, [order_list_id, positions, results]);
}

const DELETE: Statement = {
  name: 'delete_listed_orders',
  text: 'delete from listed_orders where order_list_id = $1',
};

/** Of a list that was replaced. */
export async function deleteListedOrders(tx: Tx, order_list_id: string): Promise<void> {
  await tx.query(DELETE, [order_list_id]);
}

// What the provider says of the payment. A line of its own that differs weighs most, then that it was found in a file.
// Where a provider settles sums, or tells each payment by itself, the settlement of that day in Japan says it: an
// exception in sums can be any payment's, one in news is the payment's own.
const PROVIDER_STATUS = `
      case
        when l.attempt_id is null or l.provider in ('CASH', 'TERMINAL') then 'not_applicable'
        when own.kinds && array['amount_differs', 'status_differs'] then 'differs'
        when exists (select from reconciliation_matches m where m.object_id = l.attempt_id) then 'confirmed'
        when own.kinds && array['missing_there'] then 'missing'
        else coalesce(
          (select case when s.status = 'reconciled' or s.source = 'notifications' then 'confirmed' else 'differs' end
           from order_lists o join settlements s
             on s.organization_id = o.organization_id and s.livemode = o.livemode and s.merchant_id = o.merchant_id
             and s.provider = l.provider and s.currency = o.currency and s.status <> 'replaced' and s.file_id is null
             and s.business_date = (l.booked_at at time zone 'Asia/Tokyo')::date
           where o.id = l.order_list_id limit 1), 'not_yet')
      end`;

const OWN_EXCEPTIONS = `
    left join lateral (
      select array_agg(e.kind) as kinds from reconciliation_exceptions e
      left join settlements s on s.id = e.settlement_id
      where e.attempt_id = l.attempt_id and e.source <> 'order_list' and e.refund_id is null
        and s.status is distinct from 'replaced'
    ) own on true`;

const PAGE: Statement = {
  name: 'list_listed_orders',
  text: `select l.*, ${PROVIDER_STATUS} as provider_status from listed_orders l ${OWN_EXCEPTIONS}
    where l.order_list_id = $1 and l.position > $2 and ($3::text is null or l.result = $3)
    order by l.position limit $4`,
};

export type ListedOrderNow = ListedOrderRow & { provider_status: ProviderStatus };

/** In the order of the list, after a place in it. */
export async function listListedOrders(
  db: Db,
  order_list_id: string,
  filter: { result: OrderResult | null; after: number; limit: number },
): Promise<ListedOrderNow[]> {
  return db.query<ListedOrderNow>(PAGE, [order_list_id, filter.after, filter.result, filter.limit]);
}

const COUNT: Statement = {
  name: 'count_provider_statuses',
  text: `select provider_status, count(*)::int as orders_count, coalesce(sum(amount_here), 0)::bigint as amount
    from (
      select l.amount_here, ${PROVIDER_STATUS} as provider_status from listed_orders l ${OWN_EXCEPTIONS}
      where l.order_list_id = $1
    ) orders group by provider_status`,
};

/** How many of a list's orders each provider's word covers, and how much of the gateway's money. */
export async function countProviderStatuses(
  db: Db,
  order_list_id: string,
): Promise<{ provider_status: ProviderStatus; orders_count: number; amount: number }[]> {
  return db.query(COUNT, [order_list_id]);
}

const PURGE: Statement = {
  name: 'purge_listed_orders',
  text: `delete from listed_orders where (order_list_id, position) in
      (select order_list_id, position from listed_orders where order_list_id < $1
       order by order_list_id, position limit $2 for update skip locked)
    returning position`,
};

/** Forget the orders of lists that came before an id, a batch at a time. Returns how many went. */
export async function deleteOldListedOrders(tx: Tx, before_id: string, limit: number): Promise<number> {
  return (await tx.query(PURGE, [before_id, limit])).length;
}

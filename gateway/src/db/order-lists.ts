// Lists of orders that merchants' own systems post, one in force for a store's day. Its orders are kept with what was
// found of each; those of a list that was replaced go with it.
import { BY_ITSELF, type ReconciliationException } from '../domain/reconciliation-exception.ts';
import type { StoreDay } from './held-orders.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

export interface OrderList extends StoreDay {
  id: string;
  sha256: Buffer;
  replaced_by: string | null;
  orders_count: number;
  /** Minor units: what the list says was paid, and what of it went back. */
  paid_amount: number;
  refunded_amount: number;
  gateway_orders_count: number;
  gateway_paid_amount: number;
  gateway_refunded_amount: number;
  matched_count: number;
  created_at: string;
}

const list = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  merchant_store_id: 'text',
  business_date: 'date',
  currency: 'text',
  sha256: 'bytea',
  replaced_by: 'text',
  orders_count: 'integer',
  paid_amount: 'bigint',
  refunded_amount: 'bigint',
  gateway_orders_count: 'integer',
  gateway_paid_amount: 'bigint',
  gateway_refunded_amount: 'bigint',
  matched_count: 'integer',
  created_at: 'timestamptz',
} satisfies Columns<OrderList>);

const TAKE_TURN: Statement = {
  name: 'take_turn_at_order_lists',
  text: `select pg_advisory_xact_lock(hashtextextended('order lists ' || $1 || ' ' || $2, 0))`,
};

/** Two lists of one day, or of neighbouring ones, would each miss the other. Until the transaction ends. */
export async function takeTurnAtOrderLists(
  tx: Tx,
  { organization_id, merchant_id }: StoreDay,
): Promise<void> {
  await tx.query(TAKE_TURN, [organization_id, merchant_id]);
}

const IN_FORCE: Statement = {
  name: 'list_order_lists_in_force',
  text: `select * from order_lists
    where organization_id = $1 and livemode = $2 and merchant_id = $3 and coalesce(merchant_store_id, '') = coalesce($4, '')
      and currency = $5 and business_date between $6::date - 1 and $6::date + 1 and replaced_by is null`,
};

/** Of the day itself and of its neighbours. */
export async function listOrderListsAround(db: Db, day: StoreDay): Promise<OrderList[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, currency, business_date } = day;
  const values = [organization_id, livemode, merchant_id, merchant_store_id, currency, business_date];
  return db.query<OrderList>(IN_FORCE, values);
}

const INSERT: Statement = {
  name: 'insert_order_list',
  text: `insert into order_lists (${list.names}) select ${list.selected} from ${list.rows}`,
};

export async function insertOrderList(tx: Tx, row: OrderList): Promise<void> {
  await tx.query(INSERT, list.values([row]));
}

const REPLACE: Statement = {
  name: 'replace_order_list',
  text: 'update order_lists set replaced_by = $2 where id = $1',
};

/** Ends the time of a list, before the new one is written. */
export async function replaceOrderList(tx: Tx, former_id: string, by: string): Promise<void> {
  await tx.query(REPLACE, [former_id, by]);
}

const EXCEPTIONS: Statement = {
  name: 'list_exceptions_of_order_list',
  text: `select * from reconciliation_exceptions
    where order_list_id = $1 and ($2::text[] is null or provider_reference = any ($2))`,
};

/** All of a list, or those of some of its orders. */
export async function listExceptionsOfOrderList(
  db: Db,
  order_list_id: string,
  references: string[] | null,
): Promise<ReconciliationException[]> {
  return db.query<ReconciliationException>(EXCEPTIONS, [order_list_id, references]);
}

const MOVE: Statement = {
  name: 'move_exceptions_to_order_list',
  text: 'update reconciliation_exceptions set order_list_id = $2 where id = any ($1::text[])',
};

/** What is found again keeps its exception, open or resolved. */
export async function moveExceptions(tx: Tx, ids: string[], order_list_id: string): Promise<void> {
  if (ids.length > 0) await tx.query(MOVE, [ids, order_list_id]);
}

const FORGET: Statement = {
  name: 'forget_exceptions_of_order_list',
  text: `delete from reconciliation_exceptions
    where id = any ($1::text[]) and (resolved_at is null or resolved_by = $2)`,
};

/** What is found no more goes, except what a person has resolved. */
export async function forgetExceptions(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.query(FORGET, [ids, BY_ITSELF]);
}

const FIND: Statement = { name: 'find_order_list', text: 'select * from order_lists where id = $1' };

export async function findOrderList(db: Db, id: string): Promise<OrderList | null> {
  return (await db.query<OrderList>(FIND, [id]))[0] ?? null;
}

const COUNT: Statement = {
  name: 'count_exceptions_of_order_list',
  text: `select count(*)::int as exceptions_count,
      count(*) filter (where resolved_at is null)::int as open_exceptions_count,
      (array_agg(id order by id collate "C"))[1:$2] as exceptions
    from reconciliation_exceptions where order_list_id = $1`,
};

export interface ExceptionsOfList {
  exceptions_count: number;
  open_exceptions_count: number;
  /** The first of them. */
  exceptions: string[] | null;
}

export async function countExceptionsOfOrderList(
  db: Db,
  id: string,
  most: number,
): Promise<ExceptionsOfList> {
  const [row] = await db.query<ExceptionsOfList>(COUNT, [id, most]);
  return row ?? { exceptions_count: 0, open_exceptions_count: 0, exceptions: null };
}

// What differs between a provider and our books, or between either and a backend's own list, and the marks of what was
// found in a file. Exceptions change nothing about a payment; they wait for a person.
import type {
  NewException,
  ReconciliationException,
  Resolution,
} from '../domain/reconciliation-exception.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns, narrowList } from './statement-parts.ts';

const exception = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  source: 'text',
  kind: 'text',
  provider: 'text',
  business_date: 'date',
  merchant_id: 'text',
  file_id: 'text',
  settlement_id: 'text',
  order_list_id: 'text',
  payment_intent_id: 'text',
  attempt_id: 'text',
  refund_id: 'text',
  provider_payment_id: 'text',
  provider_reference: 'text',
  line: 'integer',
  field: 'text',
  count_here: 'integer',
  count_there: 'integer',
  amount_here: 'bigint',
  amount_there: 'bigint',
  currency: 'text',
  status_here: 'text',
  status_there: 'text',
  happened_at: 'timestamptz',
  created_at: 'timestamptz',
  resolved_at: 'timestamptz',
  resolved_by: 'text',
  resolution_reason: 'text',
} satisfies Columns<NewException>);

const INSERT: Statement = {
  name: 'insert_reconciliation_exceptions',
  text: `insert into reconciliation_exceptions (${exception.names})
    select ${exception.selected} from ${exception.rows}
    on conflict (id) do nothing`,
};

/** The same row again, after an answer that was lost, is no second one. */
export async function insertExceptions(tx: Tx, rows: NewException[]): Promise<void> {
  if (rows.length > 0) await tx.query(INSERT, exception.values(rows));
}

export interface Match {
  object_id: string;
  file_id: string;
  organization_id: string;
}

const match = describeColumns({
  object_id: 'text',
  file_id: 'text',
  organization_id: 'text',
} satisfies Columns<Match>);

const INSERT_MATCHES: Statement = {
  name: 'insert_reconciliation_matches',
  text: `insert into reconciliation_matches (${match.names}) select ${match.selected} from ${match.rows}
    on conflict do nothing`,
};

export async function insertMatches(tx: Tx, rows: Match[]): Promise<void> {
  if (rows.length > 0) await tx.query(INSERT_MATCHES, match.values(rows));
}

const PURGE_MATCHES: Statement = {
  name: 'purge_reconciliation_matches',
  text: `delete from reconciliation_matches where (object_id, file_id) in (
      select m.object_id, m.file_id from reconciliation_files f
      cross join lateral (
        select object_id, file_id from reconciliation_matches where file_id = f.id limit $2
      ) m
      where f.id collate "C" < $1 limit $2)
    returning object_id`,
};

/** Forget what was found in files that came before an id, a batch at a time. Returns how many went. */
export async function deleteOldMatches(tx: Tx, before_id: string, limit: number): Promise<number> {
  return (await tx.query(PURGE_MATCHES, [before_id, limit])).length;
}

const LIST: Statement = {
  name: 'list_exceptions_of_file',
  text: `select * from reconciliation_exceptions where file_id = $1 order by id collate "C" limit $2`,
};

/** In the order in which they were found, which is that of the file. */
export async function listExceptionsOfFile(
  db: Db,
  file_id: string,
  limit: number,
): Promise<ReconciliationException[]> {
  return db.query<ReconciliationException>(LIST, [file_id, limit]);
}

const LIST_OF_SETTLEMENTS: Statement = {
  name: 'list_exceptions_of_settlements',
  text: `select e.* from unnest($1::text[]) as s (id) cross join lateral (
      select * from reconciliation_exceptions where settlement_id = s.id order by id collate "C" limit $2
    ) e order by e.settlement_id, e.id collate "C"`,
};

/** At most so many of each. */
export async function listExceptionsOfSettlements(
  db: Db,
  settlement_ids: string[],
  limit: number,
): Promise<ReconciliationException[]> {
  if (settlement_ids.length === 0) return [];
  return db.query<ReconciliationException>(LIST_OF_SETTLEMENTS, [settlement_ids, limit]);
}

const FILTERS = [
  ...([
    'organization_id',
    'livemode',
    'kind',
    'source',
    'settlement_id',
    'order_list_id',
    'file_id',
  ] as const),
  ...(['merchant_id', 'provider', 'business_date_gte', 'business_date_lte', 'starting_after'] as const),
];

/** A file counts at once, when it is imported: what an import that runs, or has died, has found is not there yet. */
const IS_TOLD = `not exists (
      select from reconciliation_files f where f.id = reconciliation_exceptions.file_id and f.status = 'importing')`;

/** What a list is narrowed to; `starting_after` is the last id of the page before. */
export type ExceptionFilter = { [name in Exclude<(typeof FILTERS)[number], 'livemode'>]?: string | null } & {
  livemode?: boolean | null;
  status?: 'open' | 'resolved' | null;
};

/** Newest first; the operator leaves the organization out. One more than a page may be asked for. */
export async function listExceptions(
  db: Db,
  { status = null, ...filter }: ExceptionFilter,
  limit: number,
): Promise<ReconciliationException[]> {
  const condition = { open: ' and resolved_at is null', resolved: ' and resolved_at is not null' };
  const { name, conditions, values } = narrowList(FILTERS, filter);
  const statement = {
    name: `list_${status ?? 'all'}_exceptions_${name}`,
    text: `select * from reconciliation_exceptions
      where ${IS_TOLD}${status === null ? '' : condition[status]}${conditions}
      order by id collate "C" desc limit $1`,
  };
  return db.query<ReconciliationException>(statement, [limit, ...values]);
}

/** What an exception of a file takes from, or adds to, the sums of a merchant's settlement. */
export interface MissingRow {
  file_id: string;
  merchant_id: string;
  currency: string;
  refund_id: string | null;
  amount_here: number;
}

const LIST_RESOLVED_MISSING: Statement = {
  name: 'list_resolved_missing_of_files',
  text: `select file_id, merchant_id, currency, refund_id, amount_here from reconciliation_exceptions
    where file_id = any ($1::text[]) and kind = 'missing_there' and resolved_at is not null`,
};

/** What files have not, and a person knows of. */
export async function listResolvedMissing(db: Db, file_ids: string[]): Promise<MissingRow[]> {
  return db.query<MissingRow>(LIST_RESOLVED_MISSING, [file_ids]);
}

const EXPLAIN_MISSING: Statement = {
  name: 'explain_missing_by_neighbours',
  text: `
    with found as materialized (
      select distinct m.object_id, f.business_date from reconciliation_matches m
      join reconciliation_files f on f.id = m.file_id where m.file_id = any ($1::text[])
    ),
    explained as (
      update reconciliation_exceptions e
      set kind = 'cross_midnight', resolved_at = $2, resolved_by = $3,
          resolution_reason = 'It stands in the file of ' || found.business_date || '.'
      from found
      where coalesce(e.refund_id, e.attempt_id) = found.object_id and e.kind = 'missing_there'
        and e.source = 'file' and e.resolved_at is null and e.file_id <> all ($1::text[])
      returning e.file_id, e.merchant_id, e.currency, e.refund_id, e.attempt_id, e.amount_here
    ),
    told_twice as (
      delete from reconciliation_exceptions e using explained
      where explained.refund_id is null and e.attempt_id = explained.attempt_id
        and e.file_id = any ($1::text[]) and e.kind = 'cross_midnight'
    )
    select file_id, merchant_id, currency, refund_id, amount_here from explained`,
};

/** What was missing on a day and stands in these files of other days is one exception that explains itself. */
export async function explainMissing(
  tx: Tx,
  file_ids: string[],
  now: string,
  resolved_by: string,
): Promise<MissingRow[]> {
  return tx.query<MissingRow>(EXPLAIN_MISSING, [file_ids, now, resolved_by]);
}

const LIST_UNOWNED: Statement = {
  name: 'list_exceptions_of_no_merchant',
  text: `select e.* from unnest($1::text[]) as f (id) cross join lateral (
      select * from reconciliation_exceptions
      where file_id = f.id and merchant_id is null and resolved_at is null order by id collate "C" limit $2
    ) e order by e.id collate "C"`,
};

/** At most so many of each file. */
export async function listExceptionsOfNoMerchant(
  db: Db,
  file_ids: string[],
  limit: number,
): Promise<ReconciliationException[]> {
  return db.query<ReconciliationException>(LIST_UNOWNED, [file_ids, limit]);
}

const FIND: Statement = {
  name: 'find_reconciliation_exception',
  text: `select * from reconciliation_exceptions where id = $1 and ${IS_TOLD}`,
};

export async function findException(db: Db, id: string): Promise<ReconciliationException | null> {
  return (await db.query<ReconciliationException>(FIND, [id]))[0] ?? null;
}

const SETTLE: Statement = {
  name: 'settle_exception',
  text: `update reconciliation_exceptions
    set resolved_at = $2, resolved_by = $3, resolution_reason = $4, adjustment_amount = $5
    where id = $1 and resolved_at is null
    returning *`,
};

/** Null when somebody was faster, or it went with its file. */
export async function settleException(
  tx: Tx,
  id: string,
  resolution: Resolution & { adjustment_amount: number | null },
): Promise<ReconciliationException | null> {
  const { resolved_at, resolved_by, resolution_reason, adjustment_amount } = resolution;
  const values = [id, resolved_at, resolved_by, resolution_reason, adjustment_amount];
  return (await tx.query<ReconciliationException>(SETTLE, values))[0] ?? null;
}

const MOST_COUNTED = 100_000;

const COUNT_OPEN: Statement = {
  name: 'count_open_reconciliation_exceptions',
  text: `select count(*)::int as open from (
      select 1 from reconciliation_exceptions where resolved_at is null and ${IS_TOLD} limit ${MOST_COUNTED}
    ) open`,
};

/** For the metrics. That there is a heap must be known, not its exact size at any price. */
export async function countAllOpenExceptions(db: Db): Promise<number> {
  return (await db.query<{ open: number }>(COUNT_OPEN))[0]?.open ?? 0;
}

const HASTEN: Statement = {
  name: 'hasten_look_ups_of_exceptions',
  // What is being changed at this moment is asked about anyway, and waiting for it here could be a deadlock.
  text: `
    with named as materialized (
      select distinct attempt_id, refund_id from reconciliation_exceptions
      where file_id = any ($2::text[]) and created_at = $1 and resolved_at is null and attempt_id is not null
    ),
    attempts as materialized (
      select p.id from payment_attempts p where p.id in (select attempt_id from named)
      for no key update skip locked
    ),
    pending as materialized (
      select r.id from refunds r where r.id in (select refund_id from named) and r.status = 'pending'
      for no key update skip locked
    ),
    hastened_refunds as (
      update refunds r set next_check_at = $1 from pending
      where r.id = pending.id and r.next_check_at > $1
    )
    update payment_attempts p set next_check_at = $1 from attempts
    where p.id = attempts.id and (p.next_check_at is null or p.next_check_at > $1)`,
};

/** Has every payment looked up once that exceptions of these files name, which were found at `now`. */
export async function hastenLookUpsOfExceptions(tx: Tx, now: string, file_ids: string[]): Promise<void> {
  await tx.query(HASTEN, [now, file_ids]);
}

// Settlements in the database. One of a merchant's day is in force; one that is issued again takes its place, and what
// a person has resolved in it goes over to the new one.
import type { ExpectedTotals, Settlement, SettlementKey, SettlementStatus } from '../domain/settlement.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns, narrowList } from './statement-parts.ts';

const KEY: Columns<SettlementKey> = {
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  provider: 'text',
  account: 'text',
  contents: 'text',
  business_date: 'date',
  currency: 'text',
};
const key = describeColumns(KEY);

const settlement = describeColumns({
  ...KEY,
  id: 'text',
  source: 'text',
  file_name: 'text',
  line: 'integer',
  file_id: 'text',
  card_batch_id: 'text',
  transaction_count: 'integer',
  gross_amount: 'bigint',
  refunded_amount: 'bigint',
  fees_amount: 'bigint',
  net_amount: 'bigint',
  expected_transaction_count: 'integer',
  expected_gross_amount: 'bigint',
  expected_refunded_amount: 'bigint',
  status: 'text',
  replaced_by: 'text',
  exceptions_count: 'integer',
  open_exceptions_count: 'integer',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} satisfies Columns<Settlement>);

const TAKE_TURN: Statement = {
  name: 'take_turn_at_settlements',
  text: `select pg_advisory_xact_lock(hashtextextended('settlements ' || place, 0))
    from (select distinct unnest($1::text[]) as place order by 1) places`,
};

/** Two workers with the same file would both find nothing to replace. Until the transaction ends. */
export async function takeTurnAtSettlements(tx: Tx, keys: SettlementKey[]): Promise<void> {
  const places = keys.map(({ organization_id, provider }) => `${organization_id} ${provider}`);
  await tx.query(TAKE_TURN, [places]);
}

const LOCK_IN_FORCE: Statement = {
  name: 'lock_settlements_in_force',
  text: `select s.* from settlements s join ${key.rows}
      on s.organization_id = r.organization_id and s.livemode = r.livemode and s.merchant_id = r.merchant_id
      and s.provider = r.provider and coalesce(s.account, '') = coalesce(r.account, '')
      and coalesce(s.contents, '') = coalesce(r.contents, '') and s.business_date = r.business_date
      and s.currency = r.currency
    where s.status <> 'replaced' order by s.id for no key update of s`,
};

export async function lockSettlementsInForce(tx: Tx, keys: SettlementKey[]): Promise<Settlement[]> {
  return tx.query<Settlement>(LOCK_IN_FORCE, key.values(keys));
}

const LOCK_OF_FILES: Statement = {
  name: 'lock_settlements_of_former_files',
  text: `select s.* from reconciliation_files n join settlements s
      on s.organization_id = n.organization_id and s.livemode = n.livemode and s.provider = n.provider
      and s.account = n.account and s.contents = n.contents and s.business_date = n.business_date
    where n.id = any ($1::text[]) and s.status <> 'replaced' order by s.id for no key update of s`,
};

/** The settlements in force that files will replace, locked before anything of theirs is touched. */
export async function lockSettlementsOfFormerFiles(tx: Tx, file_ids: string[]): Promise<Settlement[]> {
  return tx.query<Settlement>(LOCK_OF_FILES, [file_ids]);
}

const expectation = describeColumns({
  file_id: 'text',
  merchant_id: 'text',
  currency: 'text',
  transaction_count: 'integer',
  gross_amount: 'bigint',
  refunded_amount: 'bigint',
});

const ADD_EXPECTED: Statement = {
  name: 'add_expected_of_settlements',
  text: `update settlements s
    set expected_transaction_count = s.expected_transaction_count + r.transaction_count,
        expected_gross_amount = s.expected_gross_amount + r.gross_amount,
        expected_refunded_amount = s.expected_refunded_amount + r.refunded_amount
    from ${expectation.rows}
    where s.file_id = r.file_id and s.merchant_id = r.merchant_id and s.currency = r.currency
      and s.status <> 'replaced'
    returning s.*`,
};

export type Expectation = ExpectedTotals & { file_id: string; merchant_id: string; currency: string };

/** What files of other days should have had after all, or need not have. Those without a settlement change nothing. */
export async function addExpected(tx: Tx, expectations: Expectation[]): Promise<Settlement[]> {
  if (expectations.length === 0) return [];
  return tx.query<Settlement>(ADD_EXPECTED, expectation.values(expectations));
}

const INSERT: Statement = {
  name: 'insert_settlements',
  text: `insert into settlements (${settlement.names}) select ${settlement.selected} from ${settlement.rows}`,
};

export async function insertSettlements(tx: Tx, rows: Settlement[]): Promise<void> {
  if (rows.length > 0) await tx.query(INSERT, settlement.values(rows));
}

const replacement = describeColumns({ id: 'text', replaced_by: 'text' });

const REPLACE: Statement = {
  name: 'replace_settlements',
  text: `
    with gone as (
      delete from reconciliation_exceptions e using ${replacement.rows}
      where e.settlement_id = r.id and e.resolved_at is null
    )
    update settlements s
    set status = 'replaced', replaced_by = r.replaced_by, open_exceptions_count = 0, updated_at = $3,
        exceptions_count = exceptions_count - open_exceptions_count
    from ${replacement.rows} where s.id = r.id`,
};

/** Ends the time of settlements: their open exceptions go. */
export async function replaceSettlements(
  tx: Tx,
  replaced: { id: string; replaced_by: string }[],
  now: string,
): Promise<void> {
  if (replaced.length > 0) await tx.query(REPLACE, [...replacement.values(replaced), now]);
}

const KEEP_RESOLVED: Statement = {
  name: 'keep_resolved_in_settlements',
  text: `
    update reconciliation_exceptions d
    set resolved_at = s.resolved_at, resolved_by = s.resolved_by, resolution_reason = s.resolution_reason,
        adjustment_amount = s.adjustment_amount
    from ${replacement.rows} join reconciliation_exceptions s on s.settlement_id = r.id
    where d.settlement_id = r.replaced_by and d.resolved_at is null and s.resolved_at is not null
      and d.kind = s.kind and d.source = s.source and d.field is not distinct from s.field
      and coalesce(d.refund_id, d.attempt_id, d.payment_intent_id, '')
          = coalesce(s.refund_id, s.attempt_id, s.payment_intent_id, '')
      and d.provider_payment_id is not distinct from s.provider_payment_id
      and d.provider_reference is not distinct from s.provider_reference
      and d.amount_here is not distinct from s.amount_here and d.amount_there is not distinct from s.amount_there
      and d.count_here is not distinct from s.count_here and d.count_there is not distinct from s.count_there`,
};

/** What a person has resolved in settlements that were replaced stays resolved where it comes again. */
export async function keepResolved(tx: Tx, replaced: { id: string; replaced_by: string }[]): Promise<void> {
  if (replaced.length > 0) await tx.query(KEEP_RESOLVED, replacement.values(replaced));
}

const TAKE_EXCEPTIONS: Statement = {
  name: 'take_exceptions_of_files',
  text: `update reconciliation_exceptions e set settlement_id = s.id
    from settlements s
    where s.file_id = any ($1::text[]) and s.status <> 'replaced'
      and e.file_id = s.file_id and e.merchant_id = s.merchant_id and e.currency = s.currency
      and e.settlement_id is null`,
};

/** Puts the exceptions that were found in files' lines under the settlements that these files make. */
export async function takeExceptionsOfFiles(tx: Tx, file_ids: string[]): Promise<void> {
  await tx.query(TAKE_EXCEPTIONS, [file_ids]);
}

const COUNT: Statement = {
  name: 'count_exceptions_of_settlements',
  text: `
    with locked as materialized (
      select id, status from settlements
      where id = any ($1::text[]) and status <> 'replaced' order by id for no key update
    ),
    counted as (
      select l.id, l.status, count(e.id)::int as found, count(e.id) filter (where e.resolved_at is null)::int as open
      from locked l left join reconciliation_exceptions e on e.settlement_id = l.id group by l.id, l.status
    )
    update settlements s
    set exceptions_count = c.found, open_exceptions_count = c.open, updated_at = $2,
        status = case when c.open = 0 then 'reconciled' else 'exceptions' end
    from counted c where s.id = c.id
    returning s.*, c.status as former_status`,
};

/** Counts their exceptions anew: what is left open says whether they are reconciled. */
export async function countExceptionsOfSettlements(
  tx: Tx,
  ids: string[],
  now: string,
): Promise<(Settlement & { former_status: SettlementStatus })[]> {
  if (ids.length === 0) return [];
  return tx.query(COUNT, [ids, now]);
}

const LOCK: Statement = {
  name: 'lock_settlement',
  text: 'select * from settlements where id = $1 for no key update',
};

/** Before one of its exceptions is changed, so that all who do wait for each other here. */
export async function lockSettlement(tx: Tx, id: string): Promise<void> {
  await tx.query(LOCK, [id]);
}

const FIND: Statement = { name: 'find_settlement', text: 'select * from settlements where id = $1' };

export async function findSettlement(db: Db, id: string): Promise<Settlement | null> {
  return (await db.query<Settlement>(FIND, [id]))[0] ?? null;
}

const FILTERS = [
  ...(['organization_id', 'livemode', 'merchant_id', 'provider', 'status'] as const),
  ...(['business_date_gte', 'business_date_lte', 'starting_after'] as const),
];

/** What a list is narrowed to; `starting_after` is the last id of the page before. */
export type SettlementFilter = { [name in Exclude<(typeof FILTERS)[number], 'livemode'>]?: string | null } & {
  livemode?: boolean | null;
};

/** Newest first; the operator leaves the organization out. One more than a page may be asked for. */
export async function listSettlements(
  db: Db,
  filter: SettlementFilter,
  limit: number,
): Promise<Settlement[]> {
  const { name, conditions, values } = narrowList(FILTERS, filter);
  const statement = {
    name: `list_settlements_${name}`,
    text: `select * from settlements where true${conditions} order by id collate "C" desc limit $1`,
  };
  return db.query<Settlement>(statement, [limit, ...values]);
}

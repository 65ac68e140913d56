// Files of providers in the database: one row for each organization that a file concerns. A row is there from the
// beginning of its import, so that what an import that died has left is found and taken over.
import type { ExceptionKind } from '../domain/reconciliation.ts';
import type { Db, Statement, Tx } from './pool.ts';
import type { MissingRow } from './reconciliation-exceptions.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

export interface ReconciliationFile {
  id: string;
  organization_id: string;
  livemode: boolean;
  provider: string;
  account: string;
  contents: 'payments' | 'held_payments';
  file_name: string;
  sha256: Buffer;
  source: 'notification' | 'by_hand';
  period_begins_at: string;
  period_ends_at: string;
  /** The provider's day that it tells of. */
  business_date: string;
  /** False of files from before there were settlements. */
  is_settled: boolean;
  status: 'importing' | 'imported' | 'replaced';
  replaced_by: string | null;
  payments_count: number;
  amount_paid: number;
  refunds_count: number;
  amount_refunded: number;
  unknown_count: number;
  amount_unknown: number;
  exceptions_count: number;
  received_at: string;
  imported_at: string | null;
}

/** What is counted while the rows are matched. */
export type FileCounts = Pick<
  ReconciliationFile,
  'payments_count' | 'amount_paid' | 'refunds_count' | 'amount_refunded' | 'unknown_count' | 'amount_unknown'
>;

export type NewReconciliationFile = Omit<
  ReconciliationFile,
  keyof FileCounts | 'is_settled' | 'status' | 'replaced_by' | 'exceptions_count' | 'imported_at'
>;

const NEW: Columns<NewReconciliationFile> = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  provider: 'text',
  account: 'text',
  contents: 'text',
  file_name: 'text',
  sha256: 'bytea',
  source: 'text',
  period_begins_at: 'timestamptz',
  period_ends_at: 'timestamptz',
  business_date: 'date',
  received_at: 'timestamptz',
};
const new_file = describeColumns(NEW);
// Behind the parameters of the columns.
const ABANDONED_BEFORE = `$${Object.keys(NEW).length + 1}::timestamptz`;

const BEGIN: Statement = {
  name: 'begin_reconciliation_files',
  text: `
    with begun as (
      insert into reconciliation_files as f (${new_file.names}, status)
      select ${new_file.selected}, 'importing' from ${new_file.rows} order by r.organization_id
      on conflict (organization_id, livemode, provider, account, period_begins_at, period_ends_at, sha256) do update
      set received_at = excluded.received_at
      where f.status = 'importing' and f.received_at < ${ABANDONED_BEFORE}
      returning f.id, f.organization_id
    ),
    left_exceptions as (
      delete from reconciliation_exceptions where file_id in (select id from begun)
    ),
    left_matches as (
      delete from reconciliation_matches where file_id in (select id from begun)
    )
    select id, organization_id from begun`,
};

/**
 * Begins the import of a file for organizations, and takes over what an import left that died before
 * `abandoned_before`. Those that have the file, or are importing it, are not among the answers.
 */
export async function beginReconciliationFiles(
  tx: Tx,
  files: NewReconciliationFile[],
  abandoned_before: string,
): Promise<{ id: string; organization_id: string }[]> {
  return tx.query(BEGIN, [...new_file.values(files), abandoned_before]);
}

const DELETE_UNFINISHED: Statement = {
  name: 'delete_unfinished_reconciliation_files',
  text: `
    with gone as materialized (
      select id from reconciliation_files where id = any ($1::text[]) and status = 'importing' for update
    ),
    gone_exceptions as (delete from reconciliation_exceptions where file_id in (select id from gone)),
    gone_matches as (delete from reconciliation_matches where file_id in (select id from gone))
    delete from reconciliation_files where id in (select id from gone)`,
};

/** Takes back an import that came to nothing. */
export async function deleteUnfinishedFiles(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length > 0) await tx.query(DELETE_UNFINISHED, [ids]);
}

const FIND_SAME: Statement = {
  name: 'find_same_reconciliation_files',
  text: `select * from reconciliation_files
    where organization_id = any ($1::text[]) and livemode = $2 and provider = $3 and account = $4 and sha256 = $5
      and period_begins_at = $6 and period_ends_at = $7`,
};

/** The rows of a file by its content; files of two days on which nothing happened are the same bytes. */
export async function listSameFiles(
  db: Db,
  organization_ids: string[],
  file: NewReconciliationFile,
): Promise<ReconciliationFile[]> {
  const { livemode, provider, account, sha256, period_begins_at, period_ends_at } = file;
  const facts = [livemode, provider, account, sha256, period_begins_at, period_ends_at];
  return db.query<ReconciliationFile>(FIND_SAME, [organization_ids, ...facts]);
}

const TAKE_TURN: Statement = {
  name: 'take_turn_at_reconciliation',
  text: `select pg_advisory_xact_lock(hashtextextended('reconciliation ' || $1 || ' ' || $2, 0))`,
};

/** Two neighbouring days that are finished at once would each take the other for absent. Until the transaction ends. */
export async function takeTurnAtAccount(tx: Tx, provider: string, account: string): Promise<void> {
  await tx.query(TAKE_TURN, [provider, account]);
}

export interface ReplacedFile {
  id: string;
  by: string;
  open_exceptions: number;
}

/** The files that came before these for the same period: the one in force, and those that it has replaced. */
const EARLIER = `earlier as materialized (
      select f.id, n.id as by, f.status from reconciliation_files n join reconciliation_files f
        on f.provider = n.provider and f.account = n.account and f.contents = n.contents
        and f.organization_id = n.organization_id and f.livemode = n.livemode
        and f.period_begins_at = n.period_begins_at and f.period_ends_at = n.period_ends_at
      where n.id = any ($1::text[]) and f.id <> n.id and f.status <> 'importing'
    )`;

const REOPEN: Statement = {
  name: 'reopen_unexplained',
  text: `
    with ${EARLIER},
    lost as (
      select m.object_id from earlier join reconciliation_matches m on m.file_id = earlier.id
      where earlier.status = 'imported' and not exists (
        select from reconciliation_matches o join reconciliation_files f on f.id = o.file_id
        where o.object_id = m.object_id and o.file_id <> m.file_id
          and (f.status = 'imported' or f.id = earlier.by))
    )
    update reconciliation_exceptions e
    set kind = 'missing_there', resolved_at = null, resolved_by = null, resolution_reason = null
    from lost
    where coalesce(e.refund_id, e.attempt_id) = lost.object_id
      and e.kind = 'cross_midnight' and e.source = 'file' and e.line is null
    returning e.file_id, e.merchant_id, e.currency, e.refund_id, e.amount_here`,
};

/**
 * What was missing on another day and stood in a file that these replace is missing again where they have it no more.
 * Before the replacement, which forgets what stood where.
 */
export async function reopenUnexplained(tx: Tx, file_ids: string[]): Promise<MissingRow[]> {
  return tx.query<MissingRow>(REOPEN, [file_ids]);
}

const REPLACE: Statement = {
  name: 'replace_reconciliation_files',
  text: `
    with ${EARLIER},
    former as (
      update reconciliation_files f set status = 'replaced', replaced_by = earlier.by
      from earlier where f.id = earlier.id and f.status = 'imported'
      returning f.id, earlier.by
    ),
    settled as (
      update reconciliation_exceptions d
      set resolved_at = s.resolved_at, resolved_by = s.resolved_by, resolution_reason = s.resolution_reason,
          adjustment_amount = s.adjustment_amount
      from former join reconciliation_exceptions s on s.file_id = former.id
      where s.resolved_at is not null and d.file_id = former.by and d.kind = s.kind
        and coalesce(d.refund_id, d.attempt_id, '') = coalesce(s.refund_id, s.attempt_id, '')
        and d.provider_payment_id is not distinct from s.provider_payment_id
        and d.provider_reference is not distinct from s.provider_reference
        and d.amount_there is not distinct from s.amount_there
    ),
    still_missing as (
      update reconciliation_exceptions d set file_id = earlier.by, settlement_id = null
      from earlier
      where d.file_id = earlier.id and d.kind in ('missing_there', 'cross_midnight') and d.line is null
        and d.resolved_at is not null
        and not exists (
          select from reconciliation_matches m
          where m.file_id = earlier.by and m.object_id = coalesce(d.refund_id, d.attempt_id))
    ),
    former_matches as (
      delete from reconciliation_matches m using former where m.file_id = former.id
    ),
    gone as (
      delete from reconciliation_exceptions d using former
      where d.file_id = former.id and d.resolved_at is null
      returning d.file_id
    )
    select former.id, former.by, (select count(*)::int from gone where gone.file_id = former.id) as open_exceptions
    from former`,
};

/**
 * Ends the time of earlier files of the same period: their open exceptions go, and what a person has settled in
 * them stays settled in the new ones. What is missing in those as well, and is settled or explained, goes over to them.
 */
export async function replaceFormerFiles(tx: Tx, file_ids: string[]): Promise<ReplacedFile[]> {
  return tx.query<ReplacedFile>(REPLACE, [file_ids]);
}

const FINISH: Statement = {
  name: 'finish_reconciliation_file',
  text: `update reconciliation_files set status = 'imported', imported_at = $2,
      payments_count = $3, amount_paid = $4, refunds_count = $5, amount_refunded = $6,
      unknown_count = $7, amount_unknown = $8
    where id = $1 and status = 'importing' and received_at = $9
    returning id`,
};

/** False when somebody has taken the import over meanwhile. */
export async function finishReconciliationFile(
  tx: Tx,
  { id, received_at }: { id: string; received_at: string },
  counts: FileCounts,
  now: string,
): Promise<boolean> {
  const { payments_count, amount_paid, refunds_count, amount_refunded, unknown_count, amount_unknown } =
    counts;
  const numbers = [
    payments_count,
    amount_paid,
    refunds_count,
    amount_refunded,
    unknown_count,
    amount_unknown,
  ];
  return (await tx.query(FINISH, [id, now, ...numbers, received_at])).length > 0;
}

const COUNT_DIFFERENCES: Statement = {
  name: 'count_exceptions_of_files',
  text: `
    with counted as (
      select f.id, count(d.id)::int as exceptions_count from reconciliation_files f
      left join reconciliation_exceptions d on d.file_id = f.id
      where f.id = any ($1::text[]) group by f.id
    )
    update reconciliation_files f set exceptions_count = c.exceptions_count
    from counted c where f.id = c.id`,
};

/** Notes beside each file how many exceptions it has. */
export async function updateExceptionCounts(tx: Tx, file_ids: string[]): Promise<void> {
  await tx.query(COUNT_DIFFERENCES, [file_ids]);
}

const KINDS: Statement = {
  name: 'count_exceptions_by_kind',
  text: `select file_id, kind, count(*)::int as count from reconciliation_exceptions
    where file_id = any ($1::text[]) and resolved_at is null group by file_id, kind order by file_id, kind`,
};

export async function countOpenExceptions(
  db: Db,
  file_ids: string[],
): Promise<{ file_id: string; kind: ExceptionKind; count: number }[]> {
  return db.query(KINDS, [file_ids]);
}

const FIND: Statement = {
  name: 'find_reconciliation_file',
  text: 'select * from reconciliation_files where id = $1',
};

export async function findReconciliationFile(db: Db, id: string): Promise<ReconciliationFile | null> {
  return (await db.query<ReconciliationFile>(FIND, [id]))[0] ?? null;
}

const LIST: Statement = {
  name: 'list_reconciliation_files',
  text: 'select * from reconciliation_files order by id collate "C" desc limit $1',
};

const LIST_OF_ORGANIZATION: Statement = {
  name: 'list_reconciliation_files_of_organization',
  text: `select * from reconciliation_files where organization_id = $2 and livemode in (true, false)
    order by id collate "C" desc limit $1`,
};

/** Newest first, of one organization or, for the operator, of all. */
export async function listReconciliationFiles(
  db: Db,
  limit: number,
  organization_id: string | null,
): Promise<ReconciliationFile[]> {
  if (organization_id === null) return db.query<ReconciliationFile>(LIST, [limit]);
  return db.query<ReconciliationFile>(LIST_OF_ORGANIZATION, [limit, organization_id]);
}

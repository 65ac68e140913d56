// Differences between a provider's file and our books, and the marks of what was found in a file. Differences change
// nothing about a payment; they wait for a person.
import type { DifferenceKind } from '../domain/reconciliation.ts';
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

export interface Difference {
  id: string;
  organization_id: string;
  livemode: boolean;
  file_id: string;
  kind: DifferenceKind;
  merchant_id: string | null;
  payment_intent_id: string | null;
  attempt_id: string | null;
  refund_id: string | null;
  provider_payment_id: string | null;
  provider_reference: string | null;
  line: number | null;
  /** Minor units. Null on the side that has nothing. */
  amount_here: number | null;
  amount_there: number | null;
  currency: string;
  status_here: string | null;
  status_there: string | null;
  happened_at: string;
  created_at: string;
  resolved_at: string | null;
  resolved_by: string | null;
  resolution_reason: string | null;
}

export type NewDifference = Omit<Difference, 'resolved_at' | 'resolved_by' | 'resolution_reason'>;

const difference = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  file_id: 'text',
  kind: 'text',
  merchant_id: 'text',
  payment_intent_id: 'text',
  attempt_id: 'text',
  refund_id: 'text',
  provider_payment_id: 'text',
  provider_reference: 'text',
  line: 'integer',
  amount_here: 'bigint',
  amount_there: 'bigint',
  currency: 'text',
  status_here: 'text',
  status_there: 'text',
  happened_at: 'timestamptz',
  created_at: 'timestamptz',
} satisfies Columns<NewDifference>);

const INSERT: Statement = {
  name: 'insert_reconciliation_differences',
  text: `insert into reconciliation_differences (${difference.names})
    select ${difference.selected} from ${difference.rows}
    on conflict (id) do nothing`,
};

/** The same row again, after an answer that was lost, is no second one. */
export async function insertDifferences(tx: Tx, rows: NewDifference[]): Promise<void> {
  if (rows.length > 0) await tx.query(INSERT, difference.values(rows));
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
  name: 'list_reconciliation_differences',
  text: `select * from reconciliation_differences where file_id = $1 order by id collate "C" limit $2`,
};

/** In the order in which they were found, which is that of the file. */
export async function listDifferences(db: Db, file_id: string, limit: number): Promise<Difference[]> {
  return db.query<Difference>(LIST, [file_id, limit]);
}

const FIND: Statement = {
  name: 'find_reconciliation_difference',
  text: 'select * from reconciliation_differences where id = $1',
};

export async function findDifference(db: Db, id: string): Promise<Difference | null> {
  return (await db.query<Difference>(FIND, [id]))[0] ?? null;
}

const SETTLE = `
  changed as (
    update reconciliation_differences set resolved_at = $2, resolved_by = $3, resolution_reason = $4
    where id = $1 and resolved_at is null
    returning id, organization_id, resolved_at as updated_at
  )`;

/** False when somebody was faster, or it went with its file. */
export async function settleDifference(
  tx: Tx,
  id: string,
  resolution: Record<'resolved_at' | 'resolved_by' | 'resolution_reason', string>,
  beside: BesideChange,
): Promise<boolean> {
  const { resolved_at, resolved_by, resolution_reason } = resolution;
  const values = [id, resolved_at, resolved_by, resolution_reason];
  return changeWithAudit(tx, id, { name: 'settle_difference', text: SETTLE, values }, beside);
}

const MOST_COUNTED = 100_000;

const COUNT_OPEN: Statement = {
  name: 'count_open_reconciliation_differences',
  text: `select count(*)::int as open from (
      select 1 from reconciliation_differences d where resolved_at is null limit ${MOST_COUNTED}
    ) open`,
};

/** For the metrics. That there is a heap must be known, not its exact size at any price. */
export async function countAllOpenDifferences(db: Db): Promise<number> {
  return (await db.query<{ open: number }>(COUNT_OPEN))[0]?.open ?? 0;
}

const HASTEN: Statement = {
  name: 'hasten_look_ups_of_differences',
  // What is being changed at this moment is asked about anyway, and waiting for it here could be a deadlock.
  text: `
    with named as materialized (
      select distinct attempt_id, refund_id from reconciliation_differences
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

/** Has every payment looked up once that differences of these files name, which were found at `now`. */
export async function hastenLookUpsOfDifferences(tx: Tx, now: string, file_ids: string[]): Promise<void> {
  await tx.query(HASTEN, [now, file_ids]);
}

// The audit log in the database. An entry is written with the change it tells of, by the same statement or in the
// same transaction, and nothing here changes or deletes one.
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns, type Part } from './statement-parts.ts';

export interface AuditEntry {
  id: string;
  organization_id: string;
  /** Null for what concerns both modes, such as the organization itself. */
  livemode: boolean | null;
  merchant_id: string | null;
  actor_type: 'api_key' | 'command_line' | 'system';
  actor_id: string;
  on_behalf_of: string | null;
  action: string;
  object_id: string;
  reason: string | null;
  details: Record<string, unknown> | null;
  request_id: string | null;
  created_at: string;
}

const COLUMNS: Columns<AuditEntry> = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  actor_type: 'text',
  actor_id: 'text',
  on_behalf_of: 'text',
  action: 'text',
  object_id: 'text',
  reason: 'text',
  details: 'json',
  request_id: 'text',
  created_at: 'timestamptz',
};
const entry = describeColumns(COLUMNS);

/** The part that an entry adds to a statement: written where `changed` has a row, and only then. */
export function auditParts(entries: AuditEntry[]): Part[] {
  if (entries.length === 0) return [];
  const text = `
  audit as (
    insert into audit_log (${entry.names})
    select ${entry.selected} from ${entry.rows} where exists (select from changed)
  )`;
  return [{ name: 'audit', text, values: entry.values(entries) }];
}

/** An entry, and the id of the row whose change carries it. */
export interface CarriedEntry {
  change_id: string;
  entry: AuditEntry;
}

const carried_entry = describeColumns({ change_id: 'text', ...COLUMNS });
const INSERT_CARRIED = `
  audit as (
    insert into audit_log (${entry.names})
    select ${entry.selected} from ${carried_entry.rows} join changed on changed.id = r.change_id
  )`;

/** As `auditParts`, for a statement that makes several changes at once: each entry stands or falls with its own. */
export function carriedAuditParts(carried: CarriedEntry[]): Part[] {
  if (carried.length === 0) return [];
  const rows = carried.map(({ change_id, entry: each }) => ({ change_id, ...each }));
  return [{ name: 'carried_audit', text: INSERT_CARRIED, values: carried_entry.values(rows) }];
}

const INSERT: Statement = {
  name: 'insert_audit_entry',
  text: `insert into audit_log (${entry.names}) select ${entry.selected} from ${entry.rows}`,
};

/** For a change that takes several statements: in its transaction. */
export async function insertAuditEntry(tx: Tx, one: AuditEntry): Promise<void> {
  await insertAuditEntries(tx, [one]);
}

export async function insertAuditEntries(tx: Tx, entries: AuditEntry[]): Promise<void> {
  if (entries.length > 0) await tx.query(INSERT, entry.values(entries));
}

const HAS: Statement = {
  name: 'has_audit_entry',
  text: 'select 1 from audit_log where organization_id = $1 and id collate "C" = $2',
};

/** Whether a change whose answer was lost was made: its entry stands where it does. */
export async function hasAuditEntry(db: Db, { organization_id, id }: AuditEntry): Promise<boolean> {
  return (await db.query(HAS, [organization_id, id])).length > 0;
}

export interface AuditFilter {
  object_id: string | null;
  action: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
  limit: number;
}

const CONDITIONS = {
  object_id: (place: string) => `object_id = ${place}`,
  action: (place: string) => `action = ${place}`,
  starting_after: (place: string) => `id collate "C" < ${place}`,
};
const OPTIONAL_FILTERS = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

/** Newest first: what concerns the mode, or both modes. One more than `limit` may be asked for. */
export async function listAuditEntries(
  db: Db,
  organization_id: string,
  livemode: boolean,
  filter: AuditFilter,
): Promise<AuditEntry[]> {
  const given = OPTIONAL_FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 4}`)}`);
  const statement = {
    name: `list_audit_entries_${given.map((name) => OPTIONAL_FILTERS.indexOf(name)).join('')}`,
    text: `select * from audit_log
      where organization_id = $1 and (livemode is null or livemode = $2)${conditions.join('')}
      order by id collate "C" desc limit $3`,
  };
  const values = given.map((name) => filter[name]);
  return db.query<AuditEntry>(statement, [organization_id, livemode, filter.limit, ...values]);
}

// The pieces of the tables that only grow: which there are, making one ahead of its time, and letting one go. What
// takes a lock on a whole table waits for it shorter than a payment would notice, and is tried again another time.
import type { Db, Statement, Tx } from './pool.ts';

/**
 * The tables that are cut by the id of the event, in the order in which a month of them goes: what tells of a row goes
 * before the row.
 */
export const EVENT_TABLES = [
  { name: 'webhook_delivery_attempts', key: 'event_id' },
  { name: 'webhook_deliveries', key: 'event_id' },
  { name: 'events', key: 'id' },
] as const;
export type EventTable = (typeof EVENT_TABLES)[number];

/** A piece: the ids from `from` to before `to`. Null: without a bound on that side. */
export interface Partition {
  table_name: EventTable['name'];
  name: string;
  from: string | null;
  to: string | null;
}

const LIST: Statement = {
  name: 'list_partitions',
  text: `select t.relname as table_name, p.relname as name, pg_get_expr(p.relpartbound, p.oid) as bound
    from unnest($1::text[]) wanted join pg_class t on t.oid = to_regclass(wanted)
    join pg_inherits i on i.inhparent = t.oid join pg_class p on p.oid = i.inhrelid
    order by p.relname`,
};

/** Every piece but the default ones, which hold whatever has no piece of its own. */
export async function listPartitions(db: Db): Promise<Partition[]> {
  const names = EVENT_TABLES.map(({ name }) => name);
  const rows = await db.query<Omit<Partition, 'from' | 'to'> & { bound: string }>(LIST, [names]);
  return rows.flatMap(({ bound, ...piece }) => {
    const [, from = '', to = ''] = /^FOR VALUES FROM \((.+)\) TO \((.+)\)$/.exec(bound) ?? [];
    return bound === 'DEFAULT' ? [] : [{ ...piece, from: readBound(from), to: readBound(to) }];
  });
}

function readBound(text: string): string | null {
  return /^'(.*)'$/.exec(text)?.[1] ?? null;
}

const TAKE_TURN: Statement = {
  name: 'take_turn_at_partitions',
  text: `select pg_try_advisory_xact_lock($1) as is_ours, set_config('lock_timeout', $2, true)`,
};
// The number is the keeping of partitions' alone in a gateway's database.
const TURN_LOCK = 4_711_080_227;
/** Whoever wants the table while we wait for it waits behind us, payments too. */
const LOCK_TIMEOUT_MS = 200;

/** False when another worker is at it. For the rest of the transaction no lock is waited for longer than a moment. */
export async function takeTurn(tx: Tx): Promise<boolean> {
  const [row] = await tx.query<{ is_ours: boolean }>(TAKE_TURN, [TURN_LOCK, `${LOCK_TIMEOUT_MS}ms`]);
  return row?.is_ours ?? false;
}

/** Whether this is how a lock that was not had in time shows itself. Then nothing was done. */
export function isLockTimeout(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return code === '55P03' || (cause !== undefined && isLockTimeout(cause));
}

/** The bounds are our own and hold nothing to escape; the names of pieces are the catalog's. */
function run(tx: Tx, what: string, name: string, text: string): Promise<unknown> {
  return tx.query({ name: `${what}_${name}`, text });
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Whether the default piece holds ids of this stretch; then no piece of its own can be made for it any more. */
export async function isInDefault(db: Db, table: EventTable, from: string, to: string): Promise<boolean> {
  const text = `select from ${table.name}_default where ${table.key} >= $1 and ${table.key} < $2 limit 1`;
  return (await db.query({ name: `is_in_default_${table.name}`, text }, [from, to])).length > 0;
}

/**
 * Made first and attached then: attaching holds up nobody who writes to the table, making it in its place would. Only
 * the default piece is locked, and searched, which is empty.
 */
export async function createPartition(
  tx: Tx,
  table: EventTable,
  month: string,
  from: string,
  to: string,
): Promise<void> {
  const name = `${table.name}_${month}`;
  await run(tx, 'make', name, `create table ${quote(name)} (like ${table.name} including all)`);
  const bounds = `for values from ('${from}') to ('${to}')`;
  await run(tx, 'attach', name, `alter table ${table.name} attach partition ${quote(name)} ${bounds}`);
}

/** What of a table has still to be done. Attempts are history alone. */
const UNFINISHED: Record<EventTable['name'], string | null> = {
  webhook_delivery_attempts: null,
  webhook_deliveries: 'next_attempt_at is not null',
  events: 'fanned_out_at is null',
};

/** Whether a stretch holds a delivery that is still to be made, or an event that nobody was given yet. */
export async function hasUnfinishedWork(
  db: Db,
  table: EventTable,
  piece: Pick<Partition, 'from' | 'to'>,
): Promise<boolean> {
  const unfinished = UNFINISHED[table.name];
  if (unfinished === null || piece.to === null) return false;
  const text = `select from ${table.name}
    where ${table.key} >= $1 and ${table.key} < $2 and ${unfinished} limit 1`;
  const statement = { name: `has_unfinished_${table.name}`, text };
  return (await db.query(statement, [piece.from ?? '', piece.to])).length > 0;
}

const RETIRED = 'retired_';

/**
 * Takes a piece out of its table, for good: under its new name it waits to be dropped. False when there is work left
 * in it, which is looked for while nobody can add any.
 */
export async function detachPartition(tx: Tx, table: EventTable, piece: Partition): Promise<boolean> {
  const { name } = piece;
  await run(tx, 'lock', name, `lock table ${quote(name)} in share mode`);
  if (await hasUnfinishedWork(tx, table, piece)) return false;
  await run(tx, 'detach', name, `alter table ${table.name} detach partition ${quote(name)}`);
  await run(tx, 'retire', name, `alter table ${quote(name)} rename to ${quote(RETIRED + name)}`);
  return true;
}

const LIST_RETIRED: Statement = {
  name: 'list_retired_partitions',
  text: `select relname as name from pg_class
    where relkind = 'r' and relnamespace = current_schema()::regnamespace
      and relname like any (select $1 || wanted || '_%' from unnest($2::text[]) wanted)
    order by relname limit 100`,
};

/** Also what a worker that died had taken out and not dropped. */
export async function listRetiredPartitions(db: Db): Promise<string[]> {
  const names = EVENT_TABLES.map(({ name }) => name);
  return (await db.query<{ name: string }>(LIST_RETIRED, [RETIRED, names])).map(({ name }) => name);
}

/** By now nobody reads it or writes to it. */
export async function dropRetiredPartition(tx: Tx, name: string): Promise<void> {
  await run(tx, 'drop', name, `drop table if exists ${quote(name)}`);
}

/** Deletes from the default piece what is older than a bound and finished. Returns how many rows went. */
export async function deleteOldFromDefault(
  tx: Tx,
  table: EventTable,
  before: string,
  limit: number,
): Promise<number> {
  const unfinished = UNFINISHED[table.name];
  const text = `delete from ${table.name}_default where ctid = any (array(
      select ctid from ${table.name}_default
      where ${table.key} < $1${unfinished === null ? '' : ` and not (${unfinished})`}
      limit $2 for update skip locked))
    returning 1`;
  return (await tx.query({ name: `purge_${table.name}_default`, text }, [before, limit])).length;
}

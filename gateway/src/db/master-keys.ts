// The master keys that this database knows: which of them seals, and which processes hold which. The keys
// themselves are never here, only their ids and a known text that each has sealed.
import type { Db, Statement, Tx } from './pool.ts';

export interface KnownMasterKey {
  id: Buffer;
  check_sealed: Buffer;
  /** One of them does; the others only open what they sealed before. */
  seals: boolean;
  created_at: string;
  replaced_at: string | null;
}

const HAS_TABLE: Statement = {
  name: 'has_master_keys',
  text: `select to_regclass('master_keys') is not null as is_there`,
};

/** False before the migrations are in. */
export async function hasMasterKeys(db: Db): Promise<boolean> {
  return (await db.query<{ is_there: boolean }>(HAS_TABLE))[0]?.is_there === true;
}

const LIST: Statement = {
  name: 'list_master_keys',
  text: 'select id, check_sealed, seals, created_at, replaced_at from master_keys order by created_at, id',
};

/** All there ever were, the oldest first: a few. */
export async function listMasterKeys(db: Db): Promise<KnownMasterKey[]> {
  return db.query<KnownMasterKey>(LIST);
}

const INSERT_FIRST: Statement = {
  name: 'insert_first_master_key',
  text: `insert into master_keys (id, check_sealed, seals, created_at) values ($1, $2, true, $3)
    on conflict do nothing`,
};

/** Of several processes that start with a fresh database, one tells it its key. */
export async function insertFirstMasterKey(
  tx: Tx,
  id: Buffer,
  check_sealed: Buffer,
  now: string,
): Promise<void> {
  await tx.query(INSERT_FIRST, [id, check_sealed, now]);
}

const REPLACE: Statement = {
  name: 'replace_sealing_key',
  text: 'update master_keys set seals = false, replaced_at = $2 where id = $1 and seals returning 1',
};

const PROMOTE: Statement = {
  name: 'promote_master_key',
  text: `insert into master_keys (id, check_sealed, seals, created_at) values ($1, $2, true, $3)
    on conflict (id) do update set seals = true, replaced_at = null`,
};

/** In a transaction: from now on `to` seals in place of `from`. False when `from` no longer did. */
export async function updateSealingKey(
  tx: Tx,
  from: Buffer,
  to: { id: Buffer; check_sealed: Buffer },
  now: string,
): Promise<boolean> {
  if ((await tx.query(REPLACE, [from, now])).length === 0) return false;
  await tx.query(PROMOTE, [to.id, to.check_sealed, now]);
  return true;
}

const OLDEST_ANSWER: Statement = {
  name: 'find_oldest_stored_answer',
  text: 'select min(created_at) as created_at from idempotency_keys',
};

/** When the oldest answer that is still kept was begun; null when none is kept. */
export async function findOldestAnswer(db: Db): Promise<string | null> {
  return (await db.query<{ created_at: string | null }>(OLDEST_ANSWER))[0]?.created_at ?? null;
}

/** What the connections of a process are called, so that the database can say which keys it holds. */
export function makeProcessName(key_ids: readonly Buffer[]): string {
  return `mpac-pgw keys=${key_ids.map(shortId).join(',')}`.slice(0, 63);
}

function shortId(key_id: Buffer): string {
  return key_id.toString('hex', 0, 4);
}

const PROCESSES_WITHOUT: Statement = {
  name: 'list_processes_without_key',
  text: `select distinct coalesce(host(client_addr), 'this machine') as address from pg_stat_activity
    where datname = current_database() and application_name ~ '^mpac-pgw( keys=|$)'
      and position($1 in application_name) = 0
    order by 1 limit 10`,
};

/** From where processes are connected that do not hold a key: those would not open what it sealed. */
export async function listProcessesWithout(db: Db, key_id: Buffer): Promise<string[]> {
  const rows = await db.query<{ address: string }>(PROCESSES_WITHOUT, [shortId(key_id)]);
  return rows.map((row) => row.address);
}

// What the readiness check asks the database: are the migrations in, and has a worker been seen.
import { pendingMigrations as listPending } from './migrate.ts';
import type { Db, Statement } from './pool.ts';

/** How many migrations this code has that the database has not. */
export async function pendingMigrations(db: Db): Promise<number> {
  const pending = await listPending({ query: async (statement) => ({ rows: await db.query(statement) }) });
  return pending.length;
}

const NEWEST: Statement = {
  name: 'find_newest_heartbeat',
  text: 'select max(seen_at) as seen_at from worker_heartbeats',
};

export async function findNewestHeartbeat(db: Db): Promise<string | null> {
  return (await db.query<{ seen_at: string | null }>(NEWEST))[0]?.seen_at ?? null;
}

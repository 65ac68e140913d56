// Which workers are alive. A worker writes its row every few seconds; a row that grows old is a worker that
// died without a word.
import type { Statement, Tx } from './pool.ts';

const UPSERT: Statement = {
  name: 'upsert_worker_heartbeat',
  text: `
    with forgotten as (delete from worker_heartbeats where seen_at < $3 and worker_id <> $1)
    insert into worker_heartbeats (worker_id, seen_at) values ($1, $2)
    on conflict (worker_id) do update set seen_at = excluded.seen_at`,
};

/** Says that this worker lives, and forgets those not seen since `forget_before`. */
export async function upsertWorkerHeartbeat(
  tx: Tx,
  worker_id: string,
  seen_at: string,
  forget_before: string,
): Promise<void> {
  await tx.query(UPSERT, [worker_id, seen_at, forget_before]);
}

const DELETE: Statement = {
  name: 'delete_worker_heartbeat',
  text: 'delete from worker_heartbeats where worker_id = $1',
};

/** A worker that stops in good order takes its row along. */
export async function deleteWorkerHeartbeat(tx: Tx, worker_id: string): Promise<void> {
  await tx.query(DELETE, [worker_id]);
}

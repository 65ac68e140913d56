// A worker's sign of life, by which readiness checks and operators see that somebody does the work.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { deleteWorkerHeartbeat, upsertWorkerHeartbeat } from '../db/worker-heartbeats.ts';

const REMEMBERED_MS = 24 * 60 * 60 * 1_000;

export async function recordHeartbeat(context: Context, worker_id: string): Promise<void> {
  await upsertWorkerHeartbeat(context.db, worker_id, instant(context), instant(context, -REMEMBERED_MS));
}

export async function withdrawHeartbeat(context: Context, worker_id: string): Promise<void> {
  await deleteWorkerHeartbeat(context.db, worker_id);
}

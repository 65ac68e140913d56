// Says every few seconds that this worker lives.
import { hostname } from 'node:os';
import { recordHeartbeat, withdrawHeartbeat } from '../application/worker-heartbeats.ts';
import type { Context } from '../context.ts';
import type { Job } from './job.ts';

export function makeHeartbeatJob(context: Context): Job {
  // A host's name and process number can come again after a restart; with chance in it, an id never does.
  const worker_id = `${hostname()}:${process.pid}:${context.randomBytes(4).toString('hex')}`;
  return {
    name: 'heartbeat',
    interval_ms: 5_000,
    async run() {
      await recordHeartbeat(context, worker_id);
      return 0;
    },
    stop: () => withdrawHeartbeat(context, worker_id),
  };
}

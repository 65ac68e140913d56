// Makes the months' pieces of events and deliveries ahead of their time, and drops those past it.
import { keepPartitions } from '../application/retention.ts';
import type { Job } from './job.ts';

const BATCH = 1_000;

export const keep_partitions: Job = {
  name: 'partitions',
  interval_ms: 600_000,
  batch_size: BATCH,
  run: keepPartitions,
};

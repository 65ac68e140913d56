// Forgets idempotency keys after a day and signatures once their time window has closed.
import { purgeRequestMarks } from '../application/idempotency.ts';
import type { Job } from './job.ts';

const BATCH = 1_000;

export const purge_request_marks: Job = {
  name: 'purge',
  interval_ms: 60_000,
  batch_size: BATCH,
  run: (context) => purgeRequestMarks(context, BATCH),
};

// Finds out the truth about open and unknown payments.
import { lookUpDueAttempts } from '../application/look-ups.ts';
import type { Job } from './job.ts';

const BATCH = 50;

export const look_up_attempts: Job = {
  name: 'look_ups',
  interval_ms: 250,
  batch_size: BATCH,
  run: (context) => lookUpDueAttempts(context, BATCH),
};

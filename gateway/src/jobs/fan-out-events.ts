// Gives every new event to the endpoints that want it.
import { fanOut } from '../application/webhook-deliveries.ts';
import type { Job } from './job.ts';

const BATCH = 500;

export const fan_out_events: Job = {
  name: 'fan_out',
  interval_ms: 250,
  batch_size: BATCH,
  wakes: ['deliveries'],
  run: (context) => fanOut(context, BATCH),
};

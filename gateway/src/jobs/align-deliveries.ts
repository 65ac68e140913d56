// Keeps the schedule of deliveries in step with what has become of their endpoints.
import { alignDeliveries } from '../application/webhook-resends.ts';
import type { Job } from './job.ts';

const BATCH = 1_000;

export const align_deliveries: Job = {
  name: 'align_deliveries',
  interval_ms: 1_000,
  batch_size: BATCH,
  wakes: ['deliveries'],
  run: (context) => alignDeliveries(context, BATCH),
};

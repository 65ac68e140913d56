// Makes due for a look-up what stored notifications name.
import { hastenNotifiedLookUps } from '../application/notifications.ts';
import type { Job } from './job.ts';

const BATCH = 100;

export const work_off_notifications: Job = {
  name: 'notifications',
  interval_ms: 250,
  batch_size: BATCH,
  wakes: ['look_ups'],
  run: (context) => hastenNotifiedLookUps(context, BATCH),
};

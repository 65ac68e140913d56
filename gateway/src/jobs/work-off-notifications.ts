// Looks up the payments that stored notifications name.
import { workOffNotifications } from '../application/notifications.ts';
import type { Job } from './job.ts';

const BATCH = 50;

export const work_off_notifications: Job = {
  name: 'notifications',
  interval_ms: 250,
  batch_size: BATCH,
  run: (context) => workOffNotifications(context, BATCH),
};

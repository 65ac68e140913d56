// Sends the mails that are due.
import { sendDueMails } from '../application/mails.ts';
import type { Job } from './job.ts';

export const send_mails: Job = {
  name: 'mails',
  interval_ms: 1_000,
  run: sendDueMails,
};

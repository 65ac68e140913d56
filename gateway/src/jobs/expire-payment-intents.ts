// Ends the payment intents whose time has passed.
import { expireDuePaymentIntents } from '../application/cancel.ts';
import type { Job } from './job.ts';

const BATCH = 100;

export const expire_payment_intents: Job = {
  name: 'expiry',
  interval_ms: 1_000,
  batch_size: BATCH,
  wakes: ['look_ups'],
  run: (context) => expireDuePaymentIntents(context, BATCH),
};

// Makes the days due that card processors are to hear of, and works them off: one step of a day at a time.
import { runDueCardBatches, scheduleCardBatches } from '../application/card-batches.ts';
import type { Job } from './job.ts';

export const run_card_batches: Job = {
  name: 'card_batches',
  interval_ms: 15_000,
  batch_size: 1,
  wakes: ['mails', 'fan_out'],
  async run(context) {
    await scheduleCardBatches(context);
    return runDueCardBatches(context);
  },
};

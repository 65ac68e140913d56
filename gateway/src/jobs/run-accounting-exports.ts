// Takes the business days that have ended into the accounting export, and makes and sends the files that are due.
import { runDueAccountingExports, scheduleAccountingExports } from '../application/accounting-exports.ts';
import type { Job } from './job.ts';

export const run_accounting_exports: Job = {
  name: 'accounting_exports',
  interval_ms: 30_000,
  batch_size: 1,
  wakes: ['fan_out', 'mails'],
  async run(context) {
    await scheduleAccountingExports(context);
    return runDueAccountingExports(context);
  },
};

// The numbers that stand in the database and not in a process. A worker reads them at an interval; a process that
// does no work shows them as not a number, so that none is counted for each replica.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { listQueues } from '../db/queues.ts';
import { measureBooks } from './books.ts';
import { measureHeldLatePayments } from './late-payments.ts';
import { measureUnresolved } from './look-ups.ts';
import { measureExceptions } from './reconciliation-reports.ts';
import { measureWebhookBacklog } from './webhook-deliveries.ts';

/** A number that cannot be read is not zero: it is shown as not a number. */
export async function measureDatabase(context: Context): Promise<void> {
  const { unresolved, unresolved_age, webhook_backlog, late_payments_held, late_payments_held_age } =
    context.metrics;
  const { reconciliation_exceptions, books_disagreements } = context.metrics;
  try {
    await Promise.all([
      measureUnresolved(context),
      measureWebhookBacklog(context),
      measureHeldLatePayments(context),
      measureExceptions(context),
      measureBooks(context),
      measureQueues(context),
    ]);
  } catch (error) {
    context.log.error({ err: error }, 'the database could not be measured');
    const gauges = [unresolved, unresolved_age, webhook_backlog, late_payments_held, late_payments_held_age];
    for (const gauge of [...gauges, reconciliation_exceptions, books_disagreements]) gauge.set(Number.NaN);
    for (const gauge of [context.metrics.queue_due, context.metrics.queue_oldest]) gauge.reset();
  }
}

async function measureQueues(context: Context): Promise<void> {
  const { queue_due, queue_oldest } = context.metrics;
  for (const { queue, due, oldest } of await listQueues(context.db, instant(context))) {
    queue_due.set({ queue }, due);
    queue_oldest.set(
      { queue },
      oldest === null ? 0 : Math.max(0, context.now() - Date.parse(oldest)) / 1_000,
    );
  }
}

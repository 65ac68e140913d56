// The numbers that stand in the database and not in a process: read when somebody asks, so that every process
// shows the same ones, also one that does no work itself.
import type { Context } from '../context.ts';
import { measureHeldLatePayments } from './late-payments.ts';
import { measureUnresolved } from './look-ups.ts';
import { measureWebhookBacklog } from './webhook-deliveries.ts';

/** A number that cannot be read is not zero: it is shown as not a number. */
export async function measureDatabase(context: Context): Promise<void> {
  const { unresolved, unresolved_age, webhook_backlog, late_payments_held, late_payments_held_age } =
    context.metrics;
  try {
    await Promise.all([
      measureUnresolved(context),
      measureWebhookBacklog(context),
      measureHeldLatePayments(context),
    ]);
  } catch (error) {
    context.log.error({ err: error }, 'the database could not be measured');
    const gauges = [unresolved, unresolved_age, webhook_backlog, late_payments_held, late_payments_held_age];
    for (const gauge of gauges) gauge.set(Number.NaN);
  }
}

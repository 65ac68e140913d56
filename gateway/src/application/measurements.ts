// The numbers that stand in the database and not in a process: read when somebody asks, so that every process
// shows the same ones, also one that does no work itself.
import type { Context } from '../context.ts';
import { measureUnresolved } from './look-ups.ts';
import { measureWebhookBacklog } from './webhook-deliveries.ts';

/** A number that cannot be read is not zero: it is shown as not a number. */
export async function measureDatabase(context: Context): Promise<void> {
  const { unresolved, unresolved_age, webhook_backlog } = context.metrics;
  try {
    await Promise.all([measureUnresolved(context), measureWebhookBacklog(context)]);
  } catch (error) {
    context.log.error({ err: error }, 'the database could not be measured');
    for (const gauge of [unresolved, unresolved_age, webhook_backlog]) gauge.set(Number.NaN);
  }
}

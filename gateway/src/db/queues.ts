// What waits for a worker at this moment, for the metrics: how much of each kind, and since when the oldest. Each
// count walks the index by which the work itself is claimed, and is bounded: that there is a backlog must be known,
// not its exact size at any price.
import type { Db, Statement } from './pool.ts';

export interface Queue {
  queue: string;
  due: number;
  /** When the oldest became due; null when nothing is. */
  oldest: string | null;
}

const BOUND = 100_000;

const DUE: Record<string, string> = {
  look_ups: 'select next_check_at as at from payment_attempts where next_check_at <= $1',
  refunds: 'select next_check_at as at from refunds where next_check_at <= $1',
  notifications: `select received_at as at from provider_notifications
    where worked_off_at is null and file_url is null`,
  files: `select next_attempt_at as at from provider_notifications
    where worked_off_at is null and file_url is not null and next_attempt_at <= $1`,
  card_batches: 'select next_attempt_at as at from card_batches where next_attempt_at <= $1',
  accounting_exports: `select next_attempt_at as at from accounting_exports
    where next_attempt_at <= $1 and (leased_until is null or leased_until <= $1)`,
  mails: 'select next_attempt_at as at from mails where next_attempt_at <= $1',
  expiry: `select expires_at as at from payment_intents
    where status in ('requires_payment_method', 'requires_action') and expires_at <= $1`,
  fan_out: 'select created_at as at from events where fanned_out_at is null',
  deliveries: `select next_attempt_at as at from webhook_deliveries d
    join webhook_endpoints e on e.id = d.webhook_endpoint_id
    where d.next_attempt_at <= $1 and e.status = 'enabled'`,
};

const MEASURE: Statement = {
  name: 'measure_queues',
  text: Object.entries(DUE)
    .map(
      ([queue, text]) => `select '${queue}' as queue, count(*)::int as due, min(at) as oldest
    from (${text} and $1::timestamptz is not null limit ${BOUND}) due`,
    )
    .join('\nunion all\n'),
};

export async function listQueues(db: Db, now: string): Promise<Queue[]> {
  return db.query<Queue>(MEASURE, [now]);
}

// What endpoints were given, as lists: the events after a sequence, and the deliveries with every attempt that was
// made. Each list walks an index of its own, so that none wades through what was delivered long ago.
import type { Event, EventType } from '../domain/event.ts';
import type { Db, Statement } from './pool.ts';

const LIST_EVENTS: Statement = {
  name: 'list_webhook_endpoint_events',
  text: `select d.sequence, v.id, v.organization_id, v.livemode, v.merchant_id, v.type, v.object_json, v.created_at
    from webhook_deliveries d join events v on v.id = d.event_id
    where d.webhook_endpoint_id = $1 and d.sequence > $2
    order by d.sequence limit $3`,
};

/** What an endpoint was given, in order of its sequence, whether it took it or not. */
export async function listWebhookEndpointEvents(
  db: Db,
  webhook_endpoint_id: string,
  after_sequence: number,
  limit: number,
): Promise<(Event & { sequence: number })[]> {
  return db.query(LIST_EVENTS, [webhook_endpoint_id, after_sequence, limit]);
}

export const DELIVERY_STATUSES = ['pending', 'succeeded', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

export interface DeliveryRow {
  webhook_endpoint_id: string;
  sequence: number;
  event_id: string;
  event_type: EventType;
  status: DeliveryStatus;
  /** Of the schedule that runs: a resending begins it anew. */
  attempts_made: number;
  next_attempt_at: string | null;
  created_at: string;
  updated_at: string;
}

const COLUMNS = `d.webhook_endpoint_id, d.sequence, d.event_id, v.type as event_type, d.status, d.attempts_made,
  d.next_attempt_at, d.created_at, d.updated_at`;

const FIND: Statement = {
  name: 'find_webhook_delivery',
  text: `select ${COLUMNS} from webhook_deliveries d join events v on v.id = d.event_id
    where d.webhook_endpoint_id = $1 and d.sequence = $2`,
};

export async function findWebhookDelivery(
  db: Db,
  webhook_endpoint_id: string,
  sequence: number,
): Promise<DeliveryRow | null> {
  return (await db.query<DeliveryRow>(FIND, [webhook_endpoint_id, sequence]))[0] ?? null;
}

const PAGE = `order by sequence desc limit $3`;
const FROM_ENDPOINT = `select * from webhook_deliveries
  where webhook_endpoint_id = $1 and sequence < $2`;

/** One source for each filter. What is pending lies in two indexes: what has a time, and what waits for its endpoint. */
const SOURCES: Record<DeliveryStatus | 'any', string> = {
  any: `${FROM_ENDPOINT} ${PAGE}`,
  succeeded: `${FROM_ENDPOINT} and status = 'succeeded' ${PAGE}`,
  failed: `${FROM_ENDPOINT} and status = 'failed' ${PAGE}`,
  pending: `(${FROM_ENDPOINT} and next_attempt_at is not null ${PAGE})
    union all (${FROM_ENDPOINT} and status = 'pending' and next_attempt_at is null ${PAGE})`,
};

/** Newest first, below a sequence. */
export async function listWebhookDeliveries(
  db: Db,
  webhook_endpoint_id: string,
  filter: { status: DeliveryStatus | null; before_sequence: number; limit: number },
): Promise<DeliveryRow[]> {
  const source = filter.status ?? 'any';
  const statement = {
    name: `list_webhook_deliveries_${source}`,
    text: `select ${COLUMNS} from (${SOURCES[source]}) d join events v on v.id = d.event_id
      order by d.sequence desc limit $3`,
  };
  return db.query<DeliveryRow>(statement, [webhook_endpoint_id, filter.before_sequence, filter.limit]);
}

export interface DeliveryAttemptRow {
  sequence: number;
  attempt_number: number;
  response_status: number | null;
  error: string | null;
  duration_ms: number;
  attempted_at: string;
}

const LIST_ATTEMPTS: Statement = {
  name: 'list_webhook_delivery_attempts',
  text: `select a.* from unnest($2::bigint[], $3::text[]) d (sequence, event_id)
    cross join lateral (
      select sequence, attempt_number, response_status, error, duration_ms, attempted_at
      from webhook_delivery_attempts
      where webhook_endpoint_id = $1 and sequence = d.sequence and event_id = d.event_id
      order by attempt_number desc limit $4
    ) a
    order by a.sequence desc, a.attempt_number`,
};

/** The latest attempts of each delivery, at most so many of each, oldest first. */
export async function listDeliveryAttempts(
  db: Db,
  webhook_endpoint_id: string,
  deliveries: Pick<DeliveryRow, 'sequence' | 'event_id'>[],
  limit_of_each: number,
): Promise<DeliveryAttemptRow[]> {
  return db.query<DeliveryAttemptRow>(LIST_ATTEMPTS, [
    webhook_endpoint_id,
    deliveries.map((delivery) => delivery.sequence),
    deliveries.map((delivery) => delivery.event_id),
    limit_of_each,
  ]);
}

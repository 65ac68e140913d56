// Deliveries that are made out of turn: one or many again, a ping to one endpoint, and what waits for an endpoint
// that was disabled. A resending begins the schedule anew; the attempts that were recorded stay.
import type { Statement, Tx } from './pool.ts';
import type { DeliveryStatus } from './webhook-delivery-lists.ts';

const ANEW = `status = 'pending', next_attempt_at = $2::timestamptz, updated_at = $2::timestamptz,
  round = d.round + 1, attempts_before = d.attempts_before + d.attempts_made, attempts_made = 0`;

const OF_ENDPOINT = `select webhook_endpoint_id, event_id, sequence from webhook_deliveries
  where webhook_endpoint_id = $1 and sequence > $3 and sequence <= $4`;
const OLDEST = 'order by sequence limit $5::int for update';

/** One source for each filter, because each walks an index of its own: few that failed lie far apart among many. */
const SOURCES: Record<DeliveryStatus | 'any', string> = {
  any: `${OF_ENDPOINT} ${OLDEST}`,
  succeeded: `${OF_ENDPOINT} and status = 'succeeded' ${OLDEST}`,
  failed: `${OF_ENDPOINT} and status = 'failed' ${OLDEST}`,
  pending: `${OF_ENDPOINT} and status = 'pending' and next_attempt_at is not null ${OLDEST}`,
};

export interface ResendFilter {
  after_sequence: number;
  up_to_sequence: number;
  status: DeliveryStatus | null;
  limit: number;
}

/** Makes deliveries of an enabled endpoint due now. Their sequences, in order. */
export async function resendWebhookDeliveries(
  tx: Tx,
  webhook_endpoint_id: string,
  now: string,
  filter: ResendFilter,
): Promise<number[]> {
  const { after_sequence, up_to_sequence, status, limit } = filter;
  const source = status ?? 'any';
  const statement = {
    name: `resend_webhook_deliveries_${source}`,
    // Locked in the order of their numbers, as outcomes are written, so that neither waits for the other in a ring.
    text: `
      with is_on as (select from webhook_endpoints where id = $1 and status = 'enabled'),
      chosen as materialized (${SOURCES[source]})
      update webhook_deliveries d set ${ANEW}
      from chosen c where d.webhook_endpoint_id = c.webhook_endpoint_id and d.event_id = c.event_id
        and exists (select from is_on)
      returning d.sequence`,
  };
  const values = [webhook_endpoint_id, now, after_sequence, up_to_sequence, limit];
  const rows = await tx.query<{ sequence: number }>(statement, values);
  return rows.map((row) => row.sequence).sort((a, b) => a - b);
}

const PING: Statement = {
  name: 'insert_webhook_ping',
  // The event is for this endpoint alone, so it is never fanned out. Its number is taken under the lock of the
  // endpoint's row, like every other.
  text: `
    with counted as (
      update webhook_endpoints set last_sequence = last_sequence + 1
      where id = $1 and status = 'enabled'
      returning id, organization_id, livemode, merchant_id, last_sequence
    ),
    event as (
      insert into events
        (id, organization_id, livemode, merchant_id, type, object_json, created_at, fanned_out_at)
      select $2, organization_id, livemode, merchant_id, 'webhook_endpoint.ping', $3, $4::timestamptz,
             $4::timestamptz
      from counted
    )
    insert into webhook_deliveries
      (webhook_endpoint_id, sequence, organization_id, event_id, next_attempt_at, created_at, updated_at)
    select id, last_sequence, organization_id, $2, $4::timestamptz, $4::timestamptz, $4::timestamptz from counted
    returning sequence`,
};

/** The sequence of the ping; null when the endpoint is not enabled. */
export async function insertWebhookPing(
  tx: Tx,
  webhook_endpoint_id: string,
  event: { id: string; object_json: string; created_at: string },
): Promise<number | null> {
  const values = [webhook_endpoint_id, event.id, event.object_json, event.created_at];
  return (await tx.query<{ sequence: number }>(PING, values))[0]?.sequence ?? null;
}

const PAUSE: Statement = {
  name: 'pause_webhook_deliveries',
  // Deliveries of endpoints that are not enabled leave the schedule: a claim steps over every endpoint that has
  // something in it. Stepping from endpoint to endpoint reads one row of each.
  text: `
    with recursive timed as (
      (select webhook_endpoint_id from webhook_deliveries
       where next_attempt_at is not null order by webhook_endpoint_id, next_attempt_at limit 1)
      union all
      select next.webhook_endpoint_id from timed t cross join lateral (
        select d.webhook_endpoint_id from webhook_deliveries d
        where d.next_attempt_at is not null and d.webhook_endpoint_id > t.webhook_endpoint_id
        order by d.webhook_endpoint_id, d.next_attempt_at limit 1
      ) next
    ),
    chosen as (
      select d.webhook_endpoint_id, d.event_id, e.status as endpoint_status
      from timed t join webhook_endpoints e on e.id = t.webhook_endpoint_id and e.status <> 'enabled'
      cross join lateral (
        select webhook_endpoint_id, event_id from webhook_deliveries
        where webhook_endpoint_id = e.id and next_attempt_at is not null
        order by next_attempt_at, sequence limit $2::int for update skip locked
      ) d
      limit $2::int
    )
    update webhook_deliveries d
    set next_attempt_at = null, updated_at = $1::timestamptz, round = d.round + 1,
        attempts_before = d.attempts_before + d.attempts_made, attempts_made = 0,
        status = case c.endpoint_status when 'deleted' then 'failed' else d.status end
    from chosen c where d.webhook_endpoint_id = c.webhook_endpoint_id and d.event_id = c.event_id
    returning 1`,
};

const RESUME: Statement = {
  name: 'resume_webhook_deliveries',
  text: `
    with recursive untimed as (
      (select webhook_endpoint_id from webhook_deliveries
       where status = 'pending' and next_attempt_at is null order by webhook_endpoint_id, sequence limit 1)
      union all
      select next.webhook_endpoint_id from untimed u cross join lateral (
        select d.webhook_endpoint_id from webhook_deliveries d
        where d.status = 'pending' and d.next_attempt_at is null and d.webhook_endpoint_id > u.webhook_endpoint_id
        order by d.webhook_endpoint_id, d.sequence limit 1
      ) next
    ),
    chosen as (
      select d.webhook_endpoint_id, d.event_id, e.status as endpoint_status
      from untimed u join webhook_endpoints e on e.id = u.webhook_endpoint_id and e.status <> 'disabled'
      cross join lateral (
        select webhook_endpoint_id, event_id from webhook_deliveries
        where webhook_endpoint_id = e.id and status = 'pending' and next_attempt_at is null
        order by sequence limit $2::int for update skip locked
      ) d
      limit $2::int
    )
    update webhook_deliveries d
    set next_attempt_at = case c.endpoint_status when 'enabled' then $1::timestamptz end,
        status = case c.endpoint_status when 'enabled' then d.status else 'failed' end,
        updated_at = $1::timestamptz
    from chosen c where d.webhook_endpoint_id = c.webhook_endpoint_id and d.event_id = c.event_id
    returning 1`,
};

/**
 * Takes what waits for endpoints that are not enabled out of the schedule, and puts what waits for enabled ones
 * into it; what was for a deleted one has failed. So many of each; says how many.
 */
export async function alignWebhookDeliveries(tx: Tx, now: string, limit: number): Promise<number> {
  const paused = await tx.query(PAUSE, [now, limit]);
  const resumed = await tx.query(RESUME, [now, limit]);
  return paused.length + resumed.length;
}

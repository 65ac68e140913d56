// Deliveries in the database: an event becomes one row for each endpoint (fan-out), a row whose time has come
// is claimed, and what came of it is recorded. Each of the three is one statement for many rows. A claim is a
// lease: it moves the row's time forward, so a worker that dies gives its rows back by doing nothing.
import type { Event } from '../domain/event.ts';
import type { Db, Statement, Tx } from './pool.ts';

// The number is the fan-out's alone in a gateway's database.
const FAN_OUT_LOCK = 4_711_080_226;

const FAN_OUT: Statement = {
  name: 'fan_out_events',
  // One worker at a time, so that sequences follow the order of events; whoever comes second does nothing. The
  // lock may be won with a snapshot from before the last winner's commit: `for no key update` then reads the
  // events again and skips those that are done, and the update of last_sequence adds to the newest value.
  // A disabled endpoint goes on counting, or it could never see what it missed; its deliveries wait untimed.
  text: `
    with turn as materialized (select pg_try_advisory_xact_lock($1) as is_ours),
    batch as materialized (
      select id, organization_id, livemode, merchant_id, type from events
      where fanned_out_at is null and (select is_ours from turn)
      order by id limit $3::int for no key update skip locked
    ),
    match as materialized (
      select e.id as webhook_endpoint_id, b.organization_id, b.id as event_id,
             row_number() over (partition by e.id order by b.id) as place
      from batch b join webhook_endpoints e
        on e.organization_id = b.organization_id and e.livemode = b.livemode and e.status <> 'deleted'
        and coalesce(e.merchant_id, '') = any (array['', coalesce(b.merchant_id, '')])
        and (e.enabled_events = '{}'
          or e.enabled_events && array[b.type, split_part(b.type, '.', 1) || '.*', '*'])
    ),
    counted as (
      update webhook_endpoints e set last_sequence = e.last_sequence + m.number
      from (select webhook_endpoint_id, count(*) as number from match group by 1) m
      where e.id = m.webhook_endpoint_id
      returning e.id, e.status, e.last_sequence - m.number as sequence_before
    ),
    delivery as (
      insert into webhook_deliveries
        (webhook_endpoint_id, sequence, organization_id, event_id, next_attempt_at, created_at, updated_at)
      select c.id, c.sequence_before + m.place, m.organization_id, m.event_id,
             case c.status when 'enabled' then $2::timestamptz end, $2::timestamptz, $2::timestamptz
      from match m join counted c on c.id = m.webhook_endpoint_id
    ),
    done as (update events set fanned_out_at = $2::timestamptz where id in (select id from batch))
    select count(*)::int as events from batch`,
};

/** Gives up to `limit` new events to their endpoints. How many: fewer than `limit` means that none is left. */
export async function fanOutEvents(tx: Tx, now: string, limit: number): Promise<number> {
  return (await tx.query<{ events: number }>(FAN_OUT, [FAN_OUT_LOCK, now, limit]))[0]?.events ?? 0;
}

export interface ClaimedDelivery extends Event {
  webhook_endpoint_id: string;
  sequence: number;
  attempts_made: number;
  round: number;
  url: string;
  secret_sealed: Buffer;
  previous_secret_expires_at: string | null;
  endpoint_version: number;
}

/** How much more a process wants to have in flight. */
export interface DeliveryRoom {
  total: number;
  /** For each endpoint of which nothing is said in `endpoints`. */
  per_endpoint: number;
  /** For all endpoints together that are marked as slow. */
  slow_total: number;
  endpoints: { id: string; room: number; is_slow: boolean }[];
}

const CLAIM: Statement = {
  name: 'claim_webhook_deliveries',
  // `waiting` steps from endpoint to endpoint and reads the earliest time of each: its cost is the number of
  // endpoints that wait for something, whatever lies behind them. Then everybody's first comes before
  // anybody's second.
  text: `
    with recursive waiting as (
      (select webhook_endpoint_id, next_attempt_at from webhook_deliveries
       where next_attempt_at is not null order by webhook_endpoint_id, next_attempt_at limit 1)
      union all
      select next.webhook_endpoint_id, next.next_attempt_at
      from waiting w cross join lateral (
        select d.webhook_endpoint_id, d.next_attempt_at from webhook_deliveries d
        where d.next_attempt_at is not null and d.webhook_endpoint_id > w.webhook_endpoint_id
        order by d.webhook_endpoint_id, d.next_attempt_at limit 1
      ) next
    ),
    due as (
      select d.webhook_endpoint_id, d.event_id, d.next_attempt_at, coalesce(known.is_slow, false) as is_slow,
             row_number() over (partition by d.webhook_endpoint_id order by d.next_attempt_at, d.sequence) as place
      from waiting w
      join webhook_endpoints e on e.id = w.webhook_endpoint_id and e.status = 'enabled'
      left join unnest($5::text[], $6::int[], $7::boolean[]) known (id, room, is_slow) on known.id = e.id
      cross join lateral (
        select webhook_endpoint_id, sequence, event_id, next_attempt_at from webhook_deliveries
        where webhook_endpoint_id = e.id and next_attempt_at <= $1::timestamptz
        order by next_attempt_at, sequence limit coalesce(known.room, $4::int) for update skip locked
      ) d
      where w.next_attempt_at <= $1::timestamptz
    ),
    chosen as (
      select webhook_endpoint_id, event_id
      from (select *, row_number() over (partition by is_slow order by place, next_attempt_at) as place_in_lane
            from due) ranked
      where not is_slow or place_in_lane <= $8::int
      order by place, next_attempt_at limit $3::int
    )
    update webhook_deliveries d set next_attempt_at = $2::timestamptz
    from chosen c join webhook_endpoints e on e.id = c.webhook_endpoint_id, events v
    where d.webhook_endpoint_id = c.webhook_endpoint_id and d.event_id = c.event_id and v.id = c.event_id
    returning d.webhook_endpoint_id, d.sequence, d.attempts_made, d.round, e.url, e.secret_sealed,
      e.previous_secret_expires_at, e.version as endpoint_version, v.id, v.organization_id, v.livemode, v.merchant_id, v.type,
      v.object_json, v.created_at`,
};

/** Takes due deliveries for making them now; they come back by themselves at `lease_until`. */
export async function claimWebhookDeliveries(
  tx: Tx,
  now: string,
  lease_until: string,
  room: DeliveryRoom,
): Promise<ClaimedDelivery[]> {
  return tx.query<ClaimedDelivery>(CLAIM, [
    now,
    lease_until,
    room.total,
    room.per_endpoint,
    room.endpoints.map((endpoint) => endpoint.id),
    room.endpoints.map((endpoint) => endpoint.room),
    room.endpoints.map((endpoint) => endpoint.is_slow),
    room.slow_total,
  ]);
}

/** What came of one attempt to deliver. */
export interface DeliveryOutcome {
  webhook_endpoint_id: string;
  delivered_event_id: string;
  /** Of the delivery and of its endpoint, as they were when the attempt began. */
  round: number;
  endpoint_version: number;
  status: 'pending' | 'succeeded' | 'failed';
  next_attempt_at: string | null;
  attempted_at: string;
  finished_at: string;
  duration_ms: number;
  response_status: number | null;
  error: string | null;
  /** Set: the endpoint is disabled with it, and an event and a mail say so. */
  disabled_reason: string | null;
  event_id: string | null;
  event_object_json: string | null;
  mail_id: string | null;
  mail_subject: string | null;
  mail_body: string | null;
}

const COUNTS = `o.round = d.round and d.status = 'pending'`;

const RECORD: Statement = {
  name: 'record_webhook_outcomes',
  // What has arrived has arrived, in whatever round, and also when its endpoint was deleted meanwhile. What failed
  // counts only for a delivery that is pending, and in the round that runs: another worker may have finished it after
  // a lapsed lease. The attempt is recorded all the same. Of several outcomes that disable one endpoint only one finds
  // it enabled and as it was, so there is one event and one mail.
  text: `
    with outcome as materialized (
      select * from json_to_recordset($1::json) as o (
        webhook_endpoint_id text, delivered_event_id text, round int, endpoint_version int, status text,
        next_attempt_at timestamptz, attempted_at timestamptz, finished_at timestamptz, duration_ms int,
        response_status smallint, error text, disabled_reason text, event_id text, event_object_json text,
        mail_id text, mail_subject text, mail_body text)
    ),
    delivery as (
      update webhook_deliveries d
      set status = case when o.status = 'succeeded' or (${COUNTS}) then o.status else d.status end,
          next_attempt_at = case when o.status = 'succeeded' or (${COUNTS}) then o.next_attempt_at
                            else d.next_attempt_at end,
          attempts_made = d.attempts_made + (${COUNTS})::int,
          attempts_before = d.attempts_before + (not (${COUNTS}))::int,
          updated_at = o.finished_at
      from outcome o
      where d.webhook_endpoint_id = o.webhook_endpoint_id and d.event_id = o.delivered_event_id
      returning d.sequence, d.attempts_before + d.attempts_made as attempt_number, d.organization_id,
        o.round = d.round and o.status = d.status as is_current, o.*
    ),
    attempt as (
      insert into webhook_delivery_attempts
        (webhook_endpoint_id, sequence, event_id, attempt_number, organization_id, response_status, error,
         duration_ms, attempted_at)
      select webhook_endpoint_id, sequence, delivered_event_id, attempt_number, organization_id, response_status,
             error, duration_ms, attempted_at
      from delivery
    ),
    disabled as (
      update webhook_endpoints e
      set status = 'disabled', disabled_reason = d.disabled_reason, version = e.version + 1,
          updated_at = d.finished_at
      from delivery d
      where e.id = d.webhook_endpoint_id and d.disabled_reason is not null and d.is_current
        and e.status = 'enabled' and e.version = d.endpoint_version
      returning e.organization_id, e.livemode, e.merchant_id, e.updated_at, d.event_id, d.event_object_json,
        d.mail_id, d.mail_subject, d.mail_body
    ),
    mail as (
      insert into mails
        (id, organization_id, livemode, recipient, subject, body, next_attempt_at, created_at, updated_at)
      select d.mail_id, d.organization_id, d.livemode, o.notification_email, d.mail_subject, d.mail_body,
             d.updated_at, d.updated_at, d.updated_at
      from disabled d join organizations o on o.id = d.organization_id
      where o.notification_email is not null
    )
    insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at)
    select event_id, organization_id, livemode, merchant_id, 'webhook_endpoint.disabled', event_object_json,
           updated_at
    from disabled`,
};

/** Writes down what came of attempts, all or none: the rows, the attempts, and endpoints that are given up. */
export async function recordDeliveryOutcomes(tx: Tx, outcomes: DeliveryOutcome[]): Promise<void> {
  await tx.query(RECORD, [JSON.stringify(outcomes)]);
}

const COUNT_BACKLOG: Statement = {
  name: 'count_webhook_backlog',
  // Bounded: that there is a backlog must be known, not its exact size at any price.
  text: `select count(*)::int as backlog from (
      select 1 from webhook_deliveries d join webhook_endpoints e on e.id = d.webhook_endpoint_id
      where d.next_attempt_at <= $1 and e.status = 'enabled' limit 100000) due`,
};

/** How many deliveries are due and not made, up to 100,000. */
export async function countWebhookBacklog(db: Db, now: string): Promise<number> {
  return (await db.query<{ backlog: number }>(COUNT_BACKLOG, [now]))[0]?.backlog ?? 0;
}

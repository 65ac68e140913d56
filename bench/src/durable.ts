// What must be in the database when the load is over: for every payment that was acknowledged its rows, no
// fewer and no more, and the settings under which a commit is on disk before it is acknowledged.
import type pg from 'pg';
import { type Subject, storeOf } from './subjects.ts';

export async function checkSettings(client: pg.Client): Promise<string> {
  const { rows } = await client.query<Record<string, string>>(
    `select current_setting('server_version') as version, current_setting('fsync') as fsync,
       current_setting('synchronous_commit') as synchronous_commit,
       current_setting('full_page_writes') as full_page_writes`,
  );
  const { version, ...settings } = rows[0] ?? {};
  for (const [name, value] of Object.entries(settings)) {
    if (value !== 'on') throw new Error(`${name} is ${value}: this would not measure durable commits`);
  }
  return `PostgreSQL ${version}, fsync and synchronous_commit on`;
}

/** True when nothing is left to do behind the scenes for what was acknowledged. */
export async function isAtRest(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ at_rest: boolean }>(
    `select not exists (select from events where fanned_out_at is null)
       and not exists (select from provider_notifications where worked_off_at is null) as at_rest`,
  );
  return rows[0]?.at_rest ?? false;
}

const COUNTS_OF_FLOOR = `select (select count(*) from payments)::int as payments,
  (select count(*) from idempotency_keys)::int as keys, (select count(*) from events)::int as events`;

const COUNTS_OF_GATEWAY = `
  with mine as (
    select id from payment_intents where merchant_store_id = $1 and status = $2
  )
  select (select count(*) from mine)::int as payments,
    (select count(*) from payment_attempts where payment_intent_id in (select id from mine))::int as attempts,
    (select count(*) from events e join mine on mine.id = e.object_json::json->>'id')::int as events`;

/** One sentence for each table that does not hold what was acknowledged. */
export async function findMissingRows(
  client: pg.Client,
  subject: Subject,
  acknowledged: number,
): Promise<string[]> {
  const confirmed = subject.confirm === null ? 0 : 1;
  const expected: Record<string, number> =
    subject.server === 'floor'
      ? { payments: acknowledged, keys: acknowledged, events: acknowledged }
      : {
          payments: acknowledged,
          attempts: acknowledged * confirmed,
          // Created, succeeded, and for a QR payment that it waits for the customer, unless he was faster.
          events: acknowledged * (1 + confirmed),
        };
  const { rows } =
    subject.server === 'floor'
      ? await client.query<Record<string, number>>(COUNTS_OF_FLOOR)
      : await client.query<Record<string, number>>(COUNTS_OF_GATEWAY, [
          storeOf(subject),
          subject.final_status,
        ]);
  const found = rows[0] ?? {};
  return Object.entries(expected).flatMap(([table, number]) => {
    const is_right =
      table === 'events' && subject.name === 'qr' ? Number(found[table]) >= number : found[table] === number;
    return is_right ? [] : [`${subject.title}: ${found[table]} ${table} in the database, expected ${number}`];
  });
}

/** Every request had a key and every backend's request a signature: the rows that guard repetition. */
export async function findMissingMarks(
  client: pg.Client,
  created: number,
  confirmed: number,
): Promise<string[]> {
  const { rows } = await client.query<{ keys: number; signatures: number }>(
    `select (select count(*) from idempotency_keys where response_status is not null)::int as keys,
       (select count(*) from request_signatures)::int as signatures`,
  );
  const { keys = 0, signatures = 0 } = rows[0] ?? {};
  return [
    ...(keys === created + confirmed ? [] : [`${keys} idempotency keys, expected ${created + confirmed}`]),
    ...(signatures === created ? [] : [`${signatures} request signatures, expected ${created}`]),
  ];
}

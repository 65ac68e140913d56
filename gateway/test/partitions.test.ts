// The tables that are cut by the month: that a database of before comes into pieces with all its rows, that there is
// a place for every event whatever the clock says, and that making pieces holds nobody up.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { keepPartitions } from '../src/application/retention.ts';
import { migrate } from '../src/db/migrate.ts';
import { makeIdBound, makeIdSource } from '../src/domain/id.ts';
import { createTestDatabase } from './support/database.ts';
import { startTestGateway } from './support/gateway.ts';
import { ROOT } from './support/sources.ts';
import { makeWebhookHarness, startReceiver } from './support/webhooks.ts';

const MIGRATIONS = join(ROOT, 'gateway/migrations');
const CUT = ['events', 'webhook_deliveries', 'webhook_delivery_attempts'];

const PIECES = `select t.relname as table_name, p.relname as name from pg_inherits i
  join pg_class p on p.oid = i.inhrelid join pg_class t on t.oid = i.inhparent
  where t.relkind = 'p' order by 1, 2`;

/** The rows of an old database: events of years ago, of this month, and one that a wrong clock put into the future. */
const OLD_ROWS = `
  insert into organizations (id, name, created_at) values ('org_1', 'Old', now());
  insert into webhook_endpoints (id, organization_id, livemode, url, secret_sealed, last_sequence, created_at, updated_at)
    values ('we_1', 'org_1', false, 'https://example.com/', '', 100, now(), now());
  insert into events (id, organization_id, livemode, type, object_json, created_at, fanned_out_at)
    select 'evt_01F' || lpad(n::text, 23, '0'), 'org_1', false, 'payment_intent.created', '{"n":' || n || '}', now(), now()
    from generate_series(1, 98) n;
  insert into events (id, organization_id, livemode, type, object_json, created_at)
    values ('evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ', 'org_1', false, 'payment_intent.created', '{}', now()),
      (concat('evt_', $$BOUND$$, '0000000000000000'), 'org_1', false, 'payment_intent.created', '{}', now());
  insert into webhook_deliveries (webhook_endpoint_id, sequence, organization_id, event_id, created_at, updated_at)
    select 'we_1', row_number() over (order by id), 'org_1', id, now(), now() from events;
  insert into webhook_delivery_attempts
    (webhook_endpoint_id, sequence, attempt_number, organization_id, duration_ms, attempted_at)
    select 'we_1', sequence, attempt, 'org_1', 10, now() from webhook_deliveries, generate_series(1, 2) attempt`;

const ALL_ROWS = `select
  (select json_agg(to_json(e) order by id) from events e) as events,
  (select json_agg(to_json(d) order by sequence) from webhook_deliveries d) as deliveries,
  (select json_agg(to_json(a)::jsonb - 'event_id' order by sequence, attempt_number) from webhook_delivery_attempts a)
    as attempts`;

test('a database of before is cut without losing a row', async (t) => {
  const database = await createTestDatabase('template0');
  const dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-before-'));
  const client = new pg.Client({ connectionString: database.url });
  t.after(async () => {
    await client.end();
    await database.drop();
    await rm(dir, { recursive: true, force: true });
  });
  for (const name of (await readdir(MIGRATIONS)).filter((file) => file < '0010')) {
    await cp(join(MIGRATIONS, name), join(dir, name));
  }
  await migrate(database.url, dir);
  await client.connect();
  const this_moment = makeIdBound('evt', Date.now()).slice('evt_'.length);
  await client.query(OLD_ROWS.replace('$$BOUND$$', `'${this_moment}'`));
  const [before] = (await client.query(ALL_ROWS)).rows;
  assert.equal(before.attempts.length, 200);

  await migrate(database.url);
  const [after] = (await client.query(ALL_ROWS)).rows;
  assert.deepEqual(after, before);
  const { rows: orphans } = await client.query(
    `select from webhook_delivery_attempts a where not exists (select from webhook_deliveries d
       where d.event_id = a.event_id and d.webhook_endpoint_id = a.webhook_endpoint_id and d.sequence = a.sequence)`,
  );
  assert.equal(orphans.length, 0, 'every attempt has found the event of its delivery');
  const { rows: places } = await client.query<{ piece: string; rows: number }>(
    'select tableoid::regclass::text as piece, count(*)::int as rows from events group by 1 order by 1',
  );
  assert.deepEqual(places, [
    { piece: 'events_before', rows: 99 },
    { piece: 'events_default', rows: 1 },
  ]);
});

test('a new database has a piece for this month, for three months ahead, and for what is in none', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const now = new Date();
  const months = [0, 1, 2, 3].map((ahead) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead))
      .toISOString()
      .slice(0, 7)
      .replace('-', '_'),
  );
  const expected = CUT.flatMap((table_name) =>
    [...months, 'default'].map((end) => ({ table_name, name: `${table_name}_${end}` })),
  );
  assert.deepEqual(await gateway.query(PIECES), expected);
});

const MONTHS_MADE: [instant: string, months: string[]][] = [
  ['1999-12-31T23:59:59.999Z', ['1999_12', '2000_01', '2000_02', '2000_03']],
  ['2026-03-01T00:00:00.000Z', ['2026_03', '2026_04', '2026_05', '2026_06']],
  ['2091-12-15T00:00:00.000Z', ['2091_12', '2092_01', '2092_02', '2092_03']],
];

for (const [instant, months] of MONTHS_MADE) {
  test(`events are kept and delivered when the clock says ${instant}`, async (t) => {
    const gateway = await makeWebhookHarness(t);
    gateway.clock.now_ms = Date.parse(instant);
    // A process that starts at that time: ids of one that ran before would go on from where they were.
    gateway.context.makeId = makeIdSource(gateway.context.now);
    const receiver = await startReceiver(t);
    const endpoint = await gateway.addEndpoint({ url: receiver.url });
    const early = await gateway.addEvents(2);
    // This month has events without a piece by now: they get none, and the next months do.
    await keepPartitions(gateway.context);
    const names = (await gateway.query<{ name: string }>(PIECES)).map(({ name }) => name);
    assert.deepEqual(
      CUT.map((table) => months.filter((month) => names.includes(`${table}_${month}`))),
      [months.slice(1), months, months],
    );
    assert.equal(await keepPartitions(gateway.context), 0, 'once is enough');
    gateway.clock.now_ms += 31 * 86_400_000;
    const later = await gateway.addEvents(2);
    await gateway.fanOut();
    assert.equal(await gateway.makeDelivery().deliver(), 4);
    const places = await gateway.query<{ piece: string; ids: string[] }>(
      'select tableoid::regclass::text as piece, array_agg(id order by id) as ids from events group by 1 order by min(id)',
    );
    assert.deepEqual(places[0], { piece: 'events_default', ids: early });
    assert.deepEqual(places[1]?.ids, later);
    assert.match(places[1]?.piece ?? '', /^events_\d{4}_\d\d$/);
    assert.deepEqual(
      (await gateway.deliveries(endpoint)).map(({ sequence, event_id, status }) => [
        sequence,
        event_id,
        status,
      ]),
      [...early, ...later].map((id, place) => [place + 1, id, 'succeeded']),
    );
    assert.deepEqual(
      (await gateway.attempts(endpoint)).map((attempt) => attempt.sequence),
      [1, 2, 3, 4],
    );
  });
}

test('two workers that make pieces at once make each once', async (t) => {
  const gateway = await startTestGateway(t, { replicas: 2 });
  const made = await Promise.all(gateway.replicas.map(({ context }) => keepPartitions(context)));
  const again = await Promise.all(gateway.replicas.map(({ context }) => keepPartitions(context)));
  assert.equal(
    [...made, ...again].reduce((sum, one) => sum + one),
    12,
  );
  assert.equal((await gateway.query(PIECES)).length, 3 * (5 + 4));
});

test('a piece that cannot be made at once holds up no payment, and is made the next time', async (t) => {
  const gateway = await startTestGateway(t, { replicas: 2 });
  const [, other] = gateway.replicas;
  assert.ok(other);
  await gateway.context.db.withTransaction(async (tx) => {
    // As a long report over the events would.
    await tx.query({ name: 'read_on', text: 'select from events_default limit 1' });
    assert.equal(await keepPartitions(other.context), 4 + 4, 'the two tables that nobody reads');
    await gateway.createIntent();
  });
  assert.equal(gateway.log.lines.filter((line) => line.msg?.startsWith('a partition is in use')).length, 4);
  // The event of the payment has come before the piece of its month.
  assert.equal(await keepPartitions(other.context), 3);
});

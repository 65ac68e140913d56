// What is forgotten, and when: events and deliveries by the month once all of it is past its time, never while
// something of it is still to be delivered, and never anything of the books.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepPartitions } from '../src/application/retention.ts';
import { startTestGateway } from './support/gateway.ts';
import { makeWebhookHarness, startReceiver, type WebhookHarness } from './support/webhooks.ts';

const DAY_MS = 86_400_000;

/** Where the rows of the cut tables lie, as a list of pieces that are not empty. */
const PLACES = `
  select tableoid::regclass::text as piece from events union select tableoid::regclass::text from webhook_deliveries
  union select tableoid::regclass::text from webhook_delivery_attempts order by 1`;

const placesOf = async (gateway: WebhookHarness) =>
  (await gateway.query<{ piece: string }>(PLACES)).map(({ piece }) => piece);

/** A harness whose pieces of January to April 2026 are made, with an endpoint and a receiver that answers as told. */
async function makeStage(t: Parameters<typeof makeWebhookHarness>[0]) {
  const gateway = await makeWebhookHarness(t);
  let answers = true;
  const receiver = await startReceiver(t, (response) => {
    response.statusCode = answers ? 200 : 500;
    response.end();
  });
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await keepPartitions(gateway.context);
  const answer = (well: boolean) => {
    answers = well;
  };
  return { gateway, endpoint, answer, retention_ms: gateway.context.config.retention_days * DAY_MS };
}

test('a month goes when all of it is past its time, and not a moment before', async (t) => {
  const { gateway, endpoint, retention_ms } = await makeStage(t);
  const [january] = await gateway.addEvents(1);
  gateway.clock.now_ms = Date.parse('2026-02-10T00:00:00Z');
  const [february] = await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  const of = (month: string) => [
    `events_${month}`,
    `webhook_deliveries_${month}`,
    `webhook_delivery_attempts_${month}`,
  ];
  assert.deepEqual(await placesOf(gateway), [...of('2026_01'), ...of('2026_02')].sort());

  gateway.clock.now_ms = Date.parse('2026-02-01T00:00:00Z') + retention_ms - 1;
  await keepPartitions(gateway.context);
  assert.deepEqual(
    (await gateway.deliveries(endpoint)).map(({ event_id }) => event_id),
    [january, february],
  );

  gateway.clock.now_ms += 1;
  await keepPartitions(gateway.context);
  assert.deepEqual(await placesOf(gateway), of('2026_02'));
  assert.deepEqual(
    (await gateway.deliveries(endpoint)).map(({ event_id }) => event_id),
    [february],
  );
  const left = await gateway.query(`select from pg_class where relname ~ '^retired_|_2026_01'`);
  assert.equal(left.length, 0, 'the pieces are dropped, with everything that hung on them');
});

test('a month with a delivery that is still to be made stays whole until it is made', async (t) => {
  const { gateway, endpoint, answer, retention_ms } = await makeStage(t);
  const ids = await gateway.addEvents(2);
  await gateway.fanOut();
  answer(false);
  const delivery = gateway.makeDelivery();
  await delivery.deliver();
  // Nobody worked for more than a year.
  gateway.clock.now_ms += retention_ms + 40 * DAY_MS;
  await keepPartitions(gateway.context);
  const kept = await gateway.deliveries(endpoint);
  assert.deepEqual(
    kept.map(({ event_id, status }) => [event_id, status]),
    ids.map((id) => [id, 'pending']),
  );
  assert.equal((await gateway.attempts(endpoint)).length, 2);
  answer(true);
  await delivery.deliver();
  await keepPartitions(gateway.context);
  assert.deepEqual(await placesOf(gateway), []);
});

test('an event that nobody was given yet keeps its month', async (t) => {
  const { gateway, endpoint, retention_ms } = await makeStage(t);
  await gateway.addEvents(1);
  gateway.clock.now_ms += retention_ms + 40 * DAY_MS;
  await keepPartitions(gateway.context);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  assert.equal((await gateway.deliveries(endpoint)).at(-1)?.status, 'succeeded');
});

test('what waits for a disabled endpoint is forgotten with its month', async (t) => {
  const { gateway, endpoint, retention_ms } = await makeStage(t);
  await gateway.query(`update webhook_endpoints set status = 'disabled' where id = $1`, [endpoint.id]);
  await gateway.addEvents(1);
  await gateway.fanOut();
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'pending');
  gateway.clock.now_ms += retention_ms + 40 * DAY_MS;
  await keepPartitions(gateway.context);
  assert.deepEqual(await gateway.deliveries(endpoint), []);
});

test('what has no piece is deleted when its time is over', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(3);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  const late = await gateway.addEvents(1);
  gateway.clock.now_ms += gateway.context.config.retention_days * DAY_MS - 1;
  const [young] = await gateway.addEvents(1);
  gateway.clock.now_ms += 1;
  await keepPartitions(gateway.context);
  assert.equal((await gateway.attempts(endpoint)).length, 3, 'the last moment is kept');
  gateway.clock.now_ms += 1;
  await keepPartitions(gateway.context);
  assert.deepEqual(await gateway.attempts(endpoint), []);
  const left = await gateway.query<{ id: string }>('select id from events order by id');
  assert.deepEqual(
    left.map(({ id }) => id),
    [...late, young],
    'what was not given to anybody yet stays, and what is younger',
  );
});

test('a piece that a worker had taken out when it died is dropped by the next one', async (t) => {
  const { gateway } = await makeStage(t);
  await gateway.query('alter table events detach partition events_2026_02');
  await gateway.query('alter table events_2026_02 rename to retired_events_2026_02');
  await gateway.query('create table retired_people (id int)');
  await keepPartitions(gateway.context);
  const left = await gateway.query<{ relname: string }>(
    `select relname from pg_class where relname like 'retired%'`,
  );
  assert.deepEqual(left, [{ relname: 'retired_people' }], 'and nothing that is not ours');
});

test('payments, their attempts and the audit log outlive every retention', async (t) => {
  const gateway = await startTestGateway(t, { config: { retention_days: 31 } });
  const intent = await gateway.createIntent();
  await gateway.terminalFor(intent).confirm({ payment_method_type: 'cash' });
  const books = () =>
    gateway.query(
      `select (select json_agg(p) from payment_intents p) as intents,
         (select json_agg(a) from payment_attempts a) as attempts, (select json_agg(l) from audit_log l) as audit`,
    );
  const before = await books();
  assert.equal((await gateway.eventsOf(intent)).length, 2);
  await gateway.query('update events set fanned_out_at = created_at');
  gateway.clock.advance(20 * 365 * DAY_MS);
  while ((await gateway.runJob('partitions')) > 0);
  while ((await gateway.runJob('purge')) > 0);
  assert.deepEqual(await gateway.eventsOf(intent), []);
  assert.deepEqual(await books(), before);
  assert.equal((await gateway.client.retrieve(intent.id)).json.status, 'succeeded');
});

test('an event that lies in the default piece stays while a delivery of it is still to be made', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(1);
  await gateway.fanOut();
  assert.deepEqual(await placesOf(gateway), ['events_default', 'webhook_deliveries_default']);
  gateway.clock.now_ms += (gateway.context.config.retention_days + 40) * DAY_MS;
  await keepPartitions(gateway.context);
  assert.equal(await gateway.makeDelivery().deliver(), 1);
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'succeeded');
  while ((await keepPartitions(gateway.context)) > 0);
  assert.deepEqual(await placesOf(gateway), []);
});

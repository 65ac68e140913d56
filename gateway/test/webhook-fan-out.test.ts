// How events become deliveries: which endpoint hears of what, under which number, whoever does the work.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeWebhookHarness } from './support/webhooks.ts';

test('sequences have no gap and no repetition under four workers at once', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoints = [];
  for (const enabled_events of [[], ['payment_intent.succeeded'], ['payment_intent.*']]) {
    endpoints.push(await gateway.addEndpoint({ url: 'https://hooks.example.com/', enabled_events }));
  }
  const ids: string[] = [];
  for (let round = 0; round < 10; round += 1) {
    const types = ['payment_intent.succeeded', 'late_payment.created'] as const;
    for (const type of types) ids.push(...(await gateway.addEvents(50, type)));
  }
  const work = async () => {
    const isEmpty = async () =>
      (await gateway.query('select 1 from events where fanned_out_at is null limit 1')).length === 0;
    while (!(await isEmpty())) await gateway.fanOut();
  };
  await Promise.all([work(), work(), work(), work()]);

  const counts = [];
  for (const endpoint of endpoints) {
    const deliveries = await gateway.deliveries(endpoint);
    counts.push(deliveries.length);
    deliveries.forEach((delivery, position) => {
      assert.equal(delivery.sequence, position + 1);
    });
    assert.equal((await gateway.endpoint(endpoint))?.last_sequence, deliveries.length);
    const order = deliveries.map((delivery) => delivery.event_id);
    assert.deepEqual(order, [...order].sort(), 'sequences follow the order of events');
    assert.equal(new Set(order).size, order.length);
  }
  assert.deepEqual(counts, [1_000, 500, 500]);
  assert.equal(ids.length, 1_000);
});

test('events that are written while others are fanned out keep every sequence whole', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  let is_writing = true;
  const write = async () => {
    for (let round = 0; round < 25; round += 1) await gateway.addEvents(4);
  };
  const work = async () => {
    while (is_writing) await gateway.fanOut();
  };
  const workers = [work(), work(), work()];
  await Promise.all([write(), write()]);
  is_writing = false;
  await Promise.all(workers);
  while ((await gateway.fanOut()) > 0);
  const sequences = (await gateway.deliveries(endpoint)).map((delivery) => delivery.sequence);
  assert.deepEqual(
    sequences,
    Array.from({ length: 200 }, (_, place) => place + 1),
  );
});

test('while one worker fans out the others leave it alone, so that sequences follow the events', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  const first_ids = await gateway.addEvents(2);
  let first: Promise<number> | undefined;
  let second_ids: string[] = [];
  await gateway.context.db.withTransaction(async (tx) => {
    // Somebody holds the endpoint's row, so the first worker comes to a stop half-way.
    const text = 'select 1 from webhook_endpoints where id = $1 for update';
    await tx.query({ name: 'hold_endpoint', text }, [endpoint.id]);
    first = gateway.fanOut();
    const waits =
      'select 1 from pg_locks where not granted and pid in (select pid from pg_stat_activity where datname = current_database())';
    while ((await gateway.query(waits)).length === 0);
    second_ids = await gateway.addEvents(2);
    assert.equal(await gateway.fanOut(), 0);
  });
  assert.equal(await first, 2);
  assert.equal(await gateway.fanOut(), 2);
  const order = (await gateway.deliveries(endpoint)).map((delivery) => delivery.event_id);
  assert.deepEqual(order, [...first_ids, ...second_ids]);
});

test('an endpoint hears only of its merchant, its types and its mode', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const url = 'https://hooks.example.com/';
  const all = await gateway.addEndpoint({ url });
  const star = await gateway.addEndpoint({ url, enabled_events: ['*'] });
  const merchant = await gateway.addEndpoint({ url, merchant_id: 'merchant_1' });
  const type = await gateway.addEndpoint({ url, enabled_events: ['payment_intent.failed'] });
  const family = await gateway.addEndpoint({ url, enabled_events: ['late_payment.*'] });
  const live = await gateway.addEndpoint({ url }, true);
  const paid_1 = await gateway.addEvents(1, 'payment_intent.succeeded', 'merchant_1');
  const failed_2 = await gateway.addEvents(1, 'payment_intent.failed', 'merchant_2');
  const late_2 = await gateway.addEvents(1, 'late_payment.created', 'merchant_2');
  await gateway.fanOut();
  const heard = async (endpoint: typeof all) =>
    (await gateway.deliveries(endpoint)).map((delivery) => delivery.event_id);
  assert.deepEqual(await heard(all), [...paid_1, ...failed_2, ...late_2]);
  assert.deepEqual(await heard(star), [...paid_1, ...failed_2, ...late_2]);
  assert.deepEqual(await heard(merchant), paid_1);
  assert.deepEqual(await heard(type), failed_2);
  assert.deepEqual(await heard(family), late_2);
  assert.deepEqual(await heard(live), []);
});

test('an event looks for its endpoints among its merchant’s and the organization’s, however many others there are', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const url = 'https://hooks.example.com/';
  const endpoint = await gateway.addEndpoint({ url, merchant_id: 'merchant_1' });
  await gateway.query(
    `insert into webhook_endpoints select copy.* from webhook_endpoints e, generate_series(1, 5000) n,
       jsonb_populate_record(null::webhook_endpoints,
         to_jsonb(e) || jsonb_build_object('id', 'we_' || n, 'merchant_id', 'merchant_' || n + 10)) copy`,
  );
  await gateway.query('analyze webhook_endpoints');
  await gateway.addEvents(500);
  const walked = async () => {
    await gateway.query('select pg_stat_force_next_flush()');
    const [row] = await gateway.query<{ rows: number }>(
      `select (idx_tup_fetch + seq_tup_read)::int as rows from pg_stat_user_tables where relname = 'webhook_endpoints'`,
    );
    return row?.rows ?? 0;
  };
  assert.equal(await gateway.fanOut(), 500);
  assert.equal((await gateway.deliveries(endpoint)).length, 500);
  assert.ok((await walked()) < 100_000, `${await walked()} endpoints were looked at`);
});

test('events that nobody wants are done with at once', async (t) => {
  const gateway = await makeWebhookHarness(t);
  await gateway.addEvents(3);
  assert.equal(await gateway.fanOut(), 3);
  assert.equal(await gateway.fanOut(), 0);
});

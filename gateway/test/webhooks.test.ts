// Webhooks as a merchant's server meets them: real HTTP, real signatures, a clock that the test moves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import type { NewWebhookEndpoint } from '../src/application/webhook-endpoints.ts';
import { GatewayError } from '../src/domain/error.ts';
import { MAX_WEBHOOK_ATTEMPTS, WEBHOOK_WAITS_SECONDS } from '../src/domain/retry-schedule.ts';
import { makeWebhookHarness, START_MS, startReceiver } from './support/webhooks.ts';

const status = (code: number, headers: Record<string, string> = {}) => ({
  answer: (response: import('node:http').ServerResponse) => response.writeHead(code, headers).end(),
});

test('an event is delivered at once, signed as Standard Webhooks says', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  const [event_id] = await gateway.addEvents(1);

  assert.equal(await gateway.fanOut(), 1);
  assert.equal(await gateway.makeDelivery().deliver(), 1);

  const [received] = receiver.received;
  assert.ok(received);
  assert.equal(received.path, '/hooks');
  assert.equal(received.headers['content-type'], 'application/json');
  assert.equal(received.headers['user-agent'], 'mpac-pgw-test');
  assert.equal(received.headers['webhook-id'], event_id);
  assert.equal(received.headers['webhook-timestamp'], String(Math.floor(START_MS / 1_000)));
  const theirs = new Webhook(endpoint.secret).sign(event_id ?? '', new Date(START_MS), received.body);
  assert.equal(received.headers['webhook-signature'], theirs);
  assert.deepEqual(JSON.parse(received.body), {
    id: event_id,
    type: 'payment_intent.succeeded',
    data: { object: { id: 'pi_1', amount: 1500, description: 'コーヒー' } },
    created: Math.floor(START_MS / 1_000),
    timestamp: '2026-01-15T10:00:00.250Z',
    livemode: false,
    sequence: 1,
  });
  assert.deepEqual(await gateway.deliveries(endpoint), [
    { sequence: 1, event_id, status: 'succeeded', attempts_made: 1, next_attempt_at: null },
  ]);
  assert.equal(await gateway.makeDelivery().deliver(), 0, 'nothing is delivered twice');
});

test('a failing endpoint is tried by the table, with the same bytes, then disabled with an event', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t, status(500).answer);
  const watcher = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({
    url: receiver.url,
    enabled_events: ['payment_intent.succeeded'],
  });
  const other = await gateway.addEndpoint({
    url: watcher.url,
    enabled_events: ['webhook_endpoint.disabled'],
  });
  const [event_id] = await gateway.addEvents(1);
  await gateway.fanOut();
  const delivery = gateway.makeDelivery();

  assert.equal(await delivery.deliver(), 1);
  for (const [position, wait] of WEBHOOK_WAITS_SECONDS.entries()) {
    gateway.clock.now_ms += wait * 1_000 - 1;
    assert.equal(await delivery.deliver(), 0, `attempt ${position + 2} is not a millisecond early`);
    gateway.clock.now_ms += 1;
    assert.equal(await delivery.deliver(), 1, `attempt ${position + 2} is made after ${wait} s`);
  }

  assert.equal(receiver.received.length, MAX_WEBHOOK_ATTEMPTS);
  assert.equal(new Set(receiver.received.map((one) => one.body)).size, 1);
  assert.deepEqual([...new Set(receiver.received.map((one) => one.headers['webhook-id']))], [event_id]);
  for (const one of receiver.received) {
    const attempted_at = new Date(Number(one.headers['webhook-timestamp']) * 1_000);
    const theirs = new Webhook(endpoint.secret).sign(event_id ?? '', attempted_at, one.body);
    assert.equal(one.headers['webhook-signature'], theirs);
  }
  const timestamps = new Set(receiver.received.map((one) => one.headers['webhook-timestamp']));
  assert.equal(timestamps.size, MAX_WEBHOOK_ATTEMPTS, 'each attempt has its own time');
  const attempts = await gateway.attempts(endpoint);
  assert.deepEqual(
    attempts.map((attempt) => [attempt.attempt_number, attempt.response_status]),
    Array.from({ length: MAX_WEBHOOK_ATTEMPTS }, (_, place) => [place + 1, 500]),
  );
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'failed');
  assert.deepEqual(await gateway.endpoint(endpoint), {
    status: 'disabled',
    disabled_reason: 'attempts_exhausted',
    last_sequence: 1,
  });

  await gateway.fanOut();
  await delivery.deliver();
  const told = JSON.parse(watcher.received[0]?.body ?? '{}');
  assert.equal(told.type, 'webhook_endpoint.disabled');
  assert.equal(told.sequence, 1);
  assert.equal(told.data.object.id, endpoint.id);
  assert.equal(told.data.object.status, 'disabled');
  assert.equal(told.data.object.disabled_reason, 'attempts_exhausted');
  assert.ok(!('secret' in told.data.object));
  assert.equal((await gateway.deliveries(other))[0]?.status, 'succeeded');
});

test('410 disables the endpoint at once; what comes later is counted but waits', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t, status(410).answer);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(2);
  await gateway.fanOut();
  const delivery = gateway.makeDelivery();
  await delivery.deliver();
  assert.deepEqual(await gateway.endpoint(endpoint), {
    status: 'disabled',
    disabled_reason: 'answered_gone',
    last_sequence: 2,
  });
  const events = await gateway.query("select 1 from events where type = 'webhook_endpoint.disabled'");
  assert.equal(events.length, 1, 'two answers at the same time are told once');

  await gateway.addEvents(1);
  await gateway.fanOut();
  assert.equal(await delivery.deliver(), 0);
  const [, , told, later] = await gateway.deliveries(endpoint);
  assert.deepEqual([told?.sequence, told?.status, told?.next_attempt_at], [3, 'pending', null]);
  assert.deepEqual([later?.sequence, later?.status, later?.next_attempt_at], [4, 'pending', null]);
});

test('a redirect is a failure and is not followed', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const elsewhere = await startReceiver(t);
  const receiver = await startReceiver(t, status(307, { location: elsewhere.url }).answer);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  assert.equal(elsewhere.received.length, 0);
  assert.deepEqual(await gateway.attempts(endpoint), [
    {
      sequence: 1,
      attempt_number: 1,
      response_status: 307,
      error: 'The answer was a redirect, which is not followed.',
    },
  ]);
  assert.equal((await gateway.deliveries(endpoint))[0]?.next_attempt_at, '2026-01-15T10:00:05.250Z');
});

test('Retry-After delays the next attempt, in seconds or as a date, and never hastens it', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const cases = [
    ['120', '2026-01-15T10:02:00.250Z'],
    ['Thu, 15 Jan 2026 10:10:00 GMT', '2026-01-15T10:10:00.000Z'],
    ['1', '2026-01-15T10:00:05.250Z'],
    ['Wed, 14 Jan 2026 10:10:00 GMT', '2026-01-15T10:00:05.250Z'],
    ['soon', '2026-01-15T10:00:05.250Z'],
  ] as const;
  const endpoints = [];
  for (const [retry_after] of cases) {
    const receiver = await startReceiver(t, status(503, { 'retry-after': retry_after }).answer);
    endpoints.push(await gateway.addEndpoint({ url: receiver.url }));
  }
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  for (const [position, [retry_after, next]] of cases.entries()) {
    const [delivery] = await gateway.deliveries(endpoints[position] ?? { id: '', secret: '' });
    assert.equal(delivery?.next_attempt_at, next, retry_after);
  }
});

test('an endless answer is cut and its status counts', async (t) => {
  const gateway = await makeWebhookHarness(t);
  let sent = 0;
  const receiver = await startReceiver(t, (response) => {
    response.writeHead(200);
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
    };
    response.on('drain', pour);
    pour();
  });
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'succeeded');
  assert.ok(sent < 64 * 1024 * 1024, `${sent} bytes went out before the connection was cut`);
});

test('an answer that only drips is cut at the deadline and is a failure', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t, (response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 10);
    response.on('close', () => clearInterval(drip));
  });
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery({ deadline_ms: 150 }).deliver();
  const [attempt] = await gateway.attempts(endpoint);
  assert.deepEqual([attempt?.response_status, attempt?.error], [null, 'No complete answer within 150 ms.']);
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'pending');
});

test('an address inside a private network is refused when connecting, and told to the merchant', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  // As if the name had led somewhere public when it was registered and leads inside now.
  await gateway.query("update webhook_endpoints set url = 'https://10.0.0.1/' where id = $1", [endpoint.id]);
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  const [attempt] = await gateway.attempts(endpoint);
  assert.equal(attempt?.error, 'The address is not public (private).');
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'pending');
});

test('a delivery whose worker died is made again with the same id and bytes', async (t) => {
  const gateway = await makeWebhookHarness(t);
  let first = true;
  const receiver = await startReceiver(t, (response) => {
    // The first worker dies before it hears the answer, so the answer never comes.
    if (!first) response.end();
    first = false;
  });
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(1);
  await gateway.fanOut();
  const dead = gateway.makeDelivery({ deadline_ms: 60_000 });
  await dead.claim();
  await receiver.arrived(1);

  const living = gateway.makeDelivery();
  assert.equal(await living.deliver(), 0, 'the lease holds');
  gateway.clock.now_ms += 60_000 + 45_000;
  assert.equal(await living.deliver(), 1, 'the lease has lapsed');
  const [one, two] = receiver.received;
  assert.equal(one?.headers['webhook-id'], two?.headers['webhook-id']);
  assert.equal(one?.body, two?.body);
  assert.equal((await gateway.deliveries(endpoint))[0]?.status, 'succeeded');

  receiver.cutConnections();
  await dead.drain();
  const [delivery] = await gateway.deliveries(endpoint);
  assert.equal(delivery?.status, 'succeeded', 'the late failure of the first changes nothing');
  assert.equal(delivery?.attempts_made, 1);
});

test('a dead endpoint with a backlog does not delay a living one', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const hanging = await startReceiver(t, () => {});
  const living = await startReceiver(t);
  await gateway.addEndpoint({ url: hanging.url });
  const endpoint = await gateway.addEndpoint({
    url: living.url,
    enabled_events: ['payment_intent.cancelled'],
  });
  await gateway.addEvents(200);
  await gateway.fanOut();
  const delivery = gateway.makeDelivery({ concurrency: 16, per_endpoint: 4 });
  assert.equal(await delivery.claim(), 4, 'the dead endpoint gets its four places and no more');
  await hanging.arrived(4);

  await gateway.addEvents(6, 'payment_intent.cancelled');
  await gateway.fanOut();
  assert.equal(await delivery.claim(), 4);
  await living.arrived(4);
  hanging.cutConnections();
  await delivery.drain();
  assert.equal((await gateway.deliveries(endpoint)).filter((one) => one.status === 'succeeded').length, 4);
});

test('any number of dead endpoints leaves half of the places to the living', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const answers: (() => void)[] = [];
  let hang = false;
  const dead = await startReceiver(t, (response) => {
    const fail = () => response.writeHead(500).end();
    if (hang) answers.push(fail);
    else fail();
  });
  const living = await startReceiver(t);
  for (let count = 0; count < 6; count += 1) {
    await gateway.addEndpoint({ url: dead.url, enabled_events: ['payment_intent.failed'] });
  }
  await gateway.addEndpoint({ url: living.url, enabled_events: ['payment_intent.succeeded'] });
  await gateway.addEvents(1, 'payment_intent.failed');
  await gateway.fanOut();
  const delivery = gateway.makeDelivery({ concurrency: 8, per_endpoint: 4 });
  assert.equal(await delivery.deliver(), 6, 'they are found to be failing');

  hang = true;
  await gateway.addEvents(20, 'payment_intent.failed');
  await gateway.fanOut();
  assert.equal(await delivery.claim(), 4);
  assert.equal(await delivery.claim(), 0, 'all failing endpoints together have half of the places');
  await gateway.addEvents(10);
  await gateway.fanOut();
  assert.equal(await delivery.claim(), 4);
  await living.arrived(4);
  await dead.arrived(10);
  for (const answer of answers) answer();
  await delivery.drain();
});

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

test('events that nobody wants are done with at once', async (t) => {
  const gateway = await makeWebhookHarness(t);
  await gateway.addEvents(3);
  assert.equal(await gateway.fanOut(), 3);
  assert.equal(await gateway.fanOut(), 0);
});

test('a signing secret lies sealed in the database', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  assert.match(endpoint.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const [row] = await gateway.query<{ text: string }>(
    "select encode(secret_sealed, 'escape') || webhook_endpoints::text as text from webhook_endpoints",
  );
  assert.ok(row && !row.text.includes(endpoint.secret) && !row.text.includes(endpoint.secret.slice(6)));
});

test('an endpoint that could not work is refused with the field that is wrong', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const url = 'https://hooks.example.com/';
  const refusals: [NewWebhookEndpoint, string][] = [
    [{ url: 'http://hooks.example.com/' }, 'url'],
    [{ url: 'https://192.168.0.1/' }, 'url'],
    [{ url: `${url}${'a'.repeat(2_048)}` }, 'url'],
    [{ url, enabled_events: ['payment_intent.paid'] }, 'enabled_events.0'],
    [{ url, enabled_events: ['*', 'payment_*'] }, 'enabled_events.1'],
    [{ url, enabled_events: ['*', 'payment_intent.failed', '*'] }, 'enabled_events.2'],
    [{ url, merchant_id: 'merchant_9' }, 'merchant_id'],
  ];
  for (const [wanted, field] of refusals) {
    await assert.rejects(gateway.addEndpoint(wanted), (error: unknown) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual([error.name_in_table, error.details.field], ['invalid_request', field]);
      return true;
    });
  }
  for (let count = 0; count < 16; count += 1) await gateway.addEndpoint({ url });
  await assert.rejects(gateway.addEndpoint({ url }), /16 webhook endpoints/);
  await gateway.addEndpoint({ url }, true);
});

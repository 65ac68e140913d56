// Deliveries as a merchant's server meets them: real HTTP, real signatures, a clock that the test moves.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { measureWebhookBacklog } from '../src/application/webhook-deliveries.ts';
import { MAX_WEBHOOK_ATTEMPTS, WEBHOOK_WAITS_SECONDS } from '../src/domain/retry-schedule.ts';
import { makeWebhookHarness, START_MS, startReceiver } from './support/webhooks.ts';

/** A receiver's way of answering everything with one status. */
function always(status: number, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => void response.writeHead(status, headers).end();
}

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
  const receiver = await startReceiver(t, always(500));
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
  const receiver = await startReceiver(t, always(410));
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
  const receiver = await startReceiver(t, always(307, { location: elsewhere.url }));
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
    const receiver = await startReceiver(t, always(503, { 'retry-after': retry_after }));
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
  assert.deepEqual(
    (await gateway.attempts(endpoint)).map((attempt) => [attempt.attempt_number, attempt.response_status]),
    [
      [1, 200],
      [2, null],
    ],
    'but it is recorded like every attempt',
  );
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

test('a fault of our own is no attempt, and does not use the schedule up', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const receiver = await startReceiver(t);
  const moved = await gateway.addEndpoint({ url: receiver.url });
  const whole = await gateway.addEndpoint({ url: receiver.url });
  // A sealed secret opens only in the row that it was sealed for.
  await gateway.query(
    'update webhook_endpoints set secret_sealed = (select secret_sealed from webhook_endpoints where id = $2) where id = $1',
    [moved.id, whole.id],
  );
  await gateway.addEvents(1);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  assert.deepEqual(await gateway.attempts(moved), []);
  const [waiting] = await gateway.deliveries(moved);
  assert.deepEqual([waiting?.status, waiting?.attempts_made], ['pending', 0]);
  assert.ok(waiting?.next_attempt_at, 'it comes back when its lease runs out');
  assert.equal((await gateway.deliveries(whole))[0]?.status, 'succeeded');
  const failures = (await gateway.context.metrics.job_failures.get()).values;
  assert.deepEqual(
    failures.map(({ labels, value }) => [labels.job, value]),
    [['deliveries', 1]],
  );
});

test('the metrics tell results and what is due', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const failing = await startReceiver(t, always(500));
  const gone = await startReceiver(t, always(410));
  const fine = await startReceiver(t);
  for (const { url } of [failing, gone, fine]) await gateway.addEndpoint({ url });
  const backlog = async () => {
    await measureWebhookBacklog(gateway.context);
    return (await gateway.context.metrics.webhook_backlog.get()).values[0]?.value;
  };
  await gateway.addEvents(1);
  await gateway.fanOut();
  assert.equal(await backlog(), 3);
  await gateway.makeDelivery().deliver();
  assert.equal(await backlog(), 0, 'what waits for its next attempt is not due');
  gateway.clock.now_ms += 5_000;
  assert.equal(await backlog(), 1);
  const results = (await gateway.context.metrics.webhook_deliveries.get()).values;
  assert.deepEqual(results.map(({ labels, value }) => [labels.result, value]).sort(), [
    ['failed', 1],
    ['succeeded', 1],
    ['to_be_retried', 1],
  ]);
});

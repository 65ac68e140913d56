// One receiver never delays another: a worker that runs by itself, receivers that are dead or never answer, and
// living ones that must hear of everything at once. No clock is moved and nothing is waited for but arrivals.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { align_deliveries } from '../src/jobs/align-deliveries.ts';
import { type DeliveryOptions, makeDeliverWebhooksJob } from '../src/jobs/deliver-webhooks.ts';
import { fan_out_events } from '../src/jobs/fan-out-events.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { makeWebhookHarness, startReceiver, type WebhookHarness } from './support/webhooks.ts';

/** The worker's own loops. A hanging receiver is given up only after the test. */
function startDelivering(t: TestContext, gateway: WebhookHarness, options: DeliveryOptions = {}) {
  const deliveries = makeDeliverWebhooksJob(gateway.context, { deadline_ms: 60_000, ...options });
  const jobs = [fan_out_events, align_deliveries, deliveries];
  const worker = startWorker(gateway.context, { jobs, drain_ms: 100 });
  t.after(() => worker.stop());
}

/** An address on which nobody listens. */
async function startDead(t: TestContext): Promise<{ url: string }> {
  const receiver = await startReceiver(t);
  receiver.close();
  return receiver;
}

test('a dead and a hanging endpoint keep nothing from a living one, over hundreds of events', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const hanging = await startReceiver(t, () => {});
  const living = await startReceiver(t);
  const dead = await gateway.addEndpoint({ url: (await startDead(t)).url });
  const hung = await gateway.addEndpoint({ url: hanging.url });
  const endpoint = await gateway.addEndpoint({ url: living.url });
  startDelivering(t, gateway);
  for (let round = 0; round < 6; round += 1) await gateway.addEvents(100);
  await living.arrived(600);

  const sequences = new Set(living.received.map(({ body }) => JSON.parse(body).sequence));
  assert.equal(sequences.size, 600, 'each of them, once');
  const statusOf = async (one: typeof endpoint) => {
    const rows = await gateway.deliveries(one);
    return [rows.length, rows.filter(({ status }) => status === 'succeeded').length];
  };
  assert.deepEqual(await statusOf(dead), [600, 0]);
  assert.deepEqual(await statusOf(hung), [600, 0]);
  assert.ok(hanging.received.length <= 10, `${hanging.received.length} places for the one that hangs`);
  hanging.cutConnections();
});

test('receivers that all fall silent at once hold nobody up for longer than their patience', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const hanging = await startReceiver(t, () => {});
  const living = await startReceiver(t);
  // Six endpoints with four places each would take all sixteen places until their deadline, a minute later.
  for (let count = 0; count < 6; count += 1) {
    await gateway.addEndpoint({ url: hanging.url, enabled_events: ['payment_intent.failed'] });
  }
  await gateway.addEndpoint({ url: living.url, enabled_events: ['payment_intent.succeeded'] });
  startDelivering(t, gateway, { concurrency: 16, per_endpoint: 4, patience_ms: 200 });
  await gateway.addEvents(50, 'payment_intent.failed');
  await hanging.arrived(16);
  await gateway.addEvents(200);
  await living.arrived(200);
  assert.ok(hanging.received.length <= 24, `${hanging.received.length} are in flight to those that hang`);
  hanging.cutConnections();
});

test('what waits for endpoints that are off costs those that are on nothing', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const gone = await startReceiver(t, (response) => void response.writeHead(410).end());
  const living = await startReceiver(t);
  const off = await gateway.addEndpoint({ url: gone.url });
  await gateway.addEvents(300);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  const timed = async () =>
    (await gateway.deliveries(off)).filter(({ next_attempt_at }) => next_attempt_at !== null).length;
  assert.ok((await timed()) > 0);
  while ((await align_deliveries.run(gateway.context)) > 0);
  assert.equal(await timed(), 0, 'they are out of the schedule');

  await gateway.addEndpoint({ url: living.url });
  startDelivering(t, gateway);
  await gateway.addEvents(100);
  await living.arrived(100);
});

test('of how many endpoints it is remembered that they did badly has a bound', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const failing = await startReceiver(t, (response) => void response.writeHead(500).end());
  for (let count = 0; count < 2; count += 1) await gateway.addEndpoint({ url: failing.url });
  const delivery = gateway.makeDelivery({ concurrency: 32, per_endpoint: 4, remembered: 1 });
  await gateway.addEvents(1);
  await gateway.fanOut();
  assert.equal(await delivery.deliver(), 2);
  await gateway.addEvents(10);
  await gateway.fanOut();
  assert.equal(await delivery.deliver(), 6, 'four places for the one that is forgotten, two for the other');
});

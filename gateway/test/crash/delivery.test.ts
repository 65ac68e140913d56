// The crash map behind the second write: before the fan-out, while the merchant's server holds an answer back,
// and between its answer and our note of it. An event may come twice; it never comes as another.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { type GatewayProcess, startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { startReceiver } from '../support/webhooks.ts';
import {
  assertEventsToldAll,
  assertMoneyAddsUp,
  CASH,
  type CrashStage,
  makeCrashStage,
} from './crash-stage.ts';

async function payInCash(stage: CrashStage, gateway: GatewayProcess): Promise<string> {
  const client = stage.clientAt(gateway);
  const created = await client.create(stage.newOrder());
  const confirmed = await client.confirm(created.json.id, CASH);
  assert.equal(confirmed.json.status, 'succeeded', confirmed.text);
  return created.json.id;
}

/** An API without workers that has taken cash and is killed; the merchant's server waits for the events. */
async function payAndKill(t: TestContext, answer?: (response: ServerResponse) => void) {
  const stage = await makeCrashStage(t);
  const receiver = await startReceiver(t, answer);
  await stage.addEndpoint(receiver.url);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await payInCash(stage, gateway);
  await gateway.kill();
  return { stage, receiver, id };
}

test('events that were written before the kill are delivered by the worker that comes', async (t) => {
  const { stage, receiver, id } = await payAndKill(t);
  const unsent = await stage.query('select id from events where fanned_out_at is null');
  assert.ok(unsent.length > 0);
  assert.equal(receiver.received.length, 0);
  await startWorkerProcess(t, stage.env);
  await stage.deliverAll();
  await assertEventsToldAll(stage, receiver.received);
  await assertMoneyAddsUp(stage, [id]);
});

test('a worker that is killed in its fan-out gives no number twice and leaves none out', async (t) => {
  const { stage, receiver } = await payAndKill(t);
  const lock = await stage.hold('lock table webhook_deliveries in exclusive mode');
  const worker = await startWorkerProcess(t, stage.env);
  await lock.isInTheWay();
  await worker.kill();
  await lock.dropWaiting();
  await startWorkerProcess(t, stage.env);
  await stage.deliverAll();
  await assertEventsToldAll(stage, receiver.received);
});

test('a delivery that the kill cut off is made again, with the same id and the same bytes', async (t) => {
  let holding = true;
  const { stage, receiver } = await payAndKill(t, (response) => {
    if (!holding) response.end('ok');
  });
  const worker = await startWorkerProcess(t, stage.env);
  await receiver.arrived(1);
  await worker.kill();
  const cut_off = receiver.received.map(({ headers }) => headers['webhook-id']);
  holding = false;
  await stage.passTime();
  await startWorkerProcess(t, stage.env);
  await stage.deliverAll();
  const afterwards = receiver.received.slice(cut_off.length).map(({ headers }) => headers['webhook-id']);
  for (const event_id of cut_off) assert.ok(afterwards.includes(event_id));
  await assertEventsToldAll(stage, receiver.received);
});

test('a delivery that was answered but not noted is made again, and noted once', async (t) => {
  const { stage, receiver } = await payAndKill(t);
  // The row is claimed by an update, so the lock is taken once the delivery is on its way.
  const answers: ServerResponse[] = [];
  const slow = await startReceiver(t, (response) => void answers.push(response));
  await stage.query('update webhook_endpoints set url = $1', [slow.url]);
  const worker = await startWorkerProcess(t, stage.env);
  await slow.arrived(1);
  const lock = await stage.hold('select from webhook_deliveries for update');
  for (const response of answers) response.end('ok');
  await lock.isInTheWay();
  await worker.kill();
  await lock.dropWaiting();
  const noted = await stage.query(`select from webhook_deliveries where status <> 'pending'`);
  assert.equal(noted.length, 0, 'what the merchant answered was never noted');

  await stage.query('update webhook_endpoints set url = $1', [receiver.url]);
  await stage.passTime();
  await startWorkerProcess(t, stage.env);
  await stage.deliverAll();
  const both = [...slow.received, ...receiver.received];
  assert.ok(both.length > receiver.received.length);
  await assertEventsToldAll(stage, both);
  const attempts = await stage.query('select from webhook_delivery_attempts');
  assert.equal(attempts.length, receiver.received.length);
});

test('a confirm that is killed between its commit and its answer is told to the merchant all the same', async (t) => {
  const stage = await makeCrashStage(t);
  const receiver = await startReceiver(t);
  await stage.addEndpoint(receiver.url);
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const { id } = (await client.create(stage.newOrder())).json as { id: string };
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  const lost = assert.rejects(client.confirm(id, CASH, { idempotency_key: 'k' }), TypeError);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.letPass();
  await lost;

  const again = await startGateway(t, 'start', stage.env);
  const retry = await stage.clientAt(again).confirm(id, CASH, { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'succeeded']);
  assert.equal(retry.headers.get('idempotency-replayed'), 'true');
  await waitUntil('both events', async () => receiver.received.length >= 2);
  await stage.deliverAll();
  await assertEventsToldAll(stage, receiver.received);
  await assertMoneyAddsUp(stage, [id]);
});

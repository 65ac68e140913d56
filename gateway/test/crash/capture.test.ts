// The crash map of capturing and releasing what a provider holds: killed before the first write, between the writes
// before or after PayPay heard of it, and after the second write. Money is taken once, as much as was asked for.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, makeCrashStage, QR } from './crash-stage.ts';

const KEY = { idempotency_key: 'k' };
const PART = { amount: 400 };

/** A gateway without workers, and an intent whose money PayPay holds. */
async function holdMoney(t: TestContext) {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const created = await client.create({ ...stage.newOrder(), capture_method: 'manual' });
  const { id } = created.json as { id: string };
  const confirmed = await client.confirm(id, QR);
  const code = String(confirmed.json.qr_content);
  await stage.paypay.pay(code);
  const worker = await startWorkerProcess(t, stage.env);
  await stage.passTime();
  await waitUntil('the hold', async () => (await client.retrieve(id)).json.amount_capturable === 1_000);
  await worker.kill();
  const captured = async () => (await stage.paypay.find(code)).captured;
  return { stage, gateway, client, id, code, captured };
}

const isInDoubt = async (stage: Awaited<ReturnType<typeof makeCrashStage>>, id: string) =>
  (await stage.intent(id))?.outcome === 'unknown';

test('a capture that is killed before its write leaves the money held, and its retry takes it', async (t) => {
  const { stage, gateway, client, id, captured } = await holdMoney(t);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  const lost = assert.rejects(client.capture(id, PART, KEY), TypeError);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.dropWaiting();
  await lost;
  assert.equal(await stage.paypay.calls('capture_payment'), 0);

  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  assert.equal((await again.retrieve(id)).json.amount_capturable, 1_000);
  const retry = await again.capture(id, PART, KEY);
  assert.deepEqual([retry.status, retry.json.amount_received, await captured()], [200, 400, 400], retry.text);
  await assertMoneyAddsUp(stage, [id]);
});

test('a capture that never reached the provider is asked for again by the resolver', async (t) => {
  const { stage, gateway, client, id, captured } = await holdMoney(t);
  await stage.paypay.setFault('hang', { endpoint: 'capture_payment', times: 1 });
  const lost = assert.rejects(client.capture(id, PART, KEY), TypeError);
  await waitUntil('the request', async () => (await stage.paypay.calls('capture_payment')) === 1);
  await gateway.kill();
  await lost;
  assert.deepEqual([await isInDoubt(stage, id), await captured()], [true, null]);

  const again = await startGateway(t, 'start', stage.env);
  await stage.settle();
  assert.equal(await captured(), 400);
  const retry = await stage.clientAt(again).capture(id, PART, KEY);
  assert.deepEqual([retry.status, retry.json.amount_received], [200, 400], retry.text);
  await assertMoneyAddsUp(stage, [id]);
});

test('a capture whose answer the dead process never read is found by the resolver, and taken once', async (t) => {
  const { stage, gateway, client, id, captured } = await holdMoney(t);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'capture_payment', times: 1 });
  const lost = assert.rejects(client.capture(id, PART, KEY), TypeError);
  await waitUntil('the capture', async () => (await captured()) === 400);
  await gateway.kill();
  await lost;
  assert.equal(await isInDoubt(stage, id), true);

  const again = await startGateway(t, 'start', stage.env);
  await stage.settle();
  const { json } = await stage.clientAt(again).retrieve(id);
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 400]);
  assert.equal(await stage.paypay.calls('capture_payment'), 1);
  await assertMoneyAddsUp(stage, [id]);
});

test('a capture whose outcome was known but not written is finished by its retry', async (t) => {
  const { stage, gateway, client, id, captured } = await holdMoney(t);
  await stage.paypay.setFault('slow', { endpoint: 'capture_payment', times: 1, ms: 600 });
  const lost = assert.rejects(client.capture(id, PART, KEY), TypeError);
  await waitUntil('the capture', async () => (await captured()) === 400);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.dropWaiting();
  await lost;

  await stage.passTime();
  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const other = await again.capture(id, { amount: 1_000 });
  assert.deepEqual(
    [other.status, other.json.details.status],
    [409, 'processing'],
    'another capture is refused',
  );
  const retry = await again.capture(id, PART, KEY);
  assert.deepEqual([retry.status, retry.json.amount_received], [200, 400], retry.text);
  const replay = await again.capture(id, PART, KEY);
  assert.deepEqual([replay.text, replay.headers.get('idempotency-replayed')], [retry.text, 'true']);
  await assertMoneyAddsUp(stage, [id]);
});

test('a capture that was written but never answered is answered to its retry', async (t) => {
  const { stage, gateway, client, id, captured } = await holdMoney(t);
  await stage.paypay.setFault('slow', { endpoint: 'capture_payment', times: 1, ms: 600 });
  const lost = assert.rejects(client.capture(id, PART, KEY), TypeError);
  await waitUntil('the capture', async () => (await captured()) === 400);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.letPass();
  await lost;
  assert.equal((await stage.intent(id))?.status, 'succeeded');

  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const retry = await again.capture(id, PART, KEY);
  assert.deepEqual([retry.status, retry.json.amount_received], [200, 400], retry.text);
  assert.equal(retry.headers.get('idempotency-replayed'), 'true');
  await assertMoneyAddsUp(stage, [id]);
});

test('a release that is killed after the provider let the money go is seen through', async (t) => {
  const { stage, gateway, client, id, code } = await holdMoney(t);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'revert_authorization', times: 1 });
  const lost = assert.rejects(client.cancel(id, {}, KEY), TypeError);
  await waitUntil('the release', async () => (await stage.paypay.find(code)).phase === 'released');
  await gateway.kill();
  await lost;
  assert.equal(await isInDoubt(stage, id), true);

  const again = await startGateway(t, 'start', stage.env);
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'cancelled');
  const retry = await stage.clientAt(again).cancel(id, {}, KEY);
  assert.deepEqual([retry.status, retry.json.status], [200, 'cancelled'], retry.text);
  await assertMoneyAddsUp(stage, [id]);
});

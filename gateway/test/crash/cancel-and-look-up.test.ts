// The crash map of cancelling and of the resolver: killed between the provider's deed and the write about it,
// killed before the provider heard of it, and killed in the middle of a look-up.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, makeCrashStage, QR } from './crash-stage.ts';

/** A gateway without workers, and an intent whose code is in front of the customer. */
async function showCode(t: TestContext) {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const { id } = (await client.create(stage.newOrder())).json as { id: string };
  const confirmed = await client.confirm(id, QR);
  assert.equal(confirmed.json.status, 'requires_action', confirmed.text);
  return { stage, gateway, client, id, code: String(confirmed.json.qr_content) };
}

const phaseOf = async (stage: Awaited<ReturnType<typeof makeCrashStage>>, code: string) =>
  (await stage.paypay.find(code)).phase;

test('a cancel that is killed after the code was deleted is seen through, and its retry is told so', async (t) => {
  const { stage, gateway, client, id, code } = await showCode(t);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'delete_code', times: 1 });
  const lost = assert.rejects(client.cancel(id, {}, { idempotency_key: 'k' }), TypeError);
  await waitUntil('the deletion', async () => (await phaseOf(stage, code)) === 'deleted');
  await gateway.kill();
  await lost;
  assert.equal((await stage.intent(id))?.status, 'requires_action');

  await stage.passTime();
  const again = await startGateway(t, 'start', stage.env);
  await waitUntil('the cancel to end', async () => (await stage.intent(id))?.status === 'cancelled');
  const retry = await stage.clientAt(again).cancel(id, {}, { idempotency_key: 'k' });
  // The resolver was faster than the client, whose cancel is done all the same.
  assert.deepEqual([retry.status, retry.json.status], [200, 'cancelled'], retry.text);
  await assertMoneyAddsUp(stage, [id]);
});

test('a cancel whose outcome was known but not written is finished by its retry', async (t) => {
  const { stage, gateway, client, id, code } = await showCode(t);
  await stage.paypay.setFault('slow', { endpoint: 'delete_code', times: 1, ms: 600 });
  const lost = assert.rejects(client.cancel(id, {}, { idempotency_key: 'k' }), TypeError);
  await waitUntil('the deletion', async () => (await phaseOf(stage, code)) === 'deleted');
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.dropWaiting();
  await lost;

  await stage.passTime();
  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const retry = await again.cancel(id, {}, { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'cancelled']);
  const replay = await again.cancel(id, {}, { idempotency_key: 'k' });
  assert.deepEqual([replay.text, replay.headers.get('idempotency-replayed')], [retry.text, 'true']);
  await assertMoneyAddsUp(stage, [id]);
});

test('a customer who pays while the cancel lies dead has paid', async (t) => {
  const { stage, gateway, client, id, code } = await showCode(t);
  await stage.paypay.setFault('hang', { endpoint: 'delete_code', times: 1 });
  const lost = assert.rejects(client.cancel(id, {}, { idempotency_key: 'k' }), TypeError);
  await waitUntil('the request', async () => (await stage.paypay.calls('delete_code')) === 1);
  await gateway.kill();
  await lost;
  await stage.paypay.pay(code);

  await stage.passTime();
  const again = await startGateway(t, 'start', stage.env);
  await stage.settle();
  await waitUntil('the payment', async () => (await stage.intent(id))?.status === 'succeeded');
  const retry = await stage.clientAt(again).cancel(id, {}, { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.details.status], [409, 'succeeded']);
  await assertMoneyAddsUp(stage, [id]);
});

test('a look-up that dies with its worker is done by another worker', async (t) => {
  const { stage, id, code } = await showCode(t);
  await stage.paypay.setFault('hang', { endpoint: 'get_payment', times: 1 });
  await stage.paypay.pay(code);
  const worker = await startWorkerProcess(t, stage.env);
  await waitUntil('the look-up', async () => {
    await stage.passTime();
    return (await stage.paypay.calls('get_payment')) > 0;
  });
  await worker.kill();
  assert.equal((await stage.intent(id))?.status, 'requires_action');

  await startWorkerProcess(t, stage.env);
  await waitUntil('the payment', async () => {
    await stage.passTime();
    return (await stage.intent(id))?.status === 'succeeded';
  });
  await assertMoneyAddsUp(stage, [id]);
});

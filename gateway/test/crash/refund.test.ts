// The crash map of refunds: killed before PayPay heard of it, after PayPay did it, after its answer was read, and
// in the worker's hands. Whatever dies when, the money goes back once, and the books say so.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Client } from '../support/client.ts';
import { startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, type CrashStage, makeCrashStage, QR } from './crash-stage.ts';

/** A gateway without workers, and an intent that the customer has paid by PayPay. */
async function sell(t: TestContext) {
  const stage = await makeCrashStage(t);
  const worker = await startWorkerProcess(t, stage.env);
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const { id } = (await client.create(stage.newOrder())).json as { id: string };
  const confirmed = await client.confirm(id, QR);
  await stage.paypay.pay(confirmed.json.qr_content);
  await stage.settle();
  await worker.kill();
  return { stage, gateway, client, id };
}

const ask = (client: Client, id: string) =>
  client.post('/v1/refunds', { payment_intent: id, amount: 400 }, { idempotency_key: 'k' });

const refundsOf = (stage: CrashStage) =>
  stage.query<{ id: string; status: string; outcome: string | null }>(
    'select id, status, outcome from refunds',
  );

async function atPaypay(stage: CrashStage): Promise<{ merchantRefundId: string; amount: number }[]> {
  return (
    await stage.paypay.control<{ refunds: { merchantRefundId: string; amount: number }[] }>('GET', '/refunds')
  ).refunds;
}

/** One refund of 400, here and at PayPay, under one id; the intent says so, and everything else still adds up. */
async function assertGivenBackOnce(stage: CrashStage, id: string): Promise<void> {
  const [one, ...others] = await refundsOf(stage);
  assert.deepEqual(others, []);
  assert.deepEqual([one?.status, one?.outcome], ['succeeded', null]);
  assert.deepEqual(
    (await atPaypay(stage)).map(({ merchantRefundId, amount }) => ({ merchantRefundId, amount })),
    [{ merchantRefundId: one?.id, amount: 400 }],
  );
  const rows = await stage.query('select amount_refunded from payment_intents where id = $1', [id]);
  assert.deepEqual(rows, [{ amount_refunded: 400 }]);
  const told = await stage.query<{ type: string }>(
    `select type from events where object_json::json ->> 'id' = $1 order by id`,
    [one?.id],
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    ['refund.created', 'refund.succeeded'],
  );
  await assertMoneyAddsUp(stage, [id]);
}

test('a refund that PayPay never heard of is asked for by the retry with the same key', async (t) => {
  const { stage, gateway, client, id } = await sell(t);
  await stage.paypay.setFault('hang', { endpoint: 'create_refund', times: 1 });
  const lost = assert.rejects(ask(client, id), TypeError);
  await waitUntil('the request', async () => (await stage.paypay.calls('create_refund')) === 1);
  await gateway.kill();
  await lost;
  assert.deepEqual(await atPaypay(stage), []);

  await stage.passTime();
  const again = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const retry = await ask(again, id);
  assert.deepEqual([retry.status, retry.json.status], [201, 'succeeded'], retry.text);
  const replay = await ask(again, id);
  assert.deepEqual([replay.text, replay.headers.get('idempotency-replayed')], [retry.text, 'true']);
  await assertGivenBackOnce(stage, id);
});

test('a refund that PayPay never heard of is asked for by the worker when nobody retries', async (t) => {
  const { stage, gateway, client, id } = await sell(t);
  await stage.paypay.setFault('hang', { endpoint: 'create_refund', times: 1 });
  const lost = assert.rejects(ask(client, id), TypeError);
  await waitUntil('the request', async () => (await stage.paypay.calls('create_refund')) === 1);
  await gateway.kill();
  await lost;

  await startWorkerProcess(t, stage.env);
  await waitUntil('the refund', async () => {
    await stage.passTime();
    return (await refundsOf(stage))[0]?.status === 'succeeded';
  });
  await assertGivenBackOnce(stage, id);
});

test('a refund that PayPay did, its answer unread, is found by the worker', async (t) => {
  const { stage, gateway, client, id } = await sell(t);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'create_refund', times: 1 });
  const lost = assert.rejects(ask(client, id), TypeError);
  await waitUntil('the refund at PayPay', async () => (await atPaypay(stage)).length === 1);
  await gateway.kill();
  await lost;
  assert.equal((await refundsOf(stage))[0]?.status, 'pending');

  await startWorkerProcess(t, stage.env);
  await waitUntil('the refund', async () => {
    await stage.passTime();
    return (await refundsOf(stage))[0]?.status === 'succeeded';
  });
  assert.equal(await stage.paypay.calls('create_refund'), 1, 'it was looked up, not asked for again');
  // Who retries after that is told how it ended.
  await stage.passTime();
  const retry = await ask(stage.clientAt(await startGateway(t, 'serve', stage.env)), id);
  assert.deepEqual([retry.status, retry.json.status], [201, 'succeeded']);
  await assertGivenBackOnce(stage, id);
});

test('a refund whose answer was read but not written is asked for again, and PayPay does it once', async (t) => {
  const { stage, gateway, client, id } = await sell(t);
  await stage.paypay.setFault('slow', { endpoint: 'create_refund', times: 1, ms: 600 });
  const lost = assert.rejects(ask(client, id), TypeError);
  await waitUntil('the refund at PayPay', async () => (await atPaypay(stage)).length === 1);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.dropWaiting();
  await lost;
  assert.equal((await refundsOf(stage))[0]?.status, 'pending');

  await stage.passTime();
  const retry = await ask(stage.clientAt(await startGateway(t, 'serve', stage.env)), id);
  assert.deepEqual([retry.status, retry.json.status], [201, 'succeeded']);
  await assertGivenBackOnce(stage, id);
});

test('a refund that was written but never answered is answered to its retry', async (t) => {
  const { stage, gateway, client, id } = await sell(t);
  await stage.paypay.setFault('slow', { endpoint: 'create_refund', times: 1, ms: 600 });
  const lost = assert.rejects(ask(client, id), TypeError);
  await waitUntil('the refund at PayPay', async () => (await atPaypay(stage)).length === 1);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lock.letPass();
  await lost;

  const retry = await ask(stage.clientAt(await startGateway(t, 'serve', stage.env)), id);
  assert.deepEqual([retry.status, retry.headers.get('idempotency-replayed')], [201, 'true'], retry.text);
  await assertGivenBackOnce(stage, id);
});

test('a refund that dies with its worker is seen through by another worker', async (t) => {
  const { stage, client, id } = await sell(t);
  await stage.paypay.setFault('server_error', { endpoint: 'create_refund', times: 1 });
  assert.equal((await ask(client, id)).json.outcome, 'unknown');
  await stage.paypay.setFault('hang', { endpoint: 'get_refund', times: 1 });
  const worker = await startWorkerProcess(t, stage.env);
  await waitUntil('the look-up', async () => {
    await stage.passTime();
    return (await stage.paypay.calls('get_refund')) > 0;
  });
  await worker.kill();
  assert.equal((await refundsOf(stage))[0]?.status, 'pending');

  await startWorkerProcess(t, stage.env);
  await waitUntil('the refund', async () => {
    await stage.passTime();
    return (await refundsOf(stage))[0]?.status === 'succeeded';
  });
  await assertGivenBackOnce(stage, id);
});

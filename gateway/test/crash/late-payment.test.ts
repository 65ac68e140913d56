// The crash map of late money: the worker dies before it could write what it found, and while PayPay gives it back.
// It is found once and goes back once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startGateway, startWorkerProcess, waitUntil } from '../support/process.ts';
import { type CrashStage, makeCrashStage, QR } from './crash-stage.ts';

/** A cancelled intent whose code the customer pays all the same; no worker has heard of it. */
async function payLate(t: TestContext) {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const client = stage.clientAt(gateway);
  const { id } = (await client.create(stage.newOrder())).json as { id: string };
  const { json } = await client.confirm(id, QR);
  assert.equal((await client.cancel(id)).json.status, 'cancelled');
  await stage.paypay.payLate(json.qr_content);
  await stage.passTime();
  return { stage, client, id };
}

const lateOf = (stage: CrashStage) =>
  stage.query<{ id: string; status: string }>('select id, status from late_payments order by id');

async function assertGivenBackOnce(stage: CrashStage, id: string): Promise<void> {
  await waitUntil('the money to be back', async () => {
    await stage.passTime();
    return (await lateOf(stage))[0]?.status === 'refunded';
  });
  assert.equal((await lateOf(stage)).length, 1);
  const { refunds } = await stage.paypay.control<{ refunds: { amount: number }[] }>('GET', '/refunds');
  assert.deepEqual(
    refunds.map(({ amount }) => amount),
    [1_000],
  );
  const told = await stage.query<{ type: string }>(
    `select type from events where object_json::json ->> 'payment_intent' = $1 order by id`,
    [id],
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    ['late_payment.created', 'refund.created', 'refund.succeeded', 'late_payment.refunded'],
  );
  assert.equal((await stage.intent(id))?.status, 'cancelled');
}

test('late money that a dead worker found and could not write is found by the next one', async (t) => {
  const { stage, id } = await payLate(t);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  const worker = await startWorkerProcess(t, stage.env);
  await lock.isInTheWay();
  await worker.kill();
  await lock.dropWaiting();
  assert.deepEqual(await lateOf(stage), []);
  assert.deepEqual(await stage.query('select id from refunds'), []);

  await stage.passTime();
  await startWorkerProcess(t, stage.env);
  await assertGivenBackOnce(stage, id);
});

test('late money that PayPay gave back to a dead worker is not given back again', async (t) => {
  const { stage, id } = await payLate(t);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'create_refund', times: 1 });
  const worker = await startWorkerProcess(t, stage.env);
  await waitUntil('PayPay’s deed', async () => (await stage.paypay.calls('create_refund')) === 1);
  await worker.kill();
  assert.deepEqual(
    (await lateOf(stage)).map(({ status }) => status),
    ['refunding'],
  );

  await stage.passTime();
  await startWorkerProcess(t, stage.env);
  await assertGivenBackOnce(stage, id);
});

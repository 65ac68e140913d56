// The crash map of codes that customers show: the code dies with the process that held it, and what became of it is
// found by our attempt id, paid once or not at all.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type GatewayProcess, startGateway, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, type CrashStage, makeCrashStage } from './crash-stage.ts';

async function create(stage: CrashStage, gateway: GatewayProcess): Promise<string> {
  const order = { ...stage.newOrder(), payment_method_types: ['qr_cpm', 'cash'] };
  const answer = await stage.clientAt(gateway).create(order);
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

const scanned = (customer_code: string) => ({ payment_method_type: 'qr_cpm', customer_code });

/** A gateway that dies while PayPay has the code and its answer has reached nobody. */
async function dieWhileAsking(t: TestContext, fault: 'hang' | 'hang_after_success', behaviour = 'pays') {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  const code = await stage.paypay.showCode(behaviour);
  await stage.paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
  const confirm = stage.clientAt(gateway).confirm(id, scanned(code), { idempotency_key: 'k' });
  const lost = assert.rejects(confirm, TypeError);
  await waitUntil('the code at PayPay', async () => (await stage.paypay.calls('create_payment')) === 1);
  await gateway.kill();
  await lost;
  await stage.passTime();
  return { stage, id, code };
}

/** As if it had begun two minutes ago: a process of its own has a clock that nobody can move. */
const makeOlder = (stage: CrashStage) =>
  stage.query(`update payment_attempts set created_at = created_at - interval '2 minutes'`);

test('a code that paid while its process died is found by the resolver, paid exactly once', async (t) => {
  const { stage, id, code } = await dieWhileAsking(t, 'hang_after_success');
  const again = await startGateway(t, 'start', stage.env);
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'succeeded');
  const retry = await stage.clientAt(again).confirm(id, scanned(code), { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'succeeded'], retry.text);
  assert.equal((await stage.paypay.taken()).length, 1);
  assert.equal(await stage.paypay.calls('create_payment'), 1, 'the code is not sent again');
  await assertMoneyAddsUp(stage, [id]);
});

test('a code that paid while its process died is answered to the retry, which asks before it sends', async (t) => {
  const { stage, id, code } = await dieWhileAsking(t, 'hang_after_success');
  const again = await startGateway(t, 'serve', stage.env);
  const retry = await stage.clientAt(again).confirm(id, scanned(code), { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'succeeded'], retry.text);
  assert.equal(await stage.paypay.calls('create_payment'), 1);
  assert.equal((await stage.attempts(id)).length, 1);
  await assertMoneyAddsUp(stage, [id]);
});

test('a code that never arrived is sent by the retry, under the attempt that was written down', async (t) => {
  const { stage, id, code } = await dieWhileAsking(t, 'hang');
  const again = await startGateway(t, 'serve', stage.env);
  const retry = await stage.clientAt(again).confirm(id, scanned(code), { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'succeeded'], retry.text);
  assert.equal((await stage.attempts(id)).length, 1);
  await assertMoneyAddsUp(stage, [id]);
});

test('a code that never arrived, and that nobody brings again, ends unpaid: it is nowhere to be sent from', async (t) => {
  const { stage, id } = await dieWhileAsking(t, 'hang');
  await makeOlder(stage);
  await startGateway(t, 'start', stage.env);
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'requires_payment_method');
  assert.deepEqual(await stage.paypay.taken(), []);
  await assertMoneyAddsUp(stage, [id]);
});

for (const agrees of [false, true]) {
  const then = agrees ? ', and what the customer then agrees to goes back' : '';
  test(`a calling-off that dies before PayPay answers is seen through by the next process${then}`, (t) =>
    dieWhileCallingOff(t, agrees));
}

async function dieWhileCallingOff(t: TestContext, agrees: boolean) {
  const { stage, id } = await dieWhileAsking(t, 'hang_after_success', 'never_answers');
  await makeOlder(stage);
  await stage.paypay.setFault('hang', { endpoint: 'cancel_payment' });
  const gateway = await startGateway(t, 'start', stage.env);
  await waitUntil('the cancel at PayPay', async () => {
    await stage.passTime();
    return (await stage.paypay.calls('cancel_payment')) > 0;
  });
  await gateway.kill();
  const [attempt] = await stage.query<{ cancel_requested_at: string | null }>(
    'select cancel_requested_at from payment_attempts',
  );
  assert.notEqual(attempt?.cancel_requested_at, null, 'it is written down before PayPay is asked');
  await stage.paypay.clearFaults();
  if (agrees) await stage.paypay.pay();
  await startGateway(t, 'start', stage.env);
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'requires_payment_method');
  assert.deepEqual(await stage.paypay.taken(), []);
  await assertMoneyAddsUp(stage, [id]);
}

// A confirm by a scanned code dies. The code was written down nowhere, so only who scanned it can go on with it: the
// retry brings it along. And nobody else can use it meanwhile, or ever.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startGateway, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, CASH, makeCrashStage } from './crash-stage.ts';

/** Kills the process while PayPay has the code in its hands, and says what PayPay makes of it. */
async function killWhileAsking(t: TestContext, fault: 'hang' | 'hang_after_success') {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const make = async () => {
    const types = { payment_method_types: ['qr_cpm', 'cash'] };
    const made = await stage.clientAt(gateway).create({ ...stage.newOrder(), ...types });
    assert.equal(made.status, 201, made.text);
    return made.json.id as string;
  };
  const [id, other] = [await make(), await make()];
  const { code } = await stage.paypay.control<{ code: string }>('POST', '/customer_codes', {});
  const body = { payment_method_type: 'qr_cpm', customer_code: code };
  await stage.paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
  const confirm = stage.clientAt(gateway).confirm(id, body, { idempotency_key: 'k' });
  const lost = assert.rejects(confirm, TypeError);
  await waitUntil('the code at PayPay', async () => (await stage.paypay.calls('create_payment')) === 1);
  await gateway.kill();
  await lost;
  const again = await startGateway(t, 'serve', stage.env);
  return { stage, client: stage.clientAt(again), id, other, body };
}

test('a scanned code that never reached PayPay is sent by the retry, which brings it along, and pays once', async (t) => {
  const { stage, client, id, other, body } = await killWhileAsking(t, 'hang');
  const left = await stage.attempts(id);
  assert.deepEqual(
    left.map(({ status }) => status),
    ['asked'],
  );
  // Nobody knows yet whether it has paid, so no other order may have it, and this one no other method.
  const stolen = await client.confirm(other, body);
  assert.deepEqual([stolen.status, stolen.json.details.constraint], [409, 'single_use'], stolen.text);
  assert.equal((await client.confirm(id, CASH)).status, 409);

  await stage.passTime();
  const answer = await client.confirm(id, body, { idempotency_key: 'k' });
  assert.deepEqual([answer.status, answer.json.status], [200, 'succeeded'], answer.text);
  assert.deepEqual(
    (await stage.attempts(id)).map((attempt) => attempt.id),
    left.map((attempt) => attempt.id),
    'the retry goes on with the attempt that was written down',
  );
  await assertMoneyAddsUp(stage, [id, other]);
});

test('a scanned code that had paid when the process died is found by the retry, and is not sent again', async (t) => {
  const { stage, client, id, other, body } = await killWhileAsking(t, 'hang_after_success');
  assert.equal((await stage.paypay.taken()).length, 1);
  await stage.passTime();
  const answer = await client.confirm(id, body, { idempotency_key: 'k' });
  assert.deepEqual([answer.status, answer.json.status], [200, 'succeeded'], answer.text);
  assert.equal(await stage.paypay.calls('create_payment'), 1);
  const stolen = await client.confirm(other, body);
  assert.deepEqual([stolen.status, stolen.json.details.constraint], [409, 'single_use'], stolen.text);
  await assertMoneyAddsUp(stage, [id, other]);
});

test('a retry with another code is refused while it is not known whether the first has paid', async (t) => {
  const { stage, client, id, other, body } = await killWhileAsking(t, 'hang_after_success');
  await stage.passTime();
  const { code } = await stage.paypay.control<{ code: string }>('POST', '/customer_codes', {});
  const fresh = { ...body, customer_code: code };
  const answer = await client.confirm(id, fresh);
  assert.deepEqual([answer.status, answer.json.details.status], [409, 'processing'], answer.text);
  assert.equal((await client.confirm(id, fresh, { idempotency_key: 'k' })).json.code, 'idempotency_conflict');
  assert.equal((await client.confirm(id, body, { idempotency_key: 'k' })).json.status, 'succeeded');
  // The fresh code was not used up by the refusals.
  assert.equal((await client.confirm(other, fresh)).json.status, 'succeeded');
  await assertMoneyAddsUp(stage, [id, other]);
});

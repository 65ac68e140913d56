// The crash map of creating and confirming, line by line: the process is killed before the first write,
// between the writes before and after the provider answered, and after the second write. The client's retry
// with the same key, or the resolver alone, finishes the work.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Answer } from '../support/client.ts';
import { type CliProcess, type GatewayProcess, startGateway, waitUntil } from '../support/process.ts';
import { assertMoneyAddsUp, CASH, type CrashStage, makeCrashStage, QR } from './crash-stage.ts';

/** The answer that nobody gets: the request fails when its process dies. */
async function assertUnanswered(request: Promise<Answer>): Promise<void> {
  await assert.rejects(request, TypeError);
}

async function create(stage: CrashStage, gateway: GatewayProcess): Promise<string> {
  const answer = await stage.clientAt(gateway).create(stage.newOrder());
  assert.equal(answer.status, 201, answer.text);
  return answer.json.id;
}

/** Kills the process and starts another, with workers, after its leases have run out. */
async function startAgain(t: TestContext, stage: CrashStage, gateway: CliProcess): Promise<GatewayProcess> {
  await gateway.kill();
  await stage.passTime();
  return startGateway(t, 'start', stage.env);
}

test('a create that is killed before its write leaves nothing, and its retry makes one intent', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const order = stage.newOrder();
  const lock = await stage.hold('lock table payment_intents in exclusive mode');
  const lost = assertUnanswered(stage.clientAt(gateway).create(order, { idempotency_key: 'k' }));
  await lock.isInTheWay();
  await gateway.kill();
  await lock.dropWaiting();
  await lost;
  assert.deepEqual(await stage.query('select id from payment_intents'), []);

  const again = await startGateway(t, 'serve', stage.env);
  const answer = await stage.clientAt(again).create(order, { idempotency_key: 'k' });
  assert.equal(answer.status, 201);
  assert.deepEqual(await stage.query('select id from payment_intents'), [{ id: answer.json.id }]);
});

test('a create that was written but never answered is answered to its retry, with the same intent', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const order = stage.newOrder();
  const lock = await stage.hold('lock table payment_intents in exclusive mode');
  const lost = assertUnanswered(stage.clientAt(gateway).create(order, { idempotency_key: 'k' }));
  await lock.isInTheWay();
  await gateway.kill();
  await lock.letPass();
  await lost;
  const written = await stage.query<{ id: string }>('select id from payment_intents');
  assert.equal(written.length, 1);

  const client = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const first = await client.create(order, { idempotency_key: 'k' });
  assert.equal(first.status, 201);
  assert.equal(first.headers.get('idempotency-replayed'), 'true');
  assert.equal(first.json.id, written[0]?.id);
  assert.match(first.json.payment_token, /_secret_/);
  const second = await client.create(order, { idempotency_key: 'k' });
  assert.equal(second.text, first.text);
});

for (const [what, body] of [
  ['QR', QR],
  ['cash', CASH],
] as const) {
  test(`a ${what} confirm that is killed before its first write has not begun, and its retry does it`, async (t) => {
    const stage = await makeCrashStage(t);
    const gateway = await startGateway(t, 'serve', stage.env);
    const id = await create(stage, gateway);
    const lock = await stage.hold('lock table payment_attempts in exclusive mode');
    const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, body, { idempotency_key: 'k' }));
    await lock.isInTheWay();
    await gateway.kill();
    await lock.dropWaiting();
    await lost;
    assert.equal((await stage.intent(id))?.status, 'requires_payment_method');
    assert.deepEqual(await stage.attempts(id), []);
    assert.deepEqual(await stage.paypay.payments(), [], 'nothing is asked before it is written down');

    const again = await startGateway(t, 'start', stage.env);
    const answer = await stage.clientAt(again).confirm(id, body, { idempotency_key: 'k' });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.json.status, what === 'cash' ? 'succeeded' : 'requires_action');
    if (what === 'QR') await stage.paypay.pay(answer.json.qr_content);
    await waitUntil('the payment', async () => {
      await stage.passTime();
      return (await stage.intent(id))?.status === 'succeeded';
    });
    assert.equal((await stage.attempts(id)).length, 1);
    await assertMoneyAddsUp(stage, [id]);
  });
}

test('a request that never reached the provider is sent by the retry with the same key', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  await stage.paypay.setFault('hang', { endpoint: 'create_code', times: 1 });
  const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, QR, { idempotency_key: 'k' }));
  await waitUntil('the request at the provider', async () => (await stage.paypay.calls('create_code')) === 1);
  await gateway.kill();
  await lost;
  const left = await stage.attempts(id);
  assert.deepEqual(
    left.map(({ status }) => status),
    ['asked'],
  );
  assert.equal((await stage.intent(id))?.status, 'processing');
  assert.equal((await stage.intent(id))?.outcome, 'unknown');

  // Within the lease nobody can know whether the first process still lives.
  const served = await startGateway(t, 'serve', stage.env);
  const early = await stage.clientAt(served).confirm(id, QR, { idempotency_key: 'k' });
  assert.equal(early.status, 409);
  assert.equal(early.headers.get('retry-after'), '1');
  await stage.passTime();
  const answer = await stage.clientAt(served).confirm(id, QR, { idempotency_key: 'k' });
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.status, 'requires_action');
  assert.equal((await stage.paypay.find()).url, answer.json.qr_content);
  const replay = await stage.clientAt(served).confirm(id, QR, { idempotency_key: 'k' });
  assert.deepEqual([replay.text, replay.headers.get('idempotency-replayed')], [answer.text, 'true']);
  assert.deepEqual(
    (await stage.attempts(id)).map((attempt) => attempt.id),
    left.map((attempt) => attempt.id),
    'the retry goes on with the attempt that was written down',
  );
  await assertMoneyAddsUp(stage, [id]);
});

test('a request that never reached the provider is given up by the resolver when nobody retries', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  await stage.paypay.setFault('hang', { endpoint: 'create_code', times: 1 });
  const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, QR));
  await waitUntil('the request at the provider', async () => (await stage.paypay.calls('create_code')) === 1);
  const again = await startAgain(t, stage, gateway);
  await lost;
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'requires_payment_method');
  const answer = await stage.clientAt(again).confirm(id, CASH);
  assert.equal(answer.json.status, 'succeeded', 'the customer pays another way');
  await assertMoneyAddsUp(stage, [id]);
});

test('a payment whose answer the dead process never read is found by the resolver', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'create_code', times: 1 });
  await stage.paypay.setFault('instant_pay');
  const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, QR, { idempotency_key: 'k' }));
  await waitUntil('the charge', async () => (await stage.paypay.taken()).length === 1);
  const again = await startAgain(t, stage, gateway);
  await lost;
  await stage.settle();
  assert.equal((await stage.intent(id))?.status, 'succeeded');
  const retry = await stage.clientAt(again).confirm(id, QR, { idempotency_key: 'k' });
  assert.deepEqual([retry.status, retry.json.status], [200, 'succeeded']);
  assert.equal((await stage.paypay.payments()).length, 1);
  await assertMoneyAddsUp(stage, [id]);
});

test('a code whose answer the dead process never read comes to the till by the retry', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  await stage.paypay.setFault('hang_after_success', { endpoint: 'create_code', times: 1 });
  const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, QR, { idempotency_key: 'k' }));
  const code = await waitUntil('the code', async () => (await stage.paypay.payments())[0]?.url);
  const again = await startAgain(t, stage, gateway);
  await lost;
  const answer = await waitUntil('the retry to be let through', async () => {
    const retry = await stage.clientAt(again).confirm(id, QR, { idempotency_key: 'k' });
    return retry.status === 200 && retry;
  });
  assert.deepEqual([answer.json.status, answer.json.qr_content], ['requires_action', code]);
  await stage.paypay.pay(code);
  await waitUntil('the payment', async () => {
    await stage.passTime();
    return (await stage.intent(id))?.status === 'succeeded';
  });
  assert.equal((await stage.paypay.payments()).length, 1, 'there was never a second code');
  await assertMoneyAddsUp(stage, [id]);
});

/** Kills while the second write waits: the provider has answered, and the answer is known to nobody else. */
async function killAtSecondWrite(t: TestContext) {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', stage.env);
  const id = await create(stage, gateway);
  await stage.paypay.setFault('slow', { endpoint: 'create_code', times: 1, ms: 600 });
  const lost = assertUnanswered(stage.clientAt(gateway).confirm(id, QR, { idempotency_key: 'k' }));
  const code = await waitUntil('the code', async () => (await stage.paypay.payments())[0]?.url);
  const lock = await stage.hold('select from payment_intents where id = $1 for update', [id]);
  await lock.isInTheWay();
  await gateway.kill();
  await lost;
  return { stage, id, code, lock };
}

test('an answer that was read but not written is asked for again by the retry', async (t) => {
  const { stage, id, code, lock } = await killAtSecondWrite(t);
  await lock.dropWaiting();
  assert.equal((await stage.intent(id))?.status, 'processing');
  await stage.passTime();
  const again = await startGateway(t, 'serve', stage.env);
  const answer = await stage.clientAt(again).confirm(id, QR, { idempotency_key: 'k' });
  assert.deepEqual([answer.status, answer.json.qr_content], [200, code]);
  assert.equal((await stage.paypay.payments()).length, 1);
  await assertMoneyAddsUp(stage, [id]);
});

test('a confirm that was written but never answered is answered to its retry', async (t) => {
  const { stage, id, code, lock } = await killAtSecondWrite(t);
  await lock.letPass();
  assert.equal((await stage.intent(id))?.status, 'requires_action');
  const client = stage.clientAt(await startGateway(t, 'serve', stage.env));
  const answer = await client.confirm(id, QR, { idempotency_key: 'k' });
  assert.deepEqual([answer.status, answer.json.qr_content], [200, code]);
  assert.equal(answer.headers.get('idempotency-replayed'), 'true');
  const second = await client.confirm(id, QR, { idempotency_key: 'k' });
  assert.equal(second.text, answer.text);
  assert.equal(await stage.paypay.calls('create_code'), 1, 'the provider is not asked again');
  await assertMoneyAddsUp(stage, [id]);
});

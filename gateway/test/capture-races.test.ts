// Two replicas that want opposite things of the same held money at the same moment: it is captured once, by the
// amount of the one that won, or released, and whoever lost is told how it stands.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after }, { replicas: 2, config: { provider_deadline_ms: 2_000 } });
const { paypay } = gateway;
const [first, second] = gateway.replicas;
assert.ok(first && second);
const here = gateway.clientFor(gateway.key, first);
const there = gateway.clientFor({ ...gateway.key, form: 'raw' }, second);
const ROUNDS = 10;

/** One was done; the other was refused with the status of that moment. */
function assertOneWinner(answers: Answer[]): Answer {
  const told = answers.map(({ status, text }) => `${status} ${text}`).join('\n');
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409], told);
  const loser = answers.find(({ status }) => status === 409);
  assert.equal(loser?.json.code, 'invalid_payment_state', told);
  return answers.find(({ status }) => status === 200) as Answer;
}

async function truthOf(intent: {
  id: string;
  code: string;
}): Promise<[Json, Awaited<ReturnType<typeof paypay.find>>]> {
  return [(await here.retrieve(intent.id)).json, await paypay.find(intent.code)];
}

test('two captures of different amounts in two replicas: one is done, and asked of PayPay once', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await gateway.holdQr();
    const sides = [here.capture(intent.id, { amount: 300 }), there.capture(intent.id, { amount: 900 })];
    const winner = assertOneWinner(await Promise.all(sides));
    const [json, payment] = await truthOf(intent);
    assert.deepEqual([json['status'], json['amount_received']], ['succeeded', winner.json.amount_received]);
    assert.equal(payment.captured, winner.json.amount_received);
    assert.equal(await paypay.calls('capture_payment', payment.merchantPaymentId), 1);
  }
});

test('a capture and a cancel in two replicas: the money is taken or released, never both', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await gateway.holdQr();
    const sides = [here.capture(intent.id), there.cancel(intent.id)];
    assertOneWinner(await Promise.all(round % 2 === 0 ? sides : sides.toReversed()));
    const [json, { phase }] = await truthOf(intent);
    assert.ok(
      (json['status'] === 'succeeded' && phase === 'paid') ||
        (json['status'] === 'cancelled' && phase === 'released'),
      `${json['status']} ${phase}`,
    );
  }
});

test('a capture that meets the customer’s own authorisation in another replica waits its turn', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await gateway.openQr({ capture_method: 'manual' });
    await paypay.pay(intent.code);
    gateway.clock.advance(2_500);
    const capturing: Promise<Answer> = here.capture(intent.id);
    await gateway.runJob('look_ups', second);
    const answer = await capturing;
    const [json, { phase }] = await truthOf(intent);
    if (answer.status === 200) assert.deepEqual([json['status'], phase], ['succeeded', 'paid']);
    else assert.deepEqual([answer.status, json['status'], phase], [409, 'processing', 'held'], answer.text);
  }
});

test('a capture in one replica and the daily look-up in another end in one success, told once', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await gateway.holdQr();
    gateway.clock.advance(1.2 * 86_400_000);
    const capturing: Promise<Answer> = here.capture(intent.id, { amount: 123 });
    await gateway.runJob('look_ups', second);
    const answer = await capturing;
    assert.deepEqual([answer.status, answer.json.amount_received], [200, 123], answer.text);
    const types = await gateway.eventsOf(intent);
    assert.deepEqual(types, ['created', 'requires_action', 'processing', 'succeeded']);
  }
});

test('the lease of a dead capture is taken over by the retry at another replica, and money moves once', async () => {
  const intent = await gateway.holdQr();
  const kept = gateway.holdProviderAnswers(first);
  const key = { idempotency_key: 'dead' };
  const lost = here.capture(intent.id, { amount: 450 }, key);
  await kept.arrived;
  const early = await there.capture(intent.id, { amount: 450 }, key);
  assert.deepEqual([early.status, early.json.details.constraint], [409, 'in_progress']);
  gateway.clock.advance(31_000);
  const retry = await there.capture(intent.id, { amount: 450 }, key);
  assert.deepEqual([retry.status, retry.json.amount_received], [200, 450], retry.text);
  kept.release();
  assert.deepEqual([(await lost).status, (await lost).json.amount_received], [200, 450]);
  const [, payment] = await truthOf(intent);
  assert.equal(payment.captured, 450);
});

test('a look-up that left before a capture and says "held" does not put an end to its doubt', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [looking, asking] = own.replicas;
  assert.ok(looking && asking);
  const intent = await own.holdQr();
  own.clock.advance(1.2 * 86_400_000);
  const late = own.holdProviderAnswers(looking, 'GET');
  const look_up = own.runJob('look_ups', looking);
  await late.arrived;
  await own.paypay.setFault('server_error', { endpoint: 'capture_payment', times: 1 });
  const answer = await own.clientFor(own.key, asking).capture(intent.id, { amount: 500 });
  assert.deepEqual([answer.status, answer.json.details.outcome], [502, 'unknown'], answer.text);
  late.release();
  await look_up;
  assert.equal((await own.client.retrieve(intent.id)).json.outcome, 'unknown');
  own.clock.advance(1_500);
  await own.settle();
  assert.equal((await own.client.retrieve(intent.id)).json.amount_received, 500);
});

test('two captures of what a terminal holds, in two replicas: one is recorded', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const intent = await gateway.createIntent({ capture_method: 'manual' });
    const fields = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: intent.id };
    assert.equal((await here.confirm(intent.id, fields)).json.status, 'processing');
    const sides = [here.capture(intent.id, { amount: 300 }), there.capture(intent.id, { amount: 900 })];
    const winner = assertOneWinner(await Promise.all(sides));
    const { json } = await here.retrieve(intent.id);
    assert.deepEqual([json.status, json.amount_received], ['succeeded', winner.json.amount_received]);
  }
});

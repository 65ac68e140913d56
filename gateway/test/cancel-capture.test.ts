// Cancelling and capturing: what may be ended or taken when, and that a provider's code is dead before an
// intent is called cancelled.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

async function hold(changes: Json = {}) {
  const intent = await gateway.createIntent({ capture_method: 'manual', ...changes });
  const fields = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: intent.id };
  assert.equal((await client.confirm(intent.id, fields)).json.status, 'processing');
  return intent;
}

const state = ({ status, json }: Answer) => [status, json.code, json.details?.status];

test('a cancel answers as the API reference shows, by token and by signature', async () => {
  const by_token = await gateway.createIntent();
  const answer = await gateway.terminalFor(by_token).cancel();
  assert.deepEqual([answer.status, answer.json.id, answer.json.status], [200, by_token.id, 'cancelled']);
  assert.equal(answer.json.cancellation_reason, 'requested_by_customer');
  assert.deepEqual(answer.json, (await client.retrieve(by_token.id)).json);
  assert.deepEqual(await gateway.eventsOf(by_token), ['created', 'cancelled']);

  const by_key = await gateway.createIntent();
  const reason = await client.cancel(by_key.id, { cancellation_reason: 'duplicate' });
  assert.equal(reason.json.cancellation_reason, 'duplicate');
  const empty = await gateway.createIntent();
  assert.equal((await client.call('POST', `/v1/payment_intents/${empty.id}/cancel`)).status, 200);
});

test('cancelling an open code deletes it at PayPay first', async () => {
  const intent = await gateway.openQr();
  const { status, json } = await intent.terminal.cancel();
  assert.deepEqual(
    [status, json.status, json.cancellation_reason],
    [200, 'cancelled', 'requested_by_customer'],
  );
  assert.equal((await gateway.paypay.find(intent.code)).phase, 'deleted');
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'cancelled']);
  await assert.rejects(gateway.paypay.pay(intent.code), /was deleted/);
});

test('a cancel that comes after the payment is refused with the truth: succeeded', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  const answer = await intent.terminal.cancel();
  assert.deepEqual(state(answer), [409, 'invalid_payment_state', 'succeeded']);
  const { json } = await intent.terminal.retrieve();
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
  assert.equal((await gateway.paypay.taken()).filter((charge) => charge.amount === 1_000).length > 0, true);
});

test('a cancel that PayPay does not answer is no cancel yet; it goes on by itself', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.setFault('server_error', { endpoint: 'delete_code', times: 1 });
  const answer = await intent.terminal.cancel({}, 'cancel-1');
  assert.deepEqual([answer.status, answer.json.code], [502, 'provider_error']);
  assert.equal(answer.json.details.outcome, 'unknown');
  const between = await intent.terminal.retrieve();
  assert.deepEqual([between.json.status, between.json.outcome], ['processing', 'unknown']);
  assert.ok(between.json.next_check_at > new Date(gateway.clock.now()).toISOString());

  gateway.clock.advance(1_500);
  await gateway.settle();
  const after_all = (await intent.terminal.retrieve()).json;
  assert.deepEqual([after_all.status, after_all.cancellation_reason], ['cancelled', 'requested_by_customer']);
  assert.equal('outcome' in after_all, false);
  assert.equal((await gateway.paypay.find(intent.code)).phase, 'deleted');
});

test('a cancel that PayPay did not answer is finished by a retry with the same key', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.setFault('server_error_after_success', { endpoint: 'delete_code', times: 1 });
  const first = await intent.terminal.cancel({}, 'cancel-2');
  const second = await intent.terminal.cancel({}, 'cancel-2');
  assert.deepEqual([second.status, second.json.status], [200, 'cancelled'], first.text);
});

test('the retry of a cancel that was seen through meanwhile is told that it is cancelled', async () => {
  const by_token = await gateway.openQr();
  const by_key = await gateway.openQr();
  for (const [intent, cancel] of [
    [by_token, () => by_token.terminal.cancel({}, 'cancel-3')],
    [by_key, () => client.cancel(by_key.id, {}, { idempotency_key: 'cancel-3' })],
  ] as const) {
    await gateway.paypay.setFault('server_error', { endpoint: 'delete_code', times: 1 });
    assert.equal((await cancel()).status, 502);
    gateway.clock.advance(1_500);
    await gateway.settle();
    assert.equal(await gateway.statusOf(intent), 'cancelled');
    const retry = await cancel();
    assert.deepEqual([retry.status, retry.json.status], [200, 'cancelled'], retry.text);
    const replay = await cancel();
    assert.deepEqual([replay.text, replay.headers.get('idempotency-replayed')], [retry.text, 'true']);
    assert.equal((await client.cancel(intent.id)).status, 409, 'another cancel is refused');
  }
});

test('an outcome that is unknown cannot be cancelled before it is known', async () => {
  const intent = await gateway.createIntent();
  await gateway.paypay.setFault('server_error', { endpoint: 'create_code', times: 1 });
  const terminal = gateway.terminalFor(intent);
  assert.equal((await terminal.confirmQr()).status, 502);
  assert.deepEqual(state(await client.cancel(intent.id)), [409, 'invalid_payment_state', 'processing']);
});

test('nothing but reading works after a final state', async () => {
  const cancelled = await gateway.createIntent();
  await client.cancel(cancelled.id);
  const succeeded = await gateway.createIntent();
  await gateway.terminalFor(succeeded).confirm({ payment_method_type: 'cash' });
  const failed = await gateway.openQr();
  await gateway.paypay.decline(failed.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  for (const [intent, status] of [
    [cancelled, 'cancelled'],
    [succeeded, 'succeeded'],
    [failed, 'failed'],
  ] as const) {
    const before = (await client.retrieve(intent.id)).text;
    const terminal = gateway.terminalFor(intent);
    for (const answer of [
      await terminal.cancel(),
      await client.cancel(intent.id),
      await client.capture(intent.id),
      await client.reissueToken(intent.id),
      await client.confirm(intent.id, { payment_method_type: 'e_money', external_ref_id: `E_${status}` }),
    ]) {
      assert.deepEqual(state(answer), [409, 'invalid_payment_state', status], answer.text);
      assert.ok(answer.json.message.includes(status));
    }
    assert.equal((await terminal.retrieve()).text, before);
  }
});

test('staff took the cash: the backend’s capture answers as the API reference shows', async () => {
  const intent = await gateway.createIntent();
  const { status, json } = await client.capture(intent.id, { amount: 1000 });
  assert.equal(status, 200);
  const { id, amount, currency } = json;
  assert.deepEqual(
    { id, status: json.status, amount, currency },
    { id: intent.id, status: 'succeeded', amount: 1000, currency: 'JPY' },
  );
  assert.deepEqual([json.amount_received, json.provider, json.processing_mode], [1000, 'CASH', 'manual']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'succeeded']);
});

test('cash is captured only where the order may be paid in cash', async () => {
  const intent = await gateway.createIntent({ payment_method_types: ['qr_mpm'] });
  assert.deepEqual(state(await client.capture(intent.id)), [
    409,
    'invalid_payment_state',
    'requires_payment_method',
  ]);
});

test('a token does not capture', async () => {
  const intent = await gateway.createIntent();
  const url = `${gateway.url}/v1/payment_intents/${intent.id}/capture`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payment_token: intent.payment_token }),
  });
  assert.equal(response.status, 401);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

test('held money is captured in full, or in part, and the rest is released', async () => {
  for (const [body, received] of [
    [{}, 1_000],
    [{ amount: 1_000 }, 1_000],
    [{ amount: 400 }, 400],
    [{ amount: 1 }, 1],
  ] as const) {
    const intent = await hold();
    const { status, json } = await client.capture(intent.id, body);
    assert.deepEqual(
      [status, json.status, json.amount_received, json.amount_capturable],
      [200, 'succeeded', received, 0],
    );
    assert.deepEqual([json.provider, json.processing_mode], ['VISA', 'external']);
    assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing', 'succeeded']);
    assert.deepEqual(state(await client.capture(intent.id)), [409, 'invalid_payment_state', 'succeeded']);
  }
});

test('more than was held is not captured', async () => {
  const intent = await hold();
  const { status, json } = await client.capture(intent.id, { amount: 1_001 });
  assert.deepEqual(
    [status, json.code, json.details.field, json.details.amount_capturable],
    [400, 'invalid_request', 'amount', 1_000],
  );
  assert.equal(await gateway.statusOf(intent), 'processing');
  const cash = await gateway.createIntent();
  assert.equal((await client.capture(cash.id, { amount: 1_001 })).status, 400);
});

test('held money is released by a cancel', async () => {
  const intent = await hold();
  const { status, json } = await client.cancel(intent.id, { cancellation_reason: 'abandoned' });
  assert.deepEqual(
    [status, json.status, json.amount_capturable, json.amount_received, json.cancellation_reason],
    [200, 'cancelled', 0, 0, 'abandoned'],
  );
  assert.deepEqual(state(await client.capture(intent.id)), [409, 'invalid_payment_state', 'cancelled']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing', 'cancelled']);
});

test('an open code is not captured', async () => {
  const intent = await gateway.openQr();
  assert.deepEqual(state(await client.capture(intent.id)), [409, 'invalid_payment_state', 'requires_action']);
});

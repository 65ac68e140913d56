// The end of an intent's time: with and without a code in front of the customer, and in the last second.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { expire_payment_intents } from '../src/jobs/expire-payment-intents.ts';
import { paypay } from '../src/providers/paypay/paypay.ts';
import { startTestGateway } from './support/gateway.ts';

const MINUTE_MS = 60_000;

const gateway = await startTestGateway({ after });

const openShortQr = () => gateway.openQr({ expires_in_minutes: 1 });

test('an intent ends at its time and not before: cancelled, because it expired', async () => {
  const intent = await gateway.createIntent();
  const confirmed = await gateway.createIntent({ expires_in_minutes: 45 });
  gateway.clock.advance(30 * MINUTE_MS - 1);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  gateway.clock.advance(1);
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.cancellation_reason], ['cancelled', 'expired']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'cancelled']);
  assert.equal(await gateway.statusOf(confirmed), 'requires_payment_method');
  const again = await gateway.createIntent({ merchant_ref_id: intent['merchant_ref_id'] });
  assert.equal(again.status, 'requires_payment_method', 'the order may be tried again');
});

test('an open code is deleted at PayPay before the intent is called expired', async () => {
  const intent = await openShortQr();
  gateway.clock.advance(MINUTE_MS);
  assert.equal(await gateway.runJob('expiry'), 1);
  assert.equal(await gateway.statusOf(intent), 'requires_action', 'not before PayPay was asked');
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.cancellation_reason], ['cancelled', 'expired']);
  assert.equal((await gateway.paypay.find(intent.code)).phase, 'deleted');
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'cancelled']);
});

test('a payment in the last second counts', async () => {
  const intent = await openShortQr();
  gateway.clock.advance(MINUTE_MS - 1_000);
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(1_000);
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

test('a payment between the end and the deletion of the code counts as well', async () => {
  const intent = await openShortQr();
  gateway.clock.advance(MINUTE_MS);
  await gateway.runJob('expiry');
  await gateway.paypay.pay(intent.code);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('while PayPay does not answer, the intent is neither cancelled nor confirmed again', async () => {
  const intent = await openShortQr();
  await gateway.paypay.setFault('server_error', { endpoint: 'delete_code', times: 2 });
  gateway.clock.advance(MINUTE_MS);
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.outcome], ['processing', 'unknown']);
  const confirm = await gateway.client.confirm(intent.id, { payment_method_type: 'cash' });
  assert.equal(confirm.status, 409);
  for (let n = 0; n < 3; n += 1) {
    gateway.clock.advance(7_000);
    await gateway.settle();
  }
  const ended = (await gateway.client.retrieve(intent.id)).json;
  assert.deepEqual([ended.status, ended.cancellation_reason], ['cancelled', 'expired']);
});

test('a decline that is found while expiring is still the end that was wanted', async () => {
  const intent = await openShortQr();
  await gateway.paypay.decline(intent.code);
  gateway.clock.advance(MINUTE_MS);
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.cancellation_reason], ['cancelled', 'expired']);
});

test('an outcome that is unknown at the end of time is found out first', async () => {
  const intent = await gateway.createIntent({ expires_in_minutes: 1 });
  await gateway.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  await gateway.terminalFor(intent).confirmQr();
  gateway.clock.advance(MINUTE_MS);
  assert.equal(await gateway.runJob('expiry'), 0);
  assert.equal(await gateway.statusOf(intent), 'processing');
  await gateway.settle();
  gateway.clock.advance(3_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'cancelled');
});

test('held money does not expire with its intent', async () => {
  const intent = await gateway.createIntent({ capture_method: 'manual', expires_in_minutes: 1 });
  await gateway.client.confirm(intent.id, { payment_method_type: 'cash' });
  gateway.clock.advance(60 * MINUTE_MS);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'processing');
  assert.equal((await gateway.client.capture(intent.id)).json.status, 'succeeded');
});

test('an intent that cannot be expired keeps no other from its end', async (t) => {
  const own = await startTestGateway(t);
  const broken = await own.openQr({ expires_in_minutes: 1 });
  const other = await own.createIntent({ expires_in_minutes: 1 });
  await own.query('update payment_intents set attempt_id = null where id = $1', [broken.id]);
  own.clock.advance(MINUTE_MS);
  assert.equal(await own.runJob('expiry'), 1);
  assert.equal(await own.statusOf(other), 'cancelled');
  const reported = own.log.lines.filter((line) => line.msg === 'not expired');
  assert.deepEqual(
    reported.map((line) => line['payment_intent']),
    [broken.id],
  );
});

test('two workers that expire the same intents do so once', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const intents = await Promise.all(Array.from({ length: 10 }, () => own.createIntent()));
  own.clock.advance(30 * MINUTE_MS);
  await Promise.all(own.replicas.map(({ context }) => expire_payment_intents.run(context)));
  for (const intent of intents) assert.deepEqual(await own.eventsOf(intent), ['created', 'cancelled']);
});

test('where a provider has no way to call a payment off, it is looked up until it has ended', async (t) => {
  const { cancel } = paypay;
  t.after(() => Object.assign(paypay, { cancel }));
  Reflect.deleteProperty(paypay, 'cancel');
  const own = await startTestGateway(t);
  const unpaid = await own.openQr({ expires_in_minutes: 1 });
  const paid = await own.openQr({ expires_in_minutes: 1 });
  await own.paypay.pay(paid.code);
  own.clock.advance(61_000);
  await own.settle();
  assert.deepEqual([await own.statusOf(unpaid), await own.statusOf(paid)], ['cancelled', 'succeeded']);
});

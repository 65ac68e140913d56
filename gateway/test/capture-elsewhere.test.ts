// Held money that moves without us: captured, released or shortened at PayPay's own tool, or run out. It is noticed
// by the notification, by a look-up now and then, and after the hold should have ended.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { waitUntil } from './support/process.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;
const DAY_MS = 86_400_000;

async function nextLookUpOf(intent: { id: string }): Promise<number> {
  const text = 'select next_check_at from payment_attempts where payment_intent_id = $1';
  const [attempt] = await gateway.query<{ next_check_at: string }>(text, [intent.id]);
  assert.ok(attempt);
  return Date.parse(attempt.next_check_at);
}

async function passADay(): Promise<void> {
  clock.advance(1.2 * DAY_MS);
  await gateway.settle();
}

test('a hold is looked at about once a day, however long it lasts', async () => {
  const intent = await gateway.holdQr();
  const { merchantPaymentId } = await paypay.find(intent.code);
  const before = await paypay.calls('get_payment', merchantPaymentId);
  for (let day = 0; day < 5; day += 1) await passADay();
  const looked = (await paypay.calls('get_payment', merchantPaymentId)) - before;
  assert.equal(looked, 5);
  assert.equal((await client.retrieve(intent.id)).json.amount_capturable, 1_000);
});

test('money that is captured at PayPay’s own tool is received: as much as PayPay states', async () => {
  for (const [amount, received] of [
    [undefined, 1_000],
    [350, 350],
  ] as const) {
    const intent = await gateway.holdQr();
    await paypay.captureByHand(intent.code, amount);
    await passADay();
    const { json } = await client.retrieve(intent.id);
    assert.deepEqual([json.status, json.amount_received, json.amount_capturable], ['succeeded', received, 0]);
    assert.deepEqual(await gateway.eventsOf(intent), [
      'created',
      'requires_action',
      'processing',
      'succeeded',
    ]);
  }
});

test('more than was held, captured elsewhere, is not accepted, and a person has to look', async () => {
  const intent = await gateway.holdQr();
  await paypay.captureByHand(intent.code, 1_001);
  await passADay();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.outcome, json.amount_received, json.last_payment_error.code],
    ['processing', 'unknown', 0, 'amount_mismatch'],
  );
  assert.equal((await client.cancel(intent.id)).status, 409);
});

test('money that is captured before we ever saw it held is received all the same', async () => {
  const intent = await gateway.openQr({ capture_method: 'manual' });
  await paypay.pay(intent.code);
  await paypay.captureByHand(intent.code, 700);
  clock.advance(2_500);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 700]);
});

test('money that is released at PayPay’s own tool ends the intent', async () => {
  const reverted = await gateway.holdQr();
  await paypay.revertByHand(reverted.code);
  await passADay();
  const { json } = await client.retrieve(reverted.id);
  assert.deepEqual(
    [json.status, json.cancellation_reason, json.amount_capturable],
    ['cancelled', 'cancelled_by_provider', 0],
  );
  assert.deepEqual(await gateway.eventsOf(reverted), [
    'created',
    'requires_action',
    'processing',
    'cancelled',
  ]);
});

test('a hold that runs out ends the intent within minutes, as authorization_expired', async (t) => {
  t.after(() => paypay.control('POST', '/settings', { authorization_lifetime_seconds: 30 * 86_400 }));
  await paypay.control('POST', '/settings', { authorization_lifetime_seconds: 3_600 });
  const intent = await gateway.holdQr();
  const { capture_before } = (await client.retrieve(intent.id)).json;
  const due = await nextLookUpOf(intent);
  assert.ok(due >= Date.parse(capture_before) + 60_000 && due < Date.parse(capture_before) + 120_000);
  clock.set(due);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.cancellation_reason, json.amount_capturable, json.amount_received],
    ['cancelled', 'authorization_expired', 0, 0],
  );
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'processing', 'cancelled']);
  assert.equal((await paypay.find(intent.code)).phase, 'hold_expired');
});

test('PayPay’s notifications make a hold, its capture and its end known at once', async () => {
  await paypay.connectNotifications();
  const notified = (intent: { code: string }, count: number) =>
    waitUntil('the notifications', async () => {
      const { notifications } = await paypay.find(intent.code);
      return notifications.filter(({ outcome }) => outcome === 'delivered').length >= count && notifications;
    });
  const settleNow = async () => {
    await gateway.runJob('notifications');
    await gateway.runJob('look_ups');
  };

  const captured = await gateway.holdQr();
  await paypay.captureByHand(captured.code, 200);
  await notified(captured, 2);
  await settleNow();
  assert.equal((await client.retrieve(captured.id)).json.amount_received, 200);

  const expired = await gateway.holdQr();
  await paypay.shortenHold(expired.code, 0);
  const told = await notified(expired, 2);
  assert.deepEqual(
    told.map(({ state }) => state),
    ['AUTHORIZED', 'EXPIRED'],
  );
  await settleNow();
  assert.equal((await client.retrieve(expired.id)).json.cancellation_reason, 'authorization_expired');

  // The notification of a shortened hold names PayPay's id only.
  const shortened = await gateway.holdQr();
  const before = (await client.retrieve(shortened.id)).json.capture_before;
  await paypay.shortenHold(shortened.code, 600);
  await notified(shortened, 2);
  await settleNow();
  const { json } = await client.retrieve(shortened.id);
  assert.ok(json.capture_before < before);
  assert.equal(json.capture_before, (await paypay.find(shortened.code)).held_until);
  assert.ok((await nextLookUpOf(shortened)) < Date.parse(json.capture_before) + 120_000);
  const types = await gateway.eventsOf(shortened);
  assert.deepEqual(
    types,
    ['created', 'requires_action', 'processing', 'processing'],
    'who wants the money is told',
  );
});

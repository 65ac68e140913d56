// Money that arrives when nobody wants it any more: kept apart, told once, given back, and the intent stays what
// it is.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { send } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const INBOX = '/v1/webhooks/paypay';
await gateway.paypay.connectNotifications();

/** Does what makes PayPay notify us, and returns when we have answered. */
async function notifiedOf(work: () => Promise<unknown>): Promise<void> {
  const notified = gateway.log.next(answered('POST', INBOX));
  await work();
  await notified;
}

/** The customer pays a code that should be dead, PayPay notifies, and the worker asks. */
async function payLate(code: string): Promise<void> {
  await notifiedOf(() => gateway.paypay.payLate(code));
  await gateway.settle();
}

async function openAndCancel() {
  const intent = await gateway.openQr();
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  return intent;
}

test('a payment after the cancel is a late payment of its own and is given back; the intent stays cancelled', async () => {
  const intent = await openAndCancel();
  const before = (await client.retrieve(intent.id)).text;
  await payLate(intent.code);
  const [late, ...others] = await gateway.latePaymentsOf(intent);
  assert.deepEqual(others, []);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  assert.match(String(late?.['id']), /^lp_/);
  assert.deepEqual(
    [late?.['amount'], late?.['currency'], late?.['attempt_id'], late?.['provider'], late?.['status']],
    [1_000, 'JPY', merchantPaymentId, 'PAYPAY', 'refunded'],
  );
  assert.equal((await client.retrieve(intent.id)).text, before);
  assert.deepEqual(await gateway.eventsOf(intent), [
    'created',
    'requires_action',
    'cancelled',
    'late_payment.created',
    'refund.created',
    'refund.succeeded',
    'late_payment.refunded',
  ]);
  const events = await gateway.query<{ object_json: string }>(
    `select object_json from events where type like 'late_payment.%'
       and object_json::json ->> 'payment_intent' = $1 order by id`,
    [intent.id],
  );
  const [created, refunded] = events.map(({ object_json }) => JSON.parse(object_json));
  assert.deepEqual([created.object, created.id, created.status], ['late_payment', late?.['id'], 'refunding']);
  assert.equal('organization_id' in created, false);
  assert.deepEqual(refunded, (await client.get(`/v1/late_payments/${late?.['id']}`)).json);
  const refund = (await client.get(`/v1/refunds/${refunded.refund}`)).json;
  assert.deepEqual(
    [refund.status, refund.amount, refund.late_payment, refund.payment_intent],
    ['succeeded', 1_000, late?.['id'], intent.id],
  );
});

test('however often it is notified and looked up, it is recorded once', async () => {
  const intent = await openAndCancel();
  await payLate(intent.code);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  for (let n = 0; n < 3; n += 1) {
    await notifiedOf(() => gateway.paypay.notifyAgain(intent.code));
    const body = { merchantPaymentId, status: 'COMPLETED', timestamp: `2026-01-15T10:0${n}:00Z` };
    assert.equal((await send(gateway.url, 'POST', INBOX, {}, body)).status, 200);
    await gateway.settle();
    clock.advance(61_000);
    await gateway.settle();
  }
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
  assert.equal((await gateway.eventsOf(intent)).filter((type) => type === 'late_payment.created').length, 1);
});

test('a payment after the end of an intent’s time is late, too', async () => {
  const intent = await gateway.openQr({ expires_in_minutes: 1 });
  clock.advance(60_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'cancelled');
  await payLate(intent.code);
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
  assert.equal((await client.retrieve(intent.id)).json.cancellation_reason, 'expired');
});

test('a payment that was under way when the code was deleted is found without any notification', async () => {
  const intent = await openAndCancel();
  await gateway.paypay.setFault('lose_notification', { times: 1 });
  await gateway.paypay.payLate(intent.code);
  clock.advance(61_000);
  await gateway.settle();
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
});

test('a look-up in between does not take the place of the last one', async () => {
  const intent = await openAndCancel();
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  clock.advance(10_000);
  const body = { merchantPaymentId, status: 'CANCELED', timestamp: '2026-01-15T10:10:00Z' };
  const asked = await gateway.paypay.calls('get_payment', merchantPaymentId);
  assert.equal((await send(gateway.url, 'POST', INBOX, {}, body)).status, 200);
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment', merchantPaymentId), asked + 1);
  await gateway.paypay.setFault('lose_notification', { times: 1 });
  await gateway.paypay.payLate(intent.code);
  clock.advance(49_000);
  await gateway.settle();
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  clock.advance(2_000);
  await gateway.settle();
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
});

test('a last look-up that fails is made again until there is an answer, and then no more', async () => {
  const intent = await openAndCancel();
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  await gateway.paypay.setFault('lose_notification', { times: 1 });
  await gateway.paypay.payLate(intent.code);
  await gateway.paypay.setFault('server_error', { endpoint: 'get_payment' });
  for (const wait_ms of [61_000, 3_000, 6_000]) {
    clock.advance(wait_ms);
    await gateway.settle();
    assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  }
  await gateway.paypay.clearFaults();
  clock.advance(12_000);
  await gateway.settle();
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
  const asked = await gateway.paypay.calls('get_payment', merchantPaymentId);
  clock.advance(3_600_000);
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment', merchantPaymentId), asked);
});

test('a first code that is paid after the second one is late: nobody pays twice unseen', async () => {
  const intent = await gateway.openQr();
  clock.advance(331_000);
  await gateway.settle();
  const { json: fresh } = await client.reissueToken(intent.id);
  const second = (await gateway.terminalFor(fresh).confirmQr()).json;
  await notifiedOf(() => gateway.paypay.pay(second.qr_content));
  clock.advance(3_100);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  await payLate(intent.code);
  const [late] = await gateway.latePaymentsOf(intent);
  assert.equal(late?.['attempt_id'], (await gateway.paypay.find(intent.code)).merchantPaymentId);
  assert.equal((await client.retrieve(intent.id)).json.amount_received, 1_000);
});

test('a first code that is paid while a second one is open is late as well', async () => {
  const intent = await gateway.openQr();
  clock.advance(331_000);
  await gateway.settle();
  const { json: fresh } = await client.reissueToken(intent.id);
  await gateway.terminalFor(fresh).confirmQr();
  await payLate(intent.code);
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  assert.equal(
    (await client.cancel(intent.id)).json.status,
    'cancelled',
    'the second code can be called off',
  );
});

test('a given up code that is paid while the order is still open pays the order', async () => {
  const intent = await gateway.openQr();
  clock.advance(331_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  await payLate(intent.code);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, json.provider], ['succeeded', 1_000, 'PAYPAY']);
});

test('late money of another amount is recorded as the amount that it is', async () => {
  const intent = await openAndCancel();
  await gateway.paypay.setFault('wrong_amount', { times: 1 });
  await payLate(intent.code);
  const [late] = await gateway.latePaymentsOf(intent);
  assert.deepEqual(
    [late?.['amount'], late?.['status']],
    [1_001, 'held'],
    'PayPay refunds no more than it took',
  );
});

test('late money of an amount that no payment can have is not believed, and PayPay is asked again', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr({ amount: 99_999_999_999 });
  await intent.terminal.cancel();
  await own.paypay.setFault('wrong_amount', { times: 1 });
  await own.paypay.payLate(intent.code);
  own.clock.advance(61_000);
  await own.settle();
  assert.deepEqual(await own.latePaymentsOf(intent), []);
  own.clock.advance(10_000);
  await own.settle();
  const [late] = await own.latePaymentsOf(intent);
  assert.deepEqual([late?.['amount'], late?.['status']], [99_999_999_999, 'refunded']);
});

test('every yen that PayPay took and kept is in a payment or in a late payment that was not given back', async () => {
  const [ours] = await gateway.query<{ received: number; late: number }>(
    `select (select sum(amount_received) from payment_intents)::bigint as received,
            (select sum(amount) from late_payments where status <> 'refunded')::bigint as late`,
  );
  const { charges } = await gateway.paypay.control<{ charges: { amount: number; refunded: number }[] }>(
    'GET',
    '/charges',
  );
  const taken = charges.reduce((sum, charge) => sum + charge.amount - charge.refunded, 0);
  assert.ok(charges.length >= 8 && taken >= 3_000, String(taken));
  // One look-up above was told 1,001 for 1,000.
  assert.equal((ours?.received ?? 0) + (ours?.late ?? 0), taken + 1);
});

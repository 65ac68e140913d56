// Payments by scanned codes that were called off, and what is heard of them afterwards: money that counts stays, money
// that is on its way back counts nowhere, and a person's word is not undone.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const { client, clock, paypay } = gateway;

async function scan(behaviour: string, changes: Json = {}) {
  const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm', 'cash'], ...changes });
  const terminal = gateway.terminalFor(intent);
  const customer_code = await paypay.showCode(behaviour);
  const answer = await terminal.confirm({ payment_method_type: 'qr_cpm', customer_code });
  const [attempt] = await gateway.query<{ id: string }>(
    'select id from payment_attempts where payment_intent_id = $1',
    [intent.id],
  );
  assert.ok(attempt, answer.text);
  return { ...intent, terminal, answer, attempt_id: attempt.id };
}
type Order = Awaited<ReturnType<typeof scan>>;

async function live(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await gateway.settle();
  }
}

const inApp = ({ attempt_id }: Order, act: 'pay' | 'decline') =>
  paypay.control('POST', `/payments/${attempt_id}/${act}`, {});
const retrieve = async ({ id }: { id: string }) => (await client.retrieve(id)).json;
const kept = async ({ attempt_id }: Order) =>
  (await paypay.taken()).filter(({ merchantPaymentId }) => merchantPaymentId === attempt_id).length;

async function delayCancels(t: TestContext, cancel_delay_seconds: number): Promise<void> {
  await paypay.control('POST', '/settings', { cancel_delay_seconds });
  t.after(() => paypay.control('POST', '/settings', { cancel_delay_seconds: 0 }));
}

/** PayPay tells the gateway of the payment once more. */
async function hearAgain({ attempt_id }: Order): Promise<void> {
  await paypay.connectNotifications();
  const notified = gateway.log.next(answered('POST', '/v1/webhooks/paypay'));
  await paypay.control('POST', `/payments/${attempt_id}/notify`, {});
  assert.equal((await notified).status, 200);
  await paypay.control('POST', '/settings', { notification_url: null });
  assert.equal(await gateway.runJob('notifications'), 1);
  assert.equal(await gateway.runJob('look_ups'), 1);
}

test('what counts as paid because PayPay did not cancel it is not cancelled by the next news of it', async (t) => {
  t.after(() => paypay.clearFaults());
  const order = await scan('never_answers');
  await paypay.setFault('refuse', { endpoint: 'cancel_payment', code: 'ORDER_NOT_REVERSIBLE' });
  await live(62);
  await inApp(order, 'pay');
  await live(150);
  assert.equal((await retrieve(order)).status, 'succeeded');
  await paypay.clearFaults();
  await hearAgain(order);
  assert.equal(await kept(order), 1);
  assert.equal((await retrieve(order)).status, 'succeeded');
});

test('what a person has called paid is not called off any more', async (t) => {
  t.after(() => paypay.clearFaults());
  const order = await scan('never_answers');
  await paypay.setFault('server_error', { endpoint: 'cancel_payment' });
  await live(62);
  await inApp(order, 'pay');
  await live(5);
  assert.equal((await retrieve(order)).outcome, 'unknown');
  const said = { outcome: 'paid', reason: 'PayPay for Business shows it.', resolved_by: 'M. Sato' };
  const { json } = await client.post(`/v1/payment_intents/${order.id}/resolve`, said);
  assert.equal(json.status, 'succeeded', JSON.stringify(json));
  await paypay.clearFaults();
  await live(90);
  assert.equal(await kept(order), 1);
  assert.equal((await retrieve(order)).status, 'succeeded');
});

test('another amount than ours is not called off by silence after it either', async (t) => {
  t.after(() => paypay.clearFaults());
  const order = await scan('confirms');
  await inApp(order, 'pay');
  await paypay.setFault('wrong_amount');
  await live(30);
  assert.equal((await retrieve(order)).last_payment_error.code, 'amount_mismatch');
  await paypay.setFault('server_error', { endpoint: 'get_customer_payment' });
  await live(90);
  await paypay.clearFaults();
  await paypay.setFault('wrong_amount');
  await live(600);
  assert.equal(await paypay.calls('cancel_payment', order.attempt_id), 0);
  const { status, last_payment_error } = await retrieve(order);
  assert.deepEqual([status, last_payment_error.code], ['processing', 'amount_mismatch']);
});

test('a cancel that PayPay accepted before its time for cancelling ended is believed beyond that time', async (t) => {
  await delayCancels(t, 50);
  t.after(() => paypay.clearFaults());
  // Paid before midnight in Japan, with the answer lost; the look-ups see nothing until a quarter past.
  clock.set('2026-01-20T14:59:50.000Z');
  await paypay.setFault('server_error_after_success', { endpoint: 'create_payment', times: 1 });
  const order = await scan('pays');
  clock.set('2026-01-20T15:14:50.000Z');
  await paypay.setFault('server_error', { endpoint: 'get_customer_payment' });
  await gateway.runJob('look_ups');
  await paypay.clearFaults();
  await gateway.settle();
  assert.equal(await paypay.calls('cancel_payment', order.attempt_id), 1, 'it was given up in time');
  await live(120);
  assert.equal(await kept(order), 0);
  assert.equal((await retrieve(order)).status, 'requires_payment_method');
  assert.equal((await gateway.eventsOf(order)).includes('succeeded'), false);
});

test('an answer "paid" that was on its way when a merchant called off what was given up is not believed', async (t) => {
  const [resolver, till] = gateway.replicas;
  assert.ok(resolver && till);
  t.after(() => paypay.clearFaults());
  t.after(() => paypay.control('POST', '/settings', { refund_delay_seconds: 0 }));
  const order = await scan('never_answers');
  await paypay.setFault('server_error', { endpoint: 'cancel_payment' });
  await live(62);
  await inApp(order, 'pay');
  await paypay.clearFaults();
  await paypay.setFault('refuse', { endpoint: 'cancel_payment', code: 'ORDER_NOT_REVERSIBLE' });
  await paypay.control('POST', '/settings', { refund_delay_seconds: 30 });
  clock.advance(24 * 3_600_000);
  const paid = gateway.holdProviderAnswers(resolver);
  const look_up = gateway.runJob('look_ups', resolver);
  await paid.arrived;
  const answer = await gateway.clientFor(gateway.key, till).cancel(order.id);
  assert.equal(answer.status, 502, answer.text);
  paid.release();
  await look_up;
  assert.equal((await retrieve(order)).status, 'processing');
  await live(120);
  assert.equal((await retrieve(order)).status, 'cancelled');
  assert.equal((await gateway.eventsOf(order)).includes('succeeded'), false);
});

test('an amount that is only to be held, and that nobody agrees to, is given up like any other', async (t) => {
  await delayCancels(t, 20);
  for (const agrees of [false, true]) {
    const order = await scan('never_answers', { capture_method: 'manual' });
    await live(64);
    if (agrees) await inApp(order, 'pay');
    await live(90);
    const { status, amount_capturable } = await retrieve(order);
    assert.deepEqual([status, amount_capturable], ['requires_payment_method', 0]);
    assert.notEqual(
      (await paypay.payments()).find((one) => one.merchantPaymentId === order.attempt_id)?.phase,
      'held',
    );
  }
});

test('a till that sends its code only after it was given up is told so, and the customer has the money back', async (t) => {
  const till = gateway.replicas[1];
  assert.ok(till);
  t.after(() => paypay.clearFaults());
  const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm', 'cash'] });
  const confirm = { payment_method_type: 'qr_cpm', customer_code: await paypay.showCode() };
  const terminal = gateway.terminalFor(intent, till);
  // Ids of two replicas ascend with time, not within one millisecond.
  clock.advance(1);
  await paypay.setFault('server_error', { endpoint: 'create_payment', times: 1 });
  assert.equal((await terminal.confirm(confirm)).status, 502);
  // The till asks again, and hangs between PayPay's "no such payment" and the sending of the code.
  const absent = gateway.holdProviderAnswers(till, 'GET');
  const again = terminal.confirm(confirm);
  await absent.arrived;
  await paypay.setFault('server_error', { endpoint: 'get_customer_payment' });
  clock.advance(61_000);
  await gateway.runJob('look_ups');
  await paypay.clearFaults();
  await live(15);
  assert.equal((await retrieve(intent)).status, 'requires_payment_method');
  assert.equal((await client.confirm(intent.id, { payment_method_type: 'cash' })).json.status, 'succeeded');
  absent.release();
  const { status, json } = await again;
  assert.equal(status, 502);
  assert.doesNotMatch(json.message, /nothing was taken/);
  await live(90);
  const { merchantPaymentId } = await paypay.find();
  assert.equal(
    (await paypay.taken()).some((charge) => charge.merchantPaymentId === merchantPaymentId),
    false,
  );
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing', 'succeeded']);
});

test('a cancel after a long wait is looked after at once, and not as seldom as what is unknown for long', async (t) => {
  await delayCancels(t, 20);
  const order = await scan('never_answers');
  await live(40);
  assert.equal((await order.terminal.cancel()).status, 502);
  await live(60);
  assert.equal((await retrieve(order)).status, 'cancelled');
});

test('a customer who agrees while the payment is called off, and its intent has run out, gets the money back', async (t) => {
  await delayCancels(t, 20);
  const order = await scan('never_answers', { expires_in_minutes: 1 });
  await live(64);
  await inApp(order, 'pay');
  assert.equal((await client.confirm(order.id, { payment_method_type: 'cash' })).status, 409);
  assert.equal((await client.capture(order.id)).status, 409);
  await live(120);
  const { status, cancellation_reason } = await retrieve(order);
  assert.deepEqual([status, cancellation_reason], ['cancelled', 'expired']);
  assert.equal(await kept(order), 0);
  assert.deepEqual(await gateway.eventsOf(order), ['created', 'processing', 'cancelled']);
});

test('a doubt that is cleared up is told no longer', async () => {
  await paypay.setFault('server_error_after_success', { endpoint: 'create_payment', times: 1 });
  const order = await scan('confirms');
  assert.equal((await retrieve(order)).last_payment_error.code, 'provider_server_error');
  await live(3);
  const { status, outcome, last_payment_error } = await retrieve(order);
  assert.deepEqual([status, outcome, last_payment_error], ['processing', undefined, undefined]);
});

test('a customer who is still asked to pay what we took for ended is asked no longer', async (t) => {
  t.after(() => paypay.clearFaults());
  await paypay.setFault('server_error_after_success', { endpoint: 'create_payment', times: 1 });
  await paypay.setFault('refuse', { endpoint: 'get_customer_payment', code: 'RESOURCE_NOT_FOUND' });
  const order = await scan('never_answers');
  await live(50);
  assert.equal((await retrieve(order)).status, 'requires_payment_method');
  assert.equal((await client.confirm(order.id, { payment_method_type: 'cash' })).json.status, 'succeeded');
  await paypay.clearFaults();
  await live(90);
  await assert.rejects(inApp(order, 'pay'), /409/);
  assert.equal(await kept(order), 0);
  assert.equal((await retrieve(order)).status, 'succeeded');
  assert.deepEqual(await gateway.latePaymentsOf(order), []);
});

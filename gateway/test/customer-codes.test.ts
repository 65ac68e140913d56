// Payments by a code that the customer shows, from the confirm to the end: paid at once, asked in the app, called off
// when nobody agrees, and never paid twice. The names of the tests are the traps of customer-presented payments.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;

/** An order at the till, and a code of a customer who behaves in the given way. */
async function meet(behaviour = 'pays', changes: Json = {}) {
  const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm', 'cash'], ...changes });
  const terminal = gateway.terminalFor(intent);
  const code = await paypay.showCode(behaviour);
  const scan = (customer_code: string, key?: string) =>
    terminal.confirm({ payment_method_type: 'qr_cpm', customer_code }, key);
  return { ...intent, terminal, code, scan };
}

async function meetAndScan(behaviour = 'pays', changes: Json = {}) {
  const customer = await meet(behaviour, changes);
  const answer = await customer.scan(customer.code);
  return { ...customer, answer };
}

/** Lets time pass as a worker lives through it, second by second. */
async function live(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    await gateway.settle();
  }
}

interface AttemptRow {
  id: string;
  status: string;
  next_check_at: string | null;
  paid_at: string | null;
}

const attemptsOf = ({ id }: { id: string }) =>
  gateway.query<AttemptRow>('select * from payment_attempts where payment_intent_id = $1 order by id', [id]);
const retrieve = async ({ id }: { id: string }) => (await client.retrieve(id)).json;

async function chargesOf(intent: { id: string }) {
  const ids = (await attemptsOf(intent)).map(({ id }) => id);
  const { charges } = await paypay.control<{
    charges: { merchantPaymentId: string; amount: number; reversed_at: string | null }[];
  }>('GET', '/charges');
  return charges.filter(({ merchantPaymentId }) => ids.includes(merchantPaymentId));
}
const kept = async (intent: { id: string }) =>
  (await chargesOf(intent)).filter(({ reversed_at }) => reversed_at === null).map(({ amount }) => amount);
const newestAttempt = async (intent: { id: string }) => (await attemptsOf(intent)).at(-1)?.id ?? '';
/** What the customer does in the app. */
const inApp = async (intent: { id: string }, act: 'pay' | 'decline') =>
  paypay.control('POST', `/payments/${await newestAttempt(intent)}/${act}`, {});

test('a scanned code pays in the one call of the confirm, and nothing is left to look up', async () => {
  const order = await meetAndScan();
  assert.deepEqual([order.answer.status, order.answer.json.status], [200, 'succeeded'], order.answer.text);
  assert.deepEqual(await kept(order), [1_000]);
  const [attempt] = await attemptsOf(order);
  assert.equal(attempt?.next_check_at, null);
  assert.equal(attempt?.paid_at, new Date(clock.now()).toISOString());
});

test('a customer who must confirm in the app is waited for, as often as at an open code, and then has paid', async () => {
  const order = await meetAndScan('confirms');
  assert.deepEqual([order.answer.status, order.answer.json.status], [200, 'processing']);
  assert.equal(order.answer.json.outcome, undefined, 'that is known: the customer is being asked');
  const id = await newestAttempt(order);
  await live(30);
  const asked = await paypay.calls('get_customer_payment', id);
  assert.ok(asked >= 9 && asked <= 15, `${asked} look-ups in 30 seconds`);
  assert.equal((await retrieve(order)).status, 'processing');
  await inApp(order, 'pay');
  await live(3);
  assert.equal((await retrieve(order)).status, 'succeeded');
  assert.deepEqual(await kept(order), [1_000]);
  assert.deepEqual(await gateway.eventsOf(order), ['created', 'processing', 'succeeded']);
});

test('a customer who declines in the app has declined', async () => {
  const order = await meetAndScan('confirms');
  await inApp(order, 'decline');
  await live(3);
  assert.equal((await retrieve(order)).status, 'failed');
  assert.equal((await retrieve(order)).last_payment_error.code, 'payment_failed');
});

test('a customer who does not agree within a minute is given up: the payment is called off and a fresh code pays', async () => {
  const order = await meetAndScan('never_answers');
  await live(58);
  assert.equal((await retrieve(order)).status, 'processing');
  assert.equal(await paypay.calls('cancel_payment', await newestAttempt(order)), 0);
  await live(8);
  const open = await retrieve(order);
  assert.equal(open.status, 'requires_payment_method');
  assert.equal(open.last_payment_error.code, 'payment_expired');
  assert.match(open.last_payment_error.message, /did not agree/);
  assert.equal(open.cancellation_reason, undefined);
  assert.equal((await attemptsOf(order))[0]?.status, 'ended_unpaid');
  await assert.rejects(inApp(order, 'pay'), /409/, 'the app asks no more');

  const { json } = await client.reissueToken(order.id);
  const again = await gateway
    .terminalFor({ id: order.id, payment_token: json.payment_token })
    .confirm({ payment_method_type: 'qr_cpm', customer_code: await paypay.showCode() });
  assert.equal(again.json.status, 'succeeded', again.text);
  await live(90);
  assert.deepEqual(await kept(order), [1_000]);
});

test('a customer who agrees while the payment is being called off gets the money back, and is never told "paid"', async (t) => {
  await paypay.control('POST', '/settings', { cancel_delay_seconds: 20 });
  t.after(() => paypay.control('POST', '/settings', { cancel_delay_seconds: 0 }));
  const order = await meetAndScan('never_answers');
  await live(64);
  assert.equal((await paypay.calls('cancel_payment', await newestAttempt(order))) > 0, true);
  await inApp(order, 'pay');
  await live(5);
  assert.deepEqual(await kept(order), [1_000], 'PayPay still shows it as paid');
  assert.equal((await retrieve(order)).status, 'processing');
  await live(60);
  assert.equal((await retrieve(order)).status, 'requires_payment_method');
  assert.deepEqual(await kept(order), []);
  assert.equal((await gateway.eventsOf(order)).includes('succeeded'), false);
  assert.deepEqual(await gateway.latePaymentsOf(order), []);
});

test('a customer who agreed in the last second has paid, and nothing is called off', async () => {
  const order = await meetAndScan('confirms');
  await live(57);
  await inApp(order, 'pay');
  await live(6);
  assert.equal((await retrieve(order)).status, 'succeeded');
  assert.equal(await paypay.calls('cancel_payment', await newestAttempt(order)), 0);
});

test('an answer "paid" that was on its way when the payment was called off is not believed', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [resolver, till] = own.replicas;
  assert.ok(resolver && till);
  const intent = await own.createIntent({ payment_method_types: ['qr_cpm'] });
  const terminal = own.terminalFor(intent, till);
  const scanned = { payment_method_type: 'qr_cpm', customer_code: await own.paypay.showCode('confirms') };
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_payment', times: 1 });
  assert.equal((await terminal.confirm(scanned)).status, 502);
  own.clock.advance(61_000);

  // The resolver sees that nobody has agreed; before it can write that down, somebody does, and the till asks again.
  const unpaid = own.holdProviderAnswers(resolver);
  const look_up = own.runJob('look_ups', resolver);
  await unpaid.arrived;
  await own.paypay.control('POST', `/payments/${(await own.paypay.find()).merchantPaymentId}/pay`, {});
  const paid = own.holdProviderAnswers(till);
  const again = terminal.confirm(scanned);
  await paid.arrived;
  unpaid.release();
  await look_up;
  paid.release();
  assert.notEqual((await again).json.status, 'succeeded');
  own.clock.advance(5_000);
  await own.settle();
  assert.equal(await own.statusOf(intent), 'requires_payment_method');
  assert.deepEqual(await own.paypay.taken(), []);
  assert.equal((await own.eventsOf(intent)).includes('succeeded'), false);
});

test('a merchant who cancels what is being given up ends the intent, too', async (t) => {
  await paypay.control('POST', '/settings', { cancel_delay_seconds: 20 });
  t.after(() => paypay.control('POST', '/settings', { cancel_delay_seconds: 0 }));
  const order = await meetAndScan('never_answers');
  await live(64);
  assert.equal((await order.terminal.cancel()).status, 502);
  await live(40);
  assert.equal((await retrieve(order)).status, 'cancelled');
});

test('a merchant who calls it off while the customer is being asked ends it at once', async () => {
  const order = await meetAndScan('confirms');
  const answer = await order.terminal.cancel({ cancellation_reason: 'abandoned' });
  assert.deepEqual([answer.status, answer.json.status], [200, 'cancelled'], answer.text);
  assert.equal((await attemptsOf(order))[0]?.status, 'ended_unpaid');
  await assert.rejects(inApp(order, 'pay'), /409/);
  assert.deepEqual(await kept(order), []);
});

test('a cancel that PayPay takes its time for goes on by itself, and money that came meanwhile goes back', async (t) => {
  await paypay.control('POST', '/settings', { cancel_delay_seconds: 20 });
  t.after(() => paypay.control('POST', '/settings', { cancel_delay_seconds: 0 }));
  const order = await meetAndScan('confirms');
  const answer = await order.terminal.cancel({}, 'cancel-1');
  assert.deepEqual([answer.status, answer.json.code], [502, 'provider_error']);
  assert.equal(answer.json.details.outcome, 'unknown', 'it may be cancelled, or be paid first');
  await inApp(order, 'pay');
  await live(60);
  const ended = await retrieve(order);
  assert.deepEqual([ended.status, ended.amount_received], ['cancelled', 0]);
  assert.equal((await attemptsOf(order))[0]?.status, 'reversed');
  assert.deepEqual(await kept(order), []);
  assert.equal((await order.terminal.cancel({}, 'cancel-1')).json.status, 'cancelled');
});

test('a payment whose outcome is unknown is not cancelled by the till: it may have been paid', async () => {
  await paypay.setFault('server_error_after_success', { endpoint: 'create_payment', times: 1 });
  const order = await meetAndScan();
  const answer = await order.terminal.cancel();
  assert.deepEqual([answer.status, answer.json.code], [409, 'invalid_payment_state']);
  await live(3);
  assert.equal((await retrieve(order)).status, 'succeeded');
});

test('what the wallet refuses is a decline, with PayPay’s code', async () => {
  for (const [behaviour, code] of [
    ['insufficient_funds', 'NO_SUFFICIENT_FUND'],
    ['limit_exceeded', 'LIMIT_EXCEEDED'],
    ['no_payment_method', 'NO_VALID_PAYMENT_METHOD'],
    ['inactive', 'USER_STATE_IS_NOT_ACTIVE'],
  ]) {
    const { answer } = await meetAndScan(behaviour);
    assert.deepEqual([answer.status, answer.json.status], [200, 'failed'], behaviour);
    assert.equal(answer.json.last_payment_error.code, code);
  }
});

test('an expired or used code is no decline: the same order and token take a fresh one', async () => {
  for (const behaviour of ['expired', 'used']) {
    const order = await meetAndScan(behaviour);
    assert.deepEqual([order.answer.status, order.answer.json.code], [502, 'provider_error'], behaviour);
    assert.match(order.answer.json.message, /nothing was taken.*fresh/);
    assert.equal((await retrieve(order)).status, 'requires_payment_method');
    const again = await order.scan(await paypay.showCode());
    assert.equal(again.json.status, 'succeeded', again.text);
    assert.deepEqual(await kept(order), [1_000]);
  }
});

test('a contract without scanned codes is told as what it is', async (t) => {
  await paypay.control('POST', '/settings', { can_take_customer_codes: false });
  t.after(() => paypay.control('POST', '/settings', { can_take_customer_codes: true }));
  const { answer } = await meetAndScan();
  assert.deepEqual([answer.status, answer.json.details.provider_code], [502, 'OP_OUT_OF_SCOPE']);
  assert.match(answer.json.message, /contract does not cover/);
});

for (const fault of ['server_error_after_success', 'html_502'] as const) {
  test(`an answer lost by ${fault} is unknown, is found by look-up, and is charged at most once`, async () => {
    await paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
    const order = await meetAndScan();
    assert.deepEqual([order.answer.status, order.answer.json.details.outcome], [502, 'unknown']);
    await live(70);
    const arrived = fault === 'server_error_after_success';
    assert.equal((await retrieve(order)).status, arrived ? 'succeeded' : 'requires_payment_method');
    assert.deepEqual(await kept(order), arrived ? [1_000] : []);
  });
}

test('a request that did not arrive is not believed lost before PayPay’s own time for it is over', async () => {
  await paypay.setFault('server_error', { endpoint: 'create_payment', times: 1 });
  const order = await meetAndScan();
  await live(29);
  assert.deepEqual(
    [(await retrieve(order)).status, (await retrieve(order)).outcome],
    ['processing', 'unknown'],
  );
  await live(12);
  assert.equal((await retrieve(order)).status, 'requires_payment_method');
});

test('the same confirm after silence goes on with the same attempt and code, and pays once', async () => {
  for (const fault of ['server_error', 'server_error_after_success']) {
    await paypay.setFault(fault, { endpoint: 'create_payment', times: 1 });
    const order = await meet();
    assert.equal((await order.scan(order.code, 'k')).status, 502);
    const again = await order.scan(order.code, 'k');
    assert.deepEqual([again.status, again.json.status], [200, 'succeeded'], again.text);
    assert.equal((await attemptsOf(order)).length, 1);
    assert.deepEqual(await kept(order), [1_000]);
  }
});

test('two coffees within five minutes by one customer are two payments', async () => {
  for (const round of [1, 2]) {
    const order = await meet();
    const answer = await order.scan(await paypay.showCode('pays', 'hanako'));
    assert.equal(answer.json.status, 'succeeded', `${round}: ${answer.text}`);
  }
});

test('another amount than ours is for a person to look at, and is not called off by itself', async () => {
  const order = await meetAndScan('confirms');
  await inApp(order, 'pay');
  await paypay.setFault('wrong_amount');
  await live(90);
  const { status, last_payment_error } = await retrieve(order);
  assert.deepEqual([status, last_payment_error.code], ['processing', 'amount_mismatch']);
  assert.equal(await paypay.calls('cancel_payment', await newestAttempt(order)), 0);
  await paypay.clearFaults();
});

test('a code can hold the money for a later capture, and the rest is released', async () => {
  const order = await meetAndScan('pays', { capture_method: 'manual' });
  assert.deepEqual(
    [order.answer.json.status, (await retrieve(order)).amount_capturable],
    ['processing', 1_000],
  );
  const captured = await client.capture(order.id, { amount: 600 });
  assert.deepEqual([captured.json.status, captured.json.amount_received], ['succeeded', 600], captured.text);
  assert.deepEqual(await kept(order), [600]);
});

test('money that a code holds is released by a cancel', async () => {
  const order = await meetAndScan('confirms', { capture_method: 'manual' });
  await inApp(order, 'pay');
  await live(3);
  assert.equal((await retrieve(order)).amount_capturable, 1_000);
  await live(70);
  assert.equal((await retrieve(order)).amount_capturable, 1_000, 'held money is not given up');
  const answer = await client.cancel(order.id);
  assert.equal(answer.json.status, 'cancelled', answer.text);
  assert.deepEqual(await kept(order), []);
});

test('a payment by a scanned code is refunded as any other', async () => {
  const order = await meetAndScan();
  const refund = await client.post('/v1/refunds', { payment_intent: order.id, amount: 300 });
  assert.deepEqual([refund.status, refund.json.status], [201, 'succeeded'], refund.text);
  assert.equal((await retrieve(order)).amount_refunded, 300);
  await live(3);
  assert.equal((await retrieve(order)).status, 'succeeded');
});

test('a notification that the customer agreed brings the truth before polling would', async (t) => {
  const order = await meetAndScan('confirms');
  await paypay.connectNotifications();
  t.after(() => paypay.control('POST', '/settings', { notification_url: null }));
  const notified = gateway.log.next(answered('POST', '/v1/webhooks/paypay'));
  await inApp(order, 'pay');
  assert.equal((await notified).status, 200);
  assert.equal((await retrieve(order)).status, 'processing', 'received is not believed');
  assert.equal(await gateway.runJob('notifications'), 1);
  await gateway.runJob('look_ups');
  assert.equal((await retrieve(order)).status, 'succeeded');
});

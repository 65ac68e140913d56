// What PayPay, or somebody who pretends to be PayPay, sends us: it makes us ask, and is never believed.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import { type Body, bytesOf, type Json, send } from './support/client.ts';
import { START_MS, startTestGateway, type TestGateway } from './support/gateway.ts';
import { answered } from './support/log-capture.ts';

const gateway = await startTestGateway({ after });
const { clock } = gateway;
const INBOX = '/v1/webhooks/paypay';
const JSON_TYPE = { 'content-type': 'application/json' };

const notify = (body: Body, headers: Record<string, string> = {}, to: TestGateway = gateway) =>
  send(to.url, 'POST', INBOX, { ...JSON_TYPE, ...headers }, body);

/** PayPay's own body for an attempt that the customer paid. */
async function realBody(code: string, changes: Json = {}): Promise<Json> {
  const { merchantPaymentId } = await gateway.paypay.find(code);
  return {
    notification_type: 'Transaction',
    merchant_id: 'paypay_merchant_123',
    store_id: 'store_001',
    pos_id: null,
    order_id: '045012345678901234',
    merchant_order_id: merchantPaymentId,
    authorized_at: null,
    expires_at: null,
    paid_at: '2026-01-15T10:00:05.000Z',
    order_amount: '1000',
    state: 'COMPLETED',
    ...changes,
  };
}

const stored = () =>
  gateway.query<{ result: string | null }>('select result from provider_notifications order by id');

async function openAndPay() {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  return intent;
}

test('PayPay’s own notification brings the truth before polling would', async () => {
  await gateway.paypay.connectNotifications();
  const intent = await gateway.openQr();
  const notified = gateway.log.next(answered('POST', INBOX));
  await gateway.paypay.pay(intent.code);
  assert.equal((await notified)['status'], 200);
  assert.equal(await gateway.statusOf(intent), 'requires_action', 'received is not believed');
  assert.equal(await gateway.runJob('notifications'), 1);
  assert.equal(await gateway.runJob('look_ups'), 1);
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  assert.equal(await gateway.runJob('notifications'), 0);
  await gateway.paypay.control('POST', '/settings', { notification_url: null });
});

test('the real body and the body of the document are both understood, and answered at once', async () => {
  const real = await openAndPay();
  const answer = await notify(await realBody(real.code));
  assert.deepEqual([answer.status, answer.text], [200, 'OK']);
  const documented = await openAndPay();
  const { merchantPaymentId } = await gateway.paypay.find(documented.code);
  const body = {
    merchantPaymentId,
    paymentId: '045012345678901299',
    status: 'COMPLETED',
    amount: { amount: 1000, currency: 'JPY' },
    timestamp: '2026-01-15T10:00:05Z',
  };
  assert.equal((await notify(body)).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(real), 'succeeded');
  assert.equal(await gateway.statusOf(documented), 'succeeded');
});

test('the same notification twice is stored once and asked about once', async () => {
  const intent = await openAndPay();
  const before = (await stored()).length;
  const body = await realBody(intent.code);
  for (let n = 0; n < 3; n += 1) assert.equal((await notify(body)).status, 200);
  assert.equal((await stored()).length, before + 1);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const asked = await gateway.paypay.calls('get_payment', merchantPaymentId);
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment', merchantPaymentId), asked + 1);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
});

test('a notification that is lost is not missed: polling finds the payment', async () => {
  const intent = await openAndPay();
  clock.advance(3_100);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('what a notification claims changes nothing: an unpaid code stays unpaid, a paid one is not failed', async () => {
  const unpaid = await gateway.openQr();
  assert.equal((await notify(await realBody(unpaid.code))).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(unpaid), 'requires_action');

  const paid = await openAndPay();
  for (const state of ['FAILED', 'EXPIRED', 'CANCELED', 'SOMETHING_NEW']) {
    assert.equal((await notify(await realBody(paid.code, { state, paid_at: null }))).status, 200);
  }
  await gateway.settle();
  assert.equal(await gateway.statusOf(paid), 'succeeded');
  assert.equal((await gateway.client.retrieve(paid.id)).json.amount_received, 1_000);
});

test('notifications in the wrong order end in the truth', async () => {
  const intent = await openAndPay();
  await notify(await realBody(intent.code, { state: 'COMPLETED' }));
  await gateway.settle();
  await notify(await realBody(intent.code, { state: 'AUTHORIZED', paid_at: null }));
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

test('an amount in a notification is not read', async () => {
  const intent = await openAndPay();
  await notify(await realBody(intent.code, { order_amount: '1' }));
  await gateway.settle();
  assert.equal((await gateway.client.retrieve(intent.id)).json.amount_received, 1_000);
});

test('a payment that we do not know is received, noted, and harms nothing', async () => {
  for (const body of [
    { merchantPaymentId: 'pa_01JXXXXXXXXXXXXXXXXXXXXXXX', status: 'COMPLETED' },
    { merchantPaymentId: 'somebody-elses', status: 'COMPLETED' },
    { merchantPaymentId: 'CASH', status: 'COMPLETED' },
  ]) {
    assert.equal((await notify(body)).status, 200);
  }
  assert.equal(await gateway.runJob('notifications'), 3);
  assert.deepEqual(
    (await stored()).slice(-3).map((row) => row.result),
    Array(3).fill('unknown_payment'),
  );
});

test('the id of a cash payment does not make us ask PayPay about it', async () => {
  const intent = await gateway.createIntent();
  await gateway.client.capture(intent.id);
  const [attempt] = await gateway.query<{ id: string }>(
    'select id from payment_attempts where payment_intent_id = $1',
    [intent.id],
  );
  await notify({ merchantPaymentId: attempt?.id, status: 'COMPLETED' });
  await gateway.settle();
  assert.equal((await stored()).at(-1)?.result, 'unknown_payment');
});

test('an empty order id is found by PayPay’s own payment id, once we know it', async () => {
  const intent = await openAndPay();
  clock.advance(3_100);
  await gateway.settle();
  const [attempt] = await gateway.query<{ id: string; provider_payment_id: string }>(
    'select id, provider_payment_id from payment_attempts where payment_intent_id = $1',
    [intent.id],
  );
  assert.ok(attempt?.provider_payment_id);
  const asked = await gateway.paypay.calls('get_payment', attempt.id);
  await notify(await realBody(intent.code, { merchant_order_id: '', order_id: attempt.provider_payment_id }));
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment', attempt.id), asked + 1);
});

test('news that is about no payment is received', async () => {
  const body = { notification_type: 'file.created', fileType: 'transaction_recon', path: '/x.csv' };
  assert.equal((await notify(body)).status, 200);
  await gateway.settle();
});

test('garbage is refused and not stored', async () => {
  const before = (await stored()).length;
  for (const body of [
    '',
    '{',
    '[]',
    'null',
    '"COMPLETED"',
    {},
    { status: 'COMPLETED' },
    { merchantPaymentId: 7, status: 'COMPLETED' },
    { merchantPaymentId: 'x'.repeat(65), status: 'COMPLETED' },
    { merchantPaymentId: "'; drop table payment_intents; --", status: 'COMPLETED' },
    { notification_type: 'Transaction', state: 'COMPLETED' },
    Buffer.from([0xff, 0xfe, 0x00]),
  ]) {
    const { status, json } = await notify(body);
    assert.deepEqual([status, json.code], [400, 'invalid_request'], String(bytesOf(body)));
  }
  assert.equal((await notify({ merchantPaymentId: 'x', status: 'x', pad: 'x'.repeat(70_000) })).status, 413);
  assert.equal((await send(gateway.url, 'GET', INBOX, {}, undefined)).status, 404);
  assert.equal((await stored()).length, before);
});

test('any content type is read, because only the bytes count', async () => {
  const intent = await openAndPay();
  const body = await realBody(intent.code);
  assert.equal((await notify(body, { 'content-type': 'text/plain' })).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('a notified look-up that fails is made again', async () => {
  const intent = await openAndPay();
  await gateway.paypay.setFault('server_error', { endpoint: 'get_payment', times: 1 });
  await notify(await realBody(intent.code));
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  clock.advance(3_100);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

const SECRET = 'whsec-canary-paypay';
const signed = (body: Body, secret = SECRET) => ({
  'x-paypay-signature': createHmac('sha256', secret).update(bytesOf(body)).digest('hex'),
});

test('with a secret configured only what is signed gets in', async (t) => {
  const own = await startTestGateway(t, {
    config: { notifications: { PAYPAY: { secret: SECRET, sources: [] } } },
  });
  const intent = await own.openQr();
  const { merchantPaymentId } = await own.paypay.find(intent.code);
  const body = { merchantPaymentId, status: 'COMPLETED' };
  const forged: Record<string, string>[] = [
    {},
    { 'x-paypay-signature': '' },
    { 'x-paypay-signature': 'ab'.repeat(32) },
    { 'x-paypay-signature': 'ab' },
    signed(body, 'another secret'),
    signed({ ...body, status: 'FAILED' }),
  ];
  for (const headers of forged) {
    const { status, json } = await notify(body, headers, own);
    assert.deepEqual([status, json.code], [401, 'unauthorized'], JSON.stringify(headers));
  }
  assert.equal((await own.query('select 1 from provider_notifications')).length, 0);
  assert.equal(await own.runJob('notifications'), 0);
  assert.equal(await own.paypay.calls('get_payment'), 0, 'a forgery does not even make us ask');

  assert.equal((await notify(body, signed(body), own)).status, 200);
  await own.paypay.connectNotifications(SECRET);
  const notified = own.log.next(answered('POST', INBOX));
  await own.paypay.pay(intent.code);
  assert.equal((await notified)['status'], 200, 'as PayPay’s relay signs it');
  await own.settle();
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('with sources configured only they get in, and a proxy is believed only when it is trusted', async (t) => {
  const rule = { PAYPAY: { secret: null, sources: ['203.0.113.0/24', '2001:db8::7'] } };
  const direct = await startTestGateway(t, { config: { notifications: rule } });
  const body = { merchantPaymentId: 'pa_x', status: 'COMPLETED' };
  const from = (address: string) => ({ 'x-forwarded-for': address });
  assert.equal((await notify(body, {}, direct)).status, 401);
  assert.equal(
    (await notify(body, from('203.0.113.9'), direct)).status,
    401,
    'anybody can write this header',
  );

  const behind = await startTestGateway(t, {
    config: { notifications: rule, trusted_proxies: ['127.0.0.1'] },
  });
  for (const [address, status] of [
    ['203.0.113.9', 200],
    ['2001:db8::7', 200],
    ['198.51.100.1', 401],
    ['2001:db8::8', 401],
    ['203.0.113.9, 198.51.100.1', 401],
    ['198.51.100.1, 203.0.113.9', 200],
  ] as const) {
    assert.equal((await notify(body, from(address), behind)).status, status, address);
  }
});

test('a live payment goes to the configured PayPay, and is not asked about on an unproven word', async (t) => {
  const own = await startTestGateway(t);
  const base_url = `${own.simulator_url}/paypay`;
  own.context.config.provider_defaults = {
    PAYPAY: { api_key: 'simulator-key', api_secret: 'simulator-secret', base_url },
  };
  await own.saveStore({ livemode: true });
  const live = own.clientFor(await own.addKey({ livemode: true }));
  const intent = await own.createIntent({}, live);
  const { json } = await own.terminalFor(intent).confirmQr();
  assert.equal(json.status, 'requires_action');
  await own.paypay.pay(json.qr_content);
  const { merchantPaymentId } = await own.paypay.find(json.qr_content);
  await notify({ merchantPaymentId, status: 'COMPLETED' }, {}, own);
  await own.settle();
  assert.equal(await own.paypay.calls('get_payment'), 0);
  own.clock.advance(3_100);
  await own.settle();
  assert.equal((await live.retrieve(intent.id)).json.status, 'succeeded', 'polling finds it');
});

test('with a worker all of this happens by itself', async (t) => {
  const own = await startTestGateway(t, { worker: true });
  await own.paypay.connectNotifications();
  const intent = await own.openQr();
  const moved = own.log.next((line) => line.msg === 'payment intent moved' && line['to'] === 'succeeded');
  await own.paypay.pay(intent.code);
  await moved;
  assert.equal(await own.statusOf(intent), 'succeeded');
  assert.equal(own.clock.now(), START_MS);
});

test('whatever is notified, a merchant’s look-ups keep to their budget, and the notified ones come first', async (t) => {
  const own = await startTestGateway(t, { config: { look_up_per_second: 1, look_up_burst: 2 } });
  const intents = [];
  for (let n = 0; n < 4; n += 1) intents.push(await own.openQr());
  own.clock.advance(3_100);
  const [newest] = await own.paypay.payments();
  assert.ok(newest);
  await own.paypay.pay(newest.url);
  for (let n = 0; n < 5; n += 1) {
    const body = { merchantPaymentId: newest.merchantPaymentId, status: 'COMPLETED' };
    await notify({ ...body, timestamp: `2026-01-15T10:00:0${n}Z` }, {}, own);
  }
  await own.settle();
  assert.equal(await own.paypay.calls('get_payment'), 2);
  const notified = intents.find((intent) => intent.code === newest.url);
  assert.equal(await own.statusOf(notified ?? { id: '' }), 'succeeded');
});

test('news of a payment that ends while we look it up is not lost', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  own.clock.advance(61_000);
  const [replica] = own.replicas;
  assert.ok(replica);
  const held = own.holdProviderAnswers(replica, 'GET');
  const looked_up = own.runJob('look_ups');
  await held.arrived;
  await own.paypay.payLate(intent.code);
  const { merchantPaymentId } = await own.paypay.find(intent.code);
  assert.equal((await notify({ merchantPaymentId, status: 'COMPLETED' }, {}, own)).status, 200);
  assert.equal(await own.runJob('notifications'), 1);
  held.release();
  await looked_up;
  assert.deepEqual(await own.latePaymentsOf(intent), []);
  await own.settle();
  assert.equal((await own.latePaymentsOf(intent)).length, 1);
});

test('a notification that is faster than the answer to the confirm is not forgotten', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent();
  const [replica] = own.replicas;
  assert.ok(replica);
  const held = own.holdProviderAnswers(replica);
  const confirmed = own.terminalFor(intent).confirm({ payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  await held.arrived;
  const [attempt] = await own.query<{ id: string }>('select id from payment_attempts');
  await own.paypay.control('POST', `/payments/${attempt?.id}/pay`, {});
  assert.equal((await notify({ merchantPaymentId: attempt?.id, status: 'COMPLETED' }, {}, own)).status, 200);
  assert.equal(await own.runJob('notifications'), 1);
  held.release();
  assert.equal((await confirmed).json.status, 'requires_action');
  // No time has passed, so nothing but the notification makes us ask.
  await own.runJob('look_ups');
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('who cannot be told from others may send only so much in a minute', async (t) => {
  const own = await startTestGateway(t);
  const body = { merchantPaymentId: 'pa_x', status: 'COMPLETED' };
  for (let n = 0; n < 600; n += 1) assert.equal((await notify(body, {}, own)).status, 200);
  const { status, headers, json } = await notify(body, {}, own);
  assert.deepEqual([status, json.code], [429, 'rate_limit_exceeded']);
  assert.ok(Number(headers.get('retry-after')) > 0);

  own.context.config.notifications['PAYPAY'] = { secret: SECRET, sources: [] };
  assert.equal((await notify(body, signed(body), own)).status, 200, 'who proves himself is not held up');
});

test('the inbox forgets after a week what was worked off', async (t) => {
  const own = await startTestGateway(t);
  const rows = async () => (await own.query('select 1 from provider_notifications')).length;
  await notify({ merchantPaymentId: 'pa_1', status: 'COMPLETED' }, {}, own);
  await own.settle();
  await notify({ merchantPaymentId: 'pa_2', status: 'COMPLETED' }, {}, own);
  own.clock.advance(7 * 24 * 3_600_000);
  await own.runJob('purge');
  assert.equal(await rows(), 2);
  own.clock.advance(1);
  await own.runJob('purge');
  assert.equal(await rows(), 1, 'what still waits is kept');
});

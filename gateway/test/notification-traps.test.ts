// What PayPay's notifications really look like, trap by trap, and who is believed to be PayPay behind proxies.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Json, send } from './support/client.ts';
import { type Scope, startTestGateway, type TestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { clock } = gateway;
const INBOX = '/v1/webhooks/paypay';

const notify = (body: Json, headers: Record<string, string> = {}, to: TestGateway = gateway) =>
  send(to.url, 'POST', INBOX, { 'content-type': 'application/json', ...headers }, body);
const stored = async () => (await gateway.query('select 1 from provider_notifications')).length;

async function openAndPay(changes: Json = {}) {
  const intent = await gateway.openQr(changes);
  await gateway.paypay.pay(intent.code);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  return { ...intent, merchantPaymentId };
}

const completed = (merchant_order_id: string, changes: Json = {}): Json => ({
  notification_type: 'Transaction',
  merchant_id: 'paypay_merchant_123',
  store_id: 'store_001',
  pos_id: null,
  order_id: '045012345678901234',
  merchant_order_id,
  authorized_at: null,
  expires_at: null,
  paid_at: '2026-01-15T10:00:05Z',
  order_amount: '1000',
  state: 'COMPLETED',
  ...changes,
});

test('an order_amount that is text, as PayPay writes it, a number or missing is received alike', async () => {
  for (const order_amount of ['1000', 1000, undefined, null, '', 'a thousand']) {
    const intent = await openAndPay();
    assert.equal((await notify(completed(intent.merchantPaymentId, { order_amount }))).status, 200);
    await gateway.settle();
    const { json } = await gateway.client.retrieve(intent.id);
    assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000], String(order_amount));
  }
});

test('a FAILED notification, which has no times, brings the decline before polling would', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.decline(intent.code);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const { notification_type, merchant_id, order_id, order_amount } = completed(merchantPaymentId);
  const minimal = {
    notification_type,
    merchant_id,
    order_id,
    merchant_order_id: merchantPaymentId,
    order_amount,
  };
  assert.equal((await notify({ ...minimal, state: 'FAILED' })).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'failed');
});

test('an empty merchant_order_id of a payment whose PayPay id we have not seen yet is received, and polling finds it', async () => {
  const intent = await openAndPay();
  const body = completed('', { order_id: '045099999999999999', state: 'AUTHORIZED', paid_at: null });
  assert.equal((await notify(body)).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_action');
  clock.advance(3_100);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('an AUTHORIZED that is sent again for a shorter hold, another amount or a lapsed confirmation is no repetition', async () => {
  const before = await stored();
  const authorized = completed('pa_hold', {
    state: 'AUTHORIZED',
    paid_at: null,
    authorized_at: '2026-01-15T10:00:05Z',
    expires_at: '2026-02-15T10:00:05Z',
  });
  const told = [
    authorized,
    { ...authorized, expires_at: '2026-01-20T10:00:05Z' },
    { ...authorized, reauth_request_id: 'ra_1' },
    { ...authorized, reauth_request_id: 'ra_1', confirmation_expires_at: '2026-01-15T16:00:05Z' },
  ];
  for (const body of [...told, ...told]) assert.equal((await notify(body)).status, 200);
  assert.equal((await stored()) - before, told.length);
});

test('a lapsed confirmation, which comes as AUTHORIZED, does not authorise or end anything by itself', async () => {
  const intent = await gateway.openQr({ capture_method: 'manual' });
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const lapsed = { state: 'AUTHORIZED', paid_at: null, confirmation_expires_at: '2026-01-15T16:00:05Z' };
  assert.equal((await notify(completed(merchantPaymentId, lapsed))).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'requires_action');
});

test('a REFUNDED, which PayPay never sends, moves no money and no status', async () => {
  const intent = await openAndPay();
  clock.advance(3_100);
  await gateway.settle();
  assert.equal((await notify(completed(intent.merchantPaymentId, { state: 'REFUNDED' }))).status, 200);
  await gateway.settle();
  const { json } = await gateway.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_refunded], ['succeeded', 0]);
});

test('PayPay tells nobody of a refund or of a cancel of ours: both are asked about until they are done', async (t) => {
  const own = await startTestGateway(t);
  await own.paypay.connectNotifications();
  const paid = await own.openQr();
  await own.paypay.pay(paid.code);
  own.clock.advance(3_100);
  await own.settle();
  await own.paypay.control('POST', '/settings', { refund_delay_seconds: 60 });
  const refund = (await own.client.post('/v1/refunds', { payment_intent: paid.id, amount: 400 })).json;
  assert.equal(refund.status, 'pending');
  own.clock.advance(3_600_000);
  await own.settle();
  assert.equal((await own.client.get(`/v1/refunds/${refund.id}`)).json.status, 'succeeded');

  const { code } = await own.paypay.control<{ code: string }>('POST', '/customer_codes', {
    behaviour: 'confirms',
  });
  const asked = await own.createIntent({ payment_method_types: ['qr_cpm'] });
  await own.client.confirm(asked.id, { payment_method_type: 'qr_cpm', customer_code: code });
  assert.equal(
    (await own.client.post(`/v1/payment_intents/${asked.id}/cancel`, {})).json.status,
    'cancelled',
  );

  const { payments } = await own.paypay.control<{ payments: { notifications: { state: string }[] }[] }>(
    'GET',
    '/payments',
  );
  const told = payments.flatMap(({ notifications }) => notifications.map(({ state }) => state));
  assert.deepEqual(told, ['COMPLETED'], 'of the payment, and of nothing else');
});

test('types that we do not know, such as news of linked accounts, are received and name no payment', async () => {
  const before = await stored();
  for (const notification_type of [
    'customer.authroization.succeeded',
    'Customer.Authorization.Revoked',
    'Later',
  ]) {
    const body = { notification_type, notification_id: 'n_1', merchant_order_id: 'pa_x', state: 'COMPLETED' };
    assert.equal((await notify(body)).status, 200, notification_type);
    assert.equal((await notify(body)).status, 200, 'and again');
  }
  assert.equal((await stored()) - before, 3);
  const [row] = await gateway.query<{ attempt_id: string | null }>(
    'select attempt_id from provider_notifications order by id desc limit 1',
  );
  assert.equal(row?.attempt_id, null);
});

test('a file whose address no database could keep is received, and nothing is fetched', async () => {
  const path = 'https://paypay.ne.jp/a\u0000b';
  const body = { notification_type: 'file.created', fileType: 'transaction_recon', path };
  assert.equal((await notify(body)).status, 200);
  const [row] = await gateway.query<{ file_url: string | null }>(
    'select file_url from provider_notifications order by id desc limit 1',
  );
  assert.equal(row?.file_url, null);
});

test('the merchant_id, which several stores may share, does not decide whose payment it is', async () => {
  const intent = await openAndPay();
  assert.equal((await notify(completed(intent.merchantPaymentId, { merchant_id: 'another' }))).status, 200);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('news that overtakes older news counts, and the older that comes later takes nothing back', async () => {
  const intent = await openAndPay({ capture_method: 'manual' });
  await notify(completed(intent.merchantPaymentId));
  await gateway.settle();
  const seen = (await gateway.client.retrieve(intent.id)).json;
  const older = { state: 'AUTHORIZED', paid_at: null, authorized_at: '2026-01-15T10:00:01Z' };
  await notify(completed(intent.merchantPaymentId, older));
  await gateway.settle();
  const now = (await gateway.client.retrieve(intent.id)).json;
  assert.deepEqual([now.status, now.amount_capturable], [seen.status, seen.amount_capturable]);
  assert.deepEqual(
    [now.status, now.amount_capturable],
    ['processing', 1_000],
    'as PayPay says when it is asked',
  );
});

test('what PayPay sends in the wrong order, twice, or by the document’s words ends in the truth', async (t) => {
  const own = await startTestGateway(t, { worker: true });
  await own.paypay.connectNotifications();
  const first = await own.openQr();
  const second = await own.openQr();
  const moved = (intent: { id: string }) =>
    own.log.next(
      ({ msg, ...line }) => msg === 'payment intent moved' && line['payment_intent'] === intent.id,
    );
  await own.paypay.setFault('reorder_notifications', { times: 1 });
  await own.paypay.setFault('duplicate_notification', { times: 1 });
  const both = Promise.all([moved(first), moved(second)]);
  await own.paypay.pay(first.code);
  await own.paypay.pay(second.code);
  await both;
  const third = await own.openQr();
  await own.paypay.control('POST', '/settings', { notification_body: 'document' });
  const ended = moved(third);
  await own.paypay.decline(third.code);
  await ended;
  const all = [first, second, third];
  assert.deepEqual(await Promise.all(all.map((intent) => own.statusOf(intent))), [
    'succeeded',
    'succeeded',
    'failed',
  ]);
  for (const intent of all) assert.deepEqual(await own.latePaymentsOf(intent), []);
});

test('what PayPay does not tell because of its maintenance is found by polling', async (t) => {
  const own = await startTestGateway(t);
  await own.paypay.connectNotifications();
  const intent = await own.openQr();
  await own.paypay.setFault('maintenance');
  await own.paypay.pay(intent.code);
  await own.paypay.clearFaults();
  assert.deepEqual((await own.paypay.find(intent.code)).notifications[0]?.outcome, 'maintenance');
  own.clock.advance(3_100);
  await own.settle();
  assert.equal(await own.statusOf(intent), 'succeeded');
});

const SOURCES = { PAYPAY: { secret: null, sources: ['203.0.113.0/24', '198.51.100.7', '2001:db8:77::/48'] } };
const body = completed('pa_x');

const startBehind = (t: Scope, trusted_proxies: string[]) =>
  startTestGateway(t, { config: { notifications: SOURCES, trusted_proxies } });

test('X-Forwarded-For is read from the right: only what a trusted proxy added is believed', async (t) => {
  const own = await startBehind(t, ['127.0.0.1', '10.0.0.0/8', '2001:db8:aaaa::/48']);
  for (const [forwarded, status, why] of [
    ['203.0.113.9', 200, 'one proxy'],
    ['203.0.113.9, 10.1.2.3', 200, 'two proxies, both ours'],
    ['203.0.113.9, 10.1.2.3, 10.9.9.9', 200, 'three'],
    ['203.0.113.9, 2001:db8:aaaa::1', 200, 'one of them with IPv6'],
    ['192.0.2.66, 203.0.113.9', 200, 'whatever PayPay’s side has written to the left does not count'],
    ['203.0.113.9, 192.0.2.66', 401, 'a spoofed leftmost address'],
    ['203.0.113.9, 192.0.2.66, 10.1.2.3', 401, 'spoofed before two proxies'],
    ['10.1.2.3', 401, 'a proxy itself is not PayPay'],
    ['198.51.100.7', 200, 'a single address of the list'],
    ['198.51.100.8', 401, 'its neighbour'],
    ['203.0.114.1', 401, 'just outside of the range'],
    ['::ffff:203.0.113.9', 200, 'IPv4 written as IPv6'],
    ['::ffff:192.0.2.66', 401, 'a stranger so written'],
    ['2001:db8:77::1', 200, 'a range of IPv6'],
    ['2001:DB8:77:FFFF::1', 200, 'in capitals'],
    ['2001:db8:78::1', 401, 'beside it'],
    ['not-an-address', 401, 'nonsense'],
    ['', 401, 'nothing'],
  ] as const) {
    const answer = await notify(body, forwarded === '' ? {} : { 'x-forwarded-for': forwarded }, own);
    assert.equal(answer.status, status, `${why}: ${forwarded}`);
  }
});

test('where no proxy is trusted the header is nobody’s word', async (t) => {
  const own = await startBehind(t, []);
  assert.equal((await notify(body, { 'x-forwarded-for': '203.0.113.9' }, own)).status, 401);
  const elsewhere = await startBehind(t, ['10.0.0.0/8']);
  assert.equal((await notify(body, { 'x-forwarded-for': '203.0.113.9' }, elsewhere)).status, 401);
});

test('who is refused by his address is logged with all that is needed to set the proxies right, and not with the body', async (t) => {
  const own = await startBehind(t, ['127.0.0.1']);
  const refused = own.log.next(({ msg }) => msg === 'notification from elsewhere');
  const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.66' };
  const answer = await notify({ ...body, note: 'canary-in-the-body' }, headers, own);
  assert.equal(answer.status, 401);
  const line = await refused;
  assert.deepEqual(
    [line['address'], line['socket_address'], line['forwarded_for']],
    ['192.0.2.66', '127.0.0.1', '203.0.113.9, 192.0.2.66'],
  );

  const forged = own.log.next(({ msg }) => msg === 'notification refused');
  own.context.config.notifications['PAYPAY'] = { secret: 'a secret', sources: ['192.0.2.66'] };
  assert.equal((await notify({ ...body, note: 'canary-in-the-body' }, headers, own)).status, 401);
  const { reason, address, socket_address } = await forged;
  assert.deepEqual([reason, address, socket_address], ['bad_signature', '192.0.2.66', '127.0.0.1']);
  assert.doesNotMatch(own.log.texts.join(''), /canary-in-the-body/);
});

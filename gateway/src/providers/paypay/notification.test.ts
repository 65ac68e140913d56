// PayPay's notifications as its own specification shows them, the document's, and what strangers may send.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { readPaypayNotification } from './notification.ts';

const COMPLETED = {
  notification_type: 'Transaction',
  merchant_id: '234567',
  store_id: 'shibuya',
  pos_id: '1',
  order_id: '04123456789',
  merchant_order_id: 'pa_01J0000000000000000000000A',
  authorized_at: null,
  expires_at: null,
  paid_at: '2026-01-28T10:30:00Z',
  order_amount: '12345',
  state: 'COMPLETED',
};
// "authorized_at" and the empty "merchant_order_id" are as in PayPay's own sample.
const AUTHORIZED = {
  ...COMPLETED,
  merchant_order_id: '',
  authorized_at: '2026-01-28T10:30:00Z',
  expires_at: '2026-02-28T14:59:59Z',
  paid_at: null,
  state: 'AUTHORIZED',
};
const FAILED = {
  notification_type: 'Transaction',
  merchant_id: '234567',
  order_id: '04123456789',
  merchant_order_id: 'pa_01J0000000000000000000000A',
  order_amount: '12345',
  state: 'FAILED',
};
const FROM_THE_DOCUMENT = {
  merchantPaymentId: 'pa_01J0000000000000000000000A',
  paymentId: 'PP-PAY-67890',
  status: 'COMPLETED',
  amount: { amount: 10000, currency: 'JPY' },
  timestamp: '2026-01-28T10:30:00Z',
};

function read(body: unknown, secret: string | null = null, headers: Record<string, string | string[]> = {}) {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return readPaypayNotification({ headers, body: bytes, query: '', remote_address: '127.0.0.1' }, secret);
}

function readWell(body: unknown) {
  const reading = read(body);
  assert.equal(reading.ok, true);
  return reading.notification;
}

function idsOf(body: unknown) {
  const { attempt_id, provider_payment_id } = readWell(body);
  return [attempt_id, provider_payment_id];
}

test('a file that is ready is told with its place, and concerns no payment', () => {
  const created = {
    notification_type: 'file.created',
    notification_id: '8f3c',
    fileType: 'transaction_recon',
    path: 'https://files.paypay.ne.jp/transaction_1_20260114_20260114_v2.csv',
    requestedAt: 1_768_500_000,
  };
  const readOf = (body: object) => {
    const bytes = Buffer.from(JSON.stringify(body));
    const read = readPaypayNotification(
      { headers: {}, body: bytes, query: '', remote_address: '127.0.0.1' },
      null,
    );
    assert.ok(read.ok);
    const { attempt_id, provider_payment_id, file_url } = read.notification;
    assert.deepEqual([attempt_id, provider_payment_id], [null, null]);
    return file_url;
  };
  assert.equal(readOf(created), created.path);
  assert.equal(readOf({ ...created, fileType: 'something_else' }), undefined);
  assert.equal(readOf({ ...created, path: 'https://x/'.padEnd(2_100, 'x') }), undefined);
  assert.equal(readOf({ ...created, path: 7 }), undefined);
});

test('every body that PayPay or the document knows names the payment to ask about', () => {
  assert.deepEqual(idsOf(COMPLETED), ['pa_01J0000000000000000000000A', '04123456789']);
  assert.deepEqual(idsOf(FAILED), ['pa_01J0000000000000000000000A', '04123456789']);
  assert.deepEqual(idsOf(AUTHORIZED), [null, '04123456789']);
  assert.deepEqual(idsOf(FROM_THE_DOCUMENT), ['pa_01J0000000000000000000000A', 'PP-PAY-67890']);
});

test('news that concerns no payment is received and names none', () => {
  const file = {
    notification_type: 'file.created',
    notification_id: 'n1',
    fileType: 'transaction_recon',
    path: '/f',
  };
  assert.deepEqual(idsOf(file), [null, null]);
  assert.notEqual(readWell(file).dedupe_key, readWell({ ...file, path: '/g' }).dedupe_key);
});

test('a repetition has the same key, whatever the order of its fields, and other news has another', () => {
  const keyOf = (body: unknown) => readWell(body).dedupe_key;
  const reordered = Object.fromEntries(Object.entries(COMPLETED).reverse());
  assert.equal(keyOf(COMPLETED), keyOf(reordered));
  const different = [
    COMPLETED,
    AUTHORIZED,
    FAILED,
    FROM_THE_DOCUMENT,
    { ...COMPLETED, order_id: '04123456780' },
    { ...COMPLETED, merchant_order_id: 'pa_01J0000000000000000000000B' },
    { ...COMPLETED, paid_at: '2026-01-28T10:30:01Z' },
    { ...AUTHORIZED, expires_at: '2026-02-01T14:59:59Z' },
    { ...AUTHORIZED, reauth_request_id: 'r1' },
    { ...AUTHORIZED, confirmation_expires_at: '2026-01-28T16:30:00Z', reauth_request_id: 'r1' },
    { ...FROM_THE_DOCUMENT, status: 'FAILED' },
  ].map(keyOf);
  assert.equal(new Set(different).size, different.length);
  for (const key of different) assert.match(key, /^[0-9a-f]{64}$/);
});

test('what cannot be read is refused and never throws', () => {
  const bodies: unknown[] = [
    '',
    '{',
    'null',
    '[]',
    '"Transaction"',
    '42',
    {},
    Buffer.from([0xff, 0xfe, 0x00]),
    { notification_type: 'Transaction' },
    { ...COMPLETED, order_id: '', merchant_order_id: '' },
    { ...COMPLETED, order_id: null, merchant_order_id: null },
    { ...COMPLETED, merchant_order_id: { $ne: null } },
    { ...COMPLETED, merchant_order_id: 'a\u0000b' },
    { ...COMPLETED, merchant_order_id: 'a'.repeat(65) },
    { ...COMPLETED, notification_type: 7 },
    { ...FROM_THE_DOCUMENT, merchantPaymentId: "'; drop table attempts" },
    { ...FROM_THE_DOCUMENT, merchantPaymentId: undefined, paymentId: undefined },
  ];
  for (const body of bodies) {
    assert.deepEqual(read(body), { ok: false, reason: 'unreadable' }, JSON.stringify(body));
  }
});

test('with a secret, only the signature over these very bytes is accepted', () => {
  const secret = 'shared-at-onboarding';
  const bytes = JSON.stringify(COMPLETED);
  // Computed here with the document's own recipe: hex of HMAC-SHA256 over the payload.
  const signature = createHmac('sha256', secret).update(bytes).digest('hex');
  const withSignature = (value: string | string[]) => read(bytes, secret, { 'x-paypay-signature': value });
  assert.equal(withSignature(signature).ok, true);
  assert.equal(withSignature(signature.toUpperCase()).ok, true);

  const bad = { ok: false, reason: 'bad_signature' };
  assert.deepEqual(read(bytes, secret), bad);
  for (const forged of [
    '',
    'x',
    signature.slice(0, 63),
    `${signature}00`,
    `sha256=${signature}`,
    'é'.repeat(64),
    '0'.repeat(64),
    createHmac('sha256', 'another secret').update(bytes).digest('hex'),
    createHmac('sha256', secret).update(`${bytes} `).digest('hex'),
    [signature, signature],
  ]) {
    assert.deepEqual(withSignature(forged), bad, String(forged));
  }
  // A forger who sends garbage learns nothing about what would have been readable.
  assert.deepEqual(read('{', secret), bad);
});

test('a published value of HMAC-SHA256 is accepted as the signature', () => {
  const signature = 'f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8';
  const body = Buffer.from('The quick brown fox jumps over the lazy dog');
  // The well-known sample with the key "key". Its text is no notification, so it passes on to "unreadable".
  assert.deepEqual(read(body, 'key', { 'x-paypay-signature': signature }), {
    ok: false,
    reason: 'unreadable',
  });
});

// Every payment status of PayPay, and details that must not be believed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AFTER_EXPIRY, answer, CREATED_AT, details, OPENED, run } from './scripted-paypay.ts';

test('a refused look-up says nothing about the payment', async (t) => {
  for (const [status, code, reason] of [
    [401, 'UNAUTHORIZED', 'refused'],
    [400, 'INVALID_PARAMS', 'refused'],
    [429, 'RATE_LIMIT', 'rate_limited'],
    [503, 'MAINTENANCE_MODE', 'rate_limited'],
  ] as const) {
    const { result } = await run(t, 'lookUp', OPENED, [answer(status, code)], AFTER_EXPIRY);
    assert.equal(result.kind === 'unknown' && result.reason, reason, code);
  }
});

test('every payment status has its meaning, and a new one is unknown', async (t) => {
  const stated = { amount: 1250, currency: 'JPY' };
  const paid = { kind: 'paid', stated, provider_payment_id: '04999', paid_at: '2026-01-28T10:31:00.000Z' };
  const capture_before = '2026-02-28T00:00:00.000Z';
  const expected: [Record<string, unknown>, unknown][] = [
    [details('COMPLETED'), paid],
    [details('REFUNDED'), paid],
    [
      details('AUTHORIZED', { expiresAt: Date.parse(capture_before) / 1000 }),
      { kind: 'authorized', stated, provider_payment_id: '04999', capture_before },
    ],
    [details('REAUTHORIZING'), { kind: 'working', provider_payment_id: '04999' }],
    [details('CANCELED'), { kind: 'reversed', provider_payment_id: '04999' }],
    [details('EXPIRED'), { kind: 'ended_unpaid', reason: 'expired' }],
    [details('CREATED', { acceptedAt: 0 }), { kind: 'waiting' }],
  ];
  for (const [data, result] of expected) {
    const told = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', data)]);
    assert.deepEqual(told.result, result, JSON.stringify(data));
  }
  for (const status of ['', 'completed', 'PENDING', 'constructor']) {
    const told = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', details(status))]);
    assert.equal(told.result.kind === 'unknown' && told.result.reason, 'unlisted_code', status);
  }
});

test('FAILED is a decline, but after our own cancel it is the reversal that we asked for', async (t) => {
  const failed = () => answer(200, 'SUCCESS', details('FAILED'));
  const declined = await run(t, 'lookUp', OPENED, [failed()]);
  assert.equal(declined.result.kind, 'declined');
  const cancelled = { ...OPENED, cancel_requested_at: CREATED_AT };
  const reversed = await run(t, 'lookUp', cancelled, [answer(404, 'DYNAMIC_QR_NOT_FOUND'), failed()]);
  assert.deepEqual(reversed.result, { kind: 'reversed', provider_payment_id: '04999' });
});

test('details that do not state the money, or are about another payment, prove nothing', async (t) => {
  for (const wrong of [
    { amount: undefined },
    { amount: { amount: '1250', currency: 'JPY' } },
    { amount: { amount: 1250.5, currency: 'JPY' } },
    { amount: { amount: -1250, currency: 'JPY' } },
    { amount: { amount: 1250, currency: 'yen' } },
    { merchantPaymentId: 'pa_01J0000000000000000000000B' },
    { merchantPaymentId: undefined },
    { acceptedAt: 1e18 },
  ]) {
    const data = details('COMPLETED', wrong);
    const { result } = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', data)]);
    assert.equal(result.kind === 'unknown' && result.reason, 'unreadable_answer', JSON.stringify(wrong));
  }
  const other = answer(200, 'SUCCESS', details('COMPLETED', { amount: { amount: 1, currency: 'USD' } }));
  const { result } = await run(t, 'lookUp', OPENED, [other]);
  assert.deepEqual(result.kind === 'paid' && result.stated, { amount: 1, currency: 'USD' });
});

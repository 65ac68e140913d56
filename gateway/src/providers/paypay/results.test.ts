// The meaning of PayPay's codes where a wrong one would cost money, typed out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAYPAY_RESULTS, readResultCode } from './results.ts';

test('only these answers say that PayPay did it', () => {
  const done = Object.keys(PAYPAY_RESULTS).filter((code) => readResultCode(200, code)?.meaning === 'done');
  assert.deepEqual(done, ['SUCCESS', 'REQUEST_ACCEPTED']);
});

test('a server error is a no only where PayPay says that the transaction failed', () => {
  const meanings = Object.keys(PAYPAY_RESULTS).map((code) => [code, readResultCode(500, code)?.meaning]);
  assert.deepEqual(
    meanings.filter(([, meaning]) => meaning !== undefined),
    [
      ['MAINTENANCE_MODE', 'retry'],
      ['SERVICE_ERROR', 'unknown'],
      ['INTERNAL_SERVER_ERROR', 'unknown'],
      ['TRANSACTION_FAILED', 'definite'],
    ],
  );
});

test('what may be asked again later is not a definite no', () => {
  for (const [status, code] of [
    [429, 'RATE_LIMIT'],
    [503, 'MAINTENANCE_MODE'],
    [400, 'REAUTHORIZATION_IN_PROGRESS'],
    [400, 'THROTTLED_MULTIPLE_REFUND_REJECTED'],
  ] as const) {
    assert.equal(readResultCode(status, code)?.meaning, 'retry', code);
  }
});

test('an unlisted code, and a listed one with a status of another class, mean nothing', () => {
  for (const code of ['', 'success', 'NO_SUCH_CODE', '00400071', 'constructor', '__proto__', 'toString']) {
    for (const status of [200, 201, 400, 404, 500]) assert.equal(readResultCode(status, code), null, code);
  }
  assert.equal(readResultCode(500, 'SUCCESS'), null);
  assert.equal(readResultCode(400, 'SUCCESS'), null);
  assert.equal(readResultCode(302, 'SUCCESS'), null);
  assert.equal(readResultCode(200, 'UNAUTHORIZED'), null);
  assert.equal(readResultCode(500, 'DYNAMIC_QR_NOT_FOUND'), null);
});

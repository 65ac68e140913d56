// The meaning of PayPay's codes where a wrong one would cost money, typed out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callPaypay } from './client.ts';
import { PAYPAY_RESULTS, type ResultMeaning, readResultCode } from './results.ts';
import { playPaypay } from './scripted-paypay.ts';

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

// PayPay's OpenAPI description of "Dynamic QR" (changelog up to 2026-05), the README of its Node.js SDK for the numbers.
// A number that PayPay publishes for no code is null. Where one code has several numbers, each is a row.
const ROWS: [status: number, code: string, code_id: string | null, meaning: ResultMeaning][] = [
  [200, 'SUCCESS', '08100001', 'done'],
  [201, 'SUCCESS', '08100001', 'done'],
  [202, 'REQUEST_ACCEPTED', '08100001', 'done'],
  [202, 'USER_CONFIRMATION_REQUIRED', '08300103', 'unknown'],
  [201, 'USER_CONFIRMATION_REQUIRED', '08300104', 'unknown'],
  [400, 'INVALID_REQUEST_PARAMS', '08100006', 'definite'],
  [400, 'MISSING_REQUEST_PARAMS', '08100024', 'definite'],
  [400, 'INVALID_PARAMS', '00200004', 'definite'],
  [400, 'INVALID_PARAMS', '00200015', 'definite'],
  [401, 'UNAUTHORIZED', '08100016', 'definite'],
  [401, 'OP_OUT_OF_SCOPE', '08100023', 'definite'],
  [404, 'OPA_CLIENT_NOT_FOUND', '08100007', 'definite'],
  [429, 'RATE_LIMIT', '08100998', 'retry'],
  [500, 'SERVICE_ERROR', '08100026', 'unknown'],
  [500, 'INTERNAL_SERVER_ERROR', '08101000', 'unknown'],
  [500, 'INTERNAL_SERVER_ERROR', '00200034', 'unknown'],
  [500, 'TRANSACTION_FAILED', '00200002', 'definite'],
  [500, 'TRANSACTION_FAILED', '00200003', 'definite'],
  [500, 'TRANSACTION_FAILED', '00800017', 'definite'],
  [503, 'MAINTENANCE_MODE', '08100999', 'retry'],
  [400, 'DUPLICATE_DYNAMIC_QR_REQUEST', '01652073', 'definite'],
  [400, 'DYNAMIC_QR_BAD_REQUEST', '01650000', 'definite'],
  [400, 'DYNAMIC_QR_PAYMENT_NOT_FOUND', '01652075', 'definite'],
  [404, 'DYNAMIC_QR_NOT_FOUND', '01652072', 'definite'],
  [400, 'DYNAMIC_QR_ALREADY_PAID', '01652074', 'definite'],
  [400, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', '00400060', 'definite'],
  [400, 'PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE', '00400061', 'definite'],
  [400, 'ORDER_NOT_REVERSIBLE', '00200044', 'definite'],
  [400, 'ORDER_NO_LONGER_AVAILABLE', null, 'definite'],
  [400, 'ALREADY_CAPTURED', '00200039', 'definite'],
  [400, 'ORDER_EXPIRED', '00200043', 'definite'],
  [400, 'ORDER_NOT_CAPTURABLE', '00200035', 'definite'],
  [400, 'REAUTHORIZATION_IN_PROGRESS', '00200038', 'retry'],
  [400, 'TOO_CLOSE_TO_EXPIRY', '00400064', 'definite'],
  [400, 'HIGHER_CAPTURE_NOT_PERMITTED', '00400062', 'definite'],
  [400, 'LIMIT_EXCEEDED', null, 'definite'],
  [400, 'USER_DEFINED_DAILY_LIMIT_EXCEEDED', null, 'definite'],
  [400, 'USER_DEFINED_MONTHLY_LIMIT_EXCEEDED', null, 'definite'],
  [400, 'NO_SUFFICIENT_FUND', null, 'definite'],
  [400, 'CANCELED_USER', '01103027', 'definite'],
  [400, 'UNACCEPTABLE_OP', '00400035', 'definite'],
  [400, 'UNACCEPTABLE_OP', '00200013', 'definite'],
  [400, 'UNACCEPTABLE_OP', '00200014', 'definite'],
  [400, 'ORDER_NOT_CANCELABLE', '00200042', 'definite'],
  [400, 'REFUND_LIMIT_EXCEEDED', null, 'definite'],
  [400, 'REFUND_WINDOW_EXCEED', null, 'definite'],
  [403, 'MERCHANT_MULTIPLE_REFUND_REJECTED', null, 'definite'],
  [400, 'THROTTLED_MULTIPLE_REFUND_REJECTED', null, 'retry'],
  [404, 'RESOURCE_NOT_FOUND', '00200001', 'definite'],
  [404, 'NO_SUCH_REFUND_ORDER', '00200018', 'definite'],
  [400, 'SUSPECTED_DUPLICATE_PAYMENT', '00200017', 'definite'],
  [400, 'NO_VALID_PAYMENT_METHOD', null, 'definite'],
  [404, 'PAYMENT_METHOD_NOT_FOUND', null, 'definite'],
  [400, 'UNSUPPORTED_PAYMENT_METHOD', null, 'definite'],
  [400, 'INVALID_USER_AUTHORIZATION_ID', null, 'definite'],
  [401, 'EXPIRED_USER_AUTHORIZATION_ID', null, 'definite'],
  [400, 'USER_STATE_IS_NOT_ACTIVE', null, 'definite'],
];

const MEANINGS: Record<ResultMeaning, string> = {
  done: 'says that PayPay did it',
  definite: 'is a definite no',
  retry: 'was not done now and may be asked again',
  unknown: 'may have been done',
};

for (const [status, code, code_id, meaning] of ROWS) {
  const number = code_id ?? 'without a number';
  test(`${status} ${code}, ${number}, ${MEANINGS[meaning]}`, async (t) => {
    const body = { resultInfo: { code, message: `CANARY | [OPA45F6]`, codeId: code_id }, data: { told: 1 } };
    const { context } = await playPaypay(t, [{ status, body }]);
    const answer = await callPaypay(context, { method: 'GET', path: '/v2/codes/payments/x' });
    if (answer.kind === 'done') {
      assert.deepEqual([meaning, answer.data], ['done', { told: 1 }]);
      return;
    }
    // PayPay's words may quote what we sent; its code, its number and its name for the answer may not be missing.
    for (const told of [code, code_id ?? code, 'OPA45F6']) assert.ok(answer.message.includes(told), told);
    assert.doesNotMatch(answer.message, /CANARY/);
    if (answer.kind === 'refused') assert.deepEqual([answer.meaning, answer.code], [meaning, code]);
    else assert.deepEqual([answer.kind, meaning], ['unclear', 'unknown']);
  });
}

test('every code in the table has a row above, and every row a code in the table', () => {
  const codes = new Set(ROWS.map(([, code]) => code));
  assert.deepEqual([...codes].sort(), Object.keys(PAYPAY_RESULTS).sort());
});

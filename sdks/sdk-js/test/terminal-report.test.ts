// What a card app tells, and what becomes of it in a confirm: typed by hand from the gateway's documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LaunchRequest } from '../src/confirm-sender.ts';
import { makeError } from '../src/errors.ts';
import type { StoredEntry } from '../src/offline-queue-entry.ts';
import type { ConfirmFields } from '../src/payment-intent.ts';
import { findWayOut, readLaunchResult, writeReport } from '../src/terminal-report.ts';

const LAUNCH: LaunchRequest = {
  method: 'credit_card',
  amount: 1_500,
  currency: 'JPY',
  transaction_id: 'pi_1-5f2a',
};
const CARD = { payment_method_type: 'credit_card' };

test('a result without a status that we know is no result', () => {
  for (const told of [
    undefined,
    null,
    'success',
    7,
    [],
    {},
    { status: null },
    { status: '' },
    { status: 'SUCCESS' },
    { status: 'approved', approval_code: '1' },
    { status: ['success'] },
  ]) {
    assert.equal(readLaunchResult(told), null, JSON.stringify(told));
  }
});

test('a success with an amount that cannot be read is no success', () => {
  for (const amount of ['1500', 1_500.5, 0, -1, Number.NaN, 2 ** 53, true, {}])
    assert.equal(readLaunchResult({ status: 'success', approval_code: '1', amount }), null, String(amount));
  assert.deepEqual(readLaunchResult({ status: 'success', approval_code: '1', amount: null }), {
    status: 'success',
    approval_code: '1',
  });
});

test('what took nothing is no less certain for an amount that cannot be read', () => {
  for (const status of ['declined', 'error', 'cancelled'] as const)
    assert.deepEqual(readLaunchResult({ status, amount: 0 }), { status });
});

test('a result is read with its words in one line, and what nobody knows is left out', () => {
  const told = {
    version: 1,
    status: 'declined',
    approval_code: null,
    reason: ' Not\u200b enough\n\tmoney\u0000 ',
    brand: 'Visa',
    slip_number: 42,
    card_number: '4111111111111111',
  };
  assert.deepEqual(readLaunchResult(told), {
    status: 'declined',
    reason: 'Not enough money',
    brand: 'Visa',
    slip_number: '42',
  });
});

test('a success is confirmed with the approval code, with the slip number, or with the launch’s own id', () => {
  const report = (result: object) => writeReport(LAUNCH, { status: 'success', ...result }, undefined);
  const base = { ...CARD, provider: 'TERMINAL', external_status: 'success' };
  assert.deepEqual(report({ approval_code: '123456' }), { ...base, external_ref_id: '123456' });
  assert.deepEqual(report({ approval_code: '123456', slip_number: '0042', brand: 'VISA' }), {
    ...base,
    provider: 'VISA',
    external_ref_id: '123456-0042',
  });
  assert.deepEqual(report({ approval_code: '', amount: 1_500, currency: 'JPY' }), {
    ...base,
    external_ref_id: 'pi_1-5f2a',
    external_amount: 1_500,
    external_currency: 'JPY',
  });
});

test('a decline and an error are reported with their reason, and without what only a success has', () => {
  for (const status of ['declined', 'error'] as const) {
    const result = { status, approval_code: '1', amount: 1_500, currency: 'JPY', reason: 'x'.repeat(300) };
    assert.deepEqual(writeReport({ ...LAUNCH, method: 'e_money' }, result, 'SUICA'), {
      payment_method_type: 'e_money',
      provider: 'SUICA',
      external_status: status,
      external_reason: 'x'.repeat(255),
    });
  }
});

test('a brand is spelt as the gateway spells it: the app’s before the page’s, and TERMINAL where there is none', () => {
  for (const [told, page, expected] of [
    ['Visa', 'JCB', 'VISA'],
    ['Apple Pay', undefined, 'APPLE_PAY'],
    ['J/Debit ', undefined, 'J_DEBIT'],
    ['', 'MASTERCARD', 'MASTERCARD'],
    ['銀聯', undefined, 'TERMINAL'],
    [undefined, 'x', 'TERMINAL'],
    ['V'.repeat(40), undefined, 'V'.repeat(32)],
  ] as const) {
    const brand = told === undefined ? {} : { brand: told };
    assert.equal(writeReport(LAUNCH, { status: 'error', ...brand }, page).provider, expected);
  }
});

const fields: ConfirmFields = {
  payment_method_type: 'credit_card',
  provider: 'VISA',
  external_status: 'success',
  external_ref_id: '123456',
};
const entry: StoredEntry = {
  v: 1,
  id: 'key',
  page: 'page',
  state: 'waiting',
  created_at: '2026-01-01T00:00:00Z',
  confirm: { payment_intent: 'pi_1', payment_token: 't', idempotency_key: 'key', fields },
  launch: LAUNCH,
};
const taken = (details: Record<string, unknown>) =>
  makeError('idempotency_conflict', { message: '', status: 409, details });
const OTHER_ORDER = { field: 'external_ref_id', payment_intent: 'pi_2' };

test('an approval code that another order has is told apart by the launch’s id, once', () => {
  const way_out = findWayOut(entry, taken(OTHER_ORDER));
  assert.deepEqual(way_out, { ...fields, external_ref_id: '123456-pi_1-5f2a' });
  const again = { ...entry, confirm: { ...entry.confirm, fields: way_out ?? fields } };
  assert.equal(findWayOut(again, taken(OTHER_ORDER)), null);
});

test('a conflict is not insisted on without a launch, for the same intent, or for another field', () => {
  const { launch: _, ...by_hand } = entry;
  assert.equal(findWayOut(by_hand, taken(OTHER_ORDER)), null);
  assert.equal(findWayOut(entry, taken({ ...OTHER_ORDER, payment_intent: 'pi_1' })), null);
  assert.equal(findWayOut(entry, taken({ field: 'Idempotency-Key' })), null);
  assert.equal(findWayOut(entry, makeError('invalid_payment_state', { message: '' })), null);
});

test('money that was taken under a brand that the gateway does not take for one is told as TERMINAL’s, once', () => {
  const error = makeError('provider_not_supported', { message: '', status: 400 });
  assert.deepEqual(findWayOut(entry, error), { ...fields, provider: 'TERMINAL' });
  const unbranded = { ...entry.confirm, fields: { ...fields, provider: 'TERMINAL' } };
  assert.equal(findWayOut({ ...entry, confirm: unbranded }, error), null);
});

// Every state of a row against every state of ours, typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptStatus } from './attempt.ts';
import {
  compareGivenBack,
  comparePayment,
  compareRefund,
  type ExceptionKind,
  type ReconciliationRow,
  type RowState,
} from './reconciliation.ts';

const row = (state: RowState, changes: Partial<ReconciliationRow> = {}): ReconciliationRow => ({
  line: 2,
  state,
  reference: 'pa_1',
  provider_payment_id: '04321',
  amount: 1_000,
  currency: 'JPY',
  happened_at: '2026-01-14T01:00:00.000Z',
  ...changes,
});
const payment = (status: AttemptStatus, provider_payment_id: string | null = '04321') => ({
  status,
  amount: 1_000,
  currency: 'JPY',
  provider_payment_id,
  went_back_later: false,
});

// What we believe, across; what the file says, down. A dot agrees, an S is a difference of states.
const STATUSES: AttemptStatus[] = [
  ...(['asked', 'waiting', 'working', 'unknown', 'authorized'] as const),
  ...(['paid', 'declined', 'ended_unpaid', 'reversed'] as const),
];
const MATRIX: Partial<Record<RowState, string>> = {
  paid: /*      */ 'SSSSS.SSS',
  failed: /*    */ '....SS...',
  authorized: /**/ '.........',
  released: /*  */ '....SS...',
  expired: /*   */ '....SS...',
};

test('a row and a payment agree, or differ in their states, as the table has it', () => {
  for (const [state, line] of Object.entries(MATRIX)) {
    for (const [at, status] of STATUSES.entries()) {
      const expected: ExceptionKind | null = line[at] === 'S' ? 'status_differs' : null;
      assert.equal(comparePayment(row(state as RowState), payment(status)), expected, `${state} / ${status}`);
    }
  }
});

test('money that both have must be the same money', () => {
  assert.equal(comparePayment(row('paid', { amount: 999 }), payment('paid')), 'amount_differs');
  assert.equal(comparePayment(row('paid', { currency: 'USD' }), payment('paid')), 'amount_differs');
  assert.equal(comparePayment(row('failed', { amount: 0 }), payment('declined')), null);
});

test('a try that failed before the one that paid is no exception', () => {
  assert.equal(comparePayment(row('failed'), payment('paid', '04777')), null);
  assert.equal(comparePayment(row('failed'), payment('paid', null)), 'status_differs');
});

test('a payment that went back after its day stood in that day’s file, and nothing else is excused by it', () => {
  const back = (status: AttemptStatus) => ({ ...payment(status), went_back_later: true });
  assert.equal(comparePayment(row('paid'), back('reversed')), null);
  assert.equal(comparePayment(row('paid', { amount: 999 }), back('reversed')), 'amount_differs');
  for (const status of STATUSES.filter((each) => each !== 'reversed' && each !== 'paid'))
    assert.equal(comparePayment(row('paid'), back(status)), 'status_differs', status);
});

test('a payment that is given back under its own id must be given back here, all of it', () => {
  assert.equal(compareGivenBack(row('refunded'), payment('reversed')), null);
  assert.equal(compareGivenBack(row('refunded', { amount: 1 }), payment('reversed')), 'amount_differs');
  for (const status of STATUSES.filter((each) => each !== 'reversed')) {
    assert.equal(compareGivenBack(row('refunded'), payment(status)), 'status_differs', status);
    assert.equal(compareGivenBack(row('refund_failed'), payment(status)), null, status);
  }
});

test('a refund must be done here when it is done there, with the same money', () => {
  const refund = (status: 'pending' | 'succeeded' | 'failed') => ({ status, amount: 400, currency: 'JPY' });
  const done = row('refunded', { amount: 400 });
  assert.equal(compareRefund(done, refund('succeeded')), null);
  assert.equal(compareRefund(done, refund('pending')), 'status_differs');
  assert.equal(compareRefund(done, refund('failed')), 'status_differs');
  assert.equal(compareRefund(row('refunded', { amount: 401 }), refund('succeeded')), 'amount_differs');
  for (const status of ['pending', 'succeeded', 'failed'] as const)
    assert.equal(compareRefund(row('refund_failed', { amount: 400 }), refund(status)), null);
});

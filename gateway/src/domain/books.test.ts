// What a change moves, against entries typed in by hand: from the rows alone, whatever they were before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeAttemptRow, makeIntentRow } from '../../test/support/payment-rows.ts';
import { bookProvider, type MovingRows, movementsOf, taxShare } from './books.ts';
import type { LatePayment } from './late-payment.ts';
import type { Refund } from './refund.ts';

const paid = makeIntentRow({
  status: 'succeeded',
  amount_received: 1_000,
  tax_amount: 90,
  attempt_id: 'pa_1',
});
const attempt = makeAttemptRow({ adapter: 'PAYPAY', status: 'paid' });
const late = {
  id: 'lp_1',
  attempt_id: 'pa_1',
  amount: 1_000,
  currency: 'JPY',
  authorized_only: false,
  status: 'held',
  kept_at: null,
} as LatePayment;
const refund = {
  id: 're_1',
  attempt_id: 'pa_1',
  late_payment_id: null,
  amount: 400,
  currency: 'JPY',
  status: 'succeeded',
} as Refund;

/** kind, debit, credit, amount, tax, object; with the provider where the rows say it. */
const told = (rows: MovingRows) =>
  movementsOf(rows).map(({ kind, debit_account, credit_account, amount, tax_amount, object_id, provider }) =>
    [kind, debit_account, credit_account, amount, tax_amount, object_id, provider ?? '-'].join(' '),
  );

test('a payment is booked when its attempt has paid the intent, and at no other change', () => {
  assert.deepEqual(told({ intent: paid, attempt }), ['payment receivable sales 1000 90 pa_1 PAYPAY']);
  const captured = { ...paid, amount_received: 333 };
  assert.deepEqual(told({ intent: captured, attempt }), ['payment receivable sales 333 29 pa_1 PAYPAY']);
  assert.deepEqual(told({ intent: paid }), []);
  assert.deepEqual(told({ intent: paid, attempt: { ...attempt, id: 'pa_2' } }), []);
  assert.deepEqual(told({ intent: paid, attempt: { ...attempt, status: 'reversed' } }), []);
  for (const status of [
    'asked',
    'waiting',
    'working',
    'unknown',
    'authorized',
    'declined',
    'ended_unpaid',
  ] as const) {
    const open = makeIntentRow({ status: 'processing', attempt_id: 'pa_1' });
    assert.deepEqual(told({ intent: open, attempt: { ...attempt, status } }), [], status);
  }
});

test('a refund is booked when it has succeeded, with what its share of the tax is of', () => {
  assert.deepEqual(told({ intent: paid, refund }), ['refund sales receivable 400 90 re_1 -']);
  assert.equal(movementsOf({ intent: paid, refund })[0]?.tax_of, 1_000);
  assert.deepEqual(told({ intent: paid, refund: { ...refund, status: 'pending' } }), []);
  assert.deepEqual(told({ intent: paid, refund: { ...refund, status: 'failed' } }), []);
  const of_late = { ...refund, late_payment_id: 'lp_1' };
  assert.deepEqual(told({ intent: paid, refund: of_late }), []);
});

test('late money is kept apart until a person keeps it, and is sold from then on until it goes back', () => {
  const came = 'late_payment receivable late_money 1000 0 lp_1 -';
  const kept = 'late_payment_kept late_money sales 1000 90 lp_1 -';
  const kept_at = '2026-01-15T10:00:00.000Z';
  const rows = (changes: Partial<LatePayment>) =>
    told({ intent: paid, late_payment: { ...late, ...changes } });
  assert.deepEqual(rows({}), [came]);
  assert.deepEqual(rows({ status: 'refunding' }), [came]);
  assert.deepEqual(rows({ status: 'refunded' }), [
    came,
    'late_payment_refund late_money receivable 1000 0 lp_1 -',
  ]);
  assert.deepEqual(rows({ status: 'kept', kept_at }), [came, kept]);
  assert.deepEqual(rows({ status: 'refunding', kept_at }), [came, kept]);
  assert.deepEqual(rows({ status: 'held', kept_at }), [came, kept]);
  const back = 'late_payment_refund sales receivable 1000 90 lp_1 -';
  assert.deepEqual(rows({ status: 'refunded', kept_at }), [came, kept, back]);
  // Another currency has no share of the intent's tax.
  assert.deepEqual(
    rows({ status: 'kept', kept_at, currency: 'USD' })[1],
    'late_payment_kept late_money sales 1000 0 lp_1 -',
  );
});

test('what is only reserved moves nothing, also when it is let go', () => {
  for (const status of ['held', 'refunding', 'refunded'] as const) {
    assert.deepEqual(
      told({ intent: paid, late_payment: { ...late, status, authorized_only: true } }),
      [],
      status,
    );
  }
});

test('late money that comes with its attempt says who owes it', () => {
  const [came] = told({ intent: { ...paid, attempt_id: 'pa_9' }, attempt, late_payment: late });
  assert.equal(came, 'late_payment receivable late_money 1000 0 lp_1 PAYPAY');
});

test('who owes the money is whoever settles it', () => {
  assert.equal(bookProvider('PAYPAY', 'qr_mpm'), 'PAYPAY');
  assert.equal(bookProvider('MPGS', 'credit_card'), 'MPGS');
  assert.equal(bookProvider('TERMINAL', 'credit_card'), 'SP_NET');
  assert.equal(bookProvider('TERMINAL', 'e_money'), 'TERMINAL');
  assert.equal(bookProvider('CASH', 'cash'), 'CASH');
});

test('shares of a tax follow the amount, rounded down, and are exact where a product has 22 digits', () => {
  assert.equal(taxShare(90, 1_000, 1_000), 90);
  assert.equal(taxShare(90, 333, 1_000), 29);
  assert.equal(taxShare(1, 1, 2), 0);
  assert.equal(taxShare(0, 5, 10), 0);
  assert.equal(taxShare(99_999_999_999, 99_999_999_998, 99_999_999_999), 99_999_999_998);
});

test('parts that follow each other add up to the whole, and none has more tax than money', () => {
  const parts = fc.array(fc.integer({ min: 1, max: 10_000_000_000 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(parts, fc.nat(1_000), (amounts, per_mille) => {
      const whole = amounts.reduce((sum, amount) => sum + amount, 0);
      const tax = Math.floor((whole * per_mille) / 1_000);
      let before = 0;
      let total = 0;
      for (const amount of amounts) {
        const share = taxShare(tax, before + amount, whole) - taxShare(tax, before, whole);
        assert.ok(share >= 0 && share <= amount);
        before += amount;
        total += share;
      }
      assert.equal(total, tax);
    }),
  );
});

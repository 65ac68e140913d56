// Sums beside each other and what they book, against tables typed by hand and for any amounts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameFinding, makeException } from './reconciliation-exception.ts';
import { compareTotals, isSameDay, type SettlementKey } from './settlement.ts';
import { adjustmentOf, bookingsOf, reversalsOf } from './settlement-bookings.ts';

const KEY: SettlementKey = {
  organization_id: 'org_1',
  livemode: false,
  merchant_id: 'merchant_001',
  provider: 'SP_NET',
  account: null,
  contents: null,
  business_date: '2026-01-14',
  currency: 'JPY',
};
const sums = (transaction_count: number, gross_amount: number, refunded_amount: number) => ({
  ...{ transaction_count, gross_amount, refunded_amount },
  ...{ fees_amount: null, net_amount: null },
});

test('each sum that differs is one finding, with both sides, and sums that agree are none', () => {
  const compared = (stated: ReturnType<typeof sums>, expected: ReturnType<typeof sums>) =>
    compareTotals(KEY, stated, expected, 7).map(
      ({ field, count_here, count_there, amount_here, amount_there }) => [
        ...[field, count_here ?? amount_here, count_there ?? amount_there],
      ],
    );
  assert.deepEqual(compared(sums(2, 300, 0), sums(2, 300, 0)), []);
  assert.deepEqual(compared(sums(2, 300, 0), sums(3, 300, 0)), [['transaction_count', 3, 2]]);
  assert.deepEqual(compared(sums(2, 300, 50), sums(2, 400, 0)), [
    ['gross_amount', 400, 300],
    ['refunded_amount', 0, 50],
  ]);
  const [draft] = compareTotals(KEY, sums(1, 0, 0), sums(0, 0, 0), 7);
  assert.deepEqual(
    [draft?.kind, draft?.source, draft?.line, draft?.merchant_id, draft?.business_date],
    ['totals_differ', 'settlement', 7, 'merchant_001', '2026-01-14'],
  );
});

test('fees and net are booked as they are stated, the other way round below zero', () => {
  const booked = (fees_amount: number | null, net_amount: number | null) =>
    bookingsOf({ ...sums(0, 0, 0), fees_amount, net_amount }).map(
      ({ kind, debit_account, credit_account, amount }) =>
        `${kind} ${debit_account} ${credit_account} ${amount}`,
    );
  assert.deepEqual(booked(null, null), []);
  assert.deepEqual(booked(0, 0), []);
  assert.deepEqual(booked(125, 875), ['fee fees receivable 125', 'settlement bank receivable 875']);
  assert.deepEqual(booked(-5, -7), ['fee receivable fees 5', 'settlement receivable bank 7']);
});

/** What transfers do to each account. */
function balances(bookings: ReturnType<typeof bookingsOf>): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { debit_account, credit_account, amount } of bookings) {
    assert.ok(amount > 0 && debit_account !== credit_account);
    sum[debit_account] = (sum[debit_account] ?? 0) + amount;
    sum[credit_account] = (sum[credit_account] ?? 0) - amount;
  }
  return sum;
}

test('whatever is stated, a reversal undoes it, and an adjustment changes what is owed by its amount', () => {
  const amount = fc.option(fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }));
  fc.assert(
    fc.property(amount, amount, (fees_amount, net_amount) => {
      const stated = { ...sums(0, 0, 0), fees_amount, net_amount };
      const owed = balances(bookingsOf(stated))['receivable'] ?? 0;
      assert.equal(owed + (fees_amount ?? 0) + (net_amount ?? 0), 0);
      const left = Object.values(balances([...bookingsOf(stated), ...reversalsOf(stated)]));
      assert.ok(left.every((each) => each === 0));
      assert.equal(balances(adjustmentOf(net_amount ?? 0))['receivable'] ?? 0, net_amount ?? 0);
    }),
  );
});

test('a settlement is of one merchant, provider, account, kind of file, day, currency and mode', () => {
  assert.ok(isSameDay(KEY, { ...KEY }));
  const others: Partial<SettlementKey>[] = [
    { organization_id: 'org_2' },
    { livemode: true },
    { merchant_id: 'merchant_002' },
    { provider: 'PAYPAY' },
    { account: '1' },
    { contents: 'payments' },
    { business_date: '2026-01-15' },
    { currency: 'USD' },
  ];
  for (const change of others) assert.ok(!isSameDay(KEY, { ...KEY, ...change }), JSON.stringify(change));
});

test('a finding is the same on another line, and another one with another amount', () => {
  const draft = {
    ...KEY,
    source: 'settlement' as const,
    kind: 'missing_here' as const,
    amount_there: 5,
    line: 2,
  };
  assert.ok(isSameFinding(draft, { ...draft, line: 9 }));
  assert.ok(isSameFinding(makeException(draft, 'rx_1', '2026-01-15T00:00:00.000Z'), draft));
  assert.ok(!isSameFinding(draft, { ...draft, amount_there: 6 }));
  assert.ok(!isSameFinding(draft, { ...draft, provider_reference: 'TXN-1' }));
});

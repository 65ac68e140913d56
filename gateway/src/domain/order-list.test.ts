// Every finding about an order, against an oracle that was typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareOrder,
  type HeldOrder,
  isMissingThere,
  type ListedOrder,
  mergeHeld,
  type OrderFinding,
} from './order-list.ts';

const NOTHING: HeldOrder = {
  payment_intent_id: 'pi_1',
  status: 'cancelled',
  payment_method_type: null,
  paid_amount: 0,
  refunded_amount: 0,
  late_amount: 0,
  paid_next_day: 0,
  refunded_next_day: 0,
  moved_on_day: false,
  moved_day_before: false,
  net_of_day: 0,
};
/** 1,000 in cash, on the day. */
const PAID: HeldOrder = {
  ...NOTHING,
  status: 'succeeded',
  payment_method_type: 'cash',
  paid_amount: 1_000,
  moved_on_day: true,
  net_of_day: 1_000,
};
const GIVEN_BACK: HeldOrder = { ...PAID, refunded_amount: 1_000, net_of_day: 0 };
const HALF_BACK: HeldOrder = { ...PAID, refunded_amount: 400, net_of_day: 600 };
const THE_DAY_BEFORE: HeldOrder = { ...PAID, moved_on_day: false, moved_day_before: true, net_of_day: 0 };
const THE_NEXT_DAY: HeldOrder = {
  ...NOTHING,
  status: 'succeeded',
  payment_method_type: 'cash',
  paid_next_day: 1_000,
};
const NEXT_DAY_AND_BACK: HeldOrder = { ...THE_NEXT_DAY, refunded_next_day: 1_000 };
const LONG_AGO: HeldOrder = { ...PAID, moved_on_day: false, net_of_day: 0 };
const BACK_NEXT_DAY: HeldOrder = { ...PAID, refunded_next_day: 1_000 };
/** An order of another day, given back on this one. */
const BACK_TODAY: HeldOrder = { ...GIVEN_BACK, net_of_day: -1_000 };
const LATE: HeldOrder = { ...NOTHING, late_amount: 1_000, moved_on_day: true, net_of_day: 1_000 };
const PAID_AND_LATE: HeldOrder = { ...PAID, late_amount: 1_000, net_of_day: 2_000 };
const LATE_GONE: HeldOrder = { ...LATE, refunded_next_day: 1_000 };
const OPEN: HeldOrder = { ...NOTHING, status: 'processing' };

const paid = (changes: Partial<ListedOrder> = {}): ListedOrder => ({
  merchant_ref_id: 'order_1',
  amount: 1_000,
  status: 'paid',
  payment_method_type: null,
  refunded_amount: null,
  ...changes,
});
const refunded = (changes: Partial<ListedOrder> = {}) => paid({ status: 'refunded', ...changes });
const cancelled = (changes: Partial<ListedOrder> = {}) => paid({ status: 'cancelled', ...changes });

type Row = [
  what: string,
  order: ListedOrder,
  held: HeldOrder | null,
  result: OrderFinding['result'],
  here: number | null,
  there: number | null,
  status_here: OrderFinding['status_here'],
  status_there?: OrderFinding['status_there'],
];

const part = (refunded_amount: number) => paid({ refunded_amount });
const in_cash = paid({ payment_method_type: 'cash' });
const by_code = paid({ payment_method_type: 'qr_mpm' });

const ORACLE: Row[] = [
  ['paid on both sides', paid(), PAID, 'matched', 1_000, 1_000, 'paid'],
  ['paid in cash on both sides', in_cash, PAID, 'matched', 1_000, 1_000, 'paid'],
  ['paid there, unknown here', paid(), null, 'missing_here', null, 1_000, null],
  ['paid there, called off here', paid(), NOTHING, 'missing_here', null, 1_000, 'cancelled'],
  ['paid there, not known yet here', paid(), OPEN, 'missing_here', null, 1_000, 'processing'],
  ['paid there, one yen more', paid({ amount: 1_001 }), PAID, 'amount_differs', 1_000, 1_001, 'paid'],
  ['paid there, given back here', paid(), GIVEN_BACK, 'status_differs', 0, 1_000, 'refunded'],
  ['paid there, in part back here', paid(), HALF_BACK, 'status_differs', 600, 1_000, 'partially_refunded'],
  ['in part back on both sides', part(400), HALF_BACK, 'matched', 1_000, 1_000, 'partially_refunded'],
  ['another part given back', part(300), HALF_BACK, 'status_differs', 600, 700, 'partially_refunded'],
  ['given back on both sides', refunded(), GIVEN_BACK, 'matched', 1_000, 1_000, 'refunded'],
  ['an old order, given back today', refunded(), BACK_TODAY, 'matched', 1_000, 1_000, 'refunded'],
  ['given back there only', refunded(), PAID, 'status_differs', 1_000, 0, 'paid'],
  ['given back here on the next day', refunded(), BACK_NEXT_DAY, 'cross_midnight', 1_000, 0, 'paid'],
  ['paid there, back here on the next day', paid(), BACK_NEXT_DAY, 'matched', 1_000, 1_000, 'paid'],
  ['given back there, never paid here', refunded(), NOTHING, 'missing_here', null, 1_000, 'cancelled'],
  ['paid here on the day before', paid(), THE_DAY_BEFORE, 'cross_midnight', 1_000, 1_000, 'paid'],
  ['paid here on the next day', paid(), THE_NEXT_DAY, 'cross_midnight', 1_000, 1_000, 'paid'],
  [
    'paid and given back here on the next day',
    paid(),
    NEXT_DAY_AND_BACK,
    'cross_midnight',
    1_000,
    1_000,
    'paid',
  ],
  ['both of it there a day earlier', refunded(), NEXT_DAY_AND_BACK, 'cross_midnight', 1_000, 1_000, 'paid'],
  ['of that, another part there', part(300), NEXT_DAY_AND_BACK, 'status_differs', 0, 700, 'paid'],
  ['less, on the day before', paid({ amount: 900 }), THE_DAY_BEFORE, 'amount_differs', 1_000, 900, 'paid'],
  ['less, on the next day', paid({ amount: 900 }), THE_NEXT_DAY, 'amount_differs', 1_000, 900, 'paid'],
  ['paid here a week ago', paid(), LONG_AGO, 'missing_here', 1_000, 1_000, 'paid'],
  ['by a code there, in cash here', by_code, PAID, 'status_differs', 1_000, 1_000, 'cash', 'qr_mpm'],
  ['paid there, late money here', paid(), LATE, 'status_differs', 1_000, 1_000, 'late_payment'],
  ['paid once there, twice here', paid(), PAID_AND_LATE, 'status_differs', 2_000, 1_000, 'late_payment'],
  ['called off there, unknown here', cancelled(), null, 'matched', null, null, null],
  ['called off on both sides', cancelled(), NOTHING, 'matched', null, null, 'cancelled'],
  ['called off there, open here', cancelled(), OPEN, 'matched', null, null, 'processing'],
  ['called off there, paid here', cancelled(), PAID, 'status_differs', 1_000, null, 'paid'],
  [
    'called off, in part back here',
    cancelled(),
    HALF_BACK,
    'status_differs',
    600,
    null,
    'partially_refunded',
  ],
  ['called off, taken and given back here', cancelled(), GIVEN_BACK, 'matched', null, null, 'refunded'],
  ['called off, back on the next day', cancelled(), BACK_NEXT_DAY, 'cross_midnight', 1_000, null, 'paid'],
  ['called off, late money held', cancelled(), LATE, 'status_differs', 1_000, null, 'late_payment'],
  [
    'called off, late money gone next day',
    cancelled(),
    LATE_GONE,
    'cross_midnight',
    1_000,
    null,
    'late_payment',
  ],
];

test('each order comes to the finding that was typed by hand', () => {
  for (const [what, order, held, result, amount_here, amount_there, status_here, status_there] of ORACLE) {
    const expected = {
      result,
      amount_here,
      amount_there,
      status_here,
      status_there: status_there ?? order.status,
    };
    assert.deepEqual(compareOrder(order, held), expected, what);
  }
});

test('an order that the neighbouring list has with the same money is listed twice, and one that went on there is not', () => {
  const resultOf = (order: ListedOrder, held: HeldOrder, beside: ListedOrder | null) =>
    compareOrder(order, held, beside).result;
  assert.equal(resultOf(paid(), THE_DAY_BEFORE, null), 'cross_midnight');
  assert.equal(resultOf(paid(), THE_DAY_BEFORE, paid()), 'missing_here');
  assert.equal(resultOf(paid(), THE_NEXT_DAY, paid()), 'missing_here');
  assert.equal(resultOf(paid(), NEXT_DAY_AND_BACK, refunded()), 'cross_midnight');
  assert.equal(resultOf(refunded(), BACK_NEXT_DAY, paid()), 'cross_midnight');
  assert.equal(resultOf(paid(), PAID, paid()), 'matched');
});

test('an order with several intents has the money of all, and reads as the one that was paid', () => {
  const failed: HeldOrder = { ...NOTHING, payment_intent_id: 'pi_failed', status: 'failed' };
  const paid_later: HeldOrder = { ...PAID, payment_intent_id: 'pi_paid' };
  const late: HeldOrder = { ...LATE, payment_intent_id: 'pi_late' };
  assert.equal(mergeHeld([]), null);
  assert.deepEqual(mergeHeld([failed]), failed);
  assert.deepEqual(mergeHeld([failed, paid_later]), paid_later);
  assert.deepEqual(mergeHeld([failed, late]), late);
  assert.deepEqual(mergeHeld([late, paid_later]), { ...paid_later, late_amount: 1_000, net_of_day: 2_000 });
});

test('money that stays at the end of its day is missing in a list without it, and what came and went is not', () => {
  const missing = { PAID, HALF_BACK, BACK_TODAY, LATE, PAID_AND_LATE };
  for (const [name, held] of Object.entries(missing)) assert.equal(isMissingThere(held), true, name);
  const left_out = { NOTHING, OPEN, GIVEN_BACK, THE_DAY_BEFORE, THE_NEXT_DAY, LONG_AGO };
  for (const [name, held] of Object.entries(left_out)) assert.equal(isMissingThere(held), false, name);
});

// Differences that are put into a month on purpose: each changes what one side says of one payment or day, and is noted
// down with where it lies. A payment that one of them touches is touched by no other.
import type { PlayedPayment } from '../../src/commands/played-payments.ts';
import type { SettlementFault } from '../../src/simulator/card-processor-files.ts';
import {
  businessDateIn,
  dateAfter,
  dayInJapan,
  type Injection,
  listOf,
  MONTH_BEGINS,
  type Month,
  makeDice,
  type Order,
  type ProcessorRow,
  storeOf,
} from './settlement-month.ts';

/** How many of each are put in. */
export const INJECTED = {
  paypay_missing: 5,
  paypay_foreign: 3,
  paypay_amount: 4,
  paypay_failed: 3,
  paypay_refund_missing: 2,
  paypay_given_back: 3,
  card_missing: 4,
  card_extra: 3,
  card_amount: 3,
  card_crossing: 2,
  page_untold: 3,
  page_amount: 2,
  order_extra: 4,
  order_missing: 4,
  order_amount: 3,
  order_cancelled: 3,
  order_crossing: 2,
  order_unrefunded: 3,
  order_method: 3,
} as const;
export type Injected = keyof typeof INJECTED;

/** On these days the processor's settlement itself is wrong, whatever it is of; nothing else is put into its books then. */
export const WRONG_SETTLEMENTS: Record<string, SettlementFault> = {
  '2026-01-06': 'sums_wrong',
  '2026-01-08': 'missing_merchant',
  '2026-01-10': 'extra_merchant',
};

const HOUR_MS = 3_600_000;
const JAPAN_MS = 9 * HOUR_MS;

/** Not within an hour of a midnight, nor of the hour at which the late shops' day ends. */
function isFarFromBorders({ at }: PlayedPayment): boolean {
  const hour = new Date(Date.parse(at) + JAPAN_MS).getUTCHours();
  return hour >= 8 && hour < 22;
}

export function injectDifferences(month: Month, seed: number): void {
  const dice = makeDice(seed);
  const used = new Set<string>();
  const take = (fits: (payment: PlayedPayment) => boolean): PlayedPayment => {
    for (let tries = 0; tries < 1_000_000; tries += 1) {
      const payment = month.payments[dice(month.payments.length)];
      if (payment === undefined || used.has(payment.intent_id) || !isFarFromBorders(payment)) continue;
      if (payment.outcome !== 'paid' || !fits(payment)) continue;
      used.add(payment.intent_id);
      return payment;
    }
    throw new Error('the month has no payment that fits');
  };
  const places = makePlaces(month);
  for (const [what, count] of Object.entries(INJECTED) as [Injected, number][])
    for (let n = 0; n < count; n += 1) INJECT[what](month, places, take, what);
}

type Take = (fits: (payment: PlayedPayment) => boolean) => PlayedPayment;
type Places = ReturnType<typeof makePlaces>;

/** Where a payment's rows stand, so that a month is not searched for each. */
function makePlaces(month: Month) {
  const paypay = new Map(month.paypay.map((row) => [row.reference, row]));
  const processor = new Map(month.processor.map((row) => [row.approval_code, row]));
  return {
    paypayOf: (reference: string) => known(paypay.get(reference)),
    processorOf: ({ external_ref_id }: PlayedPayment) =>
      known(processor.get(external_ref_id?.slice(0, 6) ?? '')),
    listOf: (payment: PlayedPayment) => known(month.orders.get(listOf(payment, payment.at))),
    orderOf(payment: PlayedPayment): Order {
      const { merchant_ref_id } = payment;
      return known(this.listOf(payment).find((order) => order.merchant_ref_id === merchant_ref_id));
    },
  };
}

function known<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the month has no such row');
  return found;
}

const isPaypay = ({ adapter, refund }: PlayedPayment) => adapter === 'PAYPAY' && refund === null;
const isCard = ({ adapter, payment_method_type, at }: PlayedPayment) =>
  adapter === 'TERMINAL' &&
  payment_method_type === 'credit_card' &&
  WRONG_SETTLEMENTS[dayInJapan(at)] === undefined &&
  WRONG_SETTLEMENTS[dateAfter(dayInJapan(at), -1)] === undefined;
const isOnPage = ({ adapter }: PlayedPayment) => adapter === 'MPGS';
const isAny = ({ refund }: PlayedPayment) => refund === null;

const without = <T>(rows: T[], row: T) => void rows.splice(rows.indexOf(row), 1);

function note(month: Month, what: Injected, payment: PlayedPayment, of: Partial<Injection> = {}): void {
  month.injections.push({
    what,
    business_date: what.startsWith('order')
      ? businessDateIn(storeOf(payment.merchant_store_id), payment.at)
      : dayInJapan(payment.at),
    merchant_id: payment.merchant_id,
    store_id: payment.merchant_store_id,
    payment,
    amount: null,
    reference: null,
    ...of,
  });
}

const INJECT: Record<Injected, (month: Month, places: Places, take: Take, what: Injected) => void> = {
  paypay_missing(month, { paypayOf }, take, what) {
    const payment = take(isPaypay);
    without(month.paypay, paypayOf(payment.attempt_id));
    note(month, what, payment);
  },
  paypay_foreign(month, { paypayOf }, take, what) {
    const payment = take(isPaypay);
    const row = paypayOf(payment.attempt_id);
    const reference = `sticker-${month.injections.length}`;
    const provider_payment_id = `09${payment.provider_payment_id?.slice(2)}`;
    month.paypay.push({ ...row, reference, provider_payment_id });
    note(month, what, payment, { reference, amount: row.amount });
  },
  paypay_amount(month, { paypayOf }, take, what) {
    const payment = take(isPaypay);
    const row = paypayOf(payment.attempt_id);
    row.amount += 100;
    note(month, what, payment, { amount: row.amount });
  },
  paypay_failed(month, { paypayOf }, take, what) {
    const payment = take(isPaypay);
    paypayOf(payment.attempt_id).status = '取引失敗';
    note(month, what, payment);
  },
  paypay_refund_missing(month, { paypayOf }, take, what) {
    const payment = take(({ adapter, refund }) => adapter === 'PAYPAY' && refund !== null);
    const id = payment.refund?.id ?? '';
    without(month.paypay, paypayOf(id));
    note(month, what, payment, { reference: id, business_date: dayInJapan(payment.refund?.at ?? '') });
  },
  paypay_given_back(month, { paypayOf }, take, what) {
    const payment = take(isPaypay);
    const row = paypayOf(payment.attempt_id);
    const reference = `tool-${month.injections.length}`;
    month.paypay.push({ ...row, status: '返金完了', reference });
    note(month, what, payment, { reference, amount: row.amount });
  },
  card_missing(month, { processorOf }, take, what) {
    const payment = take(isCard);
    without(month.processor, processorOf(payment));
    note(month, what, payment);
  },
  card_extra(month, { processorOf }, take, what) {
    const payment = take(isCard);
    const row: ProcessorRow = { ...processorOf(payment), approval_code: `X${month.injections.length}` };
    month.processor.push(row);
    note(month, what, payment, { amount: row.amount });
  },
  card_amount(month, { processorOf }, take, what) {
    const payment = take(isCard);
    processorOf(payment).amount += 1_000;
    note(month, what, payment, { amount: payment.amount + 1_000 });
  },
  /** The processor answered before midnight, the gateway heard of it after: each has it on another day. */
  card_crossing(month, { processorOf }, take, what) {
    const payment = take((one) => isCard(one) && dayInJapan(one.at) !== MONTH_BEGINS);
    const midnight = Date.parse(`${dayInJapan(payment.at)}T00:00:00+09:00`);
    processorOf(payment).at = new Date(midnight - 2_000).toISOString();
    note(month, what, payment, { reference: dateAfter(dayInJapan(payment.at), -1) });
  },
  page_untold(month, _places, take, what) {
    const payment = take(isOnPage);
    without(month.signed, known(month.signed.find((row) => row.payment === payment)));
    note(month, what, payment);
  },
  page_amount(month, _places, take, what) {
    const payment = take(isOnPage);
    const row = known(month.signed.find((one) => one.payment === payment));
    row.amount += 50;
    note(month, what, payment, { amount: row.amount });
  },
  order_extra(month, places, take, what) {
    const payment = take(isAny);
    const merchant_ref_id = `forgotten-${month.injections.length}`;
    places.listOf(payment).push({ ...places.orderOf(payment), merchant_ref_id });
    note(month, what, payment, { reference: merchant_ref_id, amount: payment.amount });
  },
  order_missing(month, places, take, what) {
    const payment = take(isAny);
    without(places.listOf(payment), places.orderOf(payment));
    note(month, what, payment, { reference: payment.merchant_ref_id });
  },
  order_amount(month, places, take, what) {
    const payment = take(isAny);
    const order = places.orderOf(payment);
    order.amount += 10;
    note(month, what, payment, { reference: payment.merchant_ref_id, amount: order.amount });
  },
  order_cancelled(month, places, take, what) {
    const payment = take(isAny);
    places.orderOf(payment).status = 'cancelled';
    note(month, what, payment, { reference: payment.merchant_ref_id });
  },
  /** The backend puts an order of this morning on yesterday's list. */
  order_crossing(month, places, take, what) {
    const payment = take((one) => isAny(one) && month.orders.has(listOf(one, dayBefore(one.at))));
    const order = places.orderOf(payment);
    without(places.listOf(payment), order);
    known(month.orders.get(listOf(payment, dayBefore(payment.at)))).push(order);
    note(month, what, payment, { reference: payment.merchant_ref_id });
  },
  /** The till does not know that money went back on the same day. */
  order_unrefunded(month, places, take, what) {
    const payment = take(
      ({ merchant_store_id, refund, at }) =>
        refund !== null &&
        businessDateIn(storeOf(merchant_store_id), refund.at) ===
          businessDateIn(storeOf(merchant_store_id), at),
    );
    const order = places.orderOf(payment);
    order.status = 'paid';
    delete order.refunded_amount;
    note(month, what, payment, {
      reference: payment.merchant_ref_id,
      amount: payment.refund?.amount ?? null,
    });
  },
  /** Coins on the till's list, and a card or a code here. */
  order_method(month, places, take, what) {
    const payment = take((one) => isAny(one) && one.adapter !== 'CASH');
    places.orderOf(payment).payment_method_type = 'cash';
    note(month, what, payment, { reference: payment.merchant_ref_id });
  },
};

const dayBefore = (at: string) => new Date(Date.parse(at) - 24 * HOUR_MS).toISOString();

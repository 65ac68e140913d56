// What a merchant's own system says of an order, held against what the gateway has of it: one pure comparison for each
// order, and one for each that the list leaves out. A finding changes nothing; it is for a person.
import type { PaymentIntentStatus, PaymentMethodType } from './payment-intent.ts';

/** Many times a busy day of one store. */
export const MAX_ORDERS = 10_000;

export const LISTED_STATUSES = ['paid', 'refunded', 'cancelled'] as const;
export type ListedStatus = (typeof LISTED_STATUSES)[number];

/** An order as its merchant's system has it at the end of the day. Minor units. */
export interface ListedOrder {
  merchant_ref_id: string;
  /** What was to be paid, whatever became of it. */
  amount: number;
  status: ListedStatus;
  payment_method_type: PaymentMethodType | null;
  /** What has gone back by then. Null: nothing of an order that is paid, all of one that is refunded. */
  refunded_amount: number | null;
}

/** What the gateway has of an order, from the books, minor units. Kept late money counts as paid. */
export interface HeldOrder {
  payment_intent_id: string;
  status: PaymentIntentStatus;
  payment_method_type: PaymentMethodType | null;
  /** By the end of the day. */
  paid_amount: number;
  refunded_amount: number;
  /** Money that nobody wanted and that has not gone back. */
  late_amount: number;
  /** On the day after. */
  paid_next_day: number;
  refunded_next_day: number;
  /** Whether any of it moved on the day itself, and on the day before. */
  moved_on_day: boolean;
  moved_day_before: boolean;
  /** All that moved on the day: in, less out. */
  net_of_day: number;
}

export const ORDER_RESULTS = [
  'matched',
  'missing_here',
  'amount_differs',
  'status_differs',
  'cross_midnight',
] as const;
export type OrderResult = (typeof ORDER_RESULTS)[number];

/** The provider of an order of which the gateway knows nothing: nobody is known to owe that money. */
export const NOBODY_KNOWN = 'UNKNOWN';

/** How the gateway's side of an order reads: the money where there is some, else the intent's own status. */
export type HeldStatus = PaymentIntentStatus | 'paid' | 'partially_refunded' | 'refunded' | 'late_payment';

/** Where statuses differ the amounts are what stays, otherwise what was paid. Null on the side that has nothing. */
export interface OrderFinding {
  result: OrderResult;
  amount_here: number | null;
  amount_there: number | null;
  /** Where the way of paying differs, that stands in both. */
  status_here: HeldStatus | PaymentMethodType | null;
  status_there: ListedStatus | PaymentMethodType;
}

/**
 * One finding for each order: the weightiest. `held` is null where no intent of the store has the reference; `beside` is
 * the order as the list of the day has it to which its money belongs, where that is a neighbouring one.
 */
export function compareOrder(
  order: ListedOrder,
  held: HeldOrder | null,
  beside: ListedOrder | null = null,
): OrderFinding {
  const finding = order.status === 'cancelled' ? compareCancelled(order, held) : comparePaid(order, held);
  // The same money cannot be of two days: what is listed a second time has none here.
  const is_listed_twice = finding.result === 'cross_midnight' && beside !== null && isSame(order, beside);
  return is_listed_twice ? { ...finding, result: 'missing_here' } : finding;
}

function isSame(order: ListedOrder, other: ListedOrder): boolean {
  return (
    order.amount === other.amount &&
    order.status === other.status &&
    refundedThere(order) === refundedThere(other)
  );
}

function compareCancelled(order: ListedOrder, held: HeldOrder | null): OrderFinding {
  const stays = held === null ? 0 : whatStays(held);
  const status_here = held === null ? null : heldStatusOf(held);
  const finding = { amount_here: null, amount_there: null, status_here, status_there: order.status };
  if (held === null || stays === 0) return { ...finding, result: 'matched' };
  const is_gone_next_day = stays === held.refunded_next_day;
  return { ...finding, result: is_gone_next_day ? 'cross_midnight' : 'status_differs', amount_here: stays };
}

function comparePaid(order: ListedOrder, held: HeldOrder | null): OrderFinding {
  const finding = {
    amount_here: null,
    amount_there: order.amount,
    status_here: held === null ? null : heldStatusOf(held),
    status_there: order.status,
  };
  if (held === null) return { ...finding, result: 'missing_here' };
  const refunded_there = refundedThere(order);
  const stay = { amount_here: whatStays(held), amount_there: order.amount - refunded_there };
  if (held.late_amount > 0) return { ...finding, ...stay, result: 'status_differs' };

  const is_next_day = held.paid_amount === 0 && held.paid_next_day > 0;
  const paid = is_next_day ? held.paid_next_day : held.paid_amount;
  if (paid === 0) return { ...finding, result: 'missing_here' };
  // Of another week: on this day there was no such money.
  const is_near = held.moved_on_day || held.moved_day_before || is_next_day || held.refunded_next_day > 0;
  if (!is_near) return { ...finding, result: 'missing_here', amount_here: paid };
  if (paid !== order.amount) return { ...finding, result: 'amount_differs', amount_here: paid };

  const back_by_next_day = held.refunded_amount + held.refunded_next_day;
  if (refunded_there !== held.refunded_amount && refunded_there !== back_by_next_day)
    return { ...finding, ...stay, result: 'status_differs' };
  if (!is_next_day && refunded_there !== held.refunded_amount)
    return { ...finding, ...stay, result: 'cross_midnight' };
  const { payment_method_type: by_here } = held;
  const { payment_method_type: by_there } = order;
  if (by_here !== null && by_there !== null && by_here !== by_there)
    return { ...finding, ...stay, result: 'status_differs', status_here: by_here, status_there: by_there };
  return { ...finding, result: held.moved_on_day ? 'matched' : 'cross_midnight', amount_here: paid };
}

function whatStays({ paid_amount, refunded_amount, late_amount }: HeldOrder): number {
  return paid_amount - refunded_amount + late_amount;
}

/**
 * An order that was tried again after a try that failed has several intents: its money is all of theirs, and it reads
 * as the one that has some, else as the last. They come oldest first.
 */
export function mergeHeld<Held extends HeldOrder>(intents: readonly Held[]): Held | null {
  const main = intents.find(({ paid_amount, paid_next_day }) => paid_amount + paid_next_day > 0);
  const reads_as = main ?? intents.find(({ late_amount }) => late_amount > 0) ?? intents.at(-1);
  if (reads_as === undefined) return null;
  const sum = (column: AmountColumn) => intents.reduce((total, held) => total + held[column], 0);
  return {
    ...reads_as,
    paid_amount: sum('paid_amount'),
    refunded_amount: sum('refunded_amount'),
    late_amount: sum('late_amount'),
    paid_next_day: sum('paid_next_day'),
    refunded_next_day: sum('refunded_next_day'),
    net_of_day: sum('net_of_day'),
    moved_on_day: intents.some(({ moved_on_day }) => moved_on_day),
    moved_day_before: intents.some(({ moved_day_before }) => moved_day_before),
  };
}

type AmountColumn = {
  [column in keyof HeldOrder]: HeldOrder[column] extends number ? column : never;
}[keyof HeldOrder];

/** What has gone back of an order, as its merchant's system says. */
export function refundedThere({ amount, status, refunded_amount }: ListedOrder): number {
  if (status === 'cancelled') return 0;
  return refunded_amount ?? (status === 'refunded' ? amount : 0);
}

export function heldStatusOf(held: HeldOrder): HeldStatus {
  const { late_amount, paid_amount, paid_next_day, refunded_amount } = held;
  if (late_amount > 0) return 'late_payment';
  if (paid_amount === 0) return paid_next_day > 0 ? 'paid' : held.status;
  if (refunded_amount === 0) return 'paid';
  return refunded_amount < paid_amount ? 'partially_refunded' : 'refunded';
}

/**
 * Whether an order that the list leaves out is missing in it. Money that came and went on the same day leaves nothing
 * to list.
 */
export function isMissingThere(held: HeldOrder): boolean {
  return held.moved_on_day && held.net_of_day !== 0;
}

/** What a provider's file, its settlement or its signed news say of an order's payment. */
export const PROVIDER_STATUSES = ['confirmed', 'differs', 'missing', 'not_yet', 'not_applicable'] as const;
export type ProviderStatus = (typeof PROVIDER_STATUSES)[number];

// What a provider's file of a day says of our payments and refunds, held against what we believe: one pure comparison
// for each row. An exception changes nothing by itself; it is for a person, and a reason to ask the provider again.
import type { AttemptStatus } from './attempt.ts';
import type { RefundStatus } from './refund.ts';

/** What the provider did, in our words. `failed` is also a payment that was cancelled at the provider's own tool. */
export type RowState =
  | 'paid'
  | 'failed'
  | 'authorized'
  | 'released'
  | 'expired'
  | 'refunded'
  | 'refund_failed';

export interface ReconciliationRow {
  line: number;
  state: RowState;
  /** What the provider holds as the merchant's own id: ours, or anything for what was paid outside of the gateway. */
  reference: string | null;
  provider_payment_id: string;
  /** Minor units, without a sign: the state says which way the money went. */
  amount: number;
  currency: string;
  happened_at: string;
}

export interface OurPayment {
  status: AttemptStatus;
  /** Minor units: what the attempt brought, or is to bring. */
  amount: number;
  currency: string;
  provider_payment_id: string | null;
  /** Of what went back: the file shows it itself, or it was after the time that the file tells of. */
  went_back_later: boolean;
}

export interface OurRefund {
  status: RefundStatus;
  amount: number;
  currency: string;
}

export const EXCEPTION_KINDS = [
  'missing_here',
  'missing_there',
  'amount_differs',
  'status_differs',
  // The sums that a provider states, where no line of it says why.
  'totals_differ',
  // Known on one side a day before it is on the other: it explains two days, and needs nobody.
  'cross_midnight',
] as const;
export type ExceptionKind = (typeof EXCEPTION_KINDS)[number];

/** Money that moved, or is gone: what must be known here. A try that failed needs no counterpart. */
export function movesMoney(row: ReconciliationRow): boolean {
  return row.state === 'paid' || row.state === 'refunded';
}

export function isOfRefund(row: ReconciliationRow): boolean {
  return row.state === 'refunded' || row.state === 'refund_failed';
}

/** What is wrong between a row and the payment that it names; null: they agree. */
export function comparePayment(row: ReconciliationRow, ours: OurPayment): ExceptionKind | null {
  switch (row.state) {
    case 'paid':
      // While we know less than the file, the money is there and nobody was told: no less an exception.
      if (ours.status !== 'paid' && !(ours.status === 'reversed' && ours.went_back_later))
        return 'status_differs';
      return isSameMoney(row, ours) ? null : 'amount_differs';
    case 'failed':
      // A customer whose first try at a code failed can pay by a second one, which has another id at the provider.
      if (ours.provider_payment_id !== null && ours.provider_payment_id !== row.provider_payment_id)
        return null;
      return ours.status === 'paid' || ours.status === 'authorized' ? 'status_differs' : null;
    case 'released':
    case 'expired':
      return ours.status === 'paid' || ours.status === 'authorized' ? 'status_differs' : null;
    default:
      // The hold of that day says nothing about what became of it later.
      return null;
  }
}

/**
 * The same for a refund. One that failed there is tried again by the provider, so it proves nothing; if it never
 * succeeds, no file has it as done, and it is missing there.
 */
export function compareRefund(row: ReconciliationRow, ours: OurRefund): ExceptionKind | null {
  if (row.state === 'refund_failed') return null;
  if (ours.status !== 'succeeded') return 'status_differs';
  return isSameMoney(row, ours) ? null : 'amount_differs';
}

/**
 * The same for a payment that we gave back ourselves when it was called off too late for a cancel: the refund carries
 * the payment's own id, and all of it goes back.
 */
export function compareGivenBack(row: ReconciliationRow, ours: OurPayment): ExceptionKind | null {
  if (row.state === 'refund_failed') return null;
  if (ours.status !== 'reversed') return 'status_differs';
  return isSameMoney(row, ours) ? null : 'amount_differs';
}

function isSameMoney(row: ReconciliationRow, ours: { amount: number; currency: string }): boolean {
  return row.amount === ours.amount && row.currency === ours.currency;
}

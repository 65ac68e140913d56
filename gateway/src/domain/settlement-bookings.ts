// What a settlement moves in the books: the fees that the provider keeps and the net that it pays, both from what it
// owes us. Only what it states is booked; what it does not state is not worked out.
import type { BookAccount, BookKind } from './books.ts';
import type { StatedTotals } from './settlement.ts';

/** A transfer from the account that is credited to the one that is debited. */
export interface Booking {
  kind: BookKind;
  debit_account: BookAccount;
  credit_account: BookAccount;
  /** Minor units, above zero. */
  amount: number;
}

export function bookingsOf({ fees_amount, net_amount }: StatedTotals): Booking[] {
  return [
    ...transfer('fee', 'fees', 'receivable', fees_amount ?? 0),
    ...transfer('settlement', 'bank', 'receivable', net_amount ?? 0),
  ];
}

/** Undoes what was booked of a settlement that was issued again. */
export function reversalsOf({ fees_amount, net_amount }: StatedTotals): Booking[] {
  return [
    ...transfer('fee_reversal', 'receivable', 'fees', fees_amount ?? 0),
    ...transfer('settlement_reversal', 'receivable', 'bank', net_amount ?? 0),
  ];
}

/** What a person books with an exception: above zero, the provider owes us more than we had. */
export function adjustmentOf(amount: number): Booking[] {
  return transfer('adjustment', 'receivable', 'adjustments', amount);
}

/** Below zero it goes the other way, as a fee that is given back; nothing is no transfer. */
function transfer(
  kind: BookKind,
  debit_account: BookAccount,
  credit_account: BookAccount,
  amount: number,
): Booking[] {
  if (amount === 0) return [];
  if (amount > 0) return [{ kind, debit_account, credit_account, amount }];
  return [{ kind, debit_account: credit_account, credit_account: debit_account, amount: -amount }];
}

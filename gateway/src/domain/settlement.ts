// A settlement: what a provider says that it owes or pays for one merchant's day, held against our books. The sums are
// the provider's own; what it does not state stays unknown.
import type { ExceptionDraft } from './reconciliation-exception.ts';

export const SETTLEMENT_STATUSES = ['reconciled', 'exceptions', 'replaced'] as const;
export type SettlementStatus = (typeof SETTLEMENT_STATUSES)[number];

export const SETTLEMENT_SOURCES = ['file', 'by_hand', 'notifications'] as const;

/** Whose money of which day it is: one settlement of these is in force. */
export interface SettlementKey {
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  /** Who owes us the money, as the books have it. */
  provider: string;
  /** The provider's own name of the account, where a merchant can have several. */
  account: string | null;
  /** Which of a day's files, where there are several. */
  contents: 'payments' | 'held_payments' | null;
  business_date: string;
  currency: string;
}

/** Minor units. */
export interface StatedTotals {
  transaction_count: number;
  gross_amount: number;
  refunded_amount: number;
  fees_amount: number | null;
  net_amount: number | null;
}

export type ExpectedTotals = Pick<StatedTotals, 'transaction_count' | 'gross_amount' | 'refunded_amount'>;

export interface Settlement extends SettlementKey, StatedTotals {
  id: string;
  source: (typeof SETTLEMENT_SOURCES)[number];
  file_name: string | null;
  line: number | null;
  file_id: string | null;
  card_batch_id: string | null;
  expected_transaction_count: number;
  expected_gross_amount: number;
  expected_refunded_amount: number;
  status: SettlementStatus;
  replaced_by: string | null;
  exceptions_count: number;
  open_exceptions_count: number;
  created_at: string;
  updated_at: string;
}

/** As the API shows it. What it does not concern is left out; a sum that the provider does not state is null. */
export function settlementResource(settlement: Settlement): Record<string, unknown> {
  const { id, organization_id: _, file_id, card_batch_id, replaced_by, ...rest } = settlement;
  const { account, contents, file_name, line, ...facts } = rest;
  return {
    id,
    object: 'settlement',
    ...facts,
    ...(account !== null && { account }),
    ...(contents !== null && { contents }),
    ...(file_name !== null && { file_name }),
    ...(line !== null && { line }),
    ...(file_id !== null && { file: file_id }),
    ...(card_batch_id !== null && { card_batch: card_batch_id }),
    ...(replaced_by !== null && { replaced_by }),
  };
}

const COMPARED = ['transaction_count', 'gross_amount', 'refunded_amount'] as const;

/** One draft for each sum that the provider states otherwise than we have it. */
export function compareTotals(
  key: SettlementKey,
  stated: StatedTotals,
  expected: ExpectedTotals,
  line: number | null,
): ExceptionDraft[] {
  const { account: _, contents: __, ...of } = key;
  return COMPARED.flatMap((field) => {
    if (stated[field] === expected[field]) return [];
    const sides =
      field === 'transaction_count'
        ? { count_here: expected[field], count_there: stated[field] }
        : { amount_here: expected[field], amount_there: stated[field] };
    return [{ ...of, source: 'settlement' as const, kind: 'totals_differ' as const, field, line, ...sides }];
  });
}

const KEY = [
  ...['organization_id', 'livemode', 'merchant_id', 'provider', 'account', 'contents', 'business_date'],
  'currency',
] as (keyof SettlementKey)[];

/** Whether two settle the same, so that only one of them can be in force. */
export function isSameDay(one: SettlementKey, other: SettlementKey): boolean {
  return KEY.every((column) => one[column] === other[column]);
}

/** What one merchant's lines in a file come to, and what of ours they are about. */
export interface Tally {
  merchant_id: string;
  currency: string;
  stated: ExpectedTotals;
  expected: ExpectedTotals;
}

/** Tallies by merchant and currency. */
export type Tallies = Map<string, Tally>;

export function tallyOf(tallies: Tallies, merchant_id: string, currency: string): Tally {
  const place = `${merchant_id} ${currency}`;
  const tally = tallies.get(place) ?? { merchant_id, currency, stated: nothing(), expected: nothing() };
  tallies.set(place, tally);
  return tally;
}

const nothing = (): ExpectedTotals => ({ transaction_count: 0, gross_amount: 0, refunded_amount: 0 });

/** Adds a payment or a refund of it. */
export function addTo(totals: ExpectedTotals, what: 'payment' | 'refund', amount: number): void {
  if (what === 'refund') totals.refunded_amount += amount;
  else {
    totals.transaction_count += 1;
    totals.gross_amount += amount;
  }
}

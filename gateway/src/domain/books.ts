// What a change of a payment, a refund or late money moves, as transfers between accounts. Pure: it follows from the
// rows of the change alone, so it is the same however often and by whomever the change is told, and is booked once.
import type { Attempt } from './attempt.ts';
import type { LatePayment } from './late-payment.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { Refund } from './refund.ts';

/**
 * `receivable` is what a provider owes (of CASH: what lies in the drawer), `late_money` what came late and nobody has
 * decided about, `adjustments` what a person settled by hand.
 */
export const BOOK_ACCOUNTS = ['receivable', 'sales', 'late_money', 'fees', 'bank', 'adjustments'] as const;
export type BookAccount = (typeof BOOK_ACCOUNTS)[number];

export const BOOK_KINDS = [
  'payment',
  'refund',
  'late_payment',
  'late_payment_refund',
  'late_payment_kept',
  'fee',
  'settlement',
  'fee_reversal',
  'settlement_reversal',
  'adjustment',
] as const;
export type BookKind = (typeof BOOK_KINDS)[number];

/** A transfer of `amount`, from the account that is credited to the one that is debited. */
export interface Movement {
  kind: BookKind;
  debit_account: BookAccount;
  credit_account: BookAccount;
  /** Minor units. */
  amount: number;
  /** What of the amount is tax, where it belongs to the sales. */
  tax_amount: number;
  /** Set: `tax_amount` is that of so much money, and this takes its share of it, after what went back before. */
  tax_of: number | null;
  currency: string;
  /** What moved: with the kind, it names the movement. */
  object_id: string;
  /** Null where the change does not say it: then it is that of the attempt. */
  provider: string | null;
  attempt_id: string;
}

export interface MovingRows {
  intent: PaymentIntent;
  attempt?: Attempt | null;
  refund?: Refund | null;
  late_payment?: LatePayment | null;
}

/** Who owes us the money. SP-NET settles the cards of a terminal; e-money is settled by the terminal's operator. */
export function bookProvider(adapter: string, payment_method_type: string): string {
  return adapter === 'TERMINAL' && payment_method_type === 'credit_card' ? 'SP_NET' : adapter;
}

/**
 * How much of a tax belongs to a part of an amount. Parts that follow each other get the differences, so that all of
 * them add up to the whole.
 */
export function taxShare(tax: number, part: number, whole: number): number {
  return Number((BigInt(tax) * BigInt(part)) / BigInt(whole));
}

/** What has moved when these rows are written; nothing where money is only held, asked for, or on its way. */
export function movementsOf({ intent, attempt, refund, late_payment }: MovingRows): Movement[] {
  return [
    ...(attempt ? paymentOf(intent, attempt) : []),
    ...(refund ? refundOf(intent, refund) : []),
    ...(late_payment ? lateMoneyOf(intent, late_payment, attempt ?? null) : []),
  ];
}

function paymentOf(intent: PaymentIntent, attempt: Attempt): Movement[] {
  const is_its_money = intent.status === 'succeeded' && intent.attempt_id === attempt.id;
  if (!is_its_money || attempt.status !== 'paid') return [];
  return [
    {
      kind: 'payment',
      debit_account: 'receivable',
      credit_account: 'sales',
      amount: intent.amount_received,
      tax_amount: taxReceived(intent),
      tax_of: null,
      currency: intent.currency,
      object_id: attempt.id,
      provider: bookProvider(attempt.adapter, attempt.payment_method_type),
      attempt_id: attempt.id,
    },
  ];
}

/** Of a capture of a part, that part's share. */
function taxReceived({ tax_amount, amount_received, amount }: PaymentIntent): number {
  return taxShare(tax_amount ?? 0, amount_received, amount);
}

/** The refund of late money is booked with the late money: it goes back once, with a refund or without one. */
function refundOf(intent: PaymentIntent, refund: Refund): Movement[] {
  if (refund.status !== 'succeeded' || refund.late_payment_id !== null) return [];
  const tax_amount = taxReceived(intent);
  return [
    {
      kind: 'refund',
      debit_account: 'sales',
      credit_account: 'receivable',
      amount: refund.amount,
      tax_amount,
      tax_of: tax_amount === 0 ? null : intent.amount_received,
      currency: refund.currency,
      object_id: refund.id,
      provider: null,
      attempt_id: refund.attempt_id,
    },
  ];
}

/** Money that was kept is sold from then on, also while it is on its way back, until it is there. */
function lateMoneyOf(intent: PaymentIntent, late: LatePayment, attempt: Attempt | null): Movement[] {
  if (late.authorized_only) return [];
  const is_kept = late.kept_at !== null;
  const is_taxed = is_kept && late.currency === intent.currency;
  const tax_amount = is_taxed ? taxShare(intent.tax_amount ?? 0, late.amount, intent.amount) : 0;
  const move = (
    kind: BookKind,
    debit_account: BookAccount,
    credit_account: BookAccount,
    tax: number,
  ): Movement => ({
    kind,
    debit_account,
    credit_account,
    amount: late.amount,
    tax_amount: tax,
    tax_of: null,
    currency: late.currency,
    object_id: late.id,
    provider:
      attempt?.id === late.attempt_id ? bookProvider(attempt.adapter, attempt.payment_method_type) : null,
    attempt_id: late.attempt_id,
  });
  return [
    move('late_payment', 'receivable', 'late_money', 0),
    ...(is_kept ? [move('late_payment_kept', 'late_money', 'sales', tax_amount)] : []),
    ...(late.status === 'refunded'
      ? [move('late_payment_refund', is_kept ? 'sales' : 'late_money', 'receivable', tax_amount)]
      : []),
  ];
}

// Books what settlements and resolved exceptions move, on the day on which it was recorded: a day that has ended does not
// change any more.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertBookEntries, type NewBookEntry } from '../db/books.ts';
import type { Tx } from '../db/pool.ts';
import type { ReconciliationException } from '../domain/reconciliation-exception.ts';
import type { Settlement } from '../domain/settlement.ts';
import { adjustmentOf, type Booking, bookingsOf, reversalsOf } from '../domain/settlement-bookings.ts';

export async function bookSettlements(
  context: Context,
  tx: Tx,
  settlements: Settlement[],
  replaced: Settlement[],
): Promise<void> {
  await insertBookEntries(tx, [
    ...replaced.flatMap((each) => entriesOf(context, each, reversalsOf(each))),
    ...settlements.flatMap((each) => entriesOf(context, each, bookingsOf(each))),
  ]);
}

export async function bookAdjustment(
  context: Context,
  tx: Tx,
  exception: ReconciliationException,
): Promise<void> {
  const { merchant_id, adjustment_amount } = exception;
  if (merchant_id === null || adjustment_amount === null) return;
  const { payment_intent_id } = exception;
  const entries = entriesOf(context, { ...exception, merchant_id }, adjustmentOf(adjustment_amount));
  await insertBookEntries(
    tx,
    entries.map((entry) => ({ ...entry, payment_intent_id })),
  );
}

type Subject = Pick<
  Settlement,
  'id' | 'organization_id' | 'livemode' | 'merchant_id' | 'provider' | 'currency'
>;

function entriesOf(context: Context, subject: Subject, bookings: Booking[]): NewBookEntry[] {
  const { id: object_id, organization_id, livemode, merchant_id, provider, currency } = subject;
  return bookings.map((booking) => ({
    id: context.makeId('be'),
    ...{ organization_id, livemode, merchant_id, provider, currency, object_id },
    merchant_store_id: null,
    business_date: null,
    ...booking,
    tax_amount: 0,
    payment_intent_id: null,
    created_at: instant(context),
  }));
}

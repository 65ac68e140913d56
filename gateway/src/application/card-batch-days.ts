// A day of the exchange with a card processor, before anything was done for it: when it may be run, how its row begins,
// and for how long somebody may work on it.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { NewCardBatch } from '../db/card-batches.ts';
import { businessDayClosesAt, isBusinessDate, JAPAN } from '../domain/business-date.ts';
import type { CardBatch } from '../domain/card-batch.ts';
import { GatewayError } from '../domain/error.ts';

export type DayOfOwner = Pick<CardBatch, 'organization_id' | 'livemode' | 'business_date'>;

/** Due at once. */
export function makeCardBatch(context: Context, day: DayOfOwner): NewCardBatch {
  const { organization_id, livemode, business_date } = day;
  const now = instant(context);
  const id = context.makeId('cb');
  return { id, organization_id, livemode, business_date, next_attempt_at: now, created_at: now };
}

/** Longer than a transfer may take, with time to write down what came of it. */
const LEASE_OVER_TRANSFER_MS = 5 * 60_000;

export function leaseOf(context: Context): string {
  return instant(context, context.config.transfer_deadline_ms + LEASE_OVER_TRANSFER_MS);
}

/** Refuses a day that is still going on: its file would say too little. */
export function checkDayIsOver(context: Context, business_date: string): void {
  const wrong = (message: string, constraint: string) =>
    new GatewayError('invalid_request', message, { field: 'business_date', constraint });
  if (!isBusinessDate(business_date))
    throw wrong('business_date must be a day such as 2026-01-28.', 'format');
  const from = businessDayClosesAt(business_date, JAPAN);
  if (instant(context) >= from) return;
  throw wrong(`${business_date} is not over in Japan yet: it can be run from ${from} on.`, 'ended_day');
}

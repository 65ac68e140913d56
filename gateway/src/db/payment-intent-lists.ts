// Lists of payment intents. The statement has only the filters that are given, each combination under its own
// name: one plan for all of them would serve none, and read past every other tenant's payments on its way. What a
// page costs depends on the page, not on the history behind or before it.
import { makeIdBound } from '../domain/id.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Db } from './pool.ts';

export interface ListFilter {
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  merchant_store_id: string | null;
  merchant_ref_id: string | null;
  status: string | null;
  created_gte: string | null;
  created_lt: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
  limit: number;
  offset: number;
}

// As the lists' indexes have it. The primary key has it not, so that no list walks past all tenants' payments.
const ID = 'id collate "C"';

// An id carries its time, so a stretch of time is a stretch of the lists' indexes. An id is drawn after its row's
// created_at is read, from a source that goes on ascending when the clock is set back, so it can be ahead of it.
const CLOCK_STEP_MS = 15 * 60_000;

interface Filters extends Omit<ListFilter, 'organization_id' | 'livemode' | 'limit' | 'offset'> {
  id_from: string | null;
  id_before: string | null;
}

const CONDITIONS: Record<keyof Filters, (place: string) => string> = {
  merchant_id: (place) => `merchant_id = ${place}`,
  merchant_store_id: (place) => `merchant_store_id = ${place}`,
  // Two indexes share the references, those that are taken and those that are free again: together they are all.
  merchant_ref_id: (place) =>
    `merchant_ref_id = ${place} and (status not in ('failed', 'cancelled') or status in ('failed', 'cancelled'))`,
  status: (place) => `status = ${place}`,
  created_gte: (place) => `created_at >= ${place}`,
  created_lt: (place) => `created_at < ${place}`,
  starting_after: (place) => `${ID} < ${place}`,
  id_from: (place) => `${ID} >= ${place}`,
  id_before: (place) => `${ID} < ${place}`,
};
const FILTERS = Object.keys(CONDITIONS) as (keyof Filters)[];

/**
 * Statuses that few intents have, each with an index of its own: walking all of an organization's would read its
 * whole history for the last few. The open ones are those of the last day at most, and are sorted when they are
 * found, which `offset 0` makes sure of. The others are many, so that the walk soon has a page.
 */
function narrowing(status: string | null): { name: string; condition: string; fence: string } {
  if (status === 'requires_payment_method' || status === 'requires_action') {
    const condition = ` and status in ('requires_payment_method', 'requires_action')`;
    return { name: '_open', condition, fence: ' offset 0' };
  }
  if (status === 'processing' || status === 'failed' || status === 'cancelled') {
    return { name: '_rare', condition: ` and status in ('processing', 'failed', 'cancelled')`, fence: '' };
  }
  return { name: '', condition: '', fence: '' };
}

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listPaymentIntents(db: Db, filter: ListFilter): Promise<PaymentIntent[]> {
  const { organization_id, livemode, limit, offset, created_gte, created_lt } = filter;
  const filters: Filters = {
    ...filter,
    id_from: created_gte && makeIdBound('pi', Date.parse(created_gte)),
    id_before: created_lt && makeIdBound('pi', Date.parse(created_lt) + CLOCK_STEP_MS),
  };
  const given = FILTERS.filter((name) => filters[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 5}`)}`);
  const { name, condition, fence } = narrowing(filter.status);
  const statement = {
    // By the filters' places, because PostgreSQL cuts a name at 63 characters and would take two for one.
    name: `list_payment_intents_${given.map((one) => FILTERS.indexOf(one)).join('')}${name}`,
    text: `select * from (
        select * from payment_intents
        where organization_id = $1 and livemode = $2${conditions.join('')}${condition}${fence}
      ) wanted
      order by ${ID} desc limit $3 offset $4`,
  };
  const values = given.map((one) => filters[one]);
  return db.query<PaymentIntent>(statement, [organization_id, livemode, limit, offset, ...values]);
}

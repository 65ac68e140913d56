// Lists of payment intents. The statement has only the filters that are given, each combination under its own
// name: one plan for all of them would serve none, and read past every other tenant's payments on its way. What a
// page costs depends on the page, not on the history behind or before it.
import { ID_LEAD_MS, makeIdBound } from '../domain/id.ts';
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

// An id carries its time, so a stretch of time is a stretch of the lists' indexes.
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

const RARE: ReadonlySet<string | null> = new Set(['processing', 'failed', 'cancelled']);
const OPEN: ReadonlySet<string | null> = new Set(['requires_payment_method', 'requires_action']);

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listPaymentIntents(db: Db, filter: ListFilter): Promise<PaymentIntent[]> {
  const { organization_id, livemode, limit, offset, created_gte, created_lt } = filter;
  const filters: Filters = {
    ...filter,
    id_from: created_gte && makeIdBound('pi', Date.parse(created_gte)),
    id_before: created_lt && makeIdBound('pi', Date.parse(created_lt) + ID_LEAD_MS),
  };
  const given = FILTERS.filter((name) => filters[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 5}`)}`);
  const kind = RARE.has(filter.status) ? '_rare' : OPEN.has(filter.status) ? '_open' : '';
  const statement = {
    // By the filters' places, because PostgreSQL cuts a name at 63 characters and would take two for one.
    name: `list_payment_intents_${given.map((one) => FILTERS.indexOf(one)).join('')}${kind}`,
    text: makeText(kind, `organization_id = $1 and livemode = $2${conditions.join('')}`),
  };
  const values = given.map((one) => filters[one]);
  return db.query<PaymentIntent>(statement, [organization_id, livemode, limit, offset, ...values]);
}

/**
 * Few intents have one of the rare statuses; those have an index of their own, because walking all intents would read
 * an organization's whole history for the last few. The open ones are those of the last day at most, of all
 * organizations together, and are sorted when they are found. Of the others there are many, so that the walk soon has
 * a page.
 */
function makeText(kind: '_rare' | '_open' | '', conditions: string): string {
  const page = `order by ${ID} desc limit $3 offset $4`;
  if (kind === '') return `select * from payment_intents where ${conditions} ${page}`;
  if (kind === '_rare') {
    const rare = `status in ('processing', 'failed', 'cancelled')`;
    return `select * from payment_intents where ${conditions} and ${rare} ${page}`;
  }
  return `
    with open as materialized (
      select id, organization_id, livemode, merchant_id, merchant_store_id, merchant_ref_id, status, created_at
      from payment_intents where status in ('requires_payment_method', 'requires_action')
    )
    select p.* from (select id from open where ${conditions} ${page}) page
    join payment_intents p on p.id = page.id
    order by p.${ID} desc`;
}

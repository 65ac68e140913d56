// Lists of payment intents. The statement has only the filters that are given, each combination under its own
// name: one plan for all of them would serve none, and read past every other tenant's payments on its way.
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

type OptionalFilter = Exclude<keyof ListFilter, 'organization_id' | 'livemode' | 'limit' | 'offset'>;

const CONDITIONS: Record<OptionalFilter, (place: string) => string> = {
  merchant_id: (place) => `merchant_id = ${place}`,
  merchant_store_id: (place) => `merchant_store_id = ${place}`,
  // Two indexes share the references, those that are taken and those that are free again: together they are all.
  merchant_ref_id: (place) =>
    `merchant_ref_id = ${place} and (status not in ('failed', 'cancelled') or status in ('failed', 'cancelled'))`,
  status: (place) => `status = ${place}`,
  created_gte: (place) => `created_at >= ${place}`,
  created_lt: (place) => `created_at < ${place}`,
  starting_after: (place) => `${ID} < ${place}`,
};
const OPTIONAL_FILTERS = Object.keys(CONDITIONS) as OptionalFilter[];

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listPaymentIntents(db: Db, filter: ListFilter): Promise<PaymentIntent[]> {
  const given = OPTIONAL_FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 5}`)}`);
  const statement = {
    // By the filters' places, because PostgreSQL cuts a name at 63 characters and would take two for one.
    name: `list_payment_intents_${given.map((name) => OPTIONAL_FILTERS.indexOf(name)).join('')}`,
    text: `select * from payment_intents where organization_id = $1 and livemode = $2${conditions.join('')}
      order by ${ID} desc limit $3 offset $4`,
  };
  const values = given.map((name) => filter[name]);
  const { organization_id, livemode, limit, offset } = filter;
  return db.query<PaymentIntent>(statement, [organization_id, livemode, limit, offset, ...values]);
}

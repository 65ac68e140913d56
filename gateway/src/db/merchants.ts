// For whom is asked: organizations, merchants, stores and their settings for a provider. Read on every
// request, changed only by synchronisation and by the operator.
import type { BusinessDay } from '../domain/business-date.ts';
import type { Db, Statement } from './pool.ts';

const FIND_ORGANIZATION: Statement = {
  name: 'find_organization',
  text: 'select id, client_confirm_methods from organizations where id = $1',
};

export interface Organization {
  id: string;
  client_confirm_methods: string[];
}

export async function findOrganization(db: Db, id: string): Promise<Organization | null> {
  return (await db.query<Organization>(FIND_ORGANIZATION, [id]))[0] ?? null;
}

/** Where a payment happens: always a merchant, mostly a store. */
export interface Place {
  merchant_id: string;
  merchant_store_id: string | null;
}

const PLACE_OF_STORE: Statement = {
  name: 'find_place_of_store',
  text: `select merchant_id, id as merchant_store_id from stores
    where organization_id = $1 and livemode = $2 and id = $3`,
};

export async function findStore(
  db: Db,
  organization_id: string,
  livemode: boolean,
  store_id: string,
): Promise<Place | null> {
  return (await db.query<Place>(PLACE_OF_STORE, [organization_id, livemode, store_id]))[0] ?? null;
}

const BUSINESS_DAY: Statement = {
  name: 'find_business_day_of_store',
  text: `select time_zone, business_day_starts_at from stores
    where organization_id = $1 and livemode = $2 and id = $3`,
};

/** When the store's day begins. Null where there is no store. */
export async function findBusinessDay(
  db: Db,
  place: { organization_id: string; livemode: boolean; merchant_store_id: string | null },
): Promise<BusinessDay | null> {
  const values = [place.organization_id, place.livemode, place.merchant_store_id];
  return (await db.query<BusinessDay>(BUSINESS_DAY, values))[0] ?? null;
}

const MERCHANTS: Statement = {
  name: 'list_first_merchants',
  text: `select id from merchants where organization_id = $1 and livemode = $2
    and ($3::text is null or id = $3) limit 2`,
};

/** At most two: enough to see whether there is exactly one. */
export async function listMerchantIds(
  db: Db,
  organization_id: string,
  livemode: boolean,
  id: string | null,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(MERCHANTS, [organization_id, livemode, id]);
  return rows.map((row) => row.id);
}

export interface ProcessorConfig {
  merchant_store_id: string;
  provider: string;
  is_active: boolean;
  credentials_sealed: Buffer;
}

const CONFIGS: Statement = {
  name: 'list_processor_configs',
  text: `select c.merchant_store_id, c.provider, c.is_active, c.credentials_sealed
    from payment_processor_configs c
    join stores s on s.organization_id = c.organization_id and s.livemode = c.livemode and s.id = c.merchant_store_id
    where c.organization_id = $1 and c.livemode = $2 and s.merchant_id = $3
      and ($4::text is null or c.merchant_store_id = $4) and c.provider = $5 and (c.is_active or not $6::boolean)
    limit 2`,
};

/**
 * The settings of a store for a provider, or of any store when the payment has none; two are ambiguous. Those that
 * are switched off are left out before they are counted, where only active ones are of use.
 */
export async function listProcessorConfigs(
  db: Db,
  organization_id: string,
  livemode: boolean,
  place: Place,
  provider: string,
  { only_active }: { only_active: boolean },
): Promise<ProcessorConfig[]> {
  return db.query<ProcessorConfig>(CONFIGS, [
    organization_id,
    livemode,
    place.merchant_id,
    place.merchant_store_id,
    provider,
    only_active,
  ]);
}

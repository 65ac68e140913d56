// Merchants and stores as an operator looks at them: in the order of their ids, a page at a time, and never with
// the credentials of a provider.
import { type Db, parseInstant, type Statement } from './pool.ts';

export interface Merchant {
  id: string;
  name: string;
  livemode: boolean;
  created_at: string;
  updated_at: string;
}

export interface Store extends Merchant {
  merchant_id: string;
  time_zone: string;
  business_day_starts_at: string;
  payment_processor_configs: { provider: string; is_active: boolean; updated_at: string }[];
}

const MERCHANTS: Statement = {
  name: 'list_merchants',
  text: `select id, name, livemode, created_at, updated_at from merchants
    where organization_id = $1 and livemode = $2 and id > coalesce($3, '') order by id limit $4`,
};

export interface MerchantPage {
  starting_after: string | null;
  limit: number;
}

export async function listMerchants(
  db: Db,
  organization_id: string,
  livemode: boolean,
  { starting_after, limit }: MerchantPage,
): Promise<Merchant[]> {
  return db.query<Merchant>(MERCHANTS, [organization_id, livemode, starting_after, limit]);
}

const MERCHANT: Statement = {
  name: 'find_merchant',
  text: `select id, name, livemode, created_at, updated_at from merchants
    where organization_id = $1 and livemode = $2 and id = $3`,
};

export async function findMerchant(
  db: Db,
  organization_id: string,
  livemode: boolean,
  id: string,
): Promise<Merchant | null> {
  return (await db.query<Merchant>(MERCHANT, [organization_id, livemode, id]))[0] ?? null;
}

const STORES: Statement = {
  name: 'list_stores',
  text: `select s.id, s.merchant_id, s.name, s.livemode, s.time_zone, s.business_day_starts_at, s.created_at,
      s.updated_at, coalesce((
      select json_agg(json_build_object('provider', c.provider, 'is_active', c.is_active, 'updated_at', c.updated_at)
                      order by c.provider)
      from payment_processor_configs c
      where c.organization_id = s.organization_id and c.livemode = s.livemode and c.merchant_store_id = s.id
    ), '[]') as payment_processor_configs
    from stores s
    where s.organization_id = $1 and s.livemode = $2 and s.merchant_id = $3 and s.id > coalesce($4, '')
    order by s.id limit $5`,
};

export async function listStores(
  db: Db,
  organization_id: string,
  livemode: boolean,
  merchant_id: string,
  { starting_after, limit }: MerchantPage,
): Promise<Store[]> {
  const values = [organization_id, livemode, merchant_id, starting_after, limit];
  const stores = await db.query<Store>(STORES, values);
  for (const { payment_processor_configs } of stores) {
    for (const config of payment_processor_configs) config.updated_at = parseInstant(config.updated_at);
  }
  return stores;
}

const STORE_NAME: Statement = {
  name: 'find_store_name',
  text: 'select name from stores where organization_id = $1 and livemode = $2 and id = $3',
};

export async function findStoreName(
  db: Db,
  organization_id: string,
  livemode: boolean,
  id: string,
): Promise<string | null> {
  const rows = await db.query<{ name: string }>(STORE_NAME, [organization_id, livemode, id]);
  return rows[0]?.name ?? null;
}

const OWNERS: Statement = {
  name: 'list_owners_of_stores',
  text: `select id, merchant_id from stores
    where organization_id = $1 and livemode = $2 and id = any($3) order by id limit 10`,
};

/** To which merchants stores belong; of many, the first ten. */
export async function listOwnersOfStores(
  db: Db,
  organization_id: string,
  livemode: boolean,
  store_ids: string[],
): Promise<{ id: string; merchant_id: string }[]> {
  return db.query(OWNERS, [organization_id, livemode, store_ids]);
}

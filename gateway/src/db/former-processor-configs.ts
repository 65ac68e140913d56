// Settings that stores had for an account at a provider and have no more. Written by synchronisation when it brings
// another account, read for payments that began with the former one, never deleted.
import type { Owner } from './merchant-sync.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface ConfigPlace {
  merchant_store_id: string;
  provider: string;
}

const LIST_CURRENT: Statement = {
  name: 'list_current_processor_configs',
  // One look into the primary key for each: joined plainly, thousands may be matched with thousands.
  text: `select r.merchant_store_id, r.provider, c.credentials_sealed
    from unnest($3::text[], $4::text[]) as r (merchant_store_id, provider)
    cross join lateral (
      select credentials_sealed from payment_processor_configs
      where organization_id = $1 and livemode = $2 and merchant_store_id = r.merchant_store_id
        and provider = r.provider limit 1
    ) c`,
};

/** What these stores have now. Their rows in `stores` must be locked, so that it stays so until the end. */
export async function listCurrentConfigs(
  tx: Tx,
  owner: Owner,
  places: ConfigPlace[],
): Promise<(ConfigPlace & { credentials_sealed: Buffer })[]> {
  const values = [
    places.map(({ merchant_store_id }) => merchant_store_id),
    places.map(({ provider }) => provider),
  ];
  return tx.query(LIST_CURRENT, [owner.organization_id, owner.livemode, ...values]);
}

export interface FormerConfig extends ConfigPlace {
  account: string;
  credentials_sealed: Buffer;
}

const UPSERT: Statement = {
  name: 'upsert_former_processor_configs',
  text: `insert into former_processor_configs
      (organization_id, livemode, merchant_store_id, provider, account, credentials_sealed, replaced_at)
    select $1::text, $2::boolean, r.merchant_store_id, r.provider, r.account, r.credentials_sealed, $3::timestamptz
    from unnest($4::text[], $5::text[], $6::text[], $7::bytea[])
      as r (merchant_store_id, provider, account, credentials_sealed)
    order by r.merchant_store_id, r.provider, r.account
    on conflict (organization_id, livemode, merchant_store_id, provider, account)
    do update set credentials_sealed = excluded.credentials_sealed, replaced_at = excluded.replaced_at`,
};

/** Of an account that a store had before, too, the settings that it had last count. */
export async function upsertFormerConfigs(
  tx: Tx,
  owner: Owner,
  rows: FormerConfig[],
  now: string,
): Promise<void> {
  const values = [
    rows.map(({ merchant_store_id }) => merchant_store_id),
    rows.map(({ provider }) => provider),
    rows.map(({ account }) => account),
    rows.map(({ credentials_sealed }) => credentials_sealed),
  ];
  await tx.query(UPSERT, [owner.organization_id, owner.livemode, now, ...values]);
}

const FIND: Statement = {
  name: 'find_former_processor_config',
  text: `select credentials_sealed from former_processor_configs where organization_id = $1 and livemode = $2
    and merchant_store_id = $3 and provider = $4 and account = $5`,
};

export async function findFormerCredentials(
  db: Db,
  owner: Owner,
  { merchant_store_id, provider }: ConfigPlace,
  account: string,
): Promise<Buffer | null> {
  const values = [owner.organization_id, owner.livemode, merchant_store_id, provider, account];
  return (await db.query<{ credentials_sealed: Buffer }>(FIND, values))[0]?.credentials_sealed ?? null;
}

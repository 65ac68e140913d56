// Synchronisation: merchants, stores and their settings for providers, as many rows at a time as there are. All of
// it runs in one transaction. Rows are locked in the order of their ids, merchants before stores before settings,
// so that two synchronisations that overlap wait for each other and never in a circle.
import type { Statement, Tx } from './pool.ts';

/** The organization and mode that all rows of a synchronisation belong to. */
export interface Owner {
  organization_id: string;
  livemode: boolean;
}

const KEEP_TO_INDEXES: Statement = {
  name: 'keep_to_indexes',
  text: `select set_config('enable_seqscan', 'off', true)`,
};

/**
 * For the rest of the transaction. Thousands of rows may meet a table that was nearly empty when the statement was
 * planned; reading the whole of it for each of them takes seconds.
 */
export async function keepToIndexes(tx: Tx): Promise<void> {
  await tx.query(KEEP_TO_INDEXES);
}

export interface SyncedMerchant {
  id: string;
  name: string;
}

export interface SyncedStore extends SyncedMerchant {
  merchant_id: string;
}

/** What of a store's business days is set; null stays as it is. */
export interface SyncedDay {
  id: string;
  time_zone: string | null;
  business_day_starts_at: string | null;
}

export interface SyncedConfig {
  merchant_store_id: string;
  provider: string;
  is_active: boolean;
}

const UPSERT_MERCHANTS: Statement = {
  name: 'upsert_merchants',
  text: `insert into merchants (organization_id, livemode, id, name, created_at, updated_at)
    select $1::text, $2::boolean, r.id, r.name, $3::timestamptz, $3::timestamptz
    from unnest($4::text[], $5::text[]) as r (id, name)
    order by r.id
    on conflict (organization_id, livemode, id)
    do update set name = excluded.name, updated_at = excluded.updated_at`,
};

export async function upsertMerchants(
  tx: Tx,
  owner: Owner,
  rows: SyncedMerchant[],
  now: string,
): Promise<void> {
  const values = [rows.map(({ id }) => id), rows.map(({ name }) => name)];
  await tx.query(UPSERT_MERCHANTS, [owner.organization_id, owner.livemode, now, ...values]);
}

// A store that belongs to another merchant is locked and left as it is: moving it would tear its open payments
// away from the merchant whose money they are.
const UPSERT_STORES: Statement = {
  name: 'upsert_stores',
  text: `insert into stores (organization_id, livemode, id, merchant_id, name, created_at, updated_at)
    select $1::text, $2::boolean, r.id, r.merchant_id, r.name, $3::timestamptz, $3::timestamptz
    from unnest($4::text[], $5::text[], $6::text[]) as r (id, merchant_id, name)
    order by r.id
    on conflict (organization_id, livemode, id)
    do update set name = excluded.name, updated_at = excluded.updated_at
    where stores.merchant_id = excluded.merchant_id
    returning id`,
};

/** The ids that were written. One that is missing is the store of another merchant. */
export async function upsertStores(
  tx: Tx,
  owner: Owner,
  rows: SyncedStore[],
  now: string,
): Promise<Set<string>> {
  const values = [
    rows.map(({ id }) => id),
    rows.map(({ merchant_id }) => merchant_id),
    rows.map(({ name }) => name),
  ];
  const written = await tx.query<{ id: string }>(UPSERT_STORES, [
    owner.organization_id,
    owner.livemode,
    now,
    ...values,
  ]);
  return new Set(written.map(({ id }) => id));
}

// What has moved keeps the day that it was booked on, and a day that is over stays so. A store that is new has had none.
const UPDATE_DAYS: Statement = {
  name: 'update_business_days',
  text: `update stores s set time_zone = coalesce(r.time_zone, s.time_zone),
      business_day_starts_at = coalesce(r.business_day_starts_at, s.business_day_starts_at),
      business_days_from = case when s.created_at < $6::timestamptz
        then greatest(s.business_days_from, business_date($6, s.time_zone, s.business_day_starts_at)) end
    from unnest($3::text[], $4::text[], $5::text[]) as r (id, time_zone, business_day_starts_at)
    where s.organization_id = $1 and s.livemode = $2 and s.id = r.id
      and (coalesce(r.time_zone, s.time_zone), coalesce(r.business_day_starts_at, s.business_day_starts_at))
        is distinct from (s.time_zone::text, s.business_day_starts_at::text)`,
};

/** For stores that this transaction has written, and so has locked. */
export async function updateBusinessDays(
  tx: Tx,
  owner: Owner,
  rows: SyncedDay[],
  now: string,
): Promise<void> {
  await tx.query(UPDATE_DAYS, [
    owner.organization_id,
    owner.livemode,
    rows.map(({ id }) => id),
    rows.map(({ time_zone }) => time_zone),
    rows.map(({ business_day_starts_at }) => business_day_starts_at),
    now,
  ]);
}

const UPSERT_CONFIGS: Statement = {
  name: 'upsert_processor_configs',
  text: `insert into payment_processor_configs
      (organization_id, livemode, merchant_store_id, provider, is_active, credentials_sealed, updated_at)
    select $1::text, $2::boolean, r.merchant_store_id, r.provider, r.is_active, r.credentials_sealed, $3::timestamptz
    from unnest($4::text[], $5::text[], $6::boolean[], $7::bytea[])
      as r (merchant_store_id, provider, is_active, credentials_sealed)
    order by r.merchant_store_id, r.provider
    on conflict (organization_id, livemode, merchant_store_id, provider)
    do update set is_active = excluded.is_active, credentials_sealed = excluded.credentials_sealed,
                  updated_at = excluded.updated_at`,
};

export async function upsertProcessorConfigs(
  tx: Tx,
  owner: Owner,
  rows: (SyncedConfig & { credentials_sealed: Buffer })[],
  now: string,
): Promise<void> {
  const values = [...configColumns(rows), rows.map(({ credentials_sealed }) => credentials_sealed)];
  await tx.query(UPSERT_CONFIGS, [owner.organization_id, owner.livemode, now, ...values]);
}

const UPDATE_CONFIGS: Statement = {
  name: 'update_processor_configs',
  text: `update payment_processor_configs c set is_active = r.is_active, updated_at = $3
    from unnest($4::text[], $5::text[], $6::boolean[]) as r (merchant_store_id, provider, is_active)
    where c.organization_id = $1 and c.livemode = $2 and c.merchant_store_id = r.merchant_store_id
      and c.provider = r.provider
    returning c.merchant_store_id, c.provider`,
};

/** Switches settings on or off and keeps their credentials. Returns those that there are. */
export async function updateProcessorConfigs(
  tx: Tx,
  owner: Owner,
  rows: SyncedConfig[],
  now: string,
): Promise<{ merchant_store_id: string; provider: string }[]> {
  return tx.query(UPDATE_CONFIGS, [owner.organization_id, owner.livemode, now, ...configColumns(rows)]);
}

function configColumns(rows: SyncedConfig[]): unknown[][] {
  return [
    rows.map(({ merchant_store_id }) => merchant_store_id),
    rows.map(({ provider }) => provider),
    rows.map(({ is_active }) => is_active),
  ];
}

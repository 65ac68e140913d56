// Who may ask and for whom: organizations, keys, merchants, stores and their settings for a provider. Read on
// every request, changed only by synchronisation and by the operator.
import type { Db, Statement, Tx } from './pool.ts';

export interface SigningKey {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  secret_sealed: Buffer;
  allow_raw_secret: boolean;
}

// The id in a signature is a key's, or a merchant's. Merchant ids are unique only inside an organization, so
// several keys may have to be tried. Their number is bounded, so that nobody can make us compute without end, and
// every organization's newest keys come first: none can crowd out another by using its merchant's id.
const SIGNING_KEYS: Statement = {
  name: 'list_signing_keys',
  text: `select id, organization_id, livemode, merchant_id, secret_sealed, allow_raw_secret
      from api_keys where id = $1 and revoked_at is null
    union all
    (select k.id, m.organization_id, m.livemode, m.id, k.secret_sealed, k.allow_raw_secret
      from merchants m join api_keys k on k.organization_id = m.organization_id and k.livemode = m.livemode
      where m.id = $1 and (k.merchant_id is null or k.merchant_id = m.id) and k.revoked_at is null
      order by row_number() over (partition by m.organization_id, m.livemode order by k.id desc),
        m.organization_id, m.livemode
      limit 200)`,
};

/** Every key whose secret may have signed for this id. For a merchant id the keys act for that merchant. */
export async function listSigningKeys(db: Db, id: string): Promise<SigningKey[]> {
  return db.query<SigningKey>(SIGNING_KEYS, [id]);
}

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
      and ($4::text is null or c.merchant_store_id = $4) and c.provider = $5
    limit 2`,
};

/** The settings of a store for a provider, or of any store when the payment has none; two are ambiguous. */
export async function listProcessorConfigs(
  db: Db,
  organization_id: string,
  livemode: boolean,
  place: Place,
  provider: string,
): Promise<ProcessorConfig[]> {
  return db.query<ProcessorConfig>(CONFIGS, [
    organization_id,
    livemode,
    place.merchant_id,
    place.merchant_store_id,
    provider,
  ]);
}

const INSERT_ORGANIZATION: Statement = {
  name: 'insert_organization',
  text: 'insert into organizations (id, name, created_at) values ($1, $2, $3)',
};

export async function insertOrganization(tx: Tx, id: string, name: string, now: string): Promise<void> {
  await tx.query(INSERT_ORGANIZATION, [id, name, now]);
}

const INSERT_API_KEY: Statement = {
  name: 'insert_api_key',
  text: `insert into api_keys (id, organization_id, livemode, merchant_id, secret_sealed, created_at)
    values ($1, $2, $3, $4, $5, $6)`,
};

export async function insertApiKey(
  tx: Tx,
  key: Omit<SigningKey, 'allow_raw_secret'> & { created_at: string },
): Promise<void> {
  const { id, organization_id, livemode, merchant_id, secret_sealed, created_at } = key;
  await tx.query(INSERT_API_KEY, [id, organization_id, livemode, merchant_id, secret_sealed, created_at]);
}

const REVOKE_API_KEY: Statement = {
  name: 'revoke_api_key',
  text: 'update api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1 returning revoked_at',
};

/** When the key was revoked, now or before; null when there is no such key. */
export async function revokeApiKey(tx: Tx, id: string, now: string): Promise<string | null> {
  const rows = await tx.query<{ revoked_at: string }>(REVOKE_API_KEY, [id, now]);
  return rows[0]?.revoked_at ?? null;
}

const UPDATE_RAW_SECRET: Statement = {
  name: 'update_raw_secret',
  text: 'update api_keys set allow_raw_secret = $2 where id = $1 returning 1',
};

/** False when there is no such key. */
export async function updateRawSecret(tx: Tx, id: string, allow_raw_secret: boolean): Promise<boolean> {
  return (await tx.query(UPDATE_RAW_SECRET, [id, allow_raw_secret])).length > 0;
}

const UPDATE_CLIENT_CONFIRM_METHODS: Statement = {
  name: 'update_client_confirm_methods',
  text: 'update organizations set client_confirm_methods = $2 where id = $1 returning 1',
};

/** False when there is no such organization. */
export async function updateClientConfirmMethods(tx: Tx, id: string, methods: string[]): Promise<boolean> {
  return (await tx.query(UPDATE_CLIENT_CONFIRM_METHODS, [id, methods])).length > 0;
}

const INSERT_PUBLISHABLE_KEY: Statement = {
  name: 'insert_publishable_key',
  text: `insert into publishable_keys (id, organization_id, livemode, created_at) values ($1, $2, $3, $4)`,
};

export async function insertPublishableKey(
  tx: Tx,
  id: string,
  organization_id: string,
  livemode: boolean,
  now: string,
): Promise<void> {
  await tx.query(INSERT_PUBLISHABLE_KEY, [id, organization_id, livemode, now]);
}

const UPSERT_MERCHANT: Statement = {
  name: 'upsert_merchant',
  text: `insert into merchants (organization_id, livemode, id, name, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $5)
    on conflict (organization_id, livemode, id) do update set name = excluded.name, updated_at = excluded.updated_at`,
};

export async function upsertMerchant(
  tx: Tx,
  merchant: { organization_id: string; livemode: boolean; id: string; name: string },
  now: string,
): Promise<void> {
  await tx.query(UPSERT_MERCHANT, [
    merchant.organization_id,
    merchant.livemode,
    merchant.id,
    merchant.name,
    now,
  ]);
}

const UPSERT_STORE: Statement = {
  name: 'upsert_store',
  text: `insert into stores (organization_id, livemode, id, merchant_id, name, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $6)
    on conflict (organization_id, livemode, id) do update
    set merchant_id = excluded.merchant_id, name = excluded.name, updated_at = excluded.updated_at`,
};

export async function upsertStore(
  tx: Tx,
  store: { organization_id: string; livemode: boolean; id: string; merchant_id: string; name: string },
  now: string,
): Promise<void> {
  const { organization_id, livemode, id, merchant_id, name } = store;
  await tx.query(UPSERT_STORE, [organization_id, livemode, id, merchant_id, name, now]);
}

const UPSERT_CONFIG: Statement = {
  name: 'upsert_processor_config',
  text: `insert into payment_processor_configs
      (organization_id, livemode, merchant_store_id, provider, is_active, credentials_sealed, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (organization_id, livemode, merchant_store_id, provider) do update
    set is_active = excluded.is_active, credentials_sealed = excluded.credentials_sealed,
        updated_at = excluded.updated_at`,
};

export async function upsertProcessorConfig(
  tx: Tx,
  config: ProcessorConfig & { organization_id: string; livemode: boolean },
  now: string,
): Promise<void> {
  const { organization_id, livemode, merchant_store_id, provider, is_active, credentials_sealed } = config;
  const values = [organization_id, livemode, merchant_store_id, provider, is_active, credentials_sealed, now];
  await tx.query(UPSERT_CONFIG, values);
}

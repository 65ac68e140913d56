// API keys in the database. A key's secret lies sealed; nothing here opens it, and what the API shows of a key is
// made without it. Every change carries its audit entry, and the mark of the request that asked for it.
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface SigningKey {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  secret_sealed: Buffer;
  previous_secret_expires_at: string | null;
  allow_raw_secret: boolean;
}

// The id in a signature is a key's, or a merchant's. Merchant ids are unique only inside an organization, so
// several keys may have to be tried. Their number is bounded, so that nobody can make us compute without end, and
// every organization's newest keys come first: none can crowd out another by using its merchant's id.
const SIGNING_KEYS: Statement = {
  name: 'list_signing_keys',
  text: `select id, organization_id, livemode, merchant_id, secret_sealed, previous_secret_expires_at, allow_raw_secret
      from api_keys where id = $1 and revoked_at is null
    union all
    (select k.id, m.organization_id, m.livemode, m.id, k.secret_sealed, k.previous_secret_expires_at, k.allow_raw_secret
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

export interface ApiKey {
  id: string;
  organization_id: string;
  livemode: boolean;
  /** Set: the key acts for this merchant only. */
  merchant_id: string | null;
  name: string | null;
  allow_raw_secret: boolean;
  created_at: string;
  last_used_at: string | null;
  previous_secret_expires_at: string | null;
  previous_secret_last_used_at: string | null;
  revoked_at: string | null;
}

export type SealedApiKey = ApiKey & { secret_sealed: Buffer };

const COLUMNS = `id, organization_id, livemode, merchant_id, name, allow_raw_secret, created_at, last_used_at,
  previous_secret_expires_at, previous_secret_last_used_at, revoked_at`;

// Not locked: two that arrive together may end one above the limit, which harms nobody.
const INSERT = `
  changed as (
    insert into api_keys
      (id, organization_id, livemode, merchant_id, name, allow_raw_secret, secret_sealed, created_at)
    select $1::text, id, $3::boolean, $4::text, $5::text, $6::boolean, $7::bytea, $8::timestamptz
    from organizations
    where id = $2 and ($4::text is null or exists (
      select from merchants where organization_id = $2 and livemode = $3::boolean and id = $4))
      and (select count(*) from api_keys where organization_id = $2 and livemode = $3::boolean
        and merchant_id is not distinct from $4::text and revoked_at is null) < $9::int
    returning id, organization_id, created_at as updated_at
  )`;

/** False when there is no such organization, no such merchant in it, or `limit` keys that act for the same. */
export async function insertApiKey(
  tx: Tx,
  key: SealedApiKey,
  limit: number,
  beside: BesideChange,
): Promise<boolean> {
  const { id, organization_id, livemode, merchant_id, name, allow_raw_secret, secret_sealed } = key;
  const owner = [id, organization_id, livemode, merchant_id];
  const values = [...owner, name, allow_raw_secret, secret_sealed, key.created_at, limit];
  return changeWithAudit(tx, id, { name: 'insert_api_key', text: INSERT, values }, beside);
}

const FIND: Statement = {
  name: 'find_api_key',
  text: `select ${COLUMNS}, secret_sealed from api_keys where id = $1`,
};

export async function findApiKey(db: Db, id: string): Promise<SealedApiKey | null> {
  return (await db.query<SealedApiKey>(FIND, [id]))[0] ?? null;
}

const LIST: Statement = {
  name: 'list_api_keys',
  text: `select ${COLUMNS} from api_keys where organization_id = $1 and livemode = $2
    order by id collate "C" desc limit $3`,
};
const LIST_AFTER: Statement = {
  name: 'list_api_keys_after',
  text: `select ${COLUMNS} from api_keys where organization_id = $1 and livemode = $2 and id collate "C" < $4
    order by id collate "C" desc limit $3`,
};

/** Newest first, with the revoked ones. */
export async function listApiKeys(
  db: Db,
  owner: { organization_id: string; livemode: boolean },
  page: { starting_after: string | null; limit: number },
): Promise<ApiKey[]> {
  const values = [owner.organization_id, owner.livemode, page.limit];
  if (page.starting_after === null) return db.query<ApiKey>(LIST, values);
  return db.query<ApiKey>(LIST_AFTER, [...values, page.starting_after]);
}

const UPDATE = `
  changed as (
    update api_keys set name = $2, allow_raw_secret = $3
    where id = $1 and revoked_at is null and name is not distinct from $5 and allow_raw_secret = $6
    returning id, organization_id, $4::timestamptz as updated_at
  )`;

/** False when the key was changed or revoked meanwhile. */
export async function updateApiKey(
  tx: Tx,
  before: ApiKey,
  after: ApiKey,
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  const values = [before.id, after.name, after.allow_raw_secret, now, before.name, before.allow_raw_secret];
  return changeWithAudit(tx, before.id, { name: 'update_api_key', text: UPDATE, values }, beside);
}

const ROLL = `
  changed as (
    update api_keys set secret_sealed = $3, previous_secret_expires_at = $4,
      previous_secret_last_used_at = case when $4::timestamptz is null then null else last_used_at end
    where id = $1 and secret_sealed = $2 and revoked_at is null
    returning id, organization_id, $5::timestamptz as updated_at
  )`;

/** Two secrets take the place of one. False when the key was rolled, sealed anew or revoked meanwhile. */
export async function updateSecret(
  tx: Tx,
  before: SealedApiKey,
  after: { secret_sealed: Buffer; previous_secret_expires_at: string | null },
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  const secrets = [before.secret_sealed, after.secret_sealed, after.previous_secret_expires_at];
  const values = [before.id, ...secrets, now];
  return changeWithAudit(tx, before.id, { name: 'roll_api_key', text: ROLL, values }, beside);
}

// All organization keys of the mode are locked first: two that revoke each other at one moment would both see the
// other one stand, and nobody could sign any more.
const REVOKE = `
  others as (
    select id from api_keys
    where organization_id = $2 and livemode = $3 and merchant_id is null and revoked_at is null
    order by id for update
  ),
  changed as (
    update api_keys set revoked_at = $4
    where id = $1 and revoked_at is null
      and (not $5::boolean or merchant_id is not null or exists (select from others where id <> $1))
    returning id, organization_id, revoked_at as updated_at
  )`;

/** False when the key is revoked already or, with `keep_last`, when it is the last of its organization. */
export async function updateRevoked(
  tx: Tx,
  key: ApiKey,
  now: string,
  options: { keep_last: boolean },
  beside: BesideChange,
): Promise<boolean> {
  const values = [key.id, key.organization_id, key.livemode, now, options.keep_last];
  return changeWithAudit(tx, key.id, { name: 'revoke_api_key', text: REVOKE, values }, beside);
}

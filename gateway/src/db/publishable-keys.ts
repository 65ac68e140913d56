// Publishable keys in the database: which web pages may call for which organization. They are no secrets, and
// they are found by id, by their organization, and by the origin that a browser names before it sends anything.
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface PublishableKey {
  id: string;
  organization_id: string;
  livemode: boolean;
  name: string | null;
  allowed_origins: string[];
  created_at: string;
  revoked_at: string | null;
}

const COLUMNS = 'id, organization_id, livemode, name, allowed_origins, created_at, revoked_at';

// The count is not locked: two that arrive together may end one above the limit, which harms nobody.
const INSERT = `
  changed as (
    insert into publishable_keys (id, organization_id, livemode, name, allowed_origins, created_at)
    select $1::text, id, $3::boolean, $4::text, $5::text[], $6::timestamptz from organizations
    where id = $2 and (select count(*) from publishable_keys
      where organization_id = $2 and livemode = $3::boolean and revoked_at is null) < $7::int
    returning id, organization_id, created_at as updated_at
  )`;

/** False when there is no such organization, or it has its limit of keys in this mode. */
export async function insertPublishableKey(
  tx: Tx,
  key: PublishableKey,
  limit: number,
  beside: BesideChange,
): Promise<boolean> {
  const { id, organization_id, livemode, name, allowed_origins, created_at } = key;
  const values = [id, organization_id, livemode, name, allowed_origins, created_at, limit];
  return changeWithAudit(tx, id, { name: 'insert_publishable_key', text: INSERT, values }, beside);
}

const UPDATE = `
  changed as (
    update publishable_keys set name = $2, allowed_origins = $3
    where id = $1 and revoked_at is null and name is not distinct from $5 and allowed_origins = $6
    returning id, organization_id, $4::timestamptz as updated_at
  )`;

/** False when the key was changed or revoked meanwhile. */
export async function updatePublishableKey(
  tx: Tx,
  before: PublishableKey,
  after: PublishableKey,
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  const values = [before.id, after.name, after.allowed_origins, now, before.name, before.allowed_origins];
  return changeWithAudit(tx, before.id, { name: 'update_publishable_key', text: UPDATE, values }, beside);
}

const REVOKE = `
  changed as (
    update publishable_keys set revoked_at = $2 where id = $1 and revoked_at is null
    returning id, organization_id, revoked_at as updated_at
  )`;

/** False when it is revoked already. */
export async function revokePublishableKey(
  tx: Tx,
  id: string,
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  return changeWithAudit(tx, id, { name: 'revoke_publishable_key', text: REVOKE, values: [id, now] }, beside);
}

const FIND: Statement = {
  name: 'find_publishable_key',
  text: `select ${COLUMNS} from publishable_keys where id = $1`,
};

export async function findPublishableKey(db: Db, id: string): Promise<PublishableKey | null> {
  return (await db.query<PublishableKey>(FIND, [id]))[0] ?? null;
}

const LIST: Statement = {
  name: 'list_publishable_keys',
  text: `select ${COLUMNS} from publishable_keys where organization_id = $1 and livemode = $2
    order by created_at desc, id desc limit $3`,
};
const LIST_AFTER: Statement = {
  name: 'list_publishable_keys_after',
  text: `select ${COLUMNS} from publishable_keys where organization_id = $1 and livemode = $2
      and (created_at, id) < (select created_at, id from publishable_keys
        where organization_id = $1 and livemode = $2 and id = $4)
    order by created_at desc, id desc limit $3`,
};

/** Newest first, with the revoked ones. */
export async function listPublishableKeys(
  db: Db,
  owner: { organization_id: string; livemode: boolean },
  page: { starting_after: string | null; limit: number },
): Promise<PublishableKey[]> {
  const values = [owner.organization_id, owner.livemode, page.limit];
  if (page.starting_after === null) return db.query<PublishableKey>(LIST, values);
  return db.query<PublishableKey>(LIST_AFTER, [...values, page.starting_after]);
}

const ANY_ALLOWS: Statement = {
  name: 'find_origin_of_any_key',
  text: `select 1 from publishable_keys where revoked_at is null and allowed_origins @> array[$1::text] limit 1`,
};

/** Whether any organization lets pages of this origin call. */
export async function isOriginAllowedByAny(db: Db, origin: string): Promise<boolean> {
  return (await db.query(ANY_ALLOWS, [origin])).length > 0;
}

const ORGANIZATION_ALLOWS: Statement = {
  name: 'find_origin_of_organization',
  text: `select 1 from publishable_keys
    where organization_id = $1 and livemode = $2 and revoked_at is null
      and (allowed_origins @> array[$3::text] or allowed_origins @> array['*']) limit 1`,
};

export async function isOriginAllowedBy(
  db: Db,
  owner: { organization_id: string; livemode: boolean },
  origin: string,
): Promise<boolean> {
  return (await db.query(ORGANIZATION_ALLOWS, [owner.organization_id, owner.livemode, origin])).length > 0;
}

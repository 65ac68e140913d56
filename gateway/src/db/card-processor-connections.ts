// How organizations reach their card processor, in the database. The password is sealed; nothing here opens it. Each
// change is one statement, guarded by the row's version, with its audit entry and the mark of its request.
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface CardProcessorConnection {
  organization_id: string;
  livemode: boolean;
  host: string;
  port: number;
  username: string;
  password_sealed: Buffer;
  tls: 'when_offered' | 'required' | 'off';
  tls_ca: string | null;
  upload_directory: string;
  download_directory: string;
  /** The processor's number of a merchant to our merchant id. Null: the numbers are our ids. */
  merchant_numbers: Record<string, string> | null;
  mail_to: string | null;
  language: 'ja' | 'en';
  is_active: boolean;
  starts_on: string;
  next_business_date: string;
  version: number;
  created_at: string;
  updated_at: string;
}

/** Whose: an organization's, for live payments or for test payments. */
export type ConnectionOwner = Pick<CardProcessorConnection, 'organization_id' | 'livemode'>;

const FIND: Statement = {
  name: 'find_card_processor_connection',
  text: `select organization_id, livemode, host, port, username, password_sealed, tls, tls_ca, upload_directory,
      download_directory, merchant_numbers, mail_to, language, is_active, starts_on, next_business_date, version,
      created_at, updated_at
    from card_processor_connections where organization_id = $1 and livemode = $2`,
};

export async function findCardProcessorConnection(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
): Promise<CardProcessorConnection | null> {
  return (await db.query<CardProcessorConnection>(FIND, [organization_id, livemode]))[0] ?? null;
}

// Kept is the password of the row as it is now: the exchange of the master key may just have sealed it anew. An earlier
// first day is scheduled from there; days that have their row already keep it.
const PUT = `
  changed as (
    insert into card_processor_connections as c
      (organization_id, livemode, host, port, username, password_sealed, tls, tls_ca, upload_directory,
       download_directory, merchant_numbers, mail_to, language, is_active, starts_on, next_business_date, version,
       created_at, updated_at)
    select $1, $2::boolean, $3, $4::int, $5,
      coalesce($6::bytea, (select password_sealed from card_processor_connections
                           where organization_id = $1 and livemode = $2::boolean)),
      $7, $8, $9, $10, $11::json, $12, $13, $14::boolean, $15::date, $15::date, $16::int,
      $17::timestamptz, $17::timestamptz
    where $6::bytea is not null or $16::int > 1
    on conflict (organization_id, livemode) do update set
      host = excluded.host, port = excluded.port, username = excluded.username,
      password_sealed = coalesce($6::bytea, c.password_sealed), tls = excluded.tls, tls_ca = excluded.tls_ca,
      upload_directory = excluded.upload_directory, download_directory = excluded.download_directory,
      merchant_numbers = excluded.merchant_numbers, mail_to = excluded.mail_to, language = excluded.language,
      is_active = excluded.is_active, starts_on = excluded.starts_on,
      next_business_date = case when excluded.starts_on = c.starts_on then c.next_business_date
                                else excluded.starts_on end,
      version = excluded.version, updated_at = excluded.updated_at
    where c.version = $16::int - 1
    returning organization_id as id, organization_id, updated_at
  )`;

export interface ConnectionChange extends BesideChange {
  /** As it is afterwards; `version` is the new one. */
  connection: Omit<CardProcessorConnection, 'password_sealed' | 'next_business_date'>;
  /** Null: the one that is there stays. */
  password_sealed: Buffer | null;
}

/** False when somebody was faster: the row has another version than the change expects. Read and decide again. */
export async function putCardProcessorConnection(
  tx: Tx,
  { connection, password_sealed, ...beside }: ConnectionChange,
): Promise<boolean> {
  const { organization_id, livemode, host, port, username, tls, tls_ca } = connection;
  const { upload_directory, download_directory, merchant_numbers, mail_to, language } = connection;
  const { is_active, starts_on, version, updated_at } = connection;
  const values = [
    ...[organization_id, livemode, host, port, username, password_sealed, tls, tls_ca],
    ...[upload_directory, download_directory],
    ...[merchant_numbers === null ? null : JSON.stringify(merchant_numbers), mail_to, language],
    ...[is_active, starts_on, version, updated_at],
  ];
  const part = { name: 'put_card_processor_connection', text: PUT, values };
  return changeWithAudit(tx, organization_id, part, beside);
}

const DELETE = `
  changed as (
    delete from card_processor_connections where organization_id = $1 and livemode = $2::boolean
    returning organization_id as id, organization_id, $3::timestamptz as updated_at
  )`;

/** False: there was none. */
export async function deleteCardProcessorConnection(
  tx: Tx,
  { organization_id, livemode }: ConnectionOwner,
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  const values = [organization_id, livemode, now];
  const part = { name: 'delete_card_processor_connection', text: DELETE, values };
  return changeWithAudit(tx, organization_id, part, beside);
}

const LOCK_DUE: Statement = {
  name: 'lock_card_processor_connections_due',
  text: `select organization_id, livemode, next_business_date from card_processor_connections
    where is_active and next_business_date <= $1::date
    order by next_business_date, organization_id, livemode limit $2::int for update skip locked`,
};

/** Those that have a day up to `last_date` without a row; nobody else schedules them meanwhile. */
export async function lockConnectionsDue(
  tx: Tx,
  last_date: string,
  limit: number,
): Promise<(ConnectionOwner & { next_business_date: string })[]> {
  return tx.query(LOCK_DUE, [last_date, limit]);
}

const MOVE_ON: Statement = {
  name: 'move_card_processor_connection_on',
  text: `update card_processor_connections set next_business_date = $3::date
    where organization_id = $1 and livemode = $2::boolean`,
};

export async function updateNextBusinessDate(
  tx: Tx,
  { organization_id, livemode }: ConnectionOwner,
  next_business_date: string,
): Promise<void> {
  await tx.query(MOVE_ON, [organization_id, livemode, next_business_date]);
}

const KNOWN_MERCHANTS: Statement = {
  name: 'list_known_merchants',
  text: 'select id from merchants where organization_id = $1 and livemode = $2 and id = any ($3::text[])',
};

/** Those of the ids that are merchants of the owner. */
export async function listKnownMerchants(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
  ids: string[],
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(KNOWN_MERCHANTS, [organization_id, livemode, ids]);
  return rows.map(({ id }) => id);
}

const OWNERS: Statement = {
  name: 'list_first_connection_owners',
  text: 'select organization_id, livemode from card_processor_connections where livemode = $1 limit 2',
};

/** At most two: enough to see whether there is exactly one. */
export async function listConnectionOwners(db: Db, livemode: boolean): Promise<ConnectionOwner[]> {
  return db.query<ConnectionOwner>(OWNERS, [livemode]);
}

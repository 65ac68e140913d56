// Where a merchant's accounting exports go, in the database. The private key lies sealed; nothing here opens it. Each
// change is one statement, guarded by the version, and carries its audit entry and the mark of its request.
import type { ExportFormat } from '../domain/accounting-export.ts';
import type { MailLanguage } from '../domain/export-mail.ts';
import { type BesideChange, changeWithAudit } from './audited-change.ts';
import type { Db, Statement, Tx } from './pool.ts';

/** Whose configuration: a merchant of an organization in one mode. */
export interface ExportOwner {
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
}

export interface AccountingExportConfig extends ExportOwner {
  formats: ExportFormat[];
  host: string;
  port: number;
  username: string;
  credentials_sealed: Buffer;
  public_key: string;
  host_key: string | null;
  directory: string;
  mail_to: string | null;
  language: MailLanguage;
  is_active: boolean;
  starts_on: string;
  version: number;
  created_at: string;
  updated_at: string;
}

const FIND: Statement = {
  name: 'find_accounting_export_config',
  text: `select * from accounting_export_configs
    where organization_id = $1 and livemode = $2 and merchant_id = $3`,
};

export async function findAccountingExportConfig(
  db: Db,
  { organization_id, livemode, merchant_id }: ExportOwner,
): Promise<AccountingExportConfig | null> {
  const values = [organization_id, livemode, merchant_id];
  return (await db.query<AccountingExportConfig>(FIND, values))[0] ?? null;
}

const LIST_AT_ACCOUNT: Statement = {
  name: 'list_accounting_export_configs_at_account',
  text: `select livemode, merchant_id, directory from accounting_export_configs
    where organization_id = $1 and host = $2 and port = $3 and username = $4`,
};

/** Whose exports of an organization go to the same account at the same server, and where they lie there. */
export async function listConfigsAtAccount(
  db: Db,
  { organization_id, host, port, username }: AccountingExportConfig,
): Promise<Pick<AccountingExportConfig, 'livemode' | 'merchant_id' | 'directory'>[]> {
  return db.query(LIST_AT_ACCOUNT, [organization_id, host, port, username]);
}

const COLUMNS = `organization_id, livemode, merchant_id, formats, host, port, username, credentials_sealed,
  public_key, host_key, directory, mail_to, language, is_active, starts_on, version, created_at, updated_at`;

// Another first day lets the days before it, or from it on, be taken anew: files that are there stay the ones they are.
const UPSERT = `
  before as (
    select starts_on from accounting_export_configs
    where organization_id = $1 and livemode = $2 and merchant_id = $3
  ),
  forgotten as (
    delete from accounting_export_stores where organization_id = $1 and livemode = $2 and merchant_id = $3
      and exists (select from before where starts_on > $15::date)
  ),
  changed as (
    insert into accounting_export_configs as c (${COLUMNS})
    values ($1, $2, $3, $4::text[], $5, $6, $7, $8::bytea, $9, $10, $11, $12, $13, $14, $15::date, $16::int,
            $17::timestamptz, $18::timestamptz)
    on conflict (organization_id, livemode, merchant_id) do update set
      formats = excluded.formats, host = excluded.host, port = excluded.port, username = excluded.username,
      credentials_sealed = excluded.credentials_sealed, public_key = excluded.public_key,
      host_key = excluded.host_key, directory = excluded.directory, mail_to = excluded.mail_to,
      language = excluded.language, is_active = excluded.is_active, starts_on = excluded.starts_on,
      version = excluded.version, updated_at = excluded.updated_at
    where c.version = excluded.version - 1
    returning merchant_id as id, organization_id, updated_at
  )`;

/** False when somebody was faster: read and decide again. The version of a new one is 1. */
export async function upsertAccountingExportConfig(
  tx: Tx,
  config: AccountingExportConfig,
  beside: BesideChange,
): Promise<boolean> {
  const values = [
    ...[config.organization_id, config.livemode, config.merchant_id, config.formats],
    ...[config.host, config.port, config.username, config.credentials_sealed, config.public_key],
    ...[config.host_key, config.directory, config.mail_to, config.language, config.is_active],
    ...[config.starts_on, config.version, config.created_at, config.updated_at],
  ];
  const part = { name: 'upsert_accounting_export_config', text: UPSERT, values };
  return changeWithAudit(tx, config.merchant_id, part, beside);
}

const DELETE = `
  changed as (
    delete from accounting_export_configs
    where organization_id = $1 and livemode = $2 and merchant_id = $3
    returning merchant_id as id, organization_id, $4::timestamptz as updated_at
  )`;

/** The key is forgotten with it. False when there is none. */
export async function deleteAccountingExportConfig(
  tx: Tx,
  owner: ExportOwner,
  now: string,
  beside: BesideChange,
): Promise<boolean> {
  const values = [owner.organization_id, owner.livemode, owner.merchant_id, now];
  const part = { name: 'delete_accounting_export_config', text: DELETE, values };
  return changeWithAudit(tx, owner.merchant_id, part, beside);
}

const LIST_OWNERS: Statement = {
  name: 'list_organizations_of_merchant',
  text: `select organization_id, livemode, id as merchant_id from merchants
    where id = $1 and livemode = $2 and ($3::text is null or organization_id = $3) limit 2`,
};

/** Who has a merchant of this name; two are enough to see that it must be said which. */
export async function listOwnersOfMerchant(
  db: Db,
  merchant_id: string,
  livemode: boolean,
  organization_id: string | null,
): Promise<ExportOwner[]> {
  return db.query(LIST_OWNERS, [merchant_id, livemode, organization_id]);
}

const STORE_IDS: Statement = {
  name: 'list_store_days_of_merchant',
  text: `select id, time_zone, business_day_starts_at from stores
    where merchant_id = $3 and organization_id = $1 and livemode = $2 and ($4::text is null or id = $4) order by id`,
};

export interface StoreDay {
  id: string;
  time_zone: string;
  business_day_starts_at: string;
}

/** The stores of a merchant, or one of them, and when their days begin. */
export async function listStoreDays(
  db: Db,
  { organization_id, livemode, merchant_id }: ExportOwner,
  store_id: string | null,
): Promise<StoreDay[]> {
  return db.query<StoreDay>(STORE_IDS, [organization_id, livemode, merchant_id, store_id]);
}

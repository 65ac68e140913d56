// Accounting exports as they are looked at: one, and lists of them, newest first. The statement has only the filters
// that are given, each combination under its own name.
import type { AccountingExport } from '../domain/accounting-export.ts';
import type { Db, Statement } from './pool.ts';

const FIND: Statement = {
  name: 'find_accounting_export',
  text: 'select * from accounting_exports where id = $1',
};

export async function findAccountingExport(db: Db, id: string): Promise<AccountingExport | null> {
  return (await db.query<AccountingExport>(FIND, [id]))[0] ?? null;
}

export interface AccountingExportFilter {
  merchant_id: string | null;
  merchant_store_id: string | null;
  status: string | null;
  format: string | null;
  business_date_gte: string | null;
  business_date_lte: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
}

const CONDITIONS: Record<keyof AccountingExportFilter, (place: string) => string> = {
  merchant_id: (place) => `merchant_id = ${place}`,
  merchant_store_id: (place) => `merchant_store_id = ${place}`,
  status: (place) => `status = ${place}`,
  format: (place) => `format = ${place}`,
  business_date_gte: (place) => `business_date >= ${place}::date`,
  business_date_lte: (place) => `business_date <= ${place}::date`,
  starting_after: (place) => `id collate "C" < ${place}`,
};
const FILTERS = Object.keys(CONDITIONS) as (keyof AccountingExportFilter)[];

/** Of an organization in one mode. */
export async function listAccountingExports(
  db: Db,
  owner: { organization_id: string; livemode: boolean },
  filter: AccountingExportFilter,
  limit: number,
): Promise<AccountingExport[]> {
  const given = FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 4}`)}`);
  const statement = {
    name: `list_accounting_exports_${given.map((name) => FILTERS.indexOf(name)).join('')}`,
    text: `select * from accounting_exports where organization_id = $1 and livemode = $2${conditions.join('')}
      order by id collate "C" desc limit $3`,
  };
  const values = given.map((name) => filter[name]);
  return db.query<AccountingExport>(statement, [owner.organization_id, owner.livemode, limit, ...values]);
}

const LIST_ALL: Statement = {
  name: 'list_accounting_exports_of_all',
  text: `select * from accounting_exports
    where ($1::text is null or organization_id = $1) and ($2::text is null or merchant_id = $2)
    order by id collate "C" desc limit $3`,
};

/** For the operator. */
export async function listAllAccountingExports(
  db: Db,
  organization_id: string | null,
  merchant_id: string | null,
  limit: number,
): Promise<AccountingExport[]> {
  return db.query<AccountingExport>(LIST_ALL, [organization_id, merchant_id, limit]);
}

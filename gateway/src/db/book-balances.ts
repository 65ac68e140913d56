// What days came to: the books' entries summed up by merchant, store, provider, business day and currency, one number
// for each account.
import type { BookAccount } from '../domain/books.ts';
import type { Db } from './pool.ts';

export interface BalanceFilter {
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  merchant_store_id: string | null;
  provider: string | null;
  business_date_gte: string | null;
  business_date_lte: string | null;
  limit: number;
  offset: number;
}

export interface Balance extends Record<BookAccount, number> {
  merchant_id: string;
  merchant_store_id: string | null;
  provider: string;
  business_date: string;
  currency: string;
  entries_count: number;
}

// Debits less credits for what is owed to us, lies in the bank or was spent; the other way round for what was earned
// or belongs to somebody else. So both sides are the same number.
const side = (account: BookAccount, debit: 1 | -1) =>
  `coalesce(sum(case when debit_account = '${account}' then ${debit} * amount
        when credit_account = '${account}' then ${-debit} * amount end), 0)::bigint as ${account}`;

const CONDITIONS = {
  merchant_id: (place: string) => `merchant_id = ${place}`,
  merchant_store_id: (place: string) => `merchant_store_id = ${place}`,
  provider: (place: string) => `provider = ${place}`,
  business_date_gte: (place: string) => `business_date >= ${place}`,
  business_date_lte: (place: string) => `business_date <= ${place}`,
};
const OPTIONAL_FILTERS = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

/** The latest days first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listBalances(db: Db, filter: BalanceFilter): Promise<Balance[]> {
  const given = OPTIONAL_FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 5}`)}`);
  const statement = {
    name: `list_balances_${given.map((name) => OPTIONAL_FILTERS.indexOf(name)).join('')}`,
    text: `select merchant_id, merchant_store_id, provider, business_date, currency,
      ${side('receivable', 1)}, ${side('bank', 1)}, ${side('fees', 1)}, ${side('adjustments', 1)},
      ${side('sales', -1)}, ${side('late_money', -1)}, count(*)::int as entries_count
    from book_entries where organization_id = $1 and livemode = $2${conditions.join('')}
    group by business_date, merchant_id, merchant_store_id, provider, currency
    order by business_date desc, merchant_id, merchant_store_id nulls first, provider, currency limit $3 offset $4`,
  };
  const { organization_id, livemode, limit, offset } = filter;
  const values = given.map((name) => filter[name]);
  return db.query<Balance>(statement, [organization_id, livemode, limit, offset, ...values]);
}

// Accounting exports in the database: which days are due, who works on which file, and what came of it. A file's row
// is made once by a unique index, is its own schedule, and is held by a lease, which also tells one hold from the
// next. What a file holds is read from the books, a page at a time in the order of its lines.
import type { AccountingExport, ExportFormat, ExportKey, SalesEntry } from '../domain/accounting-export.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

/** A row on its way into the table. */
export type NewAccountingExport = ExportKey &
  Pick<AccountingExport, 'id' | 'file_name' | 'next_attempt_at' | 'leased_until' | 'created_at'>;

const NEW: Columns<NewAccountingExport> = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  merchant_store_id: 'text',
  business_date: 'date',
  currency: 'text',
  format: 'text',
  file_name: 'text',
  next_attempt_at: 'timestamptz',
  leased_until: 'timestamptz',
  created_at: 'timestamptz',
};
const new_export = describeColumns(NEW);
const INSERT_NEW = `insert into accounting_exports as x (${new_export.names}, status, updated_at)
  select ${new_export.selected}, 'pending', r.created_at from ${new_export.rows}`;
const UNIQUE =
  "(organization_id, livemode, merchant_id, business_date, coalesce(merchant_store_id, ''), currency, format)";

/** A store whose days have ended since its last one was taken, in the merchant's formats. */
export interface DueStore {
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  merchant_store_id: string | null;
  formats: ExportFormat[];
  /** The last day that was taken before. */
  taken_through: string | null;
  from_date: string;
  through_date: string;
}

// A store has no days from before it was there. The payments of no store keep the calendar of Japan.
const LIST_DUE: Statement = {
  name: 'list_stores_due_for_export',
  text: `
    with place as (
      select c.organization_id, c.livemode, c.merchant_id, c.formats, c.starts_on, s.id as merchant_store_id,
             business_date(s.created_at, s.time_zone, s.business_day_starts_at) as first_date,
             business_date($1::timestamptz, s.time_zone, s.business_day_starts_at) - 1 as through_date
      from accounting_export_configs c
      join stores s on s.organization_id = c.organization_id and s.livemode = c.livemode
        and s.merchant_id = c.merchant_id
      where c.is_active
      union all
      select c.organization_id, c.livemode, c.merchant_id, c.formats, c.starts_on, null, c.starts_on,
             business_date($1::timestamptz, 'Asia/Tokyo', '00:00') - 1
      from accounting_export_configs c where c.is_active
    ),
    open_days as (
      select p.*, t.taken_through, greatest(p.starts_on, p.first_date, t.taken_through + 1) as from_date
      from place p left join accounting_export_stores t
        on t.organization_id = p.organization_id and t.livemode = p.livemode and t.merchant_id = p.merchant_id
          and t.merchant_store_id = coalesce(p.merchant_store_id, '')
    )
    select organization_id, livemode, merchant_id, merchant_store_id, formats, taken_through, from_date,
           least(through_date, from_date + ($2::int - 1)) as through_date
    from open_days where from_date <= through_date limit $3`,
};

/** `ended_before`: days that ended before this instant. At most `days` of each store, the oldest first. */
export async function listStoresDueForExport(
  db: Db,
  ended_before: string,
  days: number,
  limit: number,
): Promise<DueStore[]> {
  return db.query<DueStore>(LIST_DUE, [ended_before, days, limit]);
}

// Nothing is taken for a merchant whose export was taken away meanwhile, and nothing twice.
const TAKE = `
  with still as (
    select from accounting_export_configs
    where organization_id = $1 and livemode = $2 and merchant_id = $3 for key share
  ),
  taken as (
    insert into accounting_export_stores as t
      (organization_id, livemode, merchant_id, merchant_store_id, taken_through)
    select $1, $2, $3, coalesce($4, ''), $5::date where exists (select from still)
    on conflict (organization_id, livemode, merchant_id, merchant_store_id) do update
      set taken_through = excluded.taken_through where t.taken_through < excluded.taken_through
  )`;
const moved = (text: string) => text.replaceAll(/\$(\d+)/g, (_, number: string) => `$${Number(number) + 5}`);
const TAKE_DAYS: Statement = {
  name: 'take_days_of_store_for_export',
  text: `${TAKE} ${moved(INSERT_NEW)} where exists (select from still) on conflict ${UNIQUE} do nothing`,
};

/** Makes the rows of a store's days and notes how far its days are taken, all in one. Repeated it is nothing. */
export async function takeDaysOfStore(tx: Tx, store: DueStore, rows: NewAccountingExport[]): Promise<void> {
  const { organization_id, livemode, merchant_id, merchant_store_id, through_date } = store;
  const values = [organization_id, livemode, merchant_id, merchant_store_id, through_date];
  await tx.query(TAKE_DAYS, [...values, ...new_export.values(rows)]);
}

const ASK_AGAIN: Statement = {
  name: 'ask_for_exports_again',
  text: `${INSERT_NEW}
    on conflict ${UNIQUE} do update set status = 'pending', attempts_made = 0, error = null, mailed_at = null,
      next_attempt_at = excluded.next_attempt_at, leased_until = excluded.leased_until,
      updated_at = excluded.updated_at
    where x.leased_until is null or x.leased_until <= excluded.updated_at
    returning *`,
};

/** Rows that are to be made once more, from the first attempt on. One that somebody works on is not among the answers. */
export async function askForExportsAgain(tx: Tx, rows: NewAccountingExport[]): Promise<AccountingExport[]> {
  return tx.query<AccountingExport>(ASK_AGAIN, new_export.values(rows));
}

const LIST_OF_DAY: Statement = {
  name: 'list_exports_of_day',
  text: `select * from accounting_exports
    where organization_id = $1 and livemode = $2 and merchant_id = $3 and business_date = $5::date
      and coalesce(merchant_store_id, '') = coalesce($4, '')`,
};

/** The files of a store's day, in all currencies and formats. */
export async function listExportsOfDay(
  db: Db,
  day: Omit<ExportKey, 'currency' | 'format'>,
): Promise<AccountingExport[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date } = day;
  const values = [organization_id, livemode, merchant_id, merchant_store_id, business_date];
  return db.query<AccountingExport>(LIST_OF_DAY, values);
}

const CLAIM: Statement = {
  name: 'claim_accounting_exports',
  text: `
    update accounting_exports set leased_until = $2::timestamptz
    where id in (select id from accounting_exports
                 where next_attempt_at <= $1::timestamptz and (leased_until is null or leased_until <= $1::timestamptz)
                 order by next_attempt_at, id limit $3::int for update skip locked)
    returning *`,
};

/** Takes due files for making and sending them now; they come back by themselves at `leased_until`. */
export async function claimAccountingExports(
  tx: Tx,
  now: string,
  leased_until: string,
  limit: number,
): Promise<AccountingExport[]> {
  return tx.query<AccountingExport>(CLAIM, [now, leased_until, limit]);
}

const KEEP: Statement = {
  name: 'keep_accounting_exports',
  text: `update accounting_exports as x set leased_until = $3::timestamptz
    from unnest($1::text[], $2::timestamptz[]) as h (id, leased_until)
    where x.id = h.id and x.leased_until = h.leased_until returning x.*`,
};

/** Holds files longer. Those are missing whose hold has lapsed and that somebody else has, or has done. */
export async function keepAccountingExports(
  tx: Tx,
  held: AccountingExport[],
  until: string,
): Promise<AccountingExport[]> {
  if (held.length === 0) return [];
  const values = [held.map(({ id }) => id), held.map(({ leased_until }) => leased_until), until];
  return tx.query<AccountingExport>(KEEP, values);
}

/** What came of an attempt, with the event and the mail that tell of it. */
export interface ExportOutcome {
  after: AccountingExport;
  /** The hold under which it was made: another's outcome stands where that has lapsed. */
  leased_until: string | null;
  event: { id: string; type: string; object_json: string } | null;
  mail: { id: string; recipient: string; subject: string; body: string } | null;
}

const RECORD: Statement = {
  name: 'record_accounting_export',
  text: `
    with changed as (
      update accounting_exports
      set status = $3, attempts_made = $4, next_attempt_at = $5::timestamptz, leased_until = null, size = $6,
          sha256 = $7, transactions_count = $8, gross_revenue = $9, tax_collected = $10, net_revenue = $11,
          error = $12, mailed_at = $13::timestamptz, delivered_at = $14::timestamptz, updated_at = $15::timestamptz
      where id = $1 and leased_until = $2::timestamptz
      returning organization_id, livemode, merchant_id, updated_at
    ),
    event as (
      insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at)
      select $16, organization_id, livemode, merchant_id, $17, $18, updated_at from changed where $16::text is not null
    ),
    mail as (
      insert into mails (id, organization_id, livemode, recipient, subject, body, next_attempt_at, created_at, updated_at)
      select $19, organization_id, livemode, $20, $21, $22, updated_at, updated_at, updated_at
      from changed where $19::text is not null
    )
    select 1 from changed`,
};

/** False when the hold has lapsed and somebody else has it, or has it done. */
export async function recordAccountingExport(tx: Tx, outcome: ExportOutcome): Promise<boolean> {
  const { after, leased_until, event, mail } = outcome;
  const rows = await tx.query(RECORD, [
    ...[after.id, leased_until, after.status, after.attempts_made, after.next_attempt_at],
    ...[after.size, after.sha256, after.transactions_count],
    ...[after.gross_revenue, after.tax_collected, after.net_revenue],
    ...[after.error, after.mailed_at, after.delivered_at, after.updated_at],
    ...[event?.id ?? null, event?.type ?? null, event?.object_json ?? null],
    ...[mail?.id ?? null, mail?.recipient ?? null, mail?.subject ?? null, mail?.body ?? null],
  ]);
  return rows.length > 0;
}

// The index of a day is in the order of time, so that a page reads its own rows alone, however long the day is. What went
// back of late money has its refund's id, which the books know under the late money's.
const salesWhere = (of_store: string) => `
    select e.object_id, e.kind, e.payment_intent_id, e.provider, e.created_at, p.receipt_number, l.refund_id,
           case when e.credit_account = 'sales' then e.amount else -e.amount end as amount,
           case when e.credit_account = 'sales' then e.tax_amount else -e.tax_amount end as tax_amount
    from (
      select * from book_entries
      where organization_id = $1 and livemode = $2 and merchant_id = $3 and business_date = $4::date
        and currency = $5 and 'sales' in (debit_account, credit_account)
        and (created_at, object_id collate "C", kind) > ($6::timestamptz, $7::text, $8::text) and ${of_store}
      order by created_at, object_id collate "C", kind limit $9
    ) e
    left join payment_intents p on p.id = e.payment_intent_id
    left join late_payments l on e.kind = 'late_payment_refund' and l.id = e.object_id
    order by e.created_at, e.object_id collate "C", e.kind`;
const SALES_OF_STORE: Statement = {
  name: 'list_sales_of_store',
  text: salesWhere('merchant_store_id = $10'),
};
const SALES_OF_NO_STORE: Statement = {
  name: 'list_sales_of_no_store',
  text: salesWhere('merchant_store_id is null'),
};

/** The next sales of a store's day in the order of its file, after `last`. */
export async function listSalesOfDay(
  db: Db,
  key: Omit<ExportKey, 'format'>,
  last: Pick<SalesEntry, 'created_at' | 'object_id' | 'kind'> | null,
  limit: number,
): Promise<SalesEntry[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date, currency } = key;
  const day = [organization_id, livemode, merchant_id, business_date, currency];
  const after = last === null ? ['-infinity', '', ''] : [last.created_at, last.object_id, last.kind];
  const values = [...day, ...after, limit];
  return merchant_store_id === null
    ? db.query<SalesEntry>(SALES_OF_NO_STORE, values)
    : db.query<SalesEntry>(SALES_OF_STORE, [...values, merchant_store_id]);
}

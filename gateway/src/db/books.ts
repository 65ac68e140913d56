// The books in the database: rows that are only ever added, each a transfer that is balanced by itself. A movement is
// booked by the statement that moves the money, and once, whoever tells of it.
import type { BookAccount, BookKind, Movement } from '../domain/books.ts';
import { addDays } from '../domain/business-date.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns, type Part } from './statement-parts.ts';

export interface NewBookEntry {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  merchant_store_id: string | null;
  provider: string;
  /** Null: the store's day of `created_at`. */
  business_date: string | null;
  currency: string;
  kind: BookKind;
  debit_account: BookAccount;
  credit_account: BookAccount;
  /** Minor units, more than nothing: the accounts say which way it goes. */
  amount: number;
  tax_amount: number;
  /** With the kind, it names the movement. */
  object_id: string;
  payment_intent_id: string | null;
  created_at: string;
}

const NEW_ENTRY = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  merchant_store_id: 'text',
  provider: 'text',
  business_date: 'date',
  currency: 'text',
  kind: 'text',
  debit_account: 'text',
  credit_account: 'text',
  amount: 'bigint',
  tax_amount: 'bigint',
  object_id: 'text',
  payment_intent_id: 'text',
  created_at: 'timestamptz',
} as const satisfies Columns<NewBookEntry>;

const new_entry = describeColumns(NEW_ENTRY);

/** The store's day of an instant, by the store's row as it is now: `s` is the store, where there is one. */
const dayOf = (instant: string) =>
  `greatest(business_date(${instant}, coalesce(s.time_zone, 'Asia/Tokyo'), coalesce(s.business_day_starts_at, '00:00')),
        s.business_days_from)`;

const INSERT: Statement = {
  name: 'insert_book_entries',
  text: `insert into book_entries (${new_entry.names})
    select ${new_entry.selected.replace('r.business_date', `coalesce(r.business_date, ${dayOf('r.created_at')})`)}
    from ${new_entry.rows}
    left join stores s on s.organization_id = r.organization_id and s.livemode = r.livemode
      and s.id = r.merchant_store_id
    on conflict do nothing`,
};

/** What is booked already stays as it is. */
export async function insertBookEntries(tx: Tx, entries: NewBookEntry[]): Promise<void> {
  if (entries.length > 0) await tx.query(INSERT, new_entry.values(entries));
}

/** A movement, and the intent whose change carries it. */
export interface CarriedMovement extends Movement {
  payment_intent_id: string;
}

const MOVED = {
  payment_intent_id: 'text',
  kind: 'text',
  debit_account: 'text',
  credit_account: 'text',
  amount: 'bigint',
  tax_amount: 'bigint',
  currency: 'text',
  object_id: 'text',
  provider: 'text',
} as const satisfies Partial<Columns<CarriedMovement>>;

const moved = describeColumns(MOVED);
const returned = describeColumns({ ...MOVED, attempt_id: 'text', tax_of: 'bigint' });

function writeMovements(name: string, rows: string, provider: string, tax_amount: string): string {
  return `
  ${name} as (
    insert into book_entries (${new_entry.names})
    select book_entry_id(r.object_id, r.kind), c.organization_id, c.livemode, c.merchant_id, c.merchant_store_id,
      ${provider}, ${dayOf('c.updated_at')}, r.currency, r.kind, r.debit_account, r.credit_account, r.amount,
      ${tax_amount}, r.object_id, c.id, c.updated_at
    from ${rows} join changed c on c.id = r.payment_intent_id
    left join stores s on s.organization_id = c.organization_id and s.livemode = c.livemode
      and s.id = c.merchant_store_id
    on conflict do nothing
  )`;
}

const BOOK = writeMovements('book', moved.rows, 'r.provider', 'r.tax_amount');

// What went back before is read as it was before this statement. The intent's version lets nobody else change it
// meanwhile, so refunds that end at the same time each find the others' share taken.
const BEFORE = `(select coalesce(sum(f.amount), 0)::bigint from refunds f
        where f.payment_intent_id = r.payment_intent_id and f.late_payment_id is null and f.status = 'succeeded'
          and f.id <> r.object_id)`;
const BOOK_RETURNED = writeMovements(
  'book_returned',
  returned.rows,
  `coalesce(r.provider, (select book_provider(a.adapter, a.payment_method_type)
        from payment_attempts a where a.id = r.attempt_id))`,
  `case when r.tax_of is null then r.tax_amount
        else tax_share(r.tax_amount, ${BEFORE} + r.amount, r.tax_of) - tax_share(r.tax_amount, ${BEFORE}, r.tax_of)
      end`,
);

/**
 * The parts that movements add to a statement, which names the intents that it changed `changed`. An ordinary payment
 * says all of itself; what goes back looks into what there is.
 */
export function movementParts(movements: CarriedMovement[]): Part[] {
  const says_all = ({ provider, tax_of }: CarriedMovement) => provider !== null && tax_of === null;
  const plain = movements.filter(says_all);
  const others = movements.filter((movement) => !says_all(movement));
  return [
    ...(plain.length > 0 ? [{ name: 'book', text: BOOK, values: moved.values(plain) }] : []),
    ...(others.length > 0
      ? [{ name: 'book_returned', text: BOOK_RETURNED, values: returned.values(others) }]
      : []),
  ];
}

/** Payments, late ones among them, and what went back. */
export interface MovementTotals {
  payments_count: number;
  payments_amount: number;
  refunds_count: number;
  refunds_amount: number;
}

export interface MovementStretch {
  organization_id: string;
  livemode: boolean;
  provider: string;
  currency: string;
  /** Instants of the gateway's writing; `to` is not in it. */
  from: string;
  to: string;
}

const OF_PAYMENTS = `kind in ('payment', 'late_payment')`;
const OF_REFUNDS = `kind in ('refund', 'late_payment_refund')`;

// The index is by business dates. Zones are at most 14 hours apart from UTC and days begin up to 24 hours late.
const TOTALS: Statement = {
  name: 'list_movement_totals',
  text: `select merchant_id, count(*) filter (where ${OF_PAYMENTS})::int as payments_count,
      coalesce(sum(amount) filter (where ${OF_PAYMENTS}), 0)::bigint as payments_amount,
      count(*) filter (where ${OF_REFUNDS})::int as refunds_count,
      coalesce(sum(amount) filter (where ${OF_REFUNDS}), 0)::bigint as refunds_amount
    from book_entries
    where organization_id = $1 and livemode = $2 and provider = $3 and currency = $4
      and created_at >= $5 and created_at < $6 and business_date between $7 and $8
      and (${OF_PAYMENTS} or ${OF_REFUNDS})
    group by merchant_id order by merchant_id`,
};

/** What a provider took and gave back in a stretch of time, by merchant. */
export async function listMovementTotals(
  db: Db,
  where: MovementStretch,
): Promise<(MovementTotals & { merchant_id: string })[]> {
  const { organization_id, livemode, provider, currency, from, to } = where;
  const dates = [addDays(from.slice(0, 10), -2), addDays(to.slice(0, 10), 1)];
  return db.query(TOTALS, [organization_id, livemode, provider, currency, from, to, ...dates]);
}

const sumWhere = (of_store: string) => `select currency,
      sum(case when credit_account = 'sales' then amount else -amount end)::bigint as sales_amount,
      sum(case when credit_account = 'sales' then tax_amount else -tax_amount end)::bigint as tax_amount,
      count(*)::int as entries_count
    from book_entries
    where organization_id = $1 and livemode = $2 and merchant_id = $3 and business_date = $4 and ${of_store}
      and (credit_account = 'sales' or debit_account = 'sales')
    group by currency order by currency`;

// Two, because only so the index answers, and a store's day does not cost a walk over its merchant's.
const SUM_OF_STORE: Statement = {
  name: 'sum_business_day_of_store',
  text: sumWhere('merchant_store_id = $5'),
};
const SUM_OF_NO_STORE: Statement = {
  name: 'sum_business_day_of_no_store',
  text: sumWhere('merchant_store_id is null'),
};

export interface BusinessDaySales {
  currency: string;
  /** Payments and late money that was kept, less what of them went back. */
  sales_amount: number;
  tax_amount: number;
  entries_count: number;
}

/** What a store sold in a business day; without a store, what the merchant sold in none. */
export async function sumBusinessDay(
  db: Db,
  where: {
    organization_id: string;
    livemode: boolean;
    merchant_id: string;
    merchant_store_id: string | null;
    business_date: string;
  },
): Promise<BusinessDaySales[]> {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date } = where;
  const day = [organization_id, livemode, merchant_id, business_date];
  return merchant_store_id === null
    ? db.query<BusinessDaySales>(SUM_OF_NO_STORE, day)
    : db.query<BusinessDaySales>(SUM_OF_STORE, [...day, merchant_store_id]);
}

// Late payments in the database. One is found, and changes, only together with its intent: by the part that it adds
// to the intent's statement, whose version guards both.
import type { LatePayment } from '../domain/late-payment.ts';
import type { Db, Statement } from './pool.ts';
import { type Columns, describeColumns, type Part } from './statement-parts.ts';

const FIXED = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  payment_intent_id: 'text',
  attempt_id: 'text',
  provider: 'text',
  provider_payment_id: 'text',
  currency: 'text',
  created_at: 'timestamptz',
} as const satisfies Partial<Columns<LatePayment>>;

const CHANGING = {
  amount: 'bigint',
  authorized_only: 'boolean',
  status: 'text',
  refund_id: 'text',
  error: 'json',
  resolution_reason: 'text',
  resolved_by: 'text',
  resolved_at: 'timestamptz',
  kept_at: 'timestamptz',
} as const satisfies Columns<Omit<LatePayment, keyof typeof FIXED>>;

const late_payment = describeColumns({ ...FIXED, ...CHANGING } satisfies Columns<LatePayment>);
const changing = describeColumns(CHANGING);

const WRITE = `
  late_payment as (
    insert into late_payments (${late_payment.names})
    select ${late_payment.selected} from ${late_payment.rows} join changed on changed.id = r.payment_intent_id
    on conflict (id) do update set ${changing.takeNew}
  )`;

/** The part that late payments add to a statement, which names the intents that it changed `changed`. */
export function latePaymentParts(rows: LatePayment[]): Part[] {
  return rows.length === 0 ? [] : [{ name: 'late', text: WRITE, values: late_payment.values(rows) }];
}

const FIND: Statement = { name: 'find_late_payment', text: 'select * from late_payments where id = $1' };

export async function findLatePayment(db: Db, id: string): Promise<LatePayment | null> {
  return (await db.query<LatePayment>(FIND, [id]))[0] ?? null;
}

const FIND_PRESENT: Statement = {
  name: 'find_present_late_payment',
  text: `select * from late_payments where attempt_id = $1 and status <> 'refunded'`,
};

/** The late money of an attempt that has not gone back; there is at most one. */
export async function findPresentLatePayment(db: Db, attempt_id: string): Promise<LatePayment | null> {
  return (await db.query<LatePayment>(FIND_PRESENT, [attempt_id]))[0] ?? null;
}

const FIND_REPORT: Statement = {
  name: 'find_late_report',
  text: `select l.*, a.external_ref_id from late_payments l join payment_attempts a on a.id = l.attempt_id
    where l.payment_intent_id = $1 and a.adapter = 'TERMINAL'
    order by (a.external_ref_id = $2) desc, l.id collate "C" desc limit 1`,
};

/** The late money of an intent that a terminal reported under a reference; else what it reported under another. */
export async function findLateReport(
  db: Db,
  payment_intent_id: string,
  external_ref_id: string | null,
): Promise<(LatePayment & { external_ref_id: string }) | null> {
  const values = [payment_intent_id, external_ref_id];
  return (await db.query<LatePayment & { external_ref_id: string }>(FIND_REPORT, values))[0] ?? null;
}

export interface LatePaymentFilter {
  organization_id: string;
  livemode: boolean;
  status: string | null;
  payment_intent_id: string | null;
  provider: string | null;
  created_gte: string | null;
  created_lt: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
  limit: number;
}

// As the lists' indexes have it, and the primary key has it not.
const ID = 'id collate "C"';
const CONDITIONS = {
  status: (place: string) => `status = ${place}`,
  payment_intent_id: (place: string) => `payment_intent_id = ${place}`,
  provider: (place: string) => `provider = ${place}`,
  created_gte: (place: string) => `created_at >= ${place}`,
  created_lt: (place: string) => `created_at < ${place}`,
  starting_after: (place: string) => `${ID} < ${place}`,
};
const OPTIONAL_FILTERS = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listLatePayments(db: Db, filter: LatePaymentFilter): Promise<LatePayment[]> {
  const given = OPTIONAL_FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 4}`)}`);
  const statement = {
    name: `list_late_payments_${given.map((name) => OPTIONAL_FILTERS.indexOf(name)).join('')}`,
    text: `select * from late_payments where organization_id = $1 and livemode = $2${conditions.join('')}
      order by ${ID} desc limit $3`,
  };
  const values = given.map((name) => filter[name]);
  return db.query<LatePayment>(statement, [filter.organization_id, filter.livemode, filter.limit, ...values]);
}

const COUNT_HELD: Statement = {
  name: 'count_held_late_payments',
  text: `select count(*)::int as held, min(created_at) as oldest from late_payments where status = 'held'`,
};

/** For the metrics: how much late money waits for a person, and since when the oldest. */
export async function countHeldLatePayments(db: Db): Promise<{ held: number; oldest: string | null }> {
  return (
    (await db.query<{ held: number; oldest: string | null }>(COUNT_HELD))[0] ?? { held: 0, oldest: null }
  );
}

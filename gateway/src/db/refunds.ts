// Refunds in the database. A refund is created, and changes its status, only together with its intent: by the
// part that it adds to the intent's statement. Alone, only the time of its next question changes.
import { ID_LEAD_MS, makeIdBound } from '../domain/id.ts';
import type { Refund } from '../domain/refund.ts';
import { type LookUpBudget, makeClaim } from './look-ups.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns, type Part } from './statement-parts.ts';

const FIXED = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  payment_intent_id: 'text',
  attempt_id: 'text',
  late_payment_id: 'text',
  amount: 'bigint',
  currency: 'text',
  reason: 'text',
  metadata: 'json',
  provider: 'text',
  adapter: 'text',
  processing_mode: 'text',
  idempotency_key_id: 'bytea',
  created_at: 'timestamptz',
} as const satisfies Partial<Columns<Refund>>;

const CHANGING = {
  status: 'text',
  outcome: 'text',
  provider_refund_id: 'text',
  provider_request_id: 'text',
  error: 'json',
  asked_at: 'timestamptz',
  next_step: 'text',
  next_check_at: 'timestamptz',
  checks_done: 'integer',
  not_found_count: 'integer',
  updated_at: 'timestamptz',
} as const satisfies Columns<Omit<Refund, keyof typeof FIXED>>;

const ALL: Columns<Refund> = { ...FIXED, ...CHANGING };
const refund = describeColumns(ALL);
const changing = describeColumns(CHANGING);
const identified = describeColumns({ id: 'text', ...CHANGING });

const WRITE = `
  refund as (
    insert into refunds (${refund.names})
    select ${refund.selected} from ${refund.rows} join changed on changed.id = r.payment_intent_id
    on conflict (id) do update set ${changing.takeNew}
  )`;

/** The part that refunds add to a statement, which names the intents that it changed `changed`. */
export function refundParts(refunds: Refund[]): Part[] {
  return refunds.length === 0 ? [] : [{ name: 'refund', text: WRITE, values: refund.values(refunds) }];
}

const RESCHEDULE: Statement = {
  name: 'reschedule_refund',
  // Only while it is pending: whoever ended it meanwhile knows more than the answer that is written here.
  text: `update refunds set ${changing.assignments} from ${identified.rows}
    where refunds.id = r.id and refunds.status = 'pending' returning 1`,
};

/** An answer that leaves the refund pending. False: it has ended meanwhile. */
export async function updateRefundSchedule(tx: Tx, after: Refund): Promise<boolean> {
  return (await tx.query(RESCHEDULE, identified.values([after]))).length > 0;
}

const CLAIM = makeClaim('refunds', {
  // Before it is asked for the first time it is noted that the provider may know of it.
  set: ', asked_at = coalesce(p.asked_at, $1::timestamptz)',
  keep: { name: 'asked_before', expression: 'p.asked_at is not null' },
});

/** Due, and whether the provider may have heard of it before this claim. */
export type ClaimedRefund = Refund & { asked_before: boolean };

/** Take up to `limit` due refunds to ask about them now; they come back by themselves at `lease_until`. */
export async function claimDueRefunds(
  tx: Tx,
  now: string,
  lease_until: string,
  limit: number,
  budget: LookUpBudget,
): Promise<ClaimedRefund[]> {
  return tx.query<ClaimedRefund>(CLAIM, [now, lease_until, limit, budget.per_second, budget.burst]);
}

const FIND: Statement = { name: 'find_refund', text: 'select * from refunds where id = $1' };

export async function findRefund(db: Db, id: string): Promise<Refund | null> {
  return (await db.query<Refund>(FIND, [id]))[0] ?? null;
}

const FIND_BY_REQUEST: Statement = {
  name: 'find_refund_by_request',
  // A key is forgotten after a day and may then be used again; the newest is the one that is meant.
  text: 'select * from refunds where idempotency_key_id = $1 order by id collate "C" desc limit 1',
};

/** The refund that a request with this key began. */
export async function findRefundByRequest(db: Db, idempotency_key_id: Buffer): Promise<Refund | null> {
  return (await db.query<Refund>(FIND_BY_REQUEST, [idempotency_key_id]))[0] ?? null;
}

export interface RefundFilter {
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  payment_intent_id: string | null;
  status: string | null;
  created_gte: string | null;
  created_lt: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
  limit: number;
}

// As the lists' indexes have it, and the primary key has it not.
const ID = 'id collate "C"';
const CONDITIONS = {
  merchant_id: (place: string) => `merchant_id = ${place}`,
  payment_intent_id: (place: string) => `payment_intent_id = ${place}`,
  status: (place: string) => `status = ${place}`,
  starting_after: (place: string) => `${ID} < ${place}`,
  created_gte: (place: string) => `created_at >= ${place}`,
  created_lt: (place: string) => `created_at < ${place}`,
  // An id carries its time, so a stretch of time is a stretch of the index.
  id_from: (place: string) => `${ID} >= ${place}`,
  id_before: (place: string) => `${ID} < ${place}`,
};
const OPTIONAL_FILTERS = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listRefunds(db: Db, filter: RefundFilter): Promise<Refund[]> {
  const { created_gte, created_lt } = filter;
  const filters = {
    ...filter,
    id_from: created_gte && makeIdBound('re', Date.parse(created_gte)),
    id_before: created_lt && makeIdBound('re', Date.parse(created_lt) + ID_LEAD_MS),
  };
  const given = OPTIONAL_FILTERS.filter((name) => filters[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 4}`)}`);
  const statement = {
    name: `list_refunds_${given.map((name) => OPTIONAL_FILTERS.indexOf(name)).join('')}`,
    text: `select * from refunds where organization_id = $1 and livemode = $2${conditions.join('')}
      order by ${ID} desc limit $3`,
  };
  const values = given.map((name) => filters[name]);
  return db.query<Refund>(statement, [filter.organization_id, filter.livemode, filter.limit, ...values]);
}

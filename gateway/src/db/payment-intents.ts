// Payment intents and their attempts in the database. Two functions write: one creates, one changes. Each is one
// statement that does everything that belongs to its change (rows, event, idempotency key, signature) or nothing.
import type { Attempt, LatePayment } from '../domain/attempt.ts';
import type { EventType } from '../domain/event.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { markParts, type RequestMark } from './idempotency-keys.ts';
import {
  CHANGING_ATTEMPT,
  CHANGING_INTENT,
  LATE_PAYMENT,
  NEW_ATTEMPT,
  NEW_INTENT,
} from './payment-columns.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { compose, describeColumns, type Part } from './statement-parts.ts';

/** An event on its way into the table; organization, merchant and time come from the intent. */
export interface NewEvent {
  id: string;
  type: EventType;
  object_json: string;
}

/** What one change writes. `intent.version` is the new one; the row must still have the one before. */
export interface Change {
  intent: PaymentIntent;
  attempt?: Attempt | null;
  event?: NewEvent | null;
  late_payment?: LatePayment | null;
  /** The request behind the change: its key and signature are claimed, or its key completed, with it. */
  mark?: RequestMark | null;
}

const new_intent = describeColumns(NEW_INTENT);
const changing_intent = describeColumns(CHANGING_INTENT, 3);
const new_attempt = describeColumns(NEW_ATTEMPT);
const late_payment = describeColumns(LATE_PAYMENT);

// The store is checked although it was looked up before: what was looked up may be seconds old. It is read, not
// locked; a foreign key would make every sale of a busy store queue at one row's lock.
const CREATE_IN_STORE = `
  changed as (
    insert into payment_intents (${new_intent.names})
    select ${new_intent.places}
    from stores where organization_id = $2 and livemode = $3 and merchant_id = $4 and id = $5
    returning organization_id, livemode, merchant_id, updated_at
  )`;

const CREATE_WITHOUT_STORE = `
  changed as (
    insert into payment_intents (${new_intent.names})
    select ${new_intent.places}
    from merchants where organization_id = $2 and livemode = $3 and id = $4
    returning organization_id, livemode, merchant_id, updated_at
  )`;

const UPDATE_INTENT = `
  changed as (
    update payment_intents set ${changing_intent.assignments}
    where id = $1 and version = $2
    returning organization_id, livemode, merchant_id, updated_at
  )`;

const WRITE_ATTEMPT = `
  attempt as (
    insert into payment_attempts (${new_attempt.names}) select ${new_attempt.places} from changed
    on conflict (id) do update set ${describeColumns(CHANGING_ATTEMPT).takeNew}
  )`;

const INSERT_LATE_PAYMENT = `
  late_payment as (
    insert into late_payments (${late_payment.names}) select ${late_payment.places} from changed
  )`;

// Where nobody listens, an event is told as soon as it is written, and no worker need look at it.
const INSERT_EVENT = `
  event as (
    insert into events (id, type, object_json, organization_id, livemode, merchant_id, created_at, fanned_out_at)
    select $1::text, $2::text, $3::text, organization_id, livemode, merchant_id, updated_at,
           case when exists (select from webhook_endpoints e where e.organization_id = changed.organization_id
                             and e.livemode = changed.livemode) then null else updated_at end
    from changed
    returning fanned_out_at
  )`;

/** Whether the change left an event that somebody waits for. */
export interface Written {
  has_listeners: boolean;
}

/** Null when the merchant or store is not there (any more). Unique violations are the caller's to read. */
export async function insertPaymentIntent(tx: Tx, change: Change): Promise<Written | null> {
  const values = new_intent.values(change.intent);
  return change.intent.merchant_store_id === null
    ? write(tx, { name: 'create_intent', text: CREATE_WITHOUT_STORE, values }, change)
    : write(tx, { name: 'create_intent_in_store', text: CREATE_IN_STORE, values }, change);
}

/** Null when somebody was faster: the row has another version than the change expects. Read and decide again. */
export async function updatePaymentIntent(tx: Tx, change: Change): Promise<Written | null> {
  const { intent } = change;
  const values = [intent.id, intent.version - 1, ...changing_intent.values(intent)];
  return write(tx, { name: 'change_intent', text: UPDATE_INTENT, values }, change);
}

/** The change of the intent, and with it everything else that belongs to the change, or nothing at all. */
async function write(tx: Tx, changed: Part, change: Change): Promise<Written | null> {
  const parts = [changed, ...markParts(change.mark)];
  if (change.attempt) {
    parts.push({ name: 'attempt', text: WRITE_ATTEMPT, values: new_attempt.values(change.attempt) });
  }
  if (change.late_payment) {
    parts.push({ name: 'late', text: INSERT_LATE_PAYMENT, values: late_payment.values(change.late_payment) });
  }
  if (change.event) {
    const { id, type, object_json } = change.event;
    parts.push({ name: 'event', text: INSERT_EVENT, values: [id, type, object_json] });
  }
  const has_listeners = change.event ? 'exists (select from event where fanned_out_at is null)' : 'false';
  const { statement, values } = compose(parts, `select ${has_listeners} as has_listeners from changed`);
  return (await tx.query<Written>(statement, values))[0] ?? null;
}

const FIND: Statement = { name: 'find_payment_intent', text: 'select * from payment_intents where id = $1' };

export async function findPaymentIntent(db: Db, id: string): Promise<PaymentIntent | null> {
  return (await db.query<PaymentIntent>(FIND, [id]))[0] ?? null;
}

const FIND_BY_REF: Statement = {
  name: 'find_payment_intent_by_ref',
  text: `select * from payment_intents
    where organization_id = $1 and livemode = $2 and merchant_id = $3 and merchant_ref_id = $4
      and status not in ('failed', 'cancelled')`,
};

/** The one intent that holds a merchant's reference. */
export async function findPaymentIntentByRef(
  db: Db,
  place: Pick<PaymentIntent, 'organization_id' | 'livemode' | 'merchant_id' | 'merchant_ref_id'>,
): Promise<PaymentIntent | null> {
  const values = [place.organization_id, place.livemode, place.merchant_id, place.merchant_ref_id];
  return (await db.query<PaymentIntent>(FIND_BY_REF, values))[0] ?? null;
}

const FIND_ATTEMPT: Statement = {
  name: 'find_payment_attempt',
  text: 'select * from payment_attempts where id = $1',
};

export async function findAttempt(db: Db, id: string): Promise<Attempt | null> {
  return (await db.query<Attempt>(FIND_ATTEMPT, [id]))[0] ?? null;
}

export interface ListFilter {
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  merchant_store_id: string | null;
  merchant_ref_id: string | null;
  status: string | null;
  created_gte: string | null;
  created_lt: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
  limit: number;
  offset: number;
}

const LIST: Statement = {
  name: 'list_payment_intents',
  text: `select * from payment_intents
    where organization_id = $1 and livemode = $2
      and ($3::text is null or merchant_id = $3) and ($4::text is null or merchant_store_id = $4)
      and ($5::text is null or merchant_ref_id = $5) and ($6::text is null or status = $6)
      and ($7::timestamptz is null or created_at >= $7) and ($8::timestamptz is null or created_at < $8)
      and ($9::text is null or id < $9)
    order by id desc limit $10 offset $11`,
};

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listPaymentIntents(db: Db, filter: ListFilter): Promise<PaymentIntent[]> {
  return db.query<PaymentIntent>(LIST, [
    filter.organization_id,
    filter.livemode,
    filter.merchant_id,
    filter.merchant_store_id,
    filter.merchant_ref_id,
    filter.status,
    filter.created_gte,
    filter.created_lt,
    filter.starting_after,
    filter.limit,
    filter.offset,
  ]);
}

const EXPIRING: Statement = {
  name: 'list_expiring_payment_intents',
  text: `select * from payment_intents p
    where status in ('requires_payment_method', 'requires_action') and expires_at <= $1
      and not exists (select from payment_attempts a
                      where a.id = p.attempt_id and a.cancel_requested_at is not null)
    order by expires_at limit $2`,
};

/** Those past their time whose calling-off has not begun yet. */
export async function listExpiringPaymentIntents(
  db: Db,
  now: string,
  limit: number,
): Promise<PaymentIntent[]> {
  return db.query<PaymentIntent>(EXPIRING, [now, limit]);
}

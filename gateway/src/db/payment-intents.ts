// Payment intents and their attempts in the database. Two statements write: one creates, one changes. Each
// does everything that belongs to its change (rows, event, idempotency key, signature) or nothing at all.
import type { Attempt, LatePayment } from '../domain/attempt.ts';
import type { EventType } from '../domain/event.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { MARK_CTES, markValues, type RequestMark } from './idempotency-keys.ts';
import type { Db, Statement, Tx } from './pool.ts';

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

// Rows travel as JSON and are unfolded by the table's own row type, so a column is named in one place only.
function intentJson(intent: PaymentIntent): string {
  const hash = intent.payment_token_hash;
  return JSON.stringify({ ...intent, payment_token_hash: hash && `\\x${hash.toString('hex')}` });
}

function rowJson(row: object | null | undefined): string | null {
  return row ? JSON.stringify(row) : null;
}

const INSERT_EVENT = `
  event as (
    insert into events (id, organization_id, livemode, merchant_id, type, object_json, created_at)
    select $9::text, organization_id, livemode, merchant_id, $10::text, $11::text, updated_at
    from changed where $9::text is not null
  )`;

const CREATE: Statement = {
  name: 'create_payment_intent',
  // The store is checked here although it was looked up before: what was looked up may be seconds old. It is
  // read, not locked; a foreign key would make every sale of a busy store queue at one row's lock.
  text: `
    with changed as (
      insert into payment_intents
      select r.* from json_populate_record(null::payment_intents, $8::json) r
      where exists (select from merchants m where m.organization_id = r.organization_id
                      and m.livemode = r.livemode and m.id = r.merchant_id)
        and (r.merchant_store_id is null or exists (select from stores s
              where s.organization_id = r.organization_id and s.livemode = r.livemode
                and s.id = r.merchant_store_id and s.merchant_id = r.merchant_id))
      returning organization_id, livemode, merchant_id, updated_at
    ), ${MARK_CTES}, ${INSERT_EVENT}
    select 1 from changed`,
};

/** False when the merchant or store is not there (any more). Unique violations are the caller's to read. */
export async function insertPaymentIntent(tx: Tx, change: Change): Promise<boolean> {
  const { intent, event, mark } = change;
  const rows = await tx.query(CREATE, [
    ...markValues(mark),
    intentJson(intent),
    event?.id ?? null,
    event?.type ?? null,
    event?.object_json ?? null,
  ]);
  return rows.length > 0;
}

const CHANGE: Statement = {
  name: 'change_payment_intent',
  text: `
    with changed as (
      update payment_intents p
      set status = r.status, amount_capturable = r.amount_capturable, amount_received = r.amount_received,
          amount_refunded = r.amount_refunded, processing_mode = r.processing_mode, provider = r.provider,
          cancellation_reason = r.cancellation_reason, last_payment_error = r.last_payment_error,
          outcome = r.outcome, next_check_at = r.next_check_at, attempt_id = r.attempt_id,
          payment_token_hash = r.payment_token_hash, payment_token_expires_at = r.payment_token_expires_at,
          payment_token_attempt_id = r.payment_token_attempt_id, version = r.version, updated_at = r.updated_at
      from json_populate_record(null::payment_intents, $8::json) r
      where p.id = r.id and p.version = r.version - 1
      returning p.organization_id, p.livemode, p.merchant_id, p.updated_at
    ), ${MARK_CTES}, ${INSERT_EVENT},
    attempt as (
      insert into payment_attempts
      select r.* from json_populate_record(null::payment_attempts, $12::json) r, changed
      where $12::json is not null
      on conflict (id) do update
      set status = excluded.status, provider_payment_id = excluded.provider_payment_id,
          provider_code_id = excluded.provider_code_id, action = excluded.action, error = excluded.error,
          cancel_requested_at = excluded.cancel_requested_at,
          cancellation_reason = excluded.cancellation_reason, next_check_at = excluded.next_check_at,
          checks_done = excluded.checks_done, not_found_count = excluded.not_found_count,
          updated_at = excluded.updated_at
    ),
    late_payment as (
      insert into late_payments
      select r.* from json_populate_record(null::late_payments, $13::json) r, changed
      where $13::json is not null
    )
    select 1 from changed`,
};

/** False when somebody was faster: the row has another version than the change expects. Read and decide again. */
export async function updatePaymentIntent(tx: Tx, change: Change): Promise<boolean> {
  const { intent, attempt, event, late_payment, mark } = change;
  const rows = await tx.query(CHANGE, [
    ...markValues(mark),
    intentJson(intent),
    event?.id ?? null,
    event?.type ?? null,
    event?.object_json ?? null,
    rowJson(attempt),
    rowJson(late_payment),
  ]);
  return rows.length > 0;
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

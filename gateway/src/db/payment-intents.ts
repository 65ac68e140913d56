// Payment intents and their attempts in the database. Two statements write: one creates, one changes. Each does
// everything that belongs to a change (rows, book entries, event, idempotency key, signature) or nothing at all, and
// under load takes several changes at once.
import type { Attempt } from '../domain/attempt.ts';
import { movementsOf } from '../domain/books.ts';
import type { EventType } from '../domain/event.ts';
import type { LatePayment } from '../domain/late-payment.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Refund } from '../domain/refund.ts';
import { type AuditEntry, carriedAuditParts } from './audit-log.ts';
import { makeBatcher } from './batches.ts';
import { movementParts } from './books.ts';
import { markParts, type RequestMark } from './idempotency-keys.ts';
import { latePaymentParts } from './late-payments.ts';
import { writeOnce } from './lost-answers.ts';
import { CHANGING_ATTEMPT, CHANGING_INTENT, NEW_ATTEMPT, NEW_INTENT } from './payment-columns.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { refundParts } from './refunds.ts';
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
  /** What it tells; several stand in the order in which they are to be told. */
  event?: NewEvent | NewEvent[] | null;
  /** Who did it and why, where a person or a key decided. */
  audit?: AuditEntry | null;
  /** New, or as it is after the change. */
  late_payment?: LatePayment | null;
  /** New, or as it is after the change. Its amount is part of the intent's amount_refunded. */
  refund?: Refund | null;
  /** The request behind the change: its key and signature are claimed, or its key completed, with it. */
  mark?: RequestMark | null;
}

const new_intent = describeColumns(NEW_INTENT);
const changed_intent = describeColumns({ id: 'text', ...CHANGING_INTENT });
const changing_intent = describeColumns(CHANGING_INTENT);
const new_attempt = describeColumns(NEW_ATTEMPT);
const { next_check_at: _, ...PLAINLY_CHANGING } = CHANGING_ATTEMPT;
const changing_attempt = describeColumns(PLAINLY_CHANGING);
const new_event = describeColumns({ change_id: 'text', id: 'text', type: 'text', object_json: 'text' });

// The store is checked although it was looked up before: what was looked up may be seconds old. It is read, not
// locked; a foreign key would make every sale of a busy store queue at one row's lock.
const CREATE_INTENTS = `
  changed as (
    insert into payment_intents (${new_intent.names})
    select ${new_intent.selected} from ${new_intent.rows}
    where case when r.merchant_store_id is null
      then exists (select from merchants m where m.organization_id = r.organization_id
                     and m.livemode = r.livemode and m.id = r.merchant_id)
      else exists (select from stores s where s.organization_id = r.organization_id
                     and s.livemode = r.livemode and s.id = r.merchant_store_id and s.merchant_id = r.merchant_id)
      end
    returning id, organization_id, livemode, merchant_id, updated_at
  )`;

const CHANGE_INTENTS = `
  changed as (
    update payment_intents p set ${changing_intent.assignments}
    from ${changed_intent.rows}
    where p.id = r.id and p.version = r.version - 1
    returning p.id, p.organization_id, p.livemode, p.merchant_id, p.merchant_store_id, p.updated_at
  )`;

// A notification that came before the provider's own answer was written has made the attempt due at its creation
// (db/notifications.ts). What is written now knows nothing of it, so the attempt stays due.
const WRITE_ATTEMPTS = `
  attempt as (
    insert into payment_attempts (${new_attempt.names})
    select ${new_attempt.selected} from ${new_attempt.rows} join changed on changed.id = r.payment_intent_id
    on conflict (id) do update set ${changing_attempt.takeNew},
      next_check_at = case
        when payment_attempts.next_check_at = payment_attempts.created_at and excluded.next_check_at is not null
        then payment_attempts.next_check_at else excluded.next_check_at end
  )`;

// Where nobody listens, an event is told as soon as it is written, and no worker need look at it.
const INSERT_EVENTS = `
  event as (
    insert into events (id, type, object_json, organization_id, livemode, merchant_id, payment_intent_id, created_at,
                        fanned_out_at)
    select r.id, r.type, r.object_json, c.organization_id, c.livemode, c.merchant_id, c.id, c.updated_at,
           case when exists (select from webhook_endpoints e where e.organization_id = c.organization_id
                             and e.livemode = c.livemode and e.status <> 'deleted') then null else c.updated_at end
    from ${new_event.rows} join changed c on c.id = r.change_id
    returning fanned_out_at
  )`;

/** Whether the change left an event that somebody waits for, or was written together with one that did. */
export interface Written {
  has_listeners: boolean;
}

/** Null when the merchant or store is not there (any more). Unique violations are the caller's to read. */
export async function insertPaymentIntent(tx: Tx, change: Change): Promise<Written | null> {
  return timed(tx, batchersOf(tx).create(change), 'create_intents');
}

/** Null when somebody was faster: the row has another version than the change expects. Read and decide again. */
export async function updatePaymentIntent(tx: Tx, change: Change): Promise<Written | null> {
  return timed(tx, batchersOf(tx).change(change), 'change_intents');
}

/** Changes of intents, and with each everything else that belongs to it, or nothing at all. */
async function write(tx: Tx, intents: Part, changes: Change[]): Promise<(Written | null)[]> {
  const parts = [
    intents,
    ...markParts(changes.flatMap(({ intent, mark }) => (mark ? [{ change_id: intent.id, mark }] : []))),
  ];
  const add = (name: string, text: string, rows: unknown[], values: unknown[][]) => {
    if (rows.length > 0) parts.push({ name, text, values });
  };
  const attempts = changes.flatMap(({ attempt }) => attempt ?? []);
  add('attempt', WRITE_ATTEMPTS, attempts, new_attempt.values(attempts));
  parts.push(...latePaymentParts(changes.flatMap(({ late_payment }) => late_payment ?? [])));
  parts.push(...refundParts(changes.flatMap(({ refund }) => refund ?? [])));
  parts.push(
    ...movementParts(
      changes.flatMap((change) =>
        movementsOf(change).map((movement) => ({ payment_intent_id: change.intent.id, ...movement })),
      ),
    ),
  );
  const events = changes.flatMap(({ intent, event }) =>
    [event ?? []].flat().map((each) => ({ change_id: intent.id, ...each })),
  );
  add('event', INSERT_EVENTS, events, new_event.values(events));
  parts.push(
    ...carriedAuditParts(
      changes.flatMap(({ intent, audit }) => (audit ? [{ change_id: intent.id, entry: audit }] : [])),
    ),
  );

  const has_listeners =
    events.length > 0 ? 'exists (select from event where fanned_out_at is null)' : 'false';
  const { statement, values } = compose(parts, `select id, ${has_listeners} as has_listeners from changed`);
  const written = new Map(
    (await tx.query<Written & { id: string }>(statement, values)).map((row) => [row.id, row]),
  );
  return changes.map(({ intent }) => written.get(intent.id) ?? null);
}

// What a change left: its event, which nobody else can have written, or, where it has none, the row as it made it
// and the mark of its request; another can have made the same row at the same instant. A row that has moved on since
// proves nothing; the caller then reads it and decides again.
const FIND_WRITTEN: Statement = {
  name: 'find_written_changes',
  text: `select r.id from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[],
        $6::bytea[], $7::timestamptz[], $8::bytea[], $9::bytea[])
      as r (id, version, event_id, status, attempt_id, payment_token_hash, updated_at, signature, key_id)
    join payment_intents p on p.id = r.id
    where case when r.event_id is not null then exists (select from events e where e.id = r.event_id)
      else p.version = r.version and p.status = r.status and p.updated_at = r.updated_at
        and p.attempt_id is not distinct from r.attempt_id
        and p.payment_token_hash is not distinct from r.payment_token_hash
        and (r.signature is null or exists (select from request_signatures s where s.signature = r.signature))
        and (r.key_id is null or exists (select from idempotency_keys k where k.id = r.key_id))
      end`,
};

/** For changes whose answer was lost. Somebody may wait for their events: the worker had better look. */
async function findWritten(db: Db, changes: Change[]): Promise<(Written | null)[]> {
  const intents = changes.map((change) => change.intent);
  const first_marks = changes.map(({ mark }) => (mark?.is_first ? mark : null));
  const rows = await db.query<{ id: string }>(FIND_WRITTEN, [
    intents.map((intent) => intent.id),
    intents.map((intent) => intent.version),
    changes.map(({ event }) => [event ?? []].flat()[0]?.id ?? null),
    intents.map((intent) => intent.status),
    intents.map((intent) => intent.attempt_id),
    intents.map((intent) => intent.payment_token_hash),
    intents.map((intent) => intent.updated_at),
    first_marks.map((mark) => mark?.signature ?? null),
    first_marks.map((mark) => mark?.key_id ?? null),
  ]);
  const found = new Set(rows.map((row) => row.id));
  return changes.map((change) => (found.has(change.intent.id) ? { has_listeners: true } : null));
}

/** Rows are always locked in the order of their ids, so that two processes never wait for each other in a ring. */
function inOrder(changes: Change[]): Change[] {
  return changes.toSorted((a, b) => (a.intent.id < b.intent.id ? -1 : 1));
}

function makeBatchers(tx: Tx) {
  const keyOf = ({ intent }: Change) => intent.id;
  return {
    create: makeBatcher<Change, Written | null>({
      keyOf,
      run: (changes) => {
        const values = new_intent.values(changes.map((change) => change.intent));
        return writeOnce({
          write: () => write(tx, { name: 'create_intents', text: CREATE_INTENTS, values }, changes),
          findWritten: () => findWritten(tx, changes),
        });
      },
    }),
    change: makeBatcher<Change, Written | null>({
      keyOf,
      run: async (changes) => {
        const ordered = inOrder(changes);
        const values = changed_intent.values(ordered.map((change) => change.intent));
        const written = await writeOnce({
          write: () => write(tx, { name: 'change_intents', text: CHANGE_INTENTS, values }, ordered),
          findWritten: () => findWritten(tx, ordered),
        });
        const results = new Map(ordered.map((change, index) => [change, written[index] ?? null]));
        return changes.map((change) => results.get(change) ?? null);
      },
    }),
    find: makeBatcher<string, PaymentIntent | null>({
      keyOf: (id) => id,
      run: async (ids) => {
        const found = new Map((await tx.query<PaymentIntent>(FIND, [ids])).map((row) => [row.id, row]));
        return ids.map((id) => found.get(id) ?? null);
      },
    }),
  };
}

const batchers = new WeakMap<Db, ReturnType<typeof makeBatchers>>();

function batchersOf(view: Db): ReturnType<typeof makeBatchers> {
  const tx = view.pool ?? view;
  let own = batchers.get(tx);
  if (own === undefined) {
    own = makeBatchers(tx as Tx);
    batchers.set(tx, own);
  }
  return own;
}

function timed<T>(db: Db, work: Promise<T>, name: string): Promise<T> {
  return db.time === undefined ? work : db.time(work, name);
}

const FIND: Statement = {
  name: 'find_payment_intents',
  text: 'select p.* from unnest($1::text[]) wanted (id) join payment_intents p on p.id = wanted.id',
};

export async function findPaymentIntent(db: Db, id: string): Promise<PaymentIntent | null> {
  return timed(db, batchersOf(db).find(id), FIND.name);
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

const EXPIRING: Statement = {
  name: 'list_expiring_payment_intents',
  text: `select * from payment_intents p
    where status in ('requires_payment_method', 'requires_action') and expires_at <= $1
      and (select a.cancel_requested_at from payment_attempts a where a.id = p.attempt_id) is null
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

// Holding the books against what they are about. The function money_movements says what the rows of payments, refunds and
// late payments moved; a movement and its entry are written by one statement, so in any snapshot the two agree, and
// whatever does not is a fault. Only stretches are read, never whole tables.
import type { BookKind } from '../domain/books.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface Disagreement {
  object_id: string;
  kind: BookKind;
  organization_id: string;
  livemode: boolean;
  payment_intent_id: string | null;
  /** The books have nothing of it, other facts, or something that no row knows of. */
  fault: 'missing' | 'differs' | 'unexpected';
}

const FACTS = [
  ...['organization_id', 'livemode', 'merchant_id', 'merchant_store_id', 'provider', 'currency'],
  ...['debit_account', 'credit_account', 'amount', 'payment_intent_id'],
];
const factsOf = (row: string) => `(${FACTS.map((fact) => `${row}.${fact}`).join(', ')})`;

// Refunds that end one after the other share the tax in the order in which they ended, which the rows do not tell: so
// the tax of all of them is compared. A day is at most 14 hours of a zone and 24 of a late beginning from its instant,
// which whoever looks for a stretch of time in the index by days relies on.
const COMPARE: Statement = {
  name: 'compare_movements_with_books',
  text: `select object_id, kind, organization_id, livemode, payment_intent_id, fault from (
      select m.object_id, m.kind, m.organization_id, m.livemode, m.payment_intent_id,
        case when e.object_id is null then 'missing'
          when ${factsOf('e')} is distinct from ${factsOf('m')} then 'differs'
          when count(*) over same_kind = count(e.object_id) over same_kind
            and sum(m.tax_amount) over same_kind <> sum(e.tax_amount) over same_kind then 'differs'
          when e.business_date - (e.created_at at time zone 'UTC')::date not between -2 and 1 then 'differs'
        end as fault
      from money_movements($1::text[]) m
      left join book_entries e on e.object_id = m.object_id and e.kind = m.kind
      window same_kind as (partition by m.payment_intent_id, m.kind)
    ) compared where fault is not null order by object_id, kind`,
};

/** What the rows of some payments moved, and the books do not say, or say otherwise. */
export async function listUnbooked(db: Db, payment_intent_ids: string[]): Promise<Disagreement[]> {
  return db.query<Disagreement>(COMPARE, [payment_intent_ids]);
}

const OF_ROWS = `('payment', 'refund', 'late_payment', 'late_payment_refund', 'late_payment_kept')`;

// Asked entry by entry, each of which is a few looks into indexes; all at once, every entry would be held against every
// movement.
const UNFOUNDED: Statement = {
  name: 'list_unfounded_book_entries',
  text: `select e.object_id, e.kind, e.organization_id, e.livemode, e.payment_intent_id, 'unexpected' as fault
    from unnest($1::text[], $2::text[]) as r (object_id, kind)
    join book_entries e on e.object_id = r.object_id and e.kind = r.kind
    where not exists (
      select from money_movements(array[e.payment_intent_id]) m where m.object_id = e.object_id and m.kind = e.kind)
    order by e.object_id, e.kind`,
};

export interface EntryKey {
  object_id: string;
  kind: BookKind;
  payment_intent_id: string | null;
}

/** Of entries that should follow from rows: those that follow from none. */
export async function listUnfounded(
  db: Db,
  entries: Pick<EntryKey, 'object_id' | 'kind'>[],
): Promise<Disagreement[]> {
  return db.query<Disagreement>(UNFOUNDED, [
    entries.map(({ object_id }) => object_id),
    entries.map(({ kind }) => kind),
  ]);
}

const PAYMENTS: Statement = {
  name: 'walk_payments_for_books',
  text: 'select id from payment_intents where id > $1 order by id limit $2',
};

export async function walkPayments(db: Db, after: string, limit: number): Promise<string[]> {
  return (await db.query<{ id: string }>(PAYMENTS, [after, limit])).map(({ id }) => id);
}

const ENTRIES: Statement = {
  name: 'walk_book_entries',
  text: `select object_id, kind, payment_intent_id from book_entries
    where object_id > $1 and kind in ${OF_ROWS} order by object_id limit $2`,
};

const ENTRIES_OF: Statement = {
  name: 'list_book_entries_of_object',
  text: `select object_id, kind, payment_intent_id from book_entries where object_id = $1 and kind in ${OF_ROWS}`,
};

/** In the order of what they are about; all entries of the last of these together. */
export async function walkEntries(db: Db, after: string, limit: number): Promise<EntryKey[]> {
  const found = await db.query<EntryKey>(ENTRIES, [after, limit]);
  const last = found.at(-1)?.object_id;
  if (last === undefined || found.length < limit) return found;
  const whole = await db.query<EntryKey>(ENTRIES_OF, [last]);
  return [...found.filter(({ object_id }) => object_id !== last), ...whole];
}

// Nothing has moved yet where these are told.
const EVENTS: Statement = {
  name: 'walk_events_for_books',
  text: `select id, case when type not in ('payment_intent.created', 'payment_intent.requires_action')
      then payment_intent_id end as payment_intent_id
    from events where id > $1 and id < $2 order by id limit $3`,
};

/** What changed lately, in the order in which it was told. */
export async function walkEvents(
  db: Db,
  after: string,
  before: string,
  limit: number,
): Promise<{ id: string; payment_intent_id: string | null }[]> {
  return db.query(EVENTS, [after, before, limit]);
}

export type Walk = 'events' | 'payments' | 'entries';

const FIND_WALKS: Statement = {
  name: 'list_book_checks',
  text: 'select walk, walked_to from book_checks',
};

export async function listWalks(db: Db): Promise<{ walk: Walk; walked_to: string }[]> {
  return db.query(FIND_WALKS);
}

const MOVE: Statement = {
  name: 'move_book_check',
  text: `insert into book_checks (walk, walked_to, finished_at, updated_at)
    values ($1, $2, case when $3::boolean then $4::timestamptz end, $4)
    on conflict (walk) do update set walked_to = excluded.walked_to, updated_at = excluded.updated_at,
      finished_at = coalesce(excluded.finished_at, book_checks.finished_at)`,
};

/** Two workers may walk the same stretch, which does no harm: what they find is the same. */
export async function moveWalk(
  tx: Tx,
  walk: Walk,
  walked_to: string,
  is_finished: boolean,
  now: string,
): Promise<void> {
  await tx.query(MOVE, [walk, walked_to, is_finished, now]);
}

const KEEP: Statement = {
  name: 'keep_book_disagreements',
  text: `insert into book_disagreements (object_id, kind, organization_id, livemode, payment_intent_id, fault, found_at)
    select r.object_id, r.kind, r.organization_id, r.livemode, r.payment_intent_id, r.fault, $7::timestamptz
    from unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::text[], $6::text[])
      as r (object_id, kind, organization_id, livemode, payment_intent_id, fault)
    on conflict (object_id, kind) do nothing returning object_id, kind`,
};

/** Returns those that nobody had found before. */
export async function keepDisagreements(
  tx: Tx,
  found: Disagreement[],
  now: string,
): Promise<Pick<Disagreement, 'object_id' | 'kind'>[]> {
  if (found.length === 0) return [];
  return tx.query(KEEP, [
    found.map(({ object_id }) => object_id),
    found.map(({ kind }) => kind),
    found.map(({ organization_id }) => organization_id),
    found.map(({ livemode }) => livemode),
    found.map(({ payment_intent_id }) => payment_intent_id),
    found.map(({ fault }) => fault),
    now,
  ]);
}

const KNOWN: Statement = {
  name: 'list_book_disagreements',
  text: `select object_id, kind, organization_id, livemode, payment_intent_id, fault from book_disagreements
    order by found_at, object_id, kind limit $1`,
};

/** The oldest first. */
export async function listDisagreements(db: Db, limit: number): Promise<Disagreement[]> {
  return db.query<Disagreement>(KNOWN, [limit]);
}

const FORGET: Statement = {
  name: 'forget_book_disagreements',
  text: `delete from book_disagreements d using unnest($1::text[], $2::text[]) as r (object_id, kind)
    where d.object_id = r.object_id and d.kind = r.kind`,
};

export async function forgetDisagreements(tx: Tx, settled: EntryKey[]): Promise<void> {
  if (settled.length === 0) return;
  await tx.query(FORGET, [settled.map(({ object_id }) => object_id), settled.map(({ kind }) => kind)]);
}

const COUNT: Statement = {
  name: 'count_book_disagreements',
  text: 'select count(*)::int as count from book_disagreements',
};

export async function countDisagreements(db: Db): Promise<number> {
  return (await db.query<{ count: number }>(COUNT))[0]?.count ?? 0;
}

const BOOK_MISSING: Statement = {
  name: 'book_missing_movements',
  text: 'with booked as (select book_missing_movements($1::text[]) as count) select count from booked',
};

/** Books what of some payments has moved and is in no book; says how many entries that were. */
export async function bookMissingMovements(tx: Tx, payment_intent_ids: string[]): Promise<number> {
  return (await tx.query<{ count: number }>(BOOK_MISSING, [payment_intent_ids]))[0]?.count ?? 0;
}

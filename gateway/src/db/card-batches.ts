// The days of the exchange with card processors, in the database. A row's `next_attempt_at` is its schedule. Who works
// on it holds a lease; what he writes names his claim, so that whoever was overtaken after a lapsed lease writes nothing.
import type { CardBatch } from '../domain/card-batch.ts';
import type { ConnectionOwner } from './card-processor-connections.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

const COLUMNS_OF: Columns<CardBatch> = {
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  business_date: 'date',
  step: 'text',
  attempts_made: 'int',
  next_attempt_at: 'timestamptz',
  leased_until: 'timestamptz',
  claims_count: 'int',
  error: 'text',
  mailed_at: 'timestamptz',
  uploaded_count: 'int',
  approved_count: 'int',
  uploaded_amount: 'bigint',
  upload_size: 'bigint',
  upload_sha256: 'text',
  uploaded_at: 'timestamptz',
  settlement_file_name: 'text',
  settlement_sha256: 'text',
  merchants_sha256: 'text',
  source: 'text',
  settlements_count: 'int',
  exceptions_count: 'int',
  finished_at: 'timestamptz',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
};
const batch_columns = describeColumns(COLUMNS_OF);
const COLUMNS = batch_columns.names;
const of = (alias: string) => COLUMNS.replaceAll(/\w+/g, (name) => `${alias}.${name}`);

export type NewCardBatch = Pick<
  CardBatch,
  'id' | 'organization_id' | 'livemode' | 'business_date' | 'next_attempt_at' | 'created_at'
>;
const new_batch = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  business_date: 'date',
  next_attempt_at: 'timestamptz',
  created_at: 'timestamptz',
} satisfies Columns<NewCardBatch>);

const INSERT: Statement = {
  name: 'insert_card_batches',
  text: `insert into card_batches (${new_batch.names}, step, updated_at)
    select ${new_batch.selected}, 'upload', r.created_at from ${new_batch.rows}
    on conflict (organization_id, livemode, business_date) do nothing`,
};

/** A day that has its row already keeps it. */
export async function insertCardBatches(tx: Tx, batches: NewCardBatch[]): Promise<void> {
  if (batches.length > 0) await tx.query(INSERT, new_batch.values(batches));
}

const FREE = `(b.leased_until is null or b.leased_until <= $1::timestamptz)`;
const TAKEN = `leased_until = $2::timestamptz, claims_count = b.claims_count + 1, updated_at = $1::timestamptz`;

// Of one connection the days come in their order, one at a time; a day that waits for another try holds up nobody.
const CLAIM: Statement = {
  name: 'claim_card_batches',
  text: `
    with due as materialized (
      select b.id from card_batches b
      join card_processor_connections c on c.organization_id = b.organization_id and c.livemode = b.livemode
      where b.next_attempt_at <= $1::timestamptz and ${FREE} and c.is_active
        and not exists (
          select from card_batches e
          where e.organization_id = b.organization_id and e.livemode = b.livemode
            and e.business_date < b.business_date and e.next_attempt_at <= $1::timestamptz)
      order by b.next_attempt_at, b.id limit $3::int for update of b skip locked
    )
    update card_batches b set ${TAKEN} from due where b.id = due.id
    returning ${of('b')}`,
};

/** Takes what is due, the oldest day of each connection; it comes back by itself at `lease_until`. */
export async function claimCardBatches(
  tx: Tx,
  now: string,
  lease_until: string,
  limit: number,
): Promise<CardBatch[]> {
  return tx.query<CardBatch>(CLAIM, [now, lease_until, limit]);
}

const CLAIM_ONE: Statement = {
  name: 'claim_card_batch',
  text: `update card_batches b set ${TAKEN} where b.id = $3 and ${FREE} returning ${of('b')}`,
};

/** Takes this one, due or not. Null: somebody is at work on it. */
export async function claimCardBatch(
  tx: Tx,
  id: string,
  now: string,
  lease_until: string,
): Promise<CardBatch | null> {
  return (await tx.query<CardBatch>(CLAIM_ONE, [now, lease_until, id]))[0] ?? null;
}

const LOCK: Statement = {
  name: 'lock_card_batch',
  text: `select ${COLUMNS} from card_batches where id = $1 for update`,
};

export async function lockCardBatch(tx: Tx, id: string): Promise<CardBatch | null> {
  return (await tx.query<CardBatch>(LOCK, [id]))[0] ?? null;
}

/** What a step, or a person, changes. Whose it is and of which day never changes. */
export type CardBatchState = Omit<
  CardBatch,
  'id' | 'organization_id' | 'livemode' | 'business_date' | 'leased_until' | 'claims_count' | 'created_at'
>;
const STATE: Columns<CardBatchState> = (() => {
  const { id: _i, organization_id: _o, livemode: _l, business_date: _d, ...others } = COLUMNS_OF;
  const { leased_until: _u, claims_count: _c, created_at: _a, ...state } = others;
  return state;
})();
const state_columns = Object.entries(STATE);

const UPDATE: Statement = {
  name: 'update_card_batch',
  text: `update card_batches b set leased_until = null, claims_count = b.claims_count + 1,
      ${state_columns.map(([name, type], at) => `${name} = $${at + 3}::${type}`).join(', ')}
    where b.id = $1 and b.claims_count = $2::int
    returning ${of('b')}`,
};

/** Writes the state and ends the claim. Null: somebody else has taken it since. */
export async function updateCardBatch(
  tx: Tx,
  { id, claims_count }: Pick<CardBatch, 'id' | 'claims_count'>,
  state: CardBatchState,
): Promise<CardBatch | null> {
  const values = state_columns.map(([name]) => state[name as keyof CardBatchState]);
  return (await tx.query<CardBatch>(UPDATE, [id, claims_count, ...values]))[0] ?? null;
}

const FIND: Statement = {
  name: 'find_card_batch',
  text: `select ${COLUMNS} from card_batches where id = $1`,
};

export async function findCardBatch(db: Db, id: string): Promise<CardBatch | null> {
  return (await db.query<CardBatch>(FIND, [id]))[0] ?? null;
}

const FIND_OF_DAY: Statement = {
  name: 'find_card_batch_of_day',
  text: `select ${COLUMNS} from card_batches
    where organization_id = $1 and livemode = $2 and business_date = $3::date`,
};

export async function findCardBatchOfDay(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
  business_date: string,
): Promise<CardBatch | null> {
  return (await db.query<CardBatch>(FIND_OF_DAY, [organization_id, livemode, business_date]))[0] ?? null;
}

export interface CardBatchFilter {
  step: string | null;
  business_date_gte: string | null;
  business_date_lte: string | null;
  starting_after: string | null;
  limit: number;
}

const LIST: Statement = {
  name: 'list_card_batches',
  text: `select ${COLUMNS} from card_batches
    where organization_id = $1 and livemode = $2 and ($3::text is null or step = $3)
      and ($4::date is null or business_date >= $4::date) and ($5::date is null or business_date <= $5::date)
      and ($6::text is null or id collate "C" < $6)
    order by id collate "C" desc limit $7::int`,
};

/** Those that were written last come first. */
export async function listCardBatches(
  db: Db,
  { organization_id, livemode }: ConnectionOwner,
  filter: CardBatchFilter,
): Promise<CardBatch[]> {
  const { step, business_date_gte, business_date_lte, starting_after, limit } = filter;
  const values = [step, business_date_gte, business_date_lte, starting_after, limit];
  return db.query<CardBatch>(LIST, [organization_id, livemode, ...values]);
}

// Idempotency keys and request signatures: what stops a repeated request from doing its work twice. They are
// written by the very statement that does the work, as parts of it.
import { writeOnce } from './lost-answers.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { compose, describeColumns, type Part } from './statement-parts.ts';

/**
 * A request as it leaves its mark in the database. `is_first` is true until a change has carried the mark;
 * from then on only the answer is still to be filled in.
 */
export interface RequestMark {
  key_id: Buffer | null;
  fingerprint: Buffer | null;
  /** Until then the request counts as running; afterwards a retry may take its work over. */
  locked_until: string;
  signature: Buffer | null;
  is_first: boolean;
  response_status: number | null;
  response_sealed: Buffer | null;
}

export interface IdempotencyKey {
  id: Buffer;
  organization_id: string;
  fingerprint: Buffer;
  response_status: number | null;
  response_sealed: Buffer | null;
  locked_until: string;
  created_at: string;
}

const new_key = describeColumns({
  change_id: 'text',
  key_id: 'bytea',
  fingerprint: 'bytea',
  response_status: 'smallint',
  response_sealed: 'bytea',
  locked_until: 'timestamptz',
});
const INSERT_KEY = `
  new_key as (
    insert into idempotency_keys
      (id, fingerprint, response_status, response_sealed, locked_until, organization_id, created_at)
    select r.key_id, r.fingerprint, r.response_status, r.response_sealed, r.locked_until,
           changed.organization_id, changed.updated_at
    from ${new_key.rows} join changed on changed.id = r.change_id
  )`;

const new_signature = describeColumns({ change_id: 'text', signature: 'bytea', key_id: 'bytea' });
const INSERT_SIGNATURE = `
  new_signature as (
    insert into request_signatures (signature, idempotency_key_id, organization_id, created_at)
    select r.signature, r.key_id, changed.organization_id, changed.updated_at
    from ${new_signature.rows} join changed on changed.id = r.change_id
  )`;

const new_answer = describeColumns({
  change_id: 'text',
  key_id: 'bytea',
  response_status: 'smallint',
  response_sealed: 'bytea',
});
const INSERT_ANSWER = `
  answer as (
    update idempotency_keys k set response_status = r.response_status, response_sealed = r.response_sealed
    from ${new_answer.rows} join changed on changed.id = r.change_id
    where k.id = r.key_id and k.response_status is null
  )`;

/** A mark, and the id of the row whose change carries it. */
export interface CarriedMark {
  change_id: string;
  mark: RequestMark;
}

/**
 * The parts that marks add to a statement, which names the rows that it changed
 * `changed (id, organization_id, updated_at)`: where it changed nothing, no mark is left either. A key or a
 * signature that exists already breaks a primary key, and with it the whole statement.
 */
export function markParts(marks: CarriedMark[]): Part[] {
  const rows = marks.map(({ change_id, mark }) => ({ change_id, ...mark }));
  const keys = rows.filter((row) => row.is_first && row.key_id !== null);
  const signatures = rows.filter((row) => row.is_first && row.signature !== null);
  const answers = rows.filter((row) => !row.is_first && row.key_id !== null && row.response_status !== null);
  const parts: Part[] = [];
  if (keys.length > 0) parts.push({ name: 'key', text: INSERT_KEY, values: new_key.values(keys) });
  if (signatures.length > 0) {
    parts.push({ name: 'signature', text: INSERT_SIGNATURE, values: new_signature.values(signatures) });
  }
  if (answers.length > 0)
    parts.push({ name: 'answer', text: INSERT_ANSWER, values: new_answer.values(answers) });
  return parts;
}

/** Constraint names by which a repetition shows itself. */
export const REPETITION_CONSTRAINTS: ReadonlySet<string> = new Set([
  'idempotency_keys_pkey',
  'request_signatures_pkey',
]);

/** For an answer that changed nothing else: a refusal, or the repetition of an earlier answer. */
export async function insertMark(
  tx: Tx,
  mark: RequestMark,
  organization_id: string,
  now: string,
): Promise<void> {
  const nothing: Part = {
    name: 'insert_mark',
    text: 'changed as (select $1::text as id, $2::text as organization_id, $3::timestamptz as updated_at)',
    values: ['nothing', organization_id, now],
  };
  const parts = [nothing, ...markParts([{ change_id: 'nothing', mark }])];
  const { statement, values } = compose(parts, 'select 1');
  const { key_id, fingerprint, locked_until } = mark;
  await writeOnce({
    write: async () => {
      await tx.query(statement, values);
      return [true];
    },
    findWritten: async () => {
      const key = key_id === null ? null : await findIdempotencyKey(tx, key_id);
      const is_own = key?.locked_until === locked_until && fingerprint?.equals(key.fingerprint) === true;
      return [is_own || null];
    },
  });
}

const FIND_KEY: Statement = {
  name: 'find_idempotency_key',
  text: 'select * from idempotency_keys where id = $1',
};

export async function findIdempotencyKey(db: Db, id: Buffer): Promise<IdempotencyKey | null> {
  const rows = await db.query<IdempotencyKey>(FIND_KEY, [id]);
  return rows[0] ?? null;
}

const FIND_SIGNATURE: Statement = {
  name: 'find_request_signature',
  text: 'select idempotency_key_id from request_signatures where signature = $1',
};

/** The key under which a signature was first seen: a Buffer, null for "without a key", undefined for never. */
export async function findSignatureKey(db: Db, signature: Buffer): Promise<Buffer | null | undefined> {
  const rows = await db.query<{ idempotency_key_id: Buffer | null }>(FIND_SIGNATURE, [signature]);
  return rows[0]?.idempotency_key_id;
}

const TAKE_OVER: Statement = {
  name: 'take_over_idempotency_key',
  text: `update idempotency_keys set locked_until = $3
    where id = $1 and response_status is null and locked_until <= $2 returning 1`,
};

/** Take over the work of a request whose process died. Only one of several retries gets it. */
export async function takeOverIdempotencyKey(
  tx: Tx,
  id: Buffer,
  now: string,
  locked_until: string,
): Promise<boolean> {
  return (await tx.query(TAKE_OVER, [id, now, locked_until])).length > 0;
}

const REMEMBER_SIGNATURE: Statement = {
  name: 'remember_signature',
  text: `insert into request_signatures (signature, organization_id, idempotency_key_id, created_at)
    values ($1, $2, $3, $4) on conflict do nothing`,
};

/** A retry is signed anew; its signature, too, is good for its key only. */
export async function insertSignature(
  tx: Tx,
  signature: Buffer,
  organization_id: string,
  key_id: Buffer | null,
  now: string,
): Promise<void> {
  await tx.query(REMEMBER_SIGNATURE, [signature, organization_id, key_id, now]);
}

const RELEASE: Statement = {
  name: 'release_idempotency_key',
  text: 'update idempotency_keys set locked_until = $2 where id = $1 and response_status is null',
};

/** The work stopped with an answer that is not kept (an unknown outcome): a retry may go on at once. */
export async function releaseIdempotencyKey(tx: Tx, id: Buffer, now: string): Promise<void> {
  await tx.query(RELEASE, [id, now]);
}

const PURGE: Statement = {
  name: 'purge_request_marks',
  text: `with old_keys as (
      delete from idempotency_keys where id in
        (select id from idempotency_keys where created_at < $1 order by created_at limit $3 for update skip locked)
      returning 1
    ), old_signatures as (
      delete from request_signatures where signature in
        (select signature from request_signatures where created_at < $2 order by created_at limit $3
         for update skip locked)
      returning 1
    )
    select (select count(*) from old_keys) + (select count(*) from old_signatures) as purged`,
};

/** Forget keys and signatures that are past their time, a batch at a time. Returns how many went. */
export async function deleteOldMarks(
  tx: Tx,
  keys_before: string,
  signatures_before: string,
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ purged: number }>(PURGE, [keys_before, signatures_before, limit]);
  return rows[0]?.purged ?? 0;
}

// Once only: a request that is sent again does not do its work again. Nothing is asked beforehand; the work
// itself carries the request's mark into the database, and where the mark is there already, the earlier
// request is found, replayed, waited for, or, when its process died, its work is finished.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { isAnswerLost } from '../db/failures.ts';
import {
  deleteOldMarks,
  findIdempotencyKey,
  findSignatureKey,
  insertMark,
  insertSignature,
  REPETITION_CONSTRAINTS,
  type RequestMark,
  releaseIdempotencyKey,
  takeOverIdempotencyKey,
} from '../db/idempotency-keys.ts';
import { type Tx, violatedConstraint } from '../db/pool.ts';
import { GatewayError } from '../domain/error.ts';
import { open, seal } from '../domain/secret-box.ts';

export interface Answer {
  status: number;
  content_type: string;
  body: string;
}

/** What of a request decides whether it is the same one again. */
export interface RequestIdentity {
  /** Null until known: a token names its organization only through its intent. */
  organization_id: string | null;
  /** SHA-256 over key holder, method, path and key; null when the request has no key. */
  key_id: Buffer | null;
  /** SHA-256 of the body. */
  fingerprint: Buffer;
  /** The bytes of the request's signature; null when a token authorised it. */
  signature: Buffer | null;
}

/** The mark on its way through the use case, which fills in the organization and, with the change, the answer. */
export interface Mark extends RequestMark {
  organization_id: string | null;
}

/** Longer than any provider call may take: a request that is older than this has lost its process. */
const LEASE_MS = 30_000;

/**
 * Do `work` once for a request. `keepable` renders a refusal that must be repeated to a retry, or null for
 * one that a retry may overcome (validation, 401, 429, 5xx).
 */
export async function onceOnly(
  context: Context,
  request: RequestIdentity,
  work: (mark: Mark) => Promise<Answer>,
  keepable: (error: unknown) => Answer | null,
): Promise<Answer & { replayed: boolean }> {
  const mark: Mark = {
    organization_id: request.organization_id,
    key_id: request.key_id,
    fingerprint: request.fingerprint,
    locked_until: instant(context, LEASE_MS),
    signature: request.signature,
    is_first: true,
    response_status: null,
    response_sealed: null,
  };
  try {
    return await doAndKeep(context, mark, work);
  } catch (error) {
    if (mark.is_first && (mark.key_id !== null || mark.signature !== null)) {
      const earlier = await findEarlier(context, mark, error);
      if (earlier === 'taken_over') return await finish(context, mark, work, keepable);
      if (earlier !== null) return { ...earlier, replayed: true };
    }
    await keepRefusal(context, mark, error, keepable);
    throw error;
  }
}

async function finish(
  context: Context,
  mark: Mark,
  work: (mark: Mark) => Promise<Answer>,
  keepable: (error: unknown) => Answer | null,
): Promise<Answer & { replayed: boolean }> {
  try {
    return await doAndKeep(context, mark, work);
  } catch (error) {
    await keepRefusal(context, mark, error, keepable);
    throw error;
  }
}

async function doAndKeep(
  context: Context,
  mark: Mark,
  work: (mark: Mark) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const answer = await work(mark);
  await keep(context, mark, answer);
  return { ...answer, replayed: false };
}

/** Put the answer on the mark; the change that carries the mark then stores it in the same statement. */
export function completeMark(context: Context, mark: Mark | null, answer: Answer | null): void {
  if (mark === null) return;
  mark.response_status = answer?.status ?? null;
  mark.response_sealed =
    answer === null || mark.key_id === null
      ? null
      : seal(context.master_key, `${answer.content_type}\n${answer.body}`, sealContext(mark.key_id));
}

/** Leave the mark without an answer, before work that no change announces. Throws where it is there already. */
export async function claim(context: Context, mark: Mark): Promise<void> {
  if (!mark.is_first || mark.organization_id === null) return;
  if (mark.key_id === null && mark.signature === null) return;
  completeMark(context, mark, null);
  await insertMark(context.db, mark, mark.organization_id, instant(context));
  mark.is_first = false;
}

/** For an answer that no change carried: a repetition of the same confirm, or a refusal. */
async function keep(context: Context, mark: Mark, answer: Answer): Promise<void> {
  if (!mark.is_first && mark.response_status !== null) return;
  if (mark.organization_id === null || (mark.key_id === null && mark.signature === null)) return;
  completeMark(context, mark, answer);
  await insertMark(context.db, mark, mark.organization_id, instant(context));
  mark.is_first = false;
}

/** A change that takes several statements, with its answer kept in the same transaction: all of it, or nothing. */
export async function answerInTransaction(
  context: Context,
  mark: Mark | null,
  organization_id: string,
  work: (tx: Tx) => Promise<Answer>,
): Promise<Answer> {
  const answer = await context.db.withTransaction(async (tx) => {
    const answered = await work(tx);
    completeMark(context, mark, answered);
    if (mark !== null) await insertMark(tx, mark, organization_id, instant(context));
    return answered;
  });
  if (mark !== null) mark.is_first = false;
  return answer;
}

async function keepRefusal(
  context: Context,
  mark: Mark,
  error: unknown,
  keepable: (error: unknown) => Answer | null,
): Promise<void> {
  const answer = keepable(error);
  if (answer !== null) {
    mark.response_status = null;
    await keep(context, mark, answer).catch((failure: unknown) => {
      // A request that runs at the same time has left its mark first; its answer counts, ours is only lost.
      if (!isRepetition(failure)) throw failure;
    });
  } else if (!mark.is_first && mark.key_id !== null) {
    await releaseIdempotencyKey(context.db, mark.key_id, instant(context));
  }
}

function isRepetition(error: unknown): boolean {
  return REPETITION_CONSTRAINTS.has(violatedConstraint(error) ?? '');
}

/** What an earlier request with this key or signature left: its answer, its work, or nothing. */
async function findEarlier(
  context: Context,
  mark: Mark,
  refusal: unknown,
): Promise<Answer | 'taken_over' | null> {
  const key = mark.key_id === null ? null : await findIdempotencyKey(context.db, mark.key_id);
  const seen = mark.signature === null ? undefined : await findSignatureKey(context.db, mark.signature);
  // A statement whose answer was lost may have left it; only a key could tell whose it is.
  if (key === null && mark.key_id === null && isAnswerLost(refusal)) return null;
  // A signature is good for the key that it came with first; another's answer is not for who presents it.
  if (seen !== undefined && (key === null || seen === null || !seen.equals(key.id))) {
    throw new GatewayError(
      'unauthorized',
      'This signature was used already. Sign every request anew; a retry keeps its Idempotency-Key.',
    );
  }
  if (key === null) return null;
  await rememberSignature(context, mark, key.organization_id);
  if (mark.fingerprint !== null && !key.fingerprint.equals(mark.fingerprint)) {
    context.metrics.repetitions.inc({ met: 'another_body' });
    // Who could prove nothing does not learn either that the key was used.
    if (refusal instanceof GatewayError && refusal.status === 401) throw refusal;
    throw new GatewayError(
      'idempotency_conflict',
      'This Idempotency-Key was used with another body. Use a new key for a new request.',
      { field: 'Idempotency-Key', constraint: 'same_body' },
    );
  }
  if (key.response_status !== null && key.response_sealed !== null) {
    context.metrics.repetitions.inc({ met: 'answer' });
    const text = open(context.opening_keys, key.response_sealed, sealContext(key.id)).toString('utf8');
    const end = text.indexOf('\n');
    return { status: key.response_status, content_type: text.slice(0, end), body: text.slice(end + 1) };
  }
  const taken_over = await takeOverIdempotencyKey(
    context.db,
    key.id,
    instant(context),
    instant(context, LEASE_MS),
  );
  context.metrics.repetitions.inc({ met: taken_over ? 'abandoned_work' : 'running_request' });
  if (!taken_over) {
    throw new GatewayError(
      'idempotency_conflict',
      'The first request with this Idempotency-Key is still running. Try again in a moment.',
      { field: 'Idempotency-Key', constraint: 'in_progress' },
      { retry_after_seconds: 1 },
    );
  }
  mark.organization_id = key.organization_id;
  mark.is_first = false;
  mark.response_status = null;
  return 'taken_over';
}

/** A retry is signed anew, and that signature, too, is good for this key only. */
async function rememberSignature(context: Context, mark: Mark, organization_id: string): Promise<void> {
  if (mark.signature === null) return;
  await insertSignature(context.db, mark.signature, organization_id, mark.key_id, instant(context));
}

function sealContext(key_id: Buffer): string {
  return `idempotency_keys.response:${key_id.toString('hex')}`;
}

/** A key is kept for a day at least, a signature until its timestamp is refused anyway. */
const KEY_LIFE_MS = 25 * 3_600_000;
const SIGNATURE_LIFE_MS = 15 * 60_000;

export function purgeRequestMarks(context: Context, limit: number): Promise<number> {
  return deleteOldMarks(
    context.db,
    instant(context, -KEY_LIFE_MS),
    instant(context, -SIGNATURE_LIFE_MS),
    limit,
  );
}

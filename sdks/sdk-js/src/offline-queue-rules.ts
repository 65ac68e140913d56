// What becomes of a kept entry when something is known of it: the gateway's refusal, a fresh token, the same confirm once
// more. Pure; offline-queue.ts carries it out.
import type { PendingConfirm } from './confirm-sender.ts';
import { type MPACError, makeError } from './errors.ts';
import { type StoredEntry, storeError } from './offline-queue-entry.ts';
import { makeIdempotencyKey } from './platform.ts';
import { findWayOut } from './terminal-report.ts';

/**
 * After a refusal: what is sent again at once, because another token or a reference that tells payments apart is at hand;
 * else `null`, and a person, or a fresh token, has to come.
 */
export function continueWith(entry: StoredEntry, error: MPACError): StoredEntry | null {
  if (error.kind === 'invalid_token') {
    const { fresh_token, ...rest } = entry;
    if (fresh_token === undefined) return null;
    return { ...rest, confirm: { ...entry.confirm, payment_token: fresh_token } };
  }
  const fields = findWayOut(entry, error);
  if (fields === null) return null;
  // The refusal is stored under the key, and the body is another one: it is a new request.
  return { ...entry, confirm: { ...entry.confirm, fields, idempotency_key: makeIdempotencyKey() } };
}

export function refuse(entry: StoredEntry, error: MPACError): StoredEntry {
  const state = error.kind === 'invalid_token' ? 'token_needed' : 'refused';
  return { ...entry, state, error: storeError(error) };
}

/**
 * A token that the gateway has refused is replaced at once. One that may have been accepted, as nobody heard the answer,
 * is kept until it is refused: under the same Idempotency-Key only the same body gets the first answer again.
 */
export function takeToken(entry: StoredEntry, payment_token: string): StoredEntry {
  const { error: _, ...rest } = entry;
  if (entry.state === 'refused') return entry;
  if (entry.confirm.payment_token === payment_token)
    return entry.state === 'launched' ? entry : { ...rest, state: 'waiting' };
  if (entry.state === 'waiting') return { ...entry, fresh_token: payment_token };
  const state = entry.state === 'token_needed' ? 'waiting' : entry.state;
  return { ...rest, state, confirm: { ...entry.confirm, payment_token } };
}

/** The launch that this confirm reports, or the same confirm that waits already, because a person pressed twice. */
export function findSame(entries: StoredEntry[], confirm: PendingConfirm): StoredEntry | undefined {
  const { payment_intent, idempotency_key, fields } = confirm;
  const launched = entries.find(({ id }) => id === idempotency_key);
  if (launched !== undefined) return launched;
  const text = JSON.stringify(fields);
  return entries.find(
    (one) =>
      (one.state === 'waiting' || one.state === 'token_needed') &&
      one.confirm.payment_intent === payment_intent &&
      JSON.stringify(one.confirm.fields) === text,
  );
}

/** What `findSame` has found, with this confirm in it. */
export function merge(entry: StoredEntry, confirm: PendingConfirm): StoredEntry {
  const { payment_token } = entry.confirm;
  if (entry.state !== 'launched') return takeToken(entry, confirm.payment_token || payment_token);
  // The token of the launch, or a fresher one that came meanwhile.
  return { ...entry, state: 'waiting', confirm: { ...confirm, payment_token } };
}

/** While nobody knows whether a card was charged for an intent, nothing else is taken for it. */
export function findObstacle(entries: StoredEntry[], confirm: PendingConfirm): MPACError | null {
  const { payment_intent, idempotency_key } = confirm;
  const open = entries.find(
    (one) =>
      one.state === 'launched' && one.confirm.payment_intent === payment_intent && one.id !== idempotency_key,
  );
  return open === undefined ? null : unresolvedLaunch(open.id, open.launch?.transaction_id);
}

export function unresolvedLaunch(id: string, transaction_id: string | undefined): MPACError {
  return makeError('invalid_request', {
    code: 'launch_unresolved',
    message: 'The card app was opened for this payment before, and nobody has said yet how that ended.',
    details: { id, transaction_id },
  });
}

export function keptError(entry: StoredEntry): MPACError {
  return makeError('connection_error', {
    message: 'There is no answer yet. The confirm is kept and sent again by itself.',
    idempotency_key: entry.confirm.idempotency_key,
  });
}

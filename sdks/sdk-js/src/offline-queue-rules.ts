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

/** What is refused for good needs its token no more, and a token that nobody needs is not kept. */
export function refuse(entry: StoredEntry, error: MPACError): StoredEntry {
  const stored = { ...entry, error: storeError(error) };
  if (error.kind === 'invalid_token') return { ...stored, state: 'token_needed' };
  return { ...stored, state: 'refused', confirm: { ...entry.confirm, payment_token: '' } };
}

/** Whether a refusal of `sent` says anything about what is stored now: another page may have gone on with it. */
export function isStillSent({ state, confirm }: StoredEntry, sent: PendingConfirm): boolean {
  const { idempotency_key, payment_token } = confirm;
  return (
    state === 'waiting' && idempotency_key === sent.idempotency_key && payment_token === sent.payment_token
  );
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
  const launched = entries.find(({ id, state }) => id === idempotency_key && state === 'launched');
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

/**
 * While nobody knows whether a card was charged for an intent, nothing else is taken for it. While a confirm of it is
 * kept, no app is launched and no cash is taken, which can be given back; what a terminal has taken is written down all
 * the same, and the gateway says which of the two was late.
 */
export function findObstacle(entries: StoredEntry[], confirm: PendingConfirm): MPACError | null {
  const { payment_intent, idempotency_key } = confirm;
  const others = entries.filter(
    ({ id, confirm }) => confirm.payment_intent === payment_intent && id !== idempotency_key,
  );
  const open = others.find(({ state }) => state === 'launched');
  if (open !== undefined) {
    return makeError('invalid_request', {
      code: 'launch_unresolved',
      message: 'The card app was opened for this payment before, and nobody has said yet how that ended.',
      details: { id: open.id, transaction_id: open.launch?.transaction_id },
    });
  }
  const kept = others.find((one) => holdsMoney(one) && one !== findSame(others, confirm));
  if (isOfTerminal(confirm) || kept === undefined) return null;
  return makeError('invalid_payment_state', {
    code: 'payment_under_way',
    message: 'A confirm of this payment is kept already, and is not settled. Nothing else was taken for it.',
    details: { id: kept.id, state: kept.state },
  });
}

/** Cash that was refused can be given back, or told once more; what a card was charged cannot. */
function holdsMoney({ state, confirm }: StoredEntry): boolean {
  return state !== 'refused' || confirm.fields.external_ref_id !== undefined;
}

function isOfTerminal({ fields }: PendingConfirm): boolean {
  return fields.external_ref_id !== undefined || fields.external_status !== undefined;
}

export function keptError(entry: StoredEntry): MPACError {
  return makeError('connection_error', {
    message: 'There is no answer yet. The confirm is kept and sent again by itself.',
    idempotency_key: entry.confirm.idempotency_key,
  });
}

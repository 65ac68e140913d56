// What is written about keys in the background: when each was last used, and which of them still hold a secret
// whose time is over. No request waits for any of it.
import type { Db, Statement, Tx } from './pool.ts';

export interface KeyUse {
  id: string;
  used_at: string;
  /** When its previous secret was used, if it was. */
  previous_used_at: string | null;
}

// Several processes see one key; a row is written at most once a minute, whoever comes.
const NOTE_USES: Statement = {
  name: 'note_api_key_uses',
  text: `update api_keys k
    set last_used_at = greatest(k.last_used_at, r.used_at),
        previous_secret_last_used_at = greatest(k.previous_secret_last_used_at, r.previous_used_at)
    from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as r (id, used_at, previous_used_at)
    where k.id = r.id
      and (k.last_used_at is null or k.last_used_at <= r.used_at - interval '1 minute'
        or r.previous_used_at is not null and (k.previous_secret_last_used_at is null
          or k.previous_secret_last_used_at <= r.previous_used_at - interval '1 minute'))`,
};

export async function updateKeyUses(tx: Tx, uses: KeyUse[]): Promise<void> {
  const columns = [uses.map((u) => u.id), uses.map((u) => u.used_at), uses.map((u) => u.previous_used_at)];
  await tx.query(NOTE_USES, columns);
}

const LIST_ENDED: Statement = {
  name: 'list_ended_secrets',
  text: `select id, secret_sealed from api_keys where previous_secret_expires_at <= $1
    order by previous_secret_expires_at limit $2`,
};

/** Keys whose previous secret no longer signs and lies in its box still. */
export async function listEndedSecrets(
  db: Db,
  now: string,
  limit: number,
): Promise<{ id: string; secret_sealed: Buffer }[]> {
  return db.query(LIST_ENDED, [now, limit]);
}

const DELETE_ENDED: Statement = {
  name: 'delete_ended_secret',
  text: `update api_keys
    set secret_sealed = $3, previous_secret_expires_at = null, previous_secret_last_used_at = null
    where id = $1 and secret_sealed = $2 and previous_secret_expires_at <= $4 returning 1`,
};

/** Leave the present secret alone in its box. False when the key was rolled meanwhile. */
export async function deleteEndedSecret(
  tx: Tx,
  key: { id: string; secret_sealed: Buffer },
  secret_sealed: Buffer,
  now: string,
): Promise<boolean> {
  return (await tx.query(DELETE_ENDED, [key.id, key.secret_sealed, secret_sealed, now])).length > 0;
}

// What providers sent us, kept as it came, and the attempts that it names.
import type { Attempt } from '../domain/attempt.ts';
import type { Db, Statement, Tx } from './pool.ts';

export interface StoredNotification {
  id: string;
  provider: string;
  dedupe_key: string;
  attempt_id: string | null;
  provider_payment_id: string | null;
  body: Buffer;
  received_at: string;
  attempts_made: number;
}

const INSERT: Statement = {
  name: 'insert_notification',
  text: `insert into provider_notifications
      (id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at, next_attempt_at)
    values ($1, $2, $3, $4, $5, $6, $7, $7)
    on conflict (provider, dedupe_key) do nothing`,
};

/** The same news twice is one row. */
export async function insertNotification(
  tx: Tx,
  notification: Omit<StoredNotification, 'attempts_made'>,
): Promise<void> {
  const { id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at } = notification;
  await tx.query(INSERT, [id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at]);
}

const CLAIM: Statement = {
  name: 'claim_due_notifications',
  text: `update provider_notifications n set next_attempt_at = $2, attempts_made = attempts_made + 1
    where id in (select id from provider_notifications where next_attempt_at <= $1
                 order by next_attempt_at limit $3 for update skip locked)
    returning n.*`,
};

export async function claimDueNotifications(
  tx: Tx,
  now: string,
  lease_until: string,
  limit: number,
): Promise<StoredNotification[]> {
  return tx.query<StoredNotification>(CLAIM, [now, lease_until, limit]);
}

const DONE: Statement = {
  name: 'update_notification',
  text: 'update provider_notifications set next_attempt_at = null, result = $2 where id = $1',
};

export async function updateNotification(tx: Tx, id: string, result: string): Promise<void> {
  await tx.query(DONE, [id, result]);
}

const FIND_ATTEMPT: Statement = {
  name: 'find_attempt_for_notification',
  // Our id where it was sent back, else the provider's, which it gave us with an earlier answer.
  text: `select * from payment_attempts where adapter = $1 and id = $2
    union all
    select * from payment_attempts where adapter = $1 and provider_payment_id = $3 and $2::text is null
    limit 1`,
};

export async function findAttemptForNotification(
  db: Db,
  notification: Pick<StoredNotification, 'provider' | 'attempt_id' | 'provider_payment_id'>,
): Promise<Attempt | null> {
  const { provider, attempt_id, provider_payment_id } = notification;
  return (await db.query<Attempt>(FIND_ATTEMPT, [provider, attempt_id, provider_payment_id]))[0] ?? null;
}

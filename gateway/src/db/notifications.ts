// What providers sent us, kept as it came, until what it names has been put before the look-ups.
import type { Statement, Tx } from './pool.ts';

export interface NewNotification {
  id: string;
  provider: string;
  dedupe_key: string;
  attempt_id: string | null;
  provider_payment_id: string | null;
  body: Buffer;
  received_at: string;
  /** Of a file that is announced; it is due to be fetched at once. */
  file_url?: string;
}

const INSERT: Statement = {
  name: 'insert_notification',
  text: `insert into provider_notifications
      (id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at, file_url, next_attempt_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, case when $8::text is not null then $7::timestamptz end)
    on conflict (provider, dedupe_key) do nothing`,
};

/** The same news twice is one row. */
export async function insertNotification(tx: Tx, notification: NewNotification): Promise<void> {
  const { id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at } = notification;
  const { file_url = null } = notification;
  const values = [id, provider, dedupe_key, attempt_id, provider_payment_id, body, received_at, file_url];
  await tx.query(INSERT, values);
}

export interface WorkedOffNotification {
  id: string;
  provider: string;
  /** `not_provable`: about a live payment, from somebody who could be anybody. */
  result: 'look_up_due' | 'unknown_payment' | 'not_provable';
}

const WORK_OFF: Statement = {
  name: 'work_off_notifications',
  // An attempt is found by our id where that was sent back, else by the provider's, which came with an earlier
  // answer. Being due since its beginning puts it before all others of its merchant: it is probably paid. One
  // that is being changed at this moment is left for the next run, because waiting here could be a deadlock.
  text: `
    with waiting as materialized (
      select id, provider, attempt_id, provider_payment_id from provider_notifications
      where worked_off_at is null and file_url is null
      order by received_at limit $2 for update skip locked
    ),
    named as materialized (
      select w.id, w.provider, found.id as attempt_id,
             case when found.id is null then 'unknown_payment'
                  when found.livemode and w.provider <> all ($3::text[]) then 'not_provable'
                  else 'look_up_due' end as result
      from waiting w left join lateral (
        select a.id, a.livemode from payment_attempts a where a.adapter = w.provider and a.id = w.attempt_id
        union all
        select a.id, a.livemode from payment_attempts a
        where a.adapter = w.provider and a.provider_payment_id = w.provider_payment_id and w.attempt_id is null
        limit 1
      ) found on true
    ),
    locked as materialized (
      select p.id from payment_attempts p
      where p.id in (select attempt_id from named where result = 'look_up_due')
      for no key update skip locked
    ),
    hastened as (
      update payment_attempts p set next_check_at = p.created_at from locked where p.id = locked.id
    )
    update provider_notifications n set worked_off_at = $1, result = named.result
    from named
    where n.id = named.id
      and (named.result <> 'look_up_due' or named.attempt_id in (select id from locked))
    returning n.id, n.provider, n.result`,
};

/** Make the attempts due that up to `limit` notifications name. `provable`: the providers whose calls are proven. */
export async function workOffNotifications(
  tx: Tx,
  now: string,
  limit: number,
  provable: string[],
): Promise<WorkedOffNotification[]> {
  return tx.query<WorkedOffNotification>(WORK_OFF, [now, limit, provable]);
}

const PURGE: Statement = {
  name: 'purge_notifications',
  text: `delete from provider_notifications where id in
      (select id from provider_notifications where worked_off_at < $1 order by worked_off_at limit $2
       for update skip locked)
    returning id`,
};

/** Forget what was worked off before a time, a batch at a time. Returns how many went. */
export async function deleteOldNotifications(tx: Tx, before: string, limit: number): Promise<number> {
  return (await tx.query(PURGE, [before, limit])).length;
}

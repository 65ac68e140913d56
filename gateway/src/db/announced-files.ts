// Files that providers announced, as they wait in the inbox to be fetched. A row's `next_attempt_at` is its schedule;
// who claims it pushes that forward by a lease.
import type { Statement, Tx } from './pool.ts';

export interface AnnouncedFile {
  id: string;
  provider: string;
  file_url: string;
  received_at: string;
  attempts_made: number;
}

const CLAIM: Statement = {
  name: 'claim_announced_file',
  text: `
    with due as materialized (
      select id from provider_notifications
      where worked_off_at is null and file_url is not null and next_attempt_at <= $1
      order by next_attempt_at limit 1 for update skip locked
    )
    update provider_notifications n set next_attempt_at = $2, attempts_made = n.attempts_made + 1
    from due where n.id = due.id
    returning n.id, n.provider, n.file_url, n.received_at, n.attempts_made`,
};

/** The file that has waited longest, or null; it comes back by itself at `lease_until`. */
export async function claimAnnouncedFile(
  tx: Tx,
  now: string,
  lease_until: string,
): Promise<AnnouncedFile | null> {
  return (await tx.query<AnnouncedFile>(CLAIM, [now, lease_until]))[0] ?? null;
}

const RESCHEDULE: Statement = {
  name: 'reschedule_announced_file',
  text: `update provider_notifications set next_attempt_at = $2 where id = $1 and worked_off_at is null`,
};

export async function updateAnnouncedFileSchedule(tx: Tx, id: string, next: string): Promise<void> {
  await tx.query(RESCHEDULE, [id, next]);
}

const END: Statement = {
  name: 'end_announced_file',
  text: `update provider_notifications set worked_off_at = $2, result = $3 where id = $1 and worked_off_at is null`,
};

/** Nothing more is done about it; `result` says what was. */
export async function endAnnouncedFile(tx: Tx, id: string, now: string, result: string): Promise<void> {
  await tx.query(END, [id, now, result]);
}

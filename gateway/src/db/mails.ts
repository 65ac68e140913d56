// Mails on their way: a row is written with what it tells of, is claimed when its time has come, and keeps what
// became of it. A claim is a lease: a worker that dies gives its rows back by doing nothing.
import type { Statement, Tx } from './pool.ts';
import { describeColumns } from './statement-parts.ts';

export interface Mail {
  id: string;
  organization_id: string;
  recipient: string;
  subject: string;
  body: string;
  attempts_made: number;
  created_at: string;
}

export interface NewMail {
  id: string;
  organization_id: string;
  livemode: boolean | null;
  recipient: string;
  subject: string;
  body: string;
  /** Also when it is due: at once. */
  created_at: string;
}

const new_mail = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  recipient: 'text',
  subject: 'text',
  body: 'text',
  created_at: 'timestamptz',
});

const INSERT: Statement = {
  name: 'insert_mails',
  text: `
    insert into mails (${new_mail.names}, next_attempt_at, updated_at)
    select ${new_mail.selected}, created_at, created_at from ${new_mail.rows}
    on conflict (id) do nothing`,
};

/** Mails that a worker sends from now on. One that is there already is left as it is, sent or not. */
export async function insertMails(tx: Tx, mails: NewMail[]): Promise<void> {
  if (mails.length > 0) await tx.query(INSERT, new_mail.values(mails));
}

const CLAIM: Statement = {
  name: 'claim_mails',
  text: `
    update mails m set next_attempt_at = $2::timestamptz
    where id in (select id from mails where next_attempt_at <= $1::timestamptz
                 order by next_attempt_at limit $3::int for update skip locked)
    returning id, organization_id, recipient, subject, body, attempts_made, created_at`,
};

/** Takes due mails for sending them now; they come back by themselves at `lease_until`. */
export async function claimMails(tx: Tx, now: string, lease_until: string, limit: number): Promise<Mail[]> {
  return tx.query<Mail>(CLAIM, [now, lease_until, limit]);
}

export interface MailOutcome {
  id: string;
  status: 'pending' | 'sent' | 'failed' | 'not_configured';
  attempts_made: number;
  next_attempt_at: string | null;
  error: string | null;
}

const RECORD: Statement = {
  name: 'record_mail_outcome',
  // Whoever comes second after a lapsed lease finds another number of attempts.
  text: `update mails
    set status = $2, attempts_made = $3::int, next_attempt_at = $4::timestamptz, error = $5, updated_at = $6::timestamptz
    where id = $1 and status = 'pending' and attempts_made in ($3::int - 1, $3::int)`,
};

export async function recordMailOutcome(tx: Tx, outcome: MailOutcome, now: string): Promise<void> {
  const { id, status, attempts_made, next_attempt_at, error } = outcome;
  await tx.query(RECORD, [id, status, attempts_made, next_attempt_at, error, now]);
}

const PURGE: Statement = {
  name: 'delete_old_mails',
  text: `delete from mails where id in (
    select id from mails where next_attempt_at is null and updated_at < $1::timestamptz
    order by updated_at limit $2::int)
    returning 1`,
};

/** Mails that were done with before an instant. How many went. */
export async function deleteOldMails(tx: Tx, before: string, limit: number): Promise<number> {
  return (await tx.query(PURGE, [before, limit])).length;
}

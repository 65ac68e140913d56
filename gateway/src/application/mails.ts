// Mails that wait are sent here, each for more than a day. Without a mail server they are kept as not_configured, and
// the log says so: that somebody should have been told must not be silent.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { claimMails, deleteOldMails, type Mail, recordMailOutcome } from '../db/mails.ts';
import { assertNoTransaction } from '../db/pool.ts';
import { nextMailAttempt } from '../domain/retry-schedule.ts';

/** Longer than sending the whole of a claim may take. */
const LEASE_MS = 180_000;
const AT_ONCE = 4;

/** Sends what is due, a few at once. How many mails were tried. */
export async function sendDueMails(context: Context): Promise<number> {
  const mails = await claimMails(context.db, instant(context), instant(context, LEASE_MS), AT_ONCE);
  await Promise.all(mails.map((mail) => sendMail(context, mail)));
  return mails.length;
}

async function sendMail(context: Context, mail: Mail): Promise<void> {
  const { id, organization_id, attempts_made } = mail;
  const facts = { mail: id, organization: organization_id };
  const write = (outcome: Omit<Parameters<typeof recordMailOutcome>[1], 'id'>) =>
    recordMailOutcome(context.db, { id, ...outcome }, instant(context));
  if (context.mailer === null) {
    context.log.warn(facts, 'a mail is not sent: set MPAC_SMTP_URL and MPAC_MAIL_FROM');
    return write({ status: 'not_configured', attempts_made, next_attempt_at: null, error: null });
  }
  assertNoTransaction();
  const { recipient: to, subject, body: text } = mail;
  const answer = await context.mailer.send({ id, to, subject, text });
  const made = attempts_made + 1;
  if (answer.kind === 'sent') {
    context.log.info(facts, 'mail sent');
    return write({ status: 'sent', attempts_made: made, next_attempt_at: null, error: null });
  }
  const next_ms = nextMailAttempt({
    attempts_made: made,
    now_ms: context.now(),
    random: context.random(),
  });
  const next_attempt_at = next_ms === null ? null : new Date(next_ms).toISOString();
  const status = next_ms === null ? 'failed' : 'pending';
  const line = { ...facts, attempt: made, error: answer.message, next_attempt_at };
  if (status === 'failed') context.log.error(line, 'a mail could not be sent and is given up');
  else context.log.warn(line, 'a mail could not be sent and is tried again');
  return write({ status, attempts_made: made, next_attempt_at, error: answer.message });
}

const KEPT_MS = 90 * 86_400_000;

export function purgeMails(context: Context, limit: number): Promise<number> {
  return deleteOldMails(context.db, instant(context, -KEPT_MS), limit);
}

// One attempt at a file of the accounting export: it is made from the books, or taken from the archive, and sent; and
// what came of it is written down with the event and the mail that tell of it. After the last attempt one mail tells a
// person.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { type AccountingExportConfig, findAccountingExportConfig } from '../db/accounting-export-configs.ts';
import { recordAccountingExport } from '../db/accounting-exports.ts';
import { findOrganizationRow } from '../db/organizations.ts';
import { assertNoTransaction } from '../db/pool.ts';
import {
  type AccountingExport,
  accountingExportResource,
  EXPORT_RETRY_MS,
  exportDirectory,
  MOST_EXPORT_RETRIES,
} from '../domain/accounting-export.ts';
import { makeExportMail } from '../domain/export-mail.ts';
import { openExportCredentials, SEALED_OTHERWISE } from './accounting-export-configs.ts';
import { isArchived, openArchived, removeParts, writeExportFile } from './accounting-export-files.ts';
import { makeEvent } from './make-event.ts';

type Attempt =
  | { kind: 'delivered' | 'kept'; row: AccountingExport }
  | { kind: 'failed'; row: AccountingExport; message: string };

/** One attempt at a file that the caller holds, and what came of it. */
export async function attemptExport(context: Context, held: AccountingExport): Promise<AccountingExport> {
  const config = await findAccountingExportConfig(context.db, held);
  const attempt = await makeAndDeliver(context, held, config).catch((error: unknown): Attempt => {
    // A fault of ours is an attempt, too: one that stays comes to an end, and a person hears of it.
    context.log.error({ err: error, export: held.id }, 'an accounting export ended in a fault');
    return { kind: 'failed', row: held, message: FAULT };
  });
  return record(context, held, attempt, config);
}

const FAULT = 'The gateway itself failed at it. Its log says at what.';

async function makeAndDeliver(
  context: Context,
  held: AccountingExport,
  config: AccountingExportConfig | null,
): Promise<Attempt> {
  const made = await makeFile(context, held);
  return made.kind === 'failed' || config === null ? made : deliver(context, made.row, config);
}

async function makeFile(context: Context, held: AccountingExport): Promise<Attempt> {
  // A later attempt sends the file that the first one made.
  if (held.attempts_made > 0 && (await isArchived(context, held))) return { kind: 'kept', row: held };
  await removeParts(context, held);
  const written = await writeExportFile(context, held, held.leased_until ?? '');
  if (written.kind === 'failed') return { ...written, row: held };
  return { kind: 'kept', row: { ...held, ...written.facts } };
}

async function deliver(
  context: Context,
  row: AccountingExport,
  config: AccountingExportConfig,
): Promise<Attempt> {
  const { host, port, username, host_key } = config;
  if (host_key === null) {
    const message = `No host key is pinned for ${host}. Test the connection, compare the key that it shows, and save it.`;
    return { kind: 'failed', row, message };
  }
  const credentials = openExportCredentials(context, config);
  if (credentials === null) return { kind: 'failed', row, message: SEALED_OTHERWISE };
  assertNoTransaction();
  const answer = await context.files.sftpUpload(
    { host, port, username, host_key, ...credentials },
    {
      directory: exportDirectory(config.directory, row.merchant_id),
      make_directory: true,
      name: row.file_name,
      size: row.size ?? 0,
      open: () => openArchived(context, row),
    },
  );
  return answer.kind === 'done'
    ? { kind: 'delivered', row }
    : { kind: 'failed', row, message: answer.message };
}

async function record(
  context: Context,
  held: AccountingExport,
  attempt: Attempt,
  config: AccountingExportConfig | null,
): Promise<AccountingExport> {
  const now = instant(context);
  const attempts_made = held.attempts_made + 1;
  const is_last = attempts_made > MOST_EXPORT_RETRIES;
  const ended = { ...attempt.row, attempts_made, leased_until: null, updated_at: now, next_attempt_at: null };
  const after: AccountingExport =
    attempt.kind !== 'failed'
      ? {
          ...ended,
          status: attempt.kind,
          error: null,
          delivered_at: attempt.kind === 'delivered' ? now : held.delivered_at,
        }
      : {
          ...ended,
          error: attempt.message,
          ...(is_last
            ? { status: 'failed' as const }
            : { status: 'pending' as const, next_attempt_at: instant(context, EXPORT_RETRY_MS) }),
        };
  const mail = after.status === 'failed' ? await makeMail(context, after, config) : null;
  if (mail !== null) after.mailed_at = now;
  const type = { delivered: 'export.succeeded', failed: 'export.failed', kept: null, pending: null } as const;
  const told = type[after.status];
  const event = told === null ? null : { ...makeEvent(context, told, accountingExportResource(after)) };
  const { leased_until } = held;
  if (!(await recordAccountingExport(context.db, { after, leased_until, event, mail }))) {
    context.log.warn(
      { export: held.id },
      'what came of an accounting export is not kept: its hold has lapsed',
    );
    return held;
  }
  tell(context, after);
  if (event !== null) context.wakeWorker?.('fan_out');
  return after;
}

function tell(context: Context, { id, status, attempts_made, error, file_name }: AccountingExport): void {
  const facts = { export: id, file_name, attempt: attempts_made };
  context.metrics.accounting_exports.inc({ result: status === 'pending' ? 'tried_again' : status });
  if (error === null) context.log.info({ ...facts, status }, 'accounting export made');
  else if (status === 'pending') context.log.warn({ ...facts, error }, 'an accounting export is tried again');
  else context.log.error({ ...facts, error }, 'an accounting export could not be sent and is given up');
}

/** Where the merchant has no address of its own, the organization's hears of it; where none is, the log alone does. */
async function makeMail(context: Context, failed: AccountingExport, config: AccountingExportConfig | null) {
  const organization = await findOrganizationRow(context.db, failed.organization_id);
  const recipient = config?.mail_to ?? organization?.notification_email ?? null;
  if (recipient === null) return null;
  return { id: context.makeId('ml'), recipient, ...makeExportMail(failed, config?.language ?? 'ja') };
}

/**
 * Whether the archive of this machine has the file; where another machine made it, the books make it once more. Several
 * may do so at once, and beside a worker: each has a part of his own, and all come to the same bytes.
 */
export async function bringToArchive(context: Context, row: AccountingExport): Promise<boolean> {
  if (row.sha256 === null) return false;
  if (await isArchived(context, row)) return true;
  const written = await writeExportFile(context, row, `${instant(context)}-${context.makeId('req')}`);
  if (written.kind === 'failed') return isArchived(context, row);
  return written.facts.sha256 === row.sha256;
}

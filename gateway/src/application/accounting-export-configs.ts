// Where a merchant's accounting exports go, as a backend or an operator sets it: saved, shown, tested, taken away. The
// private key is checked when it is saved, lies sealed, and is never told again; its public half always is.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  type AccountingExportConfig,
  deleteAccountingExportConfig,
  type ExportOwner,
  findAccountingExportConfig,
  listConfigsAtAccount,
  upsertAccountingExportConfig,
} from '../db/accounting-export-configs.ts';
import { findMerchant } from '../db/merchant-lists.ts';
import { assertNoTransaction } from '../db/pool.ts';
import { DEFAULT_DIRECTORY, type ExportFormat, exportDirectory } from '../domain/accounting-export.ts';
import { addDays, businessDateOf, isBusinessDate, JAPAN } from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';
import type { MailLanguage } from '../domain/export-mail.ts';
import { open, SecretBoxError, seal } from '../domain/secret-box.ts';
import { refuseTransferHost, transferPolicy } from '../outbound/address-guard.ts';
import { createSshKey, readPrivateKey } from '../outbound/ssh-key.ts';
import { makeAuditEntry } from './audit.ts';
import { type Answer, completeMark } from './idempotency.ts';
import { readMailAddress } from './organization-settings.ts';
import { jsonAnswer } from './payment-intents.ts';
import type { ChangeOrigin } from './webhook-endpoints.ts';

/** What is left out stays as it is, and has its default at first. Null and the empty text take away. */
export interface AccountingExportSettings {
  formats?: ExportFormat[];
  host?: string;
  port?: number;
  username?: string;
  private_key?: string;
  passphrase?: string;
  /** A new key takes the place of the one before; its public half is in the answer. */
  generate_key?: boolean;
  host_key?: string | null;
  directory?: string;
  mail_to?: string;
  language?: MailLanguage;
  is_active?: boolean;
  starts_on?: string;
}

export function exportConfigResource(config: AccountingExportConfig): Record<string, unknown> {
  const { organization_id: _, credentials_sealed: _sealed, version: _version, ...rest } = config;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return { object: 'accounting_export_config', ...Object.fromEntries(given) };
}

export async function saveAccountingExportConfig(
  context: Context,
  owner: ExportOwner,
  wanted: AccountingExportSettings,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  if ((await findMerchant(context.db, owner.organization_id, owner.livemode, owner.merchant_id)) === null)
    throw new GatewayError('not_found', 'There is no merchant with this id.');
  const credentials = readCredentials(wanted);
  for (;;) {
    const before = await findAccountingExportConfig(context.db, owner);
    const after = makeConfig(context, owner, wanted, before, credentials);
    await refuseSharedDirectory(context, after);
    const answer = jsonAnswer(200, exportConfigResource(after));
    const { private_key: _, passphrase: _passphrase, ...details } = wanted;
    const audit = makeAuditEntry(context, actor, {
      ...owner,
      action: 'accounting_export.configured',
      object_id: owner.merchant_id,
      details: { ...details, ...(credentials && { public_key: credentials.public_key }) },
    });
    completeMark(context, mark, answer);
    if (!(await upsertAccountingExportConfig(context.db, after, { audit, mark }))) continue;
    if (mark !== null) mark.is_first = false;
    return answer;
  }
}

interface NewCredentials {
  private_key: string;
  passphrase: string | null;
  public_key: string;
}

/** Null: those that there are stay. */
function readCredentials(wanted: AccountingExportSettings): NewCredentials | null {
  const { private_key, passphrase = null, generate_key = false } = wanted;
  if (private_key === undefined && passphrase !== null)
    throw refused('passphrase', 'A passphrase belongs to a private_key. Send both.');
  if (private_key === undefined) return generate_key ? { passphrase: null, ...createSshKey() } : null;
  if (generate_key) throw refused('generate_key', 'Send a private_key, or let one be made, not both.');
  const read = readPrivateKey(private_key, passphrase);
  if (read.kind === 'refused') throw refused('private_key', read.message);
  return { private_key, passphrase, public_key: read.public_key };
}

function makeConfig(
  context: Context,
  owner: ExportOwner,
  wanted: AccountingExportSettings,
  before: AccountingExportConfig | null,
  credentials: NewCredentials | null,
): AccountingExportConfig {
  const now = instant(context);
  const { username = before?.username, mail_to, starts_on } = wanted;
  const host = wanted.host?.trim().toLowerCase() ?? before?.host;
  if (host === undefined) throw refused('host', 'host is missing: where the SFTP server is.', 'required');
  if (username === undefined) throw refused('username', 'username is missing.', 'required');
  if (before === null && credentials === null) {
    throw refused(
      'private_key',
      'Send a private_key, or let one be made with generate_key: true.',
      'required',
    );
  }
  const port = wanted.port ?? before?.port ?? 22;
  const refusal = refuseTransferHost(host, transferPolicy(context.config));
  if (refusal !== null) throw refused('host', refusal, 'public_address');
  if (port !== 22 && port < 1_024) throw refused('port', 'port must be 22 or at least 1024.', 'range');
  if (/[\r\n]/.test(username)) throw refused('username', 'username must be one line.');
  // A pin is of one server: another one has to prove itself anew.
  const is_same_server = before?.host === host && before.port === port;
  const { private_key = '', passphrase = null, public_key = '' } = credentials ?? {};
  return {
    ...owner,
    formats: wanted.formats ?? before?.formats ?? ['json'],
    host,
    port,
    username,
    credentials_sealed:
      credentials === null && before !== null
        ? before.credentials_sealed
        : seal(context.master_key, JSON.stringify({ private_key, passphrase }), exportKeyContext(owner)),
    public_key: credentials === null ? (before?.public_key ?? '') : public_key,
    host_key:
      wanted.host_key === undefined ? (is_same_server ? before.host_key : null) : wanted.host_key || null,
    directory: checkDirectory(wanted.directory ?? before?.directory ?? DEFAULT_DIRECTORY),
    mail_to: mail_to === undefined ? (before?.mail_to ?? null) : readMailAddress('mail_to', mail_to),
    language: wanted.language ?? before?.language ?? 'ja',
    is_active: wanted.is_active ?? before?.is_active ?? true,
    starts_on:
      starts_on === undefined
        ? (before?.starts_on ?? businessDateOf(now, JAPAN))
        : checkStart(businessDateOf(now, JAPAN), starts_on),
    version: (before?.version ?? 0) + 1,
    created_at: before?.created_at ?? now,
    updated_at: now,
  };
}

function checkDirectory(directory: string): string {
  const parts = directory.split('/');
  const is_path = !/\p{Cc}/u.test(directory) && !parts.includes('..') && !parts.includes('.');
  if (is_path && directory !== '') return directory;
  throw refused(
    'directory',
    'directory must be a path such as /exports/mpac/{merchant_id}/, without dots alone.',
  );
}

const MOST_DAYS_BACK = 400;

function checkStart(today: string, starts_on: string): string {
  if (isBusinessDate(starts_on) && starts_on >= addDays(today, -MOST_DAYS_BACK)) return starts_on;
  throw refused(
    'starts_on',
    `starts_on must be a day such as ${today}, at most ${MOST_DAYS_BACK} days ago. Earlier days are run by hand.`,
  );
}

/** In one directory files of two merchants, or of test and live, could take each other's place. */
async function refuseSharedDirectory(context: Context, config: AccountingExportConfig): Promise<void> {
  const placeOf = ({ directory, merchant_id }: Pick<AccountingExportConfig, 'directory' | 'merchant_id'>) =>
    exportDirectory(directory, merchant_id).split('/').filter(Boolean).join('/');
  const others = (await listConfigsAtAccount(context.db, config)).filter(
    (other) => other.merchant_id !== config.merchant_id || other.livemode !== config.livemode,
  );
  if (!others.some((other) => placeOf(other) === placeOf(config))) return;
  throw refused(
    'directory',
    'Exports of another merchant, or of the other mode, go to this directory of this account already. Choose ' +
      'another one; {merchant_id} in it stands for the merchant.',
    'own_directory',
  );
}

export async function getAccountingExportConfig(
  context: Context,
  owner: ExportOwner,
): Promise<AccountingExportConfig> {
  const config = await findAccountingExportConfig(context.db, owner);
  if (config !== null) return config;
  throw new GatewayError('not_found', 'There is no accounting export for a merchant with this id.');
}

/** No more files are made by themselves. Those that wait to be sent stay in the archive. */
export async function removeAccountingExportConfig(
  context: Context,
  owner: ExportOwner,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  await getAccountingExportConfig(context, owner);
  const { merchant_id } = owner;
  const answer = jsonAnswer(200, { object: 'accounting_export_config', merchant_id, deleted: true });
  const audit = makeAuditEntry(context, actor, {
    ...owner,
    action: 'accounting_export.removed',
    object_id: merchant_id,
  });
  completeMark(context, mark, answer);
  if (!(await deleteAccountingExportConfig(context.db, owner, instant(context), { audit, mark })))
    throw new GatewayError('not_found', 'There is no accounting export for a merchant with this id.');
  if (mark !== null) mark.is_first = false;
  return answer;
}

export interface ExportTest {
  object: 'accounting_export_test';
  status: 'succeeded' | 'failed';
  /** What went wrong, in a word and in a sentence. */
  failure?: string;
  message: string;
  directory: string;
  /** As the server showed it. */
  host_key?: string;
}

/** Goes the way that a file would go, and tells the server's host key, so that a person can compare and pin it. */
export async function testAccountingExport(context: Context, owner: ExportOwner): Promise<ExportTest> {
  const config = await getAccountingExportConfig(context, owner);
  const directory = exportDirectory(config.directory, owner.merchant_id);
  const about = { object: 'accounting_export_test', directory } as const;
  assertNoTransaction();
  const seen = await context.files.sftpHostKey(config);
  if (seen.kind === 'failed') {
    return { ...about, status: 'failed', failure: seen.failure, message: seen.message };
  }
  const { host_key } = seen;
  if (config.host_key === null) {
    const message =
      'The server answers and shows this host key. Compare it with what the accounting system says of its server, and ' +
      'save it as host_key: nothing is sent before.';
    return { ...about, status: 'failed', failure: 'host_key_not_pinned', message, host_key };
  }
  const credentials = openExportCredentials(context, config);
  if (credentials === null) {
    return { ...about, status: 'failed', failure: 'key_not_readable', message: SEALED_OTHERWISE, host_key };
  }
  const { host, port, username } = config;
  const target = { host, port, username, host_key: config.host_key, ...credentials };
  const answer = await context.files.sftpTest(target, directory);
  if (answer.kind === 'failed') {
    return { ...about, status: 'failed', failure: answer.failure, message: answer.message, host_key };
  }
  return { ...about, status: 'succeeded', message: 'Files can be sent.', host_key };
}

/** The place that a sealed key belongs to. */
export function exportKeyContext({ organization_id, livemode, merchant_id }: ExportOwner): string {
  const mode = livemode ? 'live' : 'test';
  return `accounting_export_configs.credentials:${organization_id}:${mode}:${merchant_id}`;
}

export const SEALED_OTHERWISE =
  'The private key cannot be opened: it was sealed with another master key. Save a new one.';

/** Null: the key is not for our master keys to open. */
export function openExportCredentials(
  context: Context,
  config: AccountingExportConfig,
): { private_key: string; passphrase: string | null } | null {
  try {
    const box = open(context.opening_keys, config.credentials_sealed, exportKeyContext(config));
    return JSON.parse(box.toString('utf8')) as { private_key: string; passphrase: string | null };
  } catch (error) {
    if (error instanceof SecretBoxError) return null;
    throw error;
  }
}

function refused(field: string, message: string, constraint = 'format'): GatewayError {
  return new GatewayError('invalid_request', message, { field, constraint });
}

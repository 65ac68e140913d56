// How an organization reaches its card processor: set, told, tested and taken away by its backend or by the operator.
// The password is sealed where it lies and told to nobody again; whoever points the connection elsewhere gives it anew,
// so that it never goes to a server that it was not meant for.
import { X509Certificate } from 'node:crypto';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  type CardProcessorConnection,
  type ConnectionOwner,
  deleteCardProcessorConnection as deleteRow,
  findCardProcessorConnection,
  listConnectionOwners,
  listKnownMerchants,
  putCardProcessorConnection as putRow,
} from '../db/card-processor-connections.ts';
import { assertNoTransaction } from '../db/pool.ts';
import { addDays, businessDateOf, isBusinessDate, JAPAN } from '../domain/business-date.ts';
import type { MailLanguage } from '../domain/card-batch-mail.ts';
import { GatewayError } from '../domain/error.ts';
import { open, seal } from '../domain/secret-box.ts';
import { refuseTransferHost, transferPolicy } from '../outbound/address-guard.ts';
import type { FtpTarget } from '../outbound/transfer.ts';
import { makeAuditEntry } from './audit.ts';
import { type Answer, completeMark } from './idempotency.ts';
import { readMailAddress } from './organization-settings.ts';
import { jsonAnswer } from './payment-intents.ts';
import { type ChangeOrigin, getOrganizationOwner } from './webhook-endpoints.ts';

export interface ConnectionSettings {
  host: string;
  port?: number;
  username: string;
  /** Left out: the one that is there stays, as long as host, port, username and TLS stay. */
  password?: string;
  tls?: FtpTarget['tls'];
  tls_ca?: string;
  upload_directory?: string;
  download_directory?: string;
  merchant_numbers?: Record<string, string>;
  mail_to?: string;
  language?: MailLanguage;
  is_active?: boolean;
  /** The first day whose batch is run. */
  starts_on?: string;
}

/** How far back a first day may lie: what is older the processor has settled long ago. */
const LONGEST_BACK_DAYS = 90;

export function cardProcessorConnectionResource(
  connection: Omit<CardProcessorConnection, 'password_sealed' | 'next_business_date'>,
): Record<string, unknown> {
  const { livemode, host, port, username, tls, tls_ca, upload_directory, download_directory } = connection;
  const { merchant_numbers, mail_to, language, is_active, starts_on, created_at, updated_at } = connection;
  return {
    object: 'card_processor_connection',
    livemode,
    host,
    port,
    username,
    tls,
    ...(tls_ca !== null && { tls_ca }),
    upload_directory,
    download_directory,
    ...(merchant_numbers !== null && { merchant_numbers }),
    ...(mail_to !== null && { mail_to }),
    language,
    is_active,
    starts_on,
    created_at,
    updated_at,
  };
}

/** Sets all of it; what is left out gets its default, apart from the password and the first day, which stay. */
export async function saveCardProcessorConnection(
  context: Context,
  owner: ConnectionOwner,
  wanted: ConnectionSettings,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  const { organization_id, livemode } = owner;
  await checkMerchants(context, owner, wanted.merchant_numbers);
  for (;;) {
    const before = await findCardProcessorConnection(context.db, owner);
    const settings = readSettings(context, wanted, before);
    const password = readPassword(wanted, settings, before);
    const now = instant(context);
    const connection = {
      organization_id,
      livemode,
      ...settings,
      version: (before?.version ?? 0) + 1,
      created_at: before?.created_at ?? now,
      updated_at: now,
    };
    const answer = jsonAnswer(200, cardProcessorConnectionResource(connection));
    const { tls_ca: _, merchant_numbers, ...told } = settings;
    const audit = makeAuditEntry(context, actor, {
      organization_id,
      livemode,
      action: 'card_processor_connection.updated',
      object_id: organization_id,
      details: {
        ...told,
        merchant_numbers_count: Object.keys(merchant_numbers ?? {}).length,
        password_changed: password !== null,
      },
    });
    completeMark(context, mark, answer);
    const password_sealed =
      password === null ? null : seal(context.master_key, password, connectionPasswordContext(owner));
    if (!(await putRow(context.db, { connection, password_sealed, audit, mark }))) continue;
    if (mark !== null) mark.is_first = false;
    return answer;
  }
}

type Settings = Omit<
  CardProcessorConnection,
  keyof ConnectionOwner | 'password_sealed' | 'next_business_date' | 'version' | 'created_at' | 'updated_at'
>;

function readSettings(
  context: Context,
  wanted: ConnectionSettings,
  before: CardProcessorConnection | null,
): Settings {
  const { port = 21, tls = 'when_offered', tls_ca = null, merchant_numbers = null } = wanted;
  const { upload_directory = '/upload', download_directory = '/download', language = 'ja' } = wanted;
  const { is_active = true, mail_to } = wanted;
  const host = wanted.host.trim().toLowerCase();
  const refusal = refuseTransferHost(host, transferPolicy(context.config));
  if (refusal !== null) throw invalid('host', 'public_address', refusal);
  if (port !== 21 && port < 1_024) throw invalid('port', 'range', 'port must be 21 or at least 1024.');
  if (tls_ca !== null && !isCertificate(tls_ca))
    throw invalid(
      'tls_ca',
      'format',
      'tls_ca must be a certificate in PEM and nothing else: BEGIN, END, no key.',
    );
  for (const field of ['username', 'password'] as const) {
    if (/[\r\n]/.test(wanted[field] ?? ''))
      throw invalid(field, 'format', `${field} must be one line: no server takes another.`);
  }
  checkDirectory('upload_directory', upload_directory);
  checkDirectory('download_directory', download_directory);
  return {
    host,
    port,
    username: wanted.username,
    tls,
    tls_ca,
    upload_directory,
    download_directory,
    merchant_numbers,
    mail_to: mail_to === undefined ? null : readMailAddress('mail_to', mail_to),
    language,
    is_active,
    starts_on: readFirstDay(context, wanted.starts_on, before),
  };
}

function readFirstDay(
  context: Context,
  wanted: string | undefined,
  before: CardProcessorConnection | null,
): string {
  const today = businessDateOf(instant(context), JAPAN);
  if (wanted === undefined) return before?.starts_on ?? today;
  const earliest = addDays(today, -LONGEST_BACK_DAYS);
  if (isBusinessDate(wanted) && (wanted >= earliest || wanted === before?.starts_on)) return wanted;
  throw invalid('starts_on', 'range', `starts_on must be a day such as ${today}, from ${earliest} on.`);
}

/** Null: the one that is there stays. */
function readPassword(
  wanted: ConnectionSettings,
  settings: Settings,
  before: CardProcessorConnection | null,
): string | null {
  if (wanted.password !== undefined) return wanted.password;
  if (before === null) throw invalid('password', 'required', 'password is required.');
  const moved = (['host', 'port', 'username', 'tls', 'tls_ca'] as const).find(
    (field) => settings[field] !== before[field],
  );
  if (moved === undefined) return null;
  throw invalid('password', 'required', `password is required again, because ${moved} changes.`);
}

async function checkMerchants(
  context: Context,
  owner: ConnectionOwner,
  merchant_numbers: Record<string, string> | undefined,
): Promise<void> {
  const entries = Object.entries(merchant_numbers ?? {});
  if (entries.length === 0) return;
  const known = await listKnownMerchants(
    context.db,
    owner,
    entries.map(([, id]) => id),
  );
  const unknown = entries.find(([, id]) => !known.includes(id));
  if (unknown === undefined) return;
  const field = `merchant_numbers.${unknown[0]}`;
  throw invalid(field, 'exists', `${field} names no merchant of yours. Synchronise it first.`);
}

function checkDirectory(field: string, directory: string): void {
  const is_plain = !/[\p{Cc}\u2028\u2029]/u.test(directory) && !directory.split('/').includes('..');
  if (is_plain && directory !== '') return;
  throw invalid(field, 'format', `${field} must be a folder such as /upload, without "..".`);
}

/** It is told to whoever looks at the connection, so that a key that stands beside it must not come in. */
function isCertificate(pem: string): boolean {
  try {
    return !pem.includes('PRIVATE KEY') && new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function invalid(field: string, constraint: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { field, constraint });
}

export async function getCardProcessorConnection(
  context: Context,
  owner: ConnectionOwner,
): Promise<CardProcessorConnection> {
  const connection = await findCardProcessorConnection(context.db, owner);
  if (connection !== null) return connection;
  throw new GatewayError(
    'not_found',
    'There is no connection to a card processor. Set one with PUT /v1/card_processor_connection.',
  );
}

/** For the command line: whose connection is meant, where no organization was named. */
export async function findConnectionOwner(
  context: Context,
  { organization, live }: { organization?: string; live: boolean },
): Promise<ConnectionOwner> {
  if (organization !== undefined) {
    const { organization_id, livemode } = await getOrganizationOwner(context, organization, live);
    return { organization_id, livemode };
  }
  const owners = await listConnectionOwners(context.db, live);
  const [owner] = owners;
  const mode = live ? 'live' : 'test';
  if (owner === undefined)
    throw new GatewayError(
      'not_found',
      `No organization has a connection to a card processor for ${mode} payments.`,
    );
  if (owners.length === 1) return owner;
  const message = `Several organizations have a connection for ${mode} payments: name one with --organization.`;
  throw new GatewayError('invalid_request', message, { field: 'organization', constraint: 'required' });
}

/** For the command line, where what is left out stays as it is. Without the password, which stays by itself. */
export async function findCurrentSettings(
  context: Context,
  owner: ConnectionOwner,
): Promise<Partial<ConnectionSettings>> {
  const connection = await findCardProcessorConnection(context.db, owner);
  if (connection === null) return {};
  const { host, port, username, tls, tls_ca, upload_directory, download_directory } = connection;
  const { merchant_numbers, mail_to, language, is_active, starts_on } = connection;
  return {
    ...{ host, port, username, tls, upload_directory, download_directory, language, is_active, starts_on },
    ...(tls_ca !== null && { tls_ca }),
    ...(merchant_numbers !== null && { merchant_numbers }),
    ...(mail_to !== null && { mail_to }),
  };
}

/** Nothing is sent or fetched any more. The days that were are kept. */
export async function deleteCardProcessorConnection(
  context: Context,
  owner: ConnectionOwner,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  const { host, username } = await getCardProcessorConnection(context, owner);
  const answer = jsonAnswer(200, { object: 'card_processor_connection', deleted: true });
  const audit = makeAuditEntry(context, actor, {
    ...owner,
    action: 'card_processor_connection.deleted',
    object_id: owner.organization_id,
    details: { host, username },
  });
  completeMark(context, mark, answer);
  if (!(await deleteRow(context.db, owner, instant(context), { audit, mark })))
    await getCardProcessorConnection(context, owner);
  else if (mark !== null) mark.is_first = false;
  return answer;
}

/** Logs in and looks into both folders, as a batch would. What is wrong is a value, for a person to read. */
export async function testCardProcessorConnection(
  context: Context,
  owner: ConnectionOwner,
): Promise<Record<string, unknown>> {
  const connection = await getCardProcessorConnection(context, owner);
  assertNoTransaction();
  const { upload_directory, download_directory } = connection;
  const folders = [upload_directory, download_directory];
  const answer = await context.files.ftpTest(ftpTargetOf(context, connection), folders);
  const result = answer.kind === 'done' ? { status: 'succeeded' } : { status: 'failed', ...reasonOf(answer) };
  return { object: 'card_processor_connection_test', ...result };
}

const reasonOf = ({ failure, message }: { failure: string; message: string }) => ({ failure, message });

/** The place that a sealed password belongs to. */
export function connectionPasswordContext({ organization_id, livemode }: ConnectionOwner): string {
  return `card_processor_connections.password:${organization_id}:${livemode}`;
}

export function ftpTargetOf(context: Context, connection: CardProcessorConnection): FtpTarget {
  const { host, port, username, password_sealed, tls, tls_ca } = connection;
  const password = open(context.opening_keys, password_sealed, connectionPasswordContext(connection));
  return {
    host,
    port,
    username,
    password: password.toString('utf8'),
    tls,
    ...(tls_ca !== null && { tls_ca }),
  };
}

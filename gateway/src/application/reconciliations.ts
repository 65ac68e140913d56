// Imports a provider's file of a day: reads it to its end before anything is written, matches it in batches, and lets
// all of it count at once, together with what the file should have and has not. It changes no payment: exceptions
// are for people, and each payment that one names is asked about once more.
import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  beginReconciliationFiles,
  countOpenExceptions,
  deleteUnfinishedFiles,
  listSameFiles,
  type NewReconciliationFile,
  type ReconciliationFile,
  type ReplacedFile,
} from '../db/reconciliation-files.ts';
import { businessDateOf, JAPAN } from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';
import { isId } from '../domain/id.ts';
import type { ExceptionKind, ReconciliationRow } from '../domain/reconciliation.ts';
import {
  type FileFacts,
  type ReconciliationReader,
  UnreadableFileError,
} from '../providers/reconciliation-contract.ts';
import { findProviderByName } from '../providers/registry.ts';
import type { Actor } from './audit.ts';
import { finishImport } from './reconciliation-ends.ts';
import { type FileParts, matchRows, type OwnPart } from './reconciliation-matches.ts';
import { listOwners } from './reconciliation-owners.ts';

/** Many times a busy day of a large chain. It is held in memory, so it has an end. */
export const MOST_FILE_BYTES = 64 * 1_024 * 1_024;

const BATCH = 500;
/** An import takes seconds; one that has said nothing for so long has died. */
const ABANDONED_MS = 15 * 60_000;

export interface FileToImport {
  provider: string;
  bytes: Buffer;
  file_name: string;
  /** Where the file's name does not say it: which account it is of, and which day, as `2026-01-14`. */
  account?: string;
  date?: string;
  livemode: boolean;
  source: 'notification' | 'by_hand';
}

export interface ImportedFile {
  id: string;
  organization_id: string;
  /** `already_imported`: the same bytes were imported before, and nothing was done. */
  result: 'imported' | 'already_imported';
  payments_count: number;
  refunds_count: number;
  unknown_count: number;
  exceptions: Partial<Record<ExceptionKind, number>>;
  /** The file of the same day that it takes the place of, and how many open exceptions went with that. */
  replaced: { id: string; open_exceptions: number } | null;
}

export interface ImportReport extends FileFacts {
  provider: string;
  livemode: boolean;
  file_name: string;
  rows_count: number;
  /** One for each organization that the file concerns. */
  files: ImportedFile[];
}

/** Which provider's files can be read, and how. */
export function getReconciliationReader(provider: string): ReconciliationReader {
  const reader = findProviderByName(provider)?.reconciliation;
  if (reader !== undefined) return reader;
  throw new GatewayError('provider_not_supported', `${provider} has no files that can be reconciled.`);
}

/** Fails with an UnreadableFileError, before anything is written, when the file cannot be right. */
export async function importReconciliationFile(
  context: Context,
  wanted: FileToImport,
  actor: Actor,
): Promise<ImportReport> {
  const { provider, bytes, file_name, livemode } = wanted;
  const reader = getReconciliationReader(provider);
  const facts = factsOf(reader, wanted);
  const { contents, rows } = reader.open(bytes, facts.account);
  let rows_count = 0;
  let in_period = 0;
  const given_back = new Set<string>();
  for await (const row of rows) {
    rows_count += 1;
    if (row.happened_at >= facts.period_begins_at && row.happened_at < facts.period_ends_at) in_period += 1;
    if (row.state === 'refunded' && isId('pa', row.reference ?? '')) given_back.add(row.reference ?? '');
  }
  // Under a wrong name it would take the place of the right file, and all of that day's payments would be missing.
  if (rows_count > 0 && in_period === 0)
    throw new UnreadableFileError('Not one row is of the time that the file is said to tell of.');

  const account = { provider, account: facts.account, livemode };
  const now = instant(context);
  const business_date = businessDateOf(facts.period_begins_at, JAPAN);
  const makeFile = (organization_id: string): NewReconciliationFile => ({
    id: context.makeId('rf'),
    organization_id,
    ...account,
    contents,
    file_name,
    sha256: createHash('sha256').update(bytes).digest(),
    source: wanted.source,
    period_begins_at: facts.period_begins_at,
    period_ends_at: facts.period_ends_at,
    business_date,
    received_at: now,
  });
  const owners = await listOwners(context, account, facts.period_begins_at, facts.period_ends_at);
  const parts = makeParts(context, makeFile);
  await parts.begin(owners);

  const file_parts: FileParts = {
    account,
    owners: parts.begun(),
    partOf: async (organization_id) => {
      await parts.begin([organization_id]);
      return parts.find(organization_id);
    },
    given_back,
    business_date,
    period_begins_at: facts.period_begins_at,
    period_ends_at: facts.period_ends_at,
    created_at: now,
  };
  let replaced: ReplacedFile[] = [];
  try {
    if (parts.begun().length > 0 || owners.length === 0) {
      for await (const batch of inBatches(reader.open(bytes, facts.account).rows))
        await matchRows(context, file_parts, batch);
    }
    if (parts.asked().length === 0) throw unowned(account);
    const whole = { ...account, contents, from: facts.period_begins_at, to: facts.period_ends_at };
    replaced = await finishImport(context, parts.begun(), whole, wanted, actor, now);
  } catch (error) {
    await parts.giveUp();
    throw error;
  }
  const files = await report(context, parts.begun(), replaced, await parts.listEarlier());
  for (const file of files) logFile(context, provider, file);
  return { provider, livemode, file_name, ...facts, rows_count, files };
}

function unowned({ provider, account, livemode }: { provider: string; account: string; livemode: boolean }) {
  const mode = livemode ? 'live' : 'test';
  const message = `No organization has the account ${account} at ${provider} for ${mode} payments.`;
  return new GatewayError('not_found', message);
}

function factsOf(reader: ReconciliationReader, { file_name, account, date }: FileToImport): FileFacts {
  const named = reader.readName(file_name);
  const period = date === undefined ? named : reader.periodOf(date);
  const whose = account ?? named?.account;
  if (period === null || whose === undefined) {
    const message = 'The name of the file does not say what it is of: give --merchant-id and --date.';
    throw new GatewayError('invalid_request', message, { field: 'file_name' });
  }
  const { period_begins_at, period_ends_at } = period;
  return { account: whose, period_begins_at, period_ends_at };
}

async function* inBatches(rows: AsyncIterable<ReconciliationRow>): AsyncGenerator<ReconciliationRow[]> {
  let batch: ReconciliationRow[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The parts of a file by organization, begun when they are first needed. Null: the organization has the file. */
function makeParts(context: Context, makeFile: (organization_id: string) => NewReconciliationFile) {
  const known = new Map<string, OwnPart | null>();
  return {
    async begin(organization_ids: string[]): Promise<void> {
      const unknown = organization_ids.filter((id) => !known.has(id));
      if (unknown.length === 0) return;
      const files = unknown.map(makeFile);
      const begun = await beginReconciliationFiles(context.db, files, instant(context, -ABANDONED_MS));
      for (const organization_id of unknown) {
        const file = begun.find((each) => each.organization_id === organization_id);
        known.set(
          organization_id,
          file === undefined
            ? null
            : {
                file_id: file.id,
                organization_id,
                counts: noCounts(),
                tallies: new Map(),
                tallied: new Set(),
              },
        );
      }
      if (!(await this.listEarlier()).some(({ status }) => status === 'importing')) return;
      throw new GatewayError(
        'conflict',
        'The same file is being imported at this moment. Try again in a quarter of an hour.',
        {},
        { retry_after_seconds: ABANDONED_MS / 1_000 },
      );
    },
    find: (organization_id: string) => known.get(organization_id) ?? null,
    begun: () => [...known.values()].filter((part) => part !== null),
    asked: () => [...known.keys()],
    /** The files of those who had it before. */
    async listEarlier(): Promise<ReconciliationFile[]> {
      const had = [...known].filter(([, part]) => part === null).map(([id]) => id);
      const [first] = had;
      return first === undefined ? [] : listSameFiles(context.db, had, makeFile(first));
    },
    /** Leaves nothing behind, so that the same file can be tried again at once. */
    async giveUp(): Promise<void> {
      const ids = this.begun().map(({ file_id }) => file_id);
      await deleteUnfinishedFiles(context.db, ids).catch((error: unknown) =>
        context.log.warn({ err: error }, 'what an import has left is taken over later'),
      );
    },
  };
}

const noCounts = () => ({
  payments_count: 0,
  amount_paid: 0,
  refunds_count: 0,
  amount_refunded: 0,
  unknown_count: 0,
  amount_unknown: 0,
});

async function report(
  context: Context,
  begun: OwnPart[],
  replaced: ReplacedFile[],
  earlier: ReconciliationFile[],
): Promise<ImportedFile[]> {
  const ids = [...begun.map(({ file_id }) => file_id), ...earlier.map(({ id }) => id)];
  const open = await countOpenExceptions(context.db, ids);
  const exceptionsOf = (id: string) =>
    Object.fromEntries(open.filter(({ file_id }) => file_id === id).map(({ kind, count }) => [kind, count]));
  const fresh = begun.map(({ file_id: id, organization_id, counts }): ImportedFile => {
    const { payments_count, refunds_count, unknown_count } = counts;
    const former = replaced.find(({ by }) => by === id);
    return {
      id,
      organization_id,
      result: 'imported',
      ...{ payments_count, refunds_count, unknown_count },
      exceptions: exceptionsOf(id),
      replaced: former === undefined ? null : { id: former.id, open_exceptions: former.open_exceptions },
    };
  });
  const before = earlier.map(
    ({ id, organization_id, payments_count, refunds_count, unknown_count }): ImportedFile => ({
      id,
      organization_id,
      result: 'already_imported',
      ...{ payments_count, refunds_count, unknown_count },
      exceptions: exceptionsOf(id),
      replaced: null,
    }),
  );
  return [...fresh, ...before];
}

/** Counts only: what is in the file stays in the database. */
function logFile(context: Context, provider: string, file: ImportedFile): void {
  const { id, result, payments_count, refunds_count, unknown_count, exceptions, replaced } = file;
  if (result !== 'imported') return;
  context.metrics.reconciliation_files.inc({ provider, result });
  const facts = { file: id, provider, payments_count, refunds_count, unknown_count };
  if (replaced !== null)
    context.log.info({ file: id, ...replaced }, 'a file takes the place of an earlier one');
  if (Object.keys(exceptions).length === 0) context.log.info(facts, 'a reconciliation file agrees');
  else context.log.warn({ ...facts, exceptions }, 'a reconciliation file has exceptions');
}

// The files of the accounting export as they lie in the archive: written in one pass with little memory, a page of
// sales at a time, and never half there under their name. What the lines come to is held against the books before
// anybody gets the file.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Context } from '../context.ts';
import { listSalesOfDay } from '../db/accounting-exports.ts';
import { sumBusinessDay } from '../db/books.ts';
import {
  type AccountingExport,
  type ExportKey,
  type ExportTotals,
  makeExportTransaction,
  pathPart,
  type SalesEntry,
} from '../domain/accounting-export.ts';
import { EXPORT_WRITERS } from './accounting-export-writers.ts';

/** What a file came to. */
export interface ExportFacts extends ExportTotals {
  size: number;
  sha256: string;
  transactions_count: number;
}

export type WrittenExport = { kind: 'written'; facts: ExportFacts } | { kind: 'failed'; message: string };

/** What is read at once, and what is written at once, so that others have their turn between. */
const PAGE = 20_000;
const LINES = 1_000;

/** Test and live payments, and organizations, whose merchants may be called alike, lie apart. */
export function archivePath(context: Context, row: ExportKey & { file_name: string }): string {
  const { organization_id, livemode, merchant_id, file_name } = row;
  const mode = livemode ? 'live' : 'test';
  return join(context.config.data_dir, 'exports', organization_id, mode, pathPart(merchant_id), file_name);
}

/** Writes a file from the books, or says in a sentence why there is none. The name appears when all of it is there. */
export async function writeExportFile(
  context: Context,
  row: AccountingExport,
  hold: string,
): Promise<WrittenExport> {
  const path = archivePath(context, row);
  // A name of its own for each hold: who was given up and wakes later finds his part gone, and spoils nothing.
  const part = `${path}.${hold.replace(/\W/g, '')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(part, 'wx', 0o600);
    let facts: ExportFacts;
    try {
      facts = await writeAll(context, row, file);
      await file.sync();
    } finally {
      await file.close();
    }
    const problem = await differsFromBooks(context, row, facts);
    if (problem !== null) {
      await rm(part, { force: true });
      return { kind: 'failed', message: problem };
    }
    await rename(part, path);
    await syncFolder(dirname(path));
    return { kind: 'written', facts };
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw error;
    await rm(part, { force: true }).catch(() => {});
    const message = code === 'ENOSPC' ? 'there is no space left in it' : code;
    return { kind: 'failed', message: `The file could not be written to the archive: ${message}.` };
  }
}

/** What dead workers left of this file. Only who holds it may do so. */
export async function removeParts(context: Context, row: AccountingExport): Promise<void> {
  const path = archivePath(context, row);
  const begin = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch(() => []);
  const parts = names.filter((name) => name.startsWith(begin) && name.endsWith('.part'));
  for (const name of parts) await rm(join(dirname(path), name), { force: true });
}

async function writeAll(context: Context, key: ExportKey, file: FileHandle): Promise<ExportFacts> {
  const writer = EXPORT_WRITERS[key.format];
  const hash = createHash('sha256');
  let size = 0;
  const write = async (text: string) => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    size += bytes.length;
    await file.appendFile(bytes);
  };
  const totals: ExportTotals = { gross_revenue: 0, tax_collected: 0, net_revenue: 0 };
  let transactions_count = 0;
  await write(writer.begin(key));
  let last: SalesEntry | null = null;
  for (;;) {
    const page: SalesEntry[] = await listSalesOfDay(context.db, key, last, PAGE);
    for (let from = 0; from < page.length; from += LINES) {
      const lines = page.slice(from, from + LINES).map(makeExportTransaction);
      await write(writer.lines(key, lines, transactions_count === 0));
      for (const { amount, tax_amount } of lines) {
        totals.gross_revenue += amount;
        totals.tax_collected += tax_amount;
      }
      transactions_count += lines.length;
    }
    last = page.at(-1) ?? null;
    if (page.length < PAGE) break;
  }
  totals.net_revenue = totals.gross_revenue - totals.tax_collected;
  await write(writer.end(key, totals, transactions_count === 0));
  return { size, sha256: hash.digest('hex'), transactions_count, ...totals };
}

/** The books' own sum, by another statement than the one that read the lines. */
async function differsFromBooks({ db }: Context, key: ExportKey, facts: ExportFacts): Promise<string | null> {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date, currency } = key;
  const day = { organization_id, livemode, merchant_id, merchant_store_id, business_date };
  const sums = (await sumBusinessDay(db, day)).find((one) => one.currency === currency);
  const { sales_amount = 0, tax_amount = 0, entries_count = 0 } = sums ?? {};
  const { gross_revenue, tax_collected, transactions_count } = facts;
  const is_same_money = sales_amount === gross_revenue && tax_amount === tax_collected;
  if (is_same_money && entries_count === transactions_count) return null;
  return (
    `The ${transactions_count} lines of the file come to ${gross_revenue} ${currency} with ${tax_collected} of tax, and ` +
    `the ${entries_count} of the books to ${sales_amount} with ${tax_amount}. The file was not sent.`
  );
}

/** Whether a file lies in the archive just as it was written. */
export async function isArchived(context: Context, row: AccountingExport & ExportKey): Promise<boolean> {
  const path = archivePath(context, row);
  if (row.sha256 === null) return false;
  const found = await stat(path).catch(() => null);
  if (found === null || found.size !== row.size) return false;
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex') === row.sha256;
}

export function openArchived(context: Context, row: AccountingExport): Readable {
  return createReadStream(archivePath(context, row));
}

/** So that the name, too, outlives a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

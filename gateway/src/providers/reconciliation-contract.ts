// What an adapter does for reconciliation: it reads the file that its provider makes of an account's day. Reading is
// strict, because a file that is half understood would report money as missing that is there.
import type { ReconciliationRow } from '../domain/reconciliation.ts';

/** Money that was taken at once and money that was held first stand in files of their own. */
export type FileContents = 'payments' | 'held_payments';

/** What a file's name says of it. */
export interface FileFacts {
  account: string;
  /** The stretch of time that it tells of, without its end. */
  period_begins_at: string;
  period_ends_at: string;
}

export interface OpenedFile {
  contents: FileContents;
  /** In the order of the file. Fails with an UnreadableFileError at the first row that cannot be right. */
  rows: AsyncGenerator<ReconciliationRow>;
}

export interface ReconciliationReader {
  /** The facts of the usual day at this provider that holds no more than a date: `2026-01-14`. Null: no date. */
  periodOf(date: string): Omit<FileFacts, 'account'> | null;
  /** Null for a name that is not one of the provider's. */
  readName(file_name: string): FileFacts | null;
  /** Reads the header. `account`: every row must be its own. Fails with an UnreadableFileError. */
  open(bytes: Buffer, account: string): OpenedFile;
}

/** The file cannot be right. The message names the line and the column, and nothing else of what stands there. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

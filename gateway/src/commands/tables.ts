// How the operator's lists are printed, as tables or as JSON, and how their days and counts are read.
import { InvalidArgumentError } from 'commander';
import { isBusinessDate } from '../domain/business-date.ts';

export const EXCEPTION_COLUMNS = [
  ...[
    'id',
    'business_date',
    'source',
    'provider',
    'kind',
    'field',
    'line',
    'payment_intent_id',
    'attempt_id',
  ],
  ...['refund_id', 'provider_payment_id', 'provider_reference', 'currency', 'count_here', 'count_there'],
  ...['amount_here', 'amount_there', 'status_here', 'status_there', 'happened_at', 'resolved_at'],
] as const;

export const asJson = (value: object) => JSON.stringify(value, null, 2);

/** Columns as wide as what stands in them; what is not there is a dash, and a column with nothing but those is left out. */
export function makeTable(rows: readonly object[], all_columns: readonly string[]): string {
  const stands = (column: string) =>
    rows.length === 0 || rows.some((row) => ((row as Record<string, unknown>)[column] ?? null) !== null);
  const columns = all_columns.filter(stands);
  const cells = [
    [...columns],
    ...rows.map((row) => columns.map((column) => String((row as Record<string, unknown>)[column] ?? '-'))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => (line[at] ?? '').length)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function readDate(text: string): string {
  if (isBusinessDate(text)) return text;
  throw new InvalidArgumentError('It must be a day such as 2026-01-14.');
}

/** What a person says for the audit log, as long as over HTTP. */
export const readWords = (most: number) => (text: string) => {
  if (text.trim() !== '' && text.length <= most) return text;
  throw new InvalidArgumentError(`It must be words, at most ${most} characters.`);
};

export function readCount(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 1_000) return count;
  throw new InvalidArgumentError('It must be a whole number from 1 to 1000.');
}

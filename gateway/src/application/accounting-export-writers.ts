// The three formats of the accounting export, each as the text before its lines, the lines of a page, and the text
// after them. Nothing of them is larger than a page.
import { stringify } from 'csv-stringify/sync';
import {
  defuseCell,
  EXPORT_TYPE,
  type ExportFormat,
  type ExportKey,
  type ExportTotals,
  type ExportTransaction,
  exportId,
  xmlText,
} from '../domain/accounting-export.ts';
import { EXPORT_XML_NAMESPACE } from '../domain/accounting-export-schema.ts';

export interface ExportWriter {
  begin(key: ExportKey): string;
  /** At least one line; `is_first`: none has been written yet. */
  lines(key: ExportKey, transactions: ExportTransaction[], is_first: boolean): string;
  end(key: ExportKey, totals: ExportTotals, is_empty: boolean): string;
}

function headOf(key: ExportKey) {
  return {
    export_type: EXPORT_TYPE,
    date: key.business_date,
    merchant_id: exportId(key.merchant_id),
    store_id: exportId(key.merchant_store_id),
    currency: key.currency,
  };
}

/** A line for each transaction, so that two files can be compared line by line. */
const json: ExportWriter = {
  begin: (key) => `${JSON.stringify(headOf(key), null, 2).slice(0, -2)},\n  "transactions": [`,
  lines: (_, transactions, is_first) => {
    const lines = transactions.map((one) => `\n    ${JSON.stringify(one)}`).join(',');
    return is_first ? lines : `,${lines}`;
  },
  end: (_, totals, is_empty) => {
    const text = JSON.stringify({ totals }, null, 2);
    return `${is_empty ? '' : '\n  '}],${text.slice(1)}\n`;
  },
};

const CSV_COLUMNS = [
  ...['export_type', 'date', 'merchant_id', 'store_id', 'currency'],
  ...['transaction_id', 'timestamp', 'amount', 'tax_amount', 'payment_method', 'receipt_number'],
  ...['gross_revenue', 'tax_collected', 'net_revenue'],
] as const;
type CsvRow = Partial<Record<(typeof CSV_COLUMNS)[number], string | number | null>>;

/** Without this mark at the beginning, Excel in Japan reads the file as Shift_JIS. */
const BYTE_ORDER_MARK = '\ufeff';

// What is a number here is our own; all text may have come from outside.
const cellOf = (value: string | number | null | undefined) =>
  typeof value === 'string' ? defuseCell(value) : (value ?? '');

// By itself each is the end of a line for somebody.
const LINE_END = /[\r\n]/;

function csvText(rows: CsvRow[]): string {
  const cells = rows.map((row) => CSV_COLUMNS.map((column) => cellOf(row[column])));
  return stringify(cells, { record_delimiter: '\r\n', quoted_match: LINE_END });
}

/**
 * Each line says of what day and store it is, so that files can be put together. The totals have columns of their own
 * in the last line: whoever sums a column never counts them in, and a file without that line is cut off.
 */
const csv: ExportWriter = {
  begin: () => `${BYTE_ORDER_MARK}${CSV_COLUMNS.join(',')}\r\n`,
  lines: (key, transactions) => {
    const head = headOf(key);
    return csvText(transactions.map((one) => ({ ...head, ...one })));
  },
  end: (key, totals) => csvText([{ ...headOf(key), ...totals }]),
};

const element = (name: string, value: string | number) => `<${name}>${xmlText(String(value))}</${name}>`;

/** What is not there, such as a receipt's number, has no element. */
const elements = (values: object, indent: string) =>
  Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${indent}${element(name, value as string | number)}\n`)
    .join('');

const xml: ExportWriter = {
  begin: (key) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<accounting_export xmlns="${EXPORT_XML_NAMESPACE}">\n` +
    `${elements(headOf(key), '  ')}  <transactions>\n`,
  lines: (_, transactions) =>
    transactions.map((one) => `    <transaction>\n${elements(one, '      ')}    </transaction>\n`).join(''),
  end: (_, totals) =>
    `  </transactions>\n  <totals>\n${elements(totals, '    ')}  </totals>\n</accounting_export>\n`,
};

export const EXPORT_WRITERS: Record<ExportFormat, ExportWriter> = { json, csv, xml };

// Reads PayPay's daily files: the one of payments (Japanese headers, refunds with a minus) and the one of money that
// was held first (English headers). As PayPay makes them they are Shift_JIS with LF; people save them again with a
// BOM or CRLF, which is read, too. Columns are found by their names, and nothing is guessed.
import { TextDecoder } from 'node:util';
import type { ReconciliationRow, RowState } from '../../domain/reconciliation.ts';
import { readCells } from '../csv-cells.ts';
import {
  type FileContents,
  type FileFacts,
  type OpenedFile,
  type ReconciliationReader,
  UnreadableFileError,
} from '../reconciliation-contract.ts';

type Field = 'payment_id' | 'account' | 'status' | 'time' | 'amount' | 'reference' | 'details';

interface Layout {
  contents: FileContents;
  columns: Record<Field, string>;
  states: Record<string, RowState>;
}

const LAYOUTS: readonly Layout[] = [
  {
    contents: 'payments',
    columns: {
      payment_id: '決済番号',
      account: '加盟店ID',
      status: '取引ステータス',
      time: '取引日時',
      amount: '取引金額',
      reference: 'マーチャント決済ID',
      details: '支払い詳細',
    },
    states: {
      取引完了: 'paid',
      取引失敗: 'failed',
      返金完了: 'refunded',
      返金失敗: 'refund_failed',
    },
  },
  {
    contents: 'held_payments',
    columns: {
      payment_id: 'orderId',
      account: 'merchantId',
      status: 'transactionStatus',
      time: 'acceptedAt',
      amount: 'amount',
      // Holds the id of the capture, the release or the refund that the row is of, whichever it is.
      reference: 'merchantPaymentId',
      details: 'paymentDetails',
    },
    states: {
      AUTHORIZED: 'authorized',
      COMPLETED: 'paid',
      CANCELED: 'released',
      EXPIRED: 'expired',
      FAILED: 'failed',
      REFUNDED: 'refunded',
    },
  },
];

const NAME =
  /^(?:preauth_)?transaction_([A-Za-z0-9_-]{1,64})_(\d{8}|\d{14})_(\d{8}|\d{14})_v2(?: ?\(\d+\))?\.csv$/;
const MOST_ROWS = 1_000_000;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export const paypay_files: ReconciliationReader = {
  periodOf: (date) => makePeriod(date.replaceAll('-', ''), date.replaceAll('-', '')),
  readName(file_name) {
    const [, account, from, to] = NAME.exec(file_name) ?? [];
    if (account === undefined || from === undefined || to === undefined) return null;
    const period = makePeriod(from, to);
    return period && { account, ...period };
  },
  open,
};

/** Both ends are named by the last moment that they hold: a day, or a second of Japanese time. */
function makePeriod(from: string, to: string): Omit<FileFacts, 'account'> | null {
  const begins = startOf(from);
  const last = startOf(to);
  if (begins === null || last === null || last < begins) return null;
  const ends = last + (to.length === 8 ? 24 * 3_600_000 : 1_000);
  return {
    period_begins_at: new Date(begins).toISOString(),
    period_ends_at: new Date(ends).toISOString(),
  };
}

function startOf(digits: string): number | null {
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?$/.exec(digits) ?? [];
  return instantOf(`${year}-${month}-${day}T${hour}:${minute}:${second}+09:00`);
}

/** Null for what is no instant, such as 30 February, which Date would move to March. */
function instantOf(iso: string): number | null {
  const [, day] = /^\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?\+09:00$/.exec(iso) ?? [];
  const ms = Date.parse(iso);
  if (day === undefined || Number.isNaN(ms)) return null;
  return new Date(ms + 9 * 3_600_000).getUTCDate() === Number(day) ? ms : null;
}

function open(bytes: Buffer, account: string): OpenedFile {
  if (bytes.length === 0) throw new UnreadableFileError('The file is empty.');
  const first_line = bytes.subarray(0, bytes.includes(0x0a) ? bytes.indexOf(0x0a) : bytes.length);
  const header = decoderFor(bytes).decode(first_line).replace(/\r$/, '').split(',').map(unquoted);
  const known = LAYOUTS.map((layout) => ({
    layout,
    missing: Object.values(layout.columns).filter((name) => !header.includes(name)),
  }));
  const [{ layout, missing }] = known.sort((a, b) => a.missing.length - b.missing.length) as [
    (typeof known)[number],
  ];
  if (missing.length === Object.keys(layout.columns).length) {
    throw new UnreadableFileError(
      'Line 1 is not the header of a PayPay file in Shift_JIS or UTF-8 with a BOM.',
    );
  }
  if (missing.length > 0) throw new UnreadableFileError(`Line 1 has no column ${missing.join(', ')}.`);
  const twice = header.find((name, at) => header.indexOf(name) !== at);
  if (twice !== undefined) throw new UnreadableFileError(`Line 1 has the column ${twice} twice.`);
  return { contents: layout.contents, rows: readRows(bytes, header, layout, account) };
}

const unquoted = (cell: string) => cell.replace(/^"(.*)"$/, '$1');

function decoderFor(bytes: Buffer): TextDecoder {
  return new TextDecoder(bytes.subarray(0, 3).equals(BOM) ? 'utf-8' : 'shift_jis');
}

async function* readRows(
  bytes: Buffer,
  header: string[],
  layout: Layout,
  account: string,
): AsyncGenerator<ReconciliationRow> {
  const places = Object.fromEntries(
    Object.entries(layout.columns).map(([field, name]) => [field, header.indexOf(name)]),
  ) as Record<Field, number>;
  const seen = new Map<string, number>();
  let rows_count = 0;
  let is_header = true;
  for await (const { line, cells } of readCells(bytes, decoderFor(bytes))) {
    if (is_header) {
      is_header = false;
      continue;
    }
    if (cells.length !== header.length) {
      throw new UnreadableFileError(
        `Line ${line} has ${cells.length} columns instead of ${header.length}: it is cut off or damaged.`,
      );
    }
    const damaged = cells.findIndex((cell) => cell.includes('\ufffd'));
    if (damaged >= 0) throw wrong(line, header[damaged] ?? '', 'has bytes that are no characters');
    const row = readRow(line, (field) => cells[places[field]] ?? '', layout, account);
    rows_count += 1;
    if (rows_count > MOST_ROWS) throw new UnreadableFileError(`The file has more than ${MOST_ROWS} rows.`);
    if (!MOVES_NO_MONEY.has(row.state)) {
      const key = keyOf(row);
      const earlier = seen.get(key);
      if (earlier !== undefined) throw new UnreadableFileError(`Line ${line} repeats line ${earlier}.`);
      seen.set(key, line);
    }
    yield row;
  }
}

/** PayPay tells a hold again when its end changes, to the letter alike: nothing is counted twice by that. */
const MOVES_NO_MONEY: ReadonlySet<ReconciliationRow['state']> = new Set([
  'authorized',
  'failed',
  'refund_failed',
]);

/** A payment is completed once, and a refund with an id of its own is done once; the rest can come again later. */
function keyOf({ state, provider_payment_id, reference, amount, happened_at }: ReconciliationRow): string {
  const once = state === 'paid' || (state === 'refunded' && reference !== null);
  const parts = [state, provider_payment_id, reference ?? ''];
  return (once ? parts : [...parts, amount, happened_at]).join(' ');
}

function readRow(
  line: number,
  cell: (field: Field) => string,
  layout: Layout,
  account: string,
): ReconciliationRow {
  const { columns, states } = layout;
  const refuse = (field: Field, problem: string) => wrong(line, columns[field], problem);

  if (cell('account') !== account) throw refuse('account', 'names another merchant than the file is of');
  const state = Object.hasOwn(states, cell('status')) ? states[cell('status')] : undefined;
  if (state === undefined) throw refuse('status', 'has a word that is not known');
  const provider_payment_id = cell('payment_id');
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(provider_payment_id))
    throw refuse('payment_id', 'is no number of a payment; a spreadsheet may have rewritten it');
  const reference = cell('reference');
  if (!/^[\x20-\x7e]{0,64}$/.test(reference)) throw refuse('reference', 'is no id');
  const amount = readAmount(cell('amount'), state, layout);
  if (amount === null) throw refuse('amount', `is no amount of yen that "${cell('status')}" can have`);
  const happened_at = readTime(cell('time'));
  if (happened_at === null) throw refuse('time', 'is no time');
  if (!isJson(cell('details'))) throw refuse('details', 'is not complete JSON');
  return {
    line,
    state,
    reference: reference === '' ? null : reference,
    provider_payment_id,
    amount,
    currency: 'JPY',
    happened_at,
  };
}

/**
 * A refund has a minus in the file of payments. In the other one PayPay's description says that it has none, and its
 * own example has one: there both are read.
 */
function readAmount(text: string, state: RowState, { contents }: Layout): number | null {
  const [, minus, digits] = /^(-?)(\d{1,11})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const amount = Number(digits);
  const is_refund = state === 'refunded' || state === 'refund_failed';
  if (is_refund && contents === 'payments' ? minus === '' : minus === '-' && !is_refund) return null;
  return amount >= 1 || state === 'failed' ? amount : null;
}

/** With its offset, or plainly in Japanese time: `2026-01-14T10:00:00+09:00`, `2026/01/14 10:00:00`. */
function readTime(text: string): string | null {
  const plain = text.replaceAll('/', '-').replace(' ', 'T');
  const ms = instantOf(/\+09:?00$/.test(plain) ? plain.replace(/\+0900$/, '+09:00') : `${plain}+09:00`);
  return ms === null ? null : new Date(ms).toISOString();
}

function isJson(text: string): boolean {
  if (text === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function wrong(line: number, column: string, problem: string): UnreadableFileError {
  return new UnreadableFileError(`Line ${line}, column ${column}: it ${problem}.`);
}

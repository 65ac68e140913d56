// What the card processor says that it settles: the lines of its file of a day, read strictly. A file that cannot be
// right is refused as a whole, by line and column, because a file that is half understood would report money as missing
// that is there. Sums that do not add up are the processor's word, and are kept as it wrote them.

export const SETTLEMENT_COLUMNS = [
  'Merchant ID',
  'Date',
  'Transaction Count',
  'Gross Amount',
  'Fees',
  'Net Amount',
] as const;
type Column = (typeof SETTLEMENT_COLUMNS)[number];

export interface SettlementLine {
  line: number;
  /** As the processor knows the merchant. */
  merchant_number: string;
  business_date: string;
  transaction_count: number;
  gross_amount: number;
  /** Negative: the processor gives something back. */
  fees_amount: number;
  net_amount: number;
}

/** A line of a file, cut into its cells. `line` is where it begins. */
export interface CellLine {
  line: number;
  cells: string[];
}

export type ReadSettlement = { lines: SettlementLine[] } | { problem: string };

export function readSettlementLines(rows: CellLine[], business_date: string): ReadSettlement {
  const [header, ...rest] = rows;
  if (header === undefined) return { problem: 'The file is empty.' };
  const names = header.cells.map((cell) => cell.trim());
  const missing = SETTLEMENT_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0)
    return { problem: `Line ${header.line} is not the header: it has no column ${missing.join(', ')}.` };
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { problem: `Line ${header.line} has the column ${shown(twice)} twice.` };

  const lines: SettlementLine[] = [];
  const seen = new Map<string, number>();
  for (const row of rest) {
    const read = readLine(row, names);
    if ('problem' in read) return read;
    const earlier = seen.get(read.merchant_number);
    if (earlier !== undefined)
      return {
        problem: `Line ${row.line}, column Merchant ID: it is the merchant of line ${earlier} again, and nobody can say which line is right.`,
      };
    seen.set(read.merchant_number, row.line);
    lines.push(read);
  }
  const [first] = lines;
  // Under a wrong name it would take the place of the right file, and all of that day's money would be missing.
  if (first !== undefined && lines.every((line) => line.business_date !== business_date))
    return {
      problem: `Line ${first.line}, column Date: it is ${first.business_date}, and no line is of ${business_date}.`,
    };
  return { lines };
}

function readLine({ line, cells }: CellLine, names: string[]): SettlementLine | { problem: string } {
  if (cells.length !== names.length)
    return {
      problem: `Line ${line} has ${cells.length} columns instead of ${names.length}: it is cut off or damaged.`,
    };
  const cell = (column: Column) => (cells[names.indexOf(column)] ?? '').trim();
  const wrong = (column: Column, problem: string) => ({
    problem: `Line ${line}, column ${column}: ${problem}.`,
  });

  const merchant_number = cell('Merchant ID');
  if (merchant_number === '') return wrong('Merchant ID', 'it is empty');
  if (merchant_number.length > 255 || /[\p{Cc}\ufffd]/u.test(merchant_number))
    return wrong('Merchant ID', 'it is no id');
  const date = readDate(cell('Date'));
  if (date === null) return wrong('Date', 'it is no day such as 2026-01-28');
  const transaction_count = readWhole(cell('Transaction Count'));
  if (transaction_count === null || transaction_count < 0 || transaction_count > MOST_COUNT)
    return wrong('Transaction Count', 'it is no whole number');
  const gross_amount = readWhole(cell('Gross Amount'));
  if (gross_amount === null || gross_amount < 0)
    return wrong('Gross Amount', 'it is no amount in yen such as 12500000');
  const fees_amount = readWhole(cell('Fees'));
  if (fees_amount === null) return wrong('Fees', 'it is no amount in yen such as 125000');
  const net_amount = readWhole(cell('Net Amount'));
  if (net_amount === null) return wrong('Net Amount', 'it is no amount in yen such as 12375000');
  return {
    line,
    merchant_number,
    business_date: date,
    transaction_count,
    gross_amount,
    fees_amount,
    net_amount,
  };
}

const MOST_COUNT = 2_147_483_647;

/** Digits, with or without commas at every third: `1,234`. Null for what is no whole number, or too large for one. */
function readWhole(text: string): number | null {
  const [, minus, digits] = /^(-?)(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})$/.exec(text) ?? [];
  if (digits === undefined) return null;
  const value = Number(digits.replaceAll(',', ''));
  return minus === '-' && value !== 0 ? -value : value;
}

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** `2026-01-28`, or with slashes as spreadsheets in Japan write it. Null for what is no day, such as 30 February. */
function readDate(text: string): string | null {
  const [, year, , month, day] = /^(\d{4})([-/])(\d\d)\2(\d\d)$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const is_leap = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  const days = month === '02' && is_leap ? 29 : (DAYS_OF_MONTH[Number(month) - 1] ?? 0);
  return Number(day) >= 1 && Number(day) <= days ? `${year}-${month}-${day}` : null;
}

function shown(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40);
}

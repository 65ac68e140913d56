// The two files that a card processor and its customers exchange for a day, from the processor's side: how it reads the
// transactions that come up, line by line, and how it writes the settlement that goes down. It shares no code with the
// gateway's own reader and writer, so that a mistake in one is not repeated in the other.
const UPLOAD_HEADER = 'Transaction ID,Date,Time,Amount,Approval Code,Status';
const SETTLEMENT_HEADER = 'Merchant ID,Date,Transaction Count,Gross Amount,Fees,Net Amount';
const UPLOAD_NAME = /^transactions_(\d{4})(\d\d)(\d\d)\.csv$/;

/** The business date that a file's name says, or null for a name that means nothing here. */
export function dateOfUpload(name: string): string | null {
  const parts = UPLOAD_NAME.exec(name);
  return parts === null ? null : parts.slice(1).join('-');
}

export const settlementName = (date: string) => `settlement_${date.replaceAll('-', '')}.csv`;

export interface UploadedTransaction {
  line: number;
  transaction_id: string;
  time: string;
  amount: number;
  approval_code: string;
  status: 'APPROVED' | 'DECLINED';
}

export interface UploadProblem {
  line: number;
  message: string;
}

/** Reads to the end and says of every line what is wrong with it; a line that is wrong is not among the transactions. */
export function readUpload(
  text: string,
  date: string,
): { transactions: UploadedTransaction[]; problems: UploadProblem[] } {
  const transactions: UploadedTransaction[] = [];
  const problems: UploadProblem[] = [];
  const seen = new Map<string, number>();
  const [header, ...rows] = splitRows(text);
  if (header?.cells.join(',') !== UPLOAD_HEADER)
    problems.push({ line: 1, message: `The first line is not "${UPLOAD_HEADER}".` });
  for (const { line, cells } of rows) {
    const message = problemOf(cells, date);
    const [transaction_id = '', , time = '', amount, approval_code = '', status] = cells;
    const first = seen.get(transaction_id);
    if (message !== null) problems.push({ line, message });
    else if (first !== undefined)
      problems.push({ line, message: `${transaction_id} stands in line ${first} already.` });
    else {
      seen.set(transaction_id, line);
      transactions.push({
        line,
        transaction_id,
        time,
        amount: Number(amount),
        approval_code,
        status: status === 'APPROVED' ? 'APPROVED' : 'DECLINED',
      });
    }
  }
  return { transactions, problems };
}

function problemOf(cells: string[], date: string): string | null {
  const [transaction_id = '', day, time = '', amount = '', approval_code, status] = cells;
  if (cells.length !== 6) return `There are ${cells.length} cells in place of 6.`;
  if (transaction_id === '') return 'There is no Transaction ID.';
  if (day !== date) return `The Date is ${day}, in a file of ${date}.`;
  if (!/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(time)) return `"${time}" is no Time.`;
  if (!/^[1-9]\d{0,14}$/.test(amount)) return `"${amount}" is no Amount.`;
  if (status !== 'APPROVED' && status !== 'DECLINED') return `"${status}" is no Status.`;
  if (status === 'APPROVED' && approval_code === '') return 'It is approved without an Approval Code.';
  return null;
}

/** Rows of a CSV with the line on which each begins; quoted cells may hold commas, quotes and line breaks. */
function splitRows(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let [line, began, cell, quoted] = [1, 1, '', false];
  let cells: string[] = [];
  const endRow = () => {
    rows.push({ line: began, cells: [...cells, cell] });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      began = line;
    } else if (character !== '\r') cell += character;
  }
  if (cell !== '' || cells.length > 0) endRow();
  return rows;
}

/** What the processor owes one merchant for a day. */
export interface MerchantTotal {
  merchant_number: string;
  transaction_count: number;
  gross_amount: number;
}

/** What can be wrong with a settlement file, or only unusual. */
export const SETTLEMENT_FAULTS = {
  truncated: 'The file ends in the middle of its last line',
  empty: 'The file has not one byte',
  header_only: 'The file has its header and nothing else',
  wrong_date: 'The lines are of the day before',
  sums_wrong: 'Gross less fees is not the net amount',
  extra_merchant: 'The file names a merchant that nobody knows',
  missing_merchant: 'The first merchant of the file is left out',
  duplicate_merchant: 'The first merchant stands in the file twice',
  negative_fees: 'The first merchant gets a rebate in place of a fee',
  shift_jis: 'The file is in Shift_JIS, with a merchant’s name in it',
  decorated: 'UTF-8 with a BOM, CRLF, and amounts such as "1,234"',
} as const;
export type SettlementFault = keyof typeof SETTLEMENT_FAULTS;

/** One per cent, as in the documented example; what is less than a whole yen is not charged. */
const feesOf = (gross_amount: number) => Math.floor(gross_amount / 100);

/** Net is what is paid out: gross less fees, for each merchant, in the order of their numbers. */
export function makeSettlement(
  date: string,
  totals: readonly MerchantTotal[],
  fault?: SettlementFault,
): Buffer {
  if (fault === 'empty') return Buffer.alloc(0);
  const sorted = totals.toSorted((a, b) => (a.merchant_number < b.merchant_number ? -1 : 1));
  const day = fault === 'wrong_date' ? dayBefore(date) : date;
  let lines = sorted.map(({ merchant_number, transaction_count, gross_amount }, index) => {
    const fees = feesOf(gross_amount) * (fault === 'negative_fees' && index === 0 ? -1 : 1);
    const net = gross_amount - fees + (fault === 'sums_wrong' && index === 0 ? 1 : 0);
    return [merchant_number, day, transaction_count, gross_amount, fees, net];
  });
  if (fault === 'header_only') lines = [];
  if (fault === 'missing_merchant') lines = lines.slice(1);
  if (fault === 'duplicate_merchant') lines = [...lines.slice(0, 1), ...lines];
  if (fault === 'extra_merchant') lines.push(['MERCHANT-999', day, 1, 1_000, 10, 990]);
  const whole = [SETTLEMENT_HEADER, ...lines.map((cells) => cells.join(','))]
    .map((line) => `${line}\n`)
    .join('');
  if (fault === 'truncated') return Buffer.from(whole.trimEnd().replace(/,[^,]*,[^,]*$/, ''));
  // 株式会社 in Shift_JIS, which is no UTF-8: what a processor's tool of long ago may put behind a number.
  if (fault === 'shift_jis')
    return Buffer.concat([
      Buffer.from(whole),
      Buffer.from('8a948eae89ef8ed0', 'hex'),
      Buffer.from(`,${day},0,0,0,0\n`),
    ]);
  if (fault === 'decorated') return Buffer.from(`\uFEFF${decorate(whole)}`);
  return Buffer.from(whole);
}

const decorate = (text: string) =>
  text
    .replaceAll(/(?<=,)-?\d{4,}(?=,|\n)/g, (digits) => `"${Number(digits).toLocaleString('en-US')}"`)
    .replaceAll('\n', '\r\n');

function dayBefore(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

// The file of card attempts that goes to the card processor each night, byte for byte. Whatever a terminal reported as
// an approval code stays one cell of one line, and no cell is ever a formula.

export interface CardAttempt {
  attempt_id: string;
  /** In Japan, when the gateway wrote the outcome down: `10:30:00`. */
  local_time: string;
  /** Yen. */
  amount: number;
  approval_code: string | null;
  is_approved: boolean;
}

/** Lines end in LF, the last one as well; UTF-8 without a BOM. */
export const CARD_BATCH_HEADER = 'Transaction ID,Date,Time,Amount,Approval Code,Status\n';

export function cardBatchLine(business_date: string, attempt: CardAttempt): string {
  const { attempt_id, local_time, amount, approval_code, is_approved } = attempt;
  // A declined card has no approval, whatever number its slip has.
  const code = is_approved ? csvText(approval_code ?? '') : '';
  const status = is_approved ? 'APPROVED' : 'DECLINED';
  return `${attempt_id},${business_date},${local_time},${amount},${code},${status}\n`;
}

export function cardBatchFileName(business_date: string): string {
  return `transactions_${business_date.replaceAll('-', '')}.csv`;
}

export function settlementFileName(business_date: string): string {
  return `settlement_${business_date.replaceAll('-', '')}.csv`;
}

/**
 * Text that others chose, as one cell: what cannot be seen becomes a space, what a spreadsheet would compute gets an
 * apostrophe before it, and quotes stand around it where the cell needs them.
 */
export function csvText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about.
  const seen = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, ' ');
  const harmless = /^\s*[=+\-@＝＋－＠]/.test(seen) ? `'${seen}` : seen;
  return /[",;]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

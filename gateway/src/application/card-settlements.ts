// The processor's settlement file of a day, held against the books: one settlement for each merchant that it names and
// we know, and an exception for whatever is on one side only. Sums that the processor states are kept as it states them.
import { TextDecoder } from 'node:util';
import type { Context } from '../context.ts';
import { listMovementTotals, type MovementTotals } from '../db/books.ts';
import { sumCardsInOtherCurrencies } from '../db/card-attempts.ts';
import { forgetOpenCardExceptions, listCardExceptions, listSettledMerchants } from '../db/card-exceptions.ts';
import { listKnownMerchants } from '../db/card-processor-connections.ts';
import type { Tx } from '../db/pool.ts';
import { businessDayBounds, JAPAN } from '../domain/business-date.ts';
import type { CardBatch } from '../domain/card-batch.ts';
import { type ExceptionDraft, isSameFinding } from '../domain/reconciliation-exception.ts';
import { type CellLine, readSettlementLines, type SettlementLine } from '../domain/settlement-file.ts';
import { readCells } from '../providers/csv-cells.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import type { Actor } from './audit.ts';
import { type NewSettlement, recordExceptions, recordSettlements } from './settlements.ts';

/** A line is of a merchant: tens of thousands of them. It is held in memory, so it has an end. */
export const MOST_SETTLEMENT_BYTES = 4 * 1_024 * 1_024;

/** Reads the file to its end. Fails with an UnreadableFileError, by line and column, when it cannot be right. */
export async function readSettlementFile(bytes: Buffer, business_date: string): Promise<SettlementLine[]> {
  if (bytes.length > MOST_SETTLEMENT_BYTES)
    throw new UnreadableFileError(`The file is larger than ${MOST_SETTLEMENT_BYTES / 1_024 / 1_024} MiB.`);
  const rows: CellLine[] = [];
  for await (const row of readCells(bytes, decoderFor(bytes))) rows.push(row);
  const read = readSettlementLines(rows, business_date);
  if ('problem' in read) throw new UnreadableFileError(read.problem);
  return read.lines;
}

/** UTF-8, with a BOM or without; else Shift_JIS, as older systems in Japan write. */
function decoderFor(bytes: Buffer): TextDecoder {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return new TextDecoder('utf-8');
  } catch {
    return new TextDecoder('shift_jis');
  }
}

/** A line, and whose it is; null: nobody's whom we know. */
export type AssignedLine = SettlementLine & { merchant_id: string | null };

/** `merchant_numbers`: the processor's number of a merchant to our id; null: they are the same. */
export async function assignLines(
  tx: Tx,
  owner: Pick<CardBatch, 'organization_id' | 'livemode'>,
  lines: SettlementLine[],
  merchant_numbers: Record<string, string> | null,
): Promise<AssignedLine[]> {
  const merchants = new Map(merchant_numbers === null ? [] : Object.entries(merchant_numbers));
  const wanted = lines.map(({ merchant_number }) =>
    merchant_numbers === null ? merchant_number : (merchants.get(merchant_number) ?? null),
  );
  const known = new Set(
    await listKnownMerchants(
      tx,
      owner,
      wanted.filter((id) => id !== null),
    ),
  );
  return lines.map((line, at) => {
    const merchant_id = wanted[at] ?? null;
    return { ...line, merchant_id: merchant_id !== null && known.has(merchant_id) ? merchant_id : null };
  });
}

export interface SettlementFile {
  lines: AssignedLine[];
  file_name: string;
  source: 'file' | 'by_hand';
}

/** In the transaction that writes the batch's own row. A file that is issued again takes the place of the one before. */
export async function recordCardSettlements(
  context: Context,
  tx: Tx,
  batch: CardBatch,
  file: SettlementFile,
  actor: Actor,
): Promise<{ settlements_count: number; exceptions_count: number }> {
  const { organization_id, livemode, business_date } = batch;
  const owner = { organization_id, livemode };
  const day = businessDayBounds(business_date, JAPAN);
  const found = { ...owner, source: 'settlement' as const, provider: 'SP_NET', business_date };
  const totals = await listMovementTotals(tx, { ...owner, provider: 'SP_NET', currency: 'JPY', ...day });
  const expected = new Map(totals.map((total) => [total.merchant_id, total]));
  const { lines_of, exceptions } = sortLines(file.lines, found);
  const settled_before = new Set(await listSettledMerchants(tx, batch));

  const make = (merchant_id: string, lines: SettlementLine[]) =>
    makeSettlement(batch, file, merchant_id, lines, expected.get(merchant_id));
  const settlements = [...lines_of].map(([merchant_id, lines]) => ({
    ...make(merchant_id, lines),
    exceptions: lines.flatMap((line) => netDiffers(line, { ...found, merchant_id })),
  }));
  const missing = totals
    .filter(({ merchant_id, payments_count }) => payments_count > 0 && !lines_of.has(merchant_id))
    .map(({ merchant_id, payments_count, payments_amount }): ExceptionDraft & { merchant_id: string } => {
      const sides = { count_here: payments_count, amount_here: payments_amount };
      return { ...found, kind: 'missing_there', currency: 'JPY', merchant_id, ...sides };
    });
  exceptions.push(...missing.filter(({ merchant_id }) => !settled_before.has(merchant_id)));
  // Whom the file before had settled and this one names no more, it settles with nothing.
  for (const merchant_id of settled_before) {
    if (lines_of.has(merchant_id)) continue;
    const own = missing.filter((each) => each.merchant_id === merchant_id);
    settlements.push({ ...make(merchant_id, []), exceptions: own, is_summed_up: true });
  }
  for (const other of await sumCardsInOtherCurrencies(tx, owner, day)) {
    const { merchant_id, currency, payments_count: count_here, payments_amount: amount_here } = other;
    exceptions.push({ ...found, kind: 'missing_there', currency, merchant_id, count_here, amount_here });
  }

  const recorded = await recordSettlements(context, tx, settlements, actor);
  const alone = await recordAlone(context, tx, batch, exceptions);
  return {
    settlements_count: lines_of.size,
    exceptions_count: recorded.reduce((total, { exceptions_count }) => total + exceptions_count, alone),
  };
}

/** The lines of each merchant that we know, and an exception for each line that is of nobody, or of another day. */
function sortLines(lines: AssignedLine[], found: Found) {
  const lines_of = new Map<string, SettlementLine[]>();
  const exceptions: ExceptionDraft[] = [];
  for (const line of lines) {
    const { merchant_id } = line;
    const is_of_day = line.business_date === found.business_date;
    if (merchant_id !== null && is_of_day)
      lines_of.set(merchant_id, [...(lines_of.get(merchant_id) ?? []), line]);
    else
      exceptions.push({
        ...found,
        kind: 'missing_here',
        currency: 'JPY',
        merchant_id,
        provider_reference: line.merchant_number,
        status_there: is_of_day ? null : line.business_date,
        count_there: line.transaction_count,
        amount_there: line.gross_amount,
        line: line.line,
      });
  }
  return { lines_of, exceptions };
}

function makeSettlement(
  batch: CardBatch,
  { source, file_name }: SettlementFile,
  merchant_id: string,
  lines: SettlementLine[],
  ours: MovementTotals | undefined,
): NewSettlement {
  const { organization_id, livemode, business_date } = batch;
  const { payments_count = 0, payments_amount = 0 } = ours ?? {};
  const sum = (column: 'transaction_count' | 'gross_amount' | 'fees_amount' | 'net_amount') =>
    lines.reduce((total, line) => total + line[column], 0);
  return {
    ...{ organization_id, livemode, merchant_id, provider: 'SP_NET', account: null, business_date },
    ...{ currency: 'JPY', source, file_name, file_id: null, card_batch_id: batch.id },
    line: lines[0]?.line ?? null,
    // The file knows payments only: what a terminal gave back is in neither of the two.
    stated: {
      transaction_count: sum('transaction_count'),
      gross_amount: sum('gross_amount'),
      refunded_amount: 0,
      fees_amount: lines.length === 0 ? null : sum('fees_amount'),
      net_amount: lines.length === 0 ? null : sum('net_amount'),
    },
    expected: { transaction_count: payments_count, gross_amount: payments_amount, refunded_amount: 0 },
    exceptions: [],
  };
}

type Found = Pick<ExceptionDraft, 'organization_id' | 'livemode' | 'source' | 'provider' | 'business_date'>;

/** A line whose own sums do not add up is kept as it is, and a person is told. */
function netDiffers(line: SettlementLine, found: Found & { merchant_id: string }): ExceptionDraft[] {
  const amount_here = line.gross_amount - line.fees_amount;
  if (line.net_amount === amount_here) return [];
  const sides = { amount_here, amount_there: line.net_amount };
  return [
    { ...found, kind: 'totals_differ', field: 'net_amount', currency: 'JPY', line: line.line, ...sides },
  ];
}

/** Exceptions that belong to no settlement. What a person has resolved before stays as it is, and is not told again. */
async function recordAlone(
  context: Context,
  tx: Tx,
  batch: CardBatch,
  drafts: ExceptionDraft[],
): Promise<number> {
  await forgetOpenCardExceptions(tx, batch);
  const resolved = await listCardExceptions(tx, batch);
  const fresh = drafts.filter((draft) => !resolved.some((earlier) => isSame(draft, earlier)));
  if (fresh.length > 0) await recordExceptions(context, tx, fresh);
  return drafts.length;
}

/** Of two merchants the same sums may be missing. */
function isSame(one: ExceptionDraft, other: ExceptionDraft): boolean {
  return one.merchant_id === other.merchant_id && isSameFinding(one, other);
}

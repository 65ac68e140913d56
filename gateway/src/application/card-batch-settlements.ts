// A settlement file, whichever way it came, becomes the batch's own: what it settles, what differs and the batch's row
// are written together or not at all. The same bytes again change nothing.
import { createHash } from 'node:crypto';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import {
  type CardBatchState,
  findCardBatchOfDay,
  insertCardBatches,
  lockCardBatch,
  updateCardBatch,
} from '../db/card-batches.ts';
import {
  type CardProcessorConnection,
  findCardProcessorConnection,
} from '../db/card-processor-connections.ts';
import type { Tx } from '../db/pool.ts';
import type { CardBatch } from '../domain/card-batch.ts';
import { settlementFileName } from '../domain/card-batch-file.ts';
import { GatewayError } from '../domain/error.ts';
import type { SettlementLine } from '../domain/settlement-file.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { checkDayIsOver, type DayOfOwner, makeCardBatch } from './card-batch-days.ts';
import { assignLines, readSettlementFile, recordCardSettlements } from './card-settlements.ts';

export interface ReadFile {
  bytes: Buffer;
  lines: SettlementLine[];
  file_name: string;
  source: 'file' | 'by_hand';
}

/** For whoever has claimed the batch. Null: somebody else has taken it since, and nothing was written. */
export function settleCardBatch(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
  file: ReadFile,
  actor: Actor,
): Promise<CardBatch | null> {
  return context.db.withTransaction(async (tx) => {
    const locked = await lockCardBatch(tx, batch.id);
    if (locked?.claims_count !== batch.claims_count) return null;
    return settle(context, tx, connection, batch, file, actor);
  });
}

async function settle(
  context: Context,
  tx: Tx,
  connection: CardProcessorConnection | null,
  batch: CardBatch,
  { bytes, lines, file_name, source }: ReadFile,
  actor: Actor,
): Promise<CardBatch | null> {
  const assigned = await assignLines(tx, batch, lines, connection?.merchant_numbers ?? null);
  const merchants = assigned.map(({ merchant_number, merchant_id }) => [merchant_number, merchant_id]);
  const settlement_sha256 = hash(bytes);
  const merchants_sha256 = hash(JSON.stringify(merchants));
  const now = instant(context);
  // The same bytes say something else when a merchant's number was told, or corrected, since.
  const is_new = settlement_sha256 !== batch.settlement_sha256 || merchants_sha256 !== batch.merchants_sha256;
  const file = { lines: assigned, file_name, source };
  const counts = is_new ? await recordCardSettlements(context, tx, batch, file, actor) : {};
  const recorded = is_new
    ? { settlement_file_name: file_name, settlement_sha256, merchants_sha256, source }
    : {};
  const state = { ...batch, ...counts, ...recorded, updated_at: now };
  // What never went up still has to.
  const after = await updateCardBatch(
    tx,
    batch,
    batch.uploaded_at === null
      ? state
      : {
          ...state,
          step: 'done',
          attempts_made: 0,
          next_attempt_at: null,
          error: null,
          mailed_at: null,
          finished_at: is_new ? now : (batch.finished_at ?? now),
        },
  );
  const { settlements_count, exceptions_count } = after ?? batch;
  const facts = { card_batch: batch.id, settlements_count, exceptions_count };
  if (after !== null && is_new) {
    context.metrics.card_batches.inc({ result: 'settled' });
    context.log.info(facts, 'a card settlement file was recorded');
  }
  return after;
}

const hash = (content: Buffer | string) => createHash('sha256').update(content).digest('hex');

/** Of a day on which the processor settles nothing: its cards in other currencies are told all the same. */
export function closeWithoutFile(
  context: Context,
  batch: CardBatch,
  state: CardBatchState,
  actor: Actor,
): Promise<CardBatch | null> {
  return context.db.withTransaction(async (tx) => {
    const locked = await lockCardBatch(tx, batch.id);
    if (locked?.claims_count !== batch.claims_count) return null;
    const file = { lines: [], file_name: settlementFileName(batch.business_date), source: 'file' as const };
    const counts = await recordCardSettlements(context, tx, batch, file, actor);
    return updateCardBatch(tx, batch, { ...state, ...counts });
  });
}

export interface SuppliedFile {
  bytes: Buffer;
  /** What the person calls it: a label and no path. */
  file_name: string;
}

/** A file that a person supplies for a batch. Whoever works on the batch at this moment is overtaken. */
export async function supplySettlementFile(
  context: Context,
  batch: CardBatch,
  supplied: SuppliedFile,
  actor: Actor,
): Promise<CardBatch> {
  const { bytes } = supplied;
  const lines = await readLines(bytes, batch.business_date);
  const file_name = labelOf(supplied.file_name) || settlementFileName(batch.business_date);
  return context.db.withTransaction(async (tx) => {
    const connection = await findCardProcessorConnection(tx, batch);
    const locked = await lockCardBatch(tx, batch.id);
    if (locked === null) throw new Error(`card batch ${batch.id} is gone`);
    const file = { bytes, lines, file_name, source: 'by_hand' as const };
    const after = await settle(context, tx, connection, locked, file, actor);
    if (after === null) throw new Error(`card batch ${batch.id} was changed under its lock`);
    const { organization_id, livemode } = batch;
    const details = { file_name, business_date: batch.business_date, sha256: after.settlement_sha256 };
    const place = { organization_id, livemode, object_id: batch.id };
    const action = 'card_batch.settlement_file_supplied';
    await insertAuditEntry(tx, makeAuditEntry(context, actor, { ...place, action, details }));
    return after;
  });
}

/** The same for a day, whether it has a row yet or not. */
export async function importSettlementFile(
  context: Context,
  day: DayOfOwner,
  supplied: SuppliedFile,
  actor: Actor,
): Promise<CardBatch> {
  checkDayIsOver(context, day.business_date);
  await readLines(supplied.bytes, day.business_date);
  await insertCardBatches(context.db, [makeCardBatch(context, day)]);
  const batch = await findCardBatchOfDay(context.db, day, day.business_date);
  if (batch === null) throw new Error(`the card batch of ${day.business_date} is gone`);
  return supplySettlementFile(context, batch, supplied, actor);
}

async function readLines(bytes: Buffer, business_date: string): Promise<SettlementLine[]> {
  try {
    return await readSettlementFile(bytes, business_date);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new GatewayError('invalid_request', error.message, {
      field: 'content_base64',
      constraint: 'format',
    });
  }
}

/** The last part of what may be a path, without what cannot be seen. */
function labelOf(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  const seen = last.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').trim();
  return /^\.+$/.test(seen) ? '' : [...seen].slice(0, 255).join('');
}

// The nightly exchange with card processors: a row for each day, made due at 02:00 in Japan for the day before, and
// worked off a step at a time, by the worker or by hand. Whoever dies in between leaves a lease that lapses; the step is
// done again with the same bytes. No transaction is open while a file travels.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import {
  type CardBatchFilter,
  claimCardBatch,
  claimCardBatches,
  findCardBatch,
  findCardBatchOfDay,
  insertCardBatches,
  listCardBatches,
  lockCardBatch,
  type NewCardBatch,
  updateCardBatch,
} from '../db/card-batches.ts';
import {
  type ConnectionOwner,
  findCardProcessorConnection,
  lockConnectionsDue,
  updateNextBusinessDate,
} from '../db/card-processor-connections.ts';
import type { Tx } from '../db/pool.ts';
import { addDays, businessDateOf, businessDayBounds, JAPAN } from '../domain/business-date.ts';
import { type CardBatch, cardBatchResource } from '../domain/card-batch.ts';
import { GatewayError } from '../domain/error.ts';
import { type Actor, makeAuditEntry, SYSTEM } from './audit.ts';
import { checkDayIsOver, type DayOfOwner, leaseOf, makeCardBatch } from './card-batch-days.ts';
import { runStep } from './card-batch-steps.ts';
import { getCardProcessorConnection } from './card-processor-connections.ts';
import { type Answer, answerInTransaction } from './idempotency.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import type { ChangeOrigin } from './webhook-endpoints.ts';

/** From the end of the day to 02:00 in Japan. */
const DUE_AFTER_MS = 2 * 3_600_000;
/** Days of one connection that are made due at once; after a long outage the next ones follow. */
const DAYS_AT_ONCE = 7;
const CONNECTIONS_AT_ONCE = 50;
/** Connections that are worked on at once, so that a server that hangs holds up few others. */
const BATCHES_AT_ONCE = 4;
/** A row for each day that is due and has none, the oldest first. Says how many days were looked at. */
export async function scheduleCardBatches(context: Context): Promise<number> {
  const last_date = addDays(businessDateOf(instant(context, -DUE_AFTER_MS), JAPAN), -1);
  return context.db.withTransaction(async (tx) => {
    const connections = await lockConnectionsDue(tx, last_date, CONNECTIONS_AT_ONCE);
    const batches: NewCardBatch[] = [];
    for (const { organization_id, livemode, next_business_date } of connections) {
      let date = next_business_date;
      for (let days = 0; days < DAYS_AT_ONCE && date <= last_date; days++) {
        const due_ms = Date.parse(businessDayBounds(date, JAPAN).to) + DUE_AFTER_MS;
        batches.push({
          ...makeCardBatch(context, { organization_id, livemode, business_date: date }),
          next_attempt_at: new Date(due_ms).toISOString(),
        });
        date = addDays(date, 1);
      }
      await updateNextBusinessDate(tx, { organization_id, livemode }, date);
    }
    await insertCardBatches(tx, batches);
    return batches.length;
  });
}

/** One step of each batch that is due, the oldest day of each connection first. Says how many were taken. */
export async function runDueCardBatches(context: Context): Promise<number> {
  const now = instant(context);
  const batches = await claimCardBatches(context.db, now, leaseOf(context), BATCHES_AT_ONCE);
  await Promise.all(batches.map((batch) => runOne(context, batch)));
  return batches.length;
}

/** What goes wrong with one is no reason to leave the others; its lease gives it back. */
async function runOne(context: Context, batch: CardBatch): Promise<void> {
  try {
    const connection = await findCardProcessorConnection(context.db, batch);
    if (connection !== null)
      await runStep(context, connection, batch, batch.step === 'upload' ? 'upload' : 'download', SYSTEM);
  } catch (error) {
    context.log.error({ err: error, card_batch: batch.id }, 'a card batch was not worked on');
  }
}

export interface WantedRun extends DayOfOwner {
  /** Send the file even though it was sent before. It is the same to the byte. */
  upload_again?: boolean;
}

/** What is still to be done for the day, now. The row says what came of it. */
export async function runCardBatch(context: Context, wanted: WantedRun, actor: Actor): Promise<CardBatch> {
  checkDayIsOver(context, wanted.business_date);
  const connection = await getCardProcessorConnection(context, wanted);
  const begun = await context.db.withTransaction((tx) => beginRun(context, tx, wanted, actor));
  let batch: CardBatch = begun;
  for (const step of stepsOf(begun, wanted.upload_again)) {
    const claimed = await claimCardBatch(context.db, begun.id, instant(context), leaseOf(context));
    if (claimed === null) throw busy();
    const after = await runStep(context, connection, claimed, step, actor);
    if (after === null) throw busy();
    batch = after;
    if (batch.error !== null) break;
  }
  return batch;
}

function stepsOf({ uploaded_at }: CardBatch, upload_again = false): ('upload' | 'download')[] {
  return uploaded_at === null || upload_again ? ['upload', 'download'] : ['download'];
}

/** Makes the day due at once, for the worker. */
export async function requestCardBatch(
  context: Context,
  wanted: WantedRun,
  { actor, mark }: ChangeOrigin,
): Promise<Answer> {
  checkDayIsOver(context, wanted.business_date);
  await getCardProcessorConnection(context, wanted);
  return answerInTransaction(context, mark, wanted.organization_id, async (tx) => {
    const begun = await beginRun(context, tx, wanted, actor);
    const now = instant(context);
    if (begun.leased_until !== null && begun.leased_until > now) throw busy();
    const after = await updateCardBatch(tx, begun, {
      ...begun,
      step: stepsOf(begun, wanted.upload_again)[0] ?? 'upload',
      attempts_made: 0,
      next_attempt_at: now,
      error: null,
      mailed_at: null,
      finished_at: null,
      updated_at: now,
    });
    return jsonAnswer(202, cardBatchResource(after ?? begun));
  });
}

async function beginRun(
  context: Context,
  tx: Tx,
  { organization_id, livemode, business_date, upload_again = false }: WantedRun,
  actor: Actor,
): Promise<CardBatch> {
  const day = { organization_id, livemode, business_date };
  await insertCardBatches(tx, [makeCardBatch(context, day)]);
  const found = await findCardBatchOfDay(tx, day, business_date);
  const batch = found && (await lockCardBatch(tx, found.id));
  if (batch === null) throw new Error(`the card batch of ${business_date} is gone`);
  const place = { organization_id, livemode, object_id: batch.id };
  const details = { business_date, upload_again };
  await insertAuditEntry(tx, makeAuditEntry(context, actor, { ...place, action: 'card_batch.run', details }));
  return batch;
}

function busy(): GatewayError {
  return new GatewayError(
    'conflict',
    'This day is being worked on at this moment. Look at it again in a minute.',
    {},
    { retry_after_seconds: 60 },
  );
}

/** Another organization's batch, or one of the other mode, does not exist for the caller. */
export async function getCardBatch(context: Context, owner: ConnectionOwner, id: string): Promise<CardBatch> {
  const batch = await findCardBatch(context.db, id);
  if (batch?.organization_id === owner.organization_id && batch.livemode === owner.livemode) return batch;
  throw new GatewayError('not_found', 'There is no card batch with this id.');
}

export async function listCardBatchResources(
  context: Context,
  owner: ConnectionOwner,
  filter: CardBatchFilter,
): Promise<Page> {
  const rows = await listCardBatches(context.db, owner, { ...filter, limit: filter.limit + 1 });
  return makePage(rows, filter.limit, cardBatchResource);
}

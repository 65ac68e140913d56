// The two steps of a day's exchange with the card processor: its file goes up, its settlement file comes down. Each is
// done by whoever has claimed the batch, and ends in one write: what was done, or what went wrong and what follows.
import { Writable } from 'node:stream';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { type CardBatchState, updateCardBatch } from '../db/card-batches.ts';
import type { CardProcessorConnection } from '../db/card-processor-connections.ts';
import { insertMails } from '../db/mails.ts';
import { findOrganizationRow } from '../db/organizations.ts';
import { businessDayBounds, JAPAN } from '../domain/business-date.ts';
import { type CardBatch, nextCardBatchAttempt } from '../domain/card-batch.ts';
import { settlementFileName } from '../domain/card-batch-file.ts';
import { type CardBatchTrouble, makeCardBatchMail } from '../domain/card-batch-mail.ts';
import { UnreadableFileError } from '../providers/reconciliation-contract.ts';
import { type Actor, SYSTEM } from './audit.ts';
import { closeWithoutFile, settleCardBatch } from './card-batch-settlements.ts';
import { uploadCardBatch } from './card-batch-uploads.ts';
import { ftpTargetOf } from './card-processor-connections.ts';
import { MOST_SETTLEMENT_BYTES, readSettlementFile } from './card-settlements.ts';

/** Does one step of a claimed batch. Null: somebody else has taken it since, and nothing was written. */
export async function runStep(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
  step: 'upload' | 'download',
  actor: Actor,
): Promise<CardBatch | null> {
  try {
    return step === 'upload'
      ? await runUpload(context, connection, batch)
      : await runDownload(context, connection, batch, actor);
  } catch (error) {
    // A day that always breaks here must neither hold up those after it for good nor stay unknown to people.
    context.log.error({ err: error, card_batch: batch.id }, 'a card batch was not worked on');
    return fail(context, connection, batch, step, OWN_TROUBLE);
  }
}

const OWN_TROUBLE = 'The gateway itself failed: look for this batch in its log.';

async function runUpload(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
): Promise<CardBatch | null> {
  const answer = await uploadCardBatch(context, connection, batch);
  if (answer.kind === 'failed') return fail(context, connection, batch, 'upload', answer.message);
  const now = instant(context);
  const is_settled = batch.settlement_sha256 !== null;
  const after = await updateCardBatch(context.db, batch, {
    ...batch,
    ...answer.facts,
    step: is_settled ? 'done' : 'download',
    next_attempt_at: is_settled ? null : now,
    finished_at: is_settled ? now : null,
    ...NO_TROUBLE,
    uploaded_at: now,
    updated_at: now,
  });
  const { uploaded_count, upload_size } = answer.facts;
  const facts = { card_batch: batch.id, uploaded_count, upload_size };
  if (after !== null) {
    context.metrics.card_batches.inc({ result: 'uploaded' });
    context.log.info(facts, 'card transactions uploaded');
  }
  return after;
}

/** Of a step that went well. */
const NO_TROUBLE = { attempts_made: 0, error: null, mailed_at: null } as const;

async function runDownload(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
  actor: Actor,
): Promise<CardBatch | null> {
  const name = settlementFileName(batch.business_date);
  const chunks: Buffer[] = [];
  const file = { directory: connection.download_directory, name, max_bytes: MOST_SETTLEMENT_BYTES };
  const answer = await context.files.ftpDownload(ftpTargetOf(context, connection), file, () => {
    chunks.length = 0;
    return new Writable({
      write(chunk: Buffer, _encoding, written) {
        chunks.push(chunk);
        written();
      },
    });
  });
  if (answer.kind === 'failed') {
    if (answer.failure !== 'not_found') return fail(context, connection, batch, 'download', answer.message);
    return fail(context, connection, batch, 'missing', `The processor has not provided ${name} yet.`);
  }
  const bytes = Buffer.concat(chunks);
  try {
    const lines = await readSettlementFile(bytes, batch.business_date);
    const settled = { bytes, lines, file_name: name, source: 'file' as const };
    return await settleCardBatch(context, connection, batch, settled, actor);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return fail(context, connection, batch, 'unreadable', `${name}: ${error.message}`);
  }
}

/** Writes down what went wrong, and with it the next try, or the mail to a person: one, with the row that says it. */
async function fail(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
  trouble: CardBatchTrouble,
  message: string,
): Promise<CardBatch | null> {
  const after = stateAfterFailure(context, batch, trouble, message);
  const facts = { card_batch: batch.id, business_date: batch.business_date, trouble, error: message };
  const is_given_up = after.step === 'failed' && batch.step !== 'failed';
  context.metrics.card_batches.inc({
    result: is_given_up ? 'failed' : trouble === 'missing' ? 'missing' : 'tried',
  });
  if (!is_given_up) {
    if (after.step === 'done' && batch.step !== 'done' && batch.settlement_sha256 === null)
      return closeWithoutFile(context, batch, after, SYSTEM);
    context.log.warn({ ...facts, next_attempt_at: after.next_attempt_at }, 'a step of a card batch failed');
    return updateCardBatch(context.db, batch, after);
  }
  context.log.error(facts, 'a card batch is given up: a person is needed');
  const organization = await findOrganizationRow(context.db, batch.organization_id);
  const recipient = connection.mail_to ?? organization?.notification_email ?? null;
  if (recipient === null)
    context.log.error(facts, 'nobody is told of it: set mail_to, or the organization’s notification_email');
  return context.db.withTransaction(async (tx) => {
    const mailed_at = recipient === null ? null : after.updated_at;
    const failed = await updateCardBatch(tx, batch, { ...after, mailed_at });
    if (failed === null || recipient === null) return failed;
    const { organization_id, livemode } = batch;
    const mail = makeCardBatchMail(failed, trouble, connection.language);
    const row = { id: context.makeId('ml'), organization_id, livemode, recipient, ...mail };
    await insertMails(tx, [{ ...row, created_at: after.updated_at }]);
    return failed;
  });
}

function stateAfterFailure(
  context: Context,
  batch: CardBatch,
  trouble: CardBatchTrouble,
  error: string,
): CardBatchState {
  const now = instant(context);
  const is_missing = trouble === 'missing';
  const attempts_made = is_missing ? 0 : batch.attempts_made + 1;
  const written = { ...batch, attempts_made, error, updated_at: now };
  // A person runs it by hand, and sees what comes of it.
  if (batch.step === 'done' || batch.step === 'failed') return { ...written, attempts_made: 0 };
  const next_ms = nextCardBatchAttempt({
    attempts_made,
    now_ms: context.now(),
    day_ended_ms: Date.parse(businessDayBounds(batch.business_date, JAPAN).to),
    uploaded_ms: batch.uploaded_at === null ? null : Date.parse(batch.uploaded_at),
    is_missing,
  });
  if (next_ms !== null) return { ...written, next_attempt_at: new Date(next_ms).toISOString() };
  const ended = { ...written, next_attempt_at: null };
  // It was settled before, and asked for once more; that it did not come again takes nothing away.
  if (batch.settlement_sha256 !== null && batch.uploaded_at !== null)
    return { ...ended, step: 'done', attempts_made: 0, finished_at: now };
  // Nobody paid by card, and the processor settles nothing.
  if (is_missing && batch.approved_count === 0)
    return { ...ended, step: 'done', error: null, finished_at: now };
  return { ...ended, step: 'failed' };
}

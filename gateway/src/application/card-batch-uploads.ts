// The file of a day's card attempts on its way to the processor: read twice page by page and never held as a whole.
// The first time it is measured; the second time it is sent, and must be the same to the byte.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Context } from '../context.ts';
import { type AttemptPlace, listCardAttempts, type Stretch } from '../db/card-attempts.ts';
import type { CardProcessorConnection } from '../db/card-processor-connections.ts';
import { assertNoTransaction } from '../db/pool.ts';
import { businessDayBounds, JAPAN } from '../domain/business-date.ts';
import type { CardBatch } from '../domain/card-batch.ts';
import { CARD_BATCH_HEADER, cardBatchFileName, cardBatchLine } from '../domain/card-batch-file.ts';
import type { FailedTransfer } from '../outbound/transfer.ts';
import { ftpTargetOf } from './card-processor-connections.ts';

const PAGE = 1_000;

export interface UploadFacts {
  uploaded_count: number;
  approved_count: number;
  uploaded_amount: number;
  upload_size: number;
  upload_sha256: string;
}

/** Sends the file of the batch's day. The same day makes the same bytes, however often it is sent. */
export async function uploadCardBatch(
  context: Context,
  connection: CardProcessorConnection,
  batch: CardBatch,
): Promise<{ kind: 'done'; facts: UploadFacts } | FailedTransfer> {
  assertNoTransaction();
  const facts = await measure(context, batch);
  let sent = createHash('sha256');
  const answer = await context.files.ftpUpload(ftpTargetOf(context, connection), {
    directory: connection.upload_directory,
    name: cardBatchFileName(batch.business_date),
    size: facts.upload_size,
    open: () => {
      sent = createHash('sha256');
      return Readable.from(hashed(makeFile(context, batch), sent), { objectMode: false });
    },
  });
  if (answer.kind === 'failed') return answer;
  if (sent.digest('hex') === facts.upload_sha256) return { kind: 'done', facts };
  const message = 'The attempts of the day changed while they were sent; the file is sent again.';
  return { kind: 'failed', failure: 'size_differs', message };
}

async function measure(context: Context, batch: CardBatch): Promise<UploadFacts> {
  const hash = createHash('sha256');
  const facts = { uploaded_count: 0, approved_count: 0, uploaded_amount: 0, upload_size: 0 };
  for await (const { text, attempts } of makeFile(context, batch)) {
    hash.update(text);
    facts.upload_size += Buffer.byteLength(text);
    facts.uploaded_count += attempts.length;
    for (const { is_approved, amount } of attempts) {
      if (!is_approved) continue;
      facts.approved_count += 1;
      facts.uploaded_amount += amount;
    }
  }
  return { ...facts, upload_sha256: hash.digest('hex') };
}

type Page = Awaited<ReturnType<typeof listCardAttempts>>;

async function* makeFile(
  context: Context,
  batch: CardBatch,
): AsyncGenerator<{ text: string; attempts: Page }> {
  const day: Stretch = businessDayBounds(batch.business_date, JAPAN);
  yield { text: CARD_BATCH_HEADER, attempts: [] };
  let after: AttemptPlace | null = null;
  for (;;) {
    const attempts: Page = await listCardAttempts(context.db, batch, day, after, PAGE);
    if (attempts.length > 0)
      yield {
        text: attempts.map((attempt) => cardBatchLine(batch.business_date, attempt)).join(''),
        attempts,
      };
    after = attempts.at(-1) ?? null;
    if (attempts.length < PAGE) return;
  }
}

async function* hashed(
  pages: AsyncIterable<{ text: string }>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const { text } of pages) {
    hash.update(text);
    yield Buffer.from(text);
  }
}

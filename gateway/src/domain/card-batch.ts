// One day's exchange with the card processor, as its row has it, and when a step of it is tried again. Pure: times are
// milliseconds and come in.

/** What is done next: the file of attempts goes there, then the settlement file is fetched. */
export type CardBatchStep = 'upload' | 'download' | 'done' | 'failed';

export interface CardBatch {
  id: string;
  organization_id: string;
  livemode: boolean;
  /** Japan's calendar day. */
  business_date: string;
  step: CardBatchStep;
  attempts_made: number;
  next_attempt_at: string | null;
  leased_until: string | null;
  claims_count: number;
  error: string | null;
  mailed_at: string | null;
  uploaded_count: number | null;
  approved_count: number | null;
  uploaded_amount: number | null;
  upload_size: number | null;
  upload_sha256: string | null;
  uploaded_at: string | null;
  settlement_file_name: string | null;
  settlement_sha256: string | null;
  /** Which merchant each of its numbers was taken for. */
  merchants_sha256: string | null;
  source: 'file' | 'by_hand' | null;
  settlements_count: number | null;
  exceptions_count: number | null;
  finished_at: string | null;
  created_at: string;
  updated_at: string;
}

export function cardBatchResource(batch: CardBatch): Record<string, unknown> {
  const { id, organization_id: _, leased_until: _lease, claims_count: _claims, ...shown } = batch;
  const { merchants_sha256: _merchants, ...rest } = shown;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return { id, object: 'card_batch', ...Object.fromEntries(given) };
}

/** After the first try of a step. What fails for a quarter of an hour is for a person. */
const RETRY_WAITS_MS = [60_000, 5 * 60_000, 15 * 60_000] as const;
/** A settlement file that is not there yet is no failure of the transfer. */
const MISSING_WAIT_MS = 3_600_000;
/** How long a settlement file may take, from the end of its day or from the upload, whichever is later. */
const MISSING_AFTER_DAY_MS = 10 * 3_600_000;
const MISSING_AFTER_UPLOAD_MS = 8 * 3_600_000;

export interface StepFailure {
  attempts_made: number;
  now_ms: number;
  /** When the day ended. */
  day_ended_ms: number;
  uploaded_ms: number | null;
  /** The server says that there is no such file. */
  is_missing: boolean;
}

/** When to try again (ms since the epoch), or null: it is given up, and a person is told. */
export function nextCardBatchAttempt(failure: StepFailure): number | null {
  const { attempts_made, now_ms, day_ended_ms, uploaded_ms, is_missing } = failure;
  if (is_missing) {
    const until_ms = Math.max(
      day_ended_ms + MISSING_AFTER_DAY_MS,
      (uploaded_ms ?? 0) + MISSING_AFTER_UPLOAD_MS,
    );
    return now_ms < until_ms ? Math.min(until_ms, now_ms + MISSING_WAIT_MS) : null;
  }
  const wait = RETRY_WAITS_MS[attempts_made - 1];
  return wait === undefined ? null : now_ms + wait;
}

// From an event to a merchant's server: give events to endpoints, make one attempt to deliver, decide what
// follows from its outcome, write it down. The receiver is a stranger: nothing that it answers is kept but the
// status, and nothing of ours is held in the database while it thinks.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { assertNoTransaction } from '../db/pool.ts';
import {
  type ClaimedDelivery,
  claimWebhookDeliveries,
  countWebhookBacklog,
  type DeliveryOutcome,
  type DeliveryRoom,
  fanOutEvents,
  recordDeliveryOutcomes,
} from '../db/webhook-deliveries.ts';
import { findWebhookEndpoint } from '../db/webhook-endpoints.ts';
import { nextWebhookAttempt } from '../domain/retry-schedule.ts';
import { type DisabledReason, signingSecrets, webhookEndpointResource } from '../domain/webhook-endpoint.ts';
import { makeDisabledMail } from '../domain/webhook-mail.ts';
import { signWebhook } from '../domain/webhook-signature.ts';
import type { HttpAnswer } from '../outbound/http.ts';
import { readRetryAfter } from '../outbound/retry-after.ts';
import { eventBody } from './events.ts';
import { openSecrets } from './webhook-endpoints.ts';

/** For an attempt as a whole, to the last byte of the answer. */
export const DELIVERY_DEADLINE_MS = 15_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** What a claim lasts beyond the deadline: time to write the outcome down, also when the database is slow. */
const LEASE_MARGIN_MS = 45_000;
const MAX_CACHED_SECRETS = 1_000;

/** Gives events to their endpoints, oldest first. How many: fewer than `limit` means that none is left. */
export async function fanOut(context: Context, limit: number): Promise<number> {
  return fanOutEvents(context.db, instant(context), limit);
}

export async function claimDeliveries(
  context: Context,
  room: DeliveryRoom,
  deadline_ms: number,
): Promise<ClaimedDelivery[]> {
  const lease_until = instant(context, deadline_ms + LEASE_MARGIN_MS);
  return claimWebhookDeliveries(context.db, instant(context), lease_until, room);
}

/** Makes one attempt. What the receiver does is the outcome; only a fault of our own is thrown. */
export function makeDeliverer(context: Context, deadline_ms: number) {
  const readSecrets = makeSecretReader(context);

  return async (delivery: ClaimedDelivery): Promise<DeliveryOutcome> => {
    const attempted_at = instant(context);
    const secrets = signingSecrets(readSecrets(delivery), delivery.previous_secret_expires_at, attempted_at);
    const timestamp_seconds = Math.floor(context.now() / 1_000);
    const body = eventBody(delivery, delivery.sequence);
    assertNoTransaction();
    const answer = await context.webhook_http.request({
      method: 'POST',
      url: delivery.url,
      headers: {
        'content-type': 'application/json',
        'webhook-id': delivery.id,
        'webhook-timestamp': String(timestamp_seconds),
        'webhook-signature': signWebhook({ secrets, id: delivery.id, timestamp_seconds, body }),
      },
      body,
      deadline_ms,
      max_response_bytes: MAX_ANSWER_BYTES,
      when_too_large: 'truncate',
    });
    const verdict = decide(context, delivery.attempts_made + 1, answer);
    return {
      webhook_endpoint_id: delivery.webhook_endpoint_id,
      delivered_event_id: delivery.id,
      round: delivery.round,
      endpoint_version: delivery.endpoint_version,
      status: verdict.status,
      next_attempt_at: verdict.next_attempt_at,
      attempted_at,
      finished_at: instant(context),
      duration_ms: Math.round(answer.duration_ms),
      response_status: answer.kind === 'answered' ? answer.status : null,
      error: errorText(answer),
      ...(await describeDisabling(context, delivery.webhook_endpoint_id, verdict.disabled_reason)),
    };
  };
}

interface Verdict {
  status: DeliveryOutcome['status'];
  next_attempt_at: string | null;
  disabled_reason: DisabledReason | null;
}

function decide(context: Context, attempts_made: number, answer: HttpAnswer): Verdict {
  const status = answer.kind === 'answered' ? answer.status : null;
  if (status !== null && status >= 200 && status < 300) {
    return { status: 'succeeded', next_attempt_at: null, disabled_reason: null };
  }
  if (status === 410) return { status: 'failed', next_attempt_at: null, disabled_reason: 'answered_gone' };
  const next_ms = nextWebhookAttempt({
    attempts_made,
    now_ms: context.now(),
    random: context.random(),
    retry_after_seconds:
      answer.kind === 'answered' ? readRetryAfter(answer.headers, context.now()) : undefined,
  });
  if (next_ms === null) {
    return { status: 'failed', next_attempt_at: null, disabled_reason: 'attempts_exhausted' };
  }
  return { status: 'pending', next_attempt_at: new Date(next_ms).toISOString(), disabled_reason: null };
}

/** A sentence for the merchant where the status alone does not say what was wrong. */
function errorText(answer: HttpAnswer): string | null {
  if (answer.kind === 'failed') return answer.message;
  if (answer.status >= 300 && answer.status < 400) return 'The answer was a redirect, which is not followed.';
  return null;
}

const NOT_DISABLED = {
  disabled_reason: null,
  event_id: null,
  event_object_json: null,
  mail_id: null,
  mail_subject: null,
  mail_body: null,
};

/** The endpoint is read again, because the event shows it as it is now and not as it was when claimed. */
async function describeDisabling(context: Context, id: string, disabled_reason: DisabledReason | null) {
  const endpoint = disabled_reason === null ? null : await findWebhookEndpoint(context.db, id);
  if (endpoint === null || disabled_reason === null) return NOT_DISABLED;
  const resource = webhookEndpointResource({ ...endpoint, status: 'disabled', disabled_reason });
  const mail = makeDisabledMail(endpoint, disabled_reason);
  return {
    disabled_reason,
    event_id: context.makeId('evt'),
    event_object_json: JSON.stringify(resource),
    mail_id: context.makeId('ml'),
    mail_subject: mail.subject,
    mail_body: mail.body,
  };
}

/** Opens sealed secrets once for as long as they are the same box. */
function makeSecretReader(context: Context) {
  const opened = new Map<string, { sealed: Buffer; secrets: string[] }>();
  return ({ webhook_endpoint_id: id, secret_sealed: sealed }: ClaimedDelivery): string[] => {
    const known = opened.get(id);
    if (known?.sealed.equals(sealed)) return known.secrets;
    const secrets = openSecrets(context, id, sealed);
    if (opened.size >= MAX_CACHED_SECRETS) opened.clear();
    opened.set(id, { sealed, secrets });
    return secrets;
  };
}

/** Rows are locked in one order everywhere, so that nobody waits for another in a ring. */
function inOrder(a: DeliveryOutcome, b: DeliveryOutcome): number {
  const [one, other] = [a, b].map((each) => `${each.webhook_endpoint_id} ${each.delivered_event_id}`);
  return (one ?? '') < (other ?? '') ? -1 : 1;
}

/**
 * Writes outcomes down. Those that end while a write is under way go together into the next one: under load
 * a commit carries many outcomes, and a single one does not wait.
 */
export function makeOutcomeWriter(context: Context) {
  type Waiting = { outcome: DeliveryOutcome; resolve: () => void; reject: (error: unknown) => void };
  let waiting: Waiting[] = [];
  let is_writing = false;

  async function writeAll(): Promise<void> {
    is_writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await recordDeliveryOutcomes(context.db, batch.map((entry) => entry.outcome).sort(inOrder));
        for (const entry of batch) entry.resolve();
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    is_writing = false;
  }

  return (outcome: DeliveryOutcome): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ outcome, resolve, reject });
      if (!is_writing) void writeAll();
    });
}

export async function measureWebhookBacklog(context: Context): Promise<void> {
  context.metrics.webhook_backlog.set(await countWebhookBacklog(context.db, instant(context)));
}

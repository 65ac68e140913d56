// Deliveries as a backend or an operator sees them: what was sent and what came of it, one or many sent again, and a
// ping. A resent event has the same id and the same bytes; only its time and its signature are new.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import {
  type DeliveryAttemptRow,
  type DeliveryRow,
  type DeliveryStatus,
  findWebhookDelivery,
  listDeliveryAttempts,
  listWebhookDeliveries,
  listWebhookEndpointEvents,
} from '../db/webhook-delivery-lists.ts';
import { alignWebhookDeliveries, insertWebhookPing, resendWebhookDeliveries } from '../db/webhook-resends.ts';
import { GatewayError } from '../domain/error.ts';
import { type WebhookEndpoint, webhookEndpointResource } from '../domain/webhook-endpoint.ts';
import { makeAuditEntry } from './audit.ts';
import { eventBody } from './events.ts';
import { type Answer, answerInTransaction } from './idempotency.ts';
import type { Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import { type ChangeOrigin, type EndpointOwner, getWebhookEndpoint } from './webhook-endpoints.ts';

/** What a list shows of each delivery: the latest; one that is read by itself shows more. */
const ATTEMPTS_IN_LIST = 10;
const ATTEMPTS_OF_ONE = 100;
/** Deliveries that one request sends again. */
export const MAX_RESENT = 1_000;

export async function listDeliveryResources(
  context: Context,
  owner: EndpointOwner,
  id: string,
  query: { status: DeliveryStatus | null; starting_after: number; limit: number },
): Promise<Page> {
  const endpoint = await getWebhookEndpoint(context, owner, id, { may_be_deleted: true });
  const { status, starting_after: before_sequence, limit } = query;
  const filter = { status, before_sequence, limit: limit + 1 };
  const rows = await listWebhookDeliveries(context.db, endpoint.id, filter);
  const shown = rows.slice(0, limit);
  const attempts = await listDeliveryAttempts(context.db, endpoint.id, shown, ATTEMPTS_IN_LIST);
  return {
    page: shown.map((row) => deliveryResource(row, attempts)),
    next_after: rows.length > limit ? String(shown.at(-1)?.sequence) : null,
  };
}

export async function retrieveDelivery(
  context: Context,
  owner: EndpointOwner,
  id: string,
  sequence: number,
): Promise<Record<string, unknown>> {
  const endpoint = await getWebhookEndpoint(context, owner, id, { may_be_deleted: true });
  const row = await getDelivery(context, endpoint, sequence);
  const attempts = await listDeliveryAttempts(context.db, endpoint.id, [row], ATTEMPTS_OF_ONE);
  return deliveryResource(row, attempts);
}

/**
 * What the endpoint was given after a sequence, in order, each as the very text that was or will be delivered.
 * A receiver that compares it with what it got can prove that it missed nothing.
 */
export async function listEndpointEventBodies(
  context: Context,
  owner: EndpointOwner,
  id: string,
  page: { after_sequence: number; limit: number },
): Promise<{ bodies: string[]; next_after: number | null }> {
  const endpoint = await getWebhookEndpoint(context, owner, id, { may_be_deleted: true });
  const { after_sequence, limit } = page;
  const events = await listWebhookEndpointEvents(context.db, endpoint.id, after_sequence, limit + 1);
  const shown = events.slice(0, limit);
  return {
    bodies: shown.map((event) => eventBody(event, event.sequence)),
    next_after: events.length > limit ? (shown.at(-1)?.sequence ?? null) : null,
  };
}

/** One delivery again, whatever became of it. */
export async function resendDelivery(
  context: Context,
  owner: EndpointOwner,
  id: string,
  sequence: number,
  origin: ChangeOrigin,
): Promise<Answer> {
  const endpoint = await getEnabledEndpoint(context, owner, id);
  const delivery = await getDelivery(context, endpoint, sequence);
  const answer = await answerInTransaction(context, origin.mark, owner.organization_id, async (tx) => {
    const now = instant(context);
    const one = { after_sequence: sequence - 1, up_to_sequence: sequence, status: null, limit: 1 };
    const resent = await resendWebhookDeliveries(tx, endpoint.id, now, one);
    if (resent.length === 0) throw notEnabled();
    const details = { sequence, event_id: delivery.event_id };
    await insertAuditEntry(tx, auditOf(context, endpoint, origin, 'webhook_delivery.resent', details));
    const again = { ...delivery, status: 'pending' as const, attempts_made: 0 };
    const attempts = await listDeliveryAttempts(tx, endpoint.id, [delivery], ATTEMPTS_OF_ONE);
    return jsonAnswer(200, deliveryResource({ ...again, next_attempt_at: now, updated_at: now }, attempts));
  });
  context.wakeWorker?.('deliveries');
  return answer;
}

/** Those after a sequence, oldest first, as many as fit; `last_sequence` says where the next request goes on. */
export async function resendDeliveries(
  context: Context,
  owner: EndpointOwner,
  id: string,
  wanted: { after_sequence: number; status: DeliveryStatus | null },
  origin: ChangeOrigin,
): Promise<Answer> {
  const endpoint = await getEnabledEndpoint(context, owner, id);
  const answer = await answerInTransaction(context, origin.mark, owner.organization_id, async (tx) => {
    const filter = { ...wanted, up_to_sequence: endpoint.last_sequence, limit: MAX_RESENT };
    const resent = await resendWebhookDeliveries(tx, endpoint.id, instant(context), filter);
    const last_sequence = resent.at(-1) ?? wanted.after_sequence;
    const facts = { after_sequence: wanted.after_sequence, last_sequence, resent: resent.length };
    const details = { ...facts, ...(wanted.status !== null && { status: wanted.status }) };
    await insertAuditEntry(tx, auditOf(context, endpoint, origin, 'webhook_endpoint.resent', details));
    const has_more = resent.length === MAX_RESENT;
    return jsonAnswer(200, { webhook_endpoint_id: endpoint.id, ...facts, has_more });
  });
  context.wakeWorker?.('deliveries');
  return answer;
}

/** An event for this endpoint alone, numbered and delivered like any other. */
export async function pingEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
  origin: ChangeOrigin,
): Promise<Answer> {
  const endpoint = await getEnabledEndpoint(context, owner, id);
  const answer = await answerInTransaction(context, origin.mark, owner.organization_id, async (tx) => {
    const now = instant(context);
    const object_json = JSON.stringify(webhookEndpointResource(endpoint));
    const event = { id: context.makeId('evt'), object_json, created_at: now };
    const sequence = await insertWebhookPing(tx, endpoint.id, event);
    if (sequence === null) throw notEnabled();
    const details = { sequence, event_id: event.id };
    await insertAuditEntry(tx, auditOf(context, endpoint, origin, 'webhook_endpoint.pinged', details));
    const delivery: DeliveryRow = {
      webhook_endpoint_id: endpoint.id,
      sequence,
      event_id: event.id,
      event_type: 'webhook_endpoint.ping',
      status: 'pending',
      attempts_made: 0,
      next_attempt_at: now,
      created_at: now,
      updated_at: now,
    };
    return jsonAnswer(201, deliveryResource(delivery, []));
  });
  context.wakeWorker?.('deliveries');
  return answer;
}

/** Takes out of the schedule what waits for endpoints that are off, and puts in what waits for those that are on. */
export function alignDeliveries(context: Context, limit: number): Promise<number> {
  return alignWebhookDeliveries(context.db, instant(context), limit);
}

function deliveryResource(row: DeliveryRow, attempts: DeliveryAttemptRow[]): Record<string, unknown> {
  const { next_attempt_at, created_at, updated_at, ...rest } = row;
  return {
    object: 'webhook_delivery',
    ...rest,
    ...(next_attempt_at !== null && { next_attempt_at }),
    attempts: attempts
      .filter((attempt) => attempt.sequence === row.sequence)
      .map(({ attempt_number, response_status, error, duration_ms, attempted_at }) => ({
        attempt_number,
        ...(response_status !== null && { response_status }),
        ...(error !== null && { error }),
        duration_ms,
        attempted_at,
      })),
    created_at,
    updated_at,
  };
}

async function getDelivery(
  context: Context,
  endpoint: WebhookEndpoint,
  sequence: number,
): Promise<DeliveryRow> {
  const row = await findWebhookDelivery(context.db, endpoint.id, sequence);
  if (row === null) throw new GatewayError('not_found', 'This endpoint was given nothing by this sequence.');
  return row;
}

async function getEnabledEndpoint(
  context: Context,
  owner: EndpointOwner,
  id: string,
): Promise<WebhookEndpoint> {
  const endpoint = await getWebhookEndpoint(context, owner, id);
  if (endpoint.status !== 'enabled') throw notEnabled();
  return endpoint;
}

function notEnabled(): GatewayError {
  return new GatewayError(
    'invalid_request',
    'This endpoint is disabled. Enable it first; what waits for it is then delivered by itself.',
    { field: 'id', constraint: 'endpoint_enabled' },
  );
}

function auditOf(
  context: Context,
  { id, organization_id, livemode, merchant_id }: WebhookEndpoint,
  { actor }: ChangeOrigin,
  action: string,
  details: Record<string, unknown>,
) {
  const place = { organization_id, livemode, merchant_id, object_id: id };
  return makeAuditEntry(context, actor, { ...place, action, details });
}

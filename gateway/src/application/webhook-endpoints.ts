// Webhook endpoints as a backend sees them: register one, look at them, and read again what one was given. The
// signing secret is told once, in the answer to its creation, and lies sealed afterwards.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { listMerchantIds } from '../db/merchants.ts';
import { listWebhookEndpointEvents } from '../db/webhook-deliveries.ts';
import { findWebhookEndpoint, insertWebhookEndpoint, listWebhookEndpoints } from '../db/webhook-endpoints.ts';
import { GatewayError } from '../domain/error.ts';
import { webhookBody } from '../domain/event.ts';
import { seal } from '../domain/secret-box.ts';
import { isEventName, type WebhookEndpoint, webhookEndpointResource } from '../domain/webhook-endpoint.ts';
import { makeWebhookSecret } from '../domain/webhook-signature.ts';
import { checkWebhookUrl } from '../outbound/address-guard.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';

export interface NewWebhookEndpoint {
  url: string;
  enabled_events?: string[];
  merchant_id?: string;
  description?: string;
}

/** For an organization in one mode. Every event is written once for each of them. */
export const MAX_ENDPOINTS = 16;

export async function createWebhookEndpoint(
  context: Context,
  caller: Pick<KeyCaller, 'organization_id' | 'livemode' | 'merchant_id'>,
  wanted: NewWebhookEndpoint,
  mark: Mark | null,
): Promise<Answer> {
  const now = instant(context);
  const endpoint: WebhookEndpoint = {
    id: context.makeId('we'),
    organization_id: caller.organization_id,
    livemode: caller.livemode,
    merchant_id: await getMerchant(context, caller, wanted.merchant_id),
    url: checkUrl(context, wanted.url),
    enabled_events: checkEventNames(wanted.enabled_events ?? []),
    description: wanted.description ?? null,
    status: 'enabled',
    disabled_reason: null,
    last_sequence: 0,
    created_at: now,
    updated_at: now,
  };
  const secret = makeWebhookSecret(context.randomBytes);
  const sealed = seal(context.master_key, JSON.stringify([secret]), webhookSecretContext(endpoint.id));
  const answer = jsonAnswer(201, { ...webhookEndpointResource(endpoint), secret });
  if (mark !== null) completeMark(context, mark, answer);
  if (!(await insertWebhookEndpoint(context.db, endpoint, sealed, MAX_ENDPOINTS, mark))) {
    throw new GatewayError(
      'invalid_request',
      `There can be ${MAX_ENDPOINTS} webhook endpoints in each mode. Use one for several event types.`,
      { constraint: 'max_items' },
    );
  }
  if (mark !== null) mark.is_first = false;
  return answer;
}

/** The place that a sealed secret belongs to. What is sealed is a JSON list: the first secret signs first. */
export function webhookSecretContext(endpoint_id: string): string {
  return `webhook_endpoints.secret:${endpoint_id}`;
}

async function getMerchant(
  context: Context,
  caller: Pick<KeyCaller, 'organization_id' | 'livemode' | 'merchant_id'>,
  wanted: string | undefined,
): Promise<string | null> {
  if (wanted === undefined || wanted === caller.merchant_id) return caller.merchant_id;
  if (caller.merchant_id !== null) {
    throw new GatewayError('forbidden', 'This key acts for another merchant.', { field: 'merchant_id' });
  }
  const [known] = await listMerchantIds(context.db, caller.organization_id, caller.livemode, wanted);
  if (known === undefined) {
    throw new GatewayError('invalid_request', 'There is no such merchant_id. Synchronise it first.', {
      field: 'merchant_id',
      constraint: 'exists',
    });
  }
  return known;
}

function checkUrl(context: Context, url: string): string {
  const checked = checkWebhookUrl(url, { allow_loopback: context.config.webhook_allow_loopback });
  if (checked.ok) return checked.url;
  throw new GatewayError('invalid_request', checked.reason, { field: 'url', constraint: 'webhook_url' });
}

function checkEventNames(names: string[]): string[] {
  names.forEach((name, position) => {
    const field = `enabled_events.${position}`;
    if (!isEventName(name)) {
      throw new GatewayError(
        'invalid_request',
        'This event type is not known. Give a type, a family such as payment_intent.*, or *.',
        { field, constraint: 'enum' },
      );
    }
    if (names.indexOf(name) !== position) {
      throw new GatewayError('invalid_request', 'This event type is named twice.', {
        field,
        constraint: 'unique_items',
      });
    }
  });
  return names;
}

export async function listWebhookEndpointResources(
  context: Context,
  caller: KeyCaller,
): Promise<Record<string, unknown>[]> {
  const { organization_id, livemode, merchant_id } = caller;
  const endpoints = await listWebhookEndpoints(context.db, organization_id, livemode, merchant_id);
  return endpoints.map(webhookEndpointResource);
}

export async function retrieveWebhookEndpoint(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<Record<string, unknown>> {
  return webhookEndpointResource(await getWebhookEndpoint(context, caller, id));
}

/**
 * What the endpoint was given after a sequence, in order, each as the very text that was or will be delivered.
 * A receiver that compares it with what it got can prove that it missed nothing.
 */
export async function listEndpointEventBodies(
  context: Context,
  caller: KeyCaller,
  id: string,
  page: { after_sequence: number; limit: number },
): Promise<{ bodies: string[]; next_after: number | null }> {
  const endpoint = await getWebhookEndpoint(context, caller, id);
  const events = await listWebhookEndpointEvents(
    context.db,
    endpoint.id,
    page.after_sequence,
    page.limit + 1,
  );
  const shown = events.slice(0, page.limit);
  return {
    bodies: shown.map((event) => deliveryBody(event, event.sequence)),
    next_after: events.length > page.limit ? (shown.at(-1)?.sequence ?? null) : null,
  };
}

/** The body of a delivery: always the same bytes for the same event and endpoint. */
export function deliveryBody(event: Parameters<typeof webhookBody>[0], sequence: number): string {
  return webhookBody(event, Math.floor(Date.parse(event.created_at) / 1_000), sequence);
}

/** Another organization's endpoint, or another merchant's, does not exist for the caller. */
async function getWebhookEndpoint(context: Context, caller: KeyCaller, id: string): Promise<WebhookEndpoint> {
  const endpoint = await findWebhookEndpoint(context.db, id);
  const same =
    endpoint !== null &&
    endpoint.organization_id === caller.organization_id &&
    endpoint.livemode === caller.livemode &&
    (caller.merchant_id === null || caller.merchant_id === endpoint.merchant_id);
  if (!same) throw new GatewayError('not_found', 'There is no webhook endpoint with this id.');
  return endpoint;
}

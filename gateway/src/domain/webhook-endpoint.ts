// A webhook endpoint: where an organization, or one merchant of it, wants to hear of its events, and of which.
import { EVENT_TYPES } from './event.ts';

export interface WebhookEndpoint {
  id: string;
  organization_id: string;
  livemode: boolean;
  /** Set: only events of this merchant. */
  merchant_id: string | null;
  url: string;
  /** Empty: all types. A name may be `*` or a family, `payment_intent.*`. */
  enabled_events: string[];
  description: string | null;
  status: 'enabled' | 'disabled';
  disabled_reason: DisabledReason | null;
  /** The sequence of the newest event that was given to this endpoint. */
  last_sequence: number;
  created_at: string;
  updated_at: string;
}

/** Why the gateway gave an endpoint up: it answered 410, or every attempt to deliver an event failed. */
export type DisabledReason = 'answered_gone' | 'attempts_exhausted';

/** The endpoint as the API shows it. The signing secret is no part of it. */
export function webhookEndpointResource(endpoint: WebhookEndpoint): Record<string, unknown> {
  return {
    id: endpoint.id,
    object: 'webhook_endpoint',
    url: endpoint.url,
    enabled_events: endpoint.enabled_events,
    ...(endpoint.description !== null && { description: endpoint.description }),
    status: endpoint.status,
    ...(endpoint.disabled_reason !== null && { disabled_reason: endpoint.disabled_reason }),
    ...(endpoint.merchant_id !== null && { merchant_id: endpoint.merchant_id }),
    livemode: endpoint.livemode,
    last_sequence: endpoint.last_sequence,
    created_at: endpoint.created_at,
  };
}

const EVENT_NAMES: ReadonlySet<string> = new Set([
  '*',
  ...EVENT_TYPES,
  ...EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`),
]);

/** Whether an endpoint can ask for this: a type, a family of types, or everything. */
export function isEventName(name: string): boolean {
  return EVENT_NAMES.has(name);
}

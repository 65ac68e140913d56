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
  /** What is deleted is not shown any more; what it was given is. */
  status: 'enabled' | 'disabled' | 'deleted';
  disabled_reason: DisabledReason | null;
  /** The sequence of the newest event that was given to this endpoint. */
  last_sequence: number;
  /** Set: after a roll the secret before signs, too, until then. */
  previous_secret_expires_at: string | null;
  /** Each change expects the version before it. */
  version: number;
  created_at: string;
  updated_at: string;
}

/** Who disabled it: the gateway, because of a 410 or because every attempt to deliver an event failed, or its owner. */
export type DisabledReason = 'answered_gone' | 'attempts_exhausted' | 'by_request';

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
    ...(endpoint.previous_secret_expires_at !== null && {
      previous_secret_expires_at: endpoint.previous_secret_expires_at,
    }),
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

/** For the audit log and for mails: what stands in a query may be a password of the receiver's. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** The secrets that sign at this moment. The list that is sealed has the newest first, and one before it at most. */
export function signingSecrets(
  secrets: readonly string[],
  previous_secret_expires_at: string | null,
  now: string,
): readonly string[] {
  const has_previous = previous_secret_expires_at !== null && now < previous_secret_expires_at;
  return secrets.slice(0, has_previous ? 2 : 1);
}

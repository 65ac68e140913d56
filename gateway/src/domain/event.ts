// Events: what the gateway tells a merchant that has happened. An event is made from the row after the change
// and is written by the statement that makes the change, so that neither exists without the other.

export const EVENT_TYPES = [
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'payment_intent.failed',
  'payment_intent.cancelled',
  'refund.created',
  'refund.succeeded',
  'refund.failed',
  'late_payment.created',
  'late_payment.refunded',
  'late_payment.kept',
  'late_payment.refund_failed',
  'settlement.reconciled',
  'settlement.exception',
  'export.succeeded',
  'export.failed',
  'webhook_endpoint.disabled',
  'webhook_endpoint.ping',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export interface Event {
  id: string;
  organization_id: string;
  livemode: boolean;
  merchant_id: string | null;
  type: EventType;
  /** The whole object as the API returns it, as the JSON text that every delivery repeats byte for byte. */
  object_json: string;
  created_at: string;
}

/**
 * The body of a webhook. `created` is in seconds, `timestamp` the same instant in RFC 3339. The number is the
 * endpoint's; an event that is read by itself has none.
 */
export function webhookBody(event: Event, created_seconds: number, sequence: number | null): string {
  const head = JSON.stringify({ id: event.id, type: event.type });
  const tail = JSON.stringify({
    created: created_seconds,
    timestamp: event.created_at,
    livemode: event.livemode,
    ...(sequence !== null && { sequence }),
  });
  return `${head.slice(0, -1)},"data":{"object":${event.object_json}},${tail.slice(1)}`;
}

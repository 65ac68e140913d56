// Events as a backend reads them: the latest first, or one by its id. The body is the one that webhooks have, without
// the number that each endpoint gives it.
import type { Context } from '../context.ts';
import { findEvent, listEvents } from '../db/events.ts';
import { GatewayError } from '../domain/error.ts';
import { EVENT_TYPES, type Event, webhookBody } from '../domain/event.ts';
import { ID_LEAD_MS, makeIdBound } from '../domain/id.ts';
import { isEventName } from '../domain/webhook-endpoint.ts';
import type { KeyCaller } from './callers.ts';
import { merchantWanted } from './pages.ts';

export interface EventQuery {
  /** A type, or a family such as payment_intent.*; null: all. */
  type: string | null;
  payment_intent: string | null;
  merchant_id: string | null;
  created_gte: string | null;
  created_lt: string | null;
  starting_after: string | null;
  limit: number;
}

export async function listEventBodies(
  context: Context,
  caller: KeyCaller,
  query: EventQuery,
): Promise<{ bodies: string[]; next_after: string | null }> {
  const { created_gte, created_lt, starting_after, limit } = query;
  const merchant_id = merchantWanted(caller, query.merchant_id);
  const filter = {
    merchant_id,
    payment_intent_id: query.payment_intent,
    types: typesOf(query.type),
    created_gte,
    created_lt,
    id_gte: created_gte === null ? null : makeIdBound('evt', Date.parse(created_gte)),
    id_lt: created_lt === null ? null : makeIdBound('evt', Date.parse(created_lt) + ID_LEAD_MS),
    starting_after,
  };
  const { events, walked_to } = await listEvents(context.db, caller, filter, limit + 1);
  const shown = events.slice(0, limit);
  return {
    bodies: shown.map((event) => eventBody(event)),
    // A page that ends where its walk ended may be short, even empty, and yet not be the last.
    next_after: events.length > limit ? (shown.at(-1)?.id ?? null) : walked_to,
  };
}

/** Another organization's event, or another merchant's, does not exist for the caller. */
export async function retrieveEventBody(context: Context, caller: KeyCaller, id: string): Promise<string> {
  const event = await findEvent(context.db, id);
  const same =
    event !== null &&
    event.organization_id === caller.organization_id &&
    event.livemode === caller.livemode &&
    (caller.merchant_id === null || caller.merchant_id === event.merchant_id);
  if (!same) throw new GatewayError('not_found', 'There is no event with this id.');
  return eventBody(event);
}

/** Always the same bytes for the same event and, with a sequence, for the same endpoint. */
export function eventBody(event: Event, sequence: number | null = null): string {
  return webhookBody(event, Math.floor(Date.parse(event.created_at) / 1_000), sequence);
}

function typesOf(name: string | null): string[] | null {
  if (name === null || name === '*') return null;
  if (!isEventName(name)) {
    throw new GatewayError(
      'invalid_request',
      'This event type is not known. Give a type, or a family such as payment_intent.*.',
      { field: 'type', constraint: 'enum' },
    );
  }
  if (!name.endsWith('.*')) return [name];
  return EVENT_TYPES.filter((type) => type.startsWith(name.slice(0, -1)));
}

// An event on its way into the table: the type, and the whole object as the API returns it at that moment.
import type { Context } from '../context.ts';
import type { NewEvent } from '../db/payment-intents.ts';
import type { EventType } from '../domain/event.ts';

export function makeEvent(context: Context, type: EventType, object: object): NewEvent {
  return { id: context.makeId('evt'), type, object_json: JSON.stringify(object) };
}

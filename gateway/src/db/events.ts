// Events as an organization reads them, newest first. The statement has only the filters that are given, each
// combination under its own name: one plan for all of them would serve none.
import type { Event } from '../domain/event.ts';
import type { Db, Statement } from './pool.ts';

const COLUMNS = 'id, organization_id, livemode, merchant_id, type, object_json, created_at';

const FIND: Statement = {
  name: 'find_event',
  text: `select ${COLUMNS} from events where id = $1`,
};

export async function findEvent(db: Db, id: string): Promise<Event | null> {
  return (await db.query<Event>(FIND, [id]))[0] ?? null;
}

export interface EventFilter {
  merchant_id: string | null;
  payment_intent_id: string | null;
  /** A type, or a list of all types of a family. */
  types: string[] | null;
  created_gte: string | null;
  created_lt: string | null;
  /** Ids carry their time: from this one on, and below this one. */
  id_gte: string | null;
  id_lt: string | null;
  /** Ids below this one: the last id of the page before. */
  starting_after: string | null;
}

const CONDITIONS: Record<keyof EventFilter, (place: string) => string> = {
  merchant_id: (place) => `merchant_id = ${place}`,
  payment_intent_id: (place) => `payment_intent_id = ${place}`,
  types: (place) => `type = any(${place}::text[])`,
  created_gte: (place) => `created_at >= ${place}`,
  created_lt: (place) => `created_at < ${place}`,
  id_gte: (place) => `id >= ${place}`,
  id_lt: (place) => `id < ${place}`,
  starting_after: (place) => `id < ${place}`,
};
const FILTERS = Object.keys(CONDITIONS) as (keyof EventFilter)[];

/** Newest first. One more than `limit` may be asked for, to see whether there is a next page. */
export async function listEvents(
  db: Db,
  owner: { organization_id: string; livemode: boolean },
  filter: EventFilter,
  limit: number,
): Promise<Event[]> {
  const given = FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` and ${CONDITIONS[name](`$${index + 4}`)}`);
  const statement = {
    // By the filters' places, because PostgreSQL cuts a name at 63 characters and would take two for one.
    name: `list_events_${given.map((name) => FILTERS.indexOf(name)).join('')}`,
    text: `select ${COLUMNS} from events where organization_id = $1 and livemode = $2${conditions.join('')}
      order by id desc limit $3`,
  };
  const values = given.map((name) => filter[name]);
  return db.query<Event>(statement, [owner.organization_id, owner.livemode, limit, ...values]);
}

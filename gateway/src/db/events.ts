// Events as an organization reads them, newest first. The statement has only the filters that are given, each
// combination under its own name: one plan for all of them would serve none.
import type { Event } from '../domain/event.ts';
import type { Db, Statement, Tx } from './pool.ts';
import { type Columns, describeColumns } from './statement-parts.ts';

const COLUMNS = 'id, organization_id, livemode, merchant_id, type, object_json, created_at';

const FIND: Statement = {
  name: 'find_event',
  text: `select ${COLUMNS} from events where id = $1`,
};

export async function findEvent(db: Db, id: string): Promise<Event | null> {
  return (await db.query<Event>(FIND, [id]))[0] ?? null;
}

const event = describeColumns({
  id: 'text',
  organization_id: 'text',
  livemode: 'boolean',
  merchant_id: 'text',
  type: 'text',
  object_json: 'text',
  created_at: 'timestamptz',
} satisfies Columns<Event>);

const INSERT: Statement = {
  name: 'insert_events',
  // Where nobody listens, an event is told as soon as it is written, and no worker need look at it.
  text: `insert into events (${event.names}, fanned_out_at)
    select ${event.selected},
      case when exists (select from webhook_endpoints e where e.organization_id = r.organization_id
                        and e.livemode = r.livemode and e.status <> 'deleted') then null else r.created_at end
    from ${event.rows}`,
};

/** For a change of something else than a payment, which tells its events itself: in its transaction. */
export async function insertEvents(tx: Tx, events: Event[]): Promise<void> {
  if (events.length > 0) await tx.query(INSERT, event.values(events));
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

/** What an index does not find: these are looked for among the events that are walked. */
const SIFTING = ['merchant_id', 'types'] as const;

const CONDITIONS: Record<keyof EventFilter, (place: string) => string> = {
  merchant_id: (place) => `merchant_id = ${place}`,
  types: (place) => `type = any(${place}::text[])`,
  payment_intent_id: (place) => `payment_intent_id = ${place}`,
  created_gte: (place) => `created_at >= ${place}`,
  created_lt: (place) => `created_at < ${place}`,
  id_gte: (place) => `id >= ${place}`,
  id_lt: (place) => `id < ${place}`,
  starting_after: (place) => `id < ${place}`,
};
const FILTERS = Object.keys(CONDITIONS) as (keyof EventFilter)[];

// As the index of the other types has it: those that an ordinary payment has.
const COMMON_TYPES: readonly string[] = [
  'payment_intent.created',
  'payment_intent.requires_action',
  'payment_intent.succeeded',
];
const IS_RARE = `type not in (${COMMON_TYPES.map((type) => `'${type}'`).join(', ')})`;

/**
 * How many events a page may walk past to find those that it shows. An index by merchant would cost every payment more
 * than these lists are worth.
 */
export const MOST_WALKED = 10_000;

/** One page, and where the walk ended when it ended for its length, so that there may be more behind it. */
export interface FoundEvents {
  events: Event[];
  walked_to: string | null;
}

type Owner = { organization_id: string; livemode: boolean };

/** Newest first. One more than a page may be asked for, to see whether there is a next one. */
export async function listEvents(
  db: Db,
  owner: Owner,
  filter: EventFilter,
  limit: number,
): Promise<FoundEvents> {
  const given = FILTERS.filter((name) => filter[name] !== null);
  const is_rare = filter.types?.every((type) => !COMMON_TYPES.includes(type)) ?? false;
  if (is_rare && filter.merchant_id !== null && filter.payment_intent_id === null)
    return siftRareEvents(db, owner, filter, given, limit);
  if (is_rare) return { events: await listRareEvents(db, owner, filter, given, limit), walked_to: null };
  if (given.some(isSifting) && filter.payment_intent_id === null)
    return siftEvents(db, owner, filter, given, limit);
  const { conditions, values } = narrow(owner, filter, given);
  const statement = {
    // By the filters' places, because PostgreSQL cuts a name at 63 characters and would take two for one.
    name: `list_events_${placesOf(given)}`,
    text: `select ${COLUMNS} from events where ${conditions} order by id desc limit $${values.length + 1}`,
  };
  return { events: await db.query<Event>(statement, [...values, limit]), walked_to: null };
}

/** A page of each type, in the order of the index that only these have, and then the newest of all. */
async function listRareEvents(
  db: Db,
  owner: Owner,
  filter: EventFilter,
  given: (keyof EventFilter)[],
  limit: number,
): Promise<Event[]> {
  const names = given.filter((name) => name !== 'types');
  const { conditions, values } = narrow(owner, filter, names);
  const [types, most] = [values.length + 1, values.length + 2];
  const statement = {
    name: `list_rare_events_${placesOf(names)}`,
    text: `select e.* from unnest($${types}::text[]) wanted (name) cross join lateral (
        select ${COLUMNS} from events where ${conditions} and type = wanted.name and ${IS_RARE}
        order by id desc limit $${most}) e
      order by id desc limit $${most}`,
  };
  return db.query<Event>(statement, [...values, filter.types, limit]);
}

/** A merchant's: each type is walked for a stretch at most, and the page ends where the first of these walks did. */
async function siftRareEvents(
  db: Db,
  owner: Owner,
  filter: EventFilter,
  given: (keyof EventFilter)[],
  limit: number,
): Promise<FoundEvents> {
  const bounds = given.filter((name) => !isSifting(name));
  const { conditions, values } = narrow(owner, filter, bounds);
  const [types, far, merchant, most] = [1, 2, 3, 4].map((place) => `$${values.length + place}`);
  const walk = `from events where ${conditions} and type = wanted.name and ${IS_RARE} order by id desc`;
  const end = {
    name: `find_end_of_rare_walk_${placesOf(bounds)}`,
    text: `select max(e.id) as id from unnest(${types}::text[]) wanted (name)
      cross join lateral (select id ${walk} offset ${far} limit 1) e`,
  };
  const [last] = await db.query<{ id: string | null }>(end, [...values, filter.types, MOST_WALKED - 1]);
  const walked_to = last?.id ?? null;
  const statement = {
    name: `sift_rare_events_${placesOf(bounds)}`,
    text: `select e.* from unnest(${types}::text[]) wanted (name) cross join lateral (
        select * from (select ${COLUMNS} ${walk} limit ${far}) walked where merchant_id = ${merchant}
        order by id desc limit ${most}) e
      order by id desc limit ${most}`,
  };
  const found = await db.query<Event>(statement, [
    ...values,
    filter.types,
    MOST_WALKED,
    filter.merchant_id,
    limit,
  ]);
  const events = found.filter(({ id }) => walked_to === null || id >= walked_to);
  return { events, walked_to: events.length === limit ? null : walked_to };
}

/** Walks the organization's events, for a stretch at most, and shows those that are wanted. */
async function siftEvents(
  db: Db,
  owner: Owner,
  filter: EventFilter,
  given: (keyof EventFilter)[],
  limit: number,
): Promise<FoundEvents> {
  const bounds = given.filter((name) => !isSifting(name));
  const { conditions, values } = narrow(owner, filter, bounds);
  const sifting = given.filter(isSifting);
  const wanted = sifting.map((name, index) => CONDITIONS[name](`$${values.length + 1 + index}`));
  const all_values = [...values, ...sifting.map((name) => filter[name]), limit, MOST_WALKED];
  const walk = `from events where ${conditions} order by id desc`;
  const statement = {
    name: `sift_events_${placesOf(given)}`,
    // How far is a parameter: knowing that it is far, PostgreSQL would rather read all and sort than walk.
    text: `select * from (select ${COLUMNS} ${walk} limit $${all_values.length}) walked
      where ${wanted.join(' and ')} order by id desc limit $${all_values.length - 1}`,
  };
  const events = await db.query<Event>(statement, all_values);
  if (events.length === limit) return { events, walked_to: null };
  const end = {
    name: `find_end_of_walk_${placesOf(bounds)}`,
    text: `select id ${walk} offset $${values.length + 1} limit 1`,
  };
  const [last] = await db.query<{ id: string }>(end, [...values, MOST_WALKED - 1]);
  return { events, walked_to: last?.id ?? null };
}

const isSifting = (name: keyof EventFilter) => SIFTING.some((one) => one === name);
const placesOf = (names: (keyof EventFilter)[]) => names.map((name) => FILTERS.indexOf(name)).join('');

function narrow({ organization_id, livemode }: Owner, filter: EventFilter, names: (keyof EventFilter)[]) {
  const conditions = names.map((name, index) => ` and ${CONDITIONS[name](`$${index + 3}`)}`);
  return {
    conditions: `organization_id = $1 and livemode = $2${conditions.join('')}`,
    values: [organization_id, livemode, ...names.map((name) => filter[name])] as unknown[],
  };
}

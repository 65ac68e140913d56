// The books as an operator sees them: whether they agree with the payments that they are about, all at once by hand and
// bit by bit in the background. A fault is told by ids only.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  bookMissingMovements,
  countDisagreements,
  type Disagreement,
  type EntryKey,
  forgetDisagreements,
  keepDisagreements,
  listDisagreements,
  listUnbooked,
  listUnfounded,
  listWalks,
  moveWalk,
  type Walk,
  walkEntries,
  walkEvents,
  walkPayments,
} from '../db/book-checks.ts';
import { SETTLING_MS } from '../domain/business-date.ts';
import { makeIdBound } from '../domain/id.ts';

/** So many rows are compared at a time: milliseconds, whatever the tables hold. */
export const STRETCH = 500;
/** Known faults that are looked at again in each run. */
const MOST_KNOWN = 500;

interface Stretch {
  found: Disagreement[];
  walked_to: string;
  count: number;
}

async function checkPayments(context: Context, after: string): Promise<Stretch> {
  const ids = await walkPayments(context.db, after, STRETCH);
  const found = ids.length === 0 ? [] : await listUnbooked(context.db, ids);
  return { found, walked_to: ids.at(-1) ?? after, count: ids.length };
}

async function checkEntries(context: Context, after: string): Promise<Stretch> {
  const entries = await walkEntries(context.db, after, STRETCH);
  const found = entries.length === 0 ? [] : await listUnfounded(context.db, entries);
  return { found, walked_to: entries.at(-1)?.object_id ?? after, count: entries.length };
}

/** The payments that events of late tell of. */
async function checkEvents(context: Context, after: string): Promise<Stretch> {
  const before = makeIdBound('evt', context.now() - SETTLING_MS);
  const events = await walkEvents(context.db, after, before, STRETCH);
  const ids = [...new Set(events.flatMap(({ payment_intent_id }) => payment_intent_id ?? []))];
  const found = ids.length === 0 ? [] : await listUnbooked(context.db, ids);
  return { found, walked_to: events.at(-1)?.id ?? after, count: events.length };
}

const STRETCHES: Record<Walk, (context: Context, after: string) => Promise<Stretch>> = {
  events: checkEvents,
  payments: checkPayments,
  entries: checkEntries,
};

/**
 * One stretch of each walk: what changed lately, and everything, slowly, again and again. What disagreed before is
 * looked at once more. Says how many events were read: a full stretch of them means that there are others.
 */
export async function checkBooksOnward(context: Context): Promise<number> {
  let handled = 0;
  await lookAgain(context);
  const walks = new Map((await listWalks(context.db)).map(({ walk, walked_to }) => [walk, walked_to]));
  for (const walk of ['events', 'payments', 'entries'] as const) {
    // Of what was before the first run the slow walk takes care.
    const start = walk === 'events' ? makeIdBound('evt', context.now() - SETTLING_MS) : '';
    const { found, walked_to, count } = await STRETCHES[walk](context, walks.get(walk) ?? start);
    await tell(context, found);
    const is_round = walk !== 'events' && count < STRETCH;
    await moveWalk(context.db, walk, is_round ? '' : walked_to, is_round, instant(context));
    if (walk === 'events') handled = count;
  }
  return handled;
}

async function lookAgain(context: Context): Promise<void> {
  const known = await listDisagreements(context.db, MOST_KNOWN);
  if (known.length === 0) return;
  const intents = new Set(known.flatMap(({ payment_intent_id }) => payment_intent_id ?? []));
  const still = new Set(
    [...(await listUnbooked(context.db, [...intents])), ...(await listUnfounded(context.db, known))].map(
      nameOf,
    ),
  );
  await forgetDisagreements(
    context.db,
    known.filter((one) => !still.has(nameOf(one))),
  );
}

const nameOf = ({ object_id, kind }: Pick<EntryKey, 'object_id' | 'kind'>) => `${kind} ${object_id}`;

/** Kept for the metric until they agree. Each is told once, by ids. */
async function tell(context: Context, found: Disagreement[]): Promise<void> {
  const fresh = new Set((await keepDisagreements(context.db, found, instant(context))).map(nameOf));
  for (const one of found.filter((each) => fresh.has(nameOf(each)))) {
    const { object_id, kind, payment_intent_id: payment_intent, fault } = one;
    context.log.error(
      { object: object_id, kind, payment_intent, fault },
      'the books disagree; a person must look',
    );
  }
}

export interface BookCheck {
  payments_count: number;
  entries_count: number;
  /** Entries that were made for what had moved without one; null where nobody asked for it. */
  booked_count: number | null;
  disagreements_count: number;
  /** The first hundred. */
  disagreements: Disagreement[];
}

const MOST_SHOWN = 100;

async function bookMissing({ db }: Context): Promise<number> {
  let booked = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const ids = await walkPayments(db, after, STRETCH);
    booked += await bookMissingMovements(db, ids);
    after = ids.at(-1);
  }
  return booked;
}

/** Everything, from the first payment to the last entry. What is found is kept as the background check keeps it. */
export async function checkBooks(context: Context, options: { book_missing: boolean }): Promise<BookCheck> {
  const booked_count = options.book_missing ? await bookMissing(context) : null;
  await lookAgain(context);
  const counts = { payments: 0, entries: 0 };
  const disagreements: Disagreement[] = [];
  let disagreements_count = 0;
  for (const walk of ['payments', 'entries'] as const) {
    let after = '';
    for (;;) {
      const { found, walked_to, count } = await STRETCHES[walk](context, after);
      await keepDisagreements(context.db, found, instant(context));
      counts[walk] += count;
      disagreements_count += found.length;
      disagreements.push(...found.slice(0, MOST_SHOWN - disagreements.length));
      if (count < STRETCH) break;
      after = walked_to;
    }
  }
  return {
    payments_count: counts.payments,
    entries_count: counts.entries,
    booked_count,
    disagreements_count,
    disagreements,
  };
}

export async function measureBooks({ db, metrics }: Context): Promise<void> {
  metrics.books_disagreements.set(await countDisagreements(db));
}

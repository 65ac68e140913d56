// How long what has happened is remembered. Events and their deliveries are kept by the month: a month's pieces are
// made ahead of its time, and dropped when all of it is older than the retention and nothing in it is still to be
// delivered. Payments, attempts, refunds and the audit log are books, and nothing here touches them.
import type { Context } from '../context.ts';
import {
  createPartition,
  deleteOldFromDefault,
  detachPartition,
  dropRetiredPartition,
  EVENT_TABLES,
  hasUnfinishedWork,
  isInDefault,
  isLockTimeout,
  listPartitions,
  listRetiredPartitions,
  type Partition,
  takeTurn,
} from '../db/partitions.ts';
import type { Tx } from '../db/pool.ts';
import { makeIdBound } from '../domain/id.ts';

/** A worker may be away for so long before rows come to lie in the default piece, where they cost more to forget. */
const MONTHS_AHEAD = 3;
const DAY_MS = 86_400_000;
const BATCH = 1_000;

interface Month {
  /** As the names of pieces have it: `2026_01`. */
  name: string;
  from: string;
  to: string;
}

function makeMonth(now_ms: number, ahead: number): Month {
  const now = new Date(now_ms);
  const startOf = (months: number) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months);
  return {
    name: new Date(startOf(ahead)).toISOString().slice(0, 7).replace('-', '_'),
    from: makeIdBound('evt', startOf(ahead)),
    to: makeIdBound('evt', startOf(ahead + 1)),
  };
}

/** Makes the pieces of this month and the next ones, lets those go whose time is over. How many came and went. */
export async function keepPartitions(context: Context): Promise<number> {
  const oldest_kept = makeIdBound('evt', context.now() - context.config.retention_days * DAY_MS);
  const made = await makeAhead(context, await listPartitions(context.db));
  const retired = await retireOld(context, await listPartitions(context.db), oldest_kept);
  for (const name of await listRetiredPartitions(context.db)) {
    await inTurn(context, async (tx) => {
      await dropRetiredPartition(tx, name);
      return true;
    });
  }
  const deleted = await purgeDefault(context, oldest_kept);
  return made + retired + deleted;
}

/** One step in a transaction of its own. A lock that is not had in time is tried for again at the next run. */
async function inTurn(context: Context, step: (tx: Tx) => Promise<boolean>): Promise<boolean> {
  try {
    return await context.db.withTransaction(async (tx) => (await takeTurn(tx)) && (await step(tx)));
  } catch (error) {
    if (!isLockTimeout(error)) throw error;
    context.log.info('a partition is in use; it is tried again');
    return false;
  }
}

async function makeAhead(context: Context, partitions: Partition[]): Promise<number> {
  let made = 0;
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const month = makeMonth(context.now(), ahead);
    for (const table of EVENT_TABLES) {
      if (partitions.some((piece) => piece.table_name === table.name && overlaps(piece, month))) continue;
      const is_made = await inTurn(context, async (tx) => {
        // Rows that came before their piece stay in the default one, and are deleted there when their time is over.
        if (await isInDefault(tx, table, month.from, month.to)) return false;
        // Another worker may have made it since we looked.
        const now_there = await listPartitions(tx);
        if (now_there.some((piece) => piece.table_name === table.name && overlaps(piece, month)))
          return false;
        await createPartition(tx, table, month.name, month.from, month.to);
        return true;
      });
      if (is_made) made += 1;
    }
  }
  if (made > 0) context.log.info({ partitions: made }, 'partitions made ahead');
  return made;
}

function overlaps(piece: Partition, month: Month): boolean {
  return (piece.from === null || piece.from < month.to) && (piece.to === null || piece.to > month.from);
}

async function retireOld(context: Context, partitions: Partition[], oldest_kept: string): Promise<number> {
  const old = partitions.filter((piece) => piece.to !== null && piece.to <= oldest_kept);
  const ends = [...new Set(old.map((piece) => piece.to ?? ''))].sort();
  let retired = 0;
  for (const end of ends)
    retired += await retireMonth(
      context,
      old.filter((piece) => piece.to === end),
    );
  return retired;
}

/** While something of a month is still to be done, all three tables keep it. */
async function retireMonth(context: Context, pieces: Partition[]): Promise<number> {
  const both = EVENT_TABLES.flatMap((table) =>
    pieces.filter((piece) => piece.table_name === table.name).map((piece) => ({ table, piece })),
  );
  for (const { table, piece } of both) {
    if (await hasUnfinishedWork(context.db, table, piece)) return 0;
  }
  let retired = 0;
  for (const { table, piece } of both) {
    const is_gone = await inTurn(context, async (tx) => {
      // Another worker may have been faster.
      const is_there = (await listPartitions(tx)).some(({ name }) => name === piece.name);
      return is_there && (await detachPartition(tx, table, piece));
    });
    if (!is_gone) break;
    retired += 1;
    context.log.info({ partition: piece.name }, 'a partition is past its time and goes');
  }
  return retired;
}

/** What tells of a row goes before the row: a delivery whose event is gone could neither be made nor be given up. */
async function purgeDefault(context: Context, oldest_kept: string): Promise<number> {
  const old = { from: null, to: oldest_kept };
  let deleted = 0;
  for (const table of EVENT_TABLES) {
    const gone = await deleteOldFromDefault(context.db, table, oldest_kept, BATCH);
    deleted += gone;
    if (gone === BATCH || (await hasUnfinishedWork(context.db, table, old))) break;
  }
  return deleted;
}

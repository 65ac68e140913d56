// A change whose answer was lost is done once all the same. Before it is repeated, the rows are asked whether they
// bear it; and because the first statement may still be at work, the repetition, which its guard stops then, ends
// with the same question.
import { setTimeout as delay } from 'node:timers/promises';
import { SETTLING_MS } from '../domain/business-date.ts';
import { isAnswerLost, isRefusedByDatabase } from './failures.ts';

export interface OnceOnlyChange<Result> {
  /** One guarded statement, which does nothing where it was done before. A result for each of its items. */
  write(): Promise<(Result | null)[]>;
  /** For each item the result that its change left in the rows, or null when there is none. */
  findWritten(): Promise<(Result | null)[]>;
}

const TRIES = 4;
const PAUSE_MS = 50;
/** Whoever closes a day waits longer than this and one statement's time-outs, and then nothing of it is still to come. */
const LAST_TRY_MS = SETTLING_MS / 2;

export async function writeOnce<Result>(change: OnceOnlyChange<Result>): Promise<(Result | null)[]> {
  const last_try = performance.now() + LAST_TRY_MS;
  try {
    return await change.write();
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    return repeat(change, last_try, error);
  }
}

async function repeat<Result>(
  { write, findWritten }: OnceOnlyChange<Result>,
  last_try: number,
  first: unknown,
): Promise<(Result | null)[]> {
  let error = first;
  for (let tries = 0; tries < TRIES; tries++) {
    await pause(tries);
    const before = await findWritten();
    // A statement is done as a whole: where one change is, the others had nothing to change.
    if (before.some((result) => result !== null)) return before;
    if (performance.now() > last_try) break;
    try {
      const results = await write();
      if (!results.includes(null)) return results;
      const after = await findWritten();
      return results.map((result, index) => result ?? after[index] ?? null);
    } catch (failure) {
      if (isRefusedByDatabase(failure)) {
        const after = await findWritten();
        if (after.some((result) => result !== null)) return after;
        throw failure;
      }
      if (!isAnswerLost(failure)) throw failure;
      error = failure;
    }
  }
  throw error;
}

/** Longer each time, and never the same for two who wait. */
export function pause(tries: number): Promise<void> {
  return delay(PAUSE_MS * 2 ** tries * (0.5 + Math.random()));
}

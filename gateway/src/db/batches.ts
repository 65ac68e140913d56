// Under load, statements of the same kind travel together: what arrives while earlier ones are at work becomes
// one statement, one round trip and one commit. An idle gateway writes at once. Each item has its own result:
// when the database refuses a batch, nothing of it was done, and every item is tried alone.
import { isRefusedByDatabase } from './pool.ts';

export interface BatchOptions<Item, Result> {
  /** One statement for all items; a result for each, in their order. */
  run(items: Item[]): Promise<Result[]>;
  /** Items with the same key never share a batch, because each may change what the next one finds. */
  keyOf(item: Item): string;
}

/** Batches under way at a time: with more of them each is smaller, and the database does the same work more often. */
const LANES = 2;
const MAX_ITEMS = 64;

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export function makeBatcher<Item, Result>(
  options: BatchOptions<Item, Result>,
): (item: Item) => Promise<Result> {
  let queue: Waiting<Item, Result>[] = [];
  let lanes_in_use = 0;
  let is_scheduled = false;

  /** The oldest of those that wait, each key once; the others stay where they are. */
  function takeBatch(): Waiting<Item, Result>[] {
    const keys = new Set<string>();
    const batch: Waiting<Item, Result>[] = [];
    const rest: Waiting<Item, Result>[] = [];
    for (const waiting of queue) {
      const key = options.keyOf(waiting.item);
      if (batch.length < MAX_ITEMS && !keys.has(key)) batch.push(waiting);
      else rest.push(waiting);
      keys.add(key);
    }
    queue = rest;
    return batch;
  }

  async function runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      for (const [index, waiting] of batch.entries()) waiting.resolve(results[index] as Result);
    } catch (error) {
      // Only an error that the database itself reports proves that nothing was written.
      if (batch.length > 1 && isRefusedByDatabase(error))
        await Promise.all(batch.map((one) => runBatch([one])));
      else for (const waiting of batch) waiting.reject(error);
    }
  }

  function flush(): void {
    is_scheduled = false;
    while (queue.length > 0 && lanes_in_use < LANES) {
      lanes_in_use += 1;
      void runBatch(takeBatch()).finally(() => {
        lanes_in_use -= 1;
        schedule();
      });
    }
  }

  // Requests that were read from their sockets in the same turn of the event loop are written together.
  function schedule(): void {
    if (is_scheduled || queue.length === 0 || lanes_in_use >= LANES) return;
    is_scheduled = true;
    setImmediate(flush);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      schedule();
    });
}

// A database for one request or job, which counts how long its owner waits and tells a trace of each statement. It is
// the same pool, and its statements share batches with those of all others.
import type { Database, Statement } from './pool.ts';

export interface DatabaseWatch {
  /** Told of each wait when it has ended. */
  waited(ms: number): void;
  /** Called as a statement begins; gives what is called at its end. */
  trace?(statement_name: string): (failed: boolean) => void;
}

export function watchDatabase(db: Database, watch: DatabaseWatch): Database {
  const watched = Object.create(db) as Database;
  async function time<T>(work: Promise<T>, name: string): Promise<T> {
    const started = performance.now();
    const end = watch.trace?.(name);
    let failed = true;
    try {
      const result = await work;
      failed = false;
      return result;
    } finally {
      watch.waited(performance.now() - started);
      end?.(failed);
    }
  }
  watched.time = time;
  watched.query = (statement: Statement, values?: unknown[]) =>
    time(db.query(statement, values), statement.name) as never;
  watched.withTransaction = (work) => time(db.withTransaction(work), 'transaction');
  return watched;
}

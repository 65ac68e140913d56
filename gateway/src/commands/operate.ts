// How an operator's command works: against the same database as the gateway, and what came of it is printed as JSON.
import { readConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { withContext } from './run.ts';

/**
 * A DATABASE_URL means production, so that nothing is ever sealed there with a master key that was made up on the
 * way.
 */
export function operate(work: (context: Context) => Promise<object>): Promise<void> {
  return operateWith(work, (result) => JSON.stringify(result, null, 2));
}

/** The same, printed as people like to read it. */
export async function operateWith<T>(
  work: (context: Context) => Promise<T>,
  print: (result: T) => string,
): Promise<void> {
  const config = readConfig({ LOG_LEVEL: 'error', ...process.env }, 'by_database');
  console.log(print(await withContext(config, work)));
}

// A context for one request or one run of a job: what it waits for is counted, and told to a trace where one is wanted.
import type { Context, Timing } from '../context.ts';
import { watchDatabase } from '../db/timed-database.ts';
import type { Span } from '../tracing.ts';

/** It sees whatever changes in `context` later on, because it stands before it and copies nothing. */
export function watchedContext(context: Context, timing: Timing, span: Span | undefined): Context {
  const own = Object.create(context) as Context;
  own.timing = timing;
  own.db = watchDatabase(context.db, {
    waited: (ms) => {
      timing.db_ms += ms;
    },
    ...(span && {
      trace: (name) => {
        const statement = span.child(`db ${name}`, { 'db.system': 'postgresql', 'db.statement.name': name });
        return (failed) => (failed ? statement.fail('failed') : statement.end());
      },
    }),
  });
  if (span !== undefined) own.span = span;
  return own;
}

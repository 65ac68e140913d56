// What every answer carries besides its own facts: nothing of it is kept, framed, run or guessed at by a browser, and
// it says where its time went. A route that answers with a page or a picture overrides what it needs.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { watchedContext } from '../application/watched-context.ts';
import type { Context, Timing } from '../context.ts';
import type { Span } from '../tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    timing: Timing | null;
    /** Where traces are wanted. */
    span: Span | undefined;
  }
}

const FOR_BROWSERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};
const A_YEAR_OF_HTTPS = 'max-age=31536000';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** The headers of every answer of this gateway. */
export function makeAnswerHeaders({ config }: Pick<Context, 'config'>): AnswerHeaders {
  if (!config.base_url.startsWith('https:')) return FOR_BROWSERS;
  return { ...FOR_BROWSERS, 'strict-transport-security': A_YEAR_OF_HTTPS };
}

/**
 * The context for one request, whose waiting for the database and for providers is counted for its answer. It is
 * handed down like any other context: nothing global follows the request about, which would cost every promise.
 */
export function timedContext(context: Context, request: FastifyRequest): Context {
  const timing: Timing = { db_ms: 0, provider_ms: 0 };
  request.timing = timing;
  return watchedContext(context, timing, request.span);
}

/** Server-Timing: all of the answer, and of it the waiting for the database and for providers. */
export function tellTiming(request: FastifyRequest, reply: FastifyReply): void {
  const { timing } = request;
  let text = `total;dur=${reply.elapsedTime.toFixed(1)}`;
  if (timing !== null)
    text += `, db;dur=${timing.db_ms.toFixed(1)}, provider;dur=${timing.provider_ms.toFixed(1)}`;
  reply.header('server-timing', text);
}

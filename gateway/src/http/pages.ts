// How lists are answered: one page as a bare array, and a Link header that leads to the next. Also how a time in a
// query is read.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Page } from '../application/pages.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';

export function sendPage(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  { page, next_after }: Page,
): FastifyReply {
  if (next_after !== null) {
    const next = new URL(request.url, context.config.base_url);
    next.searchParams.set('starting_after', next_after);
    next.searchParams.delete('offset');
    reply.header('Link', `<${next.href}>; rel="next"`);
  }
  return sendJson(reply, page);
}

export function sendJson(reply: FastifyReply, object: object): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(object));
}

/** A time in any zone as we write instants, or null when none is given. One that no row can have is refused. */
export function readInstant(field: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  const instant = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  if (/^\d{4}-/.test(instant) && !instant.startsWith('0000')) return instant;
  throw new GatewayError('invalid_request', `${field} must be a time such as 2026-01-15T10:00:00Z.`, {
    field,
    constraint: 'format',
  });
}

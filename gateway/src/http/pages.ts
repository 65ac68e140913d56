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
  { page, next_after }: Omit<Page, 'next_after'> & { next_after: string | number | null },
  cursor = 'starting_after',
): FastifyReply {
  linkNext(context, request, reply, next_after, cursor);
  return sendJson(reply, page);
}

/** For lists whose items are told byte for byte: joined, not read and written again. */
export function sendBodies(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  list: { bodies: string[]; next_after: string | number | null },
  cursor = 'starting_after',
): FastifyReply {
  linkNext(context, request, reply, list.next_after, cursor);
  return reply.header('content-type', JSON_TYPE).send(`[${list.bodies.join(',')}]`);
}

function linkNext(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  next_after: string | number | null,
  cursor = 'starting_after',
): void {
  if (next_after === null) return;
  const next = new URL(request.url, context.config.base_url);
  next.searchParams.delete('offset');
  next.searchParams.set(cursor, String(next_after));
  reply.header('Link', `<${next.href}>; rel="next"`);
}

const JSON_TYPE = 'application/json; charset=utf-8';

export function sendJson(reply: FastifyReply, object: object): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(JSON.stringify(object));
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

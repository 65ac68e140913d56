// From the bytes of a body to what they say: JSON in UTF-8, or a refusal.
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../domain/error.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Nothing at all is an empty object. */
export function readJson(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(UTF8.decode(body));
  } catch {
    const message = 'The body is not valid JSON in UTF-8.';
    throw new GatewayError('invalid_request', message, { field: 'body', constraint: 'json' });
  }
}

/**
 * In a scope of its own: megabytes are read as JSON only when their sender has proven himself, and are bytes to be
 * hashed until then. The route reads them with `readJson(request.raw_body)` at the end of its `preValidation`.
 */
export function keepBodiesUnread(scope: FastifyInstance): void {
  scope.removeContentTypeParser('application/json');
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    request.raw_body = body;
    done(null, {});
  });
}

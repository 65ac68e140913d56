// From the bytes of a body to what they say: JSON in UTF-8, or a refusal.
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

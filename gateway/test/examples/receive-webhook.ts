// A receiver of webhooks with nothing but Node: docs/webhooks.md shows this file, and a test runs it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';

const TOLERANCE_SECONDS = 300;

/** True when the webhook is from the gateway, unchanged and fresh. `secret` is the whole `whsec_…`. */
export function isGenuine(secret: string, headers: IncomingHttpHeaders, body: Buffer): boolean {
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const age_seconds = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age_seconds <= TOLERANCE_SECONDS)) return false;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  // While a secret is being exchanged there are two signatures, separated by a space.
  return String(headers['webhook-signature'])
    .split(' ')
    .some((signature) => {
      const [version, encoded = ''] = signature.split(',');
      const given = Buffer.from(encoded, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}

export interface WebhookEvent {
  id: string;
  type: string;
  data: { object: Record<string, unknown> };
  sequence: number;
}

/** `keep` stores the event and returns when it is safe; the same id may come again and must then be ignored. */
export function makeReceiver(secret: string, keep: (event: WebhookEvent) => Promise<void>): Server {
  return createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (!isGenuine(secret, request.headers, body)) return response.writeHead(400).end();
    await keep(JSON.parse(body.toString('utf8')) as WebhookEvent);
    response.writeHead(204).end();
  });
}

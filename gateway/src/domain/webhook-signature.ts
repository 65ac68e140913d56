// Standard Webhooks: how a receiver knows that a webhook is ours and fresh. Symmetric `v1` signatures over
// `<id>.<timestamp>.<body>`; during a rotation one delivery carries a signature under each secret.
import { createHmac, timingSafeEqual } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const SECRET_BYTES = 32;
const SHORTEST_SECRET_BYTES = 24;
const LONGEST_SECRET_BYTES = 64;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const TIMESTAMP = /^[0-9]{1,15}$/;

/** `random` gives so many random bytes. */
export function makeWebhookSecret(random: (bytes: number) => Buffer): string {
  const bytes = random(SECRET_BYTES);
  if (bytes.length !== SECRET_BYTES) throw new RangeError('A webhook secret needs 32 random bytes.');
  return SECRET_PREFIX + bytes.toString('base64');
}

/** The key is what the text decodes to, not the text itself, which is where it differs from Stripe's scheme. */
function readSecret(secret: string): Buffer {
  const text = secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : '';
  const key = BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (key.length < SHORTEST_SECRET_BYTES || key.length > LONGEST_SECRET_BYTES) {
    throw new RangeError('A webhook secret is whsec_ followed by 24 to 64 bytes in base64.');
  }
  return key;
}

function computeSignature(secret: string, id: string, timestamp: string, body: string | Buffer): string {
  const signature = createHmac('sha256', readSecret(secret)).update(`${id}.${timestamp}.`).update(body);
  return `v1,${signature.digest('base64')}`;
}

/** The value of `webhook-signature`: one signature for each secret, the newest secret first. */
export function signWebhook(webhook: {
  secrets: readonly string[];
  id: string;
  timestamp_seconds: number;
  body: string | Buffer;
}): string {
  const { secrets, id, timestamp_seconds, body } = webhook;
  if (secrets.length === 0) throw new RangeError('A webhook is never sent unsigned.');
  // A dot in the id, or a fraction in the time, would let two different webhooks read the same when signed.
  if (id === '' || id.includes('.') || !Number.isSafeInteger(timestamp_seconds)) {
    throw new RangeError('A webhook id has no dot, and its time is in whole seconds.');
  }
  return secrets.map((secret) => computeSignature(secret, id, String(timestamp_seconds), body)).join(' ');
}

/** `timestamp` and `signature` are the headers as received. The time window is closed at both ends. */
export function verifyWebhook(webhook: {
  secrets: readonly string[];
  id: string;
  timestamp: string;
  signature: string;
  body: string | Buffer;
  now_seconds: number;
  tolerance_seconds?: number;
}): boolean {
  const { secrets, id, timestamp, signature, body, now_seconds, tolerance_seconds = 300 } = webhook;
  if (id === '' || id.includes('.') || !TIMESTAMP.test(timestamp)) return false;
  if (Math.abs(Number(timestamp) - Math.floor(now_seconds)) > tolerance_seconds) return false;
  const expected = secrets.map((secret) => Buffer.from(computeSignature(secret, id, timestamp, body)));
  const given = signature.split(' ').map((one) => Buffer.from(one));
  return expected.some((ours) =>
    given.some((one) => one.length === ours.length && timingSafeEqual(one, ours)),
  );
}

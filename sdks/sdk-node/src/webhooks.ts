// Webhooks are signed by Standard Webhooks (https://www.standardwebhooks.com): `verify` says whether one is the
// gateway's, unchanged and fresh, and `sign` makes the headers of one, for tests of those who receive them.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import type { WebhookEvent } from './generated/schemas.ts';
import { isObject } from './verdict.ts';

/** Why a webhook was refused; the same words in every SDK of the gateway. */
export type WebhookRefusal =
  | 'parsed_body'
  | 'invalid_secret'
  | 'missing_header'
  | 'malformed_header'
  | 'too_old'
  | 'too_new'
  | 'no_match'
  | 'invalid_payload';

/** The webhook is not proven to be the gateway's. Answer 400, and do nothing. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  readonly reason: WebhookRefusal;

  constructor(reason: WebhookRefusal, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The body as it arrived: bytes, or their text. */
export type WebhookPayload = string | Uint8Array;

/** Node's, those of fetch, or a plain record; names in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyOptions {
  /** How far the webhook's time may be from ours, either way, in seconds. Default 300. */
  toleranceSeconds?: number | undefined;
  /** The time in Unix milliseconds, for tests. */
  now?: (() => number) | undefined;
}

export interface SignOptions {
  /** The id of the event. Default: a new one. */
  id?: string | undefined;
  /** Default: now. */
  timestampSeconds?: number | undefined;
}

// An alias and not an interface, so that it can be given wherever a record of headers is taken.
export type SignedHeaders = {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
};

const RAW_BODY =
  'The body has been parsed already, and a signature is of the bytes as they arrived. Express, in front of ' +
  "express.json(): app.post('/webhooks', express.raw({ type: 'application/json', limit: '1mb' }), …), then request.body. " +
  "Fastify: addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => done(null, body)) " +
  'in the plugin of the route, then request.body.';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const DEFAULT_TOLERANCE_SECONDS = 300;

/**
 * Returns the event, or throws a WebhookVerificationError that says why not. With several secrets one has to match: give
 * the old and the new one while a secret is being exchanged. The same event may come twice; its `id` tells.
 */
function verify(
  payload: WebhookPayload,
  headers: WebhookHeaders,
  secrets: string | readonly string[],
  options: VerifyOptions = {},
): WebhookEvent {
  const body = readPayload(payload);
  const keys = readSecrets(secrets);
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    readHeader(headers, name),
  );
  if (id === undefined || timestamp === undefined || signature === undefined) {
    throw new WebhookVerificationError('missing_header', 'A header of the signature is missing.');
  }
  const given = signature.split(' ').filter((one) => one.startsWith('v1,'));
  if (id === '' || id.includes('.') || !/^[0-9]{1,15}$/.test(timestamp) || given.length === 0) {
    throw new WebhookVerificationError('malformed_header', 'A header of the signature is malformed.');
  }
  checkTime(Number(timestamp), options);
  const matches = keys.map((key) => given.some((one) => isSame(one, compute(key, id, timestamp, body))));
  if (!matches.includes(true)) {
    throw new WebhookVerificationError(
      'no_match',
      'No signature is of this secret. It is another secret, or not the bytes as they arrived.',
    );
  }
  return readEvent(body);
}

/**
 * The headers of a delivery of this payload. Send the very bytes that were signed. With several secrets there is a
 * signature of each, as the gateway sends them while a secret is being exchanged.
 */
function sign(
  payload: WebhookPayload,
  secrets: string | readonly string[],
  options: SignOptions = {},
): SignedHeaders {
  const body = readPayload(payload);
  const keys = readSecrets(secrets);
  const { id = `evt_${randomUUID()}`, timestampSeconds = Math.floor(Date.now() / 1000) } = options;
  // A dot in the id, or a fraction in the time, would let two different webhooks read the same when signed.
  if (id === '' || id.includes('.') || !/^[0-9]{1,15}$/.test(String(timestampSeconds))) {
    throw new WebhookVerificationError(
      'malformed_header',
      'An id has no dot, and a time is in whole seconds.',
    );
  }
  const signatures = keys.map((key) => compute(key, id, String(timestampSeconds), body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}

export const webhooks = { verify, sign };

function readPayload(payload: unknown): Uint8Array {
  if (typeof payload === 'string') return Buffer.from(payload, 'utf8');
  // Not by instanceof: a test runner has realms of its own, and a class of its own in each.
  if (isUint8Array(payload)) return payload;
  throw new WebhookVerificationError('parsed_body', RAW_BODY);
}

/** The key is what the text decodes to, not the text itself, which is where it differs from Stripe's scheme. */
function readSecrets(secrets: unknown): Buffer[] {
  const all: unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  const keys = all.map((secret) => {
    const text =
      typeof secret === 'string' && secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : '';
    return BASE64.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  });
  if (keys.length > 0 && keys.every((key) => key.length >= 24 && key.length <= 64)) return keys;
  throw new WebhookVerificationError(
    'invalid_secret',
    'A webhook secret is whsec_ followed by 24 to 64 bytes in base64, as the endpoint was created with.',
  );
}

function readHeader(headers: WebhookHeaders, name: string): string | undefined {
  if (typeof headers?.get === 'function') return (headers as Headers).get(name) ?? undefined;
  for (const [key, value] of Object.entries(headers ?? {})) {
    if (key.toLowerCase() === name && value !== undefined)
      return typeof value === 'string' ? value : value.join(', ');
  }
  return undefined;
}

function checkTime(
  timestamp: number,
  { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now }: VerifyOptions,
): void {
  const age = Math.floor((now ?? Date.now)() / 1000) - timestamp;
  // Written so that a tolerance that is no number lets nothing through.
  if (Math.abs(age) <= toleranceSeconds) return;
  const [reason, words] = age > 0 ? (['too_old', 'past'] as const) : (['too_new', 'future'] as const);
  throw new WebhookVerificationError(
    reason,
    `The webhook's time is ${Math.abs(age)} seconds in the ${words}.`,
  );
}

function compute(key: Buffer, id: string, timestamp: string, body: Uint8Array): string {
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body);
  return `v1,${signature.digest('base64')}`;
}

function isSame(given: string, expected: string): boolean {
  const [ours, theirs] = [Buffer.from(expected), Buffer.from(given)];
  return ours.length === theirs.length && timingSafeEqual(ours, theirs);
}

function readEvent(body: Uint8Array): WebhookEvent {
  try {
    // A byte order mark is kept, so that it is refused like any other text in front of the JSON.
    const event: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body),
    );
    if (isObject(event)) return event as unknown as WebhookEvent;
  } catch {
    // Told below.
  }
  throw new WebhookVerificationError(
    'invalid_payload',
    'The signature is right, and the body is no JSON object.',
  );
}

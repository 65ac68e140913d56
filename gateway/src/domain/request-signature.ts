// Signed requests: `Authorization: HMAC-SHA256 <id>:<timestamp>:<signature>` over method, request target,
// timestamp and the hash of the body. A wrong signature costs and answers the same as an unknown key.
import { createHmac, createSecretKey, hash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto';

/** canonical: the key is the hex of the secret's SHA-256. raw: the key is the secret itself. */
export type SignatureForm = 'canonical' | 'raw';
export type SigningKeys = Record<SignatureForm, KeyObject>;

export interface Authorization {
  /** An API key id or a merchant id. */
  id: string;
  /** The digits as the caller signed them. */
  timestamp: string;
  /** In lower case whatever the caller wrote, so that one signature has one spelling in the replay store. */
  signature: string;
}

// The scheme is case-insensitive (RFC 9110, 11.1). An id is printable ASCII without the colon that ends it.
const AUTHORIZATION = /^HMAC-SHA256 +([!-9;-~]{1,255}):([0-9]{1,15}):([0-9A-F]{64})$/i;
const SIGNATURE = /^[0-9a-fA-F]{64}$/;
/** As seconds this is the year 5138, as milliseconds 1973: nobody means the seconds. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** Null for any header that is not exactly of this scheme and shape. */
export function parseAuthorization(header: string): Authorization | null {
  const parts = AUTHORIZATION.exec(header);
  if (parts?.[1] === undefined || parts[2] === undefined || parts[3] === undefined) return null;
  return { id: parts[1], timestamp: parts[2], signature: parts[3].toLowerCase() };
}

/** Both keys of one secret. Made once per API key and kept: making them costs as much as using them. */
export function makeSigningKeys(secret: string): SigningKeys {
  if (secret === '') throw new RangeError('An empty secret cannot sign anything.');
  return {
    canonical: createSecretKey(hash('sha256', secret, 'hex'), 'ascii'),
    raw: createSecretKey(secret, 'utf8'),
  };
}

/** Stand in for the keys of an id that does not exist. Nobody knows their secret, so nothing matches them. */
export const DUMMY_KEYS: SigningKeys = makeSigningKeys(randomBytes(32).toString('hex'));

function computeSignature(
  key: KeyObject,
  method: string,
  target: string,
  timestamp: string,
  body_hash: string,
): Buffer {
  return createHmac('sha256', key).update(`${method}\n${target}\n${timestamp}\n${body_hash}`).digest();
}

/** What a client does: the signature as hex. `path` is the request target, with its query if it has one. */
export function signRequest(
  request: ({ secret: string } | { keys: SigningKeys }) & {
    form: SignatureForm;
    method: string;
    path: string;
    timestamp: string | number;
    body: string | Buffer;
  },
): string {
  const { form, method, path, timestamp, body } = request;
  const keys = 'keys' in request ? request.keys : makeSigningKeys(request.secret);
  const body_hash = hash('sha256', body, 'hex');
  return computeSignature(keys[form], method, path, String(timestamp), body_hash).toString('hex');
}

/**
 * True when the signature is one that we accept for this request. `target` is the request target as received.
 * A GET may also be signed by its path without the query, as the older guide shows.
 *
 * The form in which our SDKs sign is tried first and may end the work early. A signature that is refused has
 * always cost every candidate, also the raw ones of a key that does not allow them: how long a refusal takes
 * depends on the request alone, and tells nothing about the key.
 */
export function verifyRequestSignature(request: {
  keys: SigningKeys;
  allow_raw: boolean;
  method: string;
  target: string;
  timestamp: string;
  body: Buffer;
  signature: string;
}): boolean {
  const { keys, allow_raw, method, target, timestamp, body, signature } = request;
  if (!SIGNATURE.test(signature)) return false;
  const given = Buffer.from(signature, 'hex');
  const body_hash = hash('sha256', body, 'hex');
  const query_at = method === 'GET' ? target.indexOf('?') : -1;
  const targets = query_at < 0 ? [target] : [target, target.slice(0, query_at)];
  for (const candidate of targets) {
    const canonical = computeSignature(keys.canonical, method, candidate, timestamp, body_hash);
    if (timingSafeEqual(canonical, given)) return true;
    const raw = computeSignature(keys.raw, method, candidate, timestamp, body_hash);
    if (timingSafeEqual(raw, given) && allow_raw) return true;
  }
  return false;
}

export type TimestampCheck =
  | { ok: true }
  | {
      ok: false;
      /** How far the caller's clock is ahead of ours; negative when it is behind. */
      skew_seconds: number;
      looks_like_milliseconds: boolean;
    };

/** The window is closed at both ends: exactly `tolerance_seconds` away is still accepted. */
export function checkTimestamp(
  timestamp: string | number,
  now_seconds: number,
  tolerance_seconds = 300,
): TimestampCheck {
  const claimed = Number(timestamp);
  const skew_seconds = claimed - Math.floor(now_seconds);
  if (Math.abs(skew_seconds) <= tolerance_seconds) return { ok: true };
  return { ok: false, skew_seconds, looks_like_milliseconds: claimed >= FIRST_MILLISECONDS };
}

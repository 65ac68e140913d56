// Signed requests: `Authorization: HMAC-SHA256 <key id>:<timestamp>:<signature>` over method, request target with its
// query, Unix seconds and the SHA-256 of the exact body, under the hex of the secret's SHA-256.
import { createHash, createHmac } from 'node:crypto';

export interface RequestToSign {
  /** The id of the API key, `ak_…`. */
  key_id: string;
  /** Its secret, `sk_…`. */
  secret: string;
  method: string;
  /** The request target as the gateway receives it: the path with its query. */
  target: string;
  /** Unix seconds. The gateway allows 300 seconds of difference to its clock. */
  timestamp: number;
  /** Exactly the bytes that are sent; nothing for a request without a body. */
  body?: Uint8Array | string;
}

/** The signature as hex, and the whole header. The rule is in the gateway's API reference under Authentication. */
export function signRequest(request: RequestToSign): { signature: string; authorization: string } {
  const { key_id, secret, method, target, timestamp, body = '' } = request;
  // Base64 or the secret itself would be other keys: it is the 64 characters of the hex.
  const key = createHash('sha256').update(secret).digest('hex');
  const body_hash = createHash('sha256').update(body).digest('hex');
  const signed = `${method}\n${target}\n${timestamp}\n${body_hash}`;
  const signature = createHmac('sha256', key).update(signed).digest('hex');
  return { signature, authorization: `HMAC-SHA256 ${key_id}:${timestamp}:${signature}` };
}

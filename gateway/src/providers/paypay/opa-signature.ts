// PayPay's request signature "hmac OPA-Auth". Pure: nonce and time come in. PayPay checks the very bytes of
// the body, so a body is serialised once, signed here and sent unchanged.
import { createHash, createHmac } from 'node:crypto';

export interface OpaSignedRequest {
  method: string;
  /** The path at PayPay, as sent (percent-encoded). A query is not part of what is signed. */
  path: string;
  /** Absent for GET and DELETE. */
  body?: { content_type: string; bytes: string | Buffer };
}

export interface OpaKey {
  api_key: string;
  api_secret: string;
}

/** The value of the Authorization header. PayPay refuses a time more than two minutes from its own. */
export function makeOpaAuthorization(
  request: OpaSignedRequest,
  key: OpaKey,
  nonce: string,
  epoch_seconds: number,
): string {
  const { body } = request;
  // A request without a body signs the word "empty" in place of the content type and of the hash.
  const content_type = body === undefined ? 'empty' : body.content_type;
  const body_hash =
    body === undefined
      ? 'empty'
      : createHash('md5').update(body.content_type).update(body.bytes).digest('base64');
  const path = request.path.replace(/\?.*$/s, '');
  const text = [path, request.method, nonce, epoch_seconds, content_type, body_hash].join('\n');
  // The secret is used as the text that it is, although it looks like base64.
  const mac = createHmac('sha256', key.api_secret).update(text).digest('base64');
  return `hmac OPA-Auth:${key.api_key}:${mac}:${nonce}:${epoch_seconds}:${body_hash}`;
}

// PayPay's side of the OPA request signature: is this call really from the holder of the key, now? Written
// from PayPay's published description, and on purpose not shared with the adapter, so that each checks the
// other.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** PayPay compares the signed time with its own clock and allows two minutes either way. */
const CLOCK_WINDOW_SECONDS = 120;

export interface OpaRequest {
  authorization: string | undefined;
  method: string;
  /** As PayPay sees it: from the host on, so without the folder that a simulator is mounted in. */
  path: string;
  content_type: string | undefined;
  /** The bytes as they arrived. PayPay hashes these, so a body that is serialised twice fails here too. */
  body: Buffer;
}

export type OpaVerdict = { ok: true; api_key: string } | { ok: false; reason: string };

/** The hash that stands in the header; a request without a body carries the word `empty` instead. */
export function makeOpaBodyHash(contentType: string, body: Buffer): string {
  if (body.length === 0) return 'empty';
  return createHash('md5').update(contentType).update(body).digest('base64');
}

export function makeOpaMac(
  secret: string,
  signed: { path: string; method: string; nonce: string; epoch: string; content_type: string; hash: string },
): string {
  const fields = [signed.path, signed.method, signed.nonce, signed.epoch, signed.content_type, signed.hash];
  return createHmac('sha256', secret).update(fields.join('\n')).digest('base64');
}

/** The reason is for the developer at the simulator; PayPay itself only ever says UNAUTHORIZED. */
export function verifyOpaSignature(
  request: OpaRequest,
  secrets: ReadonlyMap<string, string>,
  nowMs: number,
): OpaVerdict {
  const match = /^hmac OPA-Auth:([^:]+):([^:]+):([^:]+):(\d{1,12}):([^:]+)$/.exec(
    request.authorization ?? '',
  );
  if (!match)
    return { ok: false, reason: 'The Authorization header is missing or not of the OPA-Auth form.' };
  const [, apiKey = '', mac = '', nonce = '', epoch = '', hash = ''] = match;

  const secret = secrets.get(apiKey);
  if (secret === undefined) return { ok: false, reason: 'The API key is not known.' };

  const skew = Number(epoch) - Math.floor(nowMs / 1000);
  if (Math.abs(skew) > CLOCK_WINDOW_SECONDS) {
    const direction = skew > 0 ? 'ahead of' : 'behind';
    return { ok: false, reason: `The signed time is ${Math.abs(skew)} s ${direction} the server's clock.` };
  }

  const hasBody = request.body.length > 0;
  const contentType = request.content_type ?? '';
  if (hash !== makeOpaBodyHash(contentType, request.body)) {
    return { ok: false, reason: 'The body hash does not fit the bytes and the Content-Type that arrived.' };
  }
  const expected = makeOpaMac(secret, {
    path: request.path,
    method: request.method,
    nonce,
    epoch,
    content_type: hasBody ? contentType : 'empty',
    hash,
  });
  if (!isSameText(mac, expected)) {
    return { ok: false, reason: `The signature does not fit ${request.method} ${request.path}.` };
  }
  return { ok: true, api_key: apiKey };
}

function isSameText(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

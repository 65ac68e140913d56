// Clients of the gateway as merchants write them: a backend that signs, a terminal that has only a payment
// token, and a bare socket for what no client library would send. None shares code with the server's checks.
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';

export interface Credentials {
  /** An API key id or a merchant id. */
  id: string;
  secret: string;
  /** canonical: API reference and integration guide. raw: PaymentIntent guide. */
  form?: 'canonical' | 'raw';
}

export interface CallOptions {
  /** Null sends none. Left out: a new one for each request that changes something. */
  idempotency_key?: string | null;
  headers?: Record<string, string>;
  /** Seconds; left out: now. */
  timestamp?: number | string;
  /** What is signed in place of the request target. */
  signed_path?: string;
  /** What is signed in place of the body. */
  signed_body?: string;
}

export type Body = object | string | Buffer | undefined;
export type Answer = Awaited<ReturnType<typeof send>>;
export type Client = ReturnType<typeof makeClient>;
export type Terminal = ReturnType<typeof makeTerminal>;
export type Json = Record<string, unknown>;

/** The signature of the documents, in one expression as they write it. */
export function sign(
  credentials: Credentials,
  request: { method: string; path: string; timestamp: number | string; body: string | Buffer },
): string {
  const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  const { method, path, timestamp, body } = request;
  const key = credentials.form === 'raw' ? credentials.secret : sha256(credentials.secret);
  return createHmac('sha256', key)
    .update(`${method}\n${path}\n${timestamp}\n${sha256(body)}`)
    .digest('hex');
}

export function bytesOf(body: Body): string | Buffer {
  if (body === undefined) return '';
  return typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
}

/** One request over real HTTP. `json` is undefined where the answer is not JSON. */
export async function send(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: Body,
) {
  const bytes = bytesOf(body);
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body !== undefined && { body: typeof bytes === 'string' ? bytes : new Uint8Array(bytes) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A backend. A signature is good for one request, so equal requests of one second are stamped differently. */
export function makeClient(url: string, now: () => number, credentials: Credentials) {
  const seen = new Map<string, string | null>();

  function authorize(method: string, path: string, body: Body, options: CallOptions, key: string | null) {
    const { signed_path = path, signed_body } = options;
    const request = { method, path: signed_path, body: signed_body ?? bytesOf(body) };
    let timestamp = options.timestamp ?? Math.floor(now() / 1_000);
    let signature = sign(credentials, { ...request, timestamp });
    while (options.timestamp === undefined && seen.has(signature) && seen.get(signature) !== key) {
      timestamp = Number(timestamp) - 1;
      signature = sign(credentials, { ...request, timestamp });
    }
    seen.set(signature, key);
    return `HMAC-SHA256 ${credentials.id}:${timestamp}:${signature}`;
  }

  function call(method: string, path: string, body?: Body, options: CallOptions = {}) {
    const { idempotency_key = method === 'GET' ? null : randomUUID() } = options;
    return send(
      url,
      method,
      path,
      {
        authorization: authorize(method, path, body, options, idempotency_key),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(idempotency_key !== null && { 'idempotency-key': idempotency_key }),
        ...options.headers,
      },
      body,
    );
  }

  return {
    credentials,
    call,
    get: (path: string, options?: CallOptions) => call('GET', path, undefined, options),
    post: (path: string, body?: Body, options?: CallOptions) => call('POST', path, body, options),
    patch: (path: string, body?: Body, options?: CallOptions) => call('PATCH', path, body, options),
    create: (body: Body, options?: CallOptions) => call('POST', '/v1/payment_intents', body, options),
    retrieve: (id: string, options?: CallOptions) => call('GET', intentPath(id), undefined, options),
    confirm: (id: string, body: Body, options?: CallOptions) =>
      call('POST', `${intentPath(id)}/confirm`, body, options),
    cancel: (id: string, body: Body = {}, options?: CallOptions) =>
      call('POST', `${intentPath(id)}/cancel`, body, options),
    capture: (id: string, body: Body = {}, options?: CallOptions) =>
      call('POST', `${intentPath(id)}/capture`, body, options),
    reissueToken: (id: string, options?: CallOptions) =>
      call('POST', `${intentPath(id)}/payment_token`, {}, options),
  };
}

/** A terminal or a browser: no key, one token, and no idempotency key unless it is given one. */
export function makeTerminal(url: string, intent: { id: string; payment_token: string }) {
  const { id, payment_token } = intent;
  const post = (verb: string, fields: Json, idempotency_key?: string) =>
    send(
      url,
      'POST',
      `${intentPath(id)}/${verb}`,
      {
        'content-type': 'application/json',
        ...(idempotency_key !== undefined && { 'idempotency-key': idempotency_key }),
      },
      { payment_token, ...fields },
    );
  return {
    retrieve: () =>
      send(url, 'GET', `${intentPath(id)}?payment_token=${encodeURIComponent(payment_token)}`, {}, undefined),
    confirm: (fields: Json, idempotency_key?: string) => post('confirm', fields, idempotency_key),
    confirmQr: (idempotency_key?: string) =>
      post('confirm', { payment_method_type: 'qr_mpm', provider: 'PAYPAY' }, idempotency_key),
    cancel: (fields: Json = {}, idempotency_key?: string) => post('cancel', fields, idempotency_key),
  };
}

function intentPath(id: string): string {
  return `/v1/payment_intents/${encodeURIComponent(id)}`;
}

/** Bytes as they are, and everything that comes back until the server closes. */
export function sendBytes(url: string, bytes: string | Buffer): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, fail) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', fail);
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text });
    });
  });
}

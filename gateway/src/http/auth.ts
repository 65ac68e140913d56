// From a request to a caller. A signature is checked here in full; a payment token is only read, because it
// proves itself against the one intent it belongs to.
import type { FastifyRequest } from 'fastify';
import type { Caller, KeyCaller, makeKeyring } from '../application/callers.ts';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import {
  checkTimestamp,
  DUMMY_KEYS,
  parseAuthorization,
  verifyRequestSignature,
} from '../domain/request-signature.ts';

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
    /** The bytes of a verified signature: good for one idempotency key. */
    signature: Buffer | null;
    /** The body as it arrived: what was signed. */
    raw_body: Buffer;
  }
}

export const EMPTY = Buffer.alloc(0);

const REFUSED =
  'The signature is missing or wrong. Sign METHOD, PATH, TIMESTAMP and the SHA-256 of the exact body with HMAC-SHA256.';

/** The preValidation hook of routes that a backend calls, and, where `allow_token`, a terminal too. */
export function makeAuthenticate(
  context: Context,
  keyring: ReturnType<typeof makeKeyring>,
  options: { allow_token: boolean },
): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const header = request.headers.authorization;
    if (header !== undefined) {
      request.caller = await verify(context, keyring, request, header);
      return;
    }
    const token = options.allow_token ? tokenOf(request) : null;
    if (token === null) {
      const hint = options.allow_token ? ' Or send a payment_token.' : '';
      throw new GatewayError('unauthorized', `${REFUSED}${hint}`);
    }
    request.caller = { kind: 'token', token };
  };
}

async function verify(
  context: Context,
  keyring: ReturnType<typeof makeKeyring>,
  request: FastifyRequest,
  header: string,
): Promise<KeyCaller> {
  const authorization = parseAuthorization(header);
  if (authorization === null) {
    throw new GatewayError(
      'unauthorized',
      'The Authorization header must read: HMAC-SHA256 <key id>:<unix seconds>:<64 hex characters>.',
      { field: 'Authorization', constraint: 'format' },
    );
  }
  const { id, timestamp, signature } = authorization;
  const clock = checkTimestamp(timestamp, context.now() / 1_000);
  if (!clock.ok) {
    const hint = clock.looks_like_milliseconds
      ? 'The timestamp is in milliseconds; send seconds.'
      : `The timestamp is ${Math.abs(clock.skew_seconds)} seconds ${clock.skew_seconds > 0 ? 'ahead of' : 'behind'} our clock; at most 300 are allowed.`;
    throw new GatewayError('unauthorized', hint, {
      field: 'Authorization',
      constraint: 'timestamp',
      ...(!clock.looks_like_milliseconds && { skew_seconds: clock.skew_seconds }),
    });
  }
  const candidates = await keyring.get(id);
  const body = request.raw_body;
  const signed = { method: request.method, target: request.raw.url ?? '/', timestamp, body, signature };
  for (const { caller, keys, allow_raw_secret, expires_at } of candidates) {
    if (expires_at !== null && expires_at <= instant(context)) continue;
    if (verifyRequestSignature({ ...signed, keys, allow_raw: allow_raw_secret })) {
      request.signature = Buffer.from(signature, 'hex');
      keyring.noteUse(caller.key_id, expires_at !== null);
      return caller;
    }
  }
  // An unknown id costs what a wrong signature costs.
  if (candidates.length === 0) verifyRequestSignature({ ...signed, keys: DUMMY_KEYS, allow_raw: true });
  throw new GatewayError('unauthorized', REFUSED);
}

function tokenOf(request: FastifyRequest): string | null {
  const holder = request.method === 'GET' ? request.query : request.body;
  if (typeof holder !== 'object' || holder === null || !('payment_token' in holder)) return null;
  const { payment_token } = holder;
  return typeof payment_token === 'string' && payment_token !== '' ? payment_token : null;
}

/** For routes of backends only: the hook has made sure of it. */
export function keyCaller(request: FastifyRequest): KeyCaller {
  if (request.caller?.kind !== 'key') throw new GatewayError('unauthorized', REFUSED);
  return request.caller;
}

/** For settings and decisions of the organization: a key that is narrowed to one merchant may not touch them. */
export function organizationCaller(request: FastifyRequest): KeyCaller {
  const caller = keyCaller(request);
  if (caller.merchant_id === null) return caller;
  throw new GatewayError('forbidden', 'This key acts for one merchant only. Use a key of the organization.');
}

export function anyCaller(request: FastifyRequest): Caller {
  if (request.caller === null) throw new GatewayError('unauthorized', REFUSED);
  return request.caller;
}

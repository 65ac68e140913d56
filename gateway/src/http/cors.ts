// Which pages may call from a browser, and only where a payment token is what counts. A page names its publishable
// key; the key, or any key of the payment's organization, lists the page's origin. Signed requests are for servers
// and are never opened to pages.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../application/callers.ts';
import { makeOriginBook, type OriginBook } from '../application/publishable-keys.ts';
import type { Context } from '../context.ts';
import type { PublishableKey } from '../db/publishable-keys.ts';
import { GatewayError } from '../domain/error.ts';
import { isOriginAllowed } from '../domain/origin.ts';
import type { RateLimits } from './rate-limit.ts';

interface Owner {
  organization_id: string;
  livemode: boolean;
}

interface Browser {
  /** Null where nobody says that a page asks: no browser, or a page of the gateway's own. */
  origin: string | null;
  key: PublishableKey | null;
  /** Whose payment it is, once the token has been proven on it. */
  owner: Owner | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the routes of pages, unless the request is signed. */
    browser: Browser | null;
  }
}

const ROUTES: Record<string, 'GET' | 'POST'> = {
  '/v1/payment_intents/:id': 'GET',
  '/v1/payment_intents/:id/confirm': 'POST',
  '/v1/payment_intents/:id/cancel': 'POST',
  '/v1/qr_codes/:attempt_id.svg': 'GET',
};
const KEY_HEADER = 'x-publishable-key';
const MAX_ORIGIN_LENGTH = 255;
/** Seconds for which a browser need not ask again whether it may; each request is checked all the same. */
const PREFLIGHT_SECONDS = 600;
const SENT_HEADERS = 'Content-Type, Idempotency-Key, X-Publishable-Key';
const READABLE_HEADERS =
  'X-Request-Id, Idempotency-Replayed, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, ' +
  'RateLimit, RateLimit-Policy';

export function openToBrowsers(app: FastifyInstance, context: Context, limits: RateLimits): void {
  const book = makeOriginBook(context);
  app.decorateRequest('browser', null);

  app.addHook('onRequest', async (request, reply) => {
    if (!isRouteOfPages(request)) return;
    reply.header('vary', 'Origin');
    // Who signs is a server, whatever else he sends.
    if (request.headers.authorization !== undefined) return;
    const browser: Browser = { origin: request.headers.origin ?? null, key: null, owner: null };
    request.browser = browser;
    const named = request.headers[KEY_HEADER];
    if (named !== undefined) browser.key = await getKey(book, limits, request, String(named));
  });

  app.addHook('onSend', async (request, reply) => {
    const { browser } = request;
    if (browser === null || browser.origin === null || !(await mayRead(book, browser))) return;
    reply.headers({
      'access-control-allow-origin': browser.origin,
      'access-control-expose-headers': READABLE_HEADERS,
    });
  });

  for (const [url, method] of Object.entries(ROUTES)) {
    app.options(url, { schema: { hide: true } }, (request, reply) =>
      answerPreflight(book, limits, request, reply, method),
    );
  }
}

function isRouteOfPages({ method, routeOptions }: FastifyRequest): boolean {
  const answers = ROUTES[routeOptions.url ?? ''];
  return answers !== undefined && (method === 'HEAD' ? 'GET' : method) === answers;
}

/** The key that the page names, when it may be used from there. */
async function getKey(
  book: OriginBook,
  limits: RateLimits,
  request: FastifyRequest,
  id: string,
): Promise<PublishableKey> {
  limits.checkUnknownPages(request);
  const key = /^pk_[A-Za-z0-9_-]{1,60}$/.test(id) ? await book.findKey(id) : null;
  if (key === null || key.revoked_at !== null) {
    await limits.countUnknownPage(request);
    throw refused('This publishable key is not known, or was revoked.');
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOriginAllowed(key.allowed_origins, origin)) {
    throw refused(
      `The publishable key ${key.id} does not let in pages of ${shown(origin)}. ` +
        `Add this origin to its allowed_origins (PATCH /v1/publishable_keys/${key.id}).`,
      { origin: shown(origin) },
    );
  }
  return key;
}

function shown(origin: string): string {
  return origin.slice(0, MAX_ORIGIN_LENGTH);
}

function refused(message: string, facts: Record<string, unknown> = {}): GatewayError {
  return new GatewayError('forbidden', message, {
    field: 'X-Publishable-Key',
    constraint: 'publishable_key',
    ...facts,
  });
}

/** Of a caller with a token: learn whose payment it is, and refuse another organization's key. */
export function watchOwner(request: FastifyRequest): void {
  const { caller, browser } = request;
  if (browser === null || caller?.kind !== 'token') return;
  if (browser.origin === null && browser.key === null) return;
  request.caller = { ...caller, actsFor: (owner) => noteOwner(request, owner) } satisfies Caller;
}

export function noteOwner({ browser }: FastifyRequest, owner: Owner): void {
  if (browser === null) return;
  const { key } = browser;
  if (key !== null && (key.organization_id !== owner.organization_id || key.livemode !== owner.livemode)) {
    throw refused(
      'This publishable key is of another organization, or of the other mode, than the payment. ' +
        'Use a key that was made for it.',
    );
  }
  browser.owner = { organization_id: owner.organization_id, livemode: owner.livemode };
}

/** Whether the page may see the answer. */
async function mayRead(book: OriginBook, { origin, key, owner }: Browser): Promise<boolean> {
  if (origin === null || origin.length > MAX_ORIGIN_LENGTH) return false;
  if (key !== null) return true;
  try {
    if (owner !== null) return await book.allowedBy(owner, origin);
    return await book.allowedByAny(origin);
  } catch {
    // A refusal that was made before anybody's payment was looked at tells the page what is wrong, and no more.
    return owner === null;
  }
}

async function answerPreflight(
  book: OriginBook,
  limits: RateLimits,
  request: FastifyRequest,
  reply: FastifyReply,
  method: 'GET' | 'POST',
): Promise<FastifyReply> {
  const { origin } = request.headers;
  reply.headers({
    allow: `${method}, OPTIONS`,
    vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
  });
  if (origin === undefined) return reply.code(204).send();
  limits.checkUnknownPages(request);
  // A preflight names no key and no payment, so what any organization allows passes; the request itself is checked.
  if (origin.length > MAX_ORIGIN_LENGTH || !(await book.allowedByAny(origin))) {
    await limits.countUnknownPage(request);
    throw refused(
      `No publishable key lets in pages of ${shown(origin)}. Add this origin to the allowed_origins of yours ` +
        '(PATCH /v1/publishable_keys/{id}).',
      { origin: shown(origin) },
    );
  }
  reply.headers({
    'access-control-allow-origin': origin,
    'access-control-allow-methods': method,
    'access-control-allow-headers': SENT_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
  });
  return reply.code(204).send();
}

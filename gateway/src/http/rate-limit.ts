// How many requests a caller may make in a minute, and the two families of headers that tell him. What is refused
// for a bad signature is counted by address, so that guessing is slow.
import type { FastifyReply, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { Caller } from '../application/callers.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { hashPaymentToken } from '../domain/payment-token.ts';
import { openRedisLink, type RedisLink } from '../outbound/redis.ts';
import { type Count, type Counter, makeCounter, WINDOW_SECONDS } from './rate-counters.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of a key of an organization, whose merchant only the use case finds out: counted when it has. */
    late_count: { counting: Promise<Count> | null } | null;
    failure_count: Count | null;
  }
}

const FAILURES_PER_ADDRESS = 300;
const UNPROVEN_PER_ADDRESS = 600;
const UNUSED: Count = {
  remaining: FAILURES_PER_ADDRESS,
  ms_before_next: WINDOW_SECONDS * 1_000,
  refused: false,
};

export interface RateLimits {
  /** After the caller is known: count him, and refuse him when he asks too often. */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** A refusal before the merchant was known counts on the key itself: gives what to answer then, or null. */
  countNameless(request: FastifyRequest): Promise<GatewayError | null>;
  /** Before a signature is even looked at: an address that failed too often waits. */
  checkAddress(request: FastifyRequest): void;
  countFailure(request: FastifyRequest): Promise<void>;
  /** With every answer: the caller's own budget, or, to nobody in particular, how often his address may fail. */
  tell(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Somebody who has sent too many notifications that prove nothing waits. */
  checkUnprovenNotifications(request: FastifyRequest): void;
  /** A notification from somebody who could be anybody: he must not fill the inbox. */
  countUnprovenNotification(request: FastifyRequest): Promise<void>;
  /** A page that no key lets in: asking for it costs a look into the database. */
  checkUnknownPages(request: FastifyRequest): void;
  countUnknownPage(request: FastifyRequest): Promise<void>;
  close(): void;
}

export function makeRateLimits(context: Context): RateLimits {
  const { rate_limit_per_merchant, rate_limit_global } = context.config;
  const redis = openRedis(context);
  const callers = makeCounter('caller', rate_limit_per_merchant, redis);
  const all = makeCounter('all', rate_limit_global, redis);
  const failures = makeCounter('failure', FAILURES_PER_ADDRESS, redis);
  const notifications = makeCounter('notification', UNPROVEN_PER_ADDRESS, redis);
  const unknown_pages = makeCounter('page', UNPROVEN_PER_ADDRESS, redis);

  function tellCount(reply: FastifyReply, limit: number, { remaining, ms_before_next }: Count): void {
    reply.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': Math.ceil((context.now() + ms_before_next) / 1_000),
      ratelimit: `"default";r=${remaining};t=${Math.ceil(ms_before_next / 1_000)}`,
      'ratelimit-policy': `"default";q=${limit};w=${WINDOW_SECONDS}`,
    });
  }

  /** For an organization's key: the use case says whose payment it is, before it does anything. */
  function countLate(request: FastifyRequest): void {
    const { caller } = request;
    if (caller === null) return;
    const late: NonNullable<FastifyRequest['late_count']> = { counting: null };
    request.late_count = late;
    request.caller = {
      ...caller,
      actsFor(owner) {
        if (late.counting !== null) return;
        const key = merchantKey(owner);
        const exhausted_ms = callers.exhaustedMs(key);
        // Counted while the work is done; who is known to be over his budget does not begin.
        late.counting = callers.take(key);
        refuse(exhausted_ms);
      },
    };
  }

  /** A token that is made up counts on itself, and takes nothing from all others: only one that was proven does. */
  function countProven(request: FastifyRequest): void {
    const caller = request.caller as Caller;
    let is_counted = false;
    const actsFor: Caller['actsFor'] = (owner) => {
      caller.actsFor?.(owner);
      if (is_counted) return;
      is_counted = true;
      const exhausted_ms = all.exhaustedMs('all');
      all
        .take('all')
        .catch((error: unknown) => context.log.error({ err: error }, 'a request was not counted'));
      refuse(exhausted_ms);
    };
    request.caller = { ...caller, actsFor };
  }

  return {
    async count(request, reply) {
      if (request.caller?.kind === 'token') {
        countProven(request);
        const count = await callers.take(callerKey(request));
        tellCount(reply, callers.limit, count);
        if (count.refused) throw tooMany(count.ms_before_next);
        return;
      }
      if (namesItsMerchant(request)) {
        countLate(request);
        return countOrRefuse(all, 'all');
      }
      const key = callerKey(request);
      const known = callers.exhaustedMs(key) > 0;
      // Side by side, so that a Redis is waited for once.
      const counts = await Promise.all([callers.take(key), known ? null : all.take('all')]);
      tellCount(reply, callers.limit, counts[0]);
      for (const count of counts) if (count?.refused) throw tooMany(count.ms_before_next);
    },
    async countNameless(request) {
      const late = request.late_count;
      if (late === null || late.counting !== null) return null;
      late.counting = callers.take(callerKey(request));
      const count = await late.counting;
      return count.refused ? tooMany(count.ms_before_next) : null;
    },
    checkAddress: (request) => refuse(failures.exhaustedMs(networkOf(request))),
    async countFailure(request) {
      request.failure_count = await failures.take(networkOf(request));
    },
    async tell(request, reply) {
      if (reply.hasHeader('x-ratelimit-limit')) return;
      if (request.late_count !== null) {
        request.late_count.counting ??= callers.take(callerKey(request));
        return tellCount(reply, callers.limit, await request.late_count.counting);
      }
      const state = request.failure_count ?? (await failures.find(networkOf(request))) ?? UNUSED;
      tellCount(reply, failures.limit, state);
    },
    checkUnprovenNotifications: (request) => refuse(notifications.exhaustedMs(networkOf(request))),
    countUnprovenNotification: (request) => countOrRefuse(notifications, networkOf(request)),
    checkUnknownPages: (request) => refuse(unknown_pages.exhaustedMs(networkOf(request))),
    countUnknownPage: (request) => countOrRefuse(unknown_pages, networkOf(request)),
    close: () => redis?.close(),
  };
}

function openRedis({ config, log, metrics }: Context): RedisLink | null {
  if (config.redis_url === null) return null;
  metrics.rate_limit_redis_up.set(0);
  return openRedisLink({
    url: config.redis_url,
    deadline_ms: config.redis_deadline_ms,
    onUp() {
      metrics.rate_limit_redis_up.set(1);
      log.info('rate limits are counted in Redis, over all processes');
    },
    onAway(error) {
      metrics.rate_limit_redis_up.set(0);
      log.warn(
        { err: error },
        'Redis is away: each process counts rate limits in its own memory until it is back',
      );
    },
  });
}

async function countOrRefuse(counter: Counter, key: string): Promise<void> {
  const count = await counter.take(key);
  if (count.refused) throw tooMany(count.ms_before_next);
}

function refuse(exhausted_ms: number): void {
  if (exhausted_ms > 0) throw tooMany(exhausted_ms);
}

/** Routes whose use case finds the payment intent, and with it the merchant, before it does anything. */
function namesItsMerchant({ caller, method, routeOptions }: FastifyRequest): boolean {
  if (caller?.kind !== 'key' || caller.merchant_id !== null) return false;
  const url = routeOptions.url ?? '';
  const creates = url === '/v1/payment_intents' || url === '/v1/refunds';
  return creates ? method === 'POST' : url.startsWith('/v1/payment_intents/:id');
}

/** A merchant shares one budget over all its keys; a token has its own, so that nobody without it uses it up. */
function callerKey(request: FastifyRequest): string {
  const { caller } = request;
  if (caller === null) return `address:${networkOf(request)}`;
  if (caller.kind === 'token') return `token:${hashPaymentToken(caller.token).toString('base64url')}`;
  const { organization_id, livemode, merchant_id } = caller;
  return merchant_id === null
    ? `key:${caller.key_id}`
    : merchantKey({ organization_id, livemode, merchant_id });
}

/** Of an IPv6 address its first half: everybody has all of the other half to himself, to ask from a new one each time. */
function networkOf({ ip }: FastifyRequest): string {
  if (!ip.includes(':') || !ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  const half = address.parts.slice(0, 4).map((part) => part.toString(16));
  return `${half.join(':')}::/64`;
}

function merchantKey(owner: { organization_id: string; livemode: boolean; merchant_id: string }): string {
  return `merchant:${owner.organization_id}:${owner.livemode}:${owner.merchant_id}`;
}

function tooMany(ms: number): GatewayError {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  return new GatewayError(
    'rate_limit_exceeded',
    `Too many requests. Try again in ${seconds} second(s).`,
    {},
    { retry_after_seconds: seconds },
  );
}

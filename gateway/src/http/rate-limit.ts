// How many requests a caller may make in a minute, and the two families of headers that tell him. Counted in
// this process's memory. What is refused for a bad signature is counted by address, so that guessing is slow.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { intentIdOfToken } from '../domain/payment-token.ts';

const WINDOW_SECONDS = 60;
const FAILURES_PER_ADDRESS = 300;
const NOTIFICATIONS_PER_ADDRESS = 600;

type Count = Pick<RateLimiterRes, 'remainingPoints' | 'msBeforeNext'>;
const UNUSED: Count = { remainingPoints: FAILURES_PER_ADDRESS, msBeforeNext: WINDOW_SECONDS * 1_000 };

export interface RateLimits {
  /** After the caller is known: count him, and refuse him when he asks too often. */
  count(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Before a signature is even looked at: an address that failed too often waits. */
  checkAddress(request: FastifyRequest): Promise<void>;
  countFailure(request: FastifyRequest): Promise<void>;
  /** On an answer to nobody in particular: how often his address may still fail. */
  tellAddress(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** A notification from somebody who could be anybody: he must not fill the inbox. */
  countUnprovenNotification(request: FastifyRequest): Promise<void>;
}

export function makeRateLimits(context: Context): RateLimits {
  const { rate_limit_per_merchant: points, rate_limit_global } = context.config;
  const callers = new RateLimiterMemory({ points, duration: WINDOW_SECONDS, keyPrefix: 'caller' });
  const all = new RateLimiterMemory({
    points: rate_limit_global,
    duration: WINDOW_SECONDS,
    keyPrefix: 'all',
  });
  const failures = new RateLimiterMemory({
    points: FAILURES_PER_ADDRESS,
    duration: WINDOW_SECONDS,
    keyPrefix: 'failure',
  });
  const notifications = new RateLimiterMemory({
    points: NOTIFICATIONS_PER_ADDRESS,
    duration: WINDOW_SECONDS,
    keyPrefix: 'notification',
  });

  function tell(reply: FastifyReply, limit: number, state: Count): void {
    const { remainingPoints: remaining, msBeforeNext } = state;
    reply.headers({
      'x-ratelimit-limit': limit,
      'x-ratelimit-remaining': remaining,
      'x-ratelimit-reset': Math.ceil((context.now() + msBeforeNext) / 1_000),
      ratelimit: `"default";r=${remaining};t=${Math.ceil(msBeforeNext / 1_000)}`,
      'ratelimit-policy': `"default";q=${limit};w=${WINDOW_SECONDS}`,
    });
  }

  return {
    async count(request, reply) {
      const own = await take(callers, callerKey(request));
      tell(reply, points, own);
      if (own.refused) throw tooMany(Math.ceil(own.msBeforeNext / 1_000));
      const everybody = await take(all, 'all');
      if (everybody.refused) throw tooMany(Math.ceil(everybody.msBeforeNext / 1_000));
    },
    async checkAddress(request) {
      const state = await failures.get(request.ip);
      if (state !== null && state.consumedPoints >= FAILURES_PER_ADDRESS) {
        throw tooMany(Math.ceil(state.msBeforeNext / 1_000));
      }
    },
    async countFailure(request) {
      await take(failures, request.ip);
    },
    async tellAddress(request, reply) {
      if (reply.hasHeader('x-ratelimit-limit')) return;
      const state = await failures.get(request.ip);
      tell(reply, FAILURES_PER_ADDRESS, state ?? UNUSED);
    },
    async countUnprovenNotification(request) {
      const state = await take(notifications, request.ip);
      if (state.refused) throw tooMany(Math.ceil(state.msBeforeNext / 1_000));
    },
  };
}

async function take(limiter: RateLimiterMemory, key: string): Promise<RateLimiterRes & { refused: boolean }> {
  try {
    return Object.assign(await limiter.consume(key), { refused: false });
  } catch (state) {
    if (state instanceof Error) throw state;
    return Object.assign(state as RateLimiterRes, { refused: true });
  }
}

/** A merchant shares one budget over all its keys; a token counts against its own intent. */
function callerKey(request: FastifyRequest): string {
  const { caller } = request;
  if (caller === null) return `address:${request.ip}`;
  if (caller.kind === 'token') return `token:${intentIdOfToken(caller.token) ?? request.ip}`;
  return caller.merchant_id === null
    ? `key:${caller.key_id}`
    : `merchant:${caller.organization_id}:${caller.livemode}:${caller.merchant_id}`;
}

function tooMany(seconds: number): GatewayError {
  return new GatewayError(
    'rate_limit_exceeded',
    `Too many requests. Try again in ${seconds} second(s).`,
    {},
    { retry_after_seconds: Math.max(1, seconds) },
  );
}

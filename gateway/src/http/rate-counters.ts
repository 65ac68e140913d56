// Counting in windows of a minute: in this process's memory, or, where several processes share a Redis, over all of
// them. A Redis that is away costs a request nothing: it is counted in memory, from what Redis said last.
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RedisLink } from '../outbound/redis.ts';

export const WINDOW_SECONDS = 60;
const MAX_EXHAUSTED = 10_000;

export interface Count {
  remaining: number;
  ms_before_next: number;
  refused: boolean;
}

export interface Counter {
  limit: number;
  /** Count one. */
  take(key: string): Promise<Count>;
  /** Milliseconds until this key may ask again; 0 when it may now. Known without asking anybody. */
  exhaustedMs(key: string): number;
  /** What this process knows of a key without counting; null: nothing. */
  find(key: string): Promise<Count | null>;
}

/** `name` tells counters apart in Redis; all processes of one gateway give the same. */
export function makeCounter(name: string, limit: number, redis: RedisLink | null): Counter {
  const options = { points: limit, duration: WINDOW_SECONDS, keyPrefix: `mpac:rate:${name}` };
  const memory = new RateLimiterMemory(options);
  const shared = redis === null ? null : new RateLimiterRedis({ ...options, storeClient: redis.client });
  // Who has used up his minute is refused from here: a flood does not reach Redis, nor the budget of all others.
  const exhausted = new Map<string, number>();

  function exhaustedMs(key: string): number {
    const until = exhausted.get(key);
    if (until === undefined) return 0;
    const left = until - Date.now();
    if (left > 0) return left;
    exhausted.delete(key);
    return 0;
  }

  function remember(key: string, ms: number): void {
    if (exhausted.size >= MAX_EXHAUSTED) {
      for (const [old, until] of exhausted) if (until <= Date.now()) exhausted.delete(old);
      if (exhausted.size >= MAX_EXHAUSTED) exhausted.clear();
    }
    exhausted.set(key, Date.now() + ms);
  }

  async function consume(key: string): Promise<RateLimiterRes & { refused: boolean }> {
    if (shared === null || redis === null || !redis.isUp()) return consumeFrom(memory, key);
    try {
      const count = await redis.within(consumeFrom(shared, key));
      // The memory goes on from here when Redis goes away.
      await memory.set(key, count.consumedPoints, count.msBeforeNext / 1_000);
      return count;
    } catch (error) {
      redis.failed(error);
      return consumeFrom(memory, key);
    }
  }

  return {
    limit,
    exhaustedMs,
    async take(key) {
      const left = exhaustedMs(key);
      if (left > 0) return { remaining: 0, ms_before_next: left, refused: true };
      const { remainingPoints: remaining, msBeforeNext: ms_before_next, refused } = await consume(key);
      if (remaining === 0) remember(key, ms_before_next);
      return { remaining, ms_before_next, refused };
    },
    async find(key) {
      const state = await memory.get(key);
      if (state === null) return null;
      const { remainingPoints: remaining, msBeforeNext: ms_before_next } = state;
      return { remaining, ms_before_next, refused: remaining === 0 };
    },
  };
}

/** The library throws what it refuses. */
async function consumeFrom(
  limiter: RateLimiterMemory | RateLimiterRedis,
  key: string,
): Promise<RateLimiterRes & { refused: boolean }> {
  try {
    return Object.assign(await limiter.consume(key), { refused: false });
  } catch (state) {
    if (!(state instanceof RateLimiterRes)) throw state;
    return Object.assign(state, { refused: true });
  }
}

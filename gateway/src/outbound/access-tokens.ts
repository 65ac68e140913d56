// Access tokens while they are good, in the memory of one process. Whoever needs one shares the fetch that is under
// way; a token is renewed before it ends, and nobody waits for that while the old one still serves.
import type { TokenAnswer } from './client-credentials.ts';

export type LentToken =
  /** `is_fresh`: fetched for this very asking, so that fetching another would change nothing. */
  { ok: true; token: string; is_fresh: boolean } | Extract<TokenAnswer, { ok: false }>;

export interface AccessTokens {
  /** `key` names whose token it is, secret included, so that a changed secret has a token of its own. */
  get(key: string, now: () => number, fetch: () => Promise<TokenAnswer>): Promise<LentToken>;
  /**
   * The other side refused it: says whether it is worth asking once more, with another one. A newer one that somebody has
   * fetched since stays; and so does one that was fetched a moment ago, because then it is the caller that is refused,
   * and others may use the same token.
   */
  forget(key: string, token: string, now: () => number): boolean;
}

interface Kept {
  token: string;
  fetched_at: number;
  renew_at: number;
  ends_at: number;
}

const RENEWED_AHEAD_MS = 60_000;
/** A token that ends on its way is refused; so much earlier it is not used any more. */
const ON_ITS_WAY_MS = 10_000;
/** How long a renewal that failed is left alone while the old token serves, and a new token is not doubted. */
const RENEWAL_PAUSE_MS = 5_000;
/** Each store may have a key of its own. Beyond this the oldest makes room and is fetched again. */
const MAX_KEPT = 5_000;

export function makeAccessTokens(): AccessTokens {
  const kept = new Map<string, Kept>();
  const under_way = new Map<string, Promise<TokenAnswer>>();

  /** Never rejects: a fetch answers with values. What it brings is kept for all. */
  function fetchOnce(key: string, now: () => number, fetch: () => Promise<TokenAnswer>) {
    const running = under_way.get(key);
    if (running !== undefined) return running;
    // The life is counted from the asking, which is before the other side counts it from.
    const asked_at = now();
    const started = fetch()
      .then((answer) => {
        if (answer.ok) keep(key, answer, asked_at);
        return answer;
      })
      .finally(() => under_way.delete(key));
    under_way.set(key, started);
    return started;
  }

  function keep(key: string, { token, lifetime_ms }: Extract<TokenAnswer, { ok: true }>, asked_at: number) {
    kept.delete(key);
    kept.set(key, {
      token,
      fetched_at: asked_at,
      renew_at: asked_at + Math.max(lifetime_ms - RENEWED_AHEAD_MS, lifetime_ms / 2),
      ends_at: asked_at + lifetime_ms - Math.min(ON_ITS_WAY_MS, lifetime_ms / 10),
    });
    const [oldest] = kept.keys();
    if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest);
  }

  return {
    async get(key, now, fetch) {
      const have = kept.get(key);
      if (have !== undefined && now() < have.ends_at) {
        if (now() >= have.renew_at) {
          have.renew_at = now() + RENEWAL_PAUSE_MS;
          void fetchOnce(key, now, fetch);
        }
        return { ok: true, token: have.token, is_fresh: false };
      }
      const is_shared = under_way.has(key);
      let answer = await fetchOnce(key, now, fetch);
      // The time that ran out was that of whoever began the fetch.
      if (is_shared && !answer.ok && answer.reason === 'timeout') answer = await fetchOnce(key, now, fetch);
      return answer.ok ? { ok: true, token: answer.token, is_fresh: true } : answer;
    },
    forget(key, token, now) {
      const have = kept.get(key);
      if (have?.token !== token) return true;
      if (now() < have.fetched_at + RENEWAL_PAUSE_MS) return false;
      return kept.delete(key);
    },
  };
}

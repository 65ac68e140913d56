// When to try again: deliveries of a webhook, and look-ups of a payment at its provider. Pure arithmetic on
// milliseconds; the caller brings the clock and a random number from 0 up to 1.

/** The waits after the first, immediate delivery: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h. */
export const WEBHOOK_WAITS_SECONDS = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;
export const MAX_WEBHOOK_ATTEMPTS = 1 + WEBHOOK_WAITS_SECONDS.length;

/** A mail server may be away for a night: a mail is tried for more than a day, seldom in the end. */
const MAIL_WAITS_SECONDS = [60, 600, 3_600, 14_400, 28_800, 43_200] as const;

const JITTER = 0.1;
const LONGEST_RETRY_AFTER_SECONDS = 86_400;

/** Jitter only lengthens: events that failed together must not come back together, or sooner than promised. */
function lengthen(seconds: number, random: number): number {
  return Math.round(seconds * 1000 * (1 + JITTER * random));
}

/**
 * When to deliver next (ms since the epoch), or null when the schedule is used up. `attempts_made` counts the
 * deliveries so far. What the receiver says in Retry-After can delay a delivery by a day at most, never hasten it.
 */
export function nextWebhookAttempt(state: {
  attempts_made: number;
  now_ms: number;
  random: number;
  retry_after_seconds?: number | undefined;
}): number | null {
  const { attempts_made, now_ms, random, retry_after_seconds = 0 } = state;
  const wait = attempts_made === 0 ? 0 : WEBHOOK_WAITS_SECONDS[attempts_made - 1];
  if (wait === undefined) return null;
  const asked = retry_after_seconds > 0 ? Math.min(retry_after_seconds, LONGEST_RETRY_AFTER_SECONDS) : 0;
  return now_ms + Math.max(lengthen(wait, random), Math.round(asked * 1000));
}

/**
 * open_code: the customer may pay at any moment. unknown: an outcome that we must find out. accepted: the provider
 * has said yes and works on it by itself, for seconds or for days.
 */
export type LookUpKind = 'open_code' | 'unknown' | 'accepted';

// An outcome is often known a second after a time-out; one that is still unknown after minutes waits for the
// provider's operations, and hourly questions are enough.
const UNKNOWN_WAITS_SECONDS = [1, 2, 5, 10, 30, 60, 300, 600, 1_200, 2_400, 3_600] as const;
const LONGEST_UNKNOWN_WAIT_SECONDS = 3_600;
// PayPay gives money back in seconds as a rule, and repeats by itself what it could not do.
const ACCEPTED_WAITS_SECONDS = [10, 30, 60, 300, 600, 1_800, 3_600] as const;
const LONGEST_ACCEPTED_WAIT_SECONDS = 21_600;

// PayPay asks for a look-up every two to three seconds while a code is open: 2.0 s at first, 2.8 s from the
// ninth on, and up to 0.2 s of jitter keep us inside that.
const OPEN_CODE_FIRST_MS = 2_000;
const OPEN_CODE_GROWTH_MS = 100;
const OPEN_CODE_GROWTH_STEPS = 8;
const OPEN_CODE_JITTER_MS = 200;

const HOLD_WAIT_SECONDS = 86_400;
const AFTER_HOLD_SECONDS = 60;
const LONGEST_WAIT_AFTER_HOLD_SECONDS = 3_600;

/**
 * When to look at held money next (ms since the epoch): once a day, because it can be taken or released at the
 * provider's own tool; a minute after the hold should have ended; and then less and less often until the provider
 * says so. `ends_ms` is null when the provider did not tell the end.
 */
export function nextHoldLookUp(state: { now_ms: number; ends_ms: number | null; random: number }): number {
  const { now_ms, random } = state;
  const ends_ms = state.ends_ms ?? Number.POSITIVE_INFINITY;
  if (now_ms < ends_ms + AFTER_HOLD_SECONDS * 1_000) {
    const at_end = ends_ms + lengthen(AFTER_HOLD_SECONDS, random);
    return Math.min(now_ms + lengthen(HOLD_WAIT_SECONDS, random), at_end);
  }
  const since_end_seconds = (now_ms - ends_ms) / 1_000;
  return now_ms + lengthen(Math.min(since_end_seconds, LONGEST_WAIT_AFTER_HOLD_SECONDS), random);
}

/** When to send a mail next (ms since the epoch), or null when all tries are used up. */
export function nextMailAttempt(state: {
  attempts_made: number;
  now_ms: number;
  random: number;
}): number | null {
  const wait = MAIL_WAITS_SECONDS[state.attempts_made - 1];
  return wait === undefined ? null : state.now_ms + lengthen(wait, state.random);
}

const FIRST_THROTTLE_SECONDS = 2;
const LONGEST_THROTTLE_SECONDS = 60;

/** For how long a merchant's look-ups pause (ms) after the provider said for the nth time in a row that they are too many. */
export function throttleWait({ times, random }: { times: number; random: number }): number {
  return lengthen(Math.min(FIRST_THROTTLE_SECONDS * 2 ** (times - 1), LONGEST_THROTTLE_SECONDS), random);
}

/** When to ask the provider next (ms since the epoch). There always is a next time: unknown is never given up. */
export function nextLookUp(state: {
  checks_done: number;
  kind: LookUpKind;
  now_ms: number;
  random: number;
}): number {
  const { checks_done, kind, now_ms, random } = state;
  if (kind === 'open_code') {
    const growth = OPEN_CODE_GROWTH_MS * Math.min(checks_done, OPEN_CODE_GROWTH_STEPS);
    return now_ms + OPEN_CODE_FIRST_MS + growth + Math.round(OPEN_CODE_JITTER_MS * random);
  }
  if (kind === 'accepted') {
    return now_ms + lengthen(ACCEPTED_WAITS_SECONDS[checks_done] ?? LONGEST_ACCEPTED_WAIT_SECONDS, random);
  }
  return now_ms + lengthen(UNKNOWN_WAITS_SECONDS[checks_done] ?? LONGEST_UNKNOWN_WAIT_SECONDS, random);
}

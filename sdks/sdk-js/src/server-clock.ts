// What time it is at the gateway. The clock of a device can be hours off, and a code's last minute must not end early or
// late because of it: server times are compared with this clock only.
import type { Platform } from './platform.ts';

const PRECISION_MS = 1_000;

export interface ServerClock {
  /** With every answer. */
  learn(headers: Headers): void;
  /** Milliseconds since 1970, right to about a second; null until an answer has told it. */
  now(): number | null;
}

export function makeServerClock(platform: Pick<Platform, 'now'>): ServerClock {
  // How far it is ahead of ours, at least and at most: answers tell whole seconds, and many of them narrow it down.
  let least = Number.NEGATIVE_INFINITY;
  let most = Number.POSITIVE_INFINITY;
  return {
    learn(headers) {
      const told = readServerTime(headers);
      if (told === null) return;
      const ahead = told - platform.now();
      const narrower = [Math.max(least, ahead - PRECISION_MS), Math.min(most, ahead + PRECISION_MS)] as const;
      // What does not fit to what was known is newer, and right.
      [least, most] = narrower[0] <= narrower[1] ? narrower : [ahead - PRECISION_MS, ahead + PRECISION_MS];
    },
    now: () => (Number.isFinite(least) ? platform.now() + (least + most) / 2 : null),
  };
}

/**
 * A page of another origin may not read `Date`. The rate limit's headers say the same: the second in which the window
 * ends, and how many seconds that is from now.
 */
function readServerTime(headers: Headers): number | null {
  const date = Date.parse(headers.get('date') ?? '');
  if (!Number.isNaN(date)) return date + 500;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  const left = /;t=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1];
  return reset > 0 && left !== undefined ? (reset - Number(left)) * 1_000 : null;
}

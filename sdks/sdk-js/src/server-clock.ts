// What time it is at the gateway. The clock of a device can be hours off, and a code's last minute must not end early or
// late because of it: server times are compared with this clock only.
import type { Platform } from './platform.ts';

export interface ServerClock {
  /** With every answer. */
  learn(headers: Headers): void;
  /** Milliseconds since 1970, right to about a second; null until an answer has told it. */
  now(): number | null;
}

export function makeServerClock(platform: Pick<Platform, 'now'>): ServerClock {
  let ahead: number | null = null;
  return {
    learn(headers) {
      const now = readServerTime(headers);
      if (now !== null) ahead = now - platform.now();
    },
    now: () => (ahead === null ? null : platform.now() + ahead),
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

// Ids: `<prefix>_<ULID>`, 48 bits of time and 80 bits of randomness in 26 Crockford characters. Ids from one
// source always ascend, also when the clock stands still or steps back. An id is a name, never a secret.
import { randomBytes } from 'node:crypto';

/** pi intent, pa attempt, ca capture, re refund, evt event, we webhook endpoint, whd webhook delivery, lp late payment, al audit log entry, ml mail, rf reconciliation file, rx reconciliation exception, be book entry, st settlement, ol order list, cb card batch, ax accounting export. */
export const ID_PREFIXES = [
  'pi',
  'pa',
  'ca',
  're',
  'evt',
  'we',
  'ak',
  'org',
  'whd',
  'lp',
  'pn',
  'al',
  'ml',
  'rf',
  'rx',
  'be',
  'st',
  'ol',
  'cb',
  'ax',
  'req',
] as const;
export type IdPrefix = (typeof ID_PREFIXES)[number];

export type IdSource = (prefix: IdPrefix) => string;

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;
const RANDOM_LENGTH = 16;
const LAST_TIME = 2 ** 48 - 1;
// The first character holds only three of the 130 bits that 26 characters could.
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
/** Randomness is drawn for 256 ids at once: one system call for each id would cost more than the id. */
const POOL_BYTES = 4096;

function encodeTime(ms: number): string {
  let text = '';
  for (let rest = ms, place = 0; place < TIME_LENGTH; place += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function encodeRandomness(digits: Uint8Array): string {
  let text = '';
  for (const digit of digits) text += ALPHABET.charAt(digit);
  return text;
}

/** Adds one to a number of base-32 digits, in place. False when it was the largest and is zero now. */
function increment(digits: Uint8Array): boolean {
  for (let place = digits.length - 1; place >= 0; place -= 1) {
    const digit = digits[place] ?? 0;
    if (digit < 31) {
      digits[place] = digit + 1;
      return true;
    }
    digits[place] = 0;
  }
  return false;
}

/** `now` gives milliseconds since the epoch; `random` gives so many random bytes (tests pass a seeded one). */
export function makeIdSource(
  now: () => number,
  random: (bytes: number) => Uint8Array = randomBytes,
): IdSource {
  const digits = new Uint8Array(RANDOM_LENGTH);
  let pool = new Uint8Array(0);
  let used = 0;
  let last_ms = Number.NEGATIVE_INFINITY;
  let time_text = '';

  function startMillisecond(ms: number): void {
    if (!(ms >= 0 && ms <= LAST_TIME))
      throw new RangeError('The clock is outside the time that an id can hold.');
    last_ms = ms;
    time_text = encodeTime(ms);
    if (used + RANDOM_LENGTH > pool.length) {
      pool = Uint8Array.from(random(POOL_BYTES));
      used = 0;
    }
    for (let place = 0; place < RANDOM_LENGTH; place += 1) digits[place] = (pool[used + place] ?? 0) & 31;
    used += RANDOM_LENGTH;
  }

  return (prefix) => {
    const ms = Math.floor(now());
    // Within a millisecond, or behind it, the randomness counts on. Should it ever run over, the id borrows
    // the next millisecond rather than fail: order is what we promise, exact time is not.
    if (!(ms <= last_ms)) startMillisecond(ms);
    else if (!increment(digits)) startMillisecond(last_ms + 1);
    return `${prefix}_${time_text}${encodeRandomness(digits)}`;
  };
}

/**
 * An id is drawn after the time of its row was read, and goes on ascending when the clock is set back: it may be ahead
 * of that time, by no more than clocks are set back under a running process.
 */
export const ID_LEAD_MS = 15 * 60_000;

/** Ids of that kind from before an instant are below it by bytes, those from then on are not. */
export function makeIdBound(prefix: IdPrefix, ms: number): string {
  return `${prefix}_${encodeTime(Math.min(Math.max(0, Math.floor(ms)), LAST_TIME))}`;
}

/** True for an id of that kind in the one spelling that we issue. Lower case is not that spelling. */
export function isId(prefix: IdPrefix, text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text.startsWith(`${prefix}_`) &&
    text.length === prefix.length + 1 + TIME_LENGTH + RANDOM_LENGTH &&
    ULID.test(text.slice(prefix.length + 1))
  );
}

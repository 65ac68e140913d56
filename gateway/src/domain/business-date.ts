// Business days: the day in which a store counts what happens, by its own clock and from an hour of its choice on. Pure.
// Days follow each other without a gap and never overlap, also where the clock is moved. The SQL function
// business_date says the same; what is stored comes from there.

/** Where and when a store's day begins. */
export interface BusinessDay {
  /** IANA, such as Asia/Tokyo. */
  time_zone: string;
  /** 'HH:MM' by the store's clock. 05:00: the day ends at 05:00 of the next calendar day. */
  business_day_starts_at: string;
}

export const JAPAN: BusinessDay = { time_zone: 'Asia/Tokyo', business_day_starts_at: '00:00' };

/**
 * Who closes a day waits so long after its end: what moved in its last moment may be committed later, where a lock or
 * another try had to be waited for. No change is tried again after half of it (db/lost-answers.ts).
 */
export const SETTLING_MS = 120_000;

const DAY_MS = 86_400_000;

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(time_zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(time_zone);
  if (clock === undefined) {
    clock = new Intl.DateTimeFormat('en-US', {
      timeZone: time_zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    clocks.set(time_zone, clock);
  }
  return clock;
}

// Names of places only: an abbreviation means different zones to different people, and an offset has no summer time.
const PLACE = /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+$/;

export function isTimeZone(name: string): boolean {
  if (name !== 'UTC' && !PLACE.test(name)) return false;
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

export function isTimeOfDay(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

export function isBusinessDate(text: string): boolean {
  // PostgreSQL has no year 0.
  if (!/^(?!0000)\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // JavaScript takes 30 February for a day in March.
  return !Number.isNaN(ms) && dateOf(ms) === text;
}

export function addDays(business_date: string, days: number): string {
  return dateOf(Date.parse(`${business_date}T00:00:00Z`) + days * DAY_MS);
}

/** The day that an instant belongs to: 2026-01-28. */
export function businessDateOf(instant: string, day: BusinessDay): string {
  const ms = Date.parse(instant);
  const date = dateOf(ms + offsetAt(ms, day.time_zone) - startOf(day));
  if (ms < beginningOf(date, day)) return addDays(date, -1);
  const next = addDays(date, 1);
  return ms >= beginningOf(next, day) ? next : date;
}

/** From when to when a day lasts, as UTC instants; its end belongs to the next one. */
export function businessDayBounds(business_date: string, day: BusinessDay): { from: string; to: string } {
  const instantOf = (ms: number) => new Date(ms).toISOString();
  return {
    from: instantOf(beginningOf(business_date, day)),
    to: instantOf(beginningOf(addDays(business_date, 1), day)),
  };
}

/** From when on nothing will stand on a day that does not stand there already. */
export function businessDayClosesAt(business_date: string, day: BusinessDay): string {
  return new Date(Date.parse(businessDayBounds(business_date, day).to) + SETTLING_MS).toISOString();
}

/**
 * An hour that the clock shows twice counts the second time; one that it skips is counted on from the time before, as
 * PostgreSQL has it.
 */
function beginningOf(date: string, day: BusinessDay): number {
  const clock_ms = Date.parse(`${date}T00:00:00Z`) + startOf(day);
  const after = clock_ms - offsetAt(clock_ms + DAY_MS, day.time_zone);
  if (after + offsetAt(after, day.time_zone) === clock_ms) return after;
  return clock_ms - offsetAt(clock_ms - DAY_MS, day.time_zone);
}

function startOf({ business_day_starts_at }: BusinessDay): number {
  const [hours, minutes] = business_day_starts_at.split(':').map(Number) as [number, number];
  return (hours * 60 + minutes) * 60_000;
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** How far a zone's clock is ahead of UTC at an instant. */
function offsetAt(ms: number, time_zone: string): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
  for (const { type, value } of clockOf(time_zone).formatToParts(ms)) part[type] = value;
  const { year, month, day, hour, minute, second } = part;
  const shown = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  return shown - Math.floor(ms / 1_000) * 1_000;
}

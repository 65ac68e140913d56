// Business days against a table typed in by hand, and against the two promises that make a day trustworthy: a day
// holds exactly the instants that belong to it, and what the database stores is what is said here.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { startTestGateway } from '../../test/support/gateway.ts';
import {
  addDays,
  type BusinessDay,
  businessDateOf,
  businessDayBounds,
  isBusinessDate,
  isTimeOfDay,
  isTimeZone,
  JAPAN,
} from './business-date.ts';

const gateway = await startTestGateway({ after });

const at = (time_zone: string, business_day_starts_at: string): BusinessDay => ({
  time_zone,
  business_day_starts_at,
});

const CASES: [instant: string, time_zone: string, starts_at: string, business_date: string][] = [
  // Midnight in Japan is 15:00 UTC of the day before, all the year round.
  ['2026-01-27T14:59:59.999Z', 'Asia/Tokyo', '00:00', '2026-01-27'],
  ['2026-01-27T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2026-01-28'],
  ['2026-01-28T14:59:59.000Z', 'Asia/Tokyo', '00:00', '2026-01-28'],
  ['2026-07-27T14:59:59.999Z', 'Asia/Tokyo', '00:00', '2026-07-27'],
  ['2026-07-27T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2026-07-28'],
  // A bar that closes at 05:00: until then it is yesterday.
  ['2026-01-27T15:00:00.000Z', 'Asia/Tokyo', '05:00', '2026-01-27'],
  ['2026-01-27T19:59:59.999Z', 'Asia/Tokyo', '05:00', '2026-01-27'],
  ['2026-01-27T20:00:00.000Z', 'Asia/Tokyo', '05:00', '2026-01-28'],
  ['2026-01-28T19:59:59.999Z', 'Asia/Tokyo', '05:00', '2026-01-28'],
  // The last minute of the clock can begin a day as well.
  ['2026-01-28T14:58:59.999Z', 'Asia/Tokyo', '23:59', '2026-01-27'],
  ['2026-01-28T14:59:00.000Z', 'Asia/Tokyo', '23:59', '2026-01-28'],
  // The year ends in Japan, and at 05:00 of its first morning in the bar.
  ['2026-12-31T14:59:59.999Z', 'Asia/Tokyo', '00:00', '2026-12-31'],
  ['2026-12-31T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2027-01-01'],
  ['2026-12-31T15:00:00.000Z', 'Asia/Tokyo', '05:00', '2026-12-31'],
  ['2026-12-31T20:00:00.000Z', 'Asia/Tokyo', '05:00', '2027-01-01'],
  // 29 February is there in 2028, and not in 2026.
  ['2028-02-28T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2028-02-29'],
  ['2028-02-29T14:59:59.999Z', 'Asia/Tokyo', '00:00', '2028-02-29'],
  ['2028-02-29T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2028-03-01'],
  ['2028-02-29T19:59:59.999Z', 'Asia/Tokyo', '05:00', '2028-02-29'],
  ['2026-02-28T15:00:00.000Z', 'Asia/Tokyo', '00:00', '2026-03-01'],
  // New York goes from 02:00 to 03:00 on 8 March 2026: 02:30 never comes, and is counted on from the time before.
  ['2026-03-08T07:29:59.999Z', 'America/New_York', '02:30', '2026-03-07'],
  ['2026-03-08T07:30:00.000Z', 'America/New_York', '02:30', '2026-03-08'],
  ['2026-03-08T06:59:59.999Z', 'America/New_York', '03:00', '2026-03-07'],
  ['2026-03-08T07:00:00.000Z', 'America/New_York', '03:00', '2026-03-08'],
  ['2026-03-09T03:59:59.999Z', 'America/New_York', '00:00', '2026-03-08'],
  ['2026-03-09T04:00:00.000Z', 'America/New_York', '00:00', '2026-03-09'],
  // It goes back from 02:00 to 01:00 on 1 November 2026: 01:30 comes twice, and counts the second time.
  ['2026-11-01T05:30:00.000Z', 'America/New_York', '01:30', '2026-10-31'],
  ['2026-11-01T06:29:59.999Z', 'America/New_York', '01:30', '2026-10-31'],
  ['2026-11-01T06:30:00.000Z', 'America/New_York', '01:30', '2026-11-01'],
  ['2026-11-02T04:59:59.999Z', 'America/New_York', '00:00', '2026-11-01'],
  // Berlin, both ways.
  ['2026-03-28T22:59:59.999Z', 'Europe/Berlin', '00:00', '2026-03-28'],
  ['2026-03-28T23:00:00.000Z', 'Europe/Berlin', '00:00', '2026-03-29'],
  ['2026-03-29T22:00:00.000Z', 'Europe/Berlin', '00:00', '2026-03-30'],
  ['2026-10-24T21:59:59.999Z', 'Europe/Berlin', '00:00', '2026-10-24'],
  ['2026-10-25T01:29:59.999Z', 'Europe/Berlin', '02:30', '2026-10-24'],
  ['2026-10-25T01:30:00.000Z', 'Europe/Berlin', '02:30', '2026-10-25'],
  // Lord Howe moves its clock by half an hour: at 02:00 it is 01:30 again on 5 April 2026.
  ['2026-04-04T15:14:59.999Z', 'Australia/Lord_Howe', '01:45', '2026-04-04'],
  ['2026-04-04T15:15:00.000Z', 'Australia/Lord_Howe', '01:45', '2026-04-05'],
  ['2026-10-03T15:44:59.999Z', 'Australia/Lord_Howe', '02:15', '2026-10-03'],
  ['2026-10-03T15:45:00.000Z', 'Australia/Lord_Howe', '02:15', '2026-10-04'],
  // Three quarters of an hour beside the others.
  ['2026-01-27T18:14:59.999Z', 'Asia/Kathmandu', '00:00', '2026-01-27'],
  ['2026-01-27T18:15:00.000Z', 'Asia/Kathmandu', '00:00', '2026-01-28'],
  // The farthest east and the farthest west.
  ['2026-01-27T10:00:00.000Z', 'Pacific/Kiritimati', '00:00', '2026-01-28'],
  ['2026-01-28T10:59:59.999Z', 'Pacific/Niue', '00:00', '2026-01-27'],
];

test('an instant belongs to the day that a bookkeeper writes over it', () => {
  for (const [instant, time_zone, starts_at, business_date] of CASES) {
    assert.equal(
      businessDateOf(instant, at(time_zone, starts_at)),
      business_date,
      `${instant} ${time_zone} ${starts_at}`,
    );
  }
});

test('the database says the same of every one of them', async () => {
  for (const [instant, time_zone, starts_at, business_date] of CASES) {
    const rows = await gateway.query('select business_date($1::timestamptz, $2, $3) as day', [
      instant,
      time_zone,
      starts_at,
    ]);
    assert.deepEqual(rows, [{ day: business_date }], `${instant} ${time_zone} ${starts_at}`);
  }
});

test('the bounds of a day are what the clock on the wall says', () => {
  assert.deepEqual(businessDayBounds('2026-01-28', JAPAN), {
    from: '2026-01-27T15:00:00.000Z',
    to: '2026-01-28T15:00:00.000Z',
  });
  assert.deepEqual(businessDayBounds('2028-02-29', at('Asia/Tokyo', '05:00')), {
    from: '2028-02-28T20:00:00.000Z',
    to: '2028-02-29T20:00:00.000Z',
  });
  // A day of 23 hours, and one of 25.
  assert.deepEqual(businessDayBounds('2026-03-08', at('America/New_York', '00:00')), {
    from: '2026-03-08T05:00:00.000Z',
    to: '2026-03-09T04:00:00.000Z',
  });
  assert.deepEqual(businessDayBounds('2026-11-01', at('America/New_York', '00:00')), {
    from: '2026-11-01T04:00:00.000Z',
    to: '2026-11-02T05:00:00.000Z',
  });
});

const ZONES = [
  'Asia/Tokyo',
  'UTC',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Niue',
  'America/Sao_Paulo',
  'Asia/Tehran',
];

const days = fc.record({
  time_zone: fc.constantFrom(...ZONES),
  business_day_starts_at: fc
    .integer({ min: 0, max: 1_439 })
    .map((minutes) =>
      [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':'),
    ),
});
const FIRST_MS = Date.parse('2024-01-01T00:00:00Z');
const LAST_MS = Date.parse('2031-01-01T00:00:00Z');
const instants = fc.integer({ min: FIRST_MS, max: LAST_MS });

const dateAt = (ms: number, day: BusinessDay) => businessDateOf(new Date(ms).toISOString(), day);

test('a day holds exactly the instants that belong to it, and the next one begins where it ends', () => {
  fc.assert(
    fc.property(instants, days, (ms, day) => {
      const date = dateAt(ms, day);
      const { from, to } = businessDayBounds(date, day);
      const [from_ms, to_ms] = [Date.parse(from), Date.parse(to)];
      assert.ok(from_ms <= ms && ms < to_ms);
      assert.equal(dateAt(from_ms, day), date);
      assert.equal(dateAt(from_ms - 1, day), addDays(date, -1));
      assert.equal(dateAt(to_ms - 1, day), date);
      assert.equal(businessDayBounds(addDays(date, 1), day).from, to);
    }),
    { numRuns: 2_000 },
  );
});

test('the database agrees on thousands of instants, those around every beginning of a day among them', async () => {
  const drawn = fc.sample(fc.tuple(instants, days, fc.integer({ min: -1, max: 1 })), {
    numRuns: 3_000,
    seed: 20_260_128,
  });
  const asked = drawn.flatMap(([ms, day, beside]) => {
    const edge = Date.parse(businessDayBounds(dateAt(ms, day), day).from) + beside;
    return [ms, edge].map((each) => ({ instant: new Date(each).toISOString(), ...day }));
  });
  // Where clocks are moved, minute by minute of both nights.
  const nights: [string, string][] = [
    ['America/New_York', '2026-03-08T04:00:00Z'],
    ['America/New_York', '2026-11-01T04:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T13:00:00Z'],
    ['Australia/Lord_Howe', '2026-10-03T13:00:00Z'],
  ];
  for (const [time_zone, from] of nights) {
    for (let minute = 0; minute < 300; minute += 3) {
      for (const business_day_starts_at of ['00:00', '01:30', '01:45', '02:00', '02:15', '02:30', '03:00']) {
        const instant = new Date(Date.parse(from) + minute * 60_000).toISOString();
        asked.push({ instant, time_zone, business_day_starts_at });
      }
    }
  }
  const rows = await gateway.query<{ day: string }>(
    `select business_date(r.at, r.zone, r.starts_at) as day
     from unnest($1::timestamptz[], $2::text[], $3::text[]) with ordinality as r (at, zone, starts_at, place)
     order by r.place`,
    [
      asked.map(({ instant }) => instant),
      asked.map(({ time_zone }) => time_zone),
      asked.map(({ business_day_starts_at }) => business_day_starts_at),
    ],
  );
  assert.ok(asked.length > 8_000);
  assert.deepEqual(
    rows.map(({ day }, place) => ({ ...asked[place], day })),
    asked.map((each) => ({ ...each, day: businessDateOf(each.instant, each) })),
  );
});

test('a day that no calendar has is none', () => {
  for (const day of ['2026-01-28', '2028-02-29', '2026-12-31']) assert.ok(isBusinessDate(day), day);
  for (const text of [
    '2026-02-29',
    '2026-02-30',
    '2026-13-01',
    '0000-01-01',
    '2026-1-28',
    '20260128',
    '2026-01-28T00:00:00Z',
    '',
  ])
    assert.ok(!isBusinessDate(text), text);
  assert.equal(addDays('2028-02-28', 1), '2028-02-29');
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
});

test('a zone is the name of a place, and a day begins at an hour of the clock', () => {
  for (const name of ['Asia/Tokyo', 'America/Argentina/Buenos_Aires', 'Etc/GMT+9', 'UTC'])
    assert.ok(isTimeZone(name), name);
  for (const name of ['JST', 'Asia/Tokio', '+09:00', 'Asia', '', 'Asia/Tokyo; select 1', 'asia tokyo'])
    assert.ok(!isTimeZone(name), name);
  for (const text of ['00:00', '05:00', '23:59']) assert.ok(isTimeOfDay(text), text);
  for (const text of ['24:00', '5:00', '05:60', '0500', '05:00:00', '']) assert.ok(!isTimeOfDay(text), text);
});

// When to try again, against waits typed in by hand, with and without all of the jitter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  MAX_WEBHOOK_ATTEMPTS,
  nextHoldLookUp,
  nextLookUp,
  nextWebhookAttempt,
  throttleWait,
} from './retry-schedule.ts';

const NOW = 1_768_471_200_000;

// Attempts made so far, and the wait in milliseconds without and with all of the jitter.
for (const [attempts_made, shortest, longest] of [
  [0, 0, 0],
  [1, 5_000, 5_500],
  [2, 300_000, 330_000],
  [3, 1_800_000, 1_980_000],
  [4, 7_200_000, 7_920_000],
  [5, 18_000_000, 19_800_000],
  [6, 36_000_000, 39_600_000],
  [7, 50_400_000, 55_440_000],
  [8, 72_000_000, 79_200_000],
  [9, 86_400_000, 95_040_000],
] as const) {
  test(`after ${attempts_made} deliveries the next one comes in ${shortest} to ${longest} ms`, () => {
    assert.equal(nextWebhookAttempt({ attempts_made, now_ms: NOW, random: 0 }), NOW + shortest);
    assert.equal(nextWebhookAttempt({ attempts_made, now_ms: NOW, random: 1 }), NOW + longest);
  });
}

test('after ten deliveries there is no next one, whatever the receiver asks for', () => {
  assert.equal(MAX_WEBHOOK_ATTEMPTS, 10);
  assert.equal(nextWebhookAttempt({ attempts_made: 10, now_ms: NOW, random: 0 }), null);
  assert.equal(
    nextWebhookAttempt({ attempts_made: 11, now_ms: NOW, random: 0, retry_after_seconds: 60 }),
    null,
  );
});

for (const [what, attempts_made, retry_after_seconds, wait] of [
  ['a longer Retry-After delays the delivery', 1, 120, 120_000],
  ['a shorter Retry-After does not hasten it', 2, 10, 300_000],
  ['a Retry-After of a month is cut to a day', 1, 2_592_000, 86_400_000],
  ['an endless Retry-After is cut to a day', 1, Number.POSITIVE_INFINITY, 86_400_000],
  ['a Retry-After of zero changes nothing', 1, 0, 5_000],
  ['a negative Retry-After changes nothing', 1, -60, 5_000],
  ['a Retry-After that is no number changes nothing', 1, Number.NaN, 5_000],
] as const) {
  test(what, () => {
    assert.equal(
      nextWebhookAttempt({ attempts_made, now_ms: NOW, random: 0, retry_after_seconds }),
      NOW + wait,
    );
  });
}

// Look-ups done so far, and the wait in milliseconds without and with all of the jitter.
test('look-ups that are too many pause for two seconds, twice as long each time, for a minute at most', () => {
  for (const [times, shortest, longest] of [
    [1, 2_000, 2_200],
    [2, 4_000, 4_400],
    [3, 8_000, 8_800],
    [5, 32_000, 35_200],
    [6, 60_000, 66_000],
    [1_000, 60_000, 66_000],
  ] as const) {
    assert.equal(throttleWait({ times, random: 0 }), shortest);
    assert.equal(throttleWait({ times, random: 1 }), longest);
  }
});

for (const [kind, checks_done, shortest, longest] of [
  ['unknown', 0, 1_000, 1_100],
  ['unknown', 1, 2_000, 2_200],
  ['unknown', 2, 5_000, 5_500],
  ['unknown', 3, 10_000, 11_000],
  ['unknown', 4, 30_000, 33_000],
  ['unknown', 5, 60_000, 66_000],
  ['unknown', 6, 300_000, 330_000],
  ['unknown', 7, 600_000, 660_000],
  ['unknown', 8, 1_200_000, 1_320_000],
  ['unknown', 9, 2_400_000, 2_640_000],
  ['unknown', 10, 3_600_000, 3_960_000],
  ['unknown', 11, 3_600_000, 3_960_000],
  ['unknown', 1_000_000, 3_600_000, 3_960_000],
  ['open_code', 0, 2_000, 2_200],
  ['open_code', 1, 2_100, 2_300],
  ['open_code', 4, 2_400, 2_600],
  ['open_code', 8, 2_800, 3_000],
  ['open_code', 9, 2_800, 3_000],
  ['open_code', 1_000, 2_800, 3_000],
] as const) {
  test(`after ${checks_done} look-ups of kind ${kind} the next comes in ${shortest} to ${longest} ms`, () => {
    assert.equal(nextLookUp({ checks_done, kind, now_ms: NOW, random: 0 }), NOW + shortest);
    assert.equal(nextLookUp({ checks_done, kind, now_ms: NOW, random: 1 }), NOW + longest);
  });
}

test('an open code is looked up every two to three seconds, and no look-up is ever the last', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (checks_done, random) => {
      const open = nextLookUp({ checks_done, kind: 'open_code', now_ms: NOW, random }) - NOW;
      assert.ok(open >= 2_000 && open <= 3_000, String(open));
      const unknown = nextLookUp({ checks_done, kind: 'unknown', now_ms: NOW, random });
      assert.ok(Number.isSafeInteger(unknown) && unknown > NOW);
    }),
  );
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

for (const [left, shortest, longest] of [
  [null, DAY, 1.1 * DAY],
  [30 * DAY, DAY, 1.1 * DAY],
  [DAY + HOUR, DAY, DAY + HOUR + 1.1 * MINUTE],
  [HOUR, HOUR + MINUTE, HOUR + 1.1 * MINUTE],
  [0, MINUTE, 1.1 * MINUTE],
  [-59_999, 1, 6_001],
  [-MINUTE, MINUTE, 1.1 * MINUTE],
  [-10 * MINUTE, 10 * MINUTE, 11 * MINUTE],
  [-2 * HOUR, HOUR, 1.1 * HOUR],
  [-90 * DAY, HOUR, 1.1 * HOUR],
] as const) {
  test(`held money with ${left} ms left is looked at in ${shortest} to ${longest} ms`, () => {
    const ends_ms = left === null ? null : NOW + left;
    assert.equal(nextHoldLookUp({ now_ms: NOW, ends_ms, random: 0 }), NOW + shortest);
    assert.equal(nextHoldLookUp({ now_ms: NOW, ends_ms, random: 1 }), NOW + longest);
  });
}

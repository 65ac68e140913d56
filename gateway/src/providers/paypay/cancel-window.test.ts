// The last second in which PayPay cancels a payment, against cases typed by hand in Japanese time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfCancelWindow } from './cancel-window.ts';

const CASES: [paid: string, last: string][] = [
  ['2026-01-28T19:30:00+09:00', '2026-01-29T00:14:59.999+09:00'],
  // Around midnight: a second makes a day of difference.
  ['2026-01-28T00:00:00+09:00', '2026-01-29T00:14:59.999+09:00'],
  ['2026-01-28T23:59:59+09:00', '2026-01-29T00:14:59.999+09:00'],
  ['2026-01-29T00:00:00+09:00', '2026-01-30T00:14:59.999+09:00'],
  ['2026-01-29T00:14:59+09:00', '2026-01-30T00:14:59.999+09:00'],
  // The day is Japan's, where the evening of London is the next morning.
  ['2026-01-28T15:00:00Z', '2026-01-29T15:14:59.999Z'],
  ['2026-01-28T14:59:59Z', '2026-01-28T15:14:59.999Z'],
  ['2026-12-31T23:50:00+09:00', '2027-01-01T00:14:59.999+09:00'],
  ['2028-02-28T12:00:00+09:00', '2028-02-29T00:14:59.999+09:00'],
  ['2028-02-29T12:00:00+09:00', '2028-03-01T00:14:59.999+09:00'],
  ['2027-02-28T12:00:00+09:00', '2027-03-01T00:14:59.999+09:00'],
  ['2026-03-29T01:30:00+09:00', '2026-03-30T00:14:59.999+09:00'],
];

test('a payment can be cancelled until 00:14:59 of the next day in Japan, over midnight, year’s end and 29 February', () => {
  for (const [paid, last] of CASES) {
    const [paid_ms, last_ms] = [Date.parse(paid), Date.parse(last)];
    assert.equal(endOfCancelWindow(paid_ms), last_ms + 1, `${paid} until ${last}`);
  }
});

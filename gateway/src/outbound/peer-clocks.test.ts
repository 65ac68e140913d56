// What a Date header proves about another clock, and what it does not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makePeerClocks } from './peer-clocks.ts';

const NOW = Date.parse('2026-01-28T10:30:00.000Z');
const dateOf = (time: number) => new Date(time).toUTCString();

test('a difference is found to the second, and half of the way counts as neither clock’s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -86_400_000, max: 86_400_000 }),
      fc.integer({ min: 0, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (off_ms, way_ms, when) => {
        const clocks = makePeerClocks();
        const written_at = NOW + off_ms + way_ms * when;
        clocks.learn('a', dateOf(written_at), NOW, NOW + way_ms);
        const found = clocks.offsetOf('a');
        const error_ms = 500 + way_ms / 2;
        // What is told is true up to the resolution and the way, or it is not told at all.
        if (found !== 0) assert.ok(Math.abs(found - off_ms) <= error_ms + 1, `${found} for ${off_ms}`);
        if (Math.abs(off_ms) > 2_000 + 2 * error_ms) assert.notEqual(found, 0);
      },
    ),
    { seed: 20260128 },
  );
});

test('a difference that may as well be the way is none', () => {
  const clocks = makePeerClocks();
  clocks.learn('a', dateOf(NOW + 2_000), NOW, NOW);
  assert.equal(clocks.offsetOf('a'), 0);
  clocks.learn('a', dateOf(NOW + 6_000), NOW, NOW + 8_000);
  assert.equal(clocks.offsetOf('a'), 0);
});

test('each host has a clock of its own, and the last answer counts', () => {
  const clocks = makePeerClocks();
  clocks.learn('a', dateOf(NOW + 10_000), NOW, NOW);
  assert.deepEqual([clocks.offsetOf('a'), clocks.offsetOf('b')], [10_500, 0]);
  clocks.learn('a', dateOf(NOW), NOW, NOW);
  assert.equal(clocks.offsetOf('a'), 0);
});

test('a header that was not believed is not read for ten minutes, of that host alone', () => {
  const clocks = makePeerClocks();
  const learnAll = (at: number) => {
    for (const host of ['a', 'b']) clocks.learn(host, dateOf(at + 10_000), at, at);
    return [clocks.offsetOf('a'), clocks.offsetOf('b')];
  };
  assert.deepEqual(learnAll(NOW), [10_500, 10_500]);
  clocks.distrust('a', NOW);
  assert.deepEqual([clocks.offsetOf('a'), clocks.offsetOf('b')], [0, 10_500]);
  assert.deepEqual(learnAll(NOW + 599_000), [0, 10_500]);
  assert.deepEqual(learnAll(NOW + 600_000), [10_500, 10_500]);
});

test('a header that tells no time teaches nothing', () => {
  const clocks = makePeerClocks();
  clocks.learn('a', dateOf(NOW + 10_000), NOW, NOW);
  for (const date of [undefined, '', 'soon', [dateOf(NOW)]]) clocks.learn('a', date, NOW, NOW);
  assert.equal(clocks.offsetOf('a'), 10_500);
});

test('a person is called once when a clock goes off by more than half a minute, and again after it was right', () => {
  const worries: number[] = [];
  const seen: number[] = [];
  const clocks = makePeerClocks(
    (_host, offset_ms) => seen.push(offset_ms),
    (_host, offset_ms) => worries.push(offset_ms),
  );
  for (const off_ms of [20_000, 40_000, 50_000, 0, -40_000, -41_000]) {
    clocks.learn('a', dateOf(NOW + off_ms), NOW, NOW);
  }
  assert.deepEqual(seen, [20_500, 40_500, 50_500, 0, -39_500, -40_500]);
  assert.deepEqual(worries, [40_500, -39_500]);
});

// Retry-After as receivers really write it, and as they should not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRetryAfter } from './retry-after.ts';

const NOW_MS = Date.parse('2026-01-15T10:00:00Z');
const read = (value: string | string[] | undefined) => readRetryAfter({ 'retry-after': value }, NOW_MS);

test('Retry-After is read as seconds or as a date, from now', () => {
  assert.equal(read('120'), 120);
  assert.equal(read(' 5 '), 5);
  assert.equal(read('Thu, 15 Jan 2026 10:01:30 GMT'), 90);
  assert.equal(read(['7', '9']), 7);
});

test('a Retry-After that says nothing usable is as good as none', () => {
  for (const value of [
    undefined,
    '',
    '0',
    '-1',
    '1.5',
    '1e9',
    'soon',
    '2026-01-15',
    'Thu, nonsense GMT',
    '9'.repeat(11),
  ]) {
    assert.equal(read(value), undefined, value);
  }
  assert.equal(read('Thu, 15 Jan 2026 09:59:59 GMT'), undefined, 'the past');
});

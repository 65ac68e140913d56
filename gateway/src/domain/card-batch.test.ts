// When a step of the card processor's day is tried again, and the mail that is written when it is given up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextCardBatchAttempt } from './card-batch.ts';
import { type CardBatchTrouble, makeCardBatchMail } from './card-batch-mail.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const failure = { day_ended_ms: 0, now_ms: 2 * HOUR, uploaded_ms: null, is_missing: false };

test('a step that failed is tried three more times, and then given up', () => {
  const waits = [1, 2, 3, 4].map((attempts_made) => nextCardBatchAttempt({ ...failure, attempts_made }));
  assert.deepEqual(waits, [2 * HOUR + MINUTE, 2 * HOUR + 5 * MINUTE, 2 * HOUR + 15 * MINUTE, null]);
});

const MISSING: [what: string, now: number, uploaded: number, next: number | null][] = [
  ['after the upload at two', 2, 2, 3],
  ['the last hour', 9.5, 2, 10],
  ['at ten', 10, 2, null],
  ['a day that was caught up a month later', 700, 700, 701],
  ['eight hours after its upload', 708, 700, null],
];

test('a settlement that is missing is asked for each hour until ten, or for eight hours after a late upload', () => {
  for (const [what, now, uploaded, next] of MISSING) {
    const state = { attempts_made: 0, now_ms: now * HOUR, uploaded_ms: uploaded * HOUR, is_missing: true };
    const expected = next === null ? null : next * HOUR;
    assert.equal(nextCardBatchAttempt({ day_ended_ms: 0, ...state }), expected, what);
  }
});

test('the mail names the day, the reason and the way on, in the language that was chosen', () => {
  const batch = {
    id: 'cb_1',
    livemode: true,
    business_date: '2026-01-28',
    error: 'The server refused the password.',
  };
  for (const trouble of ['upload', 'download', 'missing', 'unreadable'] satisfies CardBatchTrouble[]) {
    for (const language of ['ja', 'en'] as const) {
      const { subject, body } = makeCardBatchMail(batch, trouble, language);
      assert.match(subject, /^\[mpac-pgw\] .*\(2026-01-28\)$/);
      assert.equal(/[ぁ-ん]/.test(subject + body), language === 'ja', `${trouble} in ${language}`);
      assert.match(body, /settlement run --date 2026-01-28/);
      assert.equal(body.includes(batch.error), true);
      assert.equal(/settlement import/.test(body), trouble !== 'upload', 'what can be supplied by hand');
    }
  }
});

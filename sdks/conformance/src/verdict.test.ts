// Holds the judgement to its strictness: whatever a driver leaves out, says twice or says wrongly has failed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Case } from './cases.ts';
import type { Ended } from './commands.ts';
import { judge } from './verdict.ts';

const CASES: Case[] = [
  { kind: 'vector', file: 'money', name: 'yen' },
  { kind: 'vector', file: 'errors', name: 'yen' },
  { kind: 'scenario', file: 'cash', name: 'cash' },
];

const GOOD = CASES.map((one) => JSON.stringify({ ...one, ok: true }));

function judgeLines(lines: string[], end: Partial<Ended> = {}) {
  const findings = judge(CASES, { code: 0, timed_out: false, stdout: lines.join('\n'), stderr: '', ...end });
  return {
    failed: findings.filter(({ why }) => why !== null),
    passed: findings.filter(({ why }) => why === null).map(({ name }) => name),
  };
}

test('a driver that reports every case once as good, and ends with 0, has passed', () => {
  const { failed, passed } = judgeLines([...GOOD, '']);
  assert.deepEqual(failed, []);
  assert.deepEqual(passed, ['money: yen', 'errors: yen', 'cash: cash', 'the driver']);
});

test('a driver that reports nothing has failed in every case', () => {
  const { failed } = judgeLines([]);
  assert.deepEqual(
    failed.map(({ column, why }) => [column, why]),
    [
      ['vectors', 'was not reported'],
      ['vectors', 'was not reported'],
      ['scenarios', 'was not reported'],
      ['checks', 'ended with 0 although not all was good'],
    ],
  );
});

test('a case that is missing has failed, also where another file has one of its name', () => {
  const { failed } = judgeLines(GOOD.slice(1));
  assert.deepEqual(failed[0], { column: 'vectors', name: 'money: yen', why: 'was not reported' });
});

test('a case that is reported twice has failed, even when both are good', () => {
  const { failed } = judgeLines([...GOOD, GOOD[0] ?? ''], { code: 1 });
  assert.deepEqual(failed, [{ column: 'vectors', name: 'money: yen', why: 'was reported 2 times' }]);
});

test('a bad case has failed with its reason', () => {
  const bad = JSON.stringify({ ...CASES[2], ok: false, why: 'step 3: it is raining' });
  const { failed } = judgeLines([...GOOD.slice(0, 2), bad], { code: 1 });
  assert.deepEqual(failed, [{ column: 'scenarios', name: 'cash: cash', why: 'step 3: it is raining' }]);
});

test('a bad case without a reason has failed, too', () => {
  const bad = JSON.stringify({ ...CASES[2], ok: false });
  const { failed } = judgeLines([...GOOD.slice(0, 2), bad], { code: 1 });
  assert.equal(failed[0]?.why, 'no reason is given');
});

test('a driver that ends with 0 after a bad case has failed itself', () => {
  const bad = JSON.stringify({ ...CASES[2], ok: false, why: 'no' });
  const { failed } = judgeLines([...GOOD.slice(0, 2), bad]);
  assert.deepEqual(
    failed.map(({ name, why }) => [name, why]),
    [
      ['cash: cash', 'no'],
      ['the driver', 'ended with 0 although not all was good'],
    ],
  );
});

test('a driver that crashes after its last case has failed, and what it said last is shown', () => {
  const { failed } = judgeLines(GOOD, { code: 2, stderr: 'Traceback\nValueError: no' });
  assert.deepEqual(failed, [
    { column: 'checks', name: 'the driver', why: 'ended with 2\nTraceback\nValueError: no' },
  ]);
});

test('a driver that crashes in between has failed in all that it left out, and what it said last is shown', () => {
  const { failed } = judgeLines(GOOD.slice(0, 1), { code: 2, stderr: 'panic: no' });
  assert.deepEqual(
    failed.map(({ why }) => why),
    ['was not reported', 'was not reported', 'ended with 2\npanic: no'],
  );
});

test('a driver that was ended because it took too long, or by a signal, has failed', () => {
  for (const [timed_out, why] of [
    [true, 'was ended because it took too long'],
    [false, 'was ended by a signal'],
  ] as const) {
    const { failed } = judgeLines(GOOD.slice(0, 2), { code: null, timed_out });
    assert.deepEqual(
      failed.map((finding) => finding.why),
      ['was not reported', why],
    );
  }
});

test('a case that there is not, and a line that is no report, count against the driver', () => {
  const unknown = JSON.stringify({ kind: 'vector', file: 'money', name: 'francs', ok: true });
  for (const [line, why] of [
    [unknown, 'reports cases that there are not: vector money: francs'],
    ['hello', 'says what is no report: hello'],
    ['null', 'says what is no report: null'],
    ['{"kind": "vector", "file": "money", "name": "yen"}', 'says what is no report: {"kind": "vector"'],
    [
      '{"kind": "opinion", "file": "money", "name": "yen", "ok": true}',
      'says what is no report: {"kind": "opinion"',
    ],
  ] as const) {
    const { failed } = judgeLines([...GOOD, line]);
    assert.equal(failed.length, 1, line);
    assert.equal(failed[0]?.name, 'the driver');
    assert.ok(failed[0].why?.startsWith(why), failed[0].why ?? '');
  }
});

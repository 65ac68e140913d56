// Holds what the runner prints to its shape: scripts read its last line.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeFailures, makeSummary, makeTable } from './report.ts';
import type { Finding } from './verdict.ts';

const FINDINGS: Finding[] = [
  { column: 'vectors', name: 'money: yen', why: null },
  { column: 'vectors', name: 'money: cents', why: '1 is not 2' },
  { column: 'scenarios', name: 'cash: cash', why: null },
  { column: 'checks', name: 'go vet', why: 'ended with 1\nbad.go:1' },
];

test('the table has a row for each language, with what passed of how many', () => {
  const table = makeTable([
    { subject: 'node', artefact: 'sdk-node 0.1.0, 20 kB', findings: FINDINGS, seconds: 12.4 },
    { subject: 'python', artefact: '', findings: [], seconds: 0 },
  ]);
  assert.deepEqual(table.split('\n'), [
    '        vectors  scenarios  examples  checks  took  package',
    'node    1/2      1/1        -         0/1     12 s  sdk-node 0.1.0, 20 kB',
    'python  -        -          -         -       0 s   not built',
  ]);
});

test('each failure is told with its reason, and nothing else is', () => {
  assert.equal(
    makeFailures('go', FINDINGS),
    '  go: money: cents\n      1 is not 2\n  go: go vet\n      ended with 1\n      bad.go:1',
  );
  assert.equal(makeFailures('go', FINDINGS.slice(0, 1)), '');
});

test('what failed for one reason is told together, by its first names', () => {
  const findings = ['a', 'b', 'c', 'd', 'e'].map(
    (name): Finding => ({ column: 'vectors', name, why: 'was not reported' }),
  );
  assert.equal(
    makeFailures('js', findings),
    '  js: a\n  js: b\n  js: c\n  js: and 2 others\n      was not reported',
  );
});

test('of very many reasons the first are told, and how many more there are', () => {
  const findings = Array.from(
    { length: 100 },
    (_, place): Finding => ({ column: 'vectors', name: 'money: yen', why: `${place} is wrong` }),
  );
  const lines = makeFailures('js', findings).split('\n');
  assert.equal(lines.length, 41);
  assert.equal(lines.at(-1), '  js: and for 80 other reasons');
});

test('the summary counts what passed and what failed', () => {
  assert.equal(makeSummary(FINDINGS), '2 passed, 2 failed');
  assert.equal(makeSummary([]), '0 passed, 0 failed');
});

// The file of card attempts, typed out by hand, and that no approval code can break it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import {
  CARD_BATCH_HEADER,
  cardBatchFileName,
  cardBatchLine,
  csvText,
  settlementFileName,
} from './card-batch-file.ts';

const DAY = '2026-01-28';
const attempt = {
  attempt_id: 'TXN-12345',
  local_time: '10:30:00',
  amount: 10_000,
  approval_code: 'APP123',
  is_approved: true,
};

test('the documented example comes out to the letter', () => {
  const lines = [
    attempt,
    { ...attempt, attempt_id: 'TXN-12346', local_time: '11:15:00', amount: 5_000, approval_code: 'APP124' },
    { ...attempt, attempt_id: 'TXN-12347', local_time: '12:00:00', amount: 8_000, is_approved: false },
  ].map((each) => cardBatchLine(DAY, each));
  assert.equal(
    CARD_BATCH_HEADER + lines.join(''),
    `Transaction ID,Date,Time,Amount,Approval Code,Status
TXN-12345,2026-01-28,10:30:00,10000,APP123,APPROVED
TXN-12346,2026-01-28,11:15:00,5000,APP124,APPROVED
TXN-12347,2026-01-28,12:00:00,8000,,DECLINED
`,
  );
});

test('the files of a day are named after it', () => {
  assert.equal(cardBatchFileName(DAY), 'transactions_20260128.csv');
  assert.equal(settlementFileName('2028-02-29'), 'settlement_20280229.csv');
});

const CELLS: [reported: string, cell: string][] = [
  ['123456-0042', '123456-0042'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['a"b', '"a""b"'],
  ['a\nb', 'a b'],
  ['a\r\nb', 'a  b'],
  ['=1+1', "'=1+1"],
  ['+81', "'+81"],
  ['-5', "'-5"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "' =1"],
  [' =1', "' =1"],
  ['＝1', "'＝1"],
  [' a ', '" a "'],
  ['\u0000', '" "'],
  ['承認', '承認'],
];

test('an approval code is one harmless cell, whatever a terminal reported', () => {
  for (const [reported, cell] of CELLS) assert.equal(csvText(reported), cell, JSON.stringify(reported));
});

test('no approval code breaks a line, adds a cell or begins a formula', () => {
  const code = fc.string({ unit: 'binary', maxLength: 40 });
  const nasty = fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\n', '\r', '\t', ' ', 'a'),
    maxLength: 8,
  });
  fc.assert(
    fc.property(fc.oneof(code, nasty), (approval_code) => {
      const line = cardBatchLine(DAY, { ...attempt, approval_code });
      const rows = parse(line, { relax_column_count: true }) as string[][];
      assert.equal(rows.length, 1);
      assert.equal(rows[0]?.length, 6);
      assert.equal(line.split('\n').length, 2);
      assert.deepEqual([rows[0]?.[0], rows[0]?.[5]], ['TXN-12345', 'APPROVED']);
      assert.doesNotMatch(rows[0]?.[4] ?? '', /^\s*[=+\-@\t\r]/);
    }),
  );
});

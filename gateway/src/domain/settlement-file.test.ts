// What is read of the processor's settlement file, and what is refused, by line and column.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettlementLines } from './settlement-file.ts';

const DAY = '2026-01-28';
const HEADER = 'Merchant ID|Date|Transaction Count|Gross Amount|Fees|Net Amount';
const LINE = 'MERCHANT-001|2026-01-28|245|12500000|125000|12375000';

/** Cells are cut at |, so that commas may stand in them. */
const read = (...lines: string[]) =>
  readSettlementLines(
    lines.map((text, at) => ({ line: at + 1, cells: text.split('|') })),
    DAY,
  );
const readOne = (line: string) => {
  const answer = read(HEADER, line);
  return 'lines' in answer ? answer.lines[0] : answer;
};

test('the documented example is read', () => {
  assert.deepEqual(read(HEADER, LINE), {
    lines: [
      {
        line: 2,
        merchant_number: 'MERCHANT-001',
        business_date: DAY,
        transaction_count: 245,
        gross_amount: 12_500_000,
        fees_amount: 125_000,
        net_amount: 12_375_000,
      },
    ],
  });
});

const AMOUNTS: [cells: string, gross: number, fees: number, net: number][] = [
  ['1,234|0|1,234', 1_234, 0, 1_234],
  ['12,345,678|-50|12,345,728', 12_345_678, -50, 12_345_728],
  ['0|0|0', 0, 0, 0],
  ['100|150|-50', 100, 150, -50],
  [' 100 | 1 | 99 ', 100, 1, 99],
  // Kept as the processor wrote it; that it does not add up is for a person.
  ['100|1|98', 100, 1, 98],
  ['100|-0|100', 100, 0, 100],
];

test('amounts may have commas at every third digit, and fees and net a minus', () => {
  for (const [cells, gross_amount, fees_amount, net_amount] of AMOUNTS) {
    const line = readOne(`M|${DAY}|1|${cells}`);
    assert.deepEqual(
      { ...line },
      {
        line: 2,
        merchant_number: 'M',
        business_date: DAY,
        transaction_count: 1,
        gross_amount,
        fees_amount,
        net_amount,
      },
      cells,
    );
  }
});

const PROBLEMS: [what: string, lines: string[], problem: RegExp][] = [
  ['nothing at all', [], /^The file is empty\.$/],
  ['no header', [LINE], /^Line 1 is not the header: it has no column Merchant ID, Date, .*Net Amount\.$/],
  [
    'a column less',
    ['Merchant ID|Date|Transaction Count|Gross Amount|Fees'],
    /it has no column Net Amount\.$/,
  ],
  ['a column twice', [`${HEADER}|Fees`], /^Line 1 has the column Fees twice\.$/],
  ['a cut last line', [HEADER, LINE, 'M2|2026-01-28|1'], /^Line 3 has 3 columns instead of 6: it is cut off/],
  ['a cell too many', [HEADER, `${LINE}|1`], /^Line 2 has 7 columns instead of 6/],
  ['no merchant', [HEADER, `|${DAY}|1|1|0|1`], /^Line 2, column Merchant ID: it is empty\.$/],
  ['a broken merchant', [HEADER, `M\ufffd|${DAY}|1|1|0|1`], /^Line 2, column Merchant ID: it is no id\.$/],
  [
    'a merchant twice',
    [HEADER, LINE, LINE],
    /^Line 3, column Merchant ID: it is the merchant of line 2 again/,
  ],
  ['no date', [HEADER, 'M|28.1.2026|1|1|0|1'], /^Line 2, column Date: it is no day/],
  ['30 February', [HEADER, 'M|2026-02-30|1|1|0|1'], /^Line 2, column Date: it is no day/],
  ['29 February of 2026', [HEADER, 'M|2026-02-29|1|1|0|1'], /^Line 2, column Date: it is no day/],
  [
    'another day',
    [HEADER, 'M|2026-01-27|1|1|0|1'],
    /^Line 2, column Date: it is 2026-01-27, and no line is of 2026-01-28\.$/,
  ],
  [
    'a negative count',
    [HEADER, `M|${DAY}|-1|1|0|1`],
    /^Line 2, column Transaction Count: it is no whole number\.$/,
  ],
  ['a count in words', [HEADER, `M|${DAY}|one|1|0|1`], /column Transaction Count/],
  ['decimals', [HEADER, `M|${DAY}|1|100.00|0|100`], /^Line 2, column Gross Amount: it is no amount in yen/],
  ['a negative gross', [HEADER, `M|${DAY}|1|-100|0|-100`], /column Gross Amount/],
  ['commas in wrong places', [HEADER, `M|${DAY}|1|1,23|0|123`], /column Gross Amount/],
  ['an exponent', [HEADER, `M|${DAY}|1|1e3|0|1000`], /column Gross Amount/],
  ['a currency', [HEADER, `M|${DAY}|1|¥100|0|100`], /column Gross Amount/],
  ['more than can be counted', [HEADER, `M|${DAY}|1|${'9'.repeat(16)}|0|1`], /column Gross Amount/],
  ['no fees', [HEADER, `M|${DAY}|1|100||100`], /^Line 2, column Fees: it is no amount in yen/],
  ['a plus', [HEADER, `M|${DAY}|1|100|0|+100`], /^Line 2, column Net Amount: it is no amount in yen/],
];

test('what cannot be right is refused by line and column', () => {
  for (const [what, lines, problem] of PROBLEMS) {
    const answer = read(...lines);
    assert.ok('problem' in answer, what);
    assert.match(answer.problem, problem, what);
  }
});

test('a header alone settles nothing, and columns are found by their names', () => {
  assert.deepEqual(read(HEADER), { lines: [] });
  const answer = read(
    'Net Amount|Note|Merchant ID|Date|Transaction Count|Gross Amount|Fees',
    '99|x|M|2026/01/28|1|100|1',
  );
  assert.ok('lines' in answer);
  assert.deepEqual(answer.lines[0], {
    line: 2,
    merchant_number: 'M',
    business_date: DAY,
    transaction_count: 1,
    gross_amount: 100,
    fees_amount: 1,
    net_amount: 99,
  });
});

test('a leap day is a day', () => {
  const rows = [HEADER, 'M|2028-02-29|1|100|1|99'].map((text, at) => ({
    line: at + 1,
    cells: text.split('|'),
  }));
  assert.ok('lines' in readSettlementLines(rows, '2028-02-29'));
});

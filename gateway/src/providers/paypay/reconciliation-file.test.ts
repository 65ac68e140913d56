// PayPay's files as bytes typed by hand: what is read from them, in which encodings, and where each kind of damage is
// said to be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COLUMNS, toShiftJis } from '../../../test/support/reconciliation.ts';
import type { ReconciliationRow } from '../../domain/reconciliation.ts';
import { UnreadableFileError } from '../reconciliation-contract.ts';
import { paypay_files } from './reconciliation-file.ts';

const ACCOUNT = '229051120';
const DETAILS = '"{""paymentMethods"":[{""type"":""WALLET"",""amount"":1500}]}"';
const PAID = `04321,${ACCOUNT},"喫茶, ソレイユ",store_001,新宿店,pos-1,取引完了,2026/01/14 10:00:00,1500,,"PayPay残高,クーポン",pa_1,${DETAILS}`;
const FAILED = `04322,${ACCOUNT},喫茶,,表参道店,,取引失敗,2026/01/14 11:00:00,800,,,pa_2,`;
const REFUNDED = `04321,${ACCOUNT},喫茶,,,,返金完了,2026/01/14 12:30:01,-500,,,re_1,${DETAILS}`;
const REFUND_FAILED = `04321,${ACCOUNT},喫茶,,,,返金失敗,2026/01/14 12:00:00,-500,,,re_1,`;
const HELD_COLUMNS =
  'orderId,merchantId,brandName,storeId,storeName,terminalId,transactionStatus,acceptedAt,amount,orderReceiptNumber,methodOfPayment,merchantPaymentId,paymentDetails';
const held = (status: string, amount: string, reference: string, time = '2026-01-14T10:00:00+09:00') =>
  `04999,${ACCOUNT},喫茶,,,,${status},${time},${amount},"",WALLET,${reference},`;

const file = (...lines: string[]) => lines.map((line) => `${line}\n`).join('');

async function read(bytes: Buffer, account = ACCOUNT): Promise<ReconciliationRow[]> {
  const rows: ReconciliationRow[] = [];
  for await (const row of paypay_files.open(bytes, account).rows) rows.push(row);
  return rows;
}

const EXPECTED: ReconciliationRow[] = [
  {
    line: 2,
    state: 'paid',
    reference: 'pa_1',
    provider_payment_id: '04321',
    amount: 1_500,
    currency: 'JPY',
    happened_at: '2026-01-14T01:00:00.000Z',
  },
  {
    line: 3,
    state: 'failed',
    reference: 'pa_2',
    provider_payment_id: '04322',
    amount: 800,
    currency: 'JPY',
    happened_at: '2026-01-14T02:00:00.000Z',
  },
  {
    line: 4,
    state: 'refund_failed',
    reference: 're_1',
    provider_payment_id: '04321',
    amount: 500,
    currency: 'JPY',
    happened_at: '2026-01-14T03:00:00.000Z',
  },
  {
    line: 5,
    state: 'refunded',
    reference: 're_1',
    provider_payment_id: '04321',
    amount: 500,
    currency: 'JPY',
    happened_at: '2026-01-14T03:30:01.000Z',
  },
];
const DAY = file(COLUMNS, PAID, FAILED, REFUND_FAILED, REFUNDED);

test('the bytes of the tests are Shift_JIS', () => {
  // 決済番号, as the standard's table has it.
  assert.equal(toShiftJis('決済番号').toString('hex'), '8c888dcf94d48d86');
});

test('a file of payments is read in Shift_JIS with LF, with CRLF, and in UTF-8 with a BOM', async () => {
  const opened = paypay_files.open(toShiftJis(DAY), ACCOUNT);
  assert.equal(opened.contents, 'payments');
  assert.deepEqual(await read(toShiftJis(DAY)), EXPECTED);
  assert.deepEqual(await read(toShiftJis(DAY.replaceAll('\n', '\r\n'))), EXPECTED);
  assert.deepEqual(await read(Buffer.from(`\ufeff${DAY}`)), EXPECTED);
  assert.deepEqual(await read(toShiftJis(DAY.trimEnd())), EXPECTED, 'without a line end at its end');
});

test('columns are found by their names, in whatever order they stand', async () => {
  const turned = (line: string) => {
    const cells = line.match(/("(?:[^"]|"")*"|[^,]*)(,|$)/g)?.map((cell) => cell.replace(/,$/, '')) ?? [];
    return cells.slice(0, 13).reverse().join(',');
  };
  const bytes = toShiftJis(file(...DAY.trimEnd().split('\n').map(turned)));
  assert.deepEqual(await read(bytes), EXPECTED);
});

test('a file of held money tells captures, releases and refunds, whose sign PayPay leaves open', async () => {
  const text = file(
    HELD_COLUMNS,
    held('AUTHORIZED', '1000', 'pa_9'),
    held('AUTHORIZED', '1000', 'pa_9', '2026-01-14T10:00:05+09:00'),
    held('COMPLETED', '700', 'ca_9'),
    held('REFUNDED', '200', 're_9'),
    held('REFUNDED', '-100', 're_8'),
    held('CANCELED', '1000', 'pa_8'),
    held('EXPIRED', '1000', 'pa_7'),
    held('FAILED', '1000', 'pa_6'),
  );
  const opened = paypay_files.open(toShiftJis(text), ACCOUNT);
  assert.equal(opened.contents, 'held_payments');
  assert.deepEqual(
    (await read(toShiftJis(text))).map(({ state, amount, reference }) => `${state} ${amount} ${reference}`),
    [
      'authorized 1000 pa_9',
      'authorized 1000 pa_9',
      'paid 700 ca_9',
      'refunded 200 re_9',
      'refunded 100 re_8',
      'released 1000 pa_8',
      'expired 1000 pa_7',
      'failed 1000 pa_6',
    ],
  );
});

test('a day on which nothing happened is a header and no rows', async () => {
  assert.deepEqual(await read(toShiftJis(file(COLUMNS))), []);
  assert.deepEqual(await read(toShiftJis(COLUMNS)), []);
});

test('a cell may hold commas, quotes and line ends, and the lines after it keep their numbers', async () => {
  const long = PAID.replace('喫茶, ソレイユ', '喫茶\n二階, ""ソレイユ""');
  const rows = await read(toShiftJis(file(COLUMNS, long, REFUNDED)));
  assert.deepEqual(
    rows.map(({ line }) => line),
    [2, 4],
  );
});

const DAMAGES: [what: string, bytes: Buffer, message: RegExp][] = [
  ['empty', Buffer.alloc(0), /^The file is empty\.$/],
  ['no header', toShiftJis(file(PAID)), /^Line 1 is not the header/],
  ['UTF-8 that says it nowhere', Buffer.from(DAY), /^Line 1 is not the header/],
  ['a missing column', toShiftJis(DAY.replace('取引金額', '金額')), /^Line 1 has no column 取引金額\.$/],
  ['a column twice', toShiftJis(DAY.replace('屋号', '加盟店ID')), /^Line 1 has the column 加盟店ID twice\.$/],
  [
    'a last line that is cut off',
    toShiftJis(DAY).subarray(0, -90),
    /^Line 5 has \d+ columns instead of 13: it is cut off or damaged\.$/,
  ],
  ['a cell that is cut off', toShiftJis(DAY).subarray(0, -10), /^Line 5 is no CSV/],
  [
    'details that are cut off',
    toShiftJis(file(COLUMNS, REFUNDED.replace('}"', '"'))),
    /^Line 2, column 支払い詳細: it is not complete JSON\.$/,
  ],
  [
    'an unknown state',
    toShiftJis(file(COLUMNS, PAID, FAILED.replace('取引失敗', '取引保留'))),
    /^Line 3, column 取引ステータス: it has a word that is not known\.$/,
  ],
  [
    'the name of a property as a state',
    toShiftJis(file(COLUMNS, PAID.replace('取引完了', 'constructor'))),
    /^Line 2, column 取引ステータス/,
  ],
  ...['1,500', '1500.5', '１５００', '-1500', '', '0', '123456789012', '1e3'].map(
    (amount): [string, Buffer, RegExp] => [
      `the amount ${amount} of a payment`,
      toShiftJis(file(COLUMNS, PAID.replace(',1500,,', `,"${amount}",,`))),
      /^Line 2, column 取引金額: it is no amount of yen/,
    ],
  ),
  [
    'a refund without its minus',
    toShiftJis(file(COLUMNS, REFUNDED.replace('-500', '500'))),
    /^Line 2, column 取引金額/,
  ],
  [
    'another merchant',
    toShiftJis(file(COLUMNS, PAID, FAILED.replace(ACCOUNT, '111'))),
    /^Line 3, column 加盟店ID: it names another merchant/,
  ],
  [
    'a number that a spreadsheet rewrote',
    toShiftJis(file(COLUMNS, PAID.replace('04321', '4.3E+03'))),
    /^Line 2, column 決済番号: .*spreadsheet/,
  ],
  [
    'a day that is none',
    toShiftJis(file(COLUMNS, PAID.replace('01/14', '02/30'))),
    /^Line 2, column 取引日時: it is no time\.$/,
  ],
  ['a row twice', toShiftJis(file(COLUMNS, PAID, FAILED, PAID)), /^Line 4 repeats line 2\.$/],
  [
    'a payment that is completed twice',
    toShiftJis(file(COLUMNS, PAID, PAID.replace('10:00:00', '10:00:01'))),
    /^Line 3 repeats line 2\.$/,
  ],
  [
    'bytes that are no characters',
    Buffer.concat([toShiftJis(file(COLUMNS)), Buffer.from(FAILED.replace('喫茶', 'x')).fill(0xff, 16, 17)]),
    /^Line 2, column 屋号: it has bytes that are no characters\.$/,
  ],
];

test('each damage is refused, and told by line and column', async () => {
  for (const [what, bytes, message] of DAMAGES) {
    await assert.rejects(
      () => read(bytes),
      (error: Error) => {
        assert.ok(error instanceof UnreadableFileError, `${what}: ${error.stack}`);
        assert.match(error.message, message, what);
        return true;
      },
      what,
    );
  }
});

test('the name of a file says whose it is and which time it tells of', () => {
  const day = {
    account: ACCOUNT,
    period_begins_at: '2026-01-13T15:00:00.000Z',
    period_ends_at: '2026-01-14T15:00:00.000Z',
  };
  for (const name of [
    `transaction_${ACCOUNT}_20260114_20260114_v2.csv`,
    `transaction_${ACCOUNT}_20260114000000_20260114235959_v2.csv`,
    `preauth_transaction_${ACCOUNT}_20260114000000_20260114235959_v2.csv`,
    `transaction_${ACCOUNT}_20260114_20260114_v2 (1).csv`,
  ]) {
    assert.deepEqual(paypay_files.readName(name), day, name);
  }
  for (const name of [
    'transactions.csv',
    `transaction_${ACCOUNT}_20260230_20260230_v2.csv`,
    `transaction_${ACCOUNT}_20260115_20260114_v2.csv`,
    `transaction_${ACCOUNT}_20260114_20260114_v1.csv`,
    `transaction_../x_20260114_20260114_v2.csv`,
  ]) {
    assert.equal(paypay_files.readName(name), null, name);
  }
  const { account: _, ...period } = day;
  assert.deepEqual(paypay_files.periodOf('2026-01-14'), period);
  assert.equal(paypay_files.periodOf('2026-02-30'), null);
});

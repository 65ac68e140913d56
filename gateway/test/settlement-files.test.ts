// PayPay's files as settlements, one for each merchant: lines and books beside each other, with sums typed by hand, and
// what days that meet at midnight, files that come again and lines that stand twice make of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import {
  ACCOUNT,
  COLUMNS,
  DAY,
  fetchLines,
  importBytes,
  lineOf,
  MORNING,
  makeBytes,
  makeFiles,
  nameOf,
  pay,
  refund,
} from './support/reconciliation.ts';
import { openExceptions, settlementsOf, toldOfSettlements } from './support/settlements.ts';

const NEXT_DAY = '2026-01-17';

test('a file settles each merchant of its account, and what is nobody’s is the organization’s', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'The other one' },
    store: { id: 'store_002', name: 'The other one’s store' },
  });
  const found = await pay(gateway, { amount: 1_000 });
  const lost = await pay(gateway, { amount: 2_000 });
  const dearer = await pay(gateway, { amount: 4_000 });
  const undone = await pay(gateway, { amount: 8_000 });
  const other = await pay(gateway, { amount: 500, merchant_store_id: 'store_002' });
  const refund_id = await refund(gateway, other, 300);
  const [made] = await makeFiles(gateway, DAY);
  const { header, rows } = await fetchLines(made ?? { url: '' });
  const sticker = `0477,${ACCOUNT},,,,,取引完了,2026/01/16 12:00:00,70,,,till-77,`;
  const other_day = lineOf(lost, 2_000, '2026/01/15 12:00:00');
  const hurt = rows.flatMap((row) => {
    if (row.includes(lost.attempt_id)) return [];
    if (row.includes(dearer.attempt_id)) return [row.replace(',4000,', ',4444,')];
    if (row.includes(undone.attempt_id)) return [row.replace('取引完了', '取引失敗')];
    return [row];
  });
  assert.equal(hurt.length, 5);
  // Taken a second time for the same payment, which the till knows of once.
  const twice = lineOf({ ...found, provider_payment_id: '0478' }, 1_000, '2026/01/16 09:01:00');
  await importBytes(gateway, nameOf(DAY), makeBytes(header, [...hurt, twice, other_day, sticker]));
  // Stated: 1,000 twice, 4,444, and 2,000 of another day; ours: 1,000, 2,000, 4,000 and 8,000.
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 4/8444/0 4/15000/0 exceptions',
    '2026-01-16 merchant_002 1/500/300 1/500/300 reconciled',
  ]);
  const { json } = await gateway.client.get('/v1/settlements?merchant_id=merchant_002');
  const [quiet] = json as Json[];
  assert.deepEqual(
    [quiet?.['provider'], quiet?.['account'], quiet?.['contents'], quiet?.['source'], quiet?.['fees_amount']],
    ['PAYPAY', ACCOUNT, 'payments', 'by_hand', null],
  );
  const exceptions = await openExceptions(gateway);
  assert.deepEqual(
    exceptions
      .map(
        (each) =>
          `${each['kind']} ${each['merchant_id'] ?? 'nobody'} ${each['amount_here']} ${each['amount_there']}`,
      )
      .sort(),
    [
      'amount_differs merchant_001 4000 4444',
      'missing_here merchant_001 undefined 1000',
      'missing_here merchant_001 undefined 2000',
      'missing_here nobody undefined 70',
      'missing_there merchant_001 2000 undefined',
      'status_differs merchant_001 8000 8000',
    ],
  );
  const nobodys = exceptions.find((each) => each['merchant_id'] === undefined);
  assert.equal(nobodys?.['settlement'], undefined);
  const told = await toldOfSettlements(gateway);
  assert.deepEqual(told.map((each) => each.replace(/_\w+$/, '')).sort(), [
    'settlement.exception rx',
    'settlement.exception st',
    'settlement.reconciled st',
  ]);
  // Nothing is booked of what the file does not state, and the refund is none of the exceptions.
  assert.equal((await gateway.client.get(`/v1/refunds/${refund_id}`)).json.status, 'succeeded');
  assert.deepEqual(
    await gateway.query("select id from book_entries where kind in ('fee', 'settlement')"),
    [],
  );
});

test('what is missing on a day and stands in the next file is one exception, which explains itself', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const paid = await pay(gateway, { amount: 1_000 });
  const wandering = await pay(gateway, { amount: 2_000 });
  const on_time = lineOf(paid, 1_000, '2026/01/16 09:00:05');
  await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [on_time]));
  assert.deepEqual(await settlementsOf(gateway), ['2026-01-16 merchant_001 1/1000/0 2/3000/0 exceptions']);
  const [missing] = await openExceptions(gateway);

  gateway.clock.set('2026-01-17T00:00:00.000Z');
  const later = await pay(gateway, { amount: 500 });
  const lines = [lineOf(wandering, 2_000, '2026/01/17 00:00:20'), lineOf(later, 500, '2026/01/17 09:00:05')];
  await importBytes(gateway, nameOf(NEXT_DAY), makeBytes(COLUMNS, lines));
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/1000/0 1/1000/0 reconciled',
    '2026-01-17 merchant_001 2/2500/0 2/2500/0 reconciled',
  ]);
  const { json } = await gateway.client.get('/v1/reconciliation_exceptions');
  assert.deepEqual(
    json.map((each: Json) => [
      each['id'],
      each['kind'],
      each['attempt_id'],
      each['resolved_by'],
      each['reason'],
    ]),
    [
      [
        ...[missing?.['id'], 'cross_midnight', wandering.attempt_id, 'mpac-pgw'],
        'It stands in the file of 2026-01-17.',
      ],
    ],
  );
  const told = (await toldOfSettlements(gateway)).map((each) => each.replace(/ .*/, ''));
  assert.deepEqual(told, ['settlement.exception', 'settlement.reconciled', 'settlement.reconciled']);
});

test('what only the next day’s file shows to be missing changes the settlement of its own day', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'The other one' },
    store: { id: 'store_002', name: 'The other one’s store' },
  });
  gateway.clock.set(MORNING);
  const noon = await pay(gateway, { amount: 1_000 });
  gateway.clock.set('2026-01-16T14:55:00.000Z'); // five minutes before midnight
  await pay(gateway, { amount: 2_000 });
  await pay(gateway, { amount: 4_000, merchant_store_id: 'store_002' });
  await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [lineOf(noon, 1_000, '2026/01/16 09:00:05')]));
  assert.deepEqual(await settlementsOf(gateway), ['2026-01-16 merchant_001 1/1000/0 1/1000/0 reconciled']);
  await importBytes(gateway, nameOf(NEXT_DAY), makeBytes(COLUMNS, []));
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/1000/0 2/3000/0 exceptions',
    '2026-01-16 merchant_002 0/0/0 1/4000/0 exceptions',
  ]);
  const told = (await toldOfSettlements(gateway)).map((each) => each.replace(/ .*/, ''));
  assert.deepEqual(told, ['settlement.reconciled', 'settlement.exception', 'settlement.exception']);
});

test('a file that comes again replaces the settlements of all its merchants, also of one it has left out', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'The other one' },
    store: { id: 'store_002', name: 'The other one’s store' },
  });
  gateway.clock.set(MORNING);
  const one = lineOf(await pay(gateway, { amount: 1_000 }), 1_000, '2026/01/16 09:00:05');
  const paid = await pay(gateway, { amount: 500, merchant_store_id: 'store_002' });
  const two = lineOf(paid, 500, '2026/01/16 09:00:06');
  const foreign = `0477,${ACCOUNT},,,,,取引完了,2026/01/16 12:00:00,300,,,till-77,`;
  const returned = two.replace('取引完了', '返金完了').replace(',500,', ',-50,').replace(paid.attempt_id, '');
  await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [one, two, returned, foreign]));
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/1000/0 1/1000/0 reconciled',
    '2026-01-16 merchant_002 1/500/50 1/500/0 exceptions',
  ]);
  await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [one]));
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/1000/0 1/1000/0 reconciled',
    '2026-01-16 merchant_002 0/0/0 1/500/0 exceptions',
  ]);
  const [missing, ...more] = await openExceptions(gateway);
  assert.deepEqual(
    [missing?.['kind'], missing?.['merchant_id'], more],
    ['missing_there', 'merchant_002', []],
  );
  const right = makeBytes(COLUMNS, [one, two]);
  await importBytes(gateway, nameOf(DAY), right);
  assert.deepEqual(await openExceptions(gateway), []);
  const before = await toldOfSettlements(gateway);
  // The same bytes again are nothing new.
  await importBytes(gateway, nameOf(DAY), right);
  assert.deepEqual(await toldOfSettlements(gateway), before);
  assert.deepEqual(
    await gateway.query('select count(*)::int as count from settlements where status = $1', ['replaced']),
    [{ count: 4 }],
  );
});

test('two files of one day at once leave one settlement in force', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const line = lineOf(await pay(gateway, { amount: 1_000 }), 1_000, '2026/01/16 09:00:05');
  const versions = [1_000, 1_001, 1_002, 1_003].map((yen) => line.replace(',1000,', `,${yen},`));
  await Promise.all(versions.map((each) => importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [each]))));
  const in_force = await gateway.query<{ id: string; file_id: string }>(
    "select id, file_id from settlements where status <> 'replaced'",
  );
  const files = await gateway.query<{ id: string }>(
    "select id from reconciliation_files where status = 'imported'",
  );
  assert.deepEqual([in_force.length, in_force.map(({ file_id }) => file_id)], [1, files.map(({ id }) => id)]);
  const told = await toldOfSettlements(gateway);
  assert.equal(told.length, 4);
});

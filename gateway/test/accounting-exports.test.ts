// The accounting export as a bookkeeper sees it: a file for each day of each store on a real SFTP server, made when the
// day has ended, caught up with after an outage, made once by two workers, and the same bytes when it is made again.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { runDueAccountingExports, scheduleAccountingExports } from '../src/application/accounting-exports.ts';
import { checkBooks } from '../src/application/books.ts';
import { CONFIG_PATH, FIRST_DAY, makeAccountingStage } from './support/accounting-stage.ts';
import { MERCHANT_ID, STORE_ID } from './support/gateway.ts';

const DIRECTORY = `exports/mpac/${MERCHANT_ID}`;

test('a store’s day is at the accounting system two minutes after it has ended, as documented', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  const first = await stage.sell({ amount: 1_080, tax_amount: 80, receipt_number: 'RCP-001' });
  stage.clock.advance(60_000);
  const second = await stage.sell({ amount: 500 });
  stage.clock.advance(60_000);
  const refund = await stage.giveBack(first, 540);
  stage.clock.set('2026-01-15T15:01:59.000Z');
  await stage.work();
  assert.deepEqual(await stage.list(), [], 'the last movements may be on their way');

  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const name = 'settlement_merchant_001_store_001_20260115.json';
  assert.deepEqual(stage.arrived(), [`${DIRECTORY}/${name}`]);
  const text = stage.read(name);
  assert.equal(
    text,
    `{
  "export_type": "daily_settlement",
  "date": "2026-01-15",
  "merchant_id": "merchant_001",
  "store_id": "store_001",
  "currency": "JPY",
  "transactions": [
    {"transaction_id":"${first.id}","timestamp":"2026-01-15T10:00:00Z","amount":1080,"tax_amount":80,"payment_method":"CASH","receipt_number":"RCP-001"},
    {"transaction_id":"${second.id}","timestamp":"2026-01-15T10:01:00Z","amount":500,"tax_amount":0,"payment_method":"CASH","receipt_number":null},
    {"transaction_id":"${refund.id}","timestamp":"2026-01-15T10:02:00Z","amount":-540,"tax_amount":-40,"payment_method":"CASH","receipt_number":"RCP-001"}
  ],
  "totals": {
    "gross_revenue": 1040,
    "tax_collected": 40,
    "net_revenue": 1000
  }
}
`,
  );
  const [row] = await stage.list();
  assert.equal(row?.['status'], 'delivered');
  assert.deepEqual([row?.['gross_revenue'], row?.['tax_collected'], row?.['net_revenue']], [1040, 40, 1000]);
  assert.equal(row?.['size'], Buffer.byteLength(text));
  assert.equal(row?.['sha256'], createHash('sha256').update(text).digest('hex'));
  const events = await stage.client.get('/v1/events?type=export.*');
  assert.deepEqual(
    events.json.map((event: { type: string; data: { object: unknown } }) => [event.type, event.data.object]),
    [['export.succeeded', row]],
  );
  const file = await stage.client.get(`/v1/accounting_exports/${row?.['id']}/file`);
  assert.deepEqual([file.status, file.text], [200, text]);
  assert.match(file.headers.get('content-disposition') ?? '', new RegExp(`filename="${name}"`));
});

test('a day without sales has a file that says so, and the payments of no store have one only when there are some', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  stage.clock.set('2026-01-16T15:02:00.000Z');
  await stage.sell({ merchant_store_id: undefined, amount: 700 });
  await stage.work();
  stage.clock.set('2026-01-17T15:02:00.000Z');
  await stage.work();
  assert.deepEqual(stage.arrived(), [
    `${DIRECTORY}/settlement_merchant_001__20260117.json`,
    ...['15', '16', '17'].map((day) => `${DIRECTORY}/settlement_merchant_001_store_001_202601${day}.json`),
  ]);
  const empty = JSON.parse(stage.read(stage.nameOf('2026-01-16'))) as Record<string, unknown>;
  assert.deepEqual(empty['transactions'], []);
  assert.deepEqual(empty['totals'], { gross_revenue: 0, tax_collected: 0, net_revenue: 0 });
  const no_store = JSON.parse(stage.read('settlement_merchant_001__20260117.json')) as Record<
    string,
    unknown
  >;
  assert.deepEqual([no_store['store_id'], (no_store['transactions'] as unknown[]).length], [null, 1]);
});

test('days that were missed in an outage are all made up for, each once, whoever wakes first', async (t) => {
  const stage = await makeAccountingStage(t, { replicas: 2 });
  await stage.connect({ formats: ['json', 'csv', 'xml'] });
  await stage.sell({ amount: 100 });
  stage.clock.set('2026-02-20T03:00:00.000Z');
  const contexts = stage.gateway.replicas.map(({ context }) => context);
  const both = (work: (context: (typeof contexts)[0]) => Promise<number>) => Promise.all(contexts.map(work));
  while ((await both(scheduleAccountingExports)).some((stores) => stores > 0));
  while ((await both(runDueAccountingExports)).some((files) => files > 0));
  // 15 January to 19 February in three formats.
  const rows = await stage.gateway.query<{ count: number; attempts: number; dates: number }>(
    `select count(*)::int as count, sum(attempts_made)::int as attempts, count(distinct business_date)::int as dates
     from accounting_exports where status = 'delivered'`,
  );
  assert.deepEqual(rows, [{ count: 108, attempts: 108, dates: 36 }]);
  assert.equal(stage.arrived().length, 108);
  const [told] = await stage.gateway.query<{ count: number }>(
    `select count(*)::int as count from events where type = 'export.succeeded'`,
  );
  assert.equal(told?.count, 108);
});

test('each store’s day ends by its own clock', async (t) => {
  const stage = await makeAccountingStage(t);
  const synced = await stage.client.post('/v1/sync/merchants', {
    merchants: [
      {
        id: MERCHANT_ID,
        name: 'Example',
        stores: [{ id: 'late_bar', name: 'Bar', time_zone: 'Asia/Tokyo', business_day_starts_at: '05:00' }],
      },
    ],
  });
  assert.equal(synced.status, 200, synced.text);
  await stage.connect();
  stage.clock.set('2026-01-15T19:30:00.000Z'); // 04:30 of the next day in Tokyo.
  await stage.sell({ merchant_store_id: 'late_bar', amount: 900 });
  await stage.work();
  assert.deepEqual(stage.arrived(), [`${DIRECTORY}/${stage.nameOf(FIRST_DAY)}`]);
  stage.clock.set('2026-01-15T20:02:00.000Z');
  await stage.work();
  const file = JSON.parse(stage.read('settlement_merchant_001_late_bar_20260115.json')) as {
    transactions: { amount: number }[];
  };
  assert.deepEqual(
    file.transactions.map(({ amount }) => amount),
    [900],
  );
});

test('what comes into a day after its file was made brings the file anew with the next day', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.sell({ amount: 100 });
  await stage.sell({ amount: 900 });
  await stage.sell({ amount: 70, currency: 'USD' });
  // An older release, which ran beside this one, would have moved these without an entry.
  for (const statement of [
    'alter table book_entries disable trigger book_entries_append_only',
    'delete from book_entries where amount <> 100',
    'alter table book_entries enable trigger book_entries_append_only',
  ])
    await stage.gateway.query(statement);
  stage.clock.set('2026-01-15T15:05:00.000Z');
  await stage.work();
  const [first] = await stage.list();
  assert.equal(first?.['gross_revenue'], 100);
  const { booked_count } = await checkBooks(stage.gateway.context, { book_missing: true });
  assert.equal(booked_count, 2);
  stage.clock.set('2026-01-16T20:05:00.000Z');
  await stage.work();
  await stage.work();
  const rows = await stage.list();
  assert.deepEqual(
    rows
      .map((row) => [row['business_date'], row['currency'], row['gross_revenue'], row['status']].join(' '))
      .sort(),
    ['2026-01-15 JPY 1000 delivered', '2026-01-15 USD 70 delivered', '2026-01-16 JPY 0 delivered'],
  );
  const again = JSON.parse(stage.read(stage.nameOf(FIRST_DAY))) as { totals: { gross_revenue: number } };
  assert.equal(again.totals.gross_revenue, 1_000);
  stage.clock.set('2026-01-17T20:05:00.000Z');
  await stage.work();
  const told = await stage.client.get('/v1/events?type=export.succeeded&limit=100');
  assert.equal(told.json.length, 5, 'a file that is as the books is left alone');
});

test('another currency has a file of its own', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.sell({ amount: 1_234, currency: 'USD' });
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  assert.deepEqual(stage.arrived(), [
    `${DIRECTORY}/settlement_merchant_001_store_001_20260115.json`,
    `${DIRECTORY}/settlement_merchant_001_store_001_20260115_USD.json`,
  ]);
});

test('a file that is made again is the same, byte for byte', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect({ formats: ['json', 'csv', 'xml'] });
  const sold = await stage.sell({ amount: 999, tax_amount: 74, receipt_number: '領収書 №1 "=A1", <&>' });
  for (let more = 0; more < 5; more++) await stage.sell({ amount: 10 + more });
  await stage.giveBack(sold, 333);
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const read = () => ['json', 'csv', 'xml'].map((format) => stage.read(stage.nameOf(FIRST_DAY, format)));
  const first = read();
  stage.clock.set('2026-03-01T00:00:00.000Z');
  const again = await stage.client.post('/v1/accounting_exports', {
    merchant_id: MERCHANT_ID,
    merchant_store_id: STORE_ID,
    business_date: FIRST_DAY,
  });
  assert.equal(again.status, 202, again.text);
  assert.deepEqual(
    again.json.map((row: { format: string }) => row.format),
    ['csv', 'json', 'xml'],
  );
  await stage.gateway.runJob('accounting_exports');
  assert.deepEqual(read(), first);
});

test('a day that is not over is refused, with the time from which it can be had', async (t) => {
  const stage = await makeAccountingStage(t);
  const wanted = { merchant_id: MERCHANT_ID, merchant_store_id: STORE_ID, business_date: FIRST_DAY };
  const refused = await stage.client.post('/v1/accounting_exports', wanted);
  assert.equal(refused.status, 400, refused.text);
  assert.equal(
    refused.json.message,
    'The store store_001: the business date 2026-01-15 is not over. Its file can be made from 2026-01-15T15:02:00.000Z on.',
  );
  const unknown = await stage.client.post('/v1/accounting_exports', {
    ...wanted,
    business_date: '2026-01-14',
    merchant_store_id: 'nowhere',
  });
  assert.deepEqual([unknown.status, unknown.json.details.field], [400, 'merchant_store_id']);
  const no_day = await stage.client.post('/v1/accounting_exports', {
    ...wanted,
    business_date: '2026-02-30',
  });
  assert.deepEqual([no_day.status, no_day.json.details.field], [400, 'business_date']);
});

test('without an accounting system a file is kept, and can be read', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.sell({ amount: 4_000 });
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const wanted = {
    merchant_id: MERCHANT_ID,
    merchant_store_id: STORE_ID,
    business_date: FIRST_DAY,
    format: 'csv',
  };
  const asked = await stage.client.post('/v1/accounting_exports', wanted);
  const id = String(asked.json[0]?.id);
  const early = await stage.client.get(`/v1/accounting_exports/${id}/file`);
  assert.equal(early.status, 409, early.text);
  await stage.work();
  const row = await stage.client.get(`/v1/accounting_exports/${id}`);
  assert.equal(row.json.status, 'kept', row.text);
  const file = await stage.client.get(`/v1/accounting_exports/${id}/file`);
  assert.match(file.text, /,4000,0,CASH,/);
  assert.match(file.headers.get('content-type') ?? '', /^text\/csv/);
});

test('an export that is switched off takes no days, and one that is taken away sends nothing more', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect({ is_active: false });
  stage.clock.set('2026-01-17T15:02:00.000Z');
  await stage.work();
  assert.deepEqual(await stage.list(), []);
  await stage.client.call('PUT', CONFIG_PATH, { is_active: true, starts_on: '2026-01-17' });
  await scheduleAccountingExports(stage.gateway.context);
  assert.equal((await stage.list()).length, 1);
  const gone = await stage.client.call('DELETE', CONFIG_PATH, {});
  assert.equal(gone.status, 200, gone.text);
  await stage.work();
  const [row] = await stage.list();
  assert.equal(row?.['status'], 'kept');
  assert.deepEqual(stage.arrived(), []);
});

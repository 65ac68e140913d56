// The card processor: what it settles, what it says of an upload, and how its settlements go wrong when they are to.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { openCardProcessor } from './card-processor.ts';
import { makeSettlement } from './card-processor-files.ts';
import { makeCardProcessorSimulator } from './card-processor-routes.ts';
import { startSimulatorServer } from './server.ts';

const HEADER = 'Transaction ID,Date,Time,Amount,Approval Code,Status';
const DAY = '2026-01-28';
const AT = '2026-01-28T01:30:00.000Z';

async function open(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'mpac-processor-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const processor = await openCardProcessor({ directory, now: () => Date.parse('2026-01-28T17:00:00Z') });
  const authorize = (approval_code: string, amount: number, merchant_number = 'MERCHANT-001', at = AT) =>
    processor.authorize({ merchant_number, amount, approval_code, status: 'APPROVED', at });
  const upload = async (...rows: string[]) => {
    const name = 'transactions_20260128.csv';
    await writeFile(join(directory, 'upload', name), [HEADER, ...rows].map((row) => `${row}\n`).join(''));
    const checked = await processor.takeUpload(name);
    assert.ok(checked !== null);
    return checked;
  };
  const settlement = () => readFile(join(directory, 'download', 'settlement_20260128.csv'), 'utf8');
  return { processor, authorize, upload, settlement };
}

test('a settlement states what the processor has approved itself, by the calendar day of Japan, less one per cent', async (t) => {
  const { processor, authorize, upload, settlement } = await open(t);
  authorize('100001', 10_050);
  authorize('100002', 5_049);
  authorize('100003', 7_000, 'MERCHANT-000');
  authorize('100004', 900, 'MERCHANT-000', '2026-01-28T14:59:59.999Z');
  authorize('100005', 800, 'MERCHANT-000', '2026-01-28T15:00:00.000Z');
  processor.authorize({
    merchant_number: 'MERCHANT-001',
    amount: 1,
    approval_code: '',
    status: 'DECLINED',
    at: AT,
  });
  const { transactions_count, settlement_file_name } = await upload();
  assert.deepEqual([transactions_count, settlement_file_name], [0, 'settlement_20260128.csv']);
  assert.equal(
    await settlement(),
    'Merchant ID,Date,Transaction Count,Gross Amount,Fees,Net Amount\n' +
      'MERCHANT-000,2026-01-28,2,7900,79,7821\n' +
      'MERCHANT-001,2026-01-28,2,15099,150,14949\n',
  );
});

test('each line of an upload is held against what was approved, whatever slip number stands behind the code', async (t) => {
  const { authorize, upload } = await open(t);
  authorize('100001', 10_000);
  authorize('100001', 2_000);
  authorize('100002', 5_000);
  const { matched_count, problems } = await upload(
    'pa_1,2026-01-28,10:30:00,10000,100001-0042,APPROVED',
    'pa_2,2026-01-28,10:31:00,2000,100001,APPROVED',
    'pa_3,2026-01-28,10:32:00,4000,100002,APPROVED',
    'pa_4,2026-01-28,10:33:00,100,999999,APPROVED',
    'pa_5,2026-01-28,12:00:00,8000,,DECLINED',
  );
  assert.equal(matched_count, 2);
  assert.deepEqual(problems, [
    { line: 4, message: '100002 was approved for 5000, not 4000.' },
    { line: 5, message: '999999 was never approved here.' },
  ]);
});

test('what cannot be right in an upload is told with its line', async (t) => {
  const { upload } = await open(t);
  const { transactions_count, problems } = await upload(
    'pa_1,2026-01-27,10:30:00,1,,DECLINED',
    'pa_2,2026-01-28,24:00:00,1,,DECLINED',
    'pa_3,2026-01-28,10:30:00,-1,,DECLINED',
    'pa_4,2026-01-28,10:30:00,1,,APPROVED',
    'pa_5,2026-01-28,10:30:00,1,,PENDING',
    'pa_6,2026-01-28,10:30:00,1,"two\nlines, one cell",DECLINED',
    'pa_6,2026-01-28,10:30:00,1,,DECLINED',
    'pa_7,2026-01-28,10:30:00,1',
  );
  assert.equal(transactions_count, 1);
  assert.deepEqual(
    problems.map(({ line, message }) => `${line}: ${message}`),
    [
      '2: The Date is 2026-01-27, in a file of 2026-01-28.',
      '3: "24:00:00" is no Time.',
      '4: "-1" is no Amount.',
      '5: It is approved without an Approval Code.',
      '6: "PENDING" is no Status.',
      '9: pa_6 stands in line 7 already.',
      '10: There are 4 cells in place of 6.',
    ],
  );
});

test('a settlement can be wrong in every way that a real one is', () => {
  const totals = [
    { merchant_number: 'M1', transaction_count: 2, gross_amount: 12_345 },
    { merchant_number: 'M2', transaction_count: 1, gross_amount: 500 },
  ];
  const lines = (fault: Parameters<typeof makeSettlement>[2]) =>
    makeSettlement('2026-03-01', totals, fault).toString().split('\n').slice(1);
  const [m1, m2] = ['M1,2026-03-01,2,12345,123,12222', 'M2,2026-03-01,1,500,5,495'];
  assert.deepEqual(lines(undefined), [m1, m2, '']);
  assert.deepEqual(lines('truncated'), [m1, 'M2,2026-03-01,1,500']);
  assert.deepEqual(lines('empty'), []);
  assert.deepEqual(lines('header_only'), ['']);
  assert.deepEqual(lines('wrong_date'), ['M1,2026-02-28,2,12345,123,12222', 'M2,2026-02-28,1,500,5,495', '']);
  assert.deepEqual(lines('sums_wrong'), ['M1,2026-03-01,2,12345,123,12223', m2, '']);
  assert.deepEqual(lines('extra_merchant'), [m1, m2, 'MERCHANT-999,2026-03-01,1,1000,10,990', '']);
  assert.deepEqual(lines('missing_merchant'), [m2, '']);
  assert.deepEqual(lines('duplicate_merchant'), [m1, m1, m2, '']);
  assert.deepEqual(lines('negative_fees'), ['M1,2026-03-01,2,12345,-123,12468', m2, '']);
  assert.deepEqual(lines('decorated'), ['M1,2026-03-01,2,"12,345",123,"12,222"\r', `${m2}\r`, '']);
  const japanese = makeSettlement('2026-03-01', totals, 'shift_jis');
  assert.match(
    new TextDecoder('shift_jis', { fatal: true }).decode(japanese),
    /\n株式会社,2026-03-01,0,0,0,0\n$/,
  );
});

test('terminals authorise by the control routes, and a settlement that is late comes when it is asked for', async (t) => {
  const { processor, upload, settlement } = await open(t);
  const server = await startSimulatorServer({ port: 0, simulators: [makeCardProcessorSimulator(processor)] });
  t.after(() => server.close());
  const send = async (method: string, path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/sp-net${path}`, {
      method,
      headers,
      body: JSON.stringify(body),
    });
    return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
  };
  const authorization = { merchant_number: 'M1', amount: 1_000, approval_code: '<b>', at: AT };
  const refused = await send('POST', '/control/authorizations', { authorizations: [authorization] });
  assert.equal(refused.status, 400);
  const accepted = await send('POST', '/control/authorizations', {
    authorizations: [{ ...authorization, approval_code: '100001' }],
  });
  assert.deepEqual(accepted, { status: 201, json: { authorizations_count: 1 } });

  await send('PUT', '/control/settlement_faults', { faults: ['late', 'sums_wrong'] });
  assert.equal((await upload('pa_1,2026-01-28,10:30:00,1000,100001,APPROVED')).settlement_file_name, null);
  await assert.rejects(settlement(), { code: 'ENOENT' });
  assert.deepEqual((await send('POST', '/control/settlements', { date: DAY })).json, {
    file_name: 'settlement_20260128.csv',
  });
  assert.match(await settlement(), /\nM1,2026-01-28,1,1000,10,990\n$/);
  await upload();
  assert.match(await settlement(), /\nM1,2026-01-28,1,1000,10,991\n$/, 'the second fault, and then none');
  assert.deepEqual(processor.listFaults(), []);

  const page = await (await fetch(`${server.url}/sp-net`)).text();
  assert.match(page, /transactions_20260128\.csv<\/strong>: 1 transactions, 1 approved ones/);
});

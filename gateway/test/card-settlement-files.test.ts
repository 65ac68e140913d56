// Settlement files as they really come, supplied by hand over the API: with a BOM, CRLF, Shift_JIS, quoted commas; cut off,
// too large, of another day. What cannot be right leaves nothing behind.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  batchOf,
  DAY,
  DUE,
  exceptionsOf,
  HEADER,
  payByCard,
  runBatches,
  startCardProcessor,
} from './support/card-processor-stage.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const processor = await startCardProcessor({ after });
let path = '';

before(async () => {
  await gateway.saveStore({
    merchant: { id: '加盟店', name: 'Kameiten' },
    store: { id: 'store_002', name: 'Second' },
  });
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  await payByCard(gateway, { amount: 200, merchant_store_id: 'store_002' }, { external_ref_id: 'A2' });
  gateway.clock.set(DUE);
  await runBatches(gateway);
  path = `/v1/card_batches/${(await batchOf(gateway))['id']}/settlement_file`;
});

const supply = (bytes: Buffer | string, file_name = 'settlement_20260115.csv') =>
  gateway.client.post(path, { file_name, content_base64: Buffer.from(bytes).toString('base64') });

/** What lies in the tables of it. */
const state = async () =>
  JSON.stringify([
    await gateway.query('select * from settlements order by id'),
    await gateway.query('select * from reconciliation_exceptions order by id'),
    await gateway.query('select * from card_batches'),
    await gateway.query('select * from book_entries order by object_id, kind'),
  ]);

const settlementOf = async (merchant_id: string): Promise<Json> => {
  const settlements = (await gateway.client.get('/v1/settlements?limit=100')).json as unknown as Json[];
  return settlements.find((one) => one['merchant_id'] === merchant_id && one['status'] !== 'replaced') ?? {};
};

const FIRST = `merchant_001,${DAY},1,3000,30,2970`;
const SHIFT_JIS_NAME = Buffer.from([0x89, 0xc1, 0x96, 0xbf, 0x93, 0x58]);

const REFUSED: [what: string, bytes: Buffer | string, problem: RegExp][] = [
  ['an empty file', '', /^The file is empty\.$/],
  ['a file of line ends', '\n\n', /^The file is empty\.$/],
  ['another file', 'a,b\n1,2\n', /^Line 1 is not the header/],
  ['a cut last line', `${HEADER}\n${FIRST}\nmerchant_002,${DAY},1`, /^Line 3 has 3 columns instead of 6/],
  ['a quote without its end', `${HEADER}\n"merchant_001,${DAY},1,1,0,1\n`, /^Line \d is no CSV/],
  [
    'another day',
    `${HEADER}\nmerchant_001,2026-01-14,1,3000,30,2970\n`,
    /^Line 2, column Date: it is 2026-01-14/,
  ],
  ['a merchant twice', `${HEADER}\n${FIRST}\n${FIRST}\n`, /^Line 3, column Merchant ID/],
  ['a line after a long cell', `${HEADER}\n"merchant\n_001",${DAY},1,x,0,1\n`, /^Line 2, column Merchant ID/],
  ['bytes that are no text', Buffer.from([...Buffer.from(`${HEADER}\n`), 0xff, 0xfe, 0x00, 0x0a]), /^Line 2/],
];

test('a file that cannot be right is refused by line and column, and leaves nothing behind', async () => {
  const unchanged = await state();
  for (const [what, bytes, problem] of REFUSED) {
    const { status, json, text } = await supply(bytes);
    assert.deepEqual([status, json.details?.field], [400, 'content_base64'], `${what}: ${text}`);
    assert.match(json.message, problem, what);
  }
  const no_base64 = await gateway.client.post(path, { file_name: 'x', content_base64: 'abcde' });
  assert.deepEqual([no_base64.status, no_base64.json.details.field], [400, 'content_base64']);
  assert.equal(await state(), unchanged);
});

test('a file that is too large is refused', async () => {
  const large = `${HEADER}\n${'x'.repeat(4 * 1_024 * 1_024)}`;
  assert.ok([400, 413].includes((await supply(large)).status));
  processor.settle(Buffer.from(large));
  await gateway.client.post('/v1/card_batches', { business_date: DAY });
  await runBatches(gateway);
  const batch = await batchOf(gateway);
  assert.deepEqual([batch['step'], batch['attempts_made']], ['download', 1]);
  assert.match(String(batch['error']), /large/);
});

test('BOM, CRLF, Shift_JIS and quoted commas are read, and the same bytes again change nothing', async () => {
  const crlf = `\ufeff${HEADER}\r\n"merchant_001",${DAY},1,"3,000",30,"2,970"\r\n加盟店,2026/01/15,1,200,2,198\r\n`;
  const answer = await supply(crlf, 'C:\\Users\\sato\\精算.csv');
  assert.deepEqual(
    [answer.status, answer.json.step, answer.json.source, answer.json.settlement_file_name],
    [200, 'done', 'by_hand', '精算.csv'],
    answer.text,
  );
  assert.deepEqual([answer.json.settlements_count, answer.json.exceptions_count], [2, 0]);
  assert.deepEqual(await exceptionsOf(gateway), []);

  const settled = (await gateway.client.get('/v1/settlements')).json;
  assert.equal((await supply(crlf)).status, 200);
  assert.deepEqual((await gateway.client.get('/v1/settlements')).json, settled);

  const shift_jis = Buffer.concat([
    Buffer.from(`${HEADER}\n${FIRST}\n`),
    SHIFT_JIS_NAME,
    Buffer.from(`,${DAY},1,200,2,198`),
  ]);
  const other = await supply(shift_jis);
  assert.deepEqual(
    [other.status, other.json.settlements_count, other.json.exceptions_count],
    [200, 2, 0],
    other.text,
  );
  // The same sums in other bytes settle nothing anew.
  assert.deepEqual((await gateway.client.get('/v1/settlements')).json, settled);
});

test('a file with other sums takes the place of the one before, and what was resolved stays resolved', async () => {
  const short = await supply(`${HEADER}\n${FIRST}\nMERCHANT-9,${DAY},1,5,0,5\n`);
  assert.equal(short.json.exceptions_count, 2, short.text);
  const found = await exceptionsOf(gateway);
  assert.deepEqual(found, ['missing_here MERCHANT-9 JPY -/1 -/5', 'missing_there 加盟店 JPY 1/- 200/-']);
  const before = await settlementOf('加盟店');
  assert.deepEqual(
    [before['status'], before['transaction_count'], before['gross_amount'], before['net_amount']],
    ['exceptions', 0, 0, null],
    'what the file before had settled is taken back',
  );
  const open = (await gateway.client.get('/v1/reconciliation_exceptions?status=open&kind=missing_here')).json;
  const decision = { reason: 'A test of theirs.', resolved_by: 'M. Sato' };
  await gateway.client.post(`/v1/reconciliation_exceptions/${open[0].id}/resolve`, decision);
  await supply(`${HEADER}\nMERCHANT-9,${DAY},1,5,0,5\n${FIRST}\n`);
  assert.deepEqual(await exceptionsOf(gateway), ['missing_there 加盟店 JPY 1/- 200/-']);
  // Named again, it is settled again.
  await supply(`${HEADER}\n${FIRST}\n加盟店,${DAY},1,200,2,198\n`);
  assert.deepEqual(await exceptionsOf(gateway), []);
  const after_all = await settlementOf('加盟店');
  assert.deepEqual([after_all['status'], after_all['net_amount']], ['reconciled', 198]);
});

// A day of cards, from the terminals to the settled books: what goes to the processor, byte for byte, and what comes of
// the file that it lays down.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  attemptOf,
  batchOf,
  DAY,
  DUE,
  exceptionsOf,
  mailsOf,
  payByCard,
  runBatches,
  startCardProcessor,
} from './support/card-processor-stage.ts';
import { startTestGateway } from './support/gateway.ts';

const UPLOAD_HEADER = 'Transaction ID,Date,Time,Amount,Approval Code,Status';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('a day of cards goes to the processor at 02:00, and what it settles agrees with the books', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  const { clock } = gateway;

  clock.set('2026-01-14T14:59:59.999Z');
  await payByCard(gateway, { amount: 1 }, { external_ref_id: 'day-before' });
  clock.set('2026-01-14T15:00:00.000Z');
  const first = await payByCard(gateway, { amount: 10_000 }, { external_ref_id: 'APP123' });
  clock.set('2026-01-15T02:15:00.000Z');
  const second = await payByCard(gateway, { amount: 5_000 }, { external_ref_id: '=1+"2",3' });
  clock.set('2026-01-15T03:00:00.000Z');
  const declined = await payByCard(
    gateway,
    { amount: 8_000 },
    { external_status: 'declined', external_ref_id: 'SLIP9' },
  );
  clock.advance(1_000);
  const broken = await payByCard(gateway, { amount: 600 }, { external_status: 'error' });

  // None of these is a card of this file: e-money, cash, another currency, and money that is only held.
  const e_money = { payment_method_type: 'e_money', provider: 'SUICA', external_ref_id: 'JE1' };
  await payByCard(gateway, { amount: 70 }, e_money);
  await gateway.client.confirm((await gateway.createIntent({ amount: 71 })).id, {
    payment_method_type: 'cash',
  });
  await payByCard(gateway, { amount: 7_200, currency: 'USD' }, { external_ref_id: 'USD1' });
  const manual = { amount: 73, capture_method: 'manual' };
  await payByCard(gateway, manual, { external_ref_id: 'HELD' });

  // What was held and then taken in part is in it, on the day and with the amount of the capture.
  const held = await payByCard(gateway, { ...manual, amount: 900 }, { external_ref_id: 'TAKEN' });
  clock.set('2026-01-15T05:00:00.000Z');
  const captured = await gateway.client.post(`/v1/payment_intents/${held.intent}/capture`, { amount: 400 });
  assert.equal(captured.status, 200, captured.text);

  // A terminal that took money for an order that was over.
  const over = await gateway.createIntent({ amount: 700 });
  clock.advance(31 * 60_000);
  const card = { payment_method_type: 'credit_card', provider: 'JCB', external_ref_id: 'LATE' };
  assert.equal((await gateway.client.confirm(over.id, card)).status, 409);
  const late = await attemptOf(gateway, over.id);

  clock.set('2026-01-15T14:59:59.999Z');
  const last = await payByCard(gateway, { amount: 20 }, { external_ref_id: 'LAST' });
  clock.set('2026-01-15T15:00:00.000Z');
  await payByCard(gateway, { amount: 2 }, { external_ref_id: 'day-after' });

  clock.set('2026-01-15T16:59:59.999Z');
  await runBatches(gateway);
  assert.deepEqual(processor.arrived, [], 'it is not two in the morning yet');
  clock.set(DUE);
  processor.hook.on_file = () => processor.settle([`merchant_001,${DAY},5,"16,120",161,15959`]);
  await runBatches(gateway);

  const expected = `${[
    UPLOAD_HEADER,
    `${first.attempt},2026-01-15,00:00:00,10000,APP123,APPROVED`,
    `${second.attempt},2026-01-15,11:15:00,5000,"'=1+""2"",3",APPROVED`,
    `${declined.attempt},2026-01-15,12:00:00,8000,,DECLINED`,
    `${broken.attempt},2026-01-15,12:00:01,600,,DECLINED`,
    `${held.attempt},2026-01-15,14:00:00,400,TAKEN,APPROVED`,
    `${late},2026-01-15,14:31:00,700,LATE,APPROVED`,
    `${last.attempt},2026-01-15,23:59:59,20,LAST,APPROVED`,
  ].join('\n')}\n`;
  assert.equal(processor.readUpload(), expected);
  assert.deepEqual(processor.arrived, ['/upload/transactions_20260115.csv']);

  const batch = await batchOf(gateway);
  const { id, settlement_sha256: _, ...facts } = batch;
  assert.deepEqual(facts, {
    object: 'card_batch',
    livemode: false,
    business_date: DAY,
    step: 'done',
    attempts_made: 0,
    uploaded_count: 7,
    approved_count: 5,
    uploaded_amount: 16_120,
    upload_size: Buffer.byteLength(expected),
    upload_sha256: sha256(expected),
    uploaded_at: DUE,
    settlement_file_name: 'settlement_20260115.csv',
    source: 'file',
    settlements_count: 1,
    exceptions_count: 1,
    finished_at: DUE,
    created_at: DUE,
    updated_at: DUE,
  });
  const [settlement] = (await gateway.client.get('/v1/settlements?provider=SP_NET')).json;
  assert.deepEqual(
    [settlement.status, settlement.card_batch, settlement.transaction_count, settlement.gross_amount],
    ['reconciled', id, 5, 16_120],
  );
  assert.deepEqual([settlement.fees_amount, settlement.net_amount], [161, 15_959]);
  assert.deepEqual(await exceptionsOf(gateway), ['missing_there merchant_001 USD 1/- 7200/-']);
  assert.deepEqual(await mailsOf(gateway), []);
});

test('a day run again sends the same bytes, and the same settlement changes nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  processor.settle([`merchant_001,${DAY},1,3000,30,2970`]);
  await runBatches(gateway);
  const sent = processor.readUpload();
  const done = await batchOf(gateway);
  const settled = (await gateway.client.get('/v1/settlements')).json;
  const booked = await gateway.query('select * from book_entries order by object_id, kind');

  gateway.clock.advance(60_000);
  const wanted = { business_date: DAY, upload_again: true };
  const answer = await gateway.client.post('/v1/card_batches', wanted);
  assert.deepEqual([answer.status, answer.json.step], [202, 'upload']);
  await runBatches(gateway);
  await gateway.client.post('/v1/card_batches', { business_date: DAY });
  await runBatches(gateway);
  assert.equal(processor.arrived.length, 2);
  assert.equal(processor.readUpload(), sent);
  const again = await batchOf(gateway);
  for (const fact of ['upload_sha256', 'settlement_sha256', 'settlements_count', 'source', 'step'])
    assert.equal(again[fact], done[fact], fact);
  assert.deepEqual((await gateway.client.get('/v1/settlements')).json, settled);
  assert.deepEqual(await gateway.query('select * from book_entries order by object_id, kind'), booked);
});

test('a settlement that is issued again takes the place of the one before', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  processor.settle([`merchant_001,${DAY},1,2999,30,2969`, `MERCHANT-9,${DAY},2,500,5,495`]);
  await runBatches(gateway);
  assert.deepEqual(await exceptionsOf(gateway), [
    'missing_here MERCHANT-9 JPY -/2 -/500',
    'totals_differ merchant_001 gross_amount -/- 3000/2999',
  ]);

  processor.settle([`merchant_001,${DAY},1,3000,30,2970`]);
  await gateway.client.post('/v1/card_batches', { business_date: DAY });
  await runBatches(gateway);
  assert.deepEqual(await exceptionsOf(gateway), []);
  const settlements = (await gateway.client.get('/v1/settlements')).json as unknown as { status: string }[];
  assert.deepEqual(settlements.map(({ status }) => status).sort(), ['reconciled', 'replaced']);
  assert.equal((await batchOf(gateway))['exceptions_count'], 0);
});

test('whoever is on one side only is an exception, and sums that do not add up are kept as they are', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'Second' },
    store: { id: 'store_002', name: 'Second' },
  });
  await gateway.saveStore({
    merchant: { id: 'merchant_003', name: 'Third' },
    store: { id: 'store_003', name: 'Third' },
  });
  await processor.connect(gateway, {
    merchant_numbers: { 'NO-1': 'merchant_001', 'NO-1B': 'merchant_001', 'NO-3': 'merchant_003' },
  });
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  await payByCard(gateway, { amount: 400, merchant_store_id: 'store_002' }, { external_ref_id: 'A2' });
  gateway.clock.set(DUE);
  processor.settle([
    `NO-1,${DAY},1,2000,20,1980`,
    // A second number of the same merchant.
    `NO-1B,${DAY},0,1000,-5,1006`,
    `merchant_002,${DAY},1,400,4,396`,
    'NO-3,2026-01-14,1,50,0,50',
  ]);
  await runBatches(gateway);
  assert.deepEqual(await exceptionsOf(gateway), [
    'missing_here merchant_002 JPY -/1 -/400',
    'missing_here merchant_003 JPY -/1 -/50',
    'missing_there merchant_002 JPY 1/- 400/-',
    'totals_differ merchant_001 net_amount -/- 1005/1006',
  ]);
  const [settlement] = (await gateway.client.get('/v1/settlements')).json;
  const { gross_amount, fees_amount, net_amount, status } = settlement;
  assert.deepEqual([gross_amount, fees_amount, net_amount, status], [3_000, 15, 2_986, 'exceptions']);
});

test('a day without cards is told as well, and needs no settlement file', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  gateway.clock.set(DUE);
  await runBatches(gateway);
  assert.equal(processor.readUpload(), `${UPLOAD_HEADER}\n`);
  assert.equal((await batchOf(gateway))['step'], 'download');
  for (let hours = 0; hours < 9; hours++) {
    gateway.clock.advance(3_600_000);
    await runBatches(gateway);
  }
  const batch = await batchOf(gateway);
  assert.deepEqual([batch['step'], batch['settlement_file_name']], ['done', undefined]);
  assert.deepEqual(await mailsOf(gateway), []);
});

test('a file with nothing but its header settles a day without cards, and leaves the others to people', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway, { starts_on: '2026-01-14' });
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  processor.settle([], '2026-01-14');
  processor.settle([]);
  await runBatches(gateway);
  const [before, day] = [await batchOf(gateway, '2026-01-14'), await batchOf(gateway)];
  assert.deepEqual([before['step'], before['exceptions_count']], ['done', 0]);
  assert.deepEqual([day['step'], day['exceptions_count']], ['done', 1]);
  assert.deepEqual(await exceptionsOf(gateway), ['missing_there merchant_001 JPY 1/- 3000/-']);
});

test('thousands of attempts make one file in the order of time and id', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  const { attempt } = await payByCard(gateway, { amount: 9 }, { external_status: 'declined' });
  // Copies with ids on both sides of the original, many of them in the same millisecond.
  await gateway.query(
    `insert into payment_attempts
     select (r).* from (
       select jsonb_populate_record(a, jsonb_build_object(
         'id', 'pa_' || lpad((n * 7919 % 3500)::text, 26, '0'),
         'updated_at', a.updated_at + (n % 3) * interval '1 millisecond')) as r
       from payment_attempts a cross join generate_series(1, 3499) n where a.id = $1) copies`,
    [attempt],
  );
  gateway.clock.set(DUE);
  await runBatches(gateway);
  const lines = (processor.readUpload() ?? '').split('\n');
  assert.equal(lines.length, 3_502);
  const expected = await gateway.query<{ id: string }>(
    'select id from payment_attempts order by updated_at, id collate "C"',
  );
  assert.deepEqual(
    lines.slice(1, -1).map((line) => line.split(',')[0]),
    expected.map(({ id }) => id),
  );
  assert.equal((await batchOf(gateway))['uploaded_count'], 3_500);
});

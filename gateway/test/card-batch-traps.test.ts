// Days of cards that a person has to get out of trouble: a gateway that fails by itself, and a file whose merchants were not
// known at first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
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

const MINUTE = 60_000;
const NUMBER = 'M-1';
const LINE = `${NUMBER},${DAY},1,3000,30,2970`;

test('a day at which the gateway itself fails is told by one mail, and holds up none of those after it', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  const merchant_numbers = { [NUMBER]: 'merchant_001', 'M-2': 'merchant_001' };
  await processor.connect(gateway, { starts_on: '2026-01-14', merchant_numbers });
  gateway.clock.set(DUE);
  // Together they are more than a settlement can count.
  const most = (number: string) => `${number},2026-01-14,2147483647,3000,30,2970`;
  processor.settle([most(NUMBER), most('M-2')], '2026-01-14');
  processor.settle([]);
  for (const wait of [0, 1, 5, 15, 60]) {
    gateway.clock.advance(wait * MINUTE);
    while ((await gateway.runJob('card_batches')) > 0);
  }
  const { step, attempts_made, error } = await batchOf(gateway, '2026-01-14');
  assert.deepEqual([step, attempts_made], ['failed', 4]);
  assert.match(String(error), /The gateway itself failed: look for this batch in its log/);
  assert.equal((await batchOf(gateway))['step'], 'done');
  assert.equal((await mailsOf(gateway)).length, 1);
});

test('a merchant whose number is told afterwards is settled by the same file', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway, { merchant_numbers: { other: 'merchant_001' } });
  await payByCard(gateway, { amount: 3_000 }, { external_ref_id: 'A1' });
  gateway.clock.set(DUE);
  processor.settle([LINE]);
  await runBatches(gateway);
  assert.deepEqual(await exceptionsOf(gateway), [
    `missing_here ${NUMBER} JPY -/1 -/3000`,
    'missing_there merchant_001 JPY 1/- 3000/-',
  ]);
  await processor.connect(gateway, { merchant_numbers: { [NUMBER]: 'merchant_001' } });
  await gateway.client.post('/v1/card_batches', { business_date: DAY });
  await runBatches(gateway);
  assert.deepEqual(await exceptionsOf(gateway), []);
  assert.equal((await batchOf(gateway))['exceptions_count'], 0);
});

test('a day whose only cards are in another currency needs no file, and still leaves them to people', async (t) => {
  const gateway = await startTestGateway(t);
  const processor = await startCardProcessor(t);
  await processor.connect(gateway);
  await payByCard(gateway, { amount: 7_200, currency: 'USD' }, { external_ref_id: 'USD1' });
  gateway.clock.set(DUE);
  for (let hour = 0; hour <= 9; hour++) {
    await runBatches(gateway);
    gateway.clock.advance(60 * MINUTE);
  }
  const { step, exceptions_count } = await batchOf(gateway);
  assert.deepEqual([step, exceptions_count], ['done', 1]);
  assert.deepEqual(await exceptionsOf(gateway), ['missing_there merchant_001 USD 1/- 7200/-']);
  assert.deepEqual(await mailsOf(gateway), []);
});

// What PayPay's files of several days, or several files of one, say of the same money: found once, missed for as long as
// it is missing, and never hidden by what was found elsewhere.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import {
  COLUMNS,
  DAY,
  importBytes,
  lineOf,
  MORNING,
  makeBytes,
  nameOf,
  pay,
  refund,
} from './support/reconciliation.ts';
import { openExceptions, settlementsOf, toldOfSettlements } from './support/settlements.ts';

const NEXT_DAY = '2026-01-17';
const NEXT_MORNING = '2026-01-17T00:00:00.000Z';
const resolution = { reason: 'PayPay has it.', resolved_by: 'M. Sato' };

async function startWithPayment(t: TestContext) {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  return { gateway, paid: await pay(gateway, { amount: 2_000, merchant_ref_id: 'order_1' }) };
}

/** An empty line more makes other bytes of the same file. */
const importLines = (gateway: TestGateway, day: string, ...lines: string[]) =>
  importBytes(gateway, nameOf(day), makeBytes(COLUMNS, lines));

const inShort = (exceptions: Json[]) =>
  exceptions.map(
    (each) => `${each['kind']} on ${each['business_date']}, ${each['refund'] ?? each['attempt_id']}`,
  );

test('what explained itself is missing again when the later file comes again without it', async (t) => {
  const { gateway, paid } = await startWithPayment(t);
  const later = lineOf(paid, 2_000, '2026/01/17 00:00:20');
  const other = await pay(gateway, { amount: 500 });
  const on_time = lineOf(other, 500, '2026/01/16 09:00:09');
  await importLines(gateway, DAY, on_time);
  const [missing] = await openExceptions(gateway);
  gateway.clock.set(NEXT_MORNING);
  await importLines(gateway, NEXT_DAY, later);
  assert.deepEqual(await openExceptions(gateway), []);
  // The earlier file comes again as well, and the explanation goes over to it.
  await importLines(gateway, DAY, on_time, '');
  const explained = (await gateway.client.get('/v1/reconciliation_exceptions')).json;
  const [first] = (await gateway.client.get('/v1/settlements?status=reconciled')).json;
  assert.deepEqual(
    explained.map((each: Json) => [each['id'], each['kind'], each['settlement']]),
    [[missing?.['id'], 'cross_midnight', first.id]],
  );
  const told = await toldOfSettlements(gateway);

  await importLines(gateway, NEXT_DAY);
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/500/0 2/2500/0 exceptions',
    '2026-01-17 merchant_001 0/0/0 0/0/0 reconciled',
  ]);
  const open = await openExceptions(gateway);
  assert.deepEqual(inShort(open), [`missing_there on 2026-01-16, ${paid.attempt_id}`]);
  assert.deepEqual([open[0]?.['id'], open[0]?.['settlement']], [missing?.['id'], first.id]);
  assert.deepEqual(
    (await toldOfSettlements(gateway)).slice(told.length).map((each) => each.replace(/ .*/, '')),
    ['settlement.exception', 'settlement.reconciled'],
  );

  await importLines(gateway, NEXT_DAY, later, '');
  assert.deepEqual(await openExceptions(gateway), []);
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/500/0 1/500/0 reconciled',
    '2026-01-17 merchant_001 1/2000/0 1/2000/0 reconciled',
  ]);
});

test('a payment and a refund that stand in the files of two days are money that we do not know', async (t) => {
  const { gateway, paid } = await startWithPayment(t);
  const refund_id = await refund(gateway, paid, 300);
  const back = (at: string) =>
    lineOf({ ...paid, attempt_id: refund_id }, 2_000, at)
      .replace('取引完了', '返金完了')
      .replace(',2000,', ',-300,');
  const of_day = [lineOf(paid, 2_000, '2026/01/16 09:00:05'), back('2026/01/16 09:00:15')];
  await importLines(gateway, DAY, ...of_day);
  gateway.clock.set(NEXT_MORNING);
  const again = [lineOf(paid, 2_000, '2026/01/17 09:00:05'), back('2026/01/17 09:00:15')];
  await importLines(gateway, NEXT_DAY, ...again);
  const found = async () => inShort(await openExceptions(gateway)).sort();
  const twice = [paid.attempt_id, refund_id].map((id) => `missing_here on 2026-01-17, ${id}`);
  assert.deepEqual(await found(), twice);
  // Each file again finds the same: a file is not held against the one that it replaces.
  await importLines(gateway, NEXT_DAY, ...again, '');
  await importLines(gateway, DAY, ...of_day, '');
  assert.deepEqual(await settlementsOf(gateway), [
    '2026-01-16 merchant_001 1/2000/300 1/2000/300 reconciled',
    '2026-01-17 merchant_001 1/2000/300 0/0/0 exceptions',
  ]);
  assert.deepEqual(await found(), twice);
});

test('what a person resolved is missing as before when a file had it for a while', async (t) => {
  const { gateway, paid } = await startWithPayment(t);
  await importLines(gateway, DAY);
  const [open] = await openExceptions(gateway);
  await gateway.client.post(`/v1/reconciliation_exceptions/${open?.['id']}/resolve`, resolution);
  await importLines(gateway, DAY, lineOf(paid, 2_000, '2026/01/16 09:00:05'));
  await importLines(gateway, DAY, '');
  assert.deepEqual(await settlementsOf(gateway), ['2026-01-16 merchant_001 0/0/0 1/2000/0 reconciled']);
  const [in_force] = (await gateway.client.get('/v1/settlements?status=reconciled')).json;
  const { json } = await gateway.client.get(`/v1/reconciliation_exceptions?settlement=${in_force.id}`);
  assert.deepEqual(
    json.map((each: Json) => [each['id'], each['resolved_by']]),
    [[open?.['id'], 'M. Sato']],
  );
});

test('what an order list misses is missing in the file all the same', async (t) => {
  const { gateway, paid } = await startWithPayment(t);
  const orders = [{ merchant_ref_id: 'order_2', amount: 1, status: 'paid' }];
  const list = { merchant_store_id: 'store_001', business_date: DAY, orders };
  assert.equal((await gateway.client.post('/v1/order_lists', list)).status, 201);
  assert.deepEqual(inShort(await openExceptions(gateway, '&kind=missing_there')), [
    `missing_there on 2026-01-16, ${paid.attempt_id}`,
  ]);
  await importLines(gateway, DAY);
  assert.deepEqual(inShort(await openExceptions(gateway, '&source=file')), [
    `missing_there on 2026-01-16, ${paid.attempt_id}`,
  ]);
  assert.deepEqual(await settlementsOf(gateway), ['2026-01-16 merchant_001 0/0/0 1/2000/0 exceptions']);
});

test('two days on which nothing happened have the same bytes, and each is its own file', async (t) => {
  const gateway = await startTestGateway(t);
  const quiet = async (day: string) => (await importLines(gateway, day)).file['result'];
  assert.deepEqual([await quiet(DAY), await quiet(NEXT_DAY)], ['imported', 'imported']);
  assert.deepEqual([await quiet(DAY), await quiet(NEXT_DAY)], ['already_imported', 'already_imported']);
  gateway.clock.set('2026-01-18T00:00:00.000Z');
  const paid = await pay(gateway, { amount: 2_000 });
  await importLines(gateway, '2026-01-18');
  assert.deepEqual(inShort(await openExceptions(gateway)), [
    `missing_there on 2026-01-18, ${paid.attempt_id}`,
  ]);
});

test('what an import that runs or has died has found is not there for anybody', async (t) => {
  const { gateway } = await startWithPayment(t);
  await importLines(gateway, DAY);
  const [open] = await openExceptions(gateway);
  await gateway.query("update reconciliation_files set status = 'importing', imported_at = null");
  const path = `/v1/reconciliation_exceptions/${open?.['id']}`;
  assert.deepEqual(await openExceptions(gateway), []);
  assert.equal((await gateway.client.get(path)).status, 404);
  assert.equal((await gateway.client.post(`${path}/resolve`, resolution)).status, 404);
  await gateway.runJob('measure');
  assert.match(await gateway.context.metrics.registry.metrics(), /^mpac_reconciliation_exceptions_open 0$/m);
});

test('a file from before there were settlements gets none by what its neighbour tells', async (t) => {
  const { gateway, paid } = await startWithPayment(t);
  gateway.clock.set('2026-01-16T14:55:00.000Z'); // five minutes before midnight
  const late = await pay(gateway, { amount: 4_000 });
  const noon = await pay(gateway, { amount: 500 });
  await importLines(gateway, DAY, lineOf(noon, 500, '2026/01/16 12:00:00'));
  await gateway.query('update reconciliation_exceptions set settlement_id = null');
  await gateway.query('delete from settlements');
  await gateway.query('update reconciliation_files set is_settled = false');
  gateway.clock.set(NEXT_MORNING);
  await importLines(gateway, NEXT_DAY, lineOf(paid, 2_000, '2026/01/17 00:00:20'));
  assert.deepEqual(inShort(await openExceptions(gateway)), [
    `missing_there on 2026-01-16, ${late.attempt_id}`,
  ]);
  assert.deepEqual(await settlementsOf(gateway), ['2026-01-17 merchant_001 1/2000/0 1/2000/0 reconciled']);
});

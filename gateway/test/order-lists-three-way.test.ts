// The third side of an order list: what the providers' files and settlements say, by the time that it is read.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordSettlements } from '../src/application/settlements.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import {
  DAY,
  fetchLines,
  importBytes,
  MORNING,
  makeBytes,
  makeFiles,
  nameOf,
  pay,
} from './support/reconciliation.ts';

const PLACE = { merchant_store_id: 'store_001', business_date: DAY };
const listed = (merchant_ref_id: string, amount: number, payment_method_type: string) => ({
  ...{ merchant_ref_id, amount, payment_method_type },
  status: 'paid',
});

async function post({ client }: TestGateway, orders: object[]) {
  const answer = await client.post('/v1/order_lists', { ...PLACE, orders });
  assert.ok(answer.status === 201 || answer.status === 200, answer.text);
  return answer;
}

async function statusesOf({ client }: TestGateway, id: string): Promise<Record<string, string>> {
  const { json } = await client.get(`/v1/order_lists/${id}/orders?limit=100`);
  return Object.fromEntries(
    json.map((order: Record<string, string>) => [order['merchant_ref_id'], order['provider_status']]),
  );
}

test('PayPay’s file confirms what it has, and says what is missing in it or differs, on a list that came before it', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse(MORNING) });
  const payments = [];
  for (const [n, ref] of ['found', 'changed', 'missing'].entries())
    payments.push(await pay(gateway, { merchant_ref_id: ref, amount: 1_000 + n }));
  const orders = [
    listed('found', 1_000, 'qr_mpm'),
    listed('changed', 1_001, 'qr_mpm'),
    listed('missing', 1_002, 'qr_mpm'),
    { merchant_ref_id: 'never_here', amount: 5, status: 'paid' },
  ];
  const { json: list } = await post(gateway, orders);
  assert.equal(list.matched_count, 3);
  assert.deepEqual(await statusesOf(gateway, list.id), {
    found: 'not_yet',
    changed: 'not_yet',
    missing: 'not_yet',
    never_here: 'not_applicable',
  });
  gateway.clock.set('2026-01-16T18:00:00.000Z');
  const [made] = await makeFiles(gateway, DAY);
  assert.ok(made);
  const { header, rows } = await fetchLines(made);
  // By their ids: the digits of an amount can stand in any number of PayPay's.
  const [found = '', dearer = ''] = payments.map(({ attempt_id }) =>
    rows.find((row) => row.includes(attempt_id)),
  );
  const changed = [found, dearer.replace(',1001,', ',1999,')];
  assert.notEqual(changed[1], dearer);
  await importBytes(gateway, nameOf(DAY), makeBytes(header, changed));
  const said = { found: 'confirmed', changed: 'differs', missing: 'missing', never_here: 'not_applicable' };
  assert.deepEqual(await statusesOf(gateway, list.id), said);
  const { provider_statuses } = (await gateway.client.get(`/v1/order_lists/${list.id}`)).json;
  assert.deepEqual(provider_statuses, {
    confirmed: { orders_count: 1, amount: 1_000 },
    differs: { orders_count: 1, amount: 1_001 },
    missing: { orders_count: 1, amount: 1_002 },
    not_yet: { orders_count: 0, amount: 0 },
    not_applicable: { orders_count: 1, amount: 0 },
  });
  // What a provider says is no reason for another list: the exceptions of its file tell it already.
  assert.equal((await post(gateway, orders)).status, 200);
});

test('a card is confirmed by a settlement of its day in Japan that agrees, and differs with one that does not', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse(MORNING) });
  const { client, context, organization_id } = gateway;
  const intent = await gateway.createIntent({ merchant_ref_id: 'card', amount: 3_000 });
  const by_card = { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: '123456-0042' };
  assert.equal((await client.confirm(intent.id, by_card)).status, 200);
  const { json: list } = await post(gateway, [listed('card', 3_000, 'credit_card')]);
  assert.deepEqual(await statusesOf(gateway, list.id), { card: 'not_yet' });
  const settle = async (business_date: string, gross_amount: number) => {
    const totals = { transaction_count: 1, refunded_amount: 0 };
    const settlement = {
      ...{ organization_id, livemode: false, merchant_id: 'merchant_001', provider: 'SP_NET', account: null },
      ...{ business_date, currency: 'JPY', file_name: null, file_id: null, card_batch_id: null, line: 2 },
      source: 'file' as const,
      stated: { ...totals, gross_amount, fees_amount: 30, net_amount: gross_amount - 30 },
      expected: { ...totals, gross_amount: 3_000 },
      exceptions: [],
    };
    const actor = { actor_type: 'system', actor_id: 'test' } as const;
    await context.db.withTransaction((tx) => recordSettlements(context, tx, [settlement], actor));
  };
  await settle('2026-01-15', 3_000);
  assert.deepEqual(await statusesOf(gateway, list.id), { card: 'not_yet' });
  await settle(DAY, 2_999);
  assert.deepEqual(await statusesOf(gateway, list.id), { card: 'differs' });
  await settle(DAY, 3_000);
  assert.deepEqual(await statusesOf(gateway, list.id), { card: 'confirmed' });
});

test('a list that comes by two roads at once is one, and of two different ones the later is in force', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse(MORNING), replicas: 2 });
  // Two keys, because the same bytes under one signature would be one request.
  const keys = [gateway.key, await gateway.addKey()];
  const clients = gateway.replicas.map((replica, at) => gateway.clientFor(keys[at], replica));
  const orders = Array.from({ length: 50 }, (_, n) => listed(`o${n}`, 100 + n, 'cash'));
  const postBoth = (of: (at: number) => object[]) =>
    Promise.all(clients.map((one, at) => one.post('/v1/order_lists', { ...PLACE, orders: of(at) })));
  const same = await postBoth(() => orders);
  assert.deepEqual(same.map(({ status }) => status).sort(), [200, 201]);
  assert.equal(new Set(same.map(({ json }) => json.id)).size, 1);
  const others = await postBoth((at) => orders.slice(at + 1));
  assert.deepEqual(
    others.map(({ status }) => status),
    [201, 201],
  );
  const rows = await gateway.query<{ n: number; orders: number; open: number }>(
    `select (select count(*)::int from order_lists where replaced_by is null) as n,
       (select count(*)::int from listed_orders) as orders,
       (select count(*)::int from reconciliation_exceptions where resolved_at is null) as open`,
  );
  const [row] = rows;
  assert.equal(row?.n, 1);
  assert.ok(row.orders === row.open && (row.open === 49 || row.open === 48), JSON.stringify(rows));
});

test('a list of ten thousand orders is compared whole, and its exceptions are told by the first hundred', async (t) => {
  const gateway = await startTestGateway(t, { now: Date.parse(MORNING) });
  await gateway.client.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/list' });
  const known = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const intent = await gateway.createIntent({ merchant_ref_id: `known_${n}`, amount: 500 });
      await gateway.client.confirm(intent.id, { payment_method_type: 'cash' });
      return listed(`known_${n}`, 500, 'cash');
    }),
  );
  const unknown = Array.from({ length: 9_980 }, (_, n) =>
    listed(`unknown_${n}`.padEnd(255, '店'), 1, 'cash'),
  );
  const { json, status } = await post(gateway, [...unknown, ...known]);
  assert.equal(status, 201);
  const { orders_count, matched_count, exceptions_count, exceptions, paid_amount, gateway_paid_amount } =
    json;
  assert.deepEqual(
    [orders_count, matched_count, exceptions_count, exceptions.length, paid_amount, gateway_paid_amount],
    [10_000, 20, 9_980, 100, 19_980, 10_000],
  );
  const [told] = await gateway.query<{ n: number }>(
    `select count(*)::int as n from events where type = 'settlement.exception'`,
  );
  assert.equal(told?.n, 100);
  const last = await gateway.client.get(`/v1/order_lists/${json.id}/orders?starting_after=9998`);
  assert.deepEqual(
    last.json.map(({ merchant_ref_id }: { merchant_ref_id: string }) => merchant_ref_id),
    ['known_19'],
  );
});

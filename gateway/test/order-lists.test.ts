// A till's end of day: the backend posts the orders of a store, and learns what of them the gateway has otherwise.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { STORE_ID, startTestGateway } from './support/gateway.ts';
import { DAY, listed, listFindings, openTill } from './support/tills.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;

const openStore = (id: string) => openTill(gateway, id);
const exceptionsOf = (list: { id: string }) => listFindings(gateway, list);

async function ordersOf(list: { id: string }, query = '') {
  const answer = await client.get(`/v1/order_lists/${list.id}/orders${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer;
}

test('a day on which both sides agree is reconciled, for codes, cards and cash, and each order says so', async () => {
  const store = await openStore('agreeing');
  const cash = await store.inCash(1_000);
  const card = await store.byCard(2_000);
  const code = await store.byQr(3_000);
  const back = await store.inCash(4_000);
  await store.refund(back);
  const part = await store.inCash(5_000);
  await store.refund(part, 500);
  const orders = [
    listed(cash.ref, 1_000, 'paid', { payment_method_type: 'cash' }),
    listed(card.ref, 2_000, 'paid', { payment_method_type: 'credit_card' }),
    listed(code.ref, 3_000, 'paid', { payment_method_type: 'qr_mpm' }),
    listed(back.ref, 4_000, 'refunded'),
    listed(part.ref, 5_000, 'paid', { refunded_amount: 500 }),
    listed('never_came', 700, 'cancelled'),
  ];
  const answer = await store.post(orders);
  assert.equal(answer.status, 201, answer.text);
  const { id, created_at, livemode, merchant_id, exceptions, ...facts } = answer.json;
  assert.match(id, /^ol_/);
  assert.deepEqual([created_at.length, livemode, merchant_id, exceptions], [24, false, 'merchant_001', []]);
  assert.deepEqual(facts, {
    object: 'order_list',
    status: 'reconciled',
    merchant_store_id: 'agreeing',
    business_date: DAY,
    currency: 'JPY',
    orders_count: 6,
    paid_amount: 15_000,
    refunded_amount: 4_500,
    gateway_orders_count: 5,
    gateway_paid_amount: 15_000,
    gateway_refunded_amount: 4_500,
    matched_count: 6,
    exceptions_count: 0,
    open_exceptions_count: 0,
    provider_statuses: {
      confirmed: { orders_count: 0, amount: 0 },
      differs: { orders_count: 0, amount: 0 },
      missing: { orders_count: 0, amount: 0 },
      not_yet: { orders_count: 2, amount: 5_000 },
      not_applicable: { orders_count: 4, amount: 10_000 },
    },
  });
  assert.deepEqual((await client.get(`/v1/order_lists/${id}`)).json, answer.json);
  const { json } = await ordersOf({ id });
  assert.deepEqual(
    json.map((order: Record<string, unknown>) => [
      order['position'],
      order['result'],
      order['provider'],
      order['provider_status'],
      order['amount_here'],
    ]),
    [
      [0, 'matched', 'CASH', 'not_applicable', 1_000],
      [1, 'matched', 'SP_NET', 'not_yet', 2_000],
      [2, 'matched', 'PAYPAY', 'not_yet', 3_000],
      [3, 'matched', 'CASH', 'not_applicable', 4_000],
      [4, 'matched', 'CASH', 'not_applicable', 5_000],
      [5, 'matched', undefined, 'not_applicable', undefined],
    ],
  );
});

test('everything that differs is an exception of its kind, and nothing else is', async () => {
  const store = await openStore('differing');
  const right = await store.inCash(1_000);
  const unlisted = await store.byCard(2_000);
  const other_amount = await store.inCash(3_000);
  const given_back = await store.inCash(4_000);
  await store.refund(given_back);
  const not_given_back = await store.inCash(5_000);
  const not_cancelled = await store.inCash(6_000);
  const open = await store.order({ amount: 7_000 });
  const answer = await store.post([
    listed(right.ref, 1_000),
    listed('unknown', 900, 'paid', { payment_method_type: 'cash' }),
    listed('unknown_card', 901),
    listed(other_amount.ref, 3_001),
    listed(given_back.ref, 4_000),
    listed(not_given_back.ref, 5_000, 'refunded'),
    listed(not_cancelled.ref, 6_000, 'cancelled'),
    listed(String(open['merchant_ref_id']), 7_000),
  ]);
  assert.equal(answer.status, 201, answer.text);
  const { status, matched_count, exceptions_count, open_exceptions_count, exceptions } = answer.json;
  assert.deepEqual([status, matched_count, exceptions_count, open_exceptions_count], ['exceptions', 1, 8, 8]);
  assert.equal(exceptions.length, 8);
  assert.deepEqual(await exceptionsOf(answer.json), [
    ['missing_there', unlisted.ref, 2_000, null, 'paid', 'SP_NET', true],
    ['amount_differs', other_amount.ref, 3_000, 3_001, 'paid', 'CASH', true],
    ['status_differs', given_back.ref, 0, 4_000, 'refunded', 'CASH', true],
    ['status_differs', not_given_back.ref, 5_000, 0, 'paid', 'CASH', true],
    ['status_differs', not_cancelled.ref, 6_000, null, 'paid', 'CASH', true],
    ['missing_here', 'differing_7', null, 7_000, 'requires_payment_method', 'UNKNOWN', true],
    ['missing_here', 'unknown', null, 900, null, 'CASH', true],
    ['missing_here', 'unknown_card', null, 901, null, 'UNKNOWN', true],
  ]);
  const wrong = await ordersOf(answer.json, '?result=status_differs&limit=2');
  assert.deepEqual(
    wrong.json.map(({ position }: { position: number }) => position),
    [4, 5],
  );
  const next = /<([^>]+)>; rel="next"/.exec(wrong.headers.get('link') ?? '')?.[1] ?? '';
  const rest = await client.get(new URL(next).pathname + new URL(next).search);
  assert.deepEqual(
    rest.json.map(({ position }: { position: number }) => position),
    [6],
  );
});

test('late money that is held for a cancelled order is named, and what came and went back is not', async () => {
  await client.call('PATCH', '/v1/organization', { late_payment_policy: 'hold' });
  const store = await openStore('late');
  const intent = await gateway.openQr({
    merchant_store_id: 'late',
    merchant_ref_id: 'late_order',
    amount: 800,
  });
  await intent.terminal.cancel();
  await gateway.paypay.payLate(intent.code);
  clock.advance(60_000);
  await gateway.settle();
  const orders = [listed('late_order', 800, 'cancelled')];
  const before = await store.post(orders);
  const [late] = await gateway.latePaymentsOf(intent);
  assert.deepEqual(await exceptionsOf(before.json), [
    ['status_differs', 'late_order', 800, null, 'late_payment', 'PAYPAY', true],
  ]);
  const decided = await client.post(`/v1/late_payments/${late?.['id']}/resolve`, {
    action: 'refund',
    reason: 'Nobody wants it.',
  });
  assert.equal(decided.status, 200, decided.text);
  clock.advance(60_000);
  await gateway.settle();
  const after_refund = await store.post(orders);
  assert.deepEqual([after_refund.status, after_refund.json.status], [201, 'reconciled']);
  assert.equal((await client.get(`/v1/order_lists/${before.json.id}`)).json.status, 'replaced');
});

test('the same list again, in any order, changes nothing; a changed one takes its place, and what was resolved stays so', async () => {
  const store = await openStore('repeating');
  const first = await store.inCash(1_000);
  const second = await store.inCash(2_000);
  const orders = [listed(first.ref, 999), listed(second.ref, 2_000), listed('gone', 5)];
  const one = await store.post(orders);
  const count = async () =>
    gateway.query('select count(*)::int as n from audit_log union all select count(*)::int from events');
  const before = await count();
  const again = await store.post(orders.toReversed());
  assert.deepEqual([again.status, again.text], [200, one.text]);
  assert.deepEqual(await count(), before);

  const [exception] = await gateway.query<{ id: string }>(
    `select id from reconciliation_exceptions where order_list_id = $1 and provider_reference = 'gone'`,
    [one.json.id],
  );
  const resolved = await client.post(`/v1/reconciliation_exceptions/${exception?.id}/resolve`, {
    reason: 'It was a test of the till.',
    resolved_by: 'M. Sato',
  });
  assert.equal(resolved.status, 200, resolved.text);
  const other = await store.post([listed(first.ref, 1_000), ...orders.slice(1)]);
  assert.equal(other.status, 201);
  assert.deepEqual(
    [other.json.status, other.json.exceptions_count, other.json.open_exceptions_count],
    ['reconciled', 1, 0],
  );
  assert.deepEqual(await exceptionsOf(other.json), [
    ['missing_here', 'gone', null, 5, null, 'UNKNOWN', false],
  ]);
  const former = (await client.get(`/v1/order_lists/${one.json.id}`)).json;
  assert.deepEqual(
    [former.status, former.replaced_by, former.exceptions_count],
    ['replaced', other.json.id, 0],
  );
});

test('a late shop’s night belongs to the day before, and its list says so', async (t) => {
  const own = await startTestGateway(t, { now: Date.parse('2026-01-15T17:00:00.000Z') });
  const synced = await own.client.post('/v1/sync/merchants', {
    merchants: [
      {
        id: 'merchant_001',
        name: 'Bars',
        stores: [{ id: 'bar', name: 'Bar', business_day_starts_at: '05:00' }],
      },
    ],
  });
  assert.equal(synced.status, 200, synced.text);
  // Two o'clock in the morning of the 16th.
  const intent = await own.createIntent({ merchant_store_id: 'bar', merchant_ref_id: 'night', amount: 900 });
  assert.equal((await own.client.confirm(intent.id, { payment_method_type: 'cash' })).status, 200);
  const post = (business_date: string) =>
    own.client.post('/v1/order_lists', {
      ...{ merchant_store_id: 'bar', business_date },
      orders: [listed('night', 900)],
    });
  const early = await post('2026-01-16');
  assert.deepEqual([early.status, early.json.details.constraint], [400, 'max_value'], early.text);
  const { json } = await post('2026-01-15');
  assert.deepEqual([json.status, json.matched_count, json.gateway_paid_amount], ['reconciled', 1, 900]);
});

test('a list is of one store and one day, and what it cannot be is refused by name', async () => {
  const store = await openStore('refusing');
  clock.set('2026-01-15T16:00:00.000Z');
  const refused: [object[], object, string, string][] = [
    [[listed('a', 1), listed('b', 0)], {}, 'orders.1.amount', 'min_value'],
    [[listed('a', 1), listed('b', 1), listed('a', 2)], {}, 'orders.2.merchant_ref_id', 'unique_items'],
    [[listed('a', 1, 'open')], {}, 'orders.0.status', 'enum'],
    [[listed('a', 1, 'paid', { amont: 1 })], {}, 'orders.0.amont', 'unknown_field'],
    [[listed('a', 5, 'paid', { refunded_amount: 6 })], {}, 'orders.0.refunded_amount', 'max_value'],
    [[listed('a', 5, 'cancelled', { refunded_amount: 5 })], {}, 'orders.0.refunded_amount', 'max_value'],
    [[], { business_date: '2026-02-30' }, 'business_date', 'format'],
    [[], { business_date: '2026-01-17' }, 'business_date', 'max_value'],
    [[], { currency: 'XXY' }, 'currency', 'iso_4217'],
    [[], { merchant_store_id: 'nowhere' }, 'merchant_store_id', 'exists'],
    [Array.from({ length: 10_001 }, (_, n) => listed(`o${n}`, 1)), {}, 'orders', 'max_items'],
  ];
  for (const [orders, changes, field, constraint] of refused) {
    const { status, json, text } = await store.post(orders, changes);
    assert.deepEqual(
      [status, json.details?.field, json.details?.constraint],
      [400, field, constraint],
      text.slice(0, 300),
    );
  }
  const twice = await store.post([listed('a', 1), listed('a', 1)]);
  assert.match(twice.json.message, /orders\.1 and orders\.0 are the same order/);
  assert.equal((await store.post([], { business_date: '2026-01-16' })).status, 201);
});

test('a key of one merchant posts and reads its own lists only', async () => {
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  const body = { merchant_store_id: STORE_ID, business_date: DAY, orders: [] };
  const own = await narrow.post('/v1/order_lists', body);
  assert.equal(own.status, 201, own.text);
  await gateway.saveStore({ merchant: { id: 'm_2', name: 'Two' }, store: { id: 'of_two', name: 'Two' } });
  const other = await client.post('/v1/order_lists', { ...body, merchant_store_id: 'of_two' });
  assert.equal(other.status, 201, other.text);
  assert.equal((await narrow.get(`/v1/order_lists/${other.json.id}`)).status, 404);
  assert.equal((await narrow.get(`/v1/order_lists/${other.json.id}/orders`)).status, 404);
  assert.equal((await narrow.post('/v1/order_lists', { ...body, merchant_store_id: 'of_two' })).status, 400);
});

test('orders are forgotten with the events of their time, and the list and its exceptions stay', async (t) => {
  const own = await startTestGateway(t);
  const body = { merchant_store_id: STORE_ID, business_date: DAY, orders: [listed('a', 1), listed('b', 2)] };
  const { json } = await own.client.post('/v1/order_lists', body);
  const count = async () => (await own.client.get(`/v1/order_lists/${json.id}/orders`)).json.length;
  await own.runJob('purge');
  assert.equal(await count(), 2);
  own.clock.advance((own.context.config.retention_days + 1) * 86_400_000);
  await own.runJob('purge');
  assert.equal(await count(), 0);
  const kept = (await own.client.get(`/v1/order_lists/${json.id}`)).json;
  assert.deepEqual([kept.status, kept.orders_count, kept.open_exceptions_count], ['exceptions', 2, 2]);
});

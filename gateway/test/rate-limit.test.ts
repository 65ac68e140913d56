// Whose budget a request is taken from: a merchant's, whatever signs for it; a key's, where no merchant is named;
// and that of all together, which one caller who asks too often does not use up for the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, send } from './support/client.ts';
import { MERCHANT_ID, STORE_ID, startTestGateway, type TestGateway } from './support/gateway.ts';

const INTENTS = '/v1/payment_intents';

const remainingOf = ({ headers }: Answer) => Number(headers.get('x-ratelimit-remaining'));
const limited = (limit: number) => ({ config: { rate_limit_per_merchant: limit } });

async function addMerchantB(gateway: TestGateway): Promise<void> {
  await gateway.saveStore({ merchant: { id: 'merchant_b', name: 'B' }, store: { id: 'store_b', name: 'B' } });
}

test('a merchant has one budget, whichever key asks for it and however it is named', async (t) => {
  const gateway = await startTestGateway(t, limited(100));
  const { client, key } = gateway;
  await addMerchantB(gateway);
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: MERCHANT_ID }));
  const as_merchant = gateway.clientFor({ id: MERCHANT_ID, secret: key.secret });
  const second = gateway.clientFor(await gateway.addKey());

  const created = await client.create(gateway.newOrder());
  const { id } = created.json;
  const cash = { payment_method_type: 'cash' };
  const seen = [
    remainingOf(created),
    remainingOf(
      await second.create(gateway.newOrder({ merchant_store_id: undefined, merchant_id: MERCHANT_ID })),
    ),
    remainingOf(await client.retrieve(id)),
    remainingOf(await narrow.get(INTENTS)),
    remainingOf(await as_merchant.get(INTENTS)),
    remainingOf(await client.reissueToken(id)),
    remainingOf(await second.confirm(id, cash)),
  ];
  assert.deepEqual(seen, [99, 98, 97, 96, 95, 94, 93]);
  // Another merchant of the same organization has its own, and so has the key where it acts for none.
  assert.equal(remainingOf(await client.create(gateway.newOrder({ merchant_store_id: 'store_b' }))), 99);
  assert.equal(remainingOf(await client.get(INTENTS)), 99);
  assert.equal(remainingOf(await client.get('/v1/api_keys')), 98);
  assert.equal(remainingOf(await second.get(INTENTS)), 99);
});

test('a merchant without a budget is refused before anything is done, and the others are served', async (t) => {
  const gateway = await startTestGateway(t, limited(3));
  await addMerchantB(gateway);
  const { client } = gateway;
  const order = gateway.newOrder();
  const { json } = await client.create(order, { idempotency_key: 'first' });
  await client.retrieve(json.id);
  await client.retrieve(json.id);
  for (const answer of [
    await client.create(gateway.newOrder()),
    await client.retrieve(json.id),
    await client.confirm(json.id, { payment_method_type: 'cash' }),
  ]) {
    assert.deepEqual([answer.status, answer.json.code], [429, 'rate_limit_exceeded']);
    assert.deepEqual([answer.headers.get('x-ratelimit-limit'), remainingOf(answer)], ['3', 0]);
    assert.ok(Number(answer.headers.get('retry-after')) >= 1);
  }
  const [{ count } = { count: 0 }] = await gateway.query<{ count: number }>(
    'select count(*) from payment_intents',
  );
  assert.equal(count, 1);
  assert.equal((await client.create(gateway.newOrder({ merchant_store_id: 'store_b' }))).status, 201);
  assert.equal((await client.get(INTENTS)).status, 200);
});

test('made-up merchants, stores and payments have no budgets of their own', async (t) => {
  const gateway = await startTestGateway(t, limited(4));
  const { client } = gateway;
  const answers = [
    await client.create(gateway.newOrder({ merchant_store_id: 'nowhere' })),
    await client.create(gateway.newOrder({ merchant_store_id: undefined, merchant_id: 'nobody' })),
    await client.create({ amount: 0 }),
    await client.retrieve('pi_01JHM4Z4T6V0Q0V9W8S1R2X3YA'),
  ];
  assert.deepEqual(
    answers.map((answer) => [answer.status, remainingOf(answer)]),
    [
      [400, 3],
      [400, 2],
      [400, 1],
      [404, 0],
    ],
  );
  for (let n = 0; n < 2; n += 1) {
    const refused = await client.create(gateway.newOrder({ merchant_store_id: `nowhere_${n}` }));
    assert.deepEqual([refused.status, refused.json.code], [429, 'rate_limit_exceeded']);
    assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  }
  // The key is known to err; its good requests count on their merchant.
  assert.equal((await client.create(gateway.newOrder({ merchant_store_id: STORE_ID }))).status, 201);
});

test('a retry counts, and a confirm that has to begin anew counts once', async (t) => {
  const gateway = await startTestGateway(t, limited(100));
  const { client } = gateway;
  const order = gateway.newOrder();
  assert.equal(remainingOf(await client.create(order, { idempotency_key: 'k' })), 99);
  const replayed = await client.create(order, { idempotency_key: 'k' });
  assert.deepEqual([replayed.headers.get('idempotency-replayed'), remainingOf(replayed)], ['true', 98]);
  const { id } = replayed.json;
  const tries = await Promise.all(
    [1, 2, 3, 4].map(() => client.confirm(id, { payment_method_type: 'cash' })),
  );
  assert.equal(Math.min(...tries.map(remainingOf)), 94);
});

test('a token counts on its own payment, so that one till does not stop the others', async (t) => {
  const gateway = await startTestGateway(t, limited(2));
  await gateway.query('select 1');
  const [first, second] = [await gateway.createIntent(), await gateway.createIntent()];
  const till = gateway.terminalFor(first);
  for (const remaining of [1, 0]) assert.equal(remainingOf(await till.retrieve()), remaining);
  assert.equal((await till.retrieve()).status, 429);
  assert.equal((await gateway.terminalFor(second).retrieve()).status, 200);
});

test('made-up tokens use up neither the budget of the payment that they name, nor that of all', async (t) => {
  const gateway = await startTestGateway(t, { config: { rate_limit_per_merchant: 3, rate_limit_global: 6 } });
  const intent = await gateway.createIntent();
  for (let n = 0; n < 20; n += 1) {
    const made_up = { id: intent.id, payment_token: `${intent.id}_secret_${n}` };
    assert.equal((await gateway.terminalFor(made_up).retrieve()).status, 401);
  }
  const till = gateway.terminalFor(intent);
  const statuses = [];
  for (let n = 0; n < 4; n += 1) statuses.push((await till.retrieve()).status);
  assert.deepEqual(statuses, [200, 200, 200, 429]);
});

test('tokens that were proven count on all callers together', async (t) => {
  const gateway = await startTestGateway(t, { config: { rate_limit_global: 4 } });
  const tills = [];
  for (let n = 0; n < 2; n += 1) tills.push(gateway.terminalFor(await gateway.createIntent()));
  const statuses = [];
  for (const till of [...tills, ...tills]) statuses.push((await till.retrieve()).status);
  assert.deepEqual(statuses, [200, 200, 429, 429]);
});

test('what a proven caller is refused for counts on him, before it is looked at', async (t) => {
  const gateway = await startTestGateway(t, limited(100));
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: MERCHANT_ID }));
  const forbidden = await narrow.post('/v1/sync/merchants', { merchants: [] });
  assert.deepEqual([forbidden.status, remainingOf(forbidden)], [403, 99]);
  const unreadable = await gateway.client.post('/v1/sync/merchants', '{');
  assert.deepEqual([unreadable.status, remainingOf(unreadable)], [400, 99]);
});

test('all callers together have a budget, which one who is refused does not use up', async (t) => {
  const gateway = await startTestGateway(t, {
    config: { rate_limit_per_merchant: 2, rate_limit_global: 6 },
  });
  const loud = gateway.clientFor(await gateway.addKey());
  const statuses = [];
  for (let n = 0; n < 20; n += 1) statuses.push((await loud.get(INTENTS)).status);
  assert.deepEqual(statuses.slice(0, 4), [200, 200, 429, 429]);
  const others = [];
  for (let n = 0; n < 4; n += 1) others.push(gateway.clientFor(await gateway.addKey()));
  for (const other of others) assert.equal((await other.get(INTENTS)).status, 200);
  const last = await gateway.client.get(INTENTS);
  assert.deepEqual([last.status, last.json.code], [429, 'rate_limit_exceeded']);
  assert.equal((await gateway.client.create(gateway.newOrder())).status, 429);
});

test('without a Redis the metric says nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const { text } = await send(gateway.url, 'GET', '/metrics', {}, undefined);
  assert.match(text, /^mpac_rate_limit_redis_up nan$/im);
});

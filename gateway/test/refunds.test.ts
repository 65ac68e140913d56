// Refunds through the API: in whole, in part, to the last unit and never beyond; who may give back what, what is
// recorded and what is sent, and how refunds are found again.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;
const { payCash, payCard, payQr, refund, retrieve, refunded, rows, atPaypay } = makeRefundStage(gateway);

test('a refund of cash is recorded, and has succeeded', async () => {
  const intent = await payCash();
  const { status, json } = await refund(intent, {
    amount: 400,
    reason: 'Cold soup',
    metadata: { by: 'Sato' },
  });
  assert.equal(status, 201, JSON.stringify(json));
  assert.match(json.id, /^re_[0-9A-Z]{26}$/);
  assert.deepEqual(json, {
    id: json.id,
    object: 'refund',
    payment_intent: intent.id,
    amount: 400,
    currency: 'JPY',
    status: 'succeeded',
    livemode: false,
    merchant_id: 'merchant_001',
    provider: 'CASH',
    processing_mode: 'manual',
    created_at: new Date(gateway.clock.now()).toISOString(),
    reason: 'Cold soup',
    metadata: { by: 'Sato' },
  });
  const now = (await client.retrieve(intent.id)).json;
  assert.deepEqual([now.status, now.amount_received, now.amount_refunded], ['succeeded', 1_000, 400]);
  assert.deepEqual(await gateway.eventsOf(intent), [
    'created',
    'succeeded',
    'refund.created',
    'refund.succeeded',
  ]);
  assert.deepEqual(await retrieve(json), json);
});

test('a refund of a card is recorded as external, under the brand', async () => {
  const intent = await payCard();
  const { status, json } = await refund(intent);
  assert.deepEqual(
    [status, json.status, json.amount, json.provider, json.processing_mode],
    [201, 'succeeded', 1_000, 'VISA', 'external'],
  );
});

test('a refund at PayPay gives the money back once, and is told as the whole object', async () => {
  const intent = await payQr();
  const { status, json } = await refund(intent, { reason: 'Returned' });
  assert.equal(status, 201, JSON.stringify(json));
  assert.deepEqual([json.status, json.amount, json.processing_mode], ['succeeded', 1_000, 'pgw_processed']);
  assert.deepEqual(await atPaypay(intent), [
    { ...(await atPaypay(intent))[0], merchantRefundId: json.id, amount: 1_000, status: 'REFUNDED' },
  ]);
  const told = await gateway.query<{ type: string; object: Json }>(
    `select type, object_json::json as object from events where object_json::json ->> 'id' = $1 order by id`,
    [json.id],
  );
  assert.deepEqual(
    told.map(({ type, object }) => [type, object['status']]),
    [
      ['refund.created', 'pending'],
      ['refund.succeeded', 'succeeded'],
    ],
  );
  assert.deepEqual(told[1]?.object, json);
});

test('partial refunds go to the last yen, and not one further', async () => {
  for (const intent of [await payCash(), await payQr()]) {
    for (const amount of [1, 333, 665]) {
      assert.equal((await refund(intent, { amount })).status, 201);
    }
    const { status, json } = await refund(intent, { amount: 2 });
    assert.deepEqual(
      [status, json.code, json.details.field, json.details.constraint, json.details.amount_refundable],
      [400, 'invalid_request', 'amount', 'max_value', 1],
    );
    assert.equal((await refund(intent)).json.amount, 1, 'without an amount, all that is left');
    assert.equal((await refund(intent, { amount: 1 })).json.details.amount_refundable, 0);
    const nothing_left = await refund(intent);
    assert.deepEqual([nothing_left.status, nothing_left.json.code], [409, 'invalid_payment_state']);
    assert.equal(await refunded(intent), 1_000);
    assert.equal((await rows(intent)).length, 4);
  }
});

test('only what was captured can be given back', async () => {
  const intent = await gateway.createIntent({ capture_method: 'manual' });
  await client.confirm(intent.id, { payment_method_type: 'cash' });
  assert.equal((await refund(intent)).status, 409);
  await client.capture(intent.id, { amount: 600 });
  assert.equal((await refund(intent, { amount: 601 })).json.details.amount_refundable, 600);
  assert.equal((await refund(intent)).json.amount, 600);
});

test('of money that PayPay held, what was captured goes back', async () => {
  const intent = await gateway.openQr({ capture_method: 'manual' });
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(3_000);
  await gateway.settle();
  assert.equal((await refund(intent)).status, 409, 'held money is released by a cancel');
  const captured = await client.capture(intent.id, { amount: 600 });
  assert.equal(captured.status, 200, captured.text);
  assert.equal((await refund(intent, { amount: 601 })).json.details.amount_refundable, 600);
  const { status, json } = await refund(intent);
  assert.deepEqual([status, json.amount, json.status], [201, 600, 'succeeded']);
  assert.deepEqual(
    (await atPaypay(intent)).map((one) => one.amount),
    [600],
  );
});

test('an intent without money is not refunded, and says how it stands', async () => {
  const open = await gateway.createIntent();
  const waiting = await gateway.openQr();
  const cancelled = await gateway.createIntent();
  await client.cancel(cancelled.id);
  for (const [intent, expected] of [
    [open, 'requires_payment_method'],
    [waiting, 'requires_action'],
    [cancelled, 'cancelled'],
  ] as const) {
    const { status, json } = await refund(intent);
    assert.deepEqual(
      [status, json.code, json.details.status],
      [409, 'invalid_payment_state', expected],
      expected,
    );
    assert.deepEqual(await rows(intent), []);
  }
});

test('what is wrong in a request is named', async () => {
  const intent = await payCash();
  for (const [body, field] of [
    [{ amount: 0 }, 'amount'],
    [{ amount: -1 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ amount: '100' }, 'amount'],
    [{ amount: null }, 'amount'],
    [{ reason: '' }, 'reason'],
    [{ reason: 'x'.repeat(256) }, 'reason'],
    [{ reason: 'a\u0000b' }, 'reason'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
    [{ amonut: 100 }, 'amonut'],
    [{ payment_intent: undefined }, 'payment_intent'],
    [{ payment_intent: 5 }, 'payment_intent'],
  ] as const) {
    const { status, json } = await refund(intent, body as Json);
    assert.deepEqual([status, json.details?.field], [400, field], JSON.stringify(body));
  }
  const unknown = await refund({ id: 'pi_01JHM4Z4T6V0Q0V9W8S1R2X3YA' });
  assert.deepEqual([unknown.status, unknown.json.error.code], [404, 'payment_not_found']);
  assert.deepEqual(await rows(intent), []);
});

test('the same request again is one refund and one answer', async () => {
  const intent = await payQr();
  const options = { idempotency_key: 'refund-once' };
  const first = await refund(intent, { amount: 300 }, options);
  const again = await refund(intent, { amount: 300 }, options);
  assert.deepEqual(
    [again.status, again.text, again.headers.get('idempotency-replayed')],
    [201, first.text, 'true'],
  );
  const other = await refund(intent, { amount: 301 }, options);
  assert.deepEqual([other.status, other.json.code], [409, 'idempotency_conflict']);
  assert.equal(await refunded(intent), 300);
  assert.equal((await atPaypay(intent)).length, 1);
  const twice = await refund(intent, { amount: 300 });
  assert.equal(twice.status, 201, 'another key is another refund');
  assert.equal(await refunded(intent), 600);
});

test('nobody refunds or sees what is not his', async () => {
  const other = await gateway.addOrganization();
  const intent = await payCash();
  const { json } = await refund(intent, { amount: 10 });
  const stranger = await refund(intent, { amount: 10 }, undefined, other.client);
  assert.deepEqual([stranger.status, stranger.json.error.code], [404, 'payment_not_found']);
  assert.deepEqual((await other.client.get(`/v1/refunds/${json.id}`)).json.error.code, 'not_found');
  assert.deepEqual((await other.client.get(`/v1/refunds?payment_intent=${intent.id}`)).json, []);
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  assert.equal((await refund(intent, { amount: 10 }, undefined, live)).status, 404);
  assert.equal((await live.get(`/v1/refunds/${json.id}`)).status, 404);
  const token = await fetch(`${gateway.url}/v1/refunds`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payment_intent: intent.id, payment_token: intent.payment_token }),
  });
  assert.equal(token.status, 401, 'a payment token gives nothing back');
  assert.equal(await refunded(intent), 10);
});

test('a key of one merchant refunds and lists what is that merchant’s, and nothing else', async () => {
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'Other' },
    store: { id: 'store_002', name: 'Other' },
  });
  const own = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  const theirs = await payCash({ merchant_store_id: 'store_002' });
  const mine = await payCash();
  assert.equal((await refund(theirs, {}, undefined, own)).status, 404);
  const { status, json } = await refund(mine, { amount: 5 }, undefined, own);
  assert.equal(status, 201);
  const hidden = (await refund(theirs, { amount: 5 })).json;
  assert.equal((await own.get(`/v1/refunds/${hidden.id}`)).status, 404);
  const listed = (await own.get('/v1/refunds?limit=100')).json as Json[];
  assert.ok(listed.some((one) => one['id'] === json.id));
  assert.ok(listed.every((one) => one['merchant_id'] === 'merchant_001'));
});

test('refunds are listed newest first, by intent and by status, a page at a time', async (t) => {
  const own = await startTestGateway(t);
  const stage = makeRefundStage(own);
  const [one, two] = [await stage.payCash(), await stage.payQr()];
  await stage.settings({ refund_delay_seconds: 60 });
  const made: string[] = [];
  for (const amount of [1, 2, 3]) made.unshift((await stage.refund(one, { amount })).json.id);
  own.clock.advance(60_000);
  const later = new Date(own.clock.now()).toISOString();
  made.unshift((await stage.refund(two, { amount: 4 })).json.id);
  const ids = async (query: string) =>
    ((await own.client.get(`/v1/refunds${query}`)).json as { id: string }[]).map(({ id }) => id);
  assert.deepEqual(await ids(''), made);
  assert.deepEqual(await ids(`?payment_intent=${one.id}`), made.slice(1));
  assert.deepEqual(await ids('?status=pending'), made.slice(0, 1));
  assert.deepEqual(await ids('?status=failed'), []);
  assert.deepEqual(await ids(`?created_gte=${later}`), made.slice(0, 1));
  assert.deepEqual(await ids(`?created_lt=${later}`), made.slice(1));
  assert.deepEqual(await ids(`?created_gte=${later}&status=succeeded`), []);
  assert.deepEqual(await ids(`?payment_intent=${one.id}&status=succeeded&limit=1`), made.slice(1, 2));

  const first = await own.client.get('/v1/refunds?limit=3');
  assert.deepEqual(
    (first.json as { id: string }[]).map(({ id }) => id),
    made.slice(0, 3),
  );
  const link = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const next = new URL(link);
  const second = await own.client.get(next.pathname + next.search);
  assert.deepEqual((second.json as { id: string }[])[0]?.id, made[3]);
  assert.equal(second.headers.get('link'), null);
  for (const query of ['?limit=0', '?limit=101', '?status=done', '?starting_after=x', '?payment=x']) {
    assert.equal((await own.client.get(`/v1/refunds${query}`)).status, 400, query);
  }
});

test('who refunded, and how much, stands in the audit log', async () => {
  const intent = await payCash();
  const { json, headers } = await refund(intent, { amount: 70, reason: 'Broken plate' });
  const entries = await gateway.query('select * from audit_log where object_id = $1', [json.id]);
  assert.equal(entries.length, 1);
  const { action, actor_type, actor_id, reason, details, request_id, merchant_id } = entries[0] ?? {};
  assert.deepEqual(
    { action, actor_type, actor_id, reason, details, request_id, merchant_id },
    {
      action: 'refund.created',
      actor_type: 'api_key',
      actor_id: gateway.key.id,
      reason: 'Broken plate',
      details: { payment_intent: intent.id, amount: 70 },
      request_id: headers.get('x-request-id'),
      merchant_id: 'merchant_001',
    },
  );
});

test('a store that lost its settings for the provider is told before anything is written', async () => {
  await gateway.saveStore({ store: { id: 'store_bare', name: 'Bare' } });
  const intent = await payQr({ merchant_store_id: 'store_bare' });
  await gateway.query(`delete from payment_processor_configs where merchant_store_id = 'store_bare'`);
  const { status, json } = await refund(intent);
  assert.deepEqual([status, json.code], [400, 'provider_not_supported'], JSON.stringify(json));
  assert.deepEqual(await rows(intent), []);
});

test('refunds are counted by status', async () => {
  const body = await (await fetch(`${gateway.url}/metrics`)).text();
  for (const status of ['pending', 'succeeded']) {
    assert.match(body, new RegExp(`^mpac_refunds_total\\{status="${status}"\\} [1-9]`, 'm'));
  }
});

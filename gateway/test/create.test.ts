// Creating a payment intent: the three documents' own requests and answers, who the merchant is, and that an
// order's reference is taken once.
import assert from 'node:assert/strict';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { MERCHANT_ID, START_MS, STORE_ID, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

const ID = /^pi_[0-9A-HJKMNP-TV-Z]{26}$/;
const iso = (ms: number) => new Date(ms).toISOString();

test('the example of the API reference works as written', async () => {
  const request = {
    amount: 1000,
    currency: 'JPY',
    payment_method_types: ['qr_mpm'],
    merchant_ref_id: 'order_12345',
    merchant_store_id: 'store_001',
    merchant_terminal_id: 'terminal_001',
    description: 'Order #12345',
    expires_in_minutes: 30,
  };
  const { status, json, headers } = await client.create(request);
  assert.equal(status, 201);
  assert.match(headers.get('content-type') ?? '', /^application\/json/);
  const { id, payment_token, ...rest } = json;
  assert.match(id, ID);
  assert.match(payment_token, new RegExp(`^${id}_secret_[A-Za-z0-9_-]{32}$`));
  assert.deepEqual(rest, {
    object: 'payment_intent',
    status: 'requires_payment_method',
    livemode: false,
    amount: 1000,
    currency: 'JPY',
    amount_capturable: 0,
    amount_received: 0,
    amount_refunded: 0,
    payment_method_types: ['qr_mpm'],
    capture_method: 'automatic',
    merchant_id: MERCHANT_ID,
    merchant_ref_id: 'order_12345',
    merchant_store_id: 'store_001',
    merchant_terminal_id: 'terminal_001',
    description: 'Order #12345',
    created_at: iso(START_MS),
    expires_at: iso(START_MS + 30 * 60_000),
  });
});

test('the Node.js example of the PaymentIntent guide works as written: merchant id, raw secret, no store', async () => {
  const body = JSON.stringify({
    merchant_ref_id: 'order_123',
    amount: 1500,
    currency: 'JPY',
    payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
  });
  const path = '/v1/payment_intents';
  const timestamp = Math.floor(START_MS / 1000);
  const bodyHash = createHash('sha256').update(body).digest('hex');
  const signature = createHmac('sha256', gateway.key.secret)
    .update(`POST\n${path}\n${timestamp}\n${bodyHash}`)
    .digest('hex');
  const response = await fetch(gateway.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: `HMAC-SHA256 ${MERCHANT_ID}:${timestamp}:${signature}`,
      'Idempotency-Key': randomUUID(),
    },
    body,
  });
  assert.equal(response.status, 201);
  const intent = (await response.json()) as Record<string, unknown>;
  assert.equal(intent['object'], 'payment_intent');
  assert.equal(intent['merchant_id'], MERCHANT_ID);
  assert.equal(intent['capture_method'], 'automatic');
  assert.deepEqual(intent['payment_method_types'], ['qr_mpm', 'credit_card', 'cash']);
  assert.equal('merchant_store_id' in intent, false);
});

test('the Python client of the guide works too: spaces in its JSON, capture_method and currency given', async () => {
  const body =
    '{"merchant_ref_id": "order_py", "amount": 1500, "currency": "JPY", "payment_method_types": ["qr_mpm", "cash"], "capture_method": "automatic"}';
  const { status } = await gateway
    .clientFor({ id: MERCHANT_ID, secret: gateway.key.secret, form: 'raw' })
    .create(body, { headers: { accept: '*/*' } });
  assert.equal(status, 201);
});

test('the request of the integration guide works as written', async () => {
  const request = {
    amount: 1000,
    currency: 'JPY',
    payment_method_types: ['qr_mpm'],
    merchant_ref_id: 'order_integration_12345',
    merchant_store_id: 'store_001',
  };
  assert.equal((await client.create(request)).status, 201);
});

test('currency defaults to yen and is understood in either case; what is left out stays out', async () => {
  const order = gateway.newOrder();
  const { json } = await client.create({ ...order, currency: undefined });
  assert.equal(json.currency, 'JPY');
  for (const field of [
    'description',
    'metadata',
    'merchant_terminal_id',
    'tax_amount',
    'provider',
    'outcome',
  ]) {
    assert.equal(field in json, false, field);
  }
  const usd = await client.create(gateway.newOrder({ currency: 'usd' }));
  assert.equal(usd.json.currency, 'USD');
});

test('every optional field is kept and shown again', async () => {
  const fields = {
    description: '',
    expires_in_minutes: 1440,
    capture_method: 'manual',
    metadata: { table: '7', 'note 空': 'ラテ ☕' },
    tax_amount: 90,
    receipt_number: 'R-0001',
    merchant_id: MERCHANT_ID,
  };
  const intent = await gateway.createIntent(fields);
  const { json } = await client.retrieve(intent.id);
  const { expires_in_minutes: _, ...shown } = fields;
  assert.deepEqual({ ...json, ...shown }, json);
  assert.equal(json.expires_at, iso(START_MS + 1440 * 60_000));
  assert.equal('payment_token' in json, false, 'the token is shown at creation only');
});

test('the smallest and the largest amount are accepted, and an integer in another spelling', async () => {
  for (const [text, amount] of [
    ['1', 1],
    ['99999999999', 99_999_999_999],
    ['1e3', 1_000],
    ['1000.0', 1_000],
  ] as const) {
    const order = JSON.stringify(gateway.newOrder({ amount: 0 })).replace('"amount":0', `"amount":${text}`);
    const { status, json } = await client.create(order);
    assert.deepEqual([status, json.amount], [201, amount], text);
  }
});

test('an event with the whole resource is written with the intent, and none without it', async () => {
  const intent = await gateway.createIntent();
  const events = await gateway.query<{ type: string; object_json: string }>(
    `select type, object_json from events where object_json::json ->> 'id' = $1`,
    [intent.id],
  );
  assert.equal(events.length, 1);
  assert.equal(events[0]?.type, 'payment_intent.created');
  assert.deepEqual(JSON.parse(events[0]?.object_json ?? ''), (await client.retrieve(intent.id)).json);
});

test('the token is stored as a hash only', async () => {
  const intent = await gateway.createIntent();
  const [row] = await gateway.query<{ payment_token_hash: Buffer }>(
    'select payment_token_hash from payment_intents where id = $1',
    [intent.id],
  );
  assert.deepEqual(row?.payment_token_hash, createHash('sha256').update(intent.payment_token).digest());
});

test('a store that was never synchronised is named in the refusal', async () => {
  const { status, json } = await client.create(gateway.newOrder({ merchant_store_id: 'store_999' }));
  assert.deepEqual([status, json.code, json.details.field], [400, 'invalid_request', 'merchant_store_id']);
});

test('a store can be used as soon as it is synchronised, also after it was missed', async () => {
  const order = gateway.newOrder({ merchant_store_id: 'store_new' });
  assert.equal((await client.create(order)).status, 400);
  await gateway.saveStore({ store: { id: 'store_new', name: 'New' } });
  assert.equal((await client.create(order)).status, 201);
});

test('a reference that is taken answers with the intent that has it', async () => {
  const first = await gateway.createIntent({ merchant_ref_id: 'order_taken' });
  const second = await client.create(gateway.newOrder({ merchant_ref_id: 'order_taken', amount: 5 }));
  assert.equal(second.status, 409);
  assert.equal(second.json.code, 'idempotency_conflict');
  assert.equal(second.json.error.code, 'idempotency_conflict');
  assert.equal(second.json.details.payment_intent, first.id);
  assert.ok(second.json.message.includes(first.id));
});

test('a reference is free again after its intent failed or was cancelled, and not after it succeeded', async () => {
  const failed = await gateway.openQr({ merchant_ref_id: 'order_again' });
  await gateway.paypay.decline(failed.code);
  gateway.clock.advance(3_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(failed), 'failed');

  const cancelled = await gateway.createIntent({ merchant_ref_id: 'order_again' });
  assert.equal((await client.cancel(cancelled.id)).status, 200);

  const paid = await gateway.createIntent({ merchant_ref_id: 'order_again' });
  assert.equal((await client.capture(paid.id)).status, 200);
  const again = await client.create(gateway.newOrder({ merchant_ref_id: 'order_again' }));
  assert.deepEqual([again.status, again.json.details.payment_intent], [409, paid.id]);
});

test('twenty tills that create the same order at once get one intent', async () => {
  const order = gateway.newOrder({ merchant_ref_id: 'order_crowd' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, till) =>
      client.create({ ...order, merchant_terminal_id: `till_${till}` }),
    ),
  );
  const created = answers.filter((answer) => answer.status === 201);
  assert.equal(created.length, 1);
  for (const answer of answers.filter((one) => one.status !== 201)) {
    assert.deepEqual([answer.status, answer.json.details.payment_intent], [409, created[0]?.json.id]);
  }
  const [row] = await gateway.query<{ intents: number; events: number }>(
    `select (select count(*)::int from payment_intents where merchant_ref_id = 'order_crowd') as intents,
            (select count(*)::int from events where object_json like '%order_crowd%') as events`,
  );
  assert.deepEqual(row, { intents: 1, events: 1 });
});

test('the same reference is free for another merchant, and for live payments', async () => {
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'Second' },
    store: { id: 'store_002', name: 'Second' },
  });
  await gateway.saveStore({ livemode: true });
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  await gateway.createIntent({ merchant_ref_id: 'order_shared' });
  const second = await gateway.createIntent({
    merchant_ref_id: 'order_shared',
    merchant_store_id: 'store_002',
  });
  assert.equal(second['merchant_id'], 'merchant_002');
  const third = await gateway.createIntent({ merchant_ref_id: 'order_shared' }, live);
  assert.equal(third['livemode'], true);
});

test('without a store the merchant must be clear: the only one, the one named, or the key’s own', async (t) => {
  const own = await startTestGateway(t);
  const without_store = () => own.newOrder({ merchant_store_id: undefined });
  const only = await own.client.create(without_store());
  assert.deepEqual([only.status, only.json.merchant_id], [201, MERCHANT_ID]);

  await own.saveStore({
    merchant: { id: 'merchant_002', name: 'Second' },
    store: { id: 'store_002', name: 'Second' },
  });
  const unclear = await own.client.create(without_store());
  assert.deepEqual([unclear.status, unclear.json.details.field], [400, 'merchant_store_id']);
  const named = await own.client.create({ ...without_store(), merchant_id: 'merchant_002' });
  assert.deepEqual([named.status, named.json.merchant_id], [201, 'merchant_002']);

  const narrow = own.clientFor(await own.addKey({ merchant_id: 'merchant_002' }));
  const implied = await narrow.create(without_store());
  assert.deepEqual([implied.status, implied.json.merchant_id], [201, 'merchant_002']);
  const foreign = await narrow.create({ ...without_store(), merchant_id: MERCHANT_ID });
  assert.deepEqual([foreign.status, foreign.json.code], [403, 'forbidden']);
  const foreign_store = await narrow.create(own.newOrder({ merchant_store_id: STORE_ID }));
  assert.deepEqual([foreign_store.status, foreign_store.json.details.field], [400, 'merchant_store_id']);
  const mismatch = await own.client.create(own.newOrder({ merchant_id: 'merchant_002' }));
  assert.equal(mismatch.status, 400);
});

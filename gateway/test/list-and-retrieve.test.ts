// Reading payment intents: filters, order and pages of the list, and that nobody sees what is another's.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Client, Json } from './support/client.ts';
import { MERCHANT_ID, START_MS, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;
const LIST = '/v1/payment_intents';

const ids = (answer: Answer): string[] => answer.json.map((intent: Json) => intent['id']);

/** The path of the next page, or null on the last. */
function nextPath(answer: Answer): string | null {
  const link = answer.headers.get('link');
  if (link === null) return null;
  const [, url = '', rel] = /^<([^>]+)>; rel="(\w+)"$/.exec(link) ?? [];
  assert.equal(rel, 'next');
  assert.ok(url.startsWith(`${gateway.url}/`), url);
  return url.slice(gateway.url.length);
}

await gateway.saveStore({ store: { id: 'store_002', name: 'Osaka' } });
await gateway.saveStore({
  merchant: { id: 'merchant_002', name: 'Other' },
  store: { id: 'store_003', name: 'X' },
});
const created: string[] = [];
for (const [place, changes] of [
  {},
  { merchant_store_id: 'store_002' },
  { merchant_store_id: 'store_003' },
  {},
  { merchant_store_id: 'store_002' },
].entries()) {
  gateway.clock.set(START_MS + place * 60_000);
  created.push((await gateway.createIntent(changes)).id);
}
const [a = '', b = '', c = '', d = '', e = ''] = created;
await client.capture(a);
await client.cancel(b);

test('the list is a bare array, newest first, of whole payment intents without tokens', async () => {
  const answer = await client.get(LIST);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  assert.deepEqual(ids(answer), [e, d, c, b, a]);
  assert.equal(answer.headers.get('link'), null);
  assert.equal(answer.text.includes('_secret_'), false);
  assert.deepEqual(answer.json[4], (await client.retrieve(a)).json);
});

test('filters are by store, status, reference and time, and work together', async () => {
  for (const [query, expected] of [
    ['merchant_store_id=store_002', [e, b]],
    ['merchant_store_id=store_999', []],
    ['status=requires_payment_method', [e, d, c]],
    ['status=succeeded', [a]],
    ['status=cancelled&merchant_store_id=store_002', [b]],
    ['status=failed', []],
    ['merchant_ref_id=order_4', [d]],
    ['created_gte=2026-01-15T10:03:00Z', [e, d]],
    ['created_lt=2026-01-15T10:01:00.000Z', [a]],
    ['created_gte=2026-01-15T19:01:00%2B09:00&created_lt=2026-01-15T10:03:00Z', [c, b]],
    ['created_gte=2026-01-16T09:03:00%2B23:00', [e, d]],
    ['created_gte=0001-01-01T00:00:00Z&created_lt=9999-12-31T23:59:59Z&status=succeeded', [a]],
    [`merchant_ref_id=order_2&status=cancelled&starting_after=${c}`, [b]],
    ['merchant_ref_id=order_2&merchant_store_id=store_001', []],
    [`starting_after=${d}`, [c, b, a]],
    ['offset=3', [b, a]],
    ['offset=9', []],
  ] as const) {
    assert.deepEqual(ids(await client.get(`${LIST}?${query}`)), expected, query);
  }
});

test('a reference finds every try of its order, newest first', async () => {
  const merchant_ref_id = 'tried twice';
  const first = await gateway.createIntent({ merchant_ref_id });
  await client.cancel(first.id);
  const second = await gateway.createIntent({ merchant_ref_id });
  assert.deepEqual(ids(await client.get(`${LIST}?merchant_ref_id=tried+twice`)), [second.id, first.id]);
  for (const { id } of [first, second]) {
    await gateway.query('delete from payment_intents where id = $1', [id]);
  }
});

test('a query that is not understood is refused with its field', async () => {
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['offset=-1', 'offset'],
    ['status=paid', 'status'],
    ['starting_after=7', 'starting_after'],
    ['created_gte=yesterday', 'created_gte'],
    ['created_gte=0000-01-01T00:00:00Z', 'created_gte'],
    ['created_lt=0001-01-01T00:00:00%2B23:00', 'created_lt'],
    ['created_lt=9999-12-31T23:59:59-23:00', 'created_lt'],
    ['created_lt=2026-12-31T23:59:60Z', 'created_lt'],
    ['page=2', 'page'],
    ['merchant_store_id=%00', 'merchant_store_id'],
  ] as const) {
    const { status, json } = await client.get(`${LIST}?${query}`);
    assert.deepEqual([status, json.code, json.details?.field], [400, 'invalid_request', field], query);
  }
  assert.equal((await client.get(`${LIST}?limit=100`)).status, 200);
  assert.equal((await client.get(`${LIST}?status=succeeded&status=failed`)).status, 400);
});

test('pages follow each other by the Link header, with their filters, and miss nothing that is created meanwhile', async () => {
  const first = await client.get(`${LIST}?limit=2`);
  assert.deepEqual(ids(first), [e, d]);
  const newer = await gateway.createIntent();
  const second = await client.get(nextPath(first) ?? '');
  assert.deepEqual(ids(second), [c, b]);
  const third = await client.get(nextPath(second) ?? '');
  assert.deepEqual(ids(third), [a]);
  assert.equal(nextPath(third), null);
  assert.equal(ids(await client.get(`${LIST}?limit=1`))[0], newer.id);

  const filtered = await client.get(`${LIST}?limit=1&merchant_store_id=store_002`);
  const rest = await client.get(nextPath(filtered) ?? '');
  assert.deepEqual([ids(filtered), ids(rest)], [[e], [b]]);
});

test('twenty come without a limit', async (t) => {
  const own = await startTestGateway(t);
  for (let n = 0; n < 21; n += 1) await own.createIntent();
  const page = await own.client.get(LIST);
  assert.equal(page.json.length, 20);
  assert.match(page.headers.get('link') ?? '', /starting_after=pi_/);
});

test('one intent is read with a signature and with its token', async () => {
  const intent = await gateway.createIntent();
  const path = `${LIST}/${intent.id}`;
  const by_key = await client.get(path);
  const by_token = await gateway.terminalFor(intent).retrieve();
  assert.equal(by_key.status, 200);
  assert.equal(by_token.text, by_key.text);
  for (const field of ['id', 'status', 'amount', 'currency', 'payment_method_types', 'merchant_ref_id']) {
    assert.deepEqual(by_key.json[field], intent[field], field);
  }
  assert.match(by_key.json.created_at, /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
});

test('what does not exist is 404, with both documents’ codes', async () => {
  const { status, json } = await client.retrieve('pi_01JXXXXXXXXXXXXXXXXXXXXXXX');
  assert.deepEqual([status, json.code, json.error.code], [404, 'not_found', 'payment_not_found']);
});

/** Every way in which a key can reach for an intent. */
async function reachFor(by: Client, id: string): Promise<Answer[]> {
  return [
    await by.retrieve(id),
    await by.confirm(id, { payment_method_type: 'cash' }),
    await by.capture(id),
    await by.cancel(id),
    await by.reissueToken(id),
  ];
}

test('another organization’s key finds nothing and changes nothing, on any endpoint', async () => {
  const other = await gateway.addOrganization();
  const intent = await gateway.createIntent();
  for (const { status, json, text } of await reachFor(other.client, intent.id)) {
    assert.deepEqual([status, json.error.code], [404, 'payment_not_found']);
    assert.equal(text.includes('order_'), false);
  }
  assert.deepEqual((await other.client.get(LIST)).json, []);
  const by_ref = `${LIST}?merchant_ref_id=${String(intent['merchant_ref_id'])}`;
  assert.deepEqual((await other.client.get(by_ref)).json, []);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  const same_reference = await other.client.create(
    gateway.newOrder({ merchant_ref_id: intent['merchant_ref_id'] }),
  );
  assert.equal(same_reference.status, 201, 'its references are its own');
});

test('a merchant’s key finds only that merchant’s intents', async () => {
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_002' }));
  assert.deepEqual(ids(await narrow.get(LIST)), [c]);
  for (const { status } of await reachFor(narrow, d)) assert.equal(status, 404);
  const by_merchant_id = gateway.clientFor({ id: 'merchant_002', secret: gateway.key.secret });
  assert.deepEqual(ids(await by_merchant_id.get(LIST)), [c], 'an id in the signature narrows likewise');
  assert.equal((await by_merchant_id.retrieve(d)).status, 404);
});

test('a webhook endpoint of another organization, or of the other mode, does not exist', async () => {
  const path = '/v1/webhook_endpoints';
  const endpoint = await client.post(path, { url: 'https://hooks.example.com/' });
  assert.equal(endpoint.status, 201, endpoint.text);
  const other = await gateway.addOrganization();
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  for (const by of [other.client, live]) {
    assert.deepEqual((await by.get(path)).json, []);
    for (const reach of [`${path}/${endpoint.json.id}`, `${path}/${endpoint.json.id}/events`]) {
      const { status, json } = await by.get(reach);
      assert.deepEqual([status, json.code], [404, 'not_found'], reach);
    }
  }
  assert.equal((await client.get(`${path}/${endpoint.json.id}`)).status, 200);
});

test('the settings of another merchant’s store are not used', async () => {
  await gateway.saveStore({
    merchant: { id: 'merchant_bare', name: 'Bare' },
    store: { id: 'store_bare', name: 'Bare' },
    payment_processor_configs: [],
  });
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_bare' }));
  for (const merchant_store_id of ['store_bare', undefined]) {
    const intent = await gateway.createIntent({ merchant_store_id }, narrow);
    const { status, json } = await gateway.terminalFor(intent).confirmQr();
    assert.deepEqual([status, json.code], [400, 'provider_not_supported']);
  }
});

test('credentials that were sealed for one store do not open for another', async (t) => {
  const own = await startTestGateway(t);
  await own.saveStore({ store: { id: 'store_002', name: 'Osaka' } });
  await own.query(
    `update payment_processor_configs set credentials_sealed =
       (select credentials_sealed from payment_processor_configs where merchant_store_id = 'store_001')
     where merchant_store_id = 'store_002'`,
  );
  const moved = await own.createIntent({ merchant_store_id: 'store_002' });
  assert.equal((await own.terminalFor(moved).confirmQr()).status, 500);
  assert.equal(await own.statusOf(moved), 'requires_payment_method');
  assert.equal(await own.paypay.calls('create_code'), 0);
  assert.equal((await own.openQr()).confirmation['status'], 'requires_action', 'its own store goes on');
});

test('live and test payments do not see each other', async () => {
  await gateway.saveStore({ livemode: true });
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  const intent = await gateway.createIntent({}, live);
  assert.equal(intent['livemode'], true);
  for (const { status } of await reachFor(client, intent.id)) assert.equal(status, 404);
  for (const { status } of await reachFor(live, d)) assert.equal(status, 404);
  assert.deepEqual(ids(await live.get(LIST)), [intent.id]);
});

test('the same merchant id in two organizations is told apart by the secret', async () => {
  const other = await gateway.addOrganization();
  const theirs = gateway.clientFor({ id: MERCHANT_ID, secret: other.key.secret, form: 'raw' });
  assert.deepEqual((await theirs.get(LIST)).json, []);
  const intent = await gateway.createIntent({}, theirs);
  assert.equal((await client.retrieve(intent.id)).status, 404);
  const ours = gateway.clientFor({ id: MERCHANT_ID, secret: gateway.key.secret, form: 'raw' });
  assert.equal((await ours.retrieve(a)).status, 200);
  assert.equal((await ours.retrieve(intent.id)).status, 404);
});

test('the list is not for tokens', async () => {
  const intent = await gateway.createIntent();
  const answer = await fetch(`${gateway.url}${LIST}?payment_token=${intent.payment_token}`);
  assert.equal(answer.status, 401);
});

test('every combination of filters is a list of its own, also on one connection', async (t) => {
  const own = await startTestGateway(t, { config: { database_pool_size: 1 } });
  const key = await own.addKey({ merchant_id: MERCHANT_ID });
  const intent = await own.createIntent({ merchant_store_id: 'store_001', merchant_ref_id: 'order_1' });
  const filters: [string, string][] = [
    ['merchant_store_id', 'store_001'],
    ['merchant_ref_id', 'order_1'],
    ['status', 'requires_payment_method'],
    ['created_gte', '2020-01-01T00:00:00Z'],
    ['created_lt', '2030-01-01T00:00:00Z'],
    ['starting_after', 'pi_7ZZZZZZZZZZZZZZZZZZZZZZZZZ'],
  ];
  for (const by of [own.client, own.clientFor(key)]) {
    for (let chosen = 0; chosen < 2 ** filters.length; chosen++) {
      const query = new URLSearchParams(filters.filter((_, place) => chosen & (2 ** place))).toString();
      const answer = await by.get(query === '' ? LIST : `${LIST}?${query}`);
      assert.equal(answer.status, 200, query);
      assert.deepEqual(ids(answer), [intent.id], query);
    }
  }
});

// The routes of webhook endpoints, over HTTP with real signatures.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type ApiKeyResource, createApiKey } from '../src/application/api-keys.ts';
import type { NewWebhookEndpoint } from '../src/application/webhook-endpoints.ts';
import { GatewayError } from '../src/domain/error.ts';
import { signRequest } from '../src/domain/request-signature.ts';
import { makeServer } from '../src/http/server.ts';
import { makeWebhookHarness, ORGANIZATION, startReceiver } from './support/webhooks.ts';

type Json = Record<string, unknown>;

async function makeApi(t: TestContext) {
  const gateway = await makeWebhookHarness(t);
  const app = await makeServer(gateway.context);
  t.after(() => app.close());
  const addKey = (merchant_id?: string) =>
    createApiKey(gateway.context, {
      organization_id: ORGANIZATION,
      livemode: false,
      ...(merchant_id !== undefined && { merchant_id }),
    });
  const key = await addKey();

  async function call(
    method: 'GET' | 'POST',
    path: string,
    body: Json | null = null,
    options: { key?: ApiKeyResource; idempotency_key?: string } = {},
  ) {
    const { id, secret_key: secret = '' } = options.key ?? key;
    const payload = body === null ? '' : JSON.stringify(body);
    // A signature is good for one request, so no two requests are made in the same second.
    gateway.clock.now_ms += 1_000;
    const timestamp = Math.floor(gateway.clock.now_ms / 1_000);
    const signature = signRequest({ secret, form: 'canonical', method, path, timestamp, body: payload });
    const response = await app.inject({
      method,
      url: path,
      headers: {
        authorization: `HMAC-SHA256 ${id}:${timestamp}:${signature}`,
        ...(body !== null && { 'content-type': 'application/json' }),
        ...(options.idempotency_key !== undefined && { 'idempotency-key': options.idempotency_key }),
      },
      ...(body !== null && { payload }),
    });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: response.body,
      json: response.json(),
    };
  }
  return { gateway, app, call, addKey };
}

test('an endpoint is registered with a secret that is shown once', async (t) => {
  const { call } = await makeApi(t);
  const created = await call('POST', '/v1/webhook_endpoints', {
    url: 'https://hooks.example.com/pay',
    enabled_events: ['payment_intent.*'],
    description: 'Ledger',
  });
  assert.equal(created.status, 201, created.body);
  const { secret, ...endpoint } = created.json;
  assert.match(secret, /^whsec_/);
  assert.deepEqual(
    { ...endpoint, id: '', created_at: '' },
    {
      id: '',
      object: 'webhook_endpoint',
      url: 'https://hooks.example.com/pay',
      enabled_events: ['payment_intent.*'],
      description: 'Ledger',
      status: 'enabled',
      livemode: false,
      last_sequence: 0,
      created_at: '',
    },
  );
  assert.deepEqual((await call('GET', `/v1/webhook_endpoints/${endpoint.id}`)).json, endpoint);
  assert.deepEqual((await call('GET', '/v1/webhook_endpoints')).json, [endpoint]);
});

test('a registration that is sent again with its key makes no second endpoint', async (t) => {
  const { call } = await makeApi(t);
  const body = { url: 'https://hooks.example.com/' };
  const [first, again] = [
    await call('POST', '/v1/webhook_endpoints', body, { idempotency_key: 'register-1' }),
    await call('POST', '/v1/webhook_endpoints', body, { idempotency_key: 'register-1' }),
  ];
  assert.equal(again.body, first.body, 'the same answer, with the same secret');
  assert.equal(again.headers['idempotency-replayed'], 'true');
  assert.equal((await call('GET', '/v1/webhook_endpoints')).json.length, 1);
});

test('a mistake in a registration is answered with its field', async (t) => {
  const { call } = await makeApi(t);
  const url = 'https://hooks.example.com/';
  const mistakes: [Json, string][] = [
    [{}, 'url'],
    [{ url: 'https://127.1.2.3:80@example.com/' }, 'url'],
    [{ url: 'https://169.254.169.254/' }, 'url'],
    [{ url, events: [] }, 'events'],
    [{ url, enabled_events: ['everything'] }, 'enabled_events.0'],
  ];
  for (const [body, field] of mistakes) {
    const { status, json } = await call('POST', '/v1/webhook_endpoints', body);
    assert.deepEqual([status, json.code, json.details?.field], [400, 'invalid_request', field]);
  }
});

test('what an endpoint was given can be read page by page, byte for byte as delivered', async (t) => {
  const { gateway, call } = await makeApi(t);
  const receiver = await startReceiver(t);
  const endpoint = await gateway.addEndpoint({ url: receiver.url });
  await gateway.addEvents(5);
  await gateway.fanOut();
  await gateway.makeDelivery().deliver();
  const path = `/v1/webhook_endpoints/${endpoint.id}/events`;

  const bodies = receiver.received.map((one) => one.body).sort();
  const all = await call('GET', path);
  const in_order = [...bodies].sort((a, b) => JSON.parse(a).sequence - JSON.parse(b).sequence);
  assert.equal(all.body, `[${in_order.join(',')}]`);
  assert.equal(all.headers['link'], undefined);

  const page = await call('GET', `${path}?after_sequence=1&limit=2`);
  assert.deepEqual(
    page.json.map((event: Json) => event.sequence),
    [2, 3],
  );
  const next = /<https?:\/\/[^/]+(.+)>; rel="next"/.exec(String(page.headers['link']))?.[1] ?? '';
  assert.deepEqual(
    (await call('GET', next)).json.map((event: Json) => event.sequence),
    [4, 5],
  );
  assert.deepEqual((await call('GET', `${path}?after_sequence=5`)).json, []);
  assert.equal((await call('GET', `${path}?after_sequence=-1`)).status, 400);
  assert.equal((await call('GET', `${path}?limit=101`)).status, 400);
});

test("a merchant's key sees and makes only that merchant's endpoints", async (t) => {
  const { gateway, call, addKey } = await makeApi(t);
  const key = await addKey('merchant_1');
  const url = 'https://hooks.example.com/';
  const shared = await gateway.addEndpoint({ url });
  const other = await gateway.addEndpoint({ url, merchant_id: 'merchant_2' });
  for (const endpoint of [shared, other]) {
    for (const path of [endpoint.id, `${endpoint.id}/events`]) {
      const { status, json } = await call('GET', `/v1/webhook_endpoints/${path}`, null, { key });
      assert.deepEqual([status, json.code], [404, 'not_found']);
    }
  }
  const own = await call('POST', '/v1/webhook_endpoints', { url }, { key });
  assert.equal(own.json.merchant_id, 'merchant_1');
  const listed = await call('GET', '/v1/webhook_endpoints', null, { key });
  assert.deepEqual(
    listed.json.map((endpoint: Json) => endpoint.id),
    [own.json.id],
  );
  const foreign = await call('POST', '/v1/webhook_endpoints', { url, merchant_id: 'merchant_2' }, { key });
  assert.equal(foreign.status, 403);
});

test('nobody without a signature learns of an endpoint', async (t) => {
  const { gateway, app } = await makeApi(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  for (const path of ['', `/${endpoint.id}`, `/${endpoint.id}/events`]) {
    assert.equal((await app.inject(`/v1/webhook_endpoints${path}`)).statusCode, 401);
  }
});

test('a signing secret lies sealed in the database', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const endpoint = await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  assert.match(endpoint.secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  const [row] = await gateway.query<{ text: string }>(
    "select encode(secret_sealed, 'escape') || webhook_endpoints::text as text from webhook_endpoints",
  );
  assert.ok(row && !row.text.includes(endpoint.secret) && !row.text.includes(endpoint.secret.slice(6)));
});

test('an endpoint that could not work is refused with the field that is wrong', async (t) => {
  const gateway = await makeWebhookHarness(t);
  const url = 'https://hooks.example.com/';
  const refusals: [NewWebhookEndpoint, string][] = [
    [{ url: 'http://hooks.example.com/' }, 'url'],
    [{ url: 'https://192.168.0.1/' }, 'url'],
    [{ url: `${url}${'a'.repeat(2_048)}` }, 'url'],
    [{ url, enabled_events: ['payment_intent.paid'] }, 'enabled_events.0'],
    [{ url, enabled_events: ['*', 'payment_*'] }, 'enabled_events.1'],
    [{ url, enabled_events: ['*', 'payment_intent.failed', '*'] }, 'enabled_events.2'],
    [{ url, merchant_id: 'merchant_9' }, 'merchant_id'],
  ];
  for (const [wanted, field] of refusals) {
    await assert.rejects(gateway.addEndpoint(wanted), (error: unknown) => {
      assert.ok(error instanceof GatewayError);
      assert.deepEqual([error.name_in_table, error.details.field], ['invalid_request', field]);
      return true;
    });
  }
  for (let count = 0; count < 16; count += 1) await gateway.addEndpoint({ url });
  await assert.rejects(gateway.addEndpoint({ url }), /16 webhook endpoints/);
  await gateway.addEndpoint({ url }, true);
});

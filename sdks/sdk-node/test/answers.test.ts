// Answers of all sizes and encodings over real HTTP, what is sent with a request, and many calls at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import {
  InvalidResponseError,
  responseOf,
  SDK_VERSION,
  signRequest,
  UnknownOutcomeError,
} from '../src/mpac-pgw.ts';
import { answerJson, INTENT, KEY, makeClient, ORDER, reasonOf, startServer } from './loopback-server.ts';

test('compressed answers are unpacked', async (t) => {
  const text = JSON.stringify({ ...INTENT, description: '抹茶 🍵' });
  const packed: [string, Buffer][] = [
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['deflate', deflateSync(text)],
  ];
  const server = await startServer(t, (place) => (_, response) => {
    const [encoding, bytes] = packed[place] ?? ['identity', Buffer.from(text)];
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': encoding }).end(bytes);
  });
  for (const [encoding] of packed) {
    const intent = await makeClient(server.url).paymentIntents.retrieve('pi_1');
    assert.equal(intent.description, '抹茶 🍵', encoding);
  }
});

test('an answer that unpacks to more than ten megabytes is not read to its end', async (t) => {
  const bomb = gzipSync(JSON.stringify({ ...INTENT, description: ' '.repeat(32 * 1024 * 1024) }));
  const server = await startServer(t, () => (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
  });
  const pgw = makeClient(server.url);
  assert.ok((await reasonOf(pgw.paymentIntents.retrieve('pi_1'))) instanceof InvalidResponseError);
  assert.ok((await reasonOf(pgw.paymentIntents.create(ORDER))) instanceof UnknownOutcomeError);
});

test('a page of a hundred large items is read', async (t) => {
  const metadata = Object.fromEntries(
    Array.from({ length: 50 }, (_, at) => [`name_${at}`, '値'.repeat(500)]),
  );
  const page = Array.from({ length: 100 }, (_, at) => ({ ...INTENT, id: `pi_${at}`, metadata }));
  const server = await startServer(t, () => answerJson(200, page));
  const { data } = await makeClient(server.url).paymentIntents.list({ limit: 100 });
  assert.deepEqual(data, page);
});

test('a hundred calls at once have a hundred keys and their own answers', async (t) => {
  const server = await startServer(t, () => ({ body }, response) => {
    const { merchant_ref_id } = JSON.parse(body.toString('utf8')) as { merchant_ref_id: string };
    answerJson(201, { ...INTENT, merchant_ref_id })({ body } as never, response);
  });
  const pgw = makeClient(server.url);
  const orders = Array.from({ length: 100 }, (_, at) => `order_${at}`);
  const intents = await Promise.all(
    orders.map((merchant_ref_id) => pgw.paymentIntents.create({ ...ORDER, merchant_ref_id })),
  );
  assert.deepEqual(
    intents.map(({ merchant_ref_id }) => merchant_ref_id),
    orders,
  );
  assert.equal(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size, 100);
});

test('what is signed is what is sent, and as the gateway behind a proxy sees it', async (t) => {
  const server = await startServer(t, () => answerJson(200, INTENT));
  const pgw = makeClient(`${server.url}/pay/`, { now: () => 1_700_000_000_000 });
  const sync = { merchants: [{ id: 'm/1', name: '茶房 🍵' }] };
  await pgw.merchants.sync(sync);
  await pgw.merchants.retrieve('m/1 ?#é');
  const [posted, got] = server.requests;
  assert.ok(posted && got);
  assert.equal(posted.target, '/pay/v1/sync/merchants');
  assert.deepEqual(JSON.parse(posted.body.toString('utf8')), sync);
  assert.equal(got.target, '/pay/v1/merchants/m%2F1%20%3F%23%C3%A9');
  for (const { method, target, body, headers } of [posted, got]) {
    const signed = signRequest({
      key_id: KEY.apiKey,
      secret: KEY.secretKey,
      method,
      target: target.slice('/pay'.length),
      timestamp: 1_700_000_000,
      body,
    });
    assert.equal(headers.authorization, signed.authorization);
  }
});

test('a query is signed with its target, and a Date is a time in UTC', async (t) => {
  const server = await startServer(t, () => answerJson(200, []));
  const pgw = makeClient(server.url, { now: () => 1_700_000_000_000 });
  await pgw.events.list({
    type: 'payment_intent.*',
    created_gte: new Date(0),
    limit: 5,
    merchant_id: undefined,
  });
  const [request] = server.requests;
  assert.equal(
    request?.target,
    '/v1/events?type=payment_intent.*&created_gte=1970-01-01T00%3A00%3A00.000Z&limit=5',
  );
  const { apiKey: key_id, secretKey: secret } = KEY;
  const signed = signRequest({
    key_id,
    secret,
    method: 'GET',
    target: request.target,
    timestamp: 1_700_000_000,
  });
  assert.equal(request.headers.authorization, signed.authorization);
  assert.equal(request.headers['content-type'], undefined);
  assert.equal(request.headers['idempotency-key'], undefined);
});

test('no sign of a query is written in another way than it is signed', async (t) => {
  const server = await startServer(t, (place) => answerJson(200, place === 0 ? [] : INTENT));
  const pgw = makeClient(server.url, { now: () => 1_700_000_000_000 });
  // All of ASCII that can be printed, and some more.
  const ascii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join('');
  const merchant_ref_id = `${ascii} é 茶 🍵`;
  await pgw.paymentIntents.list({ merchant_ref_id });
  await pgw.call('retrieveMerchant', { id: merchant_ref_id });
  const [listed, retrieved] = server.requests;
  const query = new URL(listed?.target ?? '', 'https://pay.example.com').searchParams;
  assert.equal(query.get('merchant_ref_id'), merchant_ref_id);
  assert.equal(decodeURIComponent(retrieved?.target ?? ''), `/v1/merchants/${merchant_ref_id}`);
  for (const { method, target, headers } of server.requests) {
    const { apiKey: key_id, secretKey: secret } = KEY;
    const signed = signRequest({ key_id, secret, method, target, timestamp: 1_700_000_000 });
    assert.equal(headers.authorization, signed.authorization, target);
  }
});

test('an id in front is the one that counts', async (t) => {
  const server = await startServer(t, () => answerJson(200, INTENT));
  await makeClient(server.url).paymentIntents.capture('pi_1', { id: 'pi_2' } as never);
  assert.equal(server.requests[0]?.target, '/v1/payment_intents/pi_1/capture');
});

test('a request names the client, its caller and the language', async (t) => {
  const server = await startServer(t, () => answerJson(200, INTENT));
  const pgw = makeClient(server.url, { userAgent: 'my-shop/1.2', language: 'ja' });
  await pgw.paymentIntents.retrieve('pi_1');
  await pgw.paymentIntents.retrieve('pi_1', { language: 'en' });
  const [first, second] = server.requests;
  const own = `mpac-pgw-sdk-node/${SDK_VERSION} node/${process.versions.node}`;
  assert.equal(first?.headers['user-agent'], `my-shop/1.2 ${own}`);
  assert.equal(first?.headers['accept-language'], 'ja');
  assert.equal(second?.headers['accept-language'], 'en');
});

test('the facts of an answer lie beside it', async (t) => {
  const headers = {
    'x-request-id': 'req_1',
    'x-ratelimit-limit': '1000',
    'x-ratelimit-remaining': '999',
    'x-ratelimit-reset': '1700000060',
    'idempotency-replayed': 'true',
  };
  const server = await startServer(t, () => answerJson(201, INTENT, headers));
  const intent = await makeClient(server.url).paymentIntents.create(ORDER, { idempotencyKey: 'key-1' });
  assert.deepEqual(intent, INTENT);
  assert.deepEqual(responseOf(intent), {
    status: 201,
    request_id: 'req_1',
    idempotency_key: 'key-1',
    idempotency_replayed: true,
    rate_limit: { limit: 1000, remaining: 999, reset: 1_700_000_060 },
  });
  assert.equal(responseOf({}), undefined);
});

test('health and readiness need no signature, and not being ready is an answer', async (t) => {
  const readiness = { status: 'unavailable', checks: { database: 'away' } };
  const server = await startServer(t, (place) =>
    place === 0 ? answerJson(200, { status: 'ok' }) : answerJson(503, readiness),
  );
  const pgw = makeClient(server.url);
  assert.deepEqual(await pgw.health(), { status: 'ok' });
  assert.deepEqual(await pgw.readiness(), readiness);
  assert.deepEqual(
    server.requests.map(({ target, headers }) => [target, headers.authorization]),
    [
      ['/health', undefined],
      ['/ready', undefined],
    ],
  );
});

// Which pages may call: what a browser is told before and with a request, strictly by its headers; and in a real
// browser, where there is one, that a page of an allowed origin pays and another one learns nothing.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { type Body, send } from './support/client.ts';
import { type CreatedIntent, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock, url } = gateway;
const SHOP = 'https://shop.example.com';
const EVIL = 'https://evil.example';
const EXPOSED =
  'X-Request-Id, Idempotency-Replayed, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy';

const shop_key = await gateway.addPublishableKey({ allowed_origins: [SHOP] });
/** For how long a process remembers keys and origins. */
const noticed = () => clock.advance(3_000);

function page(origin: string, key?: string): Record<string, string> {
  return { origin, ...(key !== undefined && { 'x-publishable-key': key }) };
}

const preflight = (path: string, origin: string, method: string) =>
  send(
    url,
    'OPTIONS',
    path,
    {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type,x-publishable-key',
    },
    undefined,
  );

function retrieve(intent: CreatedIntent, headers: Record<string, string>) {
  const path = `/v1/payment_intents/${intent.id}?payment_token=${intent.payment_token}`;
  return send(url, 'GET', path, headers, undefined);
}

function post(path: string, headers: Record<string, string>, body: Body) {
  return send(url, 'POST', path, { 'content-type': 'application/json', ...headers }, body);
}

function corsOf(headers: Headers): [string, string][] {
  return [...headers].filter(([name]) => name.startsWith('access-control-'));
}

function assertOpen(answer: { headers: Headers }, origin: string): void {
  assert.deepEqual(corsOf(answer.headers), [
    ['access-control-allow-origin', origin],
    ['access-control-expose-headers', EXPOSED],
  ]);
  assert.equal(answer.headers.get('vary'), 'Origin');
}

function assertClosed(answer: { headers: Headers }): void {
  assert.deepEqual(corsOf(answer.headers), []);
}

test('a preflight of the four routes of pages is answered for an origin that a key lists', async () => {
  const id = '/v1/payment_intents/pi_1';
  for (const [path, method] of [
    [id, 'GET'],
    [`${id}/confirm`, 'POST'],
    [`${id}/cancel`, 'POST'],
    ['/v1/qr_codes/pa_1.svg', 'GET'],
  ] as const) {
    const { status, headers, text } = await preflight(path, SHOP, method);
    assert.deepEqual([status, text], [204, ''], path);
    assert.deepEqual(corsOf(headers), [
      ['access-control-allow-headers', 'Content-Type, Idempotency-Key, X-Publishable-Key'],
      ['access-control-allow-methods', method],
      ['access-control-allow-origin', SHOP],
      ['access-control-max-age', '600'],
    ]);
    assert.equal(
      headers.get('vary'),
      'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    );
  }
});

test('a preflight from an origin that no key lists is refused, and says how to allow it', async () => {
  for (const origin of [
    EVIL,
    'http://shop.example.com',
    `${SHOP}:8443`,
    'null',
    `https://${'a'.repeat(300)}.example`,
  ]) {
    const answer = await preflight('/v1/payment_intents/pi_1', origin, 'GET');
    assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden'], origin);
    assert.ok(
      answer.json.message.includes(origin.slice(0, 255)) && /allowed_origins/.test(answer.json.message),
    );
    assertClosed(answer);
  }
});

test('no other route answers a preflight', async () => {
  for (const path of [
    '/v1/payment_intents',
    '/v1/payment_intents/pi_1/capture',
    '/v1/payment_intents/pi_1/payment_token',
    '/v1/webhook_endpoints',
    '/v1/api_keys',
    '/v1/publishable_keys',
  ]) {
    const answer = await preflight(path, SHOP, 'POST');
    assert.equal(answer.status, 404, path);
    assertClosed(answer);
  }
});

test('a page with its key retrieves, confirms and cancels, and may read the answers', async () => {
  const intent = await gateway.createIntent();
  const path = `/v1/payment_intents/${intent.id}`;
  const { payment_token } = intent;
  const headers = page(SHOP, shop_key.id);
  const cash = { payment_token, payment_method_type: 'cash' };
  for (const answer of [
    await retrieve(intent, headers),
    await post(`${path}/confirm`, { ...headers, 'idempotency-key': 'page-1' }, cash),
    await post(`${path}/confirm`, { ...headers, 'idempotency-key': 'page-1' }, cash),
  ]) {
    assert.equal(answer.status, 200, answer.text);
    assertOpen(answer, SHOP);
  }
  const second = await gateway.createIntent();
  const token = { payment_token: second.payment_token };
  const cancelled = await post(`/v1/payment_intents/${second.id}/cancel`, headers, token);
  assert.equal(cancelled.json.status, 'cancelled');
  assertOpen(cancelled, SHOP);
});

test('a page without its key is let in by any key of the payment’s organization, and by no other', async () => {
  const other = await gateway.addOrganization();
  const intent = await gateway.createIntent();
  assertOpen(await retrieve(intent, page(SHOP)), SHOP);
  // The other organization has no key with this origin: the answer is there, but no page may read it.
  const foreign = await gateway.createIntent({}, other.client);
  const answer = await retrieve(foreign, page(SHOP));
  assert.equal(answer.status, 200);
  assertClosed(answer);
  assert.equal(answer.headers.get('vary'), 'Origin');
  assertClosed(await retrieve(intent, page(EVIL)));
});

test('a key that does not fit is refused before anything is done, and the page may read why', async () => {
  const other = await gateway.addOrganization();
  const [foreign] = await gateway.query<{ id: string }>(
    `insert into publishable_keys (id, organization_id, livemode, allowed_origins, created_at)
     values ('pk_test_foreign', $1, false, array['${SHOP}', '${EVIL}'], now()) returning id`,
    [other.organization_id],
  );
  const live = await gateway.addPublishableKey({ livemode: true, allowed_origins: [SHOP] });
  const intent = await gateway.createIntent();
  const confirm = (headers: Record<string, string>) =>
    post(`/v1/payment_intents/${intent.id}/confirm`, headers, {
      payment_token: intent.payment_token,
      payment_method_type: 'cash',
    });
  noticed();
  for (const [origin, key, message] of [
    [EVIL, shop_key.id, /does not let in pages of https:\/\/evil\.example.*allowed_origins/],
    [SHOP, foreign?.id, /of another organization/],
    [SHOP, live.id, /of the other mode/],
    [SHOP, 'pk_test_unknown', /not known, or was revoked/],
    [SHOP, 'garbage', /not known, or was revoked/],
  ] as const) {
    const answer = await confirm(page(origin, key));
    assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden'], answer.text);
    assert.match(answer.json.message, message);
    assert.equal(answer.json.details.constraint, 'publishable_key');
    assertOpen(answer, origin);
  }
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  // Without a page there is no origin to look at, but the key must fit all the same.
  assert.equal((await confirm({ 'x-publishable-key': live.id })).status, 403);
  assert.equal((await confirm({ 'x-publishable-key': shop_key.id })).status, 200);
});

test('a revoked key and an origin taken out of a list let nobody in within seconds', async () => {
  const key = await gateway.addPublishableKey({ allowed_origins: ['https://old.example'] });
  const intent = await gateway.createIntent();
  const headers = page('https://old.example', key.id);
  assert.equal((await retrieve(intent, headers)).status, 200);
  await client.call('PATCH', `/v1/publishable_keys/${key.id}`, { allowed_origins: ['https://new.example'] });
  noticed();
  const moved = await retrieve(intent, headers);
  assert.equal(moved.status, 403);
  assertClosed(moved);
  assert.equal((await preflight('/v1/payment_intents/pi_1', 'https://old.example', 'GET')).status, 403);
  assert.equal((await retrieve(intent, page('https://new.example', key.id))).status, 200);
  await client.post(`/v1/publishable_keys/${key.id}/revoke`, {});
  noticed();
  const revoked = await retrieve(intent, page('https://new.example', key.id));
  assert.match(revoked.json.message, /was revoked/);
});

test('errors reach the page, whatever refused the request', async () => {
  const intent = await gateway.createIntent();
  const path = `/v1/payment_intents/${intent.id}/confirm`;
  const wrong_token = { payment_token: `${intent.id}_secret_${'x'.repeat(32)}` };
  const { payment_token } = intent;
  for (const headers of [page(SHOP, shop_key.id), page(SHOP)]) {
    for (const [status, body] of [
      [400, { payment_token }],
      [400, 'not json'],
      [401, {}],
      [401, { ...wrong_token, payment_method_type: 'cash' }],
      [413, { payment_token, filler: 'x'.repeat(200_000) }],
    ] as const) {
      const answer = await post(path, headers, body);
      assert.equal(answer.status, status, answer.text);
      assertOpen(answer, SHOP);
    }
    const media = await send(url, 'POST', path, { ...headers, 'content-type': 'text/plain' }, 'x');
    assert.equal(media.status, 415);
    assertOpen(media, SHOP);
  }
});

test('a signed request is never opened to pages, whatever it names', async () => {
  const intent = await gateway.createIntent();
  for (const headers of [page(SHOP), page(SHOP, shop_key.id), page(EVIL, 'pk_test_unknown')]) {
    const answer = await client.retrieve(intent.id, { headers });
    assert.equal(answer.status, 200, 'and it is not refused for the key either');
    assertClosed(answer);
    assertClosed(await client.get('/v1/payment_intents', { headers }));
  }
});

test('a test key with * lets in every origin, also a page without one, for its organization', async (t) => {
  const own = await startTestGateway(t);
  const key = await own.addPublishableKey({ allowed_origins: ['*'] });
  const intent = await own.createIntent();
  const path = `/v1/payment_intents/${intent.id}`;
  for (const origin of [EVIL, 'null']) {
    const asked = await send(own.url, 'OPTIONS', path, { origin }, undefined);
    assert.deepEqual([asked.status, asked.headers.get('access-control-allow-origin')], [204, origin]);
    const target = `${path}?payment_token=${intent.payment_token}`;
    for (const headers of [page(origin), page(origin, key.id)]) {
      assertOpen(await send(own.url, 'GET', target, headers, undefined), origin);
    }
  }
});

test('the picture of a code is open to the pages of its organization', async () => {
  const { confirmation } = await gateway.openQr();
  const path = String(confirmation.qr_code_url).slice(url.length);
  const get = (headers: Record<string, string>) => send(url, 'GET', path, headers, undefined);
  const plain = await get({});
  assert.equal(plain.status, 200);
  assertClosed(plain);
  assertOpen(await get(page(SHOP)), SHOP);
  assertOpen(await get(page(SHOP, shop_key.id)), SHOP);
  assertClosed(await get(page(EVIL)));
  assert.equal((await get(page(EVIL, shop_key.id))).status, 403);
});

test('who asks for unknown pages again and again is slowed down, and others are not', async (t) => {
  const own = await startTestGateway(t);
  const ask = (n: number) =>
    send(own.url, 'OPTIONS', '/v1/payment_intents/pi_1', { origin: `https://evil${n}.example` }, undefined);
  for (let n = 0; n < 600; n += 1) assert.equal((await ask(n)).status, 403);
  const slowed = await ask(600);
  assert.equal(slowed.status, 429);
  assert.ok(Number(slowed.headers.get('retry-after')) >= 1);
  assert.equal((await own.client.get('/v1/payment_intents')).status, 200);
});

const CHROMIUM = '/usr/bin/chromium';

test('in a real browser a page of an allowed origin pays, and another one learns nothing', {
  skip: existsSync(CHROMIUM) ? false : 'no Chromium on this machine',
}, async (t) => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>till</title>');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  // One server, two origins.
  const [allowed, stranger] = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  const key = await gateway.addPublishableKey({ allowed_origins: [allowed] });
  noticed();
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  t.after(() => browser.close());

  async function payFrom(origin: string) {
    const { id, payment_token } = await gateway.createIntent();
    const tab = await browser.newPage();
    await tab.goto(origin);
    return tab.evaluate(payInPage, { url, id, payment_token, key: key.id });
  }
  const paid = await payFrom(allowed);
  assert.deepEqual([paid.status, paid.intent_status, paid.refusal], [200, 'succeeded', 'invalid_token']);
  assert.match(paid.request_id ?? '', /^req_/);
  assert.equal((await payFrom(stranger)).failed, 'TypeError');
});

/** Runs in the page, so it knows nothing of what stands around it here. */
async function payInPage(facts: { url: string; id: string; payment_token: string; key: string }) {
  const path = `${facts.url}/v1/payment_intents/${facts.id}/confirm`;
  const confirm = (payment_token: string) =>
    fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-publishable-key': facts.key },
      body: JSON.stringify({ payment_token, payment_method_type: 'cash' }),
    });
  try {
    const answer = await confirm(facts.payment_token);
    const refusal = await confirm(`${facts.payment_token}x`);
    return {
      status: answer.status,
      request_id: answer.headers.get('x-request-id'),
      intent_status: ((await answer.json()) as { status: string }).status,
      refusal: ((await refusal.json()) as { code: string }).code,
    };
  } catch (error) {
    return { failed: (error as Error).name };
  }
}

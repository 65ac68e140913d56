// Who is let in: both forms of the signature under either id, the clock's window, replays, and refusals that
// tell nothing about keys.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Answer, type Credentials, send, sign } from './support/client.ts';
import { MERCHANT_ID, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, key, clock } = gateway;
const PATH = '/v1/payment_intents';
const nowSeconds = () => Math.floor(clock.now() / 1_000);

function assertRefused(answer: Answer, message?: RegExp): void {
  assert.equal(answer.status, 401, answer.text);
  assert.equal(answer.json.code, 'unauthorized');
  assert.equal(answer.json.error.code, 'authentication_error');
  assert.match(answer.headers.get('x-request-id') ?? '', /^req_/);
  if (message !== undefined) assert.match(answer.json.message, message);
}

test('key id or merchant id, hashed or raw secret: all four are accepted, for POST and GET', async () => {
  for (const id of [key.id, MERCHANT_ID]) {
    for (const form of ['canonical', 'raw'] as const) {
      const by = gateway.clientFor({ id, secret: key.secret, form });
      const intent = await gateway.createIntent({}, by);
      assert.equal((await by.retrieve(intent.id)).status, 200, `${id} ${form}`);
    }
  }
});

test('a GET is signed with its query, or as the older guide does by its path alone', async () => {
  const path = `${PATH}?status=failed&limit=5`;
  assert.equal((await client.get(path)).status, 200);
  assert.equal((await client.get(path, { signed_path: PATH })).status, 200);
  assertRefused(await client.get(path, { signed_path: `${PATH}?status=succeeded&limit=5` }));
  assertRefused(await client.get(path, { signed_path: '/v1/payment_intents/' }));
});

test('a POST is signed with its whole target', async () => {
  const path = `${PATH}?from=till`;
  assertRefused(await client.call('POST', path, gateway.newOrder(), { signed_path: PATH }));
});

test('the raw form can be switched off for a key', async (t) => {
  const own = await startTestGateway(t);
  await own.query('update api_keys set allow_raw_secret = false where id = $1', [own.key.id]);
  const raw = own.clientFor({ ...own.key, form: 'raw' });
  assertRefused(await raw.create(own.newOrder()));
  assert.equal((await own.client.create(own.newOrder())).status, 201);
});

test('a timestamp up to 300 seconds off is accepted; 301 is refused and told how far', async () => {
  for (const skew of [0, -300, 300]) {
    const answer = await client.create(gateway.newOrder(), { timestamp: nowSeconds() + skew });
    assert.equal(answer.status, 201, String(skew));
  }
  const behind = await client.create(gateway.newOrder(), { timestamp: nowSeconds() - 301 });
  assertRefused(behind, /301 seconds behind/);
  assert.equal(behind.json.details.skew_seconds, -301);
  const ahead = await client.create(gateway.newOrder(), { timestamp: nowSeconds() + 301 });
  assertRefused(ahead, /301 seconds ahead/);
  assert.equal(ahead.json.details.skew_seconds, 301);
});

test('milliseconds in place of seconds are recognised', async () => {
  assertRefused(await client.create(gateway.newOrder(), { timestamp: clock.now() }), /milliseconds/);
});

test('a signature is good for its method, path, time, body and key only', async () => {
  const body = JSON.stringify(gateway.newOrder());
  const timestamp = nowSeconds();
  const signature = sign(key, { method: 'POST', path: PATH, timestamp, body });
  const attempt = (changes: { method?: string; path?: string; time?: number; body?: string; id?: string }) =>
    send(
      gateway.url,
      changes.method ?? 'POST',
      changes.path ?? PATH,
      {
        authorization: `HMAC-SHA256 ${changes.id ?? key.id}:${changes.time ?? timestamp}:${signature}`,
        'content-type': 'application/json',
      },
      changes.body ?? body,
    );
  const other_key = await gateway.addKey();
  assertRefused(await attempt({ body: body.replace('1000', '1') }));
  assertRefused(await attempt({ body: `${body} ` }));
  assertRefused(await attempt({ body: '' }));
  assertRefused(await attempt({ path: '/v1/webhook_endpoints' }));
  assertRefused(await attempt({ time: timestamp - 1 }));
  assertRefused(await attempt({ id: other_key.id }));
  assert.equal((await attempt({})).status, 201, 'as it was signed it is accepted');
});

test('unknown, revoked and wrong keys are refused in the same words', async () => {
  const revoked = await gateway.addKey();
  await gateway.query('update api_keys set revoked_at = $2 where id = $1', [
    revoked.id,
    new Date(clock.now()).toISOString(),
  ]);
  const strangers: Credentials[] = [
    { id: 'ak_01JXXXXXXXXXXXXXXXXXXXXXXX', secret: key.secret },
    { id: 'merchant_999', secret: key.secret },
    { id: key.id, secret: 'sk_test_wrong' },
    { id: key.id, secret: `${key.secret} ` },
    revoked,
  ];
  const messages = new Set<string>();
  for (const stranger of strangers) {
    const answer = await gateway.clientFor(stranger).create(gateway.newOrder());
    assertRefused(answer);
    messages.add(JSON.stringify({ ...answer.json, request_id: '' }));
  }
  assert.equal(messages.size, 1);
});

test('a key that is revoked stops working within seconds', async () => {
  const short_lived = await gateway.addKey();
  const by = gateway.clientFor(short_lived);
  assert.equal((await by.get(PATH)).status, 200);
  await gateway.query('update api_keys set revoked_at = $2 where id = $1', [
    short_lived.id,
    new Date(clock.now()).toISOString(),
  ]);
  clock.advance(3_000);
  assertRefused(await by.get(PATH));
});

test('a key that is narrowed to one merchant signs as no other', async () => {
  await gateway.saveStore({
    merchant: { id: 'merchant_b', name: 'B' },
    store: { id: 'store_b', name: 'B' },
  });
  const { secret } = await gateway.addKey({ merchant_id: MERCHANT_ID });
  assert.equal((await gateway.clientFor({ id: MERCHANT_ID, secret }).get(PATH)).status, 200);
  assertRefused(await gateway.clientFor({ id: 'merchant_b', secret }).get(PATH));
});

test('a revoked key does not sign as its merchant either', async () => {
  const { id, secret } = await gateway.addKey({ merchant_id: MERCHANT_ID });
  const by = gateway.clientFor({ id: MERCHANT_ID, secret });
  clock.advance(3_000);
  assert.equal((await by.get(PATH)).status, 200);
  await gateway.query('update api_keys set revoked_at = created_at where id = $1', [id]);
  clock.advance(3_000);
  assertRefused(await by.get(PATH));
});

test('organizations that use a merchant’s id do not crowd out its keys', async (t) => {
  const own = await startTestGateway(t);
  const old_key = await own.addKey();
  await own.query(
    `insert into organizations (id, name, created_at)
     select 'org_00' || n, 'look-alike', now() from generate_series(1, 30) n`,
  );
  await own.query(
    `insert into merchants (organization_id, livemode, id, name, created_at, updated_at)
     select 'org_00' || n, false, $1, 'look-alike', now(), now() from generate_series(1, 30) n`,
    [MERCHANT_ID],
  );
  // 360 keys, of organizations that come before ours in any order of ids.
  for (let n = 1; n <= 30; n += 1) {
    for (let k = 0; k < 12; k += 1) await own.addKey({ organization_id: `org_00${n}` });
  }
  for (const { secret } of [own.key, old_key]) {
    assert.equal((await own.clientFor({ id: MERCHANT_ID, secret }).get(PATH)).status, 200);
  }
});

test('a secret that does not open holds up no other key, and is our fault to its own', async (t) => {
  const own = await startTestGateway(t);
  const other = await own.addOrganization();
  await own.query('update api_keys set secret_sealed = substring(secret_sealed for 60) where id = $1', [
    other.key.id,
  ]);
  assert.equal((await own.clientFor({ ...own.key, id: MERCHANT_ID }).get(PATH)).status, 200);
  assert.equal((await other.client.get(PATH)).status, 500, 'not 401, after which nobody tries again');
});

test('a header that is not of the scheme is told its form', async () => {
  const hex = 'ab'.repeat(32);
  const now = nowSeconds();
  for (const authorization of [
    '',
    'Bearer sk_test_x',
    'HMAC-SHA256',
    `HMAC-SHA256 ${key.id}:${hex}`,
    `HMAC-SHA256 ${key.id}:${now}:${hex.slice(2)}`,
    `HMAC-SHA256 ${key.id}:${now}:${'zz'.repeat(32)}`,
    `HMAC-SHA256 ${key.id}:now:${hex}`,
    `HMAC-SHA256 ${key.id}:-5:${hex}`,
    `HMAC-SHA256 :${now}:${hex}`,
    `HMAC-SHA1 ${key.id}:${now}:${hex}`,
    `HMAC-SHA256 ${'x'.repeat(300)}:${now}:${hex}`,
  ]) {
    const answer = await send(gateway.url, 'GET', PATH, { authorization }, undefined);
    assertRefused(answer, authorization === '' ? undefined : /must read: HMAC-SHA256 </);
  }
  assertRefused(await send(gateway.url, 'GET', PATH, {}, undefined));
  assertRefused(
    await send(gateway.url, 'POST', PATH, { 'content-type': 'application/json' }, gateway.newOrder()),
  );
});

test('the scheme is read in any case, and so is the hex', async () => {
  const timestamp = nowSeconds();
  const signature = sign(key, { method: 'GET', path: PATH, timestamp, body: '' }).toUpperCase();
  const authorization = `hmac-sha256  ${key.id}:${timestamp}:${signature}`;
  assert.equal((await send(gateway.url, 'GET', PATH, { authorization }, undefined)).status, 200);
});

test('a signed POST that is caught and sent again without its key, or with another, does nothing', async () => {
  const order = gateway.newOrder();
  const timestamp = nowSeconds();
  const once = (idempotency_key: string | null) => client.create(order, { timestamp, idempotency_key });
  const first = await once('key-1');
  assert.equal(first.status, 201);
  assertRefused(await once('key-2'), /used already/);
  assertRefused(await once(null), /used already/);
  const retry = await once('key-1');
  assert.deepEqual([retry.status, retry.text], [201, first.text], 'with its own key it is an ordinary retry');
});

test('a signed POST without a key works once', async () => {
  const order = gateway.newOrder();
  const timestamp = nowSeconds();
  assert.equal((await client.create(order, { timestamp, idempotency_key: null })).status, 201);
  assertRefused(await client.create(order, { timestamp, idempotency_key: null }), /used already/);
  assertRefused(await client.create(order, { timestamp, idempotency_key: 'late' }), /used already/);
});

test('a signature that is caught opens no stored answer of another key', async () => {
  const order = gateway.newOrder();
  const timestamp = nowSeconds();
  assert.equal((await client.create(order, { timestamp, idempotency_key: 'mine-1' })).status, 201);
  // The same body under a key that exists already, with a signature of its own …
  const other = gateway.newOrder();
  const stored = await client.create(other, { timestamp, idempotency_key: 'mine-2' });
  assert.equal(stored.status, 201);
  for (const [place, elsewhere] of [null, 'mine-3'].entries()) {
    const later = { timestamp: timestamp + 1 + place };
    assert.equal((await client.create(other, { ...later, idempotency_key: elsewhere })).status, 409);
    // … is not served to a signature that was seen elsewhere.
    assertRefused(await client.create(other, { ...later, idempotency_key: 'mine-2' }), /used already/);
  }
});

test('the signature of a retry, too, is good for its key only', async () => {
  const order = gateway.newOrder();
  const timestamp = nowSeconds();
  const by = (idempotency_key: string | null, seconds: number) =>
    client.create(order, { timestamp: timestamp + seconds, idempotency_key });
  assert.equal((await by('retry-1', 0)).status, 201);
  assert.equal((await by('retry-1', 1)).headers.get('idempotency-replayed'), 'true');
  for (const key_id of ['retry-2', null]) assertRefused(await by(key_id, 1), /used already/);
  const changed = gateway.newOrder();
  const stamped = { timestamp: timestamp + 2 };
  assert.equal((await client.create(changed, { ...stamped, idempotency_key: 'retry-1' })).status, 409);
  assertRefused(await client.create(changed, { ...stamped, idempotency_key: 'retry-3' }), /used already/);
});

test('the spelling of a signature does not make it another', async () => {
  const body = JSON.stringify(gateway.newOrder());
  const timestamp = nowSeconds();
  const signature = sign(key, { method: 'POST', path: PATH, timestamp, body });
  const post = (written: string) =>
    send(
      gateway.url,
      'POST',
      PATH,
      {
        authorization: `HMAC-SHA256 ${key.id}:${timestamp}:${written}`,
        'content-type': 'application/json',
      },
      body,
    );
  assert.equal((await post(signature)).status, 201);
  assertRefused(await post(signature.toUpperCase()), /used already/);
});

test('a replay is refused for every POST, also where the first changed nothing', async () => {
  const intent = await gateway.createIntent();
  const timestamp = nowSeconds() - 7;
  for (const work of [
    (idempotency_key: string | null) => client.reissueToken(intent.id, { timestamp, idempotency_key }),
    (idempotency_key: string | null) =>
      client.confirm(intent.id, { payment_method_type: 'cash' }, { timestamp, idempotency_key }),
    (idempotency_key: string | null) => client.capture(intent.id, {}, { timestamp, idempotency_key }),
    (idempotency_key: string | null) => client.cancel(intent.id, {}, { timestamp, idempotency_key }),
  ]) {
    const first = await work('once');
    assert.ok(first.status === 200 || first.status === 409, first.text);
    assertRefused(await work(null), /used already/);
    assertRefused(await work('other'), /used already/);
  }
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('a replay is refused by every replica', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [, second] = own.replicas;
  assert.ok(second);
  const order = own.newOrder();
  const timestamp = Math.floor(own.clock.now() / 1_000);
  assert.equal((await own.client.create(order, { timestamp, idempotency_key: null })).status, 201);
  const elsewhere = own.clientFor(own.key, second);
  assertRefused(await elsewhere.create(order, { timestamp, idempotency_key: null }), /used already/);
});

test('a signature is remembered as long as its window is open', async (t) => {
  const own = await startTestGateway(t);
  const order = own.newOrder();
  const timestamp = Math.floor(own.clock.now() / 1_000) + 300;
  assert.equal((await own.client.create(order, { timestamp, idempotency_key: null })).status, 201);
  own.clock.advance(600_000);
  await own.runJob('purge');
  assertRefused(await own.client.create(order, { timestamp, idempotency_key: null }), /used already/);
  own.clock.advance(1_000);
  assertRefused(await own.client.create(order, { timestamp, idempotency_key: null }), /behind/);
});

test('who is refused, or is nobody, is told how often his address may still fail', async (t) => {
  const own = await startTestGateway(t);
  const told = async (answer: Promise<Answer>) => {
    const { status, headers } = await answer;
    assert.match(headers.get('x-ratelimit-reset') ?? '', /^\d{10}$/);
    assert.match(headers.get('ratelimit-policy') ?? '', /^"default";q=300;w=60$/);
    return [status, headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')];
  };
  const ask = (path: string) => told(send(own.url, 'GET', path, {}, undefined));
  assert.deepEqual(await ask('/health'), [200, '300', '300']);
  assert.deepEqual(await ask(PATH), [401, '300', '299']);
  const wrong = own.clientFor({ ...own.key, secret: 'wrong' });
  assert.deepEqual(await told(wrong.create(own.newOrder())), [401, '300', '298']);
  assert.deepEqual(await ask('/v1/nothing'), [404, '300', '298']);
  const known = await own.client.get(PATH);
  assert.equal(known.headers.get('x-ratelimit-limit'), '1000000', 'a caller is told of his own');
});

test('guessing is slowed down by address, and good callers are told when to come back', async (t) => {
  const own = await startTestGateway(t);
  let last = await own.client.get(PATH);
  for (let guess = 0; guess < 301 && last.status !== 429; guess += 1) {
    last = await own.clientFor({ id: own.key.id, secret: `guess ${guess}` }).get(PATH);
  }
  assert.deepEqual([last.status, last.json.code], [429, 'rate_limit_exceeded']);
  assert.ok(Number(last.headers.get('retry-after')) >= 1);
});

test('a network of IPv6 guesses no faster from many addresses, and its neighbour is not stopped', async (t) => {
  const own = await startTestGateway(t, { config: { trusted_proxies: ['127.0.0.1'] } });
  const askFrom = (address: string) => send(own.url, 'GET', PATH, { 'x-forwarded-for': address }, undefined);
  for (let guess = 1; guess <= 300; guess += 1) {
    assert.equal((await askFrom(`2001:db8:0:1::${guess.toString(16)}`)).status, 401);
  }
  assert.equal((await askFrom('2001:db8:0:1:ffff::1')).status, 429);
  for (const other of ['2001:db8:0:2::1', '::ffff:192.0.2.1'])
    assert.equal((await askFrom(other)).status, 401);
});

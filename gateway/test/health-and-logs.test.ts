// The gateway as its operator sees it: health, readiness, metrics, request ids, the form of refusals, and a log
// in which no secret ever stands.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { send } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const get = (path: string, headers: Record<string, string> = {}) =>
  send(gateway.url, 'GET', path, headers, undefined);

test('readiness says what is missing: a worker that lives, every migration, the database', async (t) => {
  const without = await get('/ready');
  assert.deepEqual([without.status, without.json.status], [503, 'unavailable']);
  assert.match(without.json.checks.worker, /run mpac-pgw work/);
  await gateway.runJob('heartbeat');
  const ready = await get('/ready');
  assert.deepEqual(
    [ready.status, ready.json],
    [200, { status: 'ok', checks: { database: 'ok', migrations: 'ok', worker: 'ok', master_key: 'ok' } }],
  );
  clock.advance(30_001);
  assert.equal((await get('/ready')).status, 503, 'a worker that fell silent does not count');

  const own = await startTestGateway(t);
  await own.runJob('heartbeat');
  await own.query('alter table worker_heartbeats rename to gone');
  const broken = await send(own.url, 'GET', '/ready', {}, undefined);
  assert.equal(broken.status, 503);
  assert.equal(broken.text.includes('worker_heartbeats'), false, 'and no internals');
  const alive = await send(own.url, 'GET', '/health', {}, undefined);
  assert.deepEqual([alive.status, alive.json], [200, { status: 'ok' }], 'as the API reference shows it');
});

test('metrics count requests by route, never by id, and what became of payments', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  clock.advance(3_100);
  await gateway.settle();
  const silent = await gateway.createIntent();
  await gateway.paypay.setFault('server_error', { endpoint: 'create_code', times: 1 });
  await gateway.terminalFor(silent).confirmQr();
  clock.advance(60_000);
  await gateway.runJob('measure');

  const { status, headers, text } = await get('/metrics');
  assert.equal(status, 200);
  assert.match(headers.get('content-type') ?? '', /^text\/plain/);
  const lines = text.split('\n');
  const value = (name: string) =>
    Number(
      lines
        .find((line) => line.startsWith(`${name} `))
        ?.split(' ')
        .at(-1),
    );
  const confirm = 'method="POST",route="/v1/payment_intents/:id/confirm",status="200"';
  assert.ok(value(`mpac_http_requests_total{${confirm}}`) >= 1);
  assert.ok(value('mpac_payment_intents_total{status="succeeded"}') >= 1);
  const start = 'provider="PAYPAY",operation="start",result="waiting"';
  assert.ok(value(`mpac_provider_call_duration_seconds_count{${start}}`) >= 1);
  assert.equal(value('mpac_unresolved_outcomes'), 1);
  assert.ok(value('mpac_unresolved_oldest_seconds') >= 59);
  assert.equal(/pi_[0-9A-Z]{26}|_secret_|sk_test/.test(text), false);
});

test('every answer has an id of its own, which the log repeats and no client can choose', async () => {
  const intent = await gateway.createIntent();
  const seen = new Set<string>();
  const answers = [
    await get('/health', { 'x-request-id': 'mine' }),
    await get('/ready'),
    await get('/metrics'),
    await get('/openapi.json'),
    await get('/nothing'),
    await get('/v1/payment_intents'),
    await client.get('/v1/payment_intents'),
    await client.create({}),
    await client.create('{'),
    await client.cancel(intent.id),
    await send(gateway.url, 'POST', '/v1/webhooks/paypay', {}, '{}'),
    await send(gateway.url, 'OPTIONS', '/v1/payment_intents', {}, undefined),
  ];
  for (const { headers, json, status } of answers) {
    const id = headers.get('x-request-id') ?? '';
    assert.match(id, /^req_[0-9A-Z]{26}$/);
    seen.add(id);
    if (status >= 400 && json?.request_id !== undefined) assert.equal(json.request_id, id);
  }
  assert.equal(seen.size, answers.length);
  // A line is written when its answer has left, which a client may learn first.
  await client.get('/v1/payment_intents');
  const logged = new Set(gateway.log.lines.map((line) => line['request_id']));
  for (const id of seen) assert.ok(logged.has(id), id);
});

test('refusals are one body for both documents, and RFC 9457 for who asks for it', async () => {
  const plain = await client.create(gateway.newOrder({ amount: 0 }));
  const message = 'Amount must be greater than 0.';
  assert.deepEqual(plain.json, {
    code: 'invalid_request',
    message,
    details: { field: 'amount', constraint: 'min_value' },
    error: { code: 'invalid_request', message, param: 'amount' },
    request_id: plain.headers.get('x-request-id'),
  });
  const problem = await client.create(gateway.newOrder({ amount: 0 }), {
    headers: { accept: 'application/problem+json, application/json;q=0.5' },
  });
  assert.match(problem.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const { type, title, status, detail, instance, ...same } = problem.json;
  assert.ok(URL.canParse(type));
  assert.deepEqual(
    [title, status, detail, instance],
    ['invalid request', 400, message, '/v1/payment_intents'],
  );
  assert.deepEqual({ ...same, request_id: '' }, { ...plain.json, request_id: '' });
  const missing = await client.retrieve('pi_none', { headers: { accept: 'application/problem+json' } });
  assert.deepEqual([missing.json.status, missing.json.code], [404, 'not_found']);
});

test('an error of ours says nothing but where to ask, and the log has the rest', async (t) => {
  const own = await startTestGateway(t);
  await own.query('alter table payment_intents rename to gone');
  const { status, json, headers, text } = await own.client.create(own.newOrder());
  assert.deepEqual([status, json.code, json.error.code], [500, 'internal_error', 'internal_error']);
  assert.equal(/relation|payment_intents|gone|select|insert/i.test(text), false, text);
  const id = headers.get('x-request-id');
  const logged = own.log.lines.find((line) => line.level >= 50 && line['request_id'] === id);
  assert.match(JSON.stringify(logged), /relation/);
});

test('callers are told their limit with every answer, and 429 when to come back', async (t) => {
  const own = await startTestGateway(t, { config: { rate_limit_per_merchant: 3 } });
  const by = own.clientFor({ id: 'merchant_001', secret: own.key.secret });
  for (const remaining of [2, 1, 0]) {
    const { status, headers } = await by.get('/v1/payment_intents');
    assert.equal(status, 200);
    assert.equal(headers.get('x-ratelimit-limit'), '3');
    assert.equal(headers.get('x-ratelimit-remaining'), String(remaining));
    assert.match(headers.get('x-ratelimit-reset') ?? '', /^\d{10}$/);
    assert.match(headers.get('ratelimit') ?? '', /r=\d+;t=\d+/);
  }
  const refused = await by.get('/v1/payment_intents');
  assert.deepEqual([refused.status, refused.json.code], [429, 'rate_limit_exceeded']);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
});

test('no key, token, signature, approval code or scanned code ever stands in the log', async (t) => {
  const own = await startTestGateway(t, {
    worker: true,
    config: { notifications: { PAYPAY: { secret: 'canary-notification-secret', sources: [] } } },
  });
  const tail = (intent: { payment_token: string }) => intent.payment_token.split('_secret_')[1] ?? '';
  const secrets = [
    own.key.secret,
    own.master_key,
    'simulator-secret',
    'canary-approval',
    'canary-scanned',
    'canary-notification-secret',
    'canary-description',
    'hmac OPA-Auth',
    'HMAC-SHA256',
  ];
  // Every way a secret comes in: right, wrong, in the wrong place, and while something breaks.
  const intent = await own.openQr({ description: 'canary-description' });
  await own.paypay.pay(intent.code);
  await own.paypay.setFault('html_502', { endpoint: 'create_code', times: 1 });
  const second = await own.createIntent({ payment_method_types: ['qr_mpm', 'qr_cpm', 'credit_card'] });
  const card = await own.createIntent({ payment_method_types: ['credit_card'] });
  secrets.push(tail(intent), tail(second), tail(card));
  const terminal = own.terminalFor(second);
  await terminal.confirmQr('key');
  await terminal.retrieve();
  await terminal.confirm({ payment_method_type: 'qr_cpm', customer_code: 'canary-scanned' });
  const approved = {
    payment_method_type: 'credit_card',
    provider: 'VISA',
    external_ref_id: 'canary-approval',
  };
  await terminal.confirm(approved);
  const path = `/v1/payment_intents/${second.id}`;
  const json = { 'content-type': 'application/json' };
  const { payment_token } = second;
  await send(own.url, 'GET', `${path}/nothing?payment_token=${payment_token}`, {}, undefined);
  await send(own.url, 'GET', `${path}?payment_token=${payment_token}&x=1`, {}, undefined);
  await send(own.url, 'POST', `${path}/confirm`, json, `{"payment_token":"${payment_token}"`);
  await send(own.url, 'GET', '/v1/payment_intents', { authorization: `Bearer ${own.key.secret}` }, undefined);
  await own.client.create(own.newOrder({ secret_key: own.key.secret }));
  const endpoint = await own.client.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/' });
  secrets.push(endpoint.json.secret);
  await own.query('alter table payment_attempts rename to gone');
  assert.equal((await own.terminalFor(card).confirm(approved)).status, 500);
  await own.close();

  const log = own.log.texts.join('');
  assert.ok(log.includes(intent.id) && log.includes('outgoing call'), 'the log says what happened');
  for (const secret of secrets) {
    assert.ok(secret.length > 7);
    assert.equal(log.includes(secret), false, `${secret} was logged`);
  }
});

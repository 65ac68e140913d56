// What an operator's machines see: numbers that a worker reads for them, and log lines that give nothing away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeContext, makeContext } from '../src/commands/make-context.ts';
import { readConfig } from '../src/config.ts';
import { makeWorkerServer } from '../src/http/worker-server.ts';
import { measure } from '../src/jobs/measure.ts';
import { makeWebhookHarness } from './support/webhooks.ts';

const config = readConfig({ LOG_LEVEL: 'error' }, 'development');

function makeProcess(database_url: string, now?: () => number) {
  const lines: string[] = [];
  const log_to = { write: (line: string) => void lines.push(line) };
  const options = { config, database_url, master_key: '11'.repeat(32), log_to };
  return { lines, context: makeContext({ ...options, ...(now && { now }) }) };
}

test('a provider may not think longer than the lease on its question', () => {
  const deadline = (ms: number) => readConfig({ MPAC_PROVIDER_DEADLINE_MS: String(ms) }, 'development');
  assert.equal(deadline(25_000).provider_deadline_ms, 25_000);
  assert.throws(() => deadline(25_001), /MPAC_PROVIDER_DEADLINE_MS must be a whole number from 100 to 25000/);
});

test('a proxy to providers is a URL whose password can be read, and a refusal does not repeat it', () => {
  const proxy = (url: string) =>
    readConfig({ MPAC_PROVIDER_PROXY_URL: url }, 'development').provider_proxy_url;
  assert.equal(proxy('http://till:p%40ss@proxy:3128'), 'http://till:p%40ss@proxy:3128');
  assert.equal(readConfig({}, 'development').provider_proxy_url, null);
  for (const wrong of ['proxy:3128', 'socks5://till:canary@proxy', 'http://till:canary%zz@proxy']) {
    assert.throws(
      () => proxy(wrong),
      ({ message }: Error) => /MPAC_PROVIDER_PROXY_URL must/.test(message) && !/canary/.test(message),
      wrong,
    );
  }
});

test('an address that cannot be one is refused at the start, and does not keep PayPay out in silence', () => {
  const read = (name: string, value: string) => readConfig({ [name]: value }, 'development');
  for (const name of ['MPAC_PAYPAY_WEBHOOK_SOURCES', 'MPAC_TRUSTED_PROXIES']) {
    for (const right of ['203.0.113.7', '203.0.113.0/24, 2001:db8::/32', '::1', '']) read(name, right);
    for (const wrong of [
      '203.0.113',
      '203.0.113.0/33',
      '2001:db8::/129',
      'paypay.ne.jp',
      '10.0.0.0/',
      '10.0.0.0/x',
    ]) {
      assert.throws(() => read(name, wrong), new RegExp(`${name} must be addresses`), wrong);
    }
  }
});

test('a worker reads the numbers of the database at an interval, and a scrape reads nothing', async (t) => {
  const gateway = await makeWebhookHarness(t);
  await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  await gateway.addEvents(3);
  await gateway.fanOut();
  const { context } = makeProcess(gateway.database_url, gateway.context.now);
  t.after(() => closeContext(context));
  const app = makeWorkerServer(context);
  const before = await app.inject({ url: '/metrics' });
  assert.match(before.body, /^mpac_webhook_backlog NaN$/im, 'what nobody read is not zero');
  await measure.run(context);
  const { statusCode, body } = await app.inject({ url: '/metrics' });
  assert.equal(statusCode, 200);
  assert.match(body, /^mpac_webhook_backlog 3$/m);
  assert.match(body, /^mpac_queue_due\{queue="deliveries"\} 3$/m);
  assert.match(body, /^mpac_queue_due\{queue="look_ups"\} 0$/m);
  assert.match(body, /^mpac_unresolved_outcomes 0$/m);
  assert.match(body, /^mpac_database_connections\{state="idle"\} [1-9]$/m);
});

test('a number that cannot be read is not zero', async (t) => {
  const { context, lines } = makeProcess('postgres://nobody@127.0.0.1:1/none');
  t.after(() => closeContext(context));
  context.metrics.queue_due.set({ queue: 'look_ups' }, 7);
  await measure.run(context);
  const { body } = await makeWorkerServer(context).inject({ url: '/metrics' });
  for (const name of ['unresolved_outcomes', 'unresolved_oldest_seconds', 'webhook_backlog']) {
    assert.match(body, new RegExp(`^mpac_${name} NaN$`, 'mi'));
  }
  assert.doesNotMatch(body, /^mpac_queue_due\{/m);
  assert.match(lines.join(''), /could not be measured/);
});

test('metrics can want a token, and then show themselves to nobody else', async (t) => {
  const { context } = makeProcess('postgres://nobody@127.0.0.1:1/none');
  t.after(() => closeContext(context));
  context.config.metrics_token = 'canary-metrics-token';
  const app = makeWorkerServer(context);
  const ask = async (authorization?: string) =>
    (await app.inject({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } }))
      .statusCode;
  assert.equal(await ask(), 401);
  assert.equal(await ask('Bearer canary-metrics-toke'), 401);
  assert.equal(await ask('canary-metrics-token'), 401);
  assert.equal(await ask('Bearer canary-metrics-token'), 200);
  context.config.metrics_token = null;
});

test('of an error only its name, message, code, stack and cause are logged', async (t) => {
  const { context, lines } = makeProcess('postgres://nobody@127.0.0.1:1/none');
  t.after(() => closeContext(context));
  const cause = Object.assign(new TypeError('inner'), { client: { secretKey: 4711 } });
  const error = Object.assign(new Error('outer', { cause }), { code: '57P01', client: { secretKey: 4711 } });
  context.log.error({ err: error }, 'broke');
  const line = JSON.parse(lines[0] ?? '') as { err: { cause: object } };
  assert.deepEqual(Object.keys(line.err), ['type', 'message', 'code', 'stack', 'cause']);
  assert.deepEqual(Object.keys(line.err.cause), ['type', 'message', 'stack']);
  assert.doesNotMatch(lines[0] ?? '', /4711/);
});

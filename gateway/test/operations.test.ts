// What an operator's machines see: the numbers of the database in every process, and log lines that give nothing
// away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closeContext, makeContext } from '../src/commands/make-context.ts';
import { readConfig } from '../src/config.ts';
import { makeServer } from '../src/http/server.ts';
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

test('a process that only serves shows the backlog that is in the database', async (t) => {
  const gateway = await makeWebhookHarness(t);
  await gateway.addEndpoint({ url: 'https://hooks.example.com/' });
  await gateway.addEvents(3);
  await gateway.fanOut();
  const { context } = makeProcess(gateway.database_url, gateway.context.now);
  t.after(() => closeContext(context));
  const app = await makeServer(context);
  const { statusCode, body } = await app.inject({ url: '/metrics' });
  assert.equal(statusCode, 200);
  assert.match(body, /^mpac_webhook_backlog 3$/m);
  assert.match(body, /^mpac_unresolved_outcomes 0$/m);
});

test('a number that cannot be read is not zero', async (t) => {
  const { context, lines } = makeProcess('postgres://nobody@127.0.0.1:1/none');
  t.after(() => closeContext(context));
  const app = await makeServer(context);
  const { statusCode, body } = await app.inject({ url: '/metrics' });
  assert.equal(statusCode, 200);
  for (const name of ['unresolved_outcomes', 'unresolved_oldest_seconds', 'webhook_backlog']) {
    assert.match(body, new RegExp(`^mpac_${name} NaN$`, 'mi'));
  }
  assert.match(lines.join(''), /could not be measured/);
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

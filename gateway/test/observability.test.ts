// What the gateway tells of its work while it works: where an answer's time went, and traces in a real OTLP receiver.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startWorker } from '../src/jobs/worker.ts';
import { openTracing } from '../src/tracing.ts';
import { send } from './support/client.ts';
import { createTestDatabase } from './support/database.ts';
import { startTestGateway } from './support/gateway.ts';
import { startCli } from './support/process.ts';
import { startReceiver } from './support/webhooks.ts';

interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  status?: { code?: number };
  attributes: { key: string; value: Record<string, unknown> }[];
}

/** A receiver of OTLP over HTTP, as collectors are. */
async function startCollector(t: TestContext) {
  const spans: ReceivedSpan[] = [];
  const texts: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    texts.push(text);
    const { resourceSpans } = JSON.parse(text);
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, spans, texts };
}

const attribute = (span: ReceivedSpan | undefined, name: string) =>
  Object.values(span?.attributes.find(({ key }) => key === name)?.value ?? {})[0];

test('every answer says how long it took, and that of a payment what it waited for', async (t) => {
  const gateway = await startTestGateway(t);
  const health = await send(gateway.url, 'GET', '/health', {}, undefined);
  assert.match(health.headers.get('server-timing') ?? '', /^total;dur=\d+\.\d$/);
  const created = await gateway.client.create(gateway.newOrder());
  const timing = (text: string | null) =>
    Object.fromEntries(
      [...(text ?? '').matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, ms]) => [name, Number(ms)]),
    );
  const create = timing(created.headers.get('server-timing'));
  assert.deepEqual(Object.keys(create), ['total', 'db', 'provider']);
  assert.ok(create['db'] > 0 && create['db'] <= create['total'], JSON.stringify(create));
  assert.equal(create['provider'], 0);
  await gateway.paypay.setFault('slow', { endpoint: 'create_code', times: 1, ms: 120 });
  const confirmed = await gateway.terminalFor(created.json).confirmQr();
  const confirm = timing(confirmed.headers.get('server-timing'));
  assert.ok(confirm['provider'] >= 100 && confirm['provider'] <= confirm['total'], JSON.stringify(confirm));
  const refused = await gateway.client.retrieve('pi_none');
  assert.ok('db' in timing(refused.headers.get('server-timing')), 'a refusal took its time, too');
});

test('a payment is one trace under its caller’s, from the request to the statement and the provider', async (t) => {
  const collector = await startCollector(t);
  const gateway = await startTestGateway(t);
  const tracing = await openTracing(`${collector.url}/v1/traces`);
  gateway.context.tracing = tracing;
  const order = gateway.newOrder({ description: 'canary-description' });
  const trace_id = '0af7651916cd43dd8448eb211c80319c';
  const created = await gateway.client.create(order, {
    headers: { traceparent: `00-${trace_id}-b7ad6b7169203331-01` },
  });
  await gateway.terminalFor(created.json).confirmQr();
  await send(
    gateway.url,
    'GET',
    `/v1/payment_intents/${created.json.id}?payment_token=canary-token`,
    {},
    undefined,
  );
  await gateway.client.create(gateway.newOrder(), { headers: { traceparent: '00-canary-b7-01' } });
  await tracing.close();
  delete gateway.context.tracing;

  const request = collector.spans.find(
    ({ traceId, name }) => traceId === trace_id && name === 'POST /v1/payment_intents',
  );
  assert.ok(request, 'the caller’s trace goes on');
  assert.equal(request.parentSpanId, 'b7ad6b7169203331');
  assert.equal(attribute(request, 'http.response.status_code'), 201);
  const statement = collector.spans.find(({ parentSpanId }) => parentSpanId === request.spanId);
  assert.equal(statement?.name, 'db create_intents');
  const provider = collector.spans.find(({ name }) => name === 'provider PAYPAY start');
  assert.equal(attribute(provider, 'result'), 'waiting');
  const confirm = collector.spans.find(({ spanId }) => spanId === provider?.parentSpanId);
  assert.equal(confirm?.name, 'POST /v1/payment_intents/:id/confirm');
  const line = gateway.log.lines.find((each) => each['trace_id'] === trace_id);
  assert.equal(line?.['request_id'], created.headers.get('x-request-id'));
  const told = collector.texts.join('');
  const secrets = [String(created.json['payment_token']), gateway.key.secret, 'simulator-secret', 'canary'];
  for (const secret of secrets) assert.equal(told.includes(secret), false, `${secret} was told`);
});

test('job runs that did something, and webhook deliveries, are traced by the real worker', async (t) => {
  const collector = await startCollector(t);
  const gateway = await startTestGateway(t);
  const tracing = await openTracing(`${collector.url}/v1/traces`);
  gateway.context.tracing = tracing;
  const receiver = await startReceiver(t);
  const endpoint = { url: receiver.url, enabled_events: ['payment_intent.created'] };
  assert.equal((await gateway.client.post('/v1/webhook_endpoints', endpoint)).status, 201);
  await gateway.createIntent();
  const failing = gateway.log.next((line) => /webhook (not )?delivered/.test(line.msg ?? ''));
  const worker = startWorker(gateway.context);
  await failing;
  await worker.stop();
  await tracing.close();
  delete gateway.context.tracing;
  const names = new Set(collector.spans.map(({ name }) => name));
  assert.ok(names.has('job fan_out') && names.has('webhook delivery'), [...names].join());
  assert.equal(names.has('job expiry'), false, 'what found nothing to do leaves no trace');
});

test('a worker answers on a port of its own, and serves no payments there', async (t) => {
  const database = await createTestDatabase();
  t.after(database.drop);
  const env = {
    HOST: '127.0.0.1',
    DATABASE_URL: database.url,
    MPAC_MASTER_KEY: 'ab'.repeat(32),
    MPAC_METRICS_TOKEN: 'canary-metrics-token',
  };
  const worker = startCli(t, ['work'], { env });
  const port = await worker.waitFor(
    'the port',
    () => /"port":(\d+),"msg":"the worker works"/.exec(worker.stdout())?.[1],
  );
  const url = `http://127.0.0.1:${port}`;
  assert.equal((await send(url, 'GET', '/health', {}, undefined)).status, 200);
  assert.equal((await send(url, 'GET', '/metrics', {}, undefined)).status, 401);
  const headers = { authorization: 'Bearer canary-metrics-token' };
  const metrics = await send(url, 'GET', '/metrics', headers, undefined);
  assert.equal(metrics.status, 200);
  assert.match(metrics.text, /^mpac_database_connections\{state="idle"\}/m);
  assert.equal((await send(url, 'GET', '/v1/payment_intents', {}, undefined)).status, 404);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
});

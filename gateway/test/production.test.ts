// Production as an operator runs it: several API processes and several workers on one database, each with the
// real command line. They behave as one, they say what is missing, and they stop without dropping anything.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { CASH, makeCrashStage, QR } from './crash/crash-stage.ts';
import { createTestDatabase } from './support/database.ts';
import { runCli, startGateway, startWorkerProcess, waitUntil } from './support/process.ts';
import { startReceiver } from './support/webhooks.ts';

const MASTER_KEY = 'ab'.repeat(32);

async function startTwo(t: TestContext) {
  const stage = await makeCrashStage(t);
  const [left, right] = await Promise.all([
    startGateway(t, 'serve', stage.env),
    startGateway(t, 'serve', stage.env),
  ]);
  return { stage, left, right, at_left: stage.clientAt(left), at_right: stage.clientAt(right) };
}

const readiness = async (url: string) => {
  const answer = await fetch(`${url}/ready`);
  return { status: answer.status, body: (await answer.json()) as { checks: Record<string, string> } };
};

test('nothing starts in production without its own database and master key', async (t) => {
  for (const command of ['serve', 'work', 'migrate']) {
    const { code, stderr } = await runCli(t, [command]);
    assert.equal(code, 1);
    const lines = stderr.trim().split('\n');
    assert.equal(lines.length, 2, stderr);
    assert.match(stderr, /^MPAC_MASTER_KEY is missing\. Make one with "openssl rand -hex 32"/m);
    assert.match(stderr, /^DATABASE_URL is missing: production needs a PostgreSQL of its own/m);
  }
});

test('readiness says what is missing until the migrations are in and a worker lives', async (t) => {
  const database = await createTestDatabase('template0');
  t.after(database.drop);
  const env = { MPAC_MODE: 'production', DATABASE_URL: database.url, MPAC_MASTER_KEY: MASTER_KEY };
  const gateway = await startGateway(t, 'serve', env);
  const empty = await readiness(gateway.url);
  assert.equal(empty.status, 503);
  assert.match(empty.body.checks['migrations'] ?? '', /^\d+ pending: run mpac-pgw migrate$/);

  assert.match((await runCli(t, ['migrate'], { env })).stdout, /^Applied 0001/);
  assert.match((await runCli(t, ['migrate'], { env })).stdout, /^Nothing to do: version \d+\.\n$/);
  const migrated = await readiness(gateway.url);
  assert.equal(migrated.status, 503);
  assert.equal(migrated.body.checks['migrations'], 'ok');
  assert.match(migrated.body.checks['worker'] ?? '', /run mpac-pgw work$/);

  const worker = await startWorkerProcess(t, env);
  await waitUntil('readiness', async () => (await readiness(gateway.url)).status === 200);
  assert.deepEqual(await worker.stop(), { code: 0, signal: null });
  assert.equal((await readiness(gateway.url)).status, 503, 'a worker that stops in good order says so');
  assert.equal((await fetch(`${gateway.url}/health`)).status, 200, 'which is no reason to kill the API');
});

test('an API that cannot tell PayPay’s notifications from others says so at its start', async (t) => {
  const database = await createTestDatabase();
  t.after(database.drop);
  const env = { MPAC_MODE: 'production', DATABASE_URL: database.url, MPAC_MASTER_KEY: MASTER_KEY };
  const warning = /anybody can send notifications of PAYPAY.*MPAC_PAYPAY_WEBHOOK_SOURCES/;
  assert.match((await startGateway(t, 'serve', env)).stdout(), warning);
  const told = { ...env, MPAC_PAYPAY_WEBHOOK_SOURCES: '203.0.113.0/24' };
  assert.doesNotMatch((await startGateway(t, 'serve', told)).stdout(), warning);
});

test('two APIs and two workers take a payment together, and tell the merchant of it once', async (t) => {
  const { stage, right, at_left, at_right } = await startTwo(t);
  const receiver = await startReceiver(t);
  await stage.addEndpoint(receiver.url);
  await Promise.all([startWorkerProcess(t, stage.env), startWorkerProcess(t, stage.env)]);
  await stage.paypay.control('POST', '/settings', { notification_url: `${right.url}/v1/webhooks/paypay` });

  const { id } = (await at_left.create(stage.newOrder())).json as { id: string };
  assert.equal((await at_right.retrieve(id)).json.status, 'requires_payment_method');
  const confirmed = await at_right.confirm(id, QR);
  assert.equal(confirmed.json.status, 'requires_action', confirmed.text);
  await stage.paypay.pay(confirmed.json.qr_content);
  await waitUntil('the payment', async () => (await at_left.retrieve(id)).json.status === 'succeeded');
  await stage.deliverAll();
  const types = receiver.received.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  assert.deepEqual(types.sort(), [
    'payment_intent.created',
    'payment_intent.requires_action',
    'payment_intent.succeeded',
  ]);
});

test('two APIs are one to a client that sends the same request to both', async (t) => {
  const { stage, at_left, at_right } = await startTwo(t);
  for (let round = 0; round < 10; round++) {
    const order = stage.newOrder();
    const options = { idempotency_key: `k${round}` };
    const answers = await Promise.all([at_left.create(order, options), at_right.create(order, options)]);
    const first = answers.find((answer) => answer.status === 201);
    assert.ok(first !== undefined, answers[0]?.text);
    for (const by of [at_left, at_right]) {
      const again = await by.create(order, options);
      assert.deepEqual([again.status, again.text], [201, first.text]);
      assert.equal(again.headers.get('idempotency-replayed'), 'true');
    }
    const paying = { idempotency_key: `p${round}` };
    const id = String(first.json.id);
    const paid = await Promise.all([at_left.confirm(id, CASH, paying), at_right.confirm(id, CASH, paying)]);
    for (const answer of paid)
      assert.ok(answer.status === 200 || answer.headers.has('retry-after'), answer.text);
    assert.equal((await stage.attempts(id)).length, 1);
  }
  assert.equal((await stage.query('select from payment_intents')).length, 10);
});

test('SIGTERM lets the confirm that runs end, and the other API goes on', async (t) => {
  const { stage, left, at_left, at_right } = await startTwo(t);
  const { id } = (await at_left.create(stage.newOrder())).json as { id: string };
  await stage.paypay.setFault('slow', { endpoint: 'create_code', times: 1, ms: 600 });
  // Somebody who connected and never asked, as browsers do in advance, and somebody who asked half.
  const silent = connect(Number(new URL(left.url).port), '127.0.0.1');
  const half = connect(Number(new URL(left.url).port), '127.0.0.1');
  for (const socket of [silent, half]) socket.on('error', () => {});
  half.write('POST /v1/payment_intents HTTP/1.1\r\nHost: ');
  await Promise.all([silent, half].map((socket) => once(socket, 'connect')));
  const confirming = at_left.confirm(id, QR);
  await waitUntil('PayPay to be asked', async () => (await stage.paypay.calls('create_code')) === 1);
  const stopped = left.stop('SIGTERM');
  const confirmed = await confirming;
  assert.deepEqual([confirmed.status, confirmed.json.status], [200, 'requires_action']);
  const answered_at = performance.now();
  assert.deepEqual(await stopped, { code: 0, signal: null });
  assert.ok(performance.now() - answered_at < 10_000, 'and then waits for nobody');
  assert.equal(left.stderr(), '');
  await assert.rejects(at_left.retrieve(id), TypeError);
  assert.equal((await at_right.retrieve(id)).json.status, 'requires_action');
});

test('SIGTERM lets the delivery that runs end, so that no merchant hears of it twice', async (t) => {
  const { stage, at_left } = await startTwo(t);
  const waiting: ServerResponse[] = [];
  const receiver = await startReceiver(t, (response) => void waiting.push(response));
  await stage.addEndpoint(receiver.url);
  const worker = await startWorkerProcess(t, stage.env);
  await at_left.create(stage.newOrder());
  await receiver.arrived(1);
  const stopped = worker.stop('SIGTERM');
  // The worker withdraws its heartbeat on its way out, while the delivery still runs.
  await waitUntil('the worker to heed the signal', async () => {
    return (await stage.query('select from worker_heartbeats')).length === 0;
  });
  assert.equal(worker.hasExited(), false);
  for (const response of waiting) response.end('ok');
  assert.deepEqual(await stopped, { code: 0, signal: null });
  const noted = await stage.query<{ status: string }>('select status from webhook_deliveries');
  assert.deepEqual(noted, [{ status: 'succeeded' }]);
});

test('SIGTERM first says so at /ready and goes on serving, so that a load balancer can turn away in time', async (t) => {
  const stage = await makeCrashStage(t);
  const gateway = await startGateway(t, 'serve', { ...stage.env, MPAC_DRAIN_MS: '1500' });
  const client = stage.clientAt(gateway);
  const { id } = (await client.create(stage.newOrder())).json as { id: string };
  const stopped = gateway.stop('SIGTERM');
  await waitUntil('the announcement', async () => {
    const { status, body } = await readiness(gateway.url);
    return status === 503 && (body as { status?: string }).status === 'draining';
  });
  const served = await client.confirm(id, CASH);
  assert.deepEqual([served.status, served.json.status], [200, 'succeeded']);
  assert.equal(served.headers.get('connection'), 'close');
  assert.deepEqual(await stopped, { code: 0, signal: null });
  await assert.rejects(client.retrieve(id), TypeError);
});

// Files that PayPay announces: fetched and imported by the worker, with patience, and only from where the operator
// lets them be fetched. A stranger's announcement makes the gateway fetch nothing.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Config } from '../src/config.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { makeFiles } from './support/reconciliation.ts';

const DAY = '2026-01-15';
const SECRET = 'a secret for notifications';
const PROVEN = { PAYPAY: { secret: SECRET, sources: [] } };

const results = (gateway: TestGateway) =>
  gateway.query<{ result: string | null; attempts_made: number }>(
    'select result, attempts_made from provider_notifications where file_url is not null order by id',
  );

async function pay(gateway: TestGateway) {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  return intent;
}

test('an announced file is fetched, imported, and told of once', async (t) => {
  const gateway = await startTestGateway(t, { config: { notifications: PROVEN } });
  const { clock, paypay } = gateway;
  await paypay.connectNotifications(SECRET);
  const intent = await pay(gateway);
  clock.set('2026-01-15T17:00:00.000Z'); // two in the morning
  const [made] = await makeFiles(gateway, DAY, { announce: true });
  assert.equal(made?.announced, '200');
  // The inbox of payments leaves it alone.
  await gateway.runJob('notifications');
  assert.deepEqual(await results(gateway), [{ result: null, attempts_made: 0 }]);

  assert.equal(await gateway.runJob('files'), 1);
  assert.deepEqual(await results(gateway), [{ result: 'imported', attempts_made: 1 }]);
  const files = await gateway.query(
    'select status, source, livemode, payments_count, amount_paid, exceptions_count from reconciliation_files',
  );
  assert.deepEqual(files, [
    {
      status: 'imported',
      source: 'notification',
      livemode: false,
      payments_count: 1,
      amount_paid: 1_000,
      exceptions_count: 0,
    },
  ]);
  const [entry] = (await gateway.client.get('/v1/audit_log?action=reconciliation_file.imported')).json;
  assert.equal(entry.actor_type, 'system');

  // PayPay can be asked to announce it once more.
  await makeFiles(gateway, DAY, { announce: true });
  assert.equal(await gateway.runJob('files'), 1);
  assert.equal(await gateway.runJob('files'), 0);
  assert.deepEqual(
    (await results(gateway)).map(({ result }) => result),
    ['imported', 'already_imported'],
  );
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('a payment that the file tells otherwise is counted, logged with numbers only, and looked up', async (t) => {
  const gateway = await startTestGateway(t, { config: { notifications: PROVEN } });
  const { clock, paypay } = gateway;
  await paypay.connectNotifications(SECRET);
  const paid = await gateway.openQr();
  await paypay.pay(paid.code); // and nobody here hears of it
  clock.set('2026-01-15T17:00:00.000Z');
  await makeFiles(gateway, DAY, { announce: true });
  await gateway.runJob('files');
  const [exception] = await gateway.query(
    'select kind, status_here, status_there, payment_intent_id from reconciliation_exceptions',
  );
  assert.deepEqual(exception, {
    kind: 'status_differs',
    status_here: 'waiting',
    status_there: 'paid',
    payment_intent_id: paid.id,
  });
  const line = gateway.log.lines.find(({ msg }) => msg === 'a reconciliation file has exceptions');
  assert.deepEqual(line?.['exceptions'], { status_differs: 1 });
  await gateway.runJob('look_ups');
  assert.equal(await gateway.statusOf(paid), 'succeeded');
  await gateway.runJob('measure');
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  assert.match(metrics, /^mpac_reconciliation_exceptions_open 1$/m);
  assert.match(metrics, /^mpac_reconciliation_files_total\{provider="PAYPAY",result="imported"\} 1$/m);
});

/** Announces a file as PayPay would, from anywhere. */
async function announce(gateway: TestGateway, path: string, secret: string | null) {
  await gateway.paypay.connectNotifications(secret);
  const body = JSON.stringify({
    notification_type: 'file.created',
    notification_id: path,
    fileType: 'transaction_recon',
    path,
    requestedAt: 1_768_500_000,
  });
  const signature =
    secret === null ? {} : { 'x-paypay-signature': createHmac('sha256', secret).update(body).digest('hex') };
  const answer = await fetch(`${gateway.url}/v1/webhooks/paypay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signature },
    body,
  });
  return answer.status;
}

/** A server that must not be asked. */
async function startTrap(t: TestContext) {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end('no');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, asked: () => asked };
}

test('nothing is fetched without proof, in the clear, or from a host that nobody allowed', async (t) => {
  const trap = await startTrap(t);
  const name = 'transaction_1_20260115_20260115_v2.csv';
  const rounds: [config: Partial<Config>, secret: string | null, paths: string[]][] = [
    // Nobody can prove to be PayPay here.
    [{}, null, [`https://files.paypay.ne.jp/${name}`]],
    [
      { notifications: PROVEN },
      SECRET,
      [
        `http://127.0.0.1:${trap.port}/${name}`,
        `https://127.0.0.1:${trap.port}/${name}`,
        `http://files.paypay.ne.jp/${name}`,
        `https://paypay.ne.jp.example.com/${name}`,
        `https://notpaypay.ne.jp/${name}`,
        `https://files.paypay.ne.jp:8443/${name}`,
        `https://somebody:word@files.paypay.ne.jp/${name}`,
        'file:///etc/passwd',
        `/v2/files/${name}`,
      ],
    ],
  ];
  for (const [config, secret, paths] of rounds) {
    const gateway = await startTestGateway(t, { config });
    let requests = 0;
    for (const client of ['http', 'webhook_http', 'file_http'] as const) {
      const real = gateway.context[client];
      gateway.context[client] = {
        ...real,
        request: (request) => {
          requests += 1;
          return real.request(request);
        },
      };
    }
    for (const path of paths) assert.equal(await announce(gateway, path, secret), 200, path);
    while ((await gateway.runJob('files')) > 0);
    const found = await gateway.query<{ file_url: string; result: string }>(
      'select file_url, result from provider_notifications order by id',
    );
    assert.deepEqual(
      found,
      paths.map((file_url) => ({ file_url, result: 'not_allowed' })),
    );
    assert.equal(requests, 0);
  }
  assert.equal(trap.asked(), 0);
});

test('an allowed name that leads into our own network is not connected to', async (t) => {
  const trap = await startTrap(t);
  const gateway = await startTestGateway(t, {
    config: {
      notifications: PROVEN,
      file_hosts: { PAYPAY: ['localhost'] },
      webhook_allow_loopback: false,
    },
  });
  assert.equal(
    await announce(gateway, 'https://localhost/transaction_1_20260115_20260115_v2.csv', SECRET),
    200,
  );
  await gateway.runJob('files');
  assert.deepEqual(await results(gateway), [{ result: null, attempts_made: 1 }]);
  assert.ok(gateway.log.texts.some((line) => line.includes('refused_address')));
  assert.equal(trap.asked(), 0);
});

test('a file that is not there yet is tried for, less and less often, for two hours', async (t) => {
  const gateway = await startTestGateway(t);
  const started = gateway.clock.now();
  const path = `${gateway.paypay.url}/files/transaction_1_20260115_20260115_v2.csv`;
  assert.equal(await announce(gateway, path, null), 200);
  const tries: number[] = [];
  for (let second = 0; second <= 3 * 3_600; second += 5) {
    gateway.clock.set(started + second * 1_000);
    if ((await gateway.runJob('files')) === 1) tries.push(second);
  }
  assert.deepEqual(tries.slice(0, 8), [0, 10, 30, 70, 150, 310, 630, 1_230]);
  assert.ok(Number(tries.at(-1)) > 2 * 3_600 && Number(tries.at(-1)) <= 2 * 3_600 + 600);
  assert.deepEqual(await results(gateway), [{ result: 'not_fetched', attempts_made: tries.length }]);
  assert.ok(gateway.log.texts.some((line) => line.includes('import it by hand')));
});

test('a file that cannot be right is refused by line and column, and not tried again', async (t) => {
  const trap = createServer((_request, response) => response.end('決済番号\n'));
  await new Promise<void>((resolve) => void trap.listen(0, '127.0.0.1', resolve));
  t.after(() => new Promise<void>((resolve) => void trap.close(() => resolve())));
  const simulator_url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
  const gateway = await startTestGateway(t, { config: { simulator_url } });
  await announce(gateway, `${simulator_url}/paypay/files/transaction_1_20260115_20260115_v2.csv`, null);
  await gateway.runJob('files');
  assert.deepEqual(await results(gateway), [{ result: 'refused', attempts_made: 1 }]);
  assert.ok(gateway.log.texts.some((line) => line.includes('Line 1 is not the header')));
  assert.equal(await gateway.runJob('files'), 0);
});

// The download of an announced file as it is in production: over TLS, and where the operator has a proxy through that,
// because it may be the only way out. A redirect leads nowhere, and addresses are judged before the proxy is asked.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeAddressGuard } from '../src/outbound/address-guard.ts';
import { makeHttpClient } from '../src/outbound/http.ts';
import { makeCertificate } from '../src/providers/paypay/simulated-paypay.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { DAY, MORNING, makeFiles, pay } from './support/reconciliation.ts';

const SECRET = 'a secret for notifications';
const HOST = 'files.paypay.ne.jp';
const { key, cert } = makeCertificate(HOST);

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Opens every tunnel to one server of the test, whatever is asked for. */
async function startProxy(t: TestContext, leads_to: number) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(String(request.url));
    sockets.add(socket);
    const way = connect(leads_to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      way.pipe(socket).pipe(way);
    });
    way.on('error', () => socket.destroy());
    socket.on('error', () => way.destroy());
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { url: `http://127.0.0.1:${await listen(t, server)}`, asked };
}

async function startStage(t: TestContext, answer: (response: ServerResponse, path: string) => void) {
  const files = createSecureServer({ key, cert }, (request, response) =>
    answer(response, String(request.url)),
  );
  const proxy = await startProxy(t, await listen(t, files));
  const config = {
    notifications: { PAYPAY: { secret: SECRET, sources: [] } },
    provider_proxy_url: proxy.url,
  };
  const gateway = await startTestGateway(t, { config });
  await gateway.paypay.connectNotifications(SECRET);
  return { gateway, proxy };
}

/** The same client as the gateway's own, with an authority that vouches for the test's server. */
async function trustTestServer({ context }: TestGateway, proxy_url: string): Promise<void> {
  await context.file_http.close();
  context.file_http = makeHttpClient({
    user_agent: 'mpac-pgw-test',
    guard: makeAddressGuard({ allow_loopback: false }),
    proxy: { url: proxy_url },
    undici: { connect: { ca: cert } },
  });
}

async function announce({ url }: TestGateway, path: string): Promise<void> {
  const body = JSON.stringify({
    notification_type: 'file.created',
    notification_id: path,
    fileType: 'transaction_recon',
    path,
    requestedAt: 1_768_500_000,
  });
  const signature = createHmac('sha256', SECRET).update(body).digest('hex');
  const headers = { 'content-type': 'application/json', 'x-paypay-signature': signature };
  const answer = await fetch(`${url}/v1/webhooks/paypay`, { method: 'POST', headers, body });
  assert.equal(answer.status, 200);
}

const results = ({ query }: TestGateway) =>
  query<{ result: string | null; attempts_made: number }>(
    'select result, attempts_made from provider_notifications where file_url is not null order by id',
  );

test('a file is fetched through the proxy over TLS, from a server that proves its name', async (t) => {
  let bytes = Buffer.alloc(0);
  const paths: string[] = [];
  const { gateway, proxy } = await startStage(t, (response, path) => {
    paths.push(path);
    response.end(bytes);
  });
  gateway.clock.set(MORNING);
  await pay(gateway);
  const [made] = await makeFiles(gateway, DAY);
  assert.ok(made !== undefined);
  bytes = Buffer.from(await (await fetch(made.url)).arrayBuffer());

  await announce(gateway, `https://${HOST}/daily/${made.name}?token=signed`);
  await gateway.runJob('files');
  assert.deepEqual(proxy.asked, [`${HOST}:443`]);
  assert.deepEqual(await results(gateway), [{ result: null, attempts_made: 1 }]);
  assert.deepEqual(paths, [], 'a certificate that nobody vouches for is no proof of a name');

  await trustTestServer(gateway, proxy.url);
  gateway.clock.advance(10_000);
  await gateway.runJob('files');
  assert.deepEqual(await results(gateway), [{ result: 'imported', attempts_made: 2 }]);
  assert.deepEqual(paths, [`/daily/${made.name}?token=signed`]);
  const files = await gateway.query('select livemode, source, payments_count from reconciliation_files');
  assert.deepEqual(files, [{ livemode: false, source: 'notification', payments_count: 1 }]);
  assert.equal(gateway.log.texts.join('\n').includes('token=signed'), false);
});

test('a redirect is not followed, whoever sends it', async (t) => {
  const { gateway, proxy } = await startStage(t, (response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/secret' }).end();
  });
  await trustTestServer(gateway, proxy.url);
  await announce(gateway, `https://${HOST}/transaction_1_20260115_20260115_v2.csv`);
  await gateway.runJob('files');
  assert.deepEqual(await results(gateway), [{ result: null, attempts_made: 1 }]);
  assert.deepEqual(proxy.asked, [`${HOST}:443`]);
  assert.ok(gateway.log.lines.some(({ why }) => why === 'status 302'));
});

test('an address and this machine are refused before the proxy hears of them', async (t) => {
  const { gateway, proxy } = await startStage(t, (response) => void response.end());
  gateway.context.config.file_hosts = { PAYPAY: ['10.0.0.7', '[::1]', 'localhost', '169.254.169.254'] };
  for (const host of ['10.0.0.7', '[::1]', 'localhost', '169.254.169.254', '0xa9fea9fe'])
    await announce(gateway, `https://${host}/transaction_1_20260115_20260115_v2.csv`);
  while ((await gateway.runJob('files')) > 0);
  for (const { attempts_made, result } of await results(gateway))
    assert.deepEqual([result, attempts_made], [null, 1]);
  assert.equal(gateway.log.lines.filter(({ why }) => why === 'refused_address').length, 5);
  assert.deepEqual(proxy.asked, []);
});

test('a file that is there but never gets imported is given up, too', async (t) => {
  const { gateway, proxy } = await startStage(t, (response) => void response.end('x'));
  await trustTestServer(gateway, proxy.url);
  const started = gateway.clock.now();
  await announce(gateway, `https://${HOST}/transaction_1_20260115_20260115_v2.csv`);
  await gateway.query('alter table payment_processor_configs rename to processor_configs_away');
  let tries = 0;
  for (let minute = 0; minute <= 24 * 60; minute += 5) {
    gateway.clock.set(started + minute * 60_000);
    if ((await gateway.runJob('files').catch(() => 1)) === 1) tries += 1;
  }
  assert.ok(tries < 12, `${tries} tries`);
  assert.equal((await results(gateway))[0]?.result, 'not_fetched');
});

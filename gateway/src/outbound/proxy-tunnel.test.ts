// The way through a proxy against a real one on loopback, with a real TLS server behind it whose certificate is
// made here. What the proxy does wrong must never look as if a request might have arrived.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { makeCertificate, NO_OPENSSL as skip } from '../../test/support/certificates.ts';
import { makeHttpClient } from './http.ts';
import type { ProxyOptions } from './proxy-tunnel.ts';

/** A name that no resolver knows: who reaches it went through the proxy. */
const NAME = 'provider.test';
const PASSWORD = 'canary-pass:w%rd';

const tls = skip ? null : makeCertificate(NAME);

async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function startProvider(t: TestContext, listener: RequestListener): Promise<number> {
  assert.ok(tls);
  return listen(t, createSecureServer(tls, listener));
}

type OnConnect = (request: IncomingMessage, socket: Socket, open: () => void) => void;

/** A proxy that opens every tunnel, or does what a test wants in its place; every name leads to this machine. */
async function startProxy(
  t: TestContext,
  onConnect: OnConnect = (_request, _socket, open) => open(),
  secure = false,
) {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = secure && tls ? createSecureServer(tls) : createServer();
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(String(request.url));
    sockets.add(socket);
    socket.on('error', () => {});
    onConnect(request, socket, () => {
      const way = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        way.pipe(socket).pipe(way);
      });
      way.on('error', () => socket.destroy());
    });
  });
  t.after(() => {
    for (const socket of sockets) socket.destroy();
  });
  const port = await listen(t, server);
  return { url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`, port, asked };
}

function makeClient(t: TestContext, proxy: ProxyOptions) {
  const client = makeHttpClient({
    user_agent: 'mpac-pgw/test',
    proxy,
    undici: { connect: { ...(tls && { ca: tls.cert }) } },
  });
  t.after(() => client.close());
  return client;
}

const get = (url: string, deadline_ms = 5_000) => ({ method: 'GET' as const, url, deadline_ms });

test('a provider is reached through the proxy, and its certificate is checked within the tunnel', {
  skip,
}, async (t) => {
  const seen: IncomingMessage['headers'][] = [];
  const provider = await startProvider(t, (request, response) => {
    seen.push(request.headers);
    response.end('paid');
  });
  const proxy = await startProxy(t);
  const client = makeClient(t, { url: proxy.url });
  const answer = await client.request(get(`https://${NAME}:${provider}/v2/codes`));
  assert.equal(answer.kind === 'answered' && answer.body.toString(), 'paid');
  assert.deepEqual(proxy.asked, [`${NAME}:${provider}`]);
  assert.equal(seen[0]?.host, `${NAME}:${provider}`);
  // The connection is free again a turn after its answer was read.
  await setImmediate();
  await client.request(get(`https://${NAME}:${provider}/v2/codes`));
  assert.equal(proxy.asked.length, 1, 'a tunnel is used again');

  const stranger = await client.request(get(`https://other.test:${provider}/`));
  assert.deepEqual([stranger.kind, stranger.kind === 'failed' && stranger.sent], ['failed', false]);
  assert.equal(seen.length, 2, 'the certificate is for another name, so nothing was sent');
});

test('a proxy that is itself reached by https works as well', { skip }, async (t) => {
  const provider = await startProvider(t, (_request, response) => response.end('paid'));
  const proxy = await startProxy(t, undefined, true);
  assert.ok(tls);
  const client = makeClient(t, { url: proxy.url, ca: tls.cert });
  const answer = await client.request(get(`https://${NAME}:${provider}/`));
  assert.equal(answer.kind === 'answered' && answer.body.toString(), 'paid', JSON.stringify(answer));
});

test('the proxy hears user and password, and a wrong one means that nothing was sent', {
  skip,
}, async (t) => {
  let reached = 0;
  const provider = await startProvider(t, (request, response) => {
    reached += 1;
    assert.equal(request.headers['proxy-authorization'], undefined, 'they are for the proxy alone');
    response.end('paid');
  });
  const wanted = `Basic ${Buffer.from(`till:${PASSWORD}`).toString('base64')}`;
  const proxy = await startProxy(t, (request, socket, open) => {
    if (request.headers['proxy-authorization'] === wanted) return open();
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n');
  });
  const withPassword = (password: string) =>
    proxy.url.replace('://', `://till:${encodeURIComponent(password)}@`);

  const right = makeClient(t, { url: withPassword(PASSWORD) });
  assert.equal((await right.request(get(`https://${NAME}:${provider}/`))).kind, 'answered');
  const wrong = makeClient(t, { url: withPassword(`${PASSWORD}x`) });
  const refused = await wrong.request(get(`https://${NAME}:${provider}/`));
  assert.ok(refused.kind === 'failed');
  assert.deepEqual([refused.reason, refused.sent], ['connection_failed', false]);
  assert.match(refused.message, /407: it wants another user or password/);
  assert.doesNotMatch(JSON.stringify(refused), /canary|till/);
  assert.equal(reached, 1);
});

test('a proxy that is away, breaks off, or refuses has sent nothing, and is asked once for each request', async (t) => {
  const away = await startProxy(t);
  const client = makeClient(t, { url: 'http://127.0.0.1:9' });
  const unreachable = await client.request(get(`https://${NAME}/`));
  assert.ok(unreachable.kind === 'failed');
  assert.deepEqual([unreachable.reason, unreachable.sent], ['connection_failed', false]);
  assert.equal(away.asked.length, 0);

  const ways: Record<string, OnConnect> = {
    'hangs up without a word': (_request, socket) => socket.destroy(),
    'answers half a line and hangs up': (_request, socket) => socket.end('HTTP/1.1 2'),
    'answers with something else': (_request, socket) => socket.end('hello\r\n\r\n'),
    'does not allow this host': (_request, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'),
    'cannot reach the provider': (_request, socket) =>
      socket.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno'),
  };
  for (const [name, way] of Object.entries(ways)) {
    const proxy = await startProxy(t, way);
    const answer = await makeClient(t, { url: proxy.url }).request(get(`https://${NAME}/`, 2_000));
    assert.ok(answer.kind === 'failed', name);
    assert.deepEqual(
      [answer.reason, answer.sent],
      ['connection_failed', false],
      `${name}: ${answer.message}`,
    );
    assert.equal(proxy.asked.length, 1, name);
  }
});

test('a proxy that never answers is a time-out of a request that was not sent, also after it wakes up', {
  skip,
}, async (t) => {
  let reached = 0;
  const provider = await startProvider(t, (_request, response) => {
    reached += 1;
    response.end();
  });
  const sleeper: { wake?: () => void } = {};
  const proxy = await startProxy(t, (_request, _socket, open) => {
    if (sleeper.wake === undefined) sleeper.wake = open;
    else open();
  });
  const client = makeClient(t, { url: proxy.url });
  const answer = await client.request(get(`https://${NAME}:${provider}/`, 150));
  assert.ok(answer.kind === 'failed');
  assert.deepEqual([answer.reason, answer.sent], ['timeout', false]);
  sleeper.wake?.();
  const next = await client.request(get(`https://${NAME}:${provider}/`));
  assert.deepEqual([next.kind, reached], ['answered', 1], 'only what was asked afterwards arrives');

  const hasty = makeClient(t, { url: (await startProxy(t, () => {})).url, timeout_ms: 50 });
  const given_up = await hasty.request(get(`https://${NAME}/`));
  assert.ok(given_up.kind === 'failed');
  assert.deepEqual([given_up.reason, given_up.sent], ['timeout', false]);
  assert.match(given_up.message, /no tunnel in time/);
});

test('a tunnel that breaks after the request was sent leaves its outcome open', { skip }, async (t) => {
  const provider = await startProvider(t, (request) => request.socket.destroy());
  const proxy = await startProxy(t);
  const answer = await makeClient(t, { url: proxy.url }).request(get(`https://${NAME}:${provider}/`));
  assert.ok(answer.kind === 'failed');
  assert.equal(answer.sent, true);
});

test('what runs on this machine is reached without the proxy', async (t) => {
  const port = await listen(
    t,
    createServer((_request, response) => response.end('simulator')),
  );
  const proxy = await startProxy(t);
  const client = makeClient(t, { url: proxy.url });
  for (const host of ['127.0.0.1', 'localhost']) {
    const answer = await client.request(get(`http://${host}:${port}/`));
    assert.equal(answer.kind === 'answered' && answer.body.toString(), 'simulator', host);
  }
  assert.deepEqual(proxy.asked, []);
});

test('a provider without TLS is reached by a tunnel, too', async (t) => {
  const port = await listen(
    t,
    createServer((_request, response) => response.end('plain')),
  );
  const proxy = await startProxy(t);
  const answer = await makeClient(t, { url: proxy.url }).request(get(`http://${NAME}:${port}/`));
  assert.equal(answer.kind === 'answered' && answer.body.toString(), 'plain', JSON.stringify(answer));
  assert.deepEqual(proxy.asked, [`${NAME}:${port}`]);
});

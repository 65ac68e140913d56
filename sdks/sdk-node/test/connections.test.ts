// Connections that are cut, closed, silent or slow, on real sockets: what was changed is never told as failed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionError, InvalidResponseError, UnknownOutcomeError } from '../src/mpac-pgw.ts';
import { INTENT, makeClient, ORDER, reasonOf, startServer, startTcpServer } from './loopback-server.ts';

const keyOf = (request: string) => /idempotency-key: (\S+)/i.exec(request)?.[1];
const bodyOf = (request: string) => request.slice(request.indexOf('\r\n\r\n') + 4);

function httpAnswer(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

const CREATED = httpAnswer('201 Created', JSON.stringify(INTENT));

test('a connection that is reset is tried again with the same key and the same bytes', async (t) => {
  const server = await startTcpServer(t, (socket, place) => {
    if (place === 0) socket.resetAndDestroy();
    else socket.write(CREATED);
  });
  const intent = await makeClient(server.url).paymentIntents.create(ORDER);
  assert.equal(intent.id, 'pi_1');
  const [first = '', second = ''] = server.requests;
  assert.equal(server.requests.length, 2);
  assert.ok(keyOf(first));
  assert.equal(keyOf(second), keyOf(first));
  assert.equal(bodyOf(second), bodyOf(first));
});

test('a kept connection that the server closes under the next call is tried again with the same key', async (t) => {
  const server = await startTcpServer(t, (socket, place) => {
    // The first answer keeps the connection; the second request goes down with it.
    if (place === 1) socket.destroy();
    else socket.write(CREATED);
  });
  const pgw = makeClient(server.url);
  await pgw.paymentIntents.create(ORDER);
  await pgw.paymentIntents.create(ORDER);
  const [first = '', second = '', third = ''] = server.requests;
  assert.equal(server.requests.length, 3);
  assert.notEqual(keyOf(second), keyOf(first));
  assert.equal(keyOf(third), keyOf(second));
});

test('a server that drops each connection right after its answer loses no call', async (t) => {
  const server = await startTcpServer(t, (socket) => socket.end(CREATED));
  const pgw = makeClient(server.url, { maxRetries: 10 });
  for (let call = 0; call < 20; call += 1) await pgw.paymentIntents.create(ORDER);
  assert.equal(new Set(server.requests.map(keyOf)).size, 20);
});

test('an answer that is cut in the middle is tried again', async (t) => {
  const server = await startTcpServer(t, (socket, place) => {
    if (place === 0) socket.end(CREATED.slice(0, -10));
    else socket.write(CREATED);
  });
  const intent = await makeClient(server.url).paymentIntents.create(ORDER);
  assert.equal(intent.status, 'requires_payment_method');
  assert.equal(keyOf(server.requests[1] ?? ''), keyOf(server.requests[0] ?? ''));
});

test('a request that is cut each time may have been done, if it changes something', async (t) => {
  const server = await startTcpServer(t, (socket) => socket.resetAndDestroy());
  const pgw = makeClient(server.url);
  const error = await reasonOf(
    pgw.refunds.create({ payment_intent: 'pi_1' }, { idempotencyKey: 'refund-1' }),
  );
  assert.ok(error instanceof UnknownOutcomeError);
  assert.equal(error.idempotency_key, 'refund-1');
  assert.match(error.message, /same idempotency key.*do not take the money another way/s);
  assert.equal(server.requests.length, 4);
  assert.ok((await reasonOf(pgw.refunds.retrieve('re_1'))) instanceof ConnectionError);
});

test('a port where nobody listens is no unknown outcome', async () => {
  // Above the ports that a system hands out, so that no other test can be listening there.
  const error = await reasonOf(makeClient('http://127.0.0.1:65433').paymentIntents.create(ORDER));
  assert.ok(error instanceof ConnectionError);
  assert.match(error.message, /ECONNREFUSED/);
  assert.equal(error.status, undefined);
  assert.ok(error.idempotency_key);
});

test('a host with several addresses was not reached only when none of them was', async () => {
  const fault = (code: string) => Object.assign(new Error(code), { code });
  const end = async (...codes: string[]) => {
    const cause = new AggregateError(codes.map(fault));
    const fetch = () => Promise.reject(new TypeError('fetch failed', { cause }));
    return reasonOf(makeClient('https://pay.example.com', { fetch }).paymentIntents.create(ORDER));
  };
  for (const code of ['EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED']) {
    assert.ok((await end(code)) instanceof ConnectionError, code);
  }
  assert.ok((await end('ECONNREFUSED', 'ENOTFOUND')) instanceof ConnectionError);
  assert.ok((await end('ECONNREFUSED', 'ECONNRESET')) instanceof UnknownOutcomeError);
  assert.ok((await end()) instanceof UnknownOutcomeError);
});

test('a port that fetch refuses to speak to is no unknown outcome either', async () => {
  const pgw = makeClient('http://127.0.0.1:6000', { maxRetries: 0 });
  assert.ok((await reasonOf(pgw.paymentIntents.create(ORDER))) instanceof ConnectionError);
});

test('a server that never answers ends as unknown when the time of the try is over', async (t) => {
  const server = await startTcpServer(t, () => undefined);
  const pgw = makeClient(server.url, { timeoutMs: 30, maxRetries: 1 });
  const error = await reasonOf(pgw.paymentIntents.capture('pi_1'));
  assert.ok(error instanceof UnknownOutcomeError);
  assert.match(error.message, /TimeoutError/);
});

test('an answer that drips without end ends with the deadline', async (t) => {
  const server = await startTcpServer(t, (socket) => {
    socket.write(
      'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n[\r\n',
    );
    const drip = setInterval(() => socket.write('1\r\n \r\n'), 5);
    socket.on('close', () => clearInterval(drip));
  });
  const pgw = makeClient(server.url, { deadlineMs: 100, maxRetries: 0 });
  assert.ok((await reasonOf(pgw.events.list())) instanceof ConnectionError);
  assert.ok((await reasonOf(pgw.paymentIntents.cancel('pi_1'))) instanceof UnknownOutcomeError);
});

test('a redirect is not followed', async (t) => {
  const other = await startServer(t, () => (_, response) => response.end('{}'));
  const server = await startServer(t, () => (_, response) => {
    response.writeHead(307, { location: `${other.url}/v1/payment_intents` }).end();
  });
  const pgw = makeClient(server.url);
  assert.ok((await reasonOf(pgw.paymentIntents.retrieve('pi_1'))) instanceof InvalidResponseError);
  assert.ok((await reasonOf(pgw.paymentIntents.create(ORDER))) instanceof InvalidResponseError);
  assert.equal(server.requests.length, 2);
  assert.equal(other.requests.length, 0);
});

test('a certificate that nobody vouches for keeps the request here', async (t) => {
  // The server speaks no TLS at all; what the client says first is no HTTP request of ours.
  const server = await startTcpServer(t, (socket) => socket.write(CREATED));
  const pgw = makeClient(server.url.replace('http:', 'https:'), { maxRetries: 0 });
  const error = await reasonOf(pgw.paymentIntents.retrieve('pi_1'));
  assert.ok(error instanceof ConnectionError);
  assert.equal(server.requests.length, 0);
});

// The HTTP client against real servers on loopback that misbehave in the ways that providers do.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type HttpCall, type HttpClientOptions, limitTotalTime, makeHttpClient } from './http.ts';

async function startServer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function makeClient(t: TestContext, options: Partial<HttpClientOptions> = {}) {
  const client = makeHttpClient({ user_agent: 'mpac-pgw/test', ...options });
  t.after(() => client.close());
  return client;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test('an answer comes back with status, headers and bytes, and the request arrives as written', async (t) => {
  const url = await startServer(t, async (request, response) => {
    response.writeHead(409, { 'x-request-id': 'OPA1' });
    const { method, url: target, headers } = request;
    response.end(
      JSON.stringify([method, target, headers['user-agent'], headers['x-a'], await readBody(request)]),
    );
  });
  const answer = await makeClient(t).request({
    method: 'POST',
    url: `${url}/v2/codes?x=1`,
    headers: { 'x-a': 'b' },
    body: '{"amount":1}',
    deadline_ms: 5000,
  });
  assert.equal(answer.kind, 'answered');
  assert.equal(answer.status, 409);
  assert.equal(answer.headers['x-request-id'], 'OPA1');
  assert.equal(answer.truncated, false);
  assert.deepEqual(JSON.parse(answer.body.toString()), [
    'POST',
    '/v2/codes?x=1',
    'mpac-pgw/test',
    'b',
    '{"amount":1}',
  ]);
});

test('a redirect is an answer like any other and is not followed', async (t) => {
  const seen: string[] = [];
  const url = await startServer(t, (request, response) => {
    seen.push(request.url ?? '');
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  const answer = await makeClient(t).request({ method: 'GET', url: `${url}/here`, deadline_ms: 5000 });
  assert.equal(answer.kind === 'answered' && answer.status, 302);
  assert.deepEqual(seen, ['/here']);
});

test('a server that never answers is a timeout of a request that was sent', async (t) => {
  const url = await startServer(t, () => {});
  const answer = await makeClient(t).request({ method: 'POST', url, body: 'x', deadline_ms: 80 });
  assert.equal(answer.kind, 'failed');
  assert.equal(answer.reason, 'timeout');
  assert.equal(answer.sent, true);
});

test('an answer that drips byte by byte is cut by the total deadline', async (t) => {
  const url = await startServer(t, (_request, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write('.'), 10);
    response.on('close', () => clearInterval(drip));
  });
  const answer = await makeClient(t).request({ method: 'GET', url, deadline_ms: 150 });
  assert.equal(answer.kind === 'failed' && answer.reason, 'timeout');
});

test('a request that ran out of time in the queue is never sent afterwards', async (t) => {
  const seen: string[] = [];
  let release: () => void = () => {};
  const url = await startServer(t, (request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/first') release = () => response.end('done');
    else response.end('done');
  });
  const client = makeClient(t, { undici: { connections: 1 } });
  const first = client.request({ method: 'POST', url: `${url}/first`, deadline_ms: 5000 });
  const queued = await client.request({ method: 'POST', url: `${url}/queued`, deadline_ms: 60 });
  assert.equal(queued.kind === 'failed' && queued.reason, 'timeout');
  assert.equal(queued.kind === 'failed' && queued.sent, false);
  release();
  assert.equal((await first).kind, 'answered');
  const last = await client.request({ method: 'POST', url: `${url}/last`, deadline_ms: 5000 });
  assert.equal(last.kind, 'answered');
  assert.deepEqual(seen, ['/first', '/last']);
});

test('a refused connection was not sent; a connection cut after the request may have been', async (t) => {
  const closed = createTcpServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const port = (closed.address() as AddressInfo).port;
  closed.close();
  await once(closed, 'close');
  const client = makeClient(t);
  const refused = await client.request({
    method: 'POST',
    url: `http://127.0.0.1:${port}/`,
    deadline_ms: 5000,
  });
  assert.equal(refused.kind === 'failed' && refused.reason, 'connection_failed');
  assert.equal(refused.kind === 'failed' && refused.sent, false);
  assert.match(refused.kind === 'failed' ? refused.message : '', /ECONNREFUSED/);

  const url = await startServer(t, (request) => request.socket.destroy());
  const cut = await client.request({ method: 'POST', url, body: 'x', deadline_ms: 5000 });
  assert.equal(cut.kind === 'failed' && cut.reason, 'connection_failed');
  assert.equal(cut.kind === 'failed' && cut.sent, true);
});

test('an answer above the limit is a failure, or is cut where the caller wants only the beginning', async (t) => {
  const url = await startServer(t, (request, response) => {
    if (request.url === '/exact') return response.end('x'.repeat(1000));
    // Never ends by itself: only a client that hangs up gets rid of it.
    const push = () => {
      while (response.write('x'.repeat(700)));
    };
    response.on('drain', push);
    push();
  });
  const client = makeClient(t);
  const limits = { method: 'GET' as const, deadline_ms: 5000, max_response_bytes: 1000 };
  const failed = await client.request({ ...limits, url });
  assert.equal(failed.kind === 'failed' && failed.reason, 'response_too_large');
  const cut = await client.request({ ...limits, url, when_too_large: 'truncate' });
  assert.equal(cut.kind, 'answered');
  assert.deepEqual([cut.status, cut.body.length, cut.truncated], [200, 1000, true]);
  const exact = await client.request({ ...limits, url: `${url}/exact`, when_too_large: 'truncate' });
  assert.equal(exact.kind, 'answered');
  assert.deepEqual([exact.body.length, exact.truncated], [1000, false]);
});

test('several requests share one limit, and what no time is left for is not sent', async (t) => {
  const seen: string[] = [];
  const url = await startServer(t, (request, response) => {
    seen.push(request.url ?? '');
    if (request.url === '/quick') response.end();
  });
  const limited = limitTotalTime(makeClient(t), 300);
  const patient = { method: 'POST' as const, deadline_ms: 60_000 };
  const quick = await limited.request({ ...patient, url: `${url}/quick` });
  const hanging = await limited.request({ ...patient, url: `${url}/hanging` });
  const too_late = await limited.request({ ...patient, url: `${url}/too_late` });
  assert.equal(quick.kind, 'answered');
  assert.deepEqual(
    [hanging.kind === 'failed' && hanging.reason, hanging.kind === 'failed' && hanging.sent],
    ['timeout', true],
  );
  assert.deepEqual(
    [too_late.kind === 'failed' && too_late.reason, too_late.kind === 'failed' && too_late.sent],
    ['timeout', false],
  );
  assert.deepEqual(seen, ['/quick', '/hanging']);
});

test('the observer hears of every call, and no query, header or body reaches it or a message', async (t) => {
  const calls: HttpCall[] = [];
  const client = makeClient(t, { observe: (call) => calls.push(call) });
  const url = await startServer(t, (request, response) => {
    if (request.url?.startsWith('/cut')) request.socket.destroy();
    else if (request.url?.startsWith('/ok')) response.end('CANARY in the answer');
  });
  const secrets = { headers: { authorization: 'CANARY' }, body: 'CANARY' };
  const answers = [];
  for (const path of ['ok', 'cut', 'hang']) {
    const target = `${url}/${path}?token=CANARY`;
    answers.push(await client.request({ method: 'POST', url: target, ...secrets, deadline_ms: 100 }));
  }
  // A header that cannot be sent is quoted by nobody either.
  const broken = { authorization: 'CANARY\n' };
  answers.push(await client.request({ method: 'GET', url, headers: broken, deadline_ms: 100 }));
  answers.push(await client.request({ method: 'GET', url: 'CANARY', deadline_ms: 100 }));
  assert.deepEqual(
    calls.map((call) => [call.method, call.path, call.status ?? call.reason]),
    [
      ['POST', '/ok', 200],
      ['POST', '/cut', 'connection_failed'],
      ['POST', '/hang', 'timeout'],
      ['GET', '/', 'connection_failed'],
      ['GET', '', 'refused_address'],
    ],
  );
  assert.equal(calls[0]?.host, new URL(url).host);
  const told = JSON.stringify([calls, answers.filter((answer) => answer.kind === 'failed')]);
  assert.doesNotMatch(told, /CANARY/);
});

// The gateway against those who do not play by the rules of HTTP: slow, doubled, smuggled and nonsensical requests,
// too many connections, and browsers that would keep, frame or run what is not theirs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, type TestContext, test } from 'node:test';
import { send, sendBytes } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

const FOR_BROWSERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

test('every answer, also to what cannot be read, forbids browsers to keep, frame, run or guess at it', async () => {
  const intent = await gateway.createIntent();
  const answers = [
    await send(gateway.url, 'GET', '/health', {}, undefined),
    await send(gateway.url, 'GET', '/metrics', {}, undefined),
    await send(gateway.url, 'GET', '/nothing', {}, undefined),
    await send(gateway.url, 'GET', '/%ff', {}, undefined),
    await send(gateway.url, 'POST', '/v1/payment_intents', {}, '{'),
    await client.retrieve(intent.id),
    await client.create({}),
  ];
  for (const { headers, text } of answers) {
    for (const [name, value] of Object.entries(FOR_BROWSERS)) assert.equal(headers.get(name), value, text);
    assert.equal(headers.get('strict-transport-security'), null, 'plain http promises nothing about https');
  }
  const unreadable = await sendBytes(gateway.url, 'GET / HTTP/1.1\r\nBad Header: x\r\n\r\n');
  for (const [name, value] of Object.entries(FOR_BROWSERS))
    assert.ok(unreadable.text.includes(`${name}: ${value}\r\n`));
});

test('where clients come by https, every answer binds them to it', async (t) => {
  const own = await startTestGateway(t, { config: { base_url: 'https://pay.example.com' } });
  const { headers } = await send(own.url, 'GET', '/health', {}, undefined);
  assert.match(headers.get('strict-transport-security') ?? '', /^max-age=\d{8}$/);
});

const BODY = '{}';
const head = (lines: string[]) =>
  `POST /v1/payment_intents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines.join('\r\n')}\r\n\r\n`;
const HIDDEN = 'GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Requests whose end two servers in a row could see in different places, with another one hidden behind it. */
const SMUGGLED: Record<string, string> = {
  'two lengths that differ': `${head(['Content-Length: 2', 'Content-Length: 60'])}${BODY}${HIDDEN}`,
  'one length twice': `${head(['Content-Length: 2', 'Content-Length: 2'])}${BODY}${HIDDEN}`,
  'two lengths in one field': `${head(['Content-Length: 2, 2'])}${BODY}${HIDDEN}`,
  'a length and chunks': `${head(['Content-Length: 6', 'Transfer-Encoding: chunked'])}0\r\n\r\n${HIDDEN}`,
  'chunks and a length': `${head(['Transfer-Encoding: chunked', 'Content-Length: 6'])}0\r\n\r\n${HIDDEN}`,
  'chunks, but not last': `${head(['Transfer-Encoding: chunked, identity'])}0\r\n\r\n${HIDDEN}`,
  'chunks by another name': `${head(['Transfer-Encoding: xchunked'])}0\r\n\r\n${HIDDEN}`,
  'a length with a sign': `${head(['Content-Length: +2'])}${BODY}${HIDDEN}`,
  'a length in hexadecimal': `${head(['Content-Length: 0x2'])}${BODY}${HIDDEN}`,
  'a space before the colon': `${head(['Content-Length : 2'])}${BODY}${HIDDEN}`,
  'a field that goes on in the next line': `${head(['X-One: a', ' Content-Length: 60', 'Content-Length: 2'])}${BODY}${HIDDEN}`,
  'a bare line feed in a chunk': `${head(['Transfer-Encoding: chunked'])}2\n{}\r\n0\r\n\r\n${HIDDEN}`,
  'a chunk length with a sign': `${head(['Transfer-Encoding: chunked'])}+2\r\n{}\r\n0\r\n\r\n${HIDDEN}`,
  'no version': 'GET /health\r\n\r\n',
  'a null byte in a field': head(['X-One: a\0b']),
  'two hosts': `${head(['Host: other', 'Content-Length: 2'])}${BODY}`,
};

for (const [name, bytes] of Object.entries(SMUGGLED)) {
  test(`a request with ${name} is refused, and nothing behind it is heard`, async () => {
    const { status, text } = await sendBytes(gateway.url, bytes);
    assert.equal(status, 400, text);
    assert.equal(text.split('HTTP/1.1 ').length - 1, 1, `one answer: ${text}`);
    assert.match(text, /"code":"invalid_request"/);
    assert.doesNotMatch(text, /"status":"ok"/);
  });
}

test('what is right before the nonsense is answered, and the nonsense ends the connection', async () => {
  const { text } = await sendBytes(gateway.url, `${HIDDEN}\x16\x03\x01 nonsense\r\n\r\n${HIDDEN}`);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
  assert.ok(statuses.length <= 2 && statuses.at(-1) === '400', text);
  assert.ok(statuses.slice(0, -1).every((status) => status === '200'));
});

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  return socket;
}

/** All that comes back on a socket until the server closes it. */
async function hear(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(socket, 'close');
  return text;
}

async function startImpatient(t: TestContext) {
  return startTestGateway(t, { config: { headers_timeout_ms: 200, request_timeout_ms: 400 } });
}

test('whoever sends header fields drop by drop is told 408 and gets no more time', async (t) => {
  const own = await startImpatient(t);
  const socket = open(own.url);
  const heard = hear(socket);
  socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n');
  const drip = setInterval(() => socket.write('X-Drop: 1\r\n'), 40);
  const text = await heard;
  clearInterval(drip);
  assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(text, /"code":"invalid_request"/);
});

test('whoever sends a body drop by drop is told 408, and others are answered meanwhile', async (t) => {
  const own = await startImpatient(t);
  const sockets = Array.from({ length: 20 }, () => open(own.url));
  const heard = Promise.all(sockets.map(hear));
  for (const socket of sockets) socket.write(head(['Content-Length: 1000']));
  const drip = setInterval(() => {
    for (const socket of sockets) if (socket.writable) socket.write(' ');
  }, 40);
  assert.equal((await own.client.create(own.newOrder())).status, 201);
  for (const text of await heard) assert.match(text, /^HTTP\/1\.1 408 /);
  clearInterval(drip);
});

test('connections beyond the limit are closed, and one that goes makes room', async (t) => {
  const own = await startTestGateway(t, { config: { max_connections: 10 } });
  const sockets = Array.from({ length: 10 }, () => open(own.url));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  assert.equal(await hear(open(own.url)), '');
  const [first] = sockets;
  first?.end();
  await once(first as Socket, 'close');
  assert.equal((await send(own.url, 'GET', '/health', {}, undefined)).status, 200);
  for (const socket of sockets) socket.destroy();
});

test('an unknown key and a wrong signature get the same answer, field for field', async () => {
  const wrong = await gateway.clientFor({ id: gateway.key.id, secret: 'sk_test_wrong' }).retrieve('pi_1');
  const unknown = await gateway
    .clientFor({ id: `${gateway.key.id.slice(0, -4)}0000`, secret: 'x' })
    .retrieve('pi_1');
  const told = (answer: typeof wrong) => {
    const { request_id: _, ...body } = answer.json;
    const names = [...answer.headers.keys()].sort();
    return { status: answer.status, body, names };
  };
  assert.equal(wrong.status, 401);
  assert.deepEqual(told(wrong), told(unknown));
});

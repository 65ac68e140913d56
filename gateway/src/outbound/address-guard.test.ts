// What a merchant-supplied URL may not reach, by address, by name, and by a name that changes its mind.
import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { startDnsServer } from '../../test/support/dns-server.ts';
import {
  checkWebhookUrl,
  makeAddressGuard,
  makeNameResolver,
  refuseAddress,
  refuseTransferHost,
} from './address-guard.ts';
import { makeHttpClient } from './http.ts';

const production = { allow_loopback: false };
const development = { allow_loopback: true };

const NOT_PUBLIC = {
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fd00::1', 'fc00::1'],
  'link-local and metadata': [
    '169.254.169.254',
    'fe80::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
  ],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'multicast and broadcast': ['224.0.0.1', '239.1.2.3', '255.255.255.255', 'ff02::1'],
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  'reserved and documentation': [
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '240.0.0.1',
    '2001:db8::1',
    'fec0::1',
  ],
  'IPv4 inside IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::7f00:1',
    '2002:7f00:1::',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2001:0:4136:e378:8000:63bf:80ff:fffe',
  ],
  unreadable: ['', 'localhost', '1.2.3', '1.2.3.4.5', '12345::1'],
};

test('every kind of address that is not public is refused', () => {
  for (const [kind, addresses] of Object.entries(NOT_PUBLIC)) {
    for (const address of addresses) {
      assert.notEqual(refuseAddress(address, production), null, `${kind}: ${address}`);
    }
  }
  for (const address of ['8.8.8.8', '52.192.112.175', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111']) {
    assert.equal(refuseAddress(address, production), null, address);
  }
});

test('development opens loopback and nothing else', () => {
  for (const address of ['127.0.0.1', '::1']) assert.equal(refuseAddress(address, development), null);
  for (const address of ['10.0.0.1', '169.254.169.254', '::ffff:127.0.0.1', '0.0.0.0']) {
    assert.notEqual(refuseAddress(address, development), null, address);
  }
});

test('named private ranges open what is private in them and nothing else', () => {
  const vpn = {
    allow_loopback: false,
    private_ranges: ['10.20.0.0/16', '192.168.7.9', 'fd12::/16', '100.64.0.0/10'],
  };
  for (const address of ['10.20.0.1', '10.20.255.255', '192.168.7.9', 'fd12:3::1', '100.100.1.1', '8.8.8.8'])
    assert.equal(refuseAddress(address, vpn), null, address);
  for (const address of ['10.21.0.1', '192.168.7.10', 'fd13::1', '172.16.0.1', '::ffff:10.20.0.1'])
    assert.notEqual(refuseAddress(address, vpn), null, address);
  const everything = { allow_loopback: false, private_ranges: ['0.0.0.0/0', '::/0'] };
  for (const address of [
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '168.63.129.16',
    '0.0.0.0',
    '::ffff:127.0.0.1',
  ])
    assert.notEqual(refuseAddress(address, everything), null, address);
});

test('a file server behind a VPN may have a private name, and nothing else may', () => {
  const vpn = { allow_loopback: false, private_ranges: ['10.20.0.0/16'] };
  for (const host of ['10.20.3.4', 'ftp.corp', 'ftp.example.com'])
    assert.equal(refuseTransferHost(host, vpn), null, host);
  for (const host of ['10.21.3.4', '127.0.0.1', 'localhost', 'ftp://ftp.corp', 'ftp.corp:21'])
    assert.notEqual(refuseTransferHost(host, vpn), null, host);
  for (const host of ['10.20.3.4', 'ftp.corp'])
    assert.notEqual(refuseTransferHost(host, production), null, host);
});

test('a webhook URL is public https without credentials, fragment or odd port', () => {
  for (const url of [
    'https://hooks.example.com/pay?x=1',
    'https://hooks.example.com:8443/',
    'https://8.8.8.8/',
    'https://例え.jp/webhook',
  ]) {
    assert.equal(checkWebhookUrl(url, production).ok, true, url);
  }
  for (const url of [
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'hooks.example.com',
    'https://user@hooks.example.com/',
    'https://user:secret@hooks.example.com/',
    'https://hooks.example.com/#part',
    'https://hooks.example.com:25/',
    'https://hooks.example.com:22/',
    'https://localhost/',
    'https://localhost./',
    'https://postgres/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://app.localhost/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
    'https://169.254.169.254/latest/meta-data/',
    `https://hooks.example.com/${'a'.repeat(2048)}`,
  ]) {
    assert.equal(checkWebhookUrl(url, production).ok, false, url);
  }
});

test('development accepts http on loopback names and addresses, and still no other http', () => {
  for (const url of [
    'http://localhost:3000/hook',
    'http://127.0.0.1:80/',
    'http://[::1]:3000/',
    'https://localhost/',
  ]) {
    assert.equal(checkWebhookUrl(url, development).ok, true, url);
  }
  for (const url of [
    'http://hooks.example.com/',
    'http://10.0.0.1/',
    'http://u:p@localhost/',
    'ftp://localhost/',
  ]) {
    assert.equal(checkWebhookUrl(url, development).ok, false, url);
  }
});

async function startReceiver(t: { after(fn: () => void): void }) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.host ?? '');
    // Without keep-alive every request asks for the name again, which is what these tests are about.
    response.writeHead(200, { connection: 'close' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { seen, port: (server.address() as AddressInfo).port };
}

/** A resolver that gives one answer after the other, and the last for ever. */
function makeResolver(answers: string[][]) {
  let calls = 0;
  const resolve = (
    _host: string,
    _options: { all: true },
    callback: (error: null, addresses: LookupAddress[]) => void,
  ) => {
    const addresses = answers[Math.min(calls, answers.length - 1)] ?? [];
    calls += 1;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { resolve, calls: () => calls };
}

test('a name that turns private between two calls is refused at the second', async (t) => {
  const receiver = await startReceiver(t);
  const resolver = makeResolver([['127.0.0.1'], ['10.255.255.1']]);
  const client = makeHttpClient({
    user_agent: 'test',
    guard: makeAddressGuard(development, resolver.resolve),
  });
  t.after(() => client.close());
  const url = `http://hooks.example.com:${receiver.port}/`;
  const first = await client.request({ method: 'POST', url, deadline_ms: 5000 });
  const second = await client.request({ method: 'POST', url, deadline_ms: 5000 });
  assert.equal(first.kind === 'answered' && first.status, 200);
  assert.equal(second.kind === 'failed' && second.reason, 'refused_address');
  assert.equal(second.kind === 'failed' && second.sent, false);
  assert.deepEqual(receiver.seen, [`hooks.example.com:${receiver.port}`]);
  // One question per connection: there is no second answer between the judgement and the connection.
  assert.equal(resolver.calls(), 2);
});

test('a name that shows a public address beside a private one never reaches the private one', async (t) => {
  const receiver = await startReceiver(t);
  const resolver = makeResolver([['8.8.8.8', '127.0.0.1']]);
  const client = makeHttpClient({
    user_agent: 'test',
    guard: makeAddressGuard(production, resolver.resolve),
  });
  t.after(() => client.close());
  const url = `http://hooks.example.com:${receiver.port}/`;
  const answer = await client.request({ method: 'POST', url, deadline_ms: 5000 });
  assert.equal(answer.kind === 'failed' && answer.reason, 'refused_address');
  assert.deepEqual(receiver.seen, []);
});

test('addresses written into the URL, however spelled, and the name localhost are refused', async (t) => {
  const receiver = await startReceiver(t);
  // The system's own resolver: localhost needs no network.
  const client = makeHttpClient({ user_agent: 'test', guard: makeAddressGuard(production) });
  t.after(() => client.close());
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    'localhost',
  ]) {
    const url = `http://${host}:${receiver.port}/`;
    const answer = await client.request({ method: 'POST', url, deadline_ms: 5000 });
    assert.equal(answer.kind === 'failed' && answer.reason, 'refused_address', host);
  }
  assert.deepEqual(receiver.seen, []);
});

test('a name without any address is refused', async (t) => {
  const resolver = makeResolver([[]]);
  const client = makeHttpClient({
    user_agent: 'test',
    guard: makeAddressGuard(production, resolver.resolve),
  });
  t.after(() => client.close());
  const answer = await client.request({
    method: 'POST',
    url: 'http://hooks.example.com/',
    deadline_ms: 5000,
  });
  assert.equal(answer.kind === 'failed' && answer.reason, 'refused_address');
});

async function startWithNames(
  t: TestContext,
  answers: (name: string) => string[] | null,
  policy = development,
) {
  const receiver = await startReceiver(t);
  const names = await startDnsServer({ after: (end) => t.after(() => end()) }, answers);
  const resolve = makeNameResolver([names.address]);
  const client = makeHttpClient({ user_agent: 'test', guard: makeAddressGuard(policy, resolve) });
  t.after(() => client.close());
  const ask = async (name: string) => {
    const url = `http://${name}:${receiver.port}/`;
    const answer = await client.request({ method: 'POST', url, deadline_ms: 3_000 });
    return answer.kind === 'answered' ? answer.status : answer.reason;
  };
  return { receiver, names, ask };
}

test('a real name server that changes its mind is asked once for each connection, and its answer is the one judged', async (t) => {
  const turns = [
    ['127.0.0.1'],
    ['169.254.169.254'],
    ['10.0.0.1'],
    ['127.0.0.1', '192.168.0.1'],
    ['127.0.0.1'],
  ];
  let turn = 0;
  const { receiver, names, ask } = await startWithNames(t, (name) =>
    name === 'rebind.example.com' ? (turns[Math.floor(turn++ / 2)] ?? []) : [],
  );
  const outcomes = [];
  for (const _ of turns) outcomes.push(await ask('rebind.example.com'));
  assert.deepEqual(outcomes, [200, 'refused_address', 'refused_address', 'refused_address', 200]);
  assert.equal(receiver.seen.length, 2);
  assert.equal(names.asked.length, turns.length);
});

test('an IPv6 answer that carries a private IPv4 address is refused like the address itself', async (t) => {
  const { receiver, ask } = await startWithNames(
    t,
    (name) => [name.replaceAll('-', ':').replace('.example.com', '')],
    production,
  );
  for (const name of [
    '0-0-0-0-0-ffff-7f00-1',
    '64-ff9b--a00-1',
    '2002-7f00-1--',
    'fe80--1',
    'fd00--1',
    '--1',
  ]) {
    assert.equal(await ask(`${name}.example.com`), 'refused_address', name);
  }
  assert.deepEqual(receiver.seen, []);
});

test('names whose servers keep silent hold up no other name', async (t) => {
  const { ask } = await startWithNames(t, (name) => (name.startsWith('silent') ? null : ['127.0.0.1']));
  const order: string[] = [];
  const silent = Array.from({ length: 32 }, async (_, index) => {
    await ask(`silent${index}.example.com`);
    order.push('silent');
  });
  assert.equal(await ask('quick.example.com'), 200);
  order.push('quick');
  await Promise.all(silent);
  assert.equal(order[0], 'quick');
});

test('a redirect into our own network is not followed', async (t) => {
  const inner = await startReceiver(t);
  const server = createServer((_, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inner.port}/secret`, connection: 'close' }).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const client = makeHttpClient({ user_agent: 'test', guard: makeAddressGuard(development) });
  t.after(() => client.close());
  const url = `http://localhost:${port}/`;
  const answer = await client.request({ method: 'POST', url, deadline_ms: 5_000 });
  assert.equal(answer.kind === 'answered' && answer.status, 307);
  assert.deepEqual(inner.seen, []);
});

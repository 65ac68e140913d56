// SFTP alone: which server is believed, which keys log in, and directories that are not there yet.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { makeAddressGuard } from '../src/outbound/address-guard.ts';
import { createSshKey, readPrivateKey } from '../src/outbound/ssh-key.ts';
import type { SftpTarget, TransferAnswer } from '../src/outbound/transfer.ts';
import { startSftpServer } from '../src/simulator/sftp-server.ts';
import { NO_OPENSSL } from './support/certificates.ts';
import { NO_SSHD, SSH_USERNAME, startSshd } from './support/debian-servers.ts';
import { findProgram } from './support/process.ts';
import { contentOf, makeFolder, makeTestTransfers, toUpload } from './support/transfer-stages.ts';

const NAME = 'mpac_accounting_20260128.json';
const NO_KEYGEN = findProgram('ssh-keygen') === null && 'ssh-keygen is not installed';
const PASSPHRASE = 'passphrase-canary';

const fileIn = (directory: string, make_directory = true) => ({
  ...toUpload(directory, { name: NAME, size: 80_000 }),
  make_directory,
});

function failureOf(answer: TransferAnswer): string {
  assert.ok(answer.kind === 'failed', 'it was not done');
  assert.ok(!/PRIVATE|canary/.test(answer.message), answer.message);
  return answer.failure;
}

async function startSimulator(t: TestContext) {
  const directory = makeFolder(t);
  const own = createSshKey();
  const accounts = [{ username: 'pgw', public_key: own.public_key }];
  const server = await startSftpServer({ directory, port: 0, accounts });
  t.after(server.close);
  const place = { host: '127.0.0.1', port: server.port };
  const shown = await makeTestTransfers().sftpHostKey(place);
  assert.ok(shown.kind === 'done');
  const access = { username: 'pgw', private_key: own.private_key, passphrase: null };
  const target: SftpTarget = { ...place, ...access, host_key: shown.host_key };
  return { directory, target, faults: server.faults };
}

test('the key that a server shows has the fingerprint that ssh-keygen prints', {
  skip: NO_SSHD || NO_KEYGEN,
}, async (t) => {
  const folder = makeFolder(t);
  const server = await startSshd(t, folder, { host_key: createSshKey().private_key, public_keys: [] });
  const printed = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'host_key')]).toString();
  const shown = await makeTestTransfers().sftpHostKey({ host: '127.0.0.1', port: server.port });
  assert.ok(shown.kind === 'done');
  assert.ok(printed.split(' ').includes(shown.host_key), printed);
});

test('a server whose key has changed gets nothing, and is not even told who asks', async (t) => {
  const { directory, target, faults } = await startSimulator(t);
  const transfers = makeTestTransfers();
  faults.add('other_host_key', { times: 1 });
  faults.add('refuse_auth', { times: 1 });
  const answer = await transfers.sftpUpload(target, fileIn('/'));
  assert.equal(failureOf(answer), 'host_key_differs');
  assert.match(answer.kind === 'failed' ? answer.message : '', /\(ssh-ed25519 SHA256:[\w+/]{43}\)/);
  assert.deepEqual(readdirSync(directory), []);
  assert.equal(faults.list().length, 1, 'nobody tried to log in');
  faults.clear();
  assert.equal(
    (await transfers.sftpUpload(target, fileIn('/'))).kind,
    'done',
    'the pinned one is still good',
  );
});

test('OpenSSH with another key than was pinned gets nothing', { skip: NO_SSHD }, async (t) => {
  const [folder, own] = [makeFolder(t), createSshKey()];
  const host_key = createSshKey().private_key;
  const server = await startSshd(t, folder, { host_key, public_keys: [own.public_key] });
  const target: SftpTarget = {
    host: '127.0.0.1',
    port: server.port,
    username: SSH_USERNAME,
    private_key: own.private_key,
    passphrase: null,
    host_key: `SHA256:${'A'.repeat(43)}`,
  };
  assert.equal(failureOf(await makeTestTransfers().sftpTest(target, folder)), 'host_key_differs');
});

test('directories that are missing are made where that is wanted, and told where it is not', async (t) => {
  const { directory, target } = await startSimulator(t);
  const transfers = makeTestTransfers();
  const deep = '/exports/mpac/店 1/';
  assert.equal(failureOf(await transfers.sftpUpload(target, fileIn(deep, false))), 'not_found');
  assert.deepEqual(readdirSync(directory), []);
  for (const _ of [1, 2]) {
    assert.deepEqual(await transfers.sftpUpload(target, fileIn(deep)), { kind: 'done', size: 80_000 });
  }
  assert.ok(readFileSync(join(directory, deep, NAME)).equals(contentOf(80_000)));
  assert.deepEqual(readdirSync(join(directory, deep)), [NAME]);
});

test('a connection is tried by writing, and nothing of it is left', async (t) => {
  const { directory, target } = await startSimulator(t);
  const transfers = makeTestTransfers();
  assert.deepEqual(await transfers.sftpTest(target, '/exports/new'), { kind: 'done', size: 0 });
  assert.deepEqual(readdirSync(join(directory, 'exports/new')), []);
  writeFileSync(join(directory, 'a-file'), '');
  assert.equal(failureOf(await transfers.sftpTest(target, '/a-file/below')), 'refused');
  const stranger = { ...target, private_key: createSshKey().private_key };
  assert.equal(failureOf(await transfers.sftpTest(stranger, '/')), 'refused_auth');
  assert.equal(failureOf(await transfers.sftpTest(target, '/up/../..')), 'refused');
  const guarded = makeTestTransfers({ guard: makeAddressGuard({ allow_loopback: false }) });
  assert.equal(failureOf(await guarded.sftpTest(target, '/')), 'refused_address');
  assert.equal(failureOf(await transfers.sftpTest({ ...target, port: 1 }, '/')), 'unreachable');
});

interface KeyKind {
  name: string;
  make(path: string, passphrase: string): void;
}

const keygen =
  (...options: string[]) =>
  (path: string, passphrase: string) =>
    void execFileSync('ssh-keygen', ['-q', '-N', passphrase, '-f', path, ...options]);

const KEYS: KeyKind[] = [
  { name: 'Ed25519 by OpenSSH', make: keygen('-t', 'ed25519') },
  { name: 'RSA by OpenSSH', make: keygen('-t', 'rsa', '-b', '2048') },
  { name: 'ECDSA by OpenSSH', make: keygen('-t', 'ecdsa', '-b', '384') },
  { name: 'RSA in PEM', make: keygen('-t', 'rsa', '-b', '2048', '-m', 'PEM') },
  { name: 'ECDSA in PEM', make: keygen('-t', 'ecdsa', '-m', 'PEM') },
  { name: 'RSA in PKCS #8', make: keygen('-t', 'rsa', '-b', '2048', '-m', 'PKCS8') },
  { name: 'ECDSA in PKCS #8', make: keygen('-t', 'ecdsa', '-m', 'PKCS8') },
  {
    name: 'Ed25519 by OpenSSL',
    make(path, passphrase) {
      const sealed = passphrase === '' ? [] : ['-aes256', '-pass', `pass:${passphrase}`];
      execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', path, ...sealed], {
        stdio: 'ignore',
      });
    },
  },
];

for (const { name, make } of KEYS) {
  const skip = NO_SSHD || NO_KEYGEN || NO_OPENSSL;
  test(`a key logs in to OpenSSH, with a passphrase and without: ${name}`, { skip }, async (t) => {
    const folder = makeFolder(t);
    const keys = ['', PASSPHRASE].map((passphrase, at) => {
      const path = join(folder, `key${at}`);
      make(path, passphrase);
      chmodSync(path, 0o600);
      return { path, passphrase: passphrase === '' ? null : passphrase, text: readFileSync(path, 'utf8') };
    });
    const public_keys = keys.map(({ text, passphrase }) => {
      const read = readPrivateKey(text, passphrase);
      assert.ok(read.kind === 'read', 'it is read');
      return read.public_key;
    });
    const server = await startSshd(t, folder, { host_key: createSshKey().private_key, public_keys });
    const place = { host: '127.0.0.1', port: server.port };
    const transfers = makeTestTransfers();
    const shown = await transfers.sftpHostKey(place);
    assert.ok(shown.kind === 'done');
    const base = { ...place, username: SSH_USERNAME, host_key: shown.host_key };
    mkdirSync(join(folder, 'files'));
    for (const { text, passphrase } of keys) {
      const target: SftpTarget = { ...base, private_key: text.replaceAll('\n', '\r\n'), passphrase };
      assert.deepEqual(await transfers.sftpTest(target, join(folder, 'files')), { kind: 'done', size: 0 });
    }
    const [, sealed] = keys;
    for (const passphrase of [null, 'another']) {
      const target: SftpTarget = { ...base, private_key: sealed?.text ?? '', passphrase };
      const answer = await transfers.sftpTest(target, folder);
      assert.equal(failureOf(answer), 'refused_auth');
      assert.match(answer.kind === 'failed' ? answer.message : '', /check its passphrase/);
    }
  });
}

test('a key whose public half begins with a zero is made, read and believed as any other', async (t) => {
  let own = createSshKey();
  // One in 256; more than 20,000 in vain would be a wonder.
  for (let tries = 0; tries < 20_000 && publicBytes(own.public_key)[0] !== 0; tries += 1)
    own = createSshKey();
  assert.equal(publicBytes(own.public_key)[0], 0);
  const directory = makeFolder(t);
  const accounts = [{ username: 'pgw', public_key: own.public_key }];
  const server = await startSftpServer({ directory, port: 0, accounts, host_key: own.private_key });
  t.after(server.close);
  const place = { host: '127.0.0.1', port: server.port };
  const shown = await makeTestTransfers().sftpHostKey(place);
  assert.ok(shown.kind === 'done');
  const access = { username: 'pgw', private_key: own.private_key, passphrase: null };
  const target: SftpTarget = { ...place, ...access, host_key: shown.host_key };
  assert.deepEqual(await makeTestTransfers().sftpTest(target, '/'), { kind: 'done', size: 0 });
});

/** The 32 bytes of an Ed25519 key. */
const publicBytes = (public_key: string): Buffer =>
  Buffer.from(public_key.split(' ')[1] ?? '', 'base64').subarray(-32);

test('what is no private key is told before anybody is asked', () => {
  const { public_key, private_key } = createSshKey();
  for (const text of [
    '',
    'key',
    public_key,
    private_key.slice(0, 150),
    '-----BEGIN PRIVATE KEY-----\nAAAA\n',
  ]) {
    const read = readPrivateKey(text, null);
    assert.equal(read.kind, 'refused', text);
  }
  const read = readPrivateKey(public_key, null);
  assert.match(read.kind === 'read' ? '' : read.message, /This is a public key/);
});

test('whatever a server says, it is told as a failure', async (t) => {
  let said = '';
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.end(said);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => void server.close());
  const { port } = server.address() as { port: number };
  const transfers = makeTestTransfers({ stall_ms: 300 });
  const target: SftpTarget = {
    host: '127.0.0.1',
    port,
    username: 'pgw',
    private_key: createSshKey().private_key,
    passphrase: null,
    host_key: 'SHA256:x',
  };
  const greeting = fc.constantFrom('', 'SSH-2.0-x\r\n', 'SSH-1.0-x\r\n', 'HTTP/1.1 400 Bad\r\n\r\n');
  await fc.assert(
    fc.asyncProperty(greeting, fc.string(), async (hello, rest) => {
      said = hello + rest;
      const answer = await transfers.sftpTest(target, '/');
      assert.ok(['dropped', 'refused', 'timeout'].includes(failureOf(answer)));
      const shown = await transfers.sftpHostKey(target);
      assert.equal(shown.kind, 'failed');
    }),
    { numRuns: 30 },
  );
});

// FTP servers that keep to no rule: what they do costs a transfer, and never more than that.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { FtpTarget } from '../src/outbound/transfer.ts';
import { startFtpServer } from '../src/simulator/ftp-server.ts';
import { makeCertificate, NO_OPENSSL } from './support/certificates.ts';
import { contentOf, makeFolder, makeTestTransfers, PASSWORD, toUpload } from './support/transfer-stages.ts';

const ACCOUNT = { username: 'pgw', password: PASSWORD };
const NAME = 'transactions_20260128.csv';
const SMALL = toUpload('/', { name: NAME, size: 70_000 });

const targetAt = (port: number, changes: Partial<FtpTarget> = {}): FtpTarget => ({
  host: '127.0.0.1',
  port,
  ...ACCOUNT,
  tls: 'off',
  ...changes,
});

async function listen(t: TestContext, host: string, onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

type Answers = Record<string, (socket: Socket, argument: string) => void>;

/** Answers each command as it is told to; of the others it knows nothing. */
function answerWith(answers: Answers, socket: Socket): void {
  let rest = '';
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [command = '', argument = ''] = line.split(/ (.*)/);
      (answers[command] ?? say('502 Not known here.'))(socket, argument);
    }
  });
}

const serve = (t: TestContext, host: string, answers: Answers) =>
  listen(t, host, (socket) => {
    socket.write('220 Hello.\r\n');
    answerWith(answers, socket);
  });

const say = (text: string) => (socket: Socket) => void socket.write(`${text}\r\n`);
const LETS_IN: Answers = {
  USER: say('331 Password?'),
  PASS: say('230 In.'),
  TYPE: say('200 Binary.'),
  PBSZ: say('200 Good.'),
  PROT: say('200 Good.'),
  CWD: say('250 Here.'),
};

test('a server that names a port and hangs up does not lead to that port of our own machine', async (t) => {
  let visits = 0;
  const own = await listen(t, '127.0.0.1', () => {
    visits += 1;
  });
  const port = await serve(t, '127.0.0.2', {
    ...LETS_IN,
    EPSV: (socket) => void socket.write(`229 Here (|||${own}|)\r\n`, () => socket.resetAndDestroy()),
  });
  const answer = await makeTestTransfers().ftpUpload(targetAt(port, { host: '127.0.0.2' }), SMALL);
  assert.equal(answer.kind, 'failed');
  assert.equal(visits, 0);
});

test('a server that falls silent after our own side was slow is told as silent', async (t) => {
  const data = await listen(t, '127.0.0.1', () => {});
  const answers = { ...LETS_IN, EPSV: say(`229 Here (|||${data}|)`), STOR: say('150 Go on.') };
  const port = await serve(t, '127.0.0.1', answers);
  const stall_ms = 100;
  async function* pieces() {
    yield Buffer.from('first');
    // Longer than the server may be silent: it is not its turn.
    await pause(stall_ms * 3);
    for (;;) yield Buffer.alloc(1_000_000);
  }
  const open = () => Readable.from(pieces(), { objectMode: false });
  const upload = { directory: '/', name: NAME, size: 1e9, open };
  const answer = await makeTestTransfers({ stall_ms }).ftpUpload(targetAt(port), upload);
  assert.ok(answer.kind === 'failed' && answer.failure === 'timeout');
  assert.match(answer.message, /fell silent \(while the file moved\)/);
});

test('a server that never encrypts the data connection is told as silent', {
  skip: NO_OPENSSL,
}, async (t) => {
  const tls = makeCertificate('localhost');
  const secureContext = createSecureContext(tls);
  const data = await listen(t, '127.0.0.1', (socket) => socket.resume());
  const secured = { ...LETS_IN, EPSV: say(`229 Here (|||${data}|)`), STOR: say('150 Go on.') };
  const port = await serve(t, '127.0.0.1', {
    AUTH(socket) {
      socket.write('234 Go on.\r\n');
      socket.removeAllListeners('data');
      const safe = new TLSSocket(socket, { isServer: true, secureContext });
      safe.on('error', () => {});
      answerWith(secured, safe);
    },
  });
  const target = targetAt(port, { tls: 'required', tls_ca: tls.cert.toString() });
  const answer = await makeTestTransfers({ stall_ms: 500 }).ftpUpload(target, SMALL);
  assert.ok(answer.kind === 'failed' && answer.failure === 'timeout', JSON.stringify(answer));
  assert.match(answer.message, /fell silent \(in the TLS handshake of the data connection\)/);
});

test('a file that is there stays where there is nothing to rename over it', async (t) => {
  const removed: string[] = [];
  const data = await listen(t, '127.0.0.1', (socket) => socket.resume());
  const port = await serve(t, '127.0.0.1', {
    ...LETS_IN,
    EPSV: say(`229 Here (|||${data}|)`),
    SIZE: say('213 70000'),
    STOR: say('150 Go on.\r\n226 Taken.'),
    RNFR: say('550 There is no such file.'),
    DELE(socket, argument) {
      removed.push(argument);
      socket.write('250 Gone.\r\n');
    },
  });
  const answer = await makeTestTransfers().ftpUpload(targetAt(port), SMALL);
  assert.ok(answer.kind === 'failed' && /could not be put in place/.test(answer.message));
  assert.deepEqual(removed, []);
});

test('a file to which more was written while it was fetched is not taken for whole', async (t) => {
  const directory = makeFolder(t);
  const path = join(directory, NAME);
  writeFileSync(path, contentOf(500));
  const server = await startFtpServer({ directory, port: 0, accounts: [ACCOUNT] });
  t.after(server.close);
  const sink = () =>
    new Writable({
      write: (_chunk, _encoding, done) => done(),
      final(done) {
        appendFileSync(path, 'and more');
        done();
      },
    });
  const file = { directory: '/', name: NAME, max_bytes: 1_000 };
  const answer = await makeTestTransfers().ftpDownload(targetAt(server.port), file, sink);
  assert.ok(answer.kind === 'failed' && answer.failure === 'size_differs');
});

// FTP alone: files that are fetched, and what a server may do with TLS, passive mode and renames. The simulator plays what
// Debian's vsftpd does not.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { makeAddressGuard } from '../src/outbound/address-guard.ts';
import type { FtpTarget, TransferFailure } from '../src/outbound/transfer.ts';
import type { FileServerFault } from '../src/simulator/file-server-faults.ts';
import { type FtpServerOptions, startFtpServer } from '../src/simulator/ftp-server.ts';
import { makeCertificate, NO_OPENSSL } from './support/certificates.ts';
import {
  contentOf,
  FTP_STAGES,
  makeFolder,
  makeTestTransfers,
  PASSWORD,
  toUpload,
} from './support/transfer-stages.ts';

const NAME = 'settlement 精算 20260128.csv';
const ACCOUNT = { username: 'pgw', password: PASSWORD };

/** A sink that keeps everything, slowly enough for the sender to have to wait. */
function collect() {
  const chunks: Buffer[] = [];
  const sink = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk);
        setImmediate(done);
      },
    });
  return { sink, content: () => Buffer.concat(chunks) };
}

async function startServer(t: TestContext, options: Partial<FtpServerOptions> = {}) {
  const directory = makeFolder(t);
  const server = await startFtpServer({ directory, port: 0, accounts: [ACCOUNT], ...options });
  t.after(server.close);
  const target: FtpTarget = { host: '127.0.0.1', port: server.port, ...ACCOUNT, tls: 'when_offered' };
  return { directory, target, faults: server.faults };
}

const SMALL = toUpload('/', { name: NAME, size: 70_000 });

for (const { name: server, skip, open } of FTP_STAGES) {
  test(`${server}: a file is fetched as it stands there`, { skip }, async (t) => {
    const { target, directory, on_disk } = await open(t);
    writeFileSync(join(on_disk, NAME), contentOf(3_000_000));
    const { sink, content } = collect();
    const file = { directory, name: NAME, max_bytes: 3_000_000 };
    const answer = await makeTestTransfers().ftpDownload(target, file, sink);
    assert.deepEqual(answer, { kind: 'done', size: 3_000_000 });
    assert.ok(content().equals(contentOf(3_000_000)));
  });

  test(`${server}: a file that is too large, or not there, is told without being fetched`, {
    skip,
  }, async (t) => {
    const { target, directory, on_disk } = await open(t);
    writeFileSync(join(on_disk, NAME), contentOf(1_001));
    const transfers = makeTestTransfers();
    const fetch = async (changes: { name?: string; directory?: string }) => {
      const { sink, content } = collect();
      const file = { directory, name: NAME, max_bytes: 1_000, ...changes };
      const answer = await transfers.ftpDownload(target, file, sink);
      assert.equal(content().length, 0);
      assert.ok(answer.kind === 'failed');
      assert.ok(!answer.message.includes(PASSWORD), answer.message);
      return answer.failure;
    };
    assert.equal(await fetch({}), 'too_large');
    assert.equal(await fetch({ name: 'other.csv' }), 'not_found');
    assert.equal(await fetch({ directory: 'nowhere' }), 'not_found');
  });

  test(`${server}: a fetch that breaks in the middle is told, and works when it is tried again`, {
    skip,
  }, async (t) => {
    const stage = await open(t);
    const { target, directory, on_disk } = stage;
    // More than the sockets between hold, so that the break is felt.
    const size = 20_000_000;
    writeFileSync(join(on_disk, NAME), contentOf(size));
    const transfers = makeTestTransfers();
    const strike = stage.break('drop', 1_000_000);
    let seen = 0;
    const sink = () =>
      new Writable({
        write(chunk: Buffer, _encoding, done) {
          seen += chunk.length;
          strike(seen);
          setImmediate(done);
        },
      });
    const file = { directory, name: NAME, max_bytes: size };
    const answer = await transfers.ftpDownload(target, file, sink);
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.failure, 'dropped');
    const again = collect();
    assert.deepEqual(await transfers.ftpDownload(target, file, again.sink), { kind: 'done', size });
    assert.ok(again.content().equals(contentOf(size)));
  });

  test(`${server}: a connection is tried without leaving anything behind`, { skip }, async (t) => {
    const { target, directory, on_disk } = await open(t);
    const transfers = makeTestTransfers();
    assert.deepEqual(await transfers.ftpTest(target, [directory, directory]), { kind: 'done', size: 0 });
    assert.deepEqual(readdirSync(on_disk), []);
    const answer = await transfers.ftpTest(target, [directory, 'nowhere']);
    assert.ok(answer.kind === 'failed' && answer.failure === 'not_found');
    assert.match(answer.message, /The directory nowhere could not be entered/);
  });
}

/** With one fault played once: what became of an upload over a file that is there. */
async function sendWith(
  t: TestContext,
  fault: FileServerFault,
  options: Partial<FtpServerOptions> = {},
  changes: Partial<FtpTarget> = {},
) {
  const { directory, target, faults } = await startServer(t, options);
  writeFileSync(join(directory, NAME), 'the file of yesterday');
  faults.add(fault);
  const answer = await makeTestTransfers().ftpUpload({ ...target, ...changes }, SMALL);
  return { answer, content: readFileSync(join(directory, NAME)), left: readdirSync(directory) };
}

for (const fault of ['no_epsv', 'foreign_address', 'refuse_overwrite', 'refuse_tls'] as const) {
  test(`a file arrives at a server that plays ${fault}`, async (t) => {
    const { answer, content, left } = await sendWith(t, fault);
    assert.deepEqual(answer, { kind: 'done', size: SMALL.size });
    assert.ok(content.equals(contentOf(SMALL.size)));
    assert.deepEqual(left, [NAME]);
  });
}

test('the address that a server names for its data is not believed', async (t) => {
  const { directory, target, faults } = await startServer(t);
  // Without EPSV only PASV is left, which names a machine that nobody has.
  faults.add('no_epsv');
  faults.add('foreign_address');
  assert.deepEqual(await makeTestTransfers().ftpUpload(target, SMALL), { kind: 'done', size: SMALL.size });
  assert.ok(readFileSync(join(directory, NAME)).equals(contentOf(SMALL.size)));
});

test('a server that states another size than arrived does not get the file put in place', async (t) => {
  const { answer, content } = await sendWith(t, 'wrong_size');
  assert.ok(answer.kind === 'failed' && answer.failure === 'size_differs');
  assert.equal(content.toString(), 'the file of yesterday');
});

test('a file that grows while it is fetched is not taken for whole', async (t) => {
  const { directory, target, faults } = await startServer(t);
  writeFileSync(join(directory, NAME), contentOf(500));
  faults.add('wrong_size', { value: -100 });
  const { sink } = collect();
  const file = { directory: '/', name: NAME, max_bytes: 1_000 };
  const answer = await makeTestTransfers().ftpDownload(target, file, sink);
  assert.ok(answer.kind === 'failed' && answer.failure === 'size_differs');
});

test('a file that turns out larger than its server said is cut off at the limit', async (t) => {
  const { directory, target, faults } = await startServer(t);
  writeFileSync(join(directory, NAME), contentOf(900_000));
  faults.add('wrong_size', { value: -899_000 });
  const { sink, content } = collect();
  const file = { directory: '/', name: NAME, max_bytes: 100_000 };
  const answer = await makeTestTransfers().ftpDownload(target, file, sink);
  assert.ok(answer.kind === 'failed' && answer.failure === 'too_large');
  assert.ok(content().length <= 100_000);
});

test('a sink that breaks and a source that breaks are told as our own trouble', async (t) => {
  const { directory, target } = await startServer(t);
  writeFileSync(join(directory, NAME), contentOf(500_000));
  const transfers = makeTestTransfers();
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });
  const fetched = await transfers.ftpDownload(target, { directory: '/', name: NAME, max_bytes: 1e6 }, sink);
  assert.ok(fetched.kind === 'failed' && /could not be written here/.test(fetched.message));
  const source = toUpload('/', {
    name: 'other.csv',
    size: 500_000,
    onPiece(sent) {
      if (sent > 100_000) throw new Error('unreadable');
    },
  });
  const sent = await transfers.ftpUpload(target, source);
  assert.ok(sent.kind === 'failed' && /could not be read here/.test(sent.message));
  assert.equal(existsSync(join(directory, 'other.csv')), false);
});

const tls = NO_OPENSSL ? null : makeCertificate('localhost');
const other = NO_OPENSSL ? null : makeCertificate('other.example');
const skip = NO_OPENSSL;
const trusted = { tls_ca: tls?.cert.toString() ?? '' };

const WITH_TLS: [title: string, target: Partial<FtpTarget>, fault: FileServerFault | null, done: boolean][] =
  [
    ['a server with a good certificate', { ...trusted, tls: 'when_offered' }, null, true],
    ['a server with a good certificate, where TLS is required', { ...trusted, tls: 'required' }, null, true],
    ['a server without TLS, where it is not required', { tls: 'when_offered' }, 'refuse_tls', true],
    ['a server without TLS, where it is required', { ...trusted, tls: 'required' }, 'refuse_tls', false],
    ['a server whose authority is not known', { tls: 'when_offered' }, null, false],
    [
      'a server with the certificate of another',
      { tls_ca: other?.cert.toString() ?? '', tls: 'when_offered' },
      null,
      false,
    ],
    ['a server that breaks the handshake', { ...trusted, tls: 'when_offered' }, 'break_tls', false],
  ];
for (const [title, changes, fault, is_done] of WITH_TLS) {
  test(`${title} ${is_done ? 'gets the file' : 'gets nothing, not even the password'}`, {
    skip,
  }, async (t) => {
    assert.ok(tls);
    const { directory, target, faults } = await startServer(t, { tls });
    if (fault !== null) faults.add(fault);
    // Were the account asked for, this would be the answer.
    if (!is_done) faults.add('refuse_auth');
    const answer = await makeTestTransfers().ftpUpload({ ...target, ...changes }, SMALL);
    if (is_done) return assert.deepEqual(answer, { kind: 'done', size: SMALL.size });
    assert.ok(answer.kind === 'failed');
    assert.equal(answer.failure, 'tls_refused');
    assert.deepEqual(readdirSync(directory), []);
    assert.equal(faults.list().filter((one) => one.fault === 'refuse_auth').length, 1);
  });
}

test('a server that spoke TLS and says that it has none any more gets nothing', { skip }, async (t) => {
  assert.ok(tls);
  const { target, faults } = await startServer(t, { tls });
  const transfers = makeTestTransfers();
  const access = { ...target, ...trusted };
  assert.equal((await transfers.ftpUpload(access, SMALL)).kind, 'done');
  faults.add('refuse_tls');
  const answer = await transfers.ftpUpload(access, SMALL);
  assert.ok(answer.kind === 'failed' && answer.failure === 'tls_refused');
  assert.match(answer.message, /spoke TLS before/);
  assert.equal(
    (await transfers.ftpUpload({ ...access, tls: 'off' }, SMALL)).kind,
    'done',
    'if that is meant',
  );
});

test('a name or a directory that leads elsewhere is refused before anybody is asked', async () => {
  const transfers = makeTestTransfers();
  const target: FtpTarget = { host: '127.0.0.1', port: 1, ...ACCOUNT, tls: 'off' };
  const names = ['', '.', '..', '../x', 'a/b', 'a\\b', 'a\r\nDELE b', 'a\0b', 'a\nb'];
  const uploads = names.map((name) => ({ ...SMALL, name }));
  const directories = ['../up', 'a/../b', 'a\r\nDELE b', 'a\0'].map((directory) => ({ ...SMALL, directory }));
  for (const upload of [...uploads, ...directories]) {
    const answer = await transfers.ftpUpload(target, upload);
    assert.ok(answer.kind === 'failed' && answer.failure === 'refused', JSON.stringify(upload));
  }
  const split = await transfers.ftpUpload({ ...target, password: 'a\r\nDELE b' }, SMALL);
  assert.ok(split.kind === 'failed' && split.failure === 'refused_auth');
});

test('nobody listening, a name that is not known and an address that is not public are told apart', async (t) => {
  const { target } = await startServer(t);
  const failureAt = async (host: string, port: number, transfers = makeTestTransfers()) => {
    const answer = await transfers.ftpTest({ ...target, host, port }, []);
    return answer.kind === 'failed' ? answer.failure : 'done';
  };
  assert.equal(await failureAt('127.0.0.1', 1), 'unreachable');
  assert.equal(await failureAt('10.0.0.1', target.port), 'refused_address');
  const guard = makeAddressGuard({ allow_loopback: false });
  const strict = makeTestTransfers({ guard });
  assert.equal(await failureAt('127.0.0.1', target.port, strict), 'refused_address');
  assert.equal(await failureAt('localhost', target.port, strict), 'refused_address');
  const unknown = makeAddressGuard({ allow_loopback: true }, (_host, _options, done) =>
    done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
  );
  assert.equal(await failureAt('nobody.example', 21, makeTestTransfers({ guard: unknown })), 'unreachable');
});

test('one deadline holds for everything, however busy a server seems', async (t) => {
  // It talks all the time and never says that it is ready.
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const timer = setInterval(() => socket.write('120 Soon.\r\n'), 20);
    socket.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => void server.close());
  const { port } = server.address() as { port: number };
  const target: FtpTarget = { host: '127.0.0.1', port, ...ACCOUNT, tls: 'off' };
  const answer = await makeTestTransfers({ deadline_ms: 300 }).ftpUpload(target, SMALL);
  assert.ok(answer.kind === 'failed' && answer.failure === 'timeout');
  // Who tests a connection waits for it, and not for as long as a large file may take.
  const tested = await makeTestTransfers({ test_deadline_ms: 300 }).ftpTest(target, []);
  assert.ok(tested.kind === 'failed' && tested.failure === 'timeout');
});

const KNOWN: TransferFailure[] = [
  'unreachable',
  'refused_auth',
  'host_key_differs',
  'tls_refused',
  'not_found',
  'no_space',
  'dropped',
  'size_differs',
  'timeout',
  'refused',
  'too_large',
  'refused_address',
];

test('whatever a server answers, it is told as a failure that we know, and the password is not in it', async (t) => {
  let answers: string[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const left = [...answers];
    const next = () => {
      const answer = left.shift();
      if (answer === undefined) socket.end();
      else socket.write(answer);
    };
    socket.on('data', next);
    next();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => void server.close());
  const { port } = server.address() as { port: number };
  const transfers = makeTestTransfers({ deadline_ms: 10_000, stall_ms: 50 });
  const line = fc
    .tuple(
      fc.constantFrom(120, 150, 200, 220, 226, 229, 230, 331, 350, 421, 451, 500, 530, 550, 999),
      fc.string(),
    )
    .map(([code, text]) => `${code} ${text} ${PASSWORD}\r\n`);
  const said = fc.oneof(
    line,
    fc.string(),
    fc.constantFrom('220 Hi\r\n', '331 Yes\r\n', '230 In\r\n', '200 Ok\r\n'),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { maxLength: 12 }),
      fc.constantFrom('off', 'when_offered'),
      async (list, mode) => {
        answers = list;
        const target: FtpTarget = { host: '127.0.0.1', port, ...ACCOUNT, tls: mode as 'off' };
        const answer = await transfers.ftpUpload(target, SMALL);
        assert.ok(answer.kind === 'failed' && KNOWN.includes(answer.failure));
        assert.ok(!answer.message.includes(PASSWORD), answer.message);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
        assert.match(answer.message, /^[^\u0000-\u001f]{10,500}$/);
      },
    ),
    { numRuns: 60 },
  );
});

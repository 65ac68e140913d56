// The built-in PostgreSQL over its whole life, with real processes and real kills: nothing here is simulated.
// All tests but the last few live one after the other in one folder, because making a database takes longest.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import pg from 'pg';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded.ts';
import { getPostgresBinaries } from './embedded-binaries.ts';
import { EmbeddedPostgresError } from './embedded-error.ts';

const is_root = process.getuid?.() === 0;
const is_linux = process.platform === 'linux';

let folder: string;
let dir: string;
const running = new Set<EmbeddedPostgres>();
const children = new Set<ChildProcess>();

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-embedded-'));
  await chmod(folder, 0o711);
  dir = join(folder, 'postgres');
});

async function stopAll(): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
  for (const each of running) await each.stop();
  running.clear();
}

async function tidyUp(): Promise<void> {
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}

// A test that failed in the middle must not make the next ones fail.
afterEach(stopAll);
after(tidyUp);
// An interrupted test run must not leave a PostgreSQL behind, which by design outlives us.
process.once('SIGTERM', () => tidyUp().finally(() => process.exit(1)));
process.once('SIGINT', () => tidyUp().finally(() => process.exit(1)));

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const embedded = await startEmbeddedPostgres({ dir, ...options });
  running.add(embedded);
  return embedded;
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function readPid(): Promise<number> {
  return Number((await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The refusal's message, which must be one sentence for a person. */
async function getRefusal(starting: Promise<EmbeddedPostgres>): Promise<string> {
  const outcome = await starting.then(
    (embedded) => embedded,
    (error: unknown) => error,
  );
  if (!(outcome instanceof EmbeddedPostgresError)) {
    if (!(outcome instanceof Error)) running.add(outcome as EmbeddedPostgres);
    assert.fail(`expected a refusal, got ${outcome}`);
  }
  assert.match(outcome.message, /^\S.*\.$/);
  assert.ok(!outcome.message.includes('\n'));
  return outcome.message;
}

/** A second gateway, as a process of its own that can be killed. */
async function spawnGateway(): Promise<ChildProcess> {
  const module = new URL('./embedded.js', import.meta.url).href;
  const code = `import { startEmbeddedPostgres } from ${JSON.stringify(module)};
    await startEmbeddedPostgres({ dir: ${JSON.stringify(dir)} });
    process.stdout.write('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  assert.ok(child.stdout);
  const ended = once(child, 'exit').then(([code]) => `the gateway ended with ${code}`);
  const failure = await Promise.race([once(child.stdout, 'data').then(() => null), ended]);
  assert.equal(failure, null);
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
  children.delete(child);
}

test('the first start creates a database, and the next one finds what was stored', async () => {
  const first = await start();
  assert.equal(first.how, 'created');
  await query(first.url, 'create table kept as select 4200 as amount');
  await first.stop();
  await assert.rejects(query(first.url, 'select 1'), /ENOENT|ECONNREFUSED/);

  const second = await start();
  assert.equal(second.how, 'started');
  assert.equal(second.url, first.url);
  assert.deepEqual(await query(second.url, 'select amount from kept'), [{ amount: 4200 }]);
  await second.stop();
});

test('durability and privacy cannot be configured away', async () => {
  const embedded = await start({
    settings: { fsync: 'off', full_page_writes: 'off', listen_addresses: '*', work_mem: '7MB' },
  });
  const settings = [
    'fsync',
    'full_page_writes',
    'synchronous_commit',
    'listen_addresses',
    'work_mem',
    'timezone',
  ];
  const shown = settings.map((name) => `current_setting('${name}') as ${name}`).join(', ');
  assert.deepEqual(await query(embedded.url, `select ${shown}`), [
    {
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      listen_addresses: '',
      work_mem: '7MB',
      timezone: 'UTC',
    },
  ]);
  const wrong = embedded.url.replace(/:[0-9a-f]{48}@/, ':guess@');
  assert.notEqual(wrong, embedded.url);
  await assert.rejects(query(wrong, 'select 1'), /password authentication failed/);
  for (const private_path of ['password', 'postgres.log']) {
    assert.equal((await stat(join(dir, private_path))).mode & 0o777, 0o600, private_path);
  }
  await embedded.stop();
});

test('text is sorted by code point and its letters have case, whatever the system', async () => {
  const embedded = await start();
  const rows = await query(
    embedded.url,
    `select lower('ÄＡ') as lower, array(select x from unnest('{a,B,ä,円}'::text[]) x order by x) as sorted`,
  );
  assert.deepEqual(rows, [{ lower: 'äａ', sorted: ['B', 'a', 'ä', '円'] }]);
  await embedded.stop();
});

test('PostgreSQL gets none of our environment and is out of reach of Ctrl-C', {
  skip: !is_linux,
}, async () => {
  process.env['MPAC_TEST_SECRET'] = 'master-key';
  const embedded = await start();
  delete process.env['MPAC_TEST_SECRET'];
  const pid = await readPid();
  assert.ok(!(await readFile(`/proc/${pid}/environ`, 'utf8')).includes('master-key'));
  const [, , group, session] = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  assert.equal(Number(group), pid);
  assert.equal(Number(session), pid);
  await embedded.stop();
  assert.equal(isAlive(pid), false);
});

test('a second gateway on the same folder is refused, and the first is unharmed', async () => {
  const first = await start();
  const pid = await readPid();
  const message = await getRefusal(startEmbeddedPostgres({ dir }));
  assert.ok(message.startsWith(`Another mpac-pgw is already running on ${dir} (`), message);
  assert.ok(message.includes(`process ${process.pid}`), message);
  assert.equal(await readPid(), pid);
  assert.deepEqual(await query(first.url, 'select amount from kept'), [{ amount: 4200 }]);
  await first.stop();
});

test('after a kill -9 of the gateway the next one takes its database over, and stops it', async () => {
  const killed = await spawnGateway();
  const pid = await readPid();
  await kill(killed);
  assert.equal(isAlive(pid), true);

  const heir = await start();
  assert.equal(heir.how, 'attached');
  assert.equal(await readPid(), pid);
  assert.deepEqual(await query(heir.url, 'select amount from kept'), [{ amount: 4200 }]);
  await heir.stop();
  // Its number may linger until the system's first process collects it, but its file and socket are gone.
  await assert.rejects(readPid(), /ENOENT/);
  await assert.rejects(query(heir.url, 'select 1'), /ENOENT|ECONNREFUSED/);
});

test('after a kill -9 of PostgreSQL its gateway starts it again with all that was committed', async () => {
  let recovered = () => {};
  const recovery = new Promise<void>((done) => {
    recovered = done;
  });
  const embedded = await start({
    log: (line) => {
      if (line.includes('started again')) recovered();
    },
  });
  await query(embedded.url, 'insert into kept values (1)');
  const pid = await readPid();
  process.kill(pid, 'SIGKILL');
  await recovery;
  assert.notEqual(await readPid(), pid);
  assert.deepEqual(await query(embedded.url, 'select sum(amount)::int as sum from kept'), [{ sum: 4201 }]);
  await getRefusal(startEmbeddedPostgres({ dir }));
  await embedded.stop();
});

test('after a kill -9 of both, the next start recovers', async () => {
  const killed = await spawnGateway();
  const pid = await readPid();
  // The gateway first, or it would start PostgreSQL again.
  await kill(killed);
  process.kill(pid, 'SIGKILL');
  const embedded = await start();
  assert.equal(embedded.how, 'started');
  assert.deepEqual(await query(embedded.url, 'select sum(amount)::int as sum from kept'), [{ sum: 4201 }]);
  await embedded.stop();
});

test('a PostgreSQL that dies while we connect to it is looked for again, and started', {
  skip: !is_linux,
}, async () => {
  // It has the name and the place of PostgreSQL, takes one connection, breaks it and ends.
  const socket_dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-dying-'));
  const program = join(socket_dir, 'postgres');
  await symlink(process.execPath, program);
  const code = `require('net').createServer((socket) => { socket.destroy(); process.exit(); })
    .listen(${JSON.stringify(join(socket_dir, '.s.PGSQL.5432'))}, () => console.log('ready'));`;
  const data_dir = join(dir, 'data');
  const dying = spawn(program, ['-e', code], { cwd: data_dir, stdio: ['ignore', 'pipe', 'ignore'] });
  children.add(dying);
  await once(dying.stdout, 'data');
  const lines = [dying.pid, data_dir, 1, 5432, socket_dir, '', '  1 1', 'ready   '];
  await writeFile(join(data_dir, 'postmaster.pid'), `${lines.join('\n')}\n`);
  const embedded = await start();
  assert.equal(embedded.how, 'started');
  assert.notEqual(dying.exitCode ?? dying.signalCode, null);
  await embedded.stop();
  await rm(socket_dir, { recursive: true });
});

test('a process id that went to somebody else is not taken for PostgreSQL', { skip: !is_linux }, async () => {
  // The stranger runs as PostgreSQL's own user: PostgreSQL by itself would believe that it still runs.
  const { uid, gid } = await stat(join(dir, 'data'));
  const stranger = spawn('sleep', ['300'], { ...(is_root ? { uid, gid } : {}), stdio: 'ignore' });
  children.add(stranger);
  await once(stranger, 'spawn');
  const pid_file = join(dir, 'data', 'postmaster.pid');
  const data_dir = join(dir, 'data');
  const lines = [stranger.pid, data_dir, 1, 5432, join(dir, 'run'), '', '  1 1', 'ready   '];
  await writeFile(pid_file, `${lines.join('\n')}\n`);
  const embedded = await start();
  assert.equal(embedded.how, 'started');
  await embedded.stop();
  assert.equal(isAlive(Number(stranger.pid)), true);
  await kill(stranger);
});

test('a database that cannot start is told in one sentence with what PostgreSQL said', async () => {
  const control = join(dir, 'data', 'global', 'pg_control');
  const intact = await readFile(control);
  const { uid, gid } = await stat(control);
  await rm(control);
  const message = await getRefusal(startEmbeddedPostgres({ dir }));
  assert.match(message, /PostgreSQL could not start in .*pg_control": No such file or directory/);
  assert.ok(message.includes(join(dir, 'postgres.log')), message);
  await writeFile(control, intact.subarray(0, 100), { mode: 0o600 });
  if (is_root) execFileSync('chown', [`${uid}:${gid}`, control]);
  assert.match(
    await getRefusal(startEmbeddedPostgres({ dir })),
    /PostgreSQL could not start in .*pg_control/,
  );
  await writeFile(control, intact);
  await (await start()).stop();
});

test('a lost password is told, and not replaced by one that does not fit', async () => {
  const password_file = join(dir, 'password');
  const password = await readFile(password_file);
  await rm(password_file);
  assert.match(await getRefusal(startEmbeddedPostgres({ dir })), /password .* is missing/);
  await writeFile(password_file, 'not-it');
  assert.match(await getRefusal(startEmbeddedPostgres({ dir })), /password authentication failed/);
  await assert.rejects(readPid(), /ENOENT/, 'the PostgreSQL that let nobody in was left running');
  await writeFile(password_file, password);
});

test('a folder that cannot be written is told in one sentence', async () => {
  const file = join(folder, 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'below'), ...(is_linux ? ['/proc/mpac-pgw/postgres'] : [])]) {
    const message = await getRefusal(startEmbeddedPostgres({ dir: path }));
    assert.ok(message.startsWith(`The database folder ${path} cannot be written`), message);
    assert.match(message, /set DATABASE_URL/);
  }
});

test('a folder that holds another version, garbage or strangers is told and left as it is', async () => {
  const cases: [file: string, content: string, sentence: RegExp][] = [
    ['PG_VERSION', '15\n', /made by PostgreSQL 15, and this mpac-pgw brings PostgreSQL \d\d/],
    ['PG_VERSION', 'garbage\u0000', /holds no usable PostgreSQL database/],
    ['holiday.jpg', 'x', /holds files that are not a PostgreSQL database \(holiday.jpg\)/],
  ];
  for (const [number, [file, content, sentence]] of cases.entries()) {
    const data_dir = join(folder, `strange-${number}`, 'data');
    await mkdir(data_dir, { recursive: true });
    await writeFile(join(data_dir, file), content);
    // When root runs the tests, a database that belongs to another account is the common case.
    if (is_root) execFileSync('chown', ['-R', '65534:65534', data_dir]);
    assert.match(await getRefusal(startEmbeddedPostgres({ dir: join(data_dir, '..') })), sentence);
    assert.equal(await readFile(join(data_dir, file), 'utf8'), content);
  }
});

test('libraries that a blocked install script left unlinked are linked', { skip: !is_linux }, async () => {
  const { package_dir } = await getPostgresBinaries();
  const copy = join(folder, 'package');
  for (const part of ['bin', 'lib', 'pg-symlinks.json']) {
    await cp(join(package_dir, 'native', part), join(copy, 'native', part), {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
  }
  const version = () =>
    execFileSync(join(copy, 'native', 'bin', 'postgres'), ['--version'], { stdio: 'pipe' });
  assert.throws(version, /error while loading shared libraries/);
  await getPostgresBinaries(copy);
  assert.match(version().toString(), /\(PostgreSQL\) \d\d/);
});

test('a folder too deep for a socket gets its socket elsewhere, and the folder may have any name', async () => {
  const deep = join(folder, `a b+%20"ö',`, 'x'.repeat(90));
  const embedded = await start({ dir: deep });
  const socket_dir = new URL(embedded.url.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
  assert.ok(Buffer.byteLength(`${socket_dir}/.s.PGSQL.5432`) <= 100, socket_dir);
  assert.equal((await stat(socket_dir)).mode & 0o777, 0o700);
  assert.deepEqual(await query(embedded.url, 'select current_database() as name'), [{ name: 'mpac_pgw' }]);
  await embedded.stop();
  await assert.rejects(stat(socket_dir), /ENOENT/);
});

test('root runs it in a folder that nobody else can reach', { skip: !canMapRoot() }, async () => {
  const hidden = join(folder, 'hidden');
  await mkdir(hidden, { mode: 0o700 });
  const first = await start({ dir: join(hidden, 'postgres') });
  assert.equal(first.how, 'created');
  await first.stop();
  // Also when the folder is opened to others later: the files belong to root.
  await chmod(hidden, 0o711);
  const second = await start({ dir: join(hidden, 'postgres') });
  assert.equal(second.how, 'started');
  await second.stop();
  assert.equal((await stat(join(hidden, 'postgres', 'data'))).uid, 0);
});

function canMapRoot(): boolean {
  try {
    execFileSync('unshare', ['--user', '--map-user=65534', '--map-group=65534', 'true'], { stdio: 'ignore' });
    return is_root;
  } catch {
    return false;
  }
}

// What a stranger meets in the first five minutes: the words of `npm start`, the line to paste, the commands of
// the README, and Ctrl-C.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { guardDataDir, isAlive, startCli, waitUntil } from './support/process.ts';
import { ROOT } from './support/sources.ts';

const run = promisify(execFile);

async function makeDataDir(t: TestContext): Promise<string> {
  const data_dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-first-'));
  // When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(data_dir, 0o711);
  guardDataDir(t, data_dir);
  t.after(() => rm(data_dir, { recursive: true, force: true }));
  return data_dir;
}

const env = { LOG_LEVEL: 'warn', HOST: '127.0.0.1', PORT: '0', MPAC_SIMULATOR_PORT: '0' };

/** The shell commands below a heading of the README. */
async function readmeCommands(heading: string): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = readme.split(`\n### ${heading}\n`);
  const commands = /```sh\n(.*?)```/s.exec(section)?.[1];
  assert.ok(commands, `the README has commands below "${heading}"`);
  return commands;
}

async function startFirst(t: TestContext) {
  const data_dir = await makeDataDir(t);
  const gateway = startCli(t, ['start'], { env: { ...env, MPAC_DATA_DIR: data_dir } });
  await gateway.waitFor('its words', () => gateway.stdout().includes('Ctrl-C stops it all'));
  return { data_dir, gateway };
}

test('the line that a start prints makes a first payment', async (t) => {
  const { gateway } = await startFirst(t);
  const line = /^node -e '.*$/m.exec(gateway.stdout())?.[0];
  assert.ok(line, gateway.stdout());
  const { stdout } = await run('sh', ['-c', line]);
  assert.match(stdout, /status: 'requires_payment_method'.*status: 'succeeded'/s);
  assert.deepEqual(await gateway.stop('SIGINT'), { code: 0, signal: null });
});

// All tests run where nothing but Node is installed; these commands need two tools more.
const has_tools = await run('sh', ['-c', 'command -v curl && command -v openssl']).then(
  () => true,
  () => false,
);
const skip = has_tools ? false : 'curl or openssl is not installed';

test('the commands of the README make a first payment by hand', { skip }, async (t) => {
  const { data_dir, gateway } = await startFirst(t);
  const commands = await readmeCommands('A payment by hand');
  const { stdout } = await run('sh', ['-euc', commands], {
    env: { ...process.env, MPAC_DATA_DIR: data_dir },
  });
  assert.match(stdout, /"status":"requires_payment_method".*"status":"succeeded"/s);
  assert.deepEqual(await gateway.stop('SIGINT'), { code: 0, signal: null });
});

test('a signal to npm reaches the gateway, which stops in good order', async (t) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const data_dir = await makeDataDir(t);
    // Without the build that goes before: the other tests run from its output at this moment.
    const npm = spawn('npm', ['start', '--silent', '--ignore-scripts'], {
      cwd: ROOT,
      env: { ...process.env, ...env, MPAC_DATA_DIR: data_dir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = new Promise((resolve) => npm.on('close', (code) => resolve(code)));
    t.after(() => void npm.kill('SIGKILL'));
    let words = '';
    npm.stdout.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    await waitUntil('its words', async () => words.includes('Ctrl-C stops it all'));
    const postgres = Number(
      (await readFile(join(data_dir, 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
    );
    npm.kill(signal);
    assert.equal(await exited, 0, signal);
    assert.ok(!isAlive(postgres), 'its database stopped before it did');
  }
});

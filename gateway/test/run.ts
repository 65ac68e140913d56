// What `npm test` runs: one PostgreSQL for all tests, a migrated template in it, then node's own test runner
// on every compiled test. Arguments pick files by a part of their path. It ends with the test runner's code.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { makeDatabaseUrl, TEMPLATE_DATABASE, withTemplateLock } from './support/database.ts';

// From gateway/dist/test, where this file runs, to the workspace.
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CONCURRENCY = 2;
const TIMEOUT_MS = 300_000;

/** Lists the compiled tests of every workspace whose path holds one of the filters, or all. */
async function listTestFiles(filters: string[]): Promise<string[]> {
  const { workspaces } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    workspaces: string[];
  };
  const files: string[] = [];
  for (const workspace of workspaces) {
    const dist = join(ROOT, workspace, 'dist');
    if (!existsSync(dist)) continue;
    for (const path of await readdir(dist, { recursive: true })) {
      if (!path.endsWith('.test.js') || path.includes('node_modules')) continue;
      // The compiler leaves the output of deleted and renamed tests behind; those are no longer ours.
      const source = path.replace(/\.js$/, '.ts');
      const homes = [join(ROOT, workspace, source), join(ROOT, workspace, 'src', source)];
      if (homes.some((home) => existsSync(home))) files.push(join(dist, path));
    }
  }
  const wanted = (file: string) => filters.some((filter) => relative(ROOT, file).includes(filter));
  return files.filter((file) => filters.length === 0 || wanted(file)).sort();
}

async function createTemplate(admin_url: string): Promise<void> {
  // Under the lock of the copies: on a server that several runs share, none loses its template mid-copy.
  await withTemplateLock(admin_url, async (admin) => {
    await admin.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
    await admin.query(`create database ${TEMPLATE_DATABASE} template template0`);
    await migrate(makeDatabaseUrl(admin_url, TEMPLATE_DATABASE));
    // Nobody may sit in the template, or it cannot be copied.
    await admin.query(`alter database ${TEMPLATE_DATABASE} allow_connections false`);
  });
}

let interrupted: NodeJS.Signals | null = null;

/** Runs node's test runner to its end and returns its exit code. */
function runTests(files: string[], admin_url: string, folder: string): Promise<number> {
  const args = [`--test-concurrency=${CONCURRENCY}`, `--test-timeout=${TIMEOUT_MS}`, '--test-reporter=spec'];
  const child = spawn(process.execPath, ['--test', ...args, ...files], {
    cwd: ROOT,
    stdio: 'inherit',
    // What tests leave behind when they are interrupted goes with our own folder.
    env: { ...process.env, TEST_DATABASE_URL: admin_url, TMPDIR: folder },
  });
  const forward = (signal: NodeJS.Signals) => {
    interrupted = signal;
    child.kill(signal);
  };
  if (interrupted !== null) child.kill(interrupted);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, forward);
  }
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code, signal) => done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
}

async function main(): Promise<number> {
  const filters = process.argv.slice(2);
  const files = await listTestFiles(filters);
  if (files.length === 0) {
    console.error(`No test file has ${filters.join(' or ') || '.test.js'} in its path.`);
    return 1;
  }
  // Until the tests run, a signal is only noted: stopping half-way would leave a PostgreSQL behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      interrupted = signal;
    });
  }
  const folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-test-'));
  try {
    // When root runs the tests, PostgreSQL runs as somebody else and must be able to pass through.
    await chmod(folder, 0o711);
    const given = process.env.TEST_DATABASE_URL;
    if (given) return await prepareAndRun(files, given, folder);
    const postgres = await startEmbeddedPostgres({
      dir: join(folder, 'postgres'),
      settings: { max_connections: '200' },
    });
    try {
      return await prepareAndRun(files, postgres.url, folder);
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepareAndRun(files: string[], admin_url: string, folder: string): Promise<number> {
  await createTemplate(admin_url);
  return runTests(files, admin_url, folder);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

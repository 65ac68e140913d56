// The postmaster as a process: reads its pid file, tells a live one from a recycled process id, starts it in
// a session of its own and stops it. It knows nothing of connections.
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Account, CHILD_ENVIRONMENT, runAs } from './embedded-account.ts';
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts';

export interface Postmaster {
  pid: number;
  socket_dir: string;
  port: string;
  ready: boolean;
}

const POLL_MS = 10;
const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 8_000;

/** Finds the postmaster that runs on this data folder now, ready or still starting. */
export async function findPostmaster(data_dir: string): Promise<Postmaster | null> {
  const postmaster = await readPidFile(data_dir);
  if (postmaster === null || !(await isPostmasterOf(postmaster.pid, data_dir))) return null;
  return postmaster;
}

/** postmaster.pid: process id, data folder, start time, port, socket folder, address, memory key, status. */
async function readPidFile(data_dir: string): Promise<Postmaster | null> {
  const text = await readFile(join(data_dir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return null;
  const ready = (lines[7] ?? '').trim() === 'ready';
  return { pid, port: lines[3] ?? '', socket_dir: lines[4] ?? '', ready };
}

/**
 * A process id alone proves nothing: after a crash or in a restarted container it may have been given to
 * somebody else. Every process of PostgreSQL works inside its data folder, so that is what we look at.
 */
async function isPostmasterOf(pid: number, data_dir: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    return command.trim() === 'postgres' && (await worksIn(pid, data_dir));
  }
  const { code, output } = await runAs({ owner: null, prefix: [] }, 'ps', [
    '-ww',
    '-o',
    'command=',
    '-p',
    `${pid}`,
  ]);
  return code === 0 && output.includes('postgres') && output.includes(data_dir);
}

async function worksIn(pid: number | string, data_dir: string): Promise<boolean> {
  const [cwd, folder] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => null),
    realpath(data_dir).catch(() => data_dir),
  ]);
  return cwd === folder;
}

/**
 * Clears the way for a new postmaster after the old one died. Its backends end by themselves a moment later;
 * until then PostgreSQL would refuse to start. A pid file whose number now belongs to a stranger is removed,
 * because PostgreSQL would take the stranger for a postmaster; a merely dead number it clears itself.
 */
export async function clearDeadPostmaster(data_dir: string, socket_dir: string): Promise<void> {
  const stale = await readPidFile(data_dir);
  if (stale === null || process.platform !== 'linux') return;
  for (let waited_ms = 0; waited_ms < 5_000; waited_ms += POLL_MS) {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const working = await Promise.all(pids.map((pid) => worksIn(pid, data_dir)));
    if (!working.includes(true)) {
      if (!isAlive(stale.pid)) return;
      await rm(join(data_dir, 'postmaster.pid'), { force: true });
      await rm(join(socket_dir, `.s.PGSQL.${stale.port}.lock`), { force: true });
      return;
    }
    await delay(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

/**
 * Starts a postmaster and waits until it takes connections. When another process was faster, that one's
 * postmaster is the answer. `started` says whether it is ours.
 */
export async function startPostmaster(
  account: Account,
  postgres: string,
  data_dir: string,
  settings: Record<string, string>,
  log_file: string,
): Promise<{ postmaster: Postmaster; started: boolean }> {
  const log = await open(log_file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  const log_start = (await log.stat()).size;
  const args = [
    '-D',
    data_dir,
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const [file = postgres, ...rest] = [...account.prefix, postgres, ...args];
  // A session of its own: Ctrl-C in the terminal reaches the gateway only, which stops us when it is done.
  const child = spawn(file, rest, {
    ...account.owner,
    cwd: '/',
    env: CHILD_ENVIRONMENT,
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let failure: string | null = null;
  child.on('error', (error) => {
    failure = error.message;
  });
  child.on('exit', (code, signal) => {
    failure ??= `it ended with ${signal ?? `code ${code}`}`;
  });
  child.unref();
  await log.close();

  const postmaster = await waitUntilReady(data_dir, () => failure !== null);
  if (postmaster !== null) return { postmaster, started: postmaster.pid === child.pid };
  const line = await readLastComplaint(log_file, log_start);
  throw new EmbeddedPostgresError(
    `PostgreSQL could not start in ${data_dir}: ${line ?? failure ?? 'it does not become ready'} (log: ${log_file}).`,
  );
}

/** Waits for whichever postmaster runs on the folder; null when none does or it takes two minutes. */
export async function waitUntilReady(data_dir: string, hasFailed = () => false): Promise<Postmaster | null> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    // Asked before looking: a child that failed because another was faster left that other's pid file.
    const failed = hasFailed();
    const postmaster = await findPostmaster(data_dir);
    if (postmaster?.ready) return postmaster;
    if ((failed && postmaster === null) || performance.now() > deadline) return null;
    await delay(POLL_MS);
  }
}

/** What PostgreSQL said last that explains its end: its last fatal line, else everything it said. */
async function readLastComplaint(log_file: string, from: number): Promise<string | null> {
  const text = (await readFile(log_file)).subarray(from).toString();
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const fatal = lines.findLast((line) => /(FATAL|PANIC): /.test(line));
  const complaint = fatal?.replace(/^.*?(FATAL|PANIC): +/, '') ?? lines.join(' ').slice(0, 500);
  return complaint === '' ? null : complaint;
}

/** Fast shutdown: sessions are ended, everything is written. Immediate when that hangs; nothing is lost by it. */
export async function stopPostmaster(pid: number, data_dir: string): Promise<void> {
  if (!(await signal(pid, 'SIGINT', data_dir))) return;
  if (await hasEnded(pid, data_dir, FAST_SHUTDOWN_MS)) return;
  if (!(await signal(pid, 'SIGQUIT', data_dir))) return;
  if (await hasEnded(pid, data_dir, IMMEDIATE_SHUTDOWN_MS)) return;
  throw new EmbeddedPostgresError(`PostgreSQL in ${data_dir} (process ${pid}) does not stop.`);
}

/** Signals the process only while it still is this folder's postmaster. */
async function signal(pid: number, name: NodeJS.Signals, data_dir: string): Promise<boolean> {
  if (!(await isPostmasterOf(pid, data_dir))) return false;
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

async function hasEnded(pid: number, data_dir: string, within_ms: number): Promise<boolean> {
  const deadline = performance.now() + within_ms;
  while (await isPostmasterOf(pid, data_dir)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

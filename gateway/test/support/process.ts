// The real command line as a child process: started, waited for, killed at any moment, started again. A test
// that ends, however it ends, leaves no process behind, and neither does one that is interrupted.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const POLL_MS = 15;
const PATIENCE_MS = 30_000;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface CliProcess {
  pid: number;
  stdout(): string;
  stderr(): string;
  exited: Promise<Exit>;
  hasExited(): boolean;
  /** Resolves with what `find` found in the output; fails with the whole output when the process ends first. */
  waitFor<T>(what: string, find: () => T | null | undefined | false): Promise<T>;
  /** kill -9: the process gets no chance to do anything more. */
  kill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Asks it to stop and says how it ended. */
  stop(name?: NodeJS.Signals): Promise<Exit>;
}

/** Where children are noted until they end, so that an interrupted run can end them, too. */
const children = new Set<ChildProcess>();
/** Data folders whose embedded PostgreSQL, which outlives its gateway by design, must not outlive the test. */
const data_dirs = new Set<string>();

function endAll(): void {
  for (const child of children) child.kill('SIGKILL');
  for (const dir of data_dirs) killPostgres(dir);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    endAll();
    process.exit(1);
  });
}

/** A test, or a whole file with node's own `after`. */
export interface Scope {
  after(work: () => void | Promise<void>): void;
}

export interface SpawnOptions {
  env?: Record<string, string>;
  /** What goes before `node`: for another user. */
  prefix?: string[];
  cli?: string;
  cwd?: string;
  /** A process group of its own, as a terminal gives to a foreground job. */
  own_group?: boolean;
}

/** Runs `mpac-pgw <args>`. Of the environment it gets what is given here and nothing of ours. */
export function startCli(t: Scope, args: string[], options: SpawnOptions = {}): CliProcess {
  const { prefix = [], cli = CLI, env = {} } = options;
  const [file = process.execPath, ...rest] = [...prefix, process.execPath, cli, ...args];
  const child = spawn(file, rest, {
    cwd: options.cwd,
    env: {
      PATH: process.env['PATH'] ?? '',
      PORT: '0',
      MPAC_SIMULATOR_PORT: '0',
      MPAC_WORKER_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.own_group ?? false,
  });
  children.add(child);
  let out = '';
  let err = '';
  let exit: Exit | null = null;
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const exited = new Promise<Exit>((resolve, reject) => {
    child.on('error', reject);
    // Not 'exit': only when the pipes are closed, too, has everything that it said been read.
    child.on('close', (code, signal) => {
      children.delete(child);
      exit = { code, signal };
      resolve(exit);
    });
  });

  const started: CliProcess = {
    pid: child.pid ?? -1,
    stdout: () => out,
    stderr: () => err,
    exited,
    hasExited: () => exit !== null,
    waitFor: (what, find) =>
      waitUntil(`${args.join(' ')}: ${what}`, async () => {
        const found = find();
        if (!found && exit !== null)
          throw new Error(`${args[0]} ended early: ${JSON.stringify(exit)}\n${out}\n${err}`);
        return found;
      }),
    async kill() {
      if (exit === null) child.kill('SIGKILL');
      await exited;
    },
    signal: (name) => void child.kill(name),
    stop(name = 'SIGTERM') {
      if (exit === null) child.kill(name);
      return exited;
    },
  };
  t.after(() => started.kill());
  return started;
}

/** Runs a command that ends by itself. */
export async function runCli(t: Scope, args: string[], options: SpawnOptions = {}) {
  const child = startCli(t, args, options);
  const { code } = await child.exited;
  return { code, stdout: child.stdout(), stderr: child.stderr() };
}

export interface GatewayProcess extends CliProcess {
  url: string;
}

/** `serve`, or `start` with a DATABASE_URL in production: a process that says in its log where it listens. */
export async function startGateway(
  t: Scope,
  command: 'serve' | 'start',
  env: Record<string, string>,
): Promise<GatewayProcess> {
  const child = startCli(t, [command], { env: { HOST: '127.0.0.1', ...env } });
  const port = await child.waitFor(
    'the port',
    () => /"port":(\d+),"msg":"the API listens"/.exec(child.stdout())?.[1],
  );
  return { ...child, url: `http://127.0.0.1:${port}` };
}

export async function startWorkerProcess(t: Scope, env: Record<string, string>): Promise<CliProcess> {
  const child = startCli(t, ['work'], { env: { HOST: '127.0.0.1', ...env } });
  await child.waitFor('the worker', () => child.stdout().includes('the worker works'));
  return child;
}

export interface SimulatorProcess extends CliProcess {
  /** Where the server listens, as MPAC_SIMULATOR_URL wants it. */
  url: string;
}

/** The PayPay simulator on its own, so that it remembers every charge when the gateway dies. */
export async function startSimulatorProcess(t: Scope): Promise<SimulatorProcess> {
  const child = startCli(t, ['simulate', 'paypay', '--port', '0', '--notify', 'http://127.0.0.1:9/unused']);
  const url = await child.waitFor(
    'the simulator',
    () => /PayPay simulator: (\S+)\/paypay/.exec(child.stdout())?.[1],
  );
  return { ...child, url };
}

/** Asks again and again until the answer is something; the one way of waiting in these tests. */
export async function waitUntil<T>(
  what: string,
  find: () => Promise<T | null | undefined | false>,
  patience_ms = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patience_ms;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`waited ${patience_ms} ms in vain for ${what}`);
    await delay(POLL_MS);
  }
}

/** The process id of the PostgreSQL that was started in a gateway's data folder; null when none is noted. */
export function findPostgresPid(data_dir: string): number | null {
  try {
    const pid = Number(readFileSync(join(data_dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** False also for a process that has ended and that nobody has asked about, as orphans in a container are. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !/^State:\s+Z/m.test(readStatus(pid));
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

/** kill -9 of a data folder's PostgreSQL, if it is one and runs. */
export function killPostgres(data_dir: string): void {
  const pid = findPostgresPid(data_dir);
  if (pid === null) return;
  try {
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres') process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Promises that no PostgreSQL of this data folder outlives the test. Call it before the folder's own removal. */
export function guardDataDir(t: Scope, data_dir: string): void {
  data_dirs.add(data_dir);
  t.after(() => {
    killPostgres(data_dir);
    data_dirs.delete(data_dir);
  });
}

/** Where a program lies that this machine may have; servers often stand where only root looks. Null: it has none. */
export function findProgram(...names: string[]): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  const paths = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** For a server that cannot say which port it took. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, fail) => {
    const server = createServer();
    server.on('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

// A real Redis for a test, which can be killed, frozen and started again at the same place. Machines without one
// skip what needs it, and say so.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, findProgram, type Scope, waitUntil } from './process.ts';

const SERVER = findProgram('redis-server', 'valkey-server');

/** For `test(name, { skip })`. */
export const NO_REDIS =
  SERVER === null && 'no redis-server on this machine; on Debian: apt-get install redis-server';

export type TestRedis = Awaited<ReturnType<typeof startRedis>>;

/** With `stopped` only the place is taken, so that it can be started later. */
export async function startRedis(t: Scope, options: { stopped?: boolean; password?: string } = {}) {
  const { password } = options;
  const port = await findFreePort();
  const dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-redis-'));
  let child: ChildProcess | null = null;
  let exited: Promise<void> = Promise.resolve();

  async function start(): Promise<void> {
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
    const secured = password === undefined ? [] : ['--requirepass', password];
    const started = spawn(SERVER ?? '', [...settings, ...secured], { stdio: 'ignore' });
    child = started;
    exited = new Promise((resolve) => {
      started.on('error', () => resolve());
      started.on('exit', () => resolve());
    });
    await waitUntil('Redis', () => command('PING').then(Boolean, () => false));
  }

  /** kill -9. */
  async function kill(): Promise<void> {
    child?.kill('SIGKILL');
    await exited;
    child = null;
  }

  /** One command on a connection of its own, as Redis' inline protocol has it; resolves with the first line. */
  function command(line: string): Promise<string> {
    return new Promise((resolve, fail) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
      socket.on('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString().split('\r\n')[0] ?? '');
      });
      socket.on('error', fail);
    });
  }

  t.after(async () => {
    await kill();
    await rm(dir, { recursive: true, force: true });
  });
  if (!options.stopped) await start();
  const secret = password === undefined ? '' : `:${password}@`;
  return {
    url: `redis://${secret}127.0.0.1:${port}`,
    start,
    kill,
    command,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
  };
}

// A run leaves nothing behind: no process and no folder, however it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startGateway } from './gateway-process.ts';

function makeFolder(t: { after(end: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'interrupted-'));
  // PostgreSQL may run as somebody else, who must be able to pass through.
  chmodSync(folder, 0o711);
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const readDatabase = (data_dir: string) =>
  Number(readFileSync(join(data_dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);

const isThere = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a run that is interrupted twice, as npm and a terminal do it, leaves no process and no folder', async (t) => {
  const folder = makeFolder(t);
  const main = fileURLToPath(new URL('main.js', import.meta.url));
  const child = spawn(process.execPath, [main, 'stage'], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  for await (const line of createInterface(child.stdout)) if (line.includes('The stage is set')) break;
  const [run = ''] = readdirSync(folder);
  const database = readDatabase(join(folder, run, 'gateway'));
  assert.ok(isThere(database));
  child.kill('SIGINT');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null]);
  assert.equal(isThere(database), false);
  assert.deepEqual(readdirSync(folder), []);
});

test('a gateway that somebody killed leaves no database when it is stopped', async (t) => {
  const gateway = await startGateway(join(makeFolder(t), 'data'));
  const database = readDatabase(gateway.data_dir);
  const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${database}/status`, 'utf8'))?.[1];
  process.kill(Number(parent), 'SIGKILL');
  await gateway.stop();
  while (isThere(database)) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isThere(database), false);
});

// A gateway of one SDK's own: the real command line with its embedded PostgreSQL and its simulators, in a folder that
// goes with it. SDKs that are proven at the same time share nothing, so that a provider which falls silent for one of
// them is silent for no other.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { refuseWhenOver } from './commands.ts';

const CLI = fileURLToPath(new URL('../../../gateway/dist/src/cli.js', import.meta.url));
const PATIENCE_MS = 60_000;
const POLL_MS = 50;

/** Those that have not been stopped yet, for a run that is interrupted. */
const running = new Set<() => Promise<void>>();

export async function stopAllGateways(): Promise<void> {
  await Promise.all([...running].map((stop) => stop()));
}

/** What the gateway writes into its development.json. */
export interface GatewayFacts {
  base_url: string;
  api_key: string;
  secret_key: string;
  publishable_key: string;
  merchant_store_id: string;
  simulator_url: string;
}

export interface GatewayProcess {
  facts: GatewayFacts;
  /** Where the facts stand, for those who want the file. */
  facts_path: string;
  data_dir: string;
  stop(): Promise<void>;
}

/** Starts it and waits until it is ready; `data_dir` must be new, and reachable for another user. */
export async function startGateway(data_dir: string): Promise<GatewayProcess> {
  refuseWhenOver();
  const facts_path = join(data_dir, 'development.json');
  const child = spawn(process.execPath, [CLI, 'start'], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      MPAC_DATA_DIR: data_dir,
      PORT: '0',
      MPAC_SIMULATOR_PORT: '0',
      LOG_LEVEL: 'warn',
      // A provider that never answers is given up sooner than by default, so that the scenarios of silence are short.
      MPAC_PROVIDER_DEADLINE_MS: '2000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Ctrl-C at the terminal reaches the runner alone, which stops its children in order.
    detached: true,
  });
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = () => stopGateway(child, ended, data_dir).finally(() => running.delete(stop));
  running.add(stop);
  try {
    await waitUntilReady(child, facts_path, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  const facts = JSON.parse(readFileSync(facts_path, 'utf8')) as GatewayFacts;
  return { facts, facts_path, data_dir, stop };
}

async function waitUntilReady(child: ChildProcess, facts_path: string, said: () => string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(said().includes('mpac-pgw is ready') && existsSync(facts_path))) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) {
      throw new Error(`The gateway did not start.\n${said()}`);
    }
    await delay(POLL_MS);
  }
}

async function stopGateway(child: ChildProcess, ended: Promise<void>, data_dir: string): Promise<void> {
  child.kill('SIGTERM');
  const gone = await Promise.race([ended.then(() => true), delay(15_000, false, { ref: false })]);
  if (!gone) child.kill('SIGKILL');
  await ended;
  killPostgres(data_dir);
}

/** A gateway that was killed, by us or by somebody else, leaves its database behind, by design; a run must not. */
export function killPostgres(data_dir: string): void {
  try {
    const pid = Number(readFileSync(join(data_dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres') process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

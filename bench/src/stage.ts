// Sets the stage: one built-in PostgreSQL, the gateway, the PayPay simulator and the floor as processes of
// their own, and the load generator. Everything of a run lies in one folder, which goes with it.
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import type { FloorSettings } from './floor-server.ts';
import type { Signer } from './requests.ts';
import { SUBJECTS, storeOf } from './subjects.ts';

const CLI = fileURLToPath(new URL('../../gateway/dist/src/cli.js', import.meta.url));
const EMBEDDED = new URL('../../gateway/dist/src/db/embedded.js', import.meta.url).href;
const FOLDER = fileURLToPath(new URL('../.mpac-pgw', import.meta.url));
const ORGANIZATION = 'Bench';
const WEBHOOK_SECRET = 'bench-notification-secret';
const PATIENCE_MS = 20_000;

export interface Stage {
  signer: Signer;
  ports: Record<'floor' | 'gateway', number>;
  pids: Record<'floor' | 'gateway' | 'postgres' | 'simulator', number>;
  database_urls: Record<'floor' | 'gateway', string>;
  load: ChildProcess;
  folder: string;
  strike(): Promise<void>;
}

interface EmbeddedModule {
  startEmbeddedPostgres(options: { dir: string }): Promise<{ url: string; stop(): Promise<void> }>;
}

export async function setStage(options: { profile_dir: string | null }): Promise<Stage> {
  await mkdir(FOLDER, { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(FOLDER, 'bench-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const strike = async () => {
    for (const stop of stops.splice(0).reverse()) {
      await stop().catch((error: Error) => console.error(error.message));
    }
  };
  try {
    const { startEmbeddedPostgres } = (await import(EMBEDDED)) as EmbeddedModule;
    const postgres = await startEmbeddedPostgres({ dir: join(folder, 'postgres') });
    stops.push(() => postgres.stop());
    // A host has to stand there for a URL to be one; the socket's folder in the query is what counts.
    const url = postgres.url.replace('@/', '@localhost/');
    const floor_url = await createDatabase(url, 'floor');

    const [gateway_port, simulator_port, floor_port] = await freePorts(3);
    const env = gatewayEnvironment(url, gateway_port, simulator_port, folder);
    const signer = await setUpOrganization(env);
    const profile =
      options.profile_dir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile_dir}`];

    const simulator = await startServer({
      name: 'simulator',
      args: [
        ...[CLI, 'simulate', 'paypay', '--port', String(simulator_port)],
        ...['--notify', `http://127.0.0.1:${gateway_port}/v1/webhooks/paypay`],
      ],
      env,
      folder,
      probe: `http://127.0.0.1:${simulator_port}/`,
      stops,
    });
    await post(`http://127.0.0.1:${simulator_port}/paypay/control/settings`, {
      instant_pay: true,
      webhook_secret: WEBHOOK_SECRET,
    });
    const gateway = await startServer({
      name: 'gateway',
      args: [...profile, CLI, 'start'],
      env,
      folder,
      probe: `http://127.0.0.1:${gateway_port}/ready`,
      stops,
    });
    const floor_settings: FloorSettings = { port: floor_port, database_url: floor_url, ...signer };
    const floor = await startServer({
      name: 'floor',
      args: [fileURLToPath(new URL('floor-server.js', import.meta.url))],
      env: { FLOOR_SETTINGS: JSON.stringify(floor_settings) },
      folder,
      probe: `http://127.0.0.1:${floor_port}/`,
      stops,
    });
    const load = fork(fileURLToPath(new URL('load.js', import.meta.url)));
    stops.push(() => end(load));
    return {
      signer,
      ports: { floor: floor_port, gateway: gateway_port },
      pids: { floor, gateway, simulator, postgres: await postmasterPid(join(folder, 'postgres')) },
      database_urls: { floor: floor_url, gateway: url },
      load,
      folder,
      strike,
    };
  } catch (error) {
    await strike();
    throw error;
  }
}

/** Only what would stop the bench itself is raised: rate limits and the budget of look-ups. */
function gatewayEnvironment(
  database_url: string,
  port: number,
  simulator_port: number,
  folder: string,
): Record<string, string> {
  return {
    MPAC_MODE: 'production',
    DATABASE_URL: database_url,
    MPAC_DATA_DIR: folder,
    MPAC_MASTER_KEY: '5d'.repeat(32),
    HOST: '127.0.0.1',
    PORT: String(port),
    MPAC_BASE_URL: `http://127.0.0.1:${port}`,
    MPAC_SIMULATOR_URL: `http://127.0.0.1:${simulator_port}`,
    MPAC_PAYPAY_WEBHOOK_SECRET: WEBHOOK_SECRET,
    LOG_LEVEL: 'info',
    MPAC_RATE_LIMIT_PER_MERCHANT: '100000000',
    MPAC_RATE_LIMIT_GLOBAL: '100000000',
    MPAC_LOOK_UPS_PER_SECOND: '100000',
    MPAC_LOOK_UP_BURST: '100000',
  };
}

async function setUpOrganization(env: Record<string, string>): Promise<Signer> {
  const run = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { env });
    return stdout;
  };
  await run('migrate');
  const { id } = JSON.parse(await run('organizations', 'create', '--name', ORGANIZATION)) as { id: string };
  for (const subject of SUBJECTS.filter(({ server }) => server === 'gateway')) {
    const place = ['--merchant', 'merchant_bench', '--store', storeOf(subject)];
    await run('stores', 'save', '--organization', id, ...place, '--paypay', 'paypay_bench');
  }
  const key = JSON.parse(await run('keys', 'create', '--organization', id)) as {
    id: string;
    secret_key: string;
  };
  return { api_key: key.id, secret_key: key.secret_key };
}

interface ServerToStart {
  name: string;
  args: string[];
  env: Record<string, string>;
  folder: string;
  /** Any answer from here means that it listens. */
  probe: string;
  stops: (() => Promise<unknown>)[];
}

/** Its log goes to a file, the same kind of sink for every server. Returns its process id. */
async function startServer({ name, args, env, folder, probe, stops }: ServerToStart): Promise<number> {
  const log_path = join(folder, `${name}.log`);
  const log = await open(log_path, 'w');
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', log.fd, log.fd] });
  await log.close();
  stops.push(() => end(child));
  const until = Date.now() + PATIENCE_MS;
  while (child.exitCode === null && Date.now() < until) {
    const answers = await fetch(probe).then(
      () => true,
      () => false,
    );
    if (answers && child.pid !== undefined) return child.pid;
    await delay(50);
  }
  throw new Error(`The ${name} did not start:\n${await readFile(log_path, 'utf8')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const in_time = await Promise.race([ended, delay(PATIENCE_MS, null, { ref: false })]);
  if (in_time === null) child.kill('SIGKILL');
  await ended;
}

async function createDatabase(url: string, name: string): Promise<string> {
  await withClient(url, (client) => client.query(`create database ${name}`));
  return url.replace(/\/[^/?]*\?/, `/${name}?`);
}

export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function postmasterPid(dir: string): Promise<number> {
  const text = await readFile(join(dir, 'data', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n', 1)[0]);
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}

/** Ports that are free now. All are held at once, so that they differ. */
async function freePorts(count: 3): Promise<[number, number, number]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports as [number, number, number];
}

// `npm start` from a newcomer's chair: what it prints and keeps, how it ends, what it says when it cannot
// begin, and what works beside it. Every start is the real command in a process of its own.
import assert from 'node:assert/strict';
import { chmod, chown, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { DevelopmentFacts } from '../src/commands/development.ts';
import { makeClient } from './support/client.ts';
import { createTestDatabase, getAdminUrl, makeDatabaseUrl } from './support/database.ts';
import { makePaypayStage } from './support/paypay-stage.ts';
import {
  findPostgresPid,
  guardDataDir,
  isAlive,
  runCli,
  type SpawnOptions,
  startCli,
  startSimulatorProcess,
  waitUntil,
} from './support/process.ts';

let home: string;
/** Most tests live one after the other in this folder, because making a database takes longest. */
let data_dir: string;

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'mpac-pgw-start-'));
  // When root runs the tests, PostgreSQL runs as somebody else and must be able to pass through.
  await chmod(home, 0o711);
  data_dir = join(home, 'gateway');
});
after(() => rm(home, { recursive: true, force: true }));

async function readFacts(dir = data_dir): Promise<DevelopmentFacts> {
  return JSON.parse(await readFile(join(dir, 'development.json'), 'utf8')) as DevelopmentFacts;
}

async function start(t: TestContext, options: SpawnOptions & { dir?: string } = {}) {
  const { dir = data_dir, env = {}, ...rest } = options;
  guardDataDir(t, dir);
  const gateway = startCli(t, ['start'], { ...rest, env: { MPAC_DATA_DIR: dir, ...env } });
  const url = await gateway.waitFor('the facts', () => {
    const out = gateway.stdout();
    return out.includes('Ctrl-C stops it all') && /mpac-pgw is ready\.\s+(\S+)/.exec(out)?.[1];
  });
  const facts = await readFacts(dir);
  assert.equal(facts.base_url, url);
  const postgres_pid = findPostgresPid(dir);
  assert.ok(postgres_pid !== null && isAlive(postgres_pid));
  return { gateway, facts, postgres_pid };
}

function clientOf(facts: DevelopmentFacts) {
  return makeClient(facts.base_url, Date.now, { id: facts.api_key, secret: facts.secret_key });
}

let orders = 0;
const newOrder = (facts: DevelopmentFacts) => ({
  amount: 1_500,
  payment_method_types: ['qr_mpm', 'cash'],
  merchant_ref_id: `order_${++orders}`,
  merchant_store_id: facts.merchant_store_id,
});

/** What a command says that cannot begin: one line for a person, no stack, exit code 1. */
async function getRefusal(t: TestContext, args: string[], options: SpawnOptions): Promise<string> {
  const { code, stderr } = await runCli(t, args, options);
  assert.equal(code, 1, stderr);
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 1, stderr);
  assert.match(lines[0] ?? '', /^[A-Z/].*\S$/);
  return lines[0] ?? '';
}

test('the first start prints the facts, and writes them down for scripts of its owner', async (t) => {
  const { gateway, facts } = await start(t);
  assert.deepEqual(Object.keys(facts).sort(), [
    'api_key',
    'base_url',
    'ftp_url',
    'merchant_id',
    'merchant_store_id',
    'publishable_key',
    'secret_key',
    'sftp_url',
    'simulator_url',
    'smtp_url',
  ]);
  for (const fact of Object.values(facts)) assert.ok(gateway.stdout().includes(fact), fact);
  for (const secret of ['development.json', 'master.key']) {
    assert.equal((await stat(join(data_dir, secret))).mode & 0o777, 0o600, secret);
  }
  await waitUntil('readiness', async () => (await fetch(`${facts.base_url}/ready`)).status === 200);
  const created = await clientOf(facts).create(newOrder(facts));
  assert.equal(created.status, 201, created.text);
  assert.equal(gateway.stderr(), '');
});

test('the killed gateway starts again on what is there, with the same keys and payments', async (t) => {
  const before_the_kill = await readFacts();
  const first = await start(t);
  const { id } = (await clientOf(first.facts).create(newOrder(first.facts))).json as { id: string };
  await first.gateway.kill();
  assert.ok(isAlive(first.postgres_pid), 'the database outlives the kill');

  const second = await start(t);
  assert.equal(second.postgres_pid, first.postgres_pid, 'and is taken over');
  for (const name of ['api_key', 'secret_key', 'publishable_key'] as const) {
    assert.equal(second.facts[name], before_the_kill[name]);
  }
  assert.equal((await clientOf(second.facts).retrieve(id)).json.id, id);
  assert.deepEqual(await second.gateway.stop('SIGTERM'), { code: 0, signal: null });
  assert.ok(!isAlive(second.postgres_pid), 'SIGTERM leaves no PostgreSQL behind');
});

test('Ctrl-C reaches the whole group, and still the customer at the till gets the code', async (t) => {
  const { gateway, facts, postgres_pid } = await start(t, { own_group: true });
  const client = clientOf(facts);
  const { id } = (await client.create(newOrder(facts))).json as { id: string };
  const paypay = makePaypayStage(facts.simulator_url, '');
  await paypay.setFault('slow', { endpoint: 'create_code', times: 1, ms: 500 });
  const confirming = client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  await waitUntil('PayPay to be asked', async () => (await paypay.calls('create_code')) === 1);
  process.kill(-gateway.pid, 'SIGINT');
  const confirmed = await confirming;
  assert.deepEqual([confirmed.status, confirmed.json.status], [200, 'requires_action']);
  assert.deepEqual(await gateway.exited, { code: 0, signal: null });
  assert.ok(!isAlive(postgres_pid));
  assert.equal(gateway.stderr(), '');
});

test('a start that is told where simulators run uses those, and starts none beside them', async (t) => {
  const simulator = await startSimulatorProcess(t);
  const { gateway, facts } = await start(t, { env: { MPAC_SIMULATOR_URL: simulator.url } });
  assert.equal(facts.simulator_url, `${simulator.url}/paypay`);
  assert.ok(gateway.stdout().includes(`PayPay simulator   ${simulator.url}/paypay\n`));
  const client = clientOf(facts);
  const { id } = (await client.create(newOrder(facts))).json as { id: string };
  const confirmed = await client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal(new URL(confirmed.json.qr_content).origin, simulator.url);
  await gateway.stop();
});

test('a Ctrl-C while it still starts is heard', async (t) => {
  guardDataDir(t, data_dir);
  const gateway = startCli(t, ['start'], { env: { MPAC_DATA_DIR: data_dir } });
  const pid = await gateway.waitFor('PostgreSQL', () => findPostgresPid(data_dir));
  gateway.signal('SIGINT');
  assert.deepEqual(await gateway.exited, { code: 0, signal: null });
  assert.ok(!isAlive(pid));
});

test('a second start in the same folder is refused, and the first lives on', async (t) => {
  const { gateway, facts, postgres_pid } = await start(t);
  const said = await getRefusal(t, ['start'], { env: { MPAC_DATA_DIR: data_dir } });
  assert.match(said, /Another mpac-pgw is already running on .*gateway .*stop it first/);
  assert.ok(said.includes(String(gateway.pid)), 'it names the process');
  assert.ok(isAlive(postgres_pid));
  assert.equal((await clientOf(facts).create(newOrder(facts))).status, 201);
  await gateway.stop();
});

test('the demo and the operator’s commands work beside the running gateway', async (t) => {
  const { gateway, facts } = await start(t);
  const env = { MPAC_DATA_DIR: data_dir };
  const demo = await runCli(t, ['demo'], { env });
  assert.equal(demo.code, 0, demo.stderr);
  assert.match(demo.stdout, /payment_intent\.succeeded, number \d+, signature valid/);

  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(t, args, { env });
    assert.deepEqual([code, stderr], [0, '']);
    return JSON.parse(stdout) as Record<string, string>;
  };
  const organization = (await command('organizations', 'create', '--name', 'Beside'))['id'] ?? '';
  const place = ['--organization', organization];
  await command('stores', 'save', ...place, '--merchant', 'm', '--store', 's', '--paypay', 'paypay_m');
  const key = await command('keys', 'create', ...place);
  const hook = await command('webhooks', 'create', ...place, '--url', 'http://127.0.0.1:9/hooks');
  assert.match(hook['secret'] ?? '', /^whsec_/);
  const client = makeClient(facts.base_url, Date.now, {
    id: key['id'] ?? '',
    secret: key['secret_key'] ?? '',
  });
  const created = await client.create({ ...newOrder(facts), merchant_store_id: 's' });
  assert.equal(created.status, 201, created.text);
  await gateway.stop();
});

test('an operator’s command starts the database for itself when no gateway runs', async (t) => {
  guardDataDir(t, data_dir);
  const env = { MPAC_DATA_DIR: data_dir };
  const made = await runCli(t, ['organizations', 'create', '--name', 'Alone'], { env });
  assert.equal(made.code, 0, made.stderr);
  assert.equal(findPostgresPid(data_dir), null, 'and stops it again');
  const elsewhere = { MPAC_DATA_DIR: join(home, 'nothing-here') };
  const said = await getRefusal(t, ['organizations', 'create', '--name', 'Lost'], { env: elsewhere });
  assert.match(said, /There is no gateway in .*nothing-here yet/);
});

test('PORT is where it listens, and a port that is taken is named', async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  assert.ok(address !== null && typeof address === 'object');
  const PORT = String(address.port);
  const env = { MPAC_DATA_DIR: data_dir, HOST: '127.0.0.1', PORT };
  const said = await getRefusal(t, ['start'], { env });
  assert.match(said, new RegExp(`^Port ${PORT} is taken by another program`));
  assert.equal(findPostgresPid(data_dir), null, 'the database does not stay behind');
  await new Promise((resolve) => other.close(resolve));

  const { gateway, facts } = await start(t, { env });
  assert.equal(facts.base_url, `http://localhost:${PORT}`);
  assert.equal((await fetch(`http://127.0.0.1:${PORT}/health`)).status, 200);
  await gateway.stop();
});

test('a folder that cannot be used is named in one sentence', async (t) => {
  const env = (dir: string) => ({ env: { MPAC_DATA_DIR: dir } });
  assert.match(
    await getRefusal(t, ['start'], env('/proc/nowhere')),
    /folder \/proc\/nowhere cannot be written/,
  );

  const damaged = join(home, 'damaged');
  await mkdir(join(damaged, 'data'), { recursive: true });
  await writeFile(join(damaged, 'data', 'PG_VERSION'), 'once upon a time\n');
  assert.match(
    await getRefusal(t, ['start'], env(damaged)),
    /damaged\/data holds no usable PostgreSQL database/,
  );

  const strange = join(home, 'strange');
  await mkdir(join(strange, 'data'), { recursive: true });
  await writeFile(join(strange, 'data', 'holiday.jpg'), '');
  assert.match(
    await getRefusal(t, ['start'], env(strange)),
    /holds files that are not a PostgreSQL database/,
  );
});

test('a master key that cannot be kept or is damaged is never replaced in silence', async (t) => {
  const database = await createTestDatabase();
  t.after(database.drop);
  const env = (dir: string) => ({ env: { MPAC_DATA_DIR: dir, DATABASE_URL: database.url } });
  const file = join(home, 'file');
  await writeFile(file, '');
  assert.match(
    await getRefusal(t, ['start'], env(join(file, 'in'))),
    /cannot keep the master key \(ENOTDIR\)/,
  );

  const half = join(home, 'half');
  await mkdir(half);
  await writeFile(join(half, 'master.key'), '');
  assert.match(await getRefusal(t, ['start'], env(half)), /master\.key does not hold a master key/);
  assert.equal(await readFile(join(half, 'master.key'), 'utf8'), '');

  const kept = join(data_dir, 'master.key');
  await rename(kept, `${kept}.away`);
  guardDataDir(t, data_dir);
  const said = await getRefusal(t, ['start'], { env: { MPAC_DATA_DIR: data_dir } });
  assert.match(said, /^The master key is not the one that this database's secrets were sealed with/);
  await rename(`${kept}.away`, kept);
});

test('a database that cannot be used is named in one sentence, without its password', async (t) => {
  const admin_url = getAdminUrl();
  const env = (DATABASE_URL: string) => ({ env: { MPAC_DATA_DIR: data_dir, DATABASE_URL } });
  const refused = await getRefusal(t, ['start'], env('postgres://shop:hush@127.0.0.1:1/shop'));
  assert.equal(
    refused,
    'The database of DATABASE_URL cannot be used: nothing listens at that host and port.',
  );
  const wrong = admin_url.replace(/:[^:@/]+@/, ':guess@');
  assert.notEqual(wrong, admin_url);
  assert.match(await getRefusal(t, ['start'], env(wrong)), /user or password is refused\.$/);
  const missing = makeDatabaseUrl(admin_url, 'mpac_nowhere');
  assert.match(await getRefusal(t, ['start'], env(missing)), /there is no database of that name\.$/);
});

test('everything that is wrong with the environment is told at once', async (t) => {
  const { code, stderr } = await runCli(t, ['start'], {
    env: {
      PORT: 'http',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://shop',
      MPAC_MASTER_KEY: 'short',
      MPAC_BASE_URL: 'shop.example',
      MPAC_PAYPAY_API_KEY: 'alone',
    },
  });
  assert.equal(code, 1);
  const lines = stderr.trim().split('\n');
  assert.equal(lines.length, 6, stderr);
  const names = [
    'PORT',
    'LOG_LEVEL',
    'DATABASE_URL',
    'MPAC_MASTER_KEY',
    'MPAC_BASE_URL',
    'MPAC_PAYPAY_API_KEY',
  ];
  for (const name of names)
    assert.ok(
      lines.some((line) => line.startsWith(name)),
      name,
    );
  assert.ok(!stderr.includes('short'), 'a key is not repeated, however wrong it is');
});

test('a first start that is killed at any moment leaves nothing that the next one cannot use', async (t) => {
  const dir = join(home, 'killed');
  guardDataDir(t, dir);
  // From before the database exists to after the facts are printed, whatever the machine's speed.
  for (const ms of [250, 500, 750, 1_000, 1_250, 1_500]) {
    const gateway = startCli(t, ['start'], { env: { MPAC_DATA_DIR: dir } });
    await delay(ms);
    await gateway.kill();
  }
  const { gateway, facts } = await start(t, { dir });
  assert.equal((await clientOf(facts).create(newOrder(facts))).status, 201);
  await gateway.stop();
});

test('an ordinary user starts it, too', async (t) => {
  const NOBODY = 65_534;
  if (process.getuid?.() !== 0) return t.skip('the other tests run as an ordinary user already');
  const prefix = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const able = await runCli(t, ['--help'], { prefix, cwd: '/' }).catch(() => null);
  if (able?.code !== 0) return t.skip('no other account can reach these files');
  const dir = join(home, 'nobody');
  await mkdir(dir);
  await chown(dir, NOBODY, NOBODY);
  const { gateway, facts, postgres_pid } = await start(t, { dir, prefix, cwd: '/' });
  assert.equal((await stat(`/proc/${postgres_pid}`)).uid, NOBODY);
  assert.equal((await clientOf(facts).create(newOrder(facts))).status, 201);
  assert.deepEqual(await gateway.stop(), { code: 0, signal: null });
  assert.ok(!isAlive(postgres_pid));
});

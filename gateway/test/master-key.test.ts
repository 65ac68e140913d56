// The master key: a wrong one is refused at the start, and it is exchanged while the gateway serves, by the real
// command line beside real processes.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { SEALED_COLUMNS } from '../src/db/sealed-columns.ts';
import { makeMasterKey } from '../src/domain/secret-box.ts';
import { createTestDatabase } from './support/database.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const newKey = () => randomBytes(32).toString('hex');
const idOf = (key: string) => makeMasterKey(key).id.toString('hex');

async function listKeys(t: TestContext, env: Record<string, string>) {
  const { code, stdout, stderr } = await runCli(t, ['keys', 'rotate-master', '--check'], { env });
  assert.deepEqual([code, stderr], [0, '']);
  const { keys } = JSON.parse(stdout) as { keys: { key_id: string; seals: boolean }[] };
  return keys.map(({ key_id, seals }) => ({ key_id, seals }));
}

/** A database that a key has begun, and commands upon it. */
async function begin(t: TestContext) {
  const database = await createTestDatabase();
  t.after(database.drop);
  const [old_key, new_key] = [newKey(), newKey()];
  const with_keys = (master: string) => ({ DATABASE_URL: database.url, MPAC_MASTER_KEY: master });
  const organization = await runCli(t, ['organizations', 'create', '--name', 'Keys'], {
    env: with_keys(old_key),
  });
  assert.equal(organization.code, 0, organization.stderr);
  const { id } = JSON.parse(organization.stdout) as { id: string };
  return { old_key, new_key, with_keys, organization_id: id };
}

const WRONG =
  /^The master key is not the one that this database's secrets were sealed with: .*MPAC_MASTER_KEY_PREVIOUS\.\n$/;

test('a wrong master key is refused in one sentence by everything that seals or opens', async (t) => {
  const { with_keys, new_key, organization_id } = await begin(t);
  const env = { ...with_keys(new_key), MPAC_MODE: 'production', HOST: '127.0.0.1', PORT: '0' };
  for (const args of [
    ['serve'],
    ['work'],
    ['start'],
    ['keys', 'create', '--organization', organization_id],
    ['stores', 'save', '--organization', organization_id, '--merchant', 'm', '--store', 's'],
    ['keys', 'rotate-master'],
  ]) {
    const { code, stderr } = await runCli(t, args, { env });
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, WRONG, args.join(' '));
  }
});

test('a fresh database takes the first key, and knows it although nothing was sealed', async (t) => {
  const { with_keys, old_key, new_key } = await begin(t);
  assert.deepEqual(await listKeys(t, with_keys(old_key)), [{ key_id: idOf(old_key), seals: true }]);
  assert.match(
    (await runCli(t, ['organizations', 'create', '--name', 'x'], { env: with_keys(new_key) })).stderr,
    WRONG,
  );
});

test('a database whose secrets are older than its list of keys is known by what they name', async (t) => {
  const gateway = await startTestGateway(t, { now: 'real' });
  await gateway.addKey();
  assert.deepEqual(await gateway.query('select from master_keys'), []);
  const env = { DATABASE_URL: gateway.database_url };
  const wrong = await runCli(t, ['keys', 'rotate-master', '--check'], {
    env: { ...env, MPAC_MASTER_KEY: newKey() },
  });
  assert.match(wrong.stderr, WRONG);
  const right = { ...env, MPAC_MASTER_KEY: newKey(), MPAC_MASTER_KEY_PREVIOUS: gateway.master_key };
  assert.deepEqual(await listKeys(t, right), [{ key_id: idOf(gateway.master_key), seals: true }]);
});

test('a key is not exchanged while a process would not open what the new one seals', async (t) => {
  const gateway = await startTestGateway(t, { now: 'real' });
  await gateway.client.get('/v1/payment_intents');
  const env = {
    DATABASE_URL: gateway.database_url,
    MPAC_MASTER_KEY: newKey(),
    MPAC_MASTER_KEY_PREVIOUS: gateway.master_key,
  };
  const { code, stderr } = await runCli(t, ['keys', 'rotate-master'], { env });
  assert.equal(code, 1);
  assert.match(
    stderr,
    /^Some gateway processes do not know the new key yet .*restart each with the new MPAC_MASTER_KEY/,
  );
  const [sealing] = await gateway.query<{ id: Buffer }>('select id from master_keys where seals');
  assert.equal(sealing?.id.toString('hex'), idOf(gateway.master_key));
});

test('a process that was not given the key that seals says so, and is not ready', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.runJob('heartbeat');
  const readiness = async () => {
    const answer = await fetch(`${gateway.url}/ready`);
    return [answer.status, ((await answer.json()) as { checks: { master_key: string } }).checks.master_key];
  };
  assert.deepEqual(await readiness(), [200, 'ok']);
  const another = makeMasterKey(newKey());
  await gateway.query(
    `insert into master_keys (id, check_sealed, seals, created_at) values ($1, '', true, now())`,
    [another.id],
  );
  const said = `secrets are sealed with ${another.id.toString('hex')}, which this process was not given`;
  assert.deepEqual(await readiness(), [503, said]);
});

test('every sealed column is exchanged with the master key, or known to be short-lived', async (t) => {
  const gateway = await startTestGateway(t);
  const columns = await gateway.query<{ name: string }>(
    `select distinct c.table_name || '.' || c.column_name as name from information_schema.columns c
     join pg_class r on r.oid = format('%I.%I', c.table_schema, c.table_name)::regclass and not r.relispartition
     where c.table_schema = 'public' and c.column_name like '%\\_sealed' order by 1`,
  );
  const exchanged = Object.entries(SEALED_COLUMNS).map(([table, { column }]) => `${table}.${column}`);
  const others = ['idempotency_keys.response_sealed', 'master_keys.check_sealed'];
  assert.deepEqual(
    columns.map(({ name }) => name),
    [...exchanged, ...others].sort(),
  );
});

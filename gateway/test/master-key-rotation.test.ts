// The exchange of the master key beside serving processes: tills order, are asked again and show codes all the
// while, on two API processes that are restarted one by one, and nothing that they ask for fails.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { SYSTEM } from '../src/application/audit.ts';
import { rotateMasterKey } from '../src/application/master-key-rotation.ts';
import { settleMasterKey } from '../src/application/master-keys.ts';
import type { Tx } from '../src/db/pool.ts';
import { makeMasterKey } from '../src/domain/secret-box.ts';
import { makeClient } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { runCli, startGateway, startWorkerProcess, waitUntil } from './support/process.ts';

const idOf = (key: string) => makeMasterKey(key).id.toString('hex');

interface Said {
  sealed_anew: Record<string, number>;
  unopenable: string[];
  keys: { key_id: string; sealed_values: Record<string, number>; can_be_removed: boolean }[];
  next_step: string;
}

const runRotation = (t: TestContext, env: Record<string, string>, ...options: string[]) =>
  runCli(t, ['keys', 'rotate-master', ...options], { env });

async function rotate(t: TestContext, env: Record<string, string>, ...options: string[]): Promise<Said> {
  const { code, stdout, stderr } = await runRotation(t, env, ...options);
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as Said;
}

/** Tills that never rest: each orders at one process, is asked again at the other, and opens a code there. */
function startTills(gateway: TestGateway, first_targets: [string, string]) {
  let targets = first_targets;
  let resting = false;
  const rounds = [0, 0, 0, 0];
  const failures: string[] = [];

  async function serve(number: number): Promise<void> {
    const [here, there] = number % 2 === 0 ? targets : [targets[1], targets[0]];
    const at_here = makeClient(here, Date.now, gateway.key);
    const at_there = makeClient(there, Date.now, gateway.key);
    const order = gateway.newOrder();
    const options = { idempotency_key: String(order['merchant_ref_id']) };
    const created = await at_here.create(order, options);
    const again = await at_there.create(order, options);
    assert.deepEqual([created.status, again.status, again.text], [201, 201, created.text]);
    const qr = { payment_method_type: 'qr_mpm', provider: 'PAYPAY' };
    const confirmed = await at_there.confirm(String(created.json.id), qr);
    assert.equal(confirmed.status, 200, confirmed.text);
    const picture = new URL(String(confirmed.json.qr_code_url));
    assert.equal((await fetch(here + picture.pathname + picture.search)).status, 200, 'the picture');
  }

  const working = rounds.map(async (_, number) => {
    while (!resting) {
      await serve(number).catch((error: unknown) => failures.push(String(error)));
      rounds[number] = (rounds[number] ?? 0) + 1;
    }
  });
  return {
    failures,
    /** Resolves when every till works at these processes alone, as behind a load balancer that was told. */
    async moveTo(...to: [string, string]): Promise<void> {
      targets = to;
      const before = [...rounds];
      await waitUntil('every till to work there', async () =>
        rounds.every((count, number) => count >= (before[number] ?? 0) + 2),
      );
    },
    async rest(): Promise<void> {
      resting = true;
      await Promise.all(working);
    },
  };
}

test('two API processes and a worker change over to a new key while they serve', async (t) => {
  const new_key = randomBytes(32).toString('hex');
  const gateway = await startTestGateway(t, { now: 'real', config: { previous_master_keys: [new_key] } });
  const old_key = gateway.master_key;
  await gateway.client.post('/v1/webhook_endpoints', { url: 'http://127.0.0.1:9/unused' });
  const connection = {
    host: '127.0.0.1',
    port: 1_024,
    username: 'mpac',
    password: 'unused',
    is_active: false,
  };
  await gateway.client.call('PUT', '/v1/card_processor_connection', connection);
  const accounting = { host: '127.0.0.1', username: 'mpac', generate_key: true, is_active: false };
  const { id: merchant_id } = (await gateway.client.get('/v1/merchants')).json[0];
  await gateway.client.call('PUT', `/v1/merchants/${merchant_id}/accounting_export`, accounting);
  await gateway.addKey();
  const env = {
    MPAC_MODE: 'production',
    DATABASE_URL: gateway.database_url,
    MPAC_SIMULATOR_URL: gateway.simulator_url,
    MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
    MPAC_RATE_LIMIT_PER_MERCHANT: '1000000',
    MPAC_RATE_LIMIT_GLOBAL: '1000000',
  };
  const before = { ...env, MPAC_MASTER_KEY: old_key };
  const between = { ...env, MPAC_MASTER_KEY: new_key, MPAC_MASTER_KEY_PREVIOUS: old_key };
  const afterwards = { ...env, MPAC_MASTER_KEY: new_key };

  const [left, right] = [await startGateway(t, 'serve', before), await startGateway(t, 'serve', before)];
  const worker = await startWorkerProcess(t, before);
  const tills = startTills(gateway, [left.url, right.url]);
  t.after(tills.rest);

  const new_left = await startGateway(t, 'serve', between);
  await tills.moveTo(new_left.url, right.url);
  await left.stop();
  const early = await runRotation(t, between);
  assert.equal(early.code, 1);
  assert.match(early.stderr, /^Some gateway processes do not know the new key yet/);
  const new_right = await startGateway(t, 'serve', between);
  await tills.moveTo(new_left.url, new_right.url);
  await right.stop();
  await worker.stop();
  await startWorkerProcess(t, between);

  const shown = await gateway.openQr();
  const picture = new URL(String(shown.confirmation.qr_code_url));
  const pictureAt = async (url: string) => (await fetch(url + picture.pathname + picture.search)).status;

  const said = await rotate(t, between);
  assert.equal(await pictureAt(new_left.url), 200, 'which the earlier key has signed');
  assert.deepEqual(said.sealed_anew, {
    api_keys: 2,
    payment_processor_configs: 1,
    former_processor_configs: 0,
    webhook_endpoints: 1,
    card_processor_connections: 1,
    accounting_export_configs: 1,
  });
  assert.deepEqual(said.unopenable, []);
  assert.match(said.next_step, /^Keep MPAC_MASTER_KEY_PREVIOUS until 20\d\d-/);
  await tills.moveTo(new_right.url, new_left.url);
  await tills.rest();
  assert.deepEqual(tills.failures, []);

  // A second run finds nothing to do, and a process without the earlier key is still told to wait.
  const again = await rotate(t, between);
  assert.deepEqual([...new Set(Object.values(again.sealed_anew))], [0]);
  const too_early = await runCli(t, ['serve'], { env: { ...afterwards, HOST: '127.0.0.1' } });
  assert.equal(too_early.code, 1);
  assert.match(
    too_early.stderr,
    /still sealed with the earlier master key [0-9a-f]{16}: give it as MPAC_MASTER_KEY_PREVIOUS/,
  );
  // A day later the stored answers are forgotten.
  await gateway.query("delete from idempotency_keys where created_at < now() - interval '0 seconds'");
  const checked = await rotate(t, between, '--check');
  assert.match(checked.next_step, /^Take MPAC_MASTER_KEY_PREVIOUS away: /);
  assert.deepEqual(
    checked.keys.map(({ key_id, can_be_removed }) => [key_id, can_be_removed]),
    [
      [idOf(old_key), true],
      [idOf(new_key), false],
    ],
  );
  const alone = await startGateway(t, 'serve', afterwards);
  const by = makeClient(alone.url, Date.now, gateway.key);
  const { id } = (await by.create(gateway.newOrder())).json as { id: string };
  const confirmed = await by.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  assert.equal(confirmed.status, 200, 'the provider’s credentials open');

  const log = await gateway.query<{ action: string; object_id: string; details: unknown }>(
    "select action, object_id, details from audit_log where action like 'master_key.%' order by id",
  );
  assert.deepEqual(log, [
    {
      action: 'master_key.exchanged',
      object_id: idOf(new_key),
      details: { earlier_key_id: idOf(old_key) },
    },
    { action: 'master_key.secrets_sealed_anew', object_id: idOf(new_key), details: said.sealed_anew },
  ]);
});

test('a rotation that was cut off is finished by the next one, and a value that does not open is named', async (t) => {
  const new_key = randomBytes(32).toString('hex');
  const gateway = await startTestGateway(t, { now: 'real', config: { previous_master_keys: [new_key] } });
  const env = {
    DATABASE_URL: gateway.database_url,
    MPAC_MASTER_KEY: new_key,
    MPAC_MASTER_KEY_PREVIOUS: gateway.master_key,
  };
  await gateway.client.get('/v1/payment_intents');
  await rotate(t, env);
  // As if it had died half way, and as if somebody had moved a secret from one row to another.
  const left_behind = await gateway.addKey();
  const damaged = await gateway.addKey();
  await gateway.query('update api_keys set secret_sealed = $2 where id = $1', [
    damaged.id,
    (
      await gateway.query<{ box: Buffer }>('select secret_sealed as box from api_keys where id = $1', [
        left_behind.id,
      ])
    )[0]?.box,
  ]);
  const said = await rotate(t, env);
  assert.equal(said.sealed_anew['api_keys'], 1);
  assert.deepEqual(said.unopenable, [`api_keys.secret:${damaged.id}`]);
  assert.match(said.next_step, /^Some values do not open/);
  assert.equal((await gateway.clientFor(left_behind).get('/v1/payment_intents')).status, 200);
});

test('of two exchanges at one moment to different keys, the slower is refused and has sealed nothing', async (t) => {
  const [left, right] = [0, 1].map(() => randomBytes(32).toString('hex')) as [string, string];
  const gateway = await startTestGateway(t, { config: { previous_master_keys: [left, right] } });
  const { context } = gateway;
  await settleMasterKey(context);
  const rotateTo = (key: string, db = context.db) => {
    const target = makeMasterKey(key);
    const others = context.opening_keys.filter(({ id }) => !id.equals(target.id));
    return rotateMasterKey({ ...context, db, opening_keys: [target, ...others] }, SYSTEM, async () => {});
  };
  const overtaken = {
    ...context.db,
    withTransaction: async <T>(work: (tx: Tx) => Promise<T>) => {
      await rotateTo(right);
      return context.db.withTransaction(work);
    },
  };
  await assert.rejects(
    rotateTo(left, overtaken),
    /^MasterKeyError: Somebody else has exchanged the master key/,
  );
  const boxes = await gateway.query<{ key_id: string }>(
    "select distinct encode(substring(secret_sealed from 2 for 8), 'hex') as key_id from api_keys",
  );
  assert.deepEqual(boxes, [{ key_id: idOf(right) }]);
});

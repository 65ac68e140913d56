// The embedded database in the storm: the gateway is killed under load, then gateway and PostgreSQL together,
// then PostgreSQL alone. Whatever a client was told before is there afterwards.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DevelopmentFacts } from '../../src/commands/development.ts';
import { type Client, makeClient } from '../support/client.ts';
import {
  findPostgresPid,
  guardDataDir,
  isAlive,
  killPostgres,
  startCli,
  waitUntil,
} from '../support/process.ts';

const CLIENTS = 6;
const ENOUGH = 40;
/** Every acknowledged payment is asked for again and again. */
const QUIET = { LOG_LEVEL: 'error', MPAC_RATE_LIMIT_PER_MERCHANT: '1000000' };

test('what was acknowledged under load survives kill -9 of the gateway, of both, and of PostgreSQL', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'mpac-pgw-crash-'));
  t.after(() => rm(home, { recursive: true, force: true }));
  await chmod(home, 0o711);
  const data_dir = join(home, 'gateway');
  guardDataDir(t, data_dir);

  async function start() {
    const gateway = startCli(t, ['start'], { env: { ...QUIET, MPAC_DATA_DIR: data_dir } });
    await gateway.waitFor('the facts', () => gateway.stdout().includes('Ctrl-C stops it all'));
    const facts = JSON.parse(await readFile(join(data_dir, 'development.json'), 'utf8')) as DevelopmentFacts;
    const client = makeClient(facts.base_url, Date.now, { id: facts.api_key, secret: facts.secret_key });
    return { gateway, client, facts };
  }

  const acknowledged = new Map<string, string>();
  let orders = 0;

  /** Sells for cash with all clients until `strike` has done its work and nothing answers any more. */
  async function sellUntilStruck(client: Client, store: string, strike: () => Promise<void> | void) {
    const goal = acknowledged.size + ENOUGH;
    let struck: Promise<void> | null = null;
    async function sell(): Promise<void> {
      for (;;) {
        const order = {
          amount: 700,
          payment_method_types: ['cash'],
          merchant_ref_id: `order_${++orders}`,
          merchant_store_id: store,
        };
        const created = await client.create(order).catch(() => null);
        if (created?.status !== 201) return;
        acknowledged.set(created.json.id, 'requires_payment_method');
        const paid = await client.confirm(created.json.id, { payment_method_type: 'cash' }).catch(() => null);
        if (paid?.status === 200) acknowledged.set(created.json.id, paid.json.status);
        if (acknowledged.size >= goal) struck ??= Promise.resolve(strike());
        // The gateway may well live through the strike, and its clients hear nothing of it.
        if (paid?.status !== 200 || struck !== null) return;
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, sell));
    await struck;
    assert.ok(struck !== null, 'the load ended before the strike');
  }

  async function assertAllThere(client: Client): Promise<void> {
    for (const [id, status] of acknowledged) {
      const answer = await client.retrieve(id);
      assert.equal(answer.status, 200, answer.text);
      // A confirm whose answer was lost may have been written all the same.
      const now: string = answer.json.status;
      assert.ok(
        now === status || (status === 'requires_payment_method' && now === 'succeeded'),
        `${id}: ${now}`,
      );
    }
  }

  const first = await start();
  const { merchant_store_id: store } = first.facts;
  const postgres = findPostgresPid(data_dir);
  await sellUntilStruck(first.client, store, () => first.gateway.kill());
  const second = await start();
  assert.equal(findPostgresPid(data_dir), postgres, 'the database was running all the time');
  await assertAllThere(second.client);

  await sellUntilStruck(second.client, store, async () => {
    killPostgres(data_dir);
    await second.gateway.kill();
  });
  const third = await start();
  assert.notEqual(findPostgresPid(data_dir), postgres);
  await assertAllThere(third.client);

  await sellUntilStruck(third.client, store, () => killPostgres(data_dir));
  await waitUntil('the gateway to start its database again', async () => {
    const ready = await fetch(`${third.facts.base_url}/ready`);
    return ready.status === 200;
  });
  await assertAllThere(third.client);
  const last = findPostgresPid(data_dir);
  assert.deepEqual(await third.gateway.stop(), { code: 0, signal: null });
  assert.ok(last !== null && !isAlive(last));
});

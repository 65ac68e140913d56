// The crash map of the accounting export: a worker killed while it writes the file, while it sends it, and after it has
// sent it but not written so. The next one brings the same bytes, under a name that never had anything else.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { businessDateOf, JAPAN } from '../../src/domain/business-date.ts';
import { makeAccountingStage } from '../support/accounting-stage.ts';
import { MERCHANT_ID, STORE_ID } from '../support/gateway.ts';
import { startWorkerProcess, waitUntil } from '../support/process.ts';

const TWO_DAYS_MS = 2 * 86_400_000;

/** A day of sales that is over, asked for, and nobody at work yet. */
async function makeAskedExport(t: TestContext) {
  const stage = await makeAccountingStage(t, { now: Date.now() - TWO_DAYS_MS });
  const { gateway, client, clock } = stage;
  const server = await stage.connect({ is_active: false });
  for (let sold = 0; sold < 50; sold++)
    await stage.sell({ amount: 100 + sold, receipt_number: `領収書 ${sold}` });
  const business_date = businessDateOf(new Date(clock.now()).toISOString(), JAPAN);
  clock.set(Date.now());
  const wanted = { merchant_id: MERCHANT_ID, merchant_store_id: STORE_ID, business_date };
  const asked = await client.post('/v1/accounting_exports', wanted);
  assert.equal(asked.status, 202, asked.text);
  const id = String(asked.json[0].id);
  const name = `exports/mpac/${MERCHANT_ID}/${stage.nameOf(business_date)}`;
  const env = {
    MPAC_MODE: 'production',
    DATABASE_URL: gateway.database_url,
    MPAC_MASTER_KEY: gateway.master_key,
    MPAC_DATA_DIR: stage.data_dir,
    MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
  };
  const row = async () => (await client.get(`/v1/accounting_exports/${id}`)).json;
  return {
    ...{ stage, server, name, row },
    startWorker: () => startWorkerProcess(t, env),
    /** The dead worker's lease is over, and the next worker sees it through. */
    async finish() {
      await gateway.query(`update accounting_exports set leased_until = now() - interval '1 second'`);
      const worker = await startWorkerProcess(t, env);
      await waitUntil('the file', async () => (await row()).status === 'delivered');
      await worker.stop();
      const { attempts_made, sha256, transactions_count } = await row();
      assert.deepEqual([attempts_made, transactions_count], [1, 50]);
      assert.deepEqual(stage.arrived(), [name]);
      assert.equal(stage.archived().length, 1, 'the part of the dead is gone from the archive');
      const events = await gateway.query(`select from events where type = 'export.succeeded'`);
      assert.equal(events.length, 1);
      const file = await client.get(`/v1/accounting_exports/${id}/file`);
      assert.equal(file.text, stage.read(stage.nameOf(business_date)));
      return String(sha256);
    },
  };
}

/** Holds what a statement locks until the test lets go; says when somebody waits for it. */
async function hold(t: TestContext, database_url: string, statement: string) {
  const holder = new pg.Client({ connectionString: database_url });
  holder.on('error', () => {});
  await holder.connect();
  t.after(() => holder.end().catch(() => {}));
  await holder.query('begin');
  await holder.query(statement);
  const waiting = `select pid from pg_locks where not granted and pg_blocking_pids(pid) @> array[pg_backend_pid()]`;
  return {
    isInTheWay: () =>
      waitUntil('somebody who waits', async () => (await holder.query(waiting)).rows.length > 0),
    async dropWaiting() {
      for (const { pid } of (await holder.query<{ pid: number }>(waiting)).rows) {
        await holder.query('select pg_terminate_backend($1, 5000)', [pid]);
      }
      await holder.query('rollback');
    },
  };
}

test('an export that is killed while its file is written is made by the next worker', async (t) => {
  const { stage, startWorker, finish } = await makeAskedExport(t);
  const lock = await hold(t, stage.gateway.database_url, 'lock table book_entries in access exclusive mode');
  const worker = await startWorker();
  await waitUntil('a part in the archive', async () =>
    stage.archived().some((file) => file.endsWith('.part')),
  );
  await lock.isInTheWay();
  await worker.kill();
  await lock.dropWaiting();
  assert.deepEqual(stage.arrived(), []);
  await finish();
});

test('an export that is killed while it is sent is sent whole by the next worker', async (t) => {
  const { stage, server, name, startWorker, finish } = await makeAskedExport(t);
  server.faults.add('hang', { times: 1, value: 1_000 });
  const worker = await startWorker();
  await waitUntil('the server to fall silent', async () => server.faults.list().length === 0);
  assert.ok(!stage.arrived().includes(name));
  await worker.kill();
  await finish();
});

test('an export that was sent but not written down is sent again, the same bytes', async (t) => {
  const { stage, name, row, startWorker, finish } = await makeAskedExport(t);
  const worker_may_claim = `create function pause_outcome() returns trigger language plpgsql as $$
    begin
      if new.status = 'delivered' then perform pg_advisory_xact_lock(4711); end if;
      return new;
    end $$`;
  await stage.gateway.query(worker_may_claim);
  await stage.gateway.query(
    `create trigger pause_outcome before update on accounting_exports for each row execute function pause_outcome()`,
  );
  const lock = await hold(t, stage.gateway.database_url, 'select pg_advisory_lock(4711)');
  const worker = await startWorker();
  await lock.isInTheWay();
  assert.deepEqual(stage.arrived(), [name]);
  const first = stage.read(name.split('/').at(-1) ?? '');
  await worker.kill();
  await lock.dropWaiting();
  await stage.gateway.query('drop trigger pause_outcome on accounting_exports');
  assert.equal((await row()).status, 'pending');
  await finish();
  assert.equal(stage.read(name.split('/').at(-1) ?? ''), first);
});

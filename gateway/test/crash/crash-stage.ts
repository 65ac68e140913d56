// What the crash tests stand on: a gateway in processes that can be killed, a PayPay that remembers, locks that
// hold a write back from outside, time that passes by moving the rows' times, and the promises that hold
// afterwards whatever was killed when.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, type TestContext } from 'node:test';
import pg from 'pg';
import { createApiKey } from '../../src/application/api-keys.ts';
import { SYSTEM } from '../../src/application/audit.ts';
import { saveStore } from '../../src/application/merchants.ts';
import { createOrganization } from '../../src/application/organizations.ts';
import { createWebhookEndpoint } from '../../src/application/webhook-endpoints.ts';
import { closeContext, makeContext } from '../../src/commands/make-context.ts';
import { readConfig } from '../../src/config.ts';
import { makeClient } from '../support/client.ts';
import { createTestDatabase } from '../support/database.ts';
import { makePaypayStage } from '../support/paypay-stage.ts';
import { type SimulatorProcess, startSimulatorProcess, waitUntil } from '../support/process.ts';
import type { Received } from '../support/webhooks.ts';

export const MERCHANT = 'merchant_crash';
export const STORE = 'store_crash';
export const QR = { payment_method_type: 'qr_mpm', provider: 'PAYPAY' };
export const CASH = { payment_method_type: 'cash' };

// One for all tests of a file, as there is one PayPay. It is emptied before each of them.
let simulator: SimulatorProcess;
before(async () => {
  simulator = await startSimulatorProcess({ after: () => {} });
});
after(() => simulator.kill());

export type CrashStage = Awaited<ReturnType<typeof makeCrashStage>>;

export async function makeCrashStage(t: TestContext) {
  const database = await createTestDatabase();
  const env = {
    MPAC_MODE: 'production',
    DATABASE_URL: database.url,
    MPAC_MASTER_KEY: randomBytes(32).toString('hex'),
    MPAC_SIMULATOR_URL: simulator.url,
    MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
    MPAC_LOOK_UPS_PER_SECOND: '100000',
    MPAC_LOOK_UP_BURST: '100000',
    MPAC_RATE_LIMIT_PER_MERCHANT: '1000000',
    MPAC_RATE_LIMIT_GLOBAL: '1000000',
  };
  const context = makeContext({
    config: readConfig({ ...env, LOG_LEVEL: 'silent', MPAC_DATABASE_POOL: '4' }, 'production'),
    database_url: database.url,
    master_key: env.MPAC_MASTER_KEY,
  });
  const lockers = new Set<pg.Client>();
  t.after(async () => {
    await Promise.all([...lockers].map((client) => client.end()));
    await closeContext(context);
    await database.drop();
  });
  const { id: organization_id } = await createOrganization(context, 'Crash');
  const owner = { organization_id, livemode: false };
  await saveStore(context, {
    ...owner,
    merchant: { id: MERCHANT, name: 'Crash' },
    store: { id: STORE, name: 'Crash' },
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'paypay_merchant_crash' } },
    ],
  });
  const { id, secret_key: secret } = await createApiKey(context, owner);
  const paypay = makePaypayStage(`${simulator.url}/paypay`, 'http://127.0.0.1:9/unused');
  await paypay.control('POST', '/reset', {});
  let orders = 0;

  const query = <Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> =>
    context.db.query<Row>({ name: `test_${createHash('md5').update(text).digest('hex')}`, text }, values);

  return {
    env,
    paypay,
    query,
    clientAt: (gateway: { url: string }) => makeClient(gateway.url, Date.now, { id, secret }),

    newOrder: (amount = 1_000) => ({
      amount,
      payment_method_types: ['qr_mpm', 'cash'],
      merchant_ref_id: `order_${++orders}`,
      merchant_store_id: STORE,
    }),

    async addEndpoint(url: string): Promise<{ id: string }> {
      const by = { actor: SYSTEM, mark: null };
      const answer = await createWebhookEndpoint(context, { ...owner, merchant_id: null }, { url }, by);
      return JSON.parse(answer.body) as { id: string };
    },

    /** Holds a lock by a statement, as a slow writer would, until the test lets go. */
    async hold(statement: string, values: unknown[] = []) {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => {});
      lockers.add(client);
      await client.connect();
      await client.query('begin');
      await client.query(statement, values);
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const blocked = () =>
        query<{ pid: number }>(
          'select pid from pg_stat_activity where $1::int = any(pg_blocking_pids(pid))',
          [rows[0]?.pid],
        );
      return {
        /** Resolves when a write waits for this lock. */
        isInTheWay: () =>
          waitUntil('a write that waits for the lock', async () => (await blocked()).length > 0),
        /** The waiting writes come to nothing, as if they had never left their process. */
        async dropWaiting() {
          for (const { pid } of await blocked()) await query('select pg_terminate_backend($1, 5000)', [pid]);
          await client.query('rollback');
        },
        /** The waiting writes are committed, although nobody lives any more who could learn of it. */
        async letPass() {
          const waiting = (await blocked()).map(({ pid }) => pid);
          await client.query('rollback');
          const left = 'select from pg_stat_activity where pid = any($1::int[])';
          await waitUntil('the last write', async () => (await query(left, [waiting])).length === 0);
        },
        /** For a writer that lives and shall go on. */
        release: () => client.query('rollback'),
      };
    },

    /** Waits until the database has worked off what a killed process had sent it. */
    quiet: () =>
      waitUntil('the statements of the dead', async () => {
        const running = await query(
          `select from pg_stat_activity where datname = current_database() and state <> 'idle'
             and pid <> pg_backend_pid()`,
        );
        return running.length === 0;
      }),

    /** What time does, only at once: every lease runs out, and everything scheduled is due. */
    async passTime(): Promise<void> {
      const past = `now() - interval '1 second'`;
      await query(`update payment_attempts set next_check_at = ${past} where next_check_at is not null`);
      await query(`update refunds set next_check_at = ${past} where next_check_at is not null`);
      await query(`update idempotency_keys set locked_until = ${past} where response_status is null`);
      await query(
        `update webhook_deliveries set next_attempt_at = ${past} where next_attempt_at is not null`,
      );
    },

    async intent(id: string) {
      const rows = await query<{ status: string; attempt_id: string | null; outcome: string | null }>(
        'select status, attempt_id, outcome from payment_intents where id = $1',
        [id],
      );
      return rows[0];
    },
    attempts: (intent_id: string) =>
      query<{ id: string; status: string }>(
        'select id, status from payment_attempts where payment_intent_id = $1 order by id',
        [intent_id],
      ),

    /** Waits, with time passing, until the workers have found out everything: every outcome, every charge. */
    async settle(): Promise<void> {
      await waitUntil('every outcome to be known', async () => {
        await this.passTime();
        const taken = (await paypay.taken()).map((charge) => charge.merchantPaymentId);
        const paid = await query(`select from payment_attempts where id = any($1) and status = 'paid'`, [
          taken,
        ]);
        if (paid.length < taken.length) return false;
        const open = await query(
          `select from payment_attempts where status in ('asked', 'unknown', 'working')`,
        );
        const moving = await query(`select from payment_intents where status = 'processing'`);
        return open.length + moving.length === 0;
      });
    },

    /** Waits until every event has been delivered. */
    async deliverAll(): Promise<void> {
      await waitUntil('every event to be delivered', async () => {
        const new_events = await query('select from events where fanned_out_at is null');
        const pending = await query(`select from webhook_deliveries where status <> 'succeeded'`);
        return new_events.length + pending.length === 0;
      });
    },
  };
}

/** The promises about money, after everything was settled. `acknowledged` are the ids that a client was told. */
export async function assertMoneyAddsUp(stage: CrashStage, acknowledged: string[]): Promise<void> {
  const { query, paypay } = stage;
  const intents = await query<{ id: string; status: string; attempt_id: string | null; amount: number }>(
    'select id, status, attempt_id, amount_received as amount from payment_intents',
  );
  const byId = new Map(intents.map((intent) => [intent.id, intent]));
  for (const id of acknowledged) assert.ok(byId.has(id), `the acknowledged ${id} exists`);

  const attempts = await query<{ id: string; payment_intent_id: string; adapter: string; status: string }>(
    'select id, payment_intent_id, adapter, status from payment_attempts',
  );
  const charges = await paypay.taken();
  const charged = new Set(charges.map((charge) => charge.merchantPaymentId));
  assert.equal(charged.size, charges.length, 'an attempt is charged once');
  for (const { merchantPaymentId } of await paypay.payments()) {
    assert.ok(
      attempts.some(({ id }) => id === merchantPaymentId),
      'every code at the provider has its attempt',
    );
  }
  for (const { merchantPaymentId, amount } of charges) {
    const attempt = attempts.find(({ id }) => id === merchantPaymentId);
    const intent = byId.get(attempt?.payment_intent_id ?? '');
    const told = { status: intent?.status, attempt_id: intent?.attempt_id, amount: intent?.amount };
    assert.deepEqual(told, { status: 'succeeded', attempt_id: merchantPaymentId, amount });
  }
  for (const { id, adapter, status } of attempts) {
    if (adapter === 'PAYPAY') assert.equal(status === 'paid', charged.has(id), `${id} is ${status}`);
  }
  for (const { id } of intents) {
    const paid = attempts.filter((one) => one.payment_intent_id === id && one.status === 'paid');
    assert.ok(paid.length <= 1, `${id} is paid once at most`);
  }
  const late = await query('select * from late_payments');
  assert.deepEqual(late, [], 'no money came for an intent that was closed');
  const stuck = await query(
    `select p.id, p.status from payment_intents p left join payment_attempts a on a.id = p.attempt_id
     where p.status = 'processing' or (p.status = 'requires_action' and a.next_check_at is null)`,
  );
  assert.deepEqual(stuck, [], 'nothing is stuck');
}

/** The promises about events, after every one was delivered to the one endpoint. */
export async function assertEventsToldAll(stage: CrashStage, received: Received[]): Promise<void> {
  const events = await stage.query<{ id: string; type: string; intent: string; status: string }>(
    `select e.id, e.type, p.id as intent, p.status from events e
     left join payment_intents p on p.id = e.object_json::json ->> 'id' order by e.id`,
  );
  const bodies = new Map<string, string>();
  for (const { headers, body } of received) {
    const id = String(headers['webhook-id']);
    assert.equal(bodies.get(id) ?? body, body, 'an event that comes again is the same to the byte');
    bodies.set(id, body);
  }
  const untold = events.filter(({ id }) => !bodies.has(id));
  assert.deepEqual(untold, [], 'every event arrived');
  assert.equal(bodies.size, events.length, 'nothing arrived that is no event');
  const sequences = [...bodies.values()].map((body) => (JSON.parse(body) as { sequence: number }).sequence);
  const gap_free = sequences.map((_, index) => index + 1);
  assert.deepEqual(
    sequences.sort((left, right) => left - right),
    gap_free,
    'no number is missing or given twice',
  );
  // The end of a payment is told once, and what was told is what is true.
  const ends = events.filter(({ type }) => /\.(succeeded|failed|cancelled)$/.test(type));
  for (const { type, status } of ends) assert.equal(type, `payment_intent.${status}`);
  assert.equal(new Set(ends.map(({ intent }) => intent)).size, ends.length, 'an end is told once');
  const finals = await stage.query(
    `select from payment_intents where status in ('succeeded', 'failed', 'cancelled')`,
  );
  assert.equal(ends.length, finals.length, 'every end is told');
}

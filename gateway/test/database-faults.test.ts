// The database goes away, is slow, or loses an answer: at every moment a change is made once or not at all, and the
// client hears the truth, or that it should try again.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { type Answer, send } from './support/client.ts';
import { type DatabaseProxy, type Moment, startDatabaseProxy } from './support/database-proxy.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { waitUntil } from './support/process.ts';

const MOMENTS: Moment[] = ['before', 'during', 'after'];

async function startBehindProxy(t: TestContext, config: object = {}) {
  const state: { proxy?: DatabaseProxy } = {};
  const gateway = await startTestGateway(t, {
    config,
    reachDatabase: async (url) => {
      state.proxy = await startDatabaseProxy(url);
      return state.proxy;
    },
  });
  assert.ok(state.proxy);
  const direct = new pg.Client({ connectionString: gateway.database_url });
  // The database is dropped while it is connected.
  direct.on('error', () => {});
  await direct.connect();
  t.after(() => direct.end().catch(() => {}));
  const rows = async (text: string, values: unknown[] = []) => (await direct.query(text, values)).rows;
  return { gateway, proxy: state.proxy, direct, rows };
}

const CASH = { payment_method_type: 'cash' };
const WAITING = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

interface Operation {
  name: string;
  statement: string;
  run(gateway: TestGateway, id: string, key: string): Promise<Answer>;
  status: number;
  /** What is in the database when it was done once. */
  events: string[];
}

const OPERATIONS: Operation[] = [
  {
    name: 'cash confirm',
    statement: 'change_intents',
    run: ({ client }, id, idempotency_key) => client.confirm(id, CASH, { idempotency_key }),
    status: 200,
    events: ['created', 'succeeded'],
  },
  {
    name: 'cash confirm without an Idempotency-Key',
    statement: 'change_intents',
    run: ({ client }, id) => client.confirm(id, CASH, { idempotency_key: null }),
    status: 200,
    events: ['created', 'succeeded'],
  },
  {
    name: 'QR confirm, before PayPay is asked',
    statement: 'change_intents',
    run: ({ client }, id, idempotency_key) =>
      client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' }, { idempotency_key }),
    status: 200,
    events: ['created', 'requires_action'],
  },
  {
    name: 'cancel',
    statement: 'change_intents',
    run: ({ client }, id, idempotency_key) => client.cancel(id, {}, { idempotency_key }),
    status: 200,
    events: ['created', 'cancelled'],
  },
  {
    name: 'new token',
    statement: 'change_intents',
    run: ({ client }, id, idempotency_key) => client.reissueToken(id, { idempotency_key }),
    status: 200,
    events: ['created'],
  },
];

test('a create whose connection breaks makes one payment intent, whenever it breaks', async (t) => {
  const { gateway, proxy, rows } = await startBehindProxy(t);
  const lost = async () => {
    const { text } = await send(gateway.url, 'GET', '/metrics', {}, undefined);
    return Number(/^mpac_database_failures_total\{failure="lost"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  let seen = await lost();
  for (const moment of MOMENTS) {
    const order = gateway.newOrder();
    const idempotency_key = randomUUID();
    const cut = proxy.cut('create_intents', moment);
    const created = await gateway.client.create(order, { idempotency_key });
    await cut;
    assert.equal(created.status, 201, `${moment}: ${created.text}`);
    assert.ok((await lost()) > seen, 'an operator sees that an answer was lost');
    seen = await lost();
    const again = await gateway.client.create(order, { idempotency_key });
    assert.deepEqual([again.status, again.text], [201, created.text], moment);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
    const found = await rows('select id from payment_intents where merchant_ref_id = $1', [
      order['merchant_ref_id'],
    ]);
    assert.deepEqual(found, [{ id: created.json.id }], moment);
    assert.deepEqual(await gateway.eventsOf(created.json), ['created'], moment);
    const token = await gateway.terminalFor(created.json).retrieve();
    assert.equal(token.status, 200, 'the token of the answer is the one in the database');
  }
});

for (const operation of OPERATIONS) {
  test(`${operation.name}: a connection that breaks at any moment leaves one change and its answer`, async (t) => {
    const { gateway, proxy, rows } = await startBehindProxy(t);
    for (const moment of MOMENTS) {
      const intent = await gateway.createIntent();
      const key = randomUUID();
      const cut = proxy.cut(operation.statement, moment);
      const answer = await operation.run(gateway, intent.id, key);
      await cut;
      assert.equal(answer.status, operation.status, `${moment}: ${answer.text}`);
      assert.deepEqual(await gateway.eventsOf(intent), operation.events, moment);
      const attempts = await rows('select id from payment_attempts where payment_intent_id = $1', [
        intent.id,
      ]);
      assert.ok(attempts.length <= 1, `${moment}: ${attempts.length} attempts`);
      if (answer.json.payment_token !== undefined) {
        const terminal = gateway.terminalFor({ id: intent.id, payment_token: answer.json.payment_token });
        assert.equal((await terminal.retrieve()).status, 200, moment);
      }
    }
  });
}

test('what PayPay said is written once although the connection breaks, and PayPay is asked once', async (t) => {
  const { gateway, proxy } = await startBehindProxy(t);
  for (const moment of MOMENTS) {
    const intent = await gateway.createIntent();
    const held = gateway.holdProviderAnswers(gateway.replicas[0] as never);
    const confirming = gateway.terminalFor(intent).confirmQr(randomUUID());
    await held.arrived;
    const cut = proxy.cut('change_intents', moment);
    held.release();
    const answer = await confirming;
    await cut;
    assert.deepEqual([answer.status, answer.json.status], [200, 'requires_action'], moment);
    assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action'], moment);
  }
});

test('many creates at once share a statement that breaks, and each is made once', async (t) => {
  const { gateway, proxy, rows } = await startBehindProxy(t);
  for (const moment of MOMENTS) {
    const orders = Array.from({ length: 20 }, () => gateway.newOrder());
    const cut = proxy.cut('create_intents', moment);
    const answers = await Promise.all(orders.map((order) => gateway.client.create(order)));
    await cut;
    assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]));
    const found = await rows('select id from payment_intents where merchant_ref_id = any($1)', [
      orders.map((order) => order['merchant_ref_id']),
    ]);
    assert.equal(found.length, 20);
    assert.deepEqual(
      new Set(found.map((row) => row.id)),
      new Set(answers.map((answer) => answer.json.id)),
      moment,
    );
  }
});

interface Administration {
  name: string;
  statement: string;
  run(gateway: TestGateway, idempotency_key: string, made: Answer): Promise<Answer>;
  /** How often it was done: once for every moment. */
  done: string;
}

const ADMINISTRATION: Administration[] = [
  {
    name: 'a new webhook endpoint',
    statement: 'insert_webhook_endpoint',
    run: ({ client }, idempotency_key) =>
      client.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/x' }, { idempotency_key }),
    done: `select id from webhook_endpoints where url like '%/x'`,
  },
  {
    name: 'a change of a webhook endpoint',
    statement: 'update_webhook_endpoint',
    run: ({ client }, description, made) =>
      client.call('PATCH', `/v1/webhook_endpoints/${made.json.id}`, { description }),
    done: `select id from audit_log where action = 'webhook_endpoint.updated'`,
  },
  {
    name: 'a new API key',
    statement: 'insert_api_key',
    run: ({ client }, idempotency_key) => client.post('/v1/api_keys', { name: 'x' }, { idempotency_key }),
    done: `select id from api_keys where name = 'x'`,
  },
  {
    name: 'a refund',
    statement: 'change_intents',
    run: async ({ client }, idempotency_key, made) =>
      client.post('/v1/refunds', { payment_intent: made.json.paid, amount: 1 }, { idempotency_key }),
    done: 'select id from refunds',
  },
  {
    name: 'a synchronisation of merchants',
    statement: 'commit',
    run: ({ client }, id) => client.post('/v1/sync/merchants', { merchants: [{ id: `m_${id}`, name: 'x' }] }),
    done: `select id from merchants where id like 'm!_%' escape '!'`,
  },
];

for (const { name, statement, run, done } of ADMINISTRATION) {
  test(`${name}: a connection that breaks at any moment leaves it done once, and its answer is told`, async (t) => {
    const { gateway, proxy, rows } = await startBehindProxy(t);
    const made = await gateway.client.post('/v1/webhook_endpoints', {
      url: 'https://hooks.example.com/made',
    });
    const paid = await gateway.createIntent();
    await gateway.client.confirm(paid.id, CASH);
    made.json.paid = paid.id;
    for (const [index, moment] of MOMENTS.entries()) {
      const cut = proxy.cut(statement, moment);
      const answer = await run(gateway, randomUUID(), made);
      await cut;
      assert.ok(answer.status < 300, `${moment}: ${answer.status} ${answer.text}`);
      assert.equal((await rows(done)).length, index + 1, moment);
    }
  });
}

test('a read whose connection breaks is read again', async (t) => {
  const { gateway, proxy } = await startBehindProxy(t);
  const intent = await gateway.createIntent();
  for (const moment of MOMENTS) {
    const cut = proxy.cut('find_payment_intents', moment);
    assert.equal((await gateway.client.retrieve(intent.id)).status, 200, moment);
    await cut;
  }
});

test('connections that the server ends are replaced, and no client hears of it', async (t) => {
  const { gateway, rows } = await startBehindProxy(t);
  const intent = await gateway.createIntent();
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all([
      gateway.createIntent(),
      gateway.client.retrieve(intent.id),
      rows(`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`),
      gateway.createIntent(),
      gateway.client.retrieve(intent.id),
    ]);
    assert.deepEqual([answers[1].status, answers[4].status], [200, 200]);
  }
  assert.equal((await rows('select id from payment_intents')).length, 11);
});

test('a statement whose backend is ended while it waits for a lock is done once', async (t) => {
  const { gateway, direct, rows } = await startBehindProxy(t);
  const intent = await gateway.createIntent();
  await direct.query('begin');
  await direct.query('select from payment_intents where id = $1 for update', [intent.id]);
  const confirming = gateway.client.confirm(intent.id, CASH);
  const [{ pid }] = await waitUntil('the lock to be waited for', async () => {
    const found = await rows(WAITING);
    return found.length > 0 && found;
  });
  await rows('select pg_terminate_backend($1)', [pid]);
  await direct.query('commit');
  const confirmed = await confirming;
  assert.deepEqual([confirmed.status, confirmed.json.status], [200, 'succeeded']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'succeeded']);
});

test('a change that another made in the same millisecond is not taken for the one whose answer was lost', async (t) => {
  const { gateway, proxy, direct, rows } = await startBehindProxy(t);
  const intent = await gateway.holdQr();
  // The other one writes between this one's reading and its writing: it asks PayPay to take less.
  await direct.query('begin');
  await direct.query('lock table payment_processor_configs in access exclusive mode');
  const cut = proxy.cut('change_intents', 'before');
  const capturing = gateway.client.capture(intent.id, { amount: 700 });
  await waitUntil('the capture to wait', async () => (await rows(WAITING)).length > 0);
  const now = new Date(gateway.clock.now()).toISOString();
  const later = new Date(gateway.clock.now() + 30_000).toISOString();
  await direct.query(
    `update payment_intents set version = version + 1, outcome = 'unknown', updated_at = $2, next_check_at = $3
     where id = $1`,
    [intent.id, now, later],
  );
  await direct.query(
    `update payment_attempts set capture_amount = 600, capture_requested_at = $2, next_check_at = $3
     where payment_intent_id = $1`,
    [intent.id, now, later],
  );
  await direct.query('commit');
  await cut;
  const refused = await capturing;
  assert.deepEqual([refused.status, refused.json.code], [409, 'invalid_payment_state'], refused.text);
  assert.equal((await gateway.paypay.find(intent.code)).captured, null);
});

test('what waits for a lock too long is answered 503 with Retry-After, and the same key does the work later', async (t) => {
  const { gateway, direct } = await startBehindProxy(t, { database_lock_timeout_ms: 100 });
  const intent = await gateway.createIntent();
  await direct.query('begin');
  await direct.query('select from payment_intents where id = $1 for update', [intent.id]);
  const options = { idempotency_key: randomUUID() };
  const refused = await gateway.client.confirm(intent.id, CASH, options);
  assert.deepEqual([refused.status, refused.json.code], [503, 'internal_error'], refused.text);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  await direct.query('commit');
  const confirmed = await gateway.client.confirm(intent.id, CASH, options);
  assert.deepEqual([confirmed.status, confirmed.json.status], [200, 'succeeded']);
});

test('when all connections are in use, a request is refused in time and not left hanging', async (t) => {
  const { gateway, direct } = await startBehindProxy(t, {
    database_pool_size: 2,
    database_acquire_timeout_ms: 100,
    database_lock_timeout_ms: 600,
  });
  const intents = [await gateway.createIntent(), await gateway.createIntent()];
  await direct.query('begin');
  await direct.query('lock table payment_intents in access exclusive mode');
  const busy = intents.map(({ id }) => gateway.client.retrieve(id));
  const lists = [gateway.client.get('/v1/payment_intents'), gateway.client.get('/v1/payment_intents')];
  const answers = await Promise.all([...busy, ...lists].map((asked) => asked.then(({ status }) => status)));
  assert.ok(answers.includes(503), answers.join());
  await direct.query('commit');
  assert.equal((await gateway.client.retrieve(intents[0]?.id ?? '')).status, 200);
});

test('while the database is away for a moment, requests wait for it', async (t) => {
  const { gateway, proxy } = await startBehindProxy(t);
  const intent = await gateway.createIntent();
  proxy.takeAway();
  const answers = Promise.all([gateway.client.retrieve(intent.id), gateway.createIntent()]);
  await waitUntil('a connection to be refused', async () => proxy.refused() > 0);
  proxy.bringBack();
  const [read, created] = await answers;
  assert.deepEqual([read.status, created.status], [200, 'requires_payment_method']);
});

test('when it stays away, clients are told to come back, and then the same key does the work once', async (t) => {
  const { gateway, proxy, rows } = await startBehindProxy(t);
  const order = gateway.newOrder();
  const options = { idempotency_key: randomUUID() };
  proxy.takeAway();
  const [refused, read] = await Promise.all([
    gateway.client.create(order, options),
    gateway.client.retrieve('pi_any'),
  ]);
  assert.deepEqual([refused.status, read.status], [503, 503]);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  assert.doesNotMatch(refused.text, /ECONN|terminated|127\.0\.0\.1/);
  proxy.bringBack();
  assert.equal((await gateway.client.create(order, options)).status, 201);
  assert.equal((await rows('select id from payment_intents')).length, 1);
});

// Requests that come again where it is hardest to tell: at another replica, at the same moment, under a stolen
// signature, and while their marks are being forgotten.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, type TestContext, test } from 'node:test';
import pg from 'pg';
import { type Answer, bytesOf, send, sign } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const [left, right] = gateway.replicas as [(typeof gateway.replicas)[0], (typeof gateway.replicas)[0]];
const HOUR_MS = 3_600_000;

/** The same bytes, wherever they are sent: what somebody who listens could send again. */
function capture(method: string, path: string, body: object, key: string | null) {
  const timestamp = Math.floor(gateway.clock.now() / 1_000);
  const signature = sign(gateway.key, { method, path, timestamp, body: bytesOf(body) });
  const headers = {
    authorization: `HMAC-SHA256 ${gateway.key.id}:${timestamp}:${signature}`,
    'content-type': 'application/json',
    ...(key !== null && { 'idempotency-key': key }),
  };
  return {
    at: (replica: { url: string }) => send(replica.url, method, path, headers, body),
    withKey: (other: string | null, replica: { url: string }) => {
      const { 'idempotency-key': _, ...rest } = headers as Record<string, string>;
      return send(
        replica.url,
        method,
        path,
        other === null ? rest : { ...rest, 'idempotency-key': other },
        body,
      );
    },
  };
}

test('a caught request is refused at every replica under another key or none, and is a retry under its own', async () => {
  const order = gateway.newOrder();
  const caught = capture('POST', '/v1/payment_intents', order, 'own');
  const first = await caught.at(left);
  assert.equal(first.status, 201, first.text);
  for (const replica of [left, right]) {
    for (const key of ['another', null]) {
      const refused = await caught.withKey(key, replica);
      assert.deepEqual([refused.status, refused.json.code], [401, 'unauthorized'], refused.text);
    }
    const again = await caught.at(replica);
    assert.deepEqual([again.status, again.text], [201, first.text]);
    assert.equal(again.headers.get('idempotency-replayed'), 'true');
  }
});

test('a request without a key is done once, whichever replica hears its bytes again', async () => {
  const order = gateway.newOrder();
  const caught = capture('POST', '/v1/payment_intents', order, null);
  const answers = await Promise.all([left, right, left, right].map((replica) => caught.at(replica)));
  const statuses = answers.map((answer) => answer.status).sort();
  assert.deepEqual(statuses, [201, 401, 401, 401]);
});

test('a caught change of settings cannot be sent again after it was taken back', async () => {
  const made = await gateway.client.post('/v1/webhook_endpoints', {
    url: 'https://hooks.example.com/replay',
  });
  const path = `/v1/webhook_endpoints/${made.json.id}`;
  const caught = capture('PATCH', path, { description: 'first' }, null);
  assert.equal((await caught.at(left)).status, 200);
  assert.equal((await gateway.client.call('PATCH', path, { description: 'second' })).status, 200);
  for (const replica of [left, right]) assert.equal((await caught.at(replica)).status, 401);
  assert.equal((await gateway.client.get(path)).json.description, 'second');
});

test('of many equal requests at once over two replicas one does the work, and all who wait learn its answer', async () => {
  for (let round = 0; round < 10; round++) {
    const order = gateway.newOrder();
    const options = { idempotency_key: randomUUID() };
    const by = [gateway.clientFor(gateway.key, left), gateway.clientFor(gateway.key, right)] as const;
    const ask = (index: number) => (index % 2 === 0 ? by[0] : by[1]).create(order, options);
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(index)));
    const done = answers.filter((answer: Answer) => answer.status === 201);
    assert.ok(done.length >= 1);
    assert.equal(new Set(done.map((answer) => answer.text)).size, 1);
    for (const answer of answers) {
      const must_wait = answer.status === 409 && answer.headers.has('retry-after');
      assert.ok(answer.status === 201 || must_wait, answer.text);
    }
    const fresh = done.filter((answer) => answer.headers.get('idempotency-replayed') === null);
    assert.equal(fresh.length, 1, 'one of them is no repetition');
  }
});

test('one key with two bodies at two replicas at once makes one payment intent', async () => {
  for (let round = 0; round < 10; round++) {
    const options = { idempotency_key: randomUUID() };
    const orders = [gateway.newOrder(), gateway.newOrder()];
    const answers = await Promise.all(
      orders.map((order, index) =>
        gateway.clientFor(gateway.key, index === 0 ? left : right).create(order, options),
      ),
    );
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409]);
    const refs = orders.map((order) => order['merchant_ref_id']);
    const rows = await gateway.query('select from payment_intents where merchant_ref_id = any($1)', [refs]);
    assert.equal(rows.length, 1);
  }
});

async function openRival(t: TestContext) {
  const own = await startTestGateway(t);
  const rival = new pg.Client({ connectionString: own.database_url });
  // The database is dropped while it is connected.
  rival.on('error', () => {});
  await rival.connect();
  t.after(() => rival.end().catch(() => {}));
  return { own, rival };
}

test('old marks are forgotten in batches past rows that somebody holds, and requests go on meanwhile', async (t) => {
  const { own, rival } = await openRival(t);
  const kept: { order: object; key: string; text: string }[] = [];
  for (let n = 0; n < 5; n++) {
    const [order, key] = [own.newOrder(), `kept_${n}`];
    const { text } = await own.client.create(order, { idempotency_key: key });
    kept.push({ order, key, text });
  }
  own.clock.advance(20 * HOUR_MS);
  const young = { order: own.newOrder(), key: 'young' };
  const first = await own.client.create(young.order, { idempotency_key: young.key });
  const count = async () =>
    (await own.query<{ n: number }>('select count(*)::int as n from idempotency_keys'))[0]?.n;
  own.clock.advance(4 * HOUR_MS - 60_000);
  await own.runJob('purge');
  assert.equal(await count(), 6, 'for 24 hours nothing is forgotten');
  const oldest = kept[0];
  const replayed = await own.client.create(oldest?.order as object, { idempotency_key: oldest?.key ?? '' });
  assert.equal(replayed.text, oldest?.text);

  own.clock.advance(2 * HOUR_MS);
  await rival.query('begin');
  const held = await rival.query(
    'select id from idempotency_keys order by created_at, id limit 2 for update',
  );
  assert.equal(held.rows.length, 2);
  await own.runJob('purge');
  assert.equal(await count(), 3, 'two are held, one is young');
  const again = await own.client.create(young.order, { idempotency_key: young.key });
  assert.equal(again.text, first.text);
  assert.equal((await own.client.create(own.newOrder())).status, 201);
  await rival.query('commit');
  await own.runJob('purge');
  assert.equal(await count(), 2, 'the young one, and the newest');
});

test('what is being forgotten locks out nobody: a purge that stands still holds up no request', async (t) => {
  const { own, rival } = await openRival(t);
  const options = { idempotency_key: 'one' };
  const order = own.newOrder();
  await own.client.create(order, options);
  own.clock.advance(26 * HOUR_MS);
  await rival.query('begin');
  await rival.query('delete from idempotency_keys');
  await rival.query('delete from request_signatures');
  const other = await own.client.create(own.newOrder(), { idempotency_key: 'two' });
  assert.equal(other.status, 201);
  await rival.query('rollback');
});

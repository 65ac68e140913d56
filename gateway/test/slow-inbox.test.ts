// Notifications while the database is slow or away: PayPay gives up after 1.5 seconds and a few tries, so it is
// answered first. Each test holds the database up until the answer is there: the order is the proof.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { send } from './support/client.ts';
import { type DatabaseProxy, startDatabaseProxy } from './support/database-proxy.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { waitUntil } from './support/process.ts';

const INBOX = '/v1/webhooks/paypay';
const notify = (gateway: TestGateway, merchantPaymentId: string) =>
  send(
    gateway.url,
    'POST',
    INBOX,
    { 'content-type': 'application/json' },
    { merchantPaymentId, status: 'COMPLETED' },
  );
const stored = (gateway: TestGateway) =>
  gateway.query<{ attempt_id: string }>('select attempt_id from provider_notifications order by id');

/** Another session that keeps the inbox's table to itself until `release`. */
async function holdInbox(t: TestContext, gateway: TestGateway) {
  const direct = new pg.Client({ connectionString: gateway.database_url });
  direct.on('error', () => {});
  await direct.connect();
  t.after(() => direct.end().catch(() => {}));
  await direct.query('begin');
  await direct.query('lock table provider_notifications in access exclusive mode');
  return { release: () => direct.query('commit') };
}

test('PayPay is answered while the database still keeps its notification waiting, and it is stored afterwards', async (t) => {
  const gateway = await startTestGateway(t);
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const held = await holdInbox(t, gateway);
  const answer = await notify(gateway, merchantPaymentId);
  assert.deepEqual([answer.status, answer.text], [200, 'OK']);
  const retrieved = await gateway.client.retrieve(intent.id);
  assert.equal(retrieved.json.status, 'requires_action', 'payments go on meanwhile');
  await held.release();
  await waitUntil('the notification to be stored', async () => (await stored(gateway)).length === 1);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('hundreds may wait, the next one is told to come again, and payments have connections all the while', async (t) => {
  const gateway = await startTestGateway(t);
  const held = await holdInbox(t, gateway);
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => notify(gateway, `pa_${n}`)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  const refused = await notify(gateway, 'pa_more');
  assert.deepEqual([refused.status, refused.json.code], [503, 'internal_error']);
  assert.ok(Number(refused.headers.get('retry-after')) >= 1);
  await gateway.createIntent();
  await held.release();
  await waitUntil('all of them to be stored', async () => (await stored(gateway)).length === 300);
});

test('a notification that comes while the database is away is answered, and polling finds the payment', async (t) => {
  const state: { proxy?: DatabaseProxy } = {};
  const gateway = await startTestGateway(t, {
    reachDatabase: async (url) => {
      state.proxy = await startDatabaseProxy(url);
      return state.proxy;
    },
  });
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const lost = gateway.log.next(({ msg }) => /could not be stored; polling finds/.test(msg ?? ''));
  state.proxy?.takeAway();
  assert.equal((await notify(gateway, merchantPaymentId)).status, 200);
  await lost;
  state.proxy?.bringBack();
  assert.deepEqual(await stored(gateway), []);
  gateway.clock.advance(3_100);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('of what anybody may have sent no more than its beginning is kept, so that nobody fills the disk with it', async (t) => {
  const gateway = await startTestGateway(t);
  const body = { merchantPaymentId: 'pa_1', status: 'COMPLETED', note: 'x'.repeat(60_000) };
  const kept = async () => {
    const rows = await gateway.query<{ size: number; attempt_id: string }>(
      'select octet_length(body) as size, attempt_id from provider_notifications order by id desc limit 1',
    );
    assert.equal(rows[0]?.attempt_id, 'pa_1');
    return rows[0]?.size ?? Number.NaN;
  };
  const type = { 'content-type': 'application/json' };
  assert.equal((await send(gateway.url, 'POST', INBOX, type, body)).status, 200);
  assert.equal(await kept(), 1_024);
  gateway.context.config.notifications['PAYPAY'] = { secret: null, sources: ['127.0.0.1'] };
  assert.equal((await send(gateway.url, 'POST', INBOX, type, { ...body, timestamp: '1' })).status, 200);
  assert.ok((await kept()) > 60_000, 'PayPay’s own is kept as it came');
});

test('a gateway that stops first stores what it has answered', async (t) => {
  const gateway = await startTestGateway(t);
  const reader = new pg.Client({ connectionString: gateway.database_url });
  reader.on('error', () => {});
  await reader.connect();
  t.after(() => reader.end().catch(() => {}));
  const held = await holdInbox(t, gateway);
  assert.equal((await notify(gateway, 'pa_1')).status, 200);
  const [replica] = gateway.replicas;
  assert.ok(replica);
  const stopped = replica.server.close();
  await held.release();
  await stopped;
  const { rows } = await reader.query('select attempt_id from provider_notifications');
  assert.deepEqual(rows, [{ attempt_id: 'pa_1' }]);
});

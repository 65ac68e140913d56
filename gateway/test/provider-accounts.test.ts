// A store that gets another account at its provider: what began with the former one is looked up, called off, captured
// and given back there, and what begins now begins at the new one. The simulator keeps the accounts' books apart.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { SYSTEM } from '../src/application/audit.ts';
import { rotateMasterKey } from '../src/application/master-key-rotation.ts';
import { settleMasterKey } from '../src/application/master-keys.ts';
import { makeMasterKey } from '../src/domain/secret-box.ts';
import type { Json } from './support/client.ts';
import { MERCHANT_ID, STORE_ID, startTestGateway, type TestGateway } from './support/gateway.ts';
import { merchantRow, paypayConfig, SYNC_PATH, storeRow, syncBody } from './support/merchants.ts';

const gateway = await startTestGateway({ after });
const FIRST = 'paypay_merchant_123';

async function sync(credentials: Json, at: TestGateway = gateway, by = at.client): Promise<void> {
  const body = syncBody(merchantRow(MERCHANT_ID, storeRow(STORE_ID, paypayConfig({ credentials }))));
  const answer = await by.post(SYNC_PATH, body);
  assert.equal(answer.status, 200, answer.text);
}
const useAccount = (merchant_id: string, at: TestGateway = gateway) => sync({ merchant_id }, at);

async function look(at: TestGateway = gateway, ms = 3_100): Promise<void> {
  at.clock.advance(ms);
  await at.settle();
}

const phaseOf = async ({ code }: { code: string }) => (await gateway.paypay.find(code)).phase;
const accountsOf = (at: TestGateway, intent: { id: string }) =>
  at.query<{ provider_account: string | null }>(
    'select provider_account from payment_attempts where payment_intent_id = $1 order by id',
    [intent.id],
  );

test('a code that was opened at the former account is paid there, and its money goes back from there', async () => {
  await useAccount(FIRST);
  const intent = await gateway.openQr();
  await useAccount('second');
  for (let i = 0; i < 4; i += 1) await look();
  assert.equal(await gateway.statusOf(intent), 'requires_action', 'nobody takes it for lost');
  await gateway.paypay.pay(intent.code);
  await look();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  const refund = await gateway.client.post('/v1/refunds', { payment_intent: intent.id, amount: 400 });
  assert.deepEqual([refund.status, refund.json.status], [201, 'succeeded'], refund.text);
});

test('what begins after the change begins at the new account, and both go on side by side', async () => {
  await useAccount(FIRST);
  const old = await gateway.openQr();
  await useAccount('second');
  const fresh = await gateway.openQr();
  assert.deepEqual(await accountsOf(gateway, old), [{ provider_account: FIRST }]);
  assert.deepEqual(await accountsOf(gateway, fresh), [{ provider_account: 'second' }]);
  await gateway.paypay.pay(old.code);
  await gateway.paypay.pay(fresh.code);
  await look();
  assert.deepEqual([await gateway.statusOf(old), await gateway.statusOf(fresh)], ['succeeded', 'succeeded']);
});

test('cancelling deletes the code at the former account, and held money is captured there', async () => {
  await useAccount(FIRST);
  const open = await gateway.openQr();
  const held = await gateway.holdQr();
  await useAccount('second');
  assert.equal((await open.terminal.cancel()).json.status, 'cancelled');
  assert.equal(await phaseOf(open), 'deleted');
  const captured = await gateway.client.capture(held.id, {});
  assert.deepEqual([captured.status, captured.json.status], [200, 'succeeded'], captured.text);
});

test('late money at the former account is found, and given back there', async () => {
  await useAccount(FIRST);
  const intent = await gateway.openQr();
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  await useAccount('second');
  await gateway.paypay.payLate(intent.code);
  await look(gateway, 61_000);
  const [late] = (await gateway.client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json;
  assert.equal(late?.status, 'refunded');
});

test('a store that changes again and again, and back, knows each account', async () => {
  await useAccount(FIRST);
  const first = await gateway.openQr();
  await useAccount('second');
  const second = await gateway.openQr();
  await useAccount('third');
  const third = await gateway.openQr();
  await useAccount(FIRST);
  const again = await gateway.openQr();
  const all = [first, second, third, again];
  for (const { code } of all) await gateway.paypay.pay(code);
  await look();
  for (const intent of all) assert.equal(await gateway.statusOf(intent), 'succeeded');
});

test('the audit log says how many stores got another account, and nothing when none did', async () => {
  const detailsOfLast = async () => (await gateway.client.get('/v1/audit_log')).json[0].details;
  await useAccount('audited');
  await useAccount('another');
  assert.equal((await detailsOfLast()).changed_accounts, 1);
  await useAccount('another');
  assert.equal('changed_accounts' in (await detailsOfLast()), false);
});

test('new secrets for the same account serve what began before, too, and nothing is kept', async (t) => {
  const own = await startTestGateway(t);
  const base_url = `${own.simulator_url}/paypay`;
  own.context.config.provider_defaults = { PAYPAY: { base_url } };
  const live = own.clientFor(await own.addKey({ livemode: true }));
  const use = (merchant_id: string, api_secret: string) =>
    sync({ merchant_id, api_key: 'simulator-key', api_secret }, own, live);
  await use('shop', 'simulator-secret');
  const intent = await own.createIntent({}, live);
  const { json } = await own.terminalFor(intent).confirmQr();
  assert.equal(json.status, 'requires_action');
  await own.paypay.pay(json.qr_content);
  await use('shop', 'rolled before PayPay knew of it');
  await look(own);
  assert.notEqual((await live.retrieve(intent.id)).json.status, 'succeeded', 'asked with the new secret');
  await use('shop', 'simulator-secret');
  assert.deepEqual(await own.query('select * from former_processor_configs'), []);
  await look(own, 60_000);
  assert.equal((await live.retrieve(intent.id)).json.status, 'succeeded');

  // The secrets that a former account had last are the ones that are kept.
  await use('shop', 'a mistake');
  await use('moved', 'simulator-secret');
  const refund = () => live.post('/v1/refunds', { payment_intent: intent.id, amount: 100 });
  assert.notEqual((await refund()).json.status, 'succeeded', 'with the mistake');
  await use('shop', 'simulator-secret');
  await use('moved', 'simulator-secret');
  assert.equal((await refund()).json.status, 'succeeded');
});

test('former settings are sealed, and sealed anew with the master key', async (t) => {
  const new_key = randomBytes(32).toString('hex');
  const own = await startTestGateway(t, { config: { previous_master_keys: [new_key] } });
  const intent = await own.openQr();
  await useAccount('second', own);
  const kept = () =>
    own.query<{ account: string; credentials_sealed: Buffer }>(
      'select account, credentials_sealed from former_processor_configs',
    );
  const [before] = await kept();
  assert.equal(before?.account, FIRST);
  assert.equal(before.credentials_sealed.includes(FIRST), false);

  const { context } = own;
  await settleMasterKey(context);
  const target = makeMasterKey(new_key);
  const others = context.opening_keys.filter(({ id }) => !id.equals(target.id));
  await rotateMasterKey({ ...context, opening_keys: [target, ...others] }, SYSTEM, async () => {});
  const [after] = await kept();
  assert.deepEqual(after?.credentials_sealed.subarray(1, 9), target.id);
  await own.paypay.pay(intent.code);
  await look(own);
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('settings that do not open any more can be replaced, and nothing is kept of them', async (t) => {
  const own = await startTestGateway(t);
  await own.query("update payment_processor_configs set credentials_sealed = '\\x01'");
  await useAccount('second', own);
  assert.deepEqual(await own.query('select * from former_processor_configs'), []);
  assert.equal((await own.openQr()).confirmation.status, 'requires_action');
});

test('an attempt that knows no account is asked about with what its store has now', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  await own.query('update payment_attempts set provider_account = null');
  await own.paypay.pay(intent.code);
  await look(own);
  assert.equal(await own.statusOf(intent), 'succeeded');
});

// Money that PayPay only reserves, for an intent that no longer wants it: let go, and found once, however the news of
// its coming and going cross each other.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { applyProviderResult, reload } from '../src/application/provider-results.ts';
import { findAttempt, findPaymentIntent } from '../src/db/payment-intents.ts';
import type { ProviderResult } from '../src/domain/provider-result.ts';
import type { Json } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });

/** A cancelled intent to be captured later, whose code the customer pays all the same. */
async function payLate(at: TestGateway = gateway) {
  const intent = await at.openQr({ capture_method: 'manual' });
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  await at.paypay.payLate(intent.code);
  at.clock.advance(61_000);
  return intent;
}

const lateOf = async (intent: { id: string }, at: TestGateway = gateway): Promise<Json[]> =>
  (await at.client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json;
const hold = (at: TestGateway) => at.client.patch('/v1/organization', { late_payment_policy: 'hold' });
const resolve = (late: Json | undefined, body: Json, at: TestGateway) =>
  at.client.post(`/v1/late_payments/${late?.['id']}/resolve`, body);
const phaseAtPaypay = async (intent: { code: string }, at: TestGateway = gateway) =>
  (await at.paypay.find(intent.code)).phase;

test('a hold that comes late is let go, and nothing is refunded', async () => {
  const intent = await payLate();
  await gateway.settle();
  const [late, ...others] = await lateOf(intent);
  assert.deepEqual(
    [late?.['status'], late?.['authorized_only'], late?.['amount'], 'refund' in (late ?? {})],
    ['refunded', true, 1_000, false],
  );
  assert.deepEqual(others, []);
  assert.notEqual(await phaseAtPaypay(intent), 'authorized');
  assert.deepEqual((await gateway.eventsOf(intent)).slice(2), [
    'cancelled',
    'late_payment.created',
    'late_payment.refunded',
  ]);
  assert.deepEqual(
    await gateway.query('select id from refunds where payment_intent_id = $1', [intent.id]),
    [],
  );
  assert.equal(await gateway.statusOf(intent), 'cancelled');
});

test('while PayPay is silent about letting it go, it is asked again until the hold is gone', async () => {
  const intent = await payLate();
  await gateway.paypay.setFault('server_error', { endpoint: 'revert_authorization', times: 2 });
  await gateway.settle();
  assert.equal((await lateOf(intent))[0]?.['status'], 'refunding');
  for (let n = 0; n < 4; n += 1) {
    gateway.clock.advance(10_000);
    await gateway.settle();
  }
  assert.equal((await lateOf(intent))[0]?.['status'], 'refunded');
  assert.notEqual(await phaseAtPaypay(intent), 'authorized');
});

test('a held hold cannot be kept; a person lets it go', async (t) => {
  const own = await startTestGateway(t);
  await hold(own);
  const intent = await payLate(own);
  await own.settle();
  const [late] = await lateOf(intent, own);
  assert.equal(late?.['status'], 'held');
  const kept = await resolve(late, { action: 'keep', reason: 'x' }, own);
  assert.deepEqual([kept.status, kept.json.details.status], [409, 'held']);
  const { json } = await resolve(late, { action: 'refund', reason: 'Nobody ordered.' }, own);
  assert.deepEqual([json.status, json.reason], ['refunding', 'Nobody ordered.']);
  await own.settle();
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'refunded');
  assert.notEqual(await phaseAtPaypay(intent, own), 'authorized');
});

test('a held hold that runs out has gone back by itself', async (t) => {
  const own = await startTestGateway(t);
  await hold(own);
  await own.paypay.control('POST', '/settings', { authorization_lifetime_seconds: 3_600 });
  const intent = await payLate(own);
  await own.settle();
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'held');
  for (let hours = 0; hours < 30; hours += 1) {
    own.clock.advance(3_600_000);
    await own.settle();
  }
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'refunded');
  assert.equal((await own.eventsOf(intent)).at(-1), 'late_payment.refunded');
});

test('a held hold that somebody captures at PayPay is late money that can be given back', async (t) => {
  const own = await startTestGateway(t);
  await hold(own);
  const intent = await payLate(own);
  await own.settle();
  const { merchantPaymentId } = await own.paypay.find(intent.code);
  await own.paypay.control('POST', `/payments/${merchantPaymentId}/capture`, {});
  for (let days = 0; days < 40; days += 1) {
    own.clock.advance(86_400_000);
    await own.settle();
  }
  const [late, ...others] = await lateOf(intent, own);
  assert.deepEqual(
    [late?.['status'], late?.['authorized_only'], others.length],
    ['held', false, 0],
    JSON.stringify(late),
  );
  assert.equal((await resolve(late, { action: 'refund', reason: 'x' }, own)).json.status, 'refunding');
  await own.settle();
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'refunded');
});

test('of a hold that somebody captured in part, that part is late and goes back', async (t) => {
  const own = await startTestGateway(t);
  await hold(own);
  const intent = await payLate(own);
  await own.settle();
  await own.paypay.captureByHand(intent.code, 600);
  own.clock.advance(2 * 86_400_000);
  await own.settle();
  const [late] = await lateOf(intent, own);
  assert.deepEqual([late?.['status'], late?.['authorized_only'], late?.['amount']], ['held', false, 600]);
  await resolve(late, { action: 'refund', reason: 'x' }, own);
  await own.settle();
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'refunded');
  const { charges } = await own.paypay.control<{ charges: Json[] }>('GET', '/charges');
  assert.deepEqual(
    charges.map(({ amount, refunded }) => [amount, refunded]),
    [[600, 600]],
  );
});

test('news of a hold that left before it was let go does not find it a second time', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [, there] = own.replicas;
  assert.ok(there);
  const intent = await payLate(own);
  const held = own.holdProviderAnswers(there, 'GET');
  const slow = own.runJob('look_ups', there);
  await held.arrived;
  // Its lease passes, another worker finds the hold, and has it let go.
  own.clock.advance(31_000);
  await own.settle();
  assert.equal((await lateOf(intent, own))[0]?.['status'], 'refunded');
  held.release();
  await slow;
  own.clock.advance(60_000);
  await own.settle();
  assert.equal((await lateOf(intent, own)).length, 1);
  assert.deepEqual((await own.eventsOf(intent)).slice(3), ['late_payment.created', 'late_payment.refunded']);
});

test('money that went back and comes again is a late payment of its own', async () => {
  const intent = await payLate();
  await gateway.settle();
  const { merchantPaymentId } = await gateway.paypay.find(intent.code);
  const tell = async (result: ProviderResult) => {
    const before = await findAttempt(gateway.context.db, merchantPaymentId);
    const row = await findPaymentIntent(gateway.context.db, intent.id);
    assert.ok(before && row);
    await applyProviderResult(gateway.context, ...(await reload(gateway.context, row, before)), result);
  };
  const stated = { amount: 1_000, currency: 'JPY' };
  await tell({ kind: 'authorized', stated });
  await tell({ kind: 'authorized', stated });
  const after = await lateOf(intent);
  assert.deepEqual(
    after.map((late) => late['status']),
    ['refunding', 'refunded'],
  );
  gateway.clock.advance(2_000);
  await gateway.settle();
  assert.deepEqual(
    (await lateOf(intent)).map((late) => late['status']),
    ['refunded', 'refunded'],
  );
});

test('the database holds the same money of an attempt once', async (t) => {
  const own = await startTestGateway(t);
  await hold(own);
  const intent = await payLate(own);
  await own.settle();
  await assert.rejects(
    own.query(
      `insert into late_payments select (json_populate_record(l, '{"id": "lp_other"}')).*
       from late_payments l where payment_intent_id = $1`,
      [intent.id],
    ),
    /late_payments_one_per_attempt/,
  );
});

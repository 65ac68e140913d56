// Refunds that a person decides: those that PayPay says nothing about, and those that failed and were paid back by
// hand. What was received is never given back twice.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Client, Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;
const stage = makeRefundStage(gateway);

const resolve = (refund: { id: string }, body: Json, by: Client = client) =>
  by.post(`/v1/refunds/${refund.id}/resolve`, body);

/** A refund that PayPay carried out, or not, without telling; it goes on being silent. */
async function refundIntoSilence(fault: 'server_error_after_success' | 'server_error', amount = 1_000) {
  const intent = await stage.payQr();
  await paypay.setFault(fault, { endpoint: 'create_refund', times: 1 });
  await paypay.setFault('server_error', { endpoint: 'get_refund' });
  const { json } = await stage.refund(intent, { amount });
  assert.deepEqual([json.status, json.outcome], ['pending', 'unknown']);
  return { intent, refund: json };
}

/** A refund that PayPay refused: it grants one for each payment. */
async function refundRefused() {
  const intent = await stage.payQr();
  await stage.settings({ one_refund_per_payment: true });
  assert.equal((await stage.refund(intent, { amount: 400 })).status, 201);
  const answer = await stage.refund(intent, { amount: 300 });
  assert.equal(answer.status, 409, answer.text);
  await stage.settings({ one_refund_per_payment: false });
  const refund = await stage.retrieve({ id: answer.json.details.refund });
  assert.equal(refund.status, 'failed');
  return { intent, refund };
}

test('a refund that a person found in PayPay’s books has succeeded, with the reason in the audit log', async () => {
  const { intent, refund } = await refundIntoSilence('server_error_after_success');
  const said = { status: 'succeeded', reason: 'PayPay shows it.', resolved_by: 'M. Sato' };
  const { status, json } = await resolve(refund, said);
  const resolved_at = new Date(clock.now()).toISOString();
  assert.deepEqual([status, json.status, 'outcome' in json], [200, 'succeeded', false]);
  assert.deepEqual(json.resolution, { ...said, resolved_at });
  const { resolution: _, ...resource } = json;
  assert.deepEqual(await stage.retrieve(refund), resource);
  assert.equal(await stage.refunded(intent), 1_000);
  assert.equal((await gateway.eventsOf(intent)).at(-1), 'refund.succeeded');
  const [entry] = (await client.get(`/v1/audit_log?object=${refund.id}&action=refund.resolved`)).json;
  assert.deepEqual(
    [entry.on_behalf_of, entry.reason, entry.details.from, entry.details.to],
    ['M. Sato', said.reason, 'pending', 'succeeded'],
  );
  await paypay.clearFaults();
});

test('a refund that never was frees its money, which can be refunded again', async () => {
  const { intent, refund } = await refundIntoSilence('server_error');
  const { json } = await resolve(refund, { status: 'failed', reason: 'PayPay has none.' });
  assert.deepEqual([json.status, json.failure_code], ['failed', 'resolved_failed']);
  assert.equal(await stage.refunded(intent), 0);
  await paypay.clearFaults();
  assert.equal((await stage.refund(intent)).json.status, 'succeeded');
  assert.equal((await stage.atPaypay(intent)).length, 1);
});

test('before a refund is given up PayPay is asked once more, and what it knows counts', async () => {
  const { intent, refund } = await refundIntoSilence('server_error_after_success');
  await paypay.clearFaults();
  const { status, json } = await resolve(refund, { status: 'failed', reason: 'I see none.' });
  assert.deepEqual([status, json.code, json.details.status], [409, 'invalid_payment_state', 'succeeded']);
  assert.equal(await stage.refunded(intent), 1_000);
});

test('a refund that PayPay refused and that was paid back by hand takes its place again', async () => {
  const { intent, refund } = await refundRefused();
  assert.equal(await stage.refunded(intent), 400);
  const again = await resolve(refund, { status: 'failed', reason: 'It did fail.' });
  assert.equal(again.status, 409);
  const { json } = await resolve(refund, { status: 'succeeded', reason: 'Paid back in cash.' });
  assert.deepEqual([json.status, 'failure_code' in json], ['succeeded', false]);
  assert.equal(await stage.refunded(intent), 700);
  assert.equal((await gateway.eventsOf(intent)).at(-1), 'refund.succeeded');
});

test('a failed refund whose money went back otherwise cannot become one that succeeded', async () => {
  const { intent, refund } = await refundRefused();
  assert.equal((await stage.refund(intent, { amount: 500 })).status, 201);
  const { status, json } = await resolve(refund, { status: 'succeeded', reason: 'In cash.' });
  assert.deepEqual([status, json.details.amount_refundable], [409, 100]);
  assert.equal(await stage.refunded(intent), 900);
  assert.equal((await stage.retrieve(refund)).status, 'failed');
});

test('late money that PayPay would not give back, and that was paid back by hand, is refunded', async () => {
  const intent = await gateway.openQr();
  await intent.terminal.cancel();
  await paypay.setFault('wrong_amount', { times: 1 });
  await paypay.payLate(intent.code);
  clock.advance(61_000);
  await gateway.settle();
  const find = async () => (await client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json[0];
  const late = await find();
  assert.equal(late.status, 'held');
  const { json } = await resolve({ id: late.refund }, { status: 'succeeded', reason: 'Bank transfer.' });
  assert.equal(json.status, 'succeeded', JSON.stringify(json));
  assert.deepEqual([(await find()).status, 'failure_code' in (await find())], ['refunded', false]);
  assert.equal((await gateway.eventsOf(intent)).at(-1), 'late_payment.refunded');
});

test('a failed refund of late money that goes back by another is not given back twice', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  await intent.terminal.cancel();
  await own.paypay.setFault('wrong_amount', { times: 1 });
  await own.paypay.payLate(intent.code);
  own.clock.advance(61_000);
  await own.settle();
  const [late] = (await own.client.get('/v1/late_payments')).json;
  await own.client.post(`/v1/late_payments/${late.id}/resolve`, { action: 'refund', reason: 'Again.' });
  const { status, json } = await resolve(
    { id: late.refund },
    { status: 'succeeded', reason: 'By hand.' },
    own.client,
  );
  assert.deepEqual([status, json.details.late_payment], [409, late.id]);
});

test('only an unknown or failed refund is left to a person, and only to a key of the organization', async () => {
  const intent = await stage.payCash();
  const { json: refund } = await stage.refund(intent);
  for (const status of ['succeeded', 'failed']) {
    const answer = await resolve(refund, { status, reason: 'x' });
    assert.deepEqual([answer.status, answer.json.details.status], [409, 'succeeded']);
  }
  const said = { status: 'failed', reason: 'x' };
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  assert.equal((await resolve(refund, said, narrowed)).status, 403);
  assert.equal((await resolve(refund, said, (await gateway.addOrganization()).client)).status, 404);
  for (const [body, field] of [
    [{ status: 'failed' }, 'reason'],
    [{ reason: 'x' }, 'status'],
    [{ status: 'pending', reason: 'x' }, 'status'],
  ] as const) {
    const answer = await resolve(refund, body);
    assert.deepEqual([answer.status, answer.json.details.field], [400, field]);
  }
  assert.deepEqual((await client.get(`/v1/audit_log?object=${refund.id}&action=refund.resolved`)).json, []);
});

test('a person and the worker decide one refund once, over two replicas', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [, there] = own.replicas;
  assert.ok(there);
  const own_stage = makeRefundStage(own);
  for (let round = 0; round < 5; round += 1) {
    const intent = await own_stage.payQr();
    await own.paypay.setFault('server_error_after_success', { endpoint: 'create_refund', times: 1 });
    const { json: refund } = await own_stage.refund(intent);
    own.clock.advance(2_000);
    await Promise.all([
      resolve(refund, { status: 'failed', reason: 'x' }, own.client),
      own.runJob('refunds', there),
    ]);
    own.clock.advance(60_000);
    await own.settle();
    assert.equal((await own_stage.retrieve(refund)).status, 'succeeded', 'PayPay knew better');
    assert.equal(await own_stage.refunded(intent), 1_000);
    assert.equal((await own.eventsOf(intent)).filter((type) => type === 'refund.succeeded').length, 1);
  }
});

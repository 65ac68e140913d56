// Outcomes that no provider tells: a person who has seen its books says what happened, once, with a reason, and
// whatever the provider knows after all is not lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer, Client, Json } from './support/client.ts';
import { MERCHANT_ID, startTestGateway, type TestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;

const resolve = (intent: { id: string }, body: Json, by: Client = client, key?: string) =>
  by.post(`/v1/payment_intents/${intent.id}/resolve`, body, key ? { idempotency_key: key } : {});

/** A confirm that PayPay carried out and did not answer: nobody here knows its outcome. */
async function confirmIntoSilence(at: TestGateway = gateway, changes: Json = {}) {
  const intent = await at.createIntent(changes);
  const terminal = at.terminalFor(intent);
  await at.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await terminal.confirmQr()).status, 502);
  const { json } = await at.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.outcome], ['processing', 'unknown']);
  return { ...intent, terminal };
}

/** The same, paid by the customer, with PayPay's look-ups broken until `paypay.clearFaults()`. */
async function payIntoSilence(at: TestGateway = gateway) {
  const intent = await confirmIntoSilence(at);
  await at.paypay.payLate();
  await at.paypay.setFault('server_error', { endpoint: 'get_payment' });
  return intent;
}

const attemptOf = async (intent: { id: string }, at: TestGateway = gateway) =>
  (await at.query<Json>('select * from payment_attempts where payment_intent_id = $1', [intent.id]))[0] ?? {};

test('a payment that a person found in PayPay’s books has succeeded, with the reason in the audit log', async () => {
  const intent = await payIntoSilence();
  const said = { outcome: 'paid', reason: 'PayPay for Business shows it.', resolved_by: 'M. Sato' };
  const { status, json } = await resolve(intent, said);
  assert.deepEqual(
    [status, json.status, json.amount_received, 'outcome' in json, 'next_check_at' in json],
    [200, 'succeeded', 1_000, false, false],
  );
  const resolved_at = new Date(clock.now()).toISOString();
  assert.deepEqual(json.resolution, { ...said, resolved_at });
  const { resolution: _, ...resource } = json;
  assert.deepEqual((await client.retrieve(intent.id)).json, resource);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing', 'succeeded']);

  const entries = (await client.get(`/v1/audit_log?object=${intent.id}`)).json;
  assert.equal(entries.length, 1);
  const { id, request_id, ...entry } = entries[0];
  assert.match(id, /^al_/);
  assert.match(request_id, /^req_/);
  assert.deepEqual(entry, {
    object: 'audit_entry',
    action: 'payment_intent.resolved',
    object_id: intent.id,
    actor_type: 'api_key',
    actor_id: gateway.key.id,
    on_behalf_of: 'M. Sato',
    reason: said.reason,
    details: {
      outcome: 'paid',
      attempt: (await attemptOf(intent))['id'],
      from: 'processing',
      to: 'succeeded',
    },
    livemode: false,
    merchant_id: MERCHANT_ID,
    created_at: resolved_at,
  });

  // PayPay is asked once more: what it says now is the same money, and brings the id that a refund needs.
  await gateway.paypay.clearFaults();
  clock.advance(61_000);
  await gateway.settle();
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  const attempt = await attemptOf(intent);
  assert.ok(attempt['provider_payment_id']);
  assert.equal(attempt['next_check_at'], null);
  const refund = await client.post('/v1/refunds', { payment_intent: intent.id });
  assert.deepEqual([refund.status, refund.json.status], [201, 'succeeded']);
});

test('a payment that never was leaves the order open, and another try can pay it', async () => {
  const intent = await confirmIntoSilence();
  const { status, json } = await resolve(intent, {
    outcome: 'not_paid',
    reason: 'PayPay has no such payment.',
  });
  assert.deepEqual(
    [status, json.status, 'outcome' in json, json.last_payment_error.code],
    [200, 'requires_payment_method', false, 'resolved_not_paid'],
  );
  assert.equal(json.resolution.resolved_by, gateway.key.id);
  const fresh = await client.reissueToken(intent.id);
  const again = await gateway.terminalFor(fresh.json).confirm({ payment_method_type: 'cash' });
  assert.deepEqual([again.status, again.json.status], [200, 'succeeded']);
});

test('money that comes after all, when the order was paid otherwise, is late and given back', async () => {
  const intent = await payIntoSilence();
  assert.equal((await resolve(intent, { outcome: 'not_paid', reason: 'Nothing there.' })).status, 200);
  const fresh = await client.reissueToken(intent.id);
  await gateway.terminalFor(fresh.json).confirm({ payment_method_type: 'cash' });
  await gateway.paypay.clearFaults();
  clock.advance(61_000);
  await gateway.settle();
  const [late, ...others] = await gateway.latePaymentsOf(intent);
  assert.deepEqual([late?.['amount'], late?.['status'], others.length], [1_000, 'refunded', 0]);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, json.provider], ['succeeded', 1_000, 'CASH']);
});

test('money that comes after all, when the order is still open, pays it', async () => {
  const intent = await payIntoSilence();
  assert.equal((await resolve(intent, { outcome: 'not_paid', reason: 'Nothing there.' })).status, 200);
  await gateway.paypay.clearFaults();
  clock.advance(61_000);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, json.provider], ['succeeded', 1_000, 'PAYPAY']);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

test('PayPay is asked on after a person’s word until it answers', async () => {
  const intent = await payIntoSilence();
  await resolve(intent, { outcome: 'not_paid', reason: 'Nothing there.' });
  assert.equal((await client.cancel(intent.id)).json.status, 'cancelled');
  for (const wait_ms of [61_000, 600_000, 3_600_000]) {
    clock.advance(wait_ms);
    await gateway.settle();
    assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  }
  await gateway.paypay.clearFaults();
  clock.advance(3_960_000);
  await gateway.settle();
  assert.equal((await gateway.latePaymentsOf(intent)).length, 1);
});

test('a cancel that PayPay never confirmed ends by a person’s word', async () => {
  for (const [outcome, status] of [
    ['not_paid', 'cancelled'],
    ['paid', 'succeeded'],
  ] as const) {
    const intent = await gateway.openQr();
    await gateway.paypay.setFault('server_error', { endpoint: 'delete_code' });
    await gateway.paypay.setFault('server_error', { endpoint: 'get_payment' });
    assert.equal((await client.cancel(intent.id)).status, 502);
    const { json } = await resolve(intent, { outcome, reason: 'I looked.' });
    assert.equal(json.status, status, JSON.stringify(json));
    if (status === 'cancelled') assert.equal(json.cancellation_reason, 'requested_by_customer');
    await gateway.paypay.clearFaults();
  }
});

test('another amount than ours is taken as ours by a person’s word, or is late money of its own', async (t) => {
  for (const outcome of ['paid', 'not_paid'] as const) {
    const own = await startTestGateway(t);
    const intent = await own.openQr();
    await own.paypay.pay(intent.code);
    await own.paypay.setFault('wrong_amount');
    own.clock.advance(3_100);
    await own.settle();
    assert.equal((await own.client.retrieve(intent.id)).json.last_payment_error.code, 'amount_mismatch');
    const { json } = await resolve(intent, { outcome, reason: 'I looked.' }, own.client);
    if (outcome === 'paid') assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
    else assert.equal(json.status, 'requires_payment_method');
    own.clock.advance(61_000);
    await own.settle();
    assert.deepEqual(
      (await own.latePaymentsOf(intent)).map((late) => late['amount']),
      outcome === 'paid' ? [] : [1_001],
    );
  }
});

test('of a payment that is to be captured later, paid means held', async () => {
  const intent = await confirmIntoSilence(gateway, { capture_method: 'manual' });
  const { json } = await resolve(intent, { outcome: 'paid', reason: 'PayPay shows it as authorised.' });
  assert.deepEqual(
    [json.status, json.amount_capturable, json.amount_received, 'outcome' in json],
    ['processing', 1_000, 0, false],
  );
});

test('a capture that PayPay never answered ends by a person’s word, and what PayPay took after all is late', async () => {
  for (const outcome of ['paid', 'not_paid'] as const) {
    const intent = await gateway.openQr({ capture_method: 'manual' });
    await gateway.paypay.pay(intent.code);
    clock.advance(3_100);
    await gateway.settle();
    await gateway.paypay.setFault('server_error', { endpoint: 'get_payment' });
    const capture = await client.capture(intent.id, { amount: 600 });
    assert.equal(capture.status, 502, capture.text);
    const { status, json } = await resolve(intent, { outcome, reason: 'I looked.' });
    assert.equal(status, 200, JSON.stringify(json));
    if (outcome === 'paid') assert.deepEqual([json.status, json.amount_received], ['succeeded', 600]);
    else assert.deepEqual([json.status, json.amount_capturable], ['cancelled', 0]);
    // The capture was carried out after all.
    const { merchantPaymentId } = await gateway.paypay.find(intent.code);
    await gateway.paypay.control('POST', `/payments/${merchantPaymentId}/capture`, { amount: 600 });
    await gateway.paypay.clearFaults();
    clock.advance(61_000);
    await gateway.settle();
    assert.deepEqual(
      (await gateway.latePaymentsOf(intent)).map((late) => [late['amount'], late['status']]),
      outcome === 'paid' ? [] : [[600, 'refunded']],
    );
  }
});

test('only what is unknown is left to a person', async () => {
  const fresh = await gateway.createIntent();
  const open = await gateway.openQr();
  const paid = await gateway.createIntent();
  await client.confirm(paid.id, { payment_method_type: 'cash' });
  const cancelled = await gateway.createIntent();
  await client.cancel(cancelled.id);
  for (const intent of [fresh, open, paid, cancelled]) {
    const before = (await client.retrieve(intent.id)).json;
    for (const outcome of ['paid', 'not_paid']) {
      const { status, json } = await resolve(intent, { outcome, reason: 'I say so.' });
      assert.deepEqual(
        [status, json.code, json.details.status],
        [409, 'invalid_payment_state', before.status],
      );
    }
    assert.deepEqual((await client.retrieve(intent.id)).json, before);
    assert.deepEqual((await client.get(`/v1/audit_log?object=${intent.id}`)).json, []);
  }
});

test('while PayPay is being asked for the first time nobody decides', async (t) => {
  const own = await startTestGateway(t);
  const [replica] = own.replicas;
  assert.ok(replica);
  const intent = await own.createIntent();
  const held = own.holdProviderAnswers(replica);
  const confirmed = own.terminalFor(intent).confirmQr();
  await held.arrived;
  const { status, json, headers } = await resolve(intent, { outcome: 'not_paid', reason: 'x' }, own.client);
  assert.deepEqual([status, json.code, headers.get('retry-after')], [409, 'invalid_payment_state', '30']);
  held.release();
  assert.equal((await confirmed).json.status, 'requires_action');
});

test('while PayPay is being asked to take or to release what it holds nobody decides', async (t) => {
  const own = await startTestGateway(t);
  const [replica] = own.replicas;
  assert.ok(replica);
  const decide = (intent: { id: string }) =>
    resolve(intent, { outcome: 'not_paid', reason: 'x' }, own.client);
  for (const act of ['capture', 'cancel'] as const) {
    const intent = await own.holdQr();
    const held = own.holdProviderAnswers(replica);
    const done = own.client[act](intent.id);
    await held.arrived;
    const { status, json } = await decide(intent);
    assert.deepEqual([status, json.code], [409, 'invalid_payment_state'], act);
    held.release();
    assert.equal((await done).status, 200, act);
  }
  // A process that has not answered for so long has died.
  const intent = await own.holdQr();
  const held = own.holdProviderAnswers(replica);
  const dead = own.client.capture(intent.id);
  await held.arrived;
  own.clock.advance(31_000);
  assert.equal((await decide(intent)).json.status, 'cancelled');
  held.release();
  assert.equal((await dead).status, 409);
});

test('a person and a look-up in another replica make one outcome of it, whoever is faster', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [here, there] = own.replicas;
  assert.ok(here && there);
  for (let round = 0; round < 6; round += 1) {
    const intent = await confirmIntoSilence(own);
    await own.paypay.payLate();
    own.clock.advance(2_000);
    const [said]: [Answer, number] = await Promise.all([
      resolve(intent, { outcome: 'not_paid', reason: 'x' }, own.client),
      own.runJob('look_ups', there),
    ]);
    // Faster, the look-up is the end. Slower, the next one finds money for an order that is still open: it pays it.
    own.clock.advance(61_000);
    await own.settle();
    const { json } = await own.client.retrieve(intent.id);
    assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
    assert.deepEqual(await own.latePaymentsOf(intent), []);
    const entries = (await own.client.get(`/v1/audit_log?object=${intent.id}`)).json;
    assert.equal(entries.length, said.status === 200 ? 1 : 0);
    if (said.status !== 200) assert.deepEqual([said.status, said.json.details.status], [409, 'succeeded']);
  }
});

test('a look-up that writes between a person’s two reads has decided, and the person is told', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [, there] = own.replicas;
  assert.ok(there);
  const intent = await confirmIntoSilence(own);
  await own.paypay.payLate();
  own.clock.advance(2_000);
  const { db } = own.context;
  const query = db.query.bind(db);
  let overtaken = false;
  db.query = async (statement, values) => {
    if (statement.name === 'find_payment_attempt' && !overtaken) {
      overtaken = true;
      await own.runJob('look_ups', there);
    }
    return query(statement, values);
  };
  const said = await resolve(intent, { outcome: 'not_paid', reason: 'x' }, own.client);
  assert.ok(overtaken);
  assert.deepEqual([said.status, said.json.details?.status], [409, 'succeeded'], said.text);
  assert.deepEqual((await own.client.get(`/v1/audit_log?object=${intent.id}`)).json, []);
});

test('a look-up that left before a person decided changes nothing afterwards', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [, there] = own.replicas;
  assert.ok(there);
  const intent = await confirmIntoSilence(own);
  await own.paypay.payLate();
  own.clock.advance(2_000);
  const held = own.holdProviderAnswers(there, 'GET');
  const looked_up = own.runJob('look_ups', there);
  await held.arrived;
  assert.equal(
    (await resolve(intent, { outcome: 'paid', reason: 'x' }, own.client)).json.status,
    'succeeded',
  );
  held.release();
  await looked_up;
  const { json } = await own.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
  assert.deepEqual(await own.eventsOf(intent), ['created', 'processing', 'succeeded']);
  assert.deepEqual(await own.latePaymentsOf(intent), []);
});

test('a decision is repeated to its retry and made once', async () => {
  const intent = await confirmIntoSilence();
  const said = { outcome: 'paid', reason: 'PayPay shows it.' };
  const first = await resolve(intent, said, client, `resolve-${intent.id}`);
  const retry = await resolve(intent, said, client, `resolve-${intent.id}`);
  assert.deepEqual([first.status, retry.status, retry.text], [200, 200, first.text]);
  assert.equal(retry.headers.get('idempotency-replayed'), 'true');
  assert.equal((await client.get(`/v1/audit_log?object=${intent.id}`)).json.length, 1);
});

test('only a key of the organization decides, and says clearly what', async () => {
  const intent = await confirmIntoSilence();
  const said = { outcome: 'paid', reason: 'x' };
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  assert.deepEqual((await resolve(intent, said, narrowed)).json.code, 'forbidden');
  const other = (await gateway.addOrganization()).client;
  assert.equal((await resolve(intent, said, other)).status, 404);
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  assert.equal((await resolve(intent, said, live)).status, 404);
  for (const [body, field] of [
    [{ outcome: 'paid' }, 'reason'],
    [{ reason: 'x' }, 'outcome'],
    [{ outcome: 'perhaps', reason: 'x' }, 'outcome'],
    [{ outcome: 'paid', reason: 'x', amount: 900 }, 'amount'],
    [{ outcome: 'paid', reason: 'x'.repeat(1_001) }, 'reason'],
  ] as const) {
    const { status, json } = await resolve(intent, body);
    assert.deepEqual([status, json.details.field], [400, field]);
  }
  assert.equal((await client.retrieve(intent.id)).json.outcome, 'unknown');
});

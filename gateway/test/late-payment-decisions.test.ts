// What becomes of late money: by the organization's policy, by a person, and by what the provider does with it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

async function setPolicy(
  late_payment_policy: 'auto_refund' | 'hold',
  at: TestGateway = gateway,
): Promise<void> {
  const { status, json } = await at.client.patch('/v1/organization', { late_payment_policy });
  assert.deepEqual([status, json.late_payment_policy], [200, late_payment_policy]);
}

/** A cancelled intent whose code the customer pays all the same, found by the last look-up. */
async function payLate(at: TestGateway = gateway, changes: Json = {}) {
  const intent = await at.openQr(changes);
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  await at.paypay.payLate(intent.code);
  at.clock.advance(61_000);
  await at.runJob('look_ups');
  const [late] = (await at.client.get(`/v1/late_payments?payment_intent=${intent.id}`)).json;
  assert.ok(late, 'the late payment was found');
  return { intent, late };
}

const retrieve = async (id: string, at: TestGateway = gateway) =>
  (await at.client.get(`/v1/late_payments/${id}`)).json;
const resolve = (id: string, body: Json, at: TestGateway = gateway) =>
  at.client.post(`/v1/late_payments/${id}/resolve`, body);
const refundsAtPaypay = async (attempt_id: string, at: TestGateway = gateway) => {
  const { refunds } = await at.paypay.control<{ refunds: { merchantPaymentId: string; amount: number }[] }>(
    'GET',
    '/refunds',
  );
  return refunds.filter((refund) => refund.merchantPaymentId === attempt_id);
};

test('by default late money is on its way back with the statement that finds it', async () => {
  const { late } = await payLate();
  assert.deepEqual([late.status, late.authorized_only, 'reason' in late], ['refunding', false, false]);
  const refund = (await client.get(`/v1/refunds/${late.refund}`)).json;
  assert.deepEqual([refund.status, refund.late_payment, refund.amount], ['pending', late.id, 1_000]);
  assert.deepEqual(await refundsAtPaypay(late.attempt_id), [], 'PayPay was not asked yet');
  const [entry] = (await client.get(`/v1/audit_log?object=${late.id}`)).json;
  assert.deepEqual(
    [entry.action, entry.actor_type, entry.details.policy],
    ['late_payment.resolved', 'system', 'auto_refund'],
  );
  await gateway.settle();
  assert.equal((await retrieve(late.id)).status, 'refunded');
  assert.deepEqual(
    (await refundsAtPaypay(late.attempt_id)).map(({ amount }) => amount),
    [1_000],
  );
});

test('an organization that wants to decide itself has late money held, until a person gives it back', async (t) => {
  const own = await startTestGateway(t);
  await setPolicy('hold', own);
  const { intent, late } = await payLate(own);
  await own.settle();
  assert.deepEqual([(await retrieve(late.id, own)).status, 'refund' in late], ['held', false]);
  assert.deepEqual(await refundsAtPaypay(late.attempt_id, own), []);

  const said = { action: 'refund', reason: 'The guest had paid in cash already.', resolved_by: 'M. Sato' };
  const { status, json } = await resolve(late.id, said, own);
  assert.deepEqual(
    [status, json.status, json.reason, json.resolved_by, json.resolved_at],
    [200, 'refunding', said.reason, 'M. Sato', new Date(own.clock.now()).toISOString()],
  );
  await own.settle();
  const after = await retrieve(late.id, own);
  assert.deepEqual([after.status, after.refund, after.reason], ['refunded', json.refund, said.reason]);
  assert.equal((await refundsAtPaypay(late.attempt_id, own)).length, 1);
  assert.equal((await own.client.retrieve(intent.id)).json.status, 'cancelled');
  assert.deepEqual((await own.eventsOf(intent)).slice(3), [
    'late_payment.created',
    'refund.created',
    'refund.succeeded',
    'late_payment.refunded',
  ]);
  const [entry] = (await own.client.get(`/v1/audit_log?object=${late.id}`)).json;
  assert.deepEqual(
    [entry.action, entry.actor_id, entry.on_behalf_of, entry.reason, entry.details.action],
    ['late_payment.resolved', own.key.id, 'M. Sato', said.reason, 'refund'],
  );
});

test('late money is kept by a person’s word, and can still be given back afterwards', async (t) => {
  const own = await startTestGateway(t);
  await setPolicy('hold', own);
  const { intent, late } = await payLate(own);
  const { json: kept } = await resolve(late.id, { action: 'keep', reason: 'It paid the next order.' }, own);
  assert.deepEqual([kept.status, kept.resolved_by], ['kept', own.key.id]);
  const again = await resolve(late.id, { action: 'keep', reason: 'Once more.' }, own);
  assert.deepEqual([again.status, again.json.details.status], [409, 'kept']);
  assert.equal((await own.eventsOf(intent)).at(-1), 'late_payment.kept');

  assert.equal(
    (await resolve(late.id, { action: 'refund', reason: 'It did not.' }, own)).json.status,
    'refunding',
  );
  await own.settle();
  assert.equal((await retrieve(late.id, own)).status, 'refunded');
  for (const action of ['refund', 'keep']) {
    const refused = await resolve(late.id, { action, reason: 'Too late.' }, own);
    assert.deepEqual([refused.status, refused.json.code], [409, 'invalid_payment_state'], action);
  }
  assert.equal((await refundsAtPaypay(late.attempt_id, own)).length, 1);
});

test('late money that PayPay will not give back is held again, with the reason, and can be tried once more', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  await intent.terminal.cancel();
  await own.paypay.setFault('wrong_amount', { times: 1 });
  await own.paypay.payLate(intent.code);
  own.clock.advance(61_000);
  await own.settle();
  const [late] = (await own.client.get('/v1/late_payments')).json;
  assert.deepEqual([late.status, late.amount], ['held', 1_001], 'PayPay took 1,000 only');
  assert.ok(late.failure_code && late.failure_message, JSON.stringify(late));
  const refund = (await own.client.get(`/v1/refunds/${late.refund}`)).json;
  assert.deepEqual([refund.status, refund.failure_code], ['failed', late.failure_code]);
  assert.deepEqual((await own.eventsOf(intent)).slice(-2), ['refund.failed', 'late_payment.refund_failed']);

  const { json } = await resolve(late.id, { action: 'refund', reason: 'Try again.' }, own);
  assert.deepEqual([json.status, 'failure_code' in json], ['refunding', false]);
  assert.notEqual(json.refund, late.refund, 'another try is another refund');
  await own.settle();
  assert.equal((await retrieve(late.id, own)).status, 'held');
  assert.equal((await resolve(late.id, { action: 'keep', reason: 'Settled.' }, own)).json.status, 'kept');
});

test('while PayPay is silent about giving it back, late money is on its way, and goes back once', async (t) => {
  const own = await startTestGateway(t);
  const { late } = await payLate(own);
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_refund', times: 1 });
  await own.settle();
  assert.equal((await retrieve(late.id, own)).status, 'refunding');
  const refused = await resolve(late.id, { action: 'keep', reason: 'It takes so long.' }, own);
  assert.deepEqual([refused.status, refused.json.details.status], [409, 'refunding']);
  own.clock.advance(60_000);
  await own.settle();
  assert.equal((await retrieve(late.id, own)).status, 'refunded');
  assert.equal((await refundsAtPaypay(late.attempt_id, own)).length, 1);
});

test('late money waits for the settings of a store that lost them, and goes back once when they are there', async (t) => {
  const own = await startTestGateway(t);
  const { intent, late } = await payLate(own);
  await own.query('delete from payment_processor_configs');
  for (let n = 0; n < 4; n += 1) {
    await own.settle();
    own.clock.advance(60_000);
  }
  const refund = (await own.client.get(`/v1/refunds/${late.refund}`)).json;
  assert.deepEqual([refund.status, refund.outcome], ['pending', 'unknown']);
  assert.equal((await retrieve(late.id, own)).status, 'refunding');
  // Switched off is enough to give money back, and too little to take any.
  const credentials = { merchant_id: 'paypay_merchant_123' };
  await own.saveStore({ payment_processor_configs: [{ provider: 'PAYPAY', is_active: false, credentials }] });
  for (let n = 0; n < 12; n += 1) {
    own.clock.advance(600_000);
    await own.settle();
  }
  assert.equal((await retrieve(late.id, own)).status, 'refunded');
  assert.equal((await refundsAtPaypay(late.attempt_id, own)).length, 1);
  assert.equal(await own.statusOf(intent), 'cancelled');
});

test('two people who decide at the same moment over two replicas make one decision', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  await setPolicy('hold', own);
  const there = own.clientFor({ ...own.key, form: 'raw' }, own.replicas[1]);
  for (let round = 0; round < 8; round += 1) {
    const { intent, late } = await payLate(own);
    const path = `/v1/late_payments/${late.id}/resolve`;
    const answers = await Promise.all([
      own.client.post(path, { action: 'refund', reason: 'one' }),
      there.post(path, { action: 'refund', reason: 'other' }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const [{ refunds } = { refunds: -1 }] = await own.query<{ refunds: number }>(
      'select count(*)::int as refunds from refunds where late_payment_id = $1',
      [late.id],
    );
    assert.equal(refunds, 1);
    const entries = (await own.client.get(`/v1/audit_log?object=${late.id}`)).json;
    assert.equal(entries.length, 1, 'who lost has decided nothing');
    assert.equal((await own.eventsOf(intent)).filter((type) => type === 'refund.created').length, 1);
  }
});

test('a decision is repeated to its retry and made once', async () => {
  await setPolicy('hold');
  const { late } = await payLate();
  const send = () =>
    client.post(
      `/v1/late_payments/${late.id}/resolve`,
      { action: 'keep', reason: 'Ours.' },
      { idempotency_key: `keep-${late.id}` },
    );
  const first = await send();
  const retry = await send();
  assert.deepEqual([first.status, retry.status, retry.text], [200, 200, first.text]);
  assert.equal(retry.headers.get('idempotency-replayed'), 'true');
  await setPolicy('auto_refund');
});

test('the list is filtered, newest first, and leads from page to page', async (t) => {
  const own = await startTestGateway(t);
  await setPolicy('hold', own);
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) made.unshift((await payLate(own)).late.id);
  await resolve(made[0] ?? '', { action: 'keep', reason: 'Ours.' }, own);
  const list = async (query: string) =>
    (await own.client.get(`/v1/late_payments${query}`)).json.map((late: Json) => late['id']);
  assert.deepEqual(await list(''), made);
  assert.deepEqual(await list('?status=held'), made.slice(1));
  assert.deepEqual(await list('?status=kept&provider=PAYPAY'), made.slice(0, 1));
  assert.deepEqual(await list('?provider=CASH'), []);
  const { created_at } = await retrieve(made[2] ?? '', own);
  assert.deepEqual(await list(`?created_gte=${created_at}`), made.slice(0, 3));
  assert.deepEqual(await list(`?created_lt=${created_at}`), made.slice(3));

  const seen: string[] = [];
  let path: string | null = '/v1/late_payments?status=held&limit=3';
  while (path !== null) {
    const page: Awaited<ReturnType<typeof own.client.get>> = await own.client.get(path);
    seen.push(...page.json.map((late: Json) => String(late['id'])));
    const link = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    path = link === undefined ? null : link.slice(own.url.length);
  }
  assert.deepEqual(seen, made.slice(1));
});

test('late payments are for keys of their own organization and mode, and for none that is narrowed', async () => {
  const { late } = await payLate();
  const path = `/v1/late_payments/${late.id}`;
  const body = { action: 'keep', reason: 'Mine.' };
  const other = (await gateway.addOrganization()).client;
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  for (const stranger of [other, live]) {
    assert.deepEqual((await stranger.get('/v1/late_payments')).json, []);
    for (const answer of [await stranger.get(path), await stranger.post(`${path}/resolve`, body)])
      assert.deepEqual([answer.status, answer.json.code], [404, 'not_found']);
  }
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  for (const answer of [
    await narrowed.get('/v1/late_payments'),
    await narrowed.get(path),
    await narrowed.post(`${path}/resolve`, body),
  ])
    assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden']);
});

test('a decision that is not clear is refused by the field', async () => {
  const { late } = await payLate();
  for (const [body, field] of [
    [{ action: 'keep' }, 'reason'],
    [{ reason: 'x' }, 'action'],
    [{ action: 'lose', reason: 'x' }, 'action'],
    [{ action: 'keep', reason: '' }, 'reason'],
    [{ action: 'keep', reason: 'x', resolved_by: 7 }, 'resolved_by'],
    [{ action: 'keep', reason: 'x', amount: 5 }, 'amount'],
  ] as const) {
    const { status, json } = await resolve(late.id, body);
    assert.deepEqual([status, json.details.field], [400, field]);
  }
  for (const [query, field] of [
    ['status=lost', 'status'],
    ['payment_intent=order', 'payment_intent'],
    ['created_gte=soon', 'created_gte'],
    ['limit=101', 'limit'],
    ['merchant=m', 'merchant'],
  ]) {
    const { status, json } = await client.get(`/v1/late_payments?${query}`);
    assert.deepEqual([status, json.details.field], [400, field], query);
  }
});

test('the gauges say how much late money waits for a person, and for how long', async (t) => {
  const own = await startTestGateway(t);
  const measured = async () => {
    await own.runJob('measure');
    const text = await (await fetch(`${own.url}/metrics`)).text();
    return ['mpac_late_payments_held', 'mpac_late_payments_held_oldest_seconds'].map((name) =>
      Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]),
    );
  };
  assert.deepEqual(await measured(), [0, 0]);
  await setPolicy('hold', own);
  const { late } = await payLate(own);
  own.clock.advance(3_600_000);
  assert.deepEqual(await measured(), [1, 3_600]);
  await resolve(late.id, { action: 'keep', reason: 'Ours.' }, own);
  assert.deepEqual(await measured(), [0, 0]);
});

// What PayPay says to a refund, and does not say: silence, putting off, a definite no, work that takes days. Money
// goes back once, the refund says what is known, and the worker sees it through.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { makeRefundStage } from './support/refunds.ts';

const gateway = await startTestGateway({ after }, { config: { provider_deadline_ms: 1_000 } });
const { client, clock, paypay } = gateway;
const { payQr, refund, retrieve, refunded, rows, atPaypay, settings } = makeRefundStage(gateway);

const DEFAULTS = {
  refund_delay_seconds: 0,
  refund_failed_seconds: 0,
  one_refund_per_payment: false,
  refund_throttle_seconds: 0,
};
beforeEach(async () => {
  await paypay.clearFaults();
  await settings(DEFAULTS);
});

const events = async (id: string) =>
  (
    await gateway.query<{ type: string }>(
      `select type from events where object_json::json ->> 'id' = $1 order by id`,
      [id],
    )
  ).map(({ type }) => type);

/** Runs the worker's job whenever something is due, for so long. */
async function pass(ms: number, step_ms = 500): Promise<void> {
  for (let passed = 0; passed < ms; passed += step_ms) {
    clock.advance(step_ms);
    while ((await gateway.runJob('refunds')) > 0);
  }
}

for (const fault of [
  'hang_after_success',
  'server_error_after_success',
  'html_502',
  'hang',
  'server_error',
]) {
  test(`after ${fault} the refund is pending and unknown, and one refund is found or made`, async () => {
    const intent = await payQr();
    await paypay.setFault(fault, { endpoint: 'create_refund', times: 1 });
    const { status, json } = await refund(intent, { amount: 600 }, { idempotency_key: fault });
    assert.deepEqual([status, json.status, json.outcome], [201, 'pending', 'unknown'], JSON.stringify(json));
    assert.ok(json.next_check_at > new Date(clock.now()).toISOString());
    assert.equal(await refunded(intent), 600, 'what may be gone is not given away a second time');
    assert.deepEqual(await events(json.id), ['refund.created']);
    assert.deepEqual(await retrieve(json), json);

    await pass(20_000);
    const known = await retrieve(json);
    assert.deepEqual([known.status, known.outcome, known.next_check_at], ['succeeded', undefined, undefined]);
    const { length, 0: only } = await atPaypay(intent);
    assert.deepEqual([length, only?.merchantRefundId, only?.amount], [1, json.id, 600]);
    assert.deepEqual(await events(json.id), ['refund.created', 'refund.succeeded']);
    const again = await refund(intent, { amount: 600 }, { idempotency_key: fault });
    assert.equal(again.json.id, json.id);
    assert.equal(await refunded(intent), 600);
  });
}

test('a refund that PayPay denies is asked for again only after three denials, with the same id', async () => {
  const intent = await payQr();
  await paypay.setFault('server_error', { endpoint: 'create_refund', times: 1 });
  const { json } = await refund(intent);
  const [row] = await rows(intent);
  const asked = () => paypay.calls('create_refund', String(row?.['attempt_id']));
  for (const [wait_ms, times] of [
    [1_200, 1],
    [2_400, 1],
    [6_000, 2],
  ] as const) {
    assert.equal((await retrieve(json)).outcome, 'unknown');
    await pass(wait_ms, wait_ms);
    assert.equal(await asked(), times);
  }
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.deepEqual(
    (await atPaypay(intent)).map((one) => one.merchantRefundId),
    [json.id],
  );
});

test('what stays silent is asked about less and less often, and the truth counts after days', async () => {
  const intent = await payQr();
  await paypay.setFault('server_error_after_success', { endpoint: 'create_refund', times: 1 });
  await paypay.setFault('server_error', { endpoint: 'get_refund' });
  const { json } = await refund(intent);
  const [row] = await rows(intent);
  const asked = () => paypay.calls('get_refund', String(row?.['attempt_id']));
  for (let hour = 0; hour < 48; hour += 1) await pass(3_600_000, 900_000);
  assert.ok((await asked()) < 70, 'about hourly');
  assert.deepEqual([(await retrieve(json)).status, (await retrieve(json)).outcome], ['pending', 'unknown']);
  await paypay.clearFaults();
  await pass(2 * 3_600_000, 900_000);
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.equal((await atPaypay(intent)).length, 1);
});

test('what PayPay works on is pending without a doubt, also while it fails and tries again', async () => {
  await settings({ refund_delay_seconds: 3_600, refund_failed_seconds: 86_400 });
  const intent = await payQr();
  const { status, json } = await refund(intent);
  assert.deepEqual(
    [status, json.status, json.outcome, json.next_check_at],
    [201, 'pending', undefined, undefined],
  );
  const [row] = await rows(intent);
  const asked = () => paypay.calls('get_refund', String(row?.['attempt_id']));
  await pass(12_000);
  assert.equal(await asked(), 1, 'after ten seconds');
  await pass(3_600_000, 60_000);
  const after_an_hour = await asked();
  assert.ok(after_an_hour >= 5 && after_an_hour <= 9, `asked ${after_an_hour} times in an hour`);
  assert.equal((await atPaypay(intent))[0]?.status, 'REFUND_FAILED');
  assert.deepEqual([(await retrieve(json)).status, (await retrieve(json)).outcome], ['pending', undefined]);
  await pass(36 * 3_600_000, 3_600_000);
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.deepEqual(await events(json.id), ['refund.created', 'refund.succeeded']);
});

test('a refund that PayPay puts off is asked for a minute later, with the same id', async () => {
  await settings({ refund_throttle_seconds: 60 });
  const intent = await payQr();
  assert.equal((await refund(intent, { amount: 200 })).json.status, 'succeeded');
  const { status, json } = await refund(intent, { amount: 200 });
  assert.deepEqual([status, json.status, json.outcome], [201, 'pending', undefined]);
  await pass(55_000, 5_000);
  assert.equal((await retrieve(json)).status, 'pending');
  await pass(15_000, 5_000);
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.deepEqual(
    (await atPaypay(intent)).map((one) => one.amount),
    [200, 200],
  );
  assert.equal((await atPaypay(intent))[1]?.merchantRefundId, json.id);
});

for (const fault of ['rate_limit', 'maintenance']) {
  test(`${fault} puts a refund off`, async () => {
    const intent = await payQr();
    await paypay.setFault(fault, { endpoint: 'create_refund', times: 1 });
    const { status, json } = await refund(intent);
    assert.deepEqual([status, json.status, json.outcome], [201, 'pending', undefined]);
    await pass(70_000, 5_000);
    assert.equal((await retrieve(json)).status, 'succeeded');
  });
}

test('a contract with one refund for each payment refuses the second, and its place is free again', async () => {
  await settings({ one_refund_per_payment: true });
  const intent = await payQr();
  assert.equal((await refund(intent, { amount: 100 })).status, 201);
  const options = { idempotency_key: 'second' };
  const { status, json, text } = await refund(intent, { amount: 200 }, options);
  assert.deepEqual([status, json.code], [409, 'invalid_payment_state'], text);
  assert.match(json.message, /one refund for each payment/);
  assert.equal(json.details.provider_code, 'MERCHANT_MULTIPLE_REFUND_REJECTED');
  const failed = await retrieve({ id: json.details.refund });
  assert.deepEqual(
    [failed.status, failed.failure_code, failed.amount],
    ['failed', 'MERCHANT_MULTIPLE_REFUND_REJECTED', 200],
  );
  assert.match(failed.failure_message, /one refund for each payment/);
  assert.equal(await refunded(intent), 100);
  assert.deepEqual(await events(failed.id), ['refund.created', 'refund.failed']);
  const again = await refund(intent, { amount: 200 }, options);
  assert.deepEqual([again.status, again.json.details], [409, json.details]);
  assert.equal((await rows(intent)).length, 2, 'the retry makes no third');
});

const { http } = gateway.context;

/** From now on PayPay takes us for a stranger, as it does who leaves a placeholder in place of the merchant's id. */
function comeAsStranger(): void {
  const stranger = { 'x-assume-merchant': 'merchant-id' };
  gateway.context.http = {
    ...http,
    request: (request) => http.request({ ...request, headers: { ...request.headers, ...stranger } }),
  };
}

function comeAsOurselves(): void {
  gateway.context.http = http;
}

test('a refusal that lies elsewhere is a provider error, which the retry hears again without a second refund', async () => {
  const intent = await payQr();
  comeAsStranger();
  const options = { idempotency_key: 'elsewhere' };
  const { status, json, text } = await refund(intent, {}, options);
  assert.deepEqual(
    [status, json.code, json.details.provider_code],
    [502, 'provider_error', 'UNAUTHORIZED'],
    text,
  );
  assert.equal((await retrieve({ id: json.details.refund })).status, 'failed');
  assert.equal(await refunded(intent), 0);
  const again = await refund(intent, {}, options);
  assert.deepEqual([again.status, again.json.details], [502, json.details]);
  assert.equal((await rows(intent)).length, 1);
  comeAsOurselves();
  assert.equal((await refund(intent)).json.status, 'succeeded', 'a new request is a new refund');
});

test('a refusal of the second asking does not hide that the first one was heard', async () => {
  const intent = await payQr();
  await paypay.setFault('server_error_after_success', { endpoint: 'create_refund', times: 1 });
  const { json } = await refund(intent);
  // As if PayPay had denied it often enough that the worker asks once more.
  await gateway.query(`update refunds set next_step = 'ask' where id = $1`, [json.id]);
  comeAsStranger();
  await pass(60_000, 5_000);
  assert.deepEqual([(await retrieve(json)).status, (await retrieve(json)).outcome], ['pending', 'unknown']);
  comeAsOurselves();
  await pass(600_000, 60_000);
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.equal((await atPaypay(intent)).length, 1);
});

test('the id of the payment that a refund needs is looked up when it is not known', async () => {
  const intent = await payQr();
  await gateway.query('update payment_attempts set provider_payment_id = null where payment_intent_id = $1', [
    intent.id,
  ]);
  assert.equal((await refund(intent)).json.status, 'succeeded');
});

test('a refund that is written and was never asked for is asked for by the worker', async () => {
  const intent = await payQr();
  const { json } = await refund(intent, { amount: 1 });
  const now = new Date(clock.now()).toISOString();
  await gateway.query(
    `with new as (
       insert into refunds (id, organization_id, livemode, merchant_id, payment_intent_id, attempt_id, amount, currency,
         provider, adapter, processing_mode, status, next_step, next_check_at, created_at, updated_at)
       select 're_01JHM4Z4T6V0Q0V9W8S1R2X3YA', organization_id, livemode, merchant_id, payment_intent_id, attempt_id,
         99, currency, provider, adapter, processing_mode, 'pending', 'ask', $2::timestamptz, $2::timestamptz, $2::timestamptz
       from refunds where id = $1)
     update payment_intents set amount_refunded = 100, version = version + 1 where id = $3`,
    [json.id, now, intent.id],
  );
  await gateway.runJob('refunds');
  assert.equal((await retrieve({ id: 're_01JHM4Z4T6V0Q0V9W8S1R2X3YA' })).status, 'succeeded');
  assert.equal((await atPaypay(intent)).length, 2);
});

test('an unknown refund counts among the unresolved outcomes', async () => {
  const intent = await payQr();
  await paypay.setFault('server_error', { endpoint: 'create_refund', times: 1 });
  const { json } = await refund(intent);
  clock.advance(100);
  const unresolved = async () => {
    await gateway.runJob('measure');
    return /^mpac_unresolved_outcomes (.+)$/m.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1];
  };
  assert.equal(await unresolved(), '1');
  await pass(20_000);
  assert.equal((await retrieve(json)).status, 'succeeded');
  assert.equal(await unresolved(), '0');
});

test('the payment is what it was: PayPay shows it as refunded, and the intent has succeeded', async () => {
  const intent = await payQr();
  await refund(intent);
  await paypay.notifyAgain(intent.code);
  await gateway.query('update payment_attempts set next_check_at = $2 where payment_intent_id = $1', [
    intent.id,
    new Date(clock.now()).toISOString(),
  ]);
  await gateway.settle();
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, json.amount_refunded], ['succeeded', 1_000, 1_000]);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
});

// PayPay falls silent, breaks, or says something odd: the outcome is unknown, never failed, and it is found out.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Json, send } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;

/** A confirm whose answer PayPay keeps back in the given way. */
async function confirmInto(fault: string) {
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  await gateway.paypay.setFault(fault, { endpoint: 'create_code', times: 1 });
  const answer = await terminal.confirmQr('confirm-1');
  return { ...intent, terminal, answer };
}

async function attemptOf(intent: { id: string }): Promise<Json & { id: string }> {
  const rows = await gateway.query<Json & { id: string }>(
    'select * from payment_attempts where payment_intent_id = $1 order by id desc',
    [intent.id],
  );
  assert.ok(rows[0]);
  return rows[0];
}

test('whatever PayPay breaks with, the confirm is a provider_error and the outcome unknown', async () => {
  for (const fault of ['server_error_after_success', 'server_error', 'html_502']) {
    const { id, terminal, answer } = await confirmInto(fault);
    assert.equal(answer.status, 502, fault);
    assert.deepEqual([answer.json.code, answer.json.error.code], ['provider_error', 'provider_error']);
    assert.equal(answer.json.details.outcome, 'unknown');
    assert.match(answer.json.message, /unknown.*Retry with the same Idempotency-Key/s);
    const { json } = await terminal.retrieve();
    assert.deepEqual([json.status, json.outcome, json.amount_received], ['processing', 'unknown', 0], fault);
    assert.equal(json.next_check_at, answer.json.details.next_check_at);
    assert.ok(json.next_check_at > new Date(clock.now()).toISOString());
    assert.deepEqual(await gateway.eventsOf({ id }), ['created', 'processing']);
  }
});

test('silence is 504, within the deadline that is set', async (t) => {
  const own = await startTestGateway(t, { config: { provider_deadline_ms: 250 } });
  for (const fault of ['hang', 'hang_after_success']) {
    const intent = await own.createIntent();
    await own.paypay.setFault(fault, { endpoint: 'create_code', times: 1 });
    const { status, json } = await own.terminalFor(intent).confirmQr();
    assert.deepEqual([status, json.code, json.details.outcome], [504, 'provider_error', 'unknown'], fault);
    assert.equal(json.details.provider_code, 'provider_timeout');
    assert.equal(await own.statusOf(intent), 'processing');
  }
});

test('a PayPay that did not begin is no unknown outcome: nothing was taken, and the next try may begin', async () => {
  for (const fault of ['rate_limit', 'maintenance']) {
    const { terminal, answer } = await confirmInto(fault);
    assert.deepEqual([answer.status, answer.json.code], [502, 'provider_error'], fault);
    assert.match(answer.json.message, /nothing was taken/);
    assert.equal(answer.json.details.outcome, undefined);
    assert.equal((await terminal.retrieve()).json.status, 'requires_payment_method');
    assert.equal((await terminal.confirmQr()).json.status, 'requires_action');
  }
});

test('a retry with the same key brings the code of the confirm whose answer was lost', async () => {
  const { id, terminal } = await confirmInto('server_error_after_success');
  const retry = await terminal.confirmQr('confirm-1');
  assert.deepEqual([retry.status, retry.json.status], [200, 'requires_action']);
  assert.equal(
    (await gateway.paypay.find(retry.json.qr_content)).merchantPaymentId,
    (await attemptOf({ id })).id,
  );
  assert.deepEqual(await gateway.eventsOf({ id }), ['created', 'processing', 'requires_action']);
});

test('a terminal that sends no keys gets the code by the same confirm', async () => {
  const { terminal } = await confirmInto('html_502');
  const retry = await terminal.confirmQr();
  assert.deepEqual([retry.status, retry.json.status], [200, 'requires_action']);
});

test('without a retry the resolver brings the code, and the customer can pay', async () => {
  const { id, terminal } = await confirmInto('server_error_after_success');
  clock.advance(1_500);
  await gateway.settle();
  assert.equal((await terminal.retrieve()).json.status, 'requires_action');
  const { json } = await terminal.confirmQr();
  await gateway.paypay.pay(json.qr_content);
  clock.advance(3_000);
  await gateway.settle();
  assert.equal((await terminal.retrieve()).json.status, 'succeeded');
  assert.deepEqual(await gateway.eventsOf({ id }), ['created', 'processing', 'requires_action', 'succeeded']);
});

test('a confirm that never arrived is given up only after PayPay denied it three times', async () => {
  const { id, terminal } = await confirmInto('server_error');
  const attempt = await attemptOf({ id });
  for (const [wait_ms, expected] of [
    [1_500, 'processing'],
    [2_500, 'processing'],
    [6_000, 'requires_payment_method'],
  ] as const) {
    assert.equal((await terminal.retrieve()).json.outcome, 'unknown');
    clock.advance(wait_ms);
    await gateway.settle();
    assert.equal((await terminal.retrieve()).json.status, expected);
  }
  assert.equal(await gateway.paypay.calls('get_payment', attempt.id), 3);
  const { json } = await client.reissueToken(id);
  const again = await gateway.terminalFor(json).confirmQr();
  assert.equal(again.json.status, 'requires_action');
  assert.notEqual((await attemptOf({ id })).id, attempt.id, 'a new try has a new id');
});

test('an outcome that stays unknown for days is asked for again and again, and the truth counts in the end', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent();
  const terminal = own.terminalFor(intent);
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_code' });
  await own.paypay.setFault('server_error', { endpoint: 'get_payment' });
  assert.equal((await terminal.confirmQr()).status, 502);
  const waits: number[] = [];
  for (let checks = 0; checks < 30; checks += 1) {
    const { json } = await own.client.retrieve(intent.id);
    assert.deepEqual([json.status, json.outcome, json.amount_received], ['processing', 'unknown', 0]);
    const wait_ms = Date.parse(json.next_check_at) - own.clock.now();
    waits.push(Math.floor(wait_ms / 1_000));
    own.clock.advance(wait_ms);
    await own.settle();
  }
  const [first = 0, second = 0, third = 0] = waits;
  assert.ok(first <= 2 && second <= 3 && third <= 6, String(waits));
  assert.ok(Math.max(...waits) <= 3_960 && (waits.at(-1) ?? 0) >= 3_600, String(waits));
  assert.deepEqual(await own.eventsOf(intent), ['created', 'processing'], 'told once');

  await own.paypay.payLate();
  await own.paypay.clearFaults();
  own.clock.advance(3_960_000);
  await own.settle();
  const { json } = await own.client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_received, 'outcome' in json], ['succeeded', 1_000, false]);
  assert.deepEqual(await own.latePaymentsOf(intent), []);
});

test('look-ups that fail while the code is open do not take it from the customer', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  await own.paypay.setFault('server_error', { endpoint: 'get_payment', times: 3 });
  for (let n = 0; n < 3; n += 1) {
    own.clock.advance(3_100);
    await own.settle();
    const { json } = await intent.terminal.retrieve();
    assert.deepEqual([json.status, 'outcome' in json], ['requires_action', false]);
  }
  await own.paypay.pay(intent.code);
  own.clock.advance(3_100);
  await own.settle();
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('another amount than ours is quarantined and reported, not accepted', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.openQr();
  await own.paypay.pay(intent.code);
  await own.paypay.setFault('wrong_amount', { times: 1 });
  own.clock.advance(3_100);
  await own.settle();
  const { json } = await own.client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.outcome, json.amount_received, json.last_payment_error.code],
    ['processing', 'unknown', 0, 'amount_mismatch'],
  );
  assert.match(json.last_payment_error.message, /1001 JPY instead of 1000 JPY/);
  const reported = own.log.lines.filter((line) => /reports another amount/.test(line.msg ?? ''));
  assert.equal(reported.length, 1);
  assert.equal(
    (await own.client.cancel(intent.id)).status,
    409,
    'money that nobody understands is not called off',
  );

  own.clock.advance(1_500);
  await own.settle();
  assert.equal(await own.statusOf(intent), 'succeeded', 'PayPay corrected itself');
});

test('another amount is reported although the outcome was unknown already', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent();
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await own.terminalFor(intent).confirmQr()).status, 502);
  await own.paypay.payLate();
  await own.paypay.setFault('wrong_amount', { times: 1 });
  own.clock.advance(1_500);
  await own.settle();
  const { json } = await own.client.retrieve(intent.id);
  assert.deepEqual([json.outcome, json.last_payment_error.code], ['unknown', 'amount_mismatch']);
  assert.equal(own.log.lines.filter((line) => /reports another amount/.test(line.msg ?? '')).length, 1);
});

test('an adapter’s question in a second process does not open a second code', async (t) => {
  const own = await startTestGateway(t, { replicas: 2 });
  const [here, there] = own.replicas;
  assert.ok(here && there);
  const intent = await own.createIntent();
  await own.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await own.terminalFor(intent, here).confirmQr()).status, 502);
  own.clock.advance(1_500);
  const [by_terminal] = await Promise.all([own.terminalFor(intent, there).confirmQr(), own.settle()]);
  assert.equal(by_terminal.status, 200, by_terminal.text);
  assert.equal((await own.paypay.payments()).length, 1);
  assert.equal(await own.statusOf(intent), 'requires_action');
});

test('a busy merchant’s look-ups keep to their budget, and another merchant’s do not wait for them', async (t) => {
  const own = await startTestGateway(t, { config: { look_up_per_second: 3, look_up_burst: 5 } });
  await own.saveStore({
    merchant: { id: 'merchant_002', name: 'Small' },
    store: { id: 'store_002', name: 'Small' },
  });
  for (let n = 0; n < 12; n += 1) await own.openQr();
  own.clock.advance(3_000);
  assert.equal(await own.runJob('look_ups'), 5, 'the burst');
  assert.equal(await own.runJob('look_ups'), 0, 'nothing is left of it');
  const small = await own.openQr({ merchant_store_id: 'store_002' });
  await own.paypay.pay(small.code);
  own.clock.advance(1_000);
  assert.equal(await own.runJob('look_ups'), 3, 'three a second');
  own.clock.advance(1_300);
  await own.settle();
  assert.equal(await own.statusOf(small), 'succeeded');
  assert.ok((await own.paypay.calls('get_payment')) <= 5 + 3 + 6 + 1);
});

test('a 429 slows all look-ups of its merchant down, longer each time, and those of another not at all', async (t) => {
  const own = await startTestGateway(t, {
    replicas: 2,
    config: { look_up_per_second: 3, look_up_burst: 10 },
  });
  const [, other_worker] = own.replicas;
  assert.ok(other_worker);
  await own.saveStore({
    merchant: { id: 'merchant_002', name: 'Small' },
    store: { id: 'store_002', name: 'Small' },
  });
  const busy = [await own.openQr(), await own.openQr(), await own.openQr()];
  const refuseOnce = () => own.paypay.setFault('rate_limit', { endpoint: 'get_payment', times: 1 });
  own.clock.advance(2_000);
  const small = await own.openQr({ merchant_store_id: 'store_002' });
  // The three are under way together, and one of them is refused: that is one refusal.
  await refuseOnce();
  own.clock.advance(1_000);
  assert.equal(await own.runJob('look_ups'), 3);
  for (const intent of [...busy, small]) await own.paypay.pay(intent.code);
  const statuses = () => Promise.all(busy.map((intent) => own.statusOf(intent)));

  own.clock.advance(1_900);
  assert.equal(
    await own.runJob('look_ups', other_worker),
    1,
    'no worker asks for two seconds, but for the other',
  );
  assert.equal(await own.statusOf(small), 'succeeded');
  await refuseOnce();
  own.clock.advance(750);
  assert.equal(await own.runJob('look_ups'), 1, 'then the first, which is refused again');
  assert.deepEqual(await statuses(), Array(3).fill('requires_action'));

  own.clock.advance(3_900);
  assert.equal(await own.runJob('look_ups', other_worker), 0, 'four seconds this time');
  own.clock.advance(2_000);
  await own.settle();
  assert.deepEqual(await statuses(), Array(3).fill('succeeded'));
  const { text } = await send(own.url, 'GET', '/metrics', {}, undefined);
  assert.match(text, /^mpac_look_up_throttles_total\{provider="PAYPAY"\} 2$/m);
});

test('an answer in between ends the slowing down: the next 429 begins at two seconds again', async (t) => {
  const own = await startTestGateway(t, { config: { look_up_per_second: 3, look_up_burst: 10 } });
  await own.openQr();
  for (let round = 0; round < 3; round += 1) {
    await own.paypay.setFault('rate_limit', { endpoint: 'get_payment', times: 1 });
    own.clock.advance(6_000);
    assert.equal(await own.runJob('look_ups'), 1);
    own.clock.advance(6_000);
    assert.equal(await own.runJob('look_ups'), 1, 'answered');
  }
  const waits = own.log.lines.filter(({ msg }) => msg === 'the provider wants fewer look-ups');
  assert.equal(waits.length, 3);
  for (const { wait_ms } of waits)
    assert.ok(Number(wait_ms) >= 2_000 && Number(wait_ms) <= 2_200, String(wait_ms));
});

test('hundreds of open codes of one merchant do not delay the look-ups of another', async (t) => {
  const own = await startTestGateway(t, { config: { look_up_per_second: 3, look_up_burst: 10 } });
  await own.saveStore({
    merchant: { id: 'merchant_002', name: 'Small' },
    store: { id: 'store_002', name: 'Small' },
  });
  const busy = await own.openQr();
  await own.query(
    `insert into payment_attempts
     select (json_populate_record(a, json_build_object('id', a.id || n))).*
     from payment_attempts a, generate_series(1, 150) n where a.payment_intent_id = $1`,
    [busy.id],
  );
  own.clock.advance(60_000);
  const small = await own.openQr({ merchant_store_id: 'store_002' });
  await own.paypay.pay(small.code);
  own.clock.advance(3_000);
  assert.equal(await own.runJob('look_ups'), 10 + 1, 'a burst of the one, and the other');
  assert.equal(await own.statusOf(small), 'succeeded');
  assert.equal(await own.runJob('look_ups'), 0);
});

test('a look-up that PayPay does not answer keeps no other payment waiting', async (t) => {
  const own = await startTestGateway(t, { worker: true, config: { provider_deadline_ms: 3_000 } });
  const silent = await own.openQr();
  await own.paypay.setFault('hang', { endpoint: 'get_payment', times: 1 });
  own.clock.advance(3_100);
  own.context.wakeWorker?.('look_ups');
  const { merchantPaymentId } = await own.paypay.find(silent.code);
  while ((await own.paypay.calls('get_payment', merchantPaymentId)) === 0);
  const other = await own.openQr();
  await own.paypay.pay(other.code);
  const moved = own.log.next((line) => line.msg === 'payment intent moved' && line['to'] === 'succeeded');
  own.clock.advance(3_100);
  own.context.wakeWorker?.('look_ups');
  await moved;
  const answers = own.log.lines.filter(
    (line) => line.msg === 'provider asked' && line['operation'] === 'lookUp',
  );
  assert.ok(answers.length > 0);
  assert.ok(
    !answers.some((line) => line['attempt'] === merchantPaymentId),
    'PayPay is still silent about the first',
  );
});

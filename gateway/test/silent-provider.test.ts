// A provider that has fallen silent is left alone for a while. Nothing new is begun there, nothing that was asked is
// taken for declined, and once it is back every payment is found as it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, send } from './support/client.ts';
import { type Scope, startTestGateway, type TestGateway } from './support/gateway.ts';

const FAILURES = 3;
const PAUSE_MS = 5_000;
const CONFIG = { provider_circuit_failures: FAILURES };

const startGateway = (t: Scope, config: object = {}) =>
  startTestGateway(t, { config: { ...CONFIG, ...config } });

/** As many confirms into PayPay's silence as it takes until the gateway leaves it alone. */
async function fallSilent(gateway: TestGateway, fault = 'server_error_after_success') {
  await gateway.paypay.setFault(fault);
  const intents = [];
  for (let n = 0; n < FAILURES; n += 1) {
    const intent = await gateway.createIntent();
    const terminal = gateway.terminalFor(intent);
    const { status, json } = await terminal.confirmQr();
    assert.equal(json.details.outcome, 'unknown', String(status));
    intents.push({ ...intent, terminal });
  }
  return intents;
}

/** The probe may be another's look-up; who meets it under way comes again in a moment. */
async function comeBack(gateway: TestGateway) {
  for (let round = 0; round < 2; round += 1) {
    gateway.clock.advance(PAUSE_MS + 1_000);
    await gateway.settle();
  }
}

function assertNotBegun(answer: Answer): void {
  assert.deepEqual([answer.status, answer.json.code], [502, 'provider_error'], answer.text);
  assert.match(answer.json.message, /nothing was begun/);
  assert.equal(answer.json.details.outcome, 'not_begun');
  assert.equal(answer.json.details.constraint, 'provider_answers');
  assert.ok(Number(answer.headers.get('retry-after')) >= 1);
}

const metric = async (gateway: TestGateway, pattern: RegExp) => {
  const { text } = await send(gateway.url, 'GET', '/metrics', {}, undefined);
  return Number(pattern.exec(text)?.[1] ?? Number.NaN);
};
const OPEN = /^mpac_provider_circuits_open\{provider="PAYPAY"\} (\d+)$/m;
const REFUSED = /^mpac_provider_circuit_refusals_total\{provider="PAYPAY",question="start"\} (\d+)$/m;

test('every payment that was asked about before PayPay fell silent is found paid once, after it is back', async (t) => {
  const gateway = await startGateway(t, { provider_deadline_ms: 1_000 });
  const intents = await fallSilent(gateway, 'hang_after_success');
  assert.equal(await metric(gateway, OPEN), 1);
  for (const { merchantPaymentId, url } of await gateway.paypay.payments()) {
    assert.match(merchantPaymentId, /^pa_/);
    await gateway.paypay.pay(url);
  }
  const asked = await gateway.paypay.calls('get_payment');
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment'), asked, 'nobody asks in the pause');
  for (const intent of intents) {
    const { json } = await gateway.client.retrieve(intent.id);
    assert.deepEqual([json.status, json.outcome], ['processing', 'unknown'], 'unknown is not declined');
    assert.ok(Date.parse(json.next_check_at) > gateway.clock.now());
  }

  await gateway.paypay.clearFaults();
  await comeBack(gateway);
  for (const intent of intents) {
    assert.equal(await gateway.statusOf(intent), 'succeeded');
    assert.deepEqual(await gateway.latePaymentsOf(intent), []);
    const events = await gateway.eventsOf(intent);
    assert.equal(events.filter((type) => type === 'succeeded').length, 1);
  }
  assert.equal((await gateway.paypay.taken()).length, FAILURES);
  assert.equal(await metric(gateway, OPEN), 0);
});

test('a confirm while PayPay is silent is refused before anything is written, and the same token can confirm later', async (t) => {
  const gateway = await startGateway(t);
  await fallSilent(gateway);
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  const calls = await gateway.paypay.calls('create_code');
  assertNotBegun(await terminal.confirmQr('confirm-1'));
  assert.equal(await gateway.paypay.calls('create_code'), calls);
  assert.equal(await metric(gateway, REFUSED), 1);
  assert.deepEqual(await gateway.eventsOf(intent), ['created']);
  const attempts = await gateway.query('select id from payment_attempts where payment_intent_id = $1', [
    intent.id,
  ]);
  assert.deepEqual(attempts, []);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');

  await gateway.paypay.clearFaults();
  gateway.clock.advance(PAUSE_MS);
  const later = await terminal.confirmQr('confirm-1');
  assert.deepEqual([later.status, later.json.status], [200, 'requires_action'], later.text);
});

test('a code that a customer shows is not used up while PayPay is silent, and pays afterwards', async (t) => {
  const gateway = await startGateway(t);
  const scanned = { payment_method_type: 'qr_cpm', customer_code: await gateway.paypay.showCode() };
  await fallSilent(gateway, 'server_error');
  const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm'] });
  const terminal = gateway.terminalFor(intent);
  assertNotBegun(await terminal.confirm(scanned));
  await gateway.paypay.clearFaults();
  gateway.clock.advance(PAUSE_MS);
  const { status, json } = await terminal.confirm(scanned);
  assert.deepEqual([status, json.status], [200, 'succeeded']);
  assert.equal((await gateway.paypay.taken()).length, 1);
});

test('a confirm that was begun before is not asked again while PayPay is silent, and says so', async (t) => {
  const gateway = await startGateway(t);
  const [intent] = await fallSilent(gateway);
  assert.ok(intent);
  const calls = await gateway.paypay.calls('create_code');
  const { status, json, headers } = await intent.terminal.confirmQr();
  assert.deepEqual([status, json.code, json.details.outcome], [502, 'provider_error', 'unknown']);
  assert.match(json.message, /not asked again.*begun earlier/);
  assert.ok(Number(headers.get('retry-after')) >= 1);
  assert.equal(await gateway.paypay.calls('create_code'), calls);
});

test('a capture, a cancel and a refund are refused before their first write, and go through later', async (t) => {
  const gateway = await startGateway(t);
  const held = await gateway.holdQr();
  const open = await gateway.openQr();
  const paid = await gateway.openQr();
  await gateway.paypay.pay(paid.code);
  gateway.clock.advance(3_100);
  await gateway.settle();
  await fallSilent(gateway, 'server_error');
  const before = await gateway.query('select id, version from payment_intents order by id');

  assertNotBegun(await gateway.client.capture(held.id, {}));
  assertNotBegun(await gateway.client.cancel(held.id, {}));
  assertNotBegun(await open.terminal.cancel());
  assertNotBegun(await gateway.client.post('/v1/refunds', { payment_intent: paid.id }));
  assert.deepEqual(await gateway.query('select id, version from payment_intents order by id'), before);
  assert.deepEqual(await gateway.query('select id from refunds'), []);

  await gateway.paypay.clearFaults();
  gateway.clock.advance(PAUSE_MS);
  assert.equal((await gateway.client.capture(held.id, {})).json.status, 'succeeded');
  assert.equal((await open.terminal.cancel()).json.status, 'cancelled');
  assert.equal((await gateway.client.post('/v1/refunds', { payment_intent: paid.id })).status, 201);
});

test('a cancel that an earlier request began is not called unbegun, and is seen through', async (t) => {
  const gateway = await startGateway(t);
  const intent = await gateway.openQr();
  await gateway.paypay.setFault('server_error', { times: 2 });
  assert.equal((await gateway.client.cancel(intent.id, {})).status, 502);
  await gateway.openQr();
  await fallSilent(gateway, 'server_error');
  const { status, json, headers } = await gateway.client.cancel(intent.id, {});
  assert.deepEqual([status, json.code, json.details.outcome], [502, 'provider_error', 'unknown']);
  assert.match(json.message, /not asked again.*begun earlier/);
  assert.ok(Number(headers.get('retry-after')) >= 1);
  await gateway.paypay.clearFaults();
  await comeBack(gateway);
  assert.equal(await gateway.statusOf(intent), 'cancelled');
});

test('a cancel that PayPay takes its time for is not told as refused when PayPay has fallen silent meanwhile', async (t) => {
  const gateway = await startGateway(t);
  await gateway.paypay.control('POST', '/settings', { cancel_delay_seconds: 20 });
  const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm'] });
  const terminal = gateway.terminalFor(intent);
  const customer_code = await gateway.paypay.showCode('confirms');
  assert.equal((await terminal.confirm({ payment_method_type: 'qr_cpm', customer_code })).status, 200);
  assert.equal((await terminal.cancel({}, 'cancel-1')).status, 502);
  await fallSilent(gateway, 'server_error');
  const { status, json, headers } = await terminal.cancel({}, 'cancel-1');
  assert.deepEqual([status, json.code, json.details.outcome], [502, 'provider_error', 'unknown']);
  assert.match(json.message, /not asked again.*begun earlier/);
  assert.ok(Number(headers.get('retry-after')) >= 1);
});

test('a look-up that is put off is no check, comes back at the next probe, and does not spin', async (t) => {
  const gateway = await startGateway(t);
  const intents = await fallSilent(gateway, 'server_error');
  const checks = () =>
    gateway.query('select id, checks_done, not_found_count from payment_attempts order by id');
  const before = await checks();
  gateway.clock.advance(2_500);
  assert.equal(await gateway.runJob('look_ups'), intents.length);
  assert.equal(await gateway.runJob('look_ups'), 0, 'what was put off is not due again');
  assert.deepEqual(await checks(), before);

  const [first] = await gateway.paypay.payments();
  assert.equal(first, undefined, 'nothing arrived at PayPay');
  gateway.clock.advance(PAUSE_MS);
  const asked = await gateway.paypay.calls('get_payment');
  await gateway.runJob('look_ups');
  assert.equal(await gateway.paypay.calls('get_payment'), asked + 1, 'one probe, and nobody beside it');
});

test('a notification makes a look-up due, and it still waits for the probe', async (t) => {
  const gateway = await startGateway(t);
  const open = await gateway.openQr();
  await gateway.paypay.pay(open.code);
  await fallSilent(gateway, 'server_error');
  const { merchantPaymentId } = await gateway.paypay.find(open.code);
  const asked = await gateway.paypay.calls('get_payment');
  const body = { merchantPaymentId, status: 'COMPLETED' };
  const headers = { 'content-type': 'application/json' };
  assert.equal((await send(gateway.url, 'POST', '/v1/webhooks/paypay', headers, body)).status, 200);
  await gateway.settle();
  assert.equal(await gateway.paypay.calls('get_payment'), asked);
  assert.equal(await gateway.statusOf(open), 'requires_action');
  await gateway.paypay.clearFaults();
  await comeBack(gateway);
  assert.equal(await gateway.statusOf(open), 'succeeded');
});

test('a refund that waits for the worker is not counted as asked while PayPay is silent', async (t) => {
  const gateway = await startGateway(t);
  const paid = await gateway.openQr();
  assert.equal((await paid.terminal.cancel()).json.status, 'cancelled');
  await gateway.paypay.payLate(paid.code);
  gateway.clock.advance(61_000);
  await gateway.runJob('look_ups');
  const refunds = () => gateway.query('select asked_at, status, checks_done from refunds');
  assert.deepEqual(await refunds(), [{ asked_at: null, status: 'pending', checks_done: 0 }]);
  await fallSilent(gateway, 'server_error');
  assert.equal(await gateway.runJob('refunds'), 1);
  assert.equal(await gateway.runJob('refunds'), 0);
  assert.deepEqual(await refunds(), [{ asked_at: null, status: 'pending', checks_done: 0 }]);
  await gateway.paypay.clearFaults();
  gateway.clock.advance(PAUSE_MS + 1_000);
  await gateway.settle();
  assert.equal((await refunds())[0]?.['status'], 'succeeded');
});

test('refusals, rate limits and another amount do not make a provider count as silent', async (t) => {
  const gateway = await startGateway(t);
  for (const fault of ['rate_limit', 'maintenance']) {
    await gateway.paypay.setFault(fault);
    for (let n = 0; n < FAILURES + 1; n += 1) {
      const { json } = await gateway.terminalFor(await gateway.createIntent()).confirmQr();
      assert.match(json.message, /nothing was taken/, fault);
    }
    await gateway.paypay.clearFaults();
  }
  const open = [];
  for (let n = 0; n < FAILURES + 1; n += 1) open.push(await gateway.openQr());
  await gateway.paypay.setFault('wrong_amount');
  for (const { code } of open) await gateway.paypay.pay(code);
  gateway.clock.advance(3_100);
  await gateway.settle();
  assert.equal((await gateway.terminalFor(await gateway.createIntent()).confirmQr()).status, 200);
});

test('each process finds out for itself: the other replica still asks', async (t) => {
  const gateway = await startTestGateway(t, { replicas: 2, config: CONFIG });
  const [, other] = gateway.replicas;
  assert.ok(other);
  await fallSilent(gateway, 'server_error');
  const intent = await gateway.createIntent();
  await gateway.paypay.clearFaults();
  assertNotBegun(await gateway.terminalFor(intent).confirmQr());
  assert.equal((await gateway.terminalFor(intent, other).confirmQr()).status, 200);
});

test('live payments are not held back by the silence of the sandbox', async (t) => {
  const gateway = await startGateway(t);
  gateway.context.config.provider_defaults = {
    PAYPAY: {
      api_key: 'simulator-key',
      api_secret: 'simulator-secret',
      base_url: `${gateway.simulator_url}/paypay`,
    },
  };
  await gateway.saveStore({ livemode: true });
  await fallSilent(gateway, 'server_error');
  await gateway.paypay.clearFaults();
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  const intent = await gateway.createIntent({}, live);
  assert.equal((await gateway.terminalFor(intent).confirmQr()).status, 200);
});

test('with the setting at zero nobody is ever held back', async (t) => {
  const gateway = await startGateway(t, { provider_circuit_failures: 0 });
  await fallSilent(gateway, 'server_error');
  await gateway.paypay.clearFaults();
  assert.equal((await gateway.terminalFor(await gateway.createIntent()).confirmQr()).status, 200);
});

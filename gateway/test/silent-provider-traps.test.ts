// When a provider only seems to be silent: one account that it cannot serve, a payment that it does not know yet, a
// question that nobody sent. None of these may hold back anybody else, and none may pass for an answer either.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from './support/client.ts';
import { type Scope, startTestGateway, type TestGateway } from './support/gateway.ts';

const FAILURES = 3;
const PAUSE_MS = 5_000;
const startGateway = (t: Scope) => startTestGateway(t, { config: { provider_circuit_failures: FAILURES } });

const OTHER = { merchant_id: 'paypay_merchant_broken', merchant: 'merchant_broken', store: 'store_broken' };

/** PayPay answers every call for one account with 500, and all others as ever. */
async function breakAccount(gateway: TestGateway) {
  await gateway.saveStore({
    merchant: { id: OTHER.merchant, name: 'A merchant whose account is broken' },
    store: { id: OTHER.store, name: 'Its store' },
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: OTHER.merchant_id } },
    ],
  });
  const { http } = gateway.context;
  gateway.context.http = {
    ...http,
    async request(request) {
      const answer = await http.request(request);
      if (request.headers?.['x-assume-merchant'] !== OTHER.merchant_id || answer.kind === 'failed')
        return answer;
      const body = JSON.stringify({ resultInfo: { code: 'SERVICE_ERROR', message: '', codeId: '1' } });
      return { ...answer, status: 500, body: Buffer.from(body) };
    },
  };
}

const confirmOf = async (gateway: TestGateway, changes: Json = {}) =>
  gateway.terminalFor(await gateway.createIntent(changes)).confirmQr();

test('one account that PayPay cannot serve is left alone, and every other merchant is paid all the while', async (t) => {
  const gateway = await startGateway(t);
  await breakAccount(gateway);
  const broken = { merchant_store_id: OTHER.store };
  for (let n = 0; n < FAILURES; n += 1) {
    assert.equal((await confirmOf(gateway, broken)).json.details.outcome, 'unknown');
  }
  assert.equal((await confirmOf(gateway, broken)).json.details.outcome, 'not_begun');
  assert.equal((await confirmOf(gateway)).status, 200, 'another merchant is not held back');
  for (let rounds = 0; rounds < 5; rounds += 1) {
    gateway.clock.advance(31_000);
    await gateway.runJob('look_ups');
    assert.equal((await confirmOf(gateway)).status, 200, `nor after ${rounds + 1} probes`);
  }
});

test('silence that two accounts meet is the server’s, and holds back a third', async (t) => {
  const gateway = await startGateway(t);
  const [first, second, third] = ['a', 'b', 'c'].map((name) => `store_${name}`);
  for (const id of [first, second, third]) {
    await gateway.saveStore({
      merchant: { id: `merchant_of_${id}`, name: 'A merchant' },
      store: { id: String(id), name: 'Its store' },
      payment_processor_configs: [
        { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: `paypay_of_${id}` } },
      ],
    });
  }
  await gateway.paypay.setFault('server_error');
  for (const merchant_store_id of [first, first, second]) {
    assert.equal((await confirmOf(gateway, { merchant_store_id })).json.details.outcome, 'unknown');
  }
  await gateway.paypay.clearFaults();
  const held_back = await confirmOf(gateway, { merchant_store_id: third });
  assert.equal(held_back.json.details?.outcome, 'not_begun', held_back.text);
  gateway.clock.advance(PAUSE_MS);
  assert.equal((await confirmOf(gateway, { merchant_store_id: third })).status, 200);
  assert.equal((await confirmOf(gateway, { merchant_store_id: first })).status, 200, 'one probe is enough');
});

test('a payment by a scanned code that PayPay does not know yet is an answer of PayPay’s, and no silence', async (t) => {
  const gateway = await startGateway(t);
  for (let n = 0; n < FAILURES; n += 1) {
    const scanned = { payment_method_type: 'qr_cpm', customer_code: await gateway.paypay.showCode() };
    const intent = await gateway.createIntent({ payment_method_types: ['qr_cpm'] });
    await gateway.paypay.setFault('server_error', { times: 1 });
    const { json } = await gateway.terminalFor(intent).confirm(scanned);
    assert.equal(json.details.outcome, 'unknown');
    const answered = await gateway.openQr();
    assert.equal((await answered.terminal.cancel()).status, 200);
  }
  gateway.clock.advance(2_500);
  assert.equal(await gateway.runJob('look_ups'), FAILURES);
  assert.equal((await confirmOf(gateway)).status, 200);
});

test('a refund that could not be sent is no answer of PayPay’s', async (t) => {
  const gateway = await startGateway(t);
  const paid = [];
  for (let n = 0; n < FAILURES + 1; n += 1) {
    const intent = await gateway.openQr();
    await gateway.paypay.pay(intent.code);
    paid.push(intent);
  }
  gateway.clock.advance(3_100);
  await gateway.settle();
  const { http } = gateway.context;
  const sent = { count: 0 };
  gateway.context.http = {
    ...http,
    async request() {
      sent.count += 1;
      const message = 'The connection failed (ECONNREFUSED).';
      return { kind: 'failed', reason: 'connection_failed', message, sent: false, duration_ms: 1 };
    },
  };
  for (const { id } of paid.slice(0, FAILURES)) {
    await gateway.client.post('/v1/refunds', { payment_intent: id });
  }
  assert.equal(sent.count, FAILURES);
  const { json } = await gateway.client.post('/v1/refunds', { payment_intent: paid[FAILURES]?.id });
  assert.equal(json.details?.outcome, 'not_begun', JSON.stringify(json));
  gateway.clock.advance(PAUSE_MS + 61_000);
  await gateway.runJob('refunds');
  assert.equal(sent.count, FAILURES + 1, 'one probe');
  assert.equal((await confirmOf(gateway)).json.details.outcome, 'not_begun', 'and it closed nothing');
});

test('a question that comes to nothing before it is sent does not use the probe up', async (t) => {
  const gateway = await startGateway(t);
  const scanned = { payment_method_type: 'qr_cpm', customer_code: await gateway.paypay.showCode() };
  const first = await gateway.createIntent({ payment_method_types: ['qr_cpm'] });
  assert.equal((await gateway.terminalFor(first).confirm(scanned)).status, 200);
  await gateway.paypay.setFault('server_error');
  for (let n = 0; n < FAILURES; n += 1) await confirmOf(gateway);
  await gateway.paypay.clearFaults();
  gateway.clock.advance(PAUSE_MS);
  const second = await gateway.createIntent({ payment_method_types: ['qr_cpm'] });
  const used = await gateway.terminalFor(second).confirm(scanned);
  assert.equal(used.status, 409, used.text);
  const { status, text } = await confirmOf(gateway);
  assert.equal(status, 200, text);
});

// Confirming, by every method: the documents' answers, what each method needs, and what is refused.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Answer, type Json, send } from './support/client.ts';
import { START_MS, startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;

function refusal({ status, json }: Answer) {
  return [status, json.code, json.details?.field];
}

test('a QR confirm answers as the PaymentIntent guide and the API reference show', async () => {
  const intent = await gateway.createIntent({
    amount: 2500,
    payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
  });
  const answer = await gateway
    .terminalFor(intent)
    .confirm({ payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  assert.equal(answer.status, 200);
  const { qr_content, qr_code_url, ...rest } = answer.json;
  assert.deepEqual(rest, {
    id: intent.id,
    object: 'payment_intent',
    status: 'requires_action',
    amount: 2500,
    currency: 'JPY',
    payment_id: intent.id,
    payment_intent_id: intent.id,
    provider: 'PAYPAY',
    payment_method_type: 'qr_mpm',
    processing_mode: 'pgw_processed',
    expires_at: new Date(gateway.clock.now() + 300_000).toISOString(),
  });
  const paypay = await gateway.paypay.find(qr_content);
  assert.deepEqual([paypay.amount, paypay.phase], [2500, 'open']);
  assert.ok(qr_code_url.startsWith(`${gateway.url}/v1/qr_codes/`));

  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.provider, json.processing_mode, json.expires_at],
    ['requires_action', 'PAYPAY', 'pgw_processed', intent['expires_at']],
  );
});

test('the picture of the code is an SVG that needs no key, and no other address shows it', async () => {
  const intent = await gateway.openQr();
  const address = String(intent.confirmation.qr_code_url);
  const picture = await send(address, 'GET', '', {}, undefined);
  assert.deepEqual([picture.status, picture.headers.get('content-type')], [200, 'image/svg+xml']);
  assert.match(picture.text, /^<svg/);
  for (const wrong of [address.slice(0, -1), `${address}x`, address.replace(/signature=.*/, 'signature=')]) {
    assert.equal((await send(wrong, 'GET', '', {}, undefined)).status, 404, wrong);
  }
});

test('the picture of a code is gone when the code is over, or is being called off', async () => {
  const pictureOf = async (intent: { confirmation: Json }) =>
    (await send(String(intent.confirmation['qr_code_url']), 'GET', '', {}, undefined)).status;
  const paid = await gateway.openQr();
  await gateway.paypay.pay(paid.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.statusOf(paid), 'succeeded');
  assert.equal(await pictureOf(paid), 404);

  const cancelled = await gateway.openQr();
  assert.equal(await pictureOf(cancelled), 200);
  await gateway.paypay.setFault('server_error', { endpoint: 'delete_code', times: 1 });
  assert.equal((await cancelled.terminal.cancel()).status, 502);
  assert.equal(await pictureOf(cancelled), 404, 'its cancel was asked for');
});

test('the code shows what PayPay gave, and PayPay was told the store and the description', async () => {
  const intent = await gateway.openQr({ description: 'Latte ×2', merchant_terminal_id: 'till_7' });
  const [paypay] = (await gateway.paypay.payments()) as unknown as Json[];
  assert.equal(paypay?.['url'], intent.code);
  assert.deepEqual(
    [paypay?.['orderDescription'], paypay?.['storeId'], paypay?.['terminalId'], paypay?.['merchantId']],
    ['Latte ×2', 'store_001', 'till_7', 'paypay_merchant_123'],
  );
  assert.match(String(paypay?.['merchantPaymentId']), /^pa_[0-9A-Z]{26}$/);
  assert.equal(JSON.stringify(paypay).includes(intent.id), false, 'PayPay sees the attempt, nothing more');
});

test('a card confirm answers as the guide shows', async () => {
  const intent = await gateway.createIntent({ amount: 2500 });
  const answer = await gateway.terminalFor(intent).confirm({
    payment_method_type: 'credit_card',
    provider: 'VISA',
    external_ref_id: 'APPROVAL_CODE_123',
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json, {
    id: intent.id,
    object: 'payment_intent',
    status: 'succeeded',
    amount: 2500,
    currency: 'JPY',
    payment_id: intent.id,
    payment_intent_id: intent.id,
    provider: 'VISA',
    payment_method_type: 'credit_card',
    processing_mode: 'external',
  });
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.amount_received, json.provider, json.processing_mode], [2500, 'VISA', 'external']);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'succeeded']);
});

test('a cash confirm answers as the guide shows', async () => {
  const intent = await gateway.createIntent({ amount: 2500 });
  const { status, json } = await gateway.terminalFor(intent).confirm({ payment_method_type: 'cash' });
  assert.equal(status, 200);
  assert.deepEqual([json.status, json.provider, json.processing_mode], ['succeeded', 'CASH', 'manual']);
  assert.equal((await client.retrieve(intent.id)).json.amount_received, 2500);
});

test('e-money is recorded under its brand, with or without one', async () => {
  for (const provider of ['SUICA', 'QUICPAY', 'X9_NEW_BRAND', undefined]) {
    const intent = await gateway.createIntent();
    const fields = { payment_method_type: 'e_money', provider, external_ref_id: `JE-${intent.id}` };
    const { status, json } = await gateway.terminalFor(intent).confirm(fields);
    assert.deepEqual([status, json.status, json.processing_mode], [200, 'succeeded', 'external']);
    if (provider !== undefined) assert.equal(json.provider, provider);
  }
});

test('a backend confirms with its signature alone', async () => {
  const cash = await gateway.createIntent();
  assert.equal((await client.confirm(cash.id, { payment_method_type: 'cash' })).json.status, 'succeeded');
  const qr = await gateway.createIntent();
  const answer = await client.confirm(qr.id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  assert.deepEqual([answer.status, answer.json.status], [200, 'requires_action']);
});

test('with manual capture the money is held: processing, capturable, nothing received', async () => {
  for (const fields of [
    { payment_method_type: 'cash' },
    { payment_method_type: 'credit_card', provider: 'JCB', external_ref_id: 'A1' },
    { payment_method_type: 'e_money', provider: 'WAON', external_ref_id: 'W1' },
  ]) {
    const intent = await gateway.createIntent({ capture_method: 'manual' });
    const { status, json } = await gateway.terminalFor(intent).confirm(fields);
    assert.deepEqual([status, json.status], [200, 'processing']);
    const shown = (await client.retrieve(intent.id)).json;
    assert.deepEqual([shown.amount_capturable, shown.amount_received], [1_000, 0]);
    assert.equal('outcome' in shown, false, 'held money is no unknown outcome');
    assert.deepEqual(await gateway.eventsOf(intent), ['created', 'processing']);
  }
});

test('a method that the intent does not take is refused, and the token stays good', async () => {
  const intent = await gateway.createIntent({ payment_method_types: ['cash'] });
  const terminal = gateway.terminalFor(intent);
  assert.deepEqual(refusal(await terminal.confirmQr()), [400, 'invalid_request', 'payment_method_type']);
  assert.equal((await terminal.confirm({ payment_method_type: 'cash' })).status, 200);
});

test('QR and card need a provider; card and e-money need the approval code', async () => {
  const terminal = gateway.terminalFor(await gateway.createIntent());
  for (const [fields, field] of [
    [{ payment_method_type: 'qr_mpm' }, 'provider'],
    [{ payment_method_type: 'credit_card', external_ref_id: 'A1' }, 'provider'],
    [{ payment_method_type: 'credit_card', provider: 'VISA' }, 'external_ref_id'],
    [{ payment_method_type: 'e_money', provider: 'SUICA' }, 'external_ref_id'],
  ] as const) {
    assert.deepEqual(refusal(await terminal.confirm(fields)), [400, 'invalid_request', field]);
  }
});

test('a wallet without an adapter, an unknown one, or one for another method is provider_not_supported', async () => {
  const types = ['qr_mpm', 'qr_cpm', 'credit_card', 'cash'];
  const intent = await gateway.createIntent({ payment_method_types: types });
  const terminal = gateway.terminalFor(intent);
  for (const fields of [
    { payment_method_type: 'qr_mpm', provider: 'LINE_PAY' },
    { payment_method_type: 'qr_mpm', provider: 'WECHAT_PAY' },
    { payment_method_type: 'qr_mpm', provider: 'NO_SUCH_PAY' },
    { payment_method_type: 'qr_mpm', provider: 'VISA' },
    { payment_method_type: 'qr_cpm', customer_code: '281234567890123456' },
    { payment_method_type: 'credit_card', provider: 'PAYPAY', external_ref_id: 'A1' },
    { payment_method_type: 'credit_card', provider: 'CASH', external_ref_id: 'A1' },
    { payment_method_type: 'cash', provider: 'VISA' },
  ]) {
    const answer = await terminal.confirm(fields);
    assert.deepEqual(refusal(answer), [400, 'provider_not_supported', 'provider'], JSON.stringify(fields));
    assert.equal(answer.json.error.code, 'provider_not_supported');
  }
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

test('a provider that is switched off, or not configured, is not supported for the store', async () => {
  const config = { provider: 'PAYPAY', credentials: { merchant_id: 'paypay_off' } };
  const off = { store: { id: 'store_off', name: 'Off' } };
  await gateway.saveStore({ ...off, payment_processor_configs: [{ ...config, is_active: false }] });
  await gateway.saveStore({ store: { id: 'store_bare', name: 'Bare' }, payment_processor_configs: [] });
  for (const merchant_store_id of ['store_off', 'store_bare']) {
    const intent = await gateway.createIntent({ merchant_store_id });
    const terminal = gateway.terminalFor(intent);
    assert.deepEqual(refusal(await terminal.confirmQr()), [400, 'provider_not_supported', 'provider']);
    assert.equal((await terminal.confirm({ payment_method_type: 'cash' })).status, 200);
  }
  await gateway.saveStore({ ...off, payment_processor_configs: [{ ...config, is_active: true }] });
  assert.equal(
    (await gateway.openQr({ merchant_store_id: 'store_off' })).confirmation.status,
    'requires_action',
  );
});

test('a currency that PayPay does not take is refused, nothing was taken, and cash still works', async () => {
  const intent = await gateway.createIntent({ currency: 'USD' });
  const terminal = gateway.terminalFor(intent);
  const { status, json } = await terminal.confirmQr();
  assert.deepEqual([status, json.code], [502, 'provider_error']);
  assert.match(json.message, /nothing was taken/);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
  assert.equal((await terminal.confirm({ payment_method_type: 'cash' })).status, 200);
});

test('an organization can leave only some methods to the terminal', async (t) => {
  const own = await startTestGateway(t);
  await own.query(`update organizations set client_confirm_methods = '{qr_mpm}' where id = $1`, [
    own.organization_id,
  ]);
  for (const fields of [
    { payment_method_type: 'cash' },
    { payment_method_type: 'credit_card', provider: 'VISA', external_ref_id: 'A1' },
    { payment_method_type: 'e_money', external_ref_id: 'E1' },
  ]) {
    const intent = await own.createIntent();
    const answer = await own.terminalFor(intent).confirm(fields);
    assert.deepEqual(refusal(answer), [403, 'forbidden', 'payment_method_type']);
    assert.equal((await own.client.confirm(intent.id, fields)).json.status, 'succeeded');
  }
  assert.equal((await own.openQr()).confirmation.status, 'requires_action');
});

test('an intent that has ended is not confirmed, and the refusal tells its status', async () => {
  const cancelled = await gateway.createIntent();
  await client.cancel(cancelled.id);
  const paid = await gateway.createIntent();
  await client.capture(paid.id);
  for (const [intent, status] of [
    [cancelled, 'cancelled'],
    [paid, 'succeeded'],
  ] as const) {
    for (const answer of [
      await gateway.terminalFor(intent).confirmQr(),
      await client.confirm(intent.id, { payment_method_type: 'cash' }),
    ]) {
      assert.deepEqual([answer.status, answer.json.code], [409, 'invalid_payment_state']);
      assert.equal(answer.json.details.status, status);
    }
  }
});

test('a second method is refused while a code is open', async () => {
  const intent = await gateway.openQr();
  const answer = await client.confirm(intent.id, { payment_method_type: 'cash' });
  assert.deepEqual([answer.status, answer.json.details.status], [409, 'requires_action']);
});

test('an intent past its time is not confirmed, even before it was swept', async (t) => {
  const own = await startTestGateway(t);
  const intent = await own.createIntent({ expires_in_minutes: 1 });
  own.clock.set(START_MS + 60_000);
  const answer = await own.terminalFor(intent).confirmQr();
  assert.deepEqual([answer.status, answer.json.code], [409, 'invalid_payment_state']);
  assert.equal(await own.paypay.calls('create_code'), 0);
});

test('a QR payment is paid, and the truth is found by polling', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  const { json } = await intent.terminal.retrieve();
  assert.deepEqual([json.status, json.amount_received], ['succeeded', 1_000]);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
});

test('a declined QR payment is failed, with the provider’s reason', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.decline(intent.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  const { json } = await intent.terminal.retrieve();
  assert.deepEqual([json.status, json.amount_received], ['failed', 0]);
  assert.equal(json.last_payment_error.provider, 'PAYPAY');
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'failed']);
});

test('a code that ran out gives the order back; a fresh token pays it with a new attempt', async () => {
  const intent = await gateway.openQr();
  gateway.clock.advance(331_000);
  await gateway.settle();
  const open = (await client.retrieve(intent.id)).json;
  assert.deepEqual(
    [open.status, open.last_payment_error.code],
    ['requires_payment_method', 'payment_expired'],
  );
  assert.equal('provider' in open, false);

  const { json: fresh } = await client.reissueToken(intent.id);
  const second = await gateway.terminalFor(fresh).confirmQr();
  assert.deepEqual([second.status, second.json.status], [200, 'requires_action']);
  assert.notEqual(second.json.qr_content, intent.code);
  await gateway.paypay.pay(second.json.qr_content);
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  const attempts = await gateway.query<{ status: string }>(
    'select status from payment_attempts where payment_intent_id = $1 order by id',
    [intent.id],
  );
  assert.deepEqual(
    attempts.map((attempt) => attempt.status),
    ['ended_unpaid', 'paid'],
  );
});

test('every event carries the whole intent as the API shows it', async () => {
  const intent = await gateway.openQr();
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  const [event] = await gateway.query<{ object_json: string }>(
    `select object_json from events where type = 'payment_intent.succeeded'
       and object_json::json ->> 'id' = $1`,
    [intent.id],
  );
  assert.deepEqual(JSON.parse(event?.object_json ?? '{}'), (await client.retrieve(intent.id)).json);
});

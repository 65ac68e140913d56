// Money on hold at PayPay: held by the confirm, captured in full or in part, released by a cancel, and refused
// where that cannot be. What a terminal holds is in cancel-capture.test.ts.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Answer } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;

const state = ({ status, json }: Answer) => [status, json.code, json.details?.status];

test('a manual confirm holds the money, says until when, and takes none of it', async () => {
  const intent = await gateway.holdQr();
  const { json } = await intent.terminal.retrieve();
  assert.deepEqual(
    [json.status, json.amount_capturable, json.amount_received, json.outcome, json.provider],
    ['processing', 1_000, 0, undefined, 'PAYPAY'],
  );
  const payment = await paypay.find(intent.code);
  assert.deepEqual([payment.phase, json.capture_before], ['held', payment.held_until]);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'processing']);
  assert.equal((await paypay.taken()).length, 0);
});

test('held money is captured in full, or in part, and PayPay releases the rest', async () => {
  for (const [body, received] of [
    [{}, 1_000],
    [{ amount: 1_000 }, 1_000],
    [{ amount: 400 }, 400],
    [{ amount: 1 }, 1],
  ] as const) {
    const intent = await gateway.holdQr();
    const { status, json } = await client.capture(intent.id, body);
    assert.deepEqual(
      [status, json.status, json.amount_received, json.amount_capturable, json.capture_before],
      [200, 'succeeded', received, 0, undefined],
    );
    assert.deepEqual(
      [json.outcome, json.next_check_at, json.last_payment_error],
      [undefined, undefined, undefined],
    );
    assert.deepEqual(json, (await client.retrieve(intent.id)).json);
    const payment = await paypay.find(intent.code);
    assert.deepEqual([payment.phase, payment.captured], ['paid', received]);
    assert.deepEqual(await gateway.eventsOf(intent), [
      'created',
      'requires_action',
      'processing',
      'succeeded',
    ]);
    assert.deepEqual(state(await client.capture(intent.id)), [409, 'invalid_payment_state', 'succeeded']);
    assert.equal(await paypay.calls('capture_payment', payment.merchantPaymentId), 1);
  }
});

test('a capture and its repetition are one, to the byte', async () => {
  const intent = await gateway.holdQr();
  const first = await client.capture(intent.id, { amount: 300 }, { idempotency_key: 'once' });
  const again = await client.capture(intent.id, { amount: 300 }, { idempotency_key: 'once' });
  assert.deepEqual([again.text, again.headers.get('idempotency-replayed')], [first.text, 'true']);
  const other = await client.capture(intent.id, { amount: 301 }, { idempotency_key: 'once' });
  assert.deepEqual([other.status, other.json.code], [409, 'idempotency_conflict']);
});

test('more than is held is refused with the field, and PayPay is not asked', async () => {
  const intent = await gateway.holdQr();
  const { status, json } = await client.capture(intent.id, { amount: 1_001 });
  assert.deepEqual(
    [status, json.code, json.details.field, json.details.amount_capturable],
    [400, 'invalid_request', 'amount', 1_000],
  );
  for (const amount of [0, -1, 1.5, '1']) {
    const answer = await client.capture(intent.id, { amount });
    assert.deepEqual([answer.status, answer.json.details.field], [400, 'amount'], String(amount));
  }
  const { merchantPaymentId } = await paypay.find(intent.code);
  assert.equal(await paypay.calls('capture_payment', merchantPaymentId), 0);
  assert.equal((await client.retrieve(intent.id)).json.amount_capturable, 1_000);
});

test('an open code has nothing to capture, and a token captures nothing', async () => {
  const open = await gateway.openQr({ capture_method: 'manual' });
  assert.deepEqual(state(await client.capture(open.id)), [409, 'invalid_payment_state', 'requires_action']);
  const held = await gateway.holdQr();
  const response = await fetch(`${gateway.url}/v1/payment_intents/${held.id}/capture`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payment_token: held.payment_token }),
  });
  assert.equal(response.status, 401);
  assert.equal((await paypay.find(held.code)).phase, 'held');
});

test("another organization's hold does not exist, and another merchant's neither", async () => {
  const intent = await gateway.holdQr();
  const other = await gateway.addOrganization();
  assert.equal((await other.client.capture(intent.id)).status, 404);
  await gateway.saveStore({
    merchant: { id: 'merchant_002', name: 'Another chain' },
    store: { id: 'store_002', name: 'Osaka Branch' },
  });
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_002' }));
  assert.equal((await narrowed.capture(intent.id)).status, 404);
  assert.equal((await paypay.find(intent.code)).phase, 'held');
});

test('a cancel releases what is held, by token and by signature', async () => {
  for (const by of ['token', 'key'] as const) {
    const intent = await gateway.holdQr();
    const body = { cancellation_reason: 'abandoned' };
    const { status, json } =
      by === 'token' ? await intent.terminal.cancel(body) : await client.cancel(intent.id, body);
    assert.deepEqual(
      [status, json.status, json.amount_capturable, json.amount_received, json.cancellation_reason],
      [200, 'cancelled', 0, 0, 'abandoned'],
    );
    assert.deepEqual([json.capture_before, json.outcome], [undefined, undefined]);
    assert.equal((await paypay.find(intent.code)).phase, 'released');
    assert.deepEqual(state(await client.capture(intent.id)), [409, 'invalid_payment_state', 'cancelled']);
    assert.deepEqual(await gateway.eventsOf(intent), [
      'created',
      'requires_action',
      'processing',
      'cancelled',
    ]);
  }
});

test('a customer who authorises while the code is cancelled was faster: the money is held, and can be released', async () => {
  const intent = await gateway.openQr({ capture_method: 'manual' });
  await paypay.pay(intent.code);
  const refused = await intent.terminal.cancel();
  assert.deepEqual(state(refused), [409, 'invalid_payment_state', 'processing']);
  assert.match(refused.json.message, /the customer was faster/);
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual([json.status, json.amount_capturable, json.outcome], ['processing', 1_000, undefined]);
  clock.advance(3_000);
  await gateway.settle();
  assert.equal((await paypay.find(intent.code)).phase, 'held', 'the cancel that was refused does not go on');
  assert.equal((await intent.terminal.cancel()).json.status, 'cancelled');
  assert.equal((await paypay.find(intent.code)).phase, 'released');
});

test('a refused capture leaves the money held, tells why, and can be asked for again', async (t) => {
  t.after(() => paypay.control('POST', '/settings', { capture_margin_seconds: 0 }));
  const intent = await gateway.holdQr();
  await paypay.control('POST', '/settings', { capture_margin_seconds: 40 * 86_400 });
  const { status, json } = await client.capture(intent.id, { amount: 700 });
  assert.deepEqual([status, json.code, json.details.status], [502, 'provider_error', 'processing']);
  assert.deepEqual(
    [json.details.provider_code, json.details.outcome, json.details.amount_capturable],
    ['TOO_CLOSE_TO_EXPIRY', undefined, 1_000],
  );
  assert.match(json.message, /still held/);
  const held = (await client.retrieve(intent.id)).json;
  assert.deepEqual(
    [held.status, held.amount_capturable, held.outcome, held.last_payment_error?.code],
    ['processing', 1_000, undefined, 'TOO_CLOSE_TO_EXPIRY'],
  );
  await paypay.control('POST', '/settings', { capture_margin_seconds: 0 });
  const again = await client.capture(intent.id);
  assert.deepEqual([again.status, again.json.amount_received], [200, 1_000]);
  assert.equal(again.json.last_payment_error, undefined);
});

test('a capture after the hold ran out is told that it is over', async () => {
  const intent = await gateway.holdQr();
  await paypay.shortenHold(intent.code, 0);
  const answer = await client.capture(intent.id);
  assert.deepEqual(state(answer), [409, 'invalid_payment_state', 'cancelled']);
  assert.equal(answer.json.details.provider_code, 'authorization_expired');
  const { json } = await client.retrieve(intent.id);
  assert.deepEqual(
    [json.status, json.cancellation_reason, json.amount_capturable],
    ['cancelled', 'authorization_expired', 0],
  );
});

test('a contract without held money refuses a manual confirm, and the customer may pay another way', async (t) => {
  t.after(() => paypay.control('POST', '/settings', { can_authorize: true }));
  await paypay.control('POST', '/settings', { can_authorize: false });
  const intent = await gateway.createIntent({ capture_method: 'manual' });
  const terminal = gateway.terminalFor(intent);
  const { status, json } = await terminal.confirmQr();
  assert.deepEqual(
    [status, json.code, json.details.provider_code],
    [502, 'provider_error', 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT'],
  );
  assert.match(json.message, /nothing was taken/);
  assert.equal(await gateway.statusOf(intent), 'requires_payment_method');
});

test('a hold does not expire with its intent: the time for paying is over, the time for capturing is not', async () => {
  const intent = await gateway.holdQr({ expires_in_minutes: 1 });
  clock.advance(3_600_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'processing');
  assert.equal((await client.capture(intent.id)).json.status, 'succeeded');
});

test('what was captured can be given back, and no more than that', async () => {
  const intent = await gateway.holdQr();
  await client.capture(intent.id, { amount: 400 });
  const much = await client.post('/v1/refunds', { payment_intent: intent.id, amount: 401 });
  assert.equal(much.status, 400, much.text);
  const refund = await client.post('/v1/refunds', { payment_intent: intent.id });
  assert.deepEqual([refund.status, refund.json.amount], [201, 400], refund.text);
});

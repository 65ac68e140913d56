// The traps of PayPay's Open Payment API where money is held, taken or given back, each under a name that says what
// goes wrong where it is not known. Those of calls and codes stand in traps.test.ts. Source: PayPay's API documents.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paypay } from './paypay.ts';
import {
  answer,
  details,
  makeAttempt,
  NOW,
  OPENED,
  playPaypay,
  run,
  withoutRequestId,
} from './scripted-paypay.ts';
import { openPaypay } from './simulated-paypay.ts';
import { makeCaller } from './simulator-test-caller.ts';

const DAY_MS = 24 * 3_600_000;

test('holding money without a contract for it is refused at the code, before anybody pays', async (t) => {
  const stage = await openPaypay(t, { settings: { can_authorize: false } });
  const result = await stage.start(stage.makeFresh({ authorize_only: true }));
  assert.equal(result.kind === 'ended_unpaid' && result.code, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT');
});

test('a capture whose answer was lost is asked for again under a new id, and takes the money once', async (t) => {
  const stage = await openPaypay(t);
  for (const [fault, asked_again] of [
    ['hang', true],
    ['hang_after_success', false],
  ] as const) {
    const held = await stage.hold();
    await stage.control('POST', '/faults', { fault, endpoint: 'capture_payment', times: 1 });
    const first = await paypay.capture?.(held, { id: 'ca_first', amount: 600 }, stage.context);
    assert.equal(first?.kind, 'unknown');
    stage.asked();
    const second = await paypay.capture?.(held, { id: 'ca_second', amount: 600 }, stage.context);
    assert.deepEqual(second?.kind === 'paid' && second.stated, { amount: 600, currency: 'JPY' });
    assert.equal(
      stage.asked().some((asked) => asked.startsWith('POST')),
      asked_again,
    );
  }
});

test('202 USER_CONFIRMATION_REQUIRED is a success of HTTP and none of the capture: the customer has six hours', async (t) => {
  const held = { ...OPENED, is_held: true, authorize_only: true, provider_payment_id: '04999' };
  const amount = { amount: 1_250, currency: 'JPY' };
  const requested = { captures: { data: [{ merchantCaptureId: 'ca_1', amount, status: 'USER_REQUESTED' }] } };
  const script = [
    answer(200, 'SUCCESS', details('AUTHORIZED')),
    answer(202, 'USER_CONFIRMATION_REQUIRED', details('AUTHORIZED', requested)),
    answer(200, 'SUCCESS', details('AUTHORIZED', requested)),
  ];
  const stage = await playPaypay(t, script);
  const capture = { id: 'ca_1', amount: 1_250 };
  const result = withoutRequestId(await paypay.capture?.(makeAttempt(held), capture, stage.context));
  assert.deepEqual(result, { kind: 'working', provider_payment_id: '04999' });
});

test('a hold that somebody cancels at PayPay is FAILED and a released one CANCELED: the money went back in both', async (t) => {
  const stage = await openPaypay(t);
  const failed = await stage.hold();
  const { call } = makeCaller(stage.url, stage.now);
  await call('DELETE', `/v2/payments/${failed.id}`, undefined, {
    headers: { 'x-assume-merchant': '234567' },
  });
  assert.equal((await stage.lookUp(failed)).kind, 'reversed');
  const released = await stage.hold();
  assert.equal((await stage.cancel(released)).kind, 'reversed');
  assert.equal((await stage.lookUp(released)).kind, 'reversed');
});

test('a refund that is CREATED is accepted, REFUND_FAILED is no end of it, and REFUNDED is', async (t) => {
  const stage = await openPaypay(t, { settings: { refund_delay_seconds: 60, refund_failed_seconds: 60 } });
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  const refund = stage.makeRefund();
  const lookUp = async () => (await paypay.lookUpRefund?.(attempt, refund, stage.context))?.kind;
  assert.equal((await paypay.refund?.(attempt, refund, stage.context))?.kind, 'accepted');
  stage.advance(61_000);
  assert.equal(await lookUp(), 'accepted', 'PayPay shows REFUND_FAILED and goes on by itself');
  stage.advance(60_000);
  assert.equal(await lookUp(), 'refunded');
});

test('a refund names PayPay’s id of the payment: with ours PayPay would fail', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  assert.equal((await paypay.refund?.(attempt, stage.makeRefund(), stage.context))?.kind, 'refunded');
  const body = JSON.parse(String(stage.sent.at(-1)?.body)) as { paymentId: string };
  assert.match(body.paymentId, /^\d+$/);
});

test('one refund for each payment is PayPay’s usual contract, and a second is refused for good', async (t) => {
  const stage = await openPaypay(t, { settings: { one_refund_per_payment: true } });
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  await paypay.refund?.(attempt, stage.makeRefund({ amount: 500 }), stage.context);
  const second = stage.makeRefund({ id: 're_01J0000000000000000000000B', amount: 500 });
  const result = await paypay.refund?.(attempt, second, stage.context);
  assert.equal(result?.kind === 'refused' && result.code, 'MERCHANT_MULTIPLE_REFUND_REJECTED');
});

test('a refund like another of the same minute is put off, which is no refusal', async (t) => {
  const stage = await openPaypay(t, { settings: { refund_throttle_seconds: 60 } });
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  await paypay.refund?.(attempt, stage.makeRefund({ amount: 500 }), stage.context);
  const second = stage.makeRefund({ id: 're_01J0000000000000000000000B', amount: 500 });
  const result = await paypay.refund?.(attempt, second, stage.context);
  assert.equal(result?.kind === 'throttled' && result.retry_after_ms, 60_000);
  stage.advance(60_000);
  assert.equal((await paypay.refund?.(attempt, second, stage.context))?.kind, 'refunded');
});

test('a payment is refunded for a year and no longer', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  stage.advance(364 * DAY_MS);
  const part = stage.makeRefund({ amount: 250 });
  assert.equal((await paypay.refund?.(attempt, part, stage.context))?.kind, 'refunded');
  stage.advance(2 * DAY_MS);
  const late = stage.makeRefund({ id: 're_01J0000000000000000000000B', amount: 1_000 });
  const result = await paypay.refund?.(attempt, late, stage.context);
  assert.equal(result?.kind === 'refused' && result.code, 'REFUND_WINDOW_EXCEED');
});

test('ORDER_NO_LONGER_AVAILABLE: what PayPay has forgotten cannot be refunded or taken, and proves nothing of the past', async (t) => {
  const purged = () => answer(400, 'ORDER_NO_LONGER_AVAILABLE');
  const ask = async (step: 'refund' | 'lookUpRefund') => {
    const { context } = await playPaypay(t, [purged()]);
    const created_at = new Date(NOW).toISOString();
    const refund = { id: 're_1', amount: 1, currency: 'JPY', reason: null, created_at, asked_before: false };
    return paypay[step]?.(makeAttempt({ provider_payment_id: '04999' }), refund, context);
  };
  const refused = await ask('refund');
  assert.deepEqual(refused?.kind === 'refused' && [refused.code, refused.because], [
    'ORDER_NO_LONGER_AVAILABLE',
    'state',
  ]);
  assert.equal((await ask('lookUpRefund'))?.kind, 'unknown');
  for (const facts of [OPENED, { ...OPENED, is_held: true }]) {
    assert.equal((await run(t, 'lookUp', facts, [purged()])).result.kind, 'unknown');
  }
});

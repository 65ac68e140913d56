// What the adapter asks PayPay about held money and makes of its answers, contradictions included, step by step.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { AttemptFacts } from '../provider.ts';
import { paypay } from './paypay.ts';
import {
  answer,
  CREATE_CODE,
  created,
  details,
  GET_DETAILS,
  gone,
  makeAttempt,
  NOW,
  OPENED,
  opened,
  playPaypay,
  run,
  type Scripted,
  withoutRequestId,
} from './scripted-paypay.ts';

const HELD = { ...OPENED, is_held: true, authorize_only: true, provider_payment_id: '04999' };
const UNTIL = '2026-02-28T00:00:00.000Z';
const CAPTURE = 'POST /v2/payments/capture';
const REVERT = 'POST /v2/payments/preauthorize/revert';
const CAPTURED_AT = Date.parse('2026-01-28T10:32:00Z') / 1000;

const capturesOf = (...amounts: number[]) => ({
  captures: {
    data: amounts.map((amount) => ({
      merchantCaptureId: 'ca_1',
      amount: { amount, currency: 'JPY' },
      status: 'COMPLETED',
      acceptedAt: CAPTURED_AT,
    })),
  },
});
const held = () =>
  answer(200, 'SUCCESS', details('AUTHORIZED', { expiresAt: Date.parse(UNTIL) / 1000, captures: null }));
const captured = (...amounts: number[]) =>
  answer(200, 'SUCCESS', details('COMPLETED', capturesOf(...amounts)));
const still_held = {
  kind: 'authorized',
  stated: { amount: 1250, currency: 'JPY' },
  provider_payment_id: '04999',
  capture_before: UNTIL,
} as const;
const taken = (amount: number) => ({
  kind: 'paid',
  stated: { amount, currency: 'JPY' },
  provider_payment_id: '04999',
  paid_at: '2026-01-28T10:32:00.000Z',
});

async function capture(t: TestContext, script: Scripted[], facts: Partial<AttemptFacts> = {}) {
  const stage = await playPaypay(t, script);
  const asked = { id: 'ca_01J0000000000000000000000A', amount: 600 };
  const told = await paypay.capture?.(makeAttempt({ ...HELD, ...facts }), asked, stage.context);
  const result = withoutRequestId(told);
  assert.equal(script.length, 0, 'every scripted answer was asked for');
  assert.doesNotMatch(JSON.stringify(result), /CANARY/);
  return { result, paths: stage.paths(), asked: stage.asked };
}

test('a manual start asks PayPay to hold, an automatic one does not say a word of it', async (t) => {
  for (const [authorize_only, sent] of [
    [true, true],
    [false, undefined],
  ] as const) {
    const stage = await playPaypay(t, [opened()]);
    await paypay.start?.(makeAttempt({ authorize_only }), stage.context);
    const body = JSON.parse(stage.asked[0]?.body ?? '') as { isAuthorization?: boolean };
    assert.equal(body.isAuthorization, sent);
    assert.equal(stage.paths()[0], CREATE_CODE);
  }
});

test('a capture looks first, asks with its own id, and believes what the answer shows', async (t) => {
  const { result, paths, asked } = await capture(t, [held(), captured(600)]);
  assert.deepEqual(result, taken(600));
  assert.deepEqual(paths, [GET_DETAILS, CAPTURE]);
  assert.deepEqual(JSON.parse(asked[1]?.body ?? ''), {
    merchantPaymentId: 'pa_01J0000000000000000000000A',
    merchantCaptureId: 'ca_01J0000000000000000000000A',
    amount: { amount: 600, currency: 'JPY' },
    requestedAt: Math.floor(NOW / 1000),
    orderDescription: 'Coffee x2',
  });
  const silent = await capture(t, [held(), captured(600)], { description: '' });
  assert.equal(
    (JSON.parse(silent.asked[1]?.body ?? '') as { orderDescription: string }).orderDescription,
    'お支払い',
  );
});

test('what was captured counts, whichever amount PayPay leaves on the payment itself', async (t) => {
  for (const amount of [1250, 600]) {
    const data = details('COMPLETED', { ...capturesOf(600), amount: { amount, currency: 'JPY' } });
    const { result } = await run(t, 'lookUp', HELD, [answer(200, 'SUCCESS', data)]);
    assert.deepEqual(result, taken(600));
  }
  assert.deepEqual((await run(t, 'lookUp', HELD, [captured(200, 400)])).result, taken(600));
  const unread = details('COMPLETED', { captures: { data: [{ status: 'COMPLETED', amount: '600' }] } });
  const { result } = await run(t, 'lookUp', HELD, [answer(200, 'SUCCESS', unread)]);
  assert.equal(result.kind === 'unknown' && result.reason, 'unreadable_answer');
});

test('a capture that the look-up already shows, or that is no longer possible, is not asked for', async (t) => {
  for (const [first, kind] of [
    [captured(600), 'paid'],
    [answer(200, 'SUCCESS', details('EXPIRED')), 'ended_unpaid'],
    [answer(200, 'SUCCESS', details('CANCELED')), 'reversed'],
    [answer(200, 'SUCCESS', details('FAILED')), 'reversed'],
    [answer(200, 'SUCCESS', details('REAUTHORIZING')), 'working'],
    [answer(500, 'SERVICE_ERROR'), 'unknown'],
    [answer(401, 'UNAUTHORIZED'), 'unknown'],
    [created(), 'unknown'],
    [gone(), 'unknown'],
  ] as const) {
    const { result, paths } = await capture(t, [first]);
    assert.deepEqual([result?.kind, paths], [kind, [GET_DETAILS]], JSON.stringify(first));
  }
});

test('a customer who has been asked to agree is not asked again', async (t) => {
  const waiting = details('AUTHORIZED', {
    captures: { data: [{ ...capturesOf(600).captures.data[0], status: 'USER_REQUESTED', acceptedAt: null }] },
  });
  const { result, paths } = await capture(t, [answer(200, 'SUCCESS', waiting)]);
  assert.deepEqual([result?.kind, paths], ['working', [GET_DETAILS]]);
  const confirming = answer(202, 'USER_CONFIRMATION_REQUIRED');
  assert.equal((await capture(t, [held(), confirming, held()])).result?.kind, 'unknown', 'no success');
});

test('ALREADY_CAPTURED is success when the details show it, and never a refusal', async (t) => {
  const already = () => answer(400, 'ALREADY_CAPTURED');
  assert.deepEqual((await capture(t, [held(), already(), captured(600)])).result, taken(600));
  assert.equal((await capture(t, [held(), already(), held()])).result?.kind, 'unknown');
  assert.equal((await capture(t, [held(), answer(400, 'ORDER_EXPIRED'), held()])).result?.kind, 'unknown');
});

test('a definite refusal counts only while the details still show the money held', async (t) => {
  for (const [status, code] of [
    [400, 'ORDER_NOT_CAPTURABLE'],
    [400, 'TOO_CLOSE_TO_EXPIRY'],
    [400, 'HIGHER_CAPTURE_NOT_PERMITTED'],
    [400, 'LIMIT_EXCEEDED'],
    [400, 'NO_SUFFICIENT_FUND'],
    [400, 'INVALID_REQUEST_PARAMS'],
    [401, 'OP_OUT_OF_SCOPE'],
    [500, 'TRANSACTION_FAILED'],
  ] as const) {
    const { result } = await capture(t, [held(), answer(status, code), held()]);
    assert.ok(result?.kind === 'authorized', code);
    const { refused, ...rest } = result;
    assert.deepEqual(rest, still_held);
    assert.equal(refused?.code, code);
    assert.match(refused.message, /OPA45F6/);
    const ended = await capture(t, [
      held(),
      answer(status, code),
      answer(200, 'SUCCESS', details('EXPIRED')),
    ]);
    assert.equal(ended.result?.kind, 'ended_unpaid', code);
    const dark = await capture(t, [held(), answer(status, code), answer(500, 'SERVICE_ERROR')]);
    assert.equal(dark.result?.kind, 'unknown', code);
  }
});

test('what may be done later, or may have been done, is unknown while the money still shows as held', async (t) => {
  for (const [scripted, reason] of [
    [answer(429, 'RATE_LIMIT'), 'rate_limited'],
    [answer(503, 'MAINTENANCE_MODE'), 'rate_limited'],
    [answer(400, 'REAUTHORIZATION_IN_PROGRESS'), 'rate_limited'],
    [answer(500, 'SERVICE_ERROR'), 'server_error'],
    [answer(400, 'A_CODE_OF_TOMORROW'), 'unlisted_code'],
    [answer(200, 'SUCCESS', details('AUTHORIZED')), 'unreadable_answer'],
    [answer(200, 'SUCCESS', null), 'unreadable_answer'],
    [{ status: 502, body: '<html>' }, 'server_error'],
  ] as const) {
    const { result, paths } = await capture(t, [held(), scripted, held()]);
    assert.equal(result?.kind === 'unknown' && result.reason, reason, JSON.stringify(scripted));
    assert.deepEqual(paths, [GET_DETAILS, CAPTURE, GET_DETAILS]);
    const found = await capture(t, [held(), scripted, captured(600)]);
    assert.deepEqual(found.result, taken(600), JSON.stringify(scripted));
  }
});

test('a release is asked for by PayPay’s own id, and its answer is believed', async (t) => {
  const reverted = () =>
    answer(200, 'SUCCESS', { status: 'CANCELED', paymentId: '04999', acceptedAt: CAPTURED_AT });
  const stage = await playPaypay(t, [reverted()]);
  const facts = makeAttempt({ ...HELD, cancel_requested_at: '2026-01-28T10:30:09.000Z' });
  const result = withoutRequestId(await paypay.cancel?.(facts, stage.context));
  assert.deepEqual(result, { kind: 'reversed', provider_payment_id: '04999' });
  assert.deepEqual(JSON.parse(stage.asked[0]?.body ?? ''), {
    merchantRevertId: 'pa_01J0000000000000000000000A',
    paymentId: '04999',
    requestedAt: Math.floor(NOW / 1000),
  });
  const unnamed = await run(t, 'cancel', { ...HELD, provider_payment_id: null }, [held(), reverted()]);
  assert.deepEqual(unnamed, { result, paths: [GET_DETAILS, REVERT] });
});

test('a release that PayPay refuses, loses or contradicts is what the details say of it', async (t) => {
  const cancelling = { ...HELD, cancel_requested_at: '2026-01-28T10:30:09.000Z' };
  const refusal = () => answer(400, 'ORDER_NOT_CANCELABLE');
  const release = async (...script: Scripted[]) => (await run(t, 'cancel', cancelling, script)).result;
  assert.deepEqual(await release(refusal(), captured(600)), taken(600));
  assert.equal((await release(refusal(), answer(200, 'SUCCESS', details('CANCELED')))).kind, 'reversed');
  assert.equal((await release(refusal(), answer(200, 'SUCCESS', details('FAILED')))).kind, 'reversed');
  const refused = await release(refusal(), held());
  assert.equal(refused.kind === 'authorized' && refused.refused?.code, 'ORDER_NOT_CANCELABLE');
  assert.equal((await release(answer(500, 'SERVICE_ERROR'), held())).kind, 'unknown');
  assert.equal((await release(refusal(), gone())).kind, 'unknown');
  const of_another = answer(200, 'SUCCESS', { status: 'CANCELED', paymentId: '04000' });
  assert.equal((await release(of_another, held())).kind, 'unknown');
});

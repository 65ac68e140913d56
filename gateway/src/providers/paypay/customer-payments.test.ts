// What the adapter asks PayPay about a code that the customer shows, and makes of its answers, step by step. Each test's
// name is a trap of customer-presented payments.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptFacts } from '../provider.ts';
import { paypay } from './paypay.ts';
import type { PaypayCode } from './results.ts';
import {
  answer,
  CREATED_AT,
  created,
  details,
  makeAttempt,
  NOW,
  playPaypay,
  run,
  type Scripted,
} from './scripted-paypay.ts';

const CODE = '900081818812345678901234';
const ID = 'pa_01J0000000000000000000000A';
const SHOWN: Partial<AttemptFacts> = { payment_method_type: 'qr_cpm', customer_code: CODE };
/** As every look-up sees it: the code is not kept. */
const ASKED: Partial<AttemptFacts> = { payment_method_type: 'qr_cpm' };
const CALLED_OFF = { ...ASKED, cancel_requested_at: new Date(NOW - 5_000).toISOString() };
const GIVEN_UP = { ...CALLED_OFF, given_up: true };

const PAY = 'POST /v2/payments?agreeSimilarTransaction=true';
const LOOK = `GET /v2/payments/${ID}`;
const CANCEL = `DELETE /v2/payments/${ID}`;
const REFUND = 'POST /v2/refunds';
const ACCEPTED_AT = Date.parse('2026-01-28T10:30:05Z') / 1_000;
const LATE = NOW + 120_000;
const LONG_AFTER = Date.parse('2026-01-29T00:00:00Z');

const paid = () => answer(200, 'SUCCESS', details('COMPLETED', { acceptedAt: ACCEPTED_AT }));
const failed = (acceptedAt: number) => answer(200, 'SUCCESS', details('FAILED', { acceptedAt }));
const gone = () => answer(404, 'RESOURCE_NOT_FOUND');
const accepted = () => answer(202, 'REQUEST_ACCEPTED');
const not_reversible = () => answer(400, 'ORDER_NOT_REVERSIBLE');
const PAID = {
  kind: 'paid',
  stated: { amount: 1250, currency: 'JPY' },
  provider_payment_id: '04999',
  paid_at: '2026-01-28T10:30:05.000Z',
} as const;

/** Without what each answer was called at PayPay. */
async function ask(
  t: Parameters<typeof run>[0],
  step: 'start' | 'lookUp' | 'cancel',
  facts: Partial<AttemptFacts>,
  script: Scripted[],
  now = NOW,
) {
  const { result, paths } = await run(t, step, facts, script, now);
  const { provider_request_id: _, ...told } = result;
  assert.doesNotMatch(JSON.stringify(result), new RegExp(CODE));
  return { told, paths };
}

test('a scanned code is sent once, to the path of authorised users, under our attempt id', async (t) => {
  const stage = await playPaypay(t, [paid()]);
  const result = await paypay.start?.(makeAttempt(SHOWN), stage.context);
  assert.equal(result?.kind, 'paid');
  assert.deepEqual(stage.paths(), [PAY]);
  assert.deepEqual(JSON.parse(stage.asked[0]?.body ?? ''), {
    merchantPaymentId: ID,
    userAuthorizationId: CODE,
    amount: { amount: 1250, currency: 'JPY' },
    requestedAt: Date.parse(CREATED_AT) / 1_000,
    orderDescription: 'Coffee x2',
    storeId: 'shibuya',
    terminalId: 'till-1',
  });
});

test('with manual capture the code only holds the money', async (t) => {
  const held = answer(200, 'SUCCESS', details('AUTHORIZED', { expiresAt: ACCEPTED_AT + 86_400 }));
  const { told, paths } = await ask(t, 'start', { ...SHOWN, authorize_only: true }, [held]);
  assert.equal(told.kind, 'authorized');
  assert.deepEqual(paths, ['POST /v2/payments/preauthorize?agreeSimilarTransaction=true']);
});

test('an answer without our id, as the integration document shows it, is one to our own call', async (t) => {
  const { merchantPaymentId: _, acceptedAt: __, ...short } = details('COMPLETED');
  const { told } = await ask(t, 'start', SHOWN, [answer(200, 'SUCCESS', short)]);
  assert.deepEqual(told, { kind: 'paid', stated: PAID.stated, provider_payment_id: '04999' });
  const other = details('COMPLETED', { merchantPaymentId: 'pa_other' });
  assert.equal((await ask(t, 'start', SHOWN, [answer(200, 'SUCCESS', other)])).told.kind, 'unknown');
});

test('a customer who must confirm in the app has not paid, and has not declined', async (t) => {
  for (const script of [created(), answer(202, 'USER_CONFIRMATION_REQUIRED')]) {
    assert.deepEqual((await ask(t, 'start', SHOWN, [script])).told, { kind: 'working' });
  }
  assert.deepEqual((await ask(t, 'lookUp', ASKED, [created()])).told, { kind: 'working' });
  assert.equal((await ask(t, 'lookUp', ASKED, [failed(0)])).told.kind, 'declined');
});

/** Typed by hand: whether the customer's wallet said no, or our request was at fault and may be repeated. */
const REFUSALS: [status: number, code: PaypayCode, kind: 'declined' | 'ended_unpaid'][] = [
  [400, 'NO_SUFFICIENT_FUND', 'declined'],
  [400, 'LIMIT_EXCEEDED', 'declined'],
  [400, 'USER_DEFINED_DAILY_LIMIT_EXCEEDED', 'declined'],
  [400, 'USER_DEFINED_MONTHLY_LIMIT_EXCEEDED', 'declined'],
  [400, 'NO_VALID_PAYMENT_METHOD', 'declined'],
  [404, 'PAYMENT_METHOD_NOT_FOUND', 'declined'],
  [400, 'UNSUPPORTED_PAYMENT_METHOD', 'declined'],
  [400, 'USER_STATE_IS_NOT_ACTIVE', 'declined'],
  [400, 'CANCELED_USER', 'declined'],
  [500, 'TRANSACTION_FAILED', 'declined'],
  [401, 'INVALID_USER_AUTHORIZATION_ID', 'ended_unpaid'],
  [401, 'EXPIRED_USER_AUTHORIZATION_ID', 'ended_unpaid'],
  [400, 'SUSPECTED_DUPLICATE_PAYMENT', 'ended_unpaid'],
  [401, 'OP_OUT_OF_SCOPE', 'ended_unpaid'],
  [404, 'OPA_CLIENT_NOT_FOUND', 'ended_unpaid'],
  [404, 'RESOURCE_NOT_FOUND', 'ended_unpaid'],
  [400, 'INVALID_REQUEST_PARAMS', 'ended_unpaid'],
  [400, 'MISSING_REQUEST_PARAMS', 'ended_unpaid'],
  [400, 'INVALID_PARAMS', 'ended_unpaid'],
  [400, 'UNACCEPTABLE_OP', 'ended_unpaid'],
  [400, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', 'ended_unpaid'],
  [429, 'RATE_LIMIT', 'ended_unpaid'],
  [503, 'MAINTENANCE_MODE', 'ended_unpaid'],
];

for (const [status, code, kind] of REFUSALS) {
  const what = kind === 'declined' ? 'a no to the customer' : 'a no to our request, which may be made anew';
  test(`${code} is ${what}`, async (t) => {
    const { told, paths } = await ask(t, 'start', SHOWN, [answer(status, code)]);
    assert.deepEqual(
      [told.kind, (told as { code?: string }).code, (told as { reason?: string }).reason],
      [kind, code, kind === 'declined' ? undefined : 'refused'],
    );
    assert.deepEqual(paths, [PAY]);
  });
}

test('PayPay takes yen only, and is not asked for anything else', async (t) => {
  const { told, paths } = await ask(t, 'start', { ...SHOWN, currency: 'USD' }, []);
  assert.deepEqual([told.kind, paths], ['ended_unpaid', []]);
});

test('silence after the code was sent is unknown, and neither a decline nor a reason to send it again', async (t) => {
  for (const script of [
    answer(500, 'SERVICE_ERROR'),
    answer(500, 'INTERNAL_SERVER_ERROR'),
    answer(400, '00400071'),
    { status: 502, body: '<h1>' },
  ]) {
    const { told, paths } = await ask(t, 'start', SHOWN, [script]);
    assert.deepEqual([told.kind, paths], ['unknown', [PAY]]);
  }
});

test('a code that PayPay sends back to us in place of its own codes is not repeated to anybody', async (t) => {
  const body = { resultInfo: { code: CODE, message: CODE, codeId: CODE } };
  const echo = { status: 400, body, headers: { 'x-request-id': CODE } };
  const stage = await playPaypay(t, [echo]);
  const result = await paypay.start?.(makeAttempt(SHOWN), stage.context);
  assert.equal(result?.kind, 'unknown');
  assert.doesNotMatch(JSON.stringify(result), new RegExp(CODE));
});

test('a start without the code, after a crash, asks and never posts', async (t) => {
  assert.deepEqual((await ask(t, 'start', ASKED, [paid()])).told, PAID);
  const { told, paths } = await ask(t, 'start', ASKED, [gone()], LATE);
  assert.deepEqual([told.kind, paths], ['not_found', [LOOK]]);
});

test('a repeated start finds the first payment instead of sending the code again', async (t) => {
  const { told, paths } = await ask(t, 'start', { ...SHOWN, asked_before: true }, [paid()]);
  assert.deepEqual([told, paths], [PAID, [LOOK]]);
});

test('a refusal of a repeated code may be the doing of the first asking, and is no decline', async (t) => {
  for (const script of [
    answer(401, 'INVALID_USER_AUTHORIZATION_ID'),
    answer(400, 'NO_SUFFICIENT_FUND'),
    answer(429, 'RATE_LIMIT'),
  ]) {
    const { told, paths } = await ask(t, 'start', { ...SHOWN, asked_before: true }, [gone(), script]);
    assert.deepEqual([told.kind, paths], ['unknown', [LOOK, PAY]]);
  }
});

test('"no such payment" proves nothing while PayPay may still be working on the call', async (t) => {
  const made = Date.parse(CREATED_AT);
  assert.equal((await ask(t, 'lookUp', ASKED, [gone()], made + 29_999)).told.kind, 'unknown');
  assert.equal((await ask(t, 'lookUp', ASKED, [gone()], made + 30_000)).told.kind, 'not_found');
});

test('a cancel ends what the customer has still to confirm, and shows as FAILED with no time of payment', async (t) => {
  for (const [facts, reason] of [
    [CALLED_OFF, 'deleted'],
    [GIVEN_UP, 'expired'],
  ] as const) {
    const { told, paths } = await ask(t, 'cancel', facts, [created(), accepted(), failed(0)]);
    assert.deepEqual([told, paths], [{ kind: 'ended_unpaid', reason }, [LOOK, CANCEL, LOOK]]);
    assert.deepEqual((await ask(t, 'lookUp', facts, [failed(0)])).told, { kind: 'ended_unpaid', reason });
  }
});

test('a payment that looks paid after an accepted cancel is on its way back', async (t) => {
  const back = { kind: 'working', provider_payment_id: '04999' };
  assert.deepEqual((await ask(t, 'cancel', GIVEN_UP, [created(), accepted(), paid()])).told, back);
  assert.deepEqual((await ask(t, 'lookUp', GIVEN_UP, [paid(), accepted(), paid()])).told, back);
  const { told } = await ask(t, 'lookUp', GIVEN_UP, [failed(ACCEPTED_AT)]);
  assert.deepEqual(told, { kind: 'reversed', provider_payment_id: '04999' });
});

test('FAILED after our cancel is money given back, and no decline', async (t) => {
  const { told, paths } = await ask(t, 'cancel', CALLED_OFF, [paid(), accepted(), failed(ACCEPTED_AT)]);
  assert.deepEqual(told, { kind: 'reversed', provider_payment_id: '04999' });
  assert.deepEqual(paths, [LOOK, CANCEL, LOOK]);
});

test('a cancel whose answer is lost is asked for again, whatever the payment looks like meanwhile', async (t) => {
  assert.equal(
    (await ask(t, 'cancel', CALLED_OFF, [created(), answer(500, 'SERVICE_ERROR')])).told.kind,
    'unknown',
  );
  assert.equal(
    (await ask(t, 'cancel', CALLED_OFF, [paid(), answer(429, 'RATE_LIMIT')])).told.kind,
    'unknown',
  );
  const { paths } = await ask(t, 'cancel', CALLED_OFF, [paid(), accepted(), failed(ACCEPTED_AT)]);
  assert.ok(paths.includes(CANCEL));
});

test('an accepted cancel that never shows is over once nobody can confirm any more', async (t) => {
  const since = Date.parse(CALLED_OFF.cancel_requested_at);
  const script = () => [created(), accepted(), created()];
  assert.equal((await ask(t, 'lookUp', GIVEN_UP, script(), since + 299_999)).told.kind, 'working');
  assert.deepEqual((await ask(t, 'lookUp', GIVEN_UP, script(), since + 300_000)).told, {
    kind: 'ended_unpaid',
    reason: 'expired',
  });
});

test('a customer who was faster than a cancel that PayPay refuses has paid', async (t) => {
  const script = () => [created(), not_reversible(), paid()];
  const soon = await ask(t, 'cancel', GIVEN_UP, script());
  assert.equal(soon.told.kind, 'working', 'an earlier cancel may be under way');
  assert.deepEqual((await ask(t, 'cancel', GIVEN_UP, script(), LATE)).told, PAID);
});

test('a refusal after an asking that was met with silence may be the doing of that asking', async (t) => {
  const script = () => [paid(), not_reversible(), paid()];
  for (const [known_since, expected] of [
    [null, 'working'],
    [LATE - 59_999, 'working'],
    [LATE - 60_000, 'paid'],
  ] as const) {
    const facts = {
      ...GIVEN_UP,
      known_since: known_since === null ? null : new Date(known_since).toISOString(),
    };
    assert.equal((await ask(t, 'cancel', facts, script(), LATE)).told.kind, expected, String(known_since));
  }
});

test('what was asked for within the window, and looks paid at its end, may still be on its way back', async (t) => {
  const end = Date.parse('2026-01-28T15:15:00Z');
  for (const facts of [CALLED_OFF, GIVEN_UP]) {
    const { told, paths } = await ask(t, 'lookUp', facts, [paid()], end + 59_999);
    assert.deepEqual([told, paths], [{ kind: 'working', provider_payment_id: '04999' }, [LOOK]]);
  }
  assert.deepEqual((await ask(t, 'lookUp', GIVEN_UP, [paid()], end + 60_000)).told, PAID);
  const too_late = { ...GIVEN_UP, cancel_requested_at: new Date(end).toISOString() };
  assert.deepEqual((await ask(t, 'lookUp', too_late, [paid()], end)).told, PAID);
});

test('what has been paid after all is looked up, and never called off again', async (t) => {
  for (const facts of [CALLED_OFF, GIVEN_UP]) {
    const { told, paths } = await ask(t, 'lookUp', { ...facts, is_paid: true }, [paid()]);
    assert.deepEqual([told, paths], [PAID, [LOOK]]);
  }
});

test('after the window for cancelling PayPay is not asked to cancel; what was only given up is kept', async (t) => {
  const { told, paths } = await ask(t, 'cancel', GIVEN_UP, [paid()], LONG_AFTER);
  assert.deepEqual([told, paths], [PAID, [LOOK]]);
});

test('what PayPay does not cancel any more goes back by a refund, and is given back only when PayPay shows it', async (t) => {
  const facts = { ...CALLED_OFF, cancel_requested_at: new Date(LONG_AFTER).toISOString() };
  const refund = (status: string) => answer(200, 'SUCCESS', { merchantRefundId: ID, status });
  const begun = await ask(t, 'cancel', facts, [paid(), refund('CREATED')], LONG_AFTER);
  assert.deepEqual([begun.told.kind, begun.paths], ['working', [LOOK, REFUND]]);
  const trying = await ask(t, 'cancel', facts, [paid(), refund('REFUND_FAILED')], LONG_AFTER);
  assert.equal(trying.told.kind, 'working');
  const done = await ask(t, 'cancel', facts, [paid(), refund('REFUNDED')], LONG_AFTER);
  assert.deepEqual(done.told, { kind: 'reversed', provider_payment_id: '04999' });
  const lost = await ask(t, 'cancel', facts, [paid(), answer(500, 'SERVICE_ERROR')], LONG_AFTER);
  assert.equal(lost.told.kind, 'unknown');
});

test('the refund of a payment that was called off is one, by the attempt’s own id and PayPay’s payment id', async (t) => {
  const stage = await playPaypay(
    t,
    [paid(), answer(200, 'SUCCESS', { merchantRefundId: ID, status: 'REFUNDED' })],
    LONG_AFTER,
  );
  await paypay.cancel?.(makeAttempt(CALLED_OFF), stage.context);
  const body = JSON.parse(stage.asked[1]?.body ?? '') as Record<string, unknown>;
  assert.equal(body['merchantRefundId'], ID);
  assert.equal(body['paymentId'], '04999');
  assert.deepEqual(body['amount'], { amount: 1250, currency: 'JPY' });
});

test('money that PayPay definitely does not give back was paid', async (t) => {
  const facts = { ...CALLED_OFF, cancel_requested_at: new Date(LONG_AFTER).toISOString() };
  const script = [paid(), answer(400, 'REFUND_WINDOW_EXCEED'), answer(404, 'NO_SUCH_REFUND_ORDER')];
  assert.deepEqual((await ask(t, 'cancel', facts, script, LONG_AFTER)).told, PAID);
});

test('a cancel of a payment that PayPay does not know finds nothing, and cancels nothing', async (t) => {
  const { told, paths } = await ask(t, 'cancel', CALLED_OFF, [gone()]);
  assert.deepEqual([told, paths], [{ kind: 'not_found' }, [LOOK]]);
});

test('a refund finds PayPay’s payment id at the path of shown codes', async (t) => {
  const stage = await playPaypay(t, [
    paid(),
    answer(200, 'SUCCESS', { merchantRefundId: 're_1', status: 'CREATED' }),
  ]);
  const refund = {
    id: 're_1',
    amount: 250,
    currency: 'JPY',
    reason: null,
    created_at: CREATED_AT,
    asked_before: false,
  };
  const result = await paypay.refund?.(makeAttempt(ASKED), refund, stage.context);
  assert.equal(result?.kind, 'accepted');
  assert.deepEqual(stage.paths(), [LOOK, REFUND]);
});

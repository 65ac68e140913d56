// What the adapter asks PayPay about refunds and makes of its answers, contradictions included.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { RefundResult } from '../../domain/refund.ts';
import type { RefundFacts } from '../provider.ts';
import { makeOpaAuthorization } from './opa-signature.ts';
import { paypay } from './paypay.ts';
import {
  answer,
  CREATED_AT,
  created,
  details,
  gone,
  makeAttempt,
  playPaypay,
  type Scripted,
  withoutRequestId,
} from './scripted-paypay.ts';

const ID = 're_01J0000000000000000000000A';
const PAYMENT = '04999';
const CREATE = 'POST /v2/refunds';
const LOOK_UP = `GET /v2/refunds/${ID}?paymentId=${PAYMENT}`;
const GET_PAYMENT = 'GET /v2/codes/payments/pa_01J0000000000000000000000A';

const first: RefundFacts = {
  id: ID,
  amount: 400,
  currency: 'JPY',
  reason: 'Cold soup',
  created_at: CREATED_AT,
  asked_before: false,
};
const again = { ...first, asked_before: true };

const is = (status: string) => answer(200, 'SUCCESS', { status, merchantRefundId: ID, paymentId: PAYMENT });
const refused = (status: number, code: string) => answer(status, code);

async function ask(
  t: TestContext,
  step: 'refund' | 'lookUpRefund',
  refund: RefundFacts,
  script: Scripted[],
  provider_payment_id: string | null = PAYMENT,
): Promise<{ result: RefundResult; paths: string[]; bodies: string[] }> {
  const stage = await playPaypay(t, script);
  const told = await paypay[step]?.(makeAttempt({ provider_payment_id }), refund, stage.context);
  const result = withoutRequestId(told);
  assert.equal(script.length, 0, 'every scripted answer was asked for');
  assert.doesNotMatch(JSON.stringify(result), /CANARY/);
  return { result, paths: stage.paths(), bodies: stage.asked.map(({ body }) => body) };
}

test('a refund names PayPay’s own id of the payment and ours of the refund, the same to the last byte each time', async (t) => {
  const { paths, bodies } = await ask(t, 'refund', first, [is('CREATED')]);
  assert.deepEqual(paths, [CREATE]);
  assert.deepEqual(JSON.parse(bodies[0] ?? ''), {
    merchantRefundId: ID,
    paymentId: PAYMENT,
    amount: { amount: 400, currency: 'JPY' },
    requestedAt: 1769596200,
    reason: 'Cold soup',
  });
  const second = await ask(t, 'refund', again, [is('REFUNDED')]);
  assert.deepEqual(second.bodies, bodies);
  const without = await ask(t, 'refund', { ...first, reason: null }, [is('REFUNDED')]);
  assert.equal('reason' in JSON.parse(without.bodies[0] ?? ''), false);
});

test('the path is signed without its query', async (t) => {
  const stage = await playPaypay(t, [is('REFUNDED')]);
  await paypay.lookUpRefund?.(makeAttempt({ provider_payment_id: PAYMENT }), first, stage.context);
  const sent = String(stage.asked[0]?.headers['authorization']);
  const [, , mac, nonce, epoch] = sent.split(':');
  const expected = makeOpaAuthorization(
    { method: 'GET', path: `/v2/refunds/${ID}` },
    stage.context.credentials,
    String(nonce),
    Number(epoch),
  );
  assert.equal(mac, expected.split(':')[2]);
});

for (const [status, kind] of [
  ['REFUNDED', 'refunded'],
  ['CREATED', 'accepted'],
  ['REFUND_FAILED', 'accepted'],
  ['SOMETHING_NEW', 'unknown'],
] as const) {
  test(`${status} is ${kind}, in the answer and in a look-up`, async (t) => {
    assert.equal((await ask(t, 'refund', first, [is(status)])).result.kind, kind);
    const { result, paths } = await ask(t, 'lookUpRefund', again, [is(status)]);
    assert.deepEqual([result.kind, paths], [kind, [LOOK_UP]]);
  });
}

test('an answer about another refund, or about nothing, proves nothing', async (t) => {
  for (const data of [
    null,
    {},
    { status: 'REFUNDED' },
    { status: 'REFUNDED', merchantRefundId: 're_other' },
  ]) {
    for (const step of ['refund', 'lookUpRefund'] as const) {
      const { result } = await ask(t, step, first, [answer(200, 'SUCCESS', data)]);
      assert.deepEqual([result.kind, 'reason' in result && result.reason], ['unknown', 'unreadable_answer']);
    }
  }
});

for (const [http, code, because] of [
  [403, 'MERCHANT_MULTIPLE_REFUND_REJECTED', 'state'],
  [400, 'REFUND_WINDOW_EXCEED', 'state'],
  [400, 'REFUND_LIMIT_EXCEEDED', 'state'],
  [400, 'UNACCEPTABLE_OP', 'state'],
  [400, 'INVALID_PARAMS', 'state'],
  [400, 'ORDER_NO_LONGER_AVAILABLE', 'state'],
  [401, 'UNAUTHORIZED', 'other'],
  [401, 'OP_OUT_OF_SCOPE', 'other'],
  [400, 'INVALID_REQUEST_PARAMS', 'other'],
  [404, 'RESOURCE_NOT_FOUND', 'other'],
  [500, 'TRANSACTION_FAILED', 'other'],
] as const) {
  test(`${code} refuses a first asking, because of ${because}`, async (t) => {
    const { result, paths } = await ask(t, 'refund', first, [refused(http, code)]);
    assert.deepEqual(
      [result.kind, 'code' in result && result.code, 'because' in result && result.because, paths],
      ['refused', code, because, [CREATE]],
    );
  });
}

test('a refusal of a later asking counts only when PayPay knows no refund by our id', async (t) => {
  const no = refused(403, 'MERCHANT_MULTIPLE_REFUND_REJECTED');
  for (const [found, kind] of [
    [is('REFUNDED'), 'refunded'],
    [is('CREATED'), 'accepted'],
    [refused(404, 'NO_SUCH_REFUND_ORDER'), 'refused'],
    [refused(401, 'UNAUTHORIZED'), 'unknown'],
    [answer(500, 'SERVICE_ERROR'), 'unknown'],
  ] as const) {
    const { result, paths } = await ask(t, 'refund', again, [no, found]);
    assert.deepEqual([result.kind, paths], [kind, [CREATE, LOOK_UP]]);
  }
});

test('what PayPay puts off is asked for again after a minute', async (t) => {
  for (const [http, code] of [
    [400, 'THROTTLED_MULTIPLE_REFUND_REJECTED'],
    [429, 'RATE_LIMIT'],
    [503, 'MAINTENANCE_MODE'],
  ] as const) {
    for (const refund of [first, again]) {
      const { result } = await ask(t, 'refund', refund, [refused(http, code)]);
      assert.deepEqual(
        [result.kind, 'retry_after_ms' in result && result.retry_after_ms],
        ['throttled', 60_000],
      );
    }
    // As an answer to a question it says nothing about the refund.
    assert.equal((await ask(t, 'lookUpRefund', again, [refused(http, code)])).result.kind, 'unknown');
  }
});

test('server errors and codes that are not in the book are unknown, never a no', async (t) => {
  for (const scripted of [
    answer(500, 'SERVICE_ERROR'),
    answer(500, 'INTERNAL_SERVER_ERROR'),
    answer(400, 'SOMETHING_NEW'),
    answer(500, 'REFUND_WINDOW_EXCEED'),
    { status: 502, body: '<h1>Bad Gateway</h1>' },
  ]) {
    for (const step of ['refund', 'lookUpRefund'] as const) {
      assert.equal((await ask(t, step, first, [{ ...scripted }])).result.kind, 'unknown');
    }
  }
});

test('a refund that PayPay does not know is not found, which is no refusal', async (t) => {
  for (const code of ['NO_SUCH_REFUND_ORDER', 'RESOURCE_NOT_FOUND']) {
    const { result } = await ask(t, 'lookUpRefund', again, [refused(404, code)]);
    assert.deepEqual(result, { kind: 'not_found' });
  }
  const { paths } = await ask(t, 'lookUpRefund', again, [is('REFUNDED')], null);
  assert.deepEqual(paths, [`GET /v2/refunds/${ID}`], 'the payment’s id is told when it is known');
});

test('without the id of the payment PayPay is asked for it first', async (t) => {
  const paid = answer(200, 'SUCCESS', details('COMPLETED'));
  const { result, paths, bodies } = await ask(t, 'refund', first, [paid, is('REFUNDED')], null);
  assert.deepEqual([result.kind, paths], ['refunded', [GET_PAYMENT, CREATE]]);
  assert.equal(JSON.parse(bodies[1] ?? '').paymentId, PAYMENT);
});

test('when PayPay does not tell that id, nothing is given back, and nothing is given up that was asked for', async (t) => {
  const cases: [Scripted, RefundFacts, string][] = [
    [answer(500, 'SERVICE_ERROR'), first, 'throttled'],
    [created(), first, 'refused'],
    [created(), again, 'unknown'],
    [gone(), first, 'refused'],
    [gone(), again, 'unknown'],
    [answer(200, 'SUCCESS', details('FAILED')), first, 'refused'],
    [answer(200, 'SUCCESS', details('COMPLETED', { paymentId: null })), first, 'throttled'],
  ];
  for (const [scripted, refund, kind] of cases) {
    const { result, paths } = await ask(t, 'refund', refund, [scripted], null);
    assert.deepEqual([result.kind, paths], [kind, [GET_PAYMENT]]);
  }
});

test('a PayPay that cannot be reached has done nothing, and is asked again', async (t) => {
  const { context } = await playPaypay(t, []);
  const credentials = { ...context.credentials, base_url: 'http://127.0.0.1:1' };
  const attempt = makeAttempt({ provider_payment_id: PAYMENT });
  assert.equal((await paypay.refund?.(attempt, first, { ...context, credentials }))?.kind, 'throttled');
  assert.equal((await paypay.lookUpRefund?.(attempt, first, { ...context, credentials }))?.kind, 'unknown');
});

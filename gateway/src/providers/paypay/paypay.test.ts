// What the adapter asks PayPay and makes of its answers, contradictions included, step by step.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import type { ProviderContext } from '../provider.ts';
import { type PaypayCredentials, PaypayStoreCredentials } from './credentials.ts';
import { paypay } from './paypay.ts';
import {
  AFTER_EXPIRY,
  answer,
  CREATE_CODE,
  CREATED_AT,
  created,
  DELETE_CODE,
  details,
  EXPIRES_AT,
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

test('a start asks for one code with our attempt id and shows what PayPay gave', async (t) => {
  const stage = await playPaypay(t, [opened()]);
  const result = withoutRequestId(await paypay.start?.(makeAttempt(), stage.context));
  assert.deepEqual(result, {
    kind: 'waiting',
    action: { type: 'qr', qr_content: 'https://qr.example/04abc', expires_at: EXPIRES_AT },
    provider_code_id: '04-abc',
  });
  const [request] = stage.asked;
  assert.equal(request?.what, 'POST /prefix/v2/codes');
  assert.equal(request.headers['x-assume-merchant'], '234567');
  assert.equal(request.headers['content-type'], 'application/json');
  assert.match(
    String(request.headers['authorization']),
    /^hmac OPA-Auth:key-1:[^:]+:[^:]+:1769596210:[^:]+$/,
  );
  assert.deepEqual(JSON.parse(request.body), {
    merchantPaymentId: 'pa_01J0000000000000000000000A',
    amount: { amount: 1250, currency: 'JPY' },
    codeType: 'ORDER_QR',
    orderDescription: 'Coffee x2',
    storeId: 'shibuya',
    terminalId: 'till-1',
    requestedAt: 1769596200,
  });
});

test('without a host of the operator, test payments go to the sandbox and live ones to PayPay', async () => {
  const urls: string[] = [];
  for (const livemode of [false, true]) {
    const context: ProviderContext<PaypayCredentials> = {
      http: {
        // Nothing may leave this machine, so this client only writes the address down.
        request: async ({ url }) => {
          urls.push(url);
          return { kind: 'failed', reason: 'timeout', message: '', sent: true, duration_ms: 1 };
        },
        close: async () => {},
      },
      now: () => NOW,
      livemode,
      credentials: { merchant_id: '234567', api_key: 'key-1', api_secret: 'CANARY' },
    };
    await paypay.lookUp?.(makeAttempt(OPENED), context);
  }
  assert.deepEqual(
    urls.map((url) => new URL(url).origin),
    ['https://apigw.sandbox.paypay.ne.jp', 'https://apigw.paypay.ne.jp'],
  );
});

test('a store can sync its merchant id and keys, and never where requests go', () => {
  const synced = (credentials: unknown) => Value.Check(PaypayStoreCredentials, credentials);
  assert.equal(synced({ merchant_id: 'paypay_merchant_123' }), true);
  assert.equal(synced({ merchant_id: '234567', api_key: 'k', api_secret: 's' }), true);
  assert.equal(synced({ merchant_id: '234567', base_url: 'https://attacker.example' }), false);
  assert.equal(synced({ merchant_id: 'a\r\nx-injected: 1' }), false);
  assert.equal(synced({ merchant_id: '' }), false);
  assert.equal(synced({}), false);
});

test('a definite refusal ends the attempt unpaid with its code; money other than yen is not even asked', async (t) => {
  for (const [status, code] of [
    [400, 'INVALID_REQUEST_PARAMS'],
    [401, 'UNAUTHORIZED'],
    [401, 'OP_OUT_OF_SCOPE'],
    [429, 'RATE_LIMIT'],
    [503, 'MAINTENANCE_MODE'],
    [500, 'TRANSACTION_FAILED'],
  ] as const) {
    const { result } = await run(t, 'start', {}, [answer(status, code)]);
    assert.equal(result.kind, 'ended_unpaid', code);
    assert.deepEqual([result.reason, result.code], ['refused', code]);
    assert.match(result.message ?? '', /00000001.*OPA45F6/);
  }
  const { result, paths } = await run(t, 'start', { currency: 'USD' }, []);
  assert.deepEqual([result.kind, paths], ['ended_unpaid', []]);
});

test('the codes that settle nothing leave the outcome unknown, in every step', async (t) => {
  const unclear: [Scripted, string][] = [
    [answer(500, 'SERVICE_ERROR'), 'server_error'],
    [answer(500, 'INTERNAL_SERVER_ERROR'), 'server_error'],
    [answer(400, 'A_CODE_OF_TOMORROW'), 'unlisted_code'],
    [answer(200, 'A_CODE_OF_TOMORROW', details('COMPLETED')), 'unlisted_code'],
    [answer(500, 'SUCCESS', details('COMPLETED')), 'server_error'],
    [answer(202, 'USER_CONFIRMATION_REQUIRED', details('COMPLETED')), 'server_error'],
    [{ status: 502, body: '<html>Bad Gateway</html>' }, 'server_error'],
    [{ status: 429, body: 'slow down' }, 'rate_limited'],
    [{ status: 200, body: '' }, 'unreadable_answer'],
    [{ status: 200, body: 'null' }, 'unreadable_answer'],
    [{ status: 200, body: '{"resultInfo":{"code":"SUCC' }, 'unreadable_answer'],
    [{ status: 200, body: { resultInfo: { code: 7 } } }, 'unreadable_answer'],
    [{ status: 404, body: '<html>no such page</html>' }, 'unreadable_answer'],
    [{ status: 302, body: '', headers: { location: '/v2/codes' } }, 'unreadable_answer'],
    [answer(200, 'SUCCESS', null), 'unreadable_answer'],
    [answer(200, 'SUCCESS', { codeId: '04-abc' }), 'unreadable_answer'],
  ];
  for (const [scripted, reason] of unclear) {
    const shown = JSON.stringify(scripted);
    const started = await run(t, 'start', {}, [scripted]);
    assert.equal(started.result.kind === 'unknown' && started.result.reason, reason, shown);
    const looked = await run(t, 'lookUp', OPENED, [scripted]);
    assert.equal(looked.result.kind === 'unknown' && looked.result.reason, reason, shown);
    const cancelled = await run(t, 'cancel', OPENED, [scripted, scripted]);
    assert.equal(cancelled.result.kind === 'unknown' && cancelled.result.reason, reason, shown);
  }
});

test('an open code waits until its expiry and the grace are over, even when PayPay denies it', async (t) => {
  const just_before = Date.parse(EXPIRES_AT) + 30_000;
  for (const script of [created(), gone(), answer(404, 'RESOURCE_NOT_FOUND')]) {
    const { result } = await run(t, 'lookUp', OPENED, [script], just_before);
    assert.deepEqual(result, { kind: 'waiting' });
  }
});

test('after the expiry a code that still says CREATED is deleted and asked for once more', async (t) => {
  const ended = { kind: 'ended_unpaid', reason: 'expired' };
  const deleted = await run(
    t,
    'lookUp',
    OPENED,
    [created(), answer(200, 'SUCCESS'), created()],
    AFTER_EXPIRY,
  );
  assert.deepEqual(deleted, { result: ended, paths: [GET_DETAILS, DELETE_CODE, GET_DETAILS] });
  for (const refusal of [answer(404, 'DYNAMIC_QR_NOT_FOUND'), answer(400, 'DYNAMIC_QR_BAD_REQUEST')]) {
    const { result } = await run(t, 'lookUp', OPENED, [created(), refusal, created()], AFTER_EXPIRY);
    assert.deepEqual(result, ended);
  }
  const forgotten = await run(t, 'lookUp', OPENED, [gone()], AFTER_EXPIRY);
  assert.deepEqual(forgotten.result, ended);
  const last_second = answer(200, 'SUCCESS', details('COMPLETED'));
  const paid = await run(
    t,
    'lookUp',
    OPENED,
    [created(), answer(400, 'DYNAMIC_QR_ALREADY_PAID'), last_second],
    AFTER_EXPIRY,
  );
  assert.equal(paid.result.kind, 'paid');
});

test('a code whose answer was lost comes to the till by the look-up', async (t) => {
  const { result, paths } = await run(t, 'lookUp', {}, [created(), opened()]);
  assert.equal(result.kind === 'waiting' && result.provider_code_id, '04-abc');
  assert.deepEqual(paths, [GET_DETAILS, CREATE_CODE]);
  const never_arrived = await run(t, 'lookUp', {}, [gone()]);
  assert.deepEqual(never_arrived.result, { kind: 'not_found' });
});

test('a code that PayPay will not tell again stays unknown until its life is over', async (t) => {
  const duplicate = () => answer(400, 'DUPLICATE_DYNAMIC_QR_REQUEST');
  const started = await run(t, 'start', {}, [duplicate(), created()]);
  assert.equal(started.result.kind, 'unknown');
  assert.deepEqual(started.paths, [CREATE_CODE, GET_DETAILS]);
  const looked = await run(t, 'lookUp', {}, [created(), duplicate()]);
  assert.equal(looked.result.kind, 'unknown');
  const cancelled = await run(t, 'cancel', {}, [created(), duplicate()]);
  assert.equal(cancelled.result.kind, 'unknown');
  const over = await run(t, 'lookUp', {}, [created()], AFTER_EXPIRY);
  assert.deepEqual(over.result, { kind: 'ended_unpaid', reason: 'expired' });
});

test('a duplicate start answers what the details say', async (t) => {
  const duplicate = answer(400, 'DUPLICATE_DYNAMIC_QR_REQUEST');
  const paid = await run(t, 'start', {}, [duplicate, answer(200, 'SUCCESS', details('COMPLETED'))]);
  assert.equal(paid.result.kind, 'paid');
  const absent = await run(t, 'start', {}, [answer(400, 'DUPLICATE_DYNAMIC_QR_REQUEST'), gone()]);
  assert.deepEqual(absent.result, { kind: 'not_found' });
  const already_open = await run(t, 'start', OPENED, [created()]);
  assert.deepEqual(already_open, { result: { kind: 'waiting' }, paths: [GET_DETAILS] });
});

test('a cancel deletes the code and believes the details, not the deletion', async (t) => {
  const deleted = await run(t, 'cancel', OPENED, [answer(200, 'SUCCESS', { qrStatus: 'DELETED' }), gone()]);
  assert.deepEqual(deleted, {
    result: { kind: 'ended_unpaid', reason: 'deleted' },
    paths: [DELETE_CODE, GET_DETAILS],
  });
  const paid = await run(t, 'cancel', OPENED, [
    answer(200, 'SUCCESS', { qrStatus: 'DELETED' }),
    answer(200, 'SUCCESS', details('COMPLETED')),
  ]);
  assert.equal(paid.result.kind, 'paid');
  const deleted_before = await run(t, 'cancel', OPENED, [answer(404, 'DYNAMIC_QR_NOT_FOUND'), gone()]);
  assert.deepEqual(deleted_before.result, { kind: 'ended_unpaid', reason: 'deleted' });
  const about_to_show = await run(t, 'cancel', OPENED, [answer(400, 'DYNAMIC_QR_ALREADY_PAID'), created()]);
  assert.deepEqual(about_to_show.result, { kind: 'working' });
});

test('a deletion that may not have happened leaves a cancel unknown', async (t) => {
  for (const deletion of [
    answer(500, 'SERVICE_ERROR'),
    answer(400, 'DYNAMIC_QR_BAD_REQUEST'),
    answer(401, 'UNAUTHORIZED'),
    answer(429, 'RATE_LIMIT'),
    { status: 502, body: '<html>' },
  ]) {
    const { result } = await run(t, 'cancel', OPENED, [deletion, created()]);
    assert.equal(result.kind, 'unknown', JSON.stringify(deletion));
  }
});

test('a cancel of a code that never reached us finds its id, deletes it, and a look-up goes on with it', async (t) => {
  const script = () => [created(), opened(), answer(200, 'SUCCESS', { qrStatus: 'DELETED' }), gone()];
  const ended = { kind: 'ended_unpaid', reason: 'deleted' };
  const cancelled = await run(t, 'cancel', {}, script());
  assert.deepEqual(cancelled, { result: ended, paths: [GET_DETAILS, CREATE_CODE, DELETE_CODE, GET_DETAILS] });
  const looked = await run(t, 'lookUp', { cancel_requested_at: CREATED_AT }, script());
  assert.deepEqual(looked.result, ended);
});

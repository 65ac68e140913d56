// What the adapter makes of answers that the simulator does not give: every payment status, broken bodies,
// contradictions. A real HTTP server plays PayPay from a script and writes down what it was asked.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { ProviderResult } from '../../domain/provider-result.ts';
import { makeHttpClient } from '../../outbound/http.ts';
import type { AttemptFacts, ProviderContext } from '../provider.ts';
import type { PaypayCredentials } from './client.ts';
import { paypay } from './paypay.ts';

const CREATED_AT = '2026-01-28T10:30:00.000Z';
const NOW = Date.parse(CREATED_AT) + 10_000;
const EXPIRES_AT = '2026-01-28T10:35:00.000Z';
const AFTER_EXPIRY = Date.parse(EXPIRES_AT) + 31_000;

function makeAttempt(changes: Partial<AttemptFacts> = {}): AttemptFacts {
  return {
    id: 'pa_01J0000000000000000000000A',
    payment_intent_id: 'pi_01J0000000000000000000000A',
    payment_method_type: 'qr_mpm',
    provider: 'PAYPAY',
    amount: 1250,
    currency: 'JPY',
    authorize_only: false,
    merchant_id: 'm1',
    merchant_store_id: 'shibuya',
    merchant_terminal_id: 'till-1',
    description: 'Coffee x2',
    external_ref_id: null,
    customer_code: null,
    return_url: null,
    created_at: CREATED_AT,
    provider_payment_id: null,
    provider_code_id: null,
    action_expires_at: null,
    cancel_requested_at: null,
    ...changes,
  };
}

const OPENED = { provider_code_id: '04-abc', action_expires_at: EXPIRES_AT };

type Scripted = { status: number; body: unknown; headers?: Record<string, string> };
interface Asked {
  what: string;
  headers: Record<string, unknown>;
  body: string;
}

function answer(status: number, code: string, data: unknown = null): Scripted {
  return { status, body: { resultInfo: { code, message: 'CANARY', codeId: '00000001' }, data } };
}
const created = () => answer(200, 'SUCCESS', details('CREATED'));
const gone = () => answer(400, 'DYNAMIC_QR_PAYMENT_NOT_FOUND');
const opened = () =>
  answer(201, 'SUCCESS', {
    codeId: '04-abc',
    url: 'https://qr.example/04abc',
    deeplink: 'paypay://payment?link_key=x',
    expiryDate: Date.parse(EXPIRES_AT) / 1000,
  });

function details(status: string, more: Record<string, unknown> = {}) {
  return {
    paymentId: '04999',
    status,
    acceptedAt: Date.parse('2026-01-28T10:31:00Z') / 1000,
    merchantPaymentId: 'pa_01J0000000000000000000000A',
    amount: { amount: 1250, currency: 'JPY' },
    ...more,
  };
}

/** Plays the answers in order; one too many questions is answered in a way that fails the test. */
async function playPaypay(t: TestContext, script: Scripted[], now = NOW) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    asked.push({ what: `${method} ${url}`, headers, body: Buffer.concat(chunks).toString() });
    const next = script.shift() ?? { status: 418, body: 'the script is over' };
    response.writeHead(next.status, { 'x-request-id': 'OPA45F6', ...next.headers });
    response.end(typeof next.body === 'string' ? next.body : JSON.stringify(next.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = makeHttpClient({ user_agent: 'mpac-pgw/test' });
  t.after(async () => {
    await http.close();
    server.close();
  });
  const context: ProviderContext<PaypayCredentials> = {
    http,
    now: () => now,
    livemode: false,
    credentials: {
      merchant_id: '234567',
      api_key: 'key-1',
      api_secret: 'CANARY',
      base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`,
    },
  };
  return { context, asked, paths: () => asked.map((one) => one.what.replace('/prefix', '')) };
}

const GET_DETAILS = 'GET /v2/codes/payments/pa_01J0000000000000000000000A';
const DELETE_CODE = 'DELETE /v2/codes/04-abc';
const CREATE_CODE = 'POST /v2/codes';

async function run(
  t: TestContext,
  step: 'start' | 'lookUp' | 'cancel',
  facts: Partial<AttemptFacts>,
  script: Scripted[],
  now = NOW,
): Promise<{ result: ProviderResult; paths: string[] }> {
  const stage = await playPaypay(t, script, now);
  const ask = paypay[step];
  assert.ok(ask);
  const result = await ask(makeAttempt(facts), stage.context);
  assert.equal(script.length, 0, 'every scripted answer was asked for');
  assert.doesNotMatch(JSON.stringify(result), /CANARY/);
  return { result, paths: stage.paths() };
}

test('a start asks for one code with our attempt id and shows what PayPay gave', async (t) => {
  const stage = await playPaypay(t, [opened()]);
  const result = await paypay.start?.(makeAttempt(), stage.context);
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

test('a refusal of the credentials says when our clock is the likely cause', async (t) => {
  const skewed = { ...answer(401, 'UNAUTHORIZED'), headers: { date: new Date(NOW - 300_000).toUTCString() } };
  const { result } = await run(t, 'start', {}, [skewed]);
  assert.match(JSON.stringify(result), /300 s ahead/);
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

test('a refused look-up says nothing about the payment', async (t) => {
  for (const [status, code, reason] of [
    [401, 'UNAUTHORIZED', 'refused'],
    [400, 'INVALID_PARAMS', 'refused'],
    [429, 'RATE_LIMIT', 'rate_limited'],
    [503, 'MAINTENANCE_MODE', 'rate_limited'],
  ] as const) {
    const { result } = await run(t, 'lookUp', OPENED, [answer(status, code)], AFTER_EXPIRY);
    assert.equal(result.kind === 'unknown' && result.reason, reason, code);
  }
});

test('every payment status has its meaning, and a new one is unknown', async (t) => {
  const stated = { amount: 1250, currency: 'JPY' };
  const paid = { kind: 'paid', stated, provider_payment_id: '04999', paid_at: '2026-01-28T10:31:00.000Z' };
  const capture_before = '2026-02-28T00:00:00.000Z';
  const expected: [Record<string, unknown>, unknown][] = [
    [details('COMPLETED'), paid],
    [details('REFUNDED'), paid],
    [
      details('AUTHORIZED', { expiresAt: Date.parse(capture_before) / 1000 }),
      { kind: 'authorized', stated, provider_payment_id: '04999', capture_before },
    ],
    [details('REAUTHORIZING'), { kind: 'working', provider_payment_id: '04999' }],
    [details('CANCELED'), { kind: 'reversed', provider_payment_id: '04999' }],
    [details('EXPIRED'), { kind: 'ended_unpaid', reason: 'expired' }],
    [details('CREATED', { acceptedAt: 0 }), { kind: 'waiting' }],
  ];
  for (const [data, result] of expected) {
    const told = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', data)]);
    assert.deepEqual(told.result, result, JSON.stringify(data));
  }
  for (const status of ['', 'completed', 'PENDING', 'constructor']) {
    const told = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', details(status))]);
    assert.equal(told.result.kind === 'unknown' && told.result.reason, 'unlisted_code', status);
  }
});

test('FAILED is a decline, but after our own cancel it is the reversal that we asked for', async (t) => {
  const failed = () => answer(200, 'SUCCESS', details('FAILED'));
  const declined = await run(t, 'lookUp', OPENED, [failed()]);
  assert.equal(declined.result.kind, 'declined');
  const cancelled = { ...OPENED, cancel_requested_at: CREATED_AT };
  const reversed = await run(t, 'lookUp', cancelled, [answer(404, 'DYNAMIC_QR_NOT_FOUND'), failed()]);
  assert.deepEqual(reversed.result, { kind: 'reversed', provider_payment_id: '04999' });
});

test('details that do not state the money, or are about another payment, prove nothing', async (t) => {
  for (const wrong of [
    { amount: undefined },
    { amount: { amount: '1250', currency: 'JPY' } },
    { amount: { amount: 1250.5, currency: 'JPY' } },
    { amount: { amount: -1250, currency: 'JPY' } },
    { amount: { amount: 1250, currency: 'yen' } },
    { merchantPaymentId: 'pa_01J0000000000000000000000B' },
    { merchantPaymentId: undefined },
    { acceptedAt: 1e18 },
  ]) {
    const data = details('COMPLETED', wrong);
    const { result } = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', data)]);
    assert.equal(result.kind === 'unknown' && result.reason, 'unreadable_answer', JSON.stringify(wrong));
  }
  const other = answer(200, 'SUCCESS', details('COMPLETED', { amount: { amount: 1, currency: 'USD' } }));
  const { result } = await run(t, 'lookUp', OPENED, [other]);
  assert.deepEqual(result.kind === 'paid' && result.stated, { amount: 1, currency: 'USD' });
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

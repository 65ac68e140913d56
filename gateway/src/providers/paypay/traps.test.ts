// The traps of PayPay's Open Payment API in calls and in codes, each under a name that says what goes wrong where it is
// not known; those of texts, times and bytes stand in wire-traps.test.ts. Those that have a test beside the code that
// minds them are not repeated here. Source: PayPay's API documents and help centre.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { makeIdSource } from '../../domain/id.ts';
import { makeHttpClient } from '../../outbound/http.ts';
import { paypay } from './paypay.ts';
import {
  AFTER_EXPIRY,
  answer,
  created,
  details,
  gone,
  makeAttempt,
  NOW,
  OPENED,
  opened,
  playPaypay,
  run,
} from './scripted-paypay.ts';
import { makeCertificate, openPaypay } from './simulated-paypay.ts';
import { makeCaller } from './simulator-test-caller.ts';

const DAY_MS = 24 * 3_600_000;

test('PayPay’s hosts want to hear their name before TLS 1.2 or newer begins, and our client says it', async (t) => {
  const { key, cert } = makeCertificate();
  const heard: unknown[] = [];
  const server = createServer({ key, cert, minVersion: 'TLSv1.2' }, (request, response) => {
    const { servername } = request.socket as TLSSocket & { servername?: string };
    heard.push(servername);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = makeHttpClient({ user_agent: 'mpac-pgw/test', undici: { connect: { ca: cert } } });
  t.after(async () => {
    await http.close();
    server.close();
  });
  const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const said = await http.request({ method: 'GET', url, deadline_ms: 5_000 });
  assert.equal(said.kind, 'answered', JSON.stringify(said));
  assert.deepEqual(heard, ['localhost']);
});

test('the hash is over the very bytes that are sent, Japanese included', async (t) => {
  const stage = await playPaypay(t, [opened()]);
  await paypay.start?.(makeAttempt({ description: 'コーヒー ☕ “x” \u2028' }), stage.context);
  const [sent] = stage.asked;
  const hash = String(sent?.headers['authorization']).split(':').at(-1);
  const expected = createHash('md5')
    .update('application/json')
    .update(sent?.body ?? '');
  assert.equal(hash, expected.digest('base64'));
  assert.equal(sent?.headers['content-type'], 'application/json');
  const simulated = await openPaypay(t);
  await simulated.openCode({ description: 'コーヒー ☕ “x” \u2028' });
});

test('a call without a body signs the word empty and sends no content type', async (t) => {
  const stage = await playPaypay(t, [answer(200, 'SUCCESS'), gone()]);
  await paypay.cancel?.(makeAttempt(OPENED), stage.context);
  assert.deepEqual(
    stage.asked.map(({ what }) => what.split(' ')[0]),
    ['DELETE', 'GET'],
  );
  for (const { headers, body } of stage.asked) {
    assert.equal(String(headers['authorization']).split(':').at(-1), 'empty');
    assert.deepEqual([headers['content-type'], body], [undefined, '']);
  }
});

test('a secret that looks like base64 is used as the text that it is', async (t) => {
  const api_secret = 'c2VjcmV0LXNlY3JldA==';
  const stage = await openPaypay(t, { settings: { api_secret }, credentials: { api_secret } });
  await stage.openCode();
});

test('the merchant that a call is for stands in every call, or PayPay would not know whose money it is', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.lookUp(attempt);
  await stage.pay(attempt);
  await stage.cancel(attempt);
  await paypay.refund?.(attempt, stage.makeRefund(), stage.context);
  await paypay.lookUpRefund?.(attempt, stage.makeRefund(), stage.context);
  const held = await stage.hold();
  await paypay.capture?.(held, { id: 'ca_1', amount: 100 }, stage.context);
  await stage.cancel(await stage.hold());
  const methods = new Set(
    stage.asked().map((asked) => asked.replace(/(pa|re)_\w+|04-\w+/, ':id').slice(0, -4)),
  );
  assert.equal(methods.size, 7, [...methods].join(', '));
  for (const { headers } of stage.sent) assert.equal(headers?.['x-assume-merchant'], '234567');
});

test('a placeholder in place of the merchant id is an unauthorized call, and nothing was begun', async (t) => {
  const stage = await openPaypay(t, { credentials: { merchant_id: 'YOUR_MERCHANT_ID' } });
  const result = await stage.start(stage.makeFresh());
  assert.equal(result.kind === 'ended_unpaid' && result.code, 'UNAUTHORIZED');
  assert.match(JSON.stringify(result), /Check the API key, its secret, the merchant id/);
});

test('a missing contract is an unauthorized call, too, and no reason to try another time or token', async (t) => {
  const date = new Date(NOW - 300_000).toUTCString();
  const refusal = { ...answer(401, 'OP_OUT_OF_SCOPE'), headers: { date } };
  const stage = await playPaypay(t, [refusal]);
  const result = await paypay.start?.(makeAttempt(), stage.context);
  assert.equal(result?.kind === 'ended_unpaid' && result.code, 'OP_OUT_OF_SCOPE');
  assert.equal(stage.asked.length, 1);
});

test('a code payment is asked about under /v2/codes/payments: under /v2/payments PayPay does not know it', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  const { call } = makeCaller(stage.url, stage.now);
  const own = { headers: { 'x-assume-merchant': '234567' } };
  const elsewhere = await call('GET', `/v2/payments/${attempt.id}`, undefined, own);
  assert.deepEqual([elsewhere.status, elsewhere.code], [404, 'RESOURCE_NOT_FOUND']);
  stage.asked();
  assert.equal((await stage.lookUp(attempt)).kind, 'paid');
  assert.deepEqual(stage.asked(), [`GET /v2/codes/payments/${attempt.id} 200`]);
});

test('our attempt ids are what PayPay takes as a merchantPaymentId: 64 letters, digits, _ and -', () => {
  const makeId = makeIdSource(() => NOW);
  for (let times = 0; times < 100; times += 1) assert.match(makeId('pa'), /^[a-zA-Z0-9_-]{1,64}$/);
});

test('an amount goes out as a whole number of yen and nothing else', async (t) => {
  const stage = await playPaypay(t, [opened()]);
  await paypay.start?.(makeAttempt({ amount: 99_999_999_999 }), stage.context);
  assert.match(stage.asked[0]?.body ?? '', /"amount":\{"amount":99999999999,"currency":"JPY"\}/);
});

test('order items come back with another key than they went out with, which concerns nobody', async (t) => {
  const script = opened();
  const { data } = script.body as { data: object };
  const orderItems = [{ name: 'Coffee', quantity: 2, unit_price: { amount: 625, currency: 'JPY' } }];
  Object.assign(data, { orderItems, metadata: {}, codeType: 'ORDER_QR' });
  const { result } = await run(t, 'start', {}, [script]);
  assert.equal(result.kind, 'waiting');
});

test('how long a code lives is PayPay’s to say, not ours: what it says is what the till counts down', async (t) => {
  const stage = await openPaypay(t, { settings: { qr_lifetime_seconds: 90 } });
  const attempt = await stage.openCode();
  assert.equal(attempt.action_expires_at, new Date(NOW + 90_000).toISOString());
  assert.doesNotMatch(String(stage.sent[0]?.body), /expir/i);
});

test('an unpaid payment was accepted at 0, which is no time: money is not dated 1970', async (t) => {
  const data = details('COMPLETED', { acceptedAt: 0 });
  const { result } = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', data)]);
  assert.deepEqual([result.kind, 'paid_at' in result], ['paid', false]);
});

test('an unpaid code that ran out stays CREATED for ever: time ends it, and its deletion makes sure', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  stage.advance(30 * DAY_MS);
  stage.asked();
  const result = withoutId(await stage.lookUp(attempt));
  assert.deepEqual(result, { kind: 'ended_unpaid', reason: 'expired' });
  assert.deepEqual(
    stage.asked().map((asked) => asked.split(' ')[0]),
    ['GET', 'DELETE', 'GET'],
  );
});

test('a code that ran out may be CREATED, EXPIRED or not found: each is the same end', async (t) => {
  for (const script of [
    [created(), answer(200, 'SUCCESS', { qrStatus: 'DELETED' }), created()],
    [answer(200, 'SUCCESS', details('EXPIRED'))],
    [gone()],
  ]) {
    const { result } = await run(t, 'lookUp', OPENED, script, AFTER_EXPIRY);
    assert.deepEqual(result, { kind: 'ended_unpaid', reason: 'expired' });
  }
});

test('DYNAMIC_QR_PAYMENT_NOT_FOUND while the code is still shown is no end: the customer may be paying', async (t) => {
  const { result } = await run(t, 'lookUp', OPENED, [gone()]);
  assert.deepEqual(result, { kind: 'waiting' });
});

test('PayPay’s cancel of an unpaid code would lie in wait for the money, so a code is deleted and never cancelled', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  stage.asked();
  assert.equal((await stage.cancel(attempt)).kind, 'ended_unpaid');
  const asked = stage.asked();
  assert.match(asked[0] ?? '', /^DELETE \/v2\/codes\/04-/);
  assert.equal(
    asked.some((one) => one.startsWith('DELETE /v2/payments/')),
    false,
  );
  // Who all the same gets his money through has paid, and PayPay does not undo it behind our back.
  await stage.pay(attempt, true);
  stage.advance(60_000);
  assert.equal((await stage.lookUp({ ...attempt, cancel_requested_at: null })).kind, 'paid');
});

test('a cancel that was laid in wait by somebody else’s hand shows as FAILED after the customer paid', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  const { call } = makeCaller(stage.url, stage.now);
  const own = { headers: { 'x-assume-merchant': '234567' } };
  const accepted = await call('DELETE', `/v2/payments/${attempt.id}`, undefined, own);
  assert.deepEqual([accepted.status, accepted.code], [202, 'REQUEST_ACCEPTED']);
  assert.equal((await stage.lookUp(attempt)).kind, 'waiting');
  await stage.pay(attempt);
  assert.equal((await stage.lookUp(attempt)).kind, 'declined');
  const ours = { ...attempt, cancel_requested_at: new Date(NOW).toISOString() };
  assert.equal((await stage.lookUp(ours)).kind, 'reversed', 'had we asked for it, it is our reversal');
});

test('DYNAMIC_QR_ALREADY_PAID in answer to a deletion means that the customer was faster, and the money is kept', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  stage.asked();
  assert.equal((await stage.cancel(attempt)).kind, 'paid');
  assert.match(stage.asked()[0] ?? '', /^DELETE .* 400$/);
  // The details may lag behind the code by a moment: then nothing is known yet, least of all an end.
  const lagging = [answer(400, 'DYNAMIC_QR_ALREADY_PAID'), created()];
  assert.deepEqual((await run(t, 'cancel', OPENED, lagging)).result, { kind: 'working' });
});

test('a code that is deleted twice is not found the second time, and deleted all the same', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  for (const status of ['200', '404']) {
    stage.asked();
    const result = withoutId(await stage.cancel(attempt));
    assert.deepEqual(result, { kind: 'ended_unpaid', reason: 'deleted' });
    assert.equal(stage.asked()[0]?.slice(-3), status);
  }
});

test('an id is burnt once its code is over: the same attempt never opens a second code', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.cancel(attempt);
  const fresh = { ...attempt, provider_code_id: null, action_expires_at: null };
  stage.asked();
  assert.equal((await stage.start(fresh)).kind, 'not_found');
  assert.deepEqual(stage.asked(), ['POST /v2/codes 400', `GET /v2/codes/payments/${attempt.id} 400`]);
});

test('maintenance is a 503 that says that nothing was done, where every other 503 says nothing', async (t) => {
  const stage = await openPaypay(t);
  await stage.control('POST', '/faults', { fault: 'maintenance', times: 1 });
  const refused = await stage.start(stage.makeFresh());
  assert.equal(refused.kind === 'ended_unpaid' && refused.code, 'MAINTENANCE_MODE');
  const other = await run(t, 'start', {}, [{ status: 503, body: 'Service Unavailable' }]);
  assert.equal(other.result.kind, 'unknown');
});

test('TRANSACTION_FAILED is the only 500 that is a no; after every other the payment is looked up', async (t) => {
  for (const [code, kind] of [
    ['TRANSACTION_FAILED', 'ended_unpaid'],
    ['SERVICE_ERROR', 'unknown'],
    ['INTERNAL_SERVER_ERROR', 'unknown'],
    ['A_CODE_OF_TOMORROW', 'unknown'],
  ] as const) {
    assert.equal((await run(t, 'start', {}, [answer(500, code)])).result.kind, kind, code);
  }
});

/** Of results that the simulator's answers made: their names are made up anew each time. */
function withoutId<Result extends { provider_request_id?: string }>(result: Result) {
  const { provider_request_id, ...alone } = result;
  assert.match(provider_request_id ?? '', /^OPA[0-9A-F]{32}$/);
  return alone;
}

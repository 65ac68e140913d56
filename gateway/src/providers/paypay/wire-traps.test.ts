// The traps of PayPay's Open Payment API in what goes over the wire, each under a name that says what goes wrong where it
// is not known: texts, times, bytes, and fields that came and went. Source: PayPay's API documents and help centre.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { paypay } from './paypay.ts';
import { answer, details, makeAttempt, OPENED, opened, playPaypay, run } from './scripted-paypay.ts';
import { openPaypay } from './simulated-paypay.ts';

const MINUTE_MS = 60_000;

test('PayPay’s texts end in the name of the answer and may say anything: only the code is read, and no text is told', async (t) => {
  for (const message of ['TRANSACTION_FAILED | [OPA45F6]', 'SUCCESS', 'UNAUTHORIZED. CANARY', '']) {
    const body = { resultInfo: { code: 'SERVICE_ERROR', message, codeId: '08100026' }, data: null };
    const { result } = await run(t, 'start', {}, [{ status: 500, body }]);
    assert.equal(result.kind, 'unknown', message);
    assert.equal(message !== '' && JSON.stringify(result).includes(message), false);
  }
});

test('PayPay counts in seconds where we count in milliseconds, in what it is sent and in what it says', async (t) => {
  const now = Date.parse('2026-01-28T10:30:10.999Z');
  const attempt = makeAttempt({ created_at: '2026-01-28T10:30:09.999Z' });
  const stage = await playPaypay(t, [opened()], now);
  const result = await paypay.start?.(attempt, stage.context);
  const { requestedAt } = JSON.parse(stage.asked[0]?.body ?? '') as { requestedAt: number };
  assert.equal(requestedAt, Date.parse('2026-01-28T10:30:09Z') / 1_000);
  assert.equal(result?.kind === 'waiting' && result.action?.expires_at, '2026-01-28T10:35:00.000Z');
  const paid = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', details('COMPLETED'))]);
  assert.equal(paid.result.kind === 'paid' && paid.result.paid_at, '2026-01-28T10:31:00.000Z');
});

test('fields that PayPay deleted, calls obsolete or only answers with do not go out: no metadata, items or expiry', async (t) => {
  const stage = await playPaypay(t, [opened()]);
  await paypay.start?.(makeAttempt({ return_url: 'https://shop.example/' }), stage.context);
  assert.deepEqual(Object.keys(JSON.parse(stage.asked[0]?.body ?? '{}')).sort(), [
    'amount',
    'codeType',
    'merchantPaymentId',
    'orderDescription',
    'requestedAt',
    'storeId',
    'terminalId',
  ]);
});

test('a capture must describe its order, so an order without a description has one at PayPay', async (t) => {
  const stage = await openPaypay(t);
  const held = await stage.hold();
  const nameless = { ...held, description: null };
  const result = await paypay.capture?.(nameless, { id: 'ca_1', amount: 600 }, stage.context);
  assert.equal(result?.kind, 'paid', JSON.stringify(result));
});

test('an answer whose Japanese is cut in the middle of a letter, byte by byte, is read as a whole', async (t) => {
  const body = Buffer.from(
    JSON.stringify({
      resultInfo: { code: 'SUCCESS', message: '成功', codeId: '08100001' },
      data: details('COMPLETED', { orderDescription: 'コーヒー' }),
    }),
  );
  const server = createServer(async (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const byte of body) {
      response.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { context } = await playPaypay(t, []);
  const base_url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const elsewhere = { ...context, credentials: { ...context.credentials, base_url } };
  assert.equal((await paypay.lookUp?.(makeAttempt(OPENED), elsewhere))?.kind, 'paid');
});

test('a status of tomorrow is no end: PayPay may add some, and the payment is asked about again', async (t) => {
  for (const status of ['PARTIALLY_COMPLETED', 'completed', '', 'REAUTHORIZING']) {
    const { result } = await run(t, 'lookUp', OPENED, [answer(200, 'SUCCESS', details(status))]);
    assert.ok(result.kind === 'unknown' || result.kind === 'working', `${status} is ${result.kind}`);
  }
});

test('the amount of a payment that was partly refunded is the payment’s: REFUNDED is still a payment that was made', async (t) => {
  const stage = await openPaypay(t);
  const attempt = await stage.openCode();
  await stage.pay(attempt);
  const paid = await stage.lookUp(attempt);
  assert.equal(paid.kind, 'paid');
  const known = { ...attempt, provider_payment_id: paid.provider_payment_id ?? null };
  for (const amount of [250, 1_000]) {
    await paypay.refund?.(known, { ...stage.makeRefund(), id: `re_${amount}`, amount }, stage.context);
    const seen = await stage.lookUp(known);
    assert.deepEqual([seen.kind, seen.kind === 'paid' && seen.stated?.amount], ['paid', 1_250]);
  }
});

test('a code of an order that was not paid in time needs a new id: the former stays to be asked about', async (t) => {
  const stage = await openPaypay(t);
  const first = await stage.openCode();
  stage.advance(6 * MINUTE_MS);
  assert.equal((await stage.lookUp(first)).kind, 'ended_unpaid');
  const second = await stage.openCode();
  assert.notEqual(second.id, first.id);
  await stage.pay(first, true);
  assert.equal((await stage.lookUp(first)).kind, 'paid', 'money on the former code does not go unseen');
  assert.equal((await stage.lookUp(second)).kind, 'waiting');
});

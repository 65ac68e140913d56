// Holds the simulated PayPay's held money to PayPay's published behaviour, over real HTTP: authorised, captured,
// released, run out, and what is told of each.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeCaller, NOON_JST } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, createCode, getDetails, pay, listCharges } = makeCaller(simulator.url, now);
const MONTH = 30 * 86_400;
const AUTHORIZED_AT = NOON_JST / 1_000;

after(() => simulator.close());
beforeEach(() => {
  clock = NOON_JST;
});
afterEach(() => control('POST', '/reset'));

/** The customer authorises 1500. */
async function hold(id: string): Promise<string> {
  const code = await createCode(id, { isAuthorization: true });
  assert.deepEqual([code.status, code.data?.['isAuthorization']], [201, true]);
  assert.equal((await pay(id)).json.status, 'AUTHORIZED');
  return String((await getDetails(id)).data?.['paymentId']);
}

const capture = (id: string, changes: Record<string, unknown> = {}) =>
  call('POST', '/v2/payments/capture', {
    merchantPaymentId: id,
    merchantCaptureId: 'ca_1',
    amount: { amount: 1_500, currency: 'JPY' },
    requestedAt: AUTHORIZED_AT,
    orderDescription: 'Coffee',
    ...changes,
  });
const revert = (paymentId: string, changes: Record<string, unknown> = {}) =>
  call('POST', '/v2/payments/preauthorize/revert', {
    merchantRevertId: 'rv_1',
    paymentId,
    requestedAt: AUTHORIZED_AT,
    ...changes,
  });
const yen = (amount: number) => ({ amount, currency: 'JPY' });

describe('a hold', () => {
  test('is AUTHORIZED with its end, moves no money, and is not asked for twice', async () => {
    await hold('pa_1');
    const { data } = await getDetails('pa_1');
    const { status, acceptedAt, expiresAt, amount, captures, revert: reverted } = data ?? {};
    assert.deepEqual(
      { status, acceptedAt, expiresAt, amount, captures, reverted },
      {
        status: 'AUTHORIZED',
        acceptedAt: AUTHORIZED_AT,
        expiresAt: AUTHORIZED_AT + MONTH,
        amount: yen(1_500),
        captures: { data: [] },
        reverted: null,
      },
    );
    assert.deepEqual(await listCharges(), []);
    assert.equal((await pay('pa_1')).status, 409);
  });

  test('needs a contract that allows it', async () => {
    await control('POST', '/settings', { can_authorize: false });
    const { status, code, codeId } = await createCode('pa_1', { isAuthorization: true });
    assert.deepEqual([status, code, codeId], [400, 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', '00400060']);
    assert.equal((await createCode('pa_2')).status, 201);
  });

  test('is captured in part: the payment keeps its amount, the capture tells its own', async () => {
    const paymentId = await hold('pa_1');
    clock += 60_000;
    const { status, code, data } = await capture('pa_1', { amount: yen(400) });
    assert.deepEqual(
      [status, code, data?.['status'], data?.['paymentId']],
      [200, 'SUCCESS', 'COMPLETED', paymentId],
    );
    const details = (await getDetails('pa_1')).data ?? {};
    const captures = {
      data: [
        {
          merchantCaptureId: 'ca_1',
          amount: yen(400),
          orderDescription: 'Coffee',
          requestedAt: AUTHORIZED_AT,
          acceptedAt: AUTHORIZED_AT + 60,
          status: 'COMPLETED',
        },
      ],
    };
    assert.deepEqual(
      [details['status'], details['acceptedAt'], details['amount'], details['captures']],
      ['COMPLETED', AUTHORIZED_AT, yen(1_500), captures],
    );
    assert.deepEqual(
      (await listCharges()).map(({ amount }) => amount),
      [400],
    );
  });

  test('is captured once, and never with an id that was used before', async () => {
    await hold('pa_1');
    assert.equal((await capture('pa_1', { amount: yen(1_501) })).code, 'HIGHER_CAPTURE_NOT_PERMITTED');
    assert.equal((await capture('pa_1')).code, 'INVALID_PARAMS', 'the id of the capture that was refused');
    assert.equal((await capture('pa_1', { merchantCaptureId: 'ca_2' })).code, 'SUCCESS');
    assert.equal((await capture('pa_1', { merchantCaptureId: 'ca_2' })).code, 'INVALID_PARAMS');
    const again = await capture('pa_1', { merchantCaptureId: 'ca_3' });
    assert.deepEqual([again.status, again.code, again.codeId], [400, 'ALREADY_CAPTURED', '00200039']);
    assert.equal((await listCharges()).length, 1);
  });

  test('is not captured where nothing is held, or too late', async () => {
    assert.equal((await capture('nobody')).code, 'RESOURCE_NOT_FOUND');
    await createCode('instant');
    await pay('instant');
    assert.equal((await capture('instant')).code, 'ORDER_NOT_CAPTURABLE');
    await createCode('open', { isAuthorization: true });
    assert.equal((await capture('open')).code, 'ORDER_NOT_CAPTURABLE');
    await hold('late');
    await control('POST', '/settings', { capture_margin_seconds: 60 });
    clock += (MONTH - 60) * 1_000;
    assert.equal((await capture('late')).code, 'TOO_CLOSE_TO_EXPIRY');
    clock += 60_000;
    assert.equal((await capture('late', { merchantCaptureId: 'ca_2' })).code, 'ORDER_EXPIRED');
    assert.equal((await getDetails('late')).data?.['status'], 'EXPIRED');
    assert.equal((await listCharges()).length, 1);
  });

  test('is released by a revert, whose repetition is answered alike', async () => {
    const paymentId = await hold('pa_1');
    const first = await revert(paymentId);
    const data = { status: 'CANCELED', acceptedAt: AUTHORIZED_AT, paymentId, requestedAt: AUTHORIZED_AT };
    assert.deepEqual([first.status, first.data], [200, data]);
    clock += 5_000;
    assert.deepEqual((await revert(paymentId)).data, data);
    assert.equal((await revert(paymentId, { merchantRevertId: 'rv_2' })).code, 'ORDER_NOT_CANCELABLE');
    assert.equal((await getDetails('pa_1')).data?.['status'], 'CANCELED');
    assert.equal((await capture('pa_1')).code, 'ORDER_NOT_CAPTURABLE');
    const taken = await hold('pa_2');
    await capture('pa_2');
    assert.equal((await revert(taken)).code, 'ORDER_NOT_CANCELABLE');
    assert.equal((await revert('0400')).code, 'RESOURCE_NOT_FOUND');
  });

  test('is FAILED by a cancel, which a capture cannot be', async () => {
    await hold('pa_1');
    assert.equal((await call('DELETE', '/v2/payments/pa_1')).code, 'REQUEST_ACCEPTED');
    assert.equal((await getDetails('pa_1')).data?.['status'], 'FAILED');
    await hold('pa_2');
    await capture('pa_2');
    assert.equal((await call('DELETE', '/v2/payments/pa_2')).code, 'ORDER_NOT_REVERSIBLE');
  });

  test('belongs to its merchant', async () => {
    const paymentId = await hold('pa_1');
    const other = { headers: { 'x-assume-merchant': '999' } };
    const body = { merchantRevertId: 'rv_1', paymentId, requestedAt: AUTHORIZED_AT };
    const answer = await call('POST', '/v2/payments/preauthorize/revert', body, other);
    assert.equal(answer.code, 'RESOURCE_NOT_FOUND');
  });

  test('says which field of a request is missing or wrong', async () => {
    const paymentId = await hold('pa_1');
    for (const name of [
      'merchantPaymentId',
      'merchantCaptureId',
      'amount',
      'requestedAt',
      'orderDescription',
    ]) {
      const { code, headers } = await capture('pa_1', { [name]: undefined });
      assert.deepEqual(
        [code, headers.get('x-simulator-hint')],
        ['MISSING_REQUEST_PARAMS', `${name} is missing.`],
      );
    }
    for (const [name, value] of [
      ['merchantCaptureId', 'a b'],
      ['amount', 1_500],
      ['amount', { amount: 0, currency: 'JPY' }],
      ['amount', { amount: 1, currency: 'USD' }],
      ['requestedAt', NOON_JST],
      ['orderDescription', 'x'.repeat(256)],
    ] as const) {
      assert.equal((await capture('pa_1', { [name]: value })).code, 'INVALID_REQUEST_PARAMS', name);
    }
    assert.equal((await revert(paymentId, { merchantRevertId: '' })).code, 'INVALID_REQUEST_PARAMS');
    assert.equal((await revert(paymentId, { requestedAt: undefined })).code, 'MISSING_REQUEST_PARAMS');
    assert.equal((await getDetails('pa_1')).data?.['status'], 'AUTHORIZED');
  });
});

test('of a hold PayPay tells without our id, and with it what became of it; of a cancel it tells nothing', async (t) => {
  const told: Record<string, unknown>[] = [];
  let wake = () => {};
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    told.push(JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>);
    response.end('OK');
    wake();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => receiver.close());
  const port = (receiver.address() as AddressInfo).port;
  await control('POST', '/settings', { notification_url: `http://127.0.0.1:${port}/` });
  async function next(): Promise<Record<string, unknown>> {
    while (told.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return told.shift() as Record<string, unknown>;
  }
  const times = { authorized_at: new Date(NOON_JST).toISOString(), expires_at: '2026-05-01T03:00:00.000Z' };

  const paymentId = await hold('captured');
  const { state, merchant_order_id, order_id, authorized_at, expires_at, paid_at } = await next();
  assert.deepEqual(
    { state, merchant_order_id, order_id, authorized_at, expires_at, paid_at },
    { state: 'AUTHORIZED', merchant_order_id: '', order_id: paymentId, ...times, paid_at: null },
  );
  await capture('captured', { amount: yen(400) });
  const completed = await next();
  assert.deepEqual(
    [completed['state'], completed['merchant_order_id'], completed['order_amount'], completed['paid_at']],
    ['COMPLETED', 'captured', '400', new Date(NOON_JST).toISOString()],
  );

  const reverted = await hold('reverted');
  await next();
  await revert(reverted);
  assert.equal((await next())['state'], 'CANCELED');

  await hold('cancelled');
  await next();
  await call('DELETE', '/v2/payments/cancelled');

  await hold('expired');
  await next();
  clock += MONTH * 1_000;
  await getDetails('expired');
  const expired = await next();
  assert.deepEqual([expired['state'], expired['merchant_order_id']], ['EXPIRED', 'expired']);
});

test('what a person does at PayPay’s own tool is there, and shown to the control page', async () => {
  await hold('taken');
  await hold('let_go');
  await hold('shortened');
  assert.equal((await control('POST', '/payments/taken/capture', { amount: 300 })).status, 200);
  assert.equal((await control('POST', '/payments/let_go/revert')).status, 200);
  assert.equal((await control('POST', '/payments/shortened/shorten', { seconds: 60 })).status, 200);
  const { payments } = (await control('GET', '/payments')).json as unknown as {
    payments: { merchantPaymentId: string; phase: string; captured: number | null; held_until: string }[];
  };
  assert.deepEqual(
    payments.map(({ merchantPaymentId, phase, captured }) => [merchantPaymentId, phase, captured]),
    [
      ['shortened', 'held', null],
      ['let_go', 'released', null],
      ['taken', 'paid', 300],
    ],
  );
  assert.equal(payments[0]?.held_until, new Date(NOON_JST + 60_000).toISOString());
  const again = await control('POST', '/payments/taken/capture', {});
  assert.deepEqual(
    [again.status, again.json.error.message],
    [409, 'The payment is COMPLETED; no money is held.'],
  );
});

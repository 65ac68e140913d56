// Holds the simulated PayPay's refunds to PayPay's published behaviour, over real HTTP.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { MERCHANT, makeCaller, NOON_JST } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, createCode, getDetails, pay, setFault } = makeCaller(simulator.url, now);

after(() => simulator.close());
beforeEach(() => {
  clock = NOON_JST;
});
afterEach(() => control('POST', '/reset'));

/** A payment of 1500, paid; PayPay's own id of it. */
async function sell(id: string): Promise<string> {
  await createCode(id);
  await pay(id);
  return String((await getDetails(id)).data?.['paymentId']);
}

const makeRefund = (id: string, paymentId: string, amount: number, more: object = {}) => ({
  merchantRefundId: id,
  paymentId,
  amount: { amount, currency: 'JPY' },
  requestedAt: Math.floor(clock / 1_000),
  ...more,
});
const refund = (id: string, paymentId: string, amount: number, more: object = {}) =>
  call('POST', '/v2/refunds', makeRefund(id, paymentId, amount, more));
const settings = (changes: object) => control('POST', '/settings', changes);

async function booked(): Promise<{ taken: number; returned: number; refunded: number[] }> {
  const answer = await fetch(`${simulator.url}/paypay/control/charges`);
  const { taken, returned, charges } = (await answer.json()) as {
    taken: number;
    returned: number;
    charges: { refunded: number }[];
  };
  return { taken, returned, refunded: charges.map((charge) => charge.refunded) };
}

test('a refund answers with the refund, and shows on its own and with its payment', async () => {
  const paymentId = await sell('pa_1');
  const { status, code, data } = await refund('re_1', paymentId, 500, { reason: 'Cold' });
  assert.deepEqual([status, code], [200, 'SUCCESS']);
  const seconds = Math.floor(clock / 1_000);
  const shown = {
    status: 'REFUNDED',
    acceptedAt: seconds,
    merchantRefundId: 're_1',
    paymentId,
    amount: { amount: 500, currency: 'JPY' },
    requestedAt: seconds,
    reason: 'Cold',
  };
  assert.deepEqual(data, shown);
  assert.deepEqual((await call('GET', '/v2/refunds/re_1')).data, shown);
  assert.deepEqual((await call('GET', `/v2/refunds/re_1?paymentId=${paymentId}`)).data, shown);
  const payment = (await getDetails('pa_1')).data;
  assert.deepEqual([payment?.['status'], payment?.['refunds']], ['REFUNDED', { data: [shown] }]);
  assert.deepEqual(await booked(), { taken: 1_500, returned: 500, refunded: [500] });
});

test('a refund is CREATED until it is tried, REFUND_FAILED until it is done, and only then gives back', async () => {
  await settings({ refund_delay_seconds: 10, refund_failed_seconds: 20 });
  const paymentId = await sell('pa_1');
  const state = async () => (await call('GET', '/v2/refunds/re_1')).data?.['status'];
  assert.equal((await refund('re_1', paymentId, 500)).data?.['status'], 'CREATED');
  clock += 9_000;
  assert.equal(await state(), 'CREATED');
  clock += 1_000;
  assert.equal(await state(), 'REFUND_FAILED');
  assert.deepEqual(await booked(), { taken: 1_500, returned: 0, refunded: [0] });
  assert.equal((await getDetails('pa_1')).data?.['status'], 'COMPLETED');
  clock += 20_000;
  assert.equal(await state(), 'REFUNDED');
  assert.deepEqual(await booked(), { taken: 1_500, returned: 500, refunded: [500] });
});

test('the same refund id for the same payment is the same refund', async () => {
  const [one, other] = [await sell('pa_1'), await sell('pa_2')];
  const first = await refund('re_1', one, 500);
  const again = await refund('re_1', one, 500);
  assert.deepEqual(again.data, first.data);
  assert.equal(
    (await refund('re_1', other, 300)).data?.['paymentId'],
    other,
    'another payment, another refund',
  );
  assert.deepEqual((await booked()).refunded, [500, 300]);
});

test('no more goes back than was paid', async () => {
  const paymentId = await sell('pa_1');
  assert.equal((await refund('re_1', paymentId, 1_501)).code, 'INVALID_PARAMS');
  assert.equal((await refund('re_2', paymentId, 1_000)).status, 200);
  assert.deepEqual([(await refund('re_3', paymentId, 501)).status, (await booked()).returned], [400, 1_000]);
  assert.equal((await refund('re_4', paymentId, 500)).status, 200);
});

test('what is not there, was cancelled, or lies a year back is refused', async () => {
  assert.deepEqual((await refund('re_1', '0499', 5)).code, 'RESOURCE_NOT_FOUND');
  assert.deepEqual((await call('GET', '/v2/refunds/re_1')).code, 'NO_SUCH_REFUND_ORDER');
  const cancelled = await sell('pa_1');
  await call('DELETE', '/v2/payments/pa_1');
  assert.equal((await refund('re_2', cancelled, 5)).code, 'UNACCEPTABLE_OP');
  const old = await sell('pa_2');
  await refund('re_3', old, 5);
  const wrong_payment = await call('GET', `/v2/refunds/re_3?paymentId=${cancelled}`);
  assert.equal(wrong_payment.code, 'NO_SUCH_REFUND_ORDER');
  const other_merchant = { headers: { 'x-assume-merchant': `${MERCHANT}9` } };
  assert.equal((await call('GET', '/v2/refunds/re_3', undefined, other_merchant)).status, 404);
  // Noon of 1 April; the window closes with the last second of 1 April of the next year, in Japan.
  clock = Date.parse('2027-04-01T14:59:59Z');
  assert.equal((await refund('re_4', old, 5)).status, 200);
  clock += 1_000;
  assert.deepEqual((await refund('re_5', old, 5)).code, 'REFUND_WINDOW_EXCEED');
});

test('a contract with one refund for each payment refuses a second', async () => {
  await settings({ one_refund_per_payment: true });
  const paymentId = await sell('pa_1');
  assert.equal((await refund('re_1', paymentId, 5)).status, 200);
  const { status, code } = await refund('re_2', paymentId, 6);
  assert.deepEqual([status, code], [403, 'MERCHANT_MULTIPLE_REFUND_REJECTED']);
  assert.equal((await refund('re_1', paymentId, 5)).status, 200, 'the first one may be repeated');
});

test('a similar refund is put off for as long as is set', async () => {
  await settings({ refund_throttle_seconds: 60 });
  const paymentId = await sell('pa_1');
  assert.equal((await refund('re_1', paymentId, 5)).status, 200);
  assert.deepEqual((await refund('re_2', paymentId, 5)).code, 'THROTTLED_MULTIPLE_REFUND_REJECTED');
  assert.equal((await refund('re_3', paymentId, 6)).status, 200, 'another amount is not similar');
  clock += 60_000;
  assert.equal((await refund('re_2', paymentId, 5)).status, 200);
});

test('a request that PayPay could not read is refused by field', async () => {
  const paymentId = await sell('pa_1');
  for (const [more, code] of [
    [{ merchantRefundId: undefined }, 'MISSING_REQUEST_PARAMS'],
    [{ requestedAt: undefined }, 'MISSING_REQUEST_PARAMS'],
    [{ merchantRefundId: 'x'.repeat(65) }, 'INVALID_REQUEST_PARAMS'],
    [{ amount: { amount: 0, currency: 'JPY' } }, 'INVALID_REQUEST_PARAMS'],
    [{ amount: { amount: 5, currency: 'USD' } }, 'INVALID_REQUEST_PARAMS'],
    [{ requestedAt: clock }, 'INVALID_REQUEST_PARAMS'],
    [{ reason: 'x'.repeat(256) }, 'INVALID_REQUEST_PARAMS'],
  ] as const) {
    assert.equal((await refund('re_1', paymentId, 5, more)).code, code, JSON.stringify(more));
  }
  assert.deepEqual((await booked()).refunded, [0]);
});

test('faults strike refunds as they strike everything else, and nobody is notified', async () => {
  const paymentId = await sell('pa_1');
  await setFault({ fault: 'server_error_after_success', endpoint: 'create_refund', times: 1 });
  assert.equal((await refund('re_1', paymentId, 5)).status, 500);
  assert.equal((await call('GET', '/v2/refunds/re_1')).data?.['status'], 'REFUNDED');
  await setFault({ fault: 'rate_limit', endpoint: 'get_refund', times: 1 });
  assert.equal((await call('GET', '/v2/refunds/re_1')).status, 429);
  const { json } = await control('GET', '/payments');
  assert.equal(json.payments[0]?.notifications.length, 1, 'of the payment');
  const counted = (await control('GET', '/requests')).json.requests;
  const asked = counted.find(({ endpoint }) => endpoint === 'create_refund');
  assert.deepEqual([asked?.merchantPaymentId, asked?.count], ['pa_1', 1]);
});

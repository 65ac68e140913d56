// Holds the simulated PayPay to what is documented of payments by an authorised user, with codes that customers show
// in the user's place: one use, minutes of life, a question in the app, and a cancel that ends both.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeCaller, NOON_JST } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, pay, listCharges } = makeCaller(simulator.url, now);

after(() => simulator.close());
beforeEach(() => {
  clock = NOON_JST;
});
afterEach(() => control('POST', '/reset'));

async function showCode(body: object = {}): Promise<string> {
  const { status, json } = await control('POST', '/customer_codes', body);
  assert.equal(status, 201, JSON.stringify(json));
  return (json as unknown as { code: string }).code;
}

const order = (id: string, code: string, more: object = {}) => ({
  merchantPaymentId: id,
  userAuthorizationId: code,
  amount: { amount: 1_500, currency: 'JPY' },
  requestedAt: NOON_JST / 1_000,
  orderDescription: 'Coffee',
  storeId: 'shibuya',
  ...more,
});
const charge = (id: string, code: string, more: object = {}, query = '?agreeSimilarTransaction=true') =>
  call('POST', `/v2/payments${query}`, order(id, code, more));
const details = (id: string) => call('GET', `/v2/payments/${id}`);
const cancel = (id: string) => call('DELETE', `/v2/payments/${id}`);

describe('a code that a customer shows', () => {
  test('has 24 digits that begin as PayPay’s do, and pays at once', async () => {
    const code = await showCode();
    assert.match(code, /^9000818188\d{14}$/);
    const paid = await charge('pa_1', code);
    assert.deepEqual([paid.status, paid.code, paid.data?.['status']], [200, 'SUCCESS', 'COMPLETED']);
    assert.deepEqual((await details('pa_1')).data, paid.data);
    assert.equal(paid.data?.['acceptedAt'], NOON_JST / 1_000);
    assert.deepEqual(
      (await listCharges()).map(({ amount }) => amount),
      [1_500],
    );
  });

  test('is known by neither path of the other kind', async () => {
    await charge('pa_1', await showCode());
    assert.equal((await call('GET', '/v2/codes/payments/pa_1')).code, 'DYNAMIC_QR_PAYMENT_NOT_FOUND');
    await call('POST', '/v2/codes', {
      merchantPaymentId: 'pa_2',
      amount: { amount: 1, currency: 'JPY' },
      codeType: 'ORDER_QR',
    });
    assert.equal((await details('pa_2')).code, 'RESOURCE_NOT_FOUND');
  });

  test('is used up by one payment, and the same request again begins no other', async () => {
    const code = await showCode();
    const first = await charge('pa_1', code);
    assert.deepEqual((await charge('pa_1', code)).data, first.data);
    assert.equal((await charge('pa_2', code)).code, 'INVALID_USER_AUTHORIZATION_ID');
    assert.equal((await charge('pa_1', await showCode())).code, 'INVALID_PARAMS');
    assert.equal((await listCharges()).length, 1);
  });

  test('lives five minutes, and one that nobody was given pays nothing', async () => {
    const code = await showCode();
    clock += 300_000;
    assert.equal((await charge('pa_1', code)).code, 'EXPIRED_USER_AUTHORIZATION_ID');
    assert.equal((await charge('pa_2', '900081818800000000000000')).code, 'INVALID_USER_AUTHORIZATION_ID');
    assert.equal((await details('pa_1')).code, 'RESOURCE_NOT_FOUND');
  });

  for (const [behaviour, code] of [
    ['insufficient_funds', 'NO_SUFFICIENT_FUND'],
    ['limit_exceeded', 'LIMIT_EXCEEDED'],
    ['no_payment_method', 'NO_VALID_PAYMENT_METHOD'],
    ['inactive', 'USER_STATE_IS_NOT_ACTIVE'],
    ['expired', 'EXPIRED_USER_AUTHORIZATION_ID'],
    ['used', 'INVALID_USER_AUTHORIZATION_ID'],
  ]) {
    test(`of a customer who is to behave as ${behaviour} is refused with ${code}`, async () => {
      assert.equal((await charge('pa_1', await showCode({ behaviour }))).code, code);
      assert.deepEqual(await listCharges(), []);
    });
  }

  test('of a customer who paid as much a moment ago is suspected, unless the merchant agrees', async () => {
    const mine = { customer: 'hanako' };
    await charge('pa_1', await showCode(mine), {}, '');
    const second = await showCode(mine);
    assert.equal((await charge('pa_2', second, {}, '')).code, 'SUSPECTED_DUPLICATE_PAYMENT');
    assert.equal((await charge('pa_2', second)).data?.['status'], 'COMPLETED');
    assert.equal((await charge('pa_3', await showCode(), {}, '')).data?.['status'], 'COMPLETED');
    clock += 300_000;
    assert.equal((await charge('pa_4', await showCode(mine), {}, '')).data?.['status'], 'COMPLETED');
  });

  test('takes a contract of its own', async () => {
    await control('POST', '/settings', { can_take_customer_codes: false });
    const refused = await charge('pa_1', await showCode());
    assert.deepEqual([refused.status, refused.code], [401, 'OP_OUT_OF_SCOPE']);
  });

  for (const name of ['merchantPaymentId', 'userAuthorizationId', 'amount', 'requestedAt']) {
    test(`is taken only with ${name}`, async () => {
      const refused = await charge('pa_1', await showCode(), { [name]: undefined });
      assert.equal(refused.code, 'MISSING_REQUEST_PARAMS');
    });
  }
});

describe('a customer who is asked in the app', () => {
  test('leaves the payment CREATED until the answer', async () => {
    const asked = await charge('pa_1', await showCode({ behaviour: 'confirms' }));
    assert.deepEqual([asked.status, asked.data?.['status'], asked.data?.['acceptedAt']], [200, 'CREATED', 0]);
    assert.equal((await pay('pa_1')).json.status, 'COMPLETED');
    assert.equal((await details('pa_1')).data?.['status'], 'COMPLETED');
  });

  test('can decline, which shows as FAILED', async () => {
    const asked = await charge('pa_1', await showCode({ behaviour: 'declines' }));
    assert.equal(asked.data?.['status'], 'FAILED');
    await charge('pa_2', await showCode({ behaviour: 'confirms' }));
    await control('POST', '/payments/pa_2/decline');
    assert.equal((await details('pa_2')).data?.['status'], 'FAILED');
    assert.deepEqual(await listCharges(), []);
  });

  test('has five minutes to answer', async () => {
    await charge('pa_1', await showCode({ behaviour: 'confirms' }));
    clock += 300_000;
    assert.equal((await details('pa_1')).data?.['status'], 'EXPIRED');
    assert.equal((await pay('pa_1')).status, 409);
    assert.equal((await pay('pa_1', { late: true })).json.status, 'COMPLETED');
  });

  test('is asked no more after a cancel, which takes effect in its time', async () => {
    await control('POST', '/settings', { cancel_delay_seconds: 10 });
    await charge('pa_1', await showCode({ behaviour: 'confirms' }));
    assert.equal((await cancel('pa_1')).status, 202);
    assert.equal((await cancel('pa_1')).status, 202);
    assert.equal((await details('pa_1')).data?.['status'], 'CREATED');
    clock += 10_000;
    const { data } = await details('pa_1');
    assert.deepEqual([data?.['status'], data?.['acceptedAt']], ['FAILED', 0]);
    assert.equal((await pay('pa_1')).status, 409);
  });

  test('who confirms while a cancel is on its way gets the money back', async () => {
    await control('POST', '/settings', { cancel_delay_seconds: 10 });
    await charge('pa_1', await showCode({ behaviour: 'confirms' }));
    await cancel('pa_1');
    clock += 5_000;
    assert.equal((await pay('pa_1')).json.status, 'COMPLETED');
    clock += 5_000;
    const { data } = await details('pa_1');
    assert.deepEqual([data?.['status'], data?.['acceptedAt']], ['FAILED', NOON_JST / 1_000 + 5]);
    assert.notEqual((await listCharges())[0]?.reversed_at, null);
  });
});

test('money can be held by a shown code, and is captured and released like any other', async () => {
  for (const id of ['pa_1', 'pa_2']) {
    const held = await call('POST', '/v2/payments/preauthorize', order(id, await showCode()));
    assert.equal(held.data?.['status'], 'AUTHORIZED');
  }
  const taken = await call('POST', '/v2/payments/capture', {
    merchantPaymentId: 'pa_1',
    merchantCaptureId: 'ca_1',
    amount: { amount: 900, currency: 'JPY' },
    requestedAt: NOON_JST / 1_000,
    orderDescription: 'Coffee',
  });
  assert.equal(taken.data?.['status'], 'COMPLETED');
  assert.equal((await cancel('pa_2')).status, 202);
  assert.equal((await details('pa_2')).data?.['status'], 'FAILED');
  assert.deepEqual(
    (await listCharges()).map(({ amount }) => amount),
    [900],
  );
});

test('a payment by a shown code can be cancelled until 00:14:59 of the next day in Japan, and no longer', async () => {
  for (const id of ['pa_1', 'pa_2']) await charge(id, await showCode());
  clock = Date.parse('2026-04-01T15:14:59Z');
  assert.equal((await cancel('pa_1')).status, 202);
  clock = Date.parse('2026-04-01T15:15:00Z');
  assert.equal((await cancel('pa_2')).code, 'ORDER_NOT_REVERSIBLE');
});

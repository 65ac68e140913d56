// Holds the simulated PayPay to what each fault of its dial promises: whether the work is done, what is answered, and how
// often it strikes, over real HTTP.
import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeCaller, makeOrder, NOON_JST } from './simulator-test-caller.ts';

const now = () => NOON_JST;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, createCode, getDetails, pay, listCharges, setFault } = makeCaller(simulator.url, now);

after(() => simulator.close());
afterEach(() => control('POST', '/reset'));

describe('a fault', () => {
  test('answers in the place of PayPay and does no work', async () => {
    const faults: [string, number, string][] = [
      ['server_error', 500, 'SERVICE_ERROR'],
      ['rate_limit', 429, 'RATE_LIMIT'],
      ['maintenance', 503, 'MAINTENANCE_MODE'],
      ['html_502', 502, ''],
    ];
    for (const [fault, status, code] of faults) {
      await setFault({ fault, times: 1 });
      const answer = await createCode('pa_1');
      assert.deepEqual([answer.status, answer.code], [status, code]);
      if (fault === 'html_502') assert.match(answer.raw, /^<html>/);
    }
    assert.equal((await control('GET', '/payments')).json.total, 0);
    assert.equal((await createCode('pa_1')).status, 201);
  });

  test('can refuse with any code of PayPay’s, at the endpoint that was named, without doing the work', async () => {
    for (const [code, status] of [
      ['TRANSACTION_FAILED', 500],
      ['ORDER_NO_LONGER_AVAILABLE', 400],
    ] as const) {
      await setFault({ fault: 'refuse', code, endpoint: 'create_code', times: 1 });
      const answer = await createCode('pa_1');
      assert.deepEqual([answer.status, answer.code], [status, code]);
    }
    assert.equal((await control('GET', '/payments')).json.total, 0);
    const unknown = await control('POST', '/faults', { fault: 'refuse', code: 'SUCCESS' });
    assert.match(
      unknown.json.error.message,
      /There is no code 'SUCCESS'\. Known: REQUEST_ACCEPTED|Known: INVALID/,
    );
  });

  test('after success loses the answer but not the work', async () => {
    await setFault({ fault: 'server_error_after_success', times: 1, endpoint: 'create_code' });
    const refused = await createCode('pa_1', { codeType: 'OTHER' });
    assert.equal(refused.code, 'INVALID_REQUEST_PARAMS', 'what was refused was no success');
    assert.equal((await createCode('pa_1')).code, 'SERVICE_ERROR');
    assert.equal((await getDetails('pa_1')).data?.['status'], 'CREATED');
    assert.equal((await createCode('pa_1')).status, 201);
  });

  test('can hold the answer back until the client leaves, with and without the work', async () => {
    for (const [fault, status] of [
      ['hang', 400],
      ['hang_after_success', 200],
    ] as const) {
      await setFault({ fault, times: 1, endpoint: 'create_code' });
      const signal = AbortSignal.timeout(150);
      await assert.rejects(call('POST', '/v2/codes', makeOrder(fault), { signal }), { name: 'TimeoutError' });
      assert.equal((await getDetails(fault)).status, status, fault);
    }
  });

  test('can delay an answer and let its body trickle', async () => {
    for (const fault of ['slow', 'slow_drip']) {
      await setFault({ fault, times: 1, ms: 120 });
      const start = performance.now();
      const answer = await createCode(fault);
      assert.ok(performance.now() - start >= 100, fault);
      assert.equal(answer.data?.['merchantPaymentId'], fault);
    }
  });

  test('can make look-ups report another amount than the one that was paid', async () => {
    await setFault({ fault: 'wrong_amount' });
    await createCode('pa_1');
    await pay('pa_1');
    assert.deepEqual((await getDetails('pa_1')).data?.['amount'], { amount: 1501, currency: 'JPY' });
    assert.equal((await listCharges())[0]?.amount, 1500);
  });

  test('strikes as often as asked, at the endpoint that was named, until it is removed', async () => {
    await setFault({ fault: 'rate_limit', times: 2, endpoint: 'get_payment' });
    await setFault({ fault: 'maintenance', endpoint: 'delete_code' });
    await createCode('pa_1');
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await getDetails('pa_1')).status);
    assert.deepEqual(statuses, [429, 429, 200]);
    assert.equal((await call('DELETE', '/v2/codes/x')).status, 503);
    assert.deepEqual((await control('GET', '/faults')).json.faults.length, 1);
    assert.deepEqual((await control('DELETE', '/faults')).json.faults, []);
    assert.equal((await call('DELETE', '/v2/codes/x')).status, 404);
  });

  test('with a probability strikes at the same requests for the same seed', async () => {
    const runs: number[][] = [];
    for (const seed of [7, 7, 8]) {
      const seeded = await startSimulatorServer({ port: 0, seed, now });
      const caller = makeCaller(seeded.url, now);
      await caller.setFault({ fault: 'rate_limit', probability: 0.5 });
      const statuses = [];
      for (let i = 0; i < 12; i++) statuses.push((await caller.getDetails('pa_1')).status);
      runs.push(statuses);
      await seeded.close();
    }
    assert.deepEqual(runs[0], runs[1]);
    assert.notDeepEqual(runs[0], runs[2]);
    assert.deepEqual([...new Set(runs[0])].sort(), [400, 429]);
  });
});

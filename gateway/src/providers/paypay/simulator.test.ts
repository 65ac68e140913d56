// Holds the simulated PayPay to PayPay's published behaviour, over real HTTP: who is let in, the life of a
// code, the life of a payment.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeOpaBodyHash, makeOpaMac, verifyOpaSignature } from './simulator-signature.ts';
import { MERCHANT, makeCaller, makeOrder, NOON_JST, type SignOptions } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, createCode, getDetails, pay, listCharges } = makeCaller(simulator.url, now);

after(() => simulator.close());
beforeEach(() => {
  clock = NOON_JST;
});
afterEach(() => control('POST', '/reset'));

describe('the signature check', () => {
  const samplePost = [
    '{',
    '    "merchantPaymentId": "TEST_QR_Payment",',
    '    "amount": {',
    '        "amount":10,',
    '        "currency": "JPY"',
    '    },',
    '    "codeType": "ORDER_QR",',
    '    "isAuthorization":false,',
    '    "redirectUrl":"https://about.paypay.ne.jp/",',
    '    "redirectType":"WEB_LINK"',
    '}',
  ].join('\n');
  const samplePostHeader =
    'hmac OPA-Auth:sample_key:C2a7jD7OjL1DXnZhSYQfRI2Oxfdh43htV7pG8cwgCy4=:fedaa4:1743138611:T9wzkv1tUWIxzIHQUT7iDQ==';
  const sampleKeys = new Map([['sample_key', 'sample_secret']]);

  test('computes the hash of the example in the API documentation', () => {
    const type = 'application/json;charset=UTF-8;';
    const body =
      '{"sampleRequestBodyKey1":"sampleRequestBodyValue1","sampleRequestBodyKey2":"sampleRequestBodyValue2"}';
    const hash = makeOpaBodyHash(type, Buffer.from(body));
    assert.equal(hash, '1j0FnY4flNp5CtIKa7x9MQ==');
    const mac = makeOpaMac('APIKeySecretGenerated', {
      path: '/v2/codes',
      method: 'POST',
      nonce: 'acd028',
      epoch: '1579843452',
      content_type: type,
      hash,
    });
    assert.equal(mac, 'NW1jKIMnzR7tEhMWtcJcaef+nFVBt7jjAGcVuxHhchc=');
  });

  test('accepts the published example of a GET', () => {
    const request = {
      authorization:
        'hmac OPA-Auth:sample_key:JbUZwAUKeQ+WDClEjkCGwYG/juFR+Dd5RK5AfL0gK9w=:a360e2:1743139337:empty',
      method: 'GET',
      path: '/v2/payments/TEST_merchantPaymentID',
      content_type: undefined,
      body: Buffer.alloc(0),
    };
    assert.deepEqual(verifyOpaSignature(request, sampleKeys, 1743139337_000), {
      ok: true,
      api_key: 'sample_key',
    });
    const other = verifyOpaSignature({ ...request, path: '/v2/payments/other' }, sampleKeys, 1743139337_000);
    assert.equal(other.ok, false);
  });

  test('creates a code from the published example of a POST, sent byte for byte', async () => {
    const published = await startSimulatorServer({
      port: 0,
      now: () => 1743138611_000,
      settings: { paypay: { api_key: 'sample_key', api_secret: 'sample_secret' } },
    });
    try {
      const headers = {
        authorization: samplePostHeader,
        'content-type': 'application/json',
        'x-assume-merchant': MERCHANT,
      };
      const send = (body: string) =>
        fetch(`${published.url}/paypay/v2/codes`, { method: 'POST', headers, body });
      assert.equal((await send(samplePost)).status, 201);
      assert.equal((await send(samplePost.replace('10,', '11,'))).status, 401);
      assert.equal((await send(JSON.stringify(JSON.parse(samplePost)))).status, 401);
    } finally {
      await published.close();
    }
  });

  test('refuses a wrong secret, an unknown key, a missing header and a path with the mount in it', async () => {
    const wrongs: SignOptions[] = [
      { secret: 'other' },
      { key: 'other' },
      { headers: { authorization: 'Bearer token' } },
      { signedPath: '/paypay/v2/codes' },
    ];
    for (const wrong of wrongs) {
      const answer = await call('POST', '/v2/codes', makeOrder('pa_1'), wrong);
      assert.deepEqual([answer.status, answer.code], [401, 'UNAUTHORIZED'], JSON.stringify(wrong));
      assert.equal(answer.codeId, '08100016');
      assert.ok(answer.headers.get('x-simulator-hint'));
    }
    assert.equal((await control('GET', '/payments')).json.total, 0);
  });

  test('allows two minutes of clock difference either way and no second more', async () => {
    const seconds = Math.floor(clock / 1000);
    for (const [offset, status] of [
      [120, 400],
      [-120, 400],
      [121, 401],
      [-121, 401],
    ] as const) {
      const answer = await call('GET', '/v2/codes/payments/pa_1', undefined, { epoch: seconds + offset });
      assert.equal(answer.status, status, `offset ${offset}`);
      assert.equal(Date.parse(answer.headers.get('date') ?? ''), clock);
    }
  });

  test('refuses a merchant that is missing or still a placeholder, and takes it from the query', async () => {
    for (const merchant of ['', 'MERCHANT_ID', 'YOUR_MERCHANT_ID', '<merchant>']) {
      const answer = await call('GET', '/v2/codes/payments/pa_1', undefined, {
        headers: { 'x-assume-merchant': merchant },
      });
      assert.equal(answer.status, 401, merchant);
    }
    await createCode('pa_1');
    const path = '/v2/codes/payments/pa_1';
    assert.equal((await call('GET', `${path}?assumeMerchant=${MERCHANT}`)).status, 200);
    assert.equal((await call('GET', `${path}?assumeMerchant=another`)).code, 'DYNAMIC_QR_PAYMENT_NOT_FOUND');
  });

  test('accepts the word "empty" as the type of a body that is not there, as two SDKs send it', async () => {
    await createCode('pa_1');
    const headers = { 'content-type': 'empty' };
    assert.equal((await call('GET', '/v2/codes/payments/pa_1', undefined, { headers })).status, 200);
    assert.equal((await call('DELETE', '/v2/payments/pa_1', undefined, { headers })).status, 202);
  });
});

describe('a code', () => {
  test('is created with what the terminal needs to show it', async () => {
    const { status, code, codeId, data, headers } = await createCode('pa_1', {
      storeId: 's1',
      terminalId: 't1',
    });
    assert.deepEqual([status, code, codeId], [201, 'SUCCESS', '08100001']);
    assert.match(String(data?.['codeId']), /^04-[0-9a-f]{16}$/);
    assert.equal(data?.['url'], `${simulator.url}/paypay/qr/${data?.['codeId']}`);
    assert.match(String(data?.['deeplink']), /^paypay:\/\/payment\?link_key=/);
    assert.equal(data?.['expiryDate'], NOON_JST / 1000 + 300);
    assert.deepEqual(data?.['amount'], { amount: 1500, currency: 'JPY' });
    assert.deepEqual([data?.['storeId'], data?.['terminalId']], ['s1', 't1']);
    assert.match(headers.get('x-request-id') ?? '', /^OPA[0-9A-F]{32}$/);
  });

  test('comes back unchanged when the same request is repeated, even with a new time stamp', async () => {
    const first = await createCode('pa_1', { requestedAt: 1_775_012_400 });
    clock += 20_000;
    const second = await createCode('pa_1', { requestedAt: 1_775_012_420 });
    assert.equal(second.status, 201);
    assert.equal(second.data?.['codeId'], first.data?.['codeId']);
    assert.equal(second.data?.['expiryDate'], first.data?.['expiryDate']);
    assert.equal((await control('GET', '/payments')).json.total, 1);
  });

  test('is refused as a duplicate when its id was used with other content', async () => {
    await createCode('pa_1');
    const answer = await createCode('pa_1', { amount: { amount: 1501, currency: 'JPY' } });
    assert.deepEqual([answer.status, answer.code], [400, 'DUPLICATE_DYNAMIC_QR_REQUEST']);
    assert.equal(answer.codeId, '01652073');
    assert.match(answer.message, /\[OPA[0-9A-F]+\]$/);
  });

  test('is refused as a duplicate when its id was paid, declined, deleted, cancelled or ran out', async () => {
    const endings: Record<string, (id: string, codeId: string) => Promise<unknown> | number> = {
      paid: (id) => pay(id),
      declined: (id) => control('POST', `/payments/${id}/decline`),
      deleted: (_id, codeId) => call('DELETE', `/v2/codes/${codeId}`),
      cancelled: (id) => call('DELETE', `/v2/payments/${id}`),
      expired: () => {
        clock += 300_000;
        return clock;
      },
    };
    for (const [name, end] of Object.entries(endings)) {
      const { data } = await createCode(name);
      await end(name, String(data?.['codeId']));
      assert.equal((await createCode(name)).code, 'DUPLICATE_DYNAMIC_QR_REQUEST', name);
    }
  });

  test('belongs to its merchant: another one can use the same id and cannot touch it', async () => {
    const { data } = await createCode('pa_1');
    const other = { headers: { 'x-assume-merchant': 'other-merchant' } };
    const deleted = await call('DELETE', `/v2/codes/${data?.['codeId']}`, undefined, other);
    assert.equal(deleted.code, 'DYNAMIC_QR_NOT_FOUND');
    assert.equal((await call('POST', '/v2/codes', makeOrder('pa_1'), other)).status, 201);
  });

  test('is refused with PayPay’s words when the request is wrong', async () => {
    const missing = 'MISSING_REQUEST_PARAMS';
    const invalid = 'INVALID_REQUEST_PARAMS';
    const cases: [unknown, string][] = [
      ['not json', invalid],
      ['[]', invalid],
      [{ ...makeOrder('pa_1'), merchantPaymentId: undefined }, missing],
      [makeOrder('pa_1', { amount: undefined }), missing],
      [makeOrder('pa_1', { amount: { amount: 1 } }), missing],
      [makeOrder('pa_1', { codeType: undefined }), missing],
      [makeOrder('with space'), invalid],
      [makeOrder('x'.repeat(65)), invalid],
      [makeOrder('pa_1', { amount: { amount: '1500', currency: 'JPY' } }), invalid],
      [makeOrder('pa_1', { amount: { amount: 0, currency: 'JPY' } }), invalid],
      [makeOrder('pa_1', { amount: { amount: 1.5, currency: 'JPY' } }), invalid],
      [makeOrder('pa_1', { amount: { amount: 100_000_000_000, currency: 'JPY' } }), invalid],
      [makeOrder('pa_1', { amount: { amount: 1, currency: 'USD' } }), invalid],
      [makeOrder('pa_1', { codeType: 'QR' }), invalid],
      [makeOrder('pa_1', { requestedAt: NOON_JST }), invalid],
      [makeOrder('pa_1', { orderDescription: 'x'.repeat(256) }), invalid],
    ];
    for (const [body, code] of cases) {
      const answer = await call('POST', '/v2/codes', body);
      assert.deepEqual([answer.status, answer.code, answer.data], [400, code, null], JSON.stringify(body));
    }
    assert.equal((await control('GET', '/payments')).json.total, 0);
  });

  test('is deleted once, and then neither found nor payable', async () => {
    const { data } = await createCode('pa_1');
    const path = `/v2/codes/${data?.['codeId']}`;
    const deleted = await call('DELETE', path);
    assert.deepEqual([deleted.status, deleted.data?.['qrStatus']], [200, 'DELETED']);
    assert.deepEqual((await call('DELETE', path)).code, 'DYNAMIC_QR_NOT_FOUND');
    assert.deepEqual((await call('DELETE', '/v2/codes/04-unknown')).status, 404);
    const details = await getDetails('pa_1');
    assert.deepEqual([details.status, details.code], [400, 'DYNAMIC_QR_PAYMENT_NOT_FOUND']);
    assert.equal((await pay('pa_1')).status, 409);
    assert.deepEqual(await listCharges(), []);
  });

  test('cannot be deleted once it is paid', async () => {
    const { data } = await createCode('pa_1');
    await pay('pa_1');
    const answer = await call('DELETE', `/v2/codes/${data?.['codeId']}`);
    assert.deepEqual([answer.status, answer.code], [400, 'DYNAMIC_QR_ALREADY_PAID']);
  });
});

describe('a payment', () => {
  test('is CREATED without a time until the customer pays, also when the code has run out', async () => {
    await createCode('pa_1');
    for (const wait of [0, 299_000, 600_000]) {
      clock = NOON_JST + wait;
      const { status, data } = await getDetails('pa_1');
      assert.deepEqual([status, data?.['status'], data?.['acceptedAt']], [200, 'CREATED', 0]);
      assert.equal(data?.['paymentId'], undefined);
    }
    assert.equal((await getDetails('unknown')).code, 'DYNAMIC_QR_PAYMENT_NOT_FOUND');
  });

  test('is COMPLETED once, however often the customer tries', async () => {
    await createCode('pa_1');
    clock += 7_000;
    assert.equal((await pay('pa_1')).json.status, 'COMPLETED');
    assert.equal((await pay('pa_1')).status, 409);
    const { data } = await getDetails('pa_1');
    assert.deepEqual([data?.['status'], data?.['acceptedAt']], ['COMPLETED', clock / 1000]);
    assert.match(String(data?.['paymentId']), /^\d{20}$/);
    const charges = await listCharges();
    assert.equal(charges.length, 1);
    assert.deepEqual(
      [charges[0]?.merchantPaymentId, charges[0]?.amount, charges[0]?.at, charges[0]?.reversed_at],
      ['pa_1', 1500, new Date(clock).toISOString(), null],
    );
  });

  test('of a code that is over needs "late" and then takes the money all the same', async () => {
    const { data } = await createCode('deleted');
    await createCode('expired');
    await call('DELETE', `/v2/codes/${data?.['codeId']}`);
    clock += 300_000;
    for (const id of ['deleted', 'expired']) {
      assert.equal((await pay(id)).status, 409);
      assert.equal((await pay(id, { late: true })).status, 200);
      assert.equal((await getDetails(id)).data?.['status'], 'COMPLETED');
    }
    assert.equal((await listCharges()).length, 2);
  });

  test('that is declined is FAILED, takes no money and cannot be cancelled', async () => {
    await createCode('pa_1');
    await control('POST', '/payments/pa_1/decline');
    const { data } = await getDetails('pa_1');
    assert.deepEqual([data?.['status'], data?.['acceptedAt']], ['FAILED', 0]);
    assert.equal((await call('DELETE', '/v2/payments/pa_1')).code, 'ORDER_NOT_REVERSIBLE');
    assert.deepEqual(await listCharges(), []);
  });

  test('that was cancelled reads FAILED and its charge is reversed', async () => {
    await createCode('pa_1');
    await pay('pa_1');
    const answer = await call('DELETE', '/v2/payments/pa_1');
    assert.deepEqual([answer.status, answer.code, answer.data], [202, 'REQUEST_ACCEPTED', null]);
    const { data } = await getDetails('pa_1');
    assert.deepEqual([data?.['status'], data?.['canceledAt']], ['FAILED', clock / 1000]);
    assert.equal((await listCharges())[0]?.reversed_at, new Date(clock).toISOString());
    assert.equal((await call('DELETE', '/v2/payments/pa_1')).status, 202);
    assert.equal((await call('DELETE', '/v2/payments/unknown')).code, 'RESOURCE_NOT_FOUND');
  });

  test('stays COMPLETED until a slow cancel takes effect', async () => {
    await control('POST', '/settings', { cancel_delay_seconds: 30 });
    await createCode('pa_1');
    await pay('pa_1');
    await call('DELETE', '/v2/payments/pa_1');
    clock += 29_000;
    assert.equal((await getDetails('pa_1')).data?.['status'], 'COMPLETED');
    clock += 1_000;
    assert.equal((await getDetails('pa_1')).data?.['status'], 'FAILED');
  });

  test('that is cancelled before the customer pays goes back as soon as it is paid', async () => {
    await createCode('pa_1');
    assert.equal((await call('DELETE', '/v2/payments/pa_1')).status, 202);
    assert.equal((await getDetails('pa_1')).data?.['status'], 'CREATED');
    await pay('pa_1');
    assert.equal((await getDetails('pa_1')).data?.['status'], 'FAILED');
    const charges = await listCharges();
    assert.equal(charges.length, 1);
    assert.notEqual(charges[0]?.reversed_at, null);
  });

  test('can be cancelled until 00:15 Japanese time of the next day', async () => {
    await createCode('in_time');
    await createCode('too_late');
    await pay('in_time');
    await pay('too_late');
    clock = Date.parse('2026-04-02T00:14:59+09:00');
    assert.equal((await call('DELETE', '/v2/payments/in_time')).status, 202);
    clock = Date.parse('2026-04-02T00:15:00+09:00');
    assert.equal((await call('DELETE', '/v2/payments/too_late')).code, 'ORDER_NOT_REVERSIBLE');
  });
});

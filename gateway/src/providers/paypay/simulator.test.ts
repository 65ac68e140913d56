// Holds the simulated PayPay to PayPay's published behaviour, over real HTTP and with a signer that is typed
// here a second time, so that simulator and signer cannot agree on a shared mistake.
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { type SimulatorServer, startSimulatorServer } from '../../simulator/server.ts';
import { makeOpaBodyHash, makeOpaMac, verifyOpaSignature } from './simulator-signature.ts';

const NOON_JST = Date.parse('2026-04-01T03:00:00Z');
const MERCHANT = '123456789012345678';

let clock = NOON_JST;
let simulator: SimulatorServer;

interface Envelope {
  resultInfo: { code: string; message: string; codeId: string };
  data: Record<string, unknown> | null;
}

interface SignOptions {
  key?: string;
  secret?: string;
  epoch?: number;
  signedPath?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** One signed call, as an SDK makes it. The path is signed without query and without the mount. */
async function call(method: string, path: string, payload?: unknown, options: SignOptions = {}) {
  const body = payload === undefined ? '' : typeof payload === 'string' ? payload : JSON.stringify(payload);
  const type = body === '' ? 'empty' : 'application/json';
  const hash =
    body === ''
      ? 'empty'
      : createHash('md5')
          .update(type + body)
          .digest('base64');
  const epoch = String(options.epoch ?? Math.floor(clock / 1000));
  const signedPath = options.signedPath ?? path.split('?')[0];
  const text = `${signedPath}\n${method}\nnonce123\n${epoch}\n${type}\n${hash}`;
  const mac = createHmac('sha256', options.secret ?? 'simulator-secret')
    .update(text)
    .digest('base64');
  const headers: Record<string, string> = {
    authorization: `hmac OPA-Auth:${options.key ?? 'simulator-key'}:${mac}:nonce123:${epoch}:${hash}`,
    'x-assume-merchant': MERCHANT,
    ...(body === '' ? {} : { 'content-type': type }),
    ...options.headers,
  };
  const init: RequestInit = { method, headers };
  if (body !== '') init.body = body;
  if (options.signal) init.signal = options.signal;
  const response = await fetch(`${simulator.url}/paypay${path}`, init);
  const raw = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const envelope = (
    isJson ? JSON.parse(raw) : { resultInfo: { code: '', message: '', codeId: '' }, data: null }
  ) as Envelope;
  return {
    status: response.status,
    headers: response.headers,
    raw,
    ...envelope,
    code: envelope.resultInfo.code,
  };
}

const makeOrder = (id: string, more: Record<string, unknown> = {}) => ({
  merchantPaymentId: id,
  amount: { amount: 1500, currency: 'JPY' },
  codeType: 'ORDER_QR',
  orderDescription: 'Coffee and cake',
  ...more,
});

const createCode = (id: string, more: Record<string, unknown> = {}) =>
  call('POST', '/v2/codes', makeOrder(id, more));
const getDetails = (id: string) => call('GET', `/v2/codes/payments/${id}`);

async function control(method: string, path: string, payload?: unknown) {
  const init: RequestInit = { method };
  if (payload !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(payload);
  }
  const response = await fetch(`${simulator.url}/paypay/control${path}`, init);
  // biome-ignore lint/suspicious/noExplicitAny: the tests read many shapes, and a wrong one fails them.
  return { status: response.status, json: (await response.json()) as any };
}

const pay = (id: string, body?: unknown) => control('POST', `/payments/${id}/pay`, body);
const setFault = async (fault: Record<string, unknown>) => {
  const { status, json } = await control('POST', '/faults', fault);
  assert.equal(status, 201, JSON.stringify(json));
};
const listCharges = async () => (await control('GET', '/charges')).json.charges;

before(async () => {
  simulator = await startSimulatorServer({ port: 0, now: () => clock });
});
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
      paypay: { api_key: 'sample_key', api_secret: 'sample_secret' },
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
      assert.equal(answer.resultInfo.codeId, '08100016');
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
    const { status, code, resultInfo, data, headers } = await createCode('pa_1', {
      storeId: 's1',
      terminalId: 't1',
    });
    assert.deepEqual([status, code, resultInfo.codeId], [201, 'SUCCESS', '08100001']);
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
    assert.equal(answer.resultInfo.codeId, '01652073');
    assert.match(answer.resultInfo.message, /\[OPA[0-9A-F]+\]$/);
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
      [makeOrder('pa_1', { isAuthorization: true }), 'PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT'],
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
      [charges[0].merchantPaymentId, charges[0].amount, charges[0].at, charges[0].reversed_at],
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
    assert.equal((await listCharges())[0].reversed_at, new Date(clock).toISOString());
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
    assert.notEqual(charges[0].reversed_at, null);
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

describe('a notification', () => {
  interface Received {
    headers: IncomingHttpHeaders;
    body: string;
  }
  let receiver: Server;
  let received: Received[] = [];
  let statuses: number[] = [];
  let url = '';

  before(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(statuses.shift() ?? 200).end('OK');
        receiver.emit('received');
      });
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/v1/webhooks/paypay`;
  });
  after(() => receiver.close());
  beforeEach(async () => {
    received = [];
    statuses = [];
    await control('POST', '/settings', { notification_url: url });
  });

  async function receive(count: number): Promise<Received[]> {
    while (received.length < count) await once(receiver, 'received', { signal: AbortSignal.timeout(5_000) });
    return received;
  }
  const getLog = async (id: string) => {
    const { payments } = (await control('GET', '/payments')).json;
    return payments.find((payment: { merchantPaymentId: string }) => payment.merchantPaymentId === id)
      .notifications;
  };

  test('of a paid code carries PayPay’s own fields, the amount as text', async () => {
    await createCode('pa_1', { storeId: 's1', terminalId: 't1' });
    await pay('pa_1');
    const [first] = await receive(1);
    const { data } = await getDetails('pa_1');
    assert.deepEqual(JSON.parse(first?.body ?? ''), {
      notification_type: 'Transaction',
      merchant_id: MERCHANT,
      store_id: 's1',
      pos_id: 't1',
      order_id: data?.['paymentId'],
      merchant_order_id: 'pa_1',
      authorized_at: null,
      expires_at: null,
      paid_at: new Date(clock).toISOString(),
      order_amount: '1500',
      state: 'COMPLETED',
    });
    assert.equal(first?.headers['x-paypay-signature'], undefined);
  });

  test('is signed over its bytes when a secret is set, and the secret is never shown', async () => {
    const settings = await control('POST', '/settings', { webhook_secret: 'whispered' });
    assert.equal(settings.json.webhook_secret_set, true);
    assert.doesNotMatch(JSON.stringify((await control('GET', '/settings')).json), /whispered/);
    await createCode('pa_1');
    await pay('pa_1');
    const [first] = await receive(1);
    const expected = createHmac('sha256', 'whispered')
      .update(first?.body ?? '')
      .digest('hex');
    assert.equal(first?.headers['x-paypay-signature'], expected);
  });

  test('of a declined payment is short, and of a cancelled one is not sent', async () => {
    await createCode('declined');
    await createCode('cancelled');
    await control('POST', '/payments/declined/decline');
    const body = JSON.parse((await receive(1))[0]?.body ?? '');
    assert.deepEqual([body.state, body.merchant_order_id, body.paid_at], ['FAILED', 'declined', undefined]);
    await pay('cancelled');
    await receive(2);
    await call('DELETE', '/v2/payments/cancelled');
    assert.equal((await getLog('cancelled')).length, 1);
  });

  test('is tried four times at most', async () => {
    statuses = [500, 302, 204, 503, 200];
    await createCode('pa_1');
    await pay('pa_1');
    assert.equal((await receive(4)).length, 4);
    // The receiver has answered before the simulator has noted it, so wait for the second payment's turn.
    statuses = [];
    await createCode('pa_2');
    await pay('pa_2');
    await receive(5);
    assert.equal(received.filter((one) => one.body.includes('pa_1')).length, 4);
  });

  test('can be lost, doubled, and sent again by hand', async () => {
    await setFault({ fault: 'lose_notification', times: 1 });
    await createCode('lost');
    await pay('lost');
    assert.deepEqual((await getLog('lost'))[0].outcome, 'lost');
    await control('POST', '/payments/lost/notify');
    assert.equal((await receive(1)).length, 1);

    await setFault({ fault: 'duplicate_notification', times: 1 });
    await createCode('doubled');
    await pay('doubled');
    const bodies = (await receive(3)).map((one) => one.body);
    assert.equal(bodies[1], bodies[2]);
    assert.equal((await listCharges()).length, 2);
    await createCode('unpaid');
    assert.equal((await control('POST', '/payments/unpaid/notify')).status, 409);
  });

  test('follows at once in instant_pay, as a fault or as a setting', async () => {
    await setFault({ fault: 'instant_pay', times: 1 });
    assert.equal((await createCode('by_fault')).status, 201);
    await receive(1);
    await control('POST', '/settings', { instant_pay: true });
    await createCode('by_setting');
    await receive(2);
    await control('POST', '/settings', { instant_pay: false });
    await createCode('by_hand');
    const charges: { merchantPaymentId: string }[] = await listCharges();
    assert.deepEqual(
      charges.map((charge) => charge.merchantPaymentId),
      ['by_fault', 'by_setting'],
    );
  });
});

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

  test('after success loses the answer but not the work', async () => {
    await setFault({ fault: 'server_error_after_success', times: 1, endpoint: 'create_code' });
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
    assert.equal((await listCharges())[0].amount, 1500);
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
      const own = await startSimulatorServer({ port: 0, seed, now: () => clock });
      const shared = simulator;
      simulator = own;
      try {
        await setFault({ fault: 'rate_limit', probability: 0.5 });
        const statuses = [];
        for (let i = 0; i < 12; i++) statuses.push((await getDetails('pa_1')).status);
        runs.push(statuses);
      } finally {
        simulator = shared;
        await own.close();
      }
    }
    assert.deepEqual(runs[0], runs[1]);
    assert.notDeepEqual(runs[0], runs[2]);
    assert.deepEqual([...new Set(runs[0])].sort(), [400, 429]);
  });
});

describe('the control API', () => {
  test('says clearly what is wrong with a request', async () => {
    const cases: [string, unknown, RegExp][] = [
      ['/faults', { fault: 'meteor' }, /There is no fault 'meteor'. Known: server_error/],
      ['/faults', { fault: 'hang', often: 1 }, /Unknown field 'often'/],
      ['/faults', { fault: 'hang', times: 0 }, /times must be/],
      ['/faults', { fault: 'hang', endpoint: 'refund' }, /There is no endpoint 'refund'. Known: create_code/],
      ['/faults', { fault: 'hang', ms: 5 }, /does not take ms/],
      ['/faults', { fault: 'wrong_amount', endpoint: 'get_payment' }, /does not take an endpoint/],
      ['/faults', {}, /fault/],
      ['/settings', { qr_life: 1 }, /Unknown field 'qr_life'/],
      ['/settings', { qr_lifetime_seconds: '60' }, /qr_lifetime_seconds must be integer/],
      ['/settings', { notification_url: 'ftp://host' }, /notification_url/],
      ['/payments/pa_1/pay', { later: true }, /Unknown field 'later'/],
    ];
    for (const [path, body, message] of cases) {
      const answer = await control('POST', path, body);
      assert.equal(answer.status, 400, JSON.stringify(body));
      assert.match(answer.json.error.message, message);
    }
    assert.equal((await control('POST', '/payments/unknown/pay')).status, 404);
    assert.deepEqual((await control('GET', '/faults')).json.faults, []);
  });

  test('lists payments newest first and counts requests by endpoint, payment and answer', async () => {
    await createCode('pa_1');
    await createCode('pa_2');
    await getDetails('pa_2');
    await getDetails('pa_2');
    await call('DELETE', '/v2/codes/unknown');
    const { payments } = (await control('GET', '/payments')).json;
    const ids = payments.map((payment: { merchantPaymentId: string }) => payment.merchantPaymentId);
    assert.deepEqual(ids, ['pa_2', 'pa_1']);
    const { requests } = (await control('GET', '/requests')).json;
    const find = (endpoint: string, id: string | null) =>
      requests.find(
        (one: { endpoint: string; merchantPaymentId: string | null }) =>
          one.endpoint === endpoint && one.merchantPaymentId === id,
      );
    assert.equal(find('create_code', 'pa_1').count, 1);
    assert.deepEqual(find('get_payment', 'pa_2').answers, { 200: 2 });
    assert.deepEqual(find('delete_code', null).answers, { 404: 1 });
  });

  test('forgets everything on reset', async () => {
    await control('POST', '/settings', { qr_lifetime_seconds: 60 });
    await setFault({ fault: 'hang', endpoint: 'delete_code' });
    const { data } = await createCode('pa_1');
    assert.equal(data?.['expiryDate'], NOON_JST / 1000 + 60);
    await pay('pa_1');
    await control('POST', '/reset');
    assert.equal((await control('GET', '/payments')).json.total, 0);
    assert.deepEqual(await listCharges(), []);
    assert.deepEqual((await control('GET', '/requests')).json.requests, []);
    assert.deepEqual((await control('GET', '/faults')).json.faults, []);
    assert.equal((await control('GET', '/settings')).json.qr_lifetime_seconds, 300);
  });

  test('refuses a page of another origin', async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const answer = await fetch(`${simulator.url}/paypay/control/reset`, { method: 'POST', headers });
    assert.equal(answer.status, 403);
    await assert.rejects(startSimulatorServer({ port: 0, host: '0.0.0.0' }), /loopback only/);
  });
});

// Holds the simulated PayPay to what a test and a person at its page rely on: notifications, faults, the control
// API and the pages, over real HTTP.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { MERCHANT, makeCaller, NOON_JST } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call, control, createCode, getDetails, pay, listCharges, setFault } = makeCaller(simulator.url, now);

after(() => simulator.close());
beforeEach(() => {
  clock = NOON_JST;
});
afterEach(() => control('POST', '/reset'));

describe('a notification', () => {
  interface Received {
    headers: IncomingHttpHeaders;
    body: string;
  }
  let received: Received[] = [];
  let statuses: number[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 200).end('OK');
      receiver.emit('received');
    });
  });
  let url = '';

  before(async () => {
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
  async function getLog(id: string) {
    const { payments } = (await control('GET', '/payments')).json;
    return payments.find((payment) => payment.merchantPaymentId === id)?.notifications ?? [];
  }

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

  test('has the body of the integration document where the setting says so', async () => {
    await control('POST', '/settings', { notification_body: 'document' });
    await createCode('pa_1');
    await pay('pa_1');
    const [first] = await receive(1);
    const { data } = await getDetails('pa_1');
    assert.deepEqual(JSON.parse(first?.body ?? ''), {
      merchantPaymentId: 'pa_1',
      paymentId: data?.['paymentId'],
      status: 'COMPLETED',
      amount: { amount: 1500, currency: 'JPY' },
      timestamp: new Date(clock).toISOString(),
    });
  });

  test('is not sent during maintenance, nor made up for afterwards', async () => {
    await createCode('unheard');
    await createCode('heard');
    await setFault({ fault: 'maintenance' });
    await pay('unheard');
    assert.equal((await getLog('unheard'))[0]?.outcome, 'maintenance');
    await control('DELETE', '/faults');
    await pay('heard');
    const told = await receive(1);
    assert.deepEqual(
      told.map(({ body }) => JSON.parse(body).merchant_order_id),
      ['heard'],
    );
  });

  test('is sent while only one endpoint is under maintenance', async () => {
    await setFault({ fault: 'maintenance', endpoint: 'get_payment' });
    await createCode('pa_1');
    await pay('pa_1');
    assert.equal((await receive(1)).length, 1);
  });

  test('that is held back arrives after the later one, with what was true before', async () => {
    await setFault({ fault: 'reorder_notifications', times: 1 });
    await createCode('earlier');
    await createCode('later');
    await pay('earlier');
    assert.deepEqual((await getLog('earlier'))[0]?.outcome, 'held');
    clock += 1_000;
    await pay('later');
    const told = (await receive(2)).map(({ body }) => JSON.parse(body));
    assert.deepEqual(
      told.map(({ merchant_order_id }) => merchant_order_id),
      ['later', 'earlier'],
    );
    assert.equal(Date.parse(told[0].paid_at) - Date.parse(told[1].paid_at), 1_000);
  });

  test('is tried four times at most', async () => {
    statuses = [500, 302, 204, 503];
    await createCode('pa_1');
    await pay('pa_1');
    await receive(4);
    // The log is written after the answer arrived; asking again is how we wait for it.
    let log = await getLog('pa_1');
    while (log[0]?.outcome === 'sending') log = await getLog('pa_1');
    assert.deepEqual(log, [{ ...log[0], outcome: 'failed', tries: ['500', '302', '204', '503'] }]);
    assert.equal(received.length, 4);
  });

  test('can be lost, doubled, and sent again by hand', async () => {
    await setFault({ fault: 'lose_notification', times: 1 });
    await createCode('lost');
    await pay('lost');
    assert.deepEqual((await getLog('lost'))[0]?.outcome, 'lost');
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
    const charges = await listCharges();
    assert.deepEqual(
      charges.map((charge) => charge.merchantPaymentId),
      ['by_fault', 'by_setting'],
    );
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
    const ids = payments.map((payment) => payment.merchantPaymentId);
    assert.deepEqual(ids, ['pa_2', 'pa_1']);
    const { requests } = (await control('GET', '/requests')).json;
    const find = (endpoint: string, id: string | null) =>
      requests.find((one) => one.endpoint === endpoint && one.merchantPaymentId === id);
    assert.equal(find('create_code', 'pa_1')?.count, 1);
    assert.deepEqual(find('get_payment', 'pa_2')?.answers, { 200: 2 });
    assert.deepEqual(find('delete_code', null)?.answers, { 404: 1 });
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

describe('the pages', () => {
  const openPage = async (path: string, init?: RequestInit) => {
    const response = await fetch(simulator.url + path, init);
    return { status: response.status, headers: response.headers, html: await response.text() };
  };
  const pathOf = (data: Record<string, unknown> | null) => new URL(String(data?.['url'])).pathname;

  test('run no script but their own and load nothing from elsewhere', async () => {
    const { data } = await createCode('pa_1');
    for (const path of ['/paypay', pathOf(data), '/paypay/qr/unknown']) {
      const { headers, html } = await openPage(path);
      const policy = headers.get('content-security-policy') ?? '';
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
      assert.match(policy, /^default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*/);
      assert.equal(html.match(/<(script|style)\b/g)?.length, 2);
      assert.equal(html.split(`nonce="${nonce}"`).length, 3);
      assert.doesNotMatch(html, /\son\w+=|style="|src=/);
    }
    const front = await openPage('/');
    assert.match(front.headers.get('content-security-policy') ?? '', /style-src 'nonce-/);
    assert.doesNotMatch(front.html, /<script/);
    assert.match(front.html, /href="\/paypay"/);
  });

  test('show what is paid and to whom, and never as markup', async () => {
    const { data } = await createCode('pa_1', {
      orderDescription: '<img src=x onerror=alert(1)>',
      storeInfo: 'Kissa "A" & B',
    });
    const { html } = await openPage(pathOf(data));
    assert.match(html, /Pay <strong>¥1,500<\/strong> to Kissa &#34;A&#34; &#38; B/);
    assert.match(html, /&#60;img src=x onerror=alert\(1\)&#62;/);
    assert.doesNotMatch(html, /<img/);
  });

  test('let the customer pay or decline without any script', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: simulator.url };
    for (const [act, title, charged] of [
      ['decline', 'Declined', 0],
      ['pay', 'Paid', 1],
    ] as const) {
      const { data } = await createCode(`pa_${act}`);
      const { html } = await openPage(`${pathOf(data)}/${act}`, { method: 'POST', headers, body: '' });
      assert.match(html, new RegExp(`<h2>${title}</h2>`));
      assert.equal((await listCharges()).length, charged);
    }
    const { data } = await createCode('pa_late');
    clock += 300_000;
    const { html } = await openPage(`${pathOf(data)}/pay`, { method: 'POST', headers, body: '' });
    assert.match(html, /This code has expired/);
    assert.equal((await listCharges()).length, 1);
    assert.equal((await openPage('/paypay/qr/unknown')).status, 404);
  });
});

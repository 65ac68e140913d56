// PayPay's own SDK as the third party between our client and our simulator, which share no code with each other nor
// with it: what it signs, ours must sign alike; what it asks for, the simulator must answer.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as forward } from 'node:http';
import { createServer, globalAgent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import sdk from '@paypayopa/paypayopa-sdk-node';
import fc from 'fast-check';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeOpaAuthorization } from './opa-signature.ts';
import { makeCertificate } from './simulated-paypay.ts';

const KEY = { api_key: 'sample_key', api_secret: 'sample_secret' };

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  /** The bytes that the SDK would write for a POST. */
  body: string | null;
}

/** What the SDK sends, taken from it at the place where it would open a connection. */
async function intercept(
  key: { api_key: string; api_secret: string },
  call: (client: InstanceType<typeof sdk.PayPayRestSDK>) => Promise<unknown>,
): Promise<Sent> {
  const client = new sdk.PayPayRestSDK();
  client.configure({ clientId: key.api_key, clientSecret: key.api_secret, merchantId: '234567' });
  let sent: Sent | undefined;
  client.setHttpsClient({
    printDebugMessage() {},
    httpsCall({ method = '', path, headers }, payload, callback) {
      const body = method === 'POST' ? JSON.stringify(payload) : null;
      sent = { method, path: path ?? '', headers: headers as Record<string, string>, body };
      callback({ STATUS: 200, BODY: null });
    },
  });
  await call(client);
  assert.ok(sent);
  return sent;
}

/** Signs what the SDK sent, with the nonce and the time that stand in the SDK's own header. */
function signAgain({ method, path, headers, body }: Sent, key: typeof KEY): string {
  const [nonce = '', epoch = ''] = headers['Authorization']?.split(':').slice(-3) ?? [];
  const content_type = headers['Content-Type'] ?? '';
  const request = { method, path, ...(body !== null && { body: { content_type, bytes: body } }) };
  return makeOpaAuthorization(request, key, nonce, Number(epoch));
}

test('the inputs of the three published vectors are signed by PayPay’s SDK and by us to the same byte', async () => {
  const documented = { api_key: 'APIKeyGenerated', api_secret: 'APIKeySecretGenerated' };
  const calls: [key: typeof KEY, sent: Sent][] = [
    [
      documented,
      await intercept(documented, (client) =>
        client.qrCodeCreate({
          sampleRequestBodyKey1: 'sampleRequestBodyValue1',
          sampleRequestBodyKey2: 'sampleRequestBodyValue2',
        }),
      ),
    ],
    [KEY, await intercept(KEY, (client) => client.getPaymentDetails(['TEST_merchantPaymentID']))],
    [
      KEY,
      await intercept(KEY, (client) =>
        client.qrCodeCreate({
          merchantPaymentId: 'TEST_QR_Payment',
          amount: { amount: 10, currency: 'JPY' },
          codeType: 'ORDER_QR',
          isAuthorization: false,
          redirectUrl: 'https://about.paypay.ne.jp/',
          redirectType: 'WEB_LINK',
        }),
      ),
    ],
  ];
  for (const [key, sent] of calls) assert.equal(signAgain(sent, key), sent.headers['Authorization']);
  assert.deepEqual(
    calls.map(([, { method, path }]) => `${method} ${path}`),
    ['POST /v2/codes', 'GET /v2/payments/TEST_merchantPaymentID', 'POST /v2/codes'],
  );
});

test('whatever is called with whatever key, PayPay’s SDK and we sign alike, in every script and with every query', async () => {
  const ids = fc.stringMatching(/^[a-zA-Z0-9_-]{1,64}$/);
  const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
  const keys = fc.record({
    api_key: fc.stringMatching(/^[!-9;-~]{1,40}$/),
    api_secret: fc.string({ minLength: 1 }),
  });
  const amounts = fc.integer({ min: 1, max: 99_999_999_999 });
  await fc.assert(
    fc.asyncProperty(
      keys,
      fc.integer({ min: 0, max: 8 }),
      ids,
      amounts,
      texts,
      async (key, which, id, amount, text) => {
        const money = { amount, currency: 'JPY' };
        const sent = await intercept(key, (client) => {
          if (which === 0) return client.qrCodeDelete([id]);
          if (which === 1) return client.getCodePaymentDetails([id]);
          if (which === 2) return client.getPaymentDetails([id]);
          if (which === 3) return client.paymentCancel([id]);
          if (which === 4) return client.getRefundDetails([id]);
          if (which === 5) return client.paymentRefund({ merchantRefundId: id, amount: money, reason: text });
          if (which === 6) return client.paymentAuthCapture({ merchantCaptureId: id, amount: money });
          // The only one with a query, which neither signs.
          if (which === 7) return client.createPayment({ merchantPaymentId: id, amount: money }, true);
          return client.qrCodeCreate({ merchantPaymentId: id, amount: money, orderDescription: text });
        });
        assert.equal(signAgain(sent, key), sent.headers['Authorization'], `${sent.method} ${sent.path}`);
        assert.equal(sent.path.includes('?'), which === 7);
      },
    ),
    { seed: 20260128, numRuns: 200 },
  );
});

/** The SDK speaks TLS and nothing else, so a front with a certificate of its own stands before the simulator. */
async function openFront(t: TestContext) {
  const simulator = await startSimulatorServer({ port: 0 });
  const { key, cert } = makeCertificate();
  const front = createServer({ key, cert, minVersion: 'TLSv1.2' }, (asked, reply) => {
    const { method, headers } = asked;
    const onwards = forward(`${simulator.url}/paypay${asked.url}`, { method, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(reply);
    });
    asked.pipe(onwards);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const trusted = globalAgent.options.ca;
  globalAgent.options.ca = cert;
  t.after(async () => {
    globalAgent.options.ca = trusted;
    front.closeAllConnections();
    front.close();
    await simulator.close();
  });
  const client = new sdk.PayPayRestSDK();
  client.configure({
    clientId: 'simulator-key',
    clientSecret: 'simulator-secret',
    merchantId: '123456789012345678',
    conf: new sdk.Conf({ hostName: 'localhost', portNumber: (front.address() as AddressInfo).port }),
  });
  return {
    client,
    async pay(id: string) {
      const url = `${simulator.url}/paypay/control/payments/${id}/pay`;
      assert.equal((await fetch(url, { method: 'POST' })).status, 200);
    },
  };
}

interface Body {
  resultInfo: { code: string; codeId: string; message: string };
  data: Record<string, unknown> | null;
}

async function read(answer: Promise<{ STATUS: number; BODY?: object | null; ERROR?: string }>) {
  const { STATUS, BODY, ERROR } = await answer;
  assert.equal(ERROR, undefined);
  const { resultInfo, data } = BODY as Body;
  return { said: `${STATUS} ${resultInfo.code} ${resultInfo.codeId}`, data: data ?? {} };
}

const makeOrder = (merchantPaymentId: string) => ({
  merchantPaymentId,
  amount: { amount: 1500, currency: 'JPY' },
  codeType: 'ORDER_QR',
  orderDescription: 'コーヒーとケーキ',
  orderItems: [
    {
      name: 'Coffee',
      quantity: 2,
      category: 'drink',
      productId: '1',
      unitPrice: { amount: 750, currency: 'JPY' },
    },
  ],
  isAuthorization: false,
});

test('PayPay’s SDK creates a code at the simulator, reads it, sees it paid, cancels it, and reads FAILED', async (t) => {
  const { client, pay } = await openFront(t);
  const created = await read(client.qrCodeCreate(makeOrder('sdk-1')));
  assert.equal(created.said, '201 SUCCESS 08100001');
  const { codeId, url, deeplink, expiryDate, merchantPaymentId } = created.data;
  assert.match(String(codeId), /^04-/);
  assert.match(String(url), /^http/);
  assert.match(String(deeplink), /^paypay:\/\//);
  assert.ok(Number.isInteger(expiryDate) && Number(expiryDate) > Date.now() / 1_000);
  assert.equal(merchantPaymentId, 'sdk-1');

  const unpaid = await read(client.getCodePaymentDetails(['sdk-1']));
  assert.deepEqual([unpaid.data['status'], unpaid.data['acceptedAt']], ['CREATED', 0]);
  await pay('sdk-1');
  const paid = await read(client.getCodePaymentDetails(['sdk-1']));
  assert.equal(paid.data['status'], 'COMPLETED');
  assert.deepEqual(paid.data['amount'], { amount: 1500, currency: 'JPY' });
  assert.match(String(paid.data['paymentId']), /^\d+$/);

  const cancelled = await read(client.paymentCancel(['sdk-1']));
  assert.equal(cancelled.said, '202 REQUEST_ACCEPTED 08100001');
  const after = await read(client.getCodePaymentDetails(['sdk-1']));
  assert.equal(after.data['status'], 'FAILED');
  assert.ok(Number(after.data['canceledAt']) > 0);
});

test('PayPay’s SDK refunds a payment at the simulator, and deletes a code that nobody paid', async (t) => {
  const { client, pay } = await openFront(t);
  await read(client.qrCodeCreate(makeOrder('sdk-2')));
  await pay('sdk-2');
  const { paymentId } = (await read(client.getCodePaymentDetails(['sdk-2']))).data;
  const amount = { amount: 1500, currency: 'JPY' };
  const refunded = await read(
    client.paymentRefund({ merchantRefundId: 'refund-2', paymentId, amount, reason: '返品' }),
  );
  assert.equal(refunded.said, '200 SUCCESS 08100001');
  assert.match(String(refunded.data['status']), /^(CREATED|REFUNDED)$/);
  const found = await read(client.getRefundDetails(['refund-2']));
  assert.deepEqual(
    [found.data['merchantRefundId'], found.data['paymentId'], found.data['amount']],
    ['refund-2', paymentId, amount],
  );
  const { refunds } = (await read(client.getCodePaymentDetails(['sdk-2']))).data;
  assert.equal((refunds as { data: { merchantRefundId: string }[] }).data[0]?.merchantRefundId, 'refund-2');

  const created = await read(client.qrCodeCreate(makeOrder('sdk-3')));
  const deleted = await read(client.qrCodeDelete([String(created.data['codeId'])]));
  assert.equal(deleted.said, '200 SUCCESS 08100001');
  const gone = await read(client.getCodePaymentDetails(['sdk-3']));
  assert.equal(gone.said, '400 DYNAMIC_QR_PAYMENT_NOT_FOUND 01652075');
});

test('PayPay’s SDK with a wrong secret is refused by the simulator', async (t) => {
  const { client } = await openFront(t);
  const conf = (client as unknown as { config: InstanceType<typeof sdk.Conf> }).config;
  client.configure({
    clientId: 'simulator-key',
    clientSecret: 'wrong',
    merchantId: '123456789012345678',
    conf,
  });
  const refused = await read(client.getCodePaymentDetails(['sdk-4']));
  assert.equal(refused.said, '401 UNAUTHORIZED 08100016');
});

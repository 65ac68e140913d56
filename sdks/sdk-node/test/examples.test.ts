// The two shops of the examples, over real HTTP: a payment is begun once, a webhook counts once, and an unknown outcome is
// told as unknown.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeExpressShop, type ShopOptions } from '../examples/express-shop.ts';
import { makeFastifyShop } from '../examples/fastify-shop.ts';
import { makeOrderBook } from '../examples/order-book.ts';
import { webhooks } from '../src/mpac-pgw.ts';
import { answerJson, INTENT, makeClient, startServer } from './loopback-server.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

type Start = (t: TestContext, options: ShopOptions) => Promise<string>;

const startExpress: Start = async (t, options) => {
  const server = createServer(makeExpressShop(options));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const startFastify: Start = async (t, options) => {
  const app = makeFastifyShop(options);
  t.after(() => app.close());
  return app.listen({ port: 0, host: '127.0.0.1' });
};

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

async function startShop(t: TestContext, start: Start) {
  // Says which order it is for, and falls silent for one of them.
  const gateway = await startServer(t, () => (request, response) => {
    if (request.body.includes('order_silent')) return response.destroy();
    if (request.body.includes('order_begun')) {
      const taken = { code: 'idempotency_conflict', param: 'merchant_ref_id' };
      return answerJson(409, { error: taken, details: { payment_intent: 'pi_begun' } })(request, response);
    }
    if (request.body.includes('order_wrong')) {
      return answerJson(409, { error: { code: 'idempotency_conflict' } })(request, response);
    }
    const is_confirm = request.target.endsWith('/confirm');
    const qr = { ...INTENT, status: 'requires_action', qr_content: 'https://qr.example.com/1' };
    return answerJson(is_confirm ? 200 : 201, is_confirm ? qr : INTENT)(request, response);
  });
  const orders = makeOrderBook({ order_1: 1500, order_silent: 900, order_begun: 800, order_wrong: 700 });
  const pgw = makeClient(gateway.url);
  return { url: await start(t, { pgw, webhook_secret: SECRET, orders }), orders, gateway };
}

for (const [name, start] of Object.entries({ Express: startExpress, Fastify: startFastify })) {
  test(`the shop on ${name} shows a code, and asks for one payment when the button is pressed twice`, async (t) => {
    const { url, gateway } = await startShop(t, start);
    for (const _ of [1, 2]) {
      const response = await post(`${url}/orders/order_1/payment`, '{"checkout":"c1"}');
      assert.equal(response.status, 201);
      assert.deepEqual(await response.json(), {
        payment_intent: 'pi_1',
        status: 'requires_action',
        qr_content: 'https://qr.example.com/1',
      });
    }
    const pressed = ['create-order_1-c1', 'confirm-order_1-c1'];
    const keys = gateway.requests.map(({ headers }) => headers['idempotency-key']);
    assert.deepEqual(keys, [...pressed, ...pressed]);
    assert.equal((JSON.parse(String(gateway.requests[0]?.body)) as { amount: number }).amount, 1500);
  });

  test(`the shop on ${name} goes on with the intent that an order has already`, async (t) => {
    const { url, gateway } = await startShop(t, start);
    assert.equal((await post(`${url}/orders/order_begun/payment`, '{"checkout":"c4"}')).status, 201);
    assert.equal(gateway.requests[1]?.target, '/v1/payment_intents/pi_begun/confirm');
    assert.equal((await post(`${url}/orders/order_wrong/payment`, '{"checkout":"c5"}')).status, 409);
    assert.equal(gateway.requests.length, 3);
  });

  test(`the shop on ${name} says that it does not know`, async (t) => {
    const { url } = await startShop(t, start);
    const response = await post(`${url}/orders/order_silent/payment`, '{"checkout":"c2"}');
    assert.equal(response.status, 202);
    assert.equal(((await response.json()) as { outcome: string }).outcome, 'unknown');
  });

  test(`the shop on ${name} knows its own orders only`, async (t) => {
    const { url, gateway } = await startShop(t, start);
    assert.equal((await post(`${url}/orders/order_9/payment`, '{"checkout":"c3"}')).status, 404);
    assert.equal(gateway.requests.length, 0);
  });

  test(`the shop on ${name} counts a webhook once, and only the gateway's`, async (t) => {
    const { url, orders } = await startShop(t, start);
    const event = { id: 'evt_1', type: 'payment_intent.succeeded', sequence: 1 };
    const body = JSON.stringify({ ...event, data: { object: { ...INTENT, merchant_ref_id: 'order_1' } } });
    const headers = webhooks.sign(body, SECRET, { id: 'evt_1' });
    assert.equal((await post(`${url}/webhooks`, body.replace('1500', '1'), headers)).status, 400);
    assert.equal((await post(`${url}/webhooks`, body)).status, 400);
    assert.deepEqual(orders.paid, []);
    for (const _ of [1, 2]) assert.equal((await post(`${url}/webhooks`, body, headers)).status, 204);
    assert.deepEqual(orders.paid, ['order_1']);
  });

  test(`the shop on ${name} reads the longest event that there is`, async (t) => {
    const { url, orders } = await startShop(t, start);
    const entries = Array.from({ length: 50 }, (_, at) => [`${at}`.padEnd(40, '_'), '🍵'.repeat(500)]);
    const intent = { ...INTENT, merchant_ref_id: 'order_1', metadata: Object.fromEntries(entries) };
    const body = JSON.stringify({ id: 'evt_2', type: 'payment_intent.succeeded', data: { object: intent } });
    assert.ok(Buffer.byteLength(body) > 100 * 1024);
    const response = await post(`${url}/webhooks`, body, webhooks.sign(body, SECRET));
    assert.equal(response.status, 204);
    assert.deepEqual(orders.paid, ['order_1']);
  });
}

// The shop as people use it: a till in a real browser, the shop's server as a process, a real gateway and a customer
// with PayPay's app. Each sale is judged by what the till shows, by what the gateway and PayPay say, and by the shop's
// book, in which only a webhook can make an order paid.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PaymentGateway } from '@cloudsky/mpac-pgw-sdk-node';
import { chromium } from 'playwright-core';
import { holdTill, makeShopFolder, openShop } from './open-shop.ts';
import { makeTills } from './open-till.ts';
import { takePictures } from './pictures.ts';
import { findGateway, inReverse, makeCustomer } from './running-gateway.ts';

const CHROMIUM = '/usr/bin/chromium';
const PICTURES = process.env['SHOP_SCREENSHOTS'];

// Interrupted, it takes what it has started along.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
const file = inReverse({ after });
const facts = await findGateway(file);
const customer = makeCustomer(facts);
const gateway = new PaymentGateway({
  baseUrl: facts.base_url,
  apiKey: facts.api_key,
  secretKey: facts.secret_key,
});
const shop = await openShop(file, await makeShopFolder(file, facts));
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
file.after(() => browser.close());
file.after(async () => void (await customer.noFaults()));

const { openTill, broken } = makeTills(browser, gateway);

test('a PayPay code that the customer pays is paid at the till, at the gateway and in the book', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('coffee', 'coffee', 'sandwich');
  const order = await till.charge();
  assert.equal(order.amount, 1_580);
  await till.by('qr');
  await till.seeCode();
  const payment = await customer.scan(1_580);
  await customer.pay(payment);
  await till.seeOutcome('paid');
  assert.match(await till.receipt(), /¥1,580/);
  assert.match(await till.receipt(), /PayPay/);
  const booked = await till.seeInBook(order.id, 'paid');
  assert.equal(booked.provider, 'PAYPAY');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.status, 'succeeded');
  assert.equal(intent.amount_received, 1_580);
  assert.equal(intent.merchant_ref_id, order.id);
  assert.equal(intent.tax_amount, 117);
  assert.deepEqual(
    (await customer.charges(payment)).map(({ amount }) => amount),
    [1_580],
  );
});

test('a customer who declines can pay in cash after all, and nothing is taken twice', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('latte');
  const order = await till.charge();
  await till.by('qr');
  await till.seeCode();
  const payment = await customer.scan(520);
  await customer.decline(payment);
  await till.seeOutcome('declined');
  await till.page.locator('#try-again').click();
  await till.by('cash');
  await till.giveCash('1000');
  await till.seeOutcome('paid');
  assert.match(await till.receipt(), /Change¥480/);
  await till.seeInBook(order.id, 'paid');
  const tries = await gateway.paymentIntents.list({ merchant_ref_id: order.id });
  assert.deepEqual(
    tries.data.map(({ status, amount_received }) => [status, amount_received]),
    [
      ['succeeded', 520],
      ['failed', 0],
    ],
  );
  assert.deepEqual(await customer.charges(payment), []);
});

test('a card that the terminal approves is paid', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('mug');
  const order = await till.charge();
  await till.by('card');
  await till.terminal('success');
  await till.seeOutcome('paid');
  assert.match(await till.receipt(), /VISA/);
  assert.equal((await till.seeInBook(order.id, 'paid')).provider, 'VISA');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.processing_mode, 'external');
  assert.equal(intent.amount_received, 1_980);
});

test('a terminal can be answered from when its app is open, and not before', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('cookie');
  const order = await till.charge();
  const read = await till.holdRequests(`**/v1/payment_intents/${order.payment_intent}?*`);
  await till.by('card');
  await read.begun;
  assert.ok(await till.page.locator('[data-terminal="success"]').isDisabled());
  read.goOn();
  await till.terminal('success');
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
});

test('a card that the terminal declines is declined, and the order can be paid with another card', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('cake');
  const order = await till.charge();
  await till.by('card');
  await till.terminal('declined');
  await till.seeOutcome('declined');
  await till.seeInBook(order.id, 'declined');
  assert.equal((await gateway.paymentIntents.retrieve(order.payment_intent)).status, 'failed');
  await till.page.locator('#try-again').click();
  await till.by('card');
  await till.terminal('error');
  await till.seeOutcome('declined');
  await till.page.locator('#try-again').click();
  await till.by('card');
  await till.terminal('success');
  await till.seeOutcome('paid');
  const tries = await gateway.paymentIntents.list({ merchant_ref_id: order.id });
  assert.deepEqual(
    tries.data.map(({ status }) => status),
    ['succeeded', 'failed'],
  );
});

test('cash is paid with the change worked out, and too little is not taken', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('toast', 'lemonade');
  const order = await till.charge();
  await till.by('cash');
  await till.page.locator('#received').fill('900');
  assert.ok(await till.page.locator('#take-cash').isDisabled());
  assert.match(await till.change(), /Still missing ¥70/);
  await till.giveCash('１，０００');
  await till.seeOutcome('paid');
  assert.match(await till.receipt(), /Received¥1,000Change¥30/);
  assert.equal((await till.seeInBook(order.id, 'paid')).provider, 'CASH');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.amount_received, 970);
});

test('a code that the customer shows pays once, and cannot be used for the next order', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('matcha');
  const order = await till.charge();
  await till.by('scan');
  await till.scan('1234');
  await till.see(till.page.locator('#problem'));
  const code = await customer.showCode('pays');
  await till.scan(code);
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
  assert.deepEqual(
    (await customer.charges(await customer.scan(560))).map(({ amount }) => amount),
    [560],
  );
  await till.next();
  await till.choose('matcha', 'cookie');
  await till.charge();
  await till.by('scan');
  await till.scan(code);
  await till.see(till.page.locator('#problem'));
});

test('a customer who is asked in the app is waited for, and then has paid', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('cookie', 'cookie', 'cookie');
  const order = await till.charge();
  await till.by('scan');
  await till.scan(await customer.showCode('confirms'));
  await till.see(till.page.getByText('Waiting for the customer to confirm in the app'));
  const payment = await customer.scan(660);
  await customer.pay(payment);
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
  assert.equal((await customer.charges(payment)).length, 1);
});

test('an outcome that PayPay does not tell is shown as unknown, and as paid when it is known', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('sandwich', 'cookie');
  const order = await till.charge();
  await till.by('scan');
  const code = await customer.showCode('pays');
  await customer.fault({ fault: 'server_error_after_success', endpoint: 'create_payment', times: 1 });
  await customer.fault({ fault: 'server_error', endpoint: 'get_customer_payment' });
  await till.scan(code);
  await till.seeOutcome('unclear');
  await till.seeInBook(order.id, 'unclear');
  await customer.noFaults();
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
  assert.equal((await customer.charges(await customer.scan(900))).length, 1);
});

test('a code that is called off takes no money, and neither does an order before any method', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('lemonade');
  const order = await till.charge();
  await till.by('qr');
  await till.seeCode();
  const payment = await customer.scan(480);
  await till.cancel();
  await till.seeOutcome('cancelled');
  await till.seeInBook(order.id, 'cancelled');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.status, 'cancelled');
  assert.equal(intent.cancellation_reason, 'requested_by_customer');
  assert.deepEqual(await customer.charges(payment), []);
  await assert.rejects(customer.pay(payment));
  await till.next();
  await till.choose('lemonade');
  const second = await till.charge();
  await till.cancel();
  await till.seeOutcome('cancelled');
  await till.seeInBook(second.id, 'cancelled');
});

test('a paid order is refunded once by the backend, and the webhook says so', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('coffee', 'cookie');
  const order = await till.charge();
  await till.by('scan');
  await till.scan(await customer.showCode('pays'));
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
  await till.refund(order.id);
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.status, 'succeeded');
  assert.equal(intent.amount_refunded, 670);
  const again = await fetch(`${shop.url}/orders/${order.id}/refund`, { method: 'POST' });
  assert.equal(again.status, 409);
  const refunds = await gateway.refunds.list({ payment_intent: order.payment_intent });
  assert.deepEqual(
    refunds.data.map(({ amount, status }) => [amount, status]),
    [[670, 'succeeded']],
  );
  const [charge] = await customer.charges(await customer.scan(670));
  assert.equal(charge?.refunded, 670);
});

test('cash that is taken without a network is kept, and recorded once when it is back', async (t) => {
  const { till, context } = await openTill(t, shop);
  await till.choose('toast', 'cake');
  const order = await till.charge();
  await context.setOffline(true);
  await till.by('cash');
  await till.giveCash('2000');
  await till.seeOutcome('queued');
  assert.match(await till.receipt(), /Change¥970/);
  await till.see(till.page.getByText('Payments waiting to be sent: 1'));
  assert.equal(
    (await gateway.paymentIntents.retrieve(order.payment_intent)).status,
    'requires_payment_method',
  );
  await context.setOffline(false);
  await till.seeOutcome('paid');
  await till.page.locator('#offline').waitFor({ state: 'hidden' });
  await till.seeInBook(order.id, 'paid');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.amount_received, 1_030);
});

test('a page that is left while the terminal has the card asks how that ended, and records it once', async (t) => {
  const { till, context } = await openTill(t, shop);
  await till.choose('cake', 'cake', 'mug');
  const order = await till.charge();
  await till.by('card');
  await till.seeTerminal();
  await till.page.reload();
  const question = till.page.locator('#kept li');
  await question.locator('input').fill('654321');
  // What is drawn anew meanwhile leaves what was typed.
  await context.setOffline(true);
  await till.see(till.page.locator('#offline'));
  await context.setOffline(false);
  await till.page.locator('#offline').waitFor({ state: 'hidden' });
  const [confirm] = await Promise.all([
    till.page.waitForRequest('**/confirm'),
    question.getByText('It was approved').click(),
  ]);
  await question.waitFor({ state: 'detached' });
  await till.seeInBook(order.id, 'paid');
  const intent = await gateway.paymentIntents.retrieve(order.payment_intent);
  assert.equal(intent.amount_received, 3_060);
  assert.equal(intent.provider, 'TERMINAL');
  assert.equal(confirm.postDataJSON().external_ref_id, '654321');
});

test('a terminal that does not say how it ended leaves it unknown until a person has looked', async (t) => {
  const { till } = await openTill(t, shop);
  await till.choose('mug', 'mug');
  const order = await till.charge();
  await till.by('card');
  await till.terminal('left');
  await till.seeOutcome('unclear');
  const question = till.page.locator('#kept li');
  await question.getByText('Nothing was taken').click();
  await till.see(till.page.getByText('nothing was taken. Choose how to pay'));
  await till.by('cash');
  await till.giveCash('5000');
  await till.seeOutcome('paid');
  await till.seeInBook(order.id, 'paid');
  assert.equal((await gateway.paymentIntents.retrieve(order.payment_intent)).amount_received, 3_960);
});

test('an order that another till takes over is watched by one till, and both see how it ended', async (t) => {
  const { till, context } = await openTill(t, shop);
  await till.choose('latte', 'mug');
  const order = await till.charge();
  await till.by('qr');
  await till.seeCode();
  const page = await context.newPage();
  await page.goto(shop.url);
  const other = holdTill(page, shop);
  await page.locator('#open-orders').click();
  await page.locator(`#sales [data-order="${order.id}"] .do button`).click();
  await other.see(page.getByText('Waiting for the code that was shown before'));
  await till.see(till.page.getByRole('heading', { name: 'At another till' }));
  const payment = await customer.scan(2_500);
  await customer.pay(payment);
  await till.seeOutcome('paid');
  await other.seeOutcome('paid');
  assert.equal((await customer.charges(payment)).length, 1);
});

test('an order that was paid while the shop was closed is paid when it opens again', async (t) => {
  const scope = inReverse(t);
  const own = await makeShopFolder(scope, facts);
  const before = await openShop(scope, own);
  const { till } = await openTill(t, before);
  await till.choose('mug', 'cookie');
  const order = await till.charge();
  await till.by('qr');
  await till.seeCode();
  await before.close();
  await customer.pay(await customer.scan(2_200));
  await till.seeOutcome('paid');
  const again = await openShop(scope, own);
  const { till: reopened } = await openTill(t, again);
  assert.equal((await reopened.seeInBook(order.id, 'paid')).amount, 2_200);
});

test('a price comes from the menu, and a webhook that nobody signed changes nothing', async (t) => {
  const { till } = await openTill(t, shop);
  const send = (path: string, body: object) =>
    fetch(`${shop.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
  const no_orders = [
    [],
    [null],
    [{ item: 'gold', quantity: 1 }],
    [{ item: 'coffee', quantity: -1 }],
    'coffee',
  ];
  for (const lines of no_orders) {
    assert.equal((await send('/orders', { lines })).status, 400);
  }
  const made = await send('/orders', { lines: [{ item: 'coffee', quantity: 1, amount: 1 }], amount: 1 });
  const { order } = (await made.json()) as { order: { id: string; amount: number; payment_intent: string } };
  assert.equal(order.amount, 450);
  const forged = {
    id: 'evt_1',
    type: 'payment_intent.succeeded',
    data: { object: { merchant_ref_id: order.id } },
  };
  assert.equal((await send('/webhooks', forged)).status, 400);
  assert.equal((await till.listOrders()).find(({ id }) => id === order.id)?.status, 'open');
  await gateway.paymentIntents.cancel(order.payment_intent);
  await till.seeInBook(order.id, 'cancelled');
});

test('closing the shop leaves no webhook endpoint behind, and no page has broken a rule', async (t) => {
  const scope = inReverse(t);
  const extra = await openShop(scope, await makeShopFolder(scope, facts));
  const listUrls = async () => {
    const urls: string[] = [];
    for await (const { url } of gateway.webhookEndpoints.list()) urls.push(url);
    return urls;
  };
  assert.ok((await listUrls()).includes(`${extra.url}/webhooks`));
  await extra.close();
  assert.ok(!(await listUrls()).includes(`${extra.url}/webhooks`));
  assert.deepEqual(broken, []);
});

if (PICTURES !== undefined) {
  test('every state of the till has its picture taken', () =>
    takePictures(PICTURES, browser, shop.url, customer));
}

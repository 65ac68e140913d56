// A payment by QR code on a real page, against a real gateway and its simulated PayPay: each attempt's end is told once,
// whichever way it ends and whichever way the news come.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { NO_CHROMIUM, openTill } from './browser-stand.ts';
import { asPaymentPage, makeClient, makeCustomer, openPaymentPage, startStand } from './payment-page.ts';
import { waitUntil } from './wait-until.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const customer = makeCustomer(stand.gateway);

test('the lines of the integration guide take a payment, and tell of it once', SKIP, async (t) => {
  const page = await stand.openPage(t);
  const intent = await stand.gateway.createIntent();
  const qr_content = await page.evaluate(
    async ({ publicKey, baseUrl, paymentToken }) => {
      window.events = [];
      const { MPACGateway } = window.sdk;
      const mps = new MPACGateway({ publicKey, environment: 'sandbox', baseUrl });
      const intent = await mps.retrievePaymentIntent(paymentToken);
      if (intent.amount !== 1_500) throw new Error('not the intent');
      const qr = await mps.confirmQRPayment('PAYPAY');
      mps.on('payment_success', (data) => window.events.push({ name: 'payment_success', data: { ...data } }));
      mps.on('payment_failed', (data) => window.events.push({ name: 'payment_failed', data: { ...data } }));
      window.mps = mps;
      return qr.qr_content ?? '';
    },
    {
      publicKey: stand.gateway.publishable_key,
      baseUrl: stand.gateway.base_url,
      paymentToken: intent.payment_token,
    },
  );
  await customer.pays(qr_content);
  const till = asPaymentPage(page);
  const { payment_intent_id, status, amount, currency, provider } = await till.waitFor('payment_success');
  assert.deepEqual(
    { payment_intent_id, status, amount, currency, provider },
    { payment_intent_id: intent.id, status: 'succeeded', amount: 1_500, currency: 'JPY', provider: 'PAYPAY' },
  );
  // News of an end that was told are no news.
  assert.equal(await till.retrieve(intent.payment_token), 'succeeded');
  assert.equal((await till.call('cancel')).kind, 'invalid_payment_state');
  await till.retrieve(intent.payment_token);
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assert.deepEqual(await till.ends(), ['payment_success']);
  assert.equal(await page.evaluate(() => window.mps.outcome?.result), 'success');
  await page.evaluate(() => window.mps.destroy());
  assert.deepEqual(stand.broken, []);
});

test('a customer who declines ends it as declined', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const { qr_content } = await till.confirmQR();
  await customer.declines(qr_content);
  const { reason, status } = await till.waitFor('payment_failed');
  assert.deepEqual({ reason, status }, { reason: 'declined', status: 'failed' });
  assert.deepEqual(await till.ends(), ['payment_failed']);
  const changes = (await till.told()).filter(({ name }) => name === 'status_changed');
  assert.deepEqual(
    changes.map(({ data }) => [data['previous_status'], data['status']]),
    [
      ['requires_payment_method', 'requires_action'],
      ['requires_action', 'failed'],
    ],
  );
});

test(
  'a code that runs out unpaid ends the attempt, and the next attempt has an end of its own',
  SKIP,
  async (t) => {
    const till = await openPaymentPage(t, stand);
    const intent = await stand.gateway.createIntent();
    await till.retrieve(intent.payment_token);
    await customer.setCodeLifetime(-31);
    await till.confirmQR();
    await customer.setCodeLifetime(300);
    const { reason, status } = await till.waitFor('payment_failed');
    assert.deepEqual({ reason, status }, { reason: 'expired', status: 'requires_payment_method' });
    assert.deepEqual(await till.ends(), ['payment_failed', 'payment_expired']);

    assert.equal(await till.retrieve(await stand.gateway.reissueToken(intent.id)), 'requires_payment_method');
    const { qr_content } = await till.confirmQR();
    await customer.pays(qr_content);
    await till.waitFor('payment_success');
    assert.deepEqual(await till.ends(), ['payment_failed', 'payment_expired', 'payment_success']);
  },
);

test(
  'a payment that is cancelled ends as cancelled, once, before and after it was confirmed',
  SKIP,
  async (t) => {
    const till = await openPaymentPage(t, stand);
    for (const confirms of [false, true]) {
      const intent = await stand.gateway.createIntent();
      await till.retrieve(intent.payment_token);
      if (confirms) await till.confirmQR();
      assert.equal((await till.call('cancel', { cancellation_reason: 'abandoned' })).status, 'cancelled');
      const { reason } = await till.waitFor('payment_cancelled');
      assert.equal(reason, 'cancelled');
      assert.deepEqual(await till.ends(), ['payment_failed', 'payment_cancelled']);
      await till.page.evaluate(() => {
        window.events = [];
      });
    }
  },
);

test('a customer who is faster than the cancel has paid', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const { qr_content } = await till.confirmQR();
  await customer.pays(qr_content);
  const { kind } = await till.call('cancel');
  assert.equal(kind, 'invalid_payment_state');
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_success']);
});

test('two tabs on one payment are each told of its end once', SKIP, async (t) => {
  const context = await stand.openContext(t);
  const tabs = [await openPaymentPage(t, stand, { context }), await openPaymentPage(t, stand, { context })];
  const intent = await stand.gateway.createIntent();
  const codes: string[] = [];
  for (const tab of tabs) {
    await tab.retrieve(intent.payment_token);
    codes.push((await tab.confirmQR()).qr_content);
  }
  assert.equal(codes[0], codes[1], 'the same confirm shows the same code');
  const [first, second] = tabs;
  await first?.call('cancel');
  // The other tab is hidden, and looks when it is shown.
  await second?.page.bringToFront();
  await second?.waitFor('payment_failed');
  assert.deepEqual(await first?.ends(), ['payment_failed', 'payment_cancelled']);
  assert.deepEqual(await second?.ends(), ['payment_failed', 'payment_cancelled']);
});

test('a page that is loaded again follows the payment to its end', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const { qr_content } = await till.confirmQR();
  await openTill(till.page, stand.origin);
  const options = { publicKey: stand.gateway.publishable_key, baseUrl: stand.gateway.base_url };
  await makeClient(till.page, { ...options, environment: 'sandbox' });
  assert.equal(await till.retrieve(intent.payment_token), 'requires_action');
  await customer.pays(qr_content);
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_success']);
});

test('a payment that ended while the page was away is told when it is retrieved', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const { qr_content } = await till.confirmQR();
  const later = await openPaymentPage(t, stand);
  await customer.pays(qr_content);
  await waitUntil('the end', async () => (await stand.gateway.retrieve(intent.id))['status'] === 'succeeded');
  assert.equal(await later.retrieve(intent.payment_token), 'succeeded');
  await later.waitFor('payment_success');
  await later.retrieve(intent.payment_token);
  assert.deepEqual(await later.ends(), ['payment_success']);
});

test('money that is held for a later capture is a success that says so', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent({ capture_method: 'manual' });
  await till.retrieve(intent.payment_token);
  const { status } = await till.call('confirmCashPayment');
  assert.equal(status, 'processing');
  const told = await till.waitFor('payment_success');
  assert.deepEqual([told['status'], told['amount_capturable']], ['processing', 1_500]);
});

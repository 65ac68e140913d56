// A till with a card app and a queue, over the client: what the app reports is confirmed, cash is kept while the network
// is away, and each payment's end is told once, also where a reload came between.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { BridgeStandIn } from '../src/testing.ts';
import { NO_CHROMIUM, openTill } from './browser-stand.ts';
import { asPaymentPage, makeClient, openPaymentPage, type PaymentPage, startStand } from './payment-page.ts';
import { waitUntil } from './wait-until.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });

declare global {
  interface Window {
    app: BridgeStandIn;
  }
}

const options = () => ({
  publicKey: stand.gateway.publishable_key,
  environment: 'sandbox' as const,
  baseUrl: stand.line.url,
});

/** A page in a terminal's WebView, with one intent retrieved. */
async function openTerminal(t: { after(end: () => Promise<void>): void }) {
  const till = await openPaymentPage(t, stand);
  await till.page.evaluate(() => {
    window.mps.destroy();
    window.app = window.testing.makeBridgeStandIn();
  });
  await makeClient(till.page, options());
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  return { till, intent };
}

const payByCard = (till: PaymentPage) =>
  till.page.evaluate(() =>
    window.mps.confirmCardPayment().then(
      ({ status }) => ({ status }),
      ({ kind, code }) => ({ kind, code }),
    ),
  );

test('what the card app reports is confirmed', SKIP, async (t) => {
  const { till, intent } = await openTerminal(t);
  assert.deepEqual(await payByCard(till), { status: 'succeeded' });
  const { provider } = await till.waitFor('payment_success');
  assert.equal(provider, 'VISA');
  assert.deepEqual(await till.ends(), ['payment_success']);
  assert.equal((await stand.gateway.retrieve(intent.id))['provider'], 'VISA');
});

test(
  'a card that is declined, and a terminal that fails, end the attempt with their reason',
  SKIP,
  async (t) => {
    for (const [status, reason] of [
      ['declined', 'declined'],
      ['error', 'terminal_error'],
    ] as const) {
      const { till } = await openTerminal(t);
      await till.page.evaluate((status) => window.app.answer({ status, reason: 'as it says' }), status);
      await payByCard(till);
      const told = await till.waitFor('payment_failed');
      assert.deepEqual([told['reason'], told['message']], [reason, 'as it says']);
      assert.deepEqual(await till.ends(), ['payment_failed']);
      await till.page.close();
    }
  },
);

test(
  'a card payment that is left at the terminal ends as cancelled, and another way is open',
  SKIP,
  async (t) => {
    const { till } = await openTerminal(t);
    await till.page.evaluate(() => window.app.answer({ status: 'cancelled' }));
    assert.deepEqual(await payByCard(till), { status: 'requires_payment_method' });
    assert.equal((await till.waitFor('payment_failed'))['reason'], 'cancelled');
    assert.equal((await till.call('confirmCashPayment')).status, 'succeeded');
    await till.waitFor('payment_success');
    assert.deepEqual(await till.ends(), ['payment_failed', 'payment_success']);
  },
);

test('without a card app nothing was begun, and another way is open', SKIP, async (t) => {
  const { till } = await openTerminal(t);
  await till.page.evaluate(() => window.app.uninstall());
  assert.deepEqual(await payByCard(till), { kind: 'invalid_request', code: 'not_launched' });
  assert.equal((await till.waitFor('payment_failed'))['reason'], 'not_launched');
  assert.equal((await till.call('confirmCashPayment')).status, 'succeeded');
});

test(
  'a card app that does not say how it ended leaves it unknown, until somebody says it',
  SKIP,
  async (t) => {
    const { till } = await openTerminal(t);
    await till.page.evaluate(() => window.app.answer('left'));
    assert.deepEqual(await payByCard(till), { kind: 'unknown_outcome', code: 'launch_unresolved' });
    assert.deepEqual(await till.ends(), []);
    assert.deepEqual((await till.call('confirmCashPayment')).code, 'payment_under_way');
    await till.page.evaluate(async () => {
      const [entry] = await window.mps.pendingConfirms();
      await window.mps.reportLaunch(entry?.id ?? '', { status: 'success', approval_code: '123456' });
    });
    await till.waitFor('payment_success');
    assert.deepEqual(await till.ends(), ['payment_success']);
  },
);

test('a launch that took nothing, as a person says, ends its attempt', SKIP, async (t) => {
  const { till } = await openTerminal(t);
  await till.page.evaluate(() => window.app.answer('left'));
  await payByCard(till);
  await till.page.evaluate(async () => {
    const [entry] = await window.mps.pendingConfirms();
    await window.mps.reportLaunch(entry?.id ?? '', { status: 'cancelled' });
  });
  assert.equal((await till.waitFor('payment_failed'))['reason'], 'cancelled');
  assert.equal((await till.call('confirmCashPayment')).status, 'succeeded');
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_failed', 'payment_success']);
});

test(
  'cash that is taken while the network is away is kept, and told once when the gateway has it',
  SKIP,
  async (t) => {
    const { till, intent } = await openTerminal(t);
    stand.line.break('drop_request');
    t.after(() => stand.line.heal());
    assert.equal((await till.call('confirmCashPayment')).status, 'queued');
    assert.equal(await till.page.evaluate(() => window.mps.outcome?.result), 'unknown');
    assert.deepEqual(await till.ends(), []);
    stand.line.heal();
    await till.page.evaluate(() => dispatchEvent(new Event('online')));
    await till.waitFor('payment_success');
    assert.deepEqual(await till.ends(), ['payment_success']);
    assert.equal((await stand.gateway.retrieve(intent.id))['status'], 'succeeded');
    assert.deepEqual(await till.page.evaluate(() => window.mps.pendingConfirms()), []);
  },
);

test('cash that was kept is sent by the next page, which tells of it once', SKIP, async (t) => {
  const { till, intent } = await openTerminal(t);
  stand.line.break('drop_request');
  t.after(() => stand.line.heal());
  assert.equal((await till.call('confirmCashPayment')).status, 'queued');
  await openTill(till.page, stand.origin);
  stand.line.heal();
  await makeClient(till.page, { ...options(), offlineQueue: true });
  const next = asPaymentPage(till.page);
  await next.retrieve(intent.payment_token);
  await next.waitFor('payment_success');
  await waitUntil('the queue to be empty', async () => {
    const { length } = await till.page.evaluate(() => window.mps.pendingConfirms());
    return length === 0;
  });
  assert.deepEqual(await next.ends(), ['payment_success']);
});

test(
  'cash whose token was replaced meanwhile asks for a fresh one, and is not told as failed',
  SKIP,
  async (t) => {
    const { till, intent } = await openTerminal(t);
    stand.line.break('drop_request');
    t.after(() => stand.line.heal());
    assert.equal((await till.call('confirmCashPayment')).status, 'queued');
    const fresh = await stand.gateway.reissueToken(intent.id);
    stand.line.heal();
    await till.page.evaluate(() => dispatchEvent(new Event('online')));
    await till.waitFor('error');
    const names = await till.ends();
    assert.ok(!names.includes('payment_failed') && !names.includes('payment_success'), String(names));
    await till.retrieve(fresh);
    await till.waitFor('payment_success');
    const ends = (await till.ends()).filter((name) => name !== 'error');
    assert.deepEqual(ends, ['payment_success']);
  },
);

test('a card is paid on the page of MPGS, and told after the return', SKIP, async (t) => {
  const { page, ...till } = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent({ amount: 1_500, currency: 'USD' });
  await till.retrieve(intent.payment_token);
  const redirect_url = await page.evaluate(async () => {
    const return_url = `${location.origin}/?back`;
    const { redirect_url = '' } = await window.mps.confirmCardPayment({ provider: 'MPGS', return_url });
    return redirect_url;
  });
  assert.equal(await page.evaluate(() => window.mps.status), 'requires_action');
  await page.goto(redirect_url);
  await page.locator('form button').first().click();
  await page.waitForURL((url) => url.origin === stand.origin);
  await page.waitForFunction(() => 'sdk' in window);
  await makeClient(page, options());
  await till.retrieve(intent.payment_token);
  const { amount, currency } = await till.waitFor('payment_success');
  assert.deepEqual([amount, currency], [1_500, 'USD']);
  assert.deepEqual(await till.ends(), ['payment_success']);
});

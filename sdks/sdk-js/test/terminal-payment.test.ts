// A card app's payment between the launch and the gateway, against a real one: what is sent for each result, and what
// becomes of money that the gateway does not take as it is told.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { LaunchResult } from '../src/testing.ts';
import { NO_CHROMIUM } from './browser-stand.ts';
import { startStand } from './payment-page.ts';
import { makeTerminals } from './terminal-page.ts';
import { waitUntil } from './wait-until.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const { gateway, line } = stand;
const { openTerminal, reload, pay, answer, pending, heard, lastBody, statusOf, leaveLaunched } =
  makeTerminals(stand);

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

test('each result is sent as the gateway wants it, and nothing stays behind', SKIP, async (t) => {
  const page = await openTerminal(t);
  const card = { payment_method_type: 'credit_card' };
  const success = { external_status: 'success', provider: 'VISA' };
  for (const [told, sent, status] of [
    [
      { status: 'success', approval_code: '700101', slip_number: '0042', brand: 'Visa' },
      { ...card, ...success, external_ref_id: '700101-0042' },
      'succeeded',
    ],
    [
      { status: 'success', approval_code: '700102', brand: 'VISA', amount: 1_500, currency: 'JPY' },
      { ...card, ...success, external_ref_id: '700102', external_amount: 1_500, external_currency: 'JPY' },
      'succeeded',
    ],
    [
      { status: 'declined', reason: 'Insufficient funds' },
      {
        ...card,
        provider: 'TERMINAL',
        external_status: 'declined',
        external_reason: 'Insufficient funds',
      },
      'failed',
    ],
    [
      { status: 'error', brand: 'JCB' },
      { ...card, provider: 'JCB', external_status: 'error' },
      'requires_payment_method',
    ],
    [
      // Another amount than ours: the gateway holds it for a person.
      { status: 'success', approval_code: '700103', brand: 'VISA', amount: 900 },
      { ...card, ...success, external_ref_id: '700103', external_amount: 900 },
      'processing',
    ],
  ] as [LaunchResult, object, string][]) {
    const intent = await gateway.createIntent();
    await answer(page, told);
    assert.deepEqual(await pay(page, intent), { status });
    assert.deepEqual(lastBody(), sent);
    assert.equal(await statusOf(intent), status);
    assert.deepEqual(await pending(page), []);
  }
});

test('e-money is launched as such, and without any reference the launch’s own id is one', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  await answer(page, { status: 'success', brand: 'Suica' });
  const ended = await page.evaluate(
    (token) => window.pay(token, 'confirmEMoneyPayment'),
    intent.payment_token,
  );
  assert.deepEqual(ended, { status: 'succeeded' });
  const [launch] = await page.evaluate(() => window.app.launches);
  assert.ok(launch);
  assert.ok(launch.transaction_id.startsWith(`${intent.id}-`));
  assert.deepEqual(lastBody(), {
    payment_method_type: 'e_money',
    provider: 'SUICA',
    external_status: 'success',
    external_ref_id: launch.transaction_id,
  });
});

test(
  'two payments with one approval code are both confirmed, as each was launched by itself',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const [first, second] = [await gateway.createIntent(), await gateway.createIntent()];
    await answer(page, { status: 'success', approval_code: '700201', brand: 'VISA' });
    assert.deepEqual(await pay(page, first), { status: 'succeeded' });
    assert.deepEqual(await pay(page, second), { status: 'succeeded' });
    const [, refused, told_apart] = line.confirms();
    assert.deepEqual([refused?.status, told_apart?.status], [409, 200]);
    assert.notEqual(refused?.idempotency_key, told_apart?.idempotency_key);
    const [, launch] = await page.evaluate(() => window.app.launches);
    assert.equal(told_apart?.body['external_ref_id'], `700201-${launch?.transaction_id}`);
    assert.deepEqual([await statusOf(first), await statusOf(second)], ['succeeded', 'succeeded']);
    assert.deepEqual(await pending(page), []);
  },
);

test('a brand that the gateway takes for a wallet is told as the terminal’s', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  await answer(page, { status: 'success', approval_code: '700301', brand: 'PayPay' });
  assert.deepEqual(await pay(page, intent), { status: 'succeeded' });
  assert.equal((await gateway.retrieve(intent.id))['provider'], 'TERMINAL');
});

test(
  'money that was taken when the order was over is told as late, and stays to be seen',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    await page.exposeFunction('cancelMeanwhile', () =>
      gateway.send('POST', `/v1/payment_intents/${intent.id}/cancel`, {}),
    );
    await page.evaluate(() => {
      window.app.answer(async () => {
        await (window as unknown as { cancelMeanwhile(): Promise<void> }).cancelMeanwhile();
        return { status: 'success', approval_code: '700401', brand: 'VISA' };
      });
    });
    const ended = await pay(page, intent);
    assert.deepEqual([ended.kind, ended.details?.['constraint']], ['invalid_payment_state', 'late_payment']);
    assert.match(String(ended.details?.['late_payment']), /^lp_/);
    const [entry] = await pending(page);
    assert.deepEqual(
      [entry?.state, entry?.error?.details?.['late_payment'], entry?.fields?.external_ref_id],
      ['refused', ended.details?.['late_payment'], '700401'],
    );
    await reload(page);
    assert.equal((await pending(page)).length, 1);
    assert.equal(await page.evaluate((id) => window.mps.acknowledge(id), entry?.id ?? ''), true);
    assert.deepEqual(await pending(page), []);
  },
);

test(
  'a card that took longer than its token waits for a fresh one, and is confirmed with it',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    const transaction_id = await leaveLaunched(page, intent);
    const fresh = await gateway.reissueToken(intent.id);
    await page.evaluate(
      (id) => window.app.tell(id, { status: 'success', approval_code: '700901' }),
      transaction_id,
    );
    await waitUntil('the need of a token', async () => (await pending(page))[0]?.state === 'token_needed');
    assert.equal(await statusOf(intent), 'requires_payment_method');
    await page.evaluate((token) => window.mps.retrievePaymentIntent(token), fresh);
    await heard(page, 'payment_success');
    assert.deepEqual([await statusOf(intent), await pending(page)], ['succeeded', []]);
  },
);

test('a bridge of one’s own is asked with a promise, and what it breaks is unknown', SKIP, async (t) => {
  const page = await openTerminal(t);
  const [paid, broken, closed] = await Promise.all([1, 2, 3].map(() => gateway.createIntent()));
  const ends = await page.evaluate(
    async ({ options, tokens }) => {
      window.mps.destroy();
      const answers: (() => Promise<unknown>)[] = [
        async () => ({ status: 'success', approval_code: '701001', brand: 'AMEX' }),
        async () => {
          throw new Error('the cable was pulled');
        },
        async () => {
          throw Object.assign(new Error('the app is not installed'), { code: 'not_launched' });
        },
      ];
      const asked: unknown[] = [];
      const nativeBridge = {
        launch: (request: unknown) => {
          asked.push(request);
          return answers[asked.length - 1]?.() as never;
        },
      };
      window.mps = new window.sdk.MPACGateway({ ...options, nativeBridge });
      const ended = [];
      for (const token of tokens) ended.push(await window.pay(token));
      return { ended, asked: asked.length };
    },
    {
      options: {
        publicKey: gateway.publishable_key,
        environment: 'sandbox' as const,
        baseUrl: line.url,
      },
      tokens: [paid, broken, closed].map((intent) => intent?.payment_token ?? ''),
    },
  );
  assert.deepEqual(
    ends.ended.map(({ status, code }) => status ?? code),
    ['succeeded', 'launch_unresolved', 'not_launched'],
  );
  const entries = await pending(page);
  assert.deepEqual(
    entries.map(({ state, payment_intent }) => [state, payment_intent]),
    [['launched', broken?.id]],
  );
});

test('an order that has ended since it was read opens no app', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  const paid = await gateway.createIntent();
  const launched = await page.evaluate(
    async ({ token }) => {
      await window.mps.retrievePaymentIntent(token);
      await window.mps.confirmCashPayment();
      return window.mps.confirmCardPayment().then(
        () => 'launched',
        ({ kind }: { kind: string }) => kind,
      );
    },
    { token: paid.payment_token },
  );
  assert.equal(launched, 'invalid_payment_state');
  await page.evaluate((token) => window.mps.retrievePaymentIntent(token), intent.payment_token);
  await gateway.send('POST', `/v1/payment_intents/${intent.id}/cancel`, {});
  const ended = await page.evaluate(() =>
    window.mps.confirmCardPayment().then(
      () => 'launched',
      ({ kind }: { kind: string }) => kind,
    ),
  );
  assert.ok(['invalid_payment_state', 'invalid_token'].includes(ended), ended);
  assert.deepEqual([await page.evaluate(() => window.app.launches), await pending(page)], [[], []]);
});

test(
  'an app that first took nothing, and then did, is believed: the money is not forgotten',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    await answer(page, { status: 'cancelled' });
    assert.deepEqual(await pay(page, intent), { status: 'requires_payment_method' });
    await page.evaluate(() => {
      const [{ transaction_id = '' } = {}] = window.app.launches;
      const result = { status: 'success' as const, approval_code: '701201' };
      window.app.tell(transaction_id, result);
      window.app.tell(transaction_id, result);
    });
    await heard(page, 'confirm_settled');
    assert.deepEqual([await statusOf(intent), await pending(page)], ['succeeded', []]);
    assert.equal(line.confirms().length, 1);
  },
);

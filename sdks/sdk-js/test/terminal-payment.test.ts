// A card app's payment between the launch and the gateway, against a real one: what is sent for each result, and that a
// page which is gone in between leaves nothing that is guessed, sent twice, or charged again.
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { PendingEntry } from '../src/confirm-sender.ts';
import type { BridgeStandIn, LaunchResult, StandInAnswer } from '../src/testing.ts';
import { NO_CHROMIUM, openTill } from './browser-stand.ts';
import type { CreatedIntent, Scope } from './gateway-process.ts';
import { startStand } from './payment-page.ts';
import { waitUntil } from './wait-until.ts';

declare global {
  interface Window {
    app: BridgeStandIn;
    heard: Record<string, unknown>[];
    /** Takes a card payment; how that ended, as data. */
    pay(token: string, method?: 'confirmCardPayment' | 'confirmEMoneyPayment'): Promise<Ended>;
  }
}

interface Ended {
  status?: string;
  kind?: string;
  code?: string;
  details?: Record<string, unknown>;
}

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const { gateway, line } = stand;

beforeEach(() => {
  line?.heal();
  line?.seen.splice(0);
});

async function openTerminal(t: Scope): Promise<Page> {
  const page = await stand.openPage(t);
  await setUp(page);
  return page;
}

/** Also after a reload. The app remembers over it, as the real one does. */
async function setUp(page: Page, forgets = false): Promise<void> {
  await page.evaluate(
    ({ options, forgets }) => {
      window.app = window.testing.makeBridgeStandIn();
      if (forgets) window.app.forget();
      window.heard = [];
      window.mps = new window.sdk.MPACGateway(options);
      for (const name of [
        'payment_success',
        'payment_failed',
        'confirm_settled',
        'launch_unresolved',
      ] as const)
        window.mps.on(name, (data) => window.heard.push({ name, ...data }));
      window.pay = async (token, method = 'confirmCardPayment') => {
        try {
          await window.mps.retrievePaymentIntent(token);
          return { status: (await window.mps[method]()).status };
        } catch (error) {
          const { kind, code, details = {} } = error as InstanceType<typeof window.sdk.MPACError>;
          return { kind, code, details };
        }
      };
    },
    {
      forgets,
      options: {
        publicKey: gateway.publishable_key,
        environment: 'sandbox' as const,
        baseUrl: line.url,
        offlineQueue: true,
      },
    },
  );
}

async function reload(page: Page, forgets = false): Promise<void> {
  await openTill(page, stand.origin);
  await setUp(page, forgets);
}

const pay = (page: Page, { payment_token }: CreatedIntent) =>
  page.evaluate((token) => window.pay(token), payment_token);
const answer = (page: Page, next: StandInAnswer) => page.evaluate((said) => window.app.answer(said), next);
const pending = (page: Page): Promise<PendingEntry[]> => page.evaluate(() => window.mps.pendingConfirms());
const heard = (page: Page, name: string) =>
  waitUntil(name, async () => {
    const all = await page.evaluate(() => window.heard);
    return all.find((one) => one['name'] === name);
  });
const lastBody = () => {
  const { payment_token: _, ...body } = line.confirms().at(-1)?.body ?? {};
  return body;
};
const statusOf = async ({ id }: { id: string }) => (await gateway.retrieve(id))['status'];
/** Begins a payment whose app never comes back to this page. */
async function leaveLaunched(page: Page, intent: CreatedIntent): Promise<string> {
  await answer(page, 'silent');
  await page.evaluate((token) => void window.pay(token), intent.payment_token);
  const [entry] = await waitUntil('the launch', async () => {
    const [found] = await pending(page);
    return (await page.evaluate(() => window.app.launches.length)) > 0 && found && [found];
  });
  assert.deepEqual([entry.state, entry.payment_intent], ['launched', intent.id]);
  return entry.launch?.transaction_id ?? '';
}

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
  'a reload while the app is open: its result comes to the next page, is sent once, and told',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    const transaction_id = await leaveLaunched(page, intent);
    await reload(page, true);
    const { entry } = (await heard(page, 'launch_unresolved')) as unknown as { entry: PendingEntry };
    assert.equal(entry.launch?.transaction_id, transaction_id);
    assert.deepEqual(line.confirms(), [], 'nothing is guessed');
    await page.evaluate((id) => {
      const result = { status: 'success' as const, approval_code: '700501', brand: 'VISA' };
      window.app.tell(id, result);
      window.app.tell(id, result);
    }, transaction_id);
    const settled = await heard(page, 'confirm_settled');
    assert.deepEqual([settled['result'], settled['payment_intent_id']], ['answered', intent.id]);
    assert.deepEqual([await statusOf(intent), await pending(page)], ['succeeded', []]);
    assert.equal(line.confirms().length, 1);
    assert.deepEqual(await page.evaluate(() => window.app.launches), [], 'and nothing is launched again');
  },
);

test('an app that remembers is asked how a launch ended that an earlier page left', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  const transaction_id = await leaveLaunched(page, intent);
  await page.evaluate((id) => {
    // It ended while no page was there to be told.
    delete window.MPACNativeBridgeCallback;
    window.app.tell(id, { status: 'success', approval_code: '700601', brand: 'VISA' });
  }, transaction_id);
  await reload(page);
  assert.equal((await heard(page, 'confirm_settled'))['result'], 'answered');
  assert.equal(await statusOf(intent), 'succeeded');
  assert.equal((await gateway.retrieve(intent.id))['provider'], 'VISA');
});

test('a result that was written down and not sent is sent by the next page', SKIP, async (t) => {
  const page = await openTerminal(t);
  const intent = await gateway.createIntent();
  line.break('hang', 1);
  await answer(page, { status: 'success', approval_code: '700701', brand: 'VISA' });
  await page.evaluate((token) => void window.pay(token), intent.payment_token);
  await line.waitForConfirms(1);
  await reload(page, true);
  assert.equal((await heard(page, 'confirm_settled'))['result'], 'answered');
  const keys = new Set(line.confirms().map(({ idempotency_key }) => idempotency_key));
  assert.deepEqual([await statusOf(intent), keys.size, await pending(page)], ['succeeded', 1, []]);
});

test(
  'an order whose launch nobody has settled is not launched again, and another one is',
  SKIP,
  async (t) => {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    await leaveLaunched(page, intent);
    assert.equal((await pay(page, await gateway.createIntent())).code, 'launch_in_progress');
    await reload(page, true);
    await heard(page, 'launch_unresolved');
    const again = await pay(page, intent);
    assert.deepEqual([again.kind, again.code], ['invalid_request', 'launch_unresolved']);
    const cash = await page.evaluate(() =>
      window.mps.confirmCashPayment().then(
        () => 'taken',
        ({ code }: { code: string }) => code,
      ),
    );
    assert.deepEqual([cash, await statusOf(intent)], ['launch_unresolved', 'requires_payment_method']);
    assert.deepEqual(await page.evaluate(() => window.app.launches), []);
    assert.deepEqual(await pay(page, await gateway.createIntent()), { status: 'succeeded' });
  },
);

test('a person says how a launch ended: paid, not paid, or left', SKIP, async (t) => {
  for (const [told, status, sent] of [
    [{ status: 'success', approval_code: '700801', slip_number: '7' }, 'succeeded', 1],
    [{ status: 'error', reason: 'No card was charged' }, 'requires_payment_method', 1],
    [{ status: 'cancelled' }, 'requires_payment_method', 0],
  ] as [LaunchResult, string, number][]) {
    const page = await openTerminal(t);
    const intent = await gateway.createIntent();
    line.seen.splice(0);
    await leaveLaunched(page, intent);
    await reload(page, true);
    const { entry } = (await heard(page, 'launch_unresolved')) as unknown as { entry: PendingEntry };
    const report = (id: string, result: unknown) =>
      page.evaluate(
        ({ id, result }) =>
          window.mps.reportLaunch(id, result as LaunchResult).then(
            () => 'done',
            (error: { kind: string }) => error.kind,
          ),
        { id, result },
      );
    assert.equal(await report(entry.id, { status: 'perhaps' }), 'invalid_request');
    assert.equal(await report(entry.id, told), 'done');
    assert.equal(await report(entry.id, told), 'invalid_request', 'it is settled');
    assert.deepEqual([await statusOf(intent), line.confirms().length], [status, sent]);
    assert.deepEqual(await pending(page), []);
    await page.close();
  }
});

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

// What a page does when answers are lost between it and a real gateway: the work is done once, nothing is told as failed
// that is not, and the truth is told when it is known.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { NO_CHROMIUM } from './browser-stand.ts';
import { makeClient, makeCustomer, openPaymentPage, startStand } from './payment-page.ts';
import { waitUntil } from './wait-until.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const customer = makeCustomer(stand.gateway);

test('a confirm whose answer is lost is sent again with its key, and done once', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  stand.line.seen.length = 0;
  stand.line.break('drop_answer', 2);
  const { qr_content, status } = await till.confirmQR();
  assert.equal(status, 'requires_action');
  const keys = stand.line.confirms().map(({ idempotency_key }) => idempotency_key);
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  await customer.pays(qr_content);
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_success']);
});

test(
  'a confirm that is never answered is unknown, is gone after, and brings its code when the line is well',
  SKIP,
  async (t) => {
    for (const fault of ['drop_answer', 'drop_request'] as const) {
      const till = await openPaymentPage(t, stand);
      const intent = await stand.gateway.createIntent();
      await till.retrieve(intent.payment_token);
      stand.line.seen.length = 0;
      stand.line.break(fault);
      const { kind, key } = await till.call('confirmQRPayment', 'PAYPAY');
      assert.equal(kind, 'unknown_outcome');
      const lost = await till.page.evaluate(() => [window.mps.status, window.mps.outcome?.result]);
      assert.deepEqual(lost, ['processing', 'unknown']);
      const [change] = await till.told();
      assert.deepEqual([change?.name, change?.data['outcome']], ['status_changed', 'unknown']);
      await stand.line.waitForConfirms(5);
      assert.deepEqual(await till.ends(), [], 'a network error is no end');

      stand.line.heal();
      const qr_content = await waitUntil('the code', () =>
        till.page.evaluate(() => window.mps.confirmation?.qr_content),
      );
      const keys = stand.line.confirms().map(({ idempotency_key }) => idempotency_key);
      assert.deepEqual([...new Set(keys)], [key]);
      await customer.pays(qr_content);
      await till.waitFor('payment_success');
      assert.deepEqual(await till.ends(), ['payment_success']);
      await till.page.close();
    }
  },
);

test('the same confirm again joins the one whose answer was lost', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  stand.line.seen.length = 0;
  stand.line.break('drop_answer', 4);
  const lost = await till.call('confirmCashPayment');
  assert.equal(lost.kind, 'unknown_outcome');
  assert.equal((await till.call('confirmCashPayment')).status, 'succeeded');
  const keys = stand.line.confirms().map(({ idempotency_key }) => idempotency_key);
  assert.deepEqual([...new Set(keys)], [lost.key]);
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_success']);
});

test('another way to pay is refused while one is open', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  stand.line.break('drop_answer', 4);
  assert.equal((await till.call('confirmQRPayment', 'PAYPAY')).kind, 'unknown_outcome');
  const { kind, code } = await till.call('confirmCashPayment');
  assert.deepEqual([kind, code], ['invalid_payment_state', 'payment_under_way']);
});

test('looking goes on through cut lines, refusals of the moment and garbage', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const { qr_content } = await till.confirmQR();
  const confirms_only = stand.line.strikes;
  t.after(() => {
    stand.line.strikes = confirms_only;
    stand.line.heal();
  });
  stand.line.strikes = ({ method }) => method === 'GET';
  for (const fault of ['drop_request', 503, 'drop_answer', 404, 401] as const) {
    stand.line.seen.length = 0;
    stand.line.break(fault, 1);
    await waitUntil(`a look that meets ${fault}`, async () => {
      // As when the network comes back: it looks at once.
      await till.page.evaluate(() => dispatchEvent(new Event('online')));
      return stand.line.seen.length > 1;
    });
  }
  assert.deepEqual(await till.ends(), [], 'what is not the gateway’s word ends nothing');
  await customer.pays(qr_content);
  await till.waitFor('payment_success');
});

test('a cancel whose answer is lost is told when it is known', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const confirms_only = stand.line.strikes;
  t.after(() => {
    stand.line.strikes = confirms_only;
  });
  stand.line.strikes = ({ path }) => path.endsWith('/cancel');
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  await till.confirmQR();
  stand.line.break('drop_answer', 4);
  assert.equal((await till.call('cancel')).kind, 'unknown_outcome');
  await till.waitFor('payment_cancelled');
  assert.deepEqual(await till.ends(), ['payment_failed', 'payment_cancelled']);
});

test(
  'a token that is replaced ends the looking with an error, and a fresh one goes on to the end',
  SKIP,
  async (t) => {
    const till = await openPaymentPage(t, stand);
    const intent = await stand.gateway.createIntent();
    await till.retrieve(intent.payment_token);
    const { qr_content } = await till.confirmQR();
    const fresh = await stand.gateway.reissueToken(intent.id);
    const { error } = await till.waitFor('error');
    assert.equal((error as { kind: string }).kind, 'invalid_token');
    assert.deepEqual(await till.ends(), ['error'], 'nobody knows how it ends, so no end is told');
    await customer.pays(qr_content);
    await waitUntil(
      'the end',
      async () => (await stand.gateway.retrieve(intent.id))['status'] === 'succeeded',
    );
    await till.retrieve(fresh);
    await till.waitFor('payment_success');
    assert.deepEqual(await till.ends(), ['error', 'payment_success']);
  },
);

test('a confirm that is refused ends its attempt, and the next may begin at once', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent({ payment_method_types: ['qr_mpm'] });
  await till.retrieve(intent.payment_token);
  assert.equal((await till.call('confirmCashPayment')).kind, 'invalid_request');
  assert.equal((await till.call('confirmQRPayment', 'LINE_PAY')).kind, 'provider_not_supported');
  const { qr_content } = await till.confirmQR();
  await customer.pays(qr_content);
  await till.waitFor('payment_success');
  const ends = (await till.told()).filter(({ name }) => name !== 'status_changed');
  assert.deepEqual(
    ends.map(({ name, data }) => [name, data['reason']]),
    [
      ['payment_failed', 'invalid_request'],
      ['payment_failed', 'provider_not_supported'],
      ['payment_success', undefined],
    ],
  );
});

test('a confirm that comes too late hears how the payment has ended', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  // The backend takes the cash meanwhile.
  await stand.gateway.send('POST', `/v1/payment_intents/${intent.id}/capture`, {});
  const { kind } = await till.call('confirmQRPayment', 'PAYPAY');
  assert.equal(kind, 'invalid_payment_state');
  await till.waitFor('payment_success');
  assert.deepEqual(await till.ends(), ['payment_success']);
});

test('no token stands in an error, an event, a log or a referrer', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const printed: string[] = [];
  const referrers: (string | undefined)[] = [];
  till.page.on('console', (message) => printed.push(message.text()));
  till.page.on('request', (request) => referrers.push(request.headers()['referer']));
  const intent = await stand.gateway.createIntent();
  const secret = intent.payment_token.split('_secret_')[1] ?? '';
  const wrong = `${intent.id}_secret_${'x'.repeat(32)}`;
  const shown = await till.page.evaluate(async (token) => {
    const error = await window.mps.retrievePaymentIntent(token).catch((error) => error);
    return `${error} ${error.stack} ${JSON.stringify(error)}`;
  }, wrong);
  assert.match(shown, /invalid_token/);
  await till.retrieve(intent.payment_token);
  stand.line.break('drop_answer', 4);
  const { message = '' } = await till.call('confirmCashPayment');
  const [told, client] = await till.page.evaluate(() => [
    JSON.stringify(window.events),
    `${window.mps} ${JSON.stringify(window.mps)}`,
  ]);
  // Chromium itself prints the address of a request that failed; the SDK prints nothing.
  const ours = printed.filter((text) => !text.startsWith('Failed to load resource'));
  for (const text of [shown, message, told ?? '', client ?? '', ...ours]) {
    assert.ok(!text.includes(secret) && !text.includes('xxxx'), text);
  }
  assert.deepEqual(referrers.filter(Boolean), []);
});

test('nothing is told or asked after destroy, whatever was under way', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  stand.line.break('hang');
  t.after(() => stand.line.heal());
  stand.line.seen.length = 0;
  const kind = till.page.evaluate(() =>
    window.mps.confirmCashPayment().then(
      () => 'answered',
      (error) => error.kind,
    ),
  );
  await stand.line.waitForConfirms(1);
  await till.page.evaluate(() => window.mps.destroy());
  assert.equal(await kind, 'unknown_outcome');
  assert.deepEqual(await till.told(), []);
  const after_it = await till.call('confirmCashPayment');
  assert.deepEqual([after_it.kind, after_it.code], ['invalid_request', 'destroyed']);
});

test(
  'a key of another organization’s mode, or of nobody, is said at once or by the gateway',
  SKIP,
  async (t) => {
    const till = await openPaymentPage(t, stand);
    const intent = await stand.gateway.createIntent();
    await makeClient(till.page, {
      publicKey: 'pk_test_nobody',
      environment: 'sandbox',
      baseUrl: stand.line.url,
    });
    const error = await till.page.evaluate(
      (token) =>
        window.mps
          .retrievePaymentIntent(token)
          .catch((error) => ({ kind: error.kind, message: error.message })),
      intent.payment_token,
    );
    assert.ok(
      'kind' in error && ['forbidden', 'connection_error'].includes(String(error.kind)),
      JSON.stringify(error),
    );
  },
);

test('a listener that throws keeps none from hearing, and the page hears of its error', SKIP, async (t) => {
  const till = await openPaymentPage(t, stand);
  const thrown: string[] = [];
  till.page.on('pageerror', (error) => thrown.push(error.message));
  const intent = await stand.gateway.createIntent();
  await till.retrieve(intent.payment_token);
  const heard = await till.page.evaluate(async () => {
    const heard: string[] = [];
    window.mps.on('payment_success', () => {
      throw new Error('of the page');
    });
    window.mps.once('payment_success', () => heard.push('once'));
    const end = window.mps.on('payment_success', () => heard.push('never'));
    end();
    await window.mps.confirmCashPayment();
    // Whoever listens right after the confirm hears of the end that came with it.
    await new Promise<void>((resolve) => window.mps.on('payment_success', () => resolve()));
    return heard;
  });
  assert.deepEqual(heard, ['once']);
  await waitUntil('the error of the page', () => thrown.length > 0);
  assert.deepEqual(thrown, ['of the page']);
});

// Turns that a payment takes at an unlucky moment, in virtual time: each was a story that ended badly once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MPACGateway, type MPACGatewayOptions } from '../src/mpac-gateway.ts';
import { ScriptedGateway } from './scripted-gateway.ts';
import { startVirtualPage } from './virtual-page.ts';

const page = startVirtualPage();

function open(gateway: ScriptedGateway, options: Partial<MPACGatewayOptions> = {}) {
  const mps = new MPACGateway({
    publicKey: 'pk_test_1',
    environment: 'sandbox',
    platform: {
      fetch: gateway.fetch,
      now: page.now,
      random: () => 0.5,
      sleep: (ms) => new Promise((resolve) => void page.later(ms, resolve)),
    },
    ...options,
  });
  const told: string[] = [];
  for (const name of ['payment_success', 'payment_failed', 'error'] as const)
    mps.on(name, () => told.push(name));
  return { mps, told };
}

/** What a call comes to while time goes on. */
async function during<T>(call: Promise<T>, ms = 1_000): Promise<T | { kind: string; code: string }> {
  const ended = call.catch((error: { kind: string; code: string }) => error);
  await page.runFor(ms);
  return ended;
}

test('a page that went on to another payment hears nothing more of the first, not even that it is blind', async () => {
  const gateway = new ScriptedGateway(page);
  const { mps, told } = open(gateway);
  await during(mps.retrievePaymentIntent(gateway.token));
  await during(mps.confirmQRPayment('PAYPAY'), 100);
  // A look is on its way with a token that is dead when it arrives.
  await page.runFor(990);
  gateway.token = 'pi_2_secret_1';
  await during(mps.retrievePaymentIntent('pi_2_secret_1'));
  await page.runFor(10_000);
  assert.deepEqual(told, []);
  mps.destroy();
});

test('a look with the token before tells nothing of the fresh one', async () => {
  for (let ms = 1_000; ms < 1_200; ms += 10) {
    const gateway = new ScriptedGateway(page);
    const { mps, told } = open(gateway);
    await during(mps.retrievePaymentIntent(gateway.token));
    void mps.confirmQRPayment('PAYPAY');
    await page.runFor(ms);
    await during(mps.retrievePaymentIntent(gateway.reissue()));
    gateway.end('paid');
    await page.runFor(10_000);
    assert.deepEqual(told, ['payment_success'], `${ms} ms`);
    mps.destroy();
  }
});

test('a refused confirm does not fail what another page has under way', async () => {
  const gateway = new ScriptedGateway(page);
  gateway.confirm('another page', '{"payment_method_type":"qr_cpm"}');
  const { mps, told } = open(gateway, { maxRetries: 0 });
  await during(mps.retrievePaymentIntent(gateway.token), 100);
  gateway.nextFault = () => 'limit';
  assert.deepEqual(
    await during(mps.confirmCashPayment()).then((error) => 'kind' in error && error.kind),
    'rate_limit_exceeded',
  );
  gateway.nextFault = () => 'none';
  gateway.end('paid');
  await page.runFor(10_000);
  assert.deepEqual(told, ['payment_success']);
  mps.destroy();
});

test('what was paid opens no card app, and neither does a client that was destroyed', async () => {
  const gateway = new ScriptedGateway(page);
  let launches = 0;
  const nativeBridge = {
    launch: async () => {
      launches += 1;
      return { status: 'cancelled' } as const;
    },
  };
  const { mps, told } = open(gateway, { nativeBridge });
  await during(mps.retrievePaymentIntent(gateway.token));
  await during(mps.confirmQRPayment('PAYPAY'), 500);
  gateway.end('paid');
  await page.runFor(10_000);
  assert.deepEqual(told, ['payment_success']);
  const refused = await during(mps.confirmCardPayment());
  assert.deepEqual('kind' in refused && [refused.kind, refused.code], [
    'invalid_payment_state',
    'not_launched',
  ]);
  const late = mps.confirmCardPayment();
  mps.destroy();
  await during(late);
  assert.equal(launches, 0);
});

test('a gateway that asks for a month of peace is not asked a thousand times', async () => {
  const gateway = new ScriptedGateway(page);
  const { mps } = open(gateway);
  await during(mps.retrievePaymentIntent(gateway.token));
  await during(mps.confirmQRPayment('PAYPAY'), 500);
  gateway.limit_seconds = 30 * 86_400;
  let asked = 0;
  gateway.nextFault = () => {
    asked += 1;
    return 'limit';
  };
  await page.runFor(3_600_000);
  assert.equal(asked, 1);
  mps.destroy();
});

test('a listener that hears once can be taken off, and each is told once whatever another does', async () => {
  const gateway = new ScriptedGateway(page);
  const { mps } = open(gateway);
  const heard: string[] = [];
  const never = () => heard.push('never');
  mps.once('payment_success', never);
  mps.off('payment_success', never);
  mps.on('payment_success', () => {
    heard.push('first');
    mps.off('payment_success', taken);
    mps.on('payment_success', () => heard.push('too late'));
    mps.destroy();
  });
  const taken = () => heard.push('taken off by the first');
  mps.on('payment_success', taken);
  mps.on('payment_success', () => heard.push('after destroy'));
  await during(mps.retrievePaymentIntent(gateway.token));
  await during(mps.confirmCashPayment());
  assert.deepEqual(heard, ['first']);
  assert.equal(page.left(), 0);
});

test('what cannot be drawn is an error of the page and not of the payment', async () => {
  const gateway = new ScriptedGateway(page);
  const { mps, told } = open(gateway);
  // Node has no document to draw in.
  const lost: unknown[] = [];
  const note = (error: unknown) => void lost.push(error);
  process.on('unhandledRejection', note);
  mps.renderQR({ closest: () => null } as unknown as Element);
  await during(mps.retrievePaymentIntent(gateway.token));
  await during(mps.confirmCashPayment());
  assert.deepEqual(told, ['payment_success']);
  mps.destroy();
  process.off('unhandledRejection', note);
});

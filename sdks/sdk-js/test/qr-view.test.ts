// The rendered code: what a camera reads from the screen is the code, in every size and on every ground; people and
// screen readers are told the amount, the time and the end; the page's style and policy do not get in its way.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import jsQR from 'jsqr';
import type { Locator, Page } from 'playwright-core';
import type { QROptions } from '../src/qr-view.ts';
import { NO_CHROMIUM, type PagesStand, startPagesStand } from './browser-stand.ts';
import type {} from './payment-page.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = (NO_CHROMIUM ? null : await startPagesStand({ after })) as PagesStand;
const CODE = 'https://qr.sandbox.paypay.ne.jp/28180104fGx7QkqzKd4nHh8b';

declare global {
  interface Window {
    /** What the scripted gateway says of the intent from now on. */
    intent: Record<string, unknown>;
  }
}

interface Scene {
  code?: string;
  render?: QROptions;
  amount?: number;
  currency?: string;
  /** How long the code can be paid, by the gateway's clock. */
  seconds?: number;
  /** How far the device's clock is off. */
  skew_seconds?: number;
}

/** A page in virtual time whose gateway is a script: its clock is right, the device's need not be. */
async function openScene(t: { after(end: () => Promise<void>): void }, scene: Scene = {}): Promise<Page> {
  const page = await stand.openPage(t);
  const { skew_seconds = 0 } = scene;
  await page.clock.install({ time: new Date(Date.UTC(2030, 0, 1) + skew_seconds * 1_000) });
  await page.clock.pauseAt(new Date(Date.UTC(2030, 0, 1, 1) + skew_seconds * 1_000));
  await page.evaluate(
    async ({ code, scene }) => {
      const { amount = 1_500, currency = 'JPY', seconds = 300, skew_seconds = 0 } = scene;
      const now = () => Date.now() - skew_seconds * 1_000;
      const intent = { id: 'pi_1', object: 'payment_intent', amount, currency, provider: 'PAYPAY' };
      const times = { created_at: '2030-01-01T00:59:00Z', expires_at: '2030-01-01T01:29:00Z' };
      window.intent = { ...intent, ...times, status: 'requires_payment_method' };
      const expires_at = new Date(now() + seconds * 1_000).toISOString();
      const confirmation = { ...intent, status: 'requires_action', qr_content: code, expires_at };
      window.mps = new window.sdk.MPACGateway({
        publicKey: 'pk_test_1',
        environment: 'sandbox',
        platform: {
          fetch: async (_url, { method }) => {
            const second = Math.floor(now() / 1_000);
            const headers = { 'x-ratelimit-reset': String(second + 7), ratelimit: '"default";r=9;t=7' };
            return new Response(JSON.stringify(method === 'POST' ? confirmation : window.intent), {
              headers,
            });
          },
        },
      });
      const place = document.createElement('div');
      place.id = 'place';
      document.body.append(place);
      window.mps.renderQR(place, scene.render ?? {});
      await window.mps.retrievePaymentIntent('pi_1_secret_x');
      window.intent = { ...window.intent, status: 'requires_action' };
      await window.mps.confirmQRPayment('PAYPAY');
    },
    { code: scene.code ?? CODE, scene },
  );
  await page.locator('#place > div').waitFor();
  return page;
}

/** What a camera reads from the screen. */
async function scan(shown: Locator): Promise<string | undefined> {
  const png = (await shown.screenshot()).toString('base64');
  const { width, height, base64 } = await shown.page().evaluate(async (png) => {
    const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let text = '';
    for (let at = 0; at < data.length; at += 8_192)
      text += String.fromCharCode(...data.subarray(at, at + 8_192));
    return { width: bitmap.width, height: bitmap.height, base64: btoa(text) };
  }, png);
  const pixels = new Uint8ClampedArray(Buffer.from(base64, 'base64'));
  const read = jsQR as unknown as typeof jsQR.default;
  return read(pixels, width, height, { inversionAttempts: 'dontInvert' })?.data;
}

const words = (page: Page) => page.locator('#place .words').textContent();

test('a camera reads the code in every size, on light and on dark pages', SKIP, async (t) => {
  const page = await openScene(t);
  for (const size of [120, 160, 240, 333, 480]) {
    await page.evaluate((size) => {
      document.body.style.setProperty('background', size > 200 ? '#111' : '#fff');
      document.querySelector('#place')?.replaceChildren();
      window.mps.renderQR(document.querySelector('#place') as Element, { size });
    }, size);
    await page.locator('#place > div').waitFor();
    assert.equal(await scan(page.locator('#place')), CODE, `${size} px`);
    const { width, modules } = await page.locator('#place svg').evaluate((svg) => ({
      width: svg.getBoundingClientRect().width,
      modules: Number(svg.getAttribute('viewBox')?.split(' ')[2]),
    }));
    assert.ok(width <= Math.max(size, 2 * modules), `${width}`);
    assert.equal(width % modules, 0, 'each module is a whole number of pixels');
  }
});

test('codes of every length are read back as they were', SKIP, async (t) => {
  for (const code of ['1', `https://例え.jp/${'é'.repeat(40)}`, 'x'.repeat(600)]) {
    const page = await openScene(t, { code, render: { size: 480 } });
    assert.equal(await scan(page.locator('#place')), code);
    await page.close();
  }
});

test(
  'it says the wallet, the amount and what to do, to eyes and to screen readers, in two languages',
  SKIP,
  async (t) => {
    const page = await openScene(t, { amount: 123_456, render: { language: 'ja' } });
    const code = page.getByRole('img', { name: 'PayPayのQRコード、￥123,456' });
    assert.equal(await code.count(), 1);
    assert.equal(await page.locator('#place .amount').textContent(), '￥123,456');
    assert.equal(await page.locator('#place > div').getAttribute('lang'), 'ja');
    assert.equal(await words(page), 'アプリでコードを読み取ってお支払いください');
    const dollars = await openScene(t, { amount: 1_505, currency: 'USD', render: { language: 'en' } });
    assert.equal(await dollars.locator('#place .amount').textContent(), '$15.05');
    assert.equal(await dollars.locator('#place .wallet').textContent(), 'PayPay');
  },
);

test('the time that is left is the gateway’s, whatever the device believes', SKIP, async (t) => {
  for (const skew_seconds of [0, -3_600, 86_400]) {
    const page = await openScene(t, { skew_seconds, seconds: 90 });
    const shown: number[] = [];
    for (let tick = 0; tick < 62; tick += 1) {
      const [, minutes, seconds] =
        /^(\d):(\d\d) left$/.exec((await page.locator('#place .time').textContent()) ?? '') ?? [];
      shown.push(Number(minutes) * 60 + Number(seconds));
      await page.clock.runFor(500);
    }
    // The gateway tells its time in whole seconds.
    assert.ok(Math.abs((shown[0] ?? 0) - 90) <= 1 && Math.abs((shown.at(-1) ?? 0) - 60) <= 1, String(shown));
    assert.ok(
      shown.every((seconds, at) => at === 0 || seconds <= (shown[at - 1] ?? 0)),
      `time runs one way: ${shown}`,
    );
    await page.close();
  }
});

test('a screen reader hears of the time now and then, and not every second', SKIP, async (t) => {
  const page = await openScene(t, { seconds: 90 });
  await page.locator('#place .said').evaluate((live) => {
    const heard: (string | null)[] = [live.textContent];
    Object.assign(window, { heard });
    new MutationObserver(() => heard.push(live.textContent)).observe(live, { childList: true });
  });
  for (let second = 0; second < 85; second += 1) await page.clock.runFor(1_000);
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  assert.deepEqual(heard, [
    'about 2 minutes left',
    'about 1 minute left',
    '30 seconds left',
    '10 seconds left',
  ]);
});

test('a code that has run out is taken off the page before the gateway says so', SKIP, async (t) => {
  const page = await openScene(t, { seconds: 3 });
  await page.evaluate(() => window.mps.on('payment_failed', () => {}));
  await page.clock.runFor(4_100);
  assert.equal(await page.getByRole('img').count(), 0);
  assert.equal(await words(page), 'Checking the payment');
  await page.evaluate(() => {
    window.intent = { ...window.intent, status: 'requires_payment_method' };
  });
  await page.clock.runFor(6_000);
  assert.equal(await words(page), 'This code has expired');
});

test('a clear word takes the place of the code when it is over', SKIP, async (t) => {
  const ends = [
    [{ status: 'succeeded' }, 'Paid'],
    [{ status: 'failed' }, 'The payment did not go through'],
    [{ status: 'cancelled', cancellation_reason: 'requested_by_customer' }, 'The payment was cancelled'],
    [{ status: 'cancelled', cancellation_reason: 'expired' }, 'This code has expired'],
  ] as const;
  for (const [end, word] of ends) {
    const page = await openScene(t);
    const before = await page.locator('#place .place').boundingBox();
    await page.evaluate((end) => {
      window.intent = { ...window.intent, ...end };
    }, end);
    await page.clock.runFor(2_000);
    assert.equal(await words(page), word);
    assert.equal(await page.locator('#place .said').textContent(), word);
    assert.equal(await page.getByRole('img').count(), 0);
    const now = await page.locator('#place .place').boundingBox();
    assert.deepEqual([now?.width, now?.height], [before?.width, before?.height], 'the page does not jump');
    await page.close();
  }
});

test(
  'it is gone when it is removed and when the client is destroyed, and drawn once in a place',
  SKIP,
  async (t) => {
    const page = await openScene(t);
    const count = () => page.locator('#place > div').count();
    await page.evaluate(() => {
      const place = document.querySelector('#place') as Element;
      Object.assign(window, { remove: window.mps.renderQR(place) });
    });
    await page.locator('#place > div').waitFor();
    assert.equal(await count(), 1);
    await page.evaluate(() => (window as unknown as { remove(): void }).remove());
    assert.equal(await count(), 0);
    await page.evaluate(() => void window.mps.renderQR(document.querySelector('#place') as Element));
    await page.locator('#place > div').waitFor();
    await page.evaluate(() => window.mps.destroy());
    assert.equal(await count(), 0);
    assert.deepEqual(stand.broken, [], 'the strictest policy has nothing against it');
  },
);

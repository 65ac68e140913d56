// When a page looks at a payment, in virtual time and with a scripted gateway: growing waits, none while nobody looks at
// the page, at once when somebody does again, and never earlier than the gateway allows.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_CHROMIUM, type PagesStand, startPagesStand } from './browser-stand.ts';
import type {} from './payment-page.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = (NO_CHROMIUM ? null : await startPagesStand({ after })) as PagesStand;

declare global {
  interface Window {
    /** When the page asked, by its own clock, in seconds since the confirm. */
    looks: number[];
    answer: { status: number; headers?: Record<string, string>; body: object };
    setHidden(hidden: boolean): void;
  }
}

/** Everything waits, and chance is in the middle, so that each wait is what the schedule says. */
async function openScripted(
  t: { after(end: () => Promise<void>): void },
  path = '/' as const,
): Promise<Page> {
  const page = await stand.openPage(t, { path });
  await page.clock.install({ time: new Date('2030-01-01T00:00:00Z') });
  await page.clock.pauseAt(new Date('2030-01-01T01:00:00Z'));
  await page.evaluate(async () => {
    const open = {
      id: 'pi_1',
      object: 'payment_intent',
      amount: 1_500,
      currency: 'JPY',
      status: 'requires_action',
    };
    let hidden = false;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    window.setHidden = (now_hidden) => {
      hidden = now_hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    };
    window.looks = [];
    window.answer = { status: 200, body: { ...open, status: 'requires_payment_method' } };
    const begun = () => Math.round(performance.now() / 100) / 10;
    let start = 0;
    window.mps = new window.sdk.MPACGateway({
      publicKey: 'pk_test_1',
      environment: 'sandbox',
      platform: {
        random: () => 0.5,
        fetch: async (_url, { method }) => {
          if (method === 'GET' && start > 0) window.looks.push(Math.round((begun() - start) * 10) / 10);
          const {
            status,
            headers = {},
            body,
          } = method === 'POST' ? { status: 200, body: open } : window.answer;
          return new Response(JSON.stringify(body), { status, headers });
        },
      },
    });
    await window.mps.retrievePaymentIntent('pi_1_secret_x');
    window.answer = { status: 200, body: open };
    start = begun();
    await window.mps.confirmQRPayment('PAYPAY');
  });
  return page;
}

const looksOf = (page: Page) => page.evaluate(() => window.looks);

test('it looks every second at first, and every five seconds when it takes long', SKIP, async (t) => {
  const page = await openScripted(t);
  await page.clock.runFor(30_000);
  const looks = await looksOf(page);
  const waits = looks.map((at, index) => Math.round((at - (looks[index - 1] ?? 0)) * 10) / 10);
  assert.deepEqual(waits.slice(0, 3), [1, 1, 1.3]);
  assert.deepEqual(waits.slice(-2), [5, 5]);
  assert.ok(
    waits.every((wait, index) => index === 0 || wait >= (waits[index - 1] ?? 0)),
    String(waits),
  );
});

test('it does not look while the page is hidden, and looks at once when it is shown', SKIP, async (t) => {
  const page = await openScripted(t);
  await page.clock.runFor(1_500);
  assert.deepEqual(await looksOf(page), [1]);
  await page.evaluate(() => window.setHidden(true));
  await page.clock.runFor(600_000);
  assert.deepEqual(await looksOf(page), [1]);
  await page.evaluate(() => window.setHidden(false));
  await page.clock.runFor(1);
  assert.deepEqual(await looksOf(page), [1, 601.5]);
  // And fresh again from there.
  await page.clock.runFor(1_100);
  assert.deepEqual(await looksOf(page), [1, 601.5, 602.5]);
});

test('it looks at once when the network or the window comes back', SKIP, async (t) => {
  const page = await openScripted(t);
  await page.clock.runFor(20_000);
  for (const name of ['online', 'focus', 'pageshow']) {
    await page.clock.runFor(500);
    const before = (await looksOf(page)).length;
    await page.evaluate((name) => dispatchEvent(new Event(name)), name);
    await page.clock.runFor(1);
    assert.equal((await looksOf(page)).length, before + 1, name);
  }
});

test('it waits as long as the gateway asks it to, whoever comes', SKIP, async (t) => {
  const page = await openScripted(t);
  await page.evaluate(() => {
    const error = { code: 'rate_limit_exceeded', message: 'Wait.' };
    window.answer = { status: 429, headers: { 'retry-after': '20' }, body: { error, request_id: 'req_1' } };
  });
  await page.clock.runFor(1_100);
  assert.deepEqual(await looksOf(page), [1]);
  await page.evaluate(() => dispatchEvent(new Event('focus')));
  await page.clock.runFor(19_500);
  assert.deepEqual(await looksOf(page), [1]);
  await page.clock.runFor(1_000);
  assert.deepEqual(await looksOf(page), [1, 21]);
});

test('it slows down only after many failures in a row', SKIP, async (t) => {
  const page = await openScripted(t);
  await page.evaluate(() => {
    window.answer = { status: 503, body: {} };
  });
  await page.clock.runFor(47_000);
  assert.deepEqual(await looksOf(page), [1, 3, 7, 15, 30, 45]);
});

test('it stops at the end, and when it is destroyed', SKIP, async (t) => {
  for (const ends of [true, false]) {
    const page = await openScripted(t);
    await page.evaluate((ends) => {
      if (!ends) window.mps.destroy();
      window.answer = {
        status: 200,
        body: { id: 'pi_1', status: 'succeeded', amount: 1_500, currency: 'JPY' },
      };
    }, ends);
    await page.clock.runFor(60_000);
    await page.evaluate(() => window.setHidden(false));
    await page.clock.runFor(60_000);
    assert.equal((await looksOf(page)).length, ends ? 1 : 0);
  }
});

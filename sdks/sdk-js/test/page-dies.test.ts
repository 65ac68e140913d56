// A page that dies before any one of its steps: each transaction of its database, each request, each opening of the app.
// Whatever the step, the next page ends with the truth: a card that was charged is confirmed once and charged once, one
// that was not is not confirmed, and cash is confirmed or was never written down.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { NO_CHROMIUM } from './browser-stand.ts';
import { startStand } from './payment-page.ts';
import { makeTerminals } from './terminal-page.ts';
import { waitUntil } from './wait-until.ts';

const SKIP = { skip: NO_CHROMIUM };
const stand = await startStand({ after });
const { gateway, line } = stand;
const { openTerminal, reload, heard, pending, statusOf } = makeTerminals(stand);

declare global {
  interface Window {
    /** Steps that were made, and before which one the page dies: nothing that it does then reaches the world. */
    steps: { made: number; last: number };
  }
}

/** From now on, so that the steps of opening the page do not count. */
function dieBefore(page: Page, step: number): Promise<void> {
  return page.evaluate((dead_at) => {
    window.heard = [];
    const steps = { made: 0, last: dead_at };
    window.steps = steps;
    const isDead = () => {
      steps.made += 1;
      return steps.made >= steps.last;
    };
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (...given) {
      const made = transaction.apply(this, given);
      // Given up before anything is read or written; and nobody hears of it, because nobody is there.
      if (isDead()) {
        made.abort();
        Object.defineProperty(made, 'onabort', { set() {} });
        Object.defineProperty(made, 'oncomplete', { set() {} });
        Object.defineProperty(made, 'objectStore', { value: () => new Proxy(() => ({}), {}) });
      }
      return made;
    };
    const { fetch } = window;
    window.fetch = (...given) => (isDead() ? new Promise(() => {}) : fetch(...given));
    const bridge = window.MPACNativeBridge;
    const { launchCreditCard } = bridge ?? {};
    if (bridge === undefined || launchCreditCard === undefined) throw new Error('no app');
    bridge.launchCreditCard = (json) => (isDead() ? '' : launchCreditCard(json));
    const callback = window.MPACNativeBridgeCallback;
    window.MPACNativeBridgeCallback = (json) => {
      if (!isDead()) callback?.(json);
    };
  }, step);
}

const isOver = (page: Page) =>
  waitUntil('the end of the page', () =>
    page.evaluate(() => window.steps.made >= window.steps.last || window.heard.length > 0),
  );

/** Pays, dying before the step, and gives how many steps there were: fewer than `step` when it came through. */
async function payAndDie(page: Page, step: number, pay: () => Promise<unknown>): Promise<boolean> {
  await dieBefore(page, step);
  await pay();
  await isOver(page);
  return page.evaluate(() => window.steps.made >= window.steps.last);
}

for (const way of ['card', 'cash'] as const) {
  test(
    `a page that dies before any step of a payment by ${way} loses no money and takes none twice`,
    SKIP,
    async (t) => {
      const page = await openTerminal(t);
      let died = true;
      let step = 0;
      for (; died; step += 1) {
        const where = `${way}, dead before step ${step + 1}`;
        assert.ok(step < 40, 'it comes to an end');
        const intent = await gateway.createIntent();
        line.seen.splice(0);
        await page.evaluate((token) => window.mps.retrievePaymentIntent(token), intent.payment_token);
        died = await payAndDie(page, step + 1, () =>
          page.evaluate((way) => {
            const call = way === 'card' ? window.mps.confirmCardPayment() : window.mps.confirmCashPayment();
            call.catch(() => {});
          }, way),
        );
        const charged = await page.evaluate(() => window.app.launches.length);
        if (died && charged > 0)
          // The app goes on without the page, and remembers.
          await waitUntil('the app', () =>
            page.evaluate(
              () =>
                sessionStorage.getItem(`MPACNativeBridge ${window.app.launches[0]?.transaction_id}`) !== null,
            ),
          );
        await reload(page);
        if (charged > 0) {
          assert.equal(charged, 1, where);
          await waitUntil(
            `the gateway to have it: ${where}`,
            async () => (await statusOf(intent)) === 'succeeded',
          );
          await waitUntil(`nothing to be left: ${where}`, async () => (await pending(page)).length === 0);
        } else if (way === 'card') {
          // Written down and not opened: nobody knows, so a person is asked, and nothing is confirmed.
          for (const entry of await pending(page)) {
            assert.equal(entry.state, 'launched', where);
            await heard(page, 'launch_unresolved');
            await page.evaluate((id) => window.mps.acknowledge(id), entry.id);
          }
          assert.deepEqual([await statusOf(intent), line.confirms()], ['requires_payment_method', []], where);
        } else {
          await waitUntil(`nothing to be left: ${where}`, async () => (await pending(page)).length === 0);
          const written = line.confirms().length > 0;
          assert.equal(await statusOf(intent), written ? 'succeeded' : 'requires_payment_method', where);
        }
        const keys = new Set(line.confirms().map(({ idempotency_key }) => idempotency_key));
        assert.ok(keys.size <= 1, where);
        assert.deepEqual(await page.evaluate(() => window.app.launches), [], 'the next page opens no app');
      }
      t.diagnostic(`${step - 1} steps`);
      assert.ok(step > (way === 'card' ? 6 : 4), 'the steps are counted');
    },
  );
}

// Takes a picture of every state of the till, on a phone and on a tablet, light and dark, in Japanese and English: for
// whoever changes how it looks. SHOP_SCREENSHOTS names the folder; without it nothing is done.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { holdTill } from './open-shop.ts';
import type { makeCustomer } from './running-gateway.ts';

const SIZES = { phone: { width: 390, height: 844 }, tablet: { width: 1280, height: 800 } };

export async function takePictures(
  folder: string,
  browser: Browser,
  url: string,
  customer: ReturnType<typeof makeCustomer>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const locale of ['ja-JP', 'en-US']) {
        const context = await browser.newContext({ viewport, colorScheme, locale, deviceScaleFactor: 1 });
        const page = await context.newPage();
        await page.goto(url);
        await page.locator('#menu [data-item]').first().waitFor();
        const name = (state: string) =>
          join(folder, `${state}-${size}-${colorScheme}-${locale.slice(0, 2)}.png`);
        const take = async (state: string) => {
          await page.screenshot({ path: name(state), animations: 'disabled' });
        };
        const setOffline = (offline: boolean) => context.setOffline(offline);
        // It takes a minute, so it is looked at once in each size.
        const with_expiry = (size === 'phone') === (colorScheme === 'dark') && locale === 'ja-JP';
        await playStates(holdTill(page, { url }), customer, take, setOffline, with_expiry);
        await context.close();
      }
    }
  }
}

async function playStates(
  till: ReturnType<typeof holdTill>,
  customer: ReturnType<typeof makeCustomer>,
  take: (state: string) => Promise<void>,
  setOffline: (offline: boolean) => Promise<void>,
  with_expiry: boolean,
): Promise<void> {
  const { page } = till;
  const again = () => page.locator('#try-again').click();

  await take('01-empty');
  await till.choose('coffee', 'coffee', 'sandwich', 'mug');
  await page.locator('#total').scrollIntoViewIfNeeded();
  await take('02-order');
  await till.charge();
  await take('03-methods');
  await till.by('card');
  await till.seeTerminal();
  await take('04-card');
  await till.terminal('declined');
  await till.seeOutcome('declined');
  await take('05-declined');
  await again();
  await till.by('card');
  await till.terminal('error');
  await till.seeOutcome('declined');
  await take('06-terminal-failed');
  await again();
  await till.by('scan');
  await till.scan('1234');
  await till.see(page.locator('#problem'));
  await take('07-scan-refused');
  await page.locator('section:not([hidden]) [data-back]').click();
  if (with_expiry) {
    await customer.set({ qr_lifetime_seconds: 4 });
    await till.by('qr');
    await till.seeCode();
    await customer.set({ qr_lifetime_seconds: 300 });
    // The gateway gives a code half a minute after its end, for a customer who paid in the last second.
    await page.locator('#outcome[data-outcome="expired"]').waitFor({ timeout: 90_000 });
    await take('08-expired');
    await page.locator('#try-again').click();
  }
  await till.by('qr');
  await till.seeCode();
  await take('09-qr');
  await till.cancel();
  await till.seeOutcome('cancelled');
  await take('10-cancelled');
  await till.next();

  await till.choose('latte', 'cake');
  await till.charge();
  await till.by('scan');
  await till.scan(await customer.showCode('confirms'));
  await till.see(page.locator('[data-said="asked_in_app"]'));
  await take('11-asked-in-app');
  await customer.pay(await customer.scan(1_060));
  await till.seeOutcome('paid');
  await take('12-paid');
  await till.next();

  await till.choose('matcha');
  await till.charge();
  await till.by('scan');
  const code = await customer.showCode('pays');
  await customer.fault({ fault: 'server_error_after_success', endpoint: 'create_payment', times: 1 });
  await customer.fault({ fault: 'server_error', endpoint: 'get_customer_payment' });
  await till.scan(code);
  await till.seeOutcome('unclear');
  await take('13-unclear');
  await customer.noFaults();
  await till.seeOutcome('paid');
  await till.next();

  await till.choose('toast', 'cookie');
  const order = await till.charge();
  await till.by('cash');
  await page.locator('#received').fill('1,000');
  await take('14-cash');
  await setOffline(true);
  await page.locator('#take-cash').click();
  await till.seeOutcome('queued');
  await take('15-queued');
  await setOffline(false);
  await till.seeOutcome('paid');
  await take('16-paid-cash');
  await till.next();
  await till.seeInBook(order.id, 'paid');
  await page.locator('#open-orders').click();
  const row = page.locator(`#sales [data-order="${order.id}"]`);
  await row.locator('.do button').click();
  await take('17-orders');
  await row.locator('.do button:not(.danger)').click();
  await page.locator('#close-orders').click();
  await till.refund(order.id);
  await take('18-refunded');
  await page.locator('#close-orders').click();

  await till.choose('cake');
  await till.charge();
  await till.by('card');
  await till.seeTerminal();
  await page.reload();
  await till.see(page.locator('#kept li'));
  await take('19-left-at-terminal');
  await page.locator('#kept button').last().click();
  await page.locator('#kept li').waitFor({ state: 'detached' });
}

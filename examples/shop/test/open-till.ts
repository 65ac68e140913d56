// Opens tills in a browser, each as a till of its own, and tells of a case that fails what was to be seen: how its tills
// look and what they have said, and how the newest orders stand in the book and at the gateway. That something did not
// come in time says nothing of why.
import type { TestContext } from 'node:test';
import type { PaymentGateway } from '@cloudsky/mpac-pgw-sdk-node';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { holdTill, listOrders, type Shop, type Till } from './open-shop.ts';

/** For one thing to be seen: on a machine that does much else, everything takes its time. */
const PATIENCE_MS = 90_000;
/** For a look at a page when the case has failed. */
const GLANCE_MS = 5_000;
const PARTS = ['#problem', '#offline', '#kept', '.ticket', '#orders'];
/** No case makes more. */
const MOST_ORDERS = 2;
const LAST_LINES = 15;

export interface OpenedTill {
  context: BrowserContext;
  till: Till;
}

export function makeTills(browser: Browser, gateway: PaymentGateway) {
  /** What pages threw, and what their content security policy refused. */
  const broken: string[] = [];

  async function openTill(t: TestContext, shop: Shop): Promise<OpenedTill> {
    const context = await browser.newContext({ locale: 'en-US' });
    context.setDefaultTimeout(PATIENCE_MS);
    const said: string[] = [];
    context.on('weberror', (error) => {
      broken.push(error.error().message);
      said.push(error.error().message);
    });
    context.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) broken.push(message.text());
      said.push(`${message.type()}: ${message.text()}`);
    });
    t.after(async () => {
      // Node has it since 20.12, and its types do not.
      const { passed } = t as TestContext & { passed: boolean };
      if (!passed)
        await tellAll(t, context, shop, said).catch((error: unknown) => t.diagnostic(String(error)));
      await context.close();
    });
    const page = await context.newPage();
    await page.goto(shop.url);
    await page.locator('#menu [data-item]').first().waitFor();
    return { context, till: holdTill(page, shop) };
  }

  async function tellAll(t: TestContext, context: BrowserContext, shop: Shop, said: string[]): Promise<void> {
    const tell = (title: string, texts: string[]) => {
      for (const line of [`${title}:`, ...texts.flatMap((text) => text.split('\n'))]) t.diagnostic(line);
    };
    for (const page of context.pages()) tell('A till', await lookAt(page));
    tell('It has said', said.slice(-LAST_LINES));
    tell('The shop has said', shop.log().trim().split('\n').slice(-LAST_LINES));
    tell('The newest orders', await tellOrders(shop));
  }

  async function tellOrders(shop: Shop): Promise<string[]> {
    const newest = (await listOrders(shop.url)).slice(0, MOST_ORDERS);
    return Promise.all(
      newest.map(async ({ id, status, payment_intent }) => {
        const intent = await gateway.paymentIntents.retrieve(payment_intent);
        return `${id} is ${status}: ${JSON.stringify({ ...intent, payment_token: undefined })}`;
      }),
    );
  }

  return { openTill, broken };
}

async function lookAt(page: Page): Promise<string[]> {
  const seen: string[] = [];
  for (const part of PARTS) {
    const element = page.locator(part);
    if (await element.isVisible()) seen.push(await element.ariaSnapshot({ timeout: GLANCE_MS }));
  }
  return seen;
}

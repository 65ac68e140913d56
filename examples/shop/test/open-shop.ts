// The shop under test, run as `npm run shop` runs it: a process of its own with a book of its own, that can be closed
// and opened again; and a till in a real browser, driven by what a person at it sees.
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Locator, Page } from 'playwright-core';
import type { Closing, GatewayFacts } from './running-gateway.ts';

const SERVER = fileURLToPath(new URL('../src/server.js', import.meta.url));

export interface Shop {
  url: string;
  close(): Promise<void>;
  /** What it has said since it opened. */
  log(): string;
}

/** A folder that has the gateway's facts, and will have the shop's book. */
export async function makeShopFolder(closing: Closing, facts: GatewayFacts): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mpac-shop-book-'));
  closing.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'development.json'), JSON.stringify(facts), { mode: 0o600 });
  return folder;
}

export async function openShop(closing: Closing, data_dir: string): Promise<Shop> {
  const env = { ...process.env, MPAC_DATA_DIR: data_dir, SHOP_PORT: '0' };
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const [, found] = /The shop is open\.\s+(\S+)/.exec(said) ?? [];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('close', () => reject(new Error(`The shop ended early.\n${said}`)));
  });
  const greeting = said.length;
  const stop = () => void child.kill('SIGTERM');
  process.once('exit', stop);
  const close = async () => {
    stop();
    await ended;
    process.off('exit', stop);
  };
  closing.after(close);
  return { url, close, log: () => said.slice(greeting) };
}

/** An order as the shop's own API shows it. */
export interface ShopOrder {
  id: string;
  number: number;
  amount: number;
  status: string;
  provider: string | null;
  payment_intent: string;
  refunds: Record<string, { amount: number; status: string }>;
}

/** Of today, the newest first. */
export async function listOrders(shop_url: string): Promise<ShopOrder[]> {
  return (await (await fetch(`${shop_url}/orders`)).json()) as ShopOrder[];
}

export type Till = ReturnType<typeof holdTill>;

/** What a person does at the till and sees on it. */
export function holdTill(page: Page, shop: { url: string }) {
  const outcome = page.locator('#outcome');

  /** Waits until what is on the page is so; the browser looks at every change. */
  const see = (locator: Locator) => locator.waitFor({ state: 'visible' });

  return {
    page,
    see,
    outcome,

    async choose(...items: string[]): Promise<void> {
      for (const item of items) await page.locator(`#menu [data-item="${item}"]`).click();
    },
    async charge(): Promise<ShopOrder> {
      await page.locator('#charge').click();
      await see(page.locator('#methods-title'));
      const [newest] = await listOrders(shop.url);
      if (newest === undefined) throw new Error('There is no order.');
      return newest;
    },
    by: (method: 'qr' | 'scan' | 'card' | 'cash') => page.locator(`#pay-${method}`).click(),
    terminal: (answer: 'success' | 'declined' | 'error' | 'left') =>
      page.locator(`[data-terminal="${answer}"]`).click(),
    /** The terminal's app is open, so the till has written down that it is. */
    seeTerminal: () => see(page.locator('[data-terminal="success"]:enabled')),
    /** Requests to these addresses arrive when they are let go on. */
    async holdRequests(url: string): Promise<{ begun: Promise<void>; goOn(): void }> {
      let begin = () => {};
      let goOn = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route(url, async (route) => {
        begin();
        await held;
        await route.continue();
      });
      return { begun, goOn };
    },
    async giveCash(received: string): Promise<void> {
      await page.locator('#received').fill(received);
      await page.locator('#take-cash').click();
    },
    async scan(code: string): Promise<void> {
      await page.locator('#customer-code').fill(code);
      await page.locator('#scan-form [type="submit"]').click();
    },
    cancel: () => page.locator('[data-cancel]:visible').click(),
    /** The code is drawn, for the customer to scan. */
    seeCode: () => see(page.locator('#qr [data-state="open"] svg')),
    seeOutcome: (kind: string) => see(page.locator(`#outcome[data-outcome="${kind}"]`)),
    next: () => page.locator('#next-order').click(),

    /** Its rows without a space between what stands left and right: `Change¥480`. */
    receipt: async () => (await page.locator('#receipt').textContent()) ?? '',
    change: async () => (await page.locator('.change').textContent()) ?? '',
    listOrders: () => listOrders(shop.url),
    /** Waits until the shop's book says so, which only a webhook, or a question to the gateway, can bring about. */
    async seeInBook(id: string, status: string): Promise<ShopOrder> {
      await page.locator('#open-orders').click();
      await see(page.locator(`#sales [data-order="${id}"][data-status="${status}"]`));
      await page.locator('#close-orders').click();
      const order = (await listOrders(shop.url)).find((one) => one.id === id);
      if (order === undefined) throw new Error(`There is no order ${id}.`);
      return order;
    },
    async refund(id: string): Promise<void> {
      await page.locator('#open-orders').click();
      const row = page.locator(`#sales [data-order="${id}"]`);
      await row.locator('.do button').click();
      await row.locator('.danger').click();
      await see(page.locator(`#sales [data-order="${id}"][data-status="refunded"]`));
    },
    closeOrders: () => page.locator('#close-orders').click(),
  };
}

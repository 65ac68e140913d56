// The guide's page, in Chromium, with the built sdk-js from its package: the backend makes an intent, the page shows the
// code, the customer pays, and the page hears of it.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { PaymentGateway } from '@cloudsky/mpac-pgw-sdk-node';
import { type Browser, chromium } from 'playwright-core';
import type { ExampleStand } from './published-examples.ts';

const SDK = '@cloudsky/mpac-pgw-sdk-js';
const PATIENCE_MS = 30_000;

type Json = Record<string, unknown>;

interface Packaged {
  dependencies?: Record<string, string>;
  exports: Record<string, Record<string, string>>;
}

/** Gives what the page told in the end; throws when it threw, or told anything else than a code and a success. */
export async function showPublishedPage(
  stand: ExampleStand,
  script: string,
  gateway: PaymentGateway,
): Promise<string> {
  const intent = await gateway.call('createPaymentIntent', {
    ...{ amount: 1000, currency: 'JPY', payment_method_types: ['qr_mpm'] },
    ...{ merchant_ref_id: `order_page_${Date.now()}`, merchant_store_id: 'store_001' },
  });
  const server = await servePage(String(stand.js), script, String(intent.payment_token));
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    const told = await openPage(browser, server.url);
    const { qr } = (await told('shown')) as { qr: Json };
    if (typeof qr['qr_content'] !== 'string') throw new Error(`It got no code: ${JSON.stringify(qr)}`);
    await post(`${stand.stage_url}/customer_pays`, { payment_intent: intent.id });
    const { event } = (await told('ended')) as { event: string };
    if (event !== 'payment_success') throw new Error(`The page heard ${event}`);
    const { status } = await gateway.call('retrievePaymentIntent', { id: intent.id });
    if (status !== 'succeeded') throw new Error(`The payment is ${status}`);
    return event;
  } finally {
    await browser.close();
    server.close();
  }
}

/** Opens it and gives a function that waits for what the page tells under a name. */
async function openPage(browser: Browser, url: string): Promise<(name: string) => Promise<unknown>> {
  const page = await browser.newPage();
  const told = new Map<string, unknown>();
  let wake = () => {};
  let broken: Error | null = null;
  await page.exposeFunction('tell', (name: string, value: unknown) => {
    told.set(name, value);
    wake();
  });
  page.on('pageerror', (error) => {
    broken = error;
    wake();
  });
  await page.goto(url);
  return async (name) => {
    const deadline = setTimeout(() => {
      broken ??= new Error(`The page did not tell "${name}" within ${PATIENCE_MS} ms`);
      wake();
    }, PATIENCE_MS);
    try {
      while (!told.has(name)) {
        if (broken !== null) throw broken;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return told.get(name);
    } finally {
      clearTimeout(deadline);
    }
  };
}

/** Serves the page, and the installed packages under `/node_modules` with an import map that names their entries. */
async function servePage(folder: string, script: string, payment_token: string) {
  const imports = JSON.stringify({ imports: await findEntries(folder) });
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A page of the guide</title>
<script type="importmap">${imports}</script>
<script>window.paymentToken = ${JSON.stringify(payment_token)};</script>
<script type="module" src="/page.js"></script>`;
  const server = createServer((request, response) => {
    const path = normalize((request.url ?? '/').split('?')[0] ?? '/');
    const send = (type: string, body: string | Buffer) =>
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(body);
    if (path === '/') return send('text/html', page);
    if (path === '/page.js') return send('text/javascript', script);
    const file = join(folder, path);
    if (!path.startsWith('/node_modules/') || !existsSync(file)) return response.writeHead(404).end();
    readFile(file).then(
      (bytes) => send('text/javascript', bytes),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

/** The module that each name leads to: of the SDK, and of what it depends on. */
async function findEntries(folder: string): Promise<Record<string, string>> {
  const entries: Record<string, string> = {};
  const names = [SDK];
  for (const name of names) {
    const path = join(folder, 'node_modules', name, 'package.json');
    const { dependencies = {}, exports } = JSON.parse(await readFile(path, 'utf8')) as Packaged;
    const entry = exports['.']?.['import'] ?? exports['.']?.['default'];
    if (entry === undefined) throw new Error(`${name} has no module to import`);
    entries[name] = join('/node_modules', name, entry);
    names.push(...Object.keys(dependencies).filter((each) => !names.includes(each)));
  }
  return entries;
}

async function post(url: string, body: Json): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}: ${await answer.text()}`);
}

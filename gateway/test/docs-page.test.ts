// The reference for people at /docs: that everything it needs comes from the gateway itself, that a browser shows every
// operation, in light and dark, on a desk and on a phone, and that nothing can be sent from it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';
import { type Browser, chromium } from 'playwright-core';
import { startTestGateway } from './support/gateway.ts';

const CHROMIUM = '/usr/bin/chromium';
const gateway = await startTestGateway({ after });

const get = async (path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${gateway.url}${path}`, { headers });
  return { response, text: await response.text() };
};

test('the page and all that it names come from here, and may talk to nobody else', async () => {
  const { response, text } = await get('/docs');
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
  const policy = response.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  const sources = policy.split('; ').flatMap((directive) => directive.split(' ').slice(1));
  assert.deepEqual(
    [...new Set(sources)].sort(),
    ["'none'", "'self'", "'unsafe-inline'", 'data:'],
    'no host is named',
  );
  assert.doesNotMatch(policy.match(/script-src [^;]*/)?.[0] ?? '', /unsafe/);
  const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  assert.ok(named.length >= 5);
  for (const address of named.filter((one) => one !== 'data:,')) {
    assert.doesNotMatch(address, /^[/a-z]+:|^\//, `${address} is relative`);
    assert.equal((await get(`/${address}`)).response.status, 200, address);
  }
});

test('what is large travels compressed where the browser can read it', async () => {
  const path = '/docs/swagger-ui-bundle.js';
  const sizeOf = async (encoding: string) => {
    const response = await fetch(`${gateway.url}${path}`, { headers: { 'accept-encoding': encoding } });
    const length = Number(response.headers.get('content-length'));
    return { length, encoding: response.headers.get('content-encoding'), text: await response.text() };
  };
  const plain = await sizeOf('identity');
  const compressed = await sizeOf('gzip');
  assert.equal(plain.encoding, null);
  assert.equal(compressed.encoding, 'gzip');
  assert.ok(compressed.length < plain.length / 2);
  assert.equal(compressed.text, plain.text);
});

test('a name that is not one of the page’s files is not found', async () => {
  for (const path of [
    '/docs/',
    '/docs/package.json',
    '/docs/../package.json',
    '/docs/%2e%2e%2fpackage.json',
  ]) {
    assert.equal((await get(path)).response.status, 404, path);
  }
});

const no_browser = existsSync(CHROMIUM) ? false : `there is no ${CHROMIUM} here`;

test('a browser shows every operation and event, and asks nobody but the gateway', {
  skip: no_browser,
}, async (t) => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  t.after(() => browser.close());
  const { text } = await get('/openapi.json');
  const document = JSON.parse(text) as { paths: Record<string, object>; webhooks: Record<string, object> };
  const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
  const expected = operations.length + Object.keys(document.webhooks).length;
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1280, height: 900 },
      { width: 390, height: 844 },
    ]) {
      const shown = await look(browser, { colorScheme, viewport });
      assert.deepEqual(shown.complaints, []);
      assert.equal(shown.operations, expected);
      assert.equal(shown.is_dark, colorScheme === 'dark');
      assert.ok(shown.width <= viewport.width, 'nothing sticks out to the side');
      assert.equal(shown.ways_to_send, 0);
    }
  }
});

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Opens the page and its first operation. */
async function look(
  browser: Browser,
  options: { colorScheme: 'light' | 'dark'; viewport: { width: number; height: number } },
) {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url) && !request.url().startsWith('data:')) {
      complaints.push(`asks for ${request.url()}`);
    }
  });
  await page.goto(`${gateway.url}/docs`);
  await page.click('[id$="-createPaymentIntent"] .opblock-summary-control');
  await page.waitForSelector('[id$="-createPaymentIntent"] .responses-table');
  const shown = {
    complaints,
    operations: await page.locator('.opblock').count(),
    ways_to_send: await page.locator('.try-out, .execute, .authorize:visible').count(),
    is_dark: await page
      .locator('html.dark-mode')
      .count()
      .then((count) => count === 1),
    // The body of a page script sees the document; its text keeps the browser's types out of the project.
    width: Number(await page.evaluate('document.documentElement.scrollWidth')),
  };
  await page.close();
  return shown;
}

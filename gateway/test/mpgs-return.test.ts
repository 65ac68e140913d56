// The customer's way back from Plutu's page: what the gateway's page says and leaves out, where it leads, what happens
// while nothing can be written, and the whole way in a real browser.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { readConfig } from '../src/config.ts';
import { type DatabaseProxy, startDatabaseProxy } from './support/database-proxy.ts';
import { startTestGateway } from './support/gateway.ts';
import { MPGS, makeMpgsStage, newsPairs, signNews } from './support/mpgs-stage.ts';

const gateway = await startTestGateway({ after });
const { client } = gateway;
const stage = await makeMpgsStage(gateway);
const RETURN_URL = 'https://shop.example/done?order=a%20b&x=1#top';
const browser = (language = 'en') => ({ accept: 'text/html', 'accept-language': language });

const approved = (invoice_no: string) => signNews(newsPairs(invoice_no));
const cancelled = (invoice_no: string) => signNews(newsPairs(invoice_no, { approved: null, canceled: '1' }));

test('the page says how it went and leads on, with the payment and its result added to the merchant’s address', async () => {
  for (const [query, said, told] of [
    [approved, 'Payment complete', 'succeeded'],
    [cancelled, 'Payment not made', 'failed'],
    [(id: string) => signNews(newsPairs(id, { approved: null })), 'being confirmed', 'pending'],
  ] as const) {
    const intent = await stage.openPage({ description: 'Two cups' }, { return_url: RETURN_URL });
    const { status, text, headers } = await stage.tell(query(intent.invoice_no), browser());
    const added = `payment_intent=${intent.id}&amp;redirect_status=${told}`;
    const to = `https://shop.example/done?order=a%20b&amp;x=1&amp;${added}#top`;
    assert.equal(status, 200);
    assert.ok(text.includes(`<meta http-equiv="refresh" content="5;url=${to}">`), text);
    assert.ok(text.includes(`<a href="${to}"`), text);
    assert.ok(text.includes(said) && text.includes('USD 12.34') && text.includes('Two cups'));
    assert.equal(headers.get('content-type'), 'text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; style-src 'sha256-/);
    assert.equal(/unsafe|script/.test(policy + text), false);
    assert.deepEqual(
      ['cache-control', 'referrer-policy', 'x-frame-options'].map((name) => headers.get(name)),
      ['no-store', 'no-referrer', 'DENY'],
    );
  }
});

test('unclear news after the end of a payment tell nobody that nothing was charged', async () => {
  const intent = await stage.openPage({}, { return_url: RETURN_URL });
  assert.equal((await client.cancel(intent.id)).status, 200);
  const query = signNews(newsPairs(intent.invoice_no, { approved: null }));
  const { text } = await stage.tell(query, browser());
  assert.match(text, /being confirmed/);
  assert.match(text, /redirect_status=pending/);
});

test('of the payment the page knows amount, description and result, and nothing of them runs', async () => {
  const description = `<script>alert(1)</script> "&'`;
  const intent = await stage.openPage(
    { description, metadata: { note: 'canary-note' }, merchant_ref_id: 'canary-order' },
    { return_url: `https://shop.example/"><script>?q='` },
  );
  const { text } = await stage.tell(approved(intent.invoice_no), browser());
  assert.ok(text.includes('&lt;script&gt;alert(1)&lt;/script&gt; &quot;&amp;&#39;'));
  assert.equal(text.includes('<script'), false);
  for (const hidden of ['canary-note', 'canary-order', 'store_001', '100918', intent.invoice_no]) {
    assert.equal(text.includes(hidden), false, hidden);
  }
});

test('without a return_url the page is the end', async () => {
  const intent = await stage.openPage();
  const { text } = await stage.tell(approved(intent.invoice_no), browser());
  assert.equal(/<a |http-equiv/.test(text), false);
});

test('the page speaks the browser’s language, from the right where that is written so', async () => {
  const intent = await stage.openPage({}, { return_url: RETURN_URL });
  const query = approved(intent.invoice_no);
  for (const [language, start, said] of [
    ['ja,en;q=0.8', '<html lang="ja" dir="ltr">', 'お支払いが完了しました'],
    ['ar-LY', '<html lang="ar" dir="rtl">', 'تم الدفع'],
    ['fr, en-GB;q=0.7, ja;q=0.3', '<html lang="en" dir="ltr">', 'Payment complete'],
    ['ja;q=0, *', '<html lang="en" dir="ltr">', 'Payment complete'],
    ['', '<html lang="en" dir="ltr">', 'Payment complete'],
  ] as const) {
    const { text } = await stage.tell(query, browser(language));
    assert.ok(text.includes(start) && text.includes(said), language);
  }
});

test('a person whose address is not Plutu’s sees a page that leads nowhere', async () => {
  const intent = await stage.openPage({ description: 'Two cups' }, { return_url: RETURN_URL });
  const { status, text } = await stage.tell(signNews(newsPairs(intent.invoice_no), 'another'), browser());
  assert.equal(status, 401);
  assert.equal(/shop\.example|12\.34|Two cups|http-equiv/.test(text), false);
  const plain = await stage.tell(signNews(newsPairs(intent.invoice_no), 'another'));
  assert.deepEqual([plain.status, JSON.parse(plain.text).code], [401, 'unauthorized']);
});

test('while the database is away Plutu hears 5xx, the browser asks again by itself, and then it is written', async (t) => {
  const state: { proxy?: DatabaseProxy } = {};
  const own = await startTestGateway(t, {
    config: { database_acquire_timeout_ms: 300 },
    async reachDatabase(url) {
      state.proxy = await startDatabaseProxy(url);
      return state.proxy;
    },
  });
  const own_stage = await makeMpgsStage(own);
  const intent = await own_stage.openPage({}, { return_url: RETURN_URL });
  const query = approved(intent.invoice_no);
  state.proxy?.takeAway();
  const [server, person] = [await own_stage.tell(query), await own_stage.tell(query, browser())];
  assert.ok(server.status >= 500 && person.status >= 500, `${server.status} ${person.status}`);
  assert.match(person.text, /The result is being looked at/);
  assert.match(person.text, /<meta http-equiv="refresh" content="5">/);
  assert.equal(person.text.includes('shop.example'), false);
  state.proxy?.bringBack();
  assert.equal((await own_stage.tell(query, browser())).status, 200);
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('news of a store whose settings changed to another account count under the former ones', async () => {
  const own = await startTestGateway({ after });
  const own_stage = await makeMpgsStage(own);
  const account = (name: string) => ({
    api_key: `${name}-key`,
    access_token: `${name}-token`,
    secret_key: `${name}-secret`,
  });
  const sync = (credentials: object) =>
    own.client.post('/v1/sync/merchants', {
      merchants: [
        {
          id: 'merchant_001',
          name: 'Example Restaurant Chain',
          stores: [
            {
              id: 'store_001',
              name: 'Tokyo Branch',
              payment_processor_configs: [{ provider: 'MPGS', is_active: true, credentials }],
            },
          ],
        },
      ],
    });
  const half = await sync({ api_key: 'only-this' });
  assert.deepEqual([half.status, half.json.details.constraint], [400, 'required'], half.text);
  assert.match(half.json.details.field, /\.credentials\.access_token$/);
  assert.equal(half.text.includes('only-this'), false);
  assert.equal((await sync(account('first'))).status, 200);
  // The page is opened for real; only the account is another than the simulator's.
  await own_stage.control('POST', '/settings', account('first'));
  for (const replica of own.replicas) {
    replica.context.config.provider_test_defaults['MPGS'] = { base_url: `${own.simulator_url}/mpgs` };
  }
  const intent = await own_stage.openPage();
  assert.equal((await sync(account('second'))).status, 200);
  const pairs = newsPairs(intent.invoice_no);
  assert.equal((await own_stage.tell(signNews(pairs, 'second-secret'))).status, 401);
  assert.equal((await own_stage.tell(signNews(pairs, 'simulator-secret'))).status, 401);
  assert.equal((await own_stage.tell(signNews(pairs, 'first-secret'))).status, 200);
  assert.equal(await own.statusOf(intent), 'succeeded');
});

test('a live store without an account of its own uses the gateway’s, and its customers come back by https', async () => {
  const own = await startTestGateway({ after });
  const own_stage = await makeMpgsStage(own);
  const { config } = own.context;
  config.is_base_url_given = true;
  config.provider_defaults['MPGS'] = {
    gateway_api_key: 'simulator-key',
    gateway_access_token: 'simulator-token',
    gateway_secret_key: 'simulator-secret',
    base_url: `${own.simulator_url}/mpgs`,
    page_minutes: '7',
  };
  const payment_processor_configs = [{ provider: 'MPGS', is_active: true, credentials: {} }];
  await own.saveStore({ livemode: true, payment_processor_configs });
  const live = own.clientFor(await own.addKey({ livemode: true }));
  const order = { amount: 1_234, currency: 'USD', payment_method_types: ['credit_card'] };
  const intent = await own.createIntent(order, live);
  const plain = await live.confirm(intent.id, { ...MPGS, return_url: 'http://shop.example/done' });
  assert.deepEqual([plain.status, plain.json.details.field], [400, 'return_url'], plain.text);
  const { status, json } = await live.confirm(intent.id, {
    ...MPGS,
    return_url: 'https://shop.example/done',
  });
  assert.deepEqual(
    [status, json.expires_at],
    [200, new Date(own.clock.now() + 7 * 60_000).toISOString()],
    JSON.stringify(json),
  );
  const { id } = await own_stage.attemptOf(intent);
  assert.equal((await own_stage.tell(signNews(newsPairs(id), 'another'))).status, 401);
  assert.equal((await own_stage.tell(approved(id))).status, 200);
  assert.equal((await live.retrieve(intent.id)).json.status, 'succeeded');
});

test('a live payment is not begun where its customers, and the news of it, would find no way back', async () => {
  const own = await startTestGateway({ after });
  const own_stage = await makeMpgsStage(own);
  const credentials = {
    api_key: 'simulator-key',
    access_token: 'simulator-token',
    secret_key: 'simulator-secret',
  };
  // An account of its own, so that nothing at the start of the process says that MPGS is used.
  own.context.config.provider_defaults['MPGS'] = { base_url: `${own.simulator_url}/mpgs` };
  const payment_processor_configs = [{ provider: 'MPGS', is_active: true, credentials }];
  await own.saveStore({ livemode: true, payment_processor_configs });
  const live = own.clientFor(await own.addKey({ livemode: true }));
  const order = { amount: 1_234, currency: 'USD', payment_method_types: ['credit_card'] };
  const intent = await own.createIntent(order, live);
  const { status, json } = await live.confirm(intent.id, MPGS);
  assert.deepEqual(
    [status, json.details.provider_code, json.details.status],
    [502, 'no_way_back', 'requires_payment_method'],
  );
  assert.deepEqual(await own_stage.payments(), []);
});

test('half of an account, and customers who could not come back, are refused at the start', () => {
  const keys = { MPAC_MPGS_API_KEY: 'k', MPAC_MPGS_ACCESS_TOKEN: 't', MPAC_MPGS_SECRET_KEY: 's' };
  const base = { MPAC_BASE_URL: 'https://pay.example.com' };
  assert.doesNotThrow(() => readConfig({ ...keys, ...base }, 'development'));
  for (const [environment, problem] of [
    [{ ...keys, ...base, MPAC_MPGS_SECRET_KEY: '' }, /MPAC_MPGS_SECRET_KEY belong together/],
    [keys, /MPAC_BASE_URL is missing/],
    [{ MPAC_MPGS_PAGE_MINUTES: '4' }, /MPAC_MPGS_PAGE_MINUTES must be/],
  ] as const) {
    assert.throws(() => readConfig(environment, 'development'), problem);
  }
});

const CHROMIUM = '/usr/bin/chromium';

test('in a real browser a customer pays on Plutu’s page and lands on the merchant’s', {
  skip: existsSync(CHROMIUM) ? false : 'no Chromium on this machine',
}, async (t) => {
  const shop = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Shop</title><h1>Shop</h1>');
  });
  await new Promise<void>((resolve) => {
    shop.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => shop.close());
  const return_url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/done?order=7`;
  const chrome = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  t.after(() => chrome.close());

  const walks = [
    { press: /pay/i, title: 'Payment complete', told: 'succeeded', status: 'succeeded', by: 'button' },
    {
      press: /cancel/i,
      title: 'Payment not made',
      told: 'failed',
      status: 'requires_payment_method',
      by: 'itself',
    },
  ] as const;
  for (const { press, title, told, status, by } of walks) {
    const intent = await stage.createIntent({ description: 'Two cups' });
    const confirmed = await client.confirm(intent.id, { ...MPGS, return_url });
    const tab = await chrome.newPage({ locale: 'en-US' });
    const problems: string[] = [];
    tab.on('console', (message) => problems.push(message.text()));
    await tab.goto(String(confirmed.json.redirect_url));
    await tab.getByRole('button', { name: press }).first().click();
    await tab.getByRole('heading', { name: title }).waitFor();
    assert.deepEqual(problems, []);
    const link = tab.getByRole('link', { name: 'Back to the shop' });
    if (by === 'button') await link.click();
    await tab.waitForURL(`${return_url}&payment_intent=${intent.id}&redirect_status=${told}`);
    assert.equal(await gateway.statusOf(intent), status);
    assert.equal(await stage.countCharges(intent), told === 'succeeded' ? 1 : 0);
    await tab.close();
  }
});

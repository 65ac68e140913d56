// Holds the payment page of the simulated Plutu to what a customer does with it: choose a card, answer the bank, go back;
// and to the order in which merchant and browser hear of it. Forms only, as a browser without scripts sends them.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makePlutuCaller, startMerchantServer } from './simulator-test-caller.ts';

const simulator = await startSimulatorServer({ port: 0 });
const merchant = await startMerchantServer();
const { confirm, control, find } = makePlutuCaller(simulator.url);

after(() => simulator.close());
after(() => merchant.close());
beforeEach(() => {
  merchant.received.length = 0;
});
afterEach(() => control('POST', '/reset'));

async function open(invoice_no: string, more: Record<string, string> = {}): Promise<string> {
  const form = { amount: '12.50', invoice_no, return_url: `${merchant.url}?shop=1`, lang: 'en', ...more };
  return (await confirm(form)).json.result?.redirect_url ?? '';
}

async function look(url: string): Promise<{ status: number; policy: string; html: string }> {
  const answer = await fetch(url);
  const policy = answer.headers.get('content-security-policy') ?? '';
  return { status: answer.status, policy, html: await answer.text() };
}

async function send(url: string, form: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  assert.equal(answer.status, 303);
  return new URL(answer.headers.get('location') ?? '', url).href;
}

const callbacksOf = async (invoice_no: string) => (await find(invoice_no)).callbacks.length;

test('the page says what is paid, in the language that was asked for, and runs nothing but its own', async () => {
  const english = await look(await open('pa_1', { return_url: 'https://shop.example/back?x=<b>' }));
  assert.match(english.html, /<html lang="en" dir="ltr">/);
  assert.match(english.html, /12\.50 <span class="unit">USD/);
  assert.match(english.html, /to <bdi>shop\.example<\/bdi>/);
  assert.match(english.policy, /^default-src 'none'; script-src 'nonce-/);
  assert.doesNotMatch(english.html, /\son\w+=|style="|src=/);
  const arabic = await look(await open('pa_2', { lang: 'ar' }));
  assert.match(arabic.html, /<html lang="ar" dir="rtl">/);
  assert.match(arabic.html, /ادفع/);
  assert.equal((await look(`${simulator.url}/mpgs/checkout/unknown`)).status, 404);
});

test('an approved card leads back to the shop with the signed news, and the merchant hears the same', async () => {
  const page = await open('pa_1');
  const end = await look(await send(`${page}/pay`, { card: 'approve' }));
  assert.match(end.html, /<h2>Paid<\/h2>/);
  assert.match(end.html, /http-equiv="refresh" content="1;url=[^"]+\/return"/);
  const back = await fetch(`${page}/return`, { redirect: 'manual' });
  assert.equal(back.status, 302);
  assert.equal(back.headers.get('location'), (await find('pa_1')).return_to);
  const [target = ''] = await merchant.receive(1);
  assert.ok(back.headers.get('location')?.endsWith(target));
  assert.match(target, /shop=1&gateway=mpgs&approved=1/);
});

test('a declined card leaves the page open for another one, unless a decline is the end', async () => {
  const page = await open('pa_1');
  const again = await send(`${page}/pay`, { card: 'decline' });
  assert.match((await look(again)).html, /role="alert">This card was declined/);
  assert.deepEqual([(await find('pa_1')).phase, (await find('pa_1')).declines], ['open', 1]);
  await send(`${page}/pay`, { card: 'approve' });
  assert.equal((await find('pa_1')).phase, 'approved');

  await control('POST', '/settings', { decline_ends: true });
  const other = await open('pa_2');
  assert.match((await look(await send(`${other}/pay`, { card: 'decline' }))).html, /<h2>Declined<\/h2>/);
  assert.equal((await find('pa_2')).phase, 'declined');
});

test('the bank is answered with its code, with a wrong one, or not at all', async () => {
  const page = await open('pa_1');
  const asked = await look(await send(`${page}/pay`, { card: 'three_ds' }));
  assert.match(asked.html, /Your bank asks/);
  const wrong = await look(await send(`${page}/bank`, { code: '0000' }));
  assert.match(wrong.html, /aria-invalid="true"/);
  assert.equal((await find('pa_1')).phase, 'open');
  assert.match((await look(await send(`${page}/bank`, { answer: 'refuse', code: '1234' }))).html, /declined/);
  await send(`${page}/bank`, { code: ' 1234 ' });
  assert.equal((await find('pa_1')).phase, 'approved');
});

test('a payment is ended once, however often its buttons are pressed', async () => {
  const page = await open('pa_1');
  await Promise.all(['pay', 'pay', 'cancel'].map((act) => send(`${page}/${act}`, { card: 'approve' })));
  await send(`${page}/cancel`);
  const { phase } = await find('pa_1');
  const { charges } = (await control('GET', '/charges')).json;
  assert.equal(charges.length, phase === 'approved' ? 1 : 0);
  await fetch(`${page}/return`, { redirect: 'manual' });
  await merchant.receive(1);
  assert.equal(await callbacksOf('pa_1'), 1);
});

test('the merchant hears before the browser comes back, when that is set', async () => {
  await control('POST', '/settings', { callback_order: 'before' });
  await send(`${await open('pa_1')}/cancel`);
  assert.equal(merchant.received.length, 1, 'before the page went on');
});

test('the merchant hears after the browser came back, when that is set', async () => {
  await control('POST', '/settings', { callback_order: 'after' });
  const page = await open('pa_1');
  await send(`${page}/cancel`);
  await fetch(`${page}/return`);
  await merchant.receive(2);
  const by_plutu = merchant.received.map(({ headers }) => headers['user-agent'] === 'Plutu-Simulator');
  assert.deepEqual(by_plutu, [false, true]);
});

test('the merchant hears also of a customer who closes the browser', async () => {
  await control('POST', '/settings', { browser_returns: false });
  const end = await look(await send(`${await open('pa_1')}/pay`, { card: 'approve' }));
  assert.doesNotMatch(end.html, /http-equiv/);
  assert.match((await merchant.receive(1))[0] ?? '', /approved=1/);
});

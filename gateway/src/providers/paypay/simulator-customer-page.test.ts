// The simulated customer's wallet, used as a browser without scripts uses it: a code is taken out, shown, asked about
// and paid or declined.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { makeCaller, NOON_JST } from './simulator-test-caller.ts';

let clock = NOON_JST;
const now = () => clock;
const simulator = await startSimulatorServer({ port: 0, now });
const { call } = makeCaller(simulator.url, now);
const WALLET = `${simulator.url}/paypay/wallet`;
after(() => simulator.close());

async function takeOut(behaviour: string): Promise<{ code: string; page: string }> {
  const answer = await fetch(WALLET, { method: 'POST', body: new URLSearchParams({ behaviour }) });
  assert.equal(answer.status, 200);
  return { code: answer.url.split('/').at(-1) ?? '', page: await answer.text() };
}

const read = async (path: string) => (await fetch(`${WALLET}${path}`)).text();
const scan = (id: string, code: string) =>
  call('POST', '/v2/payments', {
    merchantPaymentId: id,
    userAuthorizationId: code,
    amount: { amount: 1_250, currency: 'JPY' },
    requestedAt: NOON_JST / 1_000,
    orderDescription: '<b>Coffee</b>',
  });

test('a code is shown as a barcode and in groups of digits, with its time, and under the strict policy', async () => {
  assert.match(await read(''), /Must confirm in the app/);
  const { code, page } = await takeOut('pays');
  assert.match(code, /^\d{24}$/);
  assert.match(page, /<svg class="barcode"/);
  assert.ok(page.includes((code.match(/.{4}/g) ?? []).map((group) => `<span>${group}</span>`).join(' ')));
  assert.match(page, /data-seconds="300"/);
  const answer = await fetch(`${WALLET}/${code}`);
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.equal(await read(`/${code}/state`), 'ready');
});

test('a customer who must confirm is asked with the amount, and pays or declines', async () => {
  for (const [id, act, ends] of [
    ['pa_1', 'pay', /Paid/],
    ['pa_2', 'decline', /Declined/],
  ] as const) {
    const { code } = await takeOut('confirms');
    await scan(id, code);
    assert.equal(await read(`/${code}/state`), 'open');
    const question = await read(`/${code}`);
    assert.match(question, /¥1,250/);
    assert.match(question, /Confirm and pay/);
    assert.equal(question.includes('<b>Coffee'), false, 'the merchant’s words are no markup');
    const answer = await fetch(`${WALLET}/${code}/${act}`, { method: 'POST', body: new URLSearchParams() });
    assert.match(await answer.text(), ends);
  }
});

test('a code that was refused, ran out, or was never given says so', async () => {
  const refused = await takeOut('insufficient_funds');
  await scan('pa_3', refused.code);
  assert.match(await read(`/${refused.code}`), /PayPay refused it: the customer has too little money\./);
  const { code } = await takeOut('pays');
  clock += 300_000;
  assert.match(await read(`/${code}`), /has run out/);
  const unknown = await fetch(`${WALLET}/123`);
  assert.deepEqual([unknown.status, /Unknown code/.test(await unknown.text())], [404, true]);
});

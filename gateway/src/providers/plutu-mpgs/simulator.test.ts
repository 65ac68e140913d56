// Holds the simulated Plutu to its documents: who may ask for a payment page, what must stand in the form, how refusals
// look, and how what became of a payment is signed and told.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import { startSimulatorServer } from '../../simulator/server.ts';
import { PLUTU_ERROR_CODES } from './simulator-answers.ts';
import { makeSignedQuery, withQuery } from './simulator-hash.ts';
import { isHashed, makePlutuCaller, startMerchantServer } from './simulator-test-caller.ts';

const NOON = Date.parse('2026-04-01T10:00:00Z');
let clock = NOON;
const simulator = await startSimulatorServer({ port: 0, now: () => clock });
const merchant = await startMerchantServer();
const { confirm, control, setFault, find } = makePlutuCaller(simulator.url);

after(() => simulator.close());
after(() => merchant.close());
beforeEach(() => {
  clock = NOON;
  merchant.received.length = 0;
  merchant.statuses.length = 0;
});
afterEach(() => control('POST', '/reset'));

const order = (invoice_no: string, more: Record<string, string> = {}) => ({
  amount: '12.50',
  invoice_no,
  return_url: merchant.url,
  ...more,
});

describe('the question for a payment page', () => {
  test('is answered with the address of a page that is there', async () => {
    const { status, json } = await confirm(order('pa_1', { lang: 'en', customer_ip: '203.0.113.9' }));
    assert.equal(status, 200);
    assert.deepEqual(json, {
      status: 200,
      result: { code: 'CHECKOUT_REDIRECT', redirect_url: (await find('pa_1')).checkout_url },
    });
    const page = await fetch(json.result?.redirect_url ?? '');
    assert.equal(page.status, 200);
    assert.match(await page.text(), /12\.50/);
  });

  test('needs the access token and the API key', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ authorization: 'Bearer: simulator-token' }, 'UNAUTHORIZED'],
      [{ authorization: 'simulator-token' }, 'UNAUTHORIZED'],
      [{ authorization: 'Bearer other' }, 'UNAUTHORIZED'],
      [{ 'x-api-key': 'other' }, 'AUTH_ERROR'],
    ];
    for (const [headers, code] of cases) {
      const { status, json } = await confirm(order('pa_1'), headers);
      assert.deepEqual([status, json.error?.code], [401, code], JSON.stringify(headers));
    }
    assert.equal((await control('GET', '/payments')).json.total, 0);
  });

  test('takes an amount with at most two decimals, and no other way of writing it', async () => {
    const good = ['1', '0.01', '5.0', '5.00', '999999.99'];
    for (const [place, amount] of good.entries()) {
      assert.equal((await confirm(order(`pa_${place}`, { amount }))).status, 200, amount);
    }
    for (const amount of ['0', '0.00', '-1', '1.005', '1,00', '1.', '.5', '1e3', 'NaN', '$1']) {
      const { status, json } = await confirm(order('pa_bad', { amount }));
      assert.deepEqual([status, json.error?.code], [400, 'INVALID_AMOUNT'], amount);
    }
    assert.equal(
      (await confirm(order('pa_max', { amount: '1000000.01' }))).json.error?.code,
      'AMOUNT_EXCEEDED_MAXIMUM',
    );
  });

  test('names every parameter that is missing or wrong', async () => {
    const missing = await confirm({ lang: 'en' });
    assert.equal(missing.json.error?.code, 'MISSING_PARAMETER');
    assert.deepEqual(Object.keys(missing.json.error?.fields ?? {}), ['amount', 'invoice_no', 'return_url']);
    const json_body = await confirm(
      {},
      { 'content-type': 'application/json' },
      { body: JSON.stringify(order('pa_1')) },
    );
    assert.equal(json_body.json.error?.code, 'MISSING_PARAMETER', 'the form is a form');
    const cases: [Record<string, string>, string][] = [
      [{ invoice_no: 'a b' }, 'invoice_no'],
      [{ return_url: '/back' }, 'return_url'],
      [{ return_url: 'ftp://host/' }, 'return_url'],
      [{ customer_ip: 'here' }, 'customer_ip'],
      [{ lang: 'ja' }, 'lang'],
    ];
    for (const [wrong, field] of cases) {
      const { status, json } = await confirm(order('pa_1', wrong));
      assert.deepEqual([status, json.error?.code], [422, 'INVALID_INPUTS'], field);
      assert.deepEqual(Object.keys(json.error?.fields ?? {}), [field]);
    }
  });

  test('takes each invoice number once, also when its answer was lost', async () => {
    await setFault({ fault: 'server_error_after_success', times: 1 });
    assert.equal((await confirm(order('pa_1'))).json.error?.code, 'BACKEND_SERVER_ERROR');
    assert.equal((await confirm(order('pa_1'))).json.error?.code, 'DUPLICATED_INVOICE_NUMBER');
    assert.equal((await find('pa_1')).phase, 'open');
    await control('POST', '/payments/pa_1/pay');
    assert.equal((await confirm(order('pa_1'))).json.error?.code, 'DUPLICATED_INVOICE_NUMBER');
  });
});

describe('a refusal', () => {
  test('comes with every documented code, by the dial, and does no work', async () => {
    for (const code of PLUTU_ERROR_CODES) {
      await setFault({ fault: 'refuse', code, times: 1 });
      const { status, json } = await confirm(order('pa_1'));
      assert.deepEqual([json.error?.code, json.error?.status], [code, status]);
      assert.ok(status >= 400);
    }
    assert.equal((await confirm(order('pa_1'))).status, 200);
  });

  test('has two shapes, and may hide behind HTTP 200', async () => {
    const shape = async () => {
      const { status, json } = await confirm(order('pa_1', { amount: '0' }));
      return [status, 'status' in json ? json.status : 'none', json.error?.code];
    };
    assert.deepEqual(await shape(), [400, 'none', 'INVALID_AMOUNT']);
    await control('POST', '/settings', { error_with_status: true });
    assert.deepEqual(await shape(), [400, 0, 'INVALID_AMOUNT']);
    await control('POST', '/settings', { error_as_http_200: true });
    assert.deepEqual(await shape(), [200, 0, 'INVALID_AMOUNT']);
  });

  test('of the network comes before any work, in whatever shape a proxy gives it', async () => {
    const cases: [string, number, RegExp][] = [
      ['server_error', 500, /BACKEND_SERVER_ERROR/],
      ['rate_limit', 429, /Too Many Attempts/],
      ['maintenance', 503, /Service Unavailable/],
      ['html_502', 502, /^<html>/],
    ];
    for (const [fault, status, raw] of cases) {
      await setFault({ fault, times: 1 });
      const answer = await confirm(order('pa_1'));
      assert.equal(answer.status, status, fault);
      assert.match(answer.raw, raw);
    }
    for (const [fault, total] of [
      ['hang', 0],
      ['hang_after_success', 1],
    ] as const) {
      await setFault({ fault, times: 1 });
      const signal = AbortSignal.timeout(150);
      await assert.rejects(confirm(order('pa_1'), {}, { signal }), { name: 'TimeoutError' });
      assert.equal((await control('GET', '/payments')).json.total, total, fault);
    }
    await setFault({ fault: 'slow_drip', times: 1, ms: 100 });
    assert.equal((await confirm(order('pa_2'))).json.result?.code, 'CHECKOUT_REDIRECT');
  });
});

describe('what became of a payment', () => {
  test('is signed as the official PHP example signs it', () => {
    const news = {
      outcome: 'approved',
      amount: '5.00',
      currency: 'USD',
      invoice_no: '232323',
      transaction_id: '100918',
    } as const;
    const secret_key = 'sk_caf8cdd67e554180100dbee62d57dd12eb57acbd';
    assert.equal(
      makeSignedQuery(news, secret_key),
      'gateway=mpgs&approved=1&amount=5.00&currency=USD&invoice_no=232323&transaction_id=100918' +
        '&hashed=046F9997A41F83CA7414EE0412D8DD2C22EB5168AC4324BA82C5E4BBCEF0C880',
    );
    const spaced = makeSignedQuery({ ...news, outcome: 'declined', invoice_no: "a b~*('!)" }, 'x');
    assert.match(spaced, /^gateway=mpgs&amount=5\.00&currency=USD&invoice_no=a\+b%7E%2A%28%27%21%29&/);
  });

  test('follows whatever query the return_url has of its own', () => {
    assert.equal(withQuery('https://a/b', 'x=1'), 'https://a/b?x=1');
    assert.equal(withQuery('https://a/b?', 'x=1'), 'https://a/b?x=1');
    assert.equal(withQuery('https://a/b?own=2#part', 'x=1'), 'https://a/b?own=2&x=1#part');
  });

  test('is called to the merchant with the amount to the letter, once, and is one charge', async () => {
    await confirm(order('pa_1', { amount: '5.0', return_url: `${merchant.url}?shop=1` }));
    const paid = await control('POST', '/payments/pa_1/pay');
    assert.equal(paid.json.phase, 'approved');
    const [target = ''] = await merchant.receive(1);
    assert.match(
      target,
      /^\/v1\/webhooks\/mpgs\?shop=1&gateway=mpgs&approved=1&amount=5\.0&currency=USD&invoice_no=pa_1&transaction_id=\d+&hashed=[0-9A-F]{64}$/,
    );
    assert.ok(isHashed(target, 'simulator-secret'));
    assert.ok(paid.json.return_to?.endsWith(target), 'the browser brings the same');
    assert.match(merchant.received[0]?.headers.accept ?? '', /\*\/\*/);

    assert.equal((await control('POST', '/payments/pa_1/pay')).status, 409);
    assert.equal((await control('POST', '/payments/pa_1/cancel')).status, 409);
    const { charges, taken_cents } = (await control('GET', '/charges')).json;
    assert.deepEqual([charges.length, taken_cents], [1, 500]);
  });

  test('is told of a cancelled payment with canceled, of a declined one with neither word', async () => {
    await confirm(order('pa_1'));
    await confirm(order('pa_2'));
    await control('POST', '/payments/pa_1/cancel');
    assert.match((await merchant.receive(1))[0] ?? '', /gateway=mpgs&canceled=1&amount/);
    await control('POST', '/payments/pa_2/decline');
    const [, declined = ''] = await merchant.receive(2);
    assert.match(declined, /gateway=mpgs&amount/);
    assert.ok(isHashed(declined, 'simulator-secret'));
    assert.equal((await control('GET', '/charges')).json.charges.length, 0);
  });

  test('can state another amount, signed all the same', async () => {
    await setFault({ fault: 'wrong_amount', times: 1 });
    await confirm(order('pa_1'));
    await control('POST', '/payments/pa_1/pay');
    const [target = ''] = await merchant.receive(1);
    assert.match(target, /amount=12\.51/);
    assert.ok(isHashed(target, 'simulator-secret'));
    assert.equal((await control('GET', '/charges')).json.charges[0]?.amount, '12.50');
  });

  test('is told again until somebody hears it, and no more often than is set', async () => {
    const ended = async (invoice_no: string) => {
      for (;;) {
        const [callback] = (await find(invoice_no)).callbacks;
        if (callback && callback.outcome !== 'sending') return callback;
      }
    };
    merchant.statuses.push(500, 503, 302);
    await confirm(order('pa_1'));
    await control('POST', '/payments/pa_1/pay');
    assert.deepEqual(await ended('pa_1'), {
      ...(await ended('pa_1')),
      outcome: 'delivered',
      tries: ['500', '503', '302'],
    });
    await control('POST', '/settings', { callback_tries: 2 });
    merchant.statuses.push(500, 500);
    await confirm(order('pa_2'));
    await control('POST', '/payments/pa_2/pay');
    assert.deepEqual((await ended('pa_2')).tries, ['500', '500']);
    assert.equal(merchant.received.length, 5);
  });

  test('can be lost, doubled, overtaken, copied, and told again by hand', async () => {
    const invoices = () => merchant.received.map(({ target }) => /invoice_no=(\w+)/.exec(target)?.[1]);
    await confirm(order('lost'));
    assert.equal((await control('POST', '/payments/lost/callback')).status, 409);
    await setFault({ fault: 'lose_notification', times: 1 });
    await control('POST', '/payments/lost/pay');
    assert.equal((await find('lost')).callbacks[0]?.outcome, 'lost');

    await setFault({ fault: 'reorder_notifications', times: 1 });
    await confirm(order('first'));
    await confirm(order('second'));
    await control('POST', '/payments/first/pay');
    assert.equal((await find('first')).callbacks[0]?.outcome, 'waiting');
    await control('POST', '/payments/second/pay');
    await merchant.receive(2);
    assert.deepEqual(invoices(), ['second', 'first']);

    await setFault({ fault: 'duplicate_notification', times: 1 });
    await control('POST', '/payments/first/callback');
    await merchant.receive(4);
    await control('POST', '/settings', { callback_copies: 3 });
    await control('POST', '/payments/lost/callback');
    await merchant.receive(7);
    assert.deepEqual(invoices().slice(2), ['first', 'first', 'lost', 'lost', 'lost']);
    assert.equal((await control('GET', '/charges')).json.charges.length, 3);
  });

  test('is refused on a page that ran out, unless the money comes late all the same', async () => {
    await control('POST', '/settings', { page_lifetime_seconds: 60 });
    await confirm(order('pa_1'));
    clock += 60_000;
    assert.equal((await find('pa_1')).phase, 'expired');
    assert.equal((await control('POST', '/payments/pa_1/pay')).status, 409);
    assert.equal((await control('POST', '/payments/pa_1/pay', { late: true })).json.phase, 'approved');
  });
});

describe('the control API', () => {
  test('never shows a key, and says clearly what is wrong', async () => {
    await control('POST', '/settings', { secret_key: 'whispered', currency: 'EUR' });
    const settings = await control('GET', '/settings');
    assert.equal(settings.json.currency, 'EUR');
    assert.doesNotMatch(JSON.stringify(settings.json), /whispered|simulator-key|simulator-token/);
    const cases: [string, object, RegExp][] = [
      ['/settings', { colour: 'red' }, /Unknown field 'colour'/],
      ['/settings', { callback_tries: 0 }, /callback_tries/],
      ['/payments/pa_1/pay', { later: true }, /Unknown field 'later'/],
      ['/faults', { fault: 'instant_pay' }, /There is no fault 'instant_pay'/],
      ['/faults', { fault: 'hang', endpoint: 'create_code' }, /Known: confirm/],
    ];
    for (const [path, body, message] of cases) {
      const answer = await control('POST', path, body);
      assert.equal(answer.status, 400);
      assert.match(answer.json.error.message, message);
    }
    assert.equal((await control('POST', '/payments/none/pay')).status, 404);
  });

  test('counts what was asked and answered, and forgets everything on reset', async () => {
    await confirm(order('pa_1'));
    await confirm(order('pa_1'));
    const { requests } = (await control('GET', '/requests')).json;
    assert.deepEqual(requests, [
      { endpoint: 'confirm', invoice_no: 'pa_1', count: 2, answers: { 200: 1, 400: 1 } },
    ]);
    assert.match((await control('GET', '/refusals')).json.refusals[0]?.hint ?? '', /used once/);
    await control('POST', '/settings', { secret_key: 'other' });
    await control('POST', '/reset');
    assert.equal((await control('GET', '/payments')).json.total, 0);
    assert.deepEqual((await control('GET', '/requests')).json.requests, []);
    await confirm(order('pa_1'));
    await control('POST', '/payments/pa_1/pay');
    assert.ok(isHashed((await merchant.receive(1))[0] ?? '', 'simulator-secret'));
  });
});

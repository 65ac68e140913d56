// What Plutu's error codes mean, by an oracle typed by hand, in both shapes of its errors; and what goes over the wire.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { makeAttempt } from '../../../test/support/contract-stage.ts';
import { makeHttpClient } from '../../outbound/http.ts';
import type { PlutuCredentials } from './credentials.ts';
import { mpgs } from './mpgs.ts';
import { PLUTU_ERRORS } from './results.ts';

const NO_PAGE =
  `FORBIDDEN_IP_ADDRESS SECRET_KEY_DOES_NOT_EXIST INVALID_MERCHANT_SECRET_KEY AUTH_ERROR UNAUTHORIZED
  UNAUTHORIZED_MERCHANT_ACCOUNT INVALID_MERCHANT_CATEGORY INVALID_GATEWAY DENIED_ACCESS_GATEWAY MISSING_PARAMETER
  INVALID_INPUTS INVALID_AMOUNT INVALID_INVOICE_AMOUNT_OR_NUMBER NOT_ALLOWED_AMOUNT AMOUNT_EXCEEDED_MAXIMUM
  CURRENCY_NOT_SUPPORTED REFERENCE_NUMBER_DOES_NOT_EXIST INSUFFICIENT_BALANCE`.split(/\s+/);
const NOBODY_KNOWS = [
  'BACKEND_ERROR',
  'BACKEND_SERVER_ERROR',
  'ADD_PAYMENT_ERROR',
  'OTP_EXPIRED',
  'BRAND_NEW',
];

async function openPlutu(t: TestContext) {
  const heard: { url: string; headers: Record<string, unknown>; form: [string, string][] }[] = [];
  let answer = { status: 200, body: '' };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    heard.push({ url: String(request.url), headers: request.headers, form: [...new URLSearchParams(body)] });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = makeHttpClient({ user_agent: 'mpac-pgw/test' });
  t.after(async () => {
    await http.close();
    server.close();
  });
  const credentials: PlutuCredentials = {
    api_key: 'the-key',
    access_token: 'the-token',
    secret_key: 'the-secret',
    base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/`,
  };
  return {
    heard,
    async start(status: number, body: object, changes: { amount?: number; lang?: 'ar' } = {}) {
      answer = { status, body: JSON.stringify(body) };
      const { amount = 1250, lang } = changes;
      const attempt = makeAttempt({
        payment_method_type: 'credit_card',
        provider: 'MPGS',
        currency: 'USD',
        amount,
      });
      const result = await mpgs.start?.(attempt, {
        http,
        now: () => 0,
        livemode: true,
        public_url: 'https://pay.example.com',
        credentials: { ...credentials, ...(lang && { lang }) },
      });
      assert.ok(result);
      return { attempt, result };
    },
  };
}

test('the request is a form with the sum in dollars, our number and our address, and no secret key', async (t) => {
  const plutu = await openPlutu(t);
  const page = { status: 200, result: { code: 'CHECKOUT_REDIRECT', redirect_url: 'https://page.example/1' } };
  for (const [amount, written] of [
    [1, '0.01'],
    [10, '0.10'],
    [500, '5.00'],
    [99_999_999_999, '999999999.99'],
  ] as const) {
    const { attempt, result } = await plutu.start(200, page, { amount });
    assert.deepEqual(result, {
      kind: 'waiting',
      action: {
        type: 'redirect',
        redirect_url: 'https://page.example/1',
        expires_at: '1970-01-01T00:30:00.000Z',
      },
    });
    const { url, headers, form } = plutu.heard.at(-1) ?? assert.fail();
    assert.equal(url, '/api/v1/transaction/mpgs/confirm');
    assert.deepEqual(form, [
      ['amount', written],
      ['invoice_no', attempt.id],
      ['return_url', 'https://pay.example.com/v1/webhooks/mpgs'],
      ['lang', 'en'],
    ]);
    assert.match(attempt.id, /^[A-Za-z0-9.\-_]+$/);
    assert.deepEqual(
      [headers['authorization'], headers['x-api-key'], headers['content-type']],
      ['Bearer the-token', 'the-key', 'application/x-www-form-urlencoded'],
    );
    assert.equal(JSON.stringify(plutu.heard.at(-1)).includes('the-secret'), false);
  }
  await plutu.start(200, page, { lang: 'ar' });
  assert.deepEqual(plutu.heard.at(-1)?.form.at(-1), ['lang', 'ar']);
});

test('every known code means what it means in both shapes, and an unlisted one is unknown', async (t) => {
  const plutu = await openPlutu(t);
  const seen = new Set(['DUPLICATED_INVOICE_NUMBER']);
  for (const code of [...NO_PAGE, ...NOBODY_KNOWS]) {
    const message = 'the-key and the-secret, echoed';
    for (const [status, body] of [
      [400, { error: { status: 400, code, message, fields: { amount: ['the-token'] } } }],
      [200, { status: 0, error: { status: 422, code, message } }],
    ] as const) {
      const { result } = await plutu.start(status, body);
      const wanted = NO_PAGE.includes(code) ? 'ended_unpaid' : 'unknown';
      assert.equal(result.kind, wanted, `${code} ${JSON.stringify(result)}`);
      if (result.kind === 'ended_unpaid') assert.deepEqual([result.reason, result.code], ['refused', code]);
      assert.equal(/the-(key|token|secret)/.test(JSON.stringify(result)), false);
    }
    seen.add(code);
  }
  for (const code of Object.keys(PLUTU_ERRORS)) assert.ok(seen.has(code), `${code} is in the oracle`);
});

test('an invoice number that was used before tells that its page is lost', async (t) => {
  const plutu = await openPlutu(t);
  const { result } = await plutu.start(400, { error: { code: 'DUPLICATED_INVOICE_NUMBER', message: '' } });
  assert.deepEqual(
    [result.kind, result.kind === 'ended_unpaid' && result.code],
    ['ended_unpaid', 'page_not_told'],
  );
});

// Canaries: whatever is printed, logged or turned into JSON shows no secret key, no token and no webhook secret.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { PaymentGateway, webhooks } from '../src/mpac-pgw.ts';
import { answerJson, makeClient, reasonOf, startServer, startTcpServer } from './loopback-server.ts';

const CANARY = 'canary7f3a';
const secretKey = `sk_test_${CANARY}`;
const payment_token = `pi_1_secret_${CANARY}`;

/** Everything that a person or a log might make of a value. */
function listTexts(value: unknown): string {
  const deep = inspect(value, { showHidden: true, depth: 20, getters: true, maxStringLength: null });
  const json = JSON.stringify(value, Object.getOwnPropertyNames(value ?? {})) ?? '';
  const own = typeof value === 'object' && value !== null ? Object.values(value).map(String).join() : '';
  return [deep, json, own, format('%s %o %O %j', value, value, value, value), String(value)].join('\n');
}

function assertHidden(value: unknown, what: string): void {
  const found = listTexts(value);
  assert.ok(!found.includes(CANARY), `${what} shows a secret`);
}

test('no form of a client shows its secret', () => {
  const pgw = new PaymentGateway({ baseUrl: 'https://pay.example.com', apiKey: 'ak_1', secretKey });
  assertHidden(pgw, 'a client');
  for (const [name, part] of Object.entries(pgw)) assertHidden(part, name);
  assertHidden(pgw.paymentIntents.list(), 'a list');
  assertHidden(Object.assign(new Error('outer', { cause: pgw }), { pgw }), 'an error that holds a client');
});

test('no error of a call shows a secret or a token', async (t) => {
  const refusal = { code: 'invalid_token', message: 'It is used up.', error: { code: 'invalid_token' } };
  const faults = await startServer(t, (place) =>
    place % 2 === 0 ? answerJson(401, refusal) : (_, response) => response.end(`<p>${payment_token}</p>`),
  );
  const silent = await startTcpServer(t, (socket) => socket.resetAndDestroy());
  for (const url of [faults.url, silent.url, 'http://127.0.0.1:65433']) {
    const pgw = makeClient(url, { secretKey });
    for (const call of [
      () => pgw.paymentIntents.confirm('pi_1', { payment_method_type: 'cash', payment_token }),
      () => pgw.paymentIntents.cancel('pi_1', { payment_token }),
      () => pgw.paymentIntents.confirm('pi_1', { payment_method_type: 'qr_cpm', customer_code: CANARY }),
      () =>
        pgw.merchants.sync({
          merchants: [
            {
              id: 'm',
              name: 'm',
              stores: [
                {
                  id: 's',
                  name: 's',
                  payment_processor_configs: [
                    { provider: 'PAYPAY', is_active: true, credentials: { api_secret: CANARY } },
                  ],
                },
              ],
            },
          ],
        }),
    ]) {
      const error = await reasonOf(call());
      assertHidden(error, `an error of ${url}`);
      for (let cause = (error as Error).cause; cause instanceof Error; cause = cause.cause) {
        assertHidden(cause, `a cause of an error of ${url}`);
      }
    }
  }
});

test('options that are wrong are refused without being shown', () => {
  const good = { baseUrl: 'https://pay.example.com', apiKey: 'ak_1', secretKey };
  const wrong: [string, object][] = [
    ['baseUrl', { ...good, baseUrl: `https://user:${CANARY}@pay.example.com` }],
    ['baseUrl', { ...good, baseUrl: `pay.example.com/${CANARY}` }],
    ['baseUrl', { ...good, baseUrl: `https://pay.example.com/?key=${CANARY}` }],
    ['baseUrl', { ...good, baseUrl: `ftp://${CANARY}` }],
    ['baseUrl', { ...good, baseUrl: `http://${CANARY}.example.com` }],
    ['apiKey', { ...good, apiKey: secretKey }],
    ['apiKey', { ...good, apiKey: `ak 1 ${CANARY}` }],
    ['apiKey', { ...good, apiKey: undefined }],
    ['secretKey', { ...good, secretKey: '' }],
    ['secretKey', { ...good, secretKey: { CANARY } }],
    ['userAgent', { ...good, userAgent: `${CANARY}\n` }],
    ['language', { ...good, language: `${CANARY}\u3042` }],
    ['timeoutMs', { ...good, timeoutMs: 1.5 }],
    ['deadlineMs', { ...good, deadlineMs: 2 ** 31 }],
    ['maxRetries', { ...good, maxRetries: Number.NaN }],
  ];
  for (const [param, options] of wrong) {
    assert.throws(
      () => new PaymentGateway(options as ConstructorParameters<typeof PaymentGateway>[0]),
      (error: unknown) => {
        assert.equal((error as { param?: string }).param, param);
        assertHidden(error, param);
        return true;
      },
    );
  }
});

test('http is for this machine, unless it is asked for', () => {
  const make = (baseUrl: string, allowInsecureHttp?: boolean) =>
    new PaymentGateway({ baseUrl, apiKey: 'ak_1', secretKey, allowInsecureHttp });
  for (const own of ['http://localhost:8080', 'http://127.0.0.1', 'http://127.9.9.9:1', 'http://[::1]:8080'])
    make(own);
  for (const other of [
    'http://pgw:8080',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'http://128.0.0.1',
  ]) {
    assert.throws(() => make(other), /allowInsecureHttp/);
    make(other, true);
  }
});

test('no refusal of a webhook shows its secret', () => {
  const secret = `whsec_${Buffer.from(CANARY.repeat(4)).toString('base64')}`;
  const headers = webhooks.sign('{}', secret);
  const wrong = [
    () => webhooks.verify('{ }', headers, secret),
    () => webhooks.verify('{}', headers, `${secret}!`),
    () => webhooks.verify('{}', headers, CANARY),
    () => webhooks.verify('{}', {}, secret),
    () => webhooks.verify({ token: CANARY } as never, headers, secret),
    () => webhooks.verify('{}', headers, secret, { now: () => 0 }),
  ];
  for (const verify of wrong) {
    assert.throws(verify, (error: unknown) => {
      assertHidden(error, 'a refusal');
      assert.ok(!listTexts(error).includes(secret.slice(6, 40)), 'a refusal shows a secret');
      return true;
    });
  }
});

// Asks each vector of the installed SDK. A question that is answered well gives nothing; else it throws what is wrong.
import assert from 'node:assert/strict';
import {
  isPaymentGatewayError,
  PaymentGateway,
  signRequest,
  toDecimal,
  toMinorUnits,
  WebhookVerificationError,
  webhooks,
} from '@cloudsky/mpac-pgw-sdk-node';
import { makeScript } from './scripted-transport.js';

const KEY = { apiKey: 'ak_01JHM4Z4T6V0Q0V9W8S1R2X3YA', secretKey: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' };

export const ASK = {
  'request-signatures': (one) => {
    const { key_id, secret, method, target, timestamp, signature, authorization } = one;
    const signed = signRequest({ key_id, secret, method, target, timestamp, body: readBytes(one) });
    assert.deepEqual(signed, { signature, authorization });
  },

  'base-urls': async ({ base_url, allow_insecure_http, sent_to, refused }) => {
    const answer = { status: 200, body: '{}' };
    const options = { baseUrl: base_url, allowInsecureHttp: allow_insecure_http };
    if (refused) {
      const is_named = (error) => isPaymentGatewayError(error) && error.param === 'baseUrl';
      assert.throws(() => connect([answer], options), is_named);
      return;
    }
    const { gateway, seen } = connect([answer], options);
    await gateway.paymentIntents.retrieve('pi_1');
    const [request] = seen.requests;
    assert.equal(request.url, sent_to);
    const signed = sign(request, { method: 'GET', target: '/v1/payment_intents/pi_1' });
    assert.equal(request.headers.get('authorization'), signed, 'the path of the base URL is not signed');
  },

  errors: async ({ request, response, error }) => {
    const { gateway } = connect([response], { maxRetries: 0 });
    compareFields(error, await failure(send(gateway, request)));
  },

  retries: async ({ request, options = {}, tries, random, waits_ms, error }) => {
    const { gateway, seen } = connect(
      tries,
      { maxRetries: options.max_retries, deadlineMs: options.deadline_ms },
      random,
    );
    if (error === undefined) await send(gateway, request);
    else compareFields(error, await failure(send(gateway, request)));
    assert.deepEqual(seen.waits_ms, waits_ms, 'waits');
    assert.equal(seen.requests.length, tries.length, 'tries');
    checkRequests(seen.requests, request);
  },

  'webhook-signatures': (one) => {
    const { headers, secrets, now_seconds, tolerance_seconds, event, reason, sign } = one;
    const verify = () =>
      webhooks.verify(readBytes(one), headers, secrets, {
        toleranceSeconds: tolerance_seconds,
        now: () => now_seconds * 1000,
      });
    if (event === undefined) {
      assert.throws(verify, (error) => error instanceof WebhookVerificationError && error.reason === reason);
    } else {
      compareFields(event, verify());
    }
    if (sign === undefined) return;
    const { id, timestamp_seconds } = sign;
    assert.deepEqual(
      webhooks.sign(readBytes(one), secrets, { id, timestampSeconds: timestamp_seconds }),
      headers,
    );
  },

  money: ({ call, input, currency, output, refused }) => {
    const convert = () => (call === 'to_decimal' ? toDecimal : toMinorUnits)(input, currency);
    if (refused) assert.throws(convert, RangeError);
    else assert.equal(convert(), output);
  },

  objects: async ({ operation, status = 200, body, fields, error }) => {
    const answered = { status, headers: { 'content-type': 'application/json' }, body };
    const { gateway } = connect([answered], { maxRetries: 0 });
    const called = gateway.call(operation, { id: 'x_1', sequence: 1 });
    if (error !== undefined) return compareFields(error, await failure(called));
    const answer = await called;
    for (const [path, value] of Object.entries(fields)) {
      const found = path.split('.').reduce((at, name) => at?.[name], answer);
      assert.deepEqual(found ?? null, value, path);
    }
  },
};

function connect(tries, options = {}, random = 0) {
  const script = makeScript(tries, random);
  const gateway = new PaymentGateway({
    baseUrl: 'https://pay.example.com',
    ...KEY,
    ...script.options,
    ...options,
  });
  return { gateway, seen: script.seen };
}

function send(gateway, { method, idempotency_key }) {
  const options = { idempotencyKey: idempotency_key };
  if (method === 'GET') return gateway.paymentIntents.retrieve('pi_1', options);
  if (method === 'DELETE') return gateway.webhookEndpoints.delete('we_1', options);
  const order = { amount: 1500, payment_method_types: ['cash'], merchant_ref_id: 'order_1' };
  return gateway.paymentIntents.create(order, options);
}

/** Each try is signed for the time at which it was made, and all that change something have one key. */
function checkRequests(requests, { method, idempotency_key }) {
  const [first] = requests;
  if (first === undefined) return;
  const key = first.headers.get('idempotency-key');
  if (method === 'GET') assert.equal(key, null);
  else if (idempotency_key === undefined) assert.match(key, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  else assert.equal(key, idempotency_key);
  for (const request of requests) {
    const { pathname, search } = new URL(request.url);
    const signed = sign(request, { method, target: pathname + search });
    assert.equal(request.headers.get('authorization'), signed, 'the signature of a try');
    assert.equal(request.headers.get('idempotency-key'), key, 'the key of a try');
  }
}

/** The Authorization that a request has to have that was made when this one was, with its body. */
function sign({ now_ms, body }, { method, target }) {
  return signRequest({
    key_id: KEY.apiKey,
    secret: KEY.secretKey,
    method,
    target,
    timestamp: Math.floor(now_ms / 1000),
    body: body ?? '',
  }).authorization;
}

async function failure(call) {
  let answer;
  try {
    answer = await call;
  } catch (error) {
    if (isPaymentGatewayError(error)) return { ...error, message: error.message };
    throw error;
  }
  return assert.fail(`no error, but ${JSON.stringify(answer)}`);
}

/** The fields that are named, and no others; null is one that is absent. */
function compareFields(expected, actual) {
  for (const [name, value] of Object.entries(expected)) assert.deepEqual(actual[name] ?? null, value, name);
}

const readBytes = ({ body = '', body_base64 }) =>
  body_base64 === undefined ? Buffer.from(body) : Buffer.from(body_base64, 'base64');

// The questions that every SDK is asked (sdks/conformance/vectors), asked of this one through what it exports.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Operations } from '../src/mpac-pgw.ts';
import {
  isPaymentGatewayError,
  type PaymentGateway,
  signRequest,
  toDecimal,
  toMinorUnits,
  WebhookVerificationError,
  webhooks,
} from '../src/mpac-pgw.ts';
import { makeScript, type ScriptedTry } from './scripted-transport.ts';

// From sdks/sdk-node/dist/test, where this file runs, to the vectors.
const FOLDER = new URL('../../../conformance/vectors/', import.meta.url);

function eachCase<Case>(file: string, ask: (one: Case) => Promise<void> | void): void {
  const { cases } = JSON.parse(readFileSync(new URL(`${file}.json`, FOLDER), 'utf8')) as {
    cases: (Case & { name: string; for?: string[] })[];
  };
  test(`the vectors of ${file} hold`, async (t) => {
    assert.ok(cases.length > 10);
    for (const one of cases) {
      if (one.for !== undefined && !one.for.includes('node')) continue;
      await t.test(`the answer is right to ${one.name}`, () => ask(one));
    }
  });
}

const bytesOf = ({ body, body_base64 }: { body?: string; body_base64?: string }) =>
  body_base64 === undefined ? Buffer.from(body ?? '', 'utf8') : Buffer.from(body_base64, 'base64');

type Request = { method: 'GET' | 'POST' | 'DELETE'; idempotency_key?: string };

function send(pgw: PaymentGateway, { method, idempotency_key }: Request): Promise<unknown> {
  const options = { idempotencyKey: idempotency_key };
  if (method === 'GET') return pgw.paymentIntents.retrieve('pi_1', options);
  if (method === 'DELETE') return pgw.webhookEndpoints.delete('we_1', options);
  const order = { amount: 1500, payment_method_types: ['cash' as const], merchant_ref_id: 'order_123' };
  return pgw.paymentIntents.create(order, options);
}

/** Of an error the named fields; null stands for one that is absent. */
function compareError(error: unknown, expected: Record<string, unknown>): void {
  assert.ok(isPaymentGatewayError(error), String(error));
  const facts: Record<string, unknown> = { ...error, message: error.message };
  const named = Object.keys(expected).map((name) => [name, facts[name] ?? null]);
  assert.deepEqual(Object.fromEntries(named), expected);
}

eachCase<{
  key_id: string;
  secret: string;
  method: string;
  target: string;
  timestamp: number;
  body?: string;
  body_base64?: string;
  signature: string;
  authorization: string;
}>('request-signatures', (one) => {
  const { key_id, secret, method, target, timestamp, signature, authorization } = one;
  const signed = signRequest({ key_id, secret, method, target, timestamp, body: bytesOf(one) });
  assert.deepEqual(signed, { signature, authorization });
});

eachCase<{ base_url: string; allow_insecure_http?: true; sent_to?: string }>('base-urls', async (one) => {
  const script = makeScript([{ status: 200, headers: {}, body: '{}' }], 0);
  const options = { baseUrl: one.base_url, allowInsecureHttp: one.allow_insecure_http };
  if (one.sent_to === undefined) {
    const refused = { kind: 'invalid_request', param: 'baseUrl' };
    assert.throws(() => script.makeGateway(options), refused);
    return;
  }
  await script.makeGateway(options).paymentIntents.retrieve('pi_1');
  assert.equal(script.requests[0]?.url, one.sent_to);
});

eachCase<{
  request: Request;
  response: {
    status: number;
    headers: Record<string, string>;
    body?: string;
    body_repeat?: { text: string; times: number };
  };
  error: Record<string, unknown>;
}>('errors', async ({ request, response, error }) => {
  const { body_repeat } = response;
  const body = body_repeat === undefined ? (response.body ?? '') : body_repeat.text.repeat(body_repeat.times);
  const script = makeScript([{ ...response, body }], 0);
  const call = send(script.makeGateway({ maxRetries: 0 }), request);
  compareError(
    await call.then(
      () => assert.fail('It was no error.'),
      (reason: unknown) => reason,
    ),
    error,
  );
});

eachCase<{
  request: Request;
  options?: { max_retries?: number; deadline_ms?: number };
  tries: ScriptedTry[];
  random: number;
  waits_ms: number[];
  result?: 'ok';
  error?: Record<string, unknown>;
}>('retries', async ({ request, options = {}, tries, random, waits_ms, result, error }) => {
  const script = makeScript(tries, random);
  const pgw = script.makeGateway({ maxRetries: options.max_retries, deadlineMs: options.deadline_ms });
  const ended = await send(pgw, request).then(
    () => 'ok',
    (reason: unknown) => reason,
  );
  assert.deepEqual(script.waits_ms, waits_ms);
  assert.equal(script.requests.length, tries.length, 'each try is made, and no other');
  script.checkSignatures(request.idempotency_key);
  if (result === 'ok') assert.equal(ended, 'ok');
  else compareError(ended, error ?? {});
});

eachCase<{
  secrets: string[];
  headers: Record<string, string | string[]>;
  body?: string;
  body_base64?: string;
  now_seconds: number;
  tolerance_seconds?: number;
  sign?: { id: string; timestamp_seconds: number };
  event?: { id: string; type: string };
  reason?: string;
}>('webhook-signatures', (one) => {
  const verify = () =>
    webhooks.verify(bytesOf(one), one.headers, one.secrets, {
      toleranceSeconds: one.tolerance_seconds,
      now: () => one.now_seconds * 1000,
    });
  if (one.event === undefined) {
    assert.throws(
      verify,
      (error) => error instanceof WebhookVerificationError && error.reason === one.reason,
    );
  } else {
    const { id, type } = verify();
    assert.deepEqual({ id: id ?? null, type: type ?? null }, one.event);
  }
  if (one.sign === undefined) return;
  const { id, timestamp_seconds } = one.sign;
  const headers = webhooks.sign(bytesOf(one), one.secrets, { id, timestampSeconds: timestamp_seconds });
  assert.deepEqual({ ...headers }, one.headers);
});

eachCase<{
  call: 'to_minor_units' | 'to_decimal';
  input: string | number;
  currency: string;
  output?: string | number;
  refused?: true;
}>('money', ({ call, input, currency, output, refused }) => {
  const convert = (): unknown =>
    call === 'to_minor_units'
      ? toMinorUnits(input as string, currency)
      : toDecimal(input as number, currency);
  if (refused) assert.throws(convert, RangeError);
  else assert.strictEqual(convert(), output);
});

eachCase<{
  operation: keyof Operations;
  status?: number;
  body: string;
  fields?: Record<string, unknown>;
  error?: Record<string, unknown>;
}>('objects', async ({ operation, status = 200, body, fields = {}, error }) => {
  const script = makeScript([{ status, headers: { 'content-type': 'application/json' }, body }], 0);
  const params = { id: 'x_1', sequence: 1 } as never;
  const called = script.makeGateway({ maxRetries: 0 }).call(operation, params);
  if (error !== undefined) {
    const reason = await called.then(
      () => assert.fail('It was no error.'),
      (caught: unknown) => caught,
    );
    return compareError(reason, error);
  }
  const answer: unknown = await called;
  for (const [path, expected] of Object.entries(fields)) {
    const found = path
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], answer);
    assert.deepEqual(found ?? null, expected, path);
  }
});

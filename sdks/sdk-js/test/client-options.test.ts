// Without a browser: the package loads on a server that renders pages, options that cannot work are refused at once, and
// what ends an attempt is decided as the table says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRetryAfter, retryWait } from '../src/answers.ts';
import * as sdk from '../src/mpac-gateway.ts';
import { endOf } from '../src/payment-end.ts';
import { makeServerClock } from '../src/server-clock.ts';

test('the package loads and a client is made where there is no window', () => {
  assert.equal('window' in globalThis, false);
  const mps = new sdk.MPACGateway({ publicKey: 'pk_test_1', environment: 'sandbox' });
  mps.on('payment_success', () => {});
  assert.deepEqual([mps.intent, mps.status, mps.confirmation, mps.outcome], [null, null, null, null]);
  mps.destroy();
  assert.throws(() => mps.renderQR({} as Element), { code: 'destroyed' });
});

test('an element that is not there is named, and not drawn into later', () => {
  const mps = new sdk.MPACGateway({ publicKey: 'pk_test_1', environment: 'sandbox' });
  assert.throws(() => mps.renderQR(null), { kind: 'invalid_request', param: 'element' });
});

test('options that cannot work are refused with the option and the reason', () => {
  const good = { publicKey: 'pk_test_1', environment: 'sandbox' as const };
  const bad: [Partial<sdk.MPACGatewayOptions>, string, RegExp][] = [
    [{ publicKey: 'pk_live_1' }, 'publicKey', /In sandbox publicKey begins with pk_test_/],
    [{ publicKey: 'pk_test_1', environment: 'production' }, 'publicKey', /In production .* pk_live_/],
    [{ publicKey: 'sk_test_1' }, 'publicKey', /secret key.*revoke/],
    [{ publicKey: undefined as unknown as string }, 'publicKey', /begins with/],
    [{ environment: 'staging' as 'sandbox' }, 'environment', /'sandbox' or 'production'/],
    [{ timeoutMs: 0 }, 'timeoutMs', /from 1 to/],
    [{ deadlineMs: Number.POSITIVE_INFINITY }, 'deadlineMs', /from 1 to/],
    [{ maxRetries: Number.NaN }, 'maxRetries', /from 0 to/],
    [{ baseUrl: 'pgw.example.com' }, 'baseUrl', /no URL/],
    [{ baseUrl: 'ftp://pgw.example.com' }, 'baseUrl', /https/],
    [{ baseUrl: 'https://pgw.example.com/?x=1' }, 'baseUrl', /query/],
    [{ maxRetries: -1 }, 'maxRetries', /number from 0/],
    [{ timeoutMs: 0 }, 'timeoutMs', /number from 1/],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, 'timeoutMs', /number/],
    [{ deadlineMs: Number.NaN }, 'deadlineMs', /number/],
    [{ baseUrl: 'http://pgw.example.com' }, 'baseUrl', /https.*allowInsecureHttp/],
  ];
  for (const [options, param, message] of bad) {
    assert.throws(
      () => new sdk.MPACGateway({ ...good, ...options }),
      (error) =>
        error instanceof sdk.InvalidRequestError &&
        error.kind === 'invalid_request' &&
        error.param === param &&
        message.test(error.message) &&
        !error.message.includes('sk_test_1'),
      JSON.stringify(options),
    );
  }
});

test('a call without a payment says what to do first', async () => {
  const mps = new sdk.MPACGateway({ publicKey: 'pk_test_1', environment: 'sandbox' });
  await assert.rejects(mps.confirmQRPayment('PAYPAY'), { code: 'not_retrieved', kind: 'invalid_request' });
  await assert.rejects(mps.cancel(), { code: 'not_retrieved' });
  await assert.rejects(mps.retrievePaymentIntent('pi_1'), {
    kind: 'invalid_request',
    param: 'payment_token',
  });
  await assert.rejects(mps.retrievePaymentIntent(undefined as unknown as string), { param: 'payment_token' });
});

test('each kind of error is a class of its own under one parent', () => {
  const classes = Object.entries(sdk).filter(([name]) => name.endsWith('Error') && name !== 'MPACError');
  assert.equal(classes.length, 15);
  for (const [, type] of classes)
    assert.ok((type as { prototype: object }).prototype instanceof sdk.MPACError);
});

test('an end is read from the status, and only where there is one', () => {
  const intent = { id: 'pi_1', amount: 1_500, currency: 'JPY' } as sdk.PaymentIntent;
  const last_payment_error = { code: 'terminal_error', message: 'No paper.' };
  const table: [Partial<sdk.PaymentIntent>, boolean, string | null][] = [
    [{ status: 'succeeded' }, true, 'success'],
    [{ status: 'failed' }, true, 'declined'],
    [{ status: 'cancelled', cancellation_reason: 'requested_by_customer' }, true, 'cancelled'],
    [{ status: 'cancelled', cancellation_reason: 'expired' }, false, 'expired'],
    [{ status: 'cancelled', cancellation_reason: 'authorization_expired' }, false, 'expired'],
    [{ status: 'requires_payment_method' }, true, 'expired'],
    [{ status: 'requires_payment_method', last_payment_error }, false, 'terminal_error'],
    [{ status: 'requires_action' }, true, null],
    [{ status: 'processing' }, true, null],
    [{ status: 'processing', outcome: 'unknown' }, true, null],
    [{ status: 'processing', amount_capturable: 1_500 }, true, 'success'],
    [{ status: 'processing', amount_capturable: 1_500, outcome: 'unknown' }, true, null],
    [{ status: 'a status that is to come' }, true, null],
  ];
  for (const [seen, had_code, expected] of table) {
    const end = endOf({ ...intent, ...seen }, had_code);
    const told = end === null ? null : end.result === 'success' ? 'success' : end.data.reason;
    assert.equal(told, expected, JSON.stringify(seen));
  }
});

test('waits grow to eight seconds, and Retry-After is a whole number or a date', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((n) => retryWait(n, 1, undefined)),
    [500, 1_000, 2_000, 4_000, 8_000, 8_000],
  );
  assert.equal(retryWait(1, 0, 3), 3_000);
  const now = Date.UTC(2026, 9, 21, 7, 27, 59, 500);
  assert.equal(readRetryAfter('Wed, 21 Oct 2026 07:28:00 GMT', now), 1);
  assert.equal(readRetryAfter('Wed, 21 Oct 2020 07:28:00 GMT', now), 0);
  assert.deepEqual(
    ['7', ' 7 ', '-1', '1.5', 'soon', '', null].map((value) => readRetryAfter(value, now)),
    [7, 7, undefined, undefined, undefined, undefined, undefined],
  );
});

test('the gateway’s time is learnt from its answers, and believed anew when the device’s clock jumps', () => {
  let device = 5_000_000;
  const clock = makeServerClock({ now: () => device });
  assert.equal(clock.now(), null);
  const server = 1_900_000_000_000;
  const tell = (at: number) => {
    const reset = Math.ceil((at + 30_000) / 1_000);
    clock.learn(new Headers({ 'x-ratelimit-reset': String(reset), ratelimit: '"default";r=9;t=30' }));
  };
  for (let ms = 0; ms < 5_000; ms += 250) {
    device = 5_000_000 + ms;
    tell(server + ms);
    assert.ok(Math.abs((clock.now() ?? 0) - (server + ms)) <= 1_000);
  }
  device += 86_400_000;
  tell(server + 5_000);
  assert.ok(Math.abs((clock.now() ?? 0) - (server + 5_000)) <= 1_000);
  clock.learn(new Headers({ date: 'nonsense', ratelimit: 'nonsense' }));
  assert.ok(clock.now() !== null);
});

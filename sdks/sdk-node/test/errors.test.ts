// Errors as those who catch them see them: by class, by kind, as text and as JSON, also from a second copy of the package.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as sdk from '../src/mpac-pgw.ts';
import { answerJson, makeClient, ORDER, reasonOf, startServer } from './loopback-server.ts';

const { ConflictError, isPaymentGatewayError, isUnknownOutcome, NotFoundError, PaymentGatewayError } = sdk;
const { InvalidRequestError, UnknownOutcomeError } = sdk;

test('every kind has its class, under one parent', () => {
  const classes = Object.values(sdk).filter(
    (value): value is typeof NotFoundError => typeof value === 'function' && value.prototype instanceof Error,
  );
  const facts = { message: 'It was refused.', status: 400 };
  const errors = classes
    .filter((Class) => Class.name !== 'PaymentGatewayError' && Class.name !== 'WebhookVerificationError')
    .map((Class) => new Class(facts));
  assert.equal(errors.length, 15);
  assert.equal(new Set(errors.map(({ kind }) => kind)).size, 15);
  for (const error of errors) {
    assert.ok(error instanceof PaymentGatewayError && error instanceof Error);
    assert.equal(errors.filter((other) => other instanceof error.constructor).length, 1, error.name);
    assert.match(`${error.stack}`, new RegExp(`^${error.name}: It was refused\\.`));
  }
});

test('an error of another copy of the package is known for what it is', async () => {
  // The query makes Node load the file a second time, as another version in node_modules would be.
  const copy = (await import(`${new URL('../src/errors.js', import.meta.url)}?copy`)) as typeof sdk;
  const error: unknown = new copy.NotFoundError({ message: 'There is none.' });
  assert.notEqual(copy.NotFoundError, NotFoundError);
  assert.ok(error instanceof NotFoundError && error instanceof PaymentGatewayError);
  assert.ok(!(error instanceof ConflictError));
  assert.ok(isPaymentGatewayError(error) && error.kind === 'not_found');
  assert.ok(isUnknownOutcome(new copy.UnknownOutcomeError({ message: 'Who knows?' })));
});

test('a class that somebody derives is asked for in the ordinary way', () => {
  class NoSuchOrder extends NotFoundError {}
  const derived: unknown = new NoSuchOrder({ message: 'There is none.' });
  assert.ok(derived instanceof NoSuchOrder && derived instanceof NotFoundError);
  const plain: unknown = new NotFoundError({ message: 'There is none.' });
  assert.ok(!(plain instanceof NoSuchOrder));
});

test('what is no error of ours is told apart, whatever it is', () => {
  for (const other of [undefined, null, 'not_found', 42, new Error('no'), { kind: 'not_found' }]) {
    assert.ok(!isPaymentGatewayError(other));
    assert.ok(!((other as unknown) instanceof NotFoundError));
  }
});

test('an error becomes JSON with its message', () => {
  const error = new UnknownOutcomeError({ message: 'Who knows?', idempotency_key: 'key-1', status: 504 });
  assert.deepEqual(JSON.parse(JSON.stringify(error)), {
    name: 'UnknownOutcomeError',
    kind: 'unknown_outcome',
    message: 'Who knows?',
    idempotency_key: 'key-1',
    status: 504,
  });
});

test('an unknown outcome keeps what the gateway said, and says what to do', async (t) => {
  const message = 'The provider did not answer in time.';
  const body = { code: 'provider_error', message, details: { outcome: 'unknown', next_check_at: 'soon' } };
  const server = await startServer(t, () =>
    answerJson(504, { ...body, error: { code: 'provider_error', message } }),
  );
  const error = await reasonOf(makeClient(server.url).paymentIntents.create(ORDER));
  assert.ok(error instanceof UnknownOutcomeError);
  assert.ok(error.message.startsWith(message));
  assert.match(error.message, /do not take the money another way/);
  assert.deepEqual(error.details, body.details);
  assert.equal(error.code, 'provider_error');
});

test('what can be no request is refused before anything is sent', async (t) => {
  const server = await startServer(t, () => answerJson(200, {}));
  const pgw = makeClient(server.url);
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const wrong: [string, PromiseLike<unknown>][] = [
    ['id', pgw.paymentIntents.retrieve('')],
    ['id', pgw.paymentIntents.retrieve('..')],
    ['id', pgw.paymentIntents.cancel(undefined as never)],
    ['id', pgw.paymentIntents.retrieve('\ud800')],
    ['sequence', pgw.webhookEndpoints.retrieveDelivery('we_1', {} as never)],
    ['merchant_id', pgw.events.list({ merchant_id: '\udfff' })],
    ['created_gte', pgw.events.list({ created_gte: new Date(Number.NaN) })],
    ['body', pgw.paymentIntents.create({ ...ORDER, amount: 1500n as never })],
    ['body', pgw.merchants.sync(circle as never)],
    ['params', pgw.paymentIntents.create(null as never)],
    ['params', pgw.call('createRefund', [] as never)],
    ['operation', pgw.call('toString' as never, {} as never)],
    ['idempotencyKey', pgw.paymentIntents.create(ORDER, { idempotencyKey: '' })],
    ['idempotencyKey', pgw.paymentIntents.create(ORDER, { idempotencyKey: 'é' })],
    ['idempotencyKey', pgw.paymentIntents.create(ORDER, { idempotencyKey: 'k'.repeat(256) })],
    ['timeoutMs', pgw.paymentIntents.create(ORDER, { timeoutMs: 0 })],
    ['deadlineMs', pgw.paymentIntents.create(ORDER, { deadlineMs: Number.POSITIVE_INFINITY })],
    ['maxRetries', pgw.paymentIntents.create(ORDER, { maxRetries: -1 })],
    ['language', pgw.paymentIntents.create(ORDER, { language: '日本語' })],
  ];
  for (const [param, call] of wrong) {
    const error = await reasonOf(call);
    assert.ok(error instanceof InvalidRequestError, `${param}: ${error}`);
    assert.equal(error.param, param);
    assert.equal(error.code, 'invalid_request');
  }
  assert.equal(server.requests.length, 0);
});

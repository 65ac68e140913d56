// A caller that gives up: at once, while the gateway works, or between two tries.
import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { ConnectionError, InvalidRequestError, UnknownOutcomeError } from '../src/mpac-pgw.ts';
import { answerJson, INTENT, makeClient, ORDER, reasonOf, startServer } from './loopback-server.ts';

test('what is aborted before it is sent is never sent', async (t) => {
  const server = await startServer(t, () => answerJson(201, INTENT));
  const signal = AbortSignal.abort(new Error('The customer left.'));
  const error = await reasonOf(makeClient(server.url).paymentIntents.create(ORDER, { signal }));
  assert.ok(error instanceof ConnectionError);
  assert.equal(error.cause, signal.reason);
  assert.equal(server.requests.length, 0);
});

test('a change that is aborted while the gateway works has an unknown outcome, and its key', async (t) => {
  const giving_up = new AbortController();
  const server = await startServer(t, () => () => giving_up.abort());
  const { signal } = giving_up;
  const pgw = makeClient(server.url, { sleep: () => Promise.reject(new Error('Nobody is to wait.')) });
  const error = await reasonOf(pgw.paymentIntents.create(ORDER, { signal, idempotencyKey: 'key-1' }));
  assert.ok(error instanceof UnknownOutcomeError);
  assert.equal(error.idempotency_key, 'key-1');
  assert.equal(error.cause, signal.reason);
  assert.equal(server.requests.length, 1);
});

test('the reason of an abort says nothing about how far the request came', async (t) => {
  const giving_up = new AbortController();
  // What another server did to the caller, who therefore gives up on the payment.
  const reason = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  const server = await startServer(t, () => () => giving_up.abort(reason));
  const { signal } = giving_up;
  const error = await reasonOf(makeClient(server.url).paymentIntents.create(ORDER, { signal }));
  assert.ok(error instanceof UnknownOutcomeError, `${error}`);
  assert.equal(server.requests.length, 1);
});

test('one signal is for any number of calls, and none of them leaves a listener behind', async (t) => {
  const server = await startServer(t, (place) => answerJson(place < 50 ? 503 : 200, INTENT));
  const { signal } = new AbortController();
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on('warning', note);
  t.after(() => process.off('warning', note));
  const pgw = makeClient(server.url, { maxRetries: 50 });
  await Promise.all(Array.from({ length: 50 }, () => pgw.paymentIntents.retrieve('pi_1', { signal })));
  assert.deepEqual(warnings, []);
  assert.deepEqual(getEventListeners(signal, 'abort'), []);
});

test('options that can be none are refused before anything is begun', async (t) => {
  const server = await startServer(t, () => answerJson(200, INTENT));
  const pgw = makeClient(server.url);
  for (const options of [null, 'key-1', { signal: new AbortController() }, { signal: null }]) {
    const error = await reasonOf(pgw.paymentIntents.retrieve('pi_1', options as never));
    assert.ok(error instanceof InvalidRequestError, `${error}`);
  }
  assert.equal(server.requests.length, 0);
});

test('a question that is aborted has simply no answer', async (t) => {
  const giving_up = new AbortController();
  const server = await startServer(t, () => () => giving_up.abort());
  const error = await reasonOf(
    makeClient(server.url).paymentIntents.retrieve('pi_1', { signal: giving_up.signal }),
  );
  assert.ok(error instanceof ConnectionError);
});

test('an abort between two tries ends the wait', async (t) => {
  for (const [status, Expected] of [
    [500, UnknownOutcomeError],
    [429, ConnectionError],
  ] as const) {
    const giving_up = new AbortController();
    const server = await startServer(t, () => answerJson(status, {}, { 'retry-after': '30' }));
    // The real sleep is asked for, and is never to end by itself.
    const sleep = () => {
      giving_up.abort();
      return new Promise<void>(() => undefined);
    };
    const pgw = makeClient(server.url, { sleep });
    const error = await reasonOf(pgw.paymentIntents.create(ORDER, { signal: giving_up.signal }));
    assert.ok(error instanceof Expected, `${status}: ${error}`);
    assert.equal(server.requests.length, 1);
  }
});

const countTimers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test('the timer of a wait ends with an abort, too', async (t) => {
  const giving_up = new AbortController();
  const server = await startServer(t, () => answerJson(503, {}, { 'retry-after': '50' }));
  // Chance is asked right before the wait begins.
  const random = () => {
    setImmediate(() => giving_up.abort());
    return 0;
  };
  const pgw = makeClient(server.url, { sleep: undefined, random });
  const timers = countTimers();
  const error = await reasonOf(pgw.paymentIntents.retrieve('pi_1', { signal: giving_up.signal }));
  assert.ok(error instanceof ConnectionError);
  assert.equal(countTimers(), timers);
});

test('no timer of a call outlives it and keeps the process from its end', async (t) => {
  const server = await startServer(t, (place) => answerJson(place === 0 ? 503 : 200, INTENT));
  const timers = countTimers();
  await makeClient(server.url, { sleep: undefined, random: () => -1 }).paymentIntents.retrieve('pi_1');
  assert.equal(server.requests.length, 2);
  assert.equal(countTimers(), timers);
});

test('a fetch that listens to no signal is given up all the same', async () => {
  const giving_up = new AbortController();
  const never = () => {
    queueMicrotask(() => giving_up.abort());
    return new Promise<Response>(() => undefined);
  };
  const pgw = makeClient('http://127.0.0.1:1', { fetch: never });
  const error = await reasonOf(pgw.paymentIntents.create(ORDER, { signal: giving_up.signal }));
  assert.ok(error instanceof UnknownOutcomeError);
  const in_time = makeClient('http://127.0.0.1:1', { fetch: never, timeoutMs: 1, maxRetries: 1 });
  assert.ok((await reasonOf(in_time.paymentIntents.retrieve('pi_1'))) instanceof ConnectionError);
});

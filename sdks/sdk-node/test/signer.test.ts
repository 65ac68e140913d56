// Signatures have seconds and no nonce: two calls that say the same within a second must not share one, and a retry must
// not look like another call.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signRequest } from '../src/request-signature.ts';
import { makeSigner } from '../src/signer.ts';

const KEY_ID = 'ak_1';
const SECRET = 'sk_test_1';
const REFUND = {
  method: 'POST',
  target: '/v1/refunds',
  body: '{"payment_intent":"pi_1","amount":500}',
};

function start() {
  const clock = { now_ms: 1_700_000_000_999 };
  const sign = makeSigner(KEY_ID, SECRET, () => clock.now_ms);
  const secondOf = (authorization: string) => Number(authorization.split(':')[1]) - 1_700_000_000;
  const refund = (idempotency_key: string) => secondOf(sign({ ...REFUND, idempotency_key }));
  return { clock, sign, refund };
}

test('a signature is of the second in which it is made', () => {
  const { sign } = start();
  const expected = signRequest({ key_id: KEY_ID, secret: SECRET, timestamp: 1_700_000_000, ...REFUND });
  assert.equal(sign({ ...REFUND, idempotency_key: 'key-1' }), expected.authorization);
});

test('the same words under another key are signed for a later second', () => {
  const { refund } = start();
  assert.deepEqual(['a', 'b', 'c'].map(refund), [0, 1, 2]);
});

test('a retry within the second keeps its signature', () => {
  const { refund } = start();
  assert.deepEqual(['a', 'b', 'a', 'b'].map(refund), [0, 1, 0, 1]);
});

test('other words are not held up', () => {
  const { refund, sign } = start();
  refund('a');
  const other = sign({ ...REFUND, body: '{}', idempotency_key: 'b' });
  assert.match(other, /:1700000000:/);
});

test('the next second is free again, but for what was signed ahead', () => {
  const { refund, clock } = start();
  ['a', 'b'].map(refund);
  clock.now_ms += 1000;
  assert.equal(refund('c'), 2, 'second 1 is of b');
  clock.now_ms += 10_000;
  assert.equal(refund('d'), 11);
});

test('a flood of the same words stays within what the gateway allows', () => {
  const { refund } = start();
  const seconds = Array.from({ length: 250 }, (_, at) => refund(`key-${at}`));
  assert.equal(Math.max(...seconds), 240);
});

test('questions are signed for now, however many there are', () => {
  const { sign } = start();
  const ask = () =>
    sign({ method: 'GET', target: '/v1/refunds/re_1', body: undefined, idempotency_key: undefined });
  assert.equal(ask(), ask());
});

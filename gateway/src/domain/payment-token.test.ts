// The payment token, against hashes and encodings made with other tools.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { hashPaymentToken, makePaymentToken, matchesPaymentToken } from './payment-token.ts';

const INTENT_ID = 'pi_01ARYZ6S410123456789ABCDEF';
const counting = (bytes: number) => Buffer.from(Array.from({ length: bytes }, (_, index) => index));

test('a token names its intent and carries 192 random bits', () => {
  const { token, hash } = makePaymentToken(INTENT_ID, counting);
  // printf '000102030405060708090a0b0c0d0e0f1011121314151617' | xxd -r -p | base64
  assert.equal(token, 'pi_01ARYZ6S410123456789ABCDEF_secret_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX');
  // printf 'pi_01ARYZ6S410123456789ABCDEF_secret_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX' | openssl dgst -sha256
  assert.equal(hash.toString('hex'), '72af36c4eba5aff6e5a4442c5b61463046839a10aca509cb71c6a43272ad7004');
  assert.equal(matchesPaymentToken(token, hash), true);
});

test('a token is not made from too little randomness or for anything but an intent', () => {
  assert.throws(() => makePaymentToken(INTENT_ID, () => Buffer.alloc(8)), RangeError);
  assert.throws(() => makePaymentToken('re_01ARYZ6S410123456789ABCDEF', counting), RangeError);
});

test('two tokens of one intent differ, and neither opens for the other', () => {
  const first = makePaymentToken(INTENT_ID, randomBytes);
  const second = makePaymentToken(INTENT_ID, randomBytes);
  assert.notEqual(first.token, second.token);
  assert.equal(matchesPaymentToken(first.token, second.hash), false);
});

test('no token matches a hash that is missing, short or zero', () => {
  const { token, hash } = makePaymentToken(INTENT_ID, counting);
  for (const stored of [null, Buffer.alloc(0), hash.subarray(0, 31), Buffer.alloc(32)]) {
    assert.equal(matchesPaymentToken(token, stored), false);
  }
});

test('any altered character makes another token', () => {
  const { token, hash } = makePaymentToken(INTENT_ID, counting);
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, character) => {
      fc.pre(token[at] !== character);
      assert.equal(matchesPaymentToken(token.slice(0, at) + character + token.slice(at + 1), hash), false);
    }),
  );
});

test('hashing is by the whole text of the token', () => {
  const { token, hash } = makePaymentToken(INTENT_ID, counting);
  assert.deepEqual(hashPaymentToken(token), hash);
  assert.notDeepEqual(hashPaymentToken(token.slice(INTENT_ID.length)), hash);
});

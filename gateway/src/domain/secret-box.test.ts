// Secrets at rest: what was sealed for one place opens there with its key, and nowhere else.
import assert from 'node:assert/strict';
import { createDecipheriv, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { makeMasterKey, open, SecretBoxError, seal } from './secret-box.ts';

const HEX = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
// printf "$HEX" | xxd -r -p | base64
const BASE64 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const KEY = makeMasterKey(HEX);
const OTHER = makeMasterKey('ff'.repeat(32));
const CONTEXT = 'api_keys.secret:ak_01ARYZ6S410123456789ABCDEF';
const SECRET = 'sk_test_お茶';

test('what is sealed opens again in the same place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, context) => {
      const plaintext = Buffer.from(bytes);
      assert.deepEqual(open([KEY], seal(KEY, plaintext, context), context), plaintext);
    }),
  );
  assert.equal(open([KEY], seal(KEY, SECRET, CONTEXT), CONTEXT).toString(), SECRET);
});

test('the same key is read from hexadecimal, base64 and base64url', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  const with_slash = Buffer.alloc(32, 0xff).toString('base64');
  for (const text of [HEX, HEX.toUpperCase(), BASE64, BASE64.slice(0, -1), ` ${BASE64}\n`]) {
    assert.equal(open([makeMasterKey(text)], box, CONTEXT).toString(), SECRET);
  }
  assert.deepEqual(makeMasterKey(with_slash).id, OTHER.id);
  assert.deepEqual(makeMasterKey(with_slash.replaceAll('/', '_')).id, OTHER.id);
});

test('anything but 32 bytes is refused with a sentence that says what to do and not what was given', () => {
  for (const text of [
    '',
    'secret',
    HEX.slice(2),
    `${HEX}00`,
    `${HEX.slice(1)}g`,
    BASE64.slice(2),
    `A${BASE64}`,
  ]) {
    assert.throws(
      () => makeMasterKey(text),
      (error: Error) =>
        /32 random bytes.*openssl rand -hex 32/.test(error.message) &&
        (text === '' || !error.message.includes(text)),
    );
  }
});

test('a box is laid out as written down, so that another program can open it', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  assert.equal(box.length, 49 + Buffer.byteLength(SECRET));
  assert.equal(box[0], 1);
  assert.deepEqual(box.subarray(1, 9), KEY.id);
  // printf 'mpac-pgw master key id' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$HEX | first 16 digits
  assert.equal(KEY.id.toString('hex'), '86e2da08ecc86382');
  const master = Buffer.from(HEX, 'hex');
  const box_key = createHmac('sha256', master).update('mpac-pgw box').update(box.subarray(9, 21)).digest();
  const decipher = createDecipheriv('aes-256-gcm', box_key, box.subarray(21, 33));
  decipher.setAAD(Buffer.concat([box.subarray(0, 9), Buffer.from(CONTEXT)])).setAuthTag(box.subarray(33, 49));
  assert.equal(decipher.update(box.subarray(49), undefined, 'utf8') + decipher.final('utf8'), SECRET);
});

test('sealing the same secret twice gives another nonce, tag and ciphertext', () => {
  const first = seal(KEY, SECRET, CONTEXT);
  const second = seal(KEY, SECRET, CONTEXT);
  for (const [start, end] of [
    [21, 33],
    [33, 49],
    [49, first.length],
  ]) {
    assert.notDeepEqual(first.subarray(start, end), second.subarray(start, end));
  }
});

test('the salt, and with it the key of a box, changes after 65,536 boxes, and all of them open', () => {
  const saltOf = (box: Buffer) => box.subarray(9, 21).toString('hex');
  const key = makeMasterKey('ab'.repeat(32));
  const first = seal(key, 'x', CONTEXT);
  for (let made = 2; made <= 65_536; made++) {
    if (saltOf(seal(key, 'x', CONTEXT)) !== saltOf(first)) assert.fail(`a new salt at box ${made}`);
  }
  const next = seal(key, 'x', CONTEXT);
  assert.notEqual(saltOf(next), saltOf(first));
  for (const box of [first, next]) assert.equal(open([key], box, CONTEXT).toString(), 'x');
});

test('a box does not open in another place', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  for (const context of ['', `${CONTEXT}x`, CONTEXT.slice(0, -1), CONTEXT.toLowerCase()]) {
    assert.throws(() => open([KEY], box, context), SecretBoxError);
  }
});

test('a box opens with the right one of several keys, and with no other', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  assert.equal(open([OTHER, KEY], box, CONTEXT).toString(), SECRET);
  assert.throws(() => open([OTHER], box, CONTEXT), SecretBoxError);
  assert.throws(() => open([], box, CONTEXT), SecretBoxError);
  // Another key that claims the same id must not do either.
  assert.throws(() => open([{ id: KEY.id, key: OTHER.key }], box, CONTEXT), SecretBoxError);
});

test('a box with any byte altered does not open', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  for (let at = 0; at < box.length; at += 1) {
    for (const flip of [1, 0x80]) {
      const altered = Buffer.from(box);
      altered[at] = (altered[at] ?? 0) ^ flip;
      assert.throws(() => open([KEY], altered, CONTEXT), SecretBoxError, `byte ${at}`);
    }
  }
});

test('a box that is cut short or made longer does not open', () => {
  const box = seal(KEY, SECRET, CONTEXT);
  for (let length = 0; length < box.length; length += 1) {
    assert.throws(() => open([KEY], box.subarray(0, length), CONTEXT), SecretBoxError, `length ${length}`);
  }
  assert.throws(() => open([KEY], Buffer.concat([box, Buffer.of(0)]), CONTEXT), SecretBoxError);
});

test('neither a printed key nor the error shows a secret', () => {
  assert.ok(!inspect(KEY, { depth: 9, showHidden: true }).includes('00 01 02 03'));
  assert.ok(!JSON.stringify(KEY).includes('AAECAw'));
  const box = seal(KEY, SECRET, CONTEXT);
  assert.throws(
    () => open([KEY], box, 'elsewhere'),
    (error: Error) => !inspect(error).includes('sk_test') && error.cause === undefined,
  );
});

// Webhook signatures, against the example and the reference library of Standard Webhooks.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { makeWebhookSecret, signWebhook, verifyWebhook } from './webhook-signature.ts';

// The example of the Standard Webhooks specification.
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const SENT = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const RECEIVED = { ...SENT, secrets: [SECRET], now_seconds: 1614265330 };
const OTHER_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const sign = (secrets: string[], body: string | Buffer = SENT.body) =>
  signWebhook({ secrets, id: SENT.id, timestamp_seconds: 1614265330, body });

test('the example of the specification is signed and verified', () => {
  assert.equal(sign([SECRET]), SENT.signature);
  assert.equal(sign([SECRET], Buffer.from(SENT.body)), SENT.signature);
  assert.equal(verifyWebhook(RECEIVED), true);
});

test('during a rotation each secret signs, and a receiver with either one is content', () => {
  const signature = sign([OTHER_SECRET, SECRET]);
  assert.deepEqual(signature.split(' '), [sign([OTHER_SECRET]), SENT.signature]);
  for (const secrets of [[SECRET], [OTHER_SECRET], [OTHER_SECRET, SECRET]]) {
    assert.equal(verifyWebhook({ ...RECEIVED, signature, secrets }), true);
  }
  const unknown = makeWebhookSecret(randomBytes);
  assert.equal(verifyWebhook({ ...RECEIVED, signature, secrets: [unknown] }), false);
});

test('the reference library accepts what we sign, and we accept what it signs', (t) => {
  // The library reads the clock of the machine itself, so the machine's clock is set.
  const now_seconds = 1614265330;
  t.mock.timers.enable({ apis: ['Date'], now: now_seconds * 1000 });
  fc.assert(
    fc.property(fc.json(), fc.uint8Array({ minLength: 24, maxLength: 64 }), (body, key) => {
      const secret = `whsec_${Buffer.from(key).toString('base64')}`;
      const library = new Webhook(secret);
      const id = 'evt_01ARYZ6S410123456789ABCDEF';
      const signature = signWebhook({
        secrets: [OTHER_SECRET, secret],
        id,
        timestamp_seconds: now_seconds,
        body,
      });
      const timestamp = String(now_seconds);
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
      assert.deepEqual(library.verify(body, headers), JSON.parse(body));

      const theirs = library.sign(id, new Date(now_seconds * 1000), body);
      const received = { secrets: [secret], id, timestamp, signature: theirs, body, now_seconds };
      assert.equal(verifyWebhook(received), true);
    }),
  );
});

test('a new secret holds 32 bytes and signs', () => {
  const secret = makeWebhookSecret((bytes) => Buffer.alloc(bytes, 7));
  assert.equal(secret, 'whsec_BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=');
  assert.notEqual(makeWebhookSecret(randomBytes), makeWebhookSecret(randomBytes));
  assert.throws(() => makeWebhookSecret(() => Buffer.alloc(8)), RangeError);
});

test('any altered part is refused', () => {
  for (const altered of [
    { id: 'msg_p5jXN8AQM9LWM0D4loKWxJel' },
    { timestamp: '1614265331' },
    { body: '{"test": 2432232315}' },
    { body: '' },
    { secrets: [OTHER_SECRET] },
    { secrets: [] },
    { signature: '' },
    { signature: SENT.signature.slice(0, -1) },
    { signature: SENT.signature.replace('v1,', 'v1a,') },
    { signature: SENT.signature.replace('v1,', 'v2,') },
    { signature: SENT.signature.slice(3) },
    { signature: SENT.signature.replace('g0hM', 'h0hM') },
  ]) {
    assert.equal(verifyWebhook({ ...RECEIVED, ...altered }), false, JSON.stringify(altered));
  }
});

test('signatures of other versions beside ours do not matter', () => {
  assert.equal(verifyWebhook({ ...RECEIVED, signature: `v1a,AAAA ${SENT.signature} v2,x` }), true);
});

for (const [now_seconds, accepted] of [
  [1614265330 + 300, true],
  [1614265330 + 301, false],
  [1614265330 - 300, true],
  [1614265330 - 301, false],
] as const) {
  test(`at ${now_seconds} a webhook of 1614265330 is ${accepted ? 'accepted' : 'refused'}`, () => {
    assert.equal(verifyWebhook({ ...RECEIVED, now_seconds }), accepted);
  });
}

test('a timestamp that is not plain digits is refused, however large the tolerance', () => {
  for (const timestamp of ['', '1614265330.0', '+1614265330', '0x60378bf2', ' 1614265330', 'soon']) {
    const received = { ...RECEIVED, timestamp, tolerance_seconds: Number.POSITIVE_INFINITY };
    assert.equal(verifyWebhook(received), false, timestamp);
  }
});

test('an id or a body cannot lend its dot to the other', () => {
  assert.throws(
    () => signWebhook({ secrets: [SECRET], id: 'evt.1', timestamp_seconds: 1, body: '' }),
    RangeError,
  );
  const signature = signWebhook({ secrets: [SECRET], id: 'evt', timestamp_seconds: 1, body: '2.x' });
  assert.equal(
    verifyWebhook({ ...RECEIVED, id: 'evt.1', timestamp: '2', body: 'x', signature, now_seconds: 2 }),
    false,
  );
});

test('a webhook is not signed without a secret, at a fraction of a second, or with a malformed secret', () => {
  assert.throws(() => sign([]), RangeError);
  assert.throws(
    () => signWebhook({ secrets: [SECRET], id: 'evt_1', timestamp_seconds: 1.5, body: '' }),
    RangeError,
  );
  for (const secret of [
    '',
    'whsec_',
    SECRET.slice(6),
    `${SECRET}!`,
    `${SECRET}A`,
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
  ]) {
    assert.throws(
      () => sign([secret]),
      (error: Error) => error instanceof RangeError && !error.message.includes('MfKQ'),
      secret,
    );
  }
});

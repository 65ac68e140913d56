// Plutu's signature: the official vector, and the ways of PHP that the words it is made of hang on.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { readPlutuNews } from './news.ts';

// From the unit tests of Plutu's own PHP library.
const SECRET = 'sk_caf8cdd67e554180100dbee62d57dd12eb57acbd';
const SIGNED = 'gateway=mpgs&approved=1&amount=5.00&currency=USD&invoice_no=232323&transaction_id=100918';
const HASHED = '046F9997A41F83CA7414EE0412D8DD2C22EB5168AC4324BA82C5E4BBCEF0C880';

const read = (query: string, secret: string | null = SECRET) =>
  readPlutuNews({ headers: {}, body: Buffer.alloc(0), query, remote_address: '127.0.0.1' }, secret);
const hash = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex').toUpperCase();

test('the official vector is genuine, wherever its hash stands, and says what it says', () => {
  for (const query of [
    `${SIGNED}&hashed=${HASHED}`,
    `hashed=${HASHED}&${SIGNED}`,
    `?x=1`.slice(1).concat(`&${SIGNED}&hashed=${HASHED}`),
    `${SIGNED.replace('5.00', '%35%2E00')}&hashed=${HASHED}`,
  ]) {
    const reading = read(query);
    assert.ok(reading.ok, query);
    assert.deepEqual(
      [
        reading.notification.attempt_id,
        reading.notification.provider_payment_id,
        reading.notification.result,
      ],
      [
        '232323',
        '100918',
        { kind: 'paid', stated: { amount: 500, currency: 'USD' }, provider_payment_id: '100918' },
      ],
    );
  }
});

test('the order of arrival is what is signed', () => {
  const turned = SIGNED.split('&').reverse().join('&');
  assert.equal(read(`${turned}&hashed=${HASHED}`).ok, false);
  assert.equal(read(`${turned}&hashed=${hash(turned)}`).ok, true);
});

test('values are signed as PHP writes them', () => {
  for (const [sent, written] of [
    ['a%20b', 'a+b'],
    ['a+b', 'a+b'],
    ['a~b*c', 'a%7Eb%2Ac'],
    ["%27(!)'", '%27%28%21%29%27'],
    ['%e2%82%ac', '%E2%82%AC'],
  ] as const) {
    const text = (value: string) => SIGNED.replace('100918', value);
    assert.equal(read(`${text(sent)}&hashed=${hash(text(written))}`).ok, true, sent);
  }
});

test('a hash of another length, case or alphabet is none', () => {
  for (const hashed of [
    HASHED.toLowerCase(),
    HASHED.slice(1),
    `${HASHED}0`,
    `${HASHED.slice(1)}G`,
    '',
    ' ',
  ]) {
    assert.deepEqual(read(`${SIGNED}&hashed=${hashed}`), { ok: false, reason: 'bad_signature' }, hashed);
  }
});

// Which origins a publishable key may list, and that lists are compared as browsers spell them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkAllowedOrigin, isOriginAllowed } from './origin.ts';

test('an origin is kept as a browser spells it', () => {
  for (const [text, origin] of [
    ['https://shop.example.com', 'https://shop.example.com'],
    ['https://shop.example.com/', 'https://shop.example.com'],
    ['HTTPS://Shop.Example.COM', 'https://shop.example.com'],
    ['https://shop.example.com:443', 'https://shop.example.com'],
    ['https://shop.example.com:8443', 'https://shop.example.com:8443'],
    ['https://例え.テスト', 'https://xn--r8jz45g.xn--zckzah'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1', 'http://127.0.0.1'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
    ['http://till.localhost', 'http://till.localhost'],
  ] as const) {
    for (const livemode of [true, false]) {
      assert.deepEqual(checkAllowedOrigin(text, { livemode }), { ok: true, origin }, text);
    }
  }
});

test('what is more or less than an origin is refused', () => {
  for (const text of [
    '',
    'shop.example.com',
    'https://',
    'https://shop.example.com/pay',
    'https://shop.example.com?x=1',
    'https://shop.example.com#x',
    'https://user@shop.example.com',
    'https://*.example.com',
    'https://shop.example.com https://other.example.com',
    'null',
    'file:///till.html',
    'ftp://shop.example.com',
    'http://shop.example.com',
    'http://localhost.example.com',
    'http://192.168.0.10',
    `https://${'a'.repeat(250)}.example`,
  ]) {
    assert.equal(checkAllowedOrigin(text, { livemode: false }).ok, false, text);
  }
});

test('every origin is let in by test keys only', () => {
  assert.equal(checkAllowedOrigin('*', { livemode: false }).ok, true);
  assert.equal(checkAllowedOrigin('*', { livemode: true }).ok, false);
});

test('a list lets in what it names, letter by letter', () => {
  const list = ['https://shop.example.com'];
  assert.equal(isOriginAllowed(list, 'https://shop.example.com'), true);
  assert.equal(isOriginAllowed(list, 'https://shop.example.com:8443'), false);
  assert.equal(isOriginAllowed(list, 'https://shop.example.com.evil.example'), false);
  assert.equal(isOriginAllowed([], 'null'), false);
  assert.equal(isOriginAllowed(['*'], 'null'), true);
});

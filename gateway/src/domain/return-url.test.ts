// Where browsers are led back to: what is let in, and that nothing of the merchant's address is changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeReturnUrl, refuseReturnUrl } from './return-url.ts';

const live = { livemode: true };

test('only an absolute address of the web without a password is let in, and only https for live payments', () => {
  for (const url of [
    '',
    'shop.example',
    '//shop.example/',
    '/done',
    'ftp://shop.example/',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://',
    'https:///',
    'https:shop.example',
    'https://shop.example/a b',
    'https://shop.example/\n',
    'https://shop.example/\0',
    'https://shop.example/\u007f',
    'https://shop.example/\ud800',
    ' https://shop.example/',
    'https:\\\\shop.example',
    'https://shop.example\\@evil.example/',
    'https://user@shop.example/',
    'https://user:secret@shop.example/',
    `https://shop.example/${'x'.repeat(2_028)}`,
  ]) {
    assert.notEqual(refuseReturnUrl(url, { livemode: false }), null, url);
  }
  for (const url of ['https://shop.example', 'https://店.example/完了?a=1#b', 'HTTPS://[::1]:8443/']) {
    assert.equal(refuseReturnUrl(url, live), null, url);
  }
  assert.equal(refuseReturnUrl('http://localhost:3000/', { livemode: false }), null);
  assert.match(String(refuseReturnUrl('http://shop.example/', live)), /https/);
});

test('what the merchant wrote stays, and the payment and its result can be read from it', () => {
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      const before = new URL(url);
      const made = makeReturnUrl(url, 'pi_1', 'pending');
      const after = new URL(made);
      assert.deepEqual(
        [after.origin, after.pathname, after.hash],
        [before.origin, before.pathname, before.hash],
      );
      assert.ok(after.search.slice(1).startsWith(before.search.slice(1)));
      assert.equal(after.searchParams.getAll('payment_intent').at(-1), 'pi_1');
      assert.equal(after.searchParams.getAll('redirect_status').at(-1), 'pending');
    }),
  );
  assert.equal(
    makeReturnUrl('https://a.example', 'pi_1', 'failed'),
    'https://a.example?payment_intent=pi_1&redirect_status=failed',
  );
  assert.equal(
    makeReturnUrl('https://a.example/?x=%20+#y#z', 'pi_1', 'succeeded'),
    'https://a.example/?x=%20+&payment_intent=pi_1&redirect_status=succeeded#y#z',
  );
});

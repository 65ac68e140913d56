// Which adapter a caller's words lead to, typed out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentMethodType } from '../domain/payment-intent.ts';
import { findProvider, findProviderByName, getProviderByName, PROVIDERS } from './registry.ts';

function nameOf(payment_method_type: PaymentMethodType, name: string | null): string | null {
  const found = findProvider(payment_method_type, name);
  if (found === null) return null;
  return 'provider' in found ? found.provider.name : `without adapter: ${found.known_wallet_without_adapter}`;
}

test('each method and name lead to the one adapter that is responsible', () => {
  assert.equal(nameOf('qr_mpm', 'PAYPAY'), 'PAYPAY');
  assert.equal(nameOf('cash', 'CASH'), 'CASH');
  for (const brand of ['VISA', 'MASTERCARD', 'JCB', 'AMEX', 'DINERS', 'UNIONPAY', 'TERMINAL']) {
    assert.equal(nameOf('credit_card', brand), 'TERMINAL', brand);
  }
  for (const brand of ['SUICA', 'ID', 'QUICPAY', 'WAON', 'NANACO', 'EDY', 'A_BRAND_OF_TOMORROW_2']) {
    assert.equal(nameOf('e_money', brand), 'TERMINAL', brand);
  }
});

test('without a name the only adapter of the method is meant', () => {
  assert.equal(nameOf('cash', null), 'CASH');
  assert.equal(nameOf('e_money', null), 'TERMINAL');
  assert.equal(nameOf('qr_cpm', null), 'PAYPAY');
  assert.equal(nameOf('credit_card', null), null);
});

test('a wallet without an adapter is recognised by every method, and is never a card brand', () => {
  for (const wallet of [
    'LINE_PAY',
    'RAKUTEN_PAY',
    'D_BARAI',
    'AU_PAY',
    'MERPAY',
    'ALIPAY_PLUS',
    'WECHAT_PAY',
  ]) {
    for (const method of ['qr_mpm', 'qr_cpm', 'credit_card', 'e_money'] as const) {
      assert.equal(nameOf(method, wallet), `without adapter: ${wallet}`);
    }
  }
});

test("a provider's own name counts only for its own methods, and odd spellings for none", () => {
  assert.equal(nameOf('credit_card', 'PAYPAY'), null);
  assert.equal(nameOf('e_money', 'CASH'), null);
  assert.equal(nameOf('cash', 'PAYPAY'), null);
  assert.equal(nameOf('qr_mpm', 'VISA'), null);
  assert.equal(nameOf('cash', 'VISA'), null);
  for (const name of ['', 'V', 'visa', 'VISA ', 'VISA-1', 'V'.repeat(33), 'ＶＩＳＡ', '__proto__']) {
    assert.equal(nameOf('credit_card', name), null, JSON.stringify(name));
  }
});

test('every provider has a name of its own and exactly one of record and start with its look-up and cancel', () => {
  assert.equal(new Set(PROVIDERS.map((provider) => provider.name)).size, PROVIDERS.length);
  for (const provider of PROVIDERS) {
    assert.match(provider.name, /^[A-Z][A-Z0-9_]{1,31}$/);
    assert.equal(findProviderByName(provider.name), provider);
    assert.notEqual(provider.record === undefined, provider.start === undefined, provider.name);
    assert.equal(provider.start === undefined, provider.lookUp === undefined, provider.name);
    assert.equal(provider.start === undefined, provider.cancel === undefined, provider.name);
    assert.equal(provider.credentials === null, provider.complete_credentials === null, provider.name);
    assert.equal(provider.credentials === null, provider.accountOf === undefined, provider.name);
  }
  assert.equal(findProviderByName('VISA'), null);
  assert.throws(() => getProviderByName('VISA'));
});

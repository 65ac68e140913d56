// Money in minor units, against the decimals of ISO 4217 typed in by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  currencyExponent,
  formatMinorUnits,
  formatMoney,
  isAmount,
  MAX_AMOUNT,
  normalizeCurrency,
  parseDecimal,
} from './money.ts';

for (const [code, exponent] of [
  ['JPY', 0],
  ['KRW', 0],
  ['VND', 0],
  ['CLP', 0],
  ['ISK', 0],
  ['UGX', 0],
  ['XAF', 0],
  ['USD', 2],
  ['EUR', 2],
  ['CNY', 2],
  ['TWD', 2],
  ['IDR', 2],
  ['HUF', 2],
  ['MGA', 2],
  ['MRU', 2],
  ['XCG', 2],
  ['ZWG', 2],
  ['SLE', 2],
  ['BHD', 3],
  ['IQD', 3],
  ['JOD', 3],
  ['KWD', 3],
  ['LYD', 3],
  ['OMR', 3],
  ['TND', 3],
  ['CLF', 4],
  ['UYW', 4],
] as const) {
  test(`${code} has ${exponent} decimals, in whatever case it is written`, () => {
    assert.equal(normalizeCurrency(code), code);
    assert.equal(normalizeCurrency(code.toLowerCase()), code);
    assert.equal(currencyExponent(code), exponent);
  });
}

test('the table has every active code once and no other', () => {
  // Counted in ISO 4217 list one of 2026-01-01: the codes whose minor unit is a number.
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const all = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)));
  const active = all.filter((code) => normalizeCurrency(code) !== null);
  const count = (exponent: number) => active.filter((code) => currencyExponent(code) === exponent).length;
  assert.deepEqual([count(0), count(2), count(3), count(4)], [17, 139, 7, 2]);
});

test('historic codes, metals and what is no code at all are refused', () => {
  for (const text of [
    'DEM',
    'HRK',
    'BGN',
    'ANG',
    'ZWL',
    'SLL',
    'VEF',
    'CUC',
    'MRO',
    'STD',
    'BYR',
    'TRL',
    'XAU',
    'XAG',
    'XDR',
    'XTS',
    'XXX',
    'XSU',
    'XUA',
    '',
    'JP',
    'JPYY',
    ' JPY',
    'JPY\n',
    'J P',
    '392',
    'ＪＰＹ',
    'ıdr',
    '¥',
    'toString',
  ]) {
    assert.equal(normalizeCurrency(text), null, text);
  }
  assert.throws(() => currencyExponent('DEM'), RangeError);
  assert.throws(() => currencyExponent('jpy'), RangeError);
});

test('an amount is a whole number from one to the limit', () => {
  assert.equal(MAX_AMOUNT, 99999999999);
  for (const value of [1, 1500, 99999999999]) assert.equal(isAmount(value), true, String(value));
  for (const value of [
    0,
    -0,
    -1,
    100000000000,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '1',
    1n,
    null,
    [1],
  ]) {
    assert.equal(isAmount(value), false, String(value));
  }
});

// Minor units, currency, on the wire, for people.
for (const [amount, currency, wire, people] of [
  [1500, 'JPY', '1500', '¥1,500'],
  [1, 'JPY', '1', '¥1'],
  [0, 'JPY', '0', '¥0'],
  [-1500, 'JPY', '-1500', '-¥1,500'],
  [99999999999, 'JPY', '99999999999', '¥99,999,999,999'],
  [1234, 'USD', '12.34', 'USD 12.34'],
  [5, 'USD', '0.05', 'USD 0.05'],
  [50, 'USD', '0.50', 'USD 0.50'],
  [500, 'USD', '5.00', 'USD 5.00'],
  [0, 'USD', '0.00', 'USD 0.00'],
  [-5, 'USD', '-0.05', '-USD 0.05'],
  [123456, 'USD', '1234.56', 'USD 1,234.56'],
  [99999999999, 'USD', '999999999.99', 'USD 999,999,999.99'],
  [9007199254740991, 'USD', '90071992547409.91', 'USD 90,071,992,547,409.91'],
  [1234, 'KWD', '1.234', 'KWD 1.234'],
  [1, 'LYD', '0.001', 'LYD 0.001'],
  [12345, 'CLF', '1.2345', 'CLF 1.2345'],
] as const) {
  test(`${amount} minor units of ${currency} are ${wire} on a wire and ${people} for people`, () => {
    assert.equal(formatMinorUnits(amount, currency), wire);
    assert.equal(formatMoney(amount, currency), people);
    assert.equal(parseDecimal(wire, currency), amount);
  });
}

for (const [text, currency, amount] of [
  ['5', 'USD', 500],
  ['5.0', 'USD', 500],
  ['5.00', 'USD', 500],
  ['4.35', 'USD', 435],
  ['1.15', 'USD', 115],
  ['0.29', 'USD', 29],
  ['-12.34', 'USD', -1234],
  ['8.2', 'KWD', 8200],
  ['12345', 'JPY', 12345],
] as const) {
  test(`${text} ${currency} is read as ${amount} minor units`, () => {
    assert.equal(parseDecimal(text, currency), amount);
  });
}

test('text that is not exactly one amount is read as none', () => {
  for (const text of [
    '',
    ' ',
    '.',
    '5.',
    '.5',
    '5.001',
    '5.000',
    '1,234.56',
    '1 234',
    '5,00',
    '+5',
    '--5',
    '05',
    '00.5',
    '1e3',
    '0x10',
    'NaN',
    'Infinity',
    '5.00 ',
    ' 5.00',
    '5.00\n',
    '５',
    '$5',
    '5.0.0',
    '90071992547409.92',
    '9'.repeat(400),
  ]) {
    assert.equal(parseDecimal(text, 'USD'), null, JSON.stringify(text));
  }
  assert.equal(parseDecimal('1500.00', 'JPY'), null);
  assert.equal(parseDecimal('5.00', 'DEM'), null);
  assert.ok(Object.is(parseDecimal('-0.00', 'USD'), 0));
});

test('what is not whole minor units is never formatted', () => {
  for (const amount of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    assert.throws(() => formatMinorUnits(amount, 'USD'), RangeError);
    assert.throws(() => formatMoney(amount, 'USD'), RangeError);
  }
  assert.throws(() => formatMinorUnits(1, 'DEM'), RangeError);
});

test('every amount survives the way to a wire and back, and equals what bigint arithmetic says', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom('JPY', 'USD', 'KWD', 'CLF'), (amount, currency) => {
      const text = formatMinorUnits(amount, currency);
      assert.equal(parseDecimal(text, currency), amount);
      const unit = 10n ** BigInt(currencyExponent(currency));
      const [whole = '', rest = '0'] = text.replace('-', '').split('.');
      const size = BigInt(whole) * unit + BigInt(rest);
      assert.equal(text.startsWith('-') ? -size : size, BigInt(amount));
      assert.equal(formatMoney(amount, currency).replace(/[^0-9.-]/g, ''), text);
    }),
  );
});

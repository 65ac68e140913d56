// The barcode table against what the standard says of every symbol, and one code worked out by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE_128_WIDTHS, makeBarcode, makeBarcodeValues } from './simulator-barcode.ts';

test('every symbol is eleven modules wide, its bars an even number of them, and no two are alike', () => {
  assert.equal(CODE_128_WIDTHS.length, 106);
  assert.equal(new Set(CODE_128_WIDTHS).size, 106);
  for (const symbol of CODE_128_WIDTHS) {
    const widths = [...symbol].map(Number);
    assert.equal(
      widths.reduce((sum, width) => sum + width, 0),
      11,
      symbol,
    );
    const bars = (widths[0] ?? 0) + (widths[2] ?? 0) + (widths[4] ?? 0);
    assert.equal(bars % 2, 0, symbol);
  }
});

test('the check symbol weighs each pair of digits by its place', () => {
  // 105 + 1 × 12 + 2 × 34 + 3 × 56 = 353; 353 mod 103 = 44.
  assert.deepEqual(makeBarcodeValues('123456'), [105, 12, 34, 56, 44]);
});

test('a code of 24 digits is a start, twelve pairs, a check, a stop, and white on both sides', () => {
  // 14 symbols of 11 modules, 13 of the stop, 10 on each side.
  assert.match(makeBarcode('900081818812345678901234'), /viewBox="0 0 187 60"/);
});

// The barcode of a one-time code on the wallet page, so that a real scanner at a real till can read it from a screen:
// Code 128, set C, two digits in each symbol (ISO/IEC 15417).

/** The widths of bars and spaces of each symbol, by its value; 103 to 105 begin a code. */
export const CODE_128_WIDTHS =
  `212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
   123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
   232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
   313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
   111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
   111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
   114311 411113 411311 113141 114131 311141 411131 211412 211214 211232`.split(/\s+/);
const START_C = 105;
const STOP = '2331112';
/** White on both sides, in modules: a scanner needs ten. */
const QUIET = 10;

/** The values of the symbols, with the start and the check symbol. */
export function makeBarcodeValues(digits: string): number[] {
  const pairs = digits.match(/\d\d/g) ?? [];
  const values = [START_C, ...pairs.map(Number)];
  const sum = values.reduce((total, value, at) => total + value * Math.max(1, at), 0);
  return [...values, sum % 103];
}

/** An even number of digits as a picture; its text is given beside it, so it is none for a screen reader. */
export function makeBarcode(digits: string): string {
  const widths = makeBarcodeValues(digits).map((value) => CODE_128_WIDTHS[value] ?? '');
  let x = QUIET;
  let bars = '';
  for (const [at, width] of [...`${widths.join('')}${STOP}`].map(Number).entries()) {
    if (at % 2 === 0) bars += `M${x} 0h${width}v60h-${width}z`;
    x += width;
  }
  return `<svg class="barcode" viewBox="0 0 ${x + QUIET} 60" preserveAspectRatio="none" aria-hidden="true"><path d="${bars}"/></svg>`;
}

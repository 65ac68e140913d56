// Money once more, in another way than the SDKs and the gateway: letter by letter and with BigInt, and the digits of a
// currency from ICU, corrected where ICU tells how prices are written and ISO 4217 has another number.
const LIMIT = 2n ** 53n - 1n;

/** ICU tells how prices are written, which for these is without the decimals that ISO 4217 has. */
const WRITTEN_WITHOUT_CENTS = 'AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK PKR SOS SYP YER'.split(' ');
const DIGITS_OF_ISO: Record<string, number> = {
  ...Object.fromEntries(WRITTEN_WITHOUT_CENTS.map((code) => [code, 2])),
  IQD: 3,
};
/** ICU formats whatever it is given; these are codes without minor units, or of currencies that are no more. */
const NO_MONEY = ['XXX', 'XTS', 'XAU', 'XDR', 'BTC', 'DEM', 'HRK', 'BGN'];

/** The digits of the minor unit, or null for what is no currency. */
function digitsOf(currency: string): number | null {
  if (!/^[A-Za-z]{3}$/.test(currency)) return null;
  const code = currency.toUpperCase();
  if (NO_MONEY.includes(code)) return null;
  const icu = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions();
  return DIGITS_OF_ISO[code] ?? icu.maximumFractionDigits ?? null;
}

const isDigits = (letters: string[]) =>
  letters.length > 0 && letters.every((letter) => letter.length === 1 && '0123456789'.includes(letter));

/** Minor units, or null where they are refused. */
export function minorUnitsByHand(input: unknown, currency: string): number | null {
  const digits = digitsOf(currency);
  if (typeof input !== 'string' || digits === null) return null;
  const letters = [...input];
  const is_negative = letters[0] === '-';
  if (is_negative) letters.shift();
  const point = letters.indexOf('.');
  const whole = point < 0 ? letters : letters.slice(0, point);
  const decimals = point < 0 ? [] : letters.slice(point + 1);
  if (!isDigits(whole) || (point >= 0 && !isDigits(decimals))) return null;
  if ((whole.length > 1 && whole[0] === '0') || decimals.length > digits) return null;
  const amount = BigInt(whole.join('')) * 10n ** BigInt(digits) + fractionOf(decimals, digits);
  if (amount > LIMIT) return null;
  return Number(is_negative ? -amount : amount);
}

function fractionOf(decimals: string[], digits: number): bigint {
  return decimals.reduce((sum, digit, at) => sum + BigInt(digit) * 10n ** BigInt(digits - 1 - at), 0n);
}

/** The decimal, or null where it is refused. */
export function decimalByHand(input: unknown, currency: string): string | null {
  const digits = digitsOf(currency);
  if (typeof input !== 'number' || !Number.isInteger(input) || digits === null) return null;
  const amount = BigInt(input);
  const size = amount < 0n ? -amount : amount;
  if (size > LIMIT) return null;
  const one = 10n ** BigInt(digits);
  const fraction = digits === 0 ? '' : `.${(one + (size % one)).toString().slice(1)}`;
  return `${amount < 0n ? '-' : ''}${size / one}${fraction}`;
}

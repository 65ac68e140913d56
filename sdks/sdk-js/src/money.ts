// Between minor units, which are all that the API knows, and the decimals that people write. Exact, or refused: no
// amount is ever a float.
import { makeError } from './errors.ts';

/** Every active code of ISO 4217 by the digits of its minor unit (amendment 180, January 2026). Three letters each. */
const CODES: Record<number, string> = {
  0: 'BIFCLPDJFGNFISKJPYKMFKRWPYGRWFUGXUYIVNDVUVXAFXOFXPF',
  2:
    'AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBMDBNDBOBBOVBRLBSDBTNBWPBYNBZDCADCDFCHECHFCHWCNYCOPCOUCRCCUPCVECZKDKK' +
    'DOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMDGTQGYDHKDHNLHTGHUFIDRILSINRIRRJMDKESKGSKHRKPWKYDKZTLAKLBPLKRLRDLSL' +
    'MADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMXVMYRMZNNADNGNNIONOKNPRNZDPABPENPGKPHPPKRPLNQARRONRSDRUBSARSBDSCRSDG' +
    'SEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMTTOPTRYTTDTWDTZSUAHUSDUSNUYUUZSVEDVESWSTXADXCDXCGYERZARZMWZWG',
  3: 'BHDIQDJODKWDLYDOMRTND',
  4: 'CLFUYW',
};

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** How many digits the minor unit has. Not Intl's: those say how people write prices, and differ for a dozen. */
function digitsOf(currency: string): number {
  const code = /^[a-z]{3}$/i.test(currency) ? currency.toUpperCase() : '?';
  for (const [digits, codes] of Object.entries(CODES)) {
    for (let at = codes.indexOf(code); at >= 0; at = codes.indexOf(code, at + 1))
      if (at % 3 === 0) return Number(digits);
  }
  return refuse('currency', 'is no active currency of ISO 4217');
}

/**
 * `toMinorUnits('15.00', 'USD')` is 1500, `toMinorUnits('1500', 'JPY')` too.
 *
 * @param decimal an optional minus, digits, and at most as many decimals as the currency has: more are refused, even
 *   zeros, because `5.000` dollars is as likely five thousand.
 * @param currency of ISO 4217, in either case.
 * @throws InvalidRequestError
 */
export function toMinorUnits(decimal: string, currency: string): number {
  const digits = digitsOf(currency);
  const [, sign, whole = '', rest = ''] =
    DECIMAL.exec(typeof decimal === 'string' ? decimal : '') ??
    refuse('decimal', 'is no decimal number in a text');
  if (rest.length > digits) refuse('decimal', 'has more decimals than the currency');
  const amount = Number(whole + rest.padEnd(digits, '0'));
  if (!Number.isSafeInteger(amount)) refuse('decimal', 'is too large');
  return sign === '-' && amount !== 0 ? -amount : amount;
}

/**
 * `toDecimal(1500, 'USD')` is `'15.00'`. For wires and files; people read what `Intl.NumberFormat` writes.
 *
 * @param amount minor units, whole.
 * @throws InvalidRequestError
 */
export function toDecimal(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  if (!Number.isSafeInteger(amount)) refuse('amount', 'is no whole number of minor units');
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const point = text.length - digits;
  return (amount < 0 ? '-' : '') + text.slice(0, point) + (digits === 0 ? '' : `.${text.slice(point)}`);
}

function refuse(param: string, why: string): never {
  throw makeError('invalid_request', { message: `${param} ${why}.`, param });
}

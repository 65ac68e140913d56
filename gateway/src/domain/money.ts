// Money: integer minor units and an ISO 4217 code. No amount is ever a float with a fraction, and no text is
// read as an amount unless it can mean only one. Codes that are no longer money are refused.

/**
 * How many decimal digits the minor unit has, for every active code of ISO 4217 that has one (amendment 180,
 * January 2026). Not Intl's digits: those say how people write prices, and differ for a dozen currencies.
 */
const CODES_BY_EXPONENT: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE ' +
    'CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD ' +
    'HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK ' +
    'MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD ' +
    'RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH ' +
    'USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
};

const EXPONENTS = new Map<string, number>(
  Object.entries(CODES_BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(exponent)]),
  ),
);

export const MAX_AMOUNT = 99_999_999_999;
const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** The code in upper case, or null for anything that is not the code of an active currency. */
export function normalizeCurrency(text: string): string | null {
  if (!/^[A-Za-z]{3}$/.test(text)) return null;
  const code = text.toUpperCase();
  return EXPONENTS.has(code) ? code : null;
}

/** Throws for a code that normalizeCurrency would not have given. */
export function currencyExponent(code: string): number {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw new RangeError('This is not the code of an active currency.');
  return exponent;
}

/** What can be asked of a customer: at least one minor unit, and not more than the contract's limit. */
export function isAmount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_AMOUNT;
}

function splitMinorUnits(amount: number, currency: string): { sign: string; whole: string; rest: string } {
  if (!Number.isSafeInteger(amount)) throw new RangeError('An amount is a whole number of minor units.');
  const exponent = currencyExponent(currency);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const point = digits.length - exponent;
  const rest = exponent === 0 ? '' : `.${digits.slice(point)}`;
  return { sign: amount < 0 ? '-' : '', whole: digits.slice(0, point), rest };
}

/** For wires and files: `1234` USD is `12.34`, `1500` JPY is `1500`. Totals may be negative or above the limit. */
export function formatMinorUnits(amount: number, currency: string): string {
  const { sign, whole, rest } = splitMinorUnits(amount, currency);
  return sign + whole + rest;
}

/**
 * The reverse, exact or null. There may be fewer decimals than the currency has, never more, not even zeros:
 * `5.000` for dollars is as likely five thousand written the European way, and `1500.00` for yen comes from
 * somebody who counts in hundredths.
 */
export function parseDecimal(text: string, currency: string): number | null {
  const parts = DECIMAL.exec(text);
  const exponent = EXPONENTS.get(currency);
  if (parts === null || exponent === undefined) return null;
  const [, sign = '', whole = '', decimals = ''] = parts;
  if (decimals.length > exponent) return null;
  const amount = Number(whole + decimals.padEnd(exponent, '0'));
  if (!Number.isSafeInteger(amount)) return null;
  return sign === '-' && amount !== 0 ? -amount : amount;
}

/** For people: `¥1,500`, `USD 12.34`. The same on every machine, because it asks no locale. */
export function formatMoney(amount: number, currency: string): string {
  const { sign, whole, rest } = splitMinorUnits(amount, currency);
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return `${sign}${currency === 'JPY' ? '¥' : `${currency} `}${grouped}${rest}`;
}

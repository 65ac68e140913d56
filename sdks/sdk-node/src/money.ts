// Between what people write and what the API takes: "15.00" dollars are 1500 minor units, "1500" yen are 1500. Exact,
// by the digits of ISO 4217, or refused: no text is read as an amount unless it can mean only one.

/**
 * How many decimal digits the minor unit has, for every active code of ISO 4217 that has one (amendment 180, January
 * 2026). Not Intl's digits: those say how people write prices, and differ for a dozen currencies.
 */
const CODES_BY_DIGITS: Record<number, string> = {
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

const DIGITS = new Map<string, number>(
  Object.entries(CODES_BY_DIGITS).flatMap(([digits, codes]) =>
    codes.split(' ').map((code): [string, number] => [code, Number(digits)]),
  ),
);

const DECIMAL = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

function digitsOf(currency: string): number {
  const code = typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency) ? currency.toUpperCase() : '';
  const digits = DIGITS.get(code);
  if (digits === undefined) throw new RangeError('The currency is the code of an active currency: JPY, USD.');
  return digits;
}

/**
 * `toMinorUnits('15.00', 'USD')` is 1500. Throws a RangeError for anything that is not exactly an amount: more decimals
 * than the currency has (even zeros: `5.000` dollars may be five thousand, written the European way), exponents,
 * separators, spaces, unknown currencies.
 */
export function toMinorUnits(decimal: string, currency: string): number {
  const digits = digitsOf(currency);
  // A number is refused, too: 0.1 + 0.2 would be no amount.
  const parts = typeof decimal === 'string' ? DECIMAL.exec(decimal) : null;
  const [, sign = '', whole = '', decimals = ''] = parts ?? [];
  const amount = Number(whole + decimals.padEnd(digits, '0'));
  if (parts === null || decimals.length > digits || !Number.isSafeInteger(amount)) {
    throw new RangeError(
      `An amount in ${currency} is a text such as ${digits === 0 ? '1500' : `15.${'0'.repeat(digits)}`}.`,
    );
  }
  return sign === '-' && amount !== 0 ? -amount : amount;
}

/** `toDecimal(1500, 'USD')` is `15.00`. Throws a RangeError for a fraction of a minor unit or an unknown currency. */
export function toDecimal(amount: number, currency: string): string {
  const digits = digitsOf(currency);
  if (!Number.isSafeInteger(amount)) throw new RangeError('An amount is a whole number of minor units.');
  const text = String(Math.abs(amount)).padStart(digits + 1, '0');
  const point = text.length - digits;
  const sign = amount < 0 ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, point)}.${text.slice(point)}`;
}

// Which wallet a scanned code belongs to, by how it begins: the gateway's table, and how an operator's file is laid
// over it. The issuers publish no such table. This one was put together in November 2026 from what is public:
// the Japanese wallets as measured in their Android apps in February 2020 (ri25r.hatenablog.jp, 2020-02-26), PayPay's
// 22 digits from an aggregator's test suite, WeChat Pay and Alipay+ from their own pages for acquirers, UnionPay from
// its application id. Lengths may have changed since: a caller who names the wallet is not held to them.

export interface RetailCodeEntry {
  /** As a caller would write it. */
  provider: string;
  /** How its codes begin; in hexadecimal the EMV application id that its 2-D codes name. */
  prefix: string;
  /** How many digits its bar codes have; none: it is known by its 2-D codes only. */
  lengths: readonly number[];
  /** The last day of a wallet that is no more: its codes are still known by name. */
  ended_on?: string;
}

const JAPAN_POST_BANKS = ['31', '32', '33', '34', '35', '36', '37', '38', '39', '40'];
const WECHAT = ['10', '11', '12', '13', '14', '15'];

const BUILT_IN: readonly RetailCodeEntry[] = [
  { provider: 'PAYPAY', prefix: '90008181', lengths: [22, 24] },
  { provider: 'D_BARAI', prefix: '90000002', lengths: [22] },
  { provider: 'RAKUTEN_PAY', prefix: '900001', lengths: [16] },
  { provider: 'LINE_PAY', prefix: '9000000000', lengths: [19], ended_on: '2025-04-30' },
  { provider: 'ORIGAMI', prefix: '90000001', lengths: [22], ended_on: '2020-06-30' },
  { provider: 'MERPAY', prefix: '31589900', lengths: [19] },
  { provider: 'AU_PAY', prefix: '31589921', lengths: [19] },
  ...JAPAN_POST_BANKS.map((bank) => ({ provider: 'YUCHO_PAY', prefix: `315899${bank}`, lengths: [19] })),
  { provider: 'PRING', prefix: '31589995', lengths: [19] },
  ...WECHAT.map((prefix) => ({ provider: 'WECHAT_PAY', prefix, lengths: [18] })),
  // Older codes by their first digits, newer ones by issuer and business type.
  { provider: 'ALIPAY_PLUS', prefix: '28', lengths: [17, 18, 19] },
  { provider: 'ALIPAY_PLUS', prefix: '25100102', lengths: [24] },
  // Its cards are UNIONPAY at a terminal; a code of its app is another thing.
  { provider: 'UNIONPAY_QR', prefix: '62', lengths: [19] },
  { provider: 'UNIONPAY_QR', prefix: 'A000000333', lengths: [] },
];

export type RetailCodeTable = ReadonlyMap<string, RetailCodeEntry>;

export const RETAIL_CODE_TABLE: RetailCodeTable = new Map(BUILT_IN.map((entry) => [entry.prefix, entry]));

const FIELDS = ['provider', 'prefix', 'lengths'];

/**
 * The table with an operator's entries over it: an entry takes the place of the one with its prefix, and with
 * `"provider": null` takes it away. What is wrong is named by the entry that it stands in.
 */
export function readRetailCodeTable(json: string): { table: RetailCodeTable } | { problems: string[] } {
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch {
    return { problems: ['is no JSON.'] };
  }
  if (!Array.isArray(entries)) return { problems: ['must be a list of entries: [{"provider": …}, …].'] };
  const table = new Map(RETAIL_CODE_TABLE);
  const seen = new Set<string>();
  const problems: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const problem = problemOf(entry) ?? (seen.has(entry.prefix) ? 'prefix stands in the file twice' : null);
    if (problem !== null) {
      problems.push(`entry ${index + 1} (${JSON.stringify(entry).slice(0, 80)}): ${problem}.`);
      continue;
    }
    const { provider, prefix, lengths = [] } = entry as RetailCodeEntry & { provider: string | null };
    seen.add(prefix);
    if (provider === null) table.delete(prefix);
    else table.set(prefix, { provider, prefix, lengths });
  }
  return problems.length > 0 ? { problems } : { table };
}

function problemOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return 'must be an object';
  const { provider, prefix, lengths } = entry as Record<string, unknown>;
  const unknown = Object.keys(entry).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined) return `"${unknown}" is none of ${FIELDS.join(', ')}`;
  if (typeof prefix !== 'string' || !/^[0-9A-F]{2,32}$/.test(prefix)) {
    return 'prefix must be 2 to 32 digits as text, or an application id in upper-case hexadecimal';
  }
  if (provider === null) return lengths === undefined ? null : 'lengths means nothing without a provider';
  if (typeof provider !== 'string' || !/^[A-Z0-9_]{2,32}$/.test(provider)) {
    return 'provider must be a name such as PAYPAY, or null to forget the prefix';
  }
  const is_length = (length: unknown) =>
    Number.isInteger(length) && Number(length) > prefix.length && Number(length) <= 64;
  if (/[A-F]/.test(prefix)) {
    return lengths === undefined ? null : 'an application id has no lengths: it stands in 2-D codes only';
  }
  if (!Array.isArray(lengths) || lengths.length === 0 || !lengths.every(is_length)) {
    return 'lengths must be a list of whole numbers, each more than the prefix has digits and at most 64';
  }
  return null;
}

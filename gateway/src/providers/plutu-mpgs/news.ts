// Reads what Plutu tells of a payment: one GET address for its server and for the customer's browser, with the same
// signed query. Whose it is can be read by anybody; what it says counts only under the store's secret key.
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { normalizeCurrency, parseDecimal } from '../../domain/money.ts';
import type { ProviderResult } from '../../domain/provider-result.ts';
import type { NotificationReading, NotificationRequest } from '../provider.ts';

/** What is signed. Anything else in the query is none of Plutu's and counts for nothing. */
const SIGNED = new Set([
  'gateway',
  'approved',
  'canceled',
  'amount',
  'currency',
  'invoice_no',
  'transaction_id',
]);
const HASH = 'hashed';
const MAX_QUERY = 4_096;

type Pair = readonly [name: string, value: string];

const UNREADABLE: NotificationReading = { ok: false, reason: 'unreadable' };
const NOT_SIGNED: NotificationReading = { ok: false, reason: 'bad_signature' };

/** Without the secret: whose it would be. With it: that it is Plutu's, and what it says. */
export function readPlutuNews(request: NotificationRequest, secret_key: string | null): NotificationReading {
  const pairs = readPairs(request.query);
  if (pairs === null) return UNREADABLE;
  const facts = Object.fromEntries(pairs);
  const { invoice_no = '', gateway, [HASH]: hashed = '' } = facts;
  if (gateway !== 'mpgs' || !/^[A-Za-z0-9._-]{1,64}$/.test(invoice_no)) return UNREADABLE;
  const signed = pairs.filter(([name]) => SIGNED.has(name));
  const notification = {
    attempt_id: invoice_no,
    provider_payment_id: findTransactionId(facts),
    dedupe_key: createHash('sha256').update(signedText(signed)).digest('hex'),
  };
  if (secret_key === null) return { ok: true, notification };
  if (!isSigned(signed, hashed, secret_key)) return NOT_SIGNED;
  return { ok: true, notification: { ...notification, result: readResult(facts) } };
}

/**
 * The pairs that are Plutu's, in order of arrival, as PHP reads them. One that comes twice, or as an array, could be
 * signed as one thing and read as another, so that there is no reading of it at all.
 */
function readPairs(query: string): Pair[] | null {
  if (query.length > MAX_QUERY) return null;
  const pairs: Pair[] = [];
  const seen = new Set<string>();
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    const name = decodeAsPhp(at === -1 ? part : part.slice(0, at));
    if (name === null) return null;
    const [plain = ''] = name.split('[', 1);
    if (!SIGNED.has(plain) && plain !== HASH) continue;
    const value = decodeAsPhp(at === -1 ? '' : part.slice(at + 1));
    if (value === null || plain !== name || seen.has(name) || value.length > 255) return null;
    seen.add(name);
    pairs.push([name, value]);
  }
  return pairs;
}

function isSigned(signed: Pair[], hashed: string, secret_key: string): boolean {
  if (!/^[0-9A-F]{64}$/.test(hashed)) return false;
  const expected = createHmac('sha256', secret_key).update(signedText(signed)).digest();
  return timingSafeEqual(Buffer.from(hashed, 'hex'), expected);
}

/** PHP's http_build_query: RFC 1738, in the order in which the pairs came. */
function signedText(pairs: Pair[]): string {
  return pairs.map(([name, value]) => `${name}=${encodeAsPhp(value)}`).join('&');
}

function encodeAsPhp(value: string): string {
  const escapeSign = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(value)
    .replace(/[!'()*~]/g, escapeSign)
    .replaceAll('%20', '+');
}

function decodeAsPhp(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Paid only by the one word for it. The amount and currency go along as stated: who stored ours compares. */
function readResult(facts: Record<string, string>): ProviderResult {
  const { approved, canceled, amount = '', currency = '' } = facts;
  const provider_payment_id = findTransactionId(facts);
  const paid = approved === '1' && canceled === undefined;
  if (canceled === '1' && approved === undefined) {
    return {
      kind: 'ended_unpaid',
      reason: 'failed',
      code: 'canceled_by_customer',
      message: 'The customer turned back on the payment page; nothing was taken.',
    };
  }
  if (!paid) return unclear('Plutu says neither that the payment was approved nor that it was cancelled.');
  const minor = normalizeCurrency(currency) === currency ? parseDecimal(amount, currency) : null;
  if (minor === null) return unclear('Plutu approved a payment of an amount that cannot be read.');
  return {
    kind: 'paid',
    stated: { amount: minor, currency },
    ...(provider_payment_id !== null && { provider_payment_id }),
  };
}

/** One that is no id is left out: that somebody paid is written down without it. */
function findTransactionId({ transaction_id = '' }: Record<string, string>): string | null {
  return /^[!-~]+$/.test(transaction_id) ? transaction_id : null;
}

function unclear(message: string): ProviderResult {
  return { kind: 'unknown', reason: 'unclear_news', message };
}

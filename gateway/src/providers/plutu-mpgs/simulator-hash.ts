// How Plutu signs what became of a payment: the query as PHP writes it, under the merchant's secret key. Written from
// Plutu's documents, and a second time in the adapter, so that the two cannot share a mistake.
import { createHmac } from 'node:crypto';
import type { Outcome } from './simulator-books.ts';

export interface News {
  outcome: Outcome;
  amount: string;
  currency: string;
  invoice_no: string;
  transaction_id: string;
}

/** The pairs in the order of Plutu's document, `hashed` last. Of a declined payment neither word is said. */
export function makeSignedQuery(news: News, secret_key: string): string {
  const pairs: [string, string][] = [['gateway', 'mpgs']];
  if (news.outcome === 'approved') pairs.push(['approved', '1']);
  if (news.outcome === 'canceled') pairs.push(['canceled', '1']);
  pairs.push(['amount', news.amount], ['currency', news.currency]);
  pairs.push(['invoice_no', news.invoice_no], ['transaction_id', news.transaction_id]);
  const query = pairs.map(([name, value]) => `${name}=${encodeAsPhp(value)}`).join('&');
  const hashed = createHmac('sha256', secret_key).update(query).digest('hex').toUpperCase();
  return `${query}&hashed=${hashed}`;
}

/** The return_url keeps its own query and fragment. */
export function withQuery(return_url: string, query: string): string {
  const [address = '', ...fragment] = return_url.split('#');
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return [`${address}${joint}${query}`, ...fragment].join('#');
}

/** PHP's urlencode (RFC 1738) leaves letters, digits and `-_.` as they are, and writes a space as `+`. */
function encodeAsPhp(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

// The accounting export: what a file of a store's day is called and where it goes, what a line of it says of a sale,
// and how text is made harmless in each format. The same day comes to the same bytes however often it is written:
// nothing in a file tells when it was made.
import { createHash } from 'node:crypto';

export const EXPORT_FORMATS = ['json', 'csv', 'xml'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** `kept` lies in the archive because there is nobody to send it to. */
export const EXPORT_STATUSES = ['pending', 'delivered', 'kept', 'failed'] as const;
export type ExportStatus = (typeof EXPORT_STATUSES)[number];

export const EXPORT_TYPE = 'daily_settlement';
/** After the first attempt. */
export const MOST_EXPORT_RETRIES = 5;
export const EXPORT_RETRY_MS = 30 * 60_000;
export const DEFAULT_DIRECTORY = '/exports/mpac/{merchant_id}/';

/** Which file it is. */
export interface ExportKey {
  organization_id: string;
  livemode: boolean;
  merchant_id: string;
  /** Null: what was sold in no store. */
  merchant_store_id: string | null;
  business_date: string;
  currency: string;
  format: ExportFormat;
}

export interface ExportTotals {
  gross_revenue: number;
  tax_collected: number;
  net_revenue: number;
}

export interface AccountingExport extends ExportKey {
  id: string;
  file_name: string;
  status: ExportStatus;
  attempts_made: number;
  next_attempt_at: string | null;
  leased_until: string | null;
  size: number | null;
  sha256: string | null;
  transactions_count: number | null;
  gross_revenue: number | null;
  tax_collected: number | null;
  net_revenue: number | null;
  error: string | null;
  mailed_at: string | null;
  delivered_at: string | null;
  created_at: string;
  updated_at: string;
}

/** What the API and events show of it; `file_name` is its name at the accounting system, too. */
export function accountingExportResource(row: AccountingExport): Record<string, unknown> {
  const { organization_id: _, leased_until: _lease, id, ...rest } = row;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return { id, object: 'accounting_export', ...Object.fromEntries(given) };
}

/** A movement of the account `sales`: what came in is positive, what went back negative. */
export interface SalesEntry {
  object_id: string;
  kind: string;
  payment_intent_id: string | null;
  /** Who owes us the money, in the books' words. */
  provider: string;
  amount: number;
  tax_amount: number;
  receipt_number: string | null;
  /** Of late money that went back: the refund that brought it there. */
  refund_id: string | null;
  created_at: string;
}

export interface ExportTransaction {
  transaction_id: string;
  timestamp: string;
  amount: number;
  tax_amount: number;
  payment_method: string;
  receipt_number: string | null;
}

/** A payment is known by its intent, which the merchant knows; a refund or late money by an id of its own. */
export function makeExportTransaction(entry: SalesEntry): ExportTransaction {
  const { kind, object_id, payment_intent_id, refund_id, created_at } = entry;
  const { amount, tax_amount, receipt_number } = entry;
  return {
    transaction_id: (kind === 'payment' ? payment_intent_id : refund_id) ?? object_id,
    timestamp: `${created_at.slice(0, 19)}Z`,
    amount,
    tax_amount,
    payment_method: paymentMethodOf(entry.provider),
    receipt_number,
  };
}

const METHODS: Record<string, string> = {
  SP_NET: 'CREDIT_CARD',
  MPGS: 'CREDIT_CARD',
  TERMINAL: 'E_MONEY',
  CASH: 'CASH',
};

/** Cards are one method whatever their brand or way; a wallet is told by its name, as PAYPAY is in the document. */
function paymentMethodOf(provider: string): string {
  return METHODS[provider] ?? provider;
}

/** The document's ids are numbers, so an id that is the text of a number is written as one, where that loses nothing. */
export function exportId(id: string | null): number | string | null {
  return id !== null && /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id;
}

const LONGEST_PART = 80;

/**
 * An id that an upstream system chose as a part of a path: no slash, no dots alone, nothing unseen, never too long.
 * Different ids stay different: what is cut ends in `~` and a digest, and `~` itself is always encoded.
 */
export function pathPart(id: string): string {
  const encoded = Buffer.from(id)
    .toString('latin1')
    .replace(/[^A-Za-z0-9._-]/g, percent)
    .replace(/^\./, '%2E');
  if (encoded.length <= LONGEST_PART) return encoded;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 24);
  return `${encoded.slice(0, LONGEST_PART - 25)}~${digest}`;
}

const percent = (byte: string) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** As documented for yen; another currency is added. The payments of no store leave the store's place empty. */
export function exportFileName(key: Omit<ExportKey, 'organization_id' | 'livemode'>): string {
  const { merchant_id, merchant_store_id, business_date, currency, format } = key;
  const store = merchant_store_id === null ? '' : pathPart(merchant_store_id);
  const day = business_date.replaceAll('-', '');
  const suffix = currency === 'JPY' ? '' : `_${currency}`;
  return `settlement_${pathPart(merchant_id)}_${store}_${day}${suffix}.${format}`;
}

/** Where a merchant's files go at the accounting system. */
export function exportDirectory(directory: string, merchant_id: string): string {
  return directory.replaceAll('{merchant_id}', pathPart(merchant_id));
}

// Also the wide forms that a Japanese keyboard types: spreadsheets read them as the narrow ones.
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A text that a spreadsheet would take for a formula gets an apostrophe before it. Our own numbers stay numbers. */
export function defuseCell(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

// XML 1.0 has no way to write these at all, not even as references.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
const XML_ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

/** Text between tags. A character that XML forbids becomes U+FFFD, so that one receipt never spoils a day's file. */
export function xmlText(text: string): string {
  return text.replace(NOT_IN_XML, '\ufffd').replace(/[&<>\r]/g, (found) => XML_ENTITIES[found] ?? found);
}

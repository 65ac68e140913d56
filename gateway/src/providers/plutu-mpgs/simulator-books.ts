// The simulated Plutu's books: each payment page, what became of it, and every cent that moved. They live in memory and
// die with the process.
import { randomBytes } from 'node:crypto';
import { makeSignedQuery, withQuery } from './simulator-hash.ts';
import type { PlutuSettings } from './simulator-settings.ts';

const FIRST_TRANSACTION_ID = 100_001;

export type Outcome = 'approved' | 'canceled' | 'declined';
export type Phase = 'open' | 'expired' | Outcome;

export interface PaymentRequest {
  /** As it was sent: callbacks repeat it to the letter. */
  amount: string;
  amount_cents: number;
  invoice_no: string;
  return_url: string;
  customer_ip: string | null;
  lang: 'ar' | 'en';
}

export interface CallbackRecord {
  at: string;
  outcome: 'sending' | 'waiting' | 'delivered' | 'failed' | 'lost';
  /** One entry per try: the HTTP status, or what went wrong. */
  tries: string[];
}

export interface PlutuPayment {
  request: PaymentRequest;
  /** In the address of the payment page, so that nobody guesses another's. */
  id: string;
  transaction_id: string;
  currency: string;
  created_at_ms: number;
  expires_at_ms: number;
  outcome: Outcome | null;
  ended_at_ms: number | null;
  /** How many cards were declined on the page. */
  declines: number;
  /** Where browser and callback go once there is an outcome: the return_url, with what became of it, signed. */
  return_to: string | null;
  callbacks: CallbackRecord[];
}

/** A movement of money: what a test counts to see that nobody paid twice. */
export interface Charge {
  invoice_no: string;
  transaction_id: string;
  amount: string;
  amount_cents: number;
  currency: string;
  at: string;
}

export type EndOutcome = { ok: true; payment: PlutuPayment } | { ok: false; message: string };

export function createBooks(options: {
  now(): number;
  settings: PlutuSettings;
  takeFault(fault: 'wrong_amount'): boolean;
}) {
  const { now, settings } = options;
  const by_invoice = new Map<string, PlutuPayment>();
  const by_id = new Map<string, PlutuPayment>();
  let charges: Charge[] = [];

  function getPhase(payment: PlutuPayment): Phase {
    if (payment.outcome !== null) return payment.outcome;
    return now() >= payment.expires_at_ms ? 'expired' : 'open';
  }

  return {
    getPhase,
    /** Null: the invoice number was used before. */
    open(request: PaymentRequest): PlutuPayment | null {
      if (by_invoice.has(request.invoice_no)) return null;
      const created_at_ms = now();
      const payment: PlutuPayment = {
        request,
        id: randomBytes(16).toString('hex'),
        transaction_id: String(FIRST_TRANSACTION_ID + by_id.size),
        currency: settings.currency,
        created_at_ms,
        expires_at_ms: created_at_ms + settings.page_lifetime_seconds * 1_000,
        outcome: null,
        ended_at_ms: null,
        declines: 0,
        return_to: null,
        callbacks: [],
      };
      by_invoice.set(request.invoice_no, payment);
      by_id.set(payment.id, payment);
      return payment;
    },
    /** `late` also takes money on a page that ran out. */
    end(payment: PlutuPayment, outcome: Outcome, late = false): EndOutcome {
      const phase = getPhase(payment);
      if (phase !== 'open' && !(phase === 'expired' && late)) {
        const how = phase === 'expired' ? ' Send {"late": true} to take the money all the same.' : '';
        return { ok: false, message: `The payment is ${phase}.${how}` };
      }
      const { amount, amount_cents, invoice_no, return_url } = payment.request;
      payment.outcome = outcome;
      payment.ended_at_ms = now();
      const told = options.takeFault('wrong_amount') ? makeAmount(amount_cents + 1) : amount;
      const { transaction_id, currency } = payment;
      const news = { outcome, amount: told, currency, invoice_no, transaction_id };
      // Through URL, so that it can stand in a header; the signed pairs are plain and stay as they are.
      payment.return_to = new URL(withQuery(return_url, makeSignedQuery(news, settings.secret_key))).href;
      if (outcome === 'approved') {
        const at = new Date(payment.ended_at_ms).toISOString();
        charges.push({ invoice_no, transaction_id, amount, amount_cents, currency, at });
      }
      return { ok: true, payment };
    },
    findByInvoice: (invoice_no: string) => by_invoice.get(invoice_no) ?? null,
    findById: (id: string) => by_id.get(id) ?? null,
    listNewestFirst: () => [...by_invoice.values()].reverse(),
    listCharges: () => [...charges],
    reset() {
      by_invoice.clear();
      by_id.clear();
      charges = [];
    },
  };
}

export type Books = ReturnType<typeof createBooks>;

export function makeAmount(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

// The gateway's answers and requests as a page sees them: names and units exactly those of the API. Values that nobody
// knows yet (a new status, a new field) are handed on as they are.

/** Lets a value be one that this version of the SDK does not know, and keeps the known ones for completion. */
export type Open<Known extends string> = Known | (string & {});

export type PaymentStatus = Open<
  'requires_payment_method' | 'requires_action' | 'processing' | 'succeeded' | 'failed' | 'cancelled'
>;
export type PaymentMethodType = Open<'qr_mpm' | 'qr_cpm' | 'credit_card' | 'e_money' | 'cash'>;
export type ProcessingMode = Open<'pgw_processed' | 'external' | 'manual'>;
export type QRProvider = Open<'PAYPAY'>;

/** What went wrong with the last try, in words for a person. */
export interface LastPaymentError {
  code: string;
  message: string;
  provider?: string;
}

/** One purchase. `amount` is in minor units of `currency`: ¥1,500 is 1500, $15.00 is 1500. Times are RFC 3339 in UTC. */
export interface PaymentIntent {
  id: string;
  object: 'payment_intent';
  status: PaymentStatus;
  livemode: boolean;
  amount: number;
  currency: string;
  amount_capturable: number;
  amount_received: number;
  amount_refunded: number;
  payment_method_types: PaymentMethodType[];
  capture_method: Open<'automatic' | 'manual'>;
  merchant_id: string;
  merchant_ref_id: string;
  merchant_store_id?: string;
  merchant_terminal_id?: string;
  description?: string;
  metadata?: Record<string, string>;
  tax_amount?: number;
  receipt_number?: string;
  processing_mode?: ProcessingMode;
  provider?: string;
  capture_before?: string;
  cancellation_reason?: string;
  last_payment_error?: LastPaymentError;
  /** `unknown`: nobody knows yet whether money moved, and the gateway is finding out. */
  outcome?: Open<'unknown'>;
  next_check_at?: string;
  created_at: string;
  expires_at: string;
}

/** What came of a confirm: how far the payment is, and what the customer has to see or do next. */
export interface Confirmation {
  id: string;
  object: 'payment_intent';
  status: PaymentStatus;
  amount: number;
  currency: string;
  /** Equal to the payment intent's id. */
  payment_id: string;
  payment_intent_id: string;
  provider: string;
  payment_method_type: PaymentMethodType;
  processing_mode: ProcessingMode;
  /** Draw this text as a QR code, or let `renderQR` do it. */
  qr_content?: string;
  /** A picture of the code, served by the gateway. */
  qr_code_url?: string;
  /** The page to send the customer to. */
  redirect_url?: string;
  customer_code_masked?: string;
  /** Of the code or page, not of the intent. */
  expires_at?: string;
  outcome?: Open<'unknown'>;
  next_check_at?: string;
  last_payment_error?: LastPaymentError;
}

/** The body of a confirm, without its token. */
export interface ConfirmFields {
  payment_method_type: PaymentMethodType;
  provider?: string;
  external_ref_id?: string;
  external_status?: 'success' | 'declined' | 'error';
  external_reason?: string;
  external_amount?: number;
  external_currency?: string;
  customer_code?: string;
  return_url?: string;
}

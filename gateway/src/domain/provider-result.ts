// What a provider told us, in our words. Every provider's answer, notification and look-up ends as one of
// these values, and a value that says "we do not know" is as ordinary as one that says "paid".

/** What the customer has to do next, as the terminal must show it. Kept on the attempt. */
export type CustomerAction =
  | {
      type: 'qr';
      /** The text to draw as a QR code. Opaque: PayPay's is a URL, others use EMV. */
      qr_content: string;
      /** When the code stops working at the provider (RFC 3339 UTC). */
      expires_at: string;
    }
  | {
      type: 'redirect';
      /** The page at the provider that the customer must open. */
      redirect_url: string;
      expires_at: string;
    };

/** Money as the provider states it: integer minor units and an upper-case ISO 4217 code. */
export interface StatedMoney {
  amount: number;
  currency: string;
}

/** Why an outcome is unknown. For people and metrics; every reason is treated alike: look it up. */
export type UnknownReason =
  | 'timeout'
  | 'connection_failed'
  | 'server_error'
  | 'unreadable_answer'
  | 'unlisted_code'
  | 'rate_limited'
  /** The provider would not answer our question, for the sake of our credentials or contract. */
  | 'refused'
  /** Something that we have learned meanwhile may be newer than this answer. */
  | 'overtaken'
  /** A provider that cannot be asked has signed news that say neither yes nor no. */
  | 'unclear_news'
  | 'amount_mismatch';

/** What a provider told us. */
export type ProviderResult = ToldResult & {
  /** The provider's own id of the answer, for its support (PayPay: X-REQUEST-ID). */
  provider_request_id?: string;
};

type ToldResult =
  /** The provider opened a code or a page and waits for the customer. */
  | { kind: 'waiting'; action?: CustomerAction; provider_code_id?: string; provider_payment_id?: string }
  /** The provider has the customer's consent and still works on it. */
  | { kind: 'working'; provider_payment_id?: string }
  | { kind: 'paid'; stated?: StatedMoney; provider_payment_id?: string; paid_at?: string }
  /**
   * The provider holds the money, until `capture_before`. `refused`: it was asked to take or to release it,
   * definitely did not, and holds it still; without that, a question that is under way stays open.
   */
  | {
      kind: 'authorized';
      stated?: StatedMoney;
      provider_payment_id?: string;
      capture_before?: string;
      refused?: { code: string; message: string };
    }
  /** A definite no to the customer's payment. Only an explicit answer of the provider may say this. */
  | { kind: 'declined'; code: string; message: string; provider_payment_id?: string }
  /**
   * Nothing was taken and nothing can be taken any more by this attempt: the code or the hold ran out, the code
   * was deleted, the provider refused our request before anything began, or a terminal tried and failed.
   */
  | {
      kind: 'ended_unpaid';
      reason: 'expired' | 'deleted' | 'refused' | 'failed';
      code?: string;
      message?: string;
    }
  /** Money or a hold that existed was given back after our own cancel or revert. */
  | { kind: 'reversed'; provider_payment_id?: string }
  /** The provider knows nothing under our attempt id. Once proves little: the request may still arrive. */
  | { kind: 'not_found' }
  /** We cannot tell. Never a decline. */
  | { kind: 'unknown'; reason: UnknownReason; message: string };

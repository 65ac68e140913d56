// Plutu's error codes as data, and what each says about the request for a payment page. A code that is not in this
// table means "unknown", never "no".

/**
 * - definite: no page was opened, and the same request will never open one.
 * - retry: no page was opened now; asking again later is right.
 * - duplicate: a page was opened by an earlier asking with the same invoice number, and is not told again.
 * - unknown: a page may have been opened.
 */
export type ErrorMeaning = 'definite' | 'retry' | 'duplicate' | 'unknown';

// Source: the codes that Plutu's own PHP library and WooCommerce plug-in translate. Plutu documents no HTTP status with
// them. Those of one-time passwords belong to other gateways of Plutu's and cannot come from MPGS.
export const PLUTU_ERRORS = {
  FORBIDDEN_IP_ADDRESS: 'definite',
  SECRET_KEY_DOES_NOT_EXIST: 'definite',
  INVALID_MERCHANT_SECRET_KEY: 'definite',
  AUTH_ERROR: 'definite',
  UNAUTHORIZED: 'definite',
  UNAUTHORIZED_MERCHANT_ACCOUNT: 'definite',
  INVALID_MERCHANT_CATEGORY: 'definite',
  INVALID_GATEWAY: 'definite',
  DENIED_ACCESS_GATEWAY: 'definite',

  MISSING_PARAMETER: 'definite',
  INVALID_INPUTS: 'definite',
  INVALID_AMOUNT: 'definite',
  INVALID_INVOICE_AMOUNT_OR_NUMBER: 'definite',
  NOT_ALLOWED_AMOUNT: 'definite',
  AMOUNT_EXCEEDED_MAXIMUM: 'definite',
  CURRENCY_NOT_SUPPORTED: 'definite',
  REFERENCE_NUMBER_DOES_NOT_EXIST: 'definite',
  // Of the merchant's account at Plutu: it can be filled.
  INSUFFICIENT_BALANCE: 'retry',

  DUPLICATED_INVOICE_NUMBER: 'duplicate',

  // Plutu failed on the way. Whether the page was there already by then, it does not say.
  BACKEND_ERROR: 'unknown',
  BACKEND_SERVER_ERROR: 'unknown',
  ADD_PAYMENT_ERROR: 'unknown',
} as const satisfies Record<string, ErrorMeaning>;

export type PlutuErrorCode = keyof typeof PLUTU_ERRORS;

export type ReadError = { code: PlutuErrorCode; meaning: ErrorMeaning } | null;

/** A refusal that comes as a fault of the server's is none: what it had done by then is unknown. */
export function readErrorCode(http_status: number, code: string): ReadError {
  if (!isPlutuError(code)) return null;
  const meaning = PLUTU_ERRORS[code];
  return { code, meaning: http_status >= 500 && meaning !== 'duplicate' ? 'unknown' : meaning };
}

function isPlutuError(code: string): code is PlutuErrorCode {
  return Object.hasOwn(PLUTU_ERRORS, code);
}

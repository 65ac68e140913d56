// PayPay's result codes as data, and what each says about the call that it answers. A code that is not in
// this table, or that comes with another status than PayPay documents, means "unknown", never "no".

/**
 * - done: PayPay did it.
 * - definite: PayPay did not do it and will not; asking again in the same way is useless.
 * - retry: PayPay did not do it now; asking again later is right.
 * - unknown: it may have been done; only a look-up can tell.
 */
export type ResultMeaning = 'done' | 'definite' | 'retry' | 'unknown';

/** The class of HTTP status that the code is documented with, and its meaning there. */
type ResultRule = readonly [status_class: 2 | 4 | 5, meaning: ResultMeaning];

// Source: PayPay's OpenAPI description of "Dynamic QR" 1.1 (changelog up to 2026-05) and its SDKs' documents.
export const PAYPAY_RESULTS = {
  SUCCESS: [2, 'done'],
  REQUEST_ACCEPTED: [2, 'done'],
  // The customer has hours to agree; nothing is settled until the details say so.
  USER_CONFIRMATION_REQUIRED: [2, 'unknown'],

  INVALID_REQUEST_PARAMS: [4, 'definite'],
  MISSING_REQUEST_PARAMS: [4, 'definite'],
  INVALID_PARAMS: [4, 'definite'],
  UNAUTHORIZED: [4, 'definite'],
  OP_OUT_OF_SCOPE: [4, 'definite'],
  OPA_CLIENT_NOT_FOUND: [4, 'definite'],
  RESOURCE_NOT_FOUND: [4, 'definite'],
  UNACCEPTABLE_OP: [4, 'definite'],
  ORDER_NO_LONGER_AVAILABLE: [4, 'definite'],

  RATE_LIMIT: [4, 'retry'],
  MAINTENANCE_MODE: [5, 'retry'],

  SERVICE_ERROR: [5, 'unknown'],
  INTERNAL_SERVER_ERROR: [5, 'unknown'],
  // The one server error by which PayPay says that nothing happened.
  TRANSACTION_FAILED: [5, 'definite'],

  DYNAMIC_QR_BAD_REQUEST: [4, 'definite'],
  DYNAMIC_QR_NOT_FOUND: [4, 'definite'],
  DYNAMIC_QR_ALREADY_PAID: [4, 'definite'],
  DYNAMIC_QR_PAYMENT_NOT_FOUND: [4, 'definite'],
  DUPLICATE_DYNAMIC_QR_REQUEST: [4, 'definite'],
  PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT: [4, 'definite'],
  PRE_AUTH_CAPTURE_INVALID_EXPIRY_DATE: [4, 'definite'],

  ORDER_NOT_REVERSIBLE: [4, 'definite'],
  ORDER_NOT_CANCELABLE: [4, 'definite'],

  ALREADY_CAPTURED: [4, 'definite'],
  ORDER_EXPIRED: [4, 'definite'],
  ORDER_NOT_CAPTURABLE: [4, 'definite'],
  REAUTHORIZATION_IN_PROGRESS: [4, 'retry'],
  TOO_CLOSE_TO_EXPIRY: [4, 'definite'],
  HIGHER_CAPTURE_NOT_PERMITTED: [4, 'definite'],
  LIMIT_EXCEEDED: [4, 'definite'],
  USER_DEFINED_DAILY_LIMIT_EXCEEDED: [4, 'definite'],
  USER_DEFINED_MONTHLY_LIMIT_EXCEEDED: [4, 'definite'],
  NO_SUFFICIENT_FUND: [4, 'definite'],
  CANCELED_USER: [4, 'definite'],

  REFUND_LIMIT_EXCEEDED: [4, 'definite'],
  REFUND_WINDOW_EXCEED: [4, 'definite'],
  MERCHANT_MULTIPLE_REFUND_REJECTED: [4, 'definite'],
  THROTTLED_MULTIPLE_REFUND_REJECTED: [4, 'retry'],
  NO_SUCH_REFUND_ORDER: [4, 'definite'],

  SUSPECTED_DUPLICATE_PAYMENT: [4, 'definite'],
  NO_VALID_PAYMENT_METHOD: [4, 'definite'],
  PAYMENT_METHOD_NOT_FOUND: [4, 'definite'],
  UNSUPPORTED_PAYMENT_METHOD: [4, 'definite'],
  INVALID_USER_AUTHORIZATION_ID: [4, 'definite'],
  EXPIRED_USER_AUTHORIZATION_ID: [4, 'definite'],
  USER_STATE_IS_NOT_ACTIVE: [4, 'definite'],
} as const satisfies Record<string, ResultRule>;

export type PaypayCode = keyof typeof PAYPAY_RESULTS;

/** A code that we know, in the place where PayPay documents it; null for every other. */
export type ReadResult = { code: PaypayCode; meaning: ResultMeaning } | null;

export function readResultCode(status: number, code: string): ReadResult {
  if (!isPaypayCode(code)) return null;
  const [status_class, meaning]: ResultRule = PAYPAY_RESULTS[code];
  return Math.floor(status / 100) === status_class ? { code, meaning } : null;
}

function isPaypayCode(code: string): code is PaypayCode {
  return Object.hasOwn(PAYPAY_RESULTS, code);
}

// Plutu's answers to the question for a payment page: the redirect, and every error that its documents and its own
// plug-ins name. They say which codes there are, not always when: where they are silent, the choice is ours.
import type { PlutuSettings } from './simulator-settings.ts';

/** HTTP status and a message in Plutu's manner for each code. */
const ERRORS = {
  MISSING_PARAMETER: [400, 'A required parameter is missing'],
  INVALID_INPUTS: [422, 'The given data was invalid'],
  INVALID_AMOUNT: [400, 'The amount is not valid'],
  INVALID_INVOICE_AMOUNT_OR_NUMBER: [400, 'The invoice amount or number is not valid'],
  DUPLICATED_INVOICE_NUMBER: [400, 'The invoice number has been used before'],
  NOT_ALLOWED_AMOUNT: [400, 'This amount is not allowed'],
  AMOUNT_EXCEEDED_MAXIMUM: [400, 'The amount exceeds the maximum'],
  INSUFFICIENT_BALANCE: [400, 'The balance is not sufficient'],
  CURRENCY_NOT_SUPPORTED: [400, 'The currency is not supported'],
  INVALID_GATEWAY: [400, 'The gateway is not valid'],
  INVALID_MERCHANT_CATEGORY: [400, 'The merchant category is not valid'],
  REFERENCE_NUMBER_DOES_NOT_EXIST: [404, 'The reference number does not exist'],
  SECRET_KEY_DOES_NOT_EXIST: [401, 'The secret key does not exist'],
  INVALID_MERCHANT_SECRET_KEY: [401, 'The secret key of the merchant is not valid'],
  AUTH_ERROR: [401, 'The API key is not valid'],
  UNAUTHORIZED: [401, 'Unauthenticated'],
  UNAUTHORIZED_MERCHANT_ACCOUNT: [403, 'The merchant account is not authorized'],
  DENIED_ACCESS_GATEWAY: [403, 'The gateway is not enabled for this account'],
  FORBIDDEN_IP_ADDRESS: [403, 'The IP address is not allowed'],
  ADD_PAYMENT_ERROR: [500, 'The payment could not be added'],
  BACKEND_ERROR: [500, 'Something went wrong'],
  BACKEND_SERVER_ERROR: [500, 'Server error'],
} as const satisfies Record<string, readonly [number, string]>;

export type PlutuErrorCode = keyof typeof ERRORS;
export const PLUTU_ERROR_CODES = Object.keys(ERRORS) as PlutuErrorCode[];

export interface PlutuAnswer {
  status: number;
  /** Null for success. */
  code: string | null;
  body: object;
  /** Told to the developer, in a header and on the control page; never by the real Plutu. */
  hint?: string;
}

export function makeRedirect(redirect_url: string): PlutuAnswer {
  return {
    status: 200,
    code: null,
    body: { status: 200, result: { code: 'CHECKOUT_REDIRECT', redirect_url } },
  };
}

export function makeError(
  settings: PlutuSettings,
  code: PlutuErrorCode,
  facts: { fields?: Record<string, string>; hint?: string } = {},
): PlutuAnswer {
  const [status, message] = ERRORS[code];
  const fields = Object.entries(facts.fields ?? {}).map(([name, text]) => [name, [text]]);
  const error = { status, code, message, ...(fields.length > 0 && { fields: Object.fromEntries(fields) }) };
  return {
    status: settings.error_as_http_200 ? 200 : status,
    code,
    body: settings.error_with_status ? { status: 0, error } : { error },
    ...(facts.hint !== undefined && { hint: facts.hint }),
  };
}

/** What Laravel says when too many come; it is no code of Plutu's. */
export function makeTooMany(): PlutuAnswer {
  return { status: 429, code: 'TOO_MANY_REQUESTS', body: { message: 'Too Many Attempts.' } };
}

/** While Plutu is being worked on: again no code of its own. */
export function makeMaintenance(): PlutuAnswer {
  return { status: 503, code: 'SERVICE_UNAVAILABLE', body: { message: 'Service Unavailable' } };
}

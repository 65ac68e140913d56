// Every refusal that the gateway can give, in one closed table. A refusal is thrown as a GatewayError and
// turned into an answer in one place (http/server.ts); docs/errors.md lists the same table, held by a test.

export const ERRORS = {
  invalid_request: { status: 400, code: 'invalid_request', inner: 'invalid_request' },
  provider_not_supported: { status: 400, code: 'provider_not_supported', inner: 'provider_not_supported' },
  unauthorized: { status: 401, code: 'unauthorized', inner: 'authentication_error' },
  invalid_token: { status: 401, code: 'invalid_token', inner: 'invalid_token' },
  forbidden: { status: 403, code: 'forbidden', inner: 'forbidden' },
  payment_not_found: { status: 404, code: 'not_found', inner: 'payment_not_found' },
  not_found: { status: 404, code: 'not_found', inner: 'not_found' },
  request_timeout: { status: 408, code: 'invalid_request', inner: 'invalid_request' },
  idempotency_conflict: { status: 409, code: 'idempotency_conflict', inner: 'idempotency_conflict' },
  invalid_payment_state: { status: 409, code: 'invalid_payment_state', inner: 'invalid_payment_state' },
  conflict: { status: 409, code: 'conflict', inner: 'conflict' },
  body_too_large: { status: 413, code: 'invalid_request', inner: 'invalid_request' },
  unsupported_media_type: { status: 415, code: 'invalid_request', inner: 'invalid_request' },
  rate_limit_exceeded: { status: 429, code: 'rate_limit_exceeded', inner: 'rate_limit_exceeded' },
  headers_too_large: { status: 431, code: 'invalid_request', inner: 'invalid_request' },
  internal_error: { status: 500, code: 'internal_error', inner: 'internal_error' },
  unavailable: { status: 503, code: 'internal_error', inner: 'internal_error' },
  provider_error: { status: 502, code: 'provider_error', inner: 'provider_error' },
  provider_timeout: { status: 504, code: 'provider_error', inner: 'provider_error' },
} as const satisfies Record<string, { status: number; code: string; inner: string }>;

export type ErrorName = keyof typeof ERRORS;

export interface ErrorDetails {
  /** The field that is wrong, dotted: `metadata.order`. Also given as `error.param`. */
  field?: string;
  /** Which rule it broke: `min_value`, `required`, `unknown_field`, … */
  constraint?: string;
  /** Facts that help the caller go on, such as the current status or the existing intent's id. */
  [fact: string]: unknown;
}

export class GatewayError extends Error {
  readonly name_in_table: ErrorName;
  readonly details: ErrorDetails;
  /** When given, the caller may try the same thing again after so many seconds; such an answer is not stored. */
  readonly retry_after_seconds: number | undefined;

  constructor(
    name: ErrorName,
    message: string,
    details: ErrorDetails = {},
    options: { retry_after_seconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'GatewayError';
    this.name_in_table = name;
    this.details = details;
    this.retry_after_seconds = options.retry_after_seconds;
  }

  get status(): number {
    return ERRORS[this.name_in_table].status;
  }
}

// What a call can end with when it does not end well: one class for each kind, under one parent, the kinds being those
// of all SDKs of the gateway. Which kind an answer is, is decided in answers.ts. No token is ever in an error.

export type ErrorKind =
  | 'invalid_request'
  | 'provider_not_supported'
  | 'authentication_error'
  | 'invalid_token'
  | 'forbidden'
  | 'not_found'
  | 'idempotency_conflict'
  | 'invalid_payment_state'
  | 'conflict'
  | 'rate_limit_exceeded'
  | 'provider_error'
  | 'internal_error'
  | 'connection_error'
  | 'unknown_outcome'
  | 'invalid_response';

export interface ErrorFacts {
  message: string;
  /** The HTTP status; absent when there was no answer. */
  status?: number | undefined;
  /** `error.code` of the answer; the kind where there is none. Finer than `kind`. */
  code?: string;
  param?: string | undefined;
  details?: Record<string, unknown> | undefined;
  request_id?: string | undefined;
  retry_after_seconds?: number | undefined;
  /** Of a request that changes something: call again with it, and the gateway does the work once. */
  idempotency_key?: string | undefined;
}

/** The parent of all errors that this SDK throws. Look at `kind`, never at `message`. */
export class MPACError extends Error {
  readonly kind: ErrorKind;
  readonly status: number | undefined;
  readonly code: string;
  readonly param: string | undefined;
  readonly details: Record<string, unknown> | undefined;
  readonly request_id: string | undefined;
  readonly retry_after_seconds: number | undefined;
  readonly idempotency_key: string | undefined;

  constructor(kind: ErrorKind, facts: ErrorFacts) {
    super(facts.message);
    // Not the class's own name, which a minifier shortens.
    this.name = `MPACError [${kind}]`;
    this.kind = kind;
    this.status = facts.status;
    this.code = facts.code ?? kind;
    this.param = facts.param;
    this.details = facts.details;
    this.request_id = facts.request_id;
    this.retry_after_seconds = facts.retry_after_seconds;
    this.idempotency_key = facts.idempotency_key;
  }
}

/** The request was wrong, or would have been: correct it. */
export class InvalidRequestError extends MPACError {}
/** Nobody here can take the payment that way; nothing was asked and nothing was taken. */
export class ProviderNotSupportedError extends MPACError {}
export class AuthenticationError extends MPACError {}
/** The payment token is wrong, expired, used up or replaced: have the backend ask for a fresh one. */
export class InvalidTokenError extends MPACError {}
/** This page, or this method from a page, is not let in. */
export class ForbiddenError extends MPACError {}
export class NotFoundError extends MPACError {}
export class IdempotencyConflictError extends MPACError {}
/** The intent's status does not allow it; `details.status` is the status that it has. */
export class InvalidPaymentStateError extends MPACError {}
export class ConflictError extends MPACError {}
export class RateLimitError extends MPACError {}
/** The provider refused; nothing was taken. */
export class ProviderError extends MPACError {}
export class InternalError extends MPACError {}
/** No answer to a request that changes nothing. */
export class ConnectionError extends MPACError {}
/** It may have been done, and this is no failure: do not take the money another way. */
export class UnknownOutcomeError extends MPACError {}
export class InvalidResponseError extends MPACError {}

const CLASSES: Record<ErrorKind, typeof MPACError> = {
  invalid_request: InvalidRequestError,
  provider_not_supported: ProviderNotSupportedError,
  authentication_error: AuthenticationError,
  invalid_token: InvalidTokenError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  idempotency_conflict: IdempotencyConflictError,
  invalid_payment_state: InvalidPaymentStateError,
  conflict: ConflictError,
  rate_limit_exceeded: RateLimitError,
  provider_error: ProviderError,
  internal_error: InternalError,
  connection_error: ConnectionError,
  unknown_outcome: UnknownOutcomeError,
  invalid_response: InvalidResponseError,
};

/** The error of its kind's own class. */
export function makeError(kind: ErrorKind, facts: ErrorFacts): MPACError {
  return new CLASSES[kind](kind, facts);
}

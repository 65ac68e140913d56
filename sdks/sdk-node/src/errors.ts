// How a call can end without its answer: one class for each kind under one parent. `kind` tells them apart, also where
// two copies of this package are loaded, and so does `instanceof`. The most important one is UnknownOutcomeError.

/** The kinds of all errors; the same words in every SDK of the gateway. */
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
  status?: number | undefined;
  code?: string | undefined;
  param?: string | undefined;
  details?: Record<string, unknown> | undefined;
  request_id?: string | undefined;
  retry_after_seconds?: number | undefined;
  idempotency_key?: string | undefined;
  cause?: unknown;
}

// In the registry of symbols, so that another copy of this package knows our errors for what they are.
const BRAND = Symbol.for('@cloudsky/mpac-pgw-sdk-node/error');

/** The parent of all errors of the gateway's client. It holds no secret and no token, in no form of text. */
export abstract class PaymentGatewayError extends Error {
  /** Which kind of error this is; `switch` on it, or use the class. */
  abstract readonly kind: ErrorKind;
  /** The HTTP status of the last answer; undefined when there was none. */
  readonly status: number | undefined;
  /** `error.code` of the answer's body. A code that this version does not know is handed on as it is. */
  readonly code: string | undefined;
  /** The field that is wrong, in dots: `metadata.order`. */
  readonly param: string | undefined;
  /** Facts that help: the intent's `status`, the provider's code, the `outcome`. */
  readonly details: Record<string, unknown> | undefined;
  /** Names the request in the gateway's log. Quote it when you ask for help. */
  readonly request_id: string | undefined;
  /** How long the gateway asks to wait, where its answer says so. */
  readonly retry_after_seconds: number | undefined;
  /** The key of the call, where it changes something: a call with the same key is the same call. */
  readonly idempotency_key: string | undefined;

  constructor(facts: ErrorFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.code = facts.code;
    this.param = facts.param;
    this.details = facts.details;
    this.request_id = facts.request_id;
    this.retry_after_seconds = facts.retry_after_seconds;
    this.idempotency_key = facts.idempotency_key;
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true, writable: true });
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** With the message, which JSON.stringify leaves out of other errors. */
  toJSON(): object {
    return Object.assign({ name: this.name, message: this.message }, this);
  }
}

/** Something in the request is wrong: `param` says what. Nothing was done. */
export class InvalidRequestError extends PaymentGatewayError {
  override readonly kind = 'invalid_request';
}
/** Nobody here can take this payment that way. Offer another method. */
export class ProviderNotSupportedError extends PaymentGatewayError {
  override readonly kind = 'provider_not_supported';
}
/** The key or its secret is wrong, or the clock of this machine is. */
export class AuthenticationError extends PaymentGatewayError {
  override readonly kind = 'authentication_error';
}
/** The payment token is wrong, expired, used up or replaced. Make a new one. */
export class InvalidTokenError extends PaymentGatewayError {
  override readonly kind = 'invalid_token';
}
/** The key is known and may not do this. */
export class ForbiddenError extends PaymentGatewayError {
  override readonly kind = 'forbidden';
}
/** There is no such thing for this key; `code` is `payment_not_found` for payment intents. */
export class NotFoundError extends PaymentGatewayError {
  override readonly kind = 'not_found';
}
/** The order's reference is taken (`details` names the intent that has it), or the key was used for something else. */
export class IdempotencyConflictError extends PaymentGatewayError {
  override readonly kind = 'idempotency_conflict';
}
/** The payment is in no state for this; `details.status` is its status now. */
export class InvalidPaymentStateError extends PaymentGatewayError {
  override readonly kind = 'invalid_payment_state';
}
/** A key or another setting is in no state for this. */
export class ConflictError extends PaymentGatewayError {
  override readonly kind = 'conflict';
}
/** Too many requests, after waiting and trying again. */
export class RateLimitError extends PaymentGatewayError {
  override readonly kind = 'rate_limit_exceeded';
}
/** The provider refused, or was not asked. Nothing was taken; `details.provider_code` is its reason. */
export class ProviderError extends PaymentGatewayError {
  override readonly kind = 'provider_error';
}
/** A fault of the gateway, in answer to a request that changes nothing. */
export class InternalError extends PaymentGatewayError {
  override readonly kind = 'internal_error';
}
/** There was no answer to a request that changes nothing, or to one that provably never left. */
export class ConnectionError extends PaymentGatewayError {
  override readonly kind = 'connection_error';
}
/**
 * It may have been done. Call again with the same `idempotency_key`, or retrieve the payment. Do not take the money
 * another way, and do not tell anybody that the payment failed.
 */
export class UnknownOutcomeError extends PaymentGatewayError {
  override readonly kind = 'unknown_outcome';
}
/** What answered is not the gateway, or not this version of it. The request changes nothing. */
export class InvalidResponseError extends PaymentGatewayError {
  override readonly kind = 'invalid_response';
}

export type AnyPaymentGatewayError =
  | InvalidRequestError
  | ProviderNotSupportedError
  | AuthenticationError
  | InvalidTokenError
  | ForbiddenError
  | NotFoundError
  | IdempotencyConflictError
  | InvalidPaymentStateError
  | ConflictError
  | RateLimitError
  | ProviderError
  | InternalError
  | ConnectionError
  | UnknownOutcomeError
  | InvalidResponseError;

const CLASSES: ReadonlyMap<ErrorKind, new (facts: ErrorFacts) => AnyPaymentGatewayError> = new Map<
  ErrorKind,
  new (
    facts: ErrorFacts,
  ) => AnyPaymentGatewayError
>([
  ['invalid_request', InvalidRequestError],
  ['provider_not_supported', ProviderNotSupportedError],
  ['authentication_error', AuthenticationError],
  ['invalid_token', InvalidTokenError],
  ['forbidden', ForbiddenError],
  ['not_found', NotFoundError],
  ['idempotency_conflict', IdempotencyConflictError],
  ['invalid_payment_state', InvalidPaymentStateError],
  ['conflict', ConflictError],
  ['rate_limit_exceeded', RateLimitError],
  ['provider_error', ProviderError],
  ['internal_error', InternalError],
  ['connection_error', ConnectionError],
  ['unknown_outcome', UnknownOutcomeError],
  ['invalid_response', InvalidResponseError],
]);

// `instanceof` asks for the kind, because the class may be of another copy of this package.
Object.defineProperty(PaymentGatewayError, Symbol.hasInstance, {
  value: function isInstance(this: unknown, value: unknown): boolean {
    if (!isPaymentGatewayError(value)) return false;
    if (this === PaymentGatewayError) return true;
    const kind = [...CLASSES].find(([, one]) => one === this)?.[0];
    // A subclass of somebody else is asked in the ordinary way.
    return kind === undefined
      ? Function.prototype[Symbol.hasInstance].call(this, value)
      : value.kind === kind;
  },
});

export function makeError(kind: ErrorKind, facts: ErrorFacts): AnyPaymentGatewayError {
  const Class = CLASSES.get(kind) ?? InvalidResponseError;
  return new Class(facts);
}

/** Whether this is an error of the gateway's client, of this or another copy of the package. Then `switch` on `kind`. */
export function isPaymentGatewayError(error: unknown): error is AnyPaymentGatewayError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** The question to ask before anything else: may it have been done? */
export function isUnknownOutcome(error: unknown): error is UnknownOutcomeError {
  return isPaymentGatewayError(error) && error.kind === 'unknown_outcome';
}

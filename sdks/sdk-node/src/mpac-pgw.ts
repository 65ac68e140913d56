// What `import … from '@cloudsky/mpac-pgw-sdk-node'` gives.
export type {
  AnswerHeaders,
  Fetch,
  FetchAnswer,
  FetchRequest,
  PaymentGatewayOptions,
} from './configuration.ts';
export {
  type AnyPaymentGatewayError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  type ErrorFacts,
  type ErrorKind,
  ForbiddenError,
  IdempotencyConflictError,
  InternalError,
  InvalidPaymentStateError,
  InvalidRequestError,
  InvalidResponseError,
  InvalidTokenError,
  isPaymentGatewayError,
  isUnknownOutcome,
  NotFoundError,
  PaymentGatewayError,
  ProviderError,
  ProviderNotSupportedError,
  RateLimitError,
  UnknownOutcomeError,
} from './errors.ts';
export type * from './generated/operations.ts';
export type * from './generated/schemas.ts';
export { toDecimal, toMinorUnits } from './money.ts';
export { List, Page } from './pages.ts';
export {
  type Caller,
  type ItemOf,
  type ListOperationId,
  PaymentGateway,
  SDK_VERSION,
} from './payment-gateway.ts';
export type { CallOptions, OperationId } from './request.ts';
export { type RequestToSign, signRequest } from './request-signature.ts';
export { type ResponseFacts, responseOf } from './response-facts.ts';
export {
  type SignedHeaders,
  type SignOptions,
  type VerifyOptions,
  type WebhookHeaders,
  type WebhookPayload,
  type WebhookRefusal,
  WebhookVerificationError,
  webhooks,
} from './webhooks.ts';

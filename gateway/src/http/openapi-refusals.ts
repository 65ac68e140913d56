// Refusals in the OpenAPI document: for each name in the table of errors a body as the gateway really gives it, in
// both media types, and for each status of an operation the ones that it can be.
import { ERRORS, type ErrorDetails, type ErrorName, GatewayError } from '../domain/error.ts';
import { errorAnswer } from './errors.ts';
import { IDS } from './openapi-examples.ts';

type Json = Record<string, unknown>;

const SAMPLES: Record<ErrorName, [message: string, details?: ErrorDetails]> = {
  invalid_request: ['Amount must be greater than 0.', { field: 'amount', constraint: 'min_value' }],
  provider_not_supported: ['This store is not set up for PAYPAY.', { field: 'provider' }],
  unauthorized: ['The signature is missing or wrong.'],
  invalid_token: ['The payment token is wrong, expired or used up. Ask your backend for a fresh one.'],
  forbidden: ['This key acts for another merchant.', { field: 'merchant_id' }],
  payment_not_found: ['There is no payment intent with this id.'],
  not_found: ['There is nothing with this id.'],
  request_timeout: ['The request did not arrive in time.'],
  idempotency_conflict: [
    `merchant_ref_id is in use by ${IDS.payment_intents}.`,
    {
      field: 'merchant_ref_id',
      constraint: 'unique',
      payment_intent: IDS.payment_intents,
      status: 'succeeded',
    },
  ],
  invalid_payment_state: ['A payment intent that is succeeded cannot be cancelled.', { status: 'succeeded' }],
  conflict: ['This key is revoked already.'],
  body_too_large: ['The body is larger than this endpoint reads.'],
  unsupported_media_type: [
    'Send the body as application/json.',
    { field: 'Content-Type', constraint: 'application/json' },
  ],
  rate_limit_exceeded: ['Too many requests. Try again in 12 seconds.'],
  headers_too_large: ['A request may have at most 100 header fields.'],
  internal_error: ['Something went wrong on our side. Retry with the same Idempotency-Key.'],
  unavailable: ['The database cannot do this now. Try again in a moment; nothing was done.'],
  provider_error: ['PAYPAY gave no clear answer; it is being asked.', { outcome: 'unknown' }],
  provider_timeout: ['PAYPAY did not answer in time; it is being asked.', { outcome: 'unknown' }],
};
const NAMES = Object.keys(SAMPLES) as ErrorName[];

const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

function sampleBody(name: ErrorName, accept: string): unknown {
  const [message, details] = SAMPLES[name];
  const request = { id: IDS.request, headers: { accept }, url: '/v1/payment_intents' };
  return JSON.parse(errorAnswer(new GatewayError(name, message, details), request).body);
}

/** Among the components: `refusal_…` is the body, `problem_…` the same as RFC 9457. */
export function refusalExamples(): Json {
  return Object.fromEntries(
    NAMES.flatMap((name) => [
      [`refusal_${name}`, { summary: name, value: sampleBody(name, JSON_TYPE) }],
      [`problem_${name}`, { summary: name, value: sampleBody(name, PROBLEM_TYPE) }],
    ]),
  );
}

/** The shape of RFC 9457, which says the same and more. */
export const PROBLEM_SHAPE = {
  title: 'Problem',
  description: 'A refusal in the form of RFC 9457, for who accepts application/problem+json.',
  allOf: [
    { $ref: '#/components/schemas/Error' },
    {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'instance'],
      properties: {
        type: { type: 'string', format: 'uri' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        instance: { type: 'string' },
      },
    },
  ],
};

interface Circumstances {
  path: string;
  takes_token: boolean;
  has_key: boolean;
}

/** Which refusals of a status an operation can give. */
function namesOf(status: number, { path, takes_token, has_key }: Circumstances): ErrorName[] {
  const about_payments = path.startsWith('/v1/payment_intents');
  const moves_payments =
    about_payments || path.startsWith('/v1/refunds') || path.startsWith('/v1/late_payments');
  const can: Partial<Record<ErrorName, boolean>> = {
    provider_not_supported: path.endsWith('/confirm'),
    invalid_token: takes_token,
    payment_not_found: about_payments,
    not_found: !about_payments,
    idempotency_conflict: has_key,
    invalid_payment_state: moves_payments && path !== '/v1/payment_intents',
    conflict: !moves_payments,
  };
  return NAMES.filter((name) => ERRORS[name].status === status && can[name] !== false);
}

/** The content of a refusal's response, with an example of each that it can be. */
export function refusalContent(
  status: number,
  circumstances: Circumstances,
): { names: ErrorName[]; content: Json } {
  const names = namesOf(status, circumstances);
  const examples = (kind: string) =>
    Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${kind}_${name}` }]));
  const content = {
    [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' }, examples: examples('refusal') },
    [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' }, examples: examples('problem') },
  };
  return { names, content };
}

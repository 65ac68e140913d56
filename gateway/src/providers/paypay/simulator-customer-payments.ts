// Payments by a code that the customer shows: `POST /v2/payments` and `/v2/payments/preauthorize`, and the details of
// them. Written from PayPay's documents of payments by an authorised user, with the scanned code as
// `userAuthorizationId`; how PayPay's own contract for tills differs is not public.
import { type Answer, isIntegerUpTo, isObject, makeRefusal, readFields, wrong } from './simulator-answers.ts';
import { CODE_BEHAVIOURS, type CustomerCode, type CustomerCodeBook } from './simulator-customer-codes.ts';
import type { PaypaySettings, PaypayState, SimulatedPayment } from './simulator-state.ts';

/** PayPay asks whether a payment of the same amount by the same customer so shortly after another is meant. */
const SIMILAR_WITHIN_MS = 5 * 60_000;

export interface CustomerPaymentRequest {
  merchantPaymentId: string;
  userAuthorizationId: string;
  amount: { amount: number; currency: string };
  requestedAt: number;
  orderDescription?: string;
  storeId?: string;
  terminalId?: string;
}

export function createCustomerPayments(options: {
  now(): number;
  settings: PaypaySettings;
  codes: CustomerCodeBook;
  state: PaypayState;
  notify(payment: SimulatedPayment): void;
}) {
  const { now, settings, codes, state, notify } = options;

  function create(
    merchantId: string,
    body: Buffer,
    query: URLSearchParams,
    isAuthorization: boolean,
  ): Answer {
    const request = readRequest(body);
    if ('status' in request) return request;
    if (!settings.can_take_customer_codes) {
      return makeRefusal('OP_OUT_OF_SCOPE', 'This contract takes no codes that customers show.');
    }
    if (isAuthorization && !settings.can_authorize) {
      return makeRefusal('PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', 'This contract does not hold money.');
    }
    const earlier = state.findOwnPayment(merchantId, request.merchantPaymentId);
    if (earlier !== null) return repeat(earlier, request, isAuthorization);
    const used = codes.use(request.userAuthorizationId, request.merchantPaymentId);
    if ('refusal' in used) return makeRefusal(used.refusal, used.hint);
    const { leads_to } = CODE_BEHAVIOURS[used.behaviour];
    if (typeof leads_to === 'object') {
      return makeRefusal(leads_to.refusal, `The customer was told to behave so: ${used.behaviour}.`);
    }
    const agrees = query.get('agreeSimilarTransaction') === 'true';
    if (!agrees && hasSimilar(merchantId, used, request.amount.amount)) {
      // The code is not used up: PayPay expects the same request once more, with the agreement.
      used.used_by = null;
      return makeRefusal('SUSPECTED_DUPLICATE_PAYMENT', 'The same customer paid as much a moment ago.');
    }
    const payment = state.addCustomerPayment(merchantId, request, isAuthorization, used);
    if (leads_to === 'paid') state.pay(payment, false);
    if (leads_to === 'declined_question') state.decline(payment);
    if (payment.status !== 'CREATED') notify(payment);
    return state.getDetails(merchantId, request.merchantPaymentId, 'customer');
  }

  /** The same request under the same id is told how the first stands, and begins nothing. */
  function repeat(
    earlier: SimulatedPayment,
    request: CustomerPaymentRequest,
    isAuthorization: boolean,
  ): Answer {
    const is_same =
      earlier.customer?.code === request.userAuthorizationId &&
      earlier.request.amount.amount === request.amount.amount &&
      (earlier.request.isAuthorization ?? false) === isAuthorization;
    if (!is_same) return makeRefusal('INVALID_PARAMS', 'This merchantPaymentId was used with other content.');
    return state.getDetails(earlier.merchantId, request.merchantPaymentId, 'customer');
  }

  function hasSimilar(merchantId: string, { customer }: CustomerCode, amount: number): boolean {
    return state
      .listNewestFirst()
      .some(
        (other) =>
          other.merchantId === merchantId &&
          other.customer?.customer === customer &&
          other.request.amount.amount === amount &&
          other.acceptedAtMs !== null &&
          other.failedAtMs === null &&
          now() - other.acceptedAtMs < SIMILAR_WITHIN_MS,
      );
  }

  return { create };
}

const ID = /^[a-zA-Z0-9_-]{1,64}$/;
const REQUIRED = ['merchantPaymentId', 'userAuthorizationId', 'amount', 'requestedAt'] as const;
const TEXTS = ['orderDescription', 'storeId', 'terminalId'] as const;

function readRequest(body: Buffer): CustomerPaymentRequest | Answer {
  const parsed = readFields(body);
  if (typeof parsed === 'string') return makeRefusal('INVALID_REQUEST_PARAMS', parsed);
  for (const name of REQUIRED) {
    if ((parsed[name] ?? null) === null) return makeRefusal('MISSING_REQUEST_PARAMS', `${name} is missing.`);
  }
  const { merchantPaymentId, userAuthorizationId, amount: money, requestedAt } = parsed;
  if (typeof merchantPaymentId !== 'string' || !ID.test(merchantPaymentId)) return wrong('merchantPaymentId');
  if (typeof userAuthorizationId !== 'string' || userAuthorizationId.length > 64) {
    return wrong('userAuthorizationId');
  }
  if (!isObject(money)) return wrong('amount');
  const { amount, currency } = money;
  if (!isIntegerUpTo(amount, 99_999_999_999) || amount < 1) return wrong('amount.amount');
  if (currency !== 'JPY') return wrong('amount.currency');
  if (!isIntegerUpTo(requestedAt, 99_999_999_999)) return wrong('requestedAt');
  const request: CustomerPaymentRequest = {
    merchantPaymentId,
    userAuthorizationId,
    amount: { amount, currency },
    requestedAt,
  };
  for (const name of TEXTS) {
    const text = parsed[name] ?? null;
    if (text === null) continue;
    if (typeof text !== 'string' || text.length > 255) return wrong(name);
    request[name] = text;
  }
  return request;
}

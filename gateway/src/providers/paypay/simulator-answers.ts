// What PayPay says: its result codes with their HTTP status and code number, the envelope around every
// answer, and the reading of a create-code request. Names and numbers are PayPay's own.

/** Result code → HTTP status, code number and the sentence that PayPay's answer carries. */
export const RESULTS = {
  SUCCESS: { status: 200, code_id: '08100001', message: 'Success' },
  REQUEST_ACCEPTED: { status: 202, code_id: '08100001', message: 'Request accepted' },
  INVALID_REQUEST_PARAMS: { status: 400, code_id: '08100006', message: 'Invalid request params' },
  MISSING_REQUEST_PARAMS: { status: 400, code_id: '08100024', message: 'Missing request params' },
  DYNAMIC_QR_BAD_REQUEST: { status: 400, code_id: '01650000', message: 'Dynamic QR bad request' },
  DUPLICATE_DYNAMIC_QR_REQUEST: { status: 400, code_id: '01652073', message: 'Duplicate dynamic QR request' },
  DYNAMIC_QR_ALREADY_PAID: { status: 400, code_id: '01652074', message: 'Dynamic QR already paid' },
  DYNAMIC_QR_PAYMENT_NOT_FOUND: { status: 400, code_id: '01652075', message: 'Dynamic QR payment not found' },
  DYNAMIC_QR_NOT_FOUND: { status: 404, code_id: '01652072', message: 'Dynamic QR not found' },
  PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT: {
    status: 400,
    code_id: '00400060',
    message: 'Merchant does not support pre-auth capture',
  },
  INVALID_PARAMS: { status: 400, code_id: '00200015', message: 'Invalid parameters' },
  UNACCEPTABLE_OP: { status: 400, code_id: '00200013', message: 'Order cannot be refunded' },
  // PayPay publishes no numbers for the next four.
  REFUND_WINDOW_EXCEED: { status: 400, code_id: null, message: 'Refund window exceeded' },
  REFUND_LIMIT_EXCEEDED: { status: 400, code_id: null, message: 'Refund limit exceeded' },
  THROTTLED_MULTIPLE_REFUND_REJECTED: { status: 400, code_id: null, message: 'Similar refund in process' },
  MERCHANT_MULTIPLE_REFUND_REJECTED: { status: 403, code_id: null, message: 'Multiple refund not allowed' },
  NO_SUCH_REFUND_ORDER: { status: 404, code_id: '00200018', message: 'No such refund order' },
  ORDER_NOT_CAPTURABLE: { status: 400, code_id: '00200035', message: 'Order is not capturable' },
  ALREADY_CAPTURED: { status: 400, code_id: '00200039', message: 'Order is already captured' },
  ORDER_NOT_CANCELABLE: { status: 400, code_id: '00200042', message: 'Order cannot be cancelled' },
  ORDER_EXPIRED: { status: 400, code_id: '00200043', message: 'Order is expired' },
  TOO_CLOSE_TO_EXPIRY: { status: 400, code_id: '00400064', message: 'Too close to expiry' },
  HIGHER_CAPTURE_NOT_PERMITTED: { status: 400, code_id: '00400062', message: 'Higher capture not permitted' },
  ORDER_NOT_REVERSIBLE: { status: 400, code_id: '00200044', message: 'Order cannot be reversed' },
  SUSPECTED_DUPLICATE_PAYMENT: { status: 400, code_id: '00200017', message: 'Suspected duplicate payment' },
  // Of the next six, too, PayPay publishes no numbers.
  NO_SUFFICIENT_FUND: { status: 400, code_id: null, message: 'No sufficient fund' },
  LIMIT_EXCEEDED: { status: 400, code_id: null, message: 'Limit exceeded' },
  NO_VALID_PAYMENT_METHOD: { status: 400, code_id: null, message: 'No valid payment method' },
  USER_STATE_IS_NOT_ACTIVE: { status: 400, code_id: null, message: 'User state is not active' },
  INVALID_USER_AUTHORIZATION_ID: { status: 401, code_id: null, message: 'Invalid user authorization id' },
  EXPIRED_USER_AUTHORIZATION_ID: { status: 401, code_id: null, message: 'Expired user authorization id' },
  OP_OUT_OF_SCOPE: { status: 401, code_id: '08100023', message: 'Operation out of scope' },
  UNAUTHORIZED: { status: 401, code_id: '08100016', message: 'Unauthorized request' },
  RESOURCE_NOT_FOUND: { status: 404, code_id: '00200001', message: 'Resource not found' },
  RATE_LIMIT: { status: 429, code_id: '08100998', message: 'Too many requests' },
  SERVICE_ERROR: { status: 500, code_id: '08100026', message: 'Service error' },
  // What the simulator never finds by itself, and says where the dial wants it.
  OPA_CLIENT_NOT_FOUND: { status: 404, code_id: '08100007', message: 'OPA client not found' },
  ORDER_NO_LONGER_AVAILABLE: { status: 400, code_id: null, message: 'Order is no longer available' },
  REAUTHORIZATION_IN_PROGRESS: { status: 400, code_id: '00200038', message: 'Reauthorization in progress' },
  CANCELED_USER: { status: 400, code_id: '01103027', message: 'User has canceled' },
  INTERNAL_SERVER_ERROR: { status: 500, code_id: '08101000', message: 'Internal server error' },
  TRANSACTION_FAILED: { status: 500, code_id: '00200002', message: 'Transaction failed' },
  MAINTENANCE_MODE: { status: 503, code_id: '08100999', message: 'Sorry, we are under maintenance' },
} as const;

export type ResultCode = keyof typeof RESULTS;
export const REFUSAL_CODES = (Object.keys(RESULTS) as ResultCode[]).filter(
  (code) => RESULTS[code].status >= 300,
);

export interface Answer {
  status: number;
  code: ResultCode;
  data: Record<string, unknown> | null;
  /** What is wrong in detail. PayPay would not say; the simulator sends it in a header of its own. */
  hint?: string;
}

export function makeAnswer(code: ResultCode, data: Answer['data'] = null): Answer {
  return { status: RESULTS[code].status, code, data };
}

export function makeRefusal(code: ResultCode, hint: string): Answer {
  return { ...makeAnswer(code), hint };
}

/** PayPay appends its request id to an error's message, so nobody can match on the text. */
export function makeEnvelope(answer: Answer, requestId: string): string {
  const { code_id, message } = RESULTS[answer.code];
  const text = answer.status < 300 ? message : `${message} | [${requestId}]`;
  return JSON.stringify({
    resultInfo: { code: answer.code, message: text, codeId: code_id },
    data: answer.data,
  });
}

/** The part of a create-code request that the simulator keeps and sends back. */
export interface CodeRequest {
  merchantPaymentId: string;
  amount: { amount: number; currency: string };
  codeType: string;
  orderDescription?: string;
  storeInfo?: string;
  storeId?: string;
  terminalId?: string;
  redirectUrl?: string;
  redirectType?: string;
  userAgent?: string;
  requestedAt?: number;
  isAuthorization?: boolean;
}

const TEXTS = ['orderDescription', 'storeInfo', 'storeId', 'terminalId', 'redirectUrl', 'userAgent'] as const;
const REDIRECT_TYPES = ['WEB_LINK', 'APP_DEEP_LINK'];

/** Fields that PayPay does not know are passed over in silence, as PayPay does. */
export function readCodeRequest(body: Buffer): CodeRequest | Answer {
  const parsed = readFields(body);
  if (typeof parsed === 'string') return makeRefusal('INVALID_REQUEST_PARAMS', parsed);
  const {
    merchantPaymentId: id,
    amount: money,
    codeType,
    redirectType,
    requestedAt,
    isAuthorization,
  } = parsed;

  for (const [name, value] of Object.entries({ merchantPaymentId: id, amount: money, codeType })) {
    if (value === undefined || value === null)
      return makeRefusal('MISSING_REQUEST_PARAMS', `${name} is missing.`);
  }
  if (!isObject(money)) return wrong('amount');
  for (const name of ['amount', 'currency']) {
    if (money[name] === undefined) return makeRefusal('MISSING_REQUEST_PARAMS', `amount.${name} is missing.`);
  }
  if (typeof id !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return wrong('merchantPaymentId');
  const { amount, currency } = money;
  if (!isIntegerUpTo(amount, 99_999_999_999) || amount < 1) return wrong('amount.amount');
  if (currency !== 'JPY') return wrong('amount.currency');
  if (codeType !== 'ORDER_QR') return wrong('codeType');
  // Eleven digits are seconds until the year 5138; the milliseconds of today have thirteen.
  if (requestedAt !== undefined && !isIntegerUpTo(requestedAt, 99_999_999_999)) return wrong('requestedAt');
  if (redirectType !== undefined && !REDIRECT_TYPES.includes(String(redirectType)))
    return wrong('redirectType');
  if (isAuthorization !== undefined && typeof isAuthorization !== 'boolean') return wrong('isAuthorization');

  const request: CodeRequest = { merchantPaymentId: id, amount: { amount, currency }, codeType };
  for (const name of TEXTS) {
    const text = parsed[name];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string' || text.length > 255) return wrong(name);
    request[name] = text;
  }
  if (redirectType !== undefined) request.redirectType = String(redirectType);
  if (requestedAt !== undefined) request.requestedAt = requestedAt;
  if (isAuthorization !== undefined) request.isAuthorization = isAuthorization;
  return request;
}

export function wrong(field: string): Answer {
  return makeRefusal('INVALID_REQUEST_PARAMS', `${field} is not valid.`);
}

/** A body as the object that it must be, or what is wrong with it. */
export function readFields(body: Buffer): Record<string, unknown> | string {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return isObject(parsed) ? parsed : 'The body is not a JSON object.';
  } catch {
    return 'The body is not JSON.';
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isIntegerUpTo(value: unknown, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

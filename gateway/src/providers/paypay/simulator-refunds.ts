// The simulated PayPay's book of refunds: who gets money back, when it shows, and what is refused. As PayPay does,
// it answers a repetition (same merchant, refund id and payment id) with the refund that is there already.
import {
  type Answer,
  isIntegerUpTo,
  isObject,
  makeAnswer,
  makeRefusal,
  readFields,
  wrong,
} from './simulator-answers.ts';
import type { Charge, PaypaySettings } from './simulator-state.ts';

const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
const WINDOW_DAYS = 365;

/** CREATED is the usual first answer. REFUND_FAILED is no end: PayPay tries again by itself until it is REFUNDED. */
export type RefundState = 'CREATED' | 'REFUND_FAILED' | 'REFUNDED';

interface SimulatedRefund {
  merchantId: string;
  merchantPaymentId: string;
  request: RefundRequest;
  createdAtMs: number;
  /** When PayPay tries for the first time, and when it has succeeded. */
  triedAtMs: number;
  doneAtMs: number;
}

interface RefundRequest {
  merchantRefundId: string;
  paymentId: string;
  amount: { amount: number; currency: string };
  requestedAt: number;
  reason?: string;
}

export type RefundBook = ReturnType<typeof createRefundBook>;

export function createRefundBook(options: {
  now(): number;
  settings: PaypaySettings;
  findCharge(merchantId: string, paymentId: string): Charge | null;
}) {
  const { now, settings, findCharge } = options;
  const refunds: SimulatedRefund[] = [];

  const ofPayment = (paymentId: string) => refunds.filter((refund) => refund.request.paymentId === paymentId);
  const sum = (of: SimulatedRefund[]) =>
    of.reduce((total, refund) => total + refund.request.amount.amount, 0);

  function stateOf(refund: SimulatedRefund): RefundState {
    if (now() >= refund.doneAtMs) return 'REFUNDED';
    return now() >= refund.triedAtMs ? 'REFUND_FAILED' : 'CREATED';
  }

  /** A refund as PayPay's answers show it, on its own and among the details of its payment. */
  function show(refund: SimulatedRefund): Record<string, unknown> {
    const status = stateOf(refund);
    const acceptedAt = status === 'REFUNDED' ? Math.floor(refund.doneAtMs / 1_000) : 0;
    return { status, acceptedAt, ...refund.request };
  }

  function create(merchantId: string, body: Buffer): Answer {
    const request = readRefundRequest(body);
    if ('status' in request) return request;
    const { merchantRefundId, paymentId, amount } = request;
    const others = ofPayment(paymentId).filter((refund) => refund.merchantId === merchantId);
    const earlier = others.find((refund) => refund.request.merchantRefundId === merchantRefundId);
    if (earlier !== undefined) return makeAnswer('SUCCESS', show(earlier));

    const charge = findCharge(merchantId, paymentId);
    if (charge === null) return makeRefusal('RESOURCE_NOT_FOUND', 'No payment has this paymentId.');
    if (charge.reversed_at !== null) return makeRefusal('UNACCEPTABLE_OP', 'The payment was cancelled.');
    if (now() >= getRefundDeadline(Date.parse(charge.at))) {
      return makeRefusal('REFUND_WINDOW_EXCEED', 'A payment can be refunded for 365 days.');
    }
    if (settings.one_refund_per_payment && others.length > 0) {
      return makeRefusal(
        'MERCHANT_MULTIPLE_REFUND_REJECTED',
        'This contract has one refund for each payment.',
      );
    }
    const similar = others.filter((refund) => refund.request.amount.amount === amount.amount);
    const last = Math.max(...similar.map((refund) => refund.createdAtMs));
    if (now() - last < settings.refund_throttle_seconds * 1_000) {
      return makeRefusal(
        'THROTTLED_MULTIPLE_REFUND_REJECTED',
        'A similar refund was asked for a moment ago.',
      );
    }
    if (amount.currency !== charge.currency || amount.amount > charge.amount - sum(others)) {
      return makeRefusal('INVALID_PARAMS', 'More than is left of the payment.');
    }
    const triedAtMs = now() + settings.refund_delay_seconds * 1_000;
    const refund = {
      merchantId,
      merchantPaymentId: charge.merchantPaymentId,
      request,
      createdAtMs: now(),
      triedAtMs,
      doneAtMs: triedAtMs + settings.refund_failed_seconds * 1_000,
    };
    refunds.push(refund);
    return makeAnswer('SUCCESS', show(refund));
  }

  /** PayPay's own SDKs leave `paymentId` out of the question, so it is only compared when it is there. */
  function getOne(merchantId: string, merchantRefundId: string, paymentId: string | null): Answer {
    const found = refunds.find(
      (refund) =>
        refund.merchantId === merchantId &&
        refund.request.merchantRefundId === merchantRefundId &&
        (paymentId === null || refund.request.paymentId === paymentId),
    );
    if (found === undefined) return makeRefusal('NO_SUCH_REFUND_ORDER', 'No such merchantRefundId.');
    return makeAnswer('SUCCESS', show(found));
  }

  /** Adds what PayPay knows of refunds to the details of a payment. Any that is done makes the payment REFUNDED. */
  function addToDetails(answer: Answer): Answer {
    const { data } = answer;
    if (data === null || typeof data['paymentId'] !== 'string') return answer;
    const own = ofPayment(data['paymentId']);
    const is_refunded =
      data['status'] === 'COMPLETED' && own.some((refund) => stateOf(refund) === 'REFUNDED');
    const changes = { refunds: { data: own.map(show) }, ...(is_refunded && { status: 'REFUNDED' }) };
    return { ...answer, data: { ...data, ...changes } };
  }

  return {
    create,
    getOne,
    addToDetails,
    /** What of a payment is back with the customer. */
    refundedOf: (paymentId: string) =>
      sum(ofPayment(paymentId).filter((refund) => stateOf(refund) === 'REFUNDED')),
    findPaymentIdOf: (merchantRefundId: string) =>
      refunds.find((refund) => refund.request.merchantRefundId === merchantRefundId)?.merchantPaymentId ??
      null,
    /** For the file of the day: what went back, or did not at the first try, and when. */
    listMovements: () =>
      refunds.flatMap((refund) => {
        const { merchantRefundId, paymentId, amount } = refund.request;
        const told = { merchantRefundId, paymentId, amount: amount.amount };
        const has_failed = refund.doneAtMs > refund.triedAtMs && now() >= refund.triedAtMs;
        return [
          ...(has_failed ? [{ ...told, is_done: false, at_ms: refund.triedAtMs }] : []),
          ...(now() >= refund.doneAtMs ? [{ ...told, is_done: true, at_ms: refund.doneAtMs }] : []),
        ];
      }),
    list: () =>
      refunds.map((refund) => ({
        merchantRefundId: refund.request.merchantRefundId,
        merchantPaymentId: refund.merchantPaymentId,
        paymentId: refund.request.paymentId,
        amount: refund.request.amount.amount,
        reason: refund.request.reason ?? null,
        status: stateOf(refund),
        created_at: new Date(refund.createdAtMs).toISOString(),
      })),
    reset() {
      refunds.length = 0;
    },
  };
}

/** The last second of the 365th day after the payment, in Japan. */
function getRefundDeadline(paidAtMs: number): number {
  const japaneseDay = Math.floor((paidAtMs + JST_OFFSET_MS) / DAY_MS);
  return (japaneseDay + WINDOW_DAYS + 1) * DAY_MS - JST_OFFSET_MS;
}

function readRefundRequest(body: Buffer): RefundRequest | Answer {
  const parsed = readFields(body);
  if (typeof parsed === 'string') return makeRefusal('INVALID_REQUEST_PARAMS', parsed);
  const { merchantRefundId, paymentId, amount: money, requestedAt, reason } = parsed;
  for (const [name, value] of Object.entries({ merchantRefundId, paymentId, amount: money, requestedAt })) {
    if (value === undefined || value === null) {
      return makeRefusal('MISSING_REQUEST_PARAMS', `${name} is missing.`);
    }
  }
  if (typeof merchantRefundId !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(merchantRefundId)) {
    return wrong('merchantRefundId');
  }
  if (typeof paymentId !== 'string' || paymentId.length > 64) return wrong('paymentId');
  if (!isObject(money)) return wrong('amount');
  const { amount, currency } = money;
  if (!isIntegerUpTo(amount, 99_999_999_999) || amount < 1) return wrong('amount.amount');
  if (currency !== 'JPY') return wrong('amount.currency');
  if (!isIntegerUpTo(requestedAt, 99_999_999_999)) return wrong('requestedAt');
  const request: RefundRequest = { merchantRefundId, paymentId, amount: { amount, currency }, requestedAt };
  if (reason === undefined || reason === null) return request;
  if (typeof reason !== 'string' || reason.length > 255) return wrong('reason');
  return { ...request, reason };
}

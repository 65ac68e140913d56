// The simulated PayPay's books: codes, payments, cancellations and every yen that moved. They live in memory
// and die with the process, so a test that kills the gateway runs the simulator as a process of its own.
import { randomInt, randomUUID } from 'node:crypto';
import type { Answer, CodeRequest } from './simulator-answers.ts';
import { makeAnswer, makeRefusal } from './simulator-answers.ts';
import { createAuthorizationBook, type Hold } from './simulator-authorizations.ts';
import type { CustomerCode } from './simulator-customer-codes.ts';
import type { CustomerPaymentRequest } from './simulator-customer-payments.ts';
import { makeDetails, toSeconds } from './simulator-details.ts';

const JST_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

export interface PaypaySettings {
  notification_url: string | null;
  webhook_secret: string | null;
  /** `paypay`: as PayPay really writes it. `document`: as the integration document has it. */
  notification_body: 'paypay' | 'document';
  qr_lifetime_seconds: number;
  /** Every code is paid at once: for benchmarks, and for demonstrations without a customer. */
  instant_pay: boolean;
  instant_pay_delay_ms: number;
  /** Taking codes that customers show is a contract of its own. */
  can_take_customer_codes: boolean;
  customer_code_lifetime_seconds: number;
  /** How long a customer who must confirm in the app can do so. */
  confirmation_lifetime_seconds: number;
  /** How long a cancel that PayPay accepted takes until it shows. */
  cancel_delay_seconds: number;
  /** How long a refund stays CREATED, and how long it then shows as REFUND_FAILED until PayPay gets it done. */
  refund_delay_seconds: number;
  refund_failed_seconds: number;
  /** PayPay's usual contract; several partial refunds are an option. */
  one_refund_per_payment: boolean;
  /** PayPay puts a second refund of the same amount off for a minute; 0: never. */
  refund_throttle_seconds: number;
  /** Holding money for a later capture is an option of the contract. */
  can_authorize: boolean;
  authorization_lifetime_seconds: number;
  /** So long before its end PayPay captures a hold no more. */
  capture_margin_seconds: number;
}

/** What became of a payment, in one word that a person at the page understands. */
export type PaymentPhase =
  | 'open'
  | 'held'
  | 'paid'
  | 'declined'
  | 'cancelled'
  | 'released'
  | 'hold_expired'
  | 'deleted'
  | 'expired';

export interface NotificationRecord {
  state: string;
  at: string;
  /** `held`: until a later one has overtaken it. `maintenance`: never sent for that reason. */
  outcome: 'sending' | 'delivered' | 'failed' | 'lost' | 'held' | 'maintenance' | 'no_url';
  /** One entry per try: the HTTP status, or what went wrong. */
  tries: string[];
}

export interface SimulatedPayment {
  request: CodeRequest;
  merchantId: string;
  /** The code that the customer showed; null where the customer scans the merchant's. */
  customer: CustomerCode | null;
  /** Shown to the merchant from the payment on, not while it is only a code. */
  paymentId: string;
  codeId: string;
  url: string;
  deeplink: string;
  createdAtMs: number;
  /** PayPay tells the expiry in whole seconds. */
  expiryDate: number;
  status: 'CREATED' | 'AUTHORIZED' | 'COMPLETED' | 'FAILED' | 'CANCELED' | 'EXPIRED';
  /** From an authorisation on; null for a payment that takes the money at once. */
  hold: Hold | null;
  deleted: boolean;
  acceptedAtMs: number | null;
  /** Set by a cancel. Before the payment it lies in wait; afterwards it is when the money goes back. */
  cancel: { dueAtMs: number | null } | null;
  failedAtMs: number | null;
  notifications: NotificationRecord[];
}

/** A movement of money: what a test counts to see that nobody paid twice. */
export interface Charge {
  merchantPaymentId: string;
  merchantId: string;
  paymentId: string;
  amount: number;
  currency: string;
  at: string;
  reversed_at: string | null;
}

export type PayOutcome = { ok: true; payment: SimulatedPayment } | { ok: false; message: string };
export type PaypayState = ReturnType<typeof createPaypayState>;

export function createPaypayState(options: {
  now(): number;
  baseUrl(): string;
  settings: PaypaySettings;
  notify(payment: SimulatedPayment): void;
}) {
  const { now, settings } = options;
  const payments = new Map<string, SimulatedPayment>();
  const byCode = new Map<string, SimulatedPayment>();
  /** For the control API, which names no merchant; should two merchants use one id, the newer counts. */
  const byId = new Map<string, SimulatedPayment>();
  const byPaymentId = new Map<string, SimulatedPayment>();
  let charges: { charge: Charge; payment: SimulatedPayment }[] = [];

  const keyOf = (merchantId: string, id: string) => `${merchantId}/${id}`;
  const isExpired = (payment: SimulatedPayment) => now() >= payment.expiryDate * 1000;

  /** Lets an accepted cancel take effect once its time has come, and a hold end. Called before every look at a payment. */
  function settle(payment: SimulatedPayment | undefined): SimulatedPayment | null {
    if (!payment) return null;
    authorizations.settle(payment);
    const dueAtMs = payment.cancel?.dueAtMs ?? null;
    // What a customer still has to confirm is called off like money; an unpaid code of the merchant's is not.
    const is_asked = payment.status === 'CREATED' && payment.customer !== null;
    const is_taken = payment.status === 'COMPLETED' || payment.status === 'AUTHORIZED' || is_asked;
    if (is_taken && dueAtMs !== null && now() >= dueAtMs) {
      payment.status = 'FAILED';
      payment.failedAtMs = dueAtMs;
      for (const entry of charges) {
        if (entry.payment === payment) entry.charge.reversed_at = new Date(dueAtMs).toISOString();
      }
    }
    return payment;
  }

  function createCode(merchantId: string, request: CodeRequest): Answer {
    const key = keyOf(merchantId, request.merchantPaymentId);
    const earlier = settle(payments.get(key));
    if (request.isAuthorization && !settings.can_authorize) {
      return makeRefusal('PRE_AUTH_CAPTURE_UNSUPPORTED_MERCHANT', 'This contract does not hold money.');
    }
    if (earlier) {
      const isOpen =
        earlier.status === 'CREATED' && !earlier.deleted && !earlier.cancel && !isExpired(earlier);
      if (isOpen && isSameContent(earlier.request, request)) return makeCodeAnswer(earlier);
      const hint = isOpen
        ? 'This id was used with other content.'
        : 'This id belongs to a code that is over.';
      return makeRefusal('DUPLICATE_DYNAMIC_QR_REQUEST', hint);
    }
    const codeId = makeCodeId();
    const payment = addPayment(merchantId, request, {
      codeId,
      url: `${options.baseUrl()}/qr/${codeId}`,
      lifetime_seconds: settings.qr_lifetime_seconds,
      customer: null,
    });
    byCode.set(codeId, payment);
    return makeCodeAnswer(payment);
  }

  const makeCodeId = () => `04-${randomUUID().replaceAll('-', '').slice(0, 16)}`;

  /** The customer has shown a code; it is not decided yet whether that pays. */
  function addCustomerPayment(
    merchantId: string,
    { userAuthorizationId: _, ...request }: CustomerPaymentRequest,
    isAuthorization: boolean,
    customer: CustomerCode,
  ): SimulatedPayment {
    return addPayment(
      merchantId,
      { ...request, codeType: 'SHOWN_BY_CUSTOMER', ...(isAuthorization && { isAuthorization }) },
      {
        codeId: makeCodeId(),
        url: `${options.baseUrl()}/wallet/${customer.code}`,
        lifetime_seconds: settings.confirmation_lifetime_seconds,
        customer,
      },
    );
  }

  function addPayment(
    merchantId: string,
    request: CodeRequest,
    facts: { codeId: string; url: string; lifetime_seconds: number; customer: CustomerCode | null },
  ): SimulatedPayment {
    const createdAtMs = now();
    const { codeId, url, customer } = facts;
    const payment: SimulatedPayment = {
      request,
      merchantId,
      customer,
      paymentId: `04${randomInt(10 ** 8, 10 ** 9)}${randomInt(10 ** 8, 10 ** 9)}`,
      codeId,
      url,
      deeplink: `paypay://payment?link_key=${codeId}`,
      createdAtMs,
      expiryDate: Math.floor(createdAtMs / 1000) + facts.lifetime_seconds,
      status: 'CREATED',
      hold: null,
      deleted: false,
      acceptedAtMs: null,
      cancel: null,
      failedAtMs: null,
      notifications: [],
    };
    payments.set(keyOf(merchantId, request.merchantPaymentId), payment);
    byId.set(request.merchantPaymentId, payment);
    byPaymentId.set(payment.paymentId, payment);
    return payment;
  }

  function deleteCode(merchantId: string, codeId: string): Answer {
    const payment = settle(byCode.get(codeId));
    if (payment?.merchantId !== merchantId) return makeRefusal('DYNAMIC_QR_NOT_FOUND', 'No such code.');
    if (payment.acceptedAtMs !== null) return makeAnswer('DYNAMIC_QR_ALREADY_PAID');
    if (payment.deleted) return makeRefusal('DYNAMIC_QR_NOT_FOUND', 'The code is already deleted.');
    if (payment.status === 'FAILED')
      return makeRefusal('DYNAMIC_QR_BAD_REQUEST', 'The payment was declined.');
    payment.deleted = true;
    return makeAnswer('SUCCESS', { qrStatus: 'DELETED' });
  }

  /**
   * An unpaid code stays CREATED even after it ran out; one that was deleted is no longer found. Payments by a code
   * that the customer showed have details under a path of their own, and neither path knows the other's.
   */
  function getDetails(merchantId: string, id: string, presented_by: 'merchant' | 'customer'): Answer {
    const payment = settle(payments.get(keyOf(merchantId, id)));
    if (presented_by === 'customer' && !payment?.customer) {
      return makeRefusal('RESOURCE_NOT_FOUND', 'No such merchantPaymentId.');
    }
    if (!payment || (presented_by === 'merchant' && payment.customer))
      return makeRefusal('DYNAMIC_QR_PAYMENT_NOT_FOUND', 'No such merchantPaymentId.');
    if (payment.deleted && payment.acceptedAtMs === null) {
      return makeRefusal('DYNAMIC_QR_PAYMENT_NOT_FOUND', 'The code was deleted unpaid.');
    }
    const status = isUnanswered(payment) ? 'EXPIRED' : payment.status;
    return makeAnswer('SUCCESS', makeDetails(payment, status, authorizations.showInDetails(payment)));
  }

  /** A customer who was asked in the app has only so long to answer. */
  const isUnanswered = (payment: SimulatedPayment) =>
    payment.customer !== null && payment.status === 'CREATED' && isExpired(payment);

  /** Accepted also before the customer pays: the cancel then waits for the money and sends it back. */
  function cancel(merchantId: string, id: string): Answer {
    const payment = settle(payments.get(keyOf(merchantId, id)));
    if (!payment) return makeRefusal('RESOURCE_NOT_FOUND', 'No such merchantPaymentId.');
    if (payment.cancel) return makeAnswer('REQUEST_ACCEPTED');
    if (isUnanswered(payment)) return makeRefusal('ORDER_NOT_REVERSIBLE', 'The customer never answered.');
    if (payment.status === 'FAILED') return makeRefusal('ORDER_NOT_REVERSIBLE', 'The payment was declined.');
    if (payment.hold !== null && payment.status !== 'AUTHORIZED') {
      return makeRefusal('ORDER_NOT_REVERSIBLE', 'Only money that is still held can be cancelled.');
    }
    if (payment.acceptedAtMs !== null && now() >= getCancelDeadline(payment.acceptedAtMs)) {
      return makeRefusal('ORDER_NOT_REVERSIBLE', 'The time for cancelling has passed; refund instead.');
    }
    const lies_in_wait = payment.acceptedAtMs === null && payment.customer === null;
    payment.cancel = { dueAtMs: lies_in_wait ? null : makeCancelDue() };
    settle(payment);
    return makeAnswer('REQUEST_ACCEPTED');
  }

  const makeCancelDue = () => now() + settings.cancel_delay_seconds * 1000;

  /** The customer pays. `late` also takes money for a code that we would believe to be dead. */
  function pay(payment: SimulatedPayment, late: boolean): PayOutcome {
    if (payment.status !== 'CREATED') {
      return { ok: false, message: `The payment is ${payment.status}; it cannot be paid again.` };
    }
    if (!late && (payment.deleted || isExpired(payment))) {
      const why = payment.deleted ? 'was deleted' : 'has expired';
      return { ok: false, message: `The code ${why}. Send {"late": true} to take the money all the same.` };
    }
    payment.acceptedAtMs = now();
    if (payment.request.isAuthorization) {
      authorizations.begin(payment);
    } else {
      payment.status = 'COMPLETED';
      addCharge(payment, payment.request.amount.amount);
    }
    if (payment.cancel) payment.cancel.dueAtMs ??= makeCancelDue();
    settle(payment);
    return { ok: true, payment };
  }

  function addCharge(payment: SimulatedPayment, amount: number): void {
    const { merchantId, paymentId, request } = payment;
    const { merchantPaymentId } = request;
    const { currency } = request.amount;
    const at = new Date(now()).toISOString();
    charges.push({
      payment,
      charge: { merchantPaymentId, merchantId, paymentId, amount, currency, at, reversed_at: null },
    });
  }

  const authorizations = createAuthorizationBook({
    now,
    settings,
    findPayment: (merchantId, id) => settle(payments.get(keyOf(merchantId, id))),
    findByPaymentId: (paymentId) => settle(byPaymentId.get(paymentId)),
    addCharge,
    notify: options.notify,
  });

  function decline(payment: SimulatedPayment): PayOutcome {
    if (payment.status !== 'CREATED') {
      return { ok: false, message: `The payment is ${payment.status}; it cannot be declined.` };
    }
    payment.status = 'FAILED';
    payment.failedAtMs = now();
    return { ok: true, payment };
  }

  function getPhase(payment: SimulatedPayment): PaymentPhase {
    if (payment.status === 'COMPLETED') return 'paid';
    if (payment.status === 'AUTHORIZED') return 'held';
    if (payment.status === 'CANCELED') return 'released';
    if (payment.status === 'EXPIRED') return 'hold_expired';
    if (payment.status === 'FAILED') {
      const is_called_off = payment.customer !== null && payment.cancel !== null;
      return payment.acceptedAtMs === null && !is_called_off ? 'declined' : 'cancelled';
    }
    if (payment.deleted) return 'deleted';
    return isExpired(payment) ? 'expired' : 'open';
  }

  const all = () => [...payments.values()].map((payment) => settle(payment) ?? payment);

  return {
    createCode,
    addCustomerPayment,
    deleteCode,
    getDetails,
    cancel,
    pay,
    decline,
    getPhase,
    findPayment: (id: string) => settle(byId.get(id)),
    findOwnPayment: (merchantId: string, id: string) => settle(payments.get(keyOf(merchantId, id))),
    findByCode: (codeId: string) => settle(byCode.get(codeId)),
    listNewestFirst: () => all().reverse(),
    listCharges: (): Charge[] => {
      all();
      return charges.map((entry) => ({ ...entry.charge }));
    },
    authorizations,
    findIdOfPayment: (paymentId: string) => byPaymentId.get(paymentId)?.request.merchantPaymentId ?? null,
    /** The newest charge of a payment, by PayPay's own id. */
    findCharge(merchantId: string, paymentId: string): Charge | null {
      all();
      const found = charges.findLast(
        ({ charge }) => charge.paymentId === paymentId && charge.merchantId === merchantId,
      );
      return found?.charge ?? null;
    },
    reset() {
      payments.clear();
      byCode.clear();
      byId.clear();
      byPaymentId.clear();
      charges = [];
    },
  };
}

function makeCodeAnswer(payment: SimulatedPayment): Answer {
  const { codeId, url, deeplink, expiryDate, request, createdAtMs } = payment;
  const requestedAt = request.requestedAt ?? toSeconds(createdAtMs);
  const data = { codeId, url, expiryDate, ...request, requestedAt, deeplink };
  return { ...makeAnswer('SUCCESS', data), status: 201 };
}

/** A client that repeats a request stamps it anew, so `requestedAt` does not make it another request. */
function isSameContent(left: CodeRequest, right: CodeRequest): boolean {
  const content = (request: CodeRequest) => JSON.stringify({ ...request, requestedAt: undefined });
  return content(left) === content(right);
}

/** A payment can be cancelled until 00:14:59 Japanese time of the following day. */
function getCancelDeadline(paidAtMs: number): number {
  const japaneseDay = Math.floor((paidAtMs + JST_OFFSET_MS) / DAY_MS);
  return (japaneseDay + 1) * DAY_MS - JST_OFFSET_MS + 15 * 60_000;
}

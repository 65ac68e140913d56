// The simulated PayPay's book of held money: authorised when the customer pays, then captured, released or run out.
// As with PayPay, one capture ends a hold, whatever part of it is taken, and every capture wants an id of its own.
import {
  type Answer,
  isIntegerUpTo,
  isObject,
  makeAnswer,
  makeRefusal,
  readFields,
  wrong,
} from './simulator-answers.ts';
import type { PayOutcome, PaypaySettings, SimulatedPayment } from './simulator-state.ts';

export interface Hold {
  /** PayPay tells it in whole seconds. */
  expiresAt: number;
  captures: SimulatedCapture[];
  /** Also those of captures that were refused. */
  usedCaptureIds: Set<string>;
  revert: { merchantRevertId: string; requestedAt: number; acceptedAt: number; reason?: string } | null;
}

interface SimulatedCapture {
  merchantCaptureId: string;
  amount: { amount: number; currency: string };
  orderDescription: string;
  requestedAt: number;
  acceptedAt: number;
  status: 'COMPLETED';
}

interface CaptureRequest {
  merchantPaymentId: string;
  merchantCaptureId: string;
  amount: { amount: number; currency: string };
  requestedAt: number;
  orderDescription: string;
}

export type AuthorizationBook = ReturnType<typeof createAuthorizationBook>;

export function createAuthorizationBook(options: {
  now(): number;
  settings: PaypaySettings;
  /** Settled, as every look at a payment. */
  findPayment(merchantId: string, merchantPaymentId: string): SimulatedPayment | null;
  findByPaymentId(paymentId: string): SimulatedPayment | null;
  addCharge(payment: SimulatedPayment, amount: number): void;
  notify(payment: SimulatedPayment): void;
}) {
  const { now, settings, notify } = options;
  const seconds = () => Math.floor(now() / 1_000);

  function begin(payment: SimulatedPayment): void {
    payment.status = 'AUTHORIZED';
    payment.hold = {
      expiresAt: seconds() + settings.authorization_lifetime_seconds,
      captures: [],
      usedCaptureIds: new Set(),
      revert: null,
    };
  }

  function settle(payment: SimulatedPayment): void {
    if (payment.status !== 'AUTHORIZED' || now() < (payment.hold?.expiresAt ?? 0) * 1_000) return;
    payment.status = 'EXPIRED';
    notify(payment);
  }

  function take(payment: SimulatedPayment, hold: Hold, request: Omit<CaptureRequest, 'merchantPaymentId'>) {
    hold.captures.push({ ...request, acceptedAt: seconds(), status: 'COMPLETED' });
    payment.status = 'COMPLETED';
    options.addCharge(payment, request.amount.amount);
    notify(payment);
  }

  function capture(merchantId: string, body: Buffer): Answer {
    const request = readCaptureRequest(body);
    if ('status' in request) return request;
    const { merchantPaymentId, ...wanted } = request;
    const payment = options.findPayment(merchantId, merchantPaymentId);
    if (payment === null) return makeRefusal('RESOURCE_NOT_FOUND', 'No such merchantPaymentId.');
    const { hold } = payment;
    if (hold === null) return makeRefusal('ORDER_NOT_CAPTURABLE', 'The payment was never authorised.');
    if (hold.usedCaptureIds.has(wanted.merchantCaptureId)) {
      return makeRefusal('INVALID_PARAMS', 'PayPay wants a new merchantCaptureId for every capture.');
    }
    hold.usedCaptureIds.add(wanted.merchantCaptureId);
    const refusal = refuseCapture(payment, hold, wanted.amount.amount);
    if (refusal !== null) return refusal;
    take(payment, hold, wanted);
    return makeAnswer('SUCCESS', {
      paymentId: payment.paymentId,
      status: 'COMPLETED',
      acceptedAt: Math.floor((payment.acceptedAtMs ?? 0) / 1_000),
      merchantPaymentId,
      amount: { ...payment.request.amount },
      requestedAt: payment.request.requestedAt ?? Math.floor(payment.createdAtMs / 1_000),
      expiresAt: hold.expiresAt,
      captures: { data: hold.captures },
      refunds: { data: [] },
    });
  }

  function refuseCapture(payment: SimulatedPayment, hold: Hold, amount: number): Answer | null {
    if (payment.status === 'COMPLETED') return makeRefusal('ALREADY_CAPTURED', 'It was captured before.');
    if (payment.status === 'EXPIRED') return makeRefusal('ORDER_EXPIRED', 'The authorisation ran out.');
    if (payment.status !== 'AUTHORIZED') {
      return makeRefusal('ORDER_NOT_CAPTURABLE', `The payment is ${payment.status}.`);
    }
    if (seconds() >= hold.expiresAt - settings.capture_margin_seconds) {
      return makeRefusal('TOO_CLOSE_TO_EXPIRY', 'The authorisation is about to run out.');
    }
    if (amount > payment.request.amount.amount) {
      return makeRefusal('HIGHER_CAPTURE_NOT_PERMITTED', 'More than is held.');
    }
    return null;
  }

  function revert(merchantId: string, body: Buffer): Answer {
    const request = readRevertRequest(body);
    if ('status' in request) return request;
    const { paymentId, ...rest } = request;
    const payment = options.findByPaymentId(paymentId);
    if (payment?.merchantId !== merchantId || payment.hold === null) {
      return makeRefusal('RESOURCE_NOT_FOUND', 'No authorised payment has this paymentId.');
    }
    const { hold } = payment;
    if (payment.status === 'AUTHORIZED') {
      payment.status = 'CANCELED';
      hold.revert = { ...rest, acceptedAt: seconds() };
      notify(payment);
    } else if (hold.revert?.merchantRevertId !== request.merchantRevertId) {
      return makeRefusal('ORDER_NOT_CANCELABLE', `The payment is ${payment.status}.`);
    }
    const { acceptedAt, requestedAt } = hold.revert;
    return makeAnswer('SUCCESS', { status: 'CANCELED', acceptedAt, paymentId, requestedAt });
  }

  /** What PayPay's details of an authorised payment have besides those of every payment. */
  function showInDetails({ hold }: SimulatedPayment): Record<string, unknown> {
    if (hold === null) return {};
    return { expiresAt: hold.expiresAt, captures: { data: hold.captures }, revert: hold.revert };
  }

  /** What a person does at PayPay's own tool for merchants. */
  const act = (work: (payment: SimulatedPayment, hold: Hold) => void) => {
    return (payment: SimulatedPayment): PayOutcome => {
      const { hold, status } = payment;
      if (hold === null || status !== 'AUTHORIZED') {
        return { ok: false, message: `The payment is ${status}; no money is held.` };
      }
      work(payment, hold);
      return { ok: true, payment };
    };
  };

  return {
    begin,
    settle,
    capture,
    revert,
    showInDetails,
    captureByHand: (payment: SimulatedPayment, amount: number) =>
      act((held, hold) =>
        take(held, hold, {
          merchantCaptureId: `tool-${hold.usedCaptureIds.size}`,
          amount: { ...held.request.amount, amount },
          requestedAt: seconds(),
          orderDescription: 'captured by hand',
        }),
      )(payment),
    revertByHand: act((payment, hold) => {
      payment.status = 'CANCELED';
      hold.revert = { merchantRevertId: 'tool', requestedAt: seconds(), acceptedAt: seconds() };
      notify(payment);
    }),
    /** PayPay itself shortens some holds; at once is the shortest. */
    shortenByHand: (payment: SimulatedPayment, left_seconds: number) =>
      act((held, hold) => {
        hold.expiresAt = seconds() + left_seconds;
        settle(held);
        if (held.status === 'AUTHORIZED') notify(held);
      })(payment),
  };
}

/** Of a captured payment, what was taken. */
export function capturedAmount({ hold }: SimulatedPayment): number | null {
  if (hold === null || hold.captures.length === 0) return null;
  return hold.captures.reduce((sum, { amount }) => sum + amount.amount, 0);
}

const ID = /^[a-zA-Z0-9_-]{1,64}$/;

type Body = { fields: Record<string, unknown> } | { refusal: Answer };

function readBody(body: Buffer, required: string[]): Body {
  const parsed = readFields(body);
  if (typeof parsed === 'string') return { refusal: makeRefusal('INVALID_REQUEST_PARAMS', parsed) };
  for (const name of required) {
    if ((parsed[name] ?? null) === null)
      return { refusal: makeRefusal('MISSING_REQUEST_PARAMS', `${name} is missing.`) };
  }
  return { fields: parsed };
}

function readCaptureRequest(body: Buffer): CaptureRequest | Answer {
  const names = ['merchantPaymentId', 'merchantCaptureId', 'amount', 'requestedAt', 'orderDescription'];
  const read = readBody(body, names);
  if ('refusal' in read) return read.refusal;
  const { merchantPaymentId, merchantCaptureId, amount: money, requestedAt, orderDescription } = read.fields;
  if (typeof merchantPaymentId !== 'string' || !ID.test(merchantPaymentId)) return wrong('merchantPaymentId');
  if (typeof merchantCaptureId !== 'string' || !ID.test(merchantCaptureId)) return wrong('merchantCaptureId');
  if (!isObject(money)) return wrong('amount');
  const { amount, currency } = money;
  if (!isIntegerUpTo(amount, 99_999_999_999) || amount < 1) return wrong('amount.amount');
  if (currency !== 'JPY') return wrong('amount.currency');
  if (!isIntegerUpTo(requestedAt, 99_999_999_999)) return wrong('requestedAt');
  if (typeof orderDescription !== 'string' || orderDescription.length > 255) return wrong('orderDescription');
  return {
    merchantPaymentId,
    merchantCaptureId,
    amount: { amount, currency },
    requestedAt,
    orderDescription,
  };
}

interface RevertRequest {
  merchantRevertId: string;
  paymentId: string;
  requestedAt: number;
  reason?: string;
}

function readRevertRequest(body: Buffer): RevertRequest | Answer {
  const read = readBody(body, ['merchantRevertId', 'paymentId', 'requestedAt']);
  if ('refusal' in read) return read.refusal;
  const { merchantRevertId, paymentId, requestedAt, reason } = read.fields;
  if (typeof merchantRevertId !== 'string' || !ID.test(merchantRevertId)) return wrong('merchantRevertId');
  if (typeof paymentId !== 'string' || !ID.test(paymentId)) return wrong('paymentId');
  if (!isIntegerUpTo(requestedAt, 99_999_999_999)) return wrong('requestedAt');
  if (reason === undefined || reason === null) return { merchantRevertId, paymentId, requestedAt };
  if (typeof reason !== 'string' || reason.length > 255) return wrong('reason');
  return { merchantRevertId, paymentId, requestedAt, reason };
}

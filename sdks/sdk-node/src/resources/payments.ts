// Taking money and giving it back: payment intents and refunds. Amounts are integers in minor units.
import type { ListPaymentIntentsQuery, ListRefundsQuery } from '../generated/operations.ts';
import type {
  Cancel,
  Capture,
  Confirm,
  Confirmation,
  NewPaymentIntent,
  NewRefund,
  PaymentIntent,
  PaymentResolution,
  Refund,
  RefundResolution,
  ResolvedPaymentIntent,
  ResolvedRefund,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class PaymentIntents {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Creates an intent for one purchase. Its `payment_token` lets a terminal or a page confirm it, once. */
  create(params: NewPaymentIntent, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('createPaymentIntent', params, options);
  }

  retrieve(id: string, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('retrievePaymentIntent', { id }, options);
  }

  /** Newest first. */
  list(params: ListPaymentIntentsQuery = {}, options?: CallOptions): List<PaymentIntent> {
    return this.#gateway.list('listPaymentIntents', params, options);
  }

  /** Begins to pay: opens a QR code or a page, pays by a scanned code, or records cash or a terminal's report. */
  confirm(id: string, params: Confirm, options?: CallOptions): Promise<Confirmation> {
    return this.#gateway.call('confirmPaymentIntent', { ...params, id }, options);
  }

  /** Takes all that is held, or `amount` of it and releases the rest. */
  capture(id: string, params: Capture = {}, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('capturePaymentIntent', { ...params, id }, options);
  }

  /** Calls it off. Refused if the customer was faster: then it is paid. */
  cancel(id: string, params: Cancel = {}, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('cancelPaymentIntent', { ...params, id }, options);
  }

  /** Makes a new `payment_token`, and ends the one before. */
  createToken(id: string, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('createPaymentToken', { id }, options);
  }

  /** Decides an unknown outcome by what a person has seen in the provider's books. */
  resolve(id: string, params: PaymentResolution, options?: CallOptions): Promise<ResolvedPaymentIntent> {
    return this.#gateway.call('resolvePaymentIntent', { ...params, id }, options);
  }
}

export class Refunds {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Gives all that is left back, or `amount` of it. */
  create(params: NewRefund, options?: CallOptions): Promise<Refund> {
    return this.#gateway.call('createRefund', params, options);
  }

  retrieve(id: string, options?: CallOptions): Promise<Refund> {
    return this.#gateway.call('retrieveRefund', { id }, options);
  }

  /** Newest first. */
  list(params: ListRefundsQuery = {}, options?: CallOptions): List<Refund> {
    return this.#gateway.list('listRefunds', params, options);
  }

  /** Decides an unknown refund by what a person has seen in the provider's books. */
  resolve(id: string, params: RefundResolution, options?: CallOptions): Promise<ResolvedRefund> {
    return this.#gateway.call('resolveRefund', { ...params, id }, options);
  }
}

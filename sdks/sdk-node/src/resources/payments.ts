// Taking money and giving it back: payment intents and refunds. Amounts are integers in minor units. The rules are those
// of the gateway's pages on payment intents and refunds. Every change can end as an UnknownOutcomeError.
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

  /**
   * Creates an intent for one purchase of `amount` minor units. Its `payment_token` lets a terminal or a page confirm it,
   * once. Ends as IdempotencyConflictError when the `merchant_ref_id` has an intent that is neither failed nor cancelled
   * (`details.payment_intent` names it), and as InvalidRequestError when a field is wrong (`param` names it).
   */
  create(params: NewPaymentIntent, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('createPaymentIntent', params, options);
  }

  /** As it is now. Ends as NotFoundError for an intent of another organization, merchant or mode, too. */
  retrieve(id: string, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('retrievePaymentIntent', { id }, options);
  }

  /** Newest first. */
  list(params: ListPaymentIntentsQuery = {}, options?: CallOptions): List<PaymentIntent> {
    return this.#gateway.list('listPaymentIntents', params, options);
  }

  /**
   * Begins to pay: opens a QR code (`qr_content`) or a page (`redirect_url`), pays by a scanned code, or records cash or a
   * terminal's report. Ends as ProviderNotSupportedError when nobody here can take it that way, as ProviderError when the
   * provider refused and nothing was taken, and as InvalidPaymentStateError when it is being paid or has ended already.
   */
  confirm(id: string, params: Confirm, options?: CallOptions): Promise<Confirmation> {
    return this.#gateway.call('confirmPaymentIntent', { ...params, id }, options);
  }

  /**
   * Takes all that is held, or `amount` minor units of it, and releases the rest. It can be done once. Ends as
   * ProviderError when the provider refused: the money is still held.
   */
  capture(id: string, params: Capture = {}, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('capturePaymentIntent', { ...params, id }, options);
  }

  /** Calls it off. Ends as InvalidPaymentStateError when the customer was faster: then it is paid. */
  cancel(id: string, params: Cancel = {}, options?: CallOptions): Promise<PaymentIntent> {
    return this.#gateway.call('cancelPaymentIntent', { ...params, id }, options);
  }

  /** Makes a new `payment_token`, good for one confirm within five minutes, and ends the one before. */
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

  /**
   * Gives all that is left back, or `amount` minor units of it. `pending` goes its way by itself. Ends as
   * InvalidRequestError for more than is left (`details.amount_refundable`), as InvalidPaymentStateError when nothing can
   * be given back, and as ProviderError when the provider refused: the refund stays as `failed`.
   */
  create(params: NewRefund, options?: CallOptions): Promise<Refund> {
    return this.#gateway.call('createRefund', params, options);
  }

  /** As it is now. */
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

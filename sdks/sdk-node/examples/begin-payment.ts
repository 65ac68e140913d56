// Begins to pay an order. When the page is drawn anew, or the shop went down between the two calls, the order has an
// intent already: it is found and gone on with. Two are never open at once, so an order is never paid twice.
import {
  type Confirmation,
  IdempotencyConflictError,
  type PaymentGateway,
} from '@cloudsky/mpac-pgw-sdk-node';

export interface Purchase {
  order: string;
  /** Of the order, for good: a basket that changes becomes another order. */
  amount: number;
  /** The page makes this text when it is drawn, so that pressing its button twice is one payment. */
  checkout: string;
}

export async function beginPayment(pgw: PaymentGateway, purchase: Purchase): Promise<Confirmation> {
  const { order, amount, checkout } = purchase;
  const id = await pgw.paymentIntents
    .create(
      { amount, payment_method_types: ['qr_mpm'], merchant_ref_id: order },
      { idempotencyKey: `create-${order}-${checkout}` },
    )
    .then((intent) => intent.id, intentOfOrder);
  return pgw.paymentIntents.confirm(
    id,
    { payment_method_type: 'qr_mpm', provider: 'PAYPAY' },
    { idempotencyKey: `confirm-${order}-${checkout}` },
  );
}

/** The intent that the order has already, if that is what is wrong. */
function intentOfOrder(error: unknown): string {
  const is_taken = error instanceof IdempotencyConflictError && error.param === 'merchant_ref_id';
  const id = is_taken ? error.details?.['payment_intent'] : undefined;
  if (typeof id !== 'string') throw error;
  return id;
}

// What the shop asks of the gateway and hears from it. The order is paid when the gateway says so, by a signed webhook
// or when asked; what the till's page believes changes nothing here.
import type { PaymentGateway, PaymentIntent, Refund, WebhookEvent } from '@cloudsky/mpac-pgw-sdk-node';
import type { Order, OrderStatus, Orders } from './orders.ts';

/** Why something cannot be done with an order now, for the page to say in its own words. */
export class OrderRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

const METHODS = ['qr_mpm', 'qr_cpm', 'credit_card', 'cash'] as const;

export type Payments = ReturnType<typeof makePayments>;

export function makePayments(gateway: PaymentGateway, orders: Orders, merchant_store_id: string) {
  /**
   * A payment intent for one try at this order. The key is made of the order and the try, so that a request whose
   * answer was lost can be sent again and still makes one intent.
   */
  async function createIntent(order: Order): Promise<string> {
    const is_next_try = order.status !== 'open';
    if (is_next_try || order.tries === 0) {
      const { payment_intent: over } = order;
      const earlier_intents = over === null ? order.earlier_intents : [...order.earlier_intents, over];
      orders.change(order, { tries: order.tries + 1, status: 'open', payment_intent: null, earlier_intents });
    }
    const intent = await gateway.paymentIntents.create(
      {
        amount: order.amount,
        currency: 'JPY',
        payment_method_types: [...METHODS],
        merchant_ref_id: order.id,
        merchant_store_id,
        tax_amount: order.tax_amount,
        receipt_number: order.receipt_number,
        description: order.lines.map(({ name, quantity }) => `${name.en} ×${quantity}`).join(', '),
      },
      { idempotencyKey: `${order.id}_${order.tries}` },
    );
    orders.change(order, { payment_intent: intent.id });
    return tokenOf(intent);
  }

  /** What the gateway says about a payment. Ends are ends: news that was overtaken by one changes nothing. */
  function takeIntent(intent: PaymentIntent): void {
    const order = orders.find(intent.merchant_ref_id);
    if (order === undefined || order.status === 'paid') return;
    const status = statusOf(intent);
    const is_current =
      order.payment_intent === null
        ? !order.earlier_intents.includes(intent.id)
        : order.payment_intent === intent.id;
    if (status !== 'paid' && (!is_current || (order.status !== 'open' && order.status !== 'unclear'))) return;
    orders.change(order, {
      status,
      payment_intent: intent.id,
      provider: intent.provider ?? null,
      ...(status === 'paid' && { paid_at: new Date().toISOString() }),
    });
  }

  function takeRefund({ id, payment_intent, amount, status }: Refund): void {
    const order = orders.findByIntent(payment_intent);
    if (order === undefined || (order.refunds[id]?.status ?? 'pending') !== 'pending') return;
    orders.change(order, { refunds: { ...order.refunds, [id]: { amount, status } } });
  }

  return {
    createIntent,

    /**
     * A payment token for an order that is not paid yet: a fresh one for its intent, which ends the old one, or one of
     * a new intent where the last try was declined, called off or expired.
     */
    async giveToken(order: Order): Promise<string> {
      if (order.payment_intent === null) return createIntent(order);
      takeIntent(await gateway.paymentIntents.retrieve(order.payment_intent));
      if (order.status === 'paid') throw new OrderRefusal('paid_already', 'This order is paid.');
      // Another till may have begun the next try while we asked.
      const is_over = order.status !== 'open' && order.status !== 'unclear';
      if (is_over || order.payment_intent === null) return createIntent(order);
      return tokenOf(await gateway.paymentIntents.createToken(order.payment_intent));
    },

    /** Gives all of it back. Pressed twice, or again after an answer was lost, it is one refund: the key is the same. */
    async refund(order: Order): Promise<void> {
      const refunds = Object.values(order.refunds);
      if (order.status !== 'paid' || order.payment_intent === null)
        throw new OrderRefusal('not_paid', 'Only a paid order can be refunded.');
      if (refunds.some(({ status }) => status !== 'failed'))
        throw new OrderRefusal('refunded_already', 'This order was refunded.');
      const refund = await gateway.refunds.create(
        { payment_intent: order.payment_intent, reason: 'Refunded at the till' },
        { idempotencyKey: `refund_${order.id}_${refunds.length}` },
      );
      takeRefund(refund);
    },

    /** Takes an event that was verified, once: the same one may come again when our answer was lost. */
    takeEvent(event: WebhookEvent): void {
      if (orders.hasSeen(event.id)) return;
      switch (event.type) {
        case 'payment_intent.created':
        case 'payment_intent.requires_action':
        case 'payment_intent.processing':
        case 'payment_intent.succeeded':
        case 'payment_intent.failed':
        case 'payment_intent.cancelled':
          takeIntent(event.data.object);
          break;
        case 'refund.created':
        case 'refund.succeeded':
        case 'refund.failed':
          takeRefund(event.data.object);
          break;
        default:
        // What is of no interest here, or of a later version of the gateway, is heard and marked as seen.
      }
      orders.markSeen(event.id);
    },

    /** At the start: asks about all that was open when we stopped, because its webhook may have found nobody. */
    async reconcile(): Promise<void> {
      for (const order of orders.list()) {
        for (const [id, { status }] of Object.entries(order.refunds)) {
          if (status === 'pending') takeRefund(await gateway.refunds.retrieve(id));
        }
        if (order.status !== 'open' && order.status !== 'unclear') continue;
        const [newest] = (await gateway.paymentIntents.list({ merchant_ref_id: order.id, limit: 1 })).data;
        if (newest !== undefined) takeIntent(newest);
        else orders.change(order, { status: 'cancelled' });
      }
    },
  };
}

function statusOf({ status, outcome, cancellation_reason }: PaymentIntent): OrderStatus {
  if (status === 'succeeded') return 'paid';
  if (status === 'failed') return 'declined';
  if (status === 'cancelled') return cancellation_reason === 'expired' ? 'expired' : 'cancelled';
  return outcome === 'unknown' ? 'unclear' : 'open';
}

function tokenOf({ id, payment_token }: PaymentIntent): string {
  if (payment_token === undefined) throw new Error(`The gateway gave no payment token for ${id}.`);
  return payment_token;
}

// A merchant's server in TypeScript, compiled against the installed package and never run: what an editor shows for each
// value has to be its type, and a mistake has to be one for the compiler, too.
import {
  isPaymentGatewayError,
  isUnknownOutcome,
  type NewPaymentIntent,
  PaymentGateway,
  type PaymentIntent,
  type Refund,
  toMinorUnits,
  WebhookVerificationError,
  webhooks,
} from '@cloudsky/mpac-pgw-sdk-node';

/** An amount is a number of minor units, no text; and a field that there is not is a misspelt one. */
export const is_text_refused: string extends NewPaymentIntent['amount'] ? never : true = true;
export const is_misspelt_refused: 'expire_in_minutes' extends keyof NewPaymentIntent ? never : true = true;

const gateway = new PaymentGateway({
  baseUrl: 'https://pay.example.com',
  apiKey: 'ak_1',
  secretKey: 'sk_test_1',
});

export async function sell(order: string): Promise<PaymentIntent> {
  const intent: PaymentIntent = await gateway.paymentIntents.create(
    { amount: toMinorUnits('15.00', 'USD'), payment_method_types: ['qr_mpm'], merchant_ref_id: order },
    { idempotencyKey: `create ${order}` },
  );
  const amount: number = intent.amount_received;
  const provider: string | undefined = intent.provider;
  return amount > 0 && provider !== undefined ? intent : gateway.paymentIntents.retrieve(intent.id);
}

export async function listGivenBack(payment_intent: string): Promise<Refund[]> {
  const refunds: Refund[] = [];
  for await (const refund of gateway.refunds.list({ payment_intent })) refunds.push(refund);
  return refunds;
}

export function tell(error: unknown): string {
  if (isUnknownOutcome(error)) return `ask again with ${String(error.idempotency_key)}`;
  if (isPaymentGatewayError(error) && error.kind === 'invalid_request') return error.param ?? error.message;
  return 'another error';
}

export function receive(body: Uint8Array, headers: Headers, secret: string): string {
  try {
    const event = webhooks.verify(body, headers, secret);
    const { id, type }: { id: string; type: string } = event;
    return `${id} ${type}`;
  } catch (error) {
    return error instanceof WebhookVerificationError ? error.reason : 'no event';
  }
}

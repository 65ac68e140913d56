// A page in TypeScript, compiled against the installed package and never run: what an editor shows for each value has to be
// its type, and a mistake has to be one for the compiler, too.
import {
  type EventName,
  MPACError,
  MPACGateway,
  type PaymentIntent,
  toDecimal,
} from '@cloudsky/mpac-pgw-sdk-js';

/** An event that there is not is a misspelt one. */
export const is_misspelt_refused: 'payment_succeeded' extends EventName ? never : true = true;

const gateway = new MPACGateway({
  publicKey: 'pk_test_1',
  environment: 'sandbox',
  baseUrl: 'https://pay.example.com',
});

export async function pay(payment_token: string, place: Element): Promise<string> {
  const intent: PaymentIntent = await gateway.retrievePaymentIntent(payment_token);
  const price: string = toDecimal(intent.amount, intent.currency);
  gateway.once('payment_failed', ({ reason, message }) => tell(`${reason}: ${message}`));
  const stopListening: () => void = gateway.on('payment_success', (news) => tell(news.provider ?? 'paid'));
  const takeAway: () => void = gateway.renderQR(place);
  try {
    const { qr_content, status } = await gateway.confirmQRPayment('PAYPAY');
    return `${price} ${status} ${qr_content ?? ''}`;
  } catch (error) {
    if (error instanceof MPACError && error.kind === 'unknown_outcome') return 'look again';
    throw error;
  } finally {
    takeAway();
    stopListening();
    gateway.destroy();
  }
}

function tell(text: string): void {
  document.title = text;
}

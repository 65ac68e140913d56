// The PaymentIntent guide's example in Node.js / TypeScript, and around it what it takes for granted: the type of a
// payment intent, and a terminal.
interface PaymentIntent {
  payment_token: string;
}

function sendToTerminal(payment_token: string): void {
  console.log(payment_token);
}

// From here on letter by letter.
import crypto from 'crypto';

interface CreatePaymentIntentRequest {
  merchant_ref_id: string;
  amount: number;
  currency?: string;
  payment_method_types: string[];
  capture_method?: 'automatic' | 'manual';
}

async function createPaymentIntent(
  request: CreatePaymentIntentRequest
): Promise<PaymentIntent> {
  const baseUrl = 'https://api.pgw.mpac-cloud.com';
  const path = '/v1/payment_intents';
  const method = 'POST';

  const body = JSON.stringify(request);
  const timestamp = Math.floor(Date.now() / 1000);
  const bodyHash = crypto.createHash('sha256').update(body).digest('hex');
  const message = `${method}\n${path}\n${timestamp}\n${bodyHash}`;
  const signature = crypto
    .createHmac('sha256', process.env.MPS_SECRET_KEY!)
    .update(message)
    .digest('hex');

  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: {
      'Content-Type': 'application/json',
      'Authorization': `HMAC-SHA256 ${process.env.MPS_MERCHANT_ID}:${timestamp}:${signature}`,
      'Idempotency-Key': crypto.randomUUID(),
    },
    body,
  });

  if (!response.ok) {
    const error = await response.json();
    throw new Error(`mpac-pgw Error: ${error.code} - ${error.message}`);
  }

  return response.json();
}

// Usage
const paymentIntent = await createPaymentIntent({
  merchant_ref_id: 'order_123',
  amount: 1500,
  currency: 'JPY',
  payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
});

// Pass payment_token to terminal app
sendToTerminal(paymentIntent.payment_token);

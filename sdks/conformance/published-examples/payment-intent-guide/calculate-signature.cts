// The PaymentIntent guide's "Signature Calculation", and around it a request that is signed so.
// From here on letter by letter.
const crypto = require('crypto');

function generateHMACSignature(
  secretKey: string,
  method: string,
  path: string,
  timestamp: number,
  body: string
): string {
  const bodyHash = crypto.createHash('sha256').update(body || '').digest('hex');
  const message = `${method}\n${path}\n${timestamp}\n${bodyHash}`;
  return crypto.createHmac('sha256', secretKey).update(message).digest('hex');
}
// To here.

const merchantId = process.env.MPS_MERCHANT_ID;
const requestBody = {
  merchant_ref_id: 'order_2025_001',
  amount: 2500,
  currency: 'JPY',
  payment_method_types: ['qr_mpm', 'credit_card', 'cash'],
};

// From here on letter by letter.
// Example usage
const timestamp = Math.floor(Date.now() / 1000);
const signature = generateHMACSignature(
  'your_secret_key',
  'POST',
  '/v1/payment_intents',
  timestamp,
  JSON.stringify(requestBody)
);

const authHeader = `HMAC-SHA256 ${merchantId}:${timestamp}:${signature}`;
// To here.

fetch('https://api.pgw.mpac-cloud.com/v1/payment_intents', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: authHeader },
  body: JSON.stringify(requestBody),
})
  .then((response) => response.json())
  .then(console.log);

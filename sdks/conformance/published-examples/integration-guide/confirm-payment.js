// The integration guide's "Frontend Payment Confirmation", and around it what a page needs to show what happens. The
// backend has put the token of a payment into the page, and `tell` is what the page tells us.
const { paymentToken, tell } = window;

// From here on letter by letter.
import { MPACGateway } from '@cloudsky/mpac-pgw-sdk-js';

const mps = new MPACGateway({
  publicKey: 'pk_test_xxx',
  environment: 'sandbox',
});

// Load the PaymentIntent with the token from your backend
const intent = await mps.retrievePaymentIntent(paymentToken);

// Confirm QR payment
const qr = await mps.confirmQRPayment('PAYPAY');
// Render qr.qr_content as a QR code for the customer to scan

// Listen for completion
mps.on('payment_success', (data) => {
  // Payment completed successfully
});

mps.on('payment_failed', (data) => {
  // Payment failed
});
// To here: the guide goes on when it is done, so what comes next waits for the end of the payment.

const ended = new Promise((resolve) => {
  mps.on('payment_success', (data) => resolve({ event: 'payment_success', data }));
  mps.on('payment_failed', (data) => resolve({ event: 'payment_failed', data }));
});
tell('shown', { intent, qr });
const end = await ended;

// From here on letter by letter.
// Clean up when done
mps.destroy();
// To here.

tell('ended', end);

// The demo by PayPay's QR code: the till shows it, the customer scans and pays.
import QRCode from 'qrcode';
import { control, type Json, say } from './demo-client.ts';
import { confirm, createOrder, type Play, waitForEnd } from './demo-payment.ts';
import type { DevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

export const playPaypayQr: Play = async (stage) => {
  const order = await createOrder(stage, 'qr_mpm');
  const confirmed = await confirm(stage, order, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  const code = String(confirmed['qr_content']);
  console.log(await QRCode.toString(code, { type: 'terminal', small: true }));
  say('The customer', `scans ${code} and pays`);
  await payAtSimulator(stage.facts, code);
  return waitForEnd(stage, order, confirmed);
};

/** The simulator knows the payment by the code that the gateway was given. */
async function payAtSimulator(facts: DevelopmentFacts, code: string): Promise<void> {
  const { payments } = (await control(facts, 'GET', '/paypay/control/payments')) as { payments: Json[] };
  const payment = payments.find((candidate) => candidate['url'] === code);
  if (payment === undefined) throw new StartError('The simulator does not know this code.');
  await control(facts, 'POST', `/paypay/control/payments/${String(payment['merchantPaymentId'])}/pay`);
}

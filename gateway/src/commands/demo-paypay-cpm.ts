// The demo by the code that a customer shows in PayPay's app: the till scans it, and the money is there.
import { control, say } from './demo-client.ts';
import { confirm, createOrder, type Play, waitForEnd } from './demo-payment.ts';

export const playPaypayCpm: Play = async (stage) => {
  const order = await createOrder(stage, 'qr_cpm');
  const { code } = await control(stage.facts, 'POST', '/paypay/control/customer_codes');
  say('The customer', `shows the code ${String(code)}, and the till scans it`);
  // Without a provider: the gateway knows by the code whose it is.
  const confirmed = await confirm(stage, order, { payment_method_type: 'qr_cpm', customer_code: code });
  return waitForEnd(stage, order, confirmed);
};

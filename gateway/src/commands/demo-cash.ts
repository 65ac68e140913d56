// The demo by cash: staff take it, and the till says so.
import { money, say } from './demo-client.ts';
import { confirm, createOrder, type Play, waitForEnd } from './demo-payment.ts';

export const playCash: Play = async (stage) => {
  const order = await createOrder(stage, 'cash');
  say('The customer', `hands over ${money(order.amount, order.currency)}, and staff confirm it`);
  return waitForEnd(stage, order, await confirm(stage, order, { payment_method_type: 'cash' }));
};

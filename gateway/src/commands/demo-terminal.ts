// The demo by a card at an external terminal: its app decides, and the till tells the gateway what it reported.
import { randomInt } from 'node:crypto';
import { money, say } from './demo-client.ts';
import { confirm, createOrder, type Play, waitForEnd } from './demo-payment.ts';

const CARD = { payment_method_type: 'credit_card', provider: 'VISA' };

export const playTerminal: Play = async (stage) => {
  const order = await createOrder(stage, 'credit_card');
  const { amount, currency } = order;
  say('The till', `starts the card app of the terminal for ${money(amount, currency)}`);
  if (stage.declined) {
    const reason = 'Insufficient funds';
    say('The terminal', `declined: ${reason}`);
    const report = { external_status: 'declined', external_reason: reason };
    const confirmed = await confirm(stage, order, { ...CARD, ...report });
    return waitForEnd(stage, order, confirmed, 'failed');
  }
  const [approval_code, slip] = [digits(6), digits(4)];
  say('The terminal', `approved, approval code ${approval_code}, slip ${slip}`);
  const confirmed = await confirm(stage, order, {
    ...CARD,
    external_status: 'success',
    external_ref_id: `${approval_code}-${slip}`,
    external_amount: amount,
    external_currency: currency,
  });
  return waitForEnd(stage, order, confirmed);
};

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}

// The demo by a card on a page of MPGS (Plutu), in US dollars: the customer's browser goes there, pays, and comes back.
import { control, type Json, say } from './demo-client.ts';
import { confirm, createOrder, type Play, waitForEnd } from './demo-payment.ts';
import type { DevelopmentFacts } from './development.ts';
import { StartError } from './start-error.ts';

/** A person has to find the page, and a card. */
const PATIENCE_OF_A_PERSON_MS = 10 * 60_000;

export const playMpgs: Play = async (stage) => {
  const order = await createOrder(stage, 'credit_card', 'USD');
  const confirmed = await confirm(stage, order, { payment_method_type: 'credit_card', provider: 'MPGS' });
  const page = String(confirmed['redirect_url']);
  if (!stage.auto) {
    say('Your turn', `open ${page} and pay (or run this with --auto)`);
    return waitForEnd(stage, order, confirmed, 'succeeded', PATIENCE_OF_A_PERSON_MS);
  }
  say('The customer', `opens ${page} and pays`);
  await payAtSimulator(stage.facts, page);
  return waitForEnd(stage, order, confirmed);
};

async function payAtSimulator(facts: DevelopmentFacts, page: string): Promise<void> {
  const { payments } = (await control(facts, 'GET', '/mpgs/control/payments')) as { payments: Json[] };
  const payment = payments.find((candidate) => candidate['checkout_url'] === page);
  if (payment === undefined) throw new StartError('The simulator does not know this page.');
  await control(facts, 'POST', `/mpgs/control/payments/${String(payment['invoice_no'])}/pay`);
}

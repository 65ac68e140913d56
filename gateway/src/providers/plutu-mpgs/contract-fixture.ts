// MPGS by Plutu under the provider contract: how a test plays the customer on the page, and the news that follow.
import { createHmac } from 'node:crypto';
import type { ToldFixture, ToldStage } from '../contract-fixture.ts';
import type { NotificationRequest } from '../provider.ts';
import { mpgs } from './mpgs.ts';

export const fixture: ToldFixture = {
  kind: 'told',
  provider: mpgs,
  attempt: { payment_method_type: 'credit_card', provider: 'MPGS', currency: 'USD' },
  ended_after_ms: 31 * 60_000,
  unlisted_answers: [
    { status: 200, body: JSON.stringify({ status: 200, result: { code: 'SOMETHING_NEW' } }) },
    { status: 200, body: JSON.stringify({ status: 200, result: { code: 'CHECKOUT_REDIRECT' } }) },
    {
      status: 200,
      body: JSON.stringify({
        status: 200,
        result: { code: 'CHECKOUT_REDIRECT', redirect_url: 'javascript:alert(1)' },
      }),
    },
    {
      status: 500,
      body: JSON.stringify({
        status: 200,
        result: { code: 'CHECKOUT_REDIRECT', redirect_url: 'https://page.example/' },
      }),
    },
    { status: 400, body: JSON.stringify({ error: { status: 400, code: 'SOMETHING_NEW', message: '' } }) },
    { status: 500, body: JSON.stringify({ error: { status: 400, code: 'INVALID_AMOUNT', message: '' } }) },
    { status: 200, body: '{"status":200,"result":{"code":"CHECKOUT' },
    { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' },
    { status: 301, headers: { location: '/elsewhere' }, body: '' },
  ],
  openStage,
};

function openStage(simulator_url: string): ToldStage {
  const host = `${simulator_url}/mpgs`;

  async function control(path: string, body: object = {}): Promise<{ return_to: string } | null> {
    const answer = await fetch(`${host}/control${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return (await answer.json()) as { return_to: string };
    if (answer.status === 409) return null;
    throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }

  /** What the browser would bring; nobody listens where the callback would go. */
  async function act(
    attempt_id: string,
    what: string,
    body: object = {},
  ): Promise<NotificationRequest | null> {
    const payment = await control(`/payments/${attempt_id}/${what}`, body);
    if (payment === null) return null;
    return newsOf(new URL(payment.return_to).search.slice(1));
  }

  async function mustAct(attempt_id: string, what: string): Promise<NotificationRequest> {
    const news = await act(attempt_id, what);
    if (news === null) throw new Error(`${what} was refused`);
    return news;
  }

  const credentials = (base_url = host) => ({
    api_key: 'simulator-key',
    access_token: 'simulator-token',
    secret_key: 'simulator-secret',
    base_url,
  });

  return {
    credentials,
    wrong_credentials: () => ({ ...credentials(), access_token: 'not-the-token' }),
    secrets: ['simulator-secret', 'simulator-token', 'not-the-token', 'simulator-key'],
    async setFault(fault) {
      await control('/faults', { fault, times: 1, endpoint: 'confirm' });
    },
    async pay(attempt_id, { late, wrong_amount } = {}) {
      if (wrong_amount) await control('/faults', { fault: 'wrong_amount', times: 1 });
      return act(attempt_id, 'pay', { late: late ?? false });
    },
    turnBack: (attempt_id) => mustAct(attempt_id, 'cancel'),
    decline: (attempt_id) => mustAct(attempt_id, 'decline'),
    async countCharges(attempt_id) {
      const answer = await fetch(`${host}/control/charges`);
      const { charges } = (await answer.json()) as { charges: { invoice_no: string }[] };
      return charges.filter((charge) => charge.invoice_no === attempt_id).length;
    },
    forge(request) {
      const [query = ''] = request.query.split('&hashed=');
      const hashed = createHmac('sha256', 'not-the-token').update(query).digest('hex').toUpperCase();
      return newsOf(`${query}&hashed=${hashed}`);
    },
    tamper: ({ query }) =>
      [
        query.replace('amount=12.50', 'amount=1.00'),
        query.replace('USD', 'EUR'),
        query.replace('approved', 'canceled'),
        query.replace(/transaction_id=\d+/, 'transaction_id=1'),
        query.replace(/hashed=.*/, (hashed) => hashed.toLowerCase()),
        query.replace(/&hashed=.*/, ''),
        query.replace(/([^&]*)&([^&]*)/, '$2&$1'),
        `${query}&amount=1.00`,
        `${query}&amount[]=1.00`,
        `amount%5B0%5D=1.00&${query}`,
      ].map(newsOf),
  };
}

function newsOf(query: string): NotificationRequest {
  return { headers: {}, body: Buffer.alloc(0), query, remote_address: '127.0.0.1' };
}

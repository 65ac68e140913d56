// Plutu's side of a test, through the simulator's control API and by hand: what the customer does on the page, what goes
// wrong on the way, and news as Plutu, or somebody else, would sign them.
import { createHmac } from 'node:crypto';
import type { TestGateway } from './gateway.ts';

export const PLUTU_SECRET = 'simulator-secret';
export const RETURN_PATH = '/v1/webhooks/mpgs';

export interface PlutuPayment {
  invoice_no: string;
  amount: string;
  return_url: string;
  return_to: string | null;
  phase: string;
  checkout_url: string;
  callbacks: { outcome: string; tries: string[] }[];
}

/** A query as Plutu makes it: the pairs in their order, then what they were signed with. */
export function signNews(pairs: [string, string][], secret = PLUTU_SECRET): string {
  const query = pairs
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%20', '+')}`)
    .join('&');
  return `${query}&hashed=${createHmac('sha256', secret).update(query).digest('hex').toUpperCase()}`;
}

/** The pairs of an approved payment, with changes; null takes one out. */
export function newsPairs(
  invoice_no: string,
  changes: Record<string, string | null> = {},
): [string, string][] {
  const pairs = {
    gateway: 'mpgs',
    approved: '1',
    canceled: null,
    amount: '12.34',
    currency: 'USD',
    invoice_no,
    transaction_id: '100918',
    ...changes,
  };
  return Object.entries(pairs).flatMap(([name, value]): [string, string][] =>
    value === null ? [] : [[name, value]],
  );
}

export const MPGS = { payment_method_type: 'credit_card', provider: 'MPGS' } as const;

export async function makeMpgsStage(gateway: TestGateway) {
  const host = `${gateway.simulator_url}/mpgs`;

  async function control<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${host}/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  await gateway.saveStore({
    payment_processor_configs: [
      { provider: 'MPGS', is_active: true, credentials: {} },
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'paypay_merchant_123' } },
    ],
  });

  const payments = async () => (await control<{ payments: PlutuPayment[] }>('GET', '/payments')).payments;
  const attemptOf = async (intent: { id: string }) => {
    const [attempt] = await gateway.query<{ id: string; status: string; error: { code: string } | null }>(
      'select id, status, error from payment_attempts where payment_intent_id = $1 order by id desc limit 1',
      [intent.id],
    );
    if (attempt === undefined) throw new Error(`${intent.id} has no attempt`);
    return attempt;
  };

  return {
    control,
    payments,
    attemptOf,
    async countCharges(intent: { id: string }) {
      const { id } = await attemptOf(intent);
      const { charges } = await control<{ charges: { invoice_no: string }[] }>('GET', '/charges');
      return charges.filter((charge) => charge.invoice_no === id).length;
    },
    setFault: (fault: string) => control('POST', '/faults', { fault, times: 1 }),
    createIntent: (changes: Record<string, unknown> = {}) =>
      gateway.createIntent({
        amount: 1_234,
        currency: 'USD',
        payment_method_types: ['credit_card', 'cash'],
        ...changes,
      }),
    /** An intent whose page is in front of the customer; `invoice_no` is its attempt. */
    async openPage(changes: Record<string, unknown> = {}, confirm: Record<string, unknown> = {}) {
      const intent = await this.createIntent(changes);
      const answer = await gateway.client.confirm(intent.id, { ...MPGS, ...confirm });
      if (answer.status !== 200) throw new Error(`confirm answered ${answer.status}: ${answer.text}`);
      const { id: invoice_no } = await attemptOf(intent);
      return { ...intent, confirmation: answer.json, invoice_no };
    },
    /** The customer decides. Plutu's server tells us at once, in the background, unless that is lost. */
    async decide(
      invoice_no: string,
      act: 'pay' | 'cancel' | 'decline',
      body: object = {},
    ): Promise<PlutuPayment> {
      return control('POST', `/payments/${invoice_no}/${act}`, body);
    },
    /** The same, and the callback is lost: only the browser brings it, when the test says so. */
    async decideQuietly(invoice_no: string, act: 'pay' | 'cancel' | 'decline', body: object = {}) {
      await control('POST', '/faults', { fault: 'lose_notification', times: 1 });
      return control<PlutuPayment>('POST', `/payments/${invoice_no}/${act}`, body);
    },
    /** A GET of the return address, as Plutu's server (default) or a browser makes it. */
    async tell(query: string, headers: Record<string, string> = {}, at: { url: string } = gateway) {
      const answer = await fetch(`${at.url}${RETURN_PATH}?${query}`, {
        headers: { accept: '*/*', ...headers },
      });
      return { status: answer.status, headers: answer.headers, text: await answer.text() };
    },
  };
}

// The toy wallet under the provider contract.
import type { AskedFixture, Stage } from '../contract-fixture.ts';
import { toyWallet } from './toy-wallet.ts';

export const fixture: AskedFixture = {
  kind: 'asked',
  provider: toyWallet,
  attempt: { payment_method_type: 'qr_mpm', provider: 'TOY_WALLET', currency: 'JPY' },
  ended_after_ms: 5 * 60_000 + 1_000,
  unlisted_answers: [
    { status: 200, body: '{"reference":"of somebody else","state":"paid"}' },
    { status: 200, body: '{"state":' },
    { status: 400, body: '{"error":"something_new"}' },
    { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' },
    { status: 500, body: '{"error":"no_such_charge_of_ours"}' },
    { status: 302, headers: { location: '/elsewhere' }, body: '' },
  ],
  openStage,
};

const ENDPOINTS = { start: 'create_charge', lookUp: 'get_charge', cancel: 'close_charge' } as const;

function openStage(simulator_url: string): Stage {
  const host = `${simulator_url}/toy_wallet`;

  async function control<Answer>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${host}/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (answer.ok) return (await answer.json()) as Answer;
    throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }

  const credentials = (base_url = host) => ({ shop_id: 'shop_1', key: 'simulator-key', base_url });
  return {
    credentials,
    wrong_credentials: () => ({ ...credentials(), key: 'not-the-key' }),
    secrets: ['simulator-key', 'not-the-key'],
    pay: async (attempt_id, options = { late: false }) =>
      (await control<{ paid: boolean }>('POST', `/charges/${attempt_id}/pay`, options)).paid,
    async decline(attempt_id) {
      await control('POST', `/charges/${attempt_id}/refuse`, {});
    },
    async setFault(fault, step) {
      const place = fault === 'wrong_amount' ? {} : { endpoint: ENDPOINTS[step] };
      await control('POST', '/faults', { fault, times: 1, ...place });
    },
    countCharges: async (attempt_id) =>
      (await control<{ times_paid: number }>('GET', `/charges/${attempt_id}`)).times_paid,
    async setNotificationTarget(notification_url, webhook_secret) {
      await control('POST', '/settings', { notification_url, webhook_secret });
    },
    async sendNotificationAgain(attempt_id) {
      await control('POST', `/charges/${attempt_id}/notify`, {});
    },
    forge: (request) => ({
      ...request,
      headers: { ...request.headers, 'x-toy-signature': 'ab'.repeat(32) },
    }),
  };
}

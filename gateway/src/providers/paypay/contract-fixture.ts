// PayPay under the provider contract: how a test plays the customer and turns the faults of its simulator.
import type { AskedFixture, Stage, Step } from '../contract-fixture.ts';
import { paypay } from './paypay.ts';

const till_shows: AskedFixture = {
  kind: 'asked',
  provider: paypay,
  attempt: { payment_method_type: 'qr_mpm', provider: 'PAYPAY', currency: 'JPY' },
  ended_after_ms: 5 * 60_000 + 31_000,
  unlisted_answers: [
    { status: 200, body: JSON.stringify({ resultInfo: { code: 'SOMETHING_NEW' }, data: {} }) },
    { status: 400, body: JSON.stringify({ resultInfo: { code: '00400071' }, data: null }) },
    { status: 500, body: JSON.stringify({ resultInfo: { code: 'SUCCESS' }, data: {} }) },
    { status: 200, body: JSON.stringify({ resultInfo: { code: 'SUCCESS' }, data: null }) },
    { status: 200, body: '{"resultInfo":{"code":"SUCC' },
    { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' },
    { status: 301, headers: { location: '/elsewhere' }, body: '' },
  ],
  openStage: (simulator_url) => openStage(simulator_url, TILL_ENDPOINTS),
};

/** The same PayPay, where customers show a code and are asked in the app. */
const customer_shows: AskedFixture = {
  ...till_shows,
  attempt: { ...till_shows.attempt, payment_method_type: 'qr_cpm' },
  shown_by_customer: true,
  absent_after_ms: 30_000,
  openStage(simulator_url) {
    const stage = openStage(simulator_url, CUSTOMER_ENDPOINTS);
    const codes = new Map<string, Promise<string>>();
    async function takeCode(): Promise<string> {
      const answer = await fetch(`${simulator_url}/paypay/control/customer_codes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ behaviour: 'confirms' }),
      });
      const { code } = (await answer.json()) as { code: string };
      stage.secrets.push(code);
      return code;
    }
    return {
      ...stage,
      async showCode(attempt) {
        const code = codes.get(attempt.id) ?? takeCode();
        codes.set(attempt.id, code);
        return { ...attempt, customer_code: await code };
      },
    };
  },
};

export const fixtures = [till_shows, customer_shows];

const TILL_ENDPOINTS: Record<Step, string> = {
  start: 'create_code',
  lookUp: 'get_payment',
  cancel: 'delete_code',
};
const CUSTOMER_ENDPOINTS: Record<Step, string> = {
  start: 'create_payment',
  lookUp: 'get_customer_payment',
  cancel: 'cancel_payment',
};

function openStage(simulator_url: string, endpoints: Record<Step, string>) {
  const host = `${simulator_url}/paypay`;

  async function control(method: 'GET' | 'POST', path: string, body?: object): Promise<Response> {
    const answer = await fetch(`${host}/control${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (answer.ok || answer.status === 409) return answer;
    throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }

  const credentials = (base_url = host) => ({
    merchant_id: '234567',
    api_key: 'simulator-key',
    api_secret: 'simulator-secret',
    base_url,
  });

  return {
    credentials,
    wrong_credentials: () => ({ ...credentials(), api_secret: 'not-the-secret' }),
    secrets: ['simulator-secret', 'not-the-secret', 'hmac OPA-Auth'],
    async pay(attempt_id, options = { late: false }) {
      return (await control('POST', `/payments/${attempt_id}/pay`, options)).ok;
    },
    async decline(attempt_id) {
      await control('POST', `/payments/${attempt_id}/decline`, {});
    },
    async setFault(fault, step) {
      const place = fault === 'wrong_amount' ? {} : { endpoint: endpoints[step] };
      await control('POST', '/faults', { fault, times: 1, ...place });
    },
    async countCharges(attempt_id) {
      const answer = await control('GET', '/charges');
      const { charges } = (await answer.json()) as { charges: { merchantPaymentId: string }[] };
      return charges.filter((charge) => charge.merchantPaymentId === attempt_id).length;
    },
    refunds: {
      async setFault(fault, step) {
        const endpoint = step === 'refund' ? 'create_refund' : 'get_refund';
        await control('POST', '/faults', { fault, times: 1, endpoint });
      },
      async listAmounts(attempt_id) {
        const answer = await control('GET', '/refunds');
        const { refunds } = (await answer.json()) as {
          refunds: { merchantPaymentId: string; amount: number }[];
        };
        return refunds
          .filter((refund) => refund.merchantPaymentId === attempt_id)
          .map((refund) => refund.amount);
      },
      async setDelay(refund_delay_seconds) {
        await control('POST', '/settings', { refund_delay_seconds });
      },
    },
    holds: {
      async setFault(fault, step) {
        const endpoint = step === 'capture' ? 'capture_payment' : 'revert_authorization';
        await control('POST', '/faults', { fault, times: 1, endpoint });
      },
      async listTaken(attempt_id) {
        const answer = await control('GET', '/charges');
        const { charges } = (await answer.json()) as {
          charges: { merchantPaymentId: string; amount: number }[];
        };
        return charges
          .filter((charge) => charge.merchantPaymentId === attempt_id)
          .map((charge) => charge.amount);
      },
      async isHeld(attempt_id) {
        const answer = await control('GET', '/payments');
        const { payments } = (await answer.json()) as {
          payments: { merchantPaymentId: string; phase: string }[];
        };
        return payments.some((one) => one.merchantPaymentId === attempt_id && one.phase === 'held');
      },
      async setLifetime(authorization_lifetime_seconds) {
        await control('POST', '/settings', { authorization_lifetime_seconds });
      },
    },
    async setNotificationTarget(notification_url, webhook_secret) {
      await control('POST', '/settings', { notification_url, webhook_secret });
    },
    async sendNotificationAgain(attempt_id) {
      await control('POST', `/payments/${attempt_id}/notify`, {});
    },
    forge: (request) => ({
      ...request,
      headers: { ...request.headers, 'x-paypay-signature': 'ab'.repeat(32) },
    }),
  } satisfies Stage;
}

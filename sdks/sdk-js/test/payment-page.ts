// A page that pays: an MPACGateway on it, every event that it told in order, and the customer with a phone beside it, who
// is the simulated PayPay.
import type { Page } from 'playwright-core';
import type { MPACGatewayOptions } from '../src/gateway-options.ts';
import type { EventName } from '../src/payment-events.ts';
import { type BrowserStand, NO_CHROMIUM, type OpenOptions, startBrowserStand } from './browser-stand.ts';
import type { GatewayProcess, Scope } from './gateway-process.ts';
import { waitUntil } from './wait-until.ts';

export interface Told {
  name: EventName;
  data: Record<string, unknown>;
}

declare global {
  interface Window {
    mps: import('../src/mpac-gateway.ts').MPACGateway;
    events: Told[];
  }
}

export interface PaymentPage {
  page: Page;
  told(): Promise<Told[]>;
  /** The names of what was told, without status_changed. */
  ends(): Promise<string[]>;
  waitFor(name: EventName): Promise<Record<string, unknown>>;
  /** Retrieves the intent of this token on the page. */
  retrieve(token: string): Promise<string>;
  confirmQR(): Promise<{ qr_content: string; status: string }>;
  /** What a call of the client came to, as data: `{answer}` or `{kind, code}`. */
  call(
    name: 'confirmCashPayment' | 'confirmQRPayment' | 'cancel',
    argument?: unknown,
  ): Promise<{ status?: string; kind?: string; code?: string; message?: string; key?: string }>;
}

const EVENTS: EventName[] = [
  'payment_success',
  'payment_failed',
  'payment_cancelled',
  'payment_expired',
  'status_changed',
  'error',
];

/** For a whole file. Where there is no browser every test of it is skipped, and none looks at the stand. */
export async function startStand(scope: Scope): Promise<BrowserStand> {
  return NO_CHROMIUM === false ? startBrowserStand(scope) : ({ gateway: {} } as BrowserStand);
}

/** Through the line that faults can be put on, unless `base_url` says otherwise. */
export async function openPaymentPage(
  scope: Scope,
  stand: BrowserStand,
  { base_url = stand.line.url, ...open }: OpenOptions & { base_url?: string } = {},
): Promise<PaymentPage> {
  const page = await stand.openPage(scope, open);
  await makeClient(page, {
    publicKey: stand.gateway.publishable_key,
    environment: 'sandbox',
    baseUrl: base_url,
  });
  return asPaymentPage(page);
}

export function makeClient(page: Page, options: MPACGatewayOptions): Promise<void> {
  return page.evaluate(
    ({ options, events }) => {
      window.events = [];
      // A slow machine must not make an answer late that is on its way.
      window.mps = new window.sdk.MPACGateway({ queuePatienceMs: 100_000, ...options });
      for (const name of events)
        window.mps.on(name, (data) => {
          const { error } = data as { error?: unknown };
          const plain = error instanceof Error ? { ...error, message: error.message } : undefined;
          window.events.push({ name, data: { ...data, ...(plain && { error: plain }) } });
        });
    },
    { options, events: EVENTS },
  );
}

export function asPaymentPage(page: Page): PaymentPage {
  const told = () => page.evaluate(() => window.events);
  return {
    page,
    told,
    ends: async () => (await told()).map(({ name }) => name).filter((name) => name !== 'status_changed'),
    waitFor: async (name) =>
      (await waitUntil(name, async () => (await told()).find((one) => one.name === name))).data,
    retrieve: (token) =>
      page.evaluate(async (token) => (await window.mps.retrievePaymentIntent(token)).status, token),
    confirmQR: () =>
      page.evaluate(async () => {
        const { qr_content = '', status } = await window.mps.confirmQRPayment('PAYPAY');
        return { qr_content, status };
      }),
    call: (name, argument) =>
      page.evaluate(
        async ({ name, argument }) => {
          const call = window.mps[name].bind(window.mps) as (
            argument: unknown,
          ) => Promise<{ status: string }>;
          try {
            return { status: (await call(argument)).status };
          } catch (error) {
            const { kind, code, message, idempotency_key } = error as InstanceType<
              typeof window.sdk.MPACError
            >;
            return { kind, code, message, ...(idempotency_key !== undefined && { key: idempotency_key }) };
          }
        },
        { name, argument },
      ),
  };
}

/** The customer's phone. */
export function makeCustomer({ simulator_url }: GatewayProcess) {
  async function control(path: string, body: object = {}): Promise<void> {
    const answer = await fetch(`${simulator_url}/control${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  async function find(qr_content: string): Promise<string> {
    const answer = await fetch(`${simulator_url}/control/payments`);
    const { payments } = (await answer.json()) as { payments: { url: string; merchantPaymentId: string }[] };
    const found = payments.find(({ url }) => url === qr_content);
    if (found === undefined) throw new Error('The simulated PayPay does not know this code.');
    return found.merchantPaymentId;
  }

  return {
    pays: async (qr_content: string) => control(`/payments/${await find(qr_content)}/pay`),
    declines: async (qr_content: string) => control(`/payments/${await find(qr_content)}/decline`),
    setCodeLifetime: (seconds: number) => control('/settings', { qr_lifetime_seconds: seconds }),
  };
}

// A terminal for tests: a page with a client and the stand-in of its card app, on a gateway behind a line that can fail.
import assert from 'node:assert/strict';
import type { BrowserContext, Page } from 'playwright-core';
import type { PendingEntry } from '../src/confirm-sender.ts';
import type { BridgeStandIn, StandInAnswer } from '../src/testing.ts';
import { type BrowserStand, openTill } from './browser-stand.ts';
import type { CreatedIntent, Scope } from './gateway-process.ts';
import { waitUntil } from './wait-until.ts';

declare global {
  interface Window {
    app: BridgeStandIn;
    heard: Record<string, unknown>[];
    /** Takes a card payment; how that ended, as data. */
    pay(token: string, method?: 'confirmCardPayment' | 'confirmEMoneyPayment'): Promise<Ended>;
  }
}

export interface Ended {
  status?: string;
  kind?: string;
  code?: string;
  details?: Record<string, unknown>;
}

export function makeTerminals(stand: BrowserStand) {
  const { gateway, line } = stand;

  /** `context`: beside another page of it. */
  async function openTerminal(t: Scope, context?: BrowserContext): Promise<Page> {
    const page = await stand.openPage(t, context === undefined ? {} : { context });
    await setUp(page);
    return page;
  }

  /** Also after a reload. The app remembers over it, as the real one does. */
  async function setUp(page: Page, forgets = false): Promise<void> {
    await page.evaluate(
      ({ options, forgets }) => {
        window.app = window.testing.makeBridgeStandIn();
        if (forgets) window.app.forget();
        window.heard = [];
        window.mps = new window.sdk.MPACGateway(options);
        for (const name of [
          'payment_success',
          'payment_failed',
          'confirm_settled',
          'launch_unresolved',
        ] as const)
          window.mps.on(name, (data) => window.heard.push({ name, ...data }));
        window.pay = async (token, method = 'confirmCardPayment') => {
          try {
            await window.mps.retrievePaymentIntent(token);
            return { status: (await window.mps[method]()).status };
          } catch (error) {
            const { kind, code, details = {} } = error as InstanceType<typeof window.sdk.MPACError>;
            return { kind, code, details };
          }
        };
      },
      {
        forgets,
        options: {
          publicKey: gateway.publishable_key,
          environment: 'sandbox' as const,
          baseUrl: line.url,
          offlineQueue: true,
          // A slow machine must not make an answer late that is on its way.
          queuePatienceMs: 100_000,
        },
      },
    );
  }

  async function reload(page: Page, forgets = false): Promise<void> {
    await openTill(page, stand.origin);
    await setUp(page, forgets);
  }

  const pay = (page: Page, { payment_token }: CreatedIntent) =>
    page.evaluate((token) => window.pay(token), payment_token);
  const answer = (page: Page, next: StandInAnswer) => page.evaluate((said) => window.app.answer(said), next);
  const pending = (page: Page): Promise<PendingEntry[]> => page.evaluate(() => window.mps.pendingConfirms());
  const heard = (page: Page, name: string) =>
    waitUntil(name, async () => {
      const all = await page.evaluate(() => window.heard);
      return all.find((one) => one['name'] === name);
    });
  const lastBody = () => {
    const { payment_token: _, ...body } = line.confirms().at(-1)?.body ?? {};
    return body;
  };
  const statusOf = async ({ id }: { id: string }) => (await gateway.retrieve(id))['status'];
  /** Begins a payment whose app never comes back to this page. */
  async function leaveLaunched(page: Page, intent: CreatedIntent): Promise<string> {
    await answer(page, 'silent');
    await page.evaluate((token) => void window.pay(token), intent.payment_token);
    const [entry] = await waitUntil('the launch', async () => {
      const [found] = await pending(page);
      return (await page.evaluate(() => window.app.launches.length)) > 0 && found && [found];
    });
    assert.deepEqual([entry.state, entry.payment_intent], ['launched', intent.id]);
    return entry.launch?.transaction_id ?? '';
  }

  return { openTerminal, reload, pay, answer, pending, heard, lastBody, statusOf, leaveLaunched };
}

// A till for the tests of the offline queue: a page with the queue on it and the SDK's own requests under it, without the
// class, so that every step can be seen from outside.
import type { Page } from 'playwright-core';
import type { ConfirmResult, PendingConfirm, SendConfirm } from '../src/confirm-sender.ts';
import type { MPACError } from '../src/errors.ts';
import type { OfflineQueue } from '../src/offline-queue.ts';
import type { BrowserStand, OpenOptions } from './browser-stand.ts';
import type { CreatedIntent, Scope } from './gateway-process.ts';

/** What a test can read of a result. */
export type Told = ['answered', string] | ['refused' | 'no_answer', string];

declare global {
  interface Window {
    queue: OfflineQueue;
    /** What the queue told its listeners: the intent, and how it ended. */
    told: [string, ...Told][];
    /** Says that cash was taken, and how that went. */
    takeCash(intent: { id: string; payment_token: string }): Promise<Told>;
    openQueue(): void;
  }
}

export interface TillOptions extends Omit<OpenOptions, 'path'> {
  patience_ms?: number;
  /** Nothing is tried again by itself, so that a slow machine cannot come between two steps of a test. */
  by_hand?: boolean;
}

export async function openTillPage(
  stand: BrowserStand,
  scope: Scope,
  options: TillOptions = {},
): Promise<Page> {
  const { patience_ms, by_hand, ...open } = options;
  const page = await stand.openPage(scope, { ...open, path: '/parts' });
  await setUp(stand, page, { ...(patience_ms !== undefined && { patience_ms }), by_hand: by_hand === true });
  return page;
}

/** Also after a reload. */
export async function setUp(
  stand: BrowserStand,
  page: Page,
  options: Pick<TillOptions, 'patience_ms' | 'by_hand'> = {},
): Promise<void> {
  await page.waitForFunction(() => 'parts' in window);
  await page.evaluate(install, {
    base_url: stand.line.url,
    publishable_key: stand.gateway.publishable_key,
    ...options,
  });
}

/** Runs in the page. */
function install(given: {
  base_url: string;
  publishable_key: string;
  patience_ms?: number;
  by_hand?: boolean;
}): void {
  const { base_url, publishable_key, by_hand, patience_ms = 100_000 } = given;
  const { BROWSER, makeIdempotencyKey, makeOfflineQueue, makeSendRequest, makeServerClock } = window.parts;
  const sendRequest = makeSendRequest({
    base_url,
    publishable_key,
    limits: { max_retries: 0, timeout_ms: 100_000, deadline_ms: 100_000 },
    platform: BROWSER,
    clock: makeServerClock(BROWSER),
  });
  const send: SendConfirm = (confirm, { signal = new AbortController().signal } = {}) =>
    sendRequest({
      method: 'POST',
      path: `/v1/payment_intents/${confirm.payment_intent}/confirm`,
      payment_token: confirm.payment_token,
      fields: confirm.fields,
      idempotency_key: confirm.idempotency_key,
      signal,
    }).then(
      (confirmation) => ({ kind: 'answered', confirmation }) as unknown as ConfirmResult,
      (error: MPACError) => ({
        kind: error.kind === 'unknown_outcome' || error.kind === 'connection_error' ? 'no_answer' : 'refused',
        error,
      }),
    );
  const show = (result: ConfirmResult): Told =>
    result.kind === 'answered' ? [result.kind, result.confirmation.status] : [result.kind, result.error.code];
  window.told = [];
  window.openQueue = () => {
    // What chance makes of a wait: by hand it is longer than any test.
    const random = by_hand ? () => 1_000 : Math.random;
    const queue = makeOfflineQueue({ name: `queue of ${base_url}`, random, patience_ms });
    queue.onResult((confirm, result) => window.told.push([confirm.payment_intent, ...show(result)]));
    queue.attach(send);
    window.queue = queue;
  };
  window.openQueue();
  window.takeCash = async ({ id, payment_token }) => {
    const confirm: PendingConfirm = {
      payment_intent: id,
      payment_token,
      idempotency_key: makeIdempotencyKey(),
      fields: { payment_method_type: 'cash' },
    };
    return show(await window.queue.submit(confirm));
  };
}

export const takeCash = (page: Page, { id, payment_token }: CreatedIntent): Promise<Told> =>
  page.evaluate((intent) => window.takeCash(intent), { id, payment_token });

/** Each entry's state, oldest first. */
export const statesOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => (await window.queue.pending()).map(({ state }) => state));

/** As when the network is there again: the queue sends what waits. */
export const comeOnline = (page: Page): Promise<boolean> =>
  page.evaluate(() => dispatchEvent(new Event('online')));

/** Resolves when the queue has gone over all that waits, from now on: what is not sent then will not be. */
export const passOnce = (page: Page): Promise<void> =>
  page.evaluate(() => window.queue.resume('pi_none_secret_none'));

export async function waitForEnds(page: Page, count: number): Promise<unknown[]> {
  await page.waitForFunction((number) => window.told.length >= number, count);
  return page.evaluate(() => window.told);
}

/** Everything in all databases of the page's origin, as text: for what must not be there. */
export const readDatabases = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const texts: unknown[] = [];
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of db.objectStoreNames) {
        texts.push(
          await new Promise((resolve) => {
            const request = db.transaction(store).objectStore(store).getAll();
            request.onsuccess = () => resolve(request.result);
          }),
        );
      }
      db.close();
    }
    return JSON.stringify(texts);
  });

// How the simulated Plutu tells the merchant's server what became of a payment: a GET to the return_url, with the same
// query as the customer's browser brings. When it goes out beside the browser can be chosen.
import { setTimeout as wait } from 'node:timers/promises';
import type { CallbackRecord, PlutuPayment } from './simulator-books.ts';
import type { PlutuSettings } from './simulator-settings.ts';

const RESPONSE_TIMEOUT_MS = 10_000;
const PAUSE_BETWEEN_TRIES_MS = 200;
/** If the browser never leaves the page that says how it went, the callback goes out all the same. */
const LONGEST_STAY_MS = 3_000;
const AFTER_BROWSER_MS = 1_000;
const MOST_RECORDS = 50;

type CallbackFault = 'lose_notification' | 'duplicate_notification' | 'reorder_notifications';

export interface Callbacks {
  /** At once, in the background. */
  send(payment: PlutuPayment): void;
  /** The payment ended on its page: in the order that is set. Resolves when the browser may go on. */
  begin(payment: PlutuPayment): Promise<void>;
  /** The browser goes back to the merchant. */
  browserLeaves(payment: PlutuPayment): void;
  /** Gives up whatever is under way. */
  stop(): void;
  close(): Promise<void>;
}

export function createCallbacks(options: {
  settings: PlutuSettings;
  now(): number;
  takeFault(fault: CallbackFault): boolean;
  log(facts: Record<string, unknown>, message: string): void;
}): Callbacks {
  const { settings, takeFault } = options;
  const under_way = new Set<Promise<void>>();
  /** Callbacks that wait for the browser, and those that wait to be overtaken. */
  const waiting = new Map<PlutuPayment, NodeJS.Timeout>();
  let overtaken: (() => void)[] = [];
  let stopping = new AbortController();

  function startRecord(payment: PlutuPayment, outcome: CallbackRecord['outcome']): CallbackRecord {
    const record: CallbackRecord = { at: new Date(options.now()).toISOString(), outcome, tries: [] };
    payment.callbacks.push(record);
    if (payment.callbacks.length > MOST_RECORDS) payment.callbacks.shift();
    return record;
  }

  async function tryOnce(url: string, signal: AbortSignal): Promise<string> {
    try {
      const answer = await fetch(url, {
        headers: { accept: '*/*', 'user-agent': 'Plutu-Simulator' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]),
        redirect: 'manual',
      });
      await answer.body?.cancel();
      return String(answer.status);
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no connection';
    }
  }

  async function deliver(payment: PlutuPayment, record: CallbackRecord): Promise<void> {
    const { signal } = stopping;
    const is_heard = () => /^[23]/.test(record.tries.at(-1) ?? '');
    if (settings.callback_delay_ms > 0) await pause(settings.callback_delay_ms, signal);
    while (!is_heard() && record.tries.length < settings.callback_tries && !signal.aborted) {
      if (record.tries.length > 0) await pause(PAUSE_BETWEEN_TRIES_MS, signal);
      if (signal.aborted) break;
      record.tries.push(await tryOnce(payment.return_to ?? '', signal));
    }
    record.outcome = is_heard() ? 'delivered' : 'failed';
    const { invoice_no } = payment.request;
    options.log({ invoice_no, outcome: record.outcome, tries: record.tries }, 'callback');
  }

  function track(work: Promise<void>): Promise<void> {
    const tracked: Promise<void> = work.finally(() => under_way.delete(tracked));
    under_way.add(tracked);
    return tracked;
  }

  /** All copies of one callback, and with them those that this one overtook. */
  async function sendAll(payment: PlutuPayment): Promise<void> {
    if (takeFault('lose_notification')) {
      startRecord(payment, 'lost');
      return;
    }
    if (takeFault('reorder_notifications')) {
      const record = startRecord(payment, 'waiting');
      overtaken.push(() => {
        record.outcome = 'sending';
        void track(deliver(payment, record));
      });
      return;
    }
    const copies = settings.callback_copies * (takeFault('duplicate_notification') ? 2 : 1);
    const records = Array.from({ length: copies }, () => startRecord(payment, 'sending'));
    await Promise.all(records.map((record) => track(deliver(payment, record))));
    for (const sendNow of overtaken.splice(0)) sendNow();
  }

  const send = (payment: PlutuPayment) => void track(sendAll(payment));

  function sendIn(payment: PlutuPayment, ms: number): void {
    clearTimeout(waiting.get(payment));
    const timer = setTimeout(() => {
      waiting.delete(payment);
      send(payment);
    }, ms);
    waiting.set(payment, timer);
  }

  function stop(): void {
    for (const timer of waiting.values()) clearTimeout(timer);
    waiting.clear();
    overtaken = [];
    stopping.abort();
    stopping = new AbortController();
  }

  return {
    send,
    async begin(payment) {
      if (settings.callback_order === 'before') await track(sendAll(payment));
      else sendIn(payment, LONGEST_STAY_MS);
    },
    browserLeaves(payment) {
      if (waiting.has(payment)) sendIn(payment, settings.callback_order === 'after' ? AFTER_BROWSER_MS : 0);
    },
    stop,
    async close() {
      stop();
      await Promise.allSettled([...under_way]);
    },
  };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => {});
}

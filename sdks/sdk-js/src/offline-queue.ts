// Keeps confirms of money that has changed hands until the gateway has them: over lost networks, reloads and crashes,
// in the order in which they came, told exactly once. It takes nothing back by itself: what the gateway refuses stays
// until a person has seen it.
import type {
  ConfirmQueue,
  ConfirmResult,
  LaunchRequest,
  PendingConfirm,
  PendingEntry,
  SendConfirm,
} from './confirm-sender.ts';
import type { MPACError } from './errors.ts';
import { readEntry, type StoredEntry, showEntry } from './offline-queue-entry.ts';
import { makePageLife } from './offline-queue-page.ts';
import {
  continueWith,
  findObstacle,
  findSame,
  isStillSent,
  keptError,
  merge,
  refuse,
  takeToken,
} from './offline-queue-rules.ts';
import { type EntryStore, makeEntryStore } from './offline-queue-store.ts';
import { makeIdempotencyKey } from './platform.ts';

/** Between passes over what waits: 1 s, 2 s, … 60 s, each shortened by chance, so that tills do not come at once. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** A timer of a browser that is set for longer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How long `submit` waits for the gateway before it says that the confirm is kept. */
const PATIENCE_MS = 10_000;

export interface QueueOptions {
  /** Of the database. Entries go to the gateway that they were made for, so it has the gateway's address in it. */
  name: string;
  patience_ms?: number | undefined;
  random?: () => number;
}

/** What the terminal's part needs besides: launches are kept among the confirms that they may become. */
export interface LaunchLog {
  /**
   * Writes down that the app is about to be opened. `confirm.fields` has the method only, as nothing is known yet. Rejects
   * when something that was taken for this intent is not settled; of two tabs at once, one is told so.
   */
  noteLaunch(confirm: PendingConfirm, launch: LaunchRequest): Promise<void>;
  /** Nothing was taken: the launch is forgotten, unless somebody has said meanwhile that something was. */
  forgetLaunch(id: string): Promise<void>;
  /** As `submit`, for a confirm whose result nobody waits for: it is told to the listeners. */
  hand(confirm: PendingConfirm): Promise<void>;
  /** Hears of launches that a page which is gone has left. */
  onLaunchLeft(listener: (entry: PendingEntry) => void): () => void;
}

export type OfflineQueue = ConfirmQueue & LaunchLog;

export function makeOfflineQueue(options: QueueOptions): OfflineQueue {
  const { name, patience_ms = PATIENCE_MS, random = Math.random } = options;
  const page = makeIdempotencyKey();
  const store: EntryStore = makeEntryStore(name);
  const life = makePageLife(name, page);
  const result_listeners = new Set<Parameters<ConfirmQueue['onResult']>[0]>();
  const launch_listeners = new Set<(entry: PendingEntry) => void>();
  /** Who waits in `submit` for the first word about an entry; more than one where a person pressed twice. */
  const waiters = new Map<string, Set<(result: ConfirmResult) => void>>();
  /** What is being sent at this moment, so that no pass sends it as well. */
  const sending = new Set<string>();
  let send: SendConfirm | null = null;
  let begun: Promise<void> = Promise.resolve();
  let ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let passing: Promise<void> | null = null;
  let next_pass: Promise<void> | null = null;
  /** Passes in a row that left something waiting. */
  let failures = 0;
  /** As the gateway asked for. */
  let retry_after_ms = 0;

  function tell(entry: StoredEntry, result: ConfirmResult): void {
    const waiting = waiters.get(entry.id);
    waiters.delete(entry.id);
    for (const waiter of waiting ?? []) waiter(result);
    if (waiting === undefined && result.kind !== 'no_answer')
      for (const listener of result_listeners) listener(entry.confirm, result);
  }

  /** Sends an entry until its token or its reference is no longer what stands in the way; true when it is settled. */
  async function sendOne(entry: StoredEntry, max_retries?: number): Promise<boolean> {
    if (send === null || sending.has(entry.id)) return false;
    sending.add(entry.id);
    try {
      for (let current = entry; ; ) {
        const { signal } = ending;
        const result = await send(current.confirm, {
          signal,
          ...(max_retries !== undefined && { max_retries }),
        });
        if (result.kind === 'no_answer') {
          retry_after_ms = Math.max(retry_after_ms, (result.error.retry_after_seconds ?? 0) * 1_000);
          tell(current, result);
          return false;
        }
        const next = await settle(current, result);
        if (next === null) return true;
        current = next;
      }
    } catch {
      // The client was closed while it was sent: the entry stays, and the next page sends it.
      return false;
    } finally {
      sending.delete(entry.id);
    }
  }

  /** Writes down what became of it, and tells. Returns the entry that is to be sent again at once, if there is one. */
  async function settle(
    entry: StoredEntry,
    result: Exclude<ConfirmResult, { kind: 'no_answer' }>,
  ): Promise<StoredEntry | null> {
    let next: StoredEntry | null = null;
    let is_old = false;
    const before = await store.change(entry.id, (stored) => {
      // Whatever another page has made of it: the gateway has it.
      if (result.kind === 'answered') return null;
      is_old = !isStillSent(stored, entry.confirm);
      if (is_old) return undefined;
      next = continueWith(stored, result.error);
      return next ?? refuse(stored, result.error);
    });
    if (next !== null || is_old) return next;
    // Where another page has settled it meanwhile, that page has told it, too; but who waits here is answered.
    if (before !== null || waiters.has(entry.id)) tell(before ?? entry, result);
    return null;
  }

  /** Goes over all that waits, once, oldest first. Called while it runs, it runs once more afterwards. */
  function pass(): Promise<void> {
    if (passing === null) {
      passing = runPass().finally(() => {
        passing = null;
        schedule();
      });
      return passing;
    }
    next_pass ??= passing.then(() => {
      next_pass = null;
      return pass();
    });
    return next_pass;
  }

  async function runPass(): Promise<void> {
    clearTimeout(timer);
    await begun;
    await takeOver();
    let waiting = 0;
    for (const entry of await listOwnWaiting()) {
      if (send === null) return;
      // One try each: whoever is next shall not wait for the retries of one that hangs.
      if (!(await sendOne(entry, 0))) waiting += 1;
    }
    failures = waiting === 0 ? 0 : failures + 1;
  }

  /** Also with nothing to send: another page may be gone, and have left something. */
  function schedule(): void {
    if (send === null) return;
    clearTimeout(timer);
    const longest = failures === 0 ? LONGEST_WAIT_MS : FIRST_WAIT_MS * 2 ** (failures - 1);
    const wait = Math.max(Math.min(LONGEST_WAIT_MS, longest) * (0.5 + random() / 2), retry_after_ms);
    retry_after_ms = 0;
    timer = setTimeout(() => void pass(), Math.min(wait, LONGEST_TIMER_MS));
  }

  async function listReadable(): Promise<StoredEntry[]> {
    return (await store.list()).flatMap(({ stored }) => readEntry(stored) ?? []);
  }

  async function listOwnWaiting(): Promise<StoredEntry[]> {
    return (await listReadable()).filter((entry) => entry.page === page && entry.state === 'waiting');
  }

  /** Makes the entries of pages that are gone our own. What waited for a token is tried once, so that it asks again. */
  async function takeOver(): Promise<void> {
    const alive = new Map<string, boolean>([[page, true]]);
    for (const entry of await listReadable()) {
      if (!alive.has(entry.page)) alive.set(entry.page, await life.isAlive(entry.page));
      if (alive.get(entry.page)) continue;
      const taken = await store.change(entry.id, (found) =>
        found.page === entry.page
          ? { ...found, page, state: found.state === 'token_needed' ? 'waiting' : found.state }
          : undefined,
      );
      if (taken?.state === 'launched')
        for (const listener of launch_listeners) listener(showEntry(taken, true));
    }
  }

  /** Writes a confirm down: over its launch, into the same one that waits already, or beside others. */
  async function write(confirm: PendingConfirm, entries: StoredEntry[]): Promise<StoredEntry> {
    let merged: StoredEntry | null = null;
    const same = findSame(entries, confirm);
    const before = await store.change(same?.id ?? '', (found) => {
      if (found.state === 'refused') return undefined;
      merged = { ...merge(found, confirm), page };
      return merged;
    });
    const created_at = new Date().toISOString();
    // Where the launch was told to have ended in another way before, both are said, each under a key of its own.
    const is_other = same === undefined && entries.some(({ id }) => id === confirm.idempotency_key);
    const id = is_other ? makeIdempotencyKey() : confirm.idempotency_key;
    const written = { ...confirm, idempotency_key: id };
    const entry: StoredEntry = merged ?? { v: 1, id, page, state: 'waiting', created_at, confirm: written };
    // Also what could not be written over the other: it is sent all the same, out of memory.
    if (before === null) await store.add(entry);
    return entry;
  }

  return {
    attach(sender) {
      send = sender;
      ending = new AbortController();
      begun = life.begin();
      const { signal } = ending;
      addEventListener('online', () => void pass(), { signal });
      const look = () => {
        if (document.visibilityState === 'visible') void pass();
      };
      document.addEventListener('visibilitychange', look, { signal });
      void pass();
    },

    async submit(confirm) {
      await begun;
      const entries = await listReadable();
      const obstacle = findObstacle(entries, confirm);
      if (obstacle !== null) return { kind: 'refused', error: obstacle };
      const entry = await write(confirm, entries);
      return new Promise((resolve) => {
        const waiting = waiters.get(entry.id) ?? new Set();
        const waiter = (result: ConfirmResult) => {
          clearTimeout(patience);
          waiting.delete(waiter);
          // With nobody waiting, the listeners hear.
          if (waiting.size === 0) waiters.delete(entry.id);
          resolve(result);
        };
        const giveUp = () => waiter({ kind: 'no_answer', error: keptError(entry) });
        const patience = setTimeout(giveUp, patience_ms);
        waiters.set(entry.id, waiting.add(waiter));
        // Not behind what waits already: a customer stands here. With no network there is nothing to wait for.
        void sendOne(entry, navigator.onLine ? undefined : 0).then((settled) => {
          if (send === null) giveUp();
          if (settled) return;
          failures = Math.max(failures, 1);
          schedule();
        });
      });
    },

    async hand(confirm) {
      await write(confirm, await listReadable());
      await pass();
    },

    async noteLaunch(confirm, launch) {
      await begun;
      const created_at = new Date().toISOString();
      const id = confirm.idempotency_key;
      const launched: StoredEntry = { v: 1, id, page, state: 'launched', created_at, confirm, launch };
      let obstacle: MPACError | null = null;
      await store.add(launched, (others) => {
        obstacle = findObstacle(others, confirm);
        return obstacle === null;
      });
      if (obstacle !== null) throw obstacle;
    },

    async forgetLaunch(id) {
      await store.change(id, ({ state }) => (state === 'launched' ? null : undefined));
    },

    onResult(listener) {
      result_listeners.add(listener);
      return () => void result_listeners.delete(listener);
    },

    onLaunchLeft(listener) {
      launch_listeners.add(listener);
      return () => void launch_listeners.delete(listener);
    },

    async pending() {
      return (await store.list()).map(({ stored, durable }) => showEntry(stored, durable));
    },

    async acknowledge(id) {
      if (id.startsWith('#')) return store.removeUnreadable(id);
      return (await store.change(id, ({ state }) => (state === 'waiting' ? undefined : null))) !== null;
    },

    async resume(payment_token) {
      const intent = payment_token.split('_secret_')[0] ?? '';
      for (const { id, confirm } of await listReadable()) {
        if (confirm.payment_intent === intent)
          await store.change(id, (found) => ({ ...takeToken(found, payment_token), page }));
      }
      await pass();
    },

    detach() {
      send = null;
      clearTimeout(timer);
      ending.abort();
      life.end();
      store.close();
    },
  };
}

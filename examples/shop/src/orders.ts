// The shop's book of orders: kept in memory and written to one JSON file at every change, whole and in one go. That is
// honest for an example and for one till; a real shop has a database here.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Priced } from './menu.ts';

/** `unclear` means that money may have moved and nobody knows yet: it is no `declined`. */
export type OrderStatus = 'open' | 'unclear' | 'paid' | 'declined' | 'cancelled' | 'expired';

export interface Order extends Priced {
  id: string;
  /** Counts from 1 each day; it is what the customer is called by. */
  number: number;
  receipt_number: string;
  status: OrderStatus;
  /** Of the try that counts now; null until the gateway has answered. */
  payment_intent: string | null;
  /** Of earlier tries, which are over: news of them may still come, and say nothing about the order any more. */
  earlier_intents: string[];
  /** How often a payment intent was asked for: each time is a purchase of its own to the gateway. */
  tries: number;
  provider: string | null;
  refunds: Record<string, { amount: number; status: string }>;
  created_at: string;
  paid_at: string | null;
}

interface Book {
  orders: Order[];
  /** Ids of webhooks that were taken; the newest of them, because one may come again for days. */
  seen: string[];
}

const SEEN_LIMIT = 1_000;
const TIME_ZONE = 'Asia/Tokyo';

export type Orders = ReturnType<typeof openOrders>;

/** Opens the book in this file, or begins one. */
export function openOrders(path: string) {
  const book: Book = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Book)
    : { orders: [], seen: [] };
  const watchers = new Set<(order: Order) => void>();

  /** Written beside and renamed, so that a power cut leaves the old book or the new one, never half of one. */
  function save(): void {
    writeFileSync(`${path}.new`, JSON.stringify(book), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  }

  /** When this returns, the change is on disk and everybody who watches has been told. */
  function change(order: Order, changes: Partial<Order>): void {
    Object.assign(order, changes);
    save();
    for (const watcher of watchers) watcher(order);
  }

  /** Newest first. */
  function listOfToday(): Order[] {
    const today = dayOf(new Date());
    return book.orders.filter((order) => dayOf(new Date(order.created_at)) === today).reverse();
  }

  return {
    change,
    listOfToday,

    add(priced: Priced): Order {
      const created_at = new Date();
      const number = listOfToday().length + 1;
      const order: Order = {
        ...priced,
        id: `order_${crypto.randomUUID()}`,
        number,
        receipt_number: `${dayOf(created_at).replaceAll('-', '')}-${String(number).padStart(4, '0')}`,
        status: 'open',
        payment_intent: null,
        earlier_intents: [],
        tries: 0,
        provider: null,
        refunds: {},
        created_at: created_at.toISOString(),
        paid_at: null,
      };
      book.orders.push(order);
      change(order, {});
      return order;
    },

    find: (id: string) => book.orders.find((order) => order.id === id),
    findByIntent: (id: string) => book.orders.find((order) => order.payment_intent === id),
    list: () => [...book.orders],

    hasSeen: (event_id: string) => book.seen.includes(event_id),
    markSeen(event_id: string): void {
      book.seen = [...book.seen, event_id].slice(-SEEN_LIMIT);
      save();
    },

    /** Returns how to stop watching. */
    watch(watcher: (order: Order) => void): () => void {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
  };
}

/** `2026-01-31`: the shop's own day, which is not that of UTC. */
function dayOf(time: Date): string {
  return time.toLocaleDateString('sv-SE', { timeZone: TIME_ZONE });
}

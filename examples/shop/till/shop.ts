// What the till asks of its own shop: the menu, new orders, payment tokens, refunds, and news of orders. The shop
// alone knows prices and the secret key.
import type { Both } from './words.ts';

export interface MenuItem {
  id: string;
  name: Both;
  price: number;
}

export interface Menu {
  items: MenuItem[];
  gateway_url: string;
  publishable_key: string;
  wallet_url: string;
}

export interface Order {
  id: string;
  number: number;
  receipt_number: string;
  lines: { item: string; name: Both; quantity: number; amount: number; tax_rate: number }[];
  amount: number;
  taxes: { rate: number; amount: number }[];
  status: 'open' | 'unclear' | 'paid' | 'declined' | 'cancelled' | 'expired';
  payment_intent: string | null;
  provider: string | null;
  refunds: Record<string, { amount: number; status: string }>;
  created_at: string;
}

/** A refusal of the shop, or `unreachable`. */
export class ShopError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

async function ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(path, {
    method,
    ...(method === 'POST' && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body ?? {}),
    }),
  }).catch(() => {
    throw new ShopError('unreachable', 'The shop does not answer.');
  });
  const answer = (await response.json()) as Answer & { code?: string; message?: string };
  if (!response.ok) throw new ShopError(answer.code ?? 'unknown', answer.message ?? '');
  return answer;
}

export interface Begun {
  order: Order;
  payment_token: string;
}

export const shop = {
  menu: () => ask<Menu>('GET', '/menu'),
  orders: () => ask<Order[]>('GET', '/orders'),
  order: (lines: { item: string; quantity: number }[]) => ask<Begun>('POST', '/orders', { lines }),
  freshToken: (order: Order) => ask<Begun>('POST', `/orders/${order.id}/payment_token`),
  refund: (order: Order) => ask<{ order: Order }>('POST', `/orders/${order.id}/refund`),

  /** Calls back with each order that changes, also after the connection was away. */
  watch(onChange: (order: Order) => void, onReturn: () => void): void {
    const changes = new EventSource('/orders/changes');
    changes.addEventListener('message', ({ data }) => onChange(JSON.parse(data as string) as Order));
    // What happened while nobody was connected was not told.
    changes.addEventListener('open', onReturn);
  },
};

// The shop's own book of orders, in memory for the example. A real one is a table, and `markPaid` is one transaction.

export interface OrderBook {
  /** What the order costs, in minor units, by the shop's own prices and never by what the page says. */
  amountOf(order: string): Promise<number>;
  /** Once for each event: a webhook may come twice. */
  markPaid(order: string, event_id: string): Promise<void>;
}

export function makeOrderBook(amounts: Record<string, number>): OrderBook & { paid: string[] } {
  const seen = new Set<string>();
  const paid: string[] = [];
  return {
    paid,
    async amountOf(order) {
      const amount = amounts[order];
      if (amount === undefined) throw new RangeError(`There is no order ${order}.`);
      return amount;
    },
    async markPaid(order, event_id) {
      if (seen.has(event_id)) return;
      seen.add(event_id);
      paid.push(order);
    },
  };
}

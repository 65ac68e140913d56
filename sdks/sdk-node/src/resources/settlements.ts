// The day's money: what providers owe, what they say of it, and what differs until a person has looked at it.
import type {
  ListBalancesQuery,
  ListOrderListOrdersQuery,
  ListReconciliationExceptionsQuery,
  ListSettlementsQuery,
} from '../generated/operations.ts';
import type {
  Balance,
  ExceptionResolution,
  ListedOrder,
  NewOrderList,
  OrderList,
  ReconciliationException,
  Settlement,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class Balances {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** What business days came to, by merchant, store and provider, the latest first. */
  list(params: ListBalancesQuery = {}, options?: CallOptions): List<Balance> {
    return this.#gateway.list('listBalances', params, options);
  }
}

export class Settlements {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** What a provider states for a merchant's day, beside what the gateway has, with the ids of its exceptions. */
  retrieve(id: string, options?: CallOptions): Promise<Settlement> {
    return this.#gateway.call('retrieveSettlement', { id }, options);
  }

  /** Newest first, with those that were issued again as `replaced`. */
  list(params: ListSettlementsQuery = {}, options?: CallOptions): List<Settlement> {
    return this.#gateway.list('listSettlements', params, options);
  }
}

export class ReconciliationExceptions {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** One thing that differs. */
  retrieve(id: string, options?: CallOptions): Promise<ReconciliationException> {
    return this.#gateway.call('retrieveReconciliationException', { id }, options);
  }

  /** Newest first; `status: 'open'` for those that nobody has looked at. */
  list(params: ListReconciliationExceptionsQuery = {}, options?: CallOptions): List<ReconciliationException> {
    return this.#gateway.list('listReconciliationExceptions', params, options);
  }

  /** Says that a person has looked at it. It changes no payment. */
  resolve(id: string, params: ExceptionResolution, options?: CallOptions): Promise<ReconciliationException> {
    return this.#gateway.call('resolveReconciliationException', { ...params, id }, options);
  }
}

export class OrderLists {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Holds a store's own list of a day against the gateway. Another list of the same day takes its place. */
  create(params: NewOrderList, options?: CallOptions): Promise<OrderList> {
    return this.#gateway.call('createOrderList', params, options);
  }

  /** How the list agrees, and what providers say of it by now. */
  retrieve(id: string, options?: CallOptions): Promise<OrderList> {
    return this.#gateway.call('retrieveOrderList', { id }, options);
  }

  /** The orders of a list, in its order, with what was found of each. */
  orders(id: string, params: ListOrderListOrdersQuery = {}, options?: CallOptions): List<ListedOrder> {
    return this.#gateway.list('listOrderListOrders', { ...params, id }, options);
  }
}

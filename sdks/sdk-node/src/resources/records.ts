// What is there and what has happened: merchants with their stores, events, and money that came too late.
import type {
  ListEventsQuery,
  ListLatePaymentsQuery,
  ListMerchantsQuery,
  ListStoresQuery,
} from '../generated/operations.ts';
import type {
  Event,
  LatePayment,
  LatePaymentDecision,
  Merchant,
  MerchantSync,
  MerchantSyncAnswer,
  Store,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class Merchants {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Hands in merchants, their stores and the credentials of their providers. What is not named stays as it is. */
  sync(params: MerchantSync, options?: CallOptions): Promise<MerchantSyncAnswer> {
    return this.#gateway.call('syncMerchants', params, options);
  }

  /** One merchant, by the id that it was synced with. */
  retrieve(id: string, options?: CallOptions): Promise<Merchant> {
    return this.#gateway.call('retrieveMerchant', { id }, options);
  }

  /** All merchants that were synced, by their ids. */
  list(params: ListMerchantsQuery = {}, options?: CallOptions): List<Merchant> {
    return this.#gateway.list('listMerchants', params, options);
  }

  /** The stores of one merchant. */
  stores(id: string, params: ListStoresQuery = {}, options?: CallOptions): List<Store> {
    return this.#gateway.list('listStores', { ...params, id }, options);
  }
}

export class Events {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** What has happened, with the object as it was then. */
  retrieve(id: string, options?: CallOptions): Promise<Event> {
    return this.#gateway.call('retrieveEvent', { id }, options);
  }

  /** What has happened in the organization, newest first, with or without a webhook endpoint. */
  list(params: ListEventsQuery = {}, options?: CallOptions): List<Event> {
    return this.#gateway.list('listEvents', params, options);
  }
}

export class LatePayments {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Money that came for an intent which had ended. */
  retrieve(id: string, options?: CallOptions): Promise<LatePayment> {
    return this.#gateway.call('retrieveLatePayment', { id }, options);
  }

  /** Newest first. */
  list(params: ListLatePaymentsQuery = {}, options?: CallOptions): List<LatePayment> {
    return this.#gateway.list('listLatePayments', params, options);
  }

  /** Gives late money back, or keeps it. */
  resolve(id: string, params: LatePaymentDecision, options?: CallOptions): Promise<LatePayment> {
    return this.#gateway.call('resolveLatePayment', { ...params, id }, options);
  }
}

// Generated from openapi.json by `npm run generate -w sdks/sdk-node`; changes made here are lost.

import type {
  AccountingExport,
  AccountingExportConfig,
  AccountingExportRun,
  AccountingExportSettings,
  AccountingExportTest,
  ApiKey,
  ApiKeyChanges,
  AuditEntry,
  Balance,
  Cancel,
  Capture,
  CardBatch,
  CardBatchRun,
  CardProcessorConnection,
  CardProcessorConnectionSettings,
  CardProcessorConnectionTest,
  Confirm,
  Confirmation,
  DeletedAccountingExportConfig,
  DeletedCardProcessorConnection,
  DeletedWebhookEndpoint,
  Event,
  ExceptionResolution,
  LatePayment,
  LatePaymentDecision,
  ListedOrder,
  Merchant,
  MerchantSync,
  MerchantSyncAnswer,
  NewApiKey,
  NewOrderList,
  NewPaymentIntent,
  NewPublishableKey,
  NewRefund,
  NewWebhookEndpoint,
  OrderList,
  Organization,
  OrganizationSettings,
  PaymentIntent,
  PaymentResolution,
  PublishableKey,
  PublishableKeyChanges,
  Readiness,
  ReconciliationException,
  Refund,
  RefundResolution,
  Resend,
  Resent,
  ResolvedPaymentIntent,
  ResolvedRefund,
  Roll,
  RollSecret,
  Settlement,
  SettlementFile,
  Store,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointUpdate,
  WebhookEvent,
} from './schemas.ts';

/**
 * List payment intents, newest first. Filters work together. Follow the `Link` header from page to page:
 * it misses nothing that is created meanwhile, as `offset` would, and its pages stay quick however far
 * back they go.
 */
export interface ListPaymentIntentsQuery {
  /** Only those of this store. */
  merchant_store_id?: string | undefined;
  /** Only those of this reference of yours: every try of an order. */
  merchant_ref_id?: string | undefined;
  /** Only those in this status. */
  status?:
    | 'requires_payment_method'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'failed'
    | 'cancelled'
    | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** How many to pass over. Each costs as much as one that is shown: better follow the Link header. */
  offset?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
  /** RFC 3339 in UTC. */
  created_gte?: string | Date | undefined;
  /** RFC 3339 in UTC. */
  created_lt?: string | Date | undefined;
}

/** List refunds, newest first */
export interface ListRefundsQuery {
  /** Only those about this payment intent. */
  payment_intent?: string | undefined;
  /** Only those in this status. */
  status?: 'pending' | 'succeeded' | 'failed' | undefined;
  /** RFC 3339 in UTC. */
  created_gte?: string | Date | undefined;
  /** RFC 3339 in UTC. */
  created_lt?: string | Date | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List merchants */
export interface ListMerchantsQuery {
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List the stores of a merchant, with the providers that each is set up for */
export interface ListStoresQuery {
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List webhook endpoints, newest first */
export interface ListWebhookEndpointsQuery {
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/**
 * List what an endpoint was given after a sequence, as it was or will be delivered. The very bodies that
 * were or will be delivered. `sequence` has no gap, so a receiver can prove that it missed nothing.
 */
export interface ListWebhookEndpointEventsQuery {
  /** Default 0. */
  after_sequence?: number | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
}

/** List the deliveries of an endpoint with their attempts, newest first */
export interface ListWebhookDeliveriesQuery {
  /** Only those in this status. */
  status?: 'pending' | 'succeeded' | 'failed' | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last sequence of the page before. */
  starting_after?: number | undefined;
}

/**
 * List events, newest first. The events of one merchant, or of one common type, are looked for among the
 * organization’s latest: a page walks past 10,000 at most, so it can be short, or empty, and yet have a
 * `Link` that goes on from there.
 */
export interface ListEventsQuery {
  /** A type, or a family such as payment_intent.*. */
  type?: string | undefined;
  /** Events about this intent, its refunds and its late payments. */
  payment_intent?: string | undefined;
  /** Only those of this merchant. */
  merchant_id?: string | undefined;
  /** RFC 3339 in UTC. */
  created_gte?: string | Date | undefined;
  /** RFC 3339 in UTC. */
  created_lt?: string | Date | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List late payments, newest first */
export interface ListLatePaymentsQuery {
  /** Only those in this status. */
  status?: 'held' | 'refunding' | 'refunded' | 'kept' | undefined;
  /** Only those about this payment intent. */
  payment_intent?: string | undefined;
  /** Only those of this provider. */
  provider?: string | undefined;
  /** RFC 3339 in UTC. */
  created_gte?: string | Date | undefined;
  /** RFC 3339 in UTC. */
  created_lt?: string | Date | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/**
 * List settlements, newest first. Of a merchant’s day at a provider one is in force; those that were
 * issued again stay in the list as `replaced`.
 */
export interface ListSettlementsQuery {
  /** Only those of this merchant. */
  merchant_id?: string | undefined;
  /** Only those of this provider. */
  provider?: string | undefined;
  /** Only those in this status. */
  status?: 'reconciled' | 'exceptions' | 'replaced' | undefined;
  /** From this business day on, such as 2026-01-28. */
  business_date_gte?: string | undefined;
  /** Up to this business day, such as 2026-01-28. */
  business_date_lte?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List exceptions, newest first */
export interface ListReconciliationExceptionsQuery {
  /** Only those in this status. */
  status?: 'open' | 'resolved' | undefined;
  /** Only those of this kind. */
  kind?:
    | 'missing_here'
    | 'missing_there'
    | 'amount_differs'
    | 'status_differs'
    | 'totals_differ'
    | 'cross_midnight'
    | undefined;
  /** Only those that were found there. */
  source?: 'file' | 'settlement' | 'order_list' | undefined;
  /** Only those of this settlement. */
  settlement?: string | undefined;
  /** Only those of this order list. */
  order_list?: string | undefined;
  /** Only those of this file. */
  file?: string | undefined;
  /** Only those of this merchant. */
  merchant_id?: string | undefined;
  /** Only those of this provider. */
  provider?: string | undefined;
  /** From this business day on, such as 2026-01-28. */
  business_date_gte?: string | undefined;
  /** Up to this business day, such as 2026-01-28. */
  business_date_lte?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/**
 * List the orders of an order list, with what was found of each. What the provider says is as of now: its
 * file may come a day after the list.
 */
export interface ListOrderListOrdersQuery {
  /** Only those of which this was found. */
  result?: 'matched' | 'missing_here' | 'amount_differs' | 'status_differs' | 'cross_midnight' | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: number | undefined;
}

/**
 * List what business days came to, the latest first. Summed up from the books. A day that is over does not
 * change any more: what is learnt later is of the day on which it is learnt.
 */
export interface ListBalancesQuery {
  /** Only those of this merchant. */
  merchant_id?: string | undefined;
  /** Only those of this store. */
  merchant_store_id?: string | undefined;
  /** Only those of this provider. */
  provider?: string | undefined;
  /** From this business day on, such as 2026-01-28. */
  business_date_gte?: string | undefined;
  /** Up to this business day, such as 2026-01-28. */
  business_date_lte?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** How many to pass over. Each costs as much as one that is shown: better follow the Link header. */
  offset?: number | undefined;
}

/** List who changed what and why, newest first */
export interface ListAuditLogQuery {
  /** The id of what was changed: pi_…, lp_…, ak_… */
  object?: string | undefined;
  /** Such as late_payment.resolved. */
  action?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List API keys, newest first, with the revoked ones */
export interface ListApiKeysQuery {
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List publishable keys, newest first, with the revoked ones */
export interface ListPublishableKeysQuery {
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List accounting exports, newest first */
export interface ListAccountingExportsQuery {
  /** Only those of this merchant. */
  merchant_id?: string | undefined;
  /** Only those of this store. */
  merchant_store_id?: string | undefined;
  /** Only those in this status. */
  status?: 'pending' | 'delivered' | 'kept' | 'failed' | undefined;
  /** Only files of this format. */
  format?: 'json' | 'csv' | 'xml' | undefined;
  /** From this business day on, such as 2026-01-28. */
  business_date_gte?: string | undefined;
  /** Up to this business day, such as 2026-01-28. */
  business_date_lte?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** List the days of the exchange with the card processor, newest first */
export interface ListCardBatchesQuery {
  /** What is done next. failed: a person is needed, and was told by mail. */
  step?: 'upload' | 'download' | 'done' | 'failed' | undefined;
  /** A calendar day in Japan: 2026-01-28. */
  business_date_gte?: string | undefined;
  /** A calendar day in Japan: 2026-01-28. */
  business_date_lte?: string | undefined;
  /** 1 to 100, default 20. */
  limit?: number | undefined;
  /** The last id of the page before; the Link header holds it. */
  starting_after?: string | undefined;
}

/** Each call's parameters (of path, query and body in one object) and its answer, by operationId. */
export interface Operations {
  /**
   * Create a payment intent. The answer holds the `payment_token` for the terminal: it confirms once,
   * within five minutes. An order’s `merchant_ref_id` is taken until its intent has failed or was
   * cancelled, so an order is never paid twice.
   */
  createPaymentIntent: { params: NewPaymentIntent; answer: PaymentIntent };
  /**
   * List payment intents, newest first. Filters work together. Follow the `Link` header from page to page:
   * it misses nothing that is created meanwhile, as `offset` would, and its pages stay quick however far
   * back they go.
   */
  listPaymentIntents: { params: ListPaymentIntentsQuery; answer: PaymentIntent[] };
  /**
   * Retrieve a payment intent. A terminal reads with its payment token in the query, also after the
   * confirm, until the attempt is over.
   */
  retrievePaymentIntent: { params: { id: string }; answer: PaymentIntent };
  /**
   * Confirm: begin or record the payment. A QR code is opened at the provider: the answer is
   * `requires_action` with the code, and events or polling tell the rest. A code that was scanned from the
   * customer pays at once, or is `processing` while the customer is asked in the app; it pays once, and
   * the wallet is recognised from it. Cash is recorded as paid, and of cards at an external terminal what
   * its app reports: 200, also when it was declined, so read `status`. When the provider gives no clear
   * answer this is 502 or 504 with `outcome: unknown`; nothing is lost, and a retry with the same key
   * finishes the work. A provider that has fallen silent is not asked: 502 with `Retry-After` and
   * `outcome: not_begun`.
   */
  confirmPaymentIntent: { params: { id: string } & Confirm; answer: Confirmation };
  /**
   * Cancel: the provider first makes sure that nothing can be paid any more. An open code is deleted at
   * the provider, which is then asked once more whether it was paid: a customer who was faster has paid,
   * and the answer says so.
   */
  cancelPaymentIntent: { params: { id: string } & Cancel; answer: PaymentIntent };
  /**
   * Capture what is held, in full or in part, or record cash. Takes what is held, all of it or a part; the
   * rest is released. For an intent that nobody has confirmed it records cash that staff took.
   */
  capturePaymentIntent: { params: { id: string } & Capture; answer: PaymentIntent };
  /** Issue a fresh payment token; the old one stops working */
  createPaymentToken: { params: { id: string }; answer: PaymentIntent };
  /**
   * Give money back, in whole or in part. Written down first, then asked of the provider. `pending` means
   * that the provider has not said yet; an event tells the end. All refunds together never exceed what was
   * received.
   */
  createRefund: { params: NewRefund; answer: Refund };
  /** List refunds, newest first */
  listRefunds: { params: ListRefundsQuery; answer: Refund[] };
  /** Retrieve a refund */
  retrieveRefund: { params: { id: string }; answer: Refund };
  /** List merchants */
  listMerchants: { params: ListMerchantsQuery; answer: Merchant[] };
  /** Retrieve a merchant */
  retrieveMerchant: { params: { id: string }; answer: Merchant };
  /** List the stores of a merchant, with the providers that each is set up for */
  listStores: { params: { id: string } & ListStoresQuery; answer: Store[] };
  /**
   * Register a webhook endpoint, up to 16 of an organization and of each merchant in each mode. The answer
   * holds the signing `secret`, which is told only now.
   */
  createWebhookEndpoint: { params: NewWebhookEndpoint; answer: WebhookEndpoint };
  /** List webhook endpoints, newest first */
  listWebhookEndpoints: { params: ListWebhookEndpointsQuery; answer: WebhookEndpoint[] };
  /** Retrieve a webhook endpoint */
  retrieveWebhookEndpoint: { params: { id: string }; answer: WebhookEndpoint };
  /** Change a webhook endpoint; what is left out stays as it is */
  updateWebhookEndpoint: { params: { id: string } & WebhookEndpointUpdate; answer: WebhookEndpoint };
  /** Delete a webhook endpoint; what it was given stays readable under its id */
  deleteWebhookEndpoint: { params: { id: string }; answer: DeletedWebhookEndpoint };
  /** Make a new signing secret; the one before signs, too, for a while */
  rollWebhookSecret: { params: { id: string } & RollSecret; answer: WebhookEndpoint };
  /**
   * List what an endpoint was given after a sequence, as it was or will be delivered. The very bodies that
   * were or will be delivered. `sequence` has no gap, so a receiver can prove that it missed nothing.
   */
  listWebhookEndpointEvents: {
    params: { id: string } & ListWebhookEndpointEventsQuery;
    answer: WebhookEvent[];
  };
  /** List the deliveries of an endpoint with their attempts, newest first */
  listWebhookDeliveries: { params: { id: string } & ListWebhookDeliveriesQuery; answer: WebhookDelivery[] };
  /** Retrieve a delivery with its attempts */
  retrieveWebhookDelivery: { params: { id: string; sequence: number }; answer: WebhookDelivery };
  /** Send a delivery again, whatever became of it: the same id and bytes, signed anew */
  resendWebhookDelivery: { params: { id: string; sequence: number }; answer: WebhookDelivery };
  /** Send what came after a sequence again, up to 1000 at once */
  resendWebhookDeliveries: { params: { id: string } & Resend; answer: Resent };
  /** Send an event of type webhook_endpoint.ping to this endpoint alone */
  pingWebhookEndpoint: { params: { id: string }; answer: WebhookDelivery };
  /**
   * List events, newest first. The events of one merchant, or of one common type, are looked for among the
   * organization’s latest: a page walks past 10,000 at most, so it can be short, or empty, and yet have a
   * `Link` that goes on from there.
   */
  listEvents: { params: ListEventsQuery; answer: Event[] };
  /** Retrieve an event */
  retrieveEvent: { params: { id: string }; answer: Event };
  /**
   * Decide by hand an outcome that is unknown. For a person who has looked at the provider’s own tool.
   * Money that comes after `not_paid` becomes a late payment.
   */
  resolvePaymentIntent: { params: { id: string } & PaymentResolution; answer: ResolvedPaymentIntent };
  /** Decide by hand a refund that is unknown, or that failed and was paid back otherwise */
  resolveRefund: { params: { id: string } & RefundResolution; answer: ResolvedRefund };
  /** List late payments, newest first */
  listLatePayments: { params: ListLatePaymentsQuery; answer: LatePayment[] };
  /** Retrieve a late payment */
  retrieveLatePayment: { params: { id: string }; answer: LatePayment };
  /** Give late money back, or keep it */
  resolveLatePayment: { params: { id: string } & LatePaymentDecision; answer: LatePayment };
  /**
   * List settlements, newest first. Of a merchant’s day at a provider one is in force; those that were
   * issued again stay in the list as `replaced`.
   */
  listSettlements: { params: ListSettlementsQuery; answer: Settlement[] };
  /** Retrieve a settlement */
  retrieveSettlement: { params: { id: string }; answer: Settlement };
  /** List exceptions, newest first */
  listReconciliationExceptions: {
    params: ListReconciliationExceptionsQuery;
    answer: ReconciliationException[];
  };
  /** Retrieve an exception */
  retrieveReconciliationException: { params: { id: string }; answer: ReconciliationException };
  /**
   * Resolve an exception that a person has looked at. It changes no payment. With `adjustment_amount` the
   * difference is booked on the day of the decision. When the last open exception of a settlement is
   * resolved, the settlement is `reconciled`, and an event says so.
   */
  resolveReconciliationException: {
    params: { id: string } & ExceptionResolution;
    answer: ReconciliationException;
  };
  /** Retrieve an order list */
  retrieveOrderList: { params: { id: string }; answer: OrderList };
  /**
   * List the orders of an order list, with what was found of each. What the provider says is as of now:
   * its file may come a day after the list.
   */
  listOrderListOrders: { params: { id: string } & ListOrderListOrdersQuery; answer: ListedOrder[] };
  /**
   * List what business days came to, the latest first. Summed up from the books. A day that is over does
   * not change any more: what is learnt later is of the day on which it is learnt.
   */
  listBalances: { params: ListBalancesQuery; answer: Balance[] };
  /** List who changed what and why, newest first */
  listAuditLog: { params: ListAuditLogQuery; answer: AuditEntry[] };
  /** Retrieve the organization of the key */
  retrieveOrganization: { params: Record<string, never>; answer: Organization };
  /**
   * Change settings; what is left out stays as it is. Settings hold for test and live payments alike: a
   * test key changes them only while the organization has no live key.
   */
  updateOrganization: { params: OrganizationSettings; answer: Organization };
  /**
   * Create an API key; its secret is told only now. The answer holds the `secret_key`, which is told only
   * now.
   */
  createApiKey: { params: NewApiKey; answer: ApiKey };
  /** List API keys, newest first, with the revoked ones */
  listApiKeys: { params: ListApiKeysQuery; answer: ApiKey[] };
  /** Retrieve an API key */
  retrieveApiKey: { params: { id: string }; answer: ApiKey };
  /** Change an API key */
  updateApiKey: { params: { id: string } & ApiKeyChanges; answer: ApiKey };
  /** Give an API key a new secret; the old one signs until the overlap is over */
  rollApiKey: { params: { id: string } & Roll; answer: ApiKey };
  /** Revoke an API key for good; it signs for a few seconds more at most */
  revokeApiKey: { params: { id: string }; answer: ApiKey };
  /** Create a publishable key, up to 100 in each mode */
  createPublishableKey: { params: NewPublishableKey; answer: PublishableKey };
  /** List publishable keys, newest first, with the revoked ones */
  listPublishableKeys: { params: ListPublishableKeysQuery; answer: PublishableKey[] };
  /** Retrieve a publishable key */
  retrievePublishableKey: { params: { id: string }; answer: PublishableKey };
  /** Change a publishable key; its list of origins is replaced as a whole */
  updatePublishableKey: { params: { id: string } & PublishableKeyChanges; answer: PublishableKey };
  /** Revoke a publishable key for good; pages that name it are refused within seconds */
  revokePublishableKey: { params: { id: string }; answer: PublishableKey };
  /**
   * Say where a merchant’s accounting exports go; what is left out stays as it is. Test the connection
   * afterwards, compare the host key that it shows with what the accounting system says of its server, and
   * save it as `host_key`: nothing is sent before. The private key is never told again; `public_key`
   * always is.
   */
  saveAccountingExportConfig: {
    params: { id: string } & AccountingExportSettings;
    answer: AccountingExportConfig;
  };
  /** Retrieve where a merchant’s accounting exports go */
  retrieveAccountingExportConfig: { params: { id: string }; answer: AccountingExportConfig };
  /** End a merchant’s accounting export; files that were made stay readable */
  deleteAccountingExportConfig: { params: { id: string }; answer: DeletedAccountingExportConfig };
  /** Try the connection, and see the host key that the server shows */
  testAccountingExport: { params: { id: string }; answer: AccountingExportTest };
  /** List accounting exports, newest first */
  listAccountingExports: { params: ListAccountingExportsQuery; answer: AccountingExport[] };
  /**
   * Make the files of a business date, again or for the first time. Files are made from the books, so they
   * are the same bytes again. A file that was given up begins anew with its first attempt. Refused while
   * the business date is not over.
   */
  runAccountingExports: { params: AccountingExportRun; answer: AccountingExport[] };
  /** Retrieve an accounting export */
  retrieveAccountingExport: { params: { id: string }; answer: AccountingExport };
  /** The bytes of an accounting export, as they were sent */
  retrieveAccountingExportFile: { params: { id: string }; answer: Uint8Array };
  /**
   * Set the connection to the card processor. All of it is set: what is left out gets its default, apart
   * from the password and the first day, which stay. From `starts_on` on each day is run at 02:00 in Japan
   * of the day after; days that are over already are caught up.
   */
  saveCardProcessorConnection: { params: CardProcessorConnectionSettings; answer: CardProcessorConnection };
  /** Retrieve the connection to the card processor, without its password */
  retrieveCardProcessorConnection: { params: Record<string, never>; answer: CardProcessorConnection };
  /** Delete the connection to the card processor; the days that were are kept */
  deleteCardProcessorConnection: { params: Record<string, never>; answer: DeletedCardProcessorConnection };
  /**
   * Log in at the card processor and look into both folders. Nothing is sent or fetched. What is wrong is
   * told in the answer, which is 200 all the same.
   */
  testCardProcessorConnection: { params: Record<string, never>; answer: CardProcessorConnectionTest };
  /** List the days of the exchange with the card processor, newest first */
  listCardBatches: { params: ListCardBatchesQuery; answer: CardBatch[] };
  /**
   * Run a day that is over once more; a worker does it at once. A worker goes on where the day stands:
   * what was sent is not sent again, the settlement file is fetched again. Another file than before takes
   * its place.
   */
  runCardBatch: { params: CardBatchRun; answer: CardBatch };
  /** Retrieve a day of the exchange with the card processor */
  retrieveCardBatch: { params: { id: string }; answer: CardBatch };
  /**
   * Make or change merchants and stores, up to 10000 stores in a call. What is named is made or changed,
   * all of it or nothing. What is not named stays as it is. Credentials are sealed and never told again.
   */
  syncMerchants: { params: MerchantSync; answer: MerchantSyncAnswer };
  /**
   * Hold a store’s own list of a day against the gateway, up to 10000 orders. Compared with what the
   * gateway wrote down on that business day; what differs becomes exceptions. The same list again, of
   * which the same is found, changes nothing and answers 200; any other takes the place of the one before,
   * and what a person resolved in that stays resolved.
   */
  createOrderList: { params: NewOrderList; answer: OrderList };
  /**
   * Supply by hand the settlement file of a day. Read as the processor’s own file is, and marked as
   * supplied by hand. A file that cannot be right is refused as a whole, by line and column. The same
   * bytes again change nothing; others take the place of those before.
   */
  supplySettlementFile: { params: { id: string } & SettlementFile; answer: CardBatch };
  /** Alive */
  retrieveHealth: {
    params: Record<string, never>;
    answer: {
      status: 'ok' | (string & {});
    };
  };
  /** Ready to take payments */
  retrieveReadiness: { params: Record<string, never>; answer: Readiness };
}

/** How each call travels. */
export const OPERATIONS = {
  createPaymentIntent: {
    method: 'POST',
    path: '/v1/payment_intents',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listPaymentIntents: {
    method: 'GET',
    path: '/v1/payment_intents',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrievePaymentIntent: {
    method: 'GET',
    path: '/v1/payment_intents/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  confirmPaymentIntent: {
    method: 'POST',
    path: '/v1/payment_intents/{id}/confirm',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  cancelPaymentIntent: {
    method: 'POST',
    path: '/v1/payment_intents/{id}/cancel',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  capturePaymentIntent: {
    method: 'POST',
    path: '/v1/payment_intents/{id}/capture',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createPaymentToken: {
    method: 'POST',
    path: '/v1/payment_intents/{id}/payment_token',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createRefund: {
    method: 'POST',
    path: '/v1/refunds',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listRefunds: {
    method: 'GET',
    path: '/v1/refunds',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveRefund: {
    method: 'GET',
    path: '/v1/refunds/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listMerchants: {
    method: 'GET',
    path: '/v1/merchants',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveMerchant: {
    method: 'GET',
    path: '/v1/merchants/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listStores: {
    method: 'GET',
    path: '/v1/merchants/{id}/stores',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listWebhookEndpoints: {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveWebhookEndpoint: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  updateWebhookEndpoint: {
    method: 'PATCH',
    path: '/v1/webhook_endpoints/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  deleteWebhookEndpoint: {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  rollWebhookSecret: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}/roll_secret',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listWebhookEndpointEvents: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}/events',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}/deliveries',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveWebhookDelivery: {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}/deliveries/{sequence}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resendWebhookDelivery: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}/deliveries/{sequence}/resend',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resendWebhookDeliveries: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}/resend',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  pingWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}/ping',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveEvent: {
    method: 'GET',
    path: '/v1/events/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resolvePaymentIntent: {
    method: 'POST',
    path: '/v1/payment_intents/{id}/resolve',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resolveRefund: {
    method: 'POST',
    path: '/v1/refunds/{id}/resolve',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listLatePayments: {
    method: 'GET',
    path: '/v1/late_payments',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveLatePayment: {
    method: 'GET',
    path: '/v1/late_payments/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resolveLatePayment: {
    method: 'POST',
    path: '/v1/late_payments/{id}/resolve',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listSettlements: {
    method: 'GET',
    path: '/v1/settlements',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveSettlement: {
    method: 'GET',
    path: '/v1/settlements/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listReconciliationExceptions: {
    method: 'GET',
    path: '/v1/reconciliation_exceptions',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveReconciliationException: {
    method: 'GET',
    path: '/v1/reconciliation_exceptions/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  resolveReconciliationException: {
    method: 'POST',
    path: '/v1/reconciliation_exceptions/{id}/resolve',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveOrderList: {
    method: 'GET',
    path: '/v1/order_lists/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listOrderListOrders: {
    method: 'GET',
    path: '/v1/order_lists/{id}/orders',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listBalances: {
    method: 'GET',
    path: '/v1/balances',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listAuditLog: {
    method: 'GET',
    path: '/v1/audit_log',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveOrganization: {
    method: 'GET',
    path: '/v1/organization',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  updateOrganization: {
    method: 'PATCH',
    path: '/v1/organization',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createApiKey: {
    method: 'POST',
    path: '/v1/api_keys',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listApiKeys: {
    method: 'GET',
    path: '/v1/api_keys',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveApiKey: {
    method: 'GET',
    path: '/v1/api_keys/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  updateApiKey: {
    method: 'PATCH',
    path: '/v1/api_keys/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  rollApiKey: {
    method: 'POST',
    path: '/v1/api_keys/{id}/roll',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  revokeApiKey: {
    method: 'POST',
    path: '/v1/api_keys/{id}/revoke',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createPublishableKey: {
    method: 'POST',
    path: '/v1/publishable_keys',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listPublishableKeys: {
    method: 'GET',
    path: '/v1/publishable_keys',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrievePublishableKey: {
    method: 'GET',
    path: '/v1/publishable_keys/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  updatePublishableKey: {
    method: 'PATCH',
    path: '/v1/publishable_keys/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  revokePublishableKey: {
    method: 'POST',
    path: '/v1/publishable_keys/{id}/revoke',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  saveAccountingExportConfig: {
    method: 'PUT',
    path: '/v1/merchants/{id}/accounting_export',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveAccountingExportConfig: {
    method: 'GET',
    path: '/v1/merchants/{id}/accounting_export',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  deleteAccountingExportConfig: {
    method: 'DELETE',
    path: '/v1/merchants/{id}/accounting_export',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  testAccountingExport: {
    method: 'POST',
    path: '/v1/merchants/{id}/accounting_export/test',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listAccountingExports: {
    method: 'GET',
    path: '/v1/accounting_exports',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  runAccountingExports: {
    method: 'POST',
    path: '/v1/accounting_exports',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveAccountingExport: {
    method: 'GET',
    path: '/v1/accounting_exports/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveAccountingExportFile: {
    method: 'GET',
    path: '/v1/accounting_exports/{id}/file',
    is_list: false,
    file_types: ['application/json', 'text/csv', 'application/xml'],
    is_signed: true,
    also_answers: [],
  },
  saveCardProcessorConnection: {
    method: 'PUT',
    path: '/v1/card_processor_connection',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveCardProcessorConnection: {
    method: 'GET',
    path: '/v1/card_processor_connection',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  deleteCardProcessorConnection: {
    method: 'DELETE',
    path: '/v1/card_processor_connection',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  testCardProcessorConnection: {
    method: 'POST',
    path: '/v1/card_processor_connection/test',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  listCardBatches: {
    method: 'GET',
    path: '/v1/card_batches',
    is_list: true,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  runCardBatch: {
    method: 'POST',
    path: '/v1/card_batches',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveCardBatch: {
    method: 'GET',
    path: '/v1/card_batches/{id}',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  syncMerchants: {
    method: 'POST',
    path: '/v1/sync/merchants',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  createOrderList: {
    method: 'POST',
    path: '/v1/order_lists',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  supplySettlementFile: {
    method: 'POST',
    path: '/v1/card_batches/{id}/settlement_file',
    is_list: false,
    file_types: [],
    is_signed: true,
    also_answers: [],
  },
  retrieveHealth: {
    method: 'GET',
    path: '/health',
    is_list: false,
    file_types: [],
    is_signed: false,
    also_answers: [],
  },
  retrieveReadiness: {
    method: 'GET',
    path: '/ready',
    is_list: false,
    file_types: [],
    is_signed: false,
    also_answers: [503],
  },
} as const;

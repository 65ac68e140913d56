// The client of the gateway for servers. Make one and keep it: it is meant to be shared by all requests of a process.
import { carryOut } from './call.ts';
import { type PaymentGatewayOptions, readOptions } from './configuration.ts';
import type { Operations } from './generated/operations.ts';
import type { Readiness } from './generated/schemas.ts';
import { endless, isSameQuery, List, Page, readNextQuery } from './pages.ts';
import { type CallOptions, type OperationId, prepareRequest, refuse } from './request.ts';
import { AccountingExports, CardBatches, CardProcessorConnection } from './resources/files.ts';
import { ApiKeys, PublishableKeys } from './resources/keys.ts';
import { AuditLog, OrganizationSettings } from './resources/organization.ts';
import { PaymentIntents, Refunds } from './resources/payments.ts';
import { Events, LatePayments, Merchants } from './resources/records.ts';
import { Balances, OrderLists, ReconciliationExceptions, Settlements } from './resources/settlements.ts';
import { WebhookEndpoints } from './resources/webhook-endpoints.ts';
import { keepFacts, responseOf } from './response-facts.ts';
import { makeSigner } from './signer.ts';
import { webhooks } from './webhooks.ts';

export const SDK_VERSION = '0.1.0';

/** The operations that are answered with a list, page by page. */
export type ListOperationId = {
  [Id in OperationId]: Operations[Id]['answer'] extends unknown[] ? Id : never;
}[OperationId];

export type ItemOf<Id extends ListOperationId> = Operations[Id]['answer'][number];

/** Carries out any operation of openapi.json by its id: how the resources work, and what they leave open. */
export interface Caller {
  call<Id extends OperationId>(
    operation: Id,
    params: Operations[Id]['params'],
    options?: CallOptions,
  ): Promise<Operations[Id]['answer']>;
  list<Id extends ListOperationId>(
    operation: Id,
    params: Operations[Id]['params'],
    options?: CallOptions,
  ): List<ItemOf<Id>>;
}

export class PaymentGateway implements Caller {
  readonly paymentIntents: PaymentIntents;
  readonly refunds: Refunds;
  readonly merchants: Merchants;
  readonly webhookEndpoints: WebhookEndpoints;
  readonly events: Events;
  readonly latePayments: LatePayments;
  readonly balances: Balances;
  readonly settlements: Settlements;
  readonly reconciliationExceptions: ReconciliationExceptions;
  readonly orderLists: OrderLists;
  readonly cardBatches: CardBatches;
  readonly cardProcessorConnection: CardProcessorConnection;
  readonly accountingExports: AccountingExports;
  readonly auditLog: AuditLog;
  readonly organization: OrganizationSettings;
  readonly apiKeys: ApiKeys;
  readonly publishableKeys: PublishableKeys;
  /** Verifies deliveries; it needs no client, and is exported by itself, too. */
  readonly webhooks: typeof webhooks = webhooks;
  // Private to the language, so that no inspection and no JSON of the client shows the secret.
  readonly #carryOut: (
    operation: OperationId,
    params: object,
    options: CallOptions,
  ) => ReturnType<typeof carryOut>;

  /** Checks what it is given, and sends nothing yet. Throws an InvalidRequestError that names the wrong option. */
  constructor(options: PaymentGatewayOptions) {
    const configuration = readOptions(options, SDK_VERSION);
    const sign = makeSigner(configuration.api_key, configuration.secret_key, configuration.now);
    this.#carryOut = async (operation, params, call_options) =>
      carryOut(configuration, sign, prepareRequest(operation, params, call_options), call_options);
    this.paymentIntents = new PaymentIntents(this);
    this.refunds = new Refunds(this);
    this.merchants = new Merchants(this);
    this.webhookEndpoints = new WebhookEndpoints(this);
    this.events = new Events(this);
    this.latePayments = new LatePayments(this);
    this.balances = new Balances(this);
    this.settlements = new Settlements(this);
    this.reconciliationExceptions = new ReconciliationExceptions(this);
    this.orderLists = new OrderLists(this);
    this.cardBatches = new CardBatches(this);
    this.cardProcessorConnection = new CardProcessorConnection(this);
    this.accountingExports = new AccountingExports(this);
    this.auditLog = new AuditLog(this);
    this.organization = new OrganizationSettings(this);
    this.apiKeys = new ApiKeys(this);
    this.publishableKeys = new PublishableKeys(this);
  }

  /**
   * Any operation by its id in openapi.json, with its path parameters, query and body in one object. A list is answered
   * with its first page as an array; `list` walks over all of them.
   */
  async call<Id extends OperationId>(
    operation: Id,
    params: Operations[Id]['params'],
    options: CallOptions = {},
  ): Promise<Operations[Id]['answer']> {
    const { body } = await this.#carryOut(operation, params, options);
    return body as Operations[Id]['answer'];
  }

  /** Any list by the id of its operation. */
  list<Id extends ListOperationId>(
    operation: Id,
    params: Operations[Id]['params'],
    options: CallOptions = {},
  ): List<ItemOf<Id>> {
    const loadPage = async (page_params: object): Promise<Page<ItemOf<Id>>> => {
      const { body, headers } = await this.#carryOut(operation, page_params, options);
      if (!Array.isArray(body)) throw refuse('operation', `${operation} is no list.`);
      const next = readNextQuery(headers);
      const { offset: _, ...kept } = page_params as { offset?: unknown };
      const loadNext = async (query: Record<string, string>): Promise<Page<ItemOf<Id>>> => {
        if (isSameQuery(page_params, query)) throw endless(operation);
        return loadPage({ ...kept, ...query });
      };
      const page = new Page<ItemOf<Id>>(body, next && (() => loadNext(next)));
      const facts = responseOf(body);
      if (facts !== undefined) keepFacts(page, facts);
      return page;
    };
    return new List(() => loadPage(params));
  }

  /** Whether the gateway's process lives. */
  async health(options?: CallOptions): Promise<Operations['retrieveHealth']['answer']> {
    return this.call('retrieveHealth', {}, options);
  }

  /** Whether it can take payments, and what is missing if it cannot. */
  async readiness(options?: CallOptions): Promise<Readiness> {
    return this.call('retrieveReadiness', {}, options);
  }
}

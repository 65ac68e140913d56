// Where the gateway tells what has happened, what it sent there, and how to have it sent again.
import type {
  ListWebhookDeliveriesQuery,
  ListWebhookEndpointEventsQuery,
  ListWebhookEndpointsQuery,
} from '../generated/operations.ts';
import type {
  DeletedWebhookEndpoint,
  NewWebhookEndpoint,
  Resend,
  Resent,
  RollSecret,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookEndpointUpdate,
  WebhookEvent,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class WebhookEndpoints {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** The answer holds the `secret` to verify with, and no later one does. */
  create(params: NewWebhookEndpoint, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.#gateway.call('createWebhookEndpoint', params, options);
  }

  /** The endpoint without its secret. */
  retrieve(id: string, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.#gateway.call('retrieveWebhookEndpoint', { id }, options);
  }

  /** Newest first. */
  list(params: ListWebhookEndpointsQuery = {}, options?: CallOptions): List<WebhookEndpoint> {
    return this.#gateway.list('listWebhookEndpoints', params, options);
  }

  /** Changes what is named, and leaves the rest; it can switch a disabled endpoint on again. */
  update(id: string, params: WebhookEndpointUpdate, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.#gateway.call('updateWebhookEndpoint', { ...params, id }, options);
  }

  /** Ends it. What it was told stays readable under its id. */
  delete(id: string, options?: CallOptions): Promise<DeletedWebhookEndpoint> {
    return this.#gateway.call('deleteWebhookEndpoint', { id }, options);
  }

  /** A new secret. Deliveries are signed with both for `expires_in_hours`, so verify with both until then. */
  rollSecret(id: string, params: RollSecret = {}, options?: CallOptions): Promise<WebhookEndpoint> {
    return this.#gateway.call('rollWebhookSecret', { ...params, id }, options);
  }

  /** Sends a `webhook_endpoint.ping` there. */
  ping(id: string, options?: CallOptions): Promise<WebhookDelivery> {
    return this.#gateway.call('pingWebhookEndpoint', { id }, options);
  }

  /** The events of this endpoint after `after_sequence`, oldest first: what you lack after an outage. */
  events(id: string, params: ListWebhookEndpointEventsQuery = {}, options?: CallOptions): List<WebhookEvent> {
    return this.#gateway.list('listWebhookEndpointEvents', { ...params, id }, options);
  }

  /** What was sent there, and how it went. Newest first. */
  deliveries(
    id: string,
    params: ListWebhookDeliveriesQuery = {},
    options?: CallOptions,
  ): List<WebhookDelivery> {
    return this.#gateway.list('listWebhookDeliveries', { ...params, id }, options);
  }

  /** One delivery with its tries, by its number at this endpoint. */
  retrieveDelivery(id: string, sequence: number, options?: CallOptions): Promise<WebhookDelivery> {
    return this.#gateway.call('retrieveWebhookDelivery', { id, sequence }, options);
  }

  /** Sends one event again. */
  resendDelivery(id: string, sequence: number, options?: CallOptions): Promise<WebhookDelivery> {
    return this.#gateway.call('resendWebhookDelivery', { id, sequence }, options);
  }

  /** Sends everything after `after_sequence` again. */
  resend(id: string, params: Resend, options?: CallOptions): Promise<Resent> {
    return this.#gateway.call('resendWebhookDeliveries', { ...params, id }, options);
  }
}

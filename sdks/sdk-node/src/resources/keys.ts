// Keys: the secret ones that sign for a server, and the publishable ones that let a page in.
import type { ListApiKeysQuery, ListPublishableKeysQuery } from '../generated/operations.ts';
import type {
  ApiKey,
  ApiKeyChanges,
  NewApiKey,
  NewPublishableKey,
  PublishableKey,
  PublishableKeyChanges,
  Roll,
} from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class ApiKeys {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** The answer holds the `secret_key`, and no later one does. */
  create(params: NewApiKey = {}, options?: CallOptions): Promise<ApiKey> {
    return this.#gateway.call('createApiKey', params, options);
  }

  /** The key without its secret. */
  retrieve(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.#gateway.call('retrieveApiKey', { id }, options);
  }

  /** Newest first. */
  list(params: ListApiKeysQuery = {}, options?: CallOptions): List<ApiKey> {
    return this.#gateway.list('listApiKeys', params, options);
  }

  /** Changes what is named, and leaves the rest. */
  update(id: string, params: ApiKeyChanges, options?: CallOptions): Promise<ApiKey> {
    return this.#gateway.call('updateApiKey', { ...params, id }, options);
  }

  /** Gives it a new secret; the old one signs for a while, too. */
  roll(id: string, params: Roll = {}, options?: CallOptions): Promise<ApiKey> {
    return this.#gateway.call('rollApiKey', { ...params, id }, options);
  }

  /** Ends it, for good. */
  revoke(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.#gateway.call('revokeApiKey', { id }, options);
  }
}

export class PublishableKeys {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** A key for pages; it authorises nothing by itself, and names the origins that may ask. */
  create(params: NewPublishableKey, options?: CallOptions): Promise<PublishableKey> {
    return this.#gateway.call('createPublishableKey', params, options);
  }

  /** The key with its origins. */
  retrieve(id: string, options?: CallOptions): Promise<PublishableKey> {
    return this.#gateway.call('retrievePublishableKey', { id }, options);
  }

  /** Newest first. */
  list(params: ListPublishableKeysQuery = {}, options?: CallOptions): List<PublishableKey> {
    return this.#gateway.list('listPublishableKeys', params, options);
  }

  /** Changes what is named, and leaves the rest. */
  update(id: string, params: PublishableKeyChanges, options?: CallOptions): Promise<PublishableKey> {
    return this.#gateway.call('updatePublishableKey', { ...params, id }, options);
  }

  /** Ends it, for good. */
  revoke(id: string, options?: CallOptions): Promise<PublishableKey> {
    return this.#gateway.call('revokePublishableKey', { id }, options);
  }
}

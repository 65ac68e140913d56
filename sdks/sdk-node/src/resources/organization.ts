// The organization itself: its settings, and the log of who changed what.
import type { ListAuditLogQuery } from '../generated/operations.ts';
import type { AuditEntry, Organization, OrganizationSettings as Settings } from '../generated/schemas.ts';
import type { List } from '../pages.ts';
import type { Caller } from '../payment-gateway.ts';
import type { CallOptions } from '../request.ts';

export class OrganizationSettings {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** The organization of the key. */
  retrieve(options?: CallOptions): Promise<Organization> {
    return this.#gateway.call('retrieveOrganization', {}, options);
  }

  /** Changes what is named, and leaves the rest. */
  update(params: Settings, options?: CallOptions): Promise<Organization> {
    return this.#gateway.call('updateOrganization', params, options);
  }
}

export class AuditLog {
  readonly #gateway: Caller;
  constructor(gateway: Caller) {
    this.#gateway = gateway;
  }

  /** Newest first. */
  list(params: ListAuditLogQuery = {}, options?: CallOptions): List<AuditEntry> {
    return this.#gateway.list('listAuditLog', params, options);
  }
}

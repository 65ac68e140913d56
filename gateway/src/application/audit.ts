// The audit log: who changed what, and why. Whoever changes settings or decides about money by hand makes an entry
// here and writes it with the change; it never holds a secret.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { type AuditEntry, type AuditFilter, listAuditEntries } from '../db/audit-log.ts';
import type { KeyCaller } from './callers.ts';
import { makePage, type Page } from './pages.ts';

/** Who acts: a backend with its key, a person at the command line, or the gateway by itself. */
export type Actor = Pick<AuditEntry, 'actor_type' | 'actor_id'> &
  Partial<Pick<AuditEntry, 'on_behalf_of' | 'request_id'>>;

export type AuditAction = Pick<AuditEntry, 'organization_id' | 'livemode' | 'action' | 'object_id'> &
  Partial<Pick<AuditEntry, 'merchant_id' | 'reason' | 'details'>>;

/** A key that acts, perhaps in the name of a person whom its backend knows. */
export function actorOfKey(
  caller: KeyCaller,
  request_id: string | null = null,
  on_behalf_of: string | null = null,
): Actor {
  return { actor_type: 'api_key', actor_id: caller.key_id, on_behalf_of, request_id };
}

/** The account of the operating system that ran a command, and the person who says that he or she did it. */
export function actorOfCommandLine(account: string, on_behalf_of: string | null = null): Actor {
  return { actor_type: 'command_line', actor_id: account, on_behalf_of };
}

export const SYSTEM: Actor = { actor_type: 'system', actor_id: 'mpac-pgw' };

/** Not written yet. `action` reads object first: `api_key.created`, `late_payment.resolved`. */
export function makeAuditEntry(context: Context, actor: Actor, action: AuditAction): AuditEntry {
  return {
    id: context.makeId('al'),
    merchant_id: null,
    reason: null,
    details: null,
    on_behalf_of: null,
    request_id: null,
    ...actor,
    ...action,
    created_at: instant(context),
  };
}

/** What the API shows of an entry. The organization is the caller's own. */
export function auditEntryResource(entry: AuditEntry): Record<string, unknown> {
  const { organization_id: _, id, object_id, created_at, ...rest } = entry;
  const given = Object.entries(rest).filter(([, value]) => value !== null);
  return { id, object: 'audit_entry', object_id, ...Object.fromEntries(given), created_at };
}

/** Who did what in the caller's organization and mode, and what concerns both modes; newest first. */
export async function listAuditLog(context: Context, caller: KeyCaller, filter: AuditFilter): Promise<Page> {
  const { organization_id, livemode } = caller;
  const more = { ...filter, limit: filter.limit + 1 };
  const rows = await listAuditEntries(context.db, organization_id, livemode, more);
  return makePage(rows, filter.limit, auditEntryResource);
}

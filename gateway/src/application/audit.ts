// The audit log: who changed what, and why. Whoever changes settings or decides about money by hand makes an entry
// here and writes it with the change; it never holds a secret.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { AuditEntry } from '../db/audit-log.ts';
import type { KeyCaller } from './callers.ts';

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

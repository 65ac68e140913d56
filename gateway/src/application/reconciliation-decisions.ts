// A person has looked at an exception: who settled it and why is kept beside it and in the audit log, by one statement.
// It changes no payment; what was settled stays settled when the file comes again.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findException, settleException } from '../db/reconciliation-exceptions.ts';
import { GatewayError } from '../domain/error.ts';
import type { ReconciliationException } from '../domain/reconciliation-exception.ts';
import { type Actor, makeAuditEntry } from './audit.ts';

/** By the operator, who sees the exceptions of all organizations. */
export async function resolveException(
  context: Context,
  id: string,
  reason: string,
  actor: Actor,
): Promise<ReconciliationException> {
  const exception = await findException(context.db, id);
  if (exception === null)
    throw new GatewayError('not_found', 'There is no reconciliation exception with this id.');
  const { organization_id, livemode, merchant_id, kind, file_id } = exception;
  const resolution = {
    resolved_at: instant(context),
    resolved_by: actor.on_behalf_of ?? actor.actor_id,
    resolution_reason: reason,
  };
  const audit = makeAuditEntry(context, actor, {
    organization_id,
    livemode,
    merchant_id,
    action: 'reconciliation_exception.resolved',
    object_id: id,
    reason,
    details: { kind, file: file_id },
  });
  const is_open = exception.resolved_at === null;
  if (!is_open || !(await settleException(context.db, id, resolution, { audit, mark: null })))
    throw new GatewayError('conflict', 'The exception is resolved already, or its file was replaced.');
  return { ...exception, ...resolution };
}

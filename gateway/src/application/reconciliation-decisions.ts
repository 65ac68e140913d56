// A person has looked at a difference: who settled it and why is kept beside it and in the audit log, by one statement.
// It changes no payment; what was settled stays settled when the file comes again.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { type Difference, findDifference, settleDifference } from '../db/reconciliation-differences.ts';
import { GatewayError } from '../domain/error.ts';
import { type Actor, makeAuditEntry } from './audit.ts';

/** By the operator, who sees the differences of all organizations. */
export async function resolveDifference(
  context: Context,
  id: string,
  reason: string,
  actor: Actor,
): Promise<Difference> {
  const difference = await findDifference(context.db, id);
  if (difference === null)
    throw new GatewayError('not_found', 'There is no reconciliation difference with this id.');
  const { organization_id, livemode, merchant_id, kind, file_id } = difference;
  const resolution = {
    resolved_at: instant(context),
    resolved_by: actor.on_behalf_of ?? actor.actor_id,
    resolution_reason: reason,
  };
  const audit = makeAuditEntry(context, actor, {
    organization_id,
    livemode,
    merchant_id,
    action: 'reconciliation_difference.resolved',
    object_id: id,
    reason,
    details: { kind, file: file_id },
  });
  const is_open = difference.resolved_at === null;
  if (!is_open || !(await settleDifference(context.db, id, resolution, { audit, mark: null })))
    throw new GatewayError('conflict', 'The difference is resolved already, or its file was replaced.');
  return { ...difference, ...resolution };
}

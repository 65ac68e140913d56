// A person has looked at an exception: who resolved it and why is kept beside it and in the audit log, with what was
// booked for it. It changes no payment; what was resolved stays resolved when a file or a list comes again.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import type { Tx } from '../db/pool.ts';
import { findException, settleException } from '../db/reconciliation-exceptions.ts';
import { countExceptionsOfSettlements, lockSettlement } from '../db/settlements.ts';
import { GatewayError } from '../domain/error.ts';
import { NOBODY_KNOWN } from '../domain/order-list.ts';
import { exceptionResource, type ReconciliationException } from '../domain/reconciliation-exception.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, answerInTransaction, type Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';
import { bookAdjustment } from './settlement-bookings.ts';
import { tellSettlements } from './settlement-events.ts';

export interface ExceptionDecision {
  reason: string;
  /** Minor units to be booked with it: above zero, the provider owes us more than we had. Null: nothing. */
  adjustment_amount: number | null;
}

/** Let the caller at this exception, or refuse: another's does not exist for him. The operator sees all. */
export function admitToException(
  caller: KeyCaller | null,
  exception: ReconciliationException | null,
): ReconciliationException {
  const admitted =
    exception !== null &&
    (caller === null ||
      (exception.organization_id === caller.organization_id &&
        exception.livemode === caller.livemode &&
        (caller.merchant_id === null || caller.merchant_id === exception.merchant_id)));
  if (!admitted) throw new GatewayError('not_found', 'There is no reconciliation exception with this id.');
  return exception;
}

/** By an organization's key or, without a caller, by the operator. */
export async function resolveException(
  context: Context,
  caller: KeyCaller | null,
  id: string,
  decision: ExceptionDecision,
  actor: Actor,
  mark: Mark | null,
): Promise<Answer> {
  const exception = admitToException(caller, await findException(context.db, id));
  if (decision.adjustment_amount !== null && exception.merchant_id === null) {
    throw new GatewayError(
      'invalid_request',
      'This exception is of no merchant, so that nothing can be booked for it: leave adjustment_amount out.',
      { field: 'adjustment_amount', constraint: 'needs_merchant' },
    );
  }
  if (decision.adjustment_amount !== null && exception.provider === NOBODY_KNOWN) {
    throw new GatewayError(
      'invalid_request',
      'The gateway knows nothing of this order, and so of nobody who owes its money: leave adjustment_amount out.',
      { field: 'adjustment_amount', constraint: 'needs_provider' },
    );
  }
  return answerInTransaction(context, mark, exception.organization_id, async (tx) => {
    if (exception.settlement_id !== null) await lockSettlement(tx, exception.settlement_id);
    const resolved = await settleException(tx, id, {
      resolved_at: instant(context),
      resolved_by: actor.on_behalf_of ?? actor.actor_id,
      resolution_reason: decision.reason,
      adjustment_amount: decision.adjustment_amount,
    });
    if (resolved === null) {
      const message = 'The exception is resolved already, or what it was found in was replaced.';
      throw new GatewayError('conflict', message);
    }
    await bookAdjustment(context, tx, resolved);
    await insertAuditEntry(tx, auditOf(context, resolved, actor));
    await afterResolution(context, tx, resolved);
    return jsonAnswer(200, exceptionResource(resolved));
  });
}

/** The settlement is reconciled when its last open exception is resolved, and that is told. */
async function afterResolution(
  context: Context,
  tx: Tx,
  { settlement_id }: ReconciliationException,
): Promise<void> {
  if (settlement_id === null) return;
  const counted = await countExceptionsOfSettlements(tx, [settlement_id], instant(context));
  const reconciled = counted.filter(
    ({ status, former_status }) => status === 'reconciled' && former_status !== status,
  );
  await tellSettlements(
    context,
    tx,
    reconciled.map(({ former_status: _, ...settlement }) => settlement),
  );
}

function auditOf(context: Context, resolved: ReconciliationException, actor: Actor) {
  const { id, organization_id, livemode, merchant_id, kind, resolution_reason } = resolved;
  return makeAuditEntry(context, actor, {
    organization_id,
    livemode,
    merchant_id,
    action: 'reconciliation_exception.resolved',
    object_id: id,
    reason: resolution_reason,
    details: {
      kind,
      file: resolved.file_id,
      settlement: resolved.settlement_id,
      order_list: resolved.order_list_id,
      adjustment_amount: resolved.adjustment_amount,
    },
  });
}

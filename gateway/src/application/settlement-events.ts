// What is told of settlements and of exceptions: once when a settlement is written, and again only when its exceptions
// change it. Events are written in the transaction of the change.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertEvents } from '../db/events.ts';
import type { Db, Tx } from '../db/pool.ts';
import { listExceptionsOfSettlements } from '../db/reconciliation-exceptions.ts';
import type { Event } from '../domain/event.ts';
import { exceptionResource, type ReconciliationException } from '../domain/reconciliation-exception.ts';
import { type Settlement, settlementResource } from '../domain/settlement.ts';

/** So many exceptions are named with their settlement, and told one by one where they have none. */
export const MOST_TOLD = 100;

export async function tellSettlements(context: Context, tx: Tx, settlements: Settlement[]): Promise<void> {
  const objects = await describeSettlements(tx, settlements);
  await insertEvents(
    tx,
    settlements.map((settlement, at): Event => {
      const { organization_id, livemode, merchant_id, status } = settlement;
      return {
        id: context.makeId('evt'),
        ...{ organization_id, livemode, merchant_id },
        type: status === 'exceptions' ? 'settlement.exception' : 'settlement.reconciled',
        object_json: JSON.stringify(objects[at]),
        created_at: instant(context),
      };
    }),
  );
}

/** Of a heap only the first are told: that there is one is known then, and the list has the rest. */
export async function tellExceptions(
  context: Context,
  tx: Tx,
  exceptions: ReconciliationException[],
): Promise<void> {
  const open = exceptions.filter(({ resolved_at }) => resolved_at === null).slice(0, MOST_TOLD);
  await insertEvents(
    tx,
    open.map(
      (exception): Event => ({
        id: context.makeId('evt'),
        organization_id: exception.organization_id,
        livemode: exception.livemode,
        merchant_id: exception.merchant_id,
        type: 'settlement.exception',
        object_json: JSON.stringify(exceptionResource(exception)),
        created_at: instant(context),
      }),
    ),
  );
}

/** Each with the ids of its first exceptions. */
export async function describeSettlements(
  db: Db,
  settlements: Settlement[],
): Promise<Record<string, unknown>[]> {
  const with_some = settlements.filter(({ exceptions_count }) => exceptions_count > 0).map(({ id }) => id);
  const found = await listExceptionsOfSettlements(db, with_some, MOST_TOLD);
  return settlements.map((settlement) => ({
    ...settlementResource(settlement),
    exceptions: found.filter(({ settlement_id }) => settlement_id === settlement.id).map(({ id }) => id),
  }));
}

// What people and backends see of settlements: a list, newest first, and one with its first exceptions.
import type { Context } from '../context.ts';
import { listExceptionsOfSettlements } from '../db/reconciliation-exceptions.ts';
import { findSettlement, listSettlements, type SettlementFilter } from '../db/settlements.ts';
import { GatewayError } from '../domain/error.ts';
import { settlementResource } from '../domain/settlement.ts';
import type { KeyCaller } from './callers.ts';
import { makePage, merchantWanted, type Page } from './pages.ts';
import { describeSettlements } from './settlement-events.ts';

/** A key that is narrowed to a merchant sees that merchant's. The operator, who is nobody's caller, sees all. */
export async function listSettlementResources(
  context: Context,
  caller: KeyCaller | null,
  query: SettlementFilter,
  limit: number,
): Promise<Page> {
  const filter = {
    ...query,
    ...(caller !== null && { organization_id: caller.organization_id, livemode: caller.livemode }),
    merchant_id: merchantWanted(caller, query.merchant_id ?? null),
  };
  return makePage(await listSettlements(context.db, filter, limit + 1), limit, settlementResource);
}

/** Another's does not exist for the caller. */
export async function retrieveSettlement(
  context: Context,
  caller: KeyCaller | null,
  id: string,
): Promise<Record<string, unknown>> {
  const settlement = await findSettlement(context.db, id);
  const admitted =
    settlement !== null &&
    (caller === null ||
      (settlement.organization_id === caller.organization_id &&
        settlement.livemode === caller.livemode &&
        (caller.merchant_id === null || caller.merchant_id === settlement.merchant_id)));
  if (!admitted) throw new GatewayError('not_found', 'There is no settlement with this id.');
  const [described = {}] = await describeSettlements(context.db, [settlement]);
  return described;
}

/** For the operator: with its exceptions as they stand in the table. */
export async function showSettlement(context: Context, id: string, limit: number) {
  const settlement = await retrieveSettlement(context, null, id);
  return { settlement, exceptions: await listExceptionsOfSettlements(context.db, [id], limit) };
}

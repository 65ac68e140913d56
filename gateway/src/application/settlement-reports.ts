// What people and backends see of settlements: a list, newest first, and one with its first exceptions.
import type { Context } from '../context.ts';
import { findSettlement, listSettlements, type SettlementFilter } from '../db/settlements.ts';
import { GatewayError } from '../domain/error.ts';
import { settlementResource } from '../domain/settlement.ts';
import type { KeyCaller } from './callers.ts';
import { makePage, merchantWanted, type Page } from './pages.ts';
import { describeSettlements } from './settlement-events.ts';

export type SettlementQuery = Omit<SettlementFilter, 'organization_id' | 'livemode'>;

/** A key that is narrowed to a merchant sees that merchant's. The operator, who is nobody's caller, sees all. */
export async function listSettlementResources(
  context: Context,
  caller: KeyCaller | null,
  query: SettlementQuery,
  limit: number,
): Promise<Page> {
  const filter = {
    ...query,
    organization_id: caller?.organization_id ?? null,
    livemode: caller?.livemode ?? null,
    merchant_id: merchantWanted(caller, query.merchant_id),
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

// Balances as a backend and the operator see them. A key of one merchant sees that merchant's.
import type { Context } from '../context.ts';
import { type Balance, type BalanceFilter, listBalances } from '../db/book-balances.ts';
import type { KeyCaller } from './callers.ts';
import type { Page } from './pages.ts';

/** Days have no ids: the next page begins after so many. */
export interface BalancePage extends Omit<Page, 'next_after'> {
  next_after: number | null;
}

export async function listBalanceResources(
  context: Context,
  caller: KeyCaller,
  filter: Omit<BalanceFilter, 'organization_id' | 'livemode'>,
): Promise<BalancePage> {
  const { organization_id, livemode, merchant_id: own_merchant_id } = caller;
  // Nobody is told whether another merchant has anything.
  const is_anothers =
    filter.merchant_id !== null && filter.merchant_id !== (own_merchant_id ?? filter.merchant_id);
  if (is_anothers) return { page: [], next_after: null };
  const merchant_id = own_merchant_id ?? filter.merchant_id;
  const limit = filter.limit + 1;
  const rows = await listBalances(context.db, { ...filter, organization_id, livemode, merchant_id, limit });
  return {
    page: rows.slice(0, filter.limit).map(balanceResource),
    next_after: rows.length > filter.limit ? filter.offset + filter.limit : null,
  };
}

function balanceResource({ merchant_id, merchant_store_id, ...rest }: Balance): object {
  return {
    object: 'balance',
    merchant_id,
    ...(merchant_store_id !== null && { merchant_store_id }),
    ...rest,
  };
}

/** By the operator: of one organization, in one mode. */
export async function listBalancesByHand(context: Context, filter: BalanceFilter): Promise<Balance[]> {
  return listBalances(context.db, filter);
}

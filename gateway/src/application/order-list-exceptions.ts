// The exceptions of order lists, as lists take each other's place and say something of the days beside them. What is
// found again keeps its exception, and is not told a second time.
import type { Context } from '../context.ts';
import { updateResults } from '../db/listed-orders.ts';
import {
  forgetExceptions,
  listExceptionsOfOrderList,
  listOrderListsAround,
  moveExceptions,
  type OrderList,
} from '../db/order-lists.ts';
import type { Tx } from '../db/pool.ts';
import type { ExceptionDraft, ReconciliationException } from '../domain/reconciliation-exception.ts';
import { BATCH, compareAgain } from './order-list-findings.ts';
import { recordExceptions } from './settlements.ts';

/** Exceptions in the place of those that were there before: what is found again keeps its own, and is not told again. */
export async function recordFindings(
  context: Context,
  tx: Tx,
  order_list_id: string,
  before: ReconciliationException[],
  drafts: ExceptionDraft[],
): Promise<void> {
  const known = new Map(before.map((exception) => [findingOf(exception), exception.id]));
  const again = drafts.flatMap((draft) => known.get(findingOf(draft)) ?? []);
  const kept = new Set(again);
  await moveExceptions(tx, again, order_list_id);
  await forgetExceptions(
    tx,
    before.map(({ id }) => id).filter((id) => !kept.has(id)),
  );
  const fresh = drafts.filter((draft) => !known.has(findingOf(draft)));
  await recordExceptions(context, tx, fresh);
}

function findingOf(found: ExceptionDraft): string {
  const { kind, provider, provider_reference, payment_intent_id, attempt_id } = found;
  const { amount_here, amount_there, status_here, status_there } = found;
  const facts = [kind, provider, provider_reference, payment_intent_id, attempt_id];
  return JSON.stringify(
    [...facts, amount_here, amount_there, status_here, status_there].map((one) => one ?? null),
  );
}

/** A list says something of its neighbours' orders, too: that one is not missing there, or stands there a second time. */
export async function lookAgain(
  context: Context,
  tx: Tx,
  list: OrderList,
  references: string[],
): Promise<void> {
  const around = await listOrderListsAround(tx, list);
  const neighbour_ids = around.map(({ id }) => id).filter((id) => id !== list.id);
  for (let at = 0; at < references.length; at += BATCH) {
    const batch = references.slice(at, at + BATCH);
    const { rows, drafts } = await compareAgain(tx, list, { id: list.id, neighbour_ids }, batch);
    await updateResults(tx, list.id, rows);
    await recordFindings(context, tx, list.id, await listExceptionsOfOrderList(tx, list.id, batch), drafts);
  }
}

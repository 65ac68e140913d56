// What a list of orders comes to: each of its orders held against the books, and what the books have that it leaves out.
// Read only, some hundreds of orders at a time.
import { createHash } from 'node:crypto';
import {
  type HeldIntent,
  listHeldByReference,
  listMovedReferences,
  type StoreDay,
} from '../db/held-orders.ts';
import { type ListedOrderRow, listReferencesOfNeighbours } from '../db/listed-orders.ts';
import type { Db } from '../db/pool.ts';
import {
  compareOrder,
  heldStatusOf,
  isMissingThere,
  type ListedOrder,
  mergeHeld,
} from '../domain/order-list.ts';
import type { ExceptionDraft } from '../domain/reconciliation-exception.ts';

export const BATCH = 1_000;

/** A list on its way: its id, its orders, and the lists in force of the days beside it. */
export interface ListToCompare {
  id: string;
  neighbour_ids: string[];
  orders: readonly ListedOrder[];
}

export interface ListFindings {
  rows: ListedOrderRow[];
  drafts: ExceptionDraft[];
}

export async function compareList(db: Db, day: StoreDay, list: ListToCompare): Promise<ListFindings> {
  const findings: ListFindings = { rows: [], drafts: [] };
  for (let at = 0; at < list.orders.length; at += BATCH) {
    const batch = list.orders.slice(at, at + BATCH);
    const held = await findHeld(
      db,
      day,
      batch.map(({ merchant_ref_id }) => merchant_ref_id),
    );
    for (const [place, order] of batch.entries())
      addOrder(findings, day, list.id, at + place, order, held.get(order.merchant_ref_id) ?? null);
  }
  const listed = new Set(list.orders.map(({ merchant_ref_id }) => merchant_ref_id));
  for (let after = ''; ; ) {
    const moved = await listMovedReferences(db, day, after, BATCH);
    const unlisted = moved.filter((reference) => !listed.has(reference));
    const elsewhere = new Set(await listReferencesOfNeighbours(db, list.neighbour_ids, unlisted));
    const missing = unlisted.filter((reference) => !elsewhere.has(reference));
    for (const held of (await findHeld(db, day, missing)).values()) addUnlisted(findings, day, list.id, held);
    after = moved.at(-1) ?? '';
    if (moved.length < BATCH) return findings;
  }
}

async function findHeld(db: Db, day: StoreDay, references: string[]): Promise<Map<string, HeldIntent>> {
  const by_reference = new Map<string, HeldIntent[]>();
  if (references.length > 0) {
    for (const intent of await listHeldByReference(db, day, references)) {
      const others = by_reference.get(intent.merchant_ref_id);
      if (others === undefined) by_reference.set(intent.merchant_ref_id, [intent]);
      else others.push(intent);
    }
  }
  const merged = [...by_reference].map(([reference, intents]) => [reference, mergeHeld(intents)] as const);
  return new Map(merged.flatMap(([reference, held]) => (held === null ? [] : [[reference, held]])));
}

function addOrder(
  { rows, drafts }: ListFindings,
  day: StoreDay,
  order_list_id: string,
  position: number,
  order: ListedOrder,
  held: HeldIntent | null,
): void {
  const { organization_id, livemode } = day;
  const { result, amount_here, amount_there, status_here, status_there } = compareOrder(order, held);
  rows.push({
    ...{ order_list_id, position, organization_id, livemode },
    ...order,
    result,
    payment_intent_id: held?.payment_intent_id ?? null,
    amount_here: held === null ? null : held.paid_amount + held.paid_next_day + held.late_amount,
    refunded_amount_here: held?.refunded_amount ?? null,
    status_here: held === null ? null : heldStatusOf(held),
    attempt_id: held?.attempt_id ?? null,
    provider: held?.provider ?? null,
    booked_at: held?.booked_at ?? null,
  });
  if (result === 'matched') return;
  drafts.push({
    ...draftOf(day, order_list_id, order.merchant_ref_id, held),
    kind: result,
    ...(held === null && order.payment_method_type === 'cash' && { provider: 'CASH' }),
    ...{ amount_here, amount_there, status_here, status_there },
  });
}

function addUnlisted({ drafts }: ListFindings, day: StoreDay, order_list_id: string, held: HeldIntent): void {
  if (!isMissingThere(held)) return;
  drafts.push({
    ...draftOf(day, order_list_id, held.merchant_ref_id, held),
    kind: 'missing_there',
    amount_here: held.net_of_day,
    status_here: heldStatusOf(held),
  });
}

/** Who would owe us what the gateway knows nothing of. */
const NOBODY_KNOWS = 'UNKNOWN';

function draftOf(
  { organization_id, livemode, merchant_id, business_date, currency }: StoreDay,
  order_list_id: string,
  merchant_ref_id: string,
  held: HeldIntent | null,
) {
  return {
    ...{ organization_id, livemode, merchant_id, business_date, currency, order_list_id },
    source: 'order_list',
    provider: held?.provider ?? NOBODY_KNOWS,
    payment_intent_id: held?.payment_intent_id ?? null,
    attempt_id: held?.attempt_id ?? null,
    provider_reference: merchant_ref_id,
    happened_at: held?.booked_at ?? null,
  } as const;
}

/** The same for the same orders, in whatever order they stand, of which the same was found. */
export function fingerprintOf(rows: ListedOrderRow[], drafts: ExceptionDraft[]): Buffer {
  const lines = [
    ...rows.map(({ order_list_id: _, position: __, ...facts }) => JSON.stringify(facts)),
    ...drafts.map(({ order_list_id: _, ...facts }) => JSON.stringify(facts)),
  ];
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(`${line}\n`);
  return hash.digest();
}

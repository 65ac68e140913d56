// What a list of orders comes to: each of its orders held against the books, and what the books have that it leaves out.
// Read only, some hundreds of orders at a time.
import { createHash } from 'node:crypto';
import {
  type HeldIntent,
  listHeldByReference,
  listMovedReferences,
  type StoreDay,
} from '../db/held-orders.ts';
import {
  type ListedOrderRow,
  listListedByReference,
  listReferencesOfNeighbours,
} from '../db/listed-orders.ts';
import type { Db } from '../db/pool.ts';
import {
  compareOrder,
  heldStatusOf,
  isMissingThere,
  type ListedOrder,
  mergeHeld,
  NOBODY_KNOWN,
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
    const batch = list.orders
      .slice(at, at + BATCH)
      .map((order, place) => ({ ...order, position: at + place }));
    await addOrders(db, findings, day, list, batch);
  }
  const listed = new Set(list.orders.map(({ merchant_ref_id }) => merchant_ref_id));
  for (let after = ''; ; ) {
    const moved = await listMovedReferences(db, day, after, BATCH);
    await addUnlisted(
      db,
      findings,
      day,
      list,
      moved.filter((reference) => !listed.has(reference)),
    );
    after = moved.at(-1) ?? '';
    if (moved.length < BATCH) return findings;
  }
}

/** The same of some orders of a list that there is, of which the list of a neighbouring day says something else now. */
export async function compareAgain(
  db: Db,
  day: StoreDay,
  list: Omit<ListToCompare, 'orders'>,
  references: string[],
): Promise<ListFindings> {
  const findings: ListFindings = { rows: [], drafts: [] };
  const orders = await listListedByReference(db, [list.id], references);
  await addOrders(db, findings, day, list, orders.map(pickOrder));
  const listed = new Set(orders.map(({ merchant_ref_id }) => merchant_ref_id));
  await addUnlisted(
    db,
    findings,
    day,
    list,
    references.filter((reference) => !listed.has(reference)),
  );
  return findings;
}

type PlacedOrder = ListedOrder & { position: number };

const pickOrder = ({
  position,
  merchant_ref_id,
  amount,
  status,
  payment_method_type,
  refunded_amount,
}: ListedOrderRow): PlacedOrder => ({
  ...{ position, merchant_ref_id, amount, status, payment_method_type, refunded_amount },
});

async function addOrders(
  db: Db,
  findings: ListFindings,
  day: StoreDay,
  { id, neighbour_ids }: Omit<ListToCompare, 'orders'>,
  orders: PlacedOrder[],
): Promise<void> {
  const references = orders.map(({ merchant_ref_id }) => merchant_ref_id);
  const held = await findHeld(db, day, references);
  const beside = await listListedByReference(db, neighbour_ids, references);
  const matched = beside.filter(({ result }) => result === 'matched');
  const matched_beside = new Map(matched.map((row) => [row.merchant_ref_id, row]));
  for (const order of orders) {
    const { merchant_ref_id } = order;
    const found = held.get(merchant_ref_id) ?? null;
    addOrder(findings, day, id, order, found, matched_beside.get(merchant_ref_id) ?? null);
  }
}

/** Of orders that the list leaves out, those whose money is of its day and that no neighbour has as its own. */
async function addUnlisted(
  db: Db,
  { drafts }: ListFindings,
  day: StoreDay,
  { id, neighbour_ids }: Omit<ListToCompare, 'orders'>,
  references: string[],
): Promise<void> {
  const elsewhere = new Set(await listReferencesOfNeighbours(db, neighbour_ids, references));
  const missing = references.filter((reference) => !elsewhere.has(reference));
  for (const held of (await findHeld(db, day, missing)).values()) {
    if (!isMissingThere(held)) continue;
    drafts.push({
      ...draftOf(day, id, held.merchant_ref_id, held),
      kind: 'missing_there',
      amount_here: held.net_of_day,
      status_here: heldStatusOf(held),
    });
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
  order: PlacedOrder,
  held: HeldIntent | null,
  beside: ListedOrder | null,
): void {
  const { organization_id, livemode } = day;
  const { result, amount_here, amount_there, status_here, status_there } = compareOrder(order, held, beside);
  rows.push({
    ...{ order_list_id, organization_id, livemode },
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

function draftOf(
  { organization_id, livemode, merchant_id, business_date, currency }: StoreDay,
  order_list_id: string,
  merchant_ref_id: string,
  held: HeldIntent | null,
) {
  return {
    ...{ organization_id, livemode, merchant_id, business_date, currency, order_list_id },
    source: 'order_list',
    provider: held?.provider ?? NOBODY_KNOWN,
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

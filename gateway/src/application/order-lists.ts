// A merchant's own list of a store's orders of a day, held against the books. It changes no payment. A list that says the
// same and finds the same is not written again; any other takes the place of the one before.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { insertAuditEntry } from '../db/audit-log.ts';
import { type StoreDay, sumOrdersOfDay } from '../db/held-orders.ts';
import {
  countProviderStatuses,
  deleteListedOrders,
  deleteOldListedOrders,
  insertListedOrders,
  type ListedOrderNow,
  listListedOrders,
  listSharedReferences,
} from '../db/listed-orders.ts';
import { findBusinessDay } from '../db/merchants.ts';
import {
  countExceptionsOfOrderList,
  findOrderList,
  insertOrderList,
  listExceptionsOfOrderList,
  listOrderListsAround,
  type OrderList,
  replaceOrderList,
  takeTurnAtOrderLists,
} from '../db/order-lists.ts';
import type { Db } from '../db/pool.ts';
import { businessDateOf, isBusinessDate, JAPAN } from '../domain/business-date.ts';
import { GatewayError } from '../domain/error.ts';
import { makeIdBound } from '../domain/id.ts';
import type { ListedOrder, OrderResult } from '../domain/order-list.ts';
import { PROVIDER_STATUSES, refundedThere } from '../domain/order-list.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, answerInTransaction, type Mark } from './idempotency.ts';
import { lookAgain, recordFindings } from './order-list-exceptions.ts';
import { BATCH, compareList, fingerprintOf } from './order-list-findings.ts';
import type { Page } from './pages.ts';
import { getPlace, jsonAnswer, type PlaceCache } from './payment-intents.ts';

export interface NewOrderList {
  merchant_id?: string;
  merchant_store_id?: string;
  business_date: string;
  currency: string;
  orders: ListedOrder[];
}

export async function createOrderList(
  context: Context,
  places: PlaceCache,
  caller: KeyCaller,
  wanted: NewOrderList,
  actor: Actor,
  mark: Mark,
): Promise<Answer> {
  const { organization_id, livemode } = caller;
  const { business_date, currency, orders } = wanted;
  checkOrders(orders);
  const place = await getPlace(context, places, caller, wanted);
  caller.actsFor?.({ organization_id, livemode, merchant_id: place.merchant_id });
  const day: StoreDay = { organization_id, livemode, ...place, business_date, currency };
  await checkDate(context, day);
  const answer = await answerInTransaction(context, mark, organization_id, async (tx) => {
    await takeTurnAtOrderLists(tx, day);
    const around = await listOrderListsAround(tx, day);
    const former = around.find((list) => list.business_date === business_date);
    const neighbours = around.filter((list) => list !== former);
    const neighbour_ids = neighbours.map(({ id }) => id);
    const id = context.makeId('ol');
    const { rows, drafts } = await compareList(tx, day, { id, neighbour_ids, orders });
    const sha256 = fingerprintOf(rows, drafts);
    if (former?.sha256.equals(sha256)) return jsonAnswer(200, await describe(tx, former));

    const list: OrderList = {
      id,
      ...day,
      sha256,
      replaced_by: null,
      orders_count: orders.length,
      paid_amount: sum(orders, ({ status, amount }) => (status === 'cancelled' ? 0 : amount)),
      refunded_amount: sum(orders, refundedThere),
      ...(await sumOrdersOfDay(tx, day)),
      matched_count: rows.filter(({ result }) => result === 'matched').length,
      created_at: instant(context),
    };
    const shared = former === undefined ? [] : await listSharedReferences(tx, former.id, neighbour_ids);
    const found_before = former === undefined ? [] : await listExceptionsOfOrderList(tx, former.id, null);
    if (former !== undefined) {
      await replaceOrderList(tx, former.id, id);
      await deleteListedOrders(tx, former.id);
    }
    await insertOrderList(tx, list);
    for (let at = 0; at < rows.length; at += BATCH) await insertListedOrders(tx, rows.slice(at, at + BATCH));
    await recordFindings(context, tx, id, found_before, drafts);
    shared.push(...(await listSharedReferences(tx, id, neighbour_ids)));
    for (const neighbour of neighbours) await lookAgain(context, tx, neighbour, [...new Set(shared)]);
    await insertAuditEntry(tx, auditOf(context, actor, list, drafts.length, former));
    return jsonAnswer(201, await describe(tx, list));
  });
  context.wakeWorker?.('fan_out');
  return answer;
}

const sum = (orders: ListedOrder[], amountOf: (order: ListedOrder) => number) =>
  orders.reduce((total, order) => total + amountOf(order), 0);

/** What no schema says: an order stands once, and no more goes back than was paid. */
function checkOrders(orders: ListedOrder[]): void {
  const places = new Map<string, number>();
  for (const [at, { merchant_ref_id, amount, status, refunded_amount }] of orders.entries()) {
    const first = places.get(merchant_ref_id);
    if (first !== undefined) {
      throw new GatewayError(
        'invalid_request',
        `orders.${at} and orders.${first} are the same order. List it once, as it is at the end of the day.`,
        { field: `orders.${at}.merchant_ref_id`, constraint: 'unique_items', first: `orders.${first}` },
      );
    }
    places.set(merchant_ref_id, at);
    if ((refunded_amount ?? 0) <= (status === 'cancelled' ? 0 : amount)) continue;
    const message =
      status === 'cancelled'
        ? 'Of an order that was cancelled nothing is refunded: list it as refunded, or leave refunded_amount out.'
        : `No more than the amount, ${amount}, can have been refunded.`;
    const details = { field: `orders.${at}.refunded_amount`, constraint: 'max_value' };
    throw new GatewayError('invalid_request', message, details);
  }
}

async function checkDate(context: Context, day: StoreDay): Promise<void> {
  const { business_date } = day;
  const details = { field: 'business_date', constraint: 'format' };
  if (!isBusinessDate(business_date))
    throw new GatewayError('invalid_request', 'business_date must be a day such as 2026-01-28.', details);
  const hours = (await findBusinessDay(context.db, day)) ?? JAPAN;
  const today = businessDateOf(instant(context), hours);
  if (business_date <= today) return;
  const message = `The business day ${business_date} has not begun: at this store it is ${today}.`;
  throw new GatewayError('invalid_request', message, { ...details, constraint: 'max_value' });
}

function auditOf(
  context: Context,
  actor: Actor,
  list: OrderList,
  exceptions_count: number,
  former: OrderList | undefined,
) {
  const { organization_id, livemode, merchant_id, merchant_store_id, business_date, orders_count } = list;
  return makeAuditEntry(context, actor, {
    ...{ organization_id, livemode, merchant_id },
    action: 'order_list.posted',
    object_id: list.id,
    details: {
      ...{ merchant_store_id, business_date, orders_count, exceptions_count },
      ...(former && { replaces: former.id }),
    },
  });
}

/** So many exceptions are named with their list; the others are found by its id. */
const MOST_NAMED = 100;

async function describe(db: Db, list: OrderList): Promise<Record<string, unknown>> {
  const { organization_id: _, sha256: __, merchant_store_id, replaced_by, created_at, ...facts } = list;
  const { exceptions, ...counts } = await countExceptionsOfOrderList(db, list.id, MOST_NAMED);
  const said = await countProviderStatuses(db, list.id);
  const ofStatus = (status: string) => said.find(({ provider_status }) => provider_status === status);
  const status = counts.open_exceptions_count > 0 ? 'exceptions' : 'reconciled';
  return {
    object: 'order_list',
    ...facts,
    ...(merchant_store_id !== null && { merchant_store_id }),
    status: replaced_by === null ? status : 'replaced',
    ...(replaced_by !== null && { replaced_by }),
    ...counts,
    exceptions: exceptions ?? [],
    provider_statuses: Object.fromEntries(
      PROVIDER_STATUSES.map((name) => {
        const { orders_count = 0, amount = 0 } = ofStatus(name) ?? {};
        return [name, { orders_count, amount }];
      }),
    ),
    created_at,
  };
}

async function getOrderList(context: Context, caller: KeyCaller, id: string): Promise<OrderList> {
  const list = await findOrderList(context.db, id);
  const is_own =
    list?.organization_id === caller.organization_id &&
    list.livemode === caller.livemode &&
    (caller.merchant_id === null || list.merchant_id === caller.merchant_id);
  if (list !== null && is_own) return list;
  throw new GatewayError('not_found', 'There is no order list with this id.');
}

export async function retrieveOrderList(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<Record<string, unknown>> {
  return describe(context.db, await getOrderList(context, caller, id));
}

/** The orders of a list with what was found of each, in their order. */
export async function listOrdersOfList(
  context: Context,
  caller: KeyCaller,
  id: string,
  { result, starting_after, limit }: { result: OrderResult | null; starting_after: number; limit: number },
): Promise<Page> {
  const list = await getOrderList(context, caller, id);
  const filter = { result, after: starting_after, limit: limit + 1 };
  const rows = await listListedOrders(context.db, list.id, filter);
  const page = rows.slice(0, limit);
  const last = page.at(-1)?.position ?? null;
  return { page: page.map(listedOrderResource), next_after: rows.length > limit ? String(last) : null };
}

function listedOrderResource(row: ListedOrderNow): Record<string, unknown> {
  const {
    order_list_id,
    organization_id: _,
    livemode: __,
    booked_at: ___,
    payment_intent_id,
    ...facts
  } = row;
  const given = Object.entries({ ...facts, payment_intent: payment_intent_id });
  return {
    object: 'listed_order',
    order_list: order_list_id,
    ...Object.fromEntries(given.filter(([, value]) => value !== null)),
  };
}

/** The orders serve whoever looks back for as long as events do; the list, its sums and its exceptions stay. */
export function purgeListedOrders(context: Context, limit: number): Promise<number> {
  const oldest_ms = context.now() - context.config.retention_days * 86_400_000;
  return deleteOldListedOrders(context.db, makeIdBound('ol', oldest_ms), limit);
}

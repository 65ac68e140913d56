// The routes of order lists: a merchant's own system says which orders a store had on a day, and learns what of them the
// gateway and the providers have otherwise.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import { createOrderList, listOrdersOfList, retrieveOrderList } from '../application/order-lists.ts';
import { makePlaceCache } from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { MAX_AMOUNT } from '../domain/money.ts';
import { LISTED_STATUSES, MAX_ORDERS, ORDER_RESULTS, PROVIDER_STATUSES } from '../domain/order-list.ts';
import { PAYMENT_METHOD_TYPES } from '../domain/payment-intent.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { BusinessDate, businessDate } from './business-dates.ts';
import { answerOnce } from './idempotency.ts';
import { keepBodiesUnread, readJson } from './json-body.ts';
import { sendJson, sendPage } from './pages.ts';
import { readCurrency } from './payment-intents.ts';
import { Amount, errorResponses, IdParams, Instant, OneOf, PageLimit, Reference, Text } from './schemas.ts';

/** Room for as many orders as a list takes, with long references. */
const MAX_LIST_BYTES = 8 * 1024 * 1024;

const ListedOrder = Type.Object(
  {
    merchant_ref_id: Text(255, { description: 'Your reference of the order, as its payment intent has it.' }),
    amount: Amount,
    status: OneOf(LISTED_STATUSES, {
      description: 'At the end of the day. An order of which a part was given back is paid.',
    }),
    payment_method_type: Type.Optional(OneOf(PAYMENT_METHOD_TYPES)),
    refunded_amount: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_AMOUNT,
        description: 'What went back. Default: nothing of a paid order, all of a refunded one.',
      }),
    ),
  },
  { additionalProperties: false },
);

const CreateOrderListBody = Type.Object(
  {
    merchant_id: Type.Optional(Text(255, { description: 'For keys that act for several merchants.' })),
    merchant_store_id: Type.Optional(Reference),
    business_date: businessDate('The store’s day: 2026-01-28.'),
    currency: Type.Optional(
      Type.String({ minLength: 3, maxLength: 3, description: 'ISO 4217, in either case. Default JPY.' }),
    ),
    orders: Type.Array(ListedOrder, {
      maxItems: MAX_ORDERS,
      description: 'Every order of the day on which money moved; those that were cancelled may be left out.',
    }),
  },
  {
    title: 'NewOrderList',
    additionalProperties: false,
    examples: [
      {
        merchant_store_id: 'store_001',
        business_date: '2026-01-15',
        orders: [
          { merchant_ref_id: 'order_12345', amount: 1500, status: 'paid', payment_method_type: 'qr_mpm' },
          { merchant_ref_id: 'order_12346', amount: 800, status: 'refunded' },
        ],
      },
    ],
  },
);
type CreateOrderListBody = Static<typeof CreateOrderListBody>;

const Counted = Type.Object({
  orders_count: Type.Integer(),
  amount: Type.Integer({ description: 'Minor units.' }),
});

const OrderListShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('order_list'),
    status: OneOf(['reconciled', 'exceptions', 'replaced'], {
      description: 'replaced: another list of the same day has taken its place.',
    }),
    replaced_by: Type.Optional(Type.String()),
    livemode: Type.Boolean(),
    merchant_id: Type.String(),
    merchant_store_id: Type.Optional(Type.String()),
    business_date: BusinessDate,
    currency: Type.String(),
    orders_count: Type.Integer({ description: 'In the list.' }),
    paid_amount: Type.Integer({ description: 'Minor units, as the list says, before what went back.' }),
    refunded_amount: Type.Integer({ description: 'Minor units, as the list says.' }),
    gateway_orders_count: Type.Integer({ description: 'In the gateway’s books of that day.' }),
    gateway_paid_amount: Type.Integer({ description: 'Minor units.' }),
    gateway_refunded_amount: Type.Integer({ description: 'Minor units.' }),
    matched_count: Type.Integer({ description: 'Orders on which the list and the gateway agree.' }),
    exceptions_count: Type.Integer(),
    open_exceptions_count: Type.Integer(),
    exceptions: Type.Array(Type.String(), {
      description: 'The first 100; GET /v1/reconciliation_exceptions?order_list= has all.',
    }),
    provider_statuses: Type.Object(
      Object.fromEntries(PROVIDER_STATUSES.map((name) => [name, Counted])) as Record<
        (typeof PROVIDER_STATUSES)[number],
        typeof Counted
      >,
      {
        description:
          'What the providers say by now of the listed orders’ payments, and how much money that is.',
      },
    ),
    created_at: Instant,
  },
  { title: 'OrderList', description: 'A merchant’s own list of a day, and how it agrees.' },
);

const ListedOrderShape = Type.Object(
  {
    object: Type.Literal('listed_order'),
    order_list: Type.String(),
    position: Type.Integer({ description: 'Its place in the list, from 0.' }),
    merchant_ref_id: Type.String(),
    amount: Type.Integer({ description: 'Minor units, as the list says.' }),
    status: OneOf(LISTED_STATUSES),
    payment_method_type: Type.Optional(OneOf(PAYMENT_METHOD_TYPES)),
    refunded_amount: Type.Optional(Type.Integer({ description: 'Minor units, as the list says.' })),
    result: OneOf(ORDER_RESULTS, { description: 'matched, or the kind of the exception.' }),
    payment_intent: Type.Optional(Type.String()),
    amount_here: Type.Optional(
      Type.Integer({ description: 'Minor units: what the gateway wrote down as received.' }),
    ),
    refunded_amount_here: Type.Optional(Type.Integer({ description: 'Minor units.' })),
    status_here: Type.Optional(
      Type.String({
        description: 'paid, partially_refunded, refunded, late_payment, or the intent’s status.',
      }),
    ),
    attempt_id: Type.Optional(Type.String({ description: 'Under which the provider knows the payment.' })),
    provider: Type.Optional(Type.String()),
    provider_status: OneOf(PROVIDER_STATUSES, {
      description:
        'confirmed, differs or missing by the provider’s file, settlement or signed news; not_yet: nothing of that ' +
        'day has come; not_applicable: cash, e-money, or no payment here.',
    }),
  },
  { title: 'ListedOrder', description: 'An order of a list, and what was found of it.' },
);

const OrdersQuery = Type.Object(
  {
    result: Type.Optional(OneOf(ORDER_RESULTS)),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^[0-9]{1,5}$' })),
  },
  { additionalProperties: false },
);

const about = { tags: ['Settlements'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

export function orderListRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.register(async (lists) => createRoute(lists, context, preValidation));

  app.get<IdParam>(
    '/v1/order_lists/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveOrderList',
        summary: 'Retrieve an order list',
        params: IdParams,
        response: { 200: OrderListShape, ...errorResponses(401, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveOrderList(context, keyCaller(request), request.params.id)),
  );

  app.get<IdParam & { Querystring: Static<typeof OrdersQuery> }>(
    '/v1/order_lists/:id/orders',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listOrderListOrders',
        summary: 'List the orders of an order list, with what was found of each',
        params: IdParams,
        querystring: OrdersQuery,
        response: {
          200: Type.Array(ListedOrderShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 404, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { result = null, limit = '20', starting_after = '-1' } = request.query;
      const filter = { result, limit: Number(limit), starting_after: Number(starting_after) };
      const page = await listOrdersOfList(context, keyCaller(request), request.params.id, filter);
      return sendPage(context, request, reply, page);
    },
  );
}

function createRoute(
  app: FastifyInstance,
  context: Context,
  authenticate: ReturnType<typeof makeAuthenticate>,
): void {
  const places = makePlaceCache(context);
  keepBodiesUnread(app);

  app.post<{ Body: CreateOrderListBody }>(
    '/v1/order_lists',
    {
      preValidation: [authenticate, readListBody],
      bodyLimit: MAX_LIST_BYTES,
      schema: {
        ...about,
        operationId: 'createOrderList',
        summary: `Hold a store’s own list of a day against the gateway, up to ${MAX_ORDERS} orders`,
        body: CreateOrderListBody,
        response: {
          200: { ...OrderListShape, description: 'The list that there is: nothing is different.' },
          201: OrderListShape,
          ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = keyCaller(request);
      const actor = actorOfKey(caller, request.id);
      return answerOnce(context, request, reply, (mark) =>
        createOrderList(context, places, caller, readOrderList(request.body), actor, mark),
      );
    },
  );
}

async function readListBody(request: FastifyRequest): Promise<void> {
  keyCaller(request);
  request.body = readJson(request.raw_body);
}

function readOrderList({ currency, orders, ...place }: CreateOrderListBody) {
  return {
    ...place,
    currency: readCurrency(currency),
    orders: orders.map(({ payment_method_type = null, refunded_amount = null, ...order }) => ({
      ...order,
      payment_method_type,
      refunded_amount,
    })),
  };
}

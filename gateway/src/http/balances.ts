// The route of balances: what each day came to, by merchant, store and provider, read from the books.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { listBalanceResources } from '../application/balances.ts';
import type { makeKeyring } from '../application/callers.ts';
import type { Context } from '../context.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { BusinessDate, businessDate, readBusinessDate } from './business-dates.ts';
import { sendPage } from './pages.ts';
import { errorResponses, PageLimit, Reference, WholeNumber } from './schemas.ts';

const BalancesQuery = Type.Object(
  {
    merchant_id: Type.Optional(Reference),
    merchant_store_id: Type.Optional(Reference),
    provider: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,32}$' })),
    business_date_gte: Type.Optional(BusinessDate),
    business_date_lte: Type.Optional(BusinessDate),
    limit: PageLimit,
    offset: Type.Optional(WholeNumber(6)),
  },
  { additionalProperties: false },
);

const Money = (description: string) => Type.Integer({ description });

const BalanceShape = Type.Object(
  {
    object: Type.Literal('balance'),
    merchant_id: Type.String(),
    merchant_store_id: Type.Optional(Type.String()),
    provider: Type.String({
      description:
        'Who owes the money: PAYPAY, MPGS, SP_NET (cards of a terminal), TERMINAL (e-money) or CASH.',
    }),
    business_date: businessDate('The store’s day.'),
    currency: Type.String(),
    receivable: Money('What the provider owes more than before; of CASH what came into the drawer.'),
    bank: Money('What was paid out to you.'),
    fees: Money('What the provider kept.'),
    adjustments: Money('What a person settled by hand.'),
    sales: Money('What was sold, less what went back.'),
    late_money: Money('What came late and nobody has decided about.'),
    entries_count: Type.Integer({ description: 'Of the books.' }),
  },
  {
    title: 'Balance',
    description:
      'What a day came to, in minor units. receivable + bank + fees + adjustments are always sales + late_money.',
  },
);

export function balanceRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  app.get<{ Querystring: Static<typeof BalancesQuery> }>(
    '/v1/balances',
    {
      preValidation: makeAuthenticate(context, caches.keyring, { allow_token: false }),
      schema: {
        tags: ['Balances'],
        security: [{ hmac: [] }],
        operationId: 'listBalances',
        summary: 'List what business days came to, the latest first',
        querystring: BalancesQuery,
        response: {
          200: Type.Array(BalanceShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const page = await listBalanceResources(context, keyCaller(request), {
        merchant_id: query.merchant_id ?? null,
        merchant_store_id: query.merchant_store_id ?? null,
        provider: query.provider ?? null,
        business_date_gte: readBusinessDate('business_date_gte', query.business_date_gte),
        business_date_lte: readBusinessDate('business_date_lte', query.business_date_lte),
        limit: Number(query.limit ?? 20),
        offset: Number(query.offset ?? 0),
      });
      return sendPage(context, request, reply, page, 'offset');
    },
  );
}

// The routes of settlements: what providers say that they owe for a merchant's day, held against our books. They are
// read only; what differs is resolved by its exceptions.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import { listSettlementResources, retrieveSettlement } from '../application/settlement-reports.ts';
import type { Context } from '../context.ts';
import { SETTLEMENT_SOURCES, SETTLEMENT_STATUSES } from '../domain/settlement.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { BusinessDate, readBusinessDate } from './business-dates.ts';
import { sendJson, sendPage } from './pages.ts';
import { errorResponses, IdParams, Instant, OneOf, PageLimit, Reference } from './schemas.ts';

const SettlementsQuery = Type.Object(
  {
    merchant_id: Type.Optional(Reference),
    provider: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,32}$' })),
    status: Type.Optional(OneOf(SETTLEMENT_STATUSES)),
    business_date_gte: Type.Optional(BusinessDate),
    business_date_lte: Type.Optional(BusinessDate),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^st_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const MaybeAmount = Type.Union([Type.Integer(), Type.Null()], {
  description: 'Minor units. Null: the provider does not state it.',
});

const SettlementShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('settlement'),
    livemode: Type.Boolean(),
    merchant_id: Type.String(),
    provider: Type.String({ description: 'Who owes the money: PAYPAY, MPGS, SP_NET.' }),
    account: Type.Optional(Type.String({ description: 'The provider’s own name of the account.' })),
    contents: Type.Optional(
      OneOf(['payments', 'held_payments'], {
        description: 'Which of a day’s files, where there are several.',
      }),
    ),
    business_date: BusinessDate,
    currency: Type.String(),
    source: OneOf(SETTLEMENT_SOURCES, {
      description:
        'A file that was fetched, one that a person supplied, or the provider’s signed notifications.',
    }),
    file_name: Type.Optional(Type.String()),
    line: Type.Optional(Type.Integer({ description: 'Where in the file it stands.' })),
    file: Type.Optional(Type.String({ description: 'The reconciliation file that it comes from.' })),
    card_batch: Type.Optional(Type.String({ description: 'The card batch that it comes from.' })),
    transaction_count: Type.Integer({ description: 'As the provider states it.' }),
    gross_amount: Type.Integer({ description: 'Minor units, before what went back.' }),
    refunded_amount: Type.Integer({ description: 'Minor units.' }),
    fees_amount: MaybeAmount,
    net_amount: MaybeAmount,
    expected_transaction_count: Type.Integer({ description: 'As we have it.' }),
    expected_gross_amount: Type.Integer({ description: 'Minor units.' }),
    expected_refunded_amount: Type.Integer({ description: 'Minor units.' }),
    status: OneOf(SETTLEMENT_STATUSES, {
      description: 'reconciled: nothing is open. replaced: issued again, see replaced_by.',
    }),
    replaced_by: Type.Optional(Type.String()),
    exceptions_count: Type.Integer(),
    open_exceptions_count: Type.Integer(),
    exceptions: Type.Optional(
      Type.Array(Type.String(), { maxItems: 100, description: 'The ids of the first 100. Not in lists.' }),
    ),
    created_at: Instant,
    updated_at: Instant,
  },
  {
    title: 'Settlement',
    description: 'What a provider states for one merchant’s day, beside what we have.',
  },
);

const about = { tags: ['Settlements'], security: [{ hmac: [] }] };

export function settlementRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof SettlementsQuery> }>(
    '/v1/settlements',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listSettlements',
        summary: 'List settlements, newest first',
        querystring: SettlementsQuery,
        response: {
          200: Type.Array(SettlementShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        merchant_id: query.merchant_id ?? null,
        provider: query.provider ?? null,
        status: query.status ?? null,
        business_date_gte: readBusinessDate('business_date_gte', query.business_date_gte),
        business_date_lte: readBusinessDate('business_date_lte', query.business_date_lte),
        starting_after: query.starting_after ?? null,
      };
      const limit = Number(query.limit ?? 20);
      return sendPage(
        context,
        request,
        reply,
        await listSettlementResources(context, keyCaller(request), filter, limit),
      );
    },
  );

  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/settlements/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveSettlement',
        summary: 'Retrieve a settlement',
        params: IdParams,
        response: { 200: SettlementShape, ...errorResponses(401, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveSettlement(context, keyCaller(request), request.params.id)),
  );
}

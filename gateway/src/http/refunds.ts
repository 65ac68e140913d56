// The routes of refunds: give money back, retrieve one, list them.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import { createRefund, listRefundResources, retrieveRefund } from '../application/refunds.ts';
import type { Context } from '../context.ts';
import { REFUND_STATUSES } from '../domain/refund.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { readInstant, sendJson, sendPage } from './pages.ts';
import { Amount, errorResponses, IdParams, Instant, Metadata, OneOf, PageLimit, Text } from './schemas.ts';

const CreateRefundBody = Type.Object(
  {
    payment_intent: Type.String({ minLength: 1, maxLength: 64 }),
    amount: Type.Optional({ ...Amount, description: 'Minor units. Default: all that is left.' }),
    reason: Type.Optional(Text(255, { description: 'For your own records; the customer does not see it.' })),
    metadata: Metadata,
  },
  {
    title: 'NewRefund',
    additionalProperties: false,
    examples: [
      { payment_intent: 'pi_01JHM4Z4T6V0Q0V9W8S1R2X3YA', amount: 500, reason: 'One of two was sold out' },
    ],
  },
);

export const RefundShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('refund'),
    payment_intent: Type.String(),
    amount: Type.Integer(),
    currency: Type.String(),
    status: OneOf(REFUND_STATUSES),
    livemode: Type.Boolean(),
    merchant_id: Type.String(),
    provider: Type.String(),
    processing_mode: OneOf(['pgw_processed', 'external', 'manual'], {
      description:
        'external and manual: nothing is sent; the refund records that somebody gave the money back.',
    }),
    reason: Type.Optional(Type.String()),
    metadata: Type.Optional(Type.Record(Type.String(), Type.String())),
    provider_refund_id: Type.Optional(Type.String()),
    late_payment: Type.Optional(Type.String({ description: 'The late payment that it gives back.' })),
    failure_code: Type.Optional(Type.String({ description: "The provider's own code." })),
    failure_message: Type.Optional(Type.String()),
    outcome: Type.Optional(
      Type.Literal('unknown', {
        description: 'We do not know yet whether the money went back, and are finding out.',
      }),
    ),
    next_check_at: Type.Optional(Instant),
    created_at: Instant,
  },
  { title: 'Refund', description: 'The refund as it is now.' },
);

const RefundsQuery = Type.Object(
  {
    payment_intent: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    status: Type.Optional(OneOf(REFUND_STATUSES)),
    created_gte: Type.Optional(Instant),
    created_lt: Type.Optional(Instant),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^re_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const about = { tags: ['Refunds'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

export function refundRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.post<{ Body: Static<typeof CreateRefundBody> }>(
    '/v1/refunds',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'createRefund',
        summary: 'Give money back, in whole or in part',
        body: CreateRefundBody,
        response: { 201: RefundShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500, 502) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        createRefund(context, keyCaller(request), request.body, request.id, mark),
      ),
  );

  app.get<{ Querystring: Static<typeof RefundsQuery> }>(
    '/v1/refunds',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listRefunds',
        summary: 'List refunds, newest first',
        querystring: RefundsQuery,
        response: {
          200: Type.Array(RefundShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        payment_intent_id: query.payment_intent ?? null,
        status: query.status ?? null,
        created_gte: readInstant('created_gte', query.created_gte),
        created_lt: readInstant('created_lt', query.created_lt),
        starting_after: query.starting_after ?? null,
        limit: Number(query.limit ?? 20),
      };
      return sendPage(
        context,
        request,
        reply,
        await listRefundResources(context, keyCaller(request), filter),
      );
    },
  );

  app.get<IdParam>(
    '/v1/refunds/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveRefund',
        summary: 'Retrieve a refund',
        params: IdParams,
        response: { 200: RefundShape, ...errorResponses(400, 401, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveRefund(context, keyCaller(request), request.params.id)),
  );
}

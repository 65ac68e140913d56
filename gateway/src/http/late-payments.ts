// The routes of late payments: money that came when nobody wanted it any more, and what a person decides about it.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import {
  decideLatePayment,
  listLatePaymentResources,
  retrieveLatePayment,
} from '../application/late-payments.ts';
import type { Context } from '../context.ts';
import { LATE_PAYMENT_ACTIONS, LATE_PAYMENT_STATUSES } from '../domain/late-payment.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { readInstant, sendJson, sendPage } from './pages.ts';
import { errorResponses, IdParams, Instant, OneOf, PageLimit, Person, ReasonOfPerson } from './schemas.ts';

const LatePaymentsQuery = Type.Object(
  {
    status: Type.Optional(OneOf(LATE_PAYMENT_STATUSES)),
    payment_intent: Type.Optional(Type.String({ pattern: '^pi_[0-9A-HJKMNP-TV-Z]{26}$' })),
    provider: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,32}$' })),
    created_gte: Type.Optional(Instant),
    created_lt: Type.Optional(Instant),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^lp_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const ResolveBody = Type.Object(
  {
    action: OneOf(LATE_PAYMENT_ACTIONS, {
      description: 'refund gives the money back, also after it was kept; keep says that it is yours.',
    }),
    reason: ReasonOfPerson,
    resolved_by: Type.Optional(Person),
  },
  {
    title: 'LatePaymentDecision',
    additionalProperties: false,
    examples: [{ action: 'keep', reason: 'The guest paid the next order with it.', resolved_by: 'M. Sato' }],
  },
);

const LatePaymentShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('late_payment'),
    payment_intent: Type.String(),
    attempt_id: Type.String({ description: 'Under which the provider knows the payment.' }),
    amount: Type.Integer({ description: 'As the provider stated it: perhaps not what was asked for.' }),
    currency: Type.String(),
    status: OneOf(LATE_PAYMENT_STATUSES),
    authorized_only: Type.Boolean({
      description: 'The provider only reserves the money; giving it back means letting it go.',
    }),
    livemode: Type.Boolean(),
    merchant_id: Type.String(),
    provider: Type.String(),
    provider_payment_id: Type.Optional(Type.String()),
    refund: Type.Optional(Type.String({ description: 'The refund under way, or the last one.' })),
    failure_code: Type.Optional(
      Type.String({ description: 'Why it could not be given back the last time.' }),
    ),
    failure_message: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String({ description: 'Why a person decided so.' })),
    resolved_by: Type.Optional(Type.String()),
    resolved_at: Type.Optional(Instant),
    created_at: Instant,
  },
  { title: 'LatePayment', description: 'Money that came when its intent no longer wanted it.' },
);

const about = { tags: ['Late payments'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

export function latePaymentRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof LatePaymentsQuery> }>(
    '/v1/late_payments',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listLatePayments',
        summary: 'List late payments, newest first',
        querystring: LatePaymentsQuery,
        response: {
          200: Type.Array(LatePaymentShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const page = await listLatePaymentResources(context, organizationCaller(request), {
        status: query.status ?? null,
        payment_intent_id: query.payment_intent ?? null,
        provider: query.provider ?? null,
        created_gte: readInstant('created_gte', query.created_gte),
        created_lt: readInstant('created_lt', query.created_lt),
        starting_after: query.starting_after ?? null,
        limit: Number(query.limit ?? 20),
      });
      return sendPage(context, request, reply, page);
    },
  );

  app.get<IdParam>(
    '/v1/late_payments/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveLatePayment',
        summary: 'Retrieve a late payment',
        params: IdParams,
        response: { 200: LatePaymentShape, ...errorResponses(401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveLatePayment(context, organizationCaller(request), request.params.id)),
  );

  app.post<IdParam & { Body: Static<typeof ResolveBody> }>(
    '/v1/late_payments/:id/resolve',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'resolveLatePayment',
        summary: 'Give late money back, or keep it',
        params: IdParams,
        body: ResolveBody,
        response: {
          200: LatePaymentShape,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      const { resolved_by = null, ...decision } = request.body;
      const actor = actorOfKey(caller, request.id, resolved_by);
      return answerOnce(context, request, reply, (mark) =>
        decideLatePayment(context, caller, request.params.id, decision, actor, mark),
      );
    },
  );
}

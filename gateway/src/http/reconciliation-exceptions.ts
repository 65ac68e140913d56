// The routes of exceptions: everything that differs between providers, our books and a backend's own lists, and what a
// person decides about it.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import { resolveException } from '../application/reconciliation-decisions.ts';
import { listExceptionResources, retrieveException } from '../application/reconciliation-reports.ts';
import type { Context } from '../context.ts';
import { MAX_AMOUNT } from '../domain/money.ts';
import { EXCEPTION_KINDS } from '../domain/reconciliation.ts';
import { EXCEPTION_SOURCES, EXCEPTION_STATUSES, TOTAL_FIELDS } from '../domain/reconciliation-exception.ts';
import { keyCaller, makeAuthenticate, organizationCaller } from './auth.ts';
import { BusinessDate, readBusinessDate } from './business-dates.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson, sendPage } from './pages.ts';
import {
  errorResponses,
  IdParams,
  Instant,
  OneOf,
  PageLimit,
  Person,
  ReasonOfPerson,
  Reference,
} from './schemas.ts';

const idOf = (prefix: string, description: string) =>
  Type.Optional(Type.String({ pattern: `^${prefix}_[0-9A-HJKMNP-TV-Z]{26}$`, description }));

const ExceptionsQuery = Type.Object(
  {
    status: Type.Optional(OneOf(EXCEPTION_STATUSES)),
    kind: Type.Optional(OneOf(EXCEPTION_KINDS, { description: 'Only those of this kind.' })),
    source: Type.Optional(OneOf(EXCEPTION_SOURCES, { description: 'Only those that were found there.' })),
    settlement: idOf('st', 'Only those of this settlement.'),
    order_list: idOf('ol', 'Only those of this order list.'),
    file: idOf('rf', 'Only those of this file.'),
    merchant_id: Type.Optional(Reference),
    provider: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,32}$' })),
    business_date_gte: Type.Optional(BusinessDate),
    business_date_lte: Type.Optional(BusinessDate),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^rx_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const ResolveBody = Type.Object(
  {
    reason: ReasonOfPerson,
    resolved_by: Type.Optional(Person),
    adjustment_amount: Type.Optional(
      Type.Integer({
        minimum: -MAX_AMOUNT,
        maximum: MAX_AMOUNT,
        not: { const: 0 },
        description: 'Minor units to be booked with it: above zero, the provider owes more than we had.',
      }),
    ),
  },
  {
    title: 'ExceptionResolution',
    additionalProperties: false,
    examples: [{ reason: 'PayPay pays it with the next day.', resolved_by: 'M. Sato' }],
  },
);

const optional = (description: string) => Type.Optional(Type.String({ description }));

const ExceptionShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('reconciliation_exception'),
    status: OneOf(EXCEPTION_STATUSES),
    livemode: Type.Boolean(),
    source: OneOf(EXCEPTION_SOURCES, {
      description: 'A provider’s file of payments, what it settles, or a backend’s own list.',
    }),
    kind: OneOf(EXCEPTION_KINDS),
    provider: Type.String(),
    business_date: BusinessDate,
    merchant_id: optional('Left out where nobody knows whose it is.'),
    file: optional('The reconciliation file.'),
    settlement: optional('The settlement that waits for it.'),
    order_list: Type.Optional(Type.String()),
    payment_intent: Type.Optional(Type.String()),
    attempt_id: optional('Under which the provider knows the payment.'),
    refund: Type.Optional(Type.String()),
    provider_payment_id: Type.Optional(Type.String()),
    provider_reference: optional('What the provider holds as the merchant’s own id.'),
    line: Type.Optional(Type.Integer({ description: 'Where in the file it stands.' })),
    field: Type.Optional(OneOf(TOTAL_FIELDS, { description: 'Which sum differs.' })),
    count_here: Type.Optional(Type.Integer()),
    count_there: Type.Optional(Type.Integer()),
    amount_here: Type.Optional(Type.Integer({ description: 'Minor units.' })),
    amount_there: Type.Optional(Type.Integer({ description: 'Minor units.' })),
    currency: Type.String(),
    status_here: Type.Optional(Type.String()),
    status_there: Type.Optional(Type.String()),
    happened_at: Type.Optional(Instant),
    created_at: Instant,
    reason: Type.Optional(Type.String()),
    resolved_by: Type.Optional(Type.String()),
    resolved_at: Type.Optional(Instant),
    adjustment_amount: Type.Optional(Type.Integer({ description: 'Minor units: what was booked with it.' })),
  },
  {
    title: 'ReconciliationException',
    description: 'One thing that differs. What it does not concern is left out.',
  },
);

const about = { tags: ['Settlements'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

export function reconciliationExceptionRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof ExceptionsQuery> }>(
    '/v1/reconciliation_exceptions',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listReconciliationExceptions',
        summary: 'List exceptions, newest first',
        querystring: ExceptionsQuery,
        response: {
          200: Type.Array(ExceptionShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const filter = {
        status: query.status ?? null,
        kind: query.kind ?? null,
        source: query.source ?? null,
        settlement_id: query.settlement ?? null,
        order_list_id: query.order_list ?? null,
        file_id: query.file ?? null,
        merchant_id: query.merchant_id ?? null,
        provider: query.provider ?? null,
        business_date_gte: readBusinessDate('business_date_gte', query.business_date_gte),
        business_date_lte: readBusinessDate('business_date_lte', query.business_date_lte),
        starting_after: query.starting_after ?? null,
      };
      const limit = Number(query.limit ?? 20);
      return sendPage(
        context,
        request,
        reply,
        await listExceptionResources(context, keyCaller(request), filter, limit),
      );
    },
  );

  app.get<IdParam>(
    '/v1/reconciliation_exceptions/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveReconciliationException',
        summary: 'Retrieve an exception',
        params: IdParams,
        response: { 200: ExceptionShape, ...errorResponses(401, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveException(context, keyCaller(request), request.params.id)),
  );

  app.post<IdParam & { Body: Static<typeof ResolveBody> }>(
    '/v1/reconciliation_exceptions/:id/resolve',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'resolveReconciliationException',
        summary: 'Resolve an exception that a person has looked at',
        params: IdParams,
        body: ResolveBody,
        response: {
          200: ExceptionShape,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      const { resolved_by = null, reason, adjustment_amount = null } = request.body;
      const actor = actorOfKey(caller, request.id, resolved_by);
      const decision = { reason, adjustment_amount };
      return answerOnce(context, request, reply, (mark) =>
        resolveException(context, caller, request.params.id, decision, actor, mark),
      );
    },
  );
}

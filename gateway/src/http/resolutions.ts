// The routes by which a person decides an outcome that no provider tells: of a payment, and of a refund.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import { decideRefund } from '../application/manual-refund-resolutions.ts';
import { resolvePaymentIntent } from '../application/manual-resolutions.ts';
import type { Context } from '../context.ts';
import { OUTCOMES_BY_HAND, REFUND_STATUSES_BY_HAND } from '../domain/manual-resolution.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { RefundShape } from './refunds.ts';
import {
  errorResponses,
  IdParams,
  Instant,
  OneOf,
  PaymentIntentShape,
  Person,
  ReasonOfPerson,
  Text,
} from './schemas.ts';

const ResolvePaymentBody = Type.Object(
  {
    outcome: OneOf(OUTCOMES_BY_HAND, { description: 'What the books of the provider say.' }),
    reason: ReasonOfPerson,
    resolved_by: Type.Optional(Person),
    provider_payment_id: Type.Optional(
      Text(255, { description: 'How the provider calls the payment; a refund there needs it.' }),
    ),
  },
  {
    title: 'PaymentResolution',
    additionalProperties: false,
    examples: [
      { outcome: 'paid', reason: 'PayPay shows it as completed.', resolved_by: 'M. Sato' },
      { outcome: 'not_paid', reason: 'PayPay has no such payment.' },
    ],
  },
);

const who = {
  reason: Type.String(),
  resolved_by: Type.String({ description: 'The person, or the key where none was named.' }),
  resolved_at: Instant,
};
const as_kept = { description: 'As the audit log keeps it.' };

const ResolvedPaymentIntent = Type.Object(
  {
    ...PaymentIntentShape.properties,
    resolution: Type.Object({ outcome: OneOf(OUTCOMES_BY_HAND), ...who }, as_kept),
  },
  { title: 'ResolvedPaymentIntent', description: 'The payment intent, and what was decided about it.' },
);

const ResolveRefundBody = Type.Object(
  {
    status: OneOf(REFUND_STATUSES_BY_HAND, {
      description: 'Of a refund that failed, succeeded says that somebody paid the money back.',
    }),
    reason: ReasonOfPerson,
    resolved_by: Type.Optional(Person),
  },
  {
    title: 'RefundResolution',
    additionalProperties: false,
    examples: [{ status: 'succeeded', reason: 'Paid back in cash.', resolved_by: 'M. Sato' }],
  },
);

const ResolvedRefund = Type.Object(
  {
    ...RefundShape.properties,
    resolution: Type.Object({ status: OneOf(REFUND_STATUSES_BY_HAND), ...who }, as_kept),
  },
  { title: 'ResolvedRefund', description: 'The refund, and what was decided about it.' },
);

type IdParam = { Params: Static<typeof IdParams> };

export function resolutionRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.post<IdParam & { Body: Static<typeof ResolvePaymentBody> }>(
    '/v1/payment_intents/:id/resolve',
    {
      preValidation,
      schema: {
        operationId: 'resolvePaymentIntent',
        summary: 'Decide by hand an outcome that is unknown',
        tags: ['Payment intents'],
        security: [{ hmac: [] }],
        params: IdParams,
        body: ResolvePaymentBody,
        response: {
          200: ResolvedPaymentIntent,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      const { resolved_by = null, ...wanted } = request.body;
      const actor = actorOfKey(caller, request.id, resolved_by);
      return answerOnce(context, request, reply, (mark) =>
        resolvePaymentIntent(context, caller, request.params.id, wanted, actor, mark),
      );
    },
  );

  app.post<IdParam & { Body: Static<typeof ResolveRefundBody> }>(
    '/v1/refunds/:id/resolve',
    {
      preValidation,
      schema: {
        operationId: 'resolveRefund',
        summary: 'Decide by hand a refund that is unknown, or that failed and was paid back otherwise',
        tags: ['Refunds'],
        security: [{ hmac: [] }],
        params: IdParams,
        body: ResolveRefundBody,
        response: {
          200: ResolvedRefund,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      const { resolved_by = null, ...wanted } = request.body;
      const actor = actorOfKey(caller, request.id, resolved_by);
      return answerOnce(context, request, reply, (mark) =>
        decideRefund(context, caller, request.params.id, wanted, actor, mark),
      );
    },
  );
}

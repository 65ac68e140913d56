// The routes of payment intents. Each says its shape, its caller and its use case, and nothing else.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring, makeOrganizationCache } from '../application/callers.ts';
import { cancelPaymentIntent } from '../application/cancel.ts';
import { capturePaymentIntent } from '../application/capture.ts';
import { confirmPaymentIntent } from '../application/confirm.ts';
import type { ConfirmRequest } from '../application/confirm-rules.ts';
import {
  createPaymentIntent,
  createPaymentToken,
  listPaymentIntentResources,
  makePlaceCache,
  type NewPaymentIntent,
  retrievePaymentIntent,
} from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { GatewayError } from '../domain/error.ts';
import { normalizeCurrency } from '../domain/money.ts';
import { timedContext } from './answer-headers.ts';
import { anyCaller, keyCaller, makeAuthenticate } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { readInstant, sendPage } from './pages.ts';
import {
  CancelBody,
  CaptureBody,
  ConfirmationShape,
  ConfirmBody,
  type ConfirmInput,
  CreatePaymentIntentBody,
  type CreatePaymentIntentInput,
  EmptyBody,
  errorResponses,
  IdParams,
  type ListInput,
  ListQuery,
  PaymentIntentShape,
  TokenQuery,
} from './schemas.ts';

interface Caches {
  keyring: ReturnType<typeof makeKeyring>;
  organizations: ReturnType<typeof makeOrganizationCache>;
}

type IdParam = { Params: Static<typeof IdParams> };

export function paymentIntentRoutes(app: FastifyInstance, context: Context, caches: Caches): void {
  const places = makePlaceCache(context);
  const backend = makeAuthenticate(context, caches.keyring, { allow_token: false });
  const backend_or_terminal = makeAuthenticate(context, caches.keyring, { allow_token: true });

  app.post<{ Body: CreatePaymentIntentInput }>(
    '/v1/payment_intents',
    {
      preValidation: backend,
      schema: {
        operationId: 'createPaymentIntent',
        summary: 'Create a payment intent',
        tags: ['Payment intents'],
        security: [{ hmac: [] }],
        body: CreatePaymentIntentBody,
        response: { 201: PaymentIntentShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        createPaymentIntent(
          timedContext(context, request),
          places,
          keyCaller(request),
          readNewIntent(request.body),
          mark,
        ),
      ),
  );

  app.get<{ Querystring: ListInput }>(
    '/v1/payment_intents',
    {
      preValidation: backend,
      schema: {
        operationId: 'listPaymentIntents',
        summary: 'List payment intents, newest first',
        tags: ['Payment intents'],
        security: [{ hmac: [] }],
        querystring: ListQuery,
        response: {
          200: Type.Array(PaymentIntentShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const query = request.query;
      const page = await listPaymentIntentResources(timedContext(context, request), keyCaller(request), {
        merchant_store_id: query.merchant_store_id ?? null,
        merchant_ref_id: query.merchant_ref_id ?? null,
        status: query.status ?? null,
        created_gte: readInstant('created_gte', query.created_gte),
        created_lt: readInstant('created_lt', query.created_lt),
        starting_after: query.starting_after ?? null,
        limit: Number(query.limit ?? 20),
        offset: Number(query.offset ?? 0),
      });
      return sendPage(context, request, reply, page);
    },
  );

  app.get<IdParam>(
    '/v1/payment_intents/:id',
    {
      preValidation: backend_or_terminal,
      schema: {
        operationId: 'retrievePaymentIntent',
        summary: 'Retrieve a payment intent',
        tags: ['Payment intents'],
        security: [{ payment_token: [] }, { hmac: [] }],
        params: IdParams,
        querystring: TokenQuery,
        response: { 200: PaymentIntentShape, ...errorResponses(400, 401, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const resource = await retrievePaymentIntent(
        timedContext(context, request),
        anyCaller(request),
        request.params.id,
      );
      return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(resource));
    },
  );

  app.post<IdParam & { Body: ConfirmInput }>(
    '/v1/payment_intents/:id/confirm',
    {
      preValidation: backend_or_terminal,
      schema: {
        operationId: 'confirmPaymentIntent',
        summary: 'Confirm: begin or record the payment',
        tags: ['Payment intents'],
        security: [{ payment_token: [] }, { hmac: [] }],
        params: IdParams,
        body: ConfirmBody,
        response: {
          200: ConfirmationShape,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500, 502, 504),
        },
      },
    },
    (request, reply) => {
      const { payment_token: _, ...confirm } = request.body;
      return answerOnce(context, request, reply, (mark) =>
        confirmPaymentIntent(
          timedContext(context, request),
          caches.organizations,
          anyCaller(request),
          request.params.id,
          confirm as ConfirmRequest,
          mark,
        ),
      );
    },
  );

  app.post<IdParam & { Body: Static<typeof CancelBody> | null }>(
    '/v1/payment_intents/:id/cancel',
    {
      preValidation: backend_or_terminal,
      schema: {
        operationId: 'cancelPaymentIntent',
        summary: 'Cancel: the provider first makes sure that nothing can be paid any more',
        tags: ['Payment intents'],
        security: [{ payment_token: [] }, { hmac: [] }],
        params: IdParams,
        body: CancelBody,
        response: { 200: PaymentIntentShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500, 502) },
      },
    },
    (request, reply) => {
      const reason = request.body?.cancellation_reason ?? 'requested_by_customer';
      return answerOnce(context, request, reply, (mark) =>
        cancelPaymentIntent(
          timedContext(context, request),
          anyCaller(request),
          request.params.id,
          reason,
          mark,
        ),
      );
    },
  );

  app.post<IdParam & { Body: Static<typeof CaptureBody> | null }>(
    '/v1/payment_intents/:id/capture',
    {
      preValidation: backend,
      schema: {
        operationId: 'capturePaymentIntent',
        summary: 'Capture what is held, in full or in part, or record cash',
        tags: ['Payment intents'],
        security: [{ hmac: [] }],
        params: IdParams,
        body: CaptureBody,
        response: {
          200: PaymentIntentShape,
          ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500, 502, 504),
        },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        capturePaymentIntent(
          timedContext(context, request),
          keyCaller(request),
          request.params.id,
          request.body?.amount ?? null,
          mark,
        ),
      ),
  );

  app.post<IdParam>(
    '/v1/payment_intents/:id/payment_token',
    {
      preValidation: backend,
      schema: {
        operationId: 'createPaymentToken',
        summary: 'Issue a fresh payment token; the old one stops working',
        tags: ['Payment intents'],
        security: [{ hmac: [] }],
        params: IdParams,
        body: EmptyBody,
        response: { 200: PaymentIntentShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        createPaymentToken(timedContext(context, request), keyCaller(request), request.params.id, mark),
      ),
  );
}

/** What the schema cannot say: that the currency exists, and that the tax is part of the amount. */
export function readCurrency(text = 'JPY'): string {
  const currency = normalizeCurrency(text);
  if (currency !== null) return currency;
  throw new GatewayError('invalid_request', 'Currency must be an active ISO 4217 code, such as JPY.', {
    field: 'currency',
    constraint: 'iso_4217',
  });
}

function readNewIntent(body: CreatePaymentIntentInput): NewPaymentIntent {
  const currency = readCurrency(body.currency);
  if (body.tax_amount !== undefined && body.tax_amount > body.amount) {
    throw new GatewayError('invalid_request', 'tax_amount is part of amount and cannot be larger.', {
      field: 'tax_amount',
      constraint: 'max_value',
    });
  }
  return { ...body, currency } as NewPaymentIntent;
}

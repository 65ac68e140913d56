// The routes of webhook endpoints: register one, look at them, change one, exchange its secret, delete it.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import type { Mark } from '../application/idempotency.ts';
import {
  type ChangeOrigin,
  changeWebhookEndpoint,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  listWebhookEndpointResources,
  MAX_ENDPOINTS,
  MAX_SECRET_OVERLAP_HOURS,
  retrieveWebhookEndpoint,
  rollWebhookSecret,
  type WebhookEndpointUpdate,
} from '../application/webhook-endpoints.ts';
import type { Context } from '../context.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson, sendPage } from './pages.ts';
import { errorResponses, IdParams, Instant, OneOf, PageLimit, Text } from './schemas.ts';

const Url = Type.String({
  minLength: 1,
  maxLength: 2048,
  description: 'https, and it must lead to a public address each time that we connect.',
});
const EnabledEvents = Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
  maxItems: 64,
  description: 'Types, families such as payment_intent.*, or *. Empty: all.',
});
const Description = Text(255, { min: 0 });

const EndpointsQuery = Type.Object(
  {
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^we_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const CreateBody = Type.Object(
  {
    url: Url,
    enabled_events: Type.Optional(EnabledEvents),
    merchant_id: Type.Optional(Text(255, { description: 'Only events of this merchant.' })),
    description: Type.Optional(Description),
  },
  {
    title: 'NewWebhookEndpoint',
    additionalProperties: false,
    examples: [{ url: 'https://pos.example.com/webhooks', enabled_events: ['payment_intent.*'] }],
  },
);

const UpdateBody = Type.Object(
  {
    url: Type.Optional(Url),
    enabled_events: Type.Optional(EnabledEvents),
    description: Type.Optional(Text(255, { min: 0, description: 'Empty takes it away.' })),
    status: Type.Optional(
      OneOf(['enabled', 'disabled'], { description: 'Once enabled, it gets all that has waited for it.' }),
    ),
  },
  { title: 'WebhookEndpointUpdate', additionalProperties: false, minProperties: 1 },
);

const RollBody = Type.Object(
  {
    expires_in_hours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_SECRET_OVERLAP_HOURS,
        description: 'How long the secret before signs, too. Default 24; 0 ends it at once.',
      }),
    ),
  },
  { title: 'RollSecret', additionalProperties: false },
);

const EndpointShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('webhook_endpoint'),
    url: Type.String(),
    enabled_events: Type.Array(Type.String()),
    description: Type.Optional(Type.String()),
    status: OneOf(['enabled', 'disabled']),
    disabled_reason: Type.Optional(
      Type.String({ description: 'answered_gone (a 410), attempts_exhausted, or by_request.' }),
    ),
    merchant_id: Type.Optional(Type.String()),
    livemode: Type.Boolean(),
    last_sequence: Type.Integer({ description: 'Of the newest event that was given to this endpoint.' }),
    previous_secret_expires_at: Type.Optional(Instant),
    created_at: Instant,
    secret: Type.Optional(
      Type.String({ description: 'whsec_…, to verify signatures with. Only in the answer that makes it.' }),
    ),
  },
  { title: 'WebhookEndpoint', description: 'A webhook endpoint.' },
);

const DeletedShape = Type.Object(
  { id: Type.String(), object: Type.Literal('webhook_endpoint'), deleted: Type.Literal(true) },
  { title: 'DeletedWebhookEndpoint', description: 'It is deleted.' },
);

const about = { tags: ['Webhook endpoints'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

/** For the audit log, and for the answer to a repeated request. */
export function originOf(request: FastifyRequest, mark: Mark): ChangeOrigin {
  return { actor: actorOfKey(keyCaller(request), request.id), mark };
}

export function webhookEndpointRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.post<{ Body: Static<typeof CreateBody> }>(
    '/v1/webhook_endpoints',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'createWebhookEndpoint',
        summary: `Register a webhook endpoint, up to ${MAX_ENDPOINTS} of an organization and of each merchant in each mode`,
        body: CreateBody,
        response: { 201: EndpointShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        createWebhookEndpoint(context, keyCaller(request), request.body, originOf(request, mark)),
      ),
  );

  app.get<{ Querystring: Static<typeof EndpointsQuery> }>(
    '/v1/webhook_endpoints',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listWebhookEndpoints',
        summary: 'List webhook endpoints, newest first',
        querystring: EndpointsQuery,
        response: {
          200: Type.Array(EndpointShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { limit = '20', starting_after = null } = request.query;
      const query = { limit: Number(limit), starting_after };
      const page = await listWebhookEndpointResources(context, keyCaller(request), query);
      return sendPage(context, request, reply, page);
    },
  );

  app.get<IdParam>(
    '/v1/webhook_endpoints/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveWebhookEndpoint',
        summary: 'Retrieve a webhook endpoint',
        params: IdParams,
        response: { 200: EndpointShape, ...errorResponses(400, 401, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveWebhookEndpoint(context, keyCaller(request), request.params.id)),
  );

  app.patch<IdParam & { Body: Static<typeof UpdateBody> }>(
    '/v1/webhook_endpoints/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'updateWebhookEndpoint',
        summary: 'Change a webhook endpoint; what is left out stays as it is',
        params: IdParams,
        body: UpdateBody,
        response: { 200: EndpointShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        changeWebhookEndpoint(
          context,
          keyCaller(request),
          request.params.id,
          request.body as WebhookEndpointUpdate,
          originOf(request, mark),
        ),
      ),
  );

  app.delete<IdParam>(
    '/v1/webhook_endpoints/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'deleteWebhookEndpoint',
        summary: 'Delete a webhook endpoint; what it was given stays readable under its id',
        params: IdParams,
        response: { 200: DeletedShape, ...errorResponses(400, 401, 404, 409, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        deleteWebhookEndpoint(context, keyCaller(request), request.params.id, originOf(request, mark)),
      ),
  );

  app.post<IdParam & { Body: Static<typeof RollBody> }>(
    '/v1/webhook_endpoints/:id/roll_secret',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'rollWebhookSecret',
        summary: 'Make a new signing secret; the one before signs, too, for a while',
        params: IdParams,
        body: RollBody,
        response: { 200: EndpointShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        rollWebhookSecret(
          context,
          keyCaller(request),
          request.params.id,
          request.body.expires_in_hours ?? 24,
          originOf(request, mark),
        ),
      ),
  );
}

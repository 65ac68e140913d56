// The routes of webhook endpoints: register one, look at them, and read again what one was given.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import {
  createWebhookEndpoint,
  listEndpointEventBodies,
  listWebhookEndpointResources,
  MAX_ENDPOINTS,
  retrieveWebhookEndpoint,
} from '../application/webhook-endpoints.ts';
import type { Context } from '../context.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { errorResponses, IdParams } from './schemas.ts';

const STORABLE = '^[^\\u0000\\ud800-\\udfff]*$';

const CreateBody = Type.Object(
  {
    url: Type.String({
      minLength: 1,
      maxLength: 2048,
      description: 'https, and it must lead to a public address each time that we connect.',
    }),
    enabled_events: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
        maxItems: 64,
        description: 'Types, families such as payment_intent.*, or *. Empty or left out: all.',
      }),
    ),
    merchant_id: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 255,
        pattern: STORABLE,
        description: 'Only events of this merchant.',
      }),
    ),
    description: Type.Optional(Type.String({ maxLength: 255, pattern: STORABLE })),
  },
  {
    title: 'NewWebhookEndpoint',
    additionalProperties: false,
    examples: [{ url: 'https://pos.example.com/webhooks', enabled_events: ['payment_intent.*'] }],
  },
);

const EndpointShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('webhook_endpoint'),
    url: Type.String(),
    enabled_events: Type.Array(Type.String()),
    description: Type.Optional(Type.String()),
    status: Type.Unsafe<'enabled' | 'disabled'>({ type: 'string', enum: ['enabled', 'disabled'] }),
    disabled_reason: Type.Optional(
      Type.String({ description: 'answered_gone (a 410) or attempts_exhausted.' }),
    ),
    merchant_id: Type.Optional(Type.String()),
    livemode: Type.Boolean(),
    last_sequence: Type.Integer({ description: 'Of the newest event that was given to this endpoint.' }),
    created_at: Type.String({ format: 'date-time' }),
    secret: Type.Optional(
      Type.String({ description: 'whsec_…, to verify signatures with. Only in the answer to the creation.' }),
    ),
  },
  { title: 'WebhookEndpoint', description: 'A webhook endpoint.' },
);

const EventShape = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    data: Type.Object({ object: Type.Record(Type.String(), Type.Unknown()) }),
    created: Type.Integer({ description: 'Unix seconds.' }),
    timestamp: Type.String({ format: 'date-time' }),
    livemode: Type.Boolean(),
    sequence: Type.Integer({ description: 'Counts up by one for each event of this endpoint.' }),
  },
  { title: 'Event', description: 'The body of a webhook.' },
);

const EventsQuery = Type.Object(
  {
    after_sequence: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'Default 0.' })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9][0-9]?|100)$', description: '1 to 100, default 20.' }),
    ),
  },
  { additionalProperties: false },
);

const JSON_TYPE = 'application/json; charset=utf-8';
const about = { tags: ['Webhook endpoints'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

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
        summary: `Register a webhook endpoint, up to ${MAX_ENDPOINTS} in each mode`,
        body: CreateBody,
        response: { 201: EndpointShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        createWebhookEndpoint(context, keyCaller(request), request.body, mark),
      ),
  );

  app.get(
    '/v1/webhook_endpoints',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listWebhookEndpoints',
        summary: 'List webhook endpoints, newest first',
        response: {
          200: Type.Array(EndpointShape, { description: 'All of them.' }),
          ...errorResponses(401, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const endpoints = await listWebhookEndpointResources(context, keyCaller(request));
      return reply.header('content-type', JSON_TYPE).send(JSON.stringify(endpoints));
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
        response: { 200: EndpointShape, ...errorResponses(401, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const endpoint = await retrieveWebhookEndpoint(context, keyCaller(request), request.params.id);
      return reply.header('content-type', JSON_TYPE).send(JSON.stringify(endpoint));
    },
  );

  app.get<IdParam & { Querystring: Static<typeof EventsQuery> }>(
    '/v1/webhook_endpoints/:id/events',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listWebhookEndpointEvents',
        summary: 'List what an endpoint was given after a sequence, as it was or will be delivered',
        params: IdParams,
        querystring: EventsQuery,
        response: {
          200: Type.Array(EventShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 404, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { after_sequence = '0', limit = '20' } = request.query;
      const { bodies, next_after } = await listEndpointEventBodies(
        context,
        keyCaller(request),
        request.params.id,
        { after_sequence: Number(after_sequence), limit: Number(limit) },
      );
      if (next_after !== null) {
        const next = new URL(request.url, context.config.base_url);
        next.searchParams.set('after_sequence', String(next_after));
        reply.header('Link', `<${next.href}>; rel="next"`);
      }
      // Joined, not parsed and written again: these are the bytes that were signed.
      return reply.header('content-type', JSON_TYPE).send(`[${bodies.join(',')}]`);
    },
  );
}

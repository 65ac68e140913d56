// The routes of events: what has happened, newest first, and one by its id.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import { listEventBodies, retrieveEventBody } from '../application/events.ts';
import type { Context } from '../context.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { readInstant, sendBodies } from './pages.ts';
import { errorResponses, IdParams, Instant, PageLimit, Reference } from './schemas.ts';

const EventsQuery = Type.Object(
  {
    type: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description: 'A type, or a family such as payment_intent.*.',
      }),
    ),
    payment_intent: Type.Optional(
      Type.String({
        pattern: '^pi_[0-9A-HJKMNP-TV-Z]{26}$',
        description: 'Events about this intent, its refunds and its late payments.',
      }),
    ),
    merchant_id: Type.Optional(Reference),
    created_gte: Type.Optional(Instant),
    created_lt: Type.Optional(Instant),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^evt_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const EventShape = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    data: Type.Object({ object: Type.Record(Type.String(), Type.Unknown()) }),
    created: Type.Integer({ description: 'Unix seconds.' }),
    timestamp: Instant,
    livemode: Type.Boolean(),
  },
  { title: 'Event', description: 'What has happened, with the object as it was then.' },
);

const JSON_TYPE = 'application/json; charset=utf-8';
const about = { tags: ['Events'], security: [{ hmac: [] }] };

export function eventRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof EventsQuery> }>(
    '/v1/events',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listEvents',
        summary: 'List events, newest first',
        querystring: EventsQuery,
        response: {
          200: Type.Array(EventShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const query = request.query;
      const list = await listEventBodies(context, keyCaller(request), {
        type: query.type ?? null,
        payment_intent: query.payment_intent ?? null,
        merchant_id: query.merchant_id ?? null,
        created_gte: readInstant('created_gte', query.created_gte),
        created_lt: readInstant('created_lt', query.created_lt),
        starting_after: query.starting_after ?? null,
        limit: Number(query.limit ?? 20),
      });
      return sendBodies(context, request, reply, list);
    },
  );

  app.get<{ Params: Static<typeof IdParams> }>(
    '/v1/events/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveEvent',
        summary: 'Retrieve an event',
        params: IdParams,
        response: { 200: EventShape, ...errorResponses(400, 401, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const body = await retrieveEventBody(context, keyCaller(request), request.params.id);
      return reply.header('content-type', JSON_TYPE).send(body);
    },
  );
}

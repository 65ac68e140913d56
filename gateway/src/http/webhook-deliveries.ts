// The routes of what webhook endpoints were given: deliveries with their attempts, the events after a sequence,
// sending again, and a ping.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import {
  listDeliveryResources,
  listEndpointEventBodies,
  MAX_RESENT,
  pingEndpoint,
  resendDeliveries,
  resendDelivery,
  retrieveDelivery,
} from '../application/webhook-resends.ts';
import type { Context } from '../context.ts';
import { keyCaller, makeAuthenticate } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { sendBodies, sendJson, sendPage } from './pages.ts';
import { EmptyBody, errorResponses, IdParams, Instant, OneOf, PageLimit } from './schemas.ts';
import { originOf } from './webhook-endpoints.ts';

const Status = OneOf(['pending', 'succeeded', 'failed']);
const SequenceText = Type.String({ pattern: '^[0-9]{1,15}$' });
const SequenceParams = Type.Object({ id: IdParams.properties.id, sequence: SequenceText });

const DeliveryShape = Type.Object(
  {
    object: Type.Literal('webhook_delivery'),
    webhook_endpoint_id: Type.String(),
    sequence: Type.Integer(),
    event_id: Type.String(),
    event_type: Type.String(),
    status: Status,
    attempts_made: Type.Integer({ description: 'Of the schedule that runs; a resending begins it anew.' }),
    next_attempt_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'Absent while the endpoint is disabled.' }),
    ),
    attempts: Type.Array(
      Type.Object({
        attempt_number: Type.Integer(),
        response_status: Type.Optional(Type.Integer({ description: 'Absent when no answer came.' })),
        error: Type.Optional(Type.String()),
        duration_ms: Type.Integer(),
        attempted_at: Instant,
      }),
      { description: 'The latest, oldest first: up to 10 in a list, up to 100 of one delivery.' },
    ),
    created_at: Instant,
    updated_at: Instant,
  },
  { title: 'WebhookDelivery', description: 'An event on its way to an endpoint.' },
);

const EventShape = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    data: Type.Object({ object: Type.Record(Type.String(), Type.Unknown()) }),
    created: Type.Integer({ description: 'Unix seconds.' }),
    timestamp: Instant,
    livemode: Type.Boolean(),
    sequence: Type.Integer({ description: 'Counts up by one for each event of this endpoint.' }),
  },
  { title: 'WebhookEvent', description: 'The body of a webhook.' },
);

const DeliveriesQuery = Type.Object(
  {
    status: Type.Optional(Status),
    limit: PageLimit,
    starting_after: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,15}$', description: 'The last sequence of the page before.' }),
    ),
  },
  { additionalProperties: false },
);

const EventsQuery = Type.Object(
  {
    after_sequence: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: 'Default 0.' })),
    limit: PageLimit,
  },
  { additionalProperties: false },
);

const ResendBody = Type.Object(
  {
    after_sequence: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    status: Type.Optional(
      OneOf(['pending', 'succeeded', 'failed'], { description: 'Only those. Left out: all.' }),
    ),
  },
  { title: 'Resend', additionalProperties: false },
);

const ResentShape = Type.Object(
  {
    webhook_endpoint_id: Type.String(),
    after_sequence: Type.Integer(),
    last_sequence: Type.Integer({ description: 'Where the next request goes on.' }),
    resent: Type.Integer(),
    has_more: Type.Boolean(),
  },
  { title: 'Resent', description: 'What is on its way again.' },
);

const LAST_SEQUENCE = Number.MAX_SAFE_INTEGER;
const about = { tags: ['Webhook endpoints'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };
type SequenceParam = { Params: Static<typeof SequenceParams> };

export function webhookDeliveryRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

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
      const list = await listEndpointEventBodies(context, keyCaller(request), request.params.id, {
        after_sequence: Number(after_sequence),
        limit: Number(limit),
      });
      return sendBodies(context, request, reply, list, 'after_sequence');
    },
  );

  app.get<IdParam & { Querystring: Static<typeof DeliveriesQuery> }>(
    '/v1/webhook_endpoints/:id/deliveries',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listWebhookDeliveries',
        summary: 'List the deliveries of an endpoint with their attempts, newest first',
        params: IdParams,
        querystring: DeliveriesQuery,
        response: {
          200: Type.Array(DeliveryShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 404, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { status = null, limit = '20', starting_after } = request.query;
      const query = { status, limit: Number(limit), starting_after: Number(starting_after ?? LAST_SEQUENCE) };
      const page = await listDeliveryResources(context, keyCaller(request), request.params.id, query);
      return sendPage(context, request, reply, page);
    },
  );

  app.get<SequenceParam>(
    '/v1/webhook_endpoints/:id/deliveries/:sequence',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveWebhookDelivery',
        summary: 'Retrieve a delivery with its attempts',
        params: SequenceParams,
        response: { 200: DeliveryShape, ...errorResponses(400, 401, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const { id, sequence } = request.params;
      return sendJson(reply, await retrieveDelivery(context, keyCaller(request), id, Number(sequence)));
    },
  );

  app.post<SequenceParam>(
    '/v1/webhook_endpoints/:id/deliveries/:sequence/resend',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'resendWebhookDelivery',
        summary: 'Send a delivery again, whatever became of it: the same id and bytes, signed anew',
        params: SequenceParams,
        body: EmptyBody,
        response: { 200: DeliveryShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const { id, sequence } = request.params;
      return answerOnce(context, request, reply, (mark) =>
        resendDelivery(context, keyCaller(request), id, Number(sequence), originOf(request, mark)),
      );
    },
  );

  app.post<IdParam & { Body: Static<typeof ResendBody> }>(
    '/v1/webhook_endpoints/:id/resend',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'resendWebhookDeliveries',
        summary: `Send what came after a sequence again, up to ${MAX_RESENT} at once`,
        params: IdParams,
        body: ResendBody,
        response: { 200: ResentShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const { after_sequence, status = null } = request.body;
      return answerOnce(context, request, reply, (mark) =>
        resendDeliveries(
          context,
          keyCaller(request),
          request.params.id,
          { after_sequence, status },
          originOf(request, mark),
        ),
      );
    },
  );

  app.post<IdParam>(
    '/v1/webhook_endpoints/:id/ping',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'pingWebhookEndpoint',
        summary: 'Send an event of type webhook_endpoint.ping to this endpoint alone',
        params: IdParams,
        body: EmptyBody,
        response: { 201: DeliveryShape, ...errorResponses(400, 401, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, (mark) =>
        pingEndpoint(context, keyCaller(request), request.params.id, originOf(request, mark)),
      ),
  );
}

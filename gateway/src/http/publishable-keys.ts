// The routes of publishable keys, for keys of the organization only: which web pages may call from a browser.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import { jsonAnswer } from '../application/payment-intents.ts';
import {
  createPublishableKey,
  listPublishableKeyResources,
  MAX_ORIGINS,
  MAX_PUBLISHABLE_KEYS,
  retrievePublishableKey,
  revokePublishableKey,
  updatePublishableKey,
} from '../application/publishable-keys.ts';
import type { Context } from '../context.ts';
import { byKey } from './api-keys.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson, sendPage } from './pages.ts';
import { EmptyBody, errorResponses, IdParams, Instant, PageLimit, Text } from './schemas.ts';

const settings = {
  name: Type.Optional(Text(255, { description: 'What the key is for, in your words.' })),
  allowed_origins: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
      maxItems: MAX_ORIGINS,
      description:
        'Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of them.',
    }),
  ),
};

const CreateBody = Type.Object(settings, {
  title: 'NewPublishableKey',
  additionalProperties: false,
  examples: [{ name: 'Web shop', allowed_origins: ['https://shop.example.com'] }],
});

const UpdateBody = Type.Object(settings, { title: 'PublishableKeyChanges', additionalProperties: false });

const ListQuery = Type.Object(
  { limit: PageLimit, starting_after: Type.Optional(Type.String({ pattern: '^pk_[A-Za-z0-9_-]{1,60}$' })) },
  { additionalProperties: false },
);

const PublishableKeyShape = Type.Object(
  {
    id: Type.String({ description: 'pk_…, for the header X-Publishable-Key. It is no secret.' }),
    object: Type.Literal('publishable_key'),
    name: Type.Optional(Type.String()),
    livemode: Type.Boolean(),
    allowed_origins: Type.Array(Type.String()),
    created_at: Instant,
    revoked_at: Type.Optional(Instant),
  },
  { title: 'PublishableKey', description: 'A publishable key.' },
);

const about = { tags: ['Keys'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

export function publishableKeyRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.post<{ Body: Static<typeof CreateBody> }>(
    '/v1/publishable_keys',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'createPublishableKey',
        summary: `Create a publishable key, up to ${MAX_PUBLISHABLE_KEYS} in each mode`,
        body: CreateBody,
        response: { 201: PublishableKeyShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const { organization_id, livemode } = organizationCaller(request);
        const wanted = { ...request.body, organization_id, livemode };
        return jsonAnswer(201, await createPublishableKey(context, wanted, byKey(request, mark)));
      }),
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/v1/publishable_keys',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listPublishableKeys',
        summary: 'List publishable keys, newest first, with the revoked ones',
        querystring: ListQuery,
        response: {
          200: Type.Array(PublishableKeyShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { limit = '20', starting_after = null } = request.query;
      const wanted = { starting_after, limit: Number(limit) };
      const page = await listPublishableKeyResources(context, organizationCaller(request), wanted);
      return sendPage(context, request, reply, page);
    },
  );

  app.get<IdParam>(
    '/v1/publishable_keys/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrievePublishableKey',
        summary: 'Retrieve a publishable key',
        params: IdParams,
        response: { 200: PublishableKeyShape, ...errorResponses(401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrievePublishableKey(context, organizationCaller(request), request.params.id)),
  );

  app.patch<IdParam & { Body: Static<typeof UpdateBody> }>(
    '/v1/publishable_keys/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'updatePublishableKey',
        summary: 'Change a publishable key; its list of origins is replaced as a whole',
        params: IdParams,
        body: UpdateBody,
        response: {
          200: PublishableKeyShape,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const scope = organizationCaller(request);
        const by = byKey(request, mark);
        return jsonAnswer(
          200,
          await updatePublishableKey(context, scope, request.params.id, request.body, by),
        );
      }),
  );

  app.post<IdParam>(
    '/v1/publishable_keys/:id/revoke',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'revokePublishableKey',
        summary: 'Revoke a publishable key for good; pages that name it are refused within seconds',
        params: IdParams,
        body: EmptyBody,
        response: {
          200: PublishableKeyShape,
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const scope = organizationCaller(request);
        const by = byKey(request, mark);
        return jsonAnswer(200, await revokePublishableKey(context, scope, request.params.id, by));
      }),
  );
}

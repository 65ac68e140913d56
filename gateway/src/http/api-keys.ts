// The routes of API keys, for keys of the organization only. Live keys manage live keys and test keys test keys. A
// secret stands in the answer that makes it, and nowhere else afterwards.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  type By,
  createApiKey,
  DEFAULT_OVERLAP_HOURS,
  listApiKeyResources,
  MAX_OVERLAP_HOURS,
  retrieveApiKey,
  revokeApiKey,
  rollApiKey,
  updateApiKey,
} from '../application/api-keys.ts';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import type { Mark } from '../application/idempotency.ts';
import { jsonAnswer } from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson, sendPage } from './pages.ts';
import { EmptyBody, errorResponses, IdParams, Instant, PageLimit, Reference, Text } from './schemas.ts';

const Name = Text(255, { description: 'What the key is for, in your words.' });
const AllowRawSecret = Type.Boolean({
  description: 'Whether requests may be signed with the raw secret, as the older guide does. Default true.',
});

const CreateBody = Type.Object(
  {
    name: Type.Optional(Name),
    merchant_id: Type.Optional(
      Type.String({ ...Reference, description: 'Narrow the key to this merchant. It then manages nothing.' }),
    ),
    allow_raw_secret: Type.Optional(AllowRawSecret),
  },
  { title: 'NewApiKey', additionalProperties: false, examples: [{ name: 'POS backend' }] },
);

const UpdateBody = Type.Object(
  { name: Type.Optional(Name), allow_raw_secret: Type.Optional(AllowRawSecret) },
  { title: 'ApiKeyChanges', additionalProperties: false },
);

const RollBody = Type.Object(
  {
    overlap_hours: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: MAX_OVERLAP_HOURS,
        description: `How long the old secret signs as well; 0 ends it at once. Default ${DEFAULT_OVERLAP_HOURS}.`,
      }),
    ),
  },
  { title: 'Roll', additionalProperties: false },
);

const ListQuery = Type.Object(
  {
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^ak_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const ApiKeyShape = Type.Object(
  {
    id: Type.String({ description: 'Stands in the Authorization header.' }),
    object: Type.Literal('api_key'),
    name: Type.Optional(Type.String()),
    merchant_id: Type.Optional(Type.String({ description: 'The one merchant that the key acts for.' })),
    livemode: Type.Boolean(),
    allow_raw_secret: Type.Boolean(),
    created_at: Instant,
    last_used_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'To within a minute. Left out: never.' }),
    ),
    previous_secret_expires_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Until then the secret before the last roll signs, too.',
      }),
    ),
    previous_secret_last_used_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'Who still has it uses it: do not end it yet.' }),
    ),
    revoked_at: Type.Optional(Instant),
    secret_key: Type.Optional(
      Type.String({ description: 'sk_…, to sign with. Only in the answer that makes it.' }),
    ),
  },
  { title: 'ApiKey', description: 'An API key.' },
);

const about = { tags: ['Keys'], security: [{ hmac: [] }] };

type IdParam = { Params: Static<typeof IdParams> };

/** Who changes something, as the audit log names him. */
export function byKey(request: FastifyRequest, mark: Mark): By {
  return { actor: actorOfKey(organizationCaller(request), request.id), mark };
}

export function apiKeyRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.post<{ Body: Static<typeof CreateBody> }>(
    '/v1/api_keys',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'createApiKey',
        summary: 'Create an API key; its secret is told only now',
        body: CreateBody,
        response: { 201: ApiKeyShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const { organization_id, livemode } = organizationCaller(request);
        const wanted = { ...request.body, organization_id, livemode };
        return jsonAnswer(201, await createApiKey(context, wanted, byKey(request, mark)));
      }),
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/v1/api_keys',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listApiKeys',
        summary: 'List API keys, newest first, with the revoked ones',
        querystring: ListQuery,
        response: {
          200: Type.Array(ApiKeyShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { limit = '20', starting_after = null } = request.query;
      const wanted = { starting_after, limit: Number(limit) };
      const page = await listApiKeyResources(context, organizationCaller(request), wanted);
      return sendPage(context, request, reply, page);
    },
  );

  app.get<IdParam>(
    '/v1/api_keys/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveApiKey',
        summary: 'Retrieve an API key',
        params: IdParams,
        response: { 200: ApiKeyShape, ...errorResponses(401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveApiKey(context, organizationCaller(request), request.params.id)),
  );

  app.patch<IdParam & { Body: Static<typeof UpdateBody> }>(
    '/v1/api_keys/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'updateApiKey',
        summary: 'Change an API key',
        params: IdParams,
        body: UpdateBody,
        response: { 200: ApiKeyShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const scope = organizationCaller(request);
        const by = byKey(request, mark);
        return jsonAnswer(200, await updateApiKey(context, scope, request.params.id, request.body, by));
      }),
  );

  app.post<IdParam & { Body: Static<typeof RollBody> }>(
    '/v1/api_keys/:id/roll',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'rollApiKey',
        summary: 'Give an API key a new secret; the old one signs until the overlap is over',
        params: IdParams,
        body: RollBody,
        response: { 200: ApiKeyShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const scope = organizationCaller(request);
        const { overlap_hours = DEFAULT_OVERLAP_HOURS } = request.body;
        const by = byKey(request, mark);
        return jsonAnswer(200, await rollApiKey(context, scope, request.params.id, overlap_hours, by));
      }),
  );

  app.post<IdParam>(
    '/v1/api_keys/:id/revoke',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'revokeApiKey',
        summary: 'Revoke an API key for good; it signs for a few seconds more at most',
        params: IdParams,
        body: EmptyBody,
        response: { 200: ApiKeyShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) =>
      answerOnce(context, request, reply, async (mark) => {
        const scope = organizationCaller(request);
        return jsonAnswer(200, await revokeApiKey(context, scope, request.params.id, byKey(request, mark)));
      }),
  );
}

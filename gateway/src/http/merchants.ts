// The routes of merchants: an upstream system synchronises its own, and operators look at what came of it. They are
// for keys of a whole organization.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static, type TSchema } from 'typebox';
import { actorOfKey } from '../application/audit.ts';
import type { makeKeyring } from '../application/callers.ts';
import {
  listMerchantResources,
  listStoreResources,
  retrieveMerchant,
  syncMerchants,
} from '../application/merchants.ts';
import { MAX_STORES } from '../application/synced-rows.ts';
import type { Context } from '../context.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { answerOnce } from './idempotency.ts';
import { keepBodiesUnread, readJson } from './json-body.ts';
import { sendJson, sendPage } from './pages.ts';
import { errorResponses, Instant, PageLimit, Text } from './schemas.ts';

/** Room for as many stores as one call takes, with long names and credentials of their own. */
const MAX_SYNC_BYTES = 8 * 1024 * 1024;
const MAX_CONFIGS = 32;

/** A list or an object that a client without one leaves out or, as Go does, sends as null. */
const OrNull = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));

const SyncConfig = Type.Object(
  {
    provider: Type.String({ pattern: '^[A-Z0-9_]{2,32}$', description: 'PAYPAY, for example.' }),
    is_active: Type.Boolean({ description: 'False: no new payments; those that are open go on.' }),
    credentials: OrNull(
      Type.Object(
        {},
        {
          additionalProperties: true,
          description:
            'What the provider needs. Kept encrypted and never returned. Left out: stays as it is.',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

const SyncStore = Type.Object(
  {
    id: Text(255),
    name: Text(255),
    time_zone: OrNull(
      Type.String({
        maxLength: 64,
        description:
          'Whose clock the store’s business days follow, as Asia/Tokyo, which it is at first. Left out: stays.',
      }),
    ),
    business_day_starts_at: OrNull(
      Type.String({
        pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
        description:
          'When a business day begins by that clock, 00:00 at first. 05:00: it ends at 05:00 of the next calendar ' +
          'day. Left out: stays.',
      }),
    ),
    payment_processor_configs: OrNull(Type.Array(SyncConfig, { maxItems: MAX_CONFIGS })),
  },
  { additionalProperties: false },
);

const SyncBody = Type.Object(
  {
    merchants: Type.Array(
      Type.Object(
        { id: Text(255), name: Text(255), stores: OrNull(Type.Array(SyncStore, { maxItems: MAX_STORES })) },
        { additionalProperties: false },
      ),
      { maxItems: MAX_STORES },
    ),
  },
  {
    title: 'MerchantSync',
    additionalProperties: false,
    examples: [
      {
        merchants: [
          {
            id: 'merchant_001',
            name: 'Example Restaurant Chain',
            stores: [
              {
                id: 'store_001',
                name: 'Tokyo Branch',
                payment_processor_configs: [
                  {
                    provider: 'PAYPAY',
                    is_active: true,
                    credentials: { merchant_id: 'paypay_merchant_123' },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
);

const SyncAnswer = Type.Object(
  { synced_merchants: Type.Integer(), synced_stores: Type.Integer() },
  { title: 'MerchantSyncAnswer', description: 'How many of each the body had.' },
);

const described = {
  id: Type.String({ description: 'Chosen by the upstream system.' }),
  name: Type.String(),
  livemode: Type.Boolean(),
  created_at: Instant,
  updated_at: Type.String({ format: 'date-time', description: 'When it was last synchronised.' }),
};

const MerchantShape = Type.Object(
  { ...described, object: Type.Literal('merchant') },
  { title: 'Merchant', description: 'A merchant.' },
);

const StoreShape = Type.Object(
  {
    ...described,
    object: Type.Literal('store'),
    merchant_id: Type.String(),
    time_zone: Type.String({ description: 'Whose clock its business days follow.' }),
    business_day_starts_at: Type.String({ description: 'When a business day begins by that clock: 05:00.' }),
    payment_processor_configs: Type.Array(
      Type.Object({ provider: Type.String(), is_active: Type.Boolean(), updated_at: Instant }),
      { description: 'Without their credentials.' },
    ),
  },
  { title: 'Store', description: 'A store and the providers that it is set up for.' },
);

const Params = Type.Object({ id: Text(255) });
const PageQuery = Type.Object(
  { limit: PageLimit, starting_after: Type.Optional(Text(255)) },
  { additionalProperties: false },
);
type PageQuery = Static<typeof PageQuery>;

const readPage = ({ limit = '20', starting_after }: PageQuery) => ({
  limit: Number(limit),
  starting_after: starting_after ?? null,
});

const about = { tags: ['Merchants'], security: [{ hmac: [] }] };
const pageOf = (shape: TSchema) =>
  Type.Array(shape, { description: 'One page, by id; a Link header leads to the next.' });

export function merchantRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.register(async (sync) => syncRoute(sync, context, preValidation));

  app.get<{ Querystring: PageQuery }>(
    '/v1/merchants',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listMerchants',
        summary: 'List merchants',
        querystring: PageQuery,
        response: { 200: pageOf(MerchantShape), ...errorResponses(400, 401, 403, 429, 500) },
      },
    },
    async (request, reply) => {
      const page = await listMerchantResources(context, organizationCaller(request), readPage(request.query));
      return sendPage(context, request, reply, page);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/v1/merchants/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveMerchant',
        summary: 'Retrieve a merchant',
        params: Params,
        response: { 200: MerchantShape, ...errorResponses(400, 401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, await retrieveMerchant(context, organizationCaller(request), request.params.id)),
  );

  app.get<{ Params: { id: string }; Querystring: PageQuery }>(
    '/v1/merchants/:id/stores',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listStores',
        summary: 'List the stores of a merchant, with the providers that each is set up for',
        params: Params,
        querystring: PageQuery,
        response: { 200: pageOf(StoreShape), ...errorResponses(400, 401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const page = await listStoreResources(
        context,
        organizationCaller(request),
        id,
        readPage(request.query),
      );
      return sendPage(context, request, reply, page);
    },
  );
}

function syncRoute(
  app: FastifyInstance,
  context: Context,
  authenticate: ReturnType<typeof makeAuthenticate>,
): void {
  keepBodiesUnread(app);
  app.post<{ Body: Static<typeof SyncBody> }>(
    '/v1/sync/merchants',
    {
      preValidation: [authenticate, readSyncBody],
      bodyLimit: MAX_SYNC_BYTES,
      schema: {
        ...about,
        operationId: 'syncMerchants',
        summary: `Make or change merchants and stores, up to ${MAX_STORES} stores in a call`,
        body: SyncBody,
        response: { 200: SyncAnswer, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      const { organization_id, livemode } = caller;
      const actor = actorOfKey(caller, request.id);
      return answerOnce(context, request, reply, (mark) =>
        syncMerchants(context, { organization_id, livemode }, actor, request.body, mark),
      );
    },
  );
}

async function readSyncBody(request: FastifyRequest): Promise<void> {
  organizationCaller(request);
  request.body = readJson(request.raw_body);
}

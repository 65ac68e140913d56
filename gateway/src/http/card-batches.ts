// The routes of the exchange with the card processor, day by day: what came of each, running one by hand, and supplying
// a settlement file that never came.
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import { supplySettlementFile } from '../application/card-batch-settlements.ts';
import { getCardBatch, listCardBatchResources, requestCardBatch } from '../application/card-batches.ts';
import { MOST_SETTLEMENT_BYTES } from '../application/card-settlements.ts';
import { jsonAnswer } from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { cardBatchResource } from '../domain/card-batch.ts';
import { GatewayError } from '../domain/error.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { readBusinessDate } from './business-dates.ts';
import { DayInJapan, ownerOf } from './card-processor-connection.ts';
import { answerOnce } from './idempotency.ts';
import { keepBodiesUnread, readJson } from './json-body.ts';
import { sendJson, sendPage } from './pages.ts';
import { errorResponses, IdParams, Instant, OneOf, PageLimit, Text } from './schemas.ts';
import { originOf } from './webhook-endpoints.ts';

const Step = OneOf(['upload', 'download', 'done', 'failed'], {
  description: 'What is done next. failed: a person is needed, and was told by mail.',
});
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

const CardBatchShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('card_batch'),
    livemode: Type.Boolean(),
    business_date: DayInJapan,
    step: Step,
    attempts_made: Type.Integer({ description: 'At this step, since it went well last.' }),
    next_attempt_at: Type.Optional(Instant),
    error: Type.Optional(Type.String({ description: 'What went wrong last.' })),
    mailed_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'When a person was told of this failure.' }),
    ),
    uploaded_count: Type.Optional(
      Type.Integer({ description: 'Lines of the file: approved and declined attempts.' }),
    ),
    approved_count: Type.Optional(Type.Integer({ description: 'Of these.' })),
    uploaded_amount: Type.Optional(Type.Integer({ description: 'Of the approved ones, in yen.' })),
    upload_size: Type.Optional(Type.Integer({ description: 'Bytes.' })),
    upload_sha256: Type.Optional(Sha256),
    uploaded_at: Type.Optional(Instant),
    settlement_file_name: Type.Optional(Type.String()),
    settlement_sha256: Type.Optional(Sha256),
    source: Type.Optional(OneOf(['file', 'by_hand'], { description: 'How the settlement file came.' })),
    settlements_count: Type.Optional(Type.Integer({ description: 'Merchants that were settled.' })),
    exceptions_count: Type.Optional(
      Type.Integer({ description: 'What was found to differ when the file was recorded.' }),
    ),
    finished_at: Type.Optional(Instant),
    created_at: Instant,
    updated_at: Instant,
  },
  { title: 'CardBatch', description: 'One day’s exchange with the card processor.' },
);

const RunBody = Type.Object(
  {
    business_date: DayInJapan,
    upload_again: Type.Optional(
      Type.Boolean({ description: 'Send the file although it was sent before; it is the same to the byte.' }),
    ),
  },
  { title: 'CardBatchRun', additionalProperties: false, examples: [{ business_date: '2026-01-14' }] },
);

const MOST_BASE64 = Math.ceil(MOST_SETTLEMENT_BYTES / 3) * 4;
const FileBody = Type.Object(
  {
    file_name: Text(1_024, { description: 'A label; a path in it is left out.' }),
    content_base64: Type.String({
      maxLength: MOST_BASE64,
      pattern: '^[A-Za-z0-9+/]*={0,2}$',
      description: 'The bytes of the file as the processor made it, in base64.',
    }),
  },
  {
    title: 'SettlementFile',
    additionalProperties: false,
    examples: [{ file_name: 'settlement_20260114.csv', content_base64: 'TWVyY2hhbnQgSUQs' }],
  },
);

const ListParams = Type.Object(
  {
    step: Type.Optional(Step),
    business_date_gte: Type.Optional(DayInJapan),
    business_date_lte: Type.Optional(DayInJapan),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^cb_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const about = { tags: ['Card batches'], security: [{ hmac: [] }] };
type IdParam = { Params: Static<typeof IdParams> };

export function cardBatchRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof ListParams> }>(
    '/v1/card_batches',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listCardBatches',
        summary: 'List the days of the exchange with the card processor, newest first',
        querystring: ListParams,
        response: {
          200: Type.Array(CardBatchShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { limit = '20', starting_after = null, step = null, ...dates } = request.query;
      const days = {
        business_date_gte: readBusinessDate('business_date_gte', dates.business_date_gte),
        business_date_lte: readBusinessDate('business_date_lte', dates.business_date_lte),
      };
      const filter = { step, ...days, starting_after, limit: Number(limit) };
      const owner = ownerOf(organizationCaller(request));
      return sendPage(context, request, reply, await listCardBatchResources(context, owner, filter));
    },
  );

  app.get<IdParam>(
    '/v1/card_batches/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveCardBatch',
        summary: 'Retrieve a day of the exchange with the card processor',
        params: IdParams,
        response: { 200: CardBatchShape, ...errorResponses(400, 401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const owner = ownerOf(organizationCaller(request));
      return sendJson(reply, cardBatchResource(await getCardBatch(context, owner, request.params.id)));
    },
  );

  app.post<{ Body: Static<typeof RunBody> }>(
    '/v1/card_batches',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'runCardBatch',
        summary: 'Run a day that is over once more; a worker does it at once',
        body: RunBody,
        response: { 202: CardBatchShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const wanted = { ...ownerOf(organizationCaller(request)), ...request.body };
      return answerOnce(context, request, reply, (mark) =>
        requestCardBatch(context, wanted, originOf(request, mark)),
      );
    },
  );

  app.register(async (files) => settlementFileRoute(files, context, preValidation));
}

function settlementFileRoute(
  app: FastifyInstance,
  context: Context,
  authenticate: ReturnType<typeof makeAuthenticate>,
): void {
  keepBodiesUnread(app);
  app.post<IdParam & { Body: Static<typeof FileBody> }>(
    '/v1/card_batches/:id/settlement_file',
    {
      preValidation: [authenticate, readFileBody],
      bodyLimit: MOST_BASE64 + 16_384,
      schema: {
        ...about,
        operationId: 'supplySettlementFile',
        summary: 'Supply by hand the settlement file of a day',
        params: IdParams,
        body: FileBody,
        response: { 200: CardBatchShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const owner = ownerOf(organizationCaller(request));
      return answerOnce(context, request, reply, async (mark) => {
        const batch = await getCardBatch(context, owner, request.params.id);
        const { file_name, content_base64 } = request.body;
        const supplied = { bytes: readBase64(content_base64), file_name };
        const after = await supplySettlementFile(context, batch, supplied, originOf(request, mark).actor);
        return jsonAnswer(200, cardBatchResource(after));
      });
    },
  );
}

async function readFileBody(request: FastifyRequest): Promise<void> {
  organizationCaller(request);
  request.body = readJson(request.raw_body);
}

function readBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')) return bytes;
  throw new GatewayError('invalid_request', 'content_base64 is no base64: its end is cut off.', {
    field: 'content_base64',
    constraint: 'format',
  });
}

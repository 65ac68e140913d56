// The routes of accounting exports: the files of business days, what became of them, and their bytes.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  getAccountingExport,
  listAccountingExportResources,
  openAccountingExportFile,
  requestAccountingExports,
} from '../application/accounting-export-requests.ts';
import type { makeKeyring } from '../application/callers.ts';
import type { Context } from '../context.ts';
import {
  accountingExportResource,
  EXPORT_FORMATS,
  EXPORT_STATUSES,
  type ExportFormat,
} from '../domain/accounting-export.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { BusinessDate, businessDate, readBusinessDate } from './business-dates.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson, sendPage } from './pages.ts';
import { errorResponses, IdParams, Instant, OneOf, PageLimit, Text } from './schemas.ts';
import { originOf } from './webhook-endpoints.ts';

const ExportsQuery = Type.Object(
  {
    merchant_id: Type.Optional(Text(255)),
    merchant_store_id: Type.Optional(Text(255)),
    status: Type.Optional(OneOf(EXPORT_STATUSES)),
    format: Type.Optional(OneOf(EXPORT_FORMATS)),
    business_date_gte: Type.Optional(BusinessDate),
    business_date_lte: Type.Optional(BusinessDate),
    limit: PageLimit,
    starting_after: Type.Optional(Type.String({ pattern: '^ax_[0-9A-HJKMNP-TV-Z]{26}$' })),
  },
  { additionalProperties: false },
);

const RunBody = Type.Object(
  {
    merchant_id: Text(255),
    merchant_store_id: Type.Optional(
      Type.Union([Text(255), Type.Null()], {
        description: 'Null: what was sold in no store. Left out: every store, and what was sold in none.',
      }),
    ),
    business_date: businessDate('It must be over in the time zone of the store.'),
    format: Type.Optional(
      OneOf(EXPORT_FORMATS, { description: 'Left out: those that the merchant has chosen.' }),
    ),
  },
  {
    title: 'AccountingExportRun',
    additionalProperties: false,
    examples: [{ merchant_id: 'merchant_001', business_date: '2026-01-28' }],
  },
);

const ExportShape = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('accounting_export'),
    livemode: Type.Boolean(),
    merchant_id: Type.String(),
    merchant_store_id: Type.Optional(Type.String()),
    business_date: BusinessDate,
    currency: Type.String(),
    format: OneOf(EXPORT_FORMATS),
    file_name: Type.String({ description: 'At the accounting system, too.' }),
    status: OneOf(EXPORT_STATUSES, {
      description: 'kept: made, and nobody to send it to. failed: not sent, and not tried again by itself.',
    }),
    attempts_made: Type.Integer({ description: 'The first and up to five more, half an hour apart.' }),
    next_attempt_at: Type.Optional(Instant),
    size: Type.Optional(Type.Integer({ description: 'In bytes.' })),
    sha256: Type.Optional(Type.String({ pattern: '^[0-9a-f]{64}$' })),
    transactions_count: Type.Optional(Type.Integer({ description: 'Sales and refunds in the file.' })),
    gross_revenue: Type.Optional(Type.Integer({ description: 'Minor units, with tax.' })),
    tax_collected: Type.Optional(Type.Integer({ description: 'Minor units.' })),
    net_revenue: Type.Optional(Type.Integer({ description: 'Minor units, without tax.' })),
    error: Type.Optional(Type.String({ description: 'Why the last attempt came to nothing.' })),
    mailed_at: Type.Optional(Instant),
    delivered_at: Type.Optional(Instant),
    created_at: Instant,
    updated_at: Instant,
  },
  { title: 'AccountingExport', description: 'The file of a store’s business date.' },
);

const about = { tags: ['Accounting export'], security: [{ hmac: [] }] };

const MEDIA: Record<ExportFormat, string> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8',
  xml: 'application/xml',
};

type IdParam = { Params: Static<typeof IdParams> };

export function accountingExportRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.get<{ Querystring: Static<typeof ExportsQuery> }>(
    '/v1/accounting_exports',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'listAccountingExports',
        summary: 'List accounting exports, newest first',
        querystring: ExportsQuery,
        response: {
          200: Type.Array(ExportShape, { description: 'One page; a Link header leads to the next.' }),
          ...errorResponses(400, 401, 403, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { limit = '20', ...given } = request.query;
      const filter = {
        merchant_id: given.merchant_id ?? null,
        merchant_store_id: given.merchant_store_id ?? null,
        status: given.status ?? null,
        format: given.format ?? null,
        business_date_gte: readBusinessDate('business_date_gte', given.business_date_gte),
        business_date_lte: readBusinessDate('business_date_lte', given.business_date_lte),
        starting_after: given.starting_after ?? null,
      };
      const caller = organizationCaller(request);
      const page = await listAccountingExportResources(context, caller, filter, Number(limit));
      return sendPage(context, request, reply, page);
    },
  );

  app.post<{ Body: Static<typeof RunBody> }>(
    '/v1/accounting_exports',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'runAccountingExports',
        summary: 'Make the files of a business date, again or for the first time',
        body: RunBody,
        response: {
          202: Type.Array(ExportShape, { description: 'The files, which the worker makes and sends.' }),
          ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500),
        },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      return answerOnce(context, request, reply, (mark) =>
        requestAccountingExports(context, caller, request.body, originOf(request, mark)),
      );
    },
  );

  app.get<IdParam>(
    '/v1/accounting_exports/:id',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveAccountingExport',
        summary: 'Retrieve an accounting export',
        params: IdParams,
        response: { 200: ExportShape, ...errorResponses(400, 401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const row = await getAccountingExport(context, organizationCaller(request), request.params.id);
      return sendJson(reply, accountingExportResource(row));
    },
  );

  app.get<IdParam>(
    '/v1/accounting_exports/:id/file',
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveAccountingExportFile',
        summary: 'The bytes of an accounting export, as they were sent',
        params: IdParams,
        response: {
          200: {
            description: 'The file.',
            content: {
              'application/json': { schema: Type.Object({}, { additionalProperties: true }) },
              'text/csv': { schema: Type.String() },
              'application/xml': { schema: Type.String() },
            },
          },
          ...errorResponses(400, 401, 403, 404, 409, 429, 500),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { row, open } = await openAccountingExportFile(context, organizationCaller(request), id);
      return reply
        .headers({
          'content-type': MEDIA[row.format],
          'content-length': row.size ?? 0,
          'content-disposition': `attachment; filename="${row.file_name}"`,
          'content-security-policy': "default-src 'none'",
          'cache-control': 'no-store',
          // The end of a long file is also the end of its connection, which nobody then waits for in a stop.
          connection: 'close',
        })
        .send(open());
    },
  );
}

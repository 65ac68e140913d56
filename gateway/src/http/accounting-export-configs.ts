// The routes of a merchant's accounting export: where its files go, and whether they would arrive.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import {
  exportConfigResource,
  getAccountingExportConfig,
  removeAccountingExportConfig,
  saveAccountingExportConfig,
  testAccountingExport,
} from '../application/accounting-export-configs.ts';
import type { makeKeyring } from '../application/callers.ts';
import { jsonAnswer } from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { EXPORT_FORMATS } from '../domain/accounting-export.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { BusinessDate, businessDate } from './business-dates.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson } from './pages.ts';
import { EmptyBody, errorResponses, Instant, OneOf, Text } from './schemas.ts';
import { originOf } from './webhook-endpoints.ts';

const Formats = Type.Array(OneOf(EXPORT_FORMATS), {
  minItems: 1,
  uniqueItems: true,
  description: 'A file of each is made. Default json.',
});
const Port = Type.Integer({ minimum: 1, maximum: 65_535, description: 'Default 22.' });
const HOST_KEY = 'SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one.';
const DIRECTORY =
  'Where files lie there. {merchant_id} stands for the merchant. Default /exports/mpac/{merchant_id}/.';
const Language = OneOf(['ja', 'en'], { description: 'Of mails. Default ja.' });

const SaveBody = Type.Object(
  {
    formats: Type.Optional(Formats),
    host: Type.Optional(
      Text(253, { description: 'A name or an address, public as a webhook’s is; required at first.' }),
    ),
    port: Type.Optional(Port),
    username: Type.Optional(Text(255, { description: 'Required at first.' })),
    private_key: Type.Optional(
      Text(32_768, { description: 'OpenSSH or PEM. Kept encrypted and never returned.' }),
    ),
    passphrase: Type.Optional(Text(1_024, { description: 'Of the private key, when it has one.' })),
    generate_key: Type.Optional(
      Type.Boolean({
        description: 'In place of a private_key: one is made here. Give public_key to the accounting system.',
      }),
    ),
    host_key: Type.Optional(
      Type.String({ pattern: '^(SHA256:[A-Za-z0-9+/]{43})?$', description: `${HOST_KEY} Empty: none yet.` }),
    ),
    directory: Type.Optional(Text(512, { description: DIRECTORY })),
    mail_to: Type.Optional(
      Text(254, { min: 0, description: 'Who hears of failures. Empty: the organization’s address.' }),
    ),
    language: Type.Optional(Language),
    is_active: Type.Optional(
      Type.Boolean({ description: 'False: files are made only when somebody asks for them.' }),
    ),
    starts_on: Type.Optional(
      businessDate('The first business date of which there is a file. Default: today in Japan.'),
    ),
  },
  { title: 'AccountingExportSettings', additionalProperties: false },
);

const ConfigShape = Type.Object(
  {
    object: Type.Literal('accounting_export_config'),
    merchant_id: Type.String(),
    livemode: Type.Boolean(),
    formats: Formats,
    host: Type.String(),
    port: Port,
    username: Type.String(),
    public_key: Type.String({ description: 'The line for the accounting system’s authorized_keys.' }),
    host_key: Type.Optional(Type.String({ description: HOST_KEY })),
    directory: Type.String({ description: DIRECTORY }),
    mail_to: Type.Optional(Type.String()),
    language: Language,
    is_active: Type.Boolean(),
    starts_on: BusinessDate,
    created_at: Instant,
    updated_at: Instant,
  },
  { title: 'AccountingExportConfig', description: 'Where a merchant’s accounting exports go.' },
);

const DeletedShape = Type.Object(
  {
    object: Type.Literal('accounting_export_config'),
    merchant_id: Type.String(),
    deleted: Type.Literal(true),
  },
  { title: 'DeletedAccountingExportConfig', description: 'It is deleted, and its key forgotten.' },
);

const TestShape = Type.Object(
  {
    object: Type.Literal('accounting_export_test'),
    status: OneOf(['succeeded', 'failed']),
    failure: Type.Optional(
      Type.String({ description: 'host_key_not_pinned, unreachable, refused_auth, host_key_differs, …' }),
    ),
    message: Type.String({ description: 'What it means, for a person.' }),
    directory: Type.String(),
    host_key: Type.Optional(Type.String({ description: 'As the server showed it.' })),
  },
  { title: 'AccountingExportTest', description: 'What came of trying the connection.' },
);

const about = { tags: ['Accounting export'], security: [{ hmac: [] }] };
const Params = Type.Object({ id: Text(255) });
type IdParam = { Params: Static<typeof Params> };
const PATH = '/v1/merchants/:id/accounting_export';

export function accountingExportConfigRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });
  const ownerOf = (request: Parameters<typeof organizationCaller>[0]) => {
    const { organization_id, livemode } = organizationCaller(request);
    return { organization_id, livemode, merchant_id: (request.params as { id: string }).id };
  };

  app.put<IdParam & { Body: Static<typeof SaveBody> }>(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'saveAccountingExportConfig',
        summary: 'Say where a merchant’s accounting exports go; what is left out stays as it is',
        params: Params,
        body: SaveBody,
        response: { 200: ConfigShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const owner = ownerOf(request);
      return answerOnce(context, request, reply, (mark) =>
        saveAccountingExportConfig(context, owner, request.body, originOf(request, mark)),
      );
    },
  );

  app.get<IdParam>(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveAccountingExportConfig',
        summary: 'Retrieve where a merchant’s accounting exports go',
        params: Params,
        response: { 200: ConfigShape, ...errorResponses(400, 401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) =>
      sendJson(reply, exportConfigResource(await getAccountingExportConfig(context, ownerOf(request)))),
  );

  app.delete<IdParam>(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'deleteAccountingExportConfig',
        summary: 'End a merchant’s accounting export; files that were made stay readable',
        params: Params,
        response: { 200: DeletedShape, ...errorResponses(400, 401, 403, 404, 409, 429, 500) },
      },
    },
    (request, reply) => {
      const owner = ownerOf(request);
      return answerOnce(context, request, reply, (mark) =>
        removeAccountingExportConfig(context, owner, originOf(request, mark)),
      );
    },
  );

  app.post<IdParam>(
    `${PATH}/test`,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'testAccountingExport',
        summary: 'Try the connection, and see the host key that the server shows',
        params: Params,
        body: EmptyBody,
        response: { 200: TestShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const owner = ownerOf(request);
      return answerOnce(context, request, reply, async () =>
        jsonAnswer(200, await testAccountingExport(context, owner)),
      );
    },
  );
}

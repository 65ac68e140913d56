// The routes of the connection to the card processor: set it, look at it, test it, take it away. Its password goes in
// and never comes out.
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { makeKeyring } from '../application/callers.ts';
import {
  cardProcessorConnectionResource,
  deleteCardProcessorConnection,
  getCardProcessorConnection,
  saveCardProcessorConnection,
  testCardProcessorConnection,
} from '../application/card-processor-connections.ts';
import { jsonAnswer } from '../application/payment-intents.ts';
import type { Context } from '../context.ts';
import { makeAuthenticate, organizationCaller } from './auth.ts';
import { businessDate } from './business-dates.ts';
import { answerOnce } from './idempotency.ts';
import { sendJson } from './pages.ts';
import { EmptyBody, errorResponses, Instant, OneOf, Text } from './schemas.ts';
import { originOf } from './webhook-endpoints.ts';

const Tls = OneOf(['when_offered', 'required', 'off'], {
  description: 'when_offered goes on without TLS only where the server has none.',
});
const TlsCa = Text(65_536, {
  description: 'PEM; for a server whose certificate no public authority has signed.',
});
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });
const MerchantNumber = Type.String({ pattern: '^[^\\u0000\\ud800-\\udfff]{1,255}$' });
const MerchantNumbers = Type.Record(MerchantNumber, Text(255), {
  maxProperties: 10_000,
  additionalProperties: false,
  description:
    'The processor’s number of a merchant to your merchant id. Left out: the numbers are your ids.',
});
export const DayInJapan = businessDate('A calendar day in Japan: 2026-01-28.');

const settings = {
  host: Text(253, { description: 'A name or an address, public as a webhook’s is.' }),
  port: Type.Optional(Port),
  username: Text(255),
  tls: Type.Optional(Tls),
  tls_ca: Type.Optional(TlsCa),
  upload_directory: Type.Optional(Text(1_024, { description: 'Default /upload.' })),
  download_directory: Type.Optional(Text(1_024, { description: 'Default /download.' })),
  merchant_numbers: Type.Optional(MerchantNumbers),
  mail_to: Type.Optional(
    Text(254, { description: 'Who hears of a failure. Left out: the organization’s notification_email.' }),
  ),
  language: Type.Optional(OneOf(['ja', 'en'], { description: 'Of that mail. Default ja.' })),
  is_active: Type.Optional(
    Type.Boolean({ description: 'Default true. While false nothing runs by itself.' }),
  ),
  starts_on: Type.Optional(businessDate('The first day that is run. Default: today in Japan.')),
};

const PutBody = Type.Object(
  {
    ...settings,
    password: Type.Optional(
      Text(1_024, {
        description: 'Required at first, and again when host, port, username, tls or tls_ca changes.',
      }),
    ),
  },
  {
    title: 'CardProcessorConnectionSettings',
    additionalProperties: false,
    examples: [
      {
        host: 'ftp.card-processor.example.com',
        username: 'mpac',
        password: 'the password at the processor',
        tls: 'required',
        mail_to: 'ops@example.com',
        language: 'en',
        starts_on: '2026-01-15',
      },
    ],
  },
);

const ConnectionShape = Type.Object(
  {
    object: Type.Literal('card_processor_connection'),
    livemode: Type.Boolean(),
    ...settings,
    port: Port,
    tls: Tls,
    upload_directory: Type.String(),
    download_directory: Type.String(),
    language: OneOf(['ja', 'en']),
    is_active: Type.Boolean(),
    starts_on: DayInJapan,
    created_at: Instant,
    updated_at: Instant,
  },
  { title: 'CardProcessorConnection', description: 'The connection, without its password.' },
);

const DeletedShape = Type.Object(
  { object: Type.Literal('card_processor_connection'), deleted: Type.Literal(true) },
  { title: 'DeletedCardProcessorConnection', description: 'It is deleted.' },
);

const TestShape = Type.Object(
  {
    object: Type.Literal('card_processor_connection_test'),
    status: OneOf(['succeeded', 'failed']),
    failure: Type.Optional(
      Type.String({ description: 'unreachable, refused_auth, tls_refused, not_found, timeout, …' }),
    ),
    message: Type.Optional(Type.String({ description: 'What to do, in a sentence.' })),
  },
  { title: 'CardProcessorConnectionTest', description: 'What came of the test.' },
);

const about = { tags: ['Card batches'], security: [{ hmac: [] }] };
const PATH = '/v1/card_processor_connection';

export function cardProcessorConnectionRoutes(
  app: FastifyInstance,
  context: Context,
  caches: { keyring: ReturnType<typeof makeKeyring> },
): void {
  const preValidation = makeAuthenticate(context, caches.keyring, { allow_token: false });

  app.put<{ Body: Static<typeof PutBody> }>(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'saveCardProcessorConnection',
        summary: 'Set the connection to the card processor',
        body: PutBody,
        response: { 200: ConnectionShape, ...errorResponses(400, 401, 403, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      return answerOnce(context, request, reply, (mark) =>
        saveCardProcessorConnection(context, ownerOf(caller), request.body, originOf(request, mark)),
      );
    },
  );

  app.get(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'retrieveCardProcessorConnection',
        summary: 'Retrieve the connection to the card processor, without its password',
        response: { 200: ConnectionShape, ...errorResponses(401, 403, 404, 429, 500) },
      },
    },
    async (request, reply) => {
      const connection = await getCardProcessorConnection(context, ownerOf(organizationCaller(request)));
      return sendJson(reply, cardProcessorConnectionResource(connection));
    },
  );

  app.delete(
    PATH,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'deleteCardProcessorConnection',
        summary: 'Delete the connection to the card processor; the days that were are kept',
        response: { 200: DeletedShape, ...errorResponses(401, 403, 404, 409, 429, 500) },
      },
    },
    (request, reply) => {
      const caller = organizationCaller(request);
      return answerOnce(context, request, reply, (mark) =>
        deleteCardProcessorConnection(context, ownerOf(caller), originOf(request, mark)),
      );
    },
  );

  app.post<{ Body: Static<typeof EmptyBody> }>(
    `${PATH}/test`,
    {
      preValidation,
      schema: {
        ...about,
        operationId: 'testCardProcessorConnection',
        summary: 'Log in at the card processor and look into both folders',
        body: EmptyBody,
        response: { 200: TestShape, ...errorResponses(400, 401, 403, 404, 409, 413, 415, 429, 500) },
      },
    },
    (request, reply) => {
      const owner = ownerOf(organizationCaller(request));
      return answerOnce(context, request, reply, async () =>
        jsonAnswer(200, await testCardProcessorConnection(context, owner)),
      );
    },
  );
}

export function ownerOf({ organization_id, livemode }: { organization_id: string; livemode: boolean }) {
  return { organization_id, livemode };
}

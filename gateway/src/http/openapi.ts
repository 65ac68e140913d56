// The OpenAPI document, made from the routes' own schemas. The golden file at the project's root is this text.
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { completeDocument } from './openapi-completion.ts';

const DESCRIPTION = `A payment gateway for points of sale.

Amounts are integers in minor units (yen, cents). Times are RFC 3339 in UTC. Fields that an operation does not
know are refused, so that a typo never changes a payment. Every answer carries \`X-Request-Id\`, and every answer
to a known caller \`X-RateLimit-Limit\`, \`-Remaining\` and \`-Reset\`, as well as \`RateLimit\` and
\`RateLimit-Policy\`. With \`Accept: application/problem+json\` a refusal comes as RFC 9457.`;

const TAGS = [
  { name: 'Payment intents', description: 'What a merchant wants to collect, from creation to the end.' },
  { name: 'Refunds', description: 'Money that goes back, in whole or in part.' },
  { name: 'Merchants', description: 'Merchants and stores, and their settings for providers.' },
  {
    name: 'Webhook endpoints',
    description: 'Where the gateway tells what has happened, signed and numbered.',
  },
  {
    name: 'Late payments',
    description: 'Money that came when nobody wanted it any more, and what becomes of it.',
  },
  { name: 'Balances', description: 'What business days came to, read from the books.' },
  {
    name: 'Settlements',
    description:
      'What providers say that they owe for each day, held against the books, and whatever differs.',
  },
  {
    name: 'Card batches',
    description: 'The nightly exchange of files with the card processor, and how it is reached.',
  },
  { name: 'Organization', description: 'Settings of the organization that the key belongs to.' },
  { name: 'Keys', description: 'What backends sign with, and which web pages may call from a browser.' },
  {
    name: 'Accounting export',
    description: 'The files of each business date for the accounting system, and where they go.',
  },
  { name: 'Events', description: 'What has happened, also where no webhook told of it.' },
  { name: 'Audit log', description: 'Who changed what, and why. Entries are added and never touched again.' },
  { name: 'Providers', description: 'What providers call. Nothing in it is believed; it makes us ask.' },
  { name: 'Operations', description: 'What machines ask about the gateway itself.' },
];

/** Read by `answerOnce`, which is behind every POST of a proven caller; here it is only described. */
const IDEMPOTENCY_KEY = {
  type: 'object',
  properties: {
    'Idempotency-Key': {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description:
        'Choose one for each thing you want done, and repeat it with every retry: the work is done once, and the ' +
        'retry gets the same answer with Idempotency-Replayed: true. Kept for a day.',
      examples: ['01JHM4Z4T6V0Q0V9W8S1R2X3YA'],
    },
  },
};

/** Read by http/cors.ts, on the routes that are open to pages. */
const PUBLISHABLE_KEY = {
  'X-Publishable-Key': {
    type: 'string',
    description:
      'pk_…: the key of the page that asks, when it runs in a browser. It must list the page’s origin.',
  },
};

export async function registerOpenapi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'mpac-pgw',
        version: '1',
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      tags: TAGS,
      components: {
        securitySchemes: {
          hmac: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description:
              'HMAC-SHA256 <key id or merchant id>:<unix seconds>:<signature>. The signature is the hex HMAC-SHA256 of ' +
              'METHOD, PATH, TIMESTAMP and hex SHA-256 of the body, joined by line feeds, under the ASCII of the hex ' +
              'SHA-256 of the secret key.',
          },
          payment_token: {
            type: 'apiKey',
            in: 'query',
            name: 'payment_token',
            description: 'In the query for GET, as a field of the body for POST.',
          },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const changes = ['POST', 'PUT', 'PATCH', 'DELETE'].some((method) => method === route.method);
      const repeatable = changes && schema?.security !== undefined;
      const open_to_pages = schema?.security?.some((way) => 'payment_token' in way) ?? false;
      const properties = {
        ...(repeatable && IDEMPOTENCY_KEY.properties),
        ...(open_to_pages && PUBLISHABLE_KEY),
      };
      const headers = { type: 'object', properties };
      const documented = repeatable || open_to_pages ? { ...schema, headers } : schema;
      return { schema: documented as FastifySchema, url };
    },
    transformObject: (document) =>
      'openapiObject' in document ? completeDocument(nameShapes(document.openapiObject)) : {},
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

type Json = Record<string, unknown>;

/** A shape with a title is written once, among the components, and referred to everywhere else. */
function nameShapes<T extends object>(document: T): T {
  const schemas: Json = {};
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (typeof value !== 'object' || value === null) return value;
    const { 'x-response-description': _, ...own } = value as Json;
    const seen = Object.fromEntries(Object.entries(own).map(([key, each]) => [key, visit(each)]));
    if (typeof seen['title'] !== 'string' || seen['type'] !== 'object') return seen;
    schemas[seen['title']] = seen;
    return { $ref: `#/components/schemas/${seen['title']}` };
  };
  const named = visit(document) as Json;
  const sorted = Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...named, components: { ...(named['components'] as Json), schemas: sorted } } as T;
}

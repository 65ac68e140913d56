// Completes the OpenAPI document that the routes make: examples, headers, refusals in both media types, words for
// parameters, and the webhooks. In one place, so that a route says only what is its own.
import { ANSWERS, IDS, NOTIFICATION, SHAPES, TEXTS } from './openapi-examples.ts';
import { PROBLEM_SHAPE, refusalContent, refusalExamples } from './openapi-refusals.ts';
import { makeWebhooks, SIGNATURE } from './openapi-webhooks.ts';
import { OPERATIONS, PARAMETERS } from './openapi-words.ts';

type Json = Record<string, unknown>;

interface Media {
  schema?: Json;
  example?: unknown;
  examples?: Json;
}

interface Response {
  description: string;
  headers?: Json;
  content?: Record<string, Media>;
}

interface Operation {
  operationId: string;
  description?: string;
  security?: Json[];
  parameters?: { name: string; in: string; description?: string; example?: unknown; schema?: Json }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response | { $ref: string }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json };
}

const HEADERS: Record<string, { description: string; schema: Json; example: unknown }> = {
  'X-Request-Id': {
    description: 'Of this request. Quote it when you ask for help.',
    schema: { type: 'string' },
    example: IDS.request,
  },
  'X-RateLimit-Limit': {
    description: 'Requests a minute for this caller.',
    schema: { type: 'integer' },
    example: 1000,
  },
  'X-RateLimit-Remaining': {
    description: 'What is left of them.',
    schema: { type: 'integer' },
    example: 999,
  },
  'X-RateLimit-Reset': {
    description: 'When they are whole again, in Unix seconds.',
    schema: { type: 'integer' },
    example: 1768471260,
  },
  RateLimit: {
    description: 'The same, as the IETF’s draft has it.',
    schema: { type: 'string' },
    example: '"default";r=999;t=60',
  },
  'RateLimit-Policy': {
    description: 'The rule behind it.',
    schema: { type: 'string' },
    example: '"default";q=1000;w=60',
  },
  'Retry-After': {
    description:
      'Seconds after which the same may be tried again. With 409: the first request is still at work.',
    schema: { type: 'integer' },
    example: 1,
  },
  'Idempotency-Replayed': {
    description: 'This answer was given before, to the same Idempotency-Key.',
    schema: { const: 'true' },
    example: 'true',
  },
  Link: {
    description: 'Where the next page is, with rel="next". Absent on the last page.',
    schema: { type: 'string' },
    example: `<https://pay.example.com/v1/payment_intents?starting_after=${IDS.payment_intents}>; rel="next"`,
  },
};

const LIMITS = Object.keys(HEADERS).filter((name) => name.toLowerCase().includes('ratelimit'));
const UNAVAILABLE = 'The gateway is stopping, or its database cannot be used now. Nothing was done.';

export function completeDocument<T extends object>(made: T): T {
  const document = made as unknown as Document;
  const refusals: Json = {};
  const paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, operation]) => [
          method,
          completeOperation(path, operation, refusals),
        ]),
      ),
    ]),
  );
  const schemas = { ...document.components.schemas, Problem: PROBLEM_SHAPE };
  const components = {
    ...document.components,
    schemas,
    headers: HEADERS,
    parameters: SIGNATURE,
    responses: Object.fromEntries(Object.entries(refusals).sort(([a], [b]) => (a < b ? -1 : 1))),
    examples: refusalExamples(),
  };
  return { ...document, paths, webhooks: makeWebhooks(), components } as unknown as T;
}

function completeOperation(path: string, operation: Operation, refusals: Json): Operation {
  const { operationId, parameters, requestBody } = operation;
  const is_api = path.startsWith('/v1/');
  const responses = is_api
    ? { ...operation.responses, 503: { description: UNAVAILABLE } }
    : operation.responses;
  const description = operation.description ?? OPERATIONS[operationId];
  const takes_notification = operationId.endsWith('Notification');
  const body = takes_notification
    ? { content: { 'application/json': { schema: { type: 'object' }, example: NOTIFICATION } } }
    : requestBody && { ...requestBody, content: withExamples(requestBody.content, '') };
  return {
    ...operation,
    ...(description !== undefined && { description }),
    ...(parameters && { parameters: parameters.map((one) => completeParameter(path, one)) }),
    ...(body && { requestBody: body }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, response]) => [
        status,
        completeResponse(path, operation, Number(status), response as Response, refusals),
      ]),
    ),
  };
}

type Parameter = NonNullable<Operation['parameters']>[number];

function completeParameter(path: string, parameter: Parameter): Parameter {
  const [, collection = ''] = /^\/v1\/(\w+)/.exec(path) ?? [];
  const thing = collection.replaceAll('_', ' ').replace(/s$/, '');
  const description = parameter.description ?? PARAMETERS[parameter.name]?.replace('{}', thing);
  const example = parameter.name === 'id' ? (IDS as Record<string, string>)[collection] : undefined;
  return {
    ...parameter,
    ...(description !== undefined && { description }),
    ...(example !== undefined && { example }),
  };
}

/** Refusals are written once, among the components, and referred to. */
function completeResponse(
  path: string,
  operation: Operation,
  status: number,
  response: Response,
  refusals: Json,
): Response | { $ref: string } {
  const { operationId, parameters = [], security } = operation;
  const has_key = parameters.some(({ name }) => name === 'Idempotency-Key');
  const is_list = parameters.some(({ name }) => name === 'limit') && status === 200;
  const names = [
    'X-Request-Id',
    ...(security === undefined ? [] : LIMITS),
    ...([409, 429, 503].includes(status) && path.startsWith('/v1/') ? ['Retry-After'] : []),
    ...(has_key && (status < 300 || [403, 404, 409].includes(status)) ? ['Idempotency-Replayed'] : []),
    ...(is_list ? ['Link'] : []),
  ];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  if (status >= 400 && path.startsWith('/v1/')) {
    const takes_token = security?.some((way) => 'payment_token' in way) ?? false;
    const { names: can_be, content } = refusalContent(status, { path, takes_token, has_key });
    const kind = `${names.includes('Idempotency-Replayed') ? '_once' : ''}${security ? '' : '_uncounted'}`;
    const name = `refused_${status}_${can_be.join('_or_')}${kind}`;
    refusals[name] = { ...response, headers, content };
    return { $ref: `#/components/responses/${name}` };
  }
  const content = response.content && withExamples(response.content, operationId);
  return { ...response, headers, ...(content && { content }) };
}

/** What has an example of its own keeps it. */
function withExamples(content: Record<string, Media>, operationId: string): Record<string, Media> {
  return Object.fromEntries(
    Object.entries(content).map(([type, media]) => {
      if (media.example !== undefined || media.examples !== undefined) return [type, media];
      return [
        type,
        { ...media, example: TEXTS[type] ?? ANSWERS[operationId] ?? exampleOf(media.schema ?? {}) },
      ];
    }),
  );
}

function exampleOf(schema: Json): unknown {
  if (schema['type'] === 'array') return [exampleOf(schema['items'] as Json)];
  const title = /[^/]+$/.exec(String(schema['$ref'] ?? ''))?.[0];
  if (title !== undefined) return SHAPES[title];
  const properties = Object.keys((schema['properties'] ?? {}) as Json);
  return properties.length === 0 ? {} : SHAPES['Health'];
}

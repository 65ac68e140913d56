// The OpenAPI document as a running gateway serves it, made without a database: nothing connects before the
// first query. And whether what is said is as the document has it.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { makeContext } from '../../src/commands/make-context.ts';
import { readConfig } from '../../src/config.ts';
import { makeServer } from '../../src/http/server.ts';

export interface Reference {
  $ref: string;
}

export interface Shape {
  properties?: Record<string, Shape>;
  items?: Shape;
}

export interface Media {
  schema?: Shape;
  example?: unknown;
  examples?: Record<string, { value: unknown } | Reference>;
}

export interface Response {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, Media>;
}

export interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  parameters?: { in: string; name: string; description?: string }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response | Reference>;
}

export interface OpenapiDocument {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, unknown>;
    responses: Record<string, Response>;
    examples: Record<string, unknown>;
  };
}

/** The document, and every `METHOD /path` of the server that it was made from. */
export async function makeOpenapiDocument(): Promise<{ document: OpenapiDocument; routes: string[] }> {
  const context = makeContext({
    config: readConfig({ LOG_LEVEL: 'silent' }, 'development'),
    database_url: 'postgres://nobody@localhost/none',
    master_key: '00'.repeat(32),
  });
  const app = await makeServer(context);
  await app.ready();
  const document = app.swagger() as unknown as OpenapiDocument;
  const routes = readRoutes(app.printRoutes({ commonPrefix: false }));
  await app.close();
  await context.db.close();
  return { document, routes };
}

/** As the golden file has it. */
export function openapiText(document: OpenapiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** What browsers ask by themselves before they ask is no operation, and HEAD is GET. */
const IMPLIED = ['', 'HEAD', 'OPTIONS'];

/** From the tree that Fastify draws: four columns for each level, then a piece of the path and its methods. */
function readRoutes(tree: string): string[] {
  const pieces: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, branches = '', piece, methods = ''] =
      /^((?:[│ ] {3})*[├└]── )(\S*)(?: \((.+)\))?/.exec(line) ?? [];
    if (piece === undefined) return [];
    const level = branches.length / 4 - 1;
    pieces.splice(level, pieces.length, piece);
    const path = pieces.join('').replace(/:(\w+)/g, '{$1}');
    return methods.split(', ').flatMap((method) => (IMPLIED.includes(method) ? [] : [`${method} ${path}`]));
  });
}

/** What of a value is not as its shape says: '' when all is. OpenAPI 3.1 has JSON Schema of 2020. */
export function makeShapeCheck({ components }: Pick<OpenapiDocument, 'components'>) {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: { 'date-time': /Z$/, uri: /^https?:/ },
  });
  ajv.addSchema({ $id: 'https://pay.example.com/openapi.json', components });
  const checks = new Map<string, ValidateFunction>();
  return (schema: object, value: unknown): string => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"https://pay.example.com/openapi.json#/');
    const check = checks.get(text) ?? ajv.compile(JSON.parse(text) as object);
    checks.set(text, check);
    return check(value) ? '' : ajv.errorsText(check.errors);
  };
}

/** What of a real answer is not in the document: a status that it does not name, another shape, a field too many. */
export function makeAnswerCheck(document: OpenapiDocument) {
  const { paths, components } = close(document) as OpenapiDocument;
  const violations = makeShapeCheck({ components });
  return (route: string, { status, json }: { status: number; json: unknown }): string => {
    const [method = '', path = ''] = route.split(' ');
    const named = paths[path]?.[method.toLowerCase()]?.responses[status];
    if (named === undefined) return `${route} never answers ${status}`;
    const response = '$ref' in named ? components.responses[named.$ref.split('/').at(-1) ?? ''] : named;
    const schema = response?.content?.['application/json']?.schema;
    return schema === undefined || json === undefined ? '' : violations(schema, json);
  };
}

/** The same shapes, but that they let nothing pass which they do not name. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close);
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, close(one)]));
  return closed['type'] === 'object' && 'properties' in closed
    ? { additionalProperties: false, ...closed }
    : closed;
}

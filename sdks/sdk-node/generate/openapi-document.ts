// As much of OpenAPI 3.1 as openapi.json uses, and its way through to the operations that an SDK offers. Whatever is
// not understood here is refused, so that a new construct is noticed when it is generated and not by a merchant.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Schema {
  $ref?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: (string | boolean)[];
  const?: string;
  anyOf?: Schema[];
  allOf?: Schema[];
  format?: string;
  pattern?: string;
  title?: string;
  description?: string;
}

export interface Parameter {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface Content {
  content?: Record<string, { schema: Schema }>;
}

export interface Described {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters?: Parameter[];
  requestBody?: Content;
  responses: Record<string, Content & { $ref?: string }>;
  security?: object[];
}

export interface Document {
  paths: Record<string, Record<string, Described>>;
  webhooks: Record<string, { post: Described }>;
  components: { schemas: Record<string, Schema> };
}

export interface Operation {
  id: string;
  method: string;
  path: string;
  words: string;
  is_signed: boolean;
  path_parameters: Parameter[];
  query: Parameter[];
  body: Schema | null;
  answer: Schema;
  /** Of a file, which is answered byte for byte: the media types that it may have. Empty where the answer is JSON. */
  file_types: string[];
  /** Other statuses than 2xx that are answers, too: readiness says 503. */
  also_answers: number[];
}

/** Not for a merchant's server: what providers call, and a picture that `qr_code_url` names as it is. */
export const LEFT_OUT = ['receivePaypayNotification', 'returnMpgsCustomer', 'retrieveQrCode'];

const FILE: Schema = { type: 'string', format: 'binary' };

export function readDocument(): Document {
  // From sdks/sdk-node/dist/generate, where this file runs, to the root.
  const file = fileURLToPath(new URL('../../../../openapi.json', import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

export function jsonSchema(content: Content | undefined): Schema | null {
  return content?.content?.['application/json']?.schema ?? null;
}

export function listOperations(document: Document): Operation[] {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return described
    .filter(({ operation }) => !LEFT_OUT.includes(operation.operationId))
    .map(({ path, method, operation }) => makeOperation(path, method.toUpperCase(), operation));
}

function makeOperation(path: string, method: string, operation: Described): Operation {
  const answers = Object.entries(operation.responses).filter(([, response]) => response.$ref === undefined);
  const success = answers.find(([status]) => status.startsWith('2'));
  const types = Object.keys(success?.[1].content ?? {});
  const file_types = types.every((type) => type === 'application/json') ? [] : types;
  const answer = file_types.length > 0 ? FILE : jsonSchema(success?.[1]);
  if (answer === null) throw new Error(`${operation.operationId} answers with no JSON.`);
  const parameters = operation.parameters ?? [];
  return {
    id: operation.operationId,
    method,
    path,
    words: [operation.summary, operation.description].filter(Boolean).join('. '),
    is_signed: operation.security !== undefined,
    path_parameters: parameters.filter((parameter) => parameter.in === 'path'),
    query: parameters.filter((parameter) => parameter.in === 'query'),
    body: jsonSchema(operation.requestBody),
    answer,
    file_types,
    also_answers: answers.map(([status]) => Number(status)).filter((status) => status >= 400),
  };
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

/** The components that these schemas lead to, in the document's order. */
export function listReachable(document: Document, schemas: Schema[]): string[] {
  const reached = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('$ref' in value && typeof value.$ref === 'string') {
      const name = nameOf(value.$ref);
      if (reached.has(name)) return;
      reached.add(name);
      visit(document.components.schemas[name]);
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  schemas.forEach(visit);
  return Object.keys(document.components.schemas).filter((name) => reached.has(name));
}

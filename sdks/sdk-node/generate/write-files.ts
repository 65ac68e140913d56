// What the two generated files hold: `schemas.ts` has the objects of the API, `operations.ts` its calls, as a table for
// the client at work and as types for those who call it.
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Document, Operation, Schema } from './openapi-document.ts';
import { jsonSchema, listOperations, listReachable, nameOf } from './openapi-document.ts';
import { declare, documentation, parameterType, queryFieldsOf, typeOf } from './write-types.ts';

const FIRST_LINE =
  '// Generated from openapi.json by `npm run generate -w sdks/sdk-node`; changes made here are lost.\n';

const capitalized = (text: string) => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;

export function generateFiles(document: Document): Record<string, string> {
  const operations = listOperations(document);
  return {
    'schemas.ts': formatted(makeSchemas(document, operations)),
    'operations.ts': formatted(makeOperations(operations)),
  };
}

function makeSchemas(document: Document, operations: Operation[]): string {
  const events = Object.entries(document.webhooks).map(([type, { post }]) => ({
    type,
    words: post.summary,
    object: objectOfEvent(jsonSchema(post.requestBody), document),
  }));
  const sent = listReachable(
    document,
    operations.flatMap(({ body }) => body ?? []),
  );
  const received = listReachable(document, [
    ...operations.map(({ answer }) => answer),
    ...events.map(({ object }) => object),
    { $ref: '#/components/schemas/WebhookEvent' },
  ]);
  const both = sent.filter((name) => received.includes(name));
  if (both.length > 0) throw new Error(`Sent and received, so neither exact nor open: ${both.join(', ')}`);
  const declarations = Object.entries(document.components.schemas).flatMap(([name, schema]) => {
    if (schema.properties?.['data'] !== undefined) return declareEvent(name, schema);
    if (sent.includes(name)) return declare(name, schema, 'sent');
    return received.includes(name) ? declare(name, schema, 'received') : [];
  });
  const objects = events
    .map(
      ({ type, words, object }) =>
        `${documentation(words, '  ')}  '${type}': ${typeOf(object, 'received')};\n`,
    )
    .join('');
  const event_map = `/** What \`data.object\` of each type of event is. */\nexport interface EventObjects {\n${objects}}\n`;
  return [FIRST_LINE, ...declarations, event_map, UNKNOWN_TYPE].join('\n');
}

/**
 * An event is told apart by its type. One of a type that is not known yet is an event all the same.
 */
function declareEvent(name: string, schema: Schema): string {
  const { type: _, data: __, ...properties } = schema.properties ?? {};
  return `${declare(`${name}Fields`, { ...schema, properties }, 'received')}
${documentation(`${schema.description} \`switch\` on its type; a type that is not known yet ends in \`default\`.`)}export type ${name} =
  | { [Type in keyof EventObjects]: ${name}Fields & { type: Type; data: { object: EventObjects[Type] } } }[keyof EventObjects]
  | (${name}Fields & { type: UnknownType; data: { object: Record<string, unknown> } });
`;
}

const UNKNOWN_TYPE = `/**
 * The type of an event that this version does not know: any other text. It is written as a pattern, which no known type
 * fits, because TypeScript could not tell the known events apart beside a plain string.
 */
export type UnknownType = \`\${string} of a later version\`;
`;

function objectOfEvent(schema: Schema | null, document: Document): Schema {
  const parts = schema?.allOf?.map((part) =>
    part.$ref === undefined ? part : document.components.schemas[nameOf(part.$ref)],
  );
  const object = parts?.at(-1)?.properties?.['data']?.properties?.['object'];
  if (object === undefined) throw new Error('A webhook of the document does not say what its object is.');
  return object;
}

function makeOperations(operations: Operation[]): string {
  const queries = operations.filter(({ query }) => query.length > 0).map(declareQuery);
  const names = new Set(
    operations.flatMap((operation) => [
      bodyType(operation),
      typeOf(itemOf(operation) ?? operation.answer, 'received'),
    ]),
  );
  const imported = [...names].filter((name) => /^[A-Z]\w*$/.test(name) && name !== 'Uint8Array').sort();
  const rows = operations.map(
    ({ id, method, path, answer, file_types, is_signed, also_answers }) =>
      `  ${id}: { method: '${method}', path: '${path}', is_list: ${answer.type === 'array'}, ` +
      `file_types: ${JSON.stringify(file_types)}, is_signed: ${is_signed}, also_answers: ${JSON.stringify(also_answers)} },\n`,
  );
  return [
    FIRST_LINE,
    `import type {\n${imported.map((name) => `  ${name},\n`).join('')}} from './schemas.ts';\n`,
    ...queries,
    `/** Each call's parameters (of path, query and body in one object) and its answer, by operationId. */\n` +
      `export interface Operations {\n${operations.map(declareOperation).join('')}}\n`,
    `/** How each call travels. */\nexport const OPERATIONS = {\n${rows.join('')}} as const;\n`,
  ].join('\n');
}

function declareQuery({ id, query, words }: Operation): string {
  return `${documentation(words)}export interface ${capitalized(id)}Query {\n${queryFieldsOf(query)}}\n`;
}

function bodyType({ body }: Operation): string {
  return body?.$ref === undefined ? '' : nameOf(body.$ref);
}

function itemOf({ answer }: Operation): Schema | undefined {
  return answer.type === 'array' ? answer.items : undefined;
}

function declareOperation(operation: Operation): string {
  const { id, path_parameters, query, words } = operation;
  const path = path_parameters.map(({ name, schema }) => `${name}: ${parameterType(schema, name)}`);
  const parts = [
    path.length > 0 ? `{ ${path.join('; ')} }` : '',
    query.length > 0 ? `${capitalized(id)}Query` : '',
    bodyType(operation),
  ].filter((part) => part !== '');
  const item = itemOf(operation);
  const answer = item === undefined ? typeOf(operation.answer, 'received') : `${typeOf(item, 'received')}[]`;
  const params = parts.length === 0 ? 'Record<string, never>' : parts.join(' & ');
  return `${documentation(words, '  ')}  ${id}: { params: ${params}; answer: ${answer} };\n`;
}

/** As the rest of the house is formatted, so that the check of the whole tree has nothing to say about it. */
function formatted(text: string): string {
  const packaged = createRequire(import.meta.url).resolve('@biomejs/biome/package.json');
  const biome = join(dirname(packaged), 'bin/biome');
  const args = [biome, 'format', '--stdin-file-path=generated.ts'];
  return execFileSync(process.execPath, args, { input: text, encoding: 'utf8' });
}

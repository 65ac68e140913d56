// The OpenAPI document: that the golden file is what the routes say, that it leaves nothing out, and that a
// generator of clients can read it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ERRORS, type ErrorName } from '../src/domain/error.ts';
import { EVENT_TYPES } from '../src/domain/event.ts';
import {
  type Media,
  makeOpenapiDocument,
  makeShapeCheck,
  type OpenapiDocument,
  openapiText,
  type Reference,
  type Shape,
} from './support/openapi-document.ts';
import { ROOT } from './support/sources.ts';

const { document, routes } = await makeOpenapiDocument();

function listOperations(from: OpenapiDocument) {
  return Object.entries(from.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
}

const operations = listOperations(document);

test('openapi.json is what the routes say', () => {
  const golden = readFileSync(join(ROOT, 'openapi.json'), 'utf8');
  assert.equal(
    golden,
    openapiText(document),
    'openapi.json is out of date: run "npm run golden" and look at it',
  );
});

test('every route of the server is in the document', () => {
  const not_for_clients = [
    'GET /openapi.json',
    'GET /metrics',
    'GET /docs',
    'GET /docs/page.js',
    'GET /docs/page.css',
    'GET /docs/accounting-export.xsd',
    'GET /docs/swagger-ui.css',
    'GET /docs/swagger-ui-bundle.js',
  ];
  assert.deepEqual([...operations.map(({ name }) => name), ...not_for_clients].sort(), [...routes].sort());
});

test('the document is valid OpenAPI 3.1', async () => {
  assert.equal(document.openapi, '3.1.0');
  const { valid, errors } = await new Validator().validate(
    structuredClone(document) as unknown as object as never,
  );
  assert.ok(valid, JSON.stringify(errors));
});

test('every operation says what it does, under a name of its own and a tag that is explained', () => {
  const ids = new Set<string>();
  const tags = new Set(document.tags.map((tag) => tag.name));
  for (const { name, operation } of operations) {
    const { operationId = '', summary = '' } = operation;
    assert.match(operationId, /^[a-z][A-Za-z]+$/, name);
    assert.ok(!ids.has(operationId), `${operationId} is there twice`);
    ids.add(operationId);
    assert.ok(summary.length >= 5, name);
    assert.ok(operation.tags?.length === 1 && tags.has(operation.tags[0] ?? ''), name);
    for (const [status, response] of Object.entries(operation.responses)) {
      assert.notEqual(resolve(response).description, 'Default Response', `${name} ${status} says nothing`);
    }
  }
});

test('every operation of the API lists its refusals, all in one shape and in both media types', () => {
  for (const { name, operation } of operations.filter((one) => one.name.includes('/v1/'))) {
    const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const statuses = refusals.map(([status]) => Number(status));
    for (const status of [500, 503]) assert.ok(statuses.includes(status), `${name} does not list ${status}`);
    if (operation.security !== undefined) {
      for (const status of [401, 429])
        assert.ok(statuses.includes(status), `${name} does not list ${status}`);
    }
    // Providers' bytes are read whatever they call themselves.
    if (operation.requestBody !== undefined && !name.includes('/v1/webhooks/')) {
      for (const status of [400, 413, 415])
        assert.ok(statuses.includes(status), `${name} does not list ${status}`);
    }
    for (const [status, response] of refusals) {
      const { content = {} } = resolve(response);
      assert.deepEqual(Object.keys(content), ['application/json', 'application/problem+json'], name);
      assert.deepEqual(content['application/json']?.schema, { $ref: '#/components/schemas/Error' });
      assert.deepEqual(content['application/problem+json']?.schema, { $ref: '#/components/schemas/Problem' });
      for (const { examples = {} } of Object.values(content)) {
        const shown = Object.keys(examples);
        assert.ok(shown.length > 0, `${name} shows no ${status}`);
        for (const one of shown) assert.equal(ERRORS[one as ErrorName]?.status, Number(status), one);
      }
    }
  }
});

test('every name in the table of errors has a body in both forms, and each but those of the server is listed', () => {
  const { examples } = document.components;
  const names = Object.keys(ERRORS);
  assert.deepEqual(
    Object.keys(examples).sort(),
    names.flatMap((name) => [`refusal_${name}`, `problem_${name}`]).sort(),
  );
  const text = JSON.stringify(document.components.responses);
  // What is no readable request reaches no operation.
  const of_the_server = ['request_timeout', 'headers_too_large'];
  assert.deepEqual(
    names.filter((name) => !text.includes(`examples/refusal_${name}"`)),
    of_the_server,
  );
});

test('whatever changes something by a proven caller takes an Idempotency-Key', () => {
  for (const { name, operation } of operations) {
    const takes =
      operation.parameters?.some((one) => one.in === 'header' && one.name === 'Idempotency-Key') ?? false;
    assert.equal(takes, /^(POST|PUT|PATCH|DELETE)/.test(name) && operation.security !== undefined, name);
  }
});

test('every answer says which headers it has', () => {
  const limits = [
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
    'RateLimit',
    'RateLimit-Policy',
  ];
  for (const { name, operation } of operations) {
    const takes = (parameter: string) => operation.parameters?.some((one) => one.name === parameter) ?? false;
    for (const [status, response] of Object.entries(operation.responses)) {
      const headers = Object.keys(resolve(response).headers ?? {});
      const has = (header: string) => headers.includes(header);
      assert.ok(has('X-Request-Id'), `${name} ${status}`);
      for (const limit of limits)
        assert.equal(has(limit), operation.security !== undefined, `${name} ${status}`);
      assert.equal(has('Link'), takes('limit') && status === '200', `${name} ${status}`);
      if (['429', '503'].includes(status) && name.includes('/v1/')) assert.ok(has('Retry-After'), name);
      if (Number(status) < 300) assert.equal(has('Idempotency-Replayed'), takes('Idempotency-Key'), name);
    }
  }
});

test('every parameter is described', () => {
  const silent = operations.flatMap(({ name, operation }) =>
    (operation.parameters ?? []).filter((one) => !one.description).map((one) => `${name}: ${one.name}`),
  );
  assert.deepEqual(silent, []);
});

test('every type of event is a webhook, with the object that it tells of', () => {
  assert.deepEqual(Object.keys(document.webhooks), [...EVENT_TYPES]);
  for (const [type, { post }] of Object.entries(document.webhooks)) {
    const { example } = post?.requestBody?.content['application/json'] ?? {};
    assert.equal((example as { type: string }).type, type);
    assert.ok((post?.summary ?? '').length > 5, type);
  }
});

const violations = makeShapeCheck(document);

function listExamples({ example, examples }: Media): unknown[] {
  if (example !== undefined) return [example];
  return Object.values(examples ?? {}).map((one) => resolve(one).value);
}

test('every body is shown by an example, which its own shape accepts', () => {
  let count = 0;
  const all = [...operations, ...listOperations({ ...document, paths: document.webhooks })];
  for (const { name, operation } of all) {
    const bodies: [string, Record<string, Media>][] = [
      ['request', operation.requestBody?.content ?? {}],
      ...Object.entries(operation.responses).map(([status, response]): [string, Record<string, Media>] => [
        status,
        resolve(response).content ?? {},
      ]),
    ];
    for (const [what, content] of bodies) {
      for (const [type, media] of Object.entries(content)) {
        const shown = listExamples(media);
        assert.ok(shown.length > 0, `${name} ${what} ${type} shows no example`);
        for (const example of shown) {
          count += 1;
          const wrong = violations(media.schema ?? {}, example);
          assert.equal(wrong, '', `${name} ${what} ${type}: ${JSON.stringify(example)}`);
          const unknown = undescribed(media.schema ?? {}, example);
          assert.deepEqual(unknown, [], `${name} ${what} ${type} shows fields that the shape does not know`);
        }
      }
    }
  }
  assert.ok(count > 500, 'the examples were found');
});

/** Fields of an example that its shape does not name: shapes of answers let them pass, a reader would wonder. */
function undescribed(schema: Shape, value: unknown): string[] {
  const shape: Shape = resolve(schema);
  if (Array.isArray(value)) return value.flatMap((one) => undescribed(shape.items ?? {}, one));
  if (typeof value !== 'object' || value === null || shape.properties === undefined) return [];
  const known = shape.properties;
  return Object.entries(value).flatMap(([name, field]) =>
    known[name] === undefined ? [name] : undescribed(known[name], field),
  );
}

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
  assert.ok(references.length > 500);
  for (const to of new Set(references)) assert.ok(lookUp(to) !== undefined, to);
});

/** What a reference leads to; anything else is itself. */
function resolve<T extends object>(value: T | Reference): T {
  return '$ref' in value ? (lookUp(value.$ref) as T) : value;
}

function lookUp(reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], document);
}

// The OpenAPI document: that the golden file is what the routes say, that it leaves nothing out, and that a
// generator of clients can read it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Schema from 'typebox/schema';
import { makeOpenapiDocument, type OpenapiDocument, openapiText } from './support/openapi-document.ts';
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
      assert.notEqual(response.description, 'Default Response', `${name} ${status} says nothing`);
    }
  }
});

test('every operation of the API lists its refusals, all in one shape', () => {
  for (const { name, operation } of operations.filter((one) => one.name.includes('/v1/'))) {
    const refusals = Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);
    const statuses = refusals.map(([status]) => Number(status));
    assert.ok(statuses.includes(500), `${name} does not say what a fault looks like`);
    if (operation.security !== undefined) {
      for (const status of [401, 429])
        assert.ok(statuses.includes(status), `${name} does not list ${status}`);
    }
    if (operation.requestBody !== undefined) {
      for (const status of [400, 413, 415])
        assert.ok(statuses.includes(status), `${name} does not list ${status}`);
    }
    for (const [status, response] of refusals) {
      const schema = response.content?.['application/json']?.schema;
      assert.deepEqual(schema, { $ref: '#/components/schemas/Error' }, `${name} ${status}`);
    }
  }
});

test('whatever changes something by a proven caller takes an Idempotency-Key', () => {
  for (const { name, operation } of operations) {
    const takes =
      operation.parameters?.some((one) => one.in === 'header' && one.name === 'Idempotency-Key') ?? false;
    assert.equal(takes, /^(POST|PATCH|DELETE)/.test(name) && operation.security !== undefined, name);
  }
});

test('every example is one that its own shape accepts', () => {
  let count = 0;
  for (const { name, operation } of operations) {
    const media = operation.requestBody?.content['application/json'];
    const shape = /[^/]+$/.exec((media?.schema as { $ref?: string })?.$ref ?? '')?.[0] ?? '';
    const listed = Object.values(media?.examples ?? {}).map(({ value }) => value);
    for (const example of media?.example === undefined ? listed : [media.example]) {
      count += 1;
      const schema = document.components.schemas[shape] as object;
      assert.ok(Schema.Check(schema, example), `${name}: ${JSON.stringify(example)}`);
    }
  }
  assert.ok(count >= 5, 'the examples were found');
});

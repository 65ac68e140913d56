// The client against openapi.json: what is generated is what the document gives, and every operation has one method.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LEFT_OUT, listOperations, readDocument, type Schema } from '../generate/openapi-document.ts';
import { generateFiles } from '../generate/write-files.ts';
import type { PaymentGateway } from '../src/mpac-pgw.ts';
import { makeScript } from './scripted-transport.ts';

const document = readDocument();
const operations = listOperations(document);

test('the generated files are what openapi.json gives', () => {
  for (const [name, text] of Object.entries(generateFiles(document))) {
    const kept = readFileSync(new URL(`../../src/generated/${name}`, import.meta.url), 'utf8');
    assert.equal(kept, text, `run: npm run generate -w sdks/sdk-node (${name})`);
  }
});

test('what is left out is in the document', () => {
  const ids = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  assert.deepEqual(
    LEFT_OUT.filter((id) => !ids.includes(id)),
    [],
  );
  assert.equal(operations.length, ids.length - LEFT_OUT.length);
});

type Method = (...args: unknown[]) => PromiseLike<unknown>;

/** Every public method of the client and its groups that stands for an operation, called with an id where it takes one. */
function listCalls(pgw: PaymentGateway): (() => PromiseLike<unknown>)[] {
  const groups = Object.values(pgw).filter((group) => group !== pgw.webhooks) as object[];
  return [pgw, ...groups].flatMap((object) =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(object))
      .filter((name) => name !== 'constructor' && !(object === pgw && ['call', 'list'].includes(name)))
      .map((name) => () => {
        const method = (object as Record<string, Method>)[name] as Method;
        const second = name.endsWith('Delivery') ? 7 : { content: new Uint8Array(1) };
        return method.apply(object, /^(async )?\w+\(id\b/.test(String(method)) ? ['x_1', second] : [{}]);
      }),
  );
}

test('every operation has one method, and every method its operation', async () => {
  const asked: string[] = [];
  const pgw = makeScript([], 0).makeGateway({
    fetch: async (url, { method }) => {
      asked.push(`${method} ${new URL(url).pathname}`);
      return Response.json(null);
    },
  });
  for (const call of listCalls(pgw)) {
    await call().then(undefined, () => undefined);
  }
  const expected = operations.map(
    ({ method, path }) => `${method} ${path.replace('{id}', 'x_1').replace('{sequence}', '7')}`,
  );
  assert.deepEqual(asked.sort(), expected.sort());
});

test('a list can be walked over exactly where the answer is a list', async () => {
  for (const { id, answer } of operations.filter(({ file_types }) => file_types.length === 0)) {
    const body = answer.type === 'array' ? '[]' : '{}';
    const pgw = makeScript([{ body }], 0).makeGateway({});
    const params = { id: 'x_1', sequence: 1 } as never;
    assert.deepEqual(await pgw.call(id as never, params), JSON.parse(body));
    const list = makeScript([{ body }], 0)
      .makeGateway({})
      .list(id as never, params);
    const ended = await list.then(
      (page) => page.data,
      () => 'no list',
    );
    assert.deepEqual(ended, answer.type === 'array' ? [] : 'no list', id);
  }
});

test('a parameter has one place: the path, the query, or the body', () => {
  const fieldsOf = (body: Schema | null) => {
    const schema =
      body?.$ref === undefined ? body : document.components.schemas[body.$ref.split('/').at(-1) ?? ''];
    return Object.keys(schema?.properties ?? {});
  };
  for (const { id, method, body, path_parameters, query } of operations) {
    const names = [
      ...path_parameters.map(({ name }) => name),
      ...query.map(({ name }) => name),
      ...fieldsOf(body),
    ];
    assert.equal(new Set(names).size, names.length, id);
    if (['POST', 'PUT', 'PATCH'].includes(method)) assert.equal(query.length, 0, id);
    else assert.equal(body, null, id);
  }
});

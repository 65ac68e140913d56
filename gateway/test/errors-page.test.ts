// docs/errors.md and the table of refusals say the same, both ways.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ERRORS, GatewayError } from '../src/domain/error.ts';
import { errorAnswer } from '../src/http/errors.ts';
import { ROOT } from './support/sources.ts';

const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');

test('the page lists every refusal with its status and both codes, and no other', () => {
  const listed = [...page.matchAll(/^\| (\d{3}) \| `(\w+)` \| `(\w+)` \| (.{10,}) \|$/gm)];
  const rows = listed.map(([, status, code, inner]) => `${status} ${code} ${inner}`);
  const table = Object.values(ERRORS).map(({ status, code, inner }) => `${status} ${code} ${inner}`);
  assert.deepEqual([...rows].sort(), [...table].sort());
  assert.equal(new Set(rows).size, rows.length);
});

test('every error.code has a section that says the way out, where its problem type leads', () => {
  const sections = [...page.matchAll(/^## ([a-z_]+)$/gm)].map(([, name]) => name);
  const inner = [...new Set(Object.values(ERRORS).map((error) => error.inner))];
  assert.deepEqual([...sections].sort(), [...inner].sort());
  const request = { id: 'req_1', url: '/v1/x?y', headers: { accept: 'application/problem+json' } };
  const { body } = errorAnswer(new GatewayError('payment_not_found', 'None.'), request);
  assert.match((JSON.parse(body) as { type: string }).type, /errors#payment_not_found$/);
});

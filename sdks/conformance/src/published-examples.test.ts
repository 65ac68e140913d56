// The published examples stay as they were published: not a letter of them may be changed to suit an SDK. White space may,
// because the guides' own was lost where they were printed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONFORMANCE_FOLDER } from './cases.ts';

const FOLDER = join(CONFORMANCE_FOLDER, 'published-examples');

/** Of what stands between "From here on letter by letter" and "To here", without white space. */
const PUBLISHED: Record<string, string> = {
  'integration-guide/confirm-payment.js': 'de3d966d0f044ba1',
  'integration-guide/create-payment-intent.go': '52f2c9cfa894a4e9',
  'integration-guide/create_payment_intent.py': 'a5ae5f19a4b9b998',
  'integration-guide/sync-merchants.go': 'b0b99ef0423e4bac',
  'payment-intent-guide/calculate-signature.cts': 'eddf3636044dc736',
  'payment-intent-guide/create-payment-intent.go': 'c2d32ffb05ac5fa3',
  'payment-intent-guide/create-payment-intent.ts': '586b3bb4f833abb8',
  'payment-intent-guide/create_payment_intent.py': '0e87b0c6f782acd4',
};

/** What is the guide's, in all its pieces. */
function readPublished(path: string): string {
  const text = readFileSync(join(FOLDER, path), 'utf8');
  const pieces = [...text.matchAll(/from here on letter by letter\.\n(.*?)(?=\s*(?:\/\/|#) To here|$)/gis)];
  return pieces
    .map(([, piece = '']) => piece)
    .join('')
    .replaceAll(/\s+/g, '');
}

test('the published examples are letter by letter those of the guides', () => {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.\w+$/.test(path))
    .sort();
  const found = paths.map((path) => [
    path,
    createHash('sha256').update(readPublished(path)).digest('hex').slice(0, 16),
  ]);
  assert.deepEqual(Object.fromEntries(found), PUBLISHED);
});

test('an address or a key that is put in stands in each example', () => {
  for (const path of Object.keys(PUBLISHED)) {
    const text = readFileSync(join(FOLDER, path), 'utf8');
    assert.match(text, /https:\/\/(pgw\.example\.com|api\.pgw\.mpac-cloud\.com)|pk_test_xxx/, path);
  }
});

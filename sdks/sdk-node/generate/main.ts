// What `npm run generate -w sdks/sdk-node` runs: writes src/generated from openapi.json.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readDocument } from './openapi-document.ts';
import { generateFiles } from './write-files.ts';

// From sdks/sdk-node/dist/generate, where this file runs, to the sources.
const FOLDER = new URL('../../src/generated/', import.meta.url);

for (const [name, text] of Object.entries(generateFiles(readDocument()))) {
  await writeFile(fileURLToPath(new URL(name, FOLDER)), text);
}
console.log('Wrote sdks/sdk-node/src/generated.');

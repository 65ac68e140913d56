// What `npm run golden` runs: writes the two files that tests hold, openapi.json and gateway/schema.sql. Look at
// what has changed in them before you commit it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../src/db/embedded.ts';
import { migrate } from '../src/db/migrate.ts';
import { makeOpenapiDocument, openapiText } from './support/openapi-document.ts';
import { dumpSchema } from './support/schema-dump.ts';
import { ROOT } from './support/sources.ts';

async function makeSchema(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-golden-'));
  try {
    const postgres = await startEmbeddedPostgres({ dir: join(folder, 'postgres') });
    try {
      await migrate(postgres.url);
      return await dumpSchema(postgres.url);
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { document } = await makeOpenapiDocument();
await writeFile(join(ROOT, 'openapi.json'), openapiText(document));
await writeFile(join(ROOT, 'gateway/schema.sql'), await makeSchema());
console.log('Wrote openapi.json and gateway/schema.sql.');

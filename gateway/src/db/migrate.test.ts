// The migration runner against real databases: what it applies, what it refuses, and what it leaves behind.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createTestDatabase } from '../../test/support/database.ts';
import { MigrationError, migrate, pendingMigrations } from './migrate.ts';

const ONE = { '0001.do.first.sql': 'create table first (id int); insert into first values (1);' };
const TWO = { ...ONE, '0002.do.second.sql': 'create table second (id int);' };

interface Place {
  url: string;
  dir: string;
  client: pg.Client;
  put(files: Record<string, string>): Promise<void>;
}

/** Lends an empty database and a folder for migrations. */
async function withPlace(fn: (place: Place) => Promise<void>): Promise<void> {
  const database = await createTestDatabase('template0');
  // The name holds the signs of a pattern, as a person's folder may.
  const folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-migrate-'));
  const dir = join(folder, '[work] {a,b}*(1)');
  await mkdir(dir);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const put = async (files: Record<string, string>) => {
    for (const [name, sql] of Object.entries(files)) await writeFile(join(dir, name), sql);
  };
  try {
    await fn({ url: database.url, dir, client, put });
  } finally {
    await client.end();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

test('migrations are applied once, in order, and only those that are missing', async () => {
  await withPlace(async ({ url, dir, client, put }) => {
    await put(ONE);
    assert.deepEqual(await pendingMigrations(client, dir), ['0001.do.first.sql']);
    assert.deepEqual(await migrate(url, dir), { applied: ['0001.do.first.sql'], version: 1 });
    await put({ ...TWO, '0010.do.tenth.sql': 'alter table second add name text;' });
    const applied = ['0002.do.second.sql', '0010.do.tenth.sql'];
    assert.deepEqual(await migrate(url, dir), { applied, version: 10 });
    assert.deepEqual(await migrate(url, dir), { applied: [], version: 10 });
    assert.deepEqual((await client.query('select id from first')).rows, [{ id: 1 }]);
  });
});

test('several processes may migrate the same database at once', async () => {
  await withPlace(async ({ url, dir, put }) => {
    await put(TWO);
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(url, dir)));
    assert.deepEqual(results.map((result) => result.applied.length).sort(), [0, 0, 0, 2]);
    assert.ok(results.every((result) => result.version === 2));
  });
});

test('a migration that fails half-way leaves nothing behind, and those before it stay', async () => {
  await withPlace(async ({ url, dir, client, put }) => {
    await put({ ...ONE, '0002.do.broken.sql': 'create table half (id int); select 1 / 0;' });
    await assert.rejects(migrate(url, dir), (error: unknown) => {
      assert.ok(error instanceof MigrationError);
      assert.equal(error.message, 'Migration 0002.do.broken.sql failed and was undone: division by zero.');
      return true;
    });
    const { rows } = await client.query("select to_regclass('first') as first, to_regclass('half') as half");
    assert.deepEqual(rows, [{ first: 'first', half: null }]);
    await put({ '0002.do.broken.sql': 'create table half (id int);' });
    assert.deepEqual(await migrate(url, dir), { applied: ['0002.do.broken.sql'], version: 2 });
  });
});

test('a database that is newer than the program is refused', async () => {
  await withPlace(async ({ url, dir, put }) => {
    await put(TWO);
    await migrate(url, dir);
    await rm(join(dir, '0002.do.second.sql'));
    await assert.rejects(migrate(url, dir), /is at version 2, but this mpac-pgw knows only versions up to 1/);
  });
});

test('a migration that was edited after it was applied is refused', async () => {
  await withPlace(async ({ url, dir, put }) => {
    await put(TWO);
    await migrate(url, dir);
    await put({ '0001.do.first.sql': 'create table first (id bigint);' });
    await assert.rejects(migrate(url, dir), /Migration 1 was changed after this database had applied it/);
    await put({ '0001.do.first.sql': ONE['0001.do.first.sql'].replace('; ', ';\r\n') });
    await assert.rejects(migrate(url, dir), /Migration 1 was changed/);
  });
});

test('line ends that a checkout turned over are not a change', async () => {
  await withPlace(async ({ url, dir, put }) => {
    await put({ '0001.do.lines.sql': 'create table a (id int);\ncreate table b (id int);\n' });
    await migrate(url, dir);
    await put({ '0001.do.lines.sql': 'create table a (id int);\r\ncreate table b (id int);\r\n' });
    assert.deepEqual(await migrate(url, dir), { applied: [], version: 1 });
  });
});

test('a file whose name the runner would pass over is refused', async () => {
  await withPlace(async ({ url, dir, put }) => {
    await put({ ...ONE, '0002_second.sql': 'create table second (id int);' });
    await assert.rejects(migrate(url, dir), /0002_second\.sql is not named like/);
  });
});

test('the database that every test gets lacks none of the own migrations', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    assert.deepEqual(await pendingMigrations(client), []);
    const own = await readdir(fileURLToPath(new URL('../../../migrations', import.meta.url)));
    const result = await migrate(database.url);
    assert.deepEqual(result.applied, []);
    assert.equal(result.version, Math.max(...own.map((name) => Number.parseInt(name, 10))));
  } finally {
    await client.end();
    await database.drop();
  }
});

test('two test databases hold nothing of each other', async () => {
  const databases = await Promise.all([1, 2, 3, 4].map(() => createTestDatabase()));
  assert.equal(new Set(databases.map((database) => database.url)).size, databases.length);
  await Promise.all(databases.map((database) => database.drop()));
  const client = new pg.Client({ connectionString: databases[0]?.url });
  await assert.rejects(client.connect(), /does not exist/);
});

// Brings a database to the newest schema: the numbered files of migrations/, forward only, each in one
// transaction together with the note that it ran. Several processes may do this at once.
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import Postgrator from 'postgrator';

export class MigrationError extends Error {
  constructor(message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'MigrationError';
  }
}

// From dist/src/db, where this file runs, to the package's own folder.
const MIGRATIONS_DIR = fileURLToPath(new URL('../../../migrations', import.meta.url));
const VERSION_TABLE = 'schema_version';
// The number is ours alone; it makes processes that migrate the same database queue up.
const MIGRATION_LOCK = 5_827_160_342;
const UNDEFINED_TABLE = '42P01';

/** Applies what is missing and returns the applied files' names and the version that the database has now. */
export async function migrate(
  connection_string: string,
  dir = MIGRATIONS_DIR,
): Promise<{ applied: string[]; version: number }> {
  const client = new pg.Client({ connectionString: connection_string, application_name: 'mpac-pgw migrate' });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await migrateUnderLock(client, dir);
  } finally {
    // The end of the connection gives the lock back.
    await client.end();
  }
}

async function migrateUnderLock(
  client: pg.Client,
  dir: string,
): Promise<{ applied: string[]; version: number }> {
  const postgrator = new Postgrator({
    driver: 'pg',
    migrationPattern: join(escapeGlob(dir), '*.sql'),
    schemaTable: VERSION_TABLE,
    // A checkout that turned line ends into CRLF holds the same migrations.
    newline: 'LF',
    execQuery: (query) => client.query(query),
  });
  const files = await listMigrations(dir);
  const newest = files.at(-1)?.version ?? 0;
  let version = await postgrator.getDatabaseVersion();
  if (version > newest) {
    throw new MigrationError(
      `The database is at version ${version}, but this mpac-pgw knows only versions up to ${newest}: ` +
        'start the newer mpac-pgw that migrated it, or restore a backup from before.',
    );
  }
  const applied: string[] = [];
  // Also the newest version is passed through once more: this checks that no applied file was changed.
  for (const file of files.filter((each) => each.version > version || each.version === newest)) {
    await client.query('begin');
    try {
      const done = await postgrator.migrate(String(file.version));
      await client.query('commit');
      applied.push(...done.map((migration) => basename(migration.filename)));
      version = file.version;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw new MigrationError(explain(error, file.name), { cause: error });
    }
  }
  return { applied, version };
}

function explain(error: unknown, name: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  const changed = /checksum failed for migration \[(\d+)\]/.exec(reason)?.[1];
  if (changed !== undefined) {
    return `Migration ${changed} was changed after this database had applied it: restore the file and add a new one.`;
  }
  return `Migration ${name} failed and was undone: ${reason}.`;
}

/** Lists the migrations in the order in which they are applied. */
async function listMigrations(dir: string): Promise<{ version: number; name: string }[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql'));
  const migrations = names.map((name) => {
    // A file that the runner would silently pass over is a mistake in its name.
    const number = /^(\d{4})\.do\.[a-z0-9-]+\.sql$/.exec(name)?.[1];
    if (number === undefined)
      throw new MigrationError(`${join(dir, name)} is not named like 0001.do.what-it-does.sql.`);
    return { version: Number(number), name };
  });
  return migrations.sort((a, b) => a.version - b.version);
}

/** The runner takes a pattern; a folder whose own name holds a pattern's signs must still be found. */
function escapeGlob(path: string): string {
  return path.replace(/[?*()[\]{}!+@]/g, '\\$&');
}

/** Whatever can run a named query: a pool or a client. */
export interface Queryable {
  query(query: { name: string; text: string }): Promise<{ rows: unknown[] }>;
}

// A running gateway's files do not change; the readiness check must not read the disk every second.
const known = new Map<string, { version: number; name: string }[]>();

/** Lists the migrations that the database still lacks. One small query, for the readiness check. */
export async function pendingMigrations(db: Queryable, dir = MIGRATIONS_DIR): Promise<string[]> {
  const files = known.get(dir) ?? (await listMigrations(dir));
  known.set(dir, files);
  const version = await findVersion(db);
  return files.filter((file) => file.version > version).map((file) => file.name);
}

async function findVersion(db: Queryable): Promise<number> {
  try {
    const { rows } = await db.query({
      name: 'find_schema_version',
      text: `select coalesce(max(version), 0)::int as version from ${VERSION_TABLE}`,
    });
    return (rows[0] as { version: number }).version;
  } catch (error) {
    // No table: nothing was ever applied.
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return 0;
    throw error;
  }
}

// Lends every test a database of its own: a copy of the migrated template that test/run.ts prepared, made in
// milliseconds. Copies are made one at a time, because PostgreSQL refuses to copy a template in use.
import { randomBytes } from 'node:crypto';
import pg from 'pg';

export const TEMPLATE_DATABASE = 'mpac_test_template';
// The number is the tests' alone; it is taken in the admin database around every copy.
const TEMPLATE_LOCK = 5_827_160_343;

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Creates a database with the gateway's schema; `template0` gives an empty one. End all pools, then drop it. */
export async function createTestDatabase(template: string = TEMPLATE_DATABASE): Promise<TestDatabase> {
  const admin_url = getAdminUrl();
  const name = `mpac_test_${randomBytes(8).toString('hex')}`;
  try {
    await withTemplateLock(admin_url, async (admin) => {
      await admin.query(`create database ${name} template ${template}`);
    });
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === '3D000') throw new Error(RUN_THROUGH_NPM);
    throw error;
  }
  return {
    url: makeDatabaseUrl(admin_url, name),
    drop: () =>
      withAdmin(admin_url, async (admin) => {
        await admin.query(`drop database if exists ${name} with (force)`);
      }),
  };
}

const RUN_THROUGH_NPM =
  'This test needs the database that the test runner prepares: run it through `npm test -- <part of its path>`.';

/** The URL under which databases can be created, as the runner hands it down. */
export function getAdminUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (url === undefined || url === '') throw new Error(RUN_THROUGH_NPM);
  return url;
}

/** The same server and account, another database. Text, because a socket's URL has no host that URL accepts. */
export function makeDatabaseUrl(url: string, database: string): string {
  const [, server, query = ''] = /^([a-z]+:\/\/[^/?]*)[^?]*(\?.*)?$/.exec(url) ?? [];
  if (server === undefined) throw new Error('TEST_DATABASE_URL is not a postgres:// URL.');
  return `${server}/${database}${query}`;
}

/** Lends a connection to the admin database that holds the lock on the template. */
export async function withTemplateLock(
  admin_url: string,
  fn: (admin: pg.Client) => Promise<void>,
): Promise<void> {
  await withAdmin(admin_url, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    await fn(admin);
  });
}

async function withAdmin(admin_url: string, fn: (admin: pg.Client) => Promise<void>): Promise<void> {
  const admin = new pg.Client({ connectionString: admin_url });
  await admin.connect();
  try {
    await fn(admin);
  } finally {
    // The end of the connection gives the lock back.
    await admin.end();
  }
}

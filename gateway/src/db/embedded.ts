// The built-in database: a real PostgreSQL as our child, for people who have no server of their own. It
// promises that one gateway owns a folder, that a crash of either side is repaired by the next start, and
// that nothing but a socket in a private folder leads to it.
import { readFile, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { chooseAccount } from './embedded-account.ts';
import { getPostgresBinaries } from './embedded-binaries.ts';
import {
  createCluster,
  createFolder,
  createSocketDir,
  DATABASE_NAME,
  findOrCreatePassword,
  hasCluster,
  makeClusterPaths,
  rotateLog,
  sweepUnfinished,
} from './embedded-cluster.ts';
import { EmbeddedPostgresError, errorCode } from './embedded-error.ts';
import {
  clearDeadPostmaster,
  findPostmaster,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
  waitUntilReady,
} from './embedded-process.ts';

export interface EmbeddedPostgresOptions {
  /** Holds everything: data/, password, run/, postgres.log. */
  dir: string;
  log?: (line: string) => void;
  /** PostgreSQL settings on top of ours; durability and the address cannot be changed. */
  settings?: Record<string, string>;
  /** The folder of the platform's npm package, when it is not to be looked up. */
  package_dir?: string;
}

export interface EmbeddedPostgres {
  url: string;
  how: 'created' | 'started' | 'attached';
  /** Stops the database, also one that was attached to. */
  stop(): Promise<void>;
}

// A small machine's values. Errors are logged without the statement and the offending row, which may be private.
const SETTINGS = {
  shared_buffers: '128MB',
  max_connections: '100',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  cluster_name: 'mpac-pgw',
  jit: 'off',
};

// Money is never acknowledged before it is on disk, and no network address ever leads here.
const FIXED_SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
};

// The number is ours alone; it marks the gateway that owns this database.
const OWNER_LOCK = 5_827_160_341;
const OWNER_LOCK_TAKEN = '55P03';

class OwnedByAnotherError extends EmbeddedPostgresError {}

/** Starts the built-in PostgreSQL, creating it first or attaching to it as needed. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await startOrAttach(options);
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(
      `The built-in PostgreSQL in ${options.dir} could not be started: ${reason}.`,
      { cause: error },
    );
  }
}

/**
 * The URL of the database that runs in this folder now, for a process that wants to use it beside its owner.
 * Null when none runs. Nothing is started, and nothing is promised about how long it goes on running.
 */
export async function findRunningPostgres(dir: string): Promise<string | null> {
  const paths = makeClusterPaths(resolve(dir));
  const postmaster = await findPostmaster(paths.data_dir);
  if (!postmaster?.ready) return null;
  try {
    const password = (await readFile(paths.password_file, 'utf8')).trim();
    return makeUrl(postmaster, password, DATABASE_NAME);
  } catch (error) {
    throw new EmbeddedPostgresError(
      `The database in ${paths.dir} runs, but its password cannot be read (${errorCode(error)}): ` +
        'run this as the user who started it.',
      { cause: error },
    );
  }
}

const MOST_TRIES = 10;

async function startOrAttach(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => {});
  const paths = makeClusterPaths(resolve(options.dir));
  await createFolder(paths.dir);
  const binaries = await getPostgresBinaries(options.package_dir);
  const { account, major } = await chooseAccount(paths.dir, paths.data_dir, binaries);
  const is_new = !(await hasCluster(paths, major));
  const password = await findOrCreatePassword(paths, account, is_new);
  const created = is_new && (await createCluster(paths, account, binaries, major));
  await rotateLog(paths);

  async function ensureRunning(): Promise<{ postmaster: Postmaster; started: boolean }> {
    if ((await findPostmaster(paths.data_dir)) !== null) {
      const postmaster = await waitUntilReady(paths.data_dir, () => true);
      if (postmaster !== null) return { postmaster, started: false };
    }
    const socket_dir = await createSocketDir(paths, account);
    await clearDeadPostmaster(paths.data_dir, socket_dir);
    const quoted = `"${socket_dir.replaceAll('"', '""')}"`;
    const settings = { ...SETTINGS, ...options.settings, ...FIXED_SETTINGS, unix_socket_directories: quoted };
    return startPostmaster(account, binaries.postgres, paths.data_dir, settings, paths.log_file);
  }

  /**
   * A PostgreSQL that we found may be on its way out, after a kill -9 say, and still look alive; it breaks the
   * connection that we make. Then we look again.
   */
  async function ensureOwned(): Promise<{ postmaster: Postmaster; started: boolean; owner: pg.Client }> {
    for (let tries = 1; ; tries++) {
      const { postmaster, started } = await ensureRunning();
      let owner: pg.Client | null = null;
      try {
        owner = await takeOwnerMark(makeUrl(postmaster, password, 'postgres'), paths.dir);
        await createDatabase(owner);
        await sweepUnfinished(paths);
        return { postmaster, started, owner };
      } catch (error) {
        await owner?.end().catch(() => {});
        const is_anothers = error instanceof OwnedByAnotherError;
        // What we started must not stay behind; only a database that another gateway owns by now is left alone.
        if (started && !is_anothers) await stopPostmaster(postmaster.pid, paths.data_dir);
        if (started || is_anothers || tries === MOST_TRIES) throw error;
        await delay(100);
      }
    }
  }

  const first = await ensureOwned();
  let owner: pg.Client | null = first.owner;
  let stopping: Promise<void> | null = null;
  let recovery: Promise<void> | null = null;
  watchOwner(owner);
  log(`PostgreSQL ${major} runs in ${paths.dir} (process ${first.postmaster.pid})`);

  /** The mark's connection ends only when PostgreSQL died: it is started again and the mark taken again. */
  function watchOwner(client: pg.Client): void {
    client.once('end', () => {
      if (stopping !== null) return;
      owner = null;
      recovery = recover();
    });
  }

  async function recover(): Promise<void> {
    while (stopping === null) {
      try {
        const { postmaster, started } = await ensureRunning();
        owner = await takeOwnerMark(makeUrl(postmaster, password, 'postgres'), paths.dir);
        watchOwner(owner);
        log(`PostgreSQL in ${paths.dir} was ${started ? 'started again after it ended' : 'reached again'}`);
        return;
      } catch (error) {
        log(error instanceof Error ? error.message : String(error));
        await delay(1_000, undefined, { ref: false });
      }
    }
  }

  async function stop(): Promise<void> {
    await recovery;
    // Without the mark the database is no longer ours to stop.
    const postmaster = owner === null ? null : await findPostmaster(paths.data_dir);
    // The mark is held until PostgreSQL has ended, so that nobody attaches to a database on its way out.
    if (postmaster !== null) await stopPostmaster(postmaster.pid, paths.data_dir);
    await owner?.end().catch(() => {});
    // It may lie in the system's folder for temporary files, where nobody else would tidy up after us.
    if (postmaster !== null) await rmdir(postmaster.socket_dir).catch(() => {});
    log(`PostgreSQL in ${paths.dir} is stopped`);
  }

  return {
    url: makeUrl(first.postmaster, password, DATABASE_NAME),
    how: created ? 'created' : first.started ? 'started' : 'attached',
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** A URL that names everything, so that no PG… variable of the environment can lead a client elsewhere. */
function makeUrl({ socket_dir, port }: Postmaster, password: string, database: string): string {
  const query = new URLSearchParams({ host: socket_dir, port, sslmode: 'disable' });
  // A plus sign means a space only in forms; in a path it would be read as itself by some clients.
  return `postgres://${DATABASE_NAME}:${password}@/${database}?${query.toString().replaceAll('+', '%20')}`;
}

/**
 * Marks this process as the owner by a lock that lives as long as its connection: a kill -9 gives it back by
 * itself. The short wait is for the server to notice that a killed owner is gone.
 */
async function takeOwnerMark(url: string, dir: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `mpac-pgw owner (process ${process.pid})`,
    connectionTimeoutMillis: 10_000,
  });
  // The connection's end is what counts and is watched; the error beside it says nothing more.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query("set lock_timeout = '2s'; set idle_session_timeout = 0");
    await client.query('select pg_advisory_lock($1)', [OWNER_LOCK]);
    return client;
  } catch (error) {
    const taken = error instanceof pg.DatabaseError && error.code === OWNER_LOCK_TAKEN;
    const holder = taken ? await findOwner(client) : null;
    await client.end().catch(() => {});
    if (taken) {
      throw new OwnedByAnotherError(
        `Another mpac-pgw is already running on ${dir} (${holder ?? 'its process is not known'}): ` +
          'stop it first, or give this one a folder of its own.',
      );
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new EmbeddedPostgresError(`PostgreSQL in ${dir} runs but does not let us in: ${reason}.`, {
      cause: error,
    });
  }
}

async function findOwner(client: pg.Client): Promise<string | null> {
  const { rows } = await client.query<{ application_name: string }>(
    `select application_name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and granted and (classid::bigint << 32) + objid::bigint = $1`,
    [OWNER_LOCK],
  );
  return rows[0]?.application_name ?? null;
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE_NAME]);
  if (rowCount === 0) await client.query(`create database ${DATABASE_NAME}`);
}

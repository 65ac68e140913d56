// What lies in the folder of the built-in database: the cluster in data/, its password, the socket's folder
// and the log. Each is made whole or not at all, so that a kill in the middle leaves nothing half-made.
import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Account, runAs } from './embedded-account.ts';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { EmbeddedPostgresError, errorCode, OWN_SERVER } from './embedded-error.ts';

/** The superuser, and the name of the gateway's database. */
export const DATABASE_NAME = 'mpac_pgw';

const LOG_KEPT_BYTES = 16 * 1024 * 1024;
// The system allows 107 bytes for a socket's path; the file name needs some of them.
const SOCKET_DIR_BYTES = 80;

export interface ClusterPaths {
  dir: string;
  data_dir: string;
  password_file: string;
  log_file: string;
}

export function makeClusterPaths(dir: string): ClusterPaths {
  return {
    dir,
    data_dir: join(dir, 'data'),
    password_file: join(dir, 'password'),
    log_file: join(dir, 'postgres.log'),
  };
}

/** Creates the folder. A lent account must be able to pass through it, and to do no more than that. */
export async function createFolder(dir: string): Promise<void> {
  try {
    await makeFolder(dir, process.getuid?.() === 0 ? 0o711 : 0o700);
    const probe = join(dir, `.write-${randomBytes(4).toString('hex')}`);
    await writeFile(probe, '');
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(',')[0] : error;
    throw new EmbeddedPostgresError(
      `The database folder ${dir} cannot be written (${reason}): choose another folder, ${OWN_SERVER}.`,
      { cause: error },
    );
  }
}

/** Node's own recursive mkdir never returns where the system answers ENOENT for good, as below /proc. */
async function makeFolder(dir: string, mode: number): Promise<void> {
  if ((await stat(dir).catch(() => null))?.isDirectory()) return;
  const parent = dirname(dir);
  if (parent !== dir) await makeFolder(parent, mode);
  try {
    await mkdir(dir, { mode });
  } catch (error) {
    const made = errorCode(error) === 'EEXIST' && (await stat(dir)).isDirectory();
    if (!made) throw error;
  }
}

/** True when the folder holds a cluster of this major version; throws when it holds anything else. */
export async function hasCluster({ data_dir }: ClusterPaths, major: string): Promise<boolean> {
  let version: string;
  try {
    version = (await readFile(join(data_dir, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && (await isVacant(data_dir))) return false;
    throw new EmbeddedPostgresError(`${data_dir} cannot be read (${errorCode(error)}).`, { cause: error });
  }
  if (version === major) return true;
  if (/^\d{1,2}$/.test(version)) {
    throw new EmbeddedPostgresError(
      `The database in ${data_dir} was made by PostgreSQL ${version}, and this mpac-pgw brings PostgreSQL ${major}: ` +
        'dump it with the old version and restore it into a new folder.',
    );
  }
  throw new EmbeddedPostgresError(
    `${data_dir} holds no usable PostgreSQL database (its PG_VERSION reads ${JSON.stringify(version.slice(0, 20))}): ` +
      'restore it from a backup or choose another folder.',
  );
}

/** True when nothing is there yet. A cluster appears whole, so that files without a version are a stranger's. */
async function isVacant(data_dir: string): Promise<boolean> {
  const names = await readdir(data_dir).catch(() => []);
  if (names.length === 0) return true;
  throw new EmbeddedPostgresError(
    `${data_dir} holds files that are not a PostgreSQL database (${names[0]}): choose another folder.`,
  );
}

/** Creates the cluster under another name and moves it into place; false when another process was faster. */
export async function createCluster(
  paths: ClusterPaths,
  account: Account,
  binaries: PostgresBinaries,
  major: string,
): Promise<boolean> {
  const { dir, data_dir, password_file } = paths;
  const fresh = `${data_dir}.new-${randomBytes(6).toString('hex')}`;
  await mkdir(fresh, { mode: 0o700 });
  if (account.owner) await chown(fresh, account.owner.uid, account.owner.gid);
  const { code, output } = await runAs(account, binaries.initdb, [
    `--pgdata=${fresh}`,
    `--username=${DATABASE_NAME}`,
    `--pwfile=${password_file}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in C.UTF-8 sorts by code point and knows every letter's case, from PostgreSQL's own tables:
    // the same on every machine, and an upgrade of the system's libraries cannot corrupt an index.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ]);
  let failure =
    code === 0
      ? null
      : output
          .trim()
          .split('\n')
          .findLast((line) => line.includes('error:'));
  if (code !== 0) failure ??= output.trim().split('\n').at(-1) ?? '';
  try {
    if (failure === null) {
      await rename(fresh, data_dir);
      await syncFolder(dir);
      return true;
    }
  } catch (error) {
    failure = `it cannot be moved into place (${errorCode(error)})`;
  }
  await rm(fresh, { recursive: true, force: true });
  if (await hasCluster(paths, major)) return false;
  throw new EmbeddedPostgresError(`PostgreSQL could not create a database in ${data_dir}: ${failure}.`);
}

/** Without this a power cut could undo the renaming after payments were already acknowledged. */
async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  await folder.sync();
  await folder.close();
}

/** The superuser's password, made once. It is the database's own secret, so its account may read it. */
export async function findOrCreatePassword(
  paths: ClusterPaths,
  account: Account,
  is_new: boolean,
): Promise<string> {
  const { dir, password_file } = paths;
  const existing = await readFile(password_file, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw new EmbeddedPostgresError(`${password_file} cannot be read (${errorCode(error)}).`, {
      cause: error,
    });
  });
  if (existing !== null) return existing.trim();
  if (!is_new) {
    throw new EmbeddedPostgresError(
      `The password of the database in ${dir} is missing: put the file ${password_file} back from a backup.`,
    );
  }
  const fresh = `${password_file}.new-${randomBytes(6).toString('hex')}`;
  await writeFile(fresh, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
  if (account.owner) await chown(fresh, account.owner.uid, account.owner.gid);
  try {
    // A link, unlike a renaming, does not replace the password of a process that was faster.
    await link(fresh, password_file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(fresh, { force: true });
  }
  return (await readFile(password_file, 'utf8')).trim();
}

/** Where the socket lies: in the folder, or when its path is too long for a socket, in the system's own. */
export async function createSocketDir(paths: ClusterPaths, account: Account): Promise<string> {
  const name = `mpac-pgw-${createHash('sha256').update(paths.dir).digest('hex').slice(0, 16)}`;
  const candidates = [join(paths.dir, 'run'), join(tmpdir(), name), join('/tmp', name)];
  const folder = candidates.find((path) => Buffer.byteLength(path) <= SOCKET_DIR_BYTES) ?? join('/tmp', name);
  const uid = account.owner?.uid ?? process.getuid?.();
  try {
    await mkdir(folder, { mode: 0o700 });
    if (account.owner) await chown(folder, account.owner.uid, account.owner.gid);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  const found = await lstat(folder);
  // Anybody can create a folder in /tmp. In a stranger's folder a stranger could answer in our database's name.
  if (!found.isDirectory() || found.uid !== uid) {
    throw new EmbeddedPostgresError(
      `${folder} belongs to somebody else (uid ${found.uid}): remove it and start again.`,
    );
  }
  await chmod(folder, 0o700);
  return folder;
}

/** Keeps one older log, so that the log cannot fill the disk over the years. */
export async function rotateLog({ log_file }: ClusterPaths): Promise<void> {
  const size = await stat(log_file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_KEPT_BYTES) await rename(log_file, `${log_file}.1`);
}

/** Removes what a process that was killed while it created the cluster left behind. */
export async function sweepUnfinished({ dir }: ClusterPaths): Promise<void> {
  const unfinished = (await readdir(dir)).filter((name) => /^(data|password)\.new-[0-9a-f]{12}$/.test(name));
  for (const name of unfinished) await rm(join(dir, name), { recursive: true, force: true });
}

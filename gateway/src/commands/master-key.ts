// In development the master key is made once and kept beside the data, readable by its owner only.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeMasterKey } from '../domain/secret-box.ts';
import { StartError } from './start-error.ts';

export async function findOrCreateMasterKey(data_dir: string): Promise<string> {
  const path = join(data_dir, 'master.key');
  try {
    return (await findMasterKey(path)) ?? (await createMasterKey(data_dir, path));
  } catch (error) {
    if (error instanceof StartError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The folder ${data_dir} cannot keep the master key (${code}): choose another with MPAC_DATA_DIR, or set MPAC_MASTER_KEY.`,
      { cause: error },
    );
  }
}

async function findMasterKey(path: string): Promise<string | null> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    makeMasterKey(text);
    return text;
  } catch {
    throw new StartError(
      `${path} does not hold a master key. Put it back from a backup: what was sealed with it cannot be read without it.`,
    );
  }
}

/** Written beside and linked into place: a kill leaves no half key, and of two processes one key counts. */
async function createMasterKey(data_dir: string, path: string): Promise<string> {
  await mkdir(data_dir, { recursive: true });
  const fresh = `${path}.new-${randomBytes(6).toString('hex')}`;
  const key = randomBytes(32).toString('hex');
  await writeFile(fresh, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(fresh, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await findMasterKey(path)) ?? key;
  } finally {
    await rm(fresh, { force: true });
  }
}

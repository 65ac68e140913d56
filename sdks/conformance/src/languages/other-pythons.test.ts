// Holds the look for other Pythons to finding those that run, by scripts that say a version.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findOtherPythons } from './other-pythons.ts';

async function put(file: string, says: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${says}\n`);
  await chmod(file, 0o755);
}

test('the oldest and the newest that run are found, on the path and where pyenv keeps them', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'pythons-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  const env = { PATH: ['', bin, join(folder, 'nowhere')].join(':'), PYENV_ROOT: join(folder, 'pyenv') };
  assert.deepEqual(await findOtherPythons('3.91.0', env), []);
  // A shim that runs nothing, one that is too old, and one that is something else than its name says.
  await put(join(bin, 'python3.99'), 'exit 127');
  await put(join(bin, 'python3.8'), 'echo Python 3.8.18');
  await put(join(bin, 'python3.98'), 'echo Python 3.8.18');
  // And the one that is python3 itself.
  await put(join(bin, 'python3.91'), 'echo Python 3.91.0');
  await put(join(bin, 'python3.90'), 'echo Python 3.90.1');
  assert.deepEqual(await findOtherPythons('3.91.0', env), [{ file: join(bin, 'python3.90'), minor: 90 }]);
  const kept = (version: string) => join(folder, 'pyenv', 'versions', version, 'bin', 'python');
  await put(kept('3.97.0'), 'echo Python 3.97.0');
  await put(kept('3.9.18'), 'echo Python 3.9.18');
  await put(kept('2.7.18'), 'echo Python 2.7.18');
  assert.deepEqual(await findOtherPythons('3.91.0', env), [
    { file: kept('3.9.18'), minor: 9 },
    { file: kept('3.97.0'), minor: 97 },
  ]);
});

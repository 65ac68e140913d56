// Compiles snippets as a user's own files against the package, in one go, and says what the compiler has to say of each.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Inside the package, so that its own name leads to it: dist/<name>.
const DIST = fileURLToPath(new URL('../', import.meta.url));

export function compile(
  folder_name: string,
  snippets: Record<string, string>,
  { extension = 'ts', options = {} }: { extension?: 'ts' | 'cts'; options?: object } = {},
): { folder: string; complaints: Map<string, string[]> } {
  const folder = join(DIST, folder_name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(snippets))
    writeFileSync(join(folder, `${name}.${extension}`), text);
  const project = {
    extends: '../../../../tsconfig.base.json',
    compilerOptions: { incremental: false, noEmit: false, outDir: '.', rootDir: '.', ...options },
    files: Object.keys(snippets).map((name) => `${name}.${extension}`),
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const args = [tsc, '-p', folder, '--pretty', 'false'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const complaints = new Map<string, string[]>();
  for (const line of `${stdout}${stderr}`.split('\n').filter((text) => /error TS/.test(text))) {
    const file = /([\w-]+)\.c?ts\(/.exec(line)?.[1] ?? 'all';
    complaints.set(file, [...(complaints.get(file) ?? []), line]);
  }
  return { folder, complaints };
}

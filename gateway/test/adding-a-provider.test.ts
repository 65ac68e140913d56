// "How to add one" of docs/providers.md, followed for a toy wallet: its folder goes where providers live, one line
// (with its import) into the registry, and nothing else is touched. The copy of the gateway that comes out is
// compiled, holds the wallet to the provider contract, and takes a payment with it over HTTP.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from './support/sources.ts';

const run = promisify(execFile);

const IMPORT = "import { toyWallet } from './toy-wallet/toy-wallet.ts';\n";
const LINE = '  toyWallet, // a wallet that nobody has\n';

test('a toy wallet is added with one folder and one line, keeps the contract and takes a payment', {
  timeout: 240_000,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mpac-pgw-toy-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const gateway = join(folder, 'gateway');
  await cp(join(ROOT, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
  for (const part of ['src', 'migrations', 'package.json', 'tsconfig.json', 'test/support']) {
    await cp(join(ROOT, 'gateway', part), join(gateway, part), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));

  await cp(join(ROOT, 'gateway/test/toy-wallet'), join(gateway, 'src/providers/toy-wallet'), {
    recursive: true,
  });
  const registry = join(gateway, 'src/providers/registry.ts');
  const lines = await readFile(registry, 'utf8');
  const list = 'export const PROVIDERS: readonly Provider[] = [\n';
  assert.ok(lines.includes(list));
  const first_import = lines.indexOf('import ');
  const with_import = lines.slice(0, first_import) + IMPORT + lines.slice(first_import);
  await writeFile(registry, with_import.replace(list, list + LINE));

  await run(process.execPath, [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(gateway, 'tsconfig.json'),
  ]);

  const providers = join(gateway, 'dist/src/providers');
  const files = ['', '-faults', '-notification'].map((part) => join(providers, `contract${part}.test.js`));
  // What the runner around this test says to its own children would make these report to it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const told = await run(
    process.execPath,
    [
      '--test',
      '--test-reporter=tap',
      '--test-name-pattern=TOY_WALLET',
      ...files,
      join(providers, 'toy-wallet/toy-wallet.test.js'),
    ],
    { cwd: gateway, env, maxBuffer: 64 * 1024 * 1024 },
  ).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const results = told.stdout.split('\n').map((line) => line.trim());
  assert.deepEqual(
    results.filter((line) => line.startsWith('not ok')),
    [],
  );
  const passed = results.filter((line) => line.startsWith('ok ') && !line.includes('# SKIP'));
  assert.ok(passed.length > 40, `${passed.length} tests passed`);
});

// The package as npm packs it: what belongs in it and nothing else, for `import` and for `require`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as imported from '@cloudsky/mpac-pgw-sdk-node';
import { SDK_VERSION } from '../src/mpac-pgw.ts';

const FOLDER = fileURLToPath(new URL('../../', import.meta.url));

interface Package {
  version: string;
  dependencies?: object;
  optionalDependencies?: object;
  peerDependencies?: object;
}

const described = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as Package;

test('the package holds the built client and its papers, and nothing else', () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const printed = execFileSync('npm', args, {
    cwd: FOLDER,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(printed) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  const strange = paths.filter(
    (path) =>
      !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|dist\/src\/[a-z/-]+\.(js|d\.ts))$/.test(path),
  );
  assert.deepEqual(strange, []);
  for (const needed of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'dist/src/mpac-pgw.js',
    'dist/src/mpac-pgw.d.ts',
  ]) {
    assert.ok(paths.includes(needed), needed);
  }
});

test('the package depends on nothing', () => {
  const { dependencies, optionalDependencies, peerDependencies } = described;
  assert.deepEqual([dependencies, optionalDependencies, peerDependencies], [undefined, undefined, undefined]);
});

test('the version is the same wherever it stands', () => {
  assert.equal(SDK_VERSION, described.version);
  const changes = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8');
  assert.ok(changes.includes(`## [${SDK_VERSION}]`));
});

test('require gives what import gives', () => {
  const required = createRequire(import.meta.url)('@cloudsky/mpac-pgw-sdk-node') as typeof imported;
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
  assert.equal(required.PaymentGateway, imported.PaymentGateway);
});

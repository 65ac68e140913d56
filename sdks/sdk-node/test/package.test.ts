// The package as npm packs it: what belongs in it and nothing else, for `import` and for `require`.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as imported from '@cloudsky/mpac-pgw-sdk-node';
import { SDK_VERSION } from '../src/mpac-pgw.ts';
import { compile } from './typescript.ts';

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
      !/^(LICENSE|README\.md|CHANGELOG\.md|package\.json|commonjs\/package\.json|(dist\/src|commonjs\/dist)\/[a-z/-]+\.(js|d\.ts))$/.test(
        path,
      ),
  );
  assert.deepEqual(strange, []);
  for (const needed of [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'dist/src/mpac-pgw.js',
    'dist/src/mpac-pgw.d.ts',
    'commonjs/package.json',
    'commonjs/dist/mpac-pgw.js',
    'commonjs/dist/mpac-pgw.d.ts',
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

test('require gives what import gives, also where require loads no modules', async () => {
  const require = createRequire(import.meta.url);
  const required = require('@cloudsky/mpac-pgw-sdk-node') as typeof imported;
  // CommonJS by itself, as Jest needs it, and not a module that this Node would let itself be required.
  assert.match(require.resolve('@cloudsky/mpac-pgw-sdk-node'), /commonjs/);
  assert.equal(required[Symbol.toStringTag as never], undefined);
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort());
  const error = new required.NotFoundError({ message: 'There is none.' });
  assert.ok(error instanceof imported.NotFoundError && error instanceof imported.PaymentGatewayError);
  const text = '{"id":"evt_1"}';
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
  assert.equal(imported.webhooks.verify(text, required.webhooks.sign(text, secret), secret).id, 'evt_1');
});

test('the compiler finds the types in files of CommonJS, too', () => {
  const text = `import { PaymentGateway, type PaymentIntent } from '@cloudsky/mpac-pgw-sdk-node';
    export const take = (pgw: PaymentGateway): Promise<PaymentIntent> => pgw.paymentIntents.retrieve('pi_1');
    export const wrong: number = PaymentGateway;`;
  const options = { module: 'node16', moduleResolution: 'node16', verbatimModuleSyntax: false };
  const { complaints } = compile('commonjs', { 'in-commonjs': text }, { extension: 'cts', options });
  const found = complaints.get('in-commonjs') ?? [];
  assert.equal(found.length, 1);
  assert.match(found[0] ?? '', /typeof PaymentGateway/);
});

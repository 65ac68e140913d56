// The lock file: complete, so that `npm ci` works on every platform and from every mirror, and nothing in it
// asks for a newer Node than we promise.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './support/sources.ts';

interface LockedPackage {
  version?: string;
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockedPackage>;
};
const packages = Object.entries(lock.packages);

const [, PROMISED = ''] = /"node": ">=([\d.]+)"/.exec(readFileSync(join(ROOT, 'package.json'), 'utf8')) ?? [];

test('every package that another one names is in the lock file', () => {
  // A registry that lacks a platform's package leaves a hole here, which "npm ci" then refuses.
  const missing = packages.flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies })
      .filter((name) => !isLocked(path, name))
      .map((name) => `${path} needs ${name}`),
  );
  assert.ok(packages.length > 100);
  assert.deepEqual(missing, []);
});

/** As Node looks it up: beside the package itself, and then further and further up. */
function isLocked(path: string, name: string): boolean {
  let folder = path;
  for (;;) {
    if (lock.packages[join(folder, 'node_modules', name)] !== undefined) return true;
    if (folder === '') return false;
    const end = folder.lastIndexOf('node_modules');
    folder = end > 0 ? folder.slice(0, end - 1) : '';
  }
}

test('no package asks for a newer Node than the one we promise', () => {
  const [major = 0] = PROMISED.split('.').map(Number);
  assert.ok(major >= 20, 'the promise was found');
  const newer = packages.filter(([, { engines }]) => engines?.node !== undefined && !allows(engines.node));
  assert.deepEqual(
    newer.map(([path, { engines }]) => `${path} wants Node ${engines?.node}`),
    [],
  );
});

/** Good enough for what packages write: alternatives, each a lowest version, a major, or anything. */
function allows(range: string): boolean {
  const promised = PROMISED.split('.').map(Number);
  return range.split('||').some((alternative) => {
    const [, sign, version = ''] = /^\s*(>=|\^|~)?\s*v?([\d.]*)/.exec(alternative) ?? [];
    const wanted = version
      .split('.')
      .filter((part) => part !== '')
      .map(Number);
    if (sign !== '>=' && wanted[0] !== promised[0]) return wanted.length === 0;
    for (const [place, number] of wanted.entries()) {
      const ours = promised[place] ?? 0;
      if (ours !== number) return ours > number;
    }
    return true;
  });
}

// The pages that list what the code knows: they say all of it, and nothing besides.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../src/config.ts';
import { EVENT_TYPES } from '../src/domain/event.ts';
import { STATUSES, TRANSITIONS } from '../src/domain/payment-intent.ts';
import { WEBHOOK_WAITS_SECONDS } from '../src/domain/retry-schedule.ts';
import { makeMetrics } from '../src/metrics.ts';
import { PROVIDERS } from '../src/providers/registry.ts';
import { ROOT, readSources } from './support/sources.ts';

const readPage = (path: string) => readFileSync(join(ROOT, path), 'utf8');

function section(page: string, heading: string): string {
  const [, rest] = page.split(`\n## ${heading}\n`);
  assert.ok(rest !== undefined, `there is a section "${heading}"`);
  return rest.split('\n## ')[0] ?? '';
}

/** What stands in backticks in the first cell of each row. */
function listFirstCells(text: string): string[] {
  return [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
}

test('docs/payment-intent.md has the transition table, row by row and in its order of meaning', () => {
  const page = readPage('docs/payment-intent.md');
  const rows = [...page.matchAll(/^\| (\w+) \| (.+) \| `(\w+)` \| (\w+) \|$/gm)];
  assert.deepEqual(
    rows.map(([, from, , by, to]) => `${from} ${by} ${to}`).sort(),
    TRANSITIONS.map((row) => row.join(' ')).sort(),
  );
  assert.equal(new Set(rows.map(([, from, when]) => `${from} ${when}`)).size, rows.length, 'each says when');
  assert.deepEqual(listFirstCells(page.split('## What can happen')[0] ?? ''), [...STATUSES]);
});

test('docs/operations.md lists every environment variable that is read, and no other', () => {
  const asked = new Set<string>();
  const environment = new Proxy<Record<string, string>>(
    {},
    {
      get: (_, name) => {
        asked.add(String(name));
        return undefined;
      },
    },
  );
  readConfig(environment, 'development');
  const listed = listFirstCells(section(readPage('docs/operations.md'), 'Environment'));
  assert.deepEqual([...listed].sort(), [...asked].sort());
});

test('docs/operations.md explains every metric of our own', async () => {
  const { registry } = makeMetrics();
  const names = (await registry.getMetricsAsJSON())
    .map(({ name }) => name)
    .filter((name) => name.startsWith('mpac_'));
  assert.deepEqual(listFirstCells(section(readPage('docs/operations.md'), 'Metrics')).sort(), names.sort());
});

test('docs/webhooks.md lists every event type and the waits between deliveries', () => {
  const page = readPage('docs/webhooks.md');
  assert.deepEqual(listFirstCells(section(page, 'Events')).sort(), [...EVENT_TYPES].sort());
  const units: Record<string, number> = { s: 1, min: 60, h: 3_600 };
  const [, waits = ''] = /after ([^.]+?), each/.exec(page.replaceAll('\n', ' ')) ?? [];
  const seconds = waits.split(/, | and /).map((wait) => {
    const [number = '', unit = ''] = wait.trim().split(' ');
    return Number(number) * (units[unit] ?? Number.NaN);
  });
  assert.deepEqual(seconds, [...WEBHOOK_WAITS_SECONDS]);
});

test('docs/providers.md lists every provider of the registry with its methods', () => {
  const rows = [
    ...section(readPage('docs/providers.md'), 'What is supported').matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm),
  ];
  assert.deepEqual(
    rows.map(([, name, methods = '']) => [
      name,
      [...methods.matchAll(/`(\w+)`/g)].map(([, method]) => method),
    ]),
    PROVIDERS.map(({ name, payment_method_types }) => [name, [...payment_method_types]]),
  );
});

test('decisions are numbered without a gap, and each says why and what it costs', () => {
  const names = readdirSync(join(ROOT, 'docs/decisions')).sort();
  names.forEach((name, at) => {
    assert.ok(name.startsWith(`${String(at + 1).padStart(4, '0')}-`), name);
    const text = readPage(`docs/decisions/${name}`);
    for (const heading of ['Why', 'What it costs'])
      assert.ok(text.includes(`\n## ${heading}\n`), `${name}: ${heading}`);
  });
});

interface Package {
  name: string;
  workspaces?: string[];
  dependencies?: object;
  devDependencies?: object;
}

test('the decision on dependencies lists every package that is installed, and no other', () => {
  const decided = listFirstCells(readPage('docs/decisions/0006-dependencies.md'));
  const readPackage = (folder: string) => JSON.parse(readPage(join(folder, 'package.json'))) as Package;
  const packages = ['', ...(readPackage('').workspaces ?? [])].map(readPackage);
  const own = new Set(packages.map(({ name }) => name));
  const installed = packages
    .flatMap(({ dependencies, devDependencies }) => Object.keys({ ...dependencies, ...devDependencies }))
    .filter((name) => !own.has(name));
  assert.deepEqual([...decided].sort(), [...new Set(installed)].sort());
});

test('every line of the crash map names a test that exists', () => {
  const names = listTestNames();
  const rows = [
    ...section(readPage('docs/architecture.md'), 'Crash map').matchAll(/^\| .+ \| \*(.+)\* \|$/gm),
  ];
  assert.ok(rows.length > 10);
  assert.deepEqual(
    rows.map(([, name = '']) => name).filter((name) => !names.has(name)),
    [],
  );
});

function listTestNames(): Set<string> {
  const names = readSources('gateway').flatMap(({ path, text }) =>
    path.endsWith('.test.ts')
      ? [...text.matchAll(/^ *test\(\s*(['"`])(.+?)\1/gm)].map((match) => match[2] ?? '')
      : [],
  );
  return new Set(names);
}

// The one rule of the house: imports go down, and folders on one floor do not know each other. With it, the few
// things that only some places may touch: the environment, the clock, transactions, npm packages.
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { blank, type Import, lineAt, listImports, readSources, type Source } from './support/sources.ts';

/** A place is a folder of src, or a file that stands in src itself. */
const FLOORS: Record<string, number> = {
  domain: 0,
  db: 1,
  outbound: 1,
  'config.ts': 1,
  'context.ts': 1,
  'metrics.ts': 1,
  'tracing.ts': 1,
  providers: 2,
  application: 3,
  http: 4,
  jobs: 4,
  simulator: 4,
  commands: 5,
  'cli.ts': 6,
};

/** Which npm packages a place knows. A package that is added to a place is added here, on purpose. */
const PACKAGES: Record<string, readonly string[]> = {
  domain: [],
  db: ['pg', 'postgrator'],
  outbound: ['undici', 'ipaddr.js', 'ioredis', 'nodemailer', 'basic-ftp', 'ssh2'],
  'config.ts': [],
  'context.ts': ['pino'],
  'metrics.ts': ['prom-client'],
  'tracing.ts': [
    '@opentelemetry/api',
    '@opentelemetry/sdk-trace-node',
    '@opentelemetry/resources',
    '@opentelemetry/exporter-trace-otlp-http',
  ],
  providers: ['typebox', 'csv-parse'],
  application: ['typebox', 'qrcode', 'csv-stringify'],
  http: ['fastify', '@fastify/swagger', 'typebox', 'ipaddr.js', 'rate-limiter-flexible'],
  jobs: [],
  simulator: ['fastify', '@fastify/type-provider-typebox', 'typebox', 'ssh2', 'smtp-server'],
  commands: ['commander', 'pg', 'pino', 'qrcode'],
  'cli.ts': ['commander'],
};

function isTest(path: string): boolean {
  // Tests may import whatever they hold to account. The other three are what tests of one folder share.
  return /\.test\.ts$|(^|\/)(contract-fixture|scripted-paypay|simulated-paypay|simulator-test-caller)\.ts$/.test(
    path,
  );
}

/** In a provider's folder, or what all simulators share, on the floor of the providers. */
const isSimulator = (path: string) => /^providers\/([^/]+\/)?simulator[^/]*$/.test(path);
const placeOf = (path: string) => path.split('/')[0] ?? '';
/** The folder of one provider: `providers/paypay`. Null for what all of them share. */
const providerOf = (path: string) => /^providers\/[^/]+(?=\/)/.exec(path)?.[0] ?? null;

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

function brokenByImport(path: string, { target, is_type }: Import): string | null {
  const place = placeOf(path);
  if (!target.startsWith('.')) {
    if (place === 'domain') return target === 'node:crypto' ? null : 'domain imports node:crypto and itself';
    if (target.startsWith('node:')) return null;
    const name = packageOf(target);
    if (isSimulator(path) && name === 'fastify') return null;
    return PACKAGES[place]?.includes(name) ? null : `${place} does not know the package ${name}`;
  }
  const to = posix.join(posix.dirname(path), target);
  if (isTest(to)) return 'what runs does not import what tests it';
  if (place === 'providers' && placeOf(to) === 'providers') return brokenByProviderImport(path, to);
  if (placeOf(to) === place) return null;
  // The bag names what is in it, and takes nothing out of it.
  if (place === 'context.ts' && is_type && FLOORS[placeOf(to)] === 1) return null;
  if (!((FLOORS[placeOf(to)] ?? 99) < (FLOORS[place] ?? -1))) return `${place} is not above ${placeOf(to)}`;
  if (place === 'providers' && placeOf(to) !== 'domain' && placeOf(to) !== 'outbound') {
    return 'providers import domain and outbound';
  }
  if ((place === 'http' || place === 'jobs') && placeOf(to) === 'db' && !is_type) {
    return `${place} reaches the database through application`;
  }
  return null;
}

function brokenByProviderImport(path: string, to: string): string | null {
  const [from, into] = [providerOf(path), providerOf(to)];
  if (into !== null && from !== into && path !== 'providers/registry.ts') {
    return 'only the registry imports a provider';
  }
  if (into !== null && from === into && isSimulator(path) !== isSimulator(to)) {
    return 'a simulator and its adapter share no code, or they would share mistakes';
  }
  if (into === null && isSimulator(to) && !isSimulator(path)) return 'only simulators share what is theirs';
  return null;
}

interface WordRule {
  pattern: RegExp;
  /** In which files, and after what in the same statement, the word may stand. */
  may(path: string, before: string): boolean;
  rule: string;
}

const outsideOfDomain = (path: string) => placeOf(path) !== 'domain';

const WORDS: WordRule[] = [
  {
    pattern: /\bprocess\s*\.\s*env\b/,
    may: (path, line) =>
      path === 'config.ts' ||
      (['commands', 'cli.ts'].includes(placeOf(path)) && line.includes('readConfig(')),
    rule: 'only config.ts reads the environment; commands hand it to readConfig',
  },
  { pattern: /\bawait\b/, may: outsideOfDomain, rule: 'domain waits for nothing' },
  {
    // A date that is read from what was given is no clock.
    pattern: /\bDate\b(?!\s*\.\s*(?:parse|UTC)\b)(?!\(\s*[^\s)])/,
    may: outsideOfDomain,
    rule: 'domain has no clock: time comes in',
  },
  { pattern: /\bMath\s*\.\s*random\b/, may: outsideOfDomain, rule: 'domain has no chance: it comes in' },
  {
    pattern: /\bwithTransaction\b/,
    may: (path) =>
      ['application', 'commands'].includes(placeOf(path)) || /^db\/(pool|timed-database)\.ts$/.test(path),
    rule: 'only application opens a transaction',
  },
];

/** Every broken rule, one line each: file, line, what is broken. */
function listBroken(sources: Source[]): string[] {
  return sources
    .filter(({ path }) => !isTest(path))
    .flatMap(({ path, text }) => {
      if (FLOORS[placeOf(path)] === undefined) return [`src/${path}:1 stands on no floor`];
      const imports = listImports(text).flatMap((each) => {
        const broken = brokenByImport(path, each);
        return broken === null ? [] : [`src/${path}:${each.line} imports ${each.target}: ${broken}`];
      });
      const code = blank(text, { strings: true });
      const words = WORDS.flatMap(({ pattern, may, rule }) =>
        [...code.matchAll(new RegExp(pattern, 'g'))].flatMap((match) => {
          const before = code.slice(0, match.index).split(';').at(-1) ?? '';
          const broken = `src/${path}:${lineAt(code, match.index)} says ${match[0]}: ${rule}`;
          return may(path, before) ? [] : [broken];
        }),
      );
      return [...imports, ...words];
    });
}

test('imports go down, and nobody touches what is not his', () => {
  const sources = readSources('gateway/src');
  assert.ok(sources.length > 80, 'the sources were found');
  assert.deepEqual(listBroken(sources), []);
});

const BREAKING: [path: string, text: string, rule: RegExp][] = [
  ['domain/money.ts', "import { x } from '../db/pool.ts';", /:1 imports .*domain is not above db/],
  ['domain/money.ts', "import { x } from 'node:fs';", /node:crypto and itself/],
  ['domain/money.ts', 'const at = Date.now();', /no clock/],
  ['domain/money.ts', 'const at = new Date();', /no clock/],
  ['domain/money.ts', 'const at = new Date;', /no clock/],
  ['domain/money.ts', 'const x = () => Math.random();', /no chance/],
  ['domain/money.ts', 'const x = await y;', /waits for nothing/],
  ['db/pool.ts', "import { x } from '../outbound/http.ts';", /db is not above outbound/],
  ['db/pool.ts', "\nimport type { x } from '../context.ts';", /:2 imports .*db is not above context\.ts/],
  ['context.ts', "import { openDatabase } from './db/pool.ts';", /context\.ts is not above db/],
  ['providers/paypay/client.ts', "import { x } from '../../db/pool.ts';", /providers import domain and/],
  ['providers/paypay/client.ts', "import type { x } from '../cash/cash.ts';", /only the registry/],
  ['providers/paypay/client.ts', "import { x } from './simulator-state.ts';", /share no code/],
  ['providers/paypay/simulator.ts', "import { x } from './client.ts';", /share no code/],
  ['providers/paypay/client.ts', "import { x } from '../simulator-faults.ts';", /only simulators share/],
  ['providers/simulator-faults.ts', "import { x } from './paypay/simulator.ts';", /only the registry/],
  ['providers/paypay/client.ts', "import fastify from 'fastify';", /package fastify/],
  ['providers/registry.ts', "import { x } from './contract-fixture.ts';", /what runs does not import/],
  ['application/confirm.ts', "import type { X } from 'fastify';", /package fastify/],
  ['application/confirm.ts', "export { x } from '../http/auth.ts';", /application is not above http/],
  ['application/confirm.ts', "const x = process.env['PORT'];", /only config\.ts/],
  ['http/auth.ts', "import {\n  x,\n} from '../jobs/worker.ts';", /:1 imports .*http is not above jobs/],
  ['http/auth.ts', "import { x } from '../db/merchants.ts';", /through application/],
  ['http/auth.ts', "const x = await import('../cli.ts');", /http is not above cli\.ts/],
  ['http/auth.ts', 'await db.withTransaction(work);', /opens a transaction/],
  ['jobs/worker.ts', "import '../http/server.ts';", /jobs is not above http/],
  ['commands/run.ts', "import '../cli.ts';", /commands is not above cli\.ts/],
  ['cli.ts', 'const port = process.env.PORT;', /only config\.ts/],
  ['helpers/x.ts', '', /stands on no floor/],
];

test('each rule sees the file that breaks it, and says where', () => {
  for (const [path, text, rule] of BREAKING) {
    assert.match(listBroken([{ path, text }]).join('\n'), rule, `${path}: ${text}`);
  }
});

test('what is allowed, or only said in a comment or a string, breaks nothing', () => {
  const allowed: Source[] = [
    { path: 'domain/money.ts', text: '// await the Date\nconst x = "Math.random"; /* process.env */' },
    { path: 'domain/money.ts', text: `const r = /Date'/; const t = \`a \${x} Date \${\`await\`}\`; // "` },
    { path: 'domain/money.ts', text: 'const at = new Date(Date.parse(text)).toISOString();' },
    { path: 'context.ts', text: "import type { Database } from './db/pool.ts';" },
    { path: 'http/auth.ts', text: "import type { Row } from '../db/merchants.ts';" },
    { path: 'providers/paypay/simulator-opa.ts', text: "import { X } from 'fastify';" },
    { path: 'providers/registry.ts', text: "import { paypay } from './paypay/paypay.ts';" },
    { path: 'cli.ts', text: 'const config = readConfig(process.env, mode);' },
  ];
  assert.deepEqual(listBroken(allowed), []);
});

test('the SDKs, the example and the gateway meet only on the wire', () => {
  const crossing = ['sdks', 'examples'].flatMap((folder) =>
    readSources(folder).flatMap(({ path, text }) => {
      const home = folder === 'sdks' ? `sdks/${placeOf(path)}` : folder;
      const inside = (target: string) =>
        posix.join(folder, posix.dirname(path), target).startsWith(`${home}/`);
      const wrong = listImports(text).filter(({ target }) => target.startsWith('.') && !inside(target));
      return wrong.map(({ target, line }) => `${folder}/${path}:${line} imports ${target}`);
    }),
  );
  assert.deepEqual(crossing, []);
});

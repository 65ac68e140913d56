// Small rules that keep the house readable: each is cheap to follow, and tiresome to argue about in a review.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { blank, lineAt, listImports, ROOT, readSources, type Source } from './support/sources.ts';

const MAX_LINES = 400;

/** Files that are longer all the same, with their length. They may shrink and then leave; none may be added. */
const LONG_FILES: Record<string, number> = {};

const SOURCES: Source[] = ['gateway', 'bench', 'sdks', 'examples'].flatMap((folder) =>
  readSources(folder).map(({ path, text }) => ({ path: `${folder}/${path}`, text })),
);

/** Written by a program out of openapi.json: nobody reads it from beginning to end. */
const isGenerated = (text: string) => /^(\/\/|#|\/\*|""").*\bgenerated\b/i.test(text);

/** Every file of the project: without what was installed, built or written by a gateway that ran here. */
function listProjectFiles(folder = ''): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : listProjectFiles(path);
    return [path];
  });
}

const NOT_OURS: ReadonlySet<string> = new Set([
  'node_modules',
  'dist',
  '.git',
  '.mpac-pgw',
  // What Python's tools leave behind.
  '.venv',
  '__pycache__',
  'build',
  'mpac_pgw.egg-info',
  '.mypy_cache',
]);

function find(sources: Source[], pattern: RegExp, problem: string, options = { strings: true }): string[] {
  return sources.flatMap(({ path, text }) => {
    const code = blank(text, options);
    const matches = [...code.matchAll(new RegExp(pattern, 'gm'))];
    return matches.map((match) => `${path}:${lineAt(code, match.index)} ${problem}`);
  });
}

test('each source file opens by saying what lives in it', () => {
  const silent = SOURCES.filter(({ text }) => !/^(#!.*\n)?\/[/*]/.test(text));
  assert.deepEqual(
    silent.map(({ path }) => path),
    [],
  );
});

test('no file is longer than can be read at once', () => {
  const others = listProjectFiles().filter((path) => /\.(go|py|css|html|js)$/.test(path));
  const read = (path: string) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });
  for (const { path, text } of [...SOURCES, ...others.map(read)]) {
    if (isGenerated(text)) continue;
    const lines = text.split('\n').length - 1;
    const known = LONG_FILES[path];
    if (known === undefined) assert.ok(lines <= MAX_LINES, `${path} has ${lines} lines: split it by ideas`);
    else
      assert.equal(lines, known, `${path} had ${known} lines: shrink it, and lower the number in LONG_FILES`);
  }
  const gone = Object.keys(LONG_FILES).filter((path) => !SOURCES.some((source) => source.path === path));
  assert.deepEqual(gone, [], 'take these out of LONG_FILES');
});

test('names of files and folders say what is in them', () => {
  const empty_names =
    /(^|\/)(common|utils?|helpers?|types?|index|lib|shared|misc|base|manager|service)(\.|\/|$)/;
  const paths = listProjectFiles();
  assert.deepEqual(
    paths.filter((path) => empty_names.test(path)),
    [],
  );
  const code = paths.filter((path) => path.endsWith('.ts'));
  assert.deepEqual(
    code.filter((path) => !/^[a-z0-9./-]+$/.test(path)),
    [],
    'kebab-case',
  );
});

test('exports have names, and types leave nothing behind', () => {
  assert.deepEqual(
    [
      ...find(SOURCES, /^export default\b/, 'exports without a name'),
      ...find(SOURCES, /^(export )?(declare )?(const )?enum\b/, 'has an enum'),
      ...find(SOURCES, /\bas any\b|[:<] *any\b(?! *as)/, 'says any'),
    ],
    [],
  );
});

test('nothing is left for later or silenced without a word', () => {
  // Put together here, so that this file is not the first to break the rule.
  const later = new RegExp(
    `(//|[*]|--|<!--|#).*\\b(${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].join('|')})\\b`,
  );
  const silenced = new RegExp(`@ts-(${['ig' + 'nore', 'no' + 'check', 'expect-er' + 'ror'].join('|')})`);
  const left = listProjectFiles()
    .filter(
      (path) =>
        /\.(ts|md|sql|json|sh|go|py|toml|css|html|js)$|\.ci\//.test(path) && path !== 'package-lock.json',
    )
    .flatMap((path) => {
      const lines = readFileSync(join(ROOT, path), 'utf8').split('\n');
      return lines.flatMap((line, at) =>
        later.test(line) || silenced.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [],
      );
    });
  const tests = SOURCES.filter(({ path }) => path.endsWith('.test.ts'));
  assert.deepEqual(
    [
      ...left,
      ...find(tests, /\.only\(|\bonly: true/, 'runs one test only'),
      ...find(tests, /\.skip\((?! *(['"`]|\w+,? *['"`]))|\bskip: true/, 'skips without saying why'),
    ],
    [],
  );
});

test('only what a person runs in a terminal prints', () => {
  const silent = SOURCES.filter(({ path }) => /^gateway\/src\/(?!commands\/|cli\.ts)/.test(path));
  assert.deepEqual(find(silent, /\bconsole\.\w+\(/, 'prints'), []);
});

test('a test is named by a sentence in the present', () => {
  for (const { path, text } of SOURCES.filter((source) => source.path.endsWith('.test.ts'))) {
    const code = blank(text, { strings: false });
    for (const [, , name = ''] of code.matchAll(/^ *(?:await )?(?:t\.)?test\(\s*(['"`])(.+?)\1/gm)) {
      assert.doesNotMatch(name, /\bshould\b|\.$/i, `${path}: "${name}"`);
      assert.ok(name.split(/\s+/).length >= 3, `${path}: "${name}" is no sentence`);
    }
  }
});

test('every SQL statement has a name of its own', () => {
  const sources = SOURCES.filter(({ path }) => path.startsWith('gateway/src/'));
  const names = new Map<string, string>();
  for (const { path, text } of sources) {
    const code = blank(text, { strings: false });
    const count = [...code.matchAll(/: Statement = \{|: Statement\[?\]? =>/g)].length;
    const found = [...code.matchAll(/\bname: '([^']+)',\s*text:/g)].map((match) => match[1] ?? '');
    if (count > 0) assert.ok(found.length >= count, `${path} has a statement without a name`);
    for (const name of found) {
      assert.match(name, /^[a-z]+(_[a-z]+)*$/, path);
      assert.equal(names.get(name), undefined, `${path}: "${name}" is taken by ${names.get(name)}`);
      names.set(name, path);
    }
  }
  assert.ok(names.size > 30, 'the statements were found');
  // These speak to a server before there is a pool, or read what the pool was told; everything else goes through
  // it, named and prepared.
  const before_the_pool = /src\/(db\/(pool|failures|migrate|embedded[a-z-]*)|commands\/check-database)\.ts$/;
  const others = sources.filter(({ path }) => !before_the_pool.test(path) && !path.endsWith('.test.ts'));
  assert.deepEqual(find(others, /\.query(<[^>(]*>)?\(\s*['"`]/, 'runs SQL without a name'), []);
  assert.deepEqual(
    others
      .filter(
        (source) => /src\/db\//.test(source.path) && listImports(source.text).some((i) => i.target === 'pg'),
      )
      .map(({ path }) => path),
    [],
    'reaches past the pool',
  );
});

test('every page has one title, and its links lead somewhere', () => {
  const pages = listProjectFiles().filter((path) => path.endsWith('.md'));
  assert.ok(pages.length > 3);
  for (const page of pages) {
    const text = readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```/gms, '');
    assert.equal([...text.matchAll(/^# /gm)].length, 1, `${page} has exactly one title`);
    for (const [, link = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(link)) continue;
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
      assert.ok(existsSync(target), `${page} links to ${link}`);
      if (anchor === undefined || !target.endsWith('.md')) continue;
      assert.ok(listAnchors(readFileSync(target, 'utf8')).includes(anchor), `${page} links to ${link}`);
    }
  }
});

/** As the common viewers make them: lower case, spaces to hyphens, other signs gone. */
function listAnchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('no file names a folder of the machine it was written on', () => {
  const own_path = new RegExp(['/wo' + 'rk/', '/ho' + 'me/[a-z]', '/Us' + 'ers/[a-z]'].join('|'));
  const naming = listProjectFiles().filter(
    (path) =>
      /\.(ts|md|sql|json|sh|go|py|toml|css|html|js)$|\.ci\//.test(path) &&
      own_path.test(readFileSync(join(ROOT, path), 'utf8')),
  );
  assert.deepEqual(naming, []);
});

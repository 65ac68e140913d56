// Holds the list of what is to be proven to the files that stand there.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CONFORMANCE_FOLDER, LANGUAGES, listCases } from './cases.ts';

test('every vector file and every scenario is given to somebody', () => {
  const given = new Set(LANGUAGES.flatMap((language) => listCases(language).map(({ file }) => file)));
  for (const folder of ['vectors', 'scenarios']) {
    for (const name of readdirSync(join(CONFORMANCE_FOLDER, folder))) {
      assert.ok(given.has(name.replace(/\.json$/, '')), `${folder}/${name} is for nobody`);
    }
  }
});

test('no case has the name of another in its file, and every language has scenarios', () => {
  for (const language of LANGUAGES) {
    const cases = listCases(language);
    const keys = cases.map(({ kind, file, name }) => `${kind} ${file}: ${name}`);
    assert.deepEqual(
      keys.filter((key, place) => keys.indexOf(key) !== place),
      [],
    );
    assert.ok(cases.some(({ kind }) => kind === 'scenario'));
    assert.ok(cases.some(({ kind }) => kind === 'vector'));
  }
});

test('a case is for the languages of its file, or for those that it names', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cases-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['vectors', 'scenarios']) mkdirSync(join(folder, name));
  const write = (path: string, content: object) => writeFileSync(join(folder, path), JSON.stringify(content));
  write('drivers.json', { files: { money: ['node', 'js'], signatures: ['node'] } });
  write('vectors/money.json', { cases: [{ name: 'yen' }, { name: 'cents', for: ['node'] }] });
  write('vectors/signatures.json', { cases: [{ name: 'a GET' }] });
  write('scenarios/cash.json', { name: 'paid by cash', steps: [] });
  const names = (language: 'node' | 'js' | 'go') => listCases(language, folder).map(({ name }) => name);
  assert.deepEqual(names('node'), ['yen', 'cents', 'a GET', 'paid by cash']);
  assert.deepEqual(names('js'), ['yen', 'paid by cash']);
  assert.deepEqual(names('go'), ['paid by cash']);
  write('vectors/money.json', { cases: [{ name: 'cents', for: ['node'] }] });
  assert.throws(() => names('js'), /money\.json has no cases for js/);
  rmSync(join(folder, 'scenarios/cash.json'));
  assert.throws(() => names('go'), /no scenarios/);
});

test('every scenario says what it is about, and ends by counting the money where a provider has some', () => {
  const folder = join(CONFORMANCE_FOLDER, 'scenarios');
  for (const file of readdirSync(folder)) {
    const { about, steps } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      about: string;
      steps: { stage?: string; with?: Record<string, unknown>; expect?: Record<string, unknown> }[];
    };
    assert.match(about, /^[A-Z].*\.$/, file);
    const moves_money = steps.some(
      ({ stage }) => stage === 'customer_pays' || stage === 'customer_shows_code',
    );
    const last = steps.at(-1);
    if (!moves_money) continue;
    assert.equal(last?.stage, 'money_moved', file);
    assert.ok(last.expect !== undefined && 'charges' in last.expect && 'refunded' in last.expect, file);
  }
});

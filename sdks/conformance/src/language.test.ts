// Holds the look at the machine to saying what is missing, and the checks to telling why.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandCheck, findLack, runChecks } from './language.ts';

const HOW = 'get it somewhere';
const node_version = process.versions.node.split('.').map(Number) as [number, number];

test('a command that is there, and new enough, is no lack', async () => {
  assert.equal(await findLack({ command: process.execPath, how: HOW }), null);
  assert.equal(await findLack({ command: process.execPath, oldest: node_version, how: HOW }), null);
  assert.equal(await findLack({ command: process.execPath, oldest: [1, 99], how: HOW }), null);
});

test('a command that is not there, or fails, is a lack that says where to get it', async () => {
  assert.equal(
    await findLack({ command: 'no-such-command', how: HOW }),
    `no-such-command is not here: ${HOW}`,
  );
  assert.equal(
    await findLack({ command: process.execPath, ask: '--no-such-option', how: HOW }),
    `${process.execPath} is not here: ${HOW}`,
  );
});

test('a command that is too old is a lack, too', async () => {
  const [major, minor] = node_version;
  for (const oldest of [
    [major, minor + 1],
    [major + 1, 0],
  ] satisfies [number, number][]) {
    assert.match(
      String(await findLack({ command: process.execPath, oldest, how: HOW })),
      new RegExp(`is ${process.versions.node}, and ${oldest.join('.')} is the oldest that will do`),
    );
  }
});

test('a check that ends with another code, or cannot be started, has failed with what it said', async () => {
  const cwd = process.cwd();
  const [good, bad, none] = await runChecks([
    commandCheck('good', process.execPath, ['-e', ''], { cwd }),
    commandCheck('bad', process.execPath, ['-e', 'console.error("it rains"); process.exit(3)'], { cwd }),
    commandCheck('none', 'no-such-command', [], { cwd }),
  ]);
  assert.deepEqual(good, { column: 'checks', name: 'good', why: null });
  assert.match(bad?.why ?? '', /ended with 3\nit rains$/);
  assert.match(none?.why ?? '', /ENOENT/);
});

test('a check that runs node:test tells of each case that failed, however much is said after it', async () => {
  const script = `
    const { test } = require('node:test');
    test('a good one', (t) => t.diagnostic('the sun shines'));
    test('a bad one', (t) => {
      t.diagnostic('it rains');
      throw new Error('wet');
    });
    for (let number = 1; number <= 30; number += 1) test('a later one', () => {});`;
  const args = ['--test-reporter=tap', '-e', script];
  const [bad] = await runChecks([commandCheck('bad', process.execPath, args, { cwd: process.cwd() })]);
  assert.match(bad?.why ?? '', /^not ok 2 - a bad one$.*error: 'wet'.*^# it rains$/ms);
  assert.doesNotMatch(bad?.why ?? '', /^(# the sun shines|ok 3 )/m);
  assert.match(bad?.why ?? '', /^# fail 1$/m);
});

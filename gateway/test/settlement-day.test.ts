// `demo day` beside one real start: a newcomer's day from the first payment to the file for accounting, and the page that
// tells it, whose files are those that the command makes.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import type { DevelopmentFacts } from '../src/commands/development.ts';
import { guardDataDir, runCli, startCli } from './support/process.ts';

const DATE = '2026-01-28';
const data_dir = await mkdtemp(join(tmpdir(), 'mpac-pgw-day-'));
// When root runs this, PostgreSQL runs as somebody else and must be able to pass through.
await chmod(data_dir, 0o711);
const env = { MPAC_DATA_DIR: data_dir, LOG_LEVEL: 'warn' };
const gateway = startCli({ after }, ['start'], { env });
guardDataDir({ after }, data_dir);
after(() => rm(data_dir, { recursive: true, force: true }));
await gateway.waitFor('its words', () => gateway.stdout().includes('Ctrl-C stops it all'));
const facts = JSON.parse(await readFile(join(data_dir, 'development.json'), 'utf8')) as DevelopmentFacts;

async function run(t: TestContext, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(t, args, { env });
  assert.deepEqual([code, stderr], [0, ''], `${stdout}\n${stderr}`);
  return stdout;
}

const playDay = (t: TestContext, date = DATE) => run(t, 'demo', 'day', '--date', date);

const withoutIds = (text: string) => text.replaceAll(/\brx_[0-9A-Z]{26}\b/g, 'rx_…');

test('the files of the page that tells the day are those that the command makes', async (t) => {
  const printed = withoutIds(await playDay(t))
    .split('\n')
    .map((line) => line.trim());
  const page = await readFile(join(import.meta.dirname, '../../../docs/settlement.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(?:csv|day)\n(.+?)^```$/gms)].map(([, block = '']) => block);
  assert.equal(blocks.length, 6);
  for (const block of blocks) {
    const lines = block.trimEnd().split('\n');
    const begins = printed.indexOf(lines[0]?.trim() ?? '');
    const told = printed.slice(begins, begins + lines.length);
    assert.deepEqual(
      told,
      lines.map((line) => line.trim()),
    );
  }
});

test('the same day again makes the same files and finds the same, once', async (t) => {
  const first = await playDay(t);
  const second = await playDay(t);
  const parts = (text: string) => withoutIds(text.slice(text.indexOf('02:00'))).replaceAll(/Note .*\n/g, '');
  assert.equal(parts(second), parts(first));
  assert.equal([...second.matchAll(/^ {2}\w+ +rx_/gm)].length, 5);
});

test('what the command says to try next works', async (t) => {
  await playDay(t);
  const [, id = ''] = /reconciliation resolve (rx_\w+) /.exec(await playDay(t)) ?? [];
  const open = await run(t, 'reconciliation', 'exceptions');
  assert.match(open, new RegExp(`${id} .* CASH +status_differs .* order-114-20260128 `));
  assert.match(open, / UNKNOWN +missing_here .* order-113-20260128 /);
  const resolved = await run(
    t,
    'reconciliation',
    'resolve',
    id,
    '--reason',
    'By mistake.',
    '--by',
    'M. Sato',
  );
  assert.equal(JSON.parse(resolved).status, 'resolved');
  assert.match(await playDay(t), /reconciliation resolve rx_… /, 'the reason is that of order 114 alone');

  const downloads = join(data_dir, 'simulators/card-processor/download');
  const settlement = await readFile(join(downloads, 'settlement_20260128.csv'), 'utf8');
  const corrected = join(data_dir, 'corrected.csv');
  await writeFile(corrected, settlement.replace(',5,15280,152,15128', ',4,9780,97,9683'));
  await run(t, 'settlement', 'import', corrected, '--date', DATE);
  const listed = await run(t, 'settlement', 'list');
  assert.match(listed, /SP_NET .*by_hand +reconciled +4 +9780 /);
  assert.match(listed, /SP_NET .*file +replaced +5 +15280 /);
  assert.equal(JSON.parse(await run(t, 'books', 'check')).disagreements_count, 0);

  const simulators = new URL(facts.simulator_url).origin;
  await fetch(`${simulators}/sp-net/control/settlement_faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"faults":["sums_wrong"]}',
  });
  const before = await playDay(t, '2026-01-27');
  assert.match(
    before,
    /totals_differ +rx_\w+; settlement of SP_NET; net_amount; amount 15128 here, 15129 there/,
  );
});

test('a day that is not over, or none, is refused in one sentence', async (t) => {
  for (const date of ['2999-01-01', '2026-02-30', 'tomorrow']) {
    const { code, stderr } = await runCli(t, ['demo', 'day', '--date', date], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^--date must be a day that is over in Japan, such as \d{4}-\d\d-\d\d\.\n$/);
  }
});

test('what the day leaves can be looked at: the mails, the files, and what the processor checked', async (t) => {
  await playDay(t);
  const simulators = new URL(facts.simulator_url).origin;
  const { uploads } = (await (await fetch(`${simulators}/sp-net/control`)).json()) as {
    uploads: { file_name: string; matched_count: number; problems: object[] }[];
  };
  const [upload] = uploads.filter(({ file_name }) => file_name === 'transactions_20260128.csv');
  assert.deepEqual([upload?.matched_count, upload?.problems], [4, []]);
  for (const format of ['csv', 'json', 'xml']) {
    const name = `settlement_merchant_demo_store_demo_20260128.${format}`;
    const path = join(data_dir, 'simulators/accounting/exports/mpac/merchant_demo', name);
    assert.match(await readFile(path, 'utf8'), /26490/);
  }
  assert.match(await (await fetch(`${simulators}/mail`)).text(), /No mail yet/);
});

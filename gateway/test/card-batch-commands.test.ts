// The card processor's day at the command line, as real processes against a real FTP server: configured, tried, run, a file
// supplied by hand, taken away.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FTP_PASSWORD, HEADER, startCardProcessor } from './support/card-processor-stage.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

// Commands run by the machine's clock, so the gateway does, too.
const gateway = await startTestGateway({ after }, { now: 'real' });
const processor = await startCardProcessor({ after });
const { organization_id } = gateway;
const folder = mkdtempSync(join(tmpdir(), 'mpac-card-commands-'));
after(async () => rmSync(folder, { recursive: true }));
const env = {
  DATABASE_URL: gateway.database_url,
  MPAC_MASTER_KEY: gateway.master_key,
  MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
};

const run = (t: Parameters<typeof runCli>[0], args: string[]) => runCli(t, ['settlement', ...args], { env });

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Over in Japan for a day at least, whenever the test runs. */
const DAY = new Date(Date.now() + 9 * 3_600_000 - 2 * 86_400_000).toISOString().slice(0, 10);

test('an operator configures, tries and runs a day, supplies its file, and disconnects', async (t) => {
  const command = async (...args: string[]): Promise<Json> => {
    const { code, stdout, stderr } = await run(t, args);
    assert.deepEqual([code, stderr], [0, ''], args.join(' '));
    assert.equal(stdout.includes(FTP_PASSWORD), false);
    return JSON.parse(stdout);
  };
  const of = ['--organization', organization_id];
  const place = ['--host', '127.0.0.1', '--port', String(processor.server.port), '--username', 'mpac'];
  const password = ['--password-file', fileOf('password', `${FTP_PASSWORD}\n`)];
  const numbers = ['--merchant-numbers', fileOf('numbers.json', '{"NO-1": "merchant_001"}')];
  const first = await command('configure', ...of, ...place, ...password, ...numbers, '--language', 'en');
  assert.deepEqual([first['host'], first['language'], first['mail_to']], ['127.0.0.1', 'en', undefined]);
  const changed = await command('configure', ...of, '--mail-to', 'ops@example.com', '--by', 'M. Sato');
  assert.deepEqual([changed['language'], changed['mail_to']], ['en', 'ops@example.com']);
  assert.deepEqual(changed['merchant_numbers'], { 'NO-1': 'merchant_001' });
  assert.deepEqual(await command('connection'), changed);
  assert.deepEqual(await command('test'), { object: 'card_processor_connection_test', status: 'succeeded' });

  const missing = await run(t, ['run', '--date', DAY]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^cb_\w+: The processor has not provided settlement_\d{8}\.csv yet\.\n$/);
  assert.match(processor.readUpload(DAY) ?? '', /^Transaction ID,.*\n$/);
  processor.settle([], DAY);
  const done = await command('run', '--date', DAY, '--upload-again');
  assert.deepEqual([done['step'], done['uploaded_count'], done['source']], ['done', 0, 'file']);
  assert.equal(processor.arrived.length, 2);

  const file = fileOf('by-hand.csv', `${HEADER}\nNO-1,${DAY},1,100,1,99\n`);
  const supplied = await command('import', file, '--date', DAY);
  assert.deepEqual(
    [supplied['id'], supplied['source'], supplied['settlement_file_name'], supplied['settlements_count']],
    [done['id'], 'by_hand', 'by-hand.csv', 1],
  );
  assert.deepEqual(await command('batches'), [supplied] as unknown as Json);
  const entries = (await gateway.client.get('/v1/audit_log?limit=100')).json as Json[];
  const actions = entries.map((entry) => entry['action']);
  for (const action of [
    ...['card_processor_connection.updated', 'card_batch.run', 'card_batch.settlement_file_supplied'],
    'settlement.recorded',
  ])
    assert.ok(actions.includes(action), action);
  assert.ok(entries.some((entry) => entry['on_behalf_of'] === 'M. Sato'));

  assert.equal((await command('disconnect'))['deleted'], true);
  const gone = await run(t, ['connection']);
  assert.match(gone.stderr, /^No organization has a connection to a card processor for test payments\.\n$/);
});

const WRONG: [args: string[], message: RegExp][] = [
  [['run', '--date', '2026-1-1'], /a day such as 2026-01-14/],
  [['run', '--date', DAY, '--organization', 'org_nobody'], /There is no organization org_nobody/],
  [
    ['import', join(folder, 'nothing.csv'), '--date', DAY, '--organization', organization_id],
    /cannot be read \(ENOENT\)/,
  ],
  [
    ['import', fileOf('cut.csv', `${HEADER}\nM,1`), '--date', DAY, '--organization', organization_id],
    /^Line 2 has 2 columns/,
  ],
  [
    ['configure', '--organization', organization_id, '--port', '21'],
    /give --host, --username and --password-file/,
  ],
];

test('what is wrong with a command is said in one line', async (t) => {
  for (const [args, message] of WRONG) {
    const { code, stderr } = await run(t, args);
    assert.equal(code, 1, args.join(' '));
    assert.match(stderr, message);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  }
});

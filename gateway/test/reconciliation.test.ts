// A provider's file of a day against the books: through the command line and over HTTP, with the simulated PayPay's
// own files, as they come and with exceptions that are put into them.
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { type TestContext, test } from 'node:test';
import type { ImportedFile } from '../src/application/reconciliations.ts';
import type { ReconciliationException } from '../src/domain/reconciliation-exception.ts';
import type { Json } from './support/client.ts';
import { startTestGateway, type TestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import {
  ACCOUNT,
  COLUMNS,
  DAY,
  describe,
  fetchLines,
  importBytes,
  MORNING,
  makeBytes,
  makeChance,
  makeFiles,
  makeFolder,
  nameOf,
  pay,
  refund,
  toShiftJis,
} from './support/reconciliation.ts';

interface Printed {
  files: ImportedFile[];
  rows_count: number;
  file: Json;
  exceptions: ReconciliationException[];
}

async function cli(t: TestContext, gateway: TestGateway, ...args: string[]) {
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  return runCli(t, ['reconciliation', ...args], { env });
}

async function cliJson(t: TestContext, gateway: TestGateway, ...args: string[]): Promise<Printed> {
  const { code, stdout, stderr } = await cli(t, gateway, ...args);
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as Printed;
}

/** The same by the command line, which prints what came of it. */
async function importByCommand(t: TestContext, gateway: TestGateway, name: string, bytes: Buffer) {
  const path = makeFolder(t).write(name, bytes);
  const { files } = await cliJson(t, gateway, 'import', path, '--by', 'M. Sato');
  const [file] = files;
  assert.ok(file !== undefined && files.length === 1);
  const { exceptions } = await cliJson(t, gateway, 'show', file.id, '--json', '--limit', '1000');
  return { file, exceptions };
}

const inOrder = (exceptions: ReconciliationException[]) => exceptions.map(describe).sort();

test('exactly the exceptions that are put into a day’s file are found', async (t) => {
  const gateway = await startTestGateway(t);
  const { client, clock, paypay } = gateway;
  clock.set(MORNING);
  const chance = makeChance('a day at the till');
  const paid: Awaited<ReturnType<typeof pay>>[] = [];
  for (let count = 0; count < 16; count += 1) {
    clock.advance(60_000 + chance(20) * 60_000);
    paid.push(await pay(gateway, { amount: 500 + chance(5_000) }));
  }
  const refunds = [];
  for (const intent of paid.slice(0, 4)) refunds.push(await refund(gateway, intent, 100 + chance(300)));
  const declined = await gateway.openQr();
  await paypay.decline(declined.code);
  clock.advance(2_500);
  await gateway.settle();

  const name = nameOf(DAY);
  const [made] = await makeFiles(gateway, DAY);
  assert.deepEqual([made?.name, made?.rows], [name, 16 + 4 + 1]);
  const { header, rows } = await fetchLines(made ?? { url: '' });
  const rowOf = (id: string) => {
    const row = rows.find((line) => line.includes(`,${id},`));
    assert.ok(row !== undefined, id);
    return row;
  };
  /** Each payment is hurt once at most. */
  const untouched = [...paid];
  const take = () => untouched.splice(chance(untouched.length), 1)[0] as (typeof paid)[number];
  const changed = new Map<string, string | null>();
  const expected: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    const gone = take();
    changed.set(rowOf(gone.attempt_id), null);
    expected.push(`missing_there ${gone.attempt_id}`);
    const dearer = take();
    const line = rowOf(dearer.attempt_id);
    changed.set(
      line,
      line.replace(/,(\d+),,PayPay残高/, (_, yen: string) => `,${Number(yen) + 1},,PayPay残高`),
    );
    expected.push(`amount_differs ${dearer.attempt_id}`);
    const undone = take();
    changed.set(rowOf(undone.attempt_id), rowOf(undone.attempt_id).replace('取引完了', '取引失敗'));
    expected.push(`status_differs ${undone.attempt_id}`);
  }
  const [lost = '', smaller = ''] = refunds;
  changed.set(rowOf(lost), null);
  changed.set(rowOf(smaller), rowOf(smaller).replace(/,-\d+,/, ',-1,'));
  // Given back at PayPay's own tool: of a payment of ours, and of one that the gateway never saw.
  const by_hand = take();
  const foreign = `0477,${ACCOUNT},,,,,取引完了,2026/01/16 12:00:00,300,,,till-77,`;
  const foreign_refund = foreign.replace('取引完了', '返金完了').replace(',300,', ',-300,');
  const returned = rowOf(by_hand.attempt_id)
    .replace('取引完了', '返金完了')
    .replace(/,\d+,,PayPay残高/, ',-50,,PayPay残高')
    .replace(by_hand.attempt_id, '');
  expected.push(
    `missing_there ${lost}`,
    `amount_differs ${smaller}`,
    `missing_here ${by_hand.attempt_id}`,
    'missing_here 0477',
    'missing_here 0477',
  );
  const hurt = rows.flatMap((line) => changed.get(line) ?? (changed.has(line) ? [] : [line]));
  // What failed moved nothing, whosever it was.
  const failed = [foreign, foreign_refund, returned].map((line) =>
    line.replace('取引完了', '取引失敗').replace('返金完了', '返金失敗'),
  );
  const bytes = makeBytes(header, [...hurt, foreign, foreign_refund, returned, ...failed]);
  const { file, exceptions } = await importByCommand(t, gateway, name, bytes);
  assert.deepEqual(inOrder(exceptions), expected.sort());
  assert.deepEqual(file['exceptions'], {
    amount_differs: 4,
    missing_here: 3,
    missing_there: 4,
    status_differs: 3,
  });
  assert.deepEqual([file['unknown_count'], file['result']], [2, 'imported']);

  // Both amounts and both states are told, and where in the file it stands.
  const dearer = exceptions.find(({ kind, refund_id }) => kind === 'amount_differs' && refund_id === null);
  assert.equal(dearer?.['amount_there'], Number(dearer?.['amount_here']) + 1);
  const undone = exceptions.find(({ kind }) => kind === 'status_differs');
  assert.deepEqual([undone?.['status_here'], undone?.['status_there']], ['paid', 'failed']);
  assert.ok(Number(undone?.['line']) > 1);

  // Nothing changes a payment: each that is named is asked about once, and stays what it is.
  const named = [...new Set(exceptions.flatMap(({ attempt_id }) => attempt_id ?? []))].sort();
  const dueAttempts = () =>
    gateway.query<{ id: string }>(
      'select id from payment_attempts where next_check_at is not null order by id',
    );
  assert.deepEqual(
    (await dueAttempts()).map(({ id }) => id),
    named,
  );
  clock.set('2036-01-01T00:00:00.000Z');
  const asked_before = await paypay.calls('get_payment', undone?.attempt_id ?? '');
  await gateway.settle();
  assert.equal(await paypay.calls('get_payment', undone?.attempt_id ?? ''), asked_before + 1);
  assert.deepEqual(await dueAttempts(), []);
  for (const intent of paid) assert.equal(await gateway.statusOf(intent), 'succeeded');

  const [entry] = (await client.get(`/v1/audit_log?object=${file.id}`)).json;
  assert.deepEqual(
    [entry.action, entry.actor_id, entry.on_behalf_of],
    ['reconciliation_file.imported', userInfo().username, 'M. Sato'],
  );

  // PayPay makes the file once more, and now it is right.
  const right = await importBytes(gateway, name, makeBytes(header, rows));
  assert.deepEqual(right.exceptions, []);
  assert.deepEqual(right.file['replaced'], { id: file.id, open_exceptions: exceptions.length });
  // The same bytes again are nothing new, whatever the file is called, and neither is the file that was replaced.
  for (const again of [makeBytes(header, rows), bytes]) {
    const answer = await importBytes(gateway, name.replace('.csv', ' (1).csv'), again);
    assert.deepEqual([answer.file['result'], answer.exceptions], ['already_imported', []]);
  }
});

test('held money is found by what PayPay calls it: taken in part, let go, given back', async (t) => {
  const gateway = await startTestGateway(t);
  const { client, clock, paypay } = gateway;
  clock.set(MORNING);
  const taken = [];
  for (let count = 0; count < 4; count += 1) {
    const intent = await gateway.holdQr({ amount: 3_000 });
    const { status } = await client.post(`/v1/payment_intents/${intent.id}/capture`, {
      amount: 2_000 + count,
    });
    assert.equal(status, 200);
    taken.push(intent);
  }
  const refund_id = await refund(gateway, taken[0] as { id: string }, 500);
  const let_go = await gateway.holdQr({ amount: 900 });
  await client.post(`/v1/payment_intents/${let_go.id}/cancel`, {});
  await paypay.revertByHand((await gateway.holdQr({ amount: 800 })).code);
  await gateway.settle();

  const made = await makeFiles(gateway, DAY);
  assert.deepEqual(
    made.map(({ name }) => name),
    [nameOf(DAY), nameOf(DAY, 'preauth_transaction')],
  );
  const held = made[1] ?? { url: '', name: '' };
  const { header, rows } = await fetchLines(held);
  const right = await importBytes(gateway, held.name, makeBytes(header, rows));
  // What somebody let go at PayPay's own tool was not looked up yet: the file is the first to tell.
  assert.deepEqual(
    right.exceptions.map((each) => [each.kind, each['status_here'], each['status_there']]),
    [['status_differs', 'authorized', 'released']],
  );
  assert.deepEqual([right.file['payments_count'], right.file['refunds_count']], [4, 1]);

  const captures = rows.filter((line) => line.includes(',COMPLETED,'));
  const [less = '', none = ''] = captures;
  const wrong = rows.flatMap((line) => {
    if (line === less) return [line.replace(/,200\d,/, ',1,')];
    return line === none || line.includes(refund_id) ? [] : [line];
  });
  const { exceptions } = await importBytes(gateway, held.name, makeBytes(header, wrong));
  const kinds = exceptions.map(
    ({ kind, refund_id: of_refund }) => `${kind}${of_refund ? ' of a refund' : ''}`,
  );
  assert.deepEqual(kinds.filter((kind) => kind !== 'status_differs').sort(), [
    'amount_differs',
    'missing_there',
    'missing_there of a refund',
  ]);
});

test('the command line says what is wrong, and prints tables', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const intent = await pay(gateway, { amount: 4_321 });
  const folder = makeFolder(t);
  const refusedImport = async (message: RegExp, path: string, ...options: string[]) => {
    const { code, stdout, stderr } = await cli(t, gateway, 'import', path, ...options);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n.+\n/, 'one sentence');
  };
  const bytes = makeBytes(COLUMNS, []);
  await refusedImport(/cannot be read \(ENOENT\)/, '/nowhere/x.csv');
  await refusedImport(/^The file is empty/, folder.write(nameOf(DAY), Buffer.alloc(0)));
  await refusedImport(/^Line 2 has 3 columns/, folder.write(nameOf(DAY), makeBytes(COLUMNS, ['a,b,c'])));
  await refusedImport(/give --merchant-id and --date/, folder.write('renamed.csv', bytes));
  await refusedImport(
    /^No organization has the account x at PAYPAY for test/,
    folder.write(nameOf(DAY, 'transaction', 'x'), bytes),
  );
  await refusedImport(/for live payments/, folder.write(nameOf(DAY), bytes), '--live');
  await refusedImport(/CASH has no files/, folder.write(nameOf(DAY), bytes), '--provider', 'CASH');
  assert.deepEqual(await cliJson(t, gateway, 'list', '--json'), []);

  const renamed = folder.write('renamed.csv', bytes);
  const { files } = await cliJson(t, gateway, 'import', renamed, '--merchant-id', ACCOUNT, '--date', DAY);
  const [{ id }] = files as [ImportedFile];
  const list = await cli(t, gateway, 'list');
  assert.match(list.stdout, new RegExp(`^id +organization_id .*\\n${id} .* imported +0 +0 .* 1\\n$`));
  const shown = await cli(t, gateway, 'show', id);
  assert.match(
    shown.stdout,
    new RegExp(`rx_\\w+ .* missing_there +${intent.id} +${intent.attempt_id} .* 4321 +paid`),
  );
  const [rd] = /rx_\w+/.exec(shown.stdout) ?? [];
  assert.ok(rd !== undefined);
  const said = ['--reason', 'PayPay’s support has it.', '--by', 'M. Sato'];
  assert.match((await cli(t, gateway, 'resolve', rd, '--by', 'M. Sato')).stderr, /--reason/);
  const empty = await cli(t, gateway, 'resolve', rd, '--reason', ' ', '--by', 'M. Sato');
  assert.deepEqual([empty.code, empty.stdout], [1, '']);
  assert.match(empty.stderr, /--reason .* must be words/);
  const resolved = await cli(t, gateway, 'resolve', rd, ...said);
  assert.deepEqual([resolved.code, JSON.parse(resolved.stdout).resolved_by], [0, 'M. Sato']);
  const again = await cli(t, gateway, 'resolve', rd, ...said);
  assert.deepEqual([again.code, again.stdout], [1, '']);
  assert.match(again.stderr, /resolved already/);
  const missing = await cli(t, gateway, 'show', 'rf_none');
  assert.deepEqual([missing.code, missing.stdout], [1, '']);
  assert.match(missing.stderr, /no reconciliation file/);
});

test('bytes that are no Shift_JIS of PayPay’s change nothing', async (t) => {
  const gateway = await startTestGateway(t);
  const bytes = Buffer.concat([toShiftJis(`${COLUMNS}\n`), Buffer.of(0xff, 10)]);
  await assert.rejects(() => importBytes(gateway, nameOf(DAY), bytes), /^UnreadableFileError: Line 2 /);
  assert.deepEqual(await gateway.query('select id from reconciliation_files'), []);
});

// What becomes of imports one after another, and beside each other: days that meet at midnight, organizations that share
// an account, a file that comes again, an import that died.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actorOfCommandLine } from '../src/application/audit.ts';
import { resolveException } from '../src/application/reconciliation-decisions.ts';
import { getReconciliation } from '../src/application/reconciliation-reports.ts';
import { importReconciliationFile } from '../src/application/reconciliations.ts';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import {
  ACCOUNT,
  COLUMNS,
  DAY,
  describe,
  exceptionsOf,
  fetchLines,
  importBytes,
  MORNING,
  makeBytes,
  makeFiles,
  nameOf,
  pay,
} from './support/reconciliation.ts';

test('a payment near midnight is missing only when both files that could have it are there', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set('2026-01-16T14:55:00.000Z'); // five minutes before midnight
  const in_next_file = await pay(gateway, { amount: 700 });
  const in_no_file = await pay(gateway, { amount: 800 });
  const first = await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, []));
  assert.deepEqual(first.exceptions, []);

  const next = `04,${ACCOUNT},,,,,取引完了,2026/01/17 00:00:01,700,,,${in_next_file.attempt_id},`;
  const second = await importBytes(gateway, nameOf('2026-01-17'), makeBytes(COLUMNS, [next]));
  // What stands on the other side of midnight is told, and needs nobody.
  assert.deepEqual(
    second.exceptions.map((each) => [describe(each), each.resolved_by]),
    [[`cross_midnight ${in_next_file.attempt_id}`, 'mpac-pgw']],
  );
  const { file, exceptions } = await getReconciliation(gateway.context, first.file.id, 100);
  assert.deepEqual(exceptions.map(describe), [`missing_there ${in_no_file.attempt_id}`]);
  assert.equal(file.exceptions_count, 1);

  // Told once: neither file brings it again.
  const third = await importBytes(gateway, nameOf('2026-01-17'), makeBytes(COLUMNS, [next, '']));
  assert.deepEqual(
    [third.file['result'], third.exceptions.map(describe)],
    ['imported', [`cross_midnight ${in_next_file.attempt_id}`]],
  );
});

test('of an account that serves two organizations, each sees its own exceptions', async (t) => {
  const gateway = await startTestGateway(t);
  // Had the account until the evening before.
  const stranger = await gateway.addOrganization();
  await gateway.saveStore({
    organization_id: stranger.organization_id,
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'another_account' } },
    ],
  });
  gateway.clock.set(MORNING);
  const other = await gateway.addOrganization();
  const mine = await pay(gateway, { amount: 1_100 });
  const theirs = await gateway.createIntent({ amount: 1_200 }, other.client);
  const terminal = gateway.terminalFor(theirs);
  const code = String((await terminal.confirmQr()).json.qr_content);
  await gateway.paypay.pay(code);
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  const unknown = `0477,${ACCOUNT},,,,,取引完了,2026/01/16 12:00:00,300,,,,`;
  const file_name = nameOf(DAY);
  const bytes = makeBytes(COLUMNS, [unknown]);
  const { files } = await importReconciliationFile(
    gateway.context,
    { provider: 'PAYPAY', bytes, file_name, livemode: false, source: 'by_hand' },
    actorOfCommandLine('test'),
  );
  assert.deepEqual(
    files.map(({ organization_id }) => organization_id).sort(),
    [gateway.organization_id, other.organization_id].sort(),
  );
  for (const { id, organization_id } of files) {
    const exceptions = await exceptionsOf(gateway.context, id);
    const own = organization_id === gateway.organization_id ? mine.id : theirs.id;
    assert.deepEqual(
      exceptions.map(({ kind, payment_intent_id }) => [kind, payment_intent_id]),
      [
        ['missing_here', null],
        ['missing_there', own],
      ],
    );
  }
  // The other organization's log knows nothing of this one's file.
  const entries = (await other.client.get('/v1/audit_log?action=reconciliation_file.imported')).json;
  assert.equal(entries.length, 1);
});

test('a file cannot speak for the payments of another account, whatever ids it names', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const other = await gateway.addOrganization();
  await gateway.saveStore({
    organization_id: other.organization_id,
    payment_processor_configs: [
      { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'another_account' } },
    ],
  });
  // Its former account counts until that day's end; a day later it does not.
  gateway.clock.advance(86_400_000);
  const theirs = await gateway.createIntent({}, other.client);
  const { json } = await gateway.terminalFor(theirs).confirmQr();
  await gateway.paypay.pay(String(json.qr_content));
  gateway.clock.advance(2_500);
  await gateway.runJob('look_ups');
  const [attempt] = await gateway.query<{ id: string; provider_payment_id: string }>(
    'select id, provider_payment_id from payment_attempts',
  );
  const line = `${attempt?.provider_payment_id},${ACCOUNT},,,,,取引失敗,2026/01/17 09:00:02,1000,,,${attempt?.id},`;
  const paid = line.replace('取引失敗', '取引完了');
  const { file, exceptions } = await importBytes(
    gateway,
    nameOf('2026-01-17'),
    makeBytes(COLUMNS, [line, paid]),
  );
  assert.equal(file.organization_id, gateway.organization_id);
  assert.deepEqual(
    exceptions.map(({ kind, payment_intent_id }) => [kind, payment_intent_id]),
    [['missing_here', null]],
  );
  assert.deepEqual(
    await gateway.query('select id from payment_attempts where next_check_at is not null'),
    [],
  );
});

test('an import that died is taken over, one that runs is left alone, and marks are forgotten in time', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const intent = await pay(gateway);
  const [made] = await makeFiles(gateway, DAY);
  const { header, rows } = await fetchLines(made ?? { url: '' });
  const bytes = makeBytes(header, rows);
  const { file } = await importBytes(gateway, nameOf(DAY), bytes);
  const marks = () =>
    gateway.query<{ object_id: string }>('select object_id from reconciliation_matches order by object_id');
  assert.deepEqual(await marks(), [{ object_id: intent.attempt_id }]);

  const begin = (received_at: string) =>
    gateway.query(
      `update reconciliation_files set status = 'importing', imported_at = null, received_at = $1`,
      [received_at],
    );
  await begin(new Date(gateway.clock.now()).toISOString());
  await assert.rejects(
    () => importBytes(gateway, nameOf(DAY), bytes),
    /^GatewayError: The same file is being imported/,
  );

  await begin('2026-01-01T00:00:00.000Z');
  await gateway.query(
    `insert into reconciliation_matches (object_id, file_id, organization_id) select 'pa_left', id, organization_id
     from reconciliation_files`,
  );
  const again = await importBytes(gateway, nameOf(DAY), bytes);
  assert.deepEqual([again.file.id, again.file['result']], [file.id, 'imported']);
  assert.deepEqual(await marks(), [{ object_id: intent.attempt_id }]);

  await gateway.runJob('purge');
  assert.equal((await marks()).length, 1);
  gateway.clock.advance(401 * 86_400_000);
  await gateway.runJob('purge');
  assert.deepEqual(await marks(), []);
});

test('a file under the name of another day is refused, and leaves the right one in its place', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  await pay(gateway);
  const row = `0477,${ACCOUNT},,,,,取引失敗,2026/01/15 23:59:59,300,,,till-77,`;
  const [made] = await makeFiles(gateway, DAY);
  const { header, rows } = await fetchLines(made ?? { url: '' });
  await importBytes(gateway, nameOf(DAY), makeBytes(header, [row, ...rows]));
  for (const bytes of [
    makeBytes(COLUMNS, [row]),
    makeBytes(COLUMNS, [row.replace('15 23:59:59', '17 00:00:00')]),
  ])
    await assert.rejects(() => importBytes(gateway, nameOf(DAY), bytes), /Not one row is of the time/);
  const files = await gateway.query('select status, payments_count from reconciliation_files');
  assert.deepEqual(files, [{ status: 'imported', payments_count: 1 }]);
});

test('what a person has settled stays settled when the file comes again', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const lost = await pay(gateway);
  const foreign = `0477,${ACCOUNT},,,,,取引完了,2026/01/16 12:00:00,300,,,till-77,`;
  await importBytes(gateway, nameOf(DAY), makeBytes(COLUMNS, [foreign]));
  const by = actorOfCommandLine('root', 'M. Sato');
  const decision = { reason: 'A sticker at the till.', adjustment_amount: null };
  const open = await gateway.query<{ id: string }>('select id from reconciliation_exceptions');
  assert.equal(open.length, 2);
  for (const { id } of open) {
    // Two people at once: one settles it.
    const both = await Promise.allSettled(
      [1, 2].map(() => resolveException(gateway.context, null, id, decision, by, null)),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  }
  await gateway.runJob('measure');
  const measured = await gateway.context.metrics.registry.metrics();
  assert.match(measured, /^mpac_reconciliation_exceptions_open 0$/m);
  const { json } = await gateway.client.get('/v1/audit_log?action=reconciliation_exception.resolved');
  assert.deepEqual(
    json.map(({ on_behalf_of, reason }: Json) => [on_behalf_of, reason]),
    [...open].map(() => ['M. Sato', 'A sticker at the till.']),
  );
  await assert.rejects(
    () => resolveException(gateway.context, null, 'rx_none', decision, by, null),
    /no reconciliation exception/,
  );
  const { file, exceptions } = await importBytes(
    gateway,
    nameOf(DAY),
    makeBytes(COLUMNS, [foreign, foreign.replaceAll('77', '78')]),
  );
  // The payment is missing in this file as well, and somebody knows of it.
  assert.deepEqual(
    exceptions.map(({ kind, provider_payment_id, resolved_by, resolution_reason }) => [
      ...[kind, provider_payment_id, resolved_by, resolution_reason],
    ]),
    [
      ['missing_there', lost.provider_payment_id, 'M. Sato', 'A sticker at the till.'],
      ['missing_here', '0477', 'M. Sato', 'A sticker at the till.'],
      ['missing_here', '0478', null, null],
    ],
  );
  assert.deepEqual(file['exceptions'], { missing_here: 1 });
  assert.equal(await gateway.statusOf(lost), 'succeeded');
});

test('a hold that the file tells several times, and a failed try that it leaves out, are no exceptions', async (t) => {
  const gateway = await startTestGateway(t);
  gateway.clock.set(MORNING);
  const held = await gateway.holdQr({ amount: 3_000 });
  await gateway.client.post(`/v1/payment_intents/${held.id}/capture`, { amount: 2_000 });
  const declined = await gateway.openQr();
  await gateway.paypay.decline(declined.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  const [of_payments, of_holds] = await makeFiles(gateway, DAY);
  assert.ok(of_payments !== undefined && of_holds !== undefined);

  const payments = await fetchLines(of_payments);
  assert.equal(payments.rows.length, 1);
  assert.match(payments.rows[0] ?? '', /,取引失敗,/);
  const emptied = await importBytes(gateway, of_payments.name, makeBytes(payments.header, []));
  assert.deepEqual(emptied.exceptions, []);

  const { header, rows } = await fetchLines(of_holds);
  const authorized = rows.filter((line) => line.includes(',AUTHORIZED,'));
  assert.equal(authorized.length, 1);
  const again = authorized.map((line) => line.replace(/T(\d\d):\d\d:/, 'T$1:59:'));
  const { file, exceptions } = await importBytes(
    gateway,
    of_holds.name,
    makeBytes(header, [...rows, ...authorized, ...again]),
  );
  assert.deepEqual(exceptions, []);
  assert.equal(file['payments_count'], 1);
});

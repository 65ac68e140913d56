// What becomes of a file of the accounting export when something goes wrong: it is tried again, given up with one mail,
// made from the books again, never sent when it does not add up to them, and in one worker's hands at a time.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  runAccountingExport,
  runDueAccountingExports,
  scheduleAccountingExports,
} from '../src/application/accounting-exports.ts';
import { SYSTEM } from '../src/application/audit.ts';
import { FIRST_DAY, makeAccountingStage } from './support/accounting-stage.ts';
import { MERCHANT_ID, STORE_ID } from './support/gateway.ts';

const HALF_AN_HOUR = 30 * 60_000;
const DIRECTORY = `exports/mpac/${MERCHANT_ID}`;

test('what fails is tried again every half hour, five times, and then one mail and one event tell of it', async (t) => {
  const stage = await makeAccountingStage(t);
  const server = await stage.connect({ mail_to: 'books@example.com', language: 'en' });
  await stage.sell();
  server.faults.add('no_space', { value: 0 });
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const seen: unknown[] = [];
  for (let attempt = 1; attempt <= 8; attempt++) {
    await stage.work();
    const [row] = await stage.list();
    seen.push([row?.['status'], row?.['attempts_made']]);
    stage.clock.advance(HALF_AN_HOUR - 1);
    await stage.work();
    stage.clock.advance(1);
  }
  assert.deepEqual(seen, [
    ...[1, 2, 3, 4, 5].map((attempt) => ['pending', attempt]),
    ...[6, 6, 6].map((attempt) => ['failed', attempt]),
  ]);
  assert.deepEqual(
    stage.arrived().filter((name) => !name.endsWith('.part')),
    [],
    'nothing has the name of a file',
  );
  const events = await stage.client.get('/v1/events?type=export.*');
  assert.deepEqual(
    events.json.map(({ type }: { type: string }) => type),
    ['export.failed'],
  );
  const mails = await stage.gateway.query<{ recipient: string; subject: string; body: string }>(
    'select recipient, subject, body from mails',
  );
  assert.equal(mails.length, 1);
  assert.equal(mails[0]?.recipient, 'books@example.com');
  assert.equal(mails[0]?.subject, `Daily Settlement Export Failed - Merchant ${MERCHANT_ID}`);
  assert.match(mails[0]?.body ?? '', /\n- Retry Attempt: 5\/5\n/);

  // A person makes room and asks for it again.
  server.faults.clear();
  const again = await stage.client.post('/v1/accounting_exports', {
    merchant_id: MERCHANT_ID,
    merchant_store_id: STORE_ID,
    business_date: FIRST_DAY,
  });
  assert.deepEqual([again.status, again.json[0]?.status, again.json[0]?.attempts_made], [202, 'pending', 0]);
  await stage.work();
  const [row] = await stage.list();
  assert.deepEqual([row?.['status'], row?.['attempts_made'], row?.['error']], ['delivered', 1, undefined]);
  assert.deepEqual(stage.arrived(), [`${DIRECTORY}/${stage.nameOf(FIRST_DAY)}`]);
});

for (const { fault, says } of [
  { fault: 'drop', says: /connection/i },
  { fault: 'refuse_auth', says: /key|log ?in|account/i },
  { fault: 'other_host_key', says: /host key|key/i },
  { fault: 'wrong_size', says: /bytes/i },
] as const) {
  test(`after ${fault} at the server the next attempt brings the whole file`, async (t) => {
    const stage = await makeAccountingStage(t);
    const server = await stage.connect();
    for (let sold = 0; sold < 20; sold++) await stage.sell({ receipt_number: `RCP-${sold}` });
    server.faults.add(fault, { times: 1, value: 100 });
    stage.clock.set('2026-01-15T15:02:00.000Z');
    await stage.work();
    const [before] = await stage.list();
    assert.equal(before?.['status'], 'pending');
    assert.match(String(before?.['error']), says);
    assert.deepEqual(
      stage.arrived().filter((name) => !name.endsWith('.part')),
      [],
    );
    stage.clock.advance(HALF_AN_HOUR);
    await stage.work();
    const [after] = await stage.list();
    assert.deepEqual(
      [after?.['status'], after?.['attempts_made']],
      ['delivered', 2],
      String(after?.['error']),
    );
    const text = stage.read(stage.nameOf(FIRST_DAY));
    assert.equal(createHash('sha256').update(text).digest('hex'), after?.['sha256']);
    assert.deepEqual(stage.arrived(), [`${DIRECTORY}/${stage.nameOf(FIRST_DAY)}`]);
  });
}

test('a file that is gone from the archive, or was changed there, is made from the books again', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const [row] = await stage.list();
  const [name = ''] = stage.archived();
  const path = join(stage.data_dir, 'exports', name);
  const read = async () => (await stage.client.get(`/v1/accounting_exports/${row?.['id']}/file`)).text;
  const first = await read();
  await rm(path);
  assert.equal(await read(), first);
  await writeFile(path, first.replace('1000', '9999'));
  assert.equal(await read(), first);
  assert.equal(readFileSync(path, 'utf8'), first);
});

test('several who read a file that this machine has not made get it all the same, and disturb nobody', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await stage.work();
  const [row] = await stage.list();
  await rm(join(stage.data_dir, 'exports'), { recursive: true });
  const read = () => stage.client.get(`/v1/accounting_exports/${row?.['id']}/file`);
  const files = await Promise.all(Array.from({ length: 8 }, read));
  for (const { status, text } of files) {
    assert.equal(status, 200, text);
    assert.equal(text, stage.read(stage.nameOf(FIRST_DAY)));
  }
  assert.equal(stage.archived().length, 1, 'no part is left');
});

test('a fault of the gateway itself is an attempt, and a person hears of one that stays', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect({ mail_to: 'books@example.com' });
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const { context } = stage.gateway;
  context.files = { ...context.files, sftpUpload: () => Promise.reject(new Error('canary')) };
  for (let attempt = 1; attempt <= 7; attempt++) {
    await stage.work();
    stage.clock.advance(HALF_AN_HOUR);
  }
  const [row] = await stage.list();
  assert.deepEqual([row?.['status'], row?.['attempts_made']], ['failed', 6]);
  assert.match(String(row?.['error']), /^The gateway itself failed at it\./);
  const mails = await stage.gateway.query<{ body: string }>('select body from mails');
  assert.equal(mails.length, 1);
  assert.doesNotMatch(mails[0]?.body ?? '', /canary/);
});

test('a store whose days cannot be taken stands in nobody else’s way', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.client.post('/v1/sync/merchants', {
    merchants: [{ id: MERCHANT_ID, name: 'Example', stores: [{ id: 'sick', name: 'Sick' }] }],
  });
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const { context } = stage.gateway;
  const { query } = context.db;
  context.db.query = (async (statement: { name: string; text: string }, values: unknown[] = []) => {
    if (statement.name === 'sum_business_day_of_store' && values.includes('sick')) throw new Error('ill');
    return query(statement, values);
  }) as typeof query;
  await stage.work();
  context.db.query = query;
  assert.deepEqual(stage.arrived(), [`${DIRECTORY}/${stage.nameOf(FIRST_DAY)}`]);
  await stage.work();
  assert.equal(stage.arrived().length, 2, 'its day is taken when it is well again');
});

test('lines that do not add up to the books never leave', async (t) => {
  const stage = await makeAccountingStage(t);
  await stage.connect();
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  await scheduleAccountingExports(stage.gateway.context);
  // Somebody books into a day that has ended, between the lines and the sum.
  const { context } = stage.gateway;
  const { query } = context.db;
  context.db.query = (async (statement: { name: string; text: string }, values?: unknown[]) => {
    if (statement.name === 'sum_business_day_of_store') {
      await stage.gateway.query(
        `insert into book_entries select 'be_late', organization_id, livemode, merchant_id, merchant_store_id, provider,
           business_date, currency, kind, debit_account, credit_account, 1, 0, 'pa_late', null, created_at
         from book_entries where kind = 'payment' limit 1 on conflict do nothing`,
      );
    }
    return query(statement, values);
  }) as typeof query;
  await runDueAccountingExports(context);
  context.db.query = query;
  const [row] = await stage.list();
  assert.equal(row?.['status'], 'pending');
  assert.match(
    String(row?.['error']),
    /^The 1 lines of the file come to 1000 JPY with 0 of tax, and the 2 of the books to 1001 with 0\./,
  );
  assert.deepEqual([stage.arrived(), stage.archived()], [[], []]);
  stage.clock.advance(HALF_AN_HOUR);
  await stage.work();
  assert.match(stage.read(stage.nameOf(FIRST_DAY)), /"gross_revenue": 1001/);
});

test('while somebody works on a file nobody else begins with it, and after a dead worker’s lease the next one does', async (t) => {
  const stage = await makeAccountingStage(t, { replicas: 2 });
  const server = await stage.connect();
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const [dead, next] = stage.gateway.replicas.map(({ context }) => context);
  assert.ok(dead && next);
  await scheduleAccountingExports(dead);
  // A worker that is stuck for good in the middle of sending.
  let leave = () => {};
  const arrived = new Promise<void>((resolve) => {
    dead.files = {
      ...dead.files,
      sftpUpload: () => {
        resolve();
        return new Promise((_, reject) => {
          leave = () => reject(new Error('killed'));
        });
      },
    };
  });
  const stuck = runDueAccountingExports(dead);
  await arrived;
  assert.equal(await runDueAccountingExports(next), 0);
  const busy = await stage.client.post('/v1/accounting_exports', {
    merchant_id: MERCHANT_ID,
    merchant_store_id: STORE_ID,
    business_date: FIRST_DAY,
  });
  assert.deepEqual([busy.status, busy.json.details.constraint], [409, 'in_progress']);
  stage.clock.advance(HALF_AN_HOUR);
  assert.equal(await runDueAccountingExports(next), 1);
  leave();
  await stuck;
  const [row] = await stage.list();
  assert.deepEqual([row?.['status'], row?.['attempts_made']], ['delivered', 1]);
  assert.equal(server.faults.list().length, 0);
});

test('files that a person has made one after the other are held all the while', async (t) => {
  const stage = await makeAccountingStage(t, { replicas: 2, config: { transfer_deadline_ms: 60 * 60_000 } });
  await stage.connect({ formats: ['json', 'csv', 'xml'], is_active: false });
  await stage.sell();
  stage.clock.set('2026-01-15T15:02:00.000Z');
  const [person, worker] = stage.gateway.replicas.map(({ context }) => context);
  assert.ok(person && worker);
  const { files } = person;
  person.files = {
    ...files,
    // Each takes nearly as long as a transfer may.
    async sftpUpload(...upload) {
      stage.clock.advance(59 * 60_000);
      assert.equal(await runDueAccountingExports(worker), 0, 'nobody else sends it at the same time');
      return files.sftpUpload(...upload);
    },
  };
  const { organization_id } = stage.gateway;
  const wanted = { organization_id, livemode: false, merchant_id: MERCHANT_ID, merchant_store_id: STORE_ID };
  const rows = await runAccountingExport(person, { ...wanted, business_date: FIRST_DAY }, SYSTEM);
  assert.deepEqual(
    rows.map(({ status, attempts_made }) => [status, attempts_made]),
    Array.from({ length: 3 }, () => ['delivered', 1]),
  );
});

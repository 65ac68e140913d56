// Transactions whose connection breaks around their commit, and statements that get in each other's way: done once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pg from 'pg';
import { openDatabase, type Tx } from '../src/db/pool.ts';
import { createTestDatabase } from './support/database.ts';
import { type Moment, startDatabaseProxy } from './support/database-proxy.ts';
import { waitUntil } from './support/process.ts';

const MOMENTS: Moment[] = ['before', 'during', 'after'];

async function openCounters(t: TestContext, at?: (url: string) => string) {
  const test_database = await createTestDatabase('template0');
  t.after(test_database.drop);
  const proxy = await startDatabaseProxy(test_database.url);
  t.after(proxy.close);
  const db = openDatabase({
    connection_string: at?.(test_database.url) ?? proxy.url,
    max: 4,
    application_name: 'test',
  });
  t.after(() => db.close());
  const run = (text: string, values: unknown[] = [], tx: Pick<Tx, 'query'> = db) =>
    tx.query<{ n: number }>({ name: text.slice(0, 63), text }, values);
  await run('create table counters (id int primary key, n int not null)');
  await run('insert into counters values (1, 0), (2, 0)');
  return { db, proxy, run, url: test_database.url };
}

for (const moment of MOMENTS) {
  test(`a transaction whose connection breaks ${moment} its commit is done once`, async (t) => {
    const { db, proxy, run } = await openCounters(t);
    const cut = proxy.cut('commit', moment);
    let runs = 0;
    const told = await db.withTransaction(async (tx) => {
      runs += 1;
      await run('update counters set n = n + 1 where id = $1', [1], tx);
      return 'told';
    });
    await cut;
    assert.equal(told, 'told');
    assert.deepEqual(await run('select n from counters where id = 1'), [{ n: 1 }]);
    assert.equal(runs, moment === 'before' ? 2 : 1);
  });
}

test('of two transactions in a deadlock both are done, one of them at its second try', async (t) => {
  const { db, run } = await openCounters(t, (url) => url);
  let runs = 0;
  let meet = () => {};
  const both = new Promise<void>((resolve) => {
    meet = resolve;
  });
  const cross = (first: number, second: number) =>
    db.withTransaction(async (tx) => {
      runs += 1;
      await run('update counters set n = n + 1 where id = $1', [first], tx);
      if (runs === 2) meet();
      await both;
      await run('update counters set n = n + 1 where id = $1', [second], tx);
    });
  await Promise.all([cross(1, 2), cross(2, 1)]);
  assert.equal(runs, 3);
  assert.deepEqual(await run('select n from counters'), [{ n: 2 }, { n: 2 }]);
});

test('a statement that cannot be serialised is tried again', async (t) => {
  const { db, run } = await openCounters(t, (url) => url);
  await run(`create sequence tries`);
  await run(`create function conflict_twice() returns int language plpgsql as $$ begin
    if nextval('tries') < 3 then raise exception 'try again' using errcode = '40001'; end if; return 1; end $$`);
  assert.deepEqual(await run('select conflict_twice() as n'), [{ n: 1 }]);
  assert.equal(db.stats().total, 1, 'a refusal costs no connection');
});

test('a row whose own piece of the table is added while it is on its way arrives in that piece', async (t) => {
  const { db, run, url } = await openCounters(t, (direct) => direct);
  await run('create table pieces (n int not null) partition by range (n)');
  await run('create table pieces_default partition of pieces default');
  await run('create table pieces_seven (n int not null)');
  const rival = new pg.Client({ connectionString: url });
  await rival.connect();
  await rival.query('begin');
  await rival.query('alter table pieces attach partition pieces_seven for values from (7) to (8)');
  const written = db.query({ name: 'insert_piece', text: 'insert into pieces values ($1)' }, [7]);
  await waitUntil('the row to wait', async () => {
    const waiting = `select 1 as n from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into pieces%'`;
    return (await run(waiting)).length > 0;
  });
  await rival.query('commit');
  await rival.end();
  await written;
  assert.deepEqual(await run('select n from pieces_seven'), [{ n: 7 }]);
});

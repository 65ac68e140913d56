// Transactions whose connection breaks around their commit, and statements that get in each other's way: done once.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openDatabase, type Tx } from '../src/db/pool.ts';
import { createTestDatabase } from './support/database.ts';
import { type Moment, startDatabaseProxy } from './support/database-proxy.ts';

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
    tx.query<{ n: number }>({ name: `t${text.length}`, text }, values);
  await run('create table counters (id int primary key, n int not null)');
  await run('insert into counters values (1, 0), (2, 0)');
  return { db, proxy, run };
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

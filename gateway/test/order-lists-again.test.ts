// Lists of orders that come again, and beside each other: what they say of the same money.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { DAY, listed, listFindings, openTill } from './support/tills.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const openStore = (id: string) => openTill(gateway, id);
const exceptionsOf = (list: { id: string }) => listFindings(gateway, list);

test('an order that stands on the day beside it crosses midnight once, and is missing on neither', async () => {
  const store = await openStore('midnight');
  clock.set('2026-01-15T14:59:59.000Z');
  const last = await store.inCash(1_000);
  clock.set('2026-01-15T15:00:01.000Z');
  const first = await store.inCash(2_000);
  const early = await store.post([]);
  assert.deepEqual(await exceptionsOf(early.json), [
    ['missing_there', last.ref, 1_000, null, 'paid', 'CASH', true],
  ]);
  const next_day = { business_date: '2026-01-16' };
  const late = await store.post([listed(last.ref, 1_000), listed(first.ref, 2_000)], next_day);
  assert.deepEqual(await exceptionsOf(late.json), [
    ['cross_midnight', last.ref, 1_000, 1_000, 'paid', 'CASH', false],
  ]);
  assert.equal(late.json.status, 'reconciled');
  assert.deepEqual(await exceptionsOf(early.json), []);
  const again = await store.post([]);
  assert.deepEqual([again.status, again.json.status], [201, 'reconciled']);
  // The other way round: the till has as yesterday's what was written down today.
  const without = await store.post([listed(last.ref, 1_000)], next_day);
  assert.deepEqual(await exceptionsOf(without.json), [
    ['cross_midnight', last.ref, 1_000, 1_000, 'paid', 'CASH', false],
    ['missing_there', first.ref, 2_000, null, 'paid', 'CASH', true],
  ]);
  const other = await store.post([listed(first.ref, 2_000)]);
  assert.deepEqual(await exceptionsOf(other.json), [
    ['cross_midnight', first.ref, 2_000, 2_000, 'paid', 'CASH', false],
  ]);
  const of_next_day = async () => (await client.get(`/v1/order_lists/${without.json.id}`)).json.status;
  assert.equal(await of_next_day(), 'reconciled');
  // Taken from yesterday's list again, it is missing again.
  await store.post([]);
  assert.equal(await of_next_day(), 'exceptions');
  assert.deepEqual(await exceptionsOf(without.json), [
    ['cross_midnight', last.ref, 1_000, 1_000, 'paid', 'CASH', false],
    ['missing_there', first.ref, 2_000, null, 'paid', 'CASH', true],
  ]);
});

test('an order on the lists of two days, with money on one of them, is missing on the other, whichever comes first', async () => {
  clock.set('2026-01-15T14:00:00.000Z');
  const both = [DAY, '2026-01-16'];
  for (const dates of [both, both.toReversed()]) {
    const store = await openStore(`twice_${dates[0]}`);
    clock.set('2026-01-15T14:30:00.000Z');
    const { ref } = await store.inCash(1_000);
    clock.set('2026-01-15T16:00:00.000Z');
    for (const business_date of dates) await store.post([listed(ref, 1_000)], { business_date });
    const found = await gateway.query(
      `select to_char(business_date, 'YYYY-MM-DD') as date, kind, resolved_at is null as is_open
       from reconciliation_exceptions where provider_reference = $1`,
      [ref],
    );
    assert.deepEqual(found, [{ date: '2026-01-16', kind: 'missing_here', is_open: true }]);
    const listed_twice = await gateway.query(
      'select result from listed_orders where merchant_ref_id = $1 order by result',
      [ref],
    );
    assert.deepEqual(listed_twice, [{ result: 'matched' }, { result: 'missing_here' }]);
    // Taken from the list of its own day, it has only crossed midnight.
    await store.post([], { business_date: DAY });
    const kinds = await gateway.query(
      'select kind from reconciliation_exceptions where provider_reference = $1',
      [ref],
    );
    assert.deepEqual(kinds, [{ kind: 'cross_midnight' }]);
  }
});

test('what a changed list finds again keeps its exception, is not told again, and is booked for nobody unknown', async () => {
  await client.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/lists' });
  const store = await openStore('telling');
  const [open, resolved] = (await store.post([listed('tell_1', 1), listed('tell_2', 2)])).json.exceptions;
  const resolve = (body: object) =>
    client.post(`/v1/reconciliation_exceptions/${resolved}/resolve`, {
      reason: 'A test of the till.',
      ...body,
    });
  const refused = await resolve({ adjustment_amount: 2 });
  assert.deepEqual(
    [refused.status, refused.json.details],
    [400, { field: 'adjustment_amount', constraint: 'needs_provider' }],
  );
  assert.equal((await resolve({})).status, 200);
  const { json } = await store.post(['tell_1', 'tell_2', 'tell_3'].map((ref, n) => listed(ref, n + 1)));
  assert.deepEqual(json.exceptions.slice(0, 2), [open, resolved]);
  assert.deepEqual([json.exceptions_count, json.open_exceptions_count], [3, 2]);
  const told = await gateway.query<{ ref: string }>(
    `select object_json::json ->> 'provider_reference' as ref from events
     where type = 'settlement.exception' and object_json like '%tell_%' order by id`,
  );
  assert.deepEqual(
    told.map(({ ref }) => ref),
    ['tell_1', 'tell_2', 'tell_3'],
  );
});

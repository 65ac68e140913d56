// When a store's business days begin: set by synchronisation and by the command line, told by the list of stores, and
// never a zone that the database does not know, because no payment of that store could be booked.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { merchantRow, SYNC_PATH, storeRow, syncBody } from './support/merchants.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });

const syncStore = (changes: Json, by = gateway.client) =>
  by.post(SYNC_PATH, syncBody(merchantRow('m_days', { ...storeRow('s_days'), ...changes })));

const dayOf = async (by = gateway.client) => {
  const [store] = (await by.get('/v1/merchants/m_days/stores')).json as unknown as Json[];
  return [store?.['time_zone'], store?.['business_day_starts_at']];
};

test('a new store follows the clock of Japan from midnight, and says so', async () => {
  const own = await gateway.addOrganization();
  assert.equal((await syncStore({}, own.client)).status, 200);
  assert.deepEqual(await dayOf(own.client), ['Asia/Tokyo', '00:00']);
});

test('a store’s zone and hour are set one by one, and what is left out or null stays', async () => {
  await syncStore({ time_zone: 'America/New_York', business_day_starts_at: '05:00' });
  assert.deepEqual(await dayOf(), ['America/New_York', '05:00']);
  await syncStore({});
  await syncStore({ time_zone: null, business_day_starts_at: null });
  assert.deepEqual(await dayOf(), ['America/New_York', '05:00']);
  await syncStore({ business_day_starts_at: '04:30' });
  assert.deepEqual(await dayOf(), ['America/New_York', '04:30']);
  await syncStore({ time_zone: 'Asia/Kathmandu' });
  assert.deepEqual(await dayOf(), ['Asia/Kathmandu', '04:30']);
});

test('what no clock shows is refused by its place, and nothing of the call is done', async () => {
  await syncStore({ time_zone: 'Asia/Tokyo', business_day_starts_at: '05:00' });
  for (const [changes, field] of [
    [{ time_zone: 'JST' }, 'time_zone'],
    [{ time_zone: 'Asia/Tokio' }, 'time_zone'],
    [{ time_zone: '+09:00' }, 'time_zone'],
    [{ time_zone: '' }, 'time_zone'],
    [{ business_day_starts_at: '24:00' }, 'business_day_starts_at'],
    [{ business_day_starts_at: '5:00' }, 'business_day_starts_at'],
    [{ business_day_starts_at: 5 }, 'business_day_starts_at'],
  ] as const) {
    const { status, json } = await syncStore({ ...changes, name: 'changed' });
    assert.deepEqual(
      [status, json.details.field],
      [400, `merchants.0.stores.0.${field}`],
      JSON.stringify(changes),
    );
  }
  assert.deepEqual(await dayOf(), ['Asia/Tokyo', '05:00']);
  const [row] = await gateway.query(`select name from stores where id = 's_days' and organization_id = $1`, [
    gateway.organization_id,
  ]);
  assert.deepEqual(row, { name: 's_days' });
});

test('a zone that only the gateway knows is refused as well: the database could book nothing for its store', async () => {
  // ICU knows this old name, and PostgreSQL's own list of zones does not.
  const { status, json } = await syncStore({ time_zone: 'US/Pacific-New' });
  assert.deepEqual([status, json.details.field], [400, 'merchants.0.stores.0.time_zone']);
  await assert.rejects(
    gateway.query(`update stores set time_zone = 'Mars/Olympus'`),
    /time zone "Mars\/Olympus"/,
  );
});

test('the command line sets them, keeps them, and refuses in one sentence', async (t) => {
  const own = await gateway.addOrganization();
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const place = ['--organization', own.organization_id, '--merchant', 'm_days', '--store', 's_days'];
  const save = (...options: string[]) => runCli(t, ['stores', 'save', ...place, ...options], { env });
  assert.equal((await save('--time-zone', 'Europe/Berlin', '--day-starts-at', '03:00')).code, 0);
  assert.equal((await save()).code, 0);
  assert.deepEqual(await dayOf(own.client), ['Europe/Berlin', '03:00']);
  const wrong = await save('--time-zone', 'Berlin');
  assert.deepEqual(
    [wrong.code, wrong.stderr],
    [1, 'This time zone is not known. Name one as Asia/Tokyo or America/New_York.\n'],
  );
});

// Merchants and stores as operators see them, and as the command line makes them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import {
  merchantRow,
  paypayConfig,
  SYNC_PATH,
  storeRow,
  syncBody,
  syncEntriesOf,
  syncedRowsOf,
} from './support/merchants.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });

const sync = (body: object | string, by = gateway.client) => by.post(SYNC_PATH, body);

test('merchants and stores are listed by id, page by page, with settings and without credentials', async () => {
  const own = await gateway.addOrganization();
  const stores = ['s3', 's1', 's2'].map((id) => storeRow(id, paypayConfig({ is_active: id !== 's2' })));
  await sync(
    syncBody(merchantRow('m2', ...stores), merchantRow('m1'), merchantRow('m3', storeRow('s9'))),
    own.client,
  );
  const at = new Date(gateway.clock.now()).toISOString();
  const times = { livemode: false, created_at: at, updated_at: at };

  const first = await own.client.get('/v1/merchants?limit=2');
  assert.deepEqual(
    (first.json as unknown as Json[]).map(({ id }) => id),
    ['m1', 'm2'],
  );
  const next = new URL(/<(.+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '');
  const second = await own.client.get(next.pathname + next.search);
  assert.deepEqual(
    (second.json as unknown as Json[]).map(({ id }) => id),
    ['m3', 'merchant_001'],
  );
  assert.equal(second.headers.get('link'), null);

  const one = await own.client.get('/v1/merchants/m2');
  assert.deepEqual(one.json, { id: 'm2', object: 'merchant', name: 'm2', ...times });

  const page = await own.client.get('/v1/merchants/m2/stores?limit=2&starting_after=s1');
  assert.deepEqual(page.json, [
    {
      id: 's2',
      object: 'store',
      merchant_id: 'm2',
      name: 's2',
      ...times,
      time_zone: 'Asia/Tokyo',
      business_day_starts_at: '00:00',
      payment_processor_configs: [{ provider: 'PAYPAY', is_active: false, updated_at: at }],
    },
    {
      id: 's3',
      object: 'store',
      merchant_id: 'm2',
      name: 's3',
      ...times,
      time_zone: 'Asia/Tokyo',
      business_day_starts_at: '00:00',
      payment_processor_configs: [{ provider: 'PAYPAY', is_active: true, updated_at: at }],
    },
  ]);
  assert.deepEqual((await own.client.get('/v1/merchants/m1/stores')).json, []);

  for (const path of ['/v1/merchants/m9', '/v1/merchants/m9/stores']) {
    assert.equal((await own.client.get(path)).status, 404);
    assert.equal(
      (await gateway.client.get(path.replace('m9', 'm2'))).status,
      404,
      'nor another organization’s',
    );
  }
  const wrong = await own.client.get('/v1/merchants?limit=101');
  assert.deepEqual([wrong.status, (wrong.json.details as Json)['field']], [400, 'limit']);
});

test('an id that no merchant can have is refused by its name', async () => {
  for (const path of ['/v1/merchants/%00', '/v1/merchants/%00/stores']) {
    const answer = await gateway.client.get(path);
    assert.deepEqual([answer.status, answer.json.error.param], [400, 'id'], path);
  }
});

test('the command line saves a store by the same rules, and keeps the names that it is not told', async (t) => {
  const own = await gateway.addOrganization();
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const save = (...options: string[]) =>
    runCli(t, ['stores', 'save', '--organization', own.organization_id, ...options], { env });
  const m1 = ['--merchant', 'm1', '--store', 's1'];
  assert.equal((await save(...m1, '--name', 'Kyoto', '--merchant-name', 'Tea', '--paypay', 'shop')).code, 0);
  assert.equal((await save(...m1)).code, 0);
  const rows = await syncedRowsOf(gateway, own.organization_id);
  assert.deepEqual(rows.merchants[0], { id: 'm1', name: 'Tea' });
  assert.deepEqual(rows.stores[0], { id: 's1', merchant_id: 'm1', name: 'Kyoto' });
  assert.deepEqual(rows.configs[0], { merchant_store_id: 's1', provider: 'PAYPAY', is_active: true });
  const [entry] = await syncEntriesOf(gateway, own.organization_id);
  assert.equal(entry?.['actor_type'], 'command_line');

  const moved = await save('--merchant', 'm2', '--store', 's1');
  assert.equal(moved.code, 1);
  assert.match(moved.stderr, /^The store s1 belongs to the merchant m1 and cannot move to m2/);
  const nowhere = await runCli(t, ['stores', 'save', '--organization', 'org_no', ...m1], { env });
  assert.deepEqual([nowhere.code, nowhere.stderr], [1, 'There is no organization org_no.\n']);
});

// POST /v1/sync/merchants: as the documents show it, all or nothing, harmless when repeated, and never a way to
// move a store.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Credentials, type Json, makeClient } from './support/client.ts';
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

const gateway = await startTestGateway({ after }, { replicas: 2 });

const sync = (body: object | string, by = gateway.client) => by.post(SYNC_PATH, body);

const confirmQr = async (place: Json, by: { credentials: Credentials }) => {
  const client = makeClient(gateway.url, gateway.clock.now, by.credentials);
  const { id } = await gateway.createIntent(place, client);
  return client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
};

test('the request of the documents makes a merchant whose store takes payments', async () => {
  const own = await gateway.addOrganization();
  const body = {
    merchants: [
      {
        id: 'merchant_doc',
        name: 'Example Restaurant Chain',
        stores: [
          {
            id: 'store_doc',
            name: 'Tokyo Branch',
            payment_processor_configs: [
              { provider: 'PAYPAY', is_active: true, credentials: { merchant_id: 'paypay_merchant_123' } },
            ],
          },
        ],
      },
    ],
  };
  const answer = await sync(body, own.client);
  assert.deepEqual([answer.status, answer.json], [200, { synced_merchants: 1, synced_stores: 1 }]);
  const confirmed = await confirmQr({ merchant_store_id: 'store_doc' }, own.client);
  assert.equal(confirmed.status, 200, confirmed.text);
});

test('what is null or left out is left alone, and a name that is sent is the new one', async () => {
  const own = await gateway.addOrganization();
  await sync(
    syncBody(merchantRow('m1', storeRow('s1', paypayConfig()), storeRow('s2')), merchantRow('m2')),
    own.client,
  );
  const before = await syncedRowsOf(gateway, own.organization_id);
  for (const body of [
    syncBody(),
    syncBody({ id: 'm1', name: 'm1' }, { id: 'm2', name: 'm2', stores: null }),
    syncBody(
      merchantRow('m1', { id: 's1', name: 's1' }, { id: 's2', name: 's2', payment_processor_configs: null }),
    ),
  ]) {
    assert.equal((await sync(body, own.client)).status, 200);
    assert.deepEqual(await syncedRowsOf(gateway, own.organization_id), before);
  }
  const renamed = syncBody({ id: 'm1', name: 'カフェ', stores: [{ id: 's1', name: '渋谷店' }] });
  assert.equal((await sync(renamed, own.client)).status, 200);
  const after = await syncedRowsOf(gateway, own.organization_id);
  assert.deepEqual(
    [
      after.merchants.find(({ id }) => id === 'm1')?.['name'],
      after.stores.find(({ id }) => id === 's1')?.['name'],
    ],
    ['カフェ', '渋谷店'],
  );
});

test('the same body again changes nothing, in whatever order its rows come', async () => {
  const own = await gateway.addOrganization();
  const rows = [
    merchantRow('m1', storeRow('s3', paypayConfig()), storeRow('s1', paypayConfig({ is_active: false }))),
    merchantRow(
      'm0',
      storeRow('s2', { provider: 'LINE_PAY', is_active: true, credentials: { any: 1 } }, paypayConfig()),
    ),
  ];
  await sync(syncBody(...rows), own.client);
  const before = await syncedRowsOf(gateway, own.organization_id);
  const turned = rows.toReversed().map((row) => ({ ...row, stores: (row['stores'] as Json[]).toReversed() }));
  assert.deepEqual((await sync(syncBody(...turned), own.client)).json, {
    synced_merchants: 2,
    synced_stores: 3,
  });
  assert.deepEqual(await syncedRowsOf(gateway, own.organization_id), before);
});

test('a repetition under its key is answered byte for byte, by any replica, and done once', async () => {
  const own = await gateway.addOrganization();
  const body = syncBody(merchantRow('m1', storeRow('s1', paypayConfig())));
  const entries = (await syncEntriesOf(gateway, own.organization_id)).length;
  const options = { idempotency_key: 'sync-1' };
  const [first, second] = gateway.replicas.map((replica) => gateway.clientFor(own.key, replica));
  const answers = await Promise.all([
    first?.post(SYNC_PATH, body, options),
    second?.post(SYNC_PATH, body, options),
  ]);
  for (const answer of answers) {
    assert.ok(answer?.status === 200 || answer?.headers.has('retry-after'), answer?.text);
  }
  const again = await second?.post(SYNC_PATH, body, options);
  assert.deepEqual(
    [again?.status, again?.text, again?.headers.get('idempotency-replayed')],
    [200, '{"synced_merchants":1,"synced_stores":1}', 'true'],
  );
  assert.equal((await syncEntriesOf(gateway, own.organization_id)).length, entries + 1);
  const other = await second?.post(SYNC_PATH, syncBody(merchantRow('m2')), options);
  assert.deepEqual([other?.status, other?.json.code], [409, 'idempotency_conflict']);
});

test('each synchronisation leaves one entry in the audit log, with counts and without secrets', async () => {
  const own = await gateway.addOrganization();
  const answer = await sync(
    syncBody(merchantRow('m1', storeRow('s1', paypayConfig()), storeRow('s2'))),
    own.client,
  );
  assert.deepEqual((await syncEntriesOf(gateway, own.organization_id))[0], {
    action: 'merchants.synced',
    actor_type: 'api_key',
    actor_id: own.key.id,
    livemode: false,
    object_id: own.organization_id,
    details: { merchants: 1, stores: 2, payment_processor_configs: 1 },
    request_id: answer.headers.get('x-request-id'),
  });
});

test('a configuration that is switched off stops new payments, and those that are open go on', async () => {
  const own = await gateway.addOrganization();
  const place = { merchant_store_id: 's1' };
  await sync(syncBody(merchantRow('m1', storeRow('s1', paypayConfig()))), own.client);
  const open = await confirmQr(place, own.client);
  assert.equal(open.json.status, 'requires_action', open.text);

  // Without credentials: those that are there stay.
  const off = syncBody(merchantRow('m1', storeRow('s1', { provider: 'PAYPAY', is_active: false })));
  assert.equal((await sync(off, own.client)).status, 200);
  const refused = await confirmQr(place, own.client);
  assert.deepEqual([refused.status, refused.json.code], [400, 'provider_not_supported']);
  await gateway.paypay.pay(String(open.json.qr_content));
  gateway.clock.advance(3_100);
  await gateway.settle();
  assert.equal((await own.client.retrieve(String(open.json.payment_id))).json.status, 'succeeded');

  const on = syncBody(
    merchantRow('m1', storeRow('s1', { provider: 'PAYPAY', is_active: true, credentials: null })),
  );
  assert.equal((await sync(on, own.client)).status, 200);
  assert.equal((await confirmQr(place, own.client)).status, 200);
});

test('a store of another merchant is not moved, and nothing of such a call is done', async () => {
  const own = await gateway.addOrganization();
  await sync(syncBody(merchantRow('m1', storeRow('s1', paypayConfig()))), own.client);
  const before = await syncedRowsOf(gateway, own.organization_id);
  const entries = (await syncEntriesOf(gateway, own.organization_id)).length;
  const answer = await sync(
    syncBody(merchantRow('m0'), merchantRow('m2', storeRow('s0'), storeRow('s1'))),
    own.client,
  );
  assert.deepEqual([answer.status, answer.json.code], [409, 'conflict']);
  assert.deepEqual(answer.json.details, {
    field: 'merchants.1.stores.1.id',
    constraint: 'same_merchant',
    merchant_store_id: 's1',
    merchant_id: 'm1',
  });
  assert.match(
    String(answer.json.message),
    /^The store s1 belongs to the merchant m1 and cannot move to m2: /,
  );
  assert.deepEqual(await syncedRowsOf(gateway, own.organization_id), before);
  assert.equal(
    (await syncEntriesOf(gateway, own.organization_id)).length,
    entries,
    'a refusal leaves no entry',
  );
});

test('two organizations, and two modes of one, have stores of the same names', async () => {
  const [one, other] = [await gateway.addOrganization(), await gateway.addOrganization()];
  const live = gateway.clientFor(
    await gateway.addKey({ organization_id: one.organization_id, livemode: true }),
  );
  assert.equal((await sync(syncBody(merchantRow('m1', storeRow('shared'))), one.client)).status, 200);
  assert.equal((await sync(syncBody(merchantRow('m2', storeRow('shared'))), other.client)).status, 200);
  assert.equal((await sync(syncBody(merchantRow('m3', storeRow('shared'))), live)).status, 200);
  assert.deepEqual(
    await gateway.query('select merchant_id, livemode from stores where id = $1 order by merchant_id', [
      'shared',
    ]),
    [
      { merchant_id: 'm1', livemode: false },
      { merchant_id: 'm2', livemode: false },
      { merchant_id: 'm3', livemode: true },
    ],
  );
});

test('a key that is narrowed to one merchant neither synchronises nor looks around', async () => {
  const own = await gateway.addOrganization();
  await sync(syncBody(merchantRow('m1', storeRow('s1'))), own.client);
  const narrowed = gateway.clientFor(
    await gateway.addKey({ organization_id: own.organization_id, merchant_id: 'm1' }),
  );
  const by_merchant_id = gateway.clientFor({ id: 'm1', secret: own.key.secret });
  for (const client of [narrowed, by_merchant_id]) {
    for (const answer of [
      await sync(syncBody(merchantRow('m1')), client),
      await client.get('/v1/merchants'),
      await client.get('/v1/merchants/m1'),
      await client.get('/v1/merchants/m1/stores'),
    ]) {
      assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden']);
    }
  }
});

test('synchronisations that overlap, in any order of their rows, all come through', async () => {
  const own = await gateway.addOrganization();
  const ids = Array.from({ length: 40 }, (_, number) => `s${number}`);
  const bodyOf = (round: number) => {
    const order = round % 2 === 0 ? ids : ids.toReversed();
    const stores = order.map((id) => storeRow(id, paypayConfig({ is_active: round % 3 === 0 })));
    return syncBody(merchantRow(`own_${round}`), merchantRow('m1', ...stores), merchantRow('m0'));
  };
  const clients = gateway.replicas.map((replica) => gateway.clientFor(own.key, replica));
  for (let repetition = 0; repetition < 3; repetition++) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, round) => sync(bodyOf(round), clients[round % 2])),
    );
    assert.deepEqual(answers.map(({ status, text }) => (status === 200 ? '' : text)).join(''), '');
  }
  assert.equal(
    (await syncedRowsOf(gateway, own.organization_id)).stores.length,
    41,
    'with the one of the organization',
  );
});

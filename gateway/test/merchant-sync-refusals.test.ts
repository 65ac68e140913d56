// What a synchronisation refuses, keeps to itself and has room for: wrong bodies, secrets, and ten thousand stores.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Json, sign } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import {
  merchantRow,
  paypayConfig,
  SYNC_PATH,
  storeRow,
  syncBody,
  syncedRowsOf,
} from './support/merchants.ts';

const gateway = await startTestGateway({ after });

const sync = (body: object | string, by = gateway.client) => by.post(SYNC_PATH, body);

test('a body that is wrong is refused with the place of its first mistake, and nothing is written', async () => {
  const own = await gateway.addOrganization();
  const before = await syncedRowsOf(gateway, own.organization_id);
  const config = (changes: Json) => syncBody(merchantRow('m1', storeRow('s1', paypayConfig(changes))));
  const CONFIG = 'merchants.0.stores.0.payment_processor_configs.0';
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deep = JSON.stringify(config({ provider: 'LINE_PAY', credentials: { at: 'here' } })).replace(
    '"here"',
    nested,
  );
  const wrong: [body: object | string, field: string, constraint: string][] = [
    [{}, 'merchants', 'required'],
    [{ merchants: null }, 'merchants', 'type'],
    [{ merchants: [], extra: 1 }, 'extra', 'unknown_field'],
    [syncBody({ id: 'm1' }), 'merchants.0.name', 'required'],
    [syncBody({ name: 'm1' }), 'merchants.0.id', 'required'],
    [syncBody(merchantRow('m1'), merchantRow('')), 'merchants.1.id', 'min_length'],
    [syncBody(merchantRow('x'.repeat(256))), 'merchants.0.id', 'max_length'],
    [syncBody({ ...merchantRow('m1'), name: 'a\u0000b' }), 'merchants.0.name', 'format'],
    [syncBody(merchantRow('m0'), merchantRow('m1', { id: 7, name: 's' })), 'merchants.1.stores.0.id', 'type'],
    [syncBody({ ...merchantRow('m1'), stores: 'all' }), 'merchants.0.stores', 'type'],
    [
      syncBody(merchantRow('m1', { ...storeRow('s1'), provider: 'PAYPAY' })),
      'merchants.0.stores.0.provider',
      'unknown_field',
    ],
    [syncBody(merchantRow('m1'), merchantRow('m1')), 'merchants.1.id', 'unique_items'],
    [
      syncBody(merchantRow('m1', storeRow('s1')), merchantRow('m2', storeRow('s1'))),
      'merchants.1.stores.0.id',
      'unique_items',
    ],
    [
      syncBody(merchantRow('m1', storeRow('s1', paypayConfig(), paypayConfig()))),
      `${CONFIG.slice(0, -1)}1.provider`,
      'unique_items',
    ],
    [config({ provider: 'paypay' }), `${CONFIG}.provider`, 'format'],
    [config({ provider: 'PAYPAL' }), `${CONFIG}.provider`, 'enum'],
    [config({ provider: 'CASH' }), `${CONFIG}.provider`, 'enum'],
    [config({ is_active: 'yes' }), `${CONFIG}.is_active`, 'type'],
    [config({ is_active: undefined }), `${CONFIG}.is_active`, 'required'],
    [config({ credentials: 'secret' }), `${CONFIG}.credentials`, 'type'],
    [config({ credentials: undefined }), `${CONFIG}.credentials`, 'required'],
    [config({ credentials: {} }), `${CONFIG}.credentials.merchant_id`, 'required'],
    [config({ credentials: { merchant_id: 1 } }), `${CONFIG}.credentials.merchant_id`, 'type'],
    [config({ credentials: { merchant_id: '' } }), `${CONFIG}.credentials.merchant_id`, 'min_length'],
    [config({ credentials: { merchant_id: 'a b' } }), `${CONFIG}.credentials.merchant_id`, 'format'],
    [
      config({ credentials: { merchant_id: 'a', base_url: 'x' } }),
      `${CONFIG}.credentials.base_url`,
      'unknown_field',
    ],
    [
      config({ provider: 'LINE_PAY', credentials: { key: 'x'.repeat(17_000) } }),
      `${CONFIG}.credentials`,
      'max_length',
    ],
    [deep, `${CONFIG}.credentials`, 'max_length'],
  ];
  for (const [body, field, constraint] of wrong) {
    const answer = await sync(body, own.client);
    const { code, details } = answer.json as { code: string; details: Json };
    assert.deepEqual(
      [answer.status, code, details['field'], details['constraint']],
      [400, 'invalid_request', field, constraint],
    );
    assert.equal((answer.json as { error: Json }).error['param'], field);
  }
  assert.deepEqual(await syncedRowsOf(gateway, own.organization_id), before);
});

test('settings of a provider that has no adapter yet are kept, sealed, and take no payments', async () => {
  const own = await gateway.addOrganization();
  const kept = ['MERPAY', 'LINE_PAY', 'SP_NET'].map((provider) => ({
    provider,
    is_active: true,
    credentials: { terminal_password: 'unheard-of-password' },
  }));
  assert.equal((await sync(syncBody(merchantRow('m1', storeRow('s1', ...kept))), own.client)).status, 200);
  const { id } = await gateway.createIntent({ merchant_store_id: 's1' }, own.client);
  const confirmed = await own.client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'LINE_PAY' });
  assert.deepEqual([confirmed.status, confirmed.json.code], [400, 'provider_not_supported']);
  const [row] = await gateway.query<{ sealed: Buffer }>(
    "select credentials_sealed as sealed from payment_processor_configs where provider = 'MERPAY' and organization_id = $1",
    [own.organization_id],
  );
  assert.equal(row?.sealed.includes('unheard-of-password'), false);
});

test('credentials are in no answer and in no line of the log', async () => {
  const own = await gateway.addOrganization();
  const secret = 'never-to-be-seen-again';
  const credentials = { merchant_id: 'shop', api_key: secret, api_secret: secret };
  const answers = [
    await sync(syncBody(merchantRow('m1', storeRow('s1', paypayConfig({ credentials })))), own.client),
    await sync(
      syncBody(
        merchantRow('m1', storeRow('s1', paypayConfig({ credentials: { ...credentials, more: secret } }))),
      ),
      own.client,
    ),
    await sync(
      syncBody(
        merchantRow(
          'm1',
          storeRow('s1', paypayConfig({ credentials: { api_key: secret, merchant_id: [secret] } })),
        ),
      ),
      own.client,
    ),
    await sync(syncBody(merchantRow('m2', storeRow('s1', paypayConfig({ credentials })))), own.client),
    await own.client.get('/v1/merchants/m1/stores'),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 400, 400, 409, 200],
  );
  for (const { text } of answers) assert.equal(text.includes(secret), false, text);
  assert.equal(gateway.log.texts.join('').includes(secret), false);
});

test('ten thousand stores with credentials of their own come in one call, and are paid at afterwards', async (t) => {
  const own = await gateway.addOrganization();
  const credentials = {
    merchant_id: '9'.repeat(18),
    api_key: 'a_'.padEnd(64, 'k'),
    api_secret: 's'.repeat(64),
  };
  const name = '東京都渋谷区神南一丁目店舗'.repeat(3);
  const stores = Array.from({ length: 10_000 }, (_, number) => ({
    id: `store_${String(number).padStart(21, '0')}`,
    name,
    payment_processor_configs: [
      paypayConfig({ credentials: number === 9_999 ? { merchant_id: 'm' } : credentials }),
    ],
  }));
  const body = syncBody(merchantRow('chain', ...stores));
  for (const what of ['made', 'repeated', 'given another account']) {
    // The bodies share these credentials.
    if (what === 'given another account') credentials.merchant_id = '8'.repeat(18);
    const started = performance.now();
    const answer = await sync(body, own.client);
    assert.deepEqual([answer.status, answer.json], [200, { synced_merchants: 1, synced_stores: 10_000 }]);
    const mebibytes = (JSON.stringify(body).length / 2 ** 20).toFixed(1);
    t.diagnostic(`${mebibytes} Mi characters were ${what} in ${Math.round(performance.now() - started)} ms`);
  }
  const [former] = await gateway.query<{ count: number }>(
    'select count(*)::int as count from former_processor_configs where organization_id = $1',
    [own.organization_id],
  );
  assert.equal(former?.count, 9_999);
  const { id } = await gateway.createIntent({ merchant_store_id: stores[9_999]?.id }, own.client);
  const confirmed = await own.client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'PAYPAY' });
  assert.equal(confirmed.status, 200, confirmed.text);

  const too_many = syncBody(merchantRow('chain', ...stores), merchantRow('more', storeRow('one_too_many')));
  const refused = await sync(too_many, own.client);
  assert.deepEqual(
    [refused.status, (refused.json.details as Json)['field'], (refused.json.details as Json)['constraint']],
    [400, 'merchants.1.stores.0', 'max_items'],
  );
});

test('a body is read as JSON only for who has proven himself', async () => {
  const garbage = '{"merchants": [';
  const proven = await sync(garbage);
  assert.deepEqual([proven.status, (proven.json.details as Json)['constraint']], [400, 'json']);
  const stranger = gateway.clientFor({ ...gateway.key, secret: 'sk_test_of_nobody' });
  assert.equal((await sync(garbage, stranger)).status, 401);
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  assert.equal((await sync(garbage, narrowed)).status, 403);
});

test('only this route reads a body of megabytes, and it, too, has an end', async () => {
  const large = syncBody(
    merchantRow(
      'm1',
      ...Array.from({ length: 2_000 }, (_, number) => storeRow(`large_${number}`.padEnd(200, 'x'))),
    ),
  );
  assert.ok(JSON.stringify(large).length > 128 * 1024);
  assert.equal((await gateway.client.create(large)).status, 413);
  assert.equal((await sync(large)).status, 200);
  const endless = Buffer.alloc(8 * 1024 * 1024 + 1, ' ');
  const timestamp = Math.floor(gateway.clock.now() / 1_000);
  const signature = sign(gateway.key, { method: 'POST', path: SYNC_PATH, timestamp, body: endless });
  const answer = await fetch(gateway.url + SYNC_PATH, {
    method: 'POST',
    body: new Uint8Array(endless),
    headers: {
      'content-type': 'application/json',
      authorization: `HMAC-SHA256 ${gateway.key.id}:${timestamp}:${signature}`,
    },
  });
  assert.equal(answer.status, 413);
});

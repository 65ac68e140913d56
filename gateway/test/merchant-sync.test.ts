// POST /v1/sync/merchants: as the documents show it, all or nothing, harmless when repeated, and never a way to
// move a store or to read a secret. Then what operators see of merchants and stores.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Credentials, type Json, makeClient, sign } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after }, { replicas: 2 });
const PATH = '/v1/sync/merchants';
const sync = (body: object | string, by = gateway.client) => by.post(PATH, body);

const paypay = (changes: Json = {}): Json => ({
  provider: 'PAYPAY',
  is_active: true,
  credentials: { merchant_id: 'paypay_merchant_123' },
  ...changes,
});
const store = (id: string, ...configs: Json[]): Json => ({
  id,
  name: id,
  payment_processor_configs: configs,
});
const merchant = (id: string, ...stores: Json[]): Json => ({ id, name: id, stores });
const merchants = (...rows: Json[]) => ({ merchants: rows });

/** All that a synchronisation writes but its times, for one organization. */
async function rowsOf(organization_id: string) {
  const owner = [organization_id];
  return {
    merchants: await gateway.query(
      'select id, name from merchants where organization_id = $1 order by id',
      owner,
    ),
    stores: await gateway.query(
      'select id, merchant_id, name from stores where organization_id = $1 order by id',
      owner,
    ),
    configs: await gateway.query(
      `select merchant_store_id, provider, is_active from payment_processor_configs
       where organization_id = $1 order by merchant_store_id, provider`,
      owner,
    ),
  };
}

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
  await sync(merchants(merchant('m1', store('s1', paypay()), store('s2')), merchant('m2')), own.client);
  const before = await rowsOf(own.organization_id);
  for (const body of [
    merchants(),
    merchants({ id: 'm1', name: 'm1' }, { id: 'm2', name: 'm2', stores: null }),
    merchants(
      merchant('m1', { id: 's1', name: 's1' }, { id: 's2', name: 's2', payment_processor_configs: null }),
    ),
  ]) {
    assert.equal((await sync(body, own.client)).status, 200);
    assert.deepEqual(await rowsOf(own.organization_id), before);
  }
  const renamed = merchants({ id: 'm1', name: 'カフェ', stores: [{ id: 's1', name: '渋谷店' }] });
  assert.equal((await sync(renamed, own.client)).status, 200);
  const after = await rowsOf(own.organization_id);
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
    merchant('m1', store('s3', paypay()), store('s1', paypay({ is_active: false }))),
    merchant('m0', store('s2', { provider: 'MPGS', is_active: true, credentials: { any: 1 } }, paypay())),
  ];
  await sync(merchants(...rows), own.client);
  const before = await rowsOf(own.organization_id);
  const turned = rows.toReversed().map((row) => ({ ...row, stores: (row['stores'] as Json[]).toReversed() }));
  assert.deepEqual((await sync(merchants(...turned), own.client)).json, {
    synced_merchants: 2,
    synced_stores: 3,
  });
  assert.deepEqual(await rowsOf(own.organization_id), before);
});

test('a repetition under its key is answered byte for byte, by any replica, and done once', async () => {
  const own = await gateway.addOrganization();
  const body = merchants(merchant('m1', store('s1', paypay())));
  const entries = (await auditOf(own.organization_id)).length;
  const options = { idempotency_key: 'sync-1' };
  const [first, second] = gateway.replicas.map((replica) => gateway.clientFor(own.key, replica));
  const answers = await Promise.all([first?.post(PATH, body, options), second?.post(PATH, body, options)]);
  for (const answer of answers) {
    assert.ok(answer?.status === 200 || answer?.headers.has('retry-after'), answer?.text);
  }
  const again = await second?.post(PATH, body, options);
  assert.deepEqual(
    [again?.status, again?.text, again?.headers.get('idempotency-replayed')],
    [200, '{"synced_merchants":1,"synced_stores":1}', 'true'],
  );
  assert.equal((await auditOf(own.organization_id)).length, entries + 1);
  const other = await second?.post(PATH, merchants(merchant('m2')), options);
  assert.deepEqual([other?.status, other?.json.code], [409, 'idempotency_conflict']);
});

const auditOf = (organization_id: string) =>
  gateway.query(
    `select action, actor_type, actor_id, livemode, object_id, details, request_id from audit_log
     where organization_id = $1 and action = 'merchants.synced' order by id desc`,
    [organization_id],
  );

test('each synchronisation leaves one entry in the audit log, with counts and without secrets', async () => {
  const own = await gateway.addOrganization();
  const answer = await sync(merchants(merchant('m1', store('s1', paypay()), store('s2'))), own.client);
  assert.deepEqual((await auditOf(own.organization_id))[0], {
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
  await sync(merchants(merchant('m1', store('s1', paypay()))), own.client);
  const open = await confirmQr(place, own.client);
  assert.equal(open.json.status, 'requires_action', open.text);

  // Without credentials: those that are there stay.
  const off = merchants(merchant('m1', store('s1', { provider: 'PAYPAY', is_active: false })));
  assert.equal((await sync(off, own.client)).status, 200);
  const refused = await confirmQr(place, own.client);
  assert.deepEqual([refused.status, refused.json.code], [400, 'provider_not_supported']);
  await gateway.paypay.pay(String(open.json.qr_content));
  gateway.clock.advance(3_100);
  await gateway.settle();
  assert.equal((await own.client.retrieve(String(open.json.payment_id))).json.status, 'succeeded');

  const on = merchants(
    merchant('m1', store('s1', { provider: 'PAYPAY', is_active: true, credentials: null })),
  );
  assert.equal((await sync(on, own.client)).status, 200);
  assert.equal((await confirmQr(place, own.client)).status, 200);
});

test('a store of another merchant is not moved, and nothing of such a call is done', async () => {
  const own = await gateway.addOrganization();
  await sync(merchants(merchant('m1', store('s1', paypay()))), own.client);
  const before = await rowsOf(own.organization_id);
  const entries = (await auditOf(own.organization_id)).length;
  const answer = await sync(merchants(merchant('m0'), merchant('m2', store('s0'), store('s1'))), own.client);
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
  assert.deepEqual(await rowsOf(own.organization_id), before);
  assert.equal((await auditOf(own.organization_id)).length, entries, 'a refusal leaves no entry');
});

test('a body that is wrong is refused with the place of its first mistake, and nothing is written', async () => {
  const own = await gateway.addOrganization();
  const before = await rowsOf(own.organization_id);
  const config = (changes: Json) => merchants(merchant('m1', store('s1', paypay(changes))));
  const CONFIG = 'merchants.0.stores.0.payment_processor_configs.0';
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deep = JSON.stringify(config({ provider: 'MPGS', credentials: { at: 'here' } })).replace(
    '"here"',
    nested,
  );
  const wrong: [body: object | string, field: string, constraint: string][] = [
    [{}, 'merchants', 'required'],
    [{ merchants: null }, 'merchants', 'type'],
    [{ merchants: [], extra: 1 }, 'extra', 'unknown_field'],
    [merchants({ id: 'm1' }), 'merchants.0.name', 'required'],
    [merchants({ name: 'm1' }), 'merchants.0.id', 'required'],
    [merchants(merchant('m1'), merchant('')), 'merchants.1.id', 'min_length'],
    [merchants(merchant('x'.repeat(256))), 'merchants.0.id', 'max_length'],
    [merchants({ ...merchant('m1'), name: 'a\u0000b' }), 'merchants.0.name', 'format'],
    [merchants(merchant('m0'), merchant('m1', { id: 7, name: 's' })), 'merchants.1.stores.0.id', 'type'],
    [merchants({ ...merchant('m1'), stores: 'all' }), 'merchants.0.stores', 'type'],
    [
      merchants(merchant('m1', { ...store('s1'), provider: 'PAYPAY' })),
      'merchants.0.stores.0.provider',
      'unknown_field',
    ],
    [merchants(merchant('m1'), merchant('m1')), 'merchants.1.id', 'unique_items'],
    [
      merchants(merchant('m1', store('s1')), merchant('m2', store('s1'))),
      'merchants.1.stores.0.id',
      'unique_items',
    ],
    [
      merchants(merchant('m1', store('s1', paypay(), paypay()))),
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
      config({ provider: 'MPGS', credentials: { key: 'x'.repeat(17_000) } }),
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
  assert.deepEqual(await rowsOf(own.organization_id), before);
});

test('settings of a provider that has no adapter yet are kept, sealed, and take no payments', async () => {
  const own = await gateway.addOrganization();
  const kept = ['MPGS', 'LINE_PAY', 'SP_NET'].map((provider) => ({
    provider,
    is_active: true,
    credentials: { terminal_password: 'unheard-of-password' },
  }));
  assert.equal((await sync(merchants(merchant('m1', store('s1', ...kept))), own.client)).status, 200);
  const { id } = await gateway.createIntent({ merchant_store_id: 's1' }, own.client);
  const confirmed = await own.client.confirm(id, { payment_method_type: 'qr_mpm', provider: 'LINE_PAY' });
  assert.deepEqual([confirmed.status, confirmed.json.code], [400, 'provider_not_supported']);
  const [row] = await gateway.query<{ sealed: Buffer }>(
    "select credentials_sealed as sealed from payment_processor_configs where provider = 'MPGS' and organization_id = $1",
    [own.organization_id],
  );
  assert.equal(row?.sealed.includes('unheard-of-password'), false);
});

test('credentials are in no answer and in no line of the log', async () => {
  const own = await gateway.addOrganization();
  const secret = 'never-to-be-seen-again';
  const credentials = { merchant_id: 'shop', api_key: secret, api_secret: secret };
  const answers = [
    await sync(merchants(merchant('m1', store('s1', paypay({ credentials })))), own.client),
    await sync(
      merchants(merchant('m1', store('s1', paypay({ credentials: { ...credentials, more: secret } })))),
      own.client,
    ),
    await sync(
      merchants(
        merchant('m1', store('s1', paypay({ credentials: { api_key: secret, merchant_id: [secret] } }))),
      ),
      own.client,
    ),
    await sync(merchants(merchant('m2', store('s1', paypay({ credentials })))), own.client),
    await own.client.get('/v1/merchants/m1/stores'),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 400, 400, 409, 200],
  );
  for (const { text } of answers) assert.equal(text.includes(secret), false, text);
  assert.equal(gateway.log.texts.join('').includes(secret), false);
});

test('two organizations, and two modes of one, have stores of the same names', async () => {
  const [one, other] = [await gateway.addOrganization(), await gateway.addOrganization()];
  const live = gateway.clientFor(
    await gateway.addKey({ organization_id: one.organization_id, livemode: true }),
  );
  assert.equal((await sync(merchants(merchant('m1', store('shared'))), one.client)).status, 200);
  assert.equal((await sync(merchants(merchant('m2', store('shared'))), other.client)).status, 200);
  assert.equal((await sync(merchants(merchant('m3', store('shared'))), live)).status, 200);
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
  await sync(merchants(merchant('m1', store('s1'))), own.client);
  const narrowed = gateway.clientFor(
    await gateway.addKey({ organization_id: own.organization_id, merchant_id: 'm1' }),
  );
  const by_merchant_id = gateway.clientFor({ id: 'm1', secret: own.key.secret });
  for (const client of [narrowed, by_merchant_id]) {
    for (const answer of [
      await sync(merchants(merchant('m1')), client),
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
    const stores = order.map((id) => store(id, paypay({ is_active: round % 3 === 0 })));
    return merchants(merchant(`own_${round}`), merchant('m1', ...stores), merchant('m0'));
  };
  const clients = gateway.replicas.map((replica) => gateway.clientFor(own.key, replica));
  for (let repetition = 0; repetition < 3; repetition++) {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, round) => sync(bodyOf(round), clients[round % 2])),
    );
    assert.deepEqual(answers.map(({ status, text }) => (status === 200 ? '' : text)).join(''), '');
  }
  assert.equal((await rowsOf(own.organization_id)).stores.length, 41, 'with the one of the organization');
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
      paypay({ credentials: number === 9_999 ? { merchant_id: 'm' } : credentials }),
    ],
  }));
  const body = merchants(merchant('chain', ...stores));
  for (const what of ['made', 'repeated']) {
    const started = performance.now();
    const answer = await sync(body, own.client);
    assert.deepEqual([answer.status, answer.json], [200, { synced_merchants: 1, synced_stores: 10_000 }]);
    const mebibytes = (JSON.stringify(body).length / 2 ** 20).toFixed(1);
    t.diagnostic(`${mebibytes} Mi characters were ${what} in ${Math.round(performance.now() - started)} ms`);
  }
  const confirmed = await confirmQr({ merchant_store_id: stores[9_999]?.id }, own.client);
  assert.equal(confirmed.status, 200, confirmed.text);

  const too_many = merchants(merchant('chain', ...stores), merchant('more', store('one_too_many')));
  const refused = await sync(too_many, own.client);
  assert.deepEqual(
    [refused.status, (refused.json.details as Json)['field'], (refused.json.details as Json)['constraint']],
    [400, 'merchants.1.stores.0', 'max_items'],
  );
});

test('only this route reads a body of megabytes, and it, too, has an end', async () => {
  const large = merchants(
    merchant(
      'm1',
      ...Array.from({ length: 2_000 }, (_, number) => store(`large_${number}`.padEnd(200, 'x'))),
    ),
  );
  assert.ok(JSON.stringify(large).length > 128 * 1024);
  assert.equal((await gateway.client.create(large)).status, 413);
  assert.equal((await sync(large)).status, 200);
  const endless = Buffer.alloc(8 * 1024 * 1024 + 1, ' ');
  const timestamp = Math.floor(gateway.clock.now() / 1_000);
  const signature = sign(gateway.key, { method: 'POST', path: PATH, timestamp, body: endless });
  const answer = await fetch(gateway.url + PATH, {
    method: 'POST',
    body: new Uint8Array(endless),
    headers: {
      'content-type': 'application/json',
      authorization: `HMAC-SHA256 ${gateway.key.id}:${timestamp}:${signature}`,
    },
  });
  assert.equal(answer.status, 413);
});

test('merchants and stores are listed by id, page by page, with settings and without credentials', async () => {
  const own = await gateway.addOrganization();
  const stores = ['s3', 's1', 's2'].map((id) => store(id, paypay({ is_active: id !== 's2' })));
  await sync(merchants(merchant('m2', ...stores), merchant('m1'), merchant('m3', store('s9'))), own.client);
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
      payment_processor_configs: [{ provider: 'PAYPAY', is_active: false, updated_at: at }],
    },
    {
      id: 's3',
      object: 'store',
      merchant_id: 'm2',
      name: 's3',
      ...times,
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

test('the command line saves a store by the same rules, and keeps the names that it is not told', async (t) => {
  const own = await gateway.addOrganization();
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const save = (...options: string[]) =>
    runCli(t, ['stores', 'save', '--organization', own.organization_id, ...options], { env });
  const m1 = ['--merchant', 'm1', '--store', 's1'];
  assert.equal((await save(...m1, '--name', 'Kyoto', '--merchant-name', 'Tea', '--paypay', 'shop')).code, 0);
  assert.equal((await save(...m1)).code, 0);
  const rows = await rowsOf(own.organization_id);
  assert.deepEqual(rows.merchants[0], { id: 'm1', name: 'Tea' });
  assert.deepEqual(rows.stores[0], { id: 's1', merchant_id: 'm1', name: 'Kyoto' });
  assert.deepEqual(rows.configs[0], { merchant_store_id: 's1', provider: 'PAYPAY', is_active: true });
  const [entry] = await auditOf(own.organization_id);
  assert.equal(entry?.['actor_type'], 'command_line');

  const moved = await save('--merchant', 'm2', '--store', 's1');
  assert.equal(moved.code, 1);
  assert.match(moved.stderr, /^The store s1 belongs to the merchant m1 and cannot move to m2/);
  const nowhere = await runCli(t, ['stores', 'save', '--organization', 'org_no', ...m1], { env });
  assert.deepEqual([nowhere.code, nowhere.stderr], [1, 'There is no organization org_no.\n']);
});

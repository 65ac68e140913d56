// Publishable keys by API and command line: made, listed, changed and revoked, with origins that are origins.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Client, Json } from './support/client.ts';
import { MERCHANT_ID, startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const PATH = '/v1/publishable_keys';
const SHOP = 'https://shop.example.com';

async function addKey(body: Json = {}, by: Client = client) {
  const answer = await by.post(PATH, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json as Json & { id: string };
}

test('a publishable key is shown openly, with the origins as browsers spell them', async () => {
  const key = await addKey({
    name: 'Shop',
    allowed_origins: [`${SHOP}:443/`, 'http://localhost:3000', SHOP],
  });
  assert.match(key.id, /^pk_test_[A-Za-z0-9_-]{24}$/);
  assert.deepEqual(key, {
    id: key.id,
    object: 'publishable_key',
    name: 'Shop',
    livemode: false,
    allowed_origins: [SHOP, 'http://localhost:3000'],
    created_at: new Date(clock.now()).toISOString(),
  });
  assert.deepEqual((await client.get(`${PATH}/${key.id}`)).json, key);
});

test('an origin that is none is refused by its place in the list', async () => {
  for (const origin of [
    'shop.example.com',
    `${SHOP}/pay`,
    'http://shop.example.com',
    'https://*.example.com',
  ]) {
    for (const answer of [
      await client.post(PATH, { allowed_origins: [SHOP, origin] }),
      await client.call('PATCH', `${PATH}/${(await addKey()).id}`, { allowed_origins: [SHOP, origin] }),
    ]) {
      assert.deepEqual([answer.status, answer.json.error.param], [400, 'allowed_origins.1'], origin);
    }
  }
  const many = Array.from({ length: 51 }, (_, n) => `https://shop${n}.example.com`);
  const answer = await client.post(PATH, { allowed_origins: many });
  assert.deepEqual([answer.status, answer.json.error.param], [400, 'allowed_origins']);
});

test('every origin is let in by test keys only', async () => {
  assert.deepEqual((await addKey({ allowed_origins: ['*'] }))['allowed_origins'], ['*']);
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  const refused = await live.post(PATH, { allowed_origins: ['*'] });
  assert.deepEqual([refused.status, refused.json.details.constraint], [400, 'origin']);
  assert.match((await addKey({ allowed_origins: [SHOP] }, live)).id, /^pk_live_/);
});

test('a change replaces the list, and a revoked key cannot be changed', async () => {
  const key = await addKey({ allowed_origins: [SHOP] });
  const path = `${PATH}/${key.id}`;
  const named = await client.call('PATCH', path, { name: 'Web' });
  assert.deepEqual([named.json.name, named.json.allowed_origins], ['Web', [SHOP]]);
  const moved = await client.call('PATCH', path, { allowed_origins: ['https://new.example.com'] });
  assert.deepEqual([moved.json.name, moved.json.allowed_origins], ['Web', ['https://new.example.com']]);
  const revoked = await client.post(`${path}/revoke`, {});
  assert.equal(revoked.json.revoked_at, new Date(clock.now()).toISOString());
  assert.deepEqual((await client.post(`${path}/revoke`, {})).json, revoked.json);
  const refused = await client.call('PATCH', path, { name: 'x' });
  assert.deepEqual([refused.status, refused.json.details.constraint], [409, 'revoked']);
  const entries = await gateway.query<{ action: string }>(
    'select action from audit_log where object_id = $1 order by id',
    [key.id],
  );
  const verbs = ['created', 'updated', 'updated', 'revoked'];
  assert.deepEqual(
    entries.map(({ action }) => action),
    verbs.map((verb) => `publishable_key.${verb}`),
  );
});

test('two changes at one moment both happen', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { id } = await addKey({ name: 'before', allowed_origins: [SHOP] });
    const changes = [{ name: 'after' }, { allowed_origins: [] }];
    await Promise.all(changes.map((change) => client.call('PATCH', `${PATH}/${id}`, change)));
    const { name, allowed_origins } = (await client.get(`${PATH}/${id}`)).json;
    assert.deepEqual({ name, allowed_origins }, { name: 'after', allowed_origins: [] });
  }
});

test('keys of another organization or mode do not exist, and a merchant’s key manages none', async () => {
  const other = await gateway.addOrganization();
  const live = gateway.clientFor(await gateway.addKey({ livemode: true }));
  const key = await addKey();
  for (const by of [other.client, live]) {
    assert.equal((await by.get(`${PATH}/${key.id}`)).status, 404);
    assert.equal((await by.call('PATCH', `${PATH}/${key.id}`, {})).status, 404);
    assert.equal((await by.post(`${PATH}/${key.id}/revoke`, {})).status, 404);
    assert.equal((await by.get(PATH)).text.includes(key.id), false);
  }
  const narrow = gateway.clientFor(await gateway.addKey({ merchant_id: MERCHANT_ID }));
  assert.equal((await narrow.get(PATH)).status, 403);
  assert.equal((await narrow.post(PATH, {})).status, 403);
});

test('a list goes page by page, newest first, and ends at the limit of keys', async () => {
  const other = await gateway.addOrganization();
  const ids: string[] = [];
  for (let n = 0; n < 100; n += 1) {
    ids.unshift((await addKey({}, other.client)).id);
    clock.advance(1);
  }
  const full = await other.client.post(PATH, {});
  assert.deepEqual([full.status, full.json.details.constraint], [400, 'max_items']);
  await other.client.post(`${PATH}/${ids[7]}/revoke`, {});
  ids.unshift((await addKey({}, other.client)).id);
  const seen: string[] = [];
  let path: string | undefined = `${PATH}?limit=40`;
  while (path !== undefined) {
    const { json, headers } = await other.client.get(path);
    seen.push(...(json as { id: string }[]).map((key) => key.id));
    path = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1]?.slice(gateway.url.length);
  }
  assert.deepEqual(seen, ids);
});

test('the command line makes, lists, changes and revokes publishable keys', async (t) => {
  const { organization_id } = await gateway.addOrganization();
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(t, ['publishable-keys', ...args], { env });
    return { code, stderr: stderr.trim(), said: stdout === '' ? null : JSON.parse(stdout) };
  };
  const owner = ['--organization', organization_id, '--live'];
  const { said: key } = await command('create', ...owner, '--name', 'Web', '--origins', SHOP);
  assert.deepEqual([key.name, key.livemode, key.allowed_origins], ['Web', true, [SHOP]]);
  const { said: changed } = await command('set', '--key', key.id, '--origins', 'none');
  assert.deepEqual([changed.name, changed.allowed_origins], ['Web', []]);
  const { said: listed } = await command('list', ...owner);
  assert.deepEqual(listed, [changed]);
  assert.ok((await command('revoke', '--key', key.id)).said.revoked_at);
  const refused = await command('create', ...owner, '--origins', '*');
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^allowed_origins.0: \* is for test keys only/);
});

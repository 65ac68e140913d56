// API keys by API and command line: made, shown, changed, rolled, revoked, each with its audit entry; and nobody
// locks himself out or reaches another's keys.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import type { Answer, Client, Json } from './support/client.ts';
import { MERCHANT_ID, startTestGateway } from './support/gateway.ts';
import { runCli, waitUntil } from './support/process.ts';

const gateway = await startTestGateway({ after });
const { client, clock } = gateway;
const PATH = '/v1/api_keys';
const INTENTS = '/v1/payment_intents';
const HOUR_MS = 3_600_000;
/** For how long a process remembers a key. */
const noticed = () => clock.advance(3_000);

async function addKey(body: Json = {}, by: Client = client) {
  const answer = await by.post(PATH, body);
  assert.equal(answer.status, 201, answer.text);
  return answer.json as Json & { id: string; secret_key: string };
}

const clientOf = (key: { id: string; secret_key: string }) =>
  gateway.clientFor({ id: key.id, secret: key.secret_key });

function assertRefused(answer: Answer, status: number, code: string, facts: Json = {}): void {
  assert.deepEqual([answer.status, answer.json.code], [status, code], answer.text);
  for (const [name, value] of Object.entries(facts)) assert.equal(answer.json.details[name], value);
}

const auditOf = (id: string) =>
  gateway.query<{ action: string; actor_type: string; actor_id: string; details: Json | null }>(
    'select action, actor_type, actor_id, details from audit_log where object_id = $1 order by id',
    [id],
  );

async function command(t: TestContext, ...args: string[]) {
  const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
  const { code, stdout, stderr } = await runCli(t, args, { env });
  return { code, stderr: stderr.trim(), said: stdout === '' ? null : JSON.parse(stdout) };
}

test('a key made by API signs, and its secret is told only in that answer', async () => {
  const key = await addKey({ name: 'POS backend' });
  assert.match(key.id, /^ak_[0-9A-Z]{26}$/);
  assert.match(key.secret_key, /^sk_test_[A-Za-z0-9_-]{32}$/);
  const { secret_key: _, ...shown } = key;
  assert.deepEqual(shown, {
    id: key.id,
    object: 'api_key',
    name: 'POS backend',
    livemode: false,
    allow_raw_secret: true,
    created_at: new Date(clock.now()).toISOString(),
  });
  assert.equal((await clientOf(key).get(INTENTS)).status, 200);
  for (const path of [PATH, `${PATH}/${key.id}`]) {
    const { text } = await client.get(path);
    assert.ok(text.includes(key.id) && !text.includes('secret_key') && !text.includes(key.secret_key));
  }
  const [row] = await gateway.query<{ secret_sealed: Buffer }>(
    'select secret_sealed from api_keys where id = $1',
    [key.id],
  );
  assert.equal(row?.secret_sealed.includes(key.secret_key), false);
});

test('a creation that is repeated makes one key and tells its secret again', async () => {
  const options = { idempotency_key: 'make-one' };
  const first = await client.post(PATH, { name: 'once' }, options);
  const again = await client.post(PATH, { name: 'once' }, options);
  assert.deepEqual([again.status, again.text], [201, first.text]);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  const named = await gateway.query("select 1 from api_keys where name = 'once'");
  assert.equal(named.length, 1);
});

test('a key for one merchant acts for it alone and manages no keys', async () => {
  const key = await addKey({ merchant_id: MERCHANT_ID });
  assert.equal(key['merchant_id'], MERCHANT_ID);
  const by = clientOf(key);
  assert.equal((await by.get(INTENTS)).status, 200);
  const own = `${PATH}/${key.id}`;
  for (const answer of [
    await by.get(PATH),
    await by.get(own),
    await by.post(PATH, {}),
    await by.call('PATCH', own, { name: 'mine' }),
    await by.post(`${own}/roll`, {}),
    await by.post(`${own}/revoke`, {}),
    // So does the organization's own key while it signs as that merchant.
    await gateway.clientFor({ id: MERCHANT_ID, secret: gateway.key.secret }).get(PATH),
  ]) {
    assertRefused(answer, 403, 'forbidden');
  }
});

test('what is wrong with a request is named', async () => {
  const { id } = await addKey();
  for (const [path, body, field] of [
    [PATH, { merchant_id: 'nobody' }, 'merchant_id'],
    [PATH, { name: '' }, 'name'],
    [PATH, { name: 'x'.repeat(256) }, 'name'],
    [PATH, { livemode: true }, 'livemode'],
    [PATH, { allow_raw_secret: 'no' }, 'allow_raw_secret'],
    [`${PATH}/${id}/roll`, { overlap_hours: -1 }, 'overlap_hours'],
    [`${PATH}/${id}/roll`, { overlap_hours: 721 }, 'overlap_hours'],
    [`${PATH}/${id}/roll`, { overlap_hours: 1.5 }, 'overlap_hours'],
    [`${PATH}/${id}/revoke`, { now: true }, 'now'],
  ] as const) {
    assertRefused(await client.post(path, body), 400, 'invalid_request', { field });
  }
  assertRefused(await client.call('PATCH', `${PATH}/${id}`, { secret_key: 'x' }), 400, 'invalid_request');
  assertRefused(await client.get(`${PATH}?limit=0`), 400, 'invalid_request', { field: 'limit' });
  assertRefused(await client.get(`${PATH}/ak_no`), 404, 'not_found');
});

test('keys of another organization or mode do not exist', async () => {
  const other = await gateway.addOrganization();
  const live = await gateway.addKey({ livemode: true });
  for (const id of [other.key.id, live.id]) {
    assertRefused(await client.get(`${PATH}/${id}`), 404, 'not_found');
    assertRefused(await client.call('PATCH', `${PATH}/${id}`, { name: 'x' }), 404, 'not_found');
    assertRefused(await client.post(`${PATH}/${id}/roll`, {}), 404, 'not_found');
    assertRefused(await client.post(`${PATH}/${id}/revoke`, {}), 404, 'not_found');
  }
  const { text } = await client.get(`${PATH}?limit=100`);
  assert.ok(!text.includes(other.key.id) && !text.includes(live.id));
  const made = await addKey({}, gateway.clientFor(live));
  assert.deepEqual([made['livemode'], made.secret_key.slice(0, 8)], [true, 'sk_live_']);
});

test('a list goes page by page, newest first', async (t) => {
  const own = await startTestGateway(t);
  const ids = [own.key.id];
  for (let n = 0; n < 4; n += 1) ids.unshift((await own.client.post(PATH, {})).json.id);
  const seen: string[] = [];
  let path: string | undefined = `${PATH}?limit=2`;
  while (path !== undefined) {
    const { json, headers } = await own.client.get(path);
    seen.push(...(json as { id: string }[]).map((key) => key.id));
    const next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    path = next?.slice(own.url.length);
  }
  assert.deepEqual(seen, ids);
});

test('a name and the raw form are changed one by one', async () => {
  const key = await addKey({ name: 'old' });
  const raw = gateway.clientFor({ id: key.id, secret: key.secret_key, form: 'raw' });
  assert.equal((await raw.get(INTENTS)).status, 200);
  const off = await client.call('PATCH', `${PATH}/${key.id}`, { allow_raw_secret: false });
  assert.deepEqual([off.status, off.json.allow_raw_secret, off.json.name], [200, false, 'old']);
  noticed();
  assert.equal((await raw.get(INTENTS)).status, 401);
  assert.equal((await clientOf(key).get(INTENTS)).status, 200);
  const renamed = await client.call('PATCH', `${PATH}/${key.id}`, { name: 'new' });
  assert.deepEqual([renamed.json.allow_raw_secret, renamed.json.name], [false, 'new']);
  assert.deepEqual((await client.get(`${PATH}/${key.id}`)).json.name, 'new');
});

test('two changes at one moment both happen', async () => {
  for (let round = 0; round < 10; round += 1) {
    const key = await addKey({ name: 'before' });
    const changes = [{ name: 'after' }, { allow_raw_secret: false }];
    await Promise.all(changes.map((change) => client.call('PATCH', `${PATH}/${key.id}`, change)));
    const { name, allow_raw_secret } = (await client.get(`${PATH}/${key.id}`)).json;
    assert.deepEqual({ name, allow_raw_secret }, { name: 'after', allow_raw_secret: false });
  }
});

test('after a roll both secrets sign under the same id until the overlap is over', async () => {
  const key = await addKey();
  const old = clientOf(key);
  assert.equal((await old.get(INTENTS)).status, 200);
  const answer = await client.post(`${PATH}/${key.id}/roll`, {});
  assert.equal(answer.status, 200, answer.text);
  const rolled = answer.json;
  assert.equal(rolled.id, key.id);
  assert.notEqual(rolled.secret_key, key.secret_key);
  assert.equal(Date.parse(rolled.previous_secret_expires_at), clock.now() + 24 * HOUR_MS);
  noticed();
  const fresh = clientOf(rolled);
  assert.deepEqual([(await old.get(INTENTS)).status, (await fresh.get(INTENTS)).status], [200, 200]);
  // A request that was sent with the old secret is retried with the new one: it is the same request.
  const order = gateway.newOrder();
  const first = await old.create(order, { idempotency_key: 'across-the-roll' });
  const retry = await fresh.create(order, { idempotency_key: 'across-the-roll' });
  assert.deepEqual([first.status, retry.text], [201, first.text]);

  clock.set(Date.parse(rolled.previous_secret_expires_at) - 1);
  assert.equal((await old.get(INTENTS)).status, 200);
  clock.advance(1);
  assert.equal((await old.get(INTENTS)).status, 401);
  assert.equal((await fresh.get(INTENTS)).status, 200);
});

test('the secret before the last one ends with the second roll, however long its overlap was', async () => {
  const key = await addKey();
  const second = (await client.post(`${PATH}/${key.id}/roll`, { overlap_hours: 720 })).json;
  const third = (await client.post(`${PATH}/${key.id}/roll`, { overlap_hours: 1 })).json;
  noticed();
  const statuses = [];
  for (const one of [key, second, third]) statuses.push((await clientOf(one).get(INTENTS)).status);
  assert.deepEqual(statuses, [401, 200, 200]);
});

test('a roll without overlap ends the old secret at once', async () => {
  const key = await addKey();
  const { json } = await client.post(`${PATH}/${key.id}/roll`, { overlap_hours: 0 });
  assert.equal('previous_secret_expires_at' in json, false);
  noticed();
  assert.equal((await clientOf(key).get(INTENTS)).status, 401);
  assert.equal((await clientOf(json).get(INTENTS)).status, 200);
});

test('two rolls at one moment both happen, and the later secret signs', async () => {
  const key = await addKey();
  const answers = await Promise.all([1, 2].map(() => client.post(`${PATH}/${key.id}/roll`, {})));
  assert.deepEqual(
    answers.map((answer) => answer.status),
    [200, 200],
  );
  noticed();
  // Each was made from what the other had left: both new secrets sign, and the first of all does not.
  for (const { json } of answers) assert.equal((await clientOf(json).get(INTENTS)).status, 200);
  assert.equal((await clientOf(key).get(INTENTS)).status, 401);
});

test('an old secret is taken out of the database when its time is over', async () => {
  const key = await addKey();
  const { json } = await client.post(`${PATH}/${key.id}/roll`, { overlap_hours: 1 });
  const sealedLength = async () =>
    (
      await gateway.query<{ length: number }>(
        'select length(secret_sealed) as length from api_keys where id = $1',
        [key.id],
      )
    )[0]?.length ?? 0;
  const with_both = await sealedLength();
  await gateway.runJob('purge');
  assert.equal(await sealedLength(), with_both, 'it still signs');
  clock.advance(HOUR_MS);
  await gateway.runJob('purge');
  assert.ok((await sealedLength()) < with_both);
  assert.equal((await clientOf(json).get(INTENTS)).status, 200);
  assert.equal('previous_secret_expires_at' in (await client.get(`${PATH}/${key.id}`)).json, false);
});

test('a secret that does not open is replaced by a roll without overlap, and keeps no other from ending', async () => {
  const [damaged, sound] = [await addKey(), await addKey()];
  for (const { id } of [damaged, sound]) await client.post(`${PATH}/${id}/roll`, { overlap_hours: 1 });
  await gateway.query('update api_keys set secret_sealed = substring(secret_sealed for 60) where id = $1', [
    damaged.id,
  ]);
  clock.advance(HOUR_MS);
  await gateway.runJob('purge');
  assert.equal('previous_secret_expires_at' in (await client.get(`${PATH}/${sound.id}`)).json, false);
  const rolled = await client.post(`${PATH}/${damaged.id}/roll`, { overlap_hours: 0 });
  assert.equal(rolled.status, 200, rolled.text);
  noticed();
  assert.equal((await clientOf(rolled.json).get(INTENTS)).status, 200);
});

test('a revoked key signs nothing, stays revoked, and can be neither changed nor rolled', async () => {
  const key = await addKey();
  const answer = await client.post(`${PATH}/${key.id}/revoke`, {});
  assert.equal(answer.json.revoked_at, new Date(clock.now()).toISOString());
  noticed();
  assert.equal((await clientOf(key).get(INTENTS)).status, 401);
  const again = await client.post(`${PATH}/${key.id}/revoke`, {});
  assert.deepEqual([again.status, again.json], [200, answer.json]);
  const refused = { constraint: 'revoked' };
  assertRefused(await client.post(`${PATH}/${key.id}/roll`, {}), 409, 'conflict', refused);
  const change = await client.call('PATCH', `${PATH}/${key.id}`, { name: 'x' });
  assertRefused(change, 409, 'conflict', refused);
});

test('the last key of an organization in a mode is not revoked by API', async () => {
  const other = await gateway.addOrganization();
  const revoke = (id: string) => other.client.post(`${PATH}/${id}/revoke`, {});
  // Neither a key for one merchant nor one of the other mode could make another.
  const narrow = await addKey({ merchant_id: MERCHANT_ID }, other.client);
  await gateway.addKey({ organization_id: other.organization_id, livemode: true });
  const refused = await revoke(other.key.id);
  assertRefused(refused, 409, 'conflict', { constraint: 'last_api_key' });
  assert.match(refused.json.message, /Create a new one first/);
  assert.equal((await revoke(narrow.id)).status, 200);
  await addKey({}, other.client);
  assert.equal((await revoke(other.key.id)).status, 200, 'with another key it may revoke itself');
});

test('two keys that revoke each other at one moment leave one', async () => {
  for (let round = 0; round < 5; round += 1) {
    const other = await gateway.addOrganization();
    const second = await addKey({}, other.client);
    // Both are known to the process, so that both get as far as the row.
    assert.equal((await clientOf(second).get(INTENTS)).status, 200);
    const answers = await Promise.all([
      other.client.post(`${PATH}/${second.id}/revoke`, {}),
      clientOf(second).post(`${PATH}/${other.key.id}/revoke`, {}),
    ]);
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 409]);
  }
});

test('each change has one entry in the audit log, without a secret', async () => {
  const key = await addKey({ name: 'audited' });
  await client.call('PATCH', `${PATH}/${key.id}`, { allow_raw_secret: false });
  await client.post(`${PATH}/${key.id}/roll`, { overlap_hours: 2 });
  await client.post(`${PATH}/${key.id}/revoke`, {});
  const entries = await auditOf(key.id);
  assert.deepEqual(
    entries.map(({ action, details }) => [action, details]),
    [
      ['api_key.created', { name: 'audited', allow_raw_secret: true }],
      ['api_key.updated', { allow_raw_secret: false }],
      ['api_key.rolled', { overlap_hours: 2 }],
      ['api_key.revoked', null],
    ],
  );
  for (const { actor_type, actor_id } of entries)
    assert.deepEqual([actor_type, actor_id], ['api_key', gateway.key.id]);
});

test('the last use of a key and of its previous secret is shown, and written once a minute', async () => {
  const key = await addKey();
  const shown = async () =>
    (await client.get(`${PATH}/${key.id}`)).json as Record<string, string | undefined>;
  assert.equal('last_used_at' in (await shown()), false);
  const first_at = new Date(clock.now()).toISOString();
  await clientOf(key).get(INTENTS);
  await waitUntil('the use', async () => (await shown())['last_used_at'] === first_at);

  clock.advance(59_000);
  await clientOf(key).get(INTENTS);
  const rolled = (await client.post(`${PATH}/${key.id}/roll`, {})).json;
  assert.equal((await shown())['last_used_at'], first_at, 'not a minute has passed');
  clock.advance(3_000);
  const second_at = new Date(clock.now()).toISOString();
  await clientOf(key).get(INTENTS);
  await waitUntil('the use of the old secret', async () => {
    const { last_used_at, previous_secret_last_used_at } = await shown();
    return last_used_at === second_at && previous_secret_last_used_at === second_at;
  });
  clock.advance(60_000);
  const third_at = new Date(clock.now()).toISOString();
  await clientOf(rolled).get(INTENTS);
  await waitUntil('the use of the new one', async () => (await shown())['last_used_at'] === third_at);
  assert.equal((await shown())['previous_secret_last_used_at'], second_at, 'nobody uses it any more');
});

test('the command line makes, lists, changes, rolls and revokes keys', async (t) => {
  const { organization_id } = await gateway.addOrganization();
  const owner = ['--organization', organization_id];
  const { said: key } = await command(t, 'keys', 'create', ...owner, '--live', '--name', 'Till');
  assert.deepEqual([key.livemode, key.name, key.secret_key.slice(0, 8)], [true, 'Till', 'sk_live_']);
  assert.equal((await clientOf(key).get(INTENTS)).status, 200);

  const set = ['keys', 'set', '--key', key.id, '--raw-secret', 'off', '--name', 'Tills'];
  const { said: changed } = await command(t, ...set);
  assert.deepEqual([changed.allow_raw_secret, changed.name], [false, 'Tills']);
  const { said: rolled } = await command(t, 'keys', 'roll', '--key', key.id, '--overlap-hours', '0');
  noticed();
  assert.equal((await clientOf(key).get(INTENTS)).status, 401);
  assert.equal((await clientOf(rolled).get(INTENTS)).status, 200);
  const { said: listed } = await command(t, 'keys', 'list', ...owner, '--live');
  assert.deepEqual(
    listed.map((one: Json) => [one['id'], one['name'], one['secret_key']]),
    [[key.id, 'Tills', undefined]],
  );
  // The operator can always make another, so even the last one goes.
  const { said: revoked } = await command(t, 'keys', 'revoke', '--key', key.id);
  assert.ok(revoked.revoked_at);
  const entries = await auditOf(key.id);
  assert.deepEqual(
    entries.map(({ action, actor_type }) => [action, actor_type]),
    ['created', 'updated', 'rolled', 'revoked'].map((verb) => [`api_key.${verb}`, 'command_line']),
  );
});

test('a command that cannot be done says why in one line', async (t) => {
  const owner = ['--organization', gateway.organization_id];
  for (const [args, message] of [
    [['create', '--organization', 'org_no'], 'There is no organization org_no.'],
    [['create', ...owner, '--merchant', 'nobody'], 'There is no merchant nobody. Synchronise it first.'],
    [['roll', '--key', 'ak_no'], 'There is no API key ak_no.'],
    [['set', '--key', 'ak_no', '--raw-secret', 'off'], 'There is no API key ak_no.'],
  ] as const) {
    const { code, stderr } = await command(t, 'keys', ...args);
    assert.deepEqual([code, stderr], [1, message]);
  }
  const { code, stderr } = await command(t, 'keys', 'roll', '--key', 'ak_no', '--overlap-hours', 'long');
  assert.equal(code, 1);
  assert.match(stderr, /whole number from 0 to 720/);
});

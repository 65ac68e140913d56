// The audit log: who changed what, and why. It is written with the change or not at all, and only grows.
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, type TestContext, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });
const { client, organization_id } = gateway;
const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };

const listLog = async (query = '', by = client): Promise<Json[]> =>
  (await by.get(`/v1/audit_log${query}`)).json;
const setPolicy = (late_payment_policy: string, by = client) =>
  by.patch('/v1/organization', { late_payment_policy });

async function command(t: TestContext, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await runCli(t, args, { env });
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as Json;
}

test('a change of settings says which key made it, in which request, and what it set', async () => {
  const answer = await setPolicy('hold');
  assert.equal(answer.status, 200);
  const [entry] = await listLog('?action=organization.updated');
  assert.match(String(entry?.['id']), /^al_/);
  assert.deepEqual(entry, {
    id: entry?.['id'],
    object: 'audit_entry',
    object_id: organization_id,
    actor_type: 'api_key',
    actor_id: gateway.key.id,
    action: 'organization.updated',
    details: { late_payment_policy: 'hold' },
    request_id: answer.headers.get('x-request-id'),
    created_at: new Date(gateway.clock.now()).toISOString(),
  });
});

test('the operator’s account stands in the log, with the person and the reason that were named', async (t) => {
  const made = await command(t, 'organizations', 'create', '--name', 'Shops');
  const id = String(made['id']);
  const set = await command(
    t,
    ...['organizations', 'set', '--organization', id, '--late-payment-policy', 'hold'],
    ...['--client-confirm-methods', 'none', '--reason', 'New contract', '--by', 'M. Sato'],
  );
  assert.deepEqual([set['late_payment_policy'], set['client_confirm_methods']], ['hold', []]);
  const entries = await gateway.query<Json>(
    `select action, actor_type, actor_id, on_behalf_of, reason, details from audit_log
     where organization_id = $1 order by id`,
    [id],
  );
  const actor = { actor_type: 'command_line', actor_id: userInfo().username };
  assert.deepEqual(entries, [
    {
      action: 'organization.created',
      ...actor,
      on_behalf_of: null,
      reason: null,
      details: { name: 'Shops' },
    },
    {
      action: 'organization.updated',
      ...actor,
      on_behalf_of: 'M. Sato',
      reason: 'New contract',
      details: { client_confirm_methods: [], late_payment_policy: 'hold' },
    },
  ]);
});

test('the operator is told which policies there are', async (t) => {
  const args = ['organizations', 'set', '--organization', organization_id, '--late-payment-policy', 'lose'];
  const { code, stderr } = await runCli(t, args, { env });
  assert.deepEqual(
    [code, stderr.trim()],
    [1, '"lose" is no late payment policy. There are auto_refund, hold.'],
  );
});

test('a change that is refused leaves no entry', async (t) => {
  const own = await startTestGateway(t);
  const live = own.clientFor(await own.addKey({ livemode: true }));
  const before = (await listLog('', own.client)).length;
  const refused = await setPolicy('hold', own.client);
  assert.deepEqual([refused.status, refused.json.details.constraint], [403, 'live_key']);
  assert.equal((await own.client.patch('/v1/organization', { late_payment_policy: 'x' })).status, 400);
  assert.equal((await listLog('', own.client)).length, before);
  assert.equal((await own.client.get('/v1/organization')).json.late_payment_policy, 'auto_refund');

  assert.equal((await setPolicy('hold', live)).status, 200);
  assert.equal((await own.client.get('/v1/organization')).json.late_payment_policy, 'hold');
  assert.equal(
    (await listLog('?action=organization.updated', own.client)).length,
    1,
    'it holds for both modes',
  );
});

test('settings that are left out stay as they are, and the retry of a change makes it once', async (t) => {
  const own = await startTestGateway(t);
  const send = () =>
    own.client.patch('/v1/organization', { client_confirm_methods: ['qr_mpm'] }, { idempotency_key: 'once' });
  const [first, retry] = [await send(), await send()];
  assert.deepEqual(
    [first.json.client_confirm_methods, first.json.late_payment_policy],
    [['qr_mpm'], 'auto_refund'],
  );
  assert.deepEqual([retry.text, retry.headers.get('idempotency-replayed')], [first.text, 'true']);
  assert.deepEqual((await own.client.get('/v1/organization')).json, first.json);
  assert.equal((await listLog('?action=organization.updated', own.client)).length, 1);
  const intent = await own.createIntent();
  const confirm = { payment_method_type: 'cash' };
  assert.equal((await own.terminalFor(intent).confirm(confirm)).status, 403, 'it counts at once');
});

test('the log is read newest first, page by page, by what was changed and how', async (t) => {
  const own = await startTestGateway(t);
  for (let n = 0; n < 7; n += 1) await setPolicy(n % 2 === 0 ? 'hold' : 'auto_refund', own.client);
  const all = await listLog('?limit=100', own.client);
  const ids = all.map((entry) => String(entry['id']));
  assert.deepEqual(ids, ids.toSorted().reverse());
  const updates = all.filter((entry) => entry['action'] === 'organization.updated');
  assert.equal(updates.length, 7);
  assert.deepEqual(await listLog('?action=organization.updated', own.client), updates);
  assert.deepEqual(
    await listLog(`?object=${own.organization_id}`, own.client),
    all.filter((entry) => entry['object_id'] === own.organization_id),
  );
  assert.deepEqual(await listLog('?object=org_none', own.client), []);

  const seen: Json[] = [];
  let path: string | null = '/v1/audit_log?action=organization.updated&limit=3';
  while (path !== null) {
    const page: Awaited<ReturnType<typeof client.get>> = await own.client.get(path);
    assert.ok(page.json.length <= 3);
    seen.push(...page.json);
    const link = /<([^>]+)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1];
    path = link === undefined ? null : link.slice(own.url.length);
  }
  assert.deepEqual(seen, updates);
});

test('the log and the settings are for keys of the organization itself', async () => {
  const narrowed = gateway.clientFor(await gateway.addKey({ merchant_id: 'merchant_001' }));
  for (const answer of [
    await narrowed.get('/v1/audit_log'),
    await narrowed.get('/v1/organization'),
    await setPolicy('hold', narrowed),
  ])
    assert.deepEqual([answer.status, answer.json.code], [403, 'forbidden']);
  const other = await gateway.addOrganization();
  const theirs = await listLog(`?object=${organization_id}`, other.client);
  assert.deepEqual(theirs, []);
  assert.equal((await other.client.get('/v1/organization')).json.id, other.organization_id);
  const terminal = await gateway.createIntent();
  const by_token = await fetch(`${gateway.url}/v1/audit_log?payment_token=${terminal.payment_token}`);
  assert.equal(by_token.status, 401);
  for (const [query, field] of [
    ['action=drop', 'action'],
    ['limit=0', 'limit'],
    ['starting_after=pi_1', 'starting_after'],
    ['actor=me', 'actor'],
  ]) {
    const { status, json } = await client.get(`/v1/audit_log?${query}`);
    assert.deepEqual([status, json.details.field], [400, field], query);
  }
});

test('the database itself refuses to change or delete what the log says, whoever asks', async () => {
  const count = async () =>
    (await gateway.query<{ entries: number }>('select count(*)::int as entries from audit_log'))[0]
      ?.entries ?? 0;
  const before = await count();
  assert.ok(before > 0);
  for (const statement of [
    `update audit_log set reason = 'nothing happened'`,
    'delete from audit_log',
    'truncate audit_log',
    `delete from audit_log where organization_id = 'org_none'`,
  ])
    await assert.rejects(gateway.query(statement), /audit_log only grows/, statement);
  assert.equal(await count(), before);
});

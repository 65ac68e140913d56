// Webhook endpoints from the command line, against the database of a gateway that runs.
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, type TestContext, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';
import { startReceiver } from './support/webhooks.ts';

// Commands run by the machine's clock, so the gateway does, too.
const gateway = await startTestGateway({ after }, { now: 'real' });
const { client, organization_id } = gateway;
const env = {
  DATABASE_URL: gateway.database_url,
  MPAC_MASTER_KEY: gateway.master_key,
  MPAC_WEBHOOK_ALLOW_LOOPBACK: 'true',
};

async function command(t: TestContext, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(t, ['webhooks', ...args], { env });
  assert.deepEqual([code, stderr], [0, ''], args.join(' '));
  return JSON.parse(stdout);
}

async function deliver(): Promise<void> {
  await gateway.runJob('fan_out');
  await gateway.runJob('deliveries');
}

test('an operator makes, changes, rolls, pings, resends and deletes, and each stands in the audit log', async (t) => {
  const receiver = await startReceiver(t);
  const made = await command(t, 'create', '--organization', organization_id, '--url', receiver.url);
  assert.match(made.secret, /^whsec_/);
  const on = ['--endpoint', made.id];
  const changed = await command(t, 'update', ...on, '--events', 'late_payment.*', '--description', 'Ledger');
  assert.deepEqual([changed.enabled_events, changed.description], [['late_payment.*'], 'Ledger']);
  const [listed] = await command(t, 'list', '--organization', organization_id);
  assert.deepEqual(listed, changed);
  const rolled = await command(t, 'roll-secret', ...on, '--expires-in-hours', '0');
  assert.notEqual(rolled.secret, made.secret);

  assert.equal((await command(t, 'ping', ...on)).sequence, 1);
  await deliver();
  assert.equal((await command(t, 'resend', ...on, '--sequence', '1')).status, 'pending');
  await deliver();
  assert.equal((await command(t, 'resend', ...on, '--after-sequence', '0')).resent, 1);
  await deliver();
  assert.equal(receiver.received.length, 3);
  const [delivery] = await command(t, 'deliveries', ...on, '--status', 'succeeded');
  assert.equal(delivery.attempts.length, 3);
  assert.equal((await command(t, 'delete', ...on)).deleted, true);

  const entries = (await client.get(`/v1/audit_log?object=${made.id}`)).json as Json[];
  assert.deepEqual(entries.map((entry) => entry['action']).reverse(), [
    'webhook_endpoint.created',
    'webhook_endpoint.updated',
    'webhook_endpoint.secret_rolled',
    'webhook_endpoint.pinged',
    'webhook_delivery.resent',
    'webhook_endpoint.resent',
    'webhook_endpoint.deleted',
  ]);
  for (const entry of entries) {
    assert.deepEqual([entry['actor_type'], entry['actor_id']], ['command_line', userInfo().username]);
  }
  assert.ok(!JSON.stringify(entries).includes('whsec_'));
});

test('what is wrong with a command is said in one line', async (t) => {
  for (const [args, message] of [
    [['ping', '--endpoint', 'we_no'], 'There is no webhook endpoint we_no.'],
    [['update', '--endpoint', 'we_no'], 'Say what to change: see --help.'],
    [['resend', '--endpoint', 'we_no'], 'Give --sequence or --after-sequence.'],
    [['resend', '--endpoint', 'we_no', '--sequence', 'x'], '--sequence must be a whole number, not "x".'],
    [
      ['roll-secret', '--endpoint', 'we_no', '--expires-in-hours', '999'],
      '--expires-in-hours is at most 168.',
    ],
    [
      ['create', '--organization', 'org_no', '--url', 'https://a.example.com/'],
      'There is no organization org_no.',
    ],
    [['list', '--organization', 'org_no'], 'There is no organization org_no.'],
  ] as const) {
    const { code, stderr } = await runCli(t, ['webhooks', ...args], { env });
    assert.deepEqual([code, stderr.trim()], [1, message]);
  }
});

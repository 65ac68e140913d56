// What an operator changes with the command line while a gateway runs: organizations, and what is not there.
import assert from 'node:assert/strict';
import { after, type TestContext, test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });
const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };

/** What the command says, once every process must have noticed what it did. */
async function command(t: TestContext, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(t, args, { env });
  assert.deepEqual([code, stderr], [0, '']);
  gateway.clock.advance(3_000);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('an organization decides what a terminal confirms with its token alone', async (t) => {
  const { organization_id } = gateway;
  const set = (methods: string) =>
    command(
      t,
      'organizations',
      'set',
      '--organization',
      organization_id,
      '--client-confirm-methods',
      methods,
    );
  const confirmCash = async () => {
    const intent = await gateway.createIntent();
    return (await gateway.terminalFor(intent).confirm({ payment_method_type: 'cash' })).status;
  };
  const said = await set('qr_mpm,qr_cpm');
  assert.deepEqual([said['id'], said['client_confirm_methods']], [organization_id, ['qr_mpm', 'qr_cpm']]);
  assert.equal(await confirmCash(), 403);
  assert.deepEqual((await set('none'))['client_confirm_methods'], []);
  assert.equal(await confirmCash(), 403);
  await set('qr_mpm,cash');
  assert.equal(await confirmCash(), 200);
});

test('what is not there, or no method, is named in one line', async (t) => {
  const organization = ['organizations', 'set', '--organization'];
  for (const [args, message] of [
    [['keys', 'revoke', '--key', 'ak_no'], 'There is no API key ak_no.'],
    [[...organization, 'org_no', '--client-confirm-methods', 'cash'], 'There is no organization org_no.'],
    [
      [...organization, gateway.organization_id, '--client-confirm-methods', 'cash,gold'],
      '"gold" is no payment method. There are qr_mpm, qr_cpm, credit_card, e_money, cash.',
    ],
  ] as const) {
    const { code, stderr } = await runCli(t, [...args], { env });
    assert.deepEqual([code, stderr.trim()], [1, message]);
  }
});

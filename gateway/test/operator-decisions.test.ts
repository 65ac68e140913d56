// What an operator decides at the command line: payments and refunds that no provider tells of, and late money.
import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { after, type TestContext, test } from 'node:test';
import type { Json } from './support/client.ts';
import { startTestGateway } from './support/gateway.ts';
import { runCli } from './support/process.ts';

const gateway = await startTestGateway({ after });
const { client, clock, paypay } = gateway;
const env = { DATABASE_URL: gateway.database_url, MPAC_MASTER_KEY: gateway.master_key };
const BY = ['--reason', 'The books say so.', '--by', 'M. Sato'];

async function command(t: TestContext, ...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await runCli(t, args, { env });
  assert.deepEqual([code, stderr], [0, '']);
  return JSON.parse(stdout) as Json;
}

async function assertAudited(object: string, action: string): Promise<void> {
  const [entry] = (await client.get(`/v1/audit_log?object=${object}&action=${action}`)).json;
  assert.deepEqual(
    [entry.actor_type, entry.actor_id, entry.on_behalf_of, entry.reason],
    ['command_line', userInfo().username, 'M. Sato', 'The books say so.'],
  );
}

async function confirmIntoSilence() {
  const intent = await gateway.createIntent();
  await paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await gateway.terminalFor(intent).confirmQr()).status, 502);
  return intent;
}

test('a payment, a refund and late money are decided by name and reason', async (t) => {
  const intent = await confirmIntoSilence();
  await paypay.payLate();
  // A command runs by the machine's clock, which is past the gateway's of this test.
  const paid = await command(
    t,
    ...['payments', 'resolve', '--payment-intent', intent.id, '--outcome', 'paid'],
    ...['--provider-payment-id', 'pp-1', ...BY],
  );
  assert.deepEqual([paid['id'], paid['status']], [intent.id, 'succeeded']);
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  await assertAudited(intent.id, 'payment_intent.resolved');

  await paypay.setFault('server_error', { endpoint: 'create_refund', times: 1 });
  await paypay.setFault('server_error', { endpoint: 'get_refund' });
  const { json: refund } = await client.post('/v1/refunds', { payment_intent: intent.id });
  assert.equal(refund.outcome, 'unknown', JSON.stringify(refund));
  const decided = await command(
    t,
    ...['refunds', 'resolve', '--refund', refund.id, '--status', 'succeeded', ...BY],
  );
  assert.deepEqual([decided['id'], decided['status']], [refund.id, 'succeeded']);
  await assertAudited(refund.id, 'refund.resolved');
  await paypay.clearFaults();

  await client.patch('/v1/organization', { late_payment_policy: 'hold' });
  const late_intent = await gateway.openQr();
  await late_intent.terminal.cancel();
  await paypay.payLate(late_intent.code);
  clock.advance(61_000);
  await gateway.settle();
  const [late] = (await client.get('/v1/late_payments')).json;
  const kept = await command(
    t,
    ...['late-payments', 'resolve', '--late-payment', late.id, '--action', 'keep', ...BY],
  );
  assert.deepEqual([kept['id'], kept['status'], kept['resolved_by']], [late.id, 'kept', 'M. Sato']);
  await assertAudited(late.id, 'late_payment.resolved');
});

test('what cannot be decided, or is not there, is said in one line', async (t) => {
  const { id } = await gateway.createIntent();
  for (const [args, message] of [
    [
      ['payments', 'resolve', '--payment-intent', id, '--outcome', 'paid', ...BY],
      /^The payment intent is requires_payment_method, so it cannot be resolved by hand/,
    ],
    [
      ['payments', 'resolve', '--payment-intent', 'pi_no', '--outcome', 'paid', ...BY],
      /^There is no payment intent with this id\.$/,
    ],
    [
      ['refunds', 'resolve', '--refund', 're_no', '--status', 'failed', ...BY],
      /^There is no refund with this id\.$/,
    ],
    [
      ['late-payments', 'resolve', '--late-payment', 'lp_no', '--action', 'keep', ...BY],
      /^There is no late payment with this id\.$/,
    ],
    [
      ['payments', 'resolve', '--payment-intent', id, '--outcome', 'paid', '--by', 'x'],
      /required option '--reason/,
    ],
  ] as const) {
    const { code, stderr } = await runCli(t, [...args], { env });
    assert.equal(code, 1, stderr);
    assert.match(stderr.trim(), message);
  }
});

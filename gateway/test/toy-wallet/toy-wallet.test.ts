// A sale by the toy wallet through the gateway's own front door: what a merchant gets without a word of code more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestGateway } from '../../../test/support/gateway.ts';

test('TOY_WALLET: a test store without credentials of its own takes a payment at the simulator', async (t) => {
  const gateway = await startTestGateway(t);
  await gateway.saveStore({
    payment_processor_configs: [
      { provider: 'TOY_WALLET', is_active: true, credentials: { shop_id: 'shop_1' } },
    ],
  });
  const intent = await gateway.createIntent();
  const confirmed = await gateway
    .terminalFor(intent)
    .confirm({ payment_method_type: 'qr_mpm', provider: 'TOY_WALLET' });
  assert.equal(confirmed.status, 200, confirmed.text);
  assert.equal(confirmed.json.status, 'requires_action');
  assert.match(confirmed.json.qr_content, /^toy:/);

  const [attempt] = await gateway.query<{ id: string }>('select id from payment_attempts');
  const paid = await fetch(`${gateway.simulator_url}/toy_wallet/control/charges/${attempt?.id}/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  assert.equal(paid.status, 200);
  gateway.clock.advance(3_000);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

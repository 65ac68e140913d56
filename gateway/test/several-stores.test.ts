// A merchant with several stores whose payments name none: the settings that began a payment see it through, whatever
// is synchronised meanwhile, because another store's account at the provider knows nothing of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STORE_ID, startTestGateway, type TestGateway } from './support/gateway.ts';

const paypay = (merchant_id: string, is_active = true) => [
  { provider: 'PAYPAY', is_active, credentials: { merchant_id } },
];

const addStore = (gateway: TestGateway, id: string, is_active = true) =>
  gateway.saveStore({
    store: { id, name: id },
    payment_processor_configs: paypay(`account_of_${id}`, is_active),
  });

test('a payment that named no store is looked up, refunded and released after a second store came', async (t) => {
  const gateway = await startTestGateway(t);
  const paid = await gateway.openQr({ merchant_store_id: undefined });
  const unpaid = await gateway.openQr({ merchant_store_id: undefined });
  const held = await gateway.openQr({ merchant_store_id: undefined, capture_method: 'manual' });
  await addStore(gateway, 'store_002');
  await gateway.paypay.pay(paid.code);
  await gateway.paypay.pay(held.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.statusOf(paid), 'succeeded');
  const refund = await gateway.client.post('/v1/refunds', { payment_intent: paid.id });
  assert.equal(refund.status, 201, refund.text);
  assert.equal((await unpaid.terminal.cancel()).status, 200);
  const capture = await gateway.client.capture(held.id, {});
  assert.deepEqual([capture.status, capture.json.status], [200, 'succeeded'], capture.text);

  const ambiguous = await gateway.createIntent({ merchant_store_id: undefined });
  const refused = await gateway.terminalFor(ambiguous).confirmQr();
  assert.deepEqual([refused.status, refused.json.code], [400, 'provider_not_supported']);
});

test('settings that are switched off do not keep those of the one other store from beginning a payment', async (t) => {
  const gateway = await startTestGateway(t);
  await addStore(gateway, 'store_000', false);
  await addStore(gateway, 'store_0000', false);
  await gateway.saveStore({ store: { id: STORE_ID, name: 'Tokyo Branch' } });
  const intent = await gateway.openQr({ merchant_store_id: undefined });
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
});

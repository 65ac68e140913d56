// One object of each kind, whose every word begins with canary, so that a test of strangers can look for them.
import assert from 'node:assert/strict';
import { SYSTEM } from '../../src/application/audit.ts';
import { recordSettlements } from '../../src/application/settlements.ts';
import type { Client } from './client.ts';
import type { TestGateway } from './gateway.ts';

export const MERCHANT = 'merchant_canary';
export const STORE = 'store_canary';

export type CanaryObjects = Awaited<ReturnType<typeof makeCanaryObjects>>;

/** A settlement of the merchant whose one sum differs. */
async function makeSettlement({ context, client, organization_id }: TestGateway) {
  const stated = {
    transaction_count: 1,
    gross_amount: 500,
    refunded_amount: 0,
    fees_amount: 5,
    net_amount: 495,
  };
  const expected = { transaction_count: 1, gross_amount: 600, refunded_amount: 0 };
  const [settlement] = await context.db.withTransaction((tx) =>
    recordSettlements(
      context,
      tx,
      [
        {
          ...{ organization_id, livemode: false, merchant_id: MERCHANT, provider: 'SP_NET', account: null },
          ...{ business_date: '2026-01-14', currency: 'JPY', source: 'by_hand', file_name: 'canary.csv' },
          ...{ file_id: null, card_batch_id: null, line: 2, stated, expected, exceptions: [] },
        },
      ],
      SYSTEM,
    ),
  );
  const exceptions = await client.get('/v1/reconciliation_exceptions');
  return { settlement: String(settlement?.id), exception: String(exceptions.json[0].id) };
}

/** One object of each kind, all of the merchant that the strangers do not act for. */
export async function makeCanaryObjects(gateway: TestGateway, live: Client) {
  const { client } = gateway;
  const order = { merchant_store_id: STORE, description: 'canary description' };
  const endpoint = await client.post('/v1/webhook_endpoints', { url: 'https://hooks.example.com/canary' });
  assert.equal(endpoint.status, 201, endpoint.text);
  const open = await gateway.openQr(order);
  const fresh = await gateway.createIntent(order);
  const paid = await gateway.createIntent(order);
  await client.confirm(paid.id, { payment_method_type: 'cash' });
  const refund = await client.post('/v1/refunds', { payment_intent: paid.id, amount: 1, reason: 'canary' });
  assert.equal(refund.status, 201, refund.text);
  const settings = await live.call('PATCH', '/v1/organization', { late_payment_policy: 'hold' });
  assert.equal(settings.status, 200, settings.text);
  const late = await gateway.openQr(order);
  await late.terminal.cancel();
  await gateway.paypay.payLate(late.code);
  gateway.clock.advance(60_000);
  await gateway.settle();
  const [late_payment] = await gateway.latePaymentsOf(late);
  assert.ok(late_payment, 'there is a late payment');
  await gateway.runJob('fan_out');
  const api_key = await client.post('/v1/api_keys', { name: 'canary key' });
  const publishable_key = await client.post('/v1/publishable_keys', { name: 'canary page' });
  assert.deepEqual([api_key.status, publishable_key.status], [201, 201], publishable_key.text);
  const sftp = { host: '127.0.0.1', port: 1_024, username: 'canary', generate_key: true };
  const config = await client.call('PUT', `/v1/merchants/${MERCHANT}/accounting_export`, sftp);
  assert.equal(config.status, 200, config.text);
  const day = { merchant_id: MERCHANT, merchant_store_id: STORE, business_date: '2026-01-14' };
  const exports = await client.post('/v1/accounting_exports', day);
  assert.equal(exports.status, 202, exports.text);
  const order_list = await client.post('/v1/order_lists', {
    merchant_store_id: STORE,
    business_date: '2026-01-15',
    orders: [{ merchant_ref_id: 'canary order', amount: 1, status: 'paid' }],
  });
  assert.equal(order_list.status, 201, order_list.text);
  const events = await client.get('/v1/events');
  const connection = { host: '127.0.0.1', port: 1_024, username: 'canary', password: 'canary password' };
  assert.equal((await client.call('PUT', '/v1/card_processor_connection', connection)).status, 200);
  const card_batch = await client.post('/v1/card_batches', { business_date: '2026-01-13' });
  assert.equal(card_batch.status, 202, card_batch.text);
  const [attempt] = await gateway.query<{ id: string }>(
    'select id from payment_attempts where payment_intent_id = $1',
    [open.id],
  );
  const settlement = await makeSettlement(gateway);
  return {
    ...settlement,
    intent: open.id,
    open_code: open.code,
    fresh: fresh.id,
    paid: paid.id,
    refund: String(refund.json.id),
    late_payment: String(late_payment['id']),
    endpoint: String(endpoint.json.id),
    api_key: String(api_key.json.id),
    publishable_key: String(publishable_key.json.id),
    accounting_export: String(exports.json[0].id),
    order_list: String(order_list.json.id),
    event: String(events.json[0].id),
    card_batch: String(card_batch.json.id),
    attempt: String(attempt?.id),
  };
}

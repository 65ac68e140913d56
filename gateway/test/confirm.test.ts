// Confirm, by every method: the documents' answers, and what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestGateway } from './support/gateway.ts';

test('a QR payment is created, confirmed, paid, and found by polling', async (t) => {
  const gateway = await startTestGateway(t);
  const intent = await gateway.openQr();
  assert.equal(intent.confirmation.status, 'requires_action');
  await gateway.paypay.pay(intent.code);
  gateway.clock.advance(2_500);
  await gateway.settle();
  assert.equal(await gateway.statusOf(intent), 'succeeded');
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
});

// News that comes twice at the same moment: a notification and a look-up both find one payment, and the slower
// of the two has read the attempt before the faster one wrote. It must not take the payment for a second one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookUpAttempt } from '../../src/application/look-ups.ts';
import { findAttempt } from '../../src/db/payment-intents.ts';
import { startTestGateway } from '../support/gateway.ts';

test('a look-up that was overtaken by another does not find the same money again', async (t) => {
  const gateway = await startTestGateway(t);
  const intent = await gateway.openQr();
  const [{ attempt_id } = { attempt_id: '' }] = await gateway.query<{ attempt_id: string }>(
    'select attempt_id from payment_intents where id = $1',
    [intent.id],
  );
  const before_the_payment = await findAttempt(gateway.context.db, attempt_id);
  assert.equal(before_the_payment?.status, 'waiting');
  await gateway.paypay.pay(intent.code);
  await lookUpAttempt(gateway.context, before_the_payment);
  assert.equal(await gateway.statusOf(intent), 'succeeded');

  await lookUpAttempt(gateway.context, before_the_payment);
  assert.deepEqual(await gateway.latePaymentsOf(intent), []);
  assert.deepEqual(await gateway.eventsOf(intent), ['created', 'requires_action', 'succeeded']);
});

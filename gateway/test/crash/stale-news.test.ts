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

test('a repeated confirm that the look-up overtakes between two reads answers with the rows that fit together', async (t) => {
  const gateway = await startTestGateway(t);
  const intent = await gateway.createIntent();
  const terminal = gateway.terminalFor(intent);
  await gateway.paypay.setFault('server_error_after_success', { endpoint: 'create_code', times: 1 });
  assert.equal((await terminal.confirmQr()).status, 502);
  assert.equal(await gateway.statusOf(intent), 'processing');

  // After the repetition has read the intent, and before it reads the attempt, the look-up finds the code.
  const { db } = gateway.context;
  const query = db.query.bind(db);
  let overtaken = false;
  db.query = async (statement, values) => {
    if (statement.name === 'find_payment_attempt' && !overtaken) {
      overtaken = true;
      gateway.clock.advance(60_000);
      await gateway.settle();
    }
    return query(statement, values);
  };
  const answer = await terminal.confirmQr();
  assert.ok(overtaken);
  assert.equal(answer.status, 200, answer.text);
  assert.equal(answer.json.status, 'requires_action');
  assert.equal(answer.json.qr_content, (await gateway.paypay.find()).url);
});

// Batches: what may travel together, what happens when the database refuses, and that every item keeps its own
// result; first with a statement that is written down here, then with real payments in a real database.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { startTestGateway } from '../../test/support/gateway.ts';
import { movePaymentIntent, type PaymentIntent } from '../domain/payment-intent.ts';
import { makeBatcher } from './batches.ts';
import { findPaymentIntent, updatePaymentIntent } from './payment-intents.ts';

const gateway = await startTestGateway({ after });

function makeRefusal(): pg.DatabaseError {
  return new pg.DatabaseError('refused', 7, 'error');
}

/** A statement that doubles numbers and refuses 13, and the batches in which it was run. */
function makeDoubler(refusal: () => Error = makeRefusal) {
  const batches: number[][] = [];
  const double = makeBatcher<number, number>({
    keyOf: (item) => String(item % 100),
    run: async (items) => {
      batches.push(items);
      await new Promise((resolve) => setImmediate(resolve));
      if (items.includes(13)) throw refusal();
      return items.map((item) => item * 2);
    },
  });
  return { batches, double };
}

test('what comes in one turn of the event loop travels together, and each item has its own result', async () => {
  const { batches, double } = makeDoubler();
  assert.deepEqual(await Promise.all([1, 2, 3].map(double)), [2, 4, 6]);
  assert.deepEqual(batches, [[1, 2, 3]]);
});

test('items of the same key never share a batch and keep their order', async () => {
  const { batches, double } = makeDoubler();
  assert.deepEqual(await Promise.all([1, 101, 2, 201].map(double)), [2, 202, 4, 402]);
  assert.deepEqual(batches, [[1, 2], [101], [201]]);
});

test('a batch has a limit, and what is over waits for the next one', async () => {
  const { batches, double } = makeDoubler();
  const items = Array.from({ length: 90 }, (_, index) => index + 100);
  await Promise.all(items.map(double));
  assert.deepEqual(
    batches.map((batch) => batch.length),
    [64, 26],
  );
});

test('when the database refuses a batch, every item is tried alone and only the wrong one fails', async () => {
  const { batches, double } = makeDoubler();
  const results = await Promise.allSettled([1, 13, 2].map(double));
  assert.deepEqual(
    results.map((result) => (result.status === 'fulfilled' ? result.value : 'refused')),
    [2, 'refused', 4],
  );
  assert.deepEqual(batches, [[1, 13, 2], [1], [13], [2]]);
});

test('a batch whose fate is unknown is not tried again', async () => {
  const { batches, double } = makeDoubler(() => new Error('the connection broke'));
  const results = await Promise.allSettled([1, 13].map(double));
  assert.deepEqual(
    results.map((result) => result.status),
    ['rejected', 'rejected'],
  );
  assert.deepEqual(batches, [[1, 13]]);
});

async function getIntent(): Promise<PaymentIntent> {
  const { id } = await gateway.createIntent();
  const intent = await findPaymentIntent(gateway.context.db, id);
  assert.ok(intent);
  return intent;
}

test('of two changes of one intent that are written at once, one is done and the other told so', async () => {
  const { db } = gateway.context;
  const intent = await getIntent();
  const now = new Date(gateway.clock.now()).toISOString();
  const other = await getIntent();
  const cancelled = (one: PaymentIntent, reason: string) => ({
    intent: movePaymentIntent(one, 'cancel', now, { cancellation_reason: reason }),
  });
  const written = await Promise.all([
    updatePaymentIntent(db, cancelled(intent, 'duplicate')),
    updatePaymentIntent(db, cancelled(intent, 'abandoned')),
    updatePaymentIntent(db, cancelled(other, 'fraudulent')),
  ]);
  // The two travel in batches of their own and race in the database: either may win, and only one.
  const [duplicate, abandoned, fraudulent] = written.map((result) => result !== null);
  assert.notEqual(duplicate, abandoned);
  assert.equal(fraudulent, true);
  assert.equal(
    (await findPaymentIntent(db, intent.id))?.cancellation_reason,
    duplicate ? 'duplicate' : 'abandoned',
  );
  assert.equal((await findPaymentIntent(db, other.id))?.cancellation_reason, 'fraudulent');
});

test('orders that are created together do not suffer from one among them that is refused', async () => {
  const refs = ['a', 'b', 'taken', 'c', 'taken', 'd'];
  const answers = await Promise.all(
    refs.map((ref) =>
      gateway.client.post('/v1/payment_intents', {
        amount: 100,
        payment_method_types: ['cash'],
        merchant_ref_id: `batch_${ref}`,
      }),
    ),
  );
  const statuses = answers.map((answer) => answer.status);
  assert.deepEqual(statuses.toSorted(), [201, 201, 201, 201, 201, 409]);
  assert.ok(statuses[2] === 409 || statuses[4] === 409);
});

// What a person's word does: to a payment in each phase, by the table of moves, and to a refund, within the bound on
// what can be given back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Attempt } from './attempt.ts';
import { GatewayError } from './error.ts';
import { newsByHand, resolveRefund } from './manual-resolution.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { Refund } from './refund.ts';

const NOW = '2026-01-15T10:00:00.000Z';

const attempt = (changes: Partial<Attempt>) =>
  ({ authorize_only: false, status: 'unknown', ...changes }) as Attempt;

test('paid is paid, or held where the payment is to be captured later and nothing is held yet', () => {
  const hold = { authorize_only: true } as const;
  assert.equal(newsByHand(attempt({}), 'paid', null).kind, 'paid');
  assert.equal(newsByHand(attempt(hold), 'paid', null).kind, 'authorized');
  assert.equal(newsByHand(attempt({ ...hold, status: 'authorized' }), 'paid', null).kind, 'paid');
  assert.equal(newsByHand(attempt({}), 'not_paid', null).kind, 'ended_unpaid');
  assert.equal(newsByHand(attempt(hold), 'not_paid', null).kind, 'ended_unpaid');
  assert.equal(newsByHand(attempt({ ...hold, status: 'authorized' }), 'not_paid', null).kind, 'reversed');
  assert.deepEqual(newsByHand(attempt({}), 'paid', 'pp-1'), { kind: 'paid', provider_payment_id: 'pp-1' });
});

function refund(changes: Partial<Refund>): Refund {
  return {
    id: 're_1',
    amount: 300,
    late_payment_id: null,
    status: 'pending',
    outcome: 'unknown',
    ...changes,
  } as Refund;
}

const intent = (amount_refunded: number) =>
  ({ amount_received: 1_000, amount_refunded, version: 3 }) as PaymentIntent;

test('an unknown refund ends as the person says, and a failed one only as paid back', () => {
  const gone = resolveRefund(intent(300), refund({}), 'succeeded', NOW);
  assert.deepEqual(
    [gone.refund.status, gone.refund.error, gone.intent.amount_refunded],
    ['succeeded', null, 300],
  );
  const none = resolveRefund(intent(300), refund({}), 'failed', NOW);
  assert.deepEqual(
    [none.refund.status, none.refund.error?.code, none.intent.amount_refunded, none.refund.next_check_at],
    ['failed', 'resolved_failed', 0, null],
  );
  const failed = refund({ status: 'failed', outcome: null });
  const by_hand = resolveRefund(intent(700), failed, 'succeeded', NOW);
  assert.deepEqual([by_hand.intent.amount_refunded, by_hand.intent.version], [1_000, 4]);
  assert.throws(() => resolveRefund(intent(701), failed, 'succeeded', NOW), /Only 299 of what was received/);
  assert.throws(() => resolveRefund(intent(0), failed, 'failed', NOW), GatewayError);
});

test('a refund whose outcome is known is left to nobody', () => {
  for (const known of [{ status: 'succeeded', outcome: null } as const, { outcome: null }]) {
    for (const status of ['succeeded', 'failed'] as const)
      assert.throws(() => resolveRefund(intent(300), refund(known), status, NOW), GatewayError);
  }
});

test('late money never counts as refunded, whatever a person says', () => {
  const late = { late_payment_id: 'lp_1', amount: 5_000 };
  const failed = refund({ ...late, status: 'failed', outcome: null });
  assert.equal(resolveRefund(intent(1_000), failed, 'succeeded', NOW).intent.amount_refunded, 1_000);
  assert.equal(resolveRefund(intent(1_000), refund(late), 'failed', NOW).intent.amount_refunded, 1_000);
});

test('a person’s word never refunds more than was received', () => {
  const amounts = fc.integer({ min: 0, max: 1_000 });
  fc.assert(
    fc.property(amounts, fc.integer({ min: 1, max: 1_000 }), (refunded, amount) => {
      const failed = refund({ status: 'failed', outcome: null, amount });
      const fits = refunded + amount <= 1_000;
      const act = () => resolveRefund(intent(refunded), failed, 'succeeded', NOW).intent.amount_refunded;
      if (fits) assert.equal(act(), refunded + amount);
      else assert.throws(act, GatewayError);
    }),
  );
});

// What each word of a provider does to a refund, against a table typed by hand; and that whatever comes in whatever
// order, what the intent has refunded is the sum of its refunds and never more than it received.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PaymentIntent } from './payment-intent.ts';
import {
  decideOnRefundResult,
  intentWithRefund,
  type Refund,
  type RefundResult,
  type RefundStatus,
  refundableAmount,
  refundResource,
} from './refund.ts';

const NOW = '2026-01-15T10:00:00.000Z';
const LATER = '2026-01-15T10:05:00.000Z';

const intent = {
  id: 'pi_1',
  amount: 1_000,
  amount_received: 1_000,
  amount_refunded: 300,
  status: 'succeeded',
  version: 7,
  updated_at: NOW,
} as PaymentIntent;

const pending: Refund = {
  id: 're_1',
  organization_id: 'org_1',
  livemode: false,
  merchant_id: 'm1',
  payment_intent_id: 'pi_1',
  attempt_id: 'pa_1',
  late_payment_id: null,
  amount: 300,
  currency: 'JPY',
  reason: null,
  metadata: null,
  provider: 'PAYPAY',
  adapter: 'PAYPAY',
  processing_mode: 'pgw_processed',
  status: 'pending',
  outcome: null,
  provider_refund_id: null,
  provider_request_id: null,
  error: null,
  idempotency_key_id: null,
  asked_at: NOW,
  next_step: 'look_up',
  next_check_at: NOW,
  checks_done: 0,
  not_found_count: 0,
  created_at: NOW,
  updated_at: NOW,
};
const ERROR = { code: 'NO', message: 'No.', because: 'state' as const };
const over = { outcome: null, next_step: null, next_check_at: null };
const succeeded: Refund = { ...pending, ...over, status: 'succeeded' };
const failed: Refund = { ...pending, ...over, status: 'failed', error: ERROR };
const doubtful: Refund = { ...pending, outcome: 'unknown' };
const denied_twice: Refund = { ...doubtful, not_found_count: 2 };

const RESULTS = {
  refunded: { kind: 'refunded' },
  accepted: { kind: 'accepted' },
  refused: { kind: 'refused', ...ERROR },
  throttled: { kind: 'throttled', retry_after_ms: 60_000, message: 'Later.' },
  not_found: { kind: 'not_found' },
  unknown: { kind: 'unknown', reason: 'timeout', message: 'Silence.' },
} as const satisfies Record<string, RefundResult>;

type Row = [
  before: [string, Refund, refunded_before: number],
  news: keyof typeof RESULTS,
  after: [RefundStatus, outcome: 'unknown' | null, next_step: 'ask' | 'look_up' | null],
  refunded: number,
  event: string | null,
];

// Typed by hand from what a merchant is promised, not from the code.
const TABLE: Row[] = [
  [['pending', pending, 300], 'refunded', ['succeeded', null, null], 300, 'refund.succeeded'],
  [['pending', pending, 300], 'accepted', ['pending', null, 'look_up'], 300, null],
  [['pending', pending, 300], 'refused', ['failed', null, null], 0, 'refund.failed'],
  [['pending', pending, 300], 'throttled', ['pending', null, 'ask'], 300, null],
  [['pending', pending, 300], 'not_found', ['pending', 'unknown', 'look_up'], 300, null],
  [['pending', pending, 300], 'unknown', ['pending', 'unknown', 'look_up'], 300, null],

  [['doubtful', doubtful, 300], 'refunded', ['succeeded', null, null], 300, 'refund.succeeded'],
  [['doubtful', doubtful, 300], 'accepted', ['pending', null, 'look_up'], 300, null],
  [['doubtful', doubtful, 300], 'refused', ['failed', null, null], 0, 'refund.failed'],
  [['doubtful', doubtful, 300], 'throttled', ['pending', 'unknown', 'ask'], 300, null],
  [['doubtful', doubtful, 300], 'not_found', ['pending', 'unknown', 'look_up'], 300, null],
  [['doubtful', doubtful, 300], 'unknown', ['pending', 'unknown', 'look_up'], 300, null],
  [['denied twice', denied_twice, 300], 'not_found', ['pending', 'unknown', 'ask'], 300, null],

  [['succeeded', succeeded, 300], 'refunded', ['succeeded', null, null], 300, null],
  [['succeeded', succeeded, 300], 'accepted', ['succeeded', null, null], 300, null],
  [['succeeded', succeeded, 300], 'refused', ['succeeded', null, null], 300, null],
  [['succeeded', succeeded, 300], 'throttled', ['succeeded', null, null], 300, null],
  [['succeeded', succeeded, 300], 'not_found', ['succeeded', null, null], 300, null],
  [['succeeded', succeeded, 300], 'unknown', ['succeeded', null, null], 300, null],

  // The money went back although we had given up: it takes its place again.
  [['failed', failed, 0], 'refunded', ['succeeded', null, null], 300, 'refund.succeeded'],
  [['failed', failed, 0], 'accepted', ['pending', null, 'look_up'], 300, null],
  [['failed', failed, 0], 'refused', ['failed', null, null], 0, null],
  [['failed', failed, 0], 'throttled', ['failed', null, null], 0, null],
  [['failed', failed, 0], 'not_found', ['failed', null, null], 0, null],
  [['failed', failed, 0], 'unknown', ['failed', null, null], 0, null],
];

for (const [[name, before, amount_refunded], news, [status, outcome, next_step], refunded, event] of TABLE) {
  test(`a ${name} refund that hears "${news}" is ${status}`, () => {
    const decision = decideOnRefundResult({ ...intent, amount_refunded }, before, RESULTS[news], LATER);
    const { refund } = decision;
    assert.deepEqual([refund.status, refund.outcome, refund.next_step], [status, outcome, next_step]);
    assert.equal(decision.intent.amount_refunded, refunded);
    assert.equal(decision.event, event);
    assert.equal(decision.moved, status !== before.status);
    assert.equal(decision.intent.version, decision.moved ? 8 : 7);
    assert.equal(decision.contradicted, false);
    assert.equal(refund.error !== null, status === 'failed');
    assert.equal(refund.id, before.id, 'never a new id');
  });
}

test('a refund keeps what the provider called its last answer, also through a silence', () => {
  const after = (refund: Refund, result: RefundResult) =>
    decideOnRefundResult(intent, refund, result, NOW).refund.provider_request_id;
  assert.equal(after(pending, { ...RESULTS.accepted, provider_request_id: 'OPA1' }), 'OPA1');
  const heard = { ...pending, provider_request_id: 'OPA1' };
  assert.equal(after(heard, RESULTS.unknown), 'OPA1');
  assert.equal(after(heard, { ...RESULTS.refunded, provider_request_id: 'OPA2' }), 'OPA2');
  assert.equal(after(heard, { ...RESULTS.refused, provider_request_id: 'OPA3' }), 'OPA3');
});

test('three denials in a row are a proof, and any other word begins the count anew', () => {
  let refund = pending;
  const hear = (news: keyof typeof RESULTS) => {
    refund = decideOnRefundResult(intent, refund, RESULTS[news], LATER).refund;
    return refund.next_step;
  };
  assert.deepEqual([hear('not_found'), hear('not_found')], ['look_up', 'look_up']);
  assert.equal(hear('accepted'), 'look_up');
  assert.deepEqual([hear('not_found'), hear('not_found'), hear('not_found')], ['look_up', 'look_up', 'ask']);
  assert.equal(refund.not_found_count, 0);
});

test('money that goes back for a failed refund whose place was taken is reported, and nothing is overdrawn', () => {
  const full = { ...intent, amount_refunded: 800 };
  for (const news of ['refunded', 'accepted'] as const) {
    const decision = decideOnRefundResult(full, failed, RESULTS[news], LATER);
    assert.deepEqual([decision.contradicted, decision.moved, decision.refund], [true, false, failed]);
    assert.equal(decision.intent, full);
  }
  const late = { ...failed, late_payment_id: 'lp_1' };
  assert.equal(decideOnRefundResult(intent, late, RESULTS.refunded, LATER).contradicted, true);
});

test('what gives back late money leaves the intent’s own sum alone', () => {
  const late = { ...pending, late_payment_id: 'lp_1', amount: 5_000 };
  const with_it = intentWithRefund(intent, null, late, LATER);
  assert.deepEqual([with_it.amount_refunded, with_it.version], [300, 8]);
  for (const news of ['refunded', 'refused'] as const) {
    const decision = decideOnRefundResult(intent, late, RESULTS[news], LATER);
    assert.deepEqual([decision.moved, decision.intent.amount_refunded], [true, 300]);
  }
});

test('whatever is heard, what was refunded is the sum of the refunds and at most what was received', () => {
  const news = fc.constantFrom(...Object.values(RESULTS));
  const step = fc.oneof(
    fc.record({ make: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ of: fc.nat({ max: 5 }), news }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let now: PaymentIntent = { ...intent, amount_refunded: 0 };
      const refunds: Refund[] = [];
      for (const one of steps) {
        if ('make' in one) {
          if (one.make > refundableAmount(now)) continue;
          const made = { ...pending, id: `re_${refunds.length}`, amount: one.make };
          now = intentWithRefund(now, null, made, LATER);
          refunds.push(made);
        } else {
          const before = refunds[one.of];
          if (before === undefined) continue;
          const decision = decideOnRefundResult(now, before, one.news, LATER);
          refunds[one.of] = decision.refund;
          if (decision.moved) now = decision.intent;
        }
        const sum = refunds.reduce((total, each) => total + (each.status === 'failed' ? 0 : each.amount), 0);
        assert.equal(now.amount_refunded, sum);
        assert.ok(sum <= now.amount_received);
        for (const { status, next_step, outcome } of refunds) {
          assert.equal(status === 'pending', next_step !== null);
          assert.ok(outcome === null || status === 'pending');
        }
      }
    }),
    { seed: 20_260_115, numRuns: 2_000 },
  );
});

test('what the API shows leaves out what is absent, and everything that is our own', () => {
  const shown = refundResource({ ...failed, reason: 'r', metadata: { a: 'b' }, provider_refund_id: 'x' });
  assert.deepEqual(shown, {
    id: 're_1',
    object: 'refund',
    payment_intent: 'pi_1',
    amount: 300,
    currency: 'JPY',
    status: 'failed',
    livemode: false,
    merchant_id: 'm1',
    provider: 'PAYPAY',
    processing_mode: 'pgw_processed',
    created_at: NOW,
    reason: 'r',
    metadata: { a: 'b' },
    provider_refund_id: 'x',
    failure_code: 'NO',
    failure_message: 'No.',
  });
  const unknown = refundResource({ ...doubtful, next_check_at: LATER, late_payment_id: 'lp_1' });
  assert.deepEqual(
    [unknown['outcome'], unknown['next_check_at'], unknown['late_payment'], 'reason' in unknown],
    ['unknown', LATER, 'lp_1', false],
  );
  assert.equal('next_check_at' in refundResource(pending), false, 'the schedule of ordinary work is our own');
});

// What news from a provider does: single decisions by example, and a model that plays whole lives of an intent
// with several attempts at random and checks after every step what must hold for money.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeAttemptRow, makeIntentRow } from '../../test/support/payment-rows.ts';
import { type Attempt, NOT_FOUND_PROOFS } from './attempt.ts';
import { type Decision, decideOnProviderResult } from './decision.ts';
import { isFinal, movePaymentIntent, type PaymentIntent, phaseOf } from './payment-intent.ts';
import type { ProviderResult } from './provider-result.ts';

const NOW = '2026-01-15T10:00:01.000Z';
const CODE_ENDS_AT = '2026-01-15T10:05:00.000Z';
const QR = { type: 'qr', qr_content: 'https://qr.example/1', expires_at: CODE_ENDS_AT } as const;

const BASE_INTENT = makeIntentRow();

/** An intent whose attempt has just been written down, before the provider has answered. */
function makeAsked(): [PaymentIntent, Attempt] {
  const attempt = makeAttemptRow();
  const changes = { outcome: 'unknown', attempt_id: attempt.id, provider: 'PAYPAY' } as const;
  return [movePaymentIntent(BASE_INTENT, 'ask_provider', NOW, changes), attempt];
}

/** The decisions of a provider's results one after the other, the last one last. */
function tell([intent, attempt]: [PaymentIntent, Attempt], ...news: ProviderResult[]): Decision {
  let decision: Decision = { intent, attempt, event: null, late_payment: null, changed: false };
  for (const result of news) {
    decision = decideOnProviderResult(decision.intent, decision.attempt, result, NOW);
  }
  return decision;
}

const WAITING: ProviderResult = { kind: 'waiting', action: QR, provider_code_id: '04-1' };
const PAID: ProviderResult = {
  kind: 'paid',
  stated: { amount: 1_000, currency: 'JPY' },
  provider_payment_id: '0412',
};
const DECLINED: ProviderResult = { kind: 'declined', code: 'payment_failed', message: 'No.' };
const EXPIRED: ProviderResult = { kind: 'ended_unpaid', reason: 'expired' };
const UNKNOWN: ProviderResult = { kind: 'unknown', reason: 'timeout', message: 'Silence.' };
const NOT_FOUND: ProviderResult = { kind: 'not_found' };

test('a code that is opened, then paid, brings the whole amount and two events', () => {
  const opened = tell(makeAsked(), WAITING);
  assert.deepEqual(
    [opened.intent.status, opened.intent.outcome, opened.event, opened.attempt.status],
    ['requires_action', null, 'payment_intent.requires_action', 'waiting'],
  );
  assert.deepEqual(opened.attempt.action, QR);
  const paid = tell([opened.intent, opened.attempt], PAID);
  assert.deepEqual(
    [paid.intent.status, paid.intent.amount_received, paid.event, paid.attempt.provider_payment_id],
    ['succeeded', 1_000, 'payment_intent.succeeded', '0412'],
  );
});

test('silence leaves the outcome unknown, with a reason, and is told once', () => {
  const first = tell(makeAsked(), UNKNOWN);
  assert.deepEqual(
    [first.intent.status, first.intent.outcome, first.event, first.intent.last_payment_error?.code],
    ['processing', 'unknown', 'payment_intent.processing', 'provider_timeout'],
  );
  const again = tell([first.intent, first.attempt], UNKNOWN);
  assert.deepEqual([again.changed, again.event, again.intent], [false, null, first.intent]);
});

test('a look-up that fails while the code is open changes nothing', () => {
  const opened = tell(makeAsked(), WAITING);
  const failed = tell([opened.intent, opened.attempt], UNKNOWN);
  assert.deepEqual([failed.changed, failed.intent, failed.attempt.status], [false, opened.intent, 'waiting']);
});

test('a second asking that is refused does not end what the first one opened for the customer', () => {
  const refused: ProviderResult = { kind: 'ended_unpaid', reason: 'refused' };
  const opened = tell(makeAsked(), WAITING);
  const after = tell([opened.intent, opened.attempt], refused);
  assert.deepEqual([after.changed, after.intent, after.attempt.status], [false, opened.intent, 'waiting']);
  // Without anything that a customer could have seen, the refusal is the end.
  assert.equal(tell(makeAsked(), UNKNOWN, refused).attempt.status, 'ended_unpaid');
});

test('a decline fails the payment and keeps the provider’s reason', () => {
  const { intent, event } = tell(makeAsked(), WAITING, DECLINED);
  assert.deepEqual(
    [intent.status, event, intent.last_payment_error],
    ['failed', 'payment_intent.failed', { code: 'payment_failed', message: 'No.', provider: 'PAYPAY' }],
  );
});

test('a code that ran out gives the intent back for another try, without an event', () => {
  const { intent, attempt, event } = tell(makeAsked(), WAITING, EXPIRED);
  assert.deepEqual(
    [intent.status, intent.attempt_id, intent.provider, intent.processing_mode, event, attempt.status],
    ['requires_payment_method', null, null, null, null, 'ended_unpaid'],
  );
});

test('"not found" is believed only when it was said several times', () => {
  assert.equal(NOT_FOUND_PROOFS, 3);
  const proofs: ProviderResult[] = [];
  for (const expected of ['processing', 'processing', 'requires_payment_method']) {
    proofs.push(NOT_FOUND);
    assert.equal(tell(makeAsked(), ...proofs).intent.status, expected, String(proofs.length));
  }
  assert.equal(tell(makeAsked(), NOT_FOUND, NOT_FOUND, WAITING).intent.status, 'requires_action');
});

test('another amount or currency is neither accepted nor declined, even while the code is open', () => {
  for (const stated of [
    { amount: 999, currency: 'JPY' },
    { amount: 1_001, currency: 'JPY' },
    { amount: 1_000, currency: 'USD' },
  ]) {
    const { intent, attempt } = tell(makeAsked(), WAITING, { kind: 'paid', stated });
    assert.deepEqual(
      [
        intent.status,
        intent.outcome,
        intent.amount_received,
        intent.last_payment_error?.code,
        attempt.status,
      ],
      ['processing', 'unknown', 0, 'amount_mismatch', 'unknown'],
    );
  }
});

test('another amount is reported although the outcome was unknown before, and silence does not hide it', () => {
  const silent = tell(makeAsked(), UNKNOWN);
  const wrong: ProviderResult = { kind: 'paid', stated: { amount: 1_001, currency: 'JPY' } };
  const reported = tell([silent.intent, silent.attempt], wrong);
  assert.deepEqual(
    [reported.changed, reported.event, reported.intent.outcome, reported.intent.last_payment_error?.code],
    [true, null, 'unknown', 'amount_mismatch'],
  );
  assert.equal(reported.attempt.error?.code, 'amount_mismatch');
  for (const again of [wrong, UNKNOWN, NOT_FOUND]) {
    const { changed, intent } = tell([reported.intent, reported.attempt], again);
    assert.deepEqual([changed, intent.last_payment_error?.code], [false, 'amount_mismatch'], again.kind);
  }
});

test('a payment after the end is late: recorded once, and the intent stays what it is', () => {
  const [intent, attempt] = makeAsked();
  const cancelled = tell(
    [intent, { ...attempt, cancel_requested_at: NOW, cancellation_reason: 'abandoned' }],
    {
      kind: 'ended_unpaid',
      reason: 'deleted',
    },
  );
  assert.deepEqual(
    [cancelled.intent.status, cancelled.intent.cancellation_reason, cancelled.event],
    ['cancelled', 'abandoned', 'payment_intent.cancelled'],
  );
  const late = tell([cancelled.intent, cancelled.attempt], PAID);
  assert.deepEqual(late.late_payment, { amount: 1_000, currency: 'JPY' });
  assert.deepEqual([late.intent.status, late.intent.amount_received, late.event], ['cancelled', 0, null]);
  const again = tell([late.intent, late.attempt], PAID);
  assert.deepEqual([again.changed, again.late_payment], [false, null]);
});

test('a code that was given up and is paid all the same pays the intent that is still open', () => {
  const { intent, attempt } = tell(makeAsked(), WAITING, EXPIRED, PAID);
  assert.deepEqual(
    [intent.status, intent.attempt_id, intent.amount_received, attempt.status],
    ['succeeded', 'pa_1', 1_000, 'paid'],
  );
});

test('a code that was given up and is paid with another amount is late, and the intent stays open', () => {
  const { intent, attempt, late_payment } = tell(makeAsked(), WAITING, EXPIRED, {
    kind: 'paid',
    stated: { amount: 999, currency: 'JPY' },
  });
  assert.deepEqual(
    [intent.status, intent.amount_received, attempt.status, late_payment],
    ['requires_payment_method', 0, 'paid', { amount: 999, currency: 'JPY' }],
  );
});

test('late money of another amount is kept as what it is', () => {
  const declined = tell(makeAsked(), DECLINED);
  const late = tell([declined.intent, declined.attempt], {
    kind: 'paid',
    stated: { amount: 1_001, currency: 'JPY' },
  });
  assert.deepEqual(late.late_payment, { amount: 1_001, currency: 'JPY' });
  assert.equal(late.intent.status, 'failed');
});

test('an older answer that the truth has overtaken changes nothing', () => {
  const paid = tell(makeAsked(), PAID);
  for (const stale of [WAITING, UNKNOWN, NOT_FOUND, EXPIRED, DECLINED, { kind: 'working' } as const]) {
    const decision = tell([paid.intent, paid.attempt], stale);
    assert.deepEqual([decision.changed, decision.attempt.status], [false, 'paid'], stale.kind);
    assert.equal(tell([decision.intent, decision.attempt], PAID).late_payment, null, stale.kind);
  }
});

test('a decline while we cancel is the end that was wanted', () => {
  const [intent, attempt] = makeAsked();
  const wanted = { ...attempt, cancel_requested_at: NOW, cancellation_reason: 'expired' };
  const { intent: after } = tell([intent, wanted], DECLINED);
  assert.deepEqual([after.status, after.cancellation_reason], ['cancelled', 'expired']);
});

// The model: any news about any attempt in any order, our own moves in between.
type Step =
  | { by: 'provider'; attempt: number; news: ProviderResult }
  | { by: 'ask' }
  | { by: 'cash' }
  | { by: 'cancel' };

const money = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ amount: 1_000, currency: 'JPY' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ amount: 1, currency: 'JPY' }, { amount: 1_000, currency: 'USD' }),
  },
);
const news: fc.Arbitrary<ProviderResult> = fc.oneof(
  // Often, because only what ends without money is followed by another attempt.
  fc.constant<ProviderResult>(EXPIRED),
  fc.constant<ProviderResult>({ kind: 'unknown', reason: 'unclear_news', message: 'Neither yes nor no.' }),
  fc.constantFrom<ProviderResult>(
    WAITING,
    { kind: 'waiting' },
    { kind: 'working' },
    UNKNOWN,
    NOT_FOUND,
    EXPIRED,
  ),
  fc.constantFrom<ProviderResult>(DECLINED, { kind: 'ended_unpaid', reason: 'refused' }),
  money.map((stated): ProviderResult => ({ kind: 'paid', stated })),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ by: fc.constant('provider' as const), attempt: fc.nat(2), news }) },
  { weight: 3, arbitrary: fc.constant<Step>({ by: 'ask' }) },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ by: 'cash' }, { by: 'cancel' }) },
);

function isRight(result: ProviderResult): boolean {
  return result.kind === 'paid' && result.stated?.amount === 1_000 && result.stated.currency === 'JPY';
}

test('whatever providers say in whatever order, money is counted once and nothing is made up', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let intent = BASE_INTENT;
      const attempts: Attempt[] = [];
      const late = new Map<string, number>();
      const was_paid = new Set<string>();
      const was_declined = new Set<string>();
      let by_cash = 0;

      for (const one of steps) {
        const before = intent;
        if (one.by === 'ask' && phaseOf(intent) === 'requires_payment_method') {
          const attempt = makeAttemptRow({ id: `pa_${attempts.length}` });
          attempts.push(attempt);
          intent = movePaymentIntent(intent, 'ask_provider', NOW, {
            outcome: 'unknown',
            attempt_id: attempt.id,
          });
        } else if (one.by === 'cash' && phaseOf(intent) === 'requires_payment_method') {
          by_cash = 400;
          intent = movePaymentIntent(intent, 'capture', NOW, { amount_received: 400, attempt_id: 'pa_cash' });
        } else if (one.by === 'cancel') {
          const place = attempts.findIndex((attempt) => attempt.id === intent.attempt_id);
          const live = attempts[place];
          if (live !== undefined && !isFinal(intent.status)) {
            attempts[place] = { ...live, cancel_requested_at: NOW, cancellation_reason: 'abandoned' };
          }
        } else if (one.by === 'provider' && attempts[one.attempt] !== undefined) {
          const attempt = attempts[one.attempt] as Attempt;
          const decision = decideOnProviderResult(intent, attempt, one.news, NOW);
          if (isRight(one.news)) was_paid.add(attempt.id);
          if (one.news.kind === 'declined') was_declined.add(attempt.id);
          if (decision.late_payment !== null) late.set(attempt.id, (late.get(attempt.id) ?? 0) + 1);
          assert.equal(decision.intent.version, before.version + (decision.changed ? 1 : 0));
          // What is not changed is not written: only the schedule and the counters of the attempt are.
          const { not_found_count } = decision.attempt;
          attempts[one.attempt] = decision.changed ? decision.attempt : { ...attempt, not_found_count };
          intent = decision.changed ? decision.intent : before;
        }

        if (isFinal(before.status)) {
          const { version: _, updated_at: __, ...kept } = intent;
          const { version: ___, updated_at: ____, ...was } = before;
          assert.deepEqual(kept, was, 'a final intent never changes');
        }
        assert.ok(intent.amount_received <= intent.amount);
        assert.equal(intent.status === 'succeeded', intent.amount_received > 0);
        assert.equal(intent.amount_capturable, 0);
        if (intent.status === 'failed') assert.ok(was_declined.has(String(intent.attempt_id)));
        if (intent.status === 'succeeded') {
          assert.equal(intent.amount_received, by_cash === 0 ? 1_000 : by_cash);
          if (by_cash === 0)
            assert.ok(was_paid.has(String(intent.attempt_id)), 'paid by the right money only');
        }
      }
      for (const attempt of attempts) {
        const received = intent.status === 'succeeded' && intent.attempt_id === attempt.id ? 1 : 0;
        const counted = received + (late.get(attempt.id) ?? 0);
        assert.ok(counted <= 1, `${attempt.id}: no yen is counted twice`);
        if (was_paid.has(attempt.id)) assert.equal(counted, 1, `${attempt.id}: no yen is lost`);
      }
    }),
    { seed: 20260115, numRuns: 2_000 },
  );
});

test('without an explicit decline no order of news ever fails a payment', () => {
  const undecided = news.filter((result) => result.kind !== 'declined');
  fc.assert(
    fc.property(fc.array(undecided, { maxLength: 20 }), (results) => {
      assert.notEqual(tell(makeAsked(), ...results).intent.status, 'failed');
    }),
    { seed: 20260115, numRuns: 1_000 },
  );
});

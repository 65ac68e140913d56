// What news does to money on hold: single decisions by example, and a model that plays whole lives of an intent with
// manual capture at random and checks after every step what must hold for money.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeAttemptRow, makeIntentRow } from '../../test/support/payment-rows.ts';
import { type Attempt, pendingQuestion } from './attempt.ts';
import { type Decision, decideOnProviderResult } from './decision.ts';
import { isFinal, movePaymentIntent, type PaymentIntent, phaseOf } from './payment-intent.ts';
import type { ProviderResult } from './provider-result.ts';

const NOW = '2026-01-15T10:00:01.000Z';
const UNTIL = '2026-02-14T10:00:00.000Z';

const INTENT = makeIntentRow({ payment_method_types: ['qr_mpm'], capture_method: 'manual' });

const makeAttempt = (id: string) => makeAttemptRow({ id, authorize_only: true });

type Rows = [PaymentIntent, Attempt];

function ask(intent: PaymentIntent, id: string): Rows {
  const changes = { outcome: 'unknown', attempt_id: id } as const;
  return [movePaymentIntent(intent, 'ask_provider', NOW, changes), makeAttempt(id)];
}

/** What the gateway writes before it asks the provider to take or to release the money. */
function askFor([intent, attempt]: Rows, what: 'cancel' | number): Rows {
  const next = movePaymentIntent(intent, 'ask_provider', NOW, { outcome: 'unknown' });
  return what === 'cancel'
    ? [next, { ...attempt, cancel_requested_at: NOW, cancellation_reason: 'abandoned', error: null }]
    : [next, { ...attempt, capture_requested_at: NOW, capture_amount: what, error: null }];
}

function tell([intent, attempt]: Rows, ...news: ProviderResult[]): Decision {
  let decision: Decision = { intent, attempt, event: null, late_payment: null, changed: false };
  for (const result of news) {
    decision = decideOnProviderResult(decision.intent, decision.attempt, result, NOW);
  }
  return decision;
}

const rowsOf = ({ intent, attempt }: Decision): Rows => [intent, attempt];

const yen = (amount: number) => ({ amount, currency: 'JPY' });
const paid = (amount: number): ProviderResult => ({ kind: 'paid', stated: yen(amount) });
const HELD: ProviderResult = { kind: 'authorized', stated: yen(1_000), capture_before: UNTIL };
const REFUSED: ProviderResult = { ...HELD, refused: { code: 'TOO_CLOSE', message: 'No.' } };
const EXPIRED: ProviderResult = { kind: 'ended_unpaid', reason: 'expired' };
const REVERSED: ProviderResult = { kind: 'reversed' };
const DECLINED: ProviderResult = { kind: 'declined', code: 'payment_failed', message: 'No.' };
const UNKNOWN: ProviderResult = { kind: 'unknown', reason: 'timeout', message: 'Silence.' };
const NOT_FOUND: ProviderResult = { kind: 'not_found' };
const WORKING: ProviderResult = { kind: 'working' };

const held = () => rowsOf(tell(ask(INTENT, 'pa_1'), { kind: 'waiting' }, HELD));

test('money on hold can be captured until the provider lets it go', () => {
  const [intent, attempt] = held();
  assert.deepEqual(
    [phaseOf(intent), intent.amount_capturable, intent.capture_before, attempt.status],
    ['authorized', 1_000, UNTIL, 'authorized'],
  );
});

test('what was asked for is taken, and what was not asked for is not accepted', () => {
  const taken = tell(askFor(held(), 400), paid(400));
  assert.deepEqual(
    [taken.intent.status, taken.intent.amount_received, taken.intent.amount_capturable, taken.event],
    ['succeeded', 400, 0, 'payment_intent.succeeded'],
  );
  for (const stated of [yen(399), yen(1_000), { amount: 400, currency: 'USD' }]) {
    const { intent } = tell(askFor(held(), 400), { kind: 'paid', stated });
    assert.deepEqual(
      [phaseOf(intent), intent.amount_received, intent.last_payment_error?.code],
      ['in_doubt', 0, 'amount_mismatch'],
    );
  }
});

test('money taken elsewhere is as much as the provider states, and never more than was held', () => {
  for (const amount of [1, 400, 1_000]) {
    assert.equal(tell(held(), paid(amount)).intent.amount_received, amount);
    assert.equal(tell(ask(INTENT, 'pa_1'), paid(amount)).intent.amount_received, amount);
  }
  for (const amount of [0, 1_001]) {
    const { intent } = tell(held(), paid(amount));
    assert.deepEqual([phaseOf(intent), intent.last_payment_error?.code], ['in_doubt', 'amount_mismatch']);
    const right_again = tell(rowsOf(tell(held(), paid(amount))), HELD);
    assert.deepEqual(
      [phaseOf(right_again.intent), right_again.intent.last_payment_error],
      ['authorized', null],
    );
  }
});

test('only an explicit refusal gives the money back to be asked for again; "still held" does not', () => {
  for (const what of ['cancel', 400] as const) {
    const asked = askFor(held(), what);
    for (const stale of [HELD, { ...HELD, capture_before: NOW }, WORKING]) {
      const { changed, attempt } = tell(asked, stale);
      assert.deepEqual(
        [changed, pendingQuestion(attempt)],
        [false, what === 'cancel' ? 'cancel' : 'capture'],
      );
    }
    const refused = tell(asked, REFUSED);
    assert.deepEqual(
      [phaseOf(refused.intent), refused.intent.last_payment_error?.code, pendingQuestion(refused.attempt)],
      ['authorized', 'TOO_CLOSE', null],
    );
    assert.deepEqual([refused.attempt.capture_amount, refused.attempt.cancellation_reason], [null, null]);
    assert.equal(tell(askFor(rowsOf(refused), 300), paid(300)).intent.amount_received, 300);
  }
});

test('the first silence about a capture is told with its reason, and the next ones are no news', () => {
  const first = tell(askFor(held(), 400), UNKNOWN);
  assert.deepEqual(
    [first.changed, first.event, phaseOf(first.intent), first.intent.last_payment_error?.code],
    [true, null, 'in_doubt', 'provider_timeout'],
  );
  assert.equal(tell(rowsOf(first), UNKNOWN).changed, false);
  assert.equal(tell(held(), UNKNOWN).changed, false, 'a look-up that fails says nothing about a hold');
});

test('a hold that ends uncaptured cancels the intent, whoever ended it', () => {
  for (const rows of [held(), askFor(held(), 400)]) {
    const expired = tell(rows, EXPIRED);
    assert.deepEqual(
      [expired.intent.status, expired.intent.cancellation_reason, expired.attempt.error?.code],
      ['cancelled', 'authorization_expired', 'authorization_expired'],
    );
    for (const end of [REVERSED, DECLINED]) {
      const { intent, event } = tell(rows, end);
      assert.deepEqual(
        [intent.status, intent.cancellation_reason, intent.amount_capturable, intent.capture_before, event],
        ['cancelled', 'cancelled_by_provider', 0, null, 'payment_intent.cancelled'],
      );
    }
  }
  for (const end of [EXPIRED, REVERSED, DECLINED]) {
    assert.equal(tell(askFor(held(), 'cancel'), end).intent.cancellation_reason, 'abandoned');
  }
});

test('held money is not absent, however often the provider denies knowing it', () => {
  const { intent, attempt } = tell(held(), NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND);
  assert.deepEqual([phaseOf(intent), attempt.status], ['authorized', 'authorized']);
});

test('a hold that ends at another time is told, once', () => {
  const sooner: ProviderResult = { ...HELD, capture_before: '2026-01-16T00:00:00.000Z' };
  const moved = tell(held(), sooner);
  assert.deepEqual(
    [moved.event, moved.intent.capture_before, moved.attempt.capture_before],
    ['payment_intent.processing', '2026-01-16T00:00:00.000Z', '2026-01-16T00:00:00.000Z'],
  );
  assert.equal(tell(rowsOf(moved), sooner).changed, false);
});

test('a customer who authorises while the code is called off was faster, and the cancel is over', () => {
  const [intent, attempt] = ask(INTENT, 'pa_1');
  const cancelling = { ...attempt, cancel_requested_at: NOW, cancellation_reason: 'abandoned' };
  const decision = tell([intent, cancelling], HELD);
  assert.deepEqual([phaseOf(decision.intent), pendingQuestion(decision.attempt)], ['authorized', null]);
});

test('the answer to the withdrawal of a code that the customer was faster than does not end the hold', () => {
  const stale = ['deleted', 'refused'] as const;
  for (const reason of stale) {
    const { changed, intent } = tell(held(), { kind: 'ended_unpaid', reason });
    assert.deepEqual([changed, phaseOf(intent)], [false, 'authorized'], reason);
  }
});

test('late held money that is taken or will not be released changes its attempt, and is found once', () => {
  const [intent, attempt] = rowsOf(tell(held(), EXPIRED));
  const late = tell([intent, attempt], HELD);
  assert.deepEqual([late.late_payment, late.intent.status], [yen(1_000), 'cancelled']);
  const taken = tell(rowsOf(late), paid(1_000));
  assert.deepEqual([taken.changed, taken.late_payment, taken.attempt.status], [true, null, 'paid']);
  const releasing: Rows = [late.intent, { ...late.attempt, cancel_requested_at: NOW }];
  assert.deepEqual([tell(releasing, HELD).changed, tell(releasing, REFUSED).changed], [false, true]);
});

type Step =
  | { by: 'provider'; attempt: number; news: ProviderResult }
  | { by: 'ask' }
  | { by: 'cancel' }
  | { by: 'capture'; amount: number };

const stated = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(yen(400), yen(1_000)) },
  { weight: 1, arbitrary: fc.constantFrom(yen(0), yen(1_001), { amount: 400, currency: 'USD' }) },
);
const news: fc.Arbitrary<ProviderResult> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(HELD, REFUSED) },
  { weight: 2, arbitrary: stated.map((money): ProviderResult => ({ kind: 'paid', stated: money })) },
  { weight: 1, arbitrary: stated.map((money): ProviderResult => ({ kind: 'authorized', stated: money })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<ProviderResult>(
      { kind: 'waiting' },
      WORKING,
      UNKNOWN,
      NOT_FOUND,
      EXPIRED,
      { kind: 'ended_unpaid', reason: 'deleted' },
      DECLINED,
      REVERSED,
    ),
  },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ by: fc.constant('provider' as const), attempt: fc.nat(2), news }) },
  { weight: 2, arbitrary: fc.constant<Step>({ by: 'ask' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ by: 'cancel' }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step>({ by: 'capture', amount: 400 }, { by: 'capture', amount: 1_000 }),
  },
);

test('whatever is said of held money in whatever order, it is taken as asked, once, or not at all', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let intent = INTENT;
      const attempts: Attempt[] = [];
      const times_late = new Map<string, number>();
      const times_gone = new Map<string, number>();

      for (const one of steps) {
        const before = intent;
        const place = attempts.findIndex((attempt) => attempt.id === intent.attempt_id);
        const live = attempts[place];
        const phase = phaseOf(intent);
        if (one.by === 'ask' && phase === 'requires_payment_method' && attempts.length < 3) {
          const [asked, attempt] = ask(intent, `pa_${attempts.length}`);
          attempts.push(attempt);
          intent = asked;
        } else if (one.by === 'capture' && phase === 'authorized' && live !== undefined) {
          [intent, attempts[place]] = askFor([intent, live], one.amount);
        } else if (one.by === 'cancel' && phase === 'authorized' && live !== undefined) {
          [intent, attempts[place]] = askFor([intent, live], 'cancel');
        } else if (one.by === 'cancel' && phase === 'requires_action' && live !== undefined) {
          attempts[place] = { ...live, cancel_requested_at: NOW, cancellation_reason: 'abandoned' };
        } else if (one.by === 'provider' && attempts[one.attempt] !== undefined) {
          const attempt = attempts[one.attempt] as Attempt;
          const decision = decideOnProviderResult(intent, attempt, one.news, NOW);
          assert.equal(decision.intent.version, before.version + (decision.changed ? 1 : 0));
          if (decision.changed) {
            attempts[one.attempt] = decision.attempt;
            intent = decision.intent;
            const was_there = attempt.status === 'paid' || attempt.status === 'authorized';
            const is_there = decision.attempt.status === 'paid' || decision.attempt.status === 'authorized';
            if (was_there && !is_there) times_gone.set(attempt.id, (times_gone.get(attempt.id) ?? 0) + 1);
          } else {
            attempts[one.attempt] = { ...attempt, not_found_count: decision.attempt.not_found_count };
          }
          if (decision.late_payment !== null)
            times_late.set(attempt.id, (times_late.get(attempt.id) ?? 0) + 1);
          if (intent.status === 'succeeded' && before.status !== 'succeeded') {
            assert.ok(one.news.kind === 'paid' && one.news.stated !== undefined);
            assert.equal(intent.amount_received, one.news.stated.amount);
            if (attempt.capture_requested_at !== null)
              assert.equal(intent.amount_received, attempt.capture_amount, 'as much as was asked for');
          }
        }

        reached.add(phaseOf(intent));
        if (isFinal(before.status)) {
          const { version: _, updated_at: __, ...kept } = intent;
          const { version: ___, updated_at: ____, ...was } = before;
          assert.deepEqual(kept, was, 'a final intent never changes');
        }
        assert.ok(intent.amount_received + intent.amount_capturable <= intent.amount);
        assert.equal(intent.status === 'succeeded', intent.amount_received > 0);
        if (intent.amount_capturable === 0) assert.equal(intent.capture_before, null);
        const now_live = attempts.find((attempt) => attempt.id === intent.attempt_id);
        if (intent.amount_capturable > 0) assert.equal(now_live?.status, 'authorized');
        if (phaseOf(intent) === 'authorized') assert.equal(now_live && pendingQuestion(now_live), null);
        for (const attempt of attempts) {
          const both = attempt.cancel_requested_at !== null && attempt.capture_requested_at !== null;
          assert.ok(!both, 'nobody asks for the money and for its release at once');
        }
      }
      for (const attempt of attempts) {
        const counts = intent.attempt_id === attempt.id && intent.amount_received > 0 ? 1 : 0;
        const counted = counts + (times_late.get(attempt.id) ?? 0);
        assert.ok(counted <= 1 + (times_gone.get(attempt.id) ?? 0), `${attempt.id}: no yen is counted twice`);
        if (attempt.status === 'paid') assert.ok(counted >= 1, `${attempt.id}: no yen is lost`);
      }
    }),
    { seed: 20260115, numRuns: 3_000 },
  );
  assert.deepEqual(
    [...reached].sort(),
    [
      'authorized',
      'cancelled',
      'failed',
      'in_doubt',
      'processing',
      'requires_action',
      'requires_payment_method',
      'succeeded',
    ],
    'the model gets everywhere',
  );
});

// What a terminal reports, as news: each of its three words, against values typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeAttemptRow, makeIntentRow } from '../../test/support/payment-rows.ts';
import type { Attempt } from './attempt.ts';
import { decideOnProviderResult } from './decision.ts';
import type { PaymentIntent } from './payment-intent.ts';
import { isLeftBy, newsOfTerminal, TERMINAL_STATUSES, type TerminalReport } from './terminal-report.ts';

const ATTEMPT = { amount: 1_500, currency: 'JPY', authorize_only: false };
const SUCCESS: TerminalReport = { status: 'success', reason: null, amount: null, currency: null };

test('a success is paid, or held for a later capture, with what the terminal says it took', () => {
  const own = { amount: 1_500, currency: 'JPY' };
  assert.deepEqual(newsOfTerminal(ATTEMPT, SUCCESS), { kind: 'paid', stated: own });
  const held = newsOfTerminal({ ...ATTEMPT, authorize_only: true }, SUCCESS);
  assert.deepEqual(held, { kind: 'authorized', stated: own });
  assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, amount: 900, currency: 'USD' }), {
    kind: 'paid',
    stated: { amount: 900, currency: 'USD' },
  });
});

test('a decline is a definite no, an error an end without money, each with the reason or a sentence for it', () => {
  for (const reason of [null, '']) {
    assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, status: 'declined', reason }), {
      kind: 'declined',
      code: 'card_declined',
      message: 'The terminal reports that the payment was declined.',
    });
  }
  assert.deepEqual(newsOfTerminal(ATTEMPT, { ...SUCCESS, status: 'error', reason: 'No paper' }), {
    kind: 'ended_unpaid',
    reason: 'failed',
    code: 'terminal_error',
    message: 'No paper',
  });
});

test('an attempt is told from one that another report left', () => {
  const error = { code: 'terminal_error', message: '' };
  const attempts = {
    success: [
      { status: 'paid', error: null },
      { status: 'authorized', error: null },
      { status: 'unknown', error: { code: 'amount_mismatch', message: '' } },
      { status: 'ended_unpaid', error: { code: 'resolved_not_paid', message: '' } },
      { status: 'reversed', error: null },
    ],
    declined: [{ status: 'declined', error: { code: 'card_declined', message: '' } }],
    error: [{ status: 'ended_unpaid', error }],
  } as const;
  for (const [left_by, list] of Object.entries(attempts)) {
    for (const attempt of list) {
      for (const status of ['success', 'declined', 'error'] as const) {
        assert.equal(isLeftBy(attempt, status), status === left_by, `${attempt.status} by ${status}`);
      }
    }
  }
});

const CREATED_AT = '2026-01-15T10:00:00.000Z';

/** An intent that is open, and the attempt that is recorded for it. */
function makeTried(authorize_only: boolean): [PaymentIntent, Attempt] {
  const own = { amount: 1_500, provider: 'VISA', processing_mode: 'external' } as const;
  return [
    makeIntentRow({ ...own, attempt_id: 'pa_1' }),
    makeAttemptRow({ ...own, payment_method_type: 'credit_card', adapter: 'TERMINAL', authorize_only }),
  ];
}

test('whatever a terminal reports is one move, money counts only in full, and a no is never money', () => {
  const report = fc.record<TerminalReport>({
    status: fc.constantFrom(...TERMINAL_STATUSES),
    reason: fc.option(fc.string({ maxLength: 255 })),
    amount: fc.option(fc.oneof(fc.constant(1_500), fc.integer({ min: 1, max: 99_999_999_999 }))),
    currency: fc.option(fc.constantFrom('JPY', 'USD', 'KRW')),
  });
  fc.assert(
    fc.property(report, fc.boolean(), (said, authorize_only) => {
      const [intent, attempt] = makeTried(authorize_only);
      const decision = decideOnProviderResult(intent, attempt, newsOfTerminal(attempt, said), CREATED_AT);
      const { status, outcome, amount_received, amount_capturable, version } = decision.intent;
      const is_ours = (said.amount ?? 1_500) === 1_500 && (said.currency ?? 'JPY') === 'JPY';
      const end = said.status === 'success' ? (is_ours ? 'taken' : 'in question') : said.status;
      assert.deepEqual(
        { status, outcome, amount_received, amount_capturable, event: decision.event },
        {
          taken: authorize_only
            ? {
                ...NOTHING,
                status: 'processing',
                amount_capturable: 1_500,
                event: 'payment_intent.processing',
              }
            : { ...NOTHING, status: 'succeeded', amount_received: 1_500, event: 'payment_intent.succeeded' },
          'in question': {
            ...NOTHING,
            status: 'processing',
            outcome: 'unknown',
            event: 'payment_intent.processing',
          },
          declined: { ...NOTHING, status: 'failed', event: 'payment_intent.failed' },
          error: { ...NOTHING, status: 'requires_payment_method', event: null },
        }[end],
      );
      assert.deepEqual([version, decision.late_payment, decision.changed], [2, null, true]);
      assert.ok(isLeftBy(decision.attempt, said.status), 'its repetition is known again');
    }),
    { seed: 14, numRuns: 500 },
  );
});

const NOTHING = { outcome: null, amount_received: 0, amount_capturable: 0 } as const;

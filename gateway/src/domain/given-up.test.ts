// A payment by a scanned code that nobody agreed to in time: called off for no reason of the intent's, so that the
// intent stays open, whatever is then found. Expected outcomes are typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeAttemptRow, makeIntentRow } from '../../test/support/payment-rows.ts';
import { type Attempt, awaitsAgreement, isGivenUp } from './attempt.ts';
import { decideOnProviderResult } from './decision.ts';
import type { ProviderResult } from './provider-result.ts';

const NOW = '2026-01-28T10:31:05.000Z';

const makeAttempt = (changes: Partial<Attempt> = {}) =>
  makeAttemptRow({ payment_method_type: 'qr_cpm', status: 'working', checks_done: 3, ...changes });

const intent = makeIntentRow({
  status: 'processing',
  attempt_id: 'pa_1',
  provider: 'PAYPAY',
  processing_mode: 'pgw_processed',
  version: 4,
});

const given_up = makeAttempt({ cancel_requested_at: NOW });
const called_off = makeAttempt({ cancel_requested_at: NOW, cancellation_reason: 'abandoned' });

const CASES: [found: ProviderResult, given_up: string, called_off: string][] = [
  [{ kind: 'ended_unpaid', reason: 'expired' }, 'requires_payment_method', 'cancelled'],
  [{ kind: 'reversed' }, 'requires_payment_method', 'cancelled'],
  [{ kind: 'paid' }, 'succeeded', 'succeeded'],
  [{ kind: 'working' }, 'processing', 'processing'],
  [{ kind: 'unknown', reason: 'timeout', message: '-' }, 'processing', 'processing'],
];

test('what was given up leaves its intent open, and what somebody called off ends it', () => {
  for (const [found, expected_given_up, expected_called_off] of CASES) {
    const open = decideOnProviderResult(intent, given_up, found, NOW);
    assert.equal(open.intent.status, expected_given_up, found.kind);
    assert.equal(open.intent.cancellation_reason, null);
    const ended = decideOnProviderResult(intent, called_off, found, NOW);
    assert.equal(ended.intent.status, expected_called_off, found.kind);
  }
});

test('an intent whose payment was given up is told why, and has no attempt any more', () => {
  for (const found of [{ kind: 'ended_unpaid', reason: 'expired' }, { kind: 'reversed' }] as const) {
    const { intent: open, attempt } = decideOnProviderResult(intent, given_up, found, NOW);
    assert.deepEqual([open.attempt_id, open.provider], [null, null]);
    assert.deepEqual(
      [open.last_payment_error?.code, attempt.error?.code],
      ['payment_expired', 'payment_expired'],
    );
    assert.equal(attempt.status, found.kind);
  }
});

test('only an open attempt by a scanned code is waited for, and not one that reports another amount', () => {
  const rows: [changes: Partial<Attempt>, expected: boolean][] = [
    [{}, true],
    [{ status: 'asked' }, true],
    [{ status: 'unknown' }, true],
    [{ status: 'authorized' }, false],
    [{ status: 'paid' }, false],
    [{ status: 'ended_unpaid' }, false],
    [{ payment_method_type: 'qr_mpm' }, false],
    [{ cancel_requested_at: NOW }, false],
    [{ status: 'unknown', error: { code: 'amount_mismatch', message: '-' } }, false],
  ];
  for (const [changes, expected] of rows) {
    assert.equal(awaitsAgreement(makeAttempt(changes)), expected, JSON.stringify(changes));
  }
  assert.deepEqual(
    [isGivenUp(given_up), isGivenUp(called_off), isGivenUp(makeAttempt())],
    [true, false, false],
  );
});

// A payment by a scanned code that nobody agreed to in time: called off for no reason of the intent's, so that the
// intent stays open, whatever is then found. Expected outcomes are typed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Attempt, awaitsAgreement, isGivenUp } from './attempt.ts';
import { decideOnProviderResult } from './decision.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { ProviderResult } from './provider-result.ts';

const NOW = '2026-01-28T10:31:05.000Z';

function makeAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    id: 'pa_1',
    organization_id: 'org_1',
    livemode: false,
    payment_intent_id: 'pi_1',
    merchant_id: 'm1',
    merchant_store_id: null,
    provider_account: null,
    payment_method_type: 'qr_cpm',
    provider: 'PAYPAY',
    adapter: 'PAYPAY',
    processing_mode: 'pgw_processed',
    status: 'working',
    amount: 1_000,
    currency: 'JPY',
    authorize_only: false,
    external_ref_id: null,
    return_url: null,
    customer_code_hash: null,
    customer_code_masked: null,
    provider_payment_id: null,
    provider_code_id: null,
    provider_request_id: null,
    action: null,
    error: null,
    cancel_requested_at: null,
    cancellation_reason: null,
    capture_amount: null,
    capture_requested_at: null,
    capture_before: null,
    paid_at: null,
    next_check_at: null,
    checks_done: 3,
    not_found_count: 0,
    created_at: '2026-01-28T10:30:00.000Z',
    updated_at: '2026-01-28T10:30:00.000Z',
    ...changes,
  };
}

const intent = {
  id: 'pi_1',
  amount: 1_000,
  currency: 'JPY',
  status: 'processing',
  amount_capturable: 0,
  amount_received: 0,
  outcome: null,
  attempt_id: 'pa_1',
  provider: 'PAYPAY',
  processing_mode: 'pgw_processed',
  capture_before: null,
  cancellation_reason: null,
  last_payment_error: null,
  payment_token_attempt_id: null,
  version: 4,
} as unknown as PaymentIntent;

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

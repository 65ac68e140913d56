// The table of a payment's life against a matrix typed by hand: every phase and every move, what is allowed
// and what is not. Whoever changes the table must say so a second time here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeIntentRow } from '../../test/support/payment-rows.ts';
import { GatewayError } from './error.ts';
import {
  isFinal,
  type Move,
  movePaymentIntent,
  nextPhase,
  type PaymentIntent,
  type Phase,
  paymentIntentResource,
  phaseOf,
  refusedMove,
  STATUSES,
  TRANSITIONS,
} from './payment-intent.ts';

const PHASES: Phase[] = [
  'requires_payment_method',
  'requires_action',
  'processing',
  'authorized',
  'in_doubt',
  'succeeded',
  'failed',
  'cancelled',
];

// rpm: requires_payment_method, act: requires_action, pro: processing, aut: authorized, dbt: in_doubt,
// ok: succeeded, no: failed, out: cancelled, a dash: not allowed. The columns are the phases in the order above.
const MATRIX = `
  ask_provider   pro  -    -    dbt  -    -    -    -
  waiting        -    act  act  -    -    -    -    -
  working        -    pro  pro  -    -    -    -    -
  unknown        pro  pro  pro  dbt  dbt  -    -    -
  paid           ok   ok   ok   ok   ok   -    -    -
  authorized     aut  aut  aut  aut  aut  -    -    -
  declined       no   no   no   -    -    -    -    -
  ended_unpaid   rpm  rpm  rpm  out  out  -    -    -
  called_off     -    out  out  out  out  -    -    -
  capture        ok   -    -    ok   -    -    -    -
  cancel         out  -    -    -    -    -    -    -
  expire         out  -    -    -    -    -    -    -
`;

const ABBREVIATIONS: Record<string, Phase | null> = {
  rpm: 'requires_payment_method',
  act: 'requires_action',
  pro: 'processing',
  aut: 'authorized',
  dbt: 'in_doubt',
  ok: 'succeeded',
  no: 'failed',
  out: 'cancelled',
  '-': null,
};

const rows = MATRIX.trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));

test('every move from every phase leads where the matrix says, or nowhere', () => {
  assert.equal(rows.length, 12);
  for (const [move, ...cells] of rows) {
    assert.equal(cells.length, PHASES.length, move);
    for (const [place, cell] of cells.entries()) {
      const from = PHASES[place] as Phase;
      assert.equal(nextPhase(from, move as Move), ABBREVIATIONS[cell], `${from} ${move}`);
    }
  }
});

test('the table has no move and no phase that the matrix does not know, and none twice', () => {
  const moves = new Set(rows.map(([move]) => move));
  for (const [from, by, to] of TRANSITIONS) {
    assert.ok(moves.has(by), by);
    assert.ok(PHASES.includes(from) && PHASES.includes(to), `${from} ${to}`);
  }
  const keys = TRANSITIONS.map(([from, by]) => `${from} ${by}`);
  assert.equal(new Set(keys).size, keys.length);
});

test('a final status is one of three, and nothing leads out of it', () => {
  const final = STATUSES.filter((status) => isFinal(status));
  assert.deepEqual(final, ['succeeded', 'failed', 'cancelled']);
  for (const [from] of TRANSITIONS) assert.ok(!(final as Phase[]).includes(from), from);
});

test('only money, or staff who took it, leads to succeeded', () => {
  const ways = TRANSITIONS.filter(([, , to]) => to === 'succeeded').map(([, by]) => by);
  assert.deepEqual([...new Set(ways)].sort(), ['capture', 'paid']);
});

test('only an explicit decline leads to failed', () => {
  const ways = TRANSITIONS.filter(([, , to]) => to === 'failed').map(([, by]) => by);
  assert.deepEqual([...new Set(ways)], ['declined']);
});

const NOW = '2026-01-15T10:00:01.000Z';

const makeIntent = (changes: Partial<PaymentIntent> = {}): PaymentIntent =>
  makeIntentRow({
    id: 'pi_01KF0000000000000000000000',
    payment_method_types: ['cash'],
    payment_token_hash: Buffer.from('canary'),
    ...changes,
  });

test('money is held in two phases of processing: it can be asked for, or somebody has asked for it', () => {
  assert.equal(phaseOf(makeIntent({ status: 'processing' })), 'processing');
  assert.equal(phaseOf(makeIntent({ status: 'processing', outcome: 'unknown' })), 'processing');
  const held = { status: 'processing', amount_capturable: 1 } as const;
  assert.equal(phaseOf(makeIntent(held)), 'authorized');
  assert.equal(phaseOf(makeIntent({ ...held, outcome: 'unknown' })), 'in_doubt');
  assert.equal(phaseOf(makeIntent({ status: 'succeeded', amount_received: 1_000 })), 'succeeded');
});

test('a move makes a new row with the next version and leaves the old one alone', () => {
  const before = makeIntent();
  const after = movePaymentIntent(before, 'authorized', NOW, { amount_capturable: 1_000 });
  assert.deepEqual(
    { status: after.status, version: after.version, updated_at: after.updated_at },
    { status: 'processing', version: 2, updated_at: NOW },
  );
  assert.deepEqual(before, makeIntent());
});

test('a move that the table does not have is refused with the current status', () => {
  const cancelled = makeIntent({ status: 'cancelled' });
  assert.throws(
    () => movePaymentIntent(cancelled, 'paid', NOW),
    (error) =>
      error instanceof GatewayError && error.status === 409 && error.details['status'] === 'cancelled',
  );
  const refusal = refusedMove(cancelled, 'captured');
  assert.deepEqual(refusal.details, { status: 'cancelled', payment_intent: cancelled.id });
});

test('the resource leaves out absent facts, the organization and everything about the token', () => {
  const resource = paymentIntentResource(makeIntent({ description: 'Coffee', outcome: 'unknown' }));
  assert.deepEqual(resource, {
    id: 'pi_01KF0000000000000000000000',
    object: 'payment_intent',
    status: 'requires_payment_method',
    livemode: false,
    amount: 1_000,
    currency: 'JPY',
    amount_capturable: 0,
    amount_received: 0,
    amount_refunded: 0,
    payment_method_types: ['cash'],
    capture_method: 'automatic',
    merchant_id: 'merchant_001',
    merchant_ref_id: 'order_1',
    created_at: '2026-01-15T10:00:00.000Z',
    expires_at: '2026-01-15T10:30:00.000Z',
    description: 'Coffee',
    outcome: 'unknown',
  });
});

// What becomes of late money, against tables typed by hand: every status with everything that can happen to it, and
// that whatever comes in whatever order, money that went back stays gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GatewayError } from './error.ts';
import {
  LATE_PAYMENT_STATUSES,
  type LatePayment,
  type LatePaymentStatus,
  latePaymentAfterCapture,
  latePaymentAfterRefund,
  latePaymentAfterRefusal,
  latePaymentAfterReturn,
  latePaymentResource,
  resolveLatePayment,
  statusOnArrival,
} from './late-payment.ts';
import type { Refund } from './refund.ts';

const NOW = '2026-01-15T10:00:00.000Z';
const BY = { reason: 'I looked.', resolved_by: 'M. Sato', resolved_at: NOW };
const ERROR = { code: 'NO', message: 'No.' };

function late(status: LatePaymentStatus, changes: Partial<LatePayment> = {}): LatePayment {
  return {
    id: 'lp_1',
    organization_id: 'org_1',
    livemode: false,
    merchant_id: 'm1',
    payment_intent_id: 'pi_1',
    attempt_id: 'pa_1',
    provider: 'PAYPAY',
    provider_payment_id: null,
    amount: 1_000,
    currency: 'JPY',
    authorized_only: false,
    status,
    refund_id: 're_1',
    error: null,
    resolution_reason: null,
    resolved_by: null,
    resolved_at: null,
    kept_at: null,
    created_at: NOW,
    ...changes,
  };
}

const refund = (status: Refund['status'], id = 're_1') =>
  ({ id, status, error: status === 'failed' ? { ...ERROR, because: 'state' } : null }) as Refund;

type Happening = (one: LatePayment) => LatePayment | null;

const HAPPENINGS: Record<string, Happening> = {
  'says refund': (one) => resolveLatePayment(one, 'refund', BY),
  'says keep': (one) => resolveLatePayment(one, 'keep', BY),
  'refund pending': (one) => latePaymentAfterRefund(one, refund('pending')),
  'refund succeeded': (one) => latePaymentAfterRefund(one, refund('succeeded')),
  'refund failed': (one) => latePaymentAfterRefund(one, refund('failed')),
  'other refund succeeded': (one) => latePaymentAfterRefund(one, refund('succeeded', 're_2')),
  'money went back': latePaymentAfterReturn,
  'hold not let go': (one) => latePaymentAfterRefusal(one, ERROR),
  'hold captured': (one) => latePaymentAfterCapture(one, 400),
};

/** `-`: nothing changes. `!`: refused. */
const TABLE = `
                          held       refunding  refunded   kept
  says refund             refunding  !          !          refunding
  says keep               kept       !          !          !
  refund pending          -          -          -          -
  refund succeeded        refunded   refunded   -          refunded
  refund failed           -          held       -          -
  other refund succeeded  -          -          -          -
  money went back         refunded   refunded   refunded   refunded
  hold not let go         held       held       refunded   kept
  hold captured           held       held       refunded   kept`;

test('every status answers everything that can happen as the table says', () => {
  const [header = '', ...rows] = TABLE.trim().split('\n');
  const columns = header.trim().split(/\s+/) as LatePaymentStatus[];
  assert.deepEqual(columns, [...LATE_PAYMENT_STATUSES]);
  const seen = new Set<string>();
  for (const row of rows) {
    const [name = '', ...cells] = row.trim().split(/\s{2,}/);
    seen.add(name);
    columns.forEach((status, at) => {
      const act = () => HAPPENINGS[name]?.(late(status));
      if (cells[at] === '!') assert.throws(act, GatewayError, `${status}, ${name}`);
      else assert.equal(act()?.status ?? '-', cells[at], `${status}, ${name}`);
    });
  }
  assert.deepEqual([...seen], Object.keys(HAPPENINGS));
});

test('late money goes back at once only by the policy, and where the provider can', () => {
  assert.equal(statusOnArrival('auto_refund', true), 'refunding');
  assert.equal(statusOnArrival('auto_refund', false), 'held');
  assert.equal(statusOnArrival('hold', true), 'held');
});

test('a failure is told until another try begins, and the decision stands with it', () => {
  const failed = latePaymentAfterRefund(late('refunding'), refund('failed'));
  assert.deepEqual(failed?.error, ERROR);
  assert.ok(failed);
  const shown = latePaymentResource(failed);
  assert.deepEqual([shown['failure_code'], shown['failure_message']], ['NO', 'No.']);
  const again = resolveLatePayment(failed, 'refund', BY);
  assert.deepEqual(
    [again.error, again.resolution_reason, again.resolved_by],
    [null, BY.reason, BY.resolved_by],
  );
  assert.deepEqual(resolveLatePayment(failed, 'keep', BY).error, ERROR);
});

test('a hold cannot be kept, until somebody has captured it', () => {
  const hold = late('held', { authorized_only: true });
  assert.throws(() => resolveLatePayment(hold, 'keep', BY), /only reserved/);
  assert.equal(resolveLatePayment(latePaymentAfterCapture(hold, 400), 'keep', BY).status, 'kept');
  const releasing = late('refunding', { authorized_only: true });
  const captured = latePaymentAfterCapture(releasing, 400);
  assert.deepEqual([captured.error?.code, captured.amount], ['captured', 400]);
});

test('whatever happens in whatever order, money that went back stays gone, and only a decision keeps it', () => {
  const names = fc.constantFrom(...Object.keys(HAPPENINGS));
  fc.assert(
    fc.property(
      fc.constantFrom('held' as const, 'refunding' as const),
      fc.array(names),
      (start, happenings) => {
        let now = late(start);
        let was_kept = false;
        for (const name of happenings) {
          const before = now;
          try {
            now = HAPPENINGS[name]?.(now) ?? now;
          } catch (error) {
            assert.ok(error instanceof GatewayError);
            assert.equal(error.status, 409);
          }
          if (before.status === 'refunded') assert.equal(now.status, 'refunded');
          was_kept ||= name === 'says keep' && now !== before;
          if (now.status === 'kept') assert.ok(was_kept);
          assert.ok(now.status !== 'refunding' || now.error === null);
          if (name !== 'hold captured') assert.equal(now.amount, before.amount);
        }
      },
    ),
  );
});

test('the resource tells nobody’s organization, and nothing that is not there', () => {
  const shown = latePaymentResource(late('held', { refund_id: null }));
  assert.deepEqual(Object.keys(shown), [
    'id',
    'object',
    'payment_intent',
    'attempt_id',
    'amount',
    'currency',
    'status',
    'authorized_only',
    'livemode',
    'merchant_id',
    'provider',
    'created_at',
  ]);
});

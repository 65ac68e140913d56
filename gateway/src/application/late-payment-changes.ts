// What becomes of late money when there is news: of its attempt (it arrived, went back, or a hold was taken) or of
// its refund. It is put on the change that the news makes anyway, so that one statement writes all of it.
import type { Context } from '../context.ts';
import { findPresentLatePayment } from '../db/late-payments.ts';
import { findOrganizationRow } from '../db/organizations.ts';
import type { Change, NewEvent } from '../db/payment-intents.ts';
import { type Attempt, pendingQuestion } from '../domain/attempt.ts';
import type { EventType } from '../domain/event.ts';
import {
  type LatePayment,
  latePaymentAfterCapture,
  latePaymentAfterRefund,
  latePaymentAfterRefusal,
  latePaymentAfterReturn,
  latePaymentResource,
  statusOnArrival,
} from '../domain/late-payment.ts';
import { isFinal, type PaymentIntent } from '../domain/payment-intent.ts';
import { type Refund, refundResource } from '../domain/refund.ts';
import { getProviderByName } from '../providers/registry.ts';
import { makeAuditEntry, SYSTEM } from './audit.ts';
import { makeEvent } from './make-event.ts';
import { makeRefund } from './make-refund.ts';

/** Late money as the domain's decision finds it. */
export type Arrival = Pick<LatePayment, 'amount' | 'currency'>;

/**
 * Late money that the change's attempt brought: kept apart, and on its way back at once where the organization's
 * policy says so and the provider can. The policy is read only here.
 */
export async function addArrival(
  context: Context,
  change: Change & { attempt: Attempt },
  arrival: Arrival,
): Promise<void> {
  const { intent, attempt } = change;
  const organization = await findOrganizationRow(context.db, intent.organization_id);
  const provider = getProviderByName(attempt.adapter);
  const authorized_only = attempt.status === 'authorized';
  const can_return = (authorized_only ? provider.cancel : provider.refund) !== undefined;
  const late: LatePayment = {
    id: context.makeId('lp'),
    organization_id: intent.organization_id,
    livemode: intent.livemode,
    merchant_id: intent.merchant_id,
    payment_intent_id: intent.id,
    attempt_id: attempt.id,
    provider: attempt.provider,
    provider_payment_id: attempt.provider_payment_id,
    ...arrival,
    authorized_only,
    status: statusOnArrival(organization?.late_payment_policy ?? 'hold', can_return),
    refund_id: null,
    error: null,
    resolution_reason: null,
    resolved_by: null,
    resolved_at: null,
    kept_at: null,
    created_at: attempt.updated_at,
  };
  if (late.status === 'held') {
    addLatePayment(context, change, late, ['late_payment.created']);
    return;
  }
  addReturn(context, change, attempt, late, attempt.updated_at, ['late_payment.created']);
  change.audit = makeAuditEntry(context, SYSTEM, {
    organization_id: late.organization_id,
    livemode: late.livemode,
    merchant_id: late.merchant_id,
    action: 'late_payment.resolved',
    object_id: late.id,
    details: { action: 'refund', policy: organization?.late_payment_policy, amount: late.amount },
  });
}

/**
 * Send late money back, with the change that decides it: by a refund that the worker asks for, or, where the
 * provider only reserves it, by a cancel that the resolver sees through.
 */
export function addReturn(
  context: Context,
  change: Change,
  attempt: Attempt,
  late: LatePayment,
  now: string,
  told_first: LateEvent[] = [],
): void {
  if (late.authorized_only && getProviderByName(attempt.adapter).cancel === undefined) {
    // Nobody can be asked: a person lets the hold go at the terminal, and this is the record of it.
    change.attempt = { ...attempt, status: 'reversed', next_check_at: null, updated_at: now };
    addLatePayment(context, change, latePaymentAfterReturn(late), [...told_first, 'late_payment.refunded']);
    return;
  }
  if (late.authorized_only) {
    change.attempt = {
      ...attempt,
      cancel_requested_at: attempt.cancel_requested_at ?? now,
      cancellation_reason: attempt.cancellation_reason ?? 'late_payment',
      next_check_at: now,
      updated_at: now,
    };
    addLatePayment(context, change, late, told_first);
    return;
  }
  const { id: late_payment_id, amount, currency } = late;
  const refund = makeRefund(context, change.intent, attempt, { amount, currency, late_payment_id });
  const refunding = { ...late, refund_id: refund.id };
  // A provider that cannot be asked: a person gives it back, and the refund is the record of it.
  const after = latePaymentAfterRefund(refunding, refund) ?? refunding;
  change.refund = refund;
  addLatePayment(context, change, after, told_first);
  addEvents(change, [makeEvent(context, 'refund.created', refundResource(refund))]);
  if (refund.status === 'succeeded') {
    addEvents(change, [
      makeEvent(context, 'refund.succeeded', refundResource(refund)),
      makeEvent(context, 'late_payment.refunded', latePaymentResource(after)),
    ]);
  }
}

/** News of an attempt whose money is late, if it is: it went back, a hold was let go, taken, or not let go. */
export async function addNewsOfLateMoney(
  context: Context,
  before: { intent: PaymentIntent; attempt: Attempt },
  change: Change & { attempt: Attempt },
): Promise<void> {
  const { intent, attempt } = before;
  const after = change.attempt;
  const is_live = intent.attempt_id === attempt.id && !isFinal(intent.status);
  const is_refused = pendingQuestion(attempt) !== null && pendingQuestion(after) === null;
  if (is_live || (after.status === attempt.status && !is_refused)) return;
  // Money that has just arrived has no late payment yet; that of a hold has.
  if (after.status === 'paid' && attempt.status !== 'authorized') return;
  const late = await findPresentLatePayment(context.db, attempt.id);
  const next = late && latePaymentAfter(late, after);
  if (late !== null && next !== null) addOutcome(context, change, late, next);
}

function latePaymentAfter(late: LatePayment, { status, error, capture_amount }: Attempt): LatePayment | null {
  if (status === 'paid') return latePaymentAfterCapture(late, capture_amount ?? late.amount);
  if (status === 'authorized' && error !== null) return latePaymentAfterRefusal(late, error);
  return status === 'reversed' || status === 'ended_unpaid' || status === 'declined'
    ? latePaymentAfterReturn(late)
    : null;
}

/** The outcome of a refund that gives late money back. */
export async function addRefundOfLateMoney(context: Context, change: Change, refund: Refund): Promise<void> {
  if (refund.late_payment_id === null || refund.status === 'pending') return;
  const late = await findPresentLatePayment(context.db, refund.attempt_id);
  const next = late && latePaymentAfterRefund(late, refund);
  if (late !== null && next !== null) addOutcome(context, change, late, next);
}

function addOutcome(context: Context, change: Change, before: LatePayment, after: LatePayment): void {
  if (after.status === before.status) addLatePayment(context, change, after, []);
  else if (after.status === 'refunded') addLatePayment(context, change, after, ['late_payment.refunded']);
  else addLatePayment(context, change, after, ['late_payment.refund_failed']);
}

type LateEvent = EventType & `late_payment.${string}`;

function addLatePayment(context: Context, change: Change, late: LatePayment, types: LateEvent[]): void {
  change.late_payment = late;
  addEvents(
    change,
    types.map((type) => makeEvent(context, type, latePaymentResource(late))),
  );
}

function addEvents(change: Change, events: NewEvent[]): void {
  change.event = [change.event ?? [], events].flat();
}

// Refunds that a person decides: the provider does not say whether the money went back, or it refused, and somebody
// paid it back by hand.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findLatePayment } from '../db/late-payments.ts';
import { type Change, findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import { findRefund } from '../db/refunds.ts';
import { GatewayError } from '../domain/error.ts';
import { type RefundStatusByHand, resolveRefund } from '../domain/manual-resolution.ts';
import { type Refund, refundResource } from '../domain/refund.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { addRefundOfLateMoney } from './late-payment-changes.ts';
import { makeEvent } from './make-event.ts';
import { jsonAnswer } from './payment-intents.ts';
import { carryOut } from './provider-results.ts';
import { applyRefundResult, askRefund, observeRefund } from './refund-results.ts';
import { admitToRefund } from './refunds.ts';

export interface RefundByHand {
  status: RefundStatusByHand;
  reason: string;
}

/** By an organization's key, or without a caller by the operator. */
export async function decideRefund(
  context: Context,
  caller: KeyCaller | null,
  id: string,
  { status, reason }: RefundByHand,
  actor: Actor,
  mark: Mark | null,
): Promise<Answer> {
  const { payment_intent_id } = admitToRefund(caller, await findRefund(context.db, id));
  if (status === 'failed') await askOnceMore(context, payment_intent_id, id);
  for (;;) {
    // The refund after its intent: one that is newer than its intent fails at the intent's version.
    const before = await findPaymentIntent(context.db, payment_intent_id);
    const found = await findRefund(context.db, id);
    if (before === null || found === null) throw new Error(`refund ${id} or its intent is gone`);
    const resolved_at = instant(context);
    const { intent, refund } = resolveRefund(before, found, status, resolved_at);
    if (found.status === 'failed') await checkStillLate(context, found);
    const resolution = { status, reason, resolved_by: actor.on_behalf_of ?? actor.actor_id, resolved_at };
    const answer = jsonAnswer(200, { ...refundResource(refund), resolution });
    const change: Change = {
      intent,
      refund,
      event: makeEvent(context, `refund.${status}`, refundResource(refund)),
      audit: makeAuditEntry(context, actor, {
        organization_id: refund.organization_id,
        livemode: refund.livemode,
        merchant_id: refund.merchant_id,
        action: 'refund.resolved',
        object_id: id,
        reason,
        details: { from: found.status, to: status, amount: refund.amount, payment_intent: intent.id },
      }),
      mark,
    };
    await addRefundOfLateMoney(context, change, refund);
    completeMark(context, mark, answer);
    if (await carryOut(context, before, change)) {
      observeRefund(context, refund);
      return answer;
    }
  }
}

/**
 * A refund that is given up frees its money to be refunded again, and is never looked up afterwards. So the provider
 * is asked a last time, and what it knows counts; where it stays silent, the person's word does.
 */
async function askOnceMore(context: Context, payment_intent_id: string, id: string): Promise<void> {
  const intent = await findPaymentIntent(context.db, payment_intent_id);
  const refund = await findRefund(context.db, id);
  if (intent === null || refund?.status !== 'pending' || refund.outcome !== 'unknown') return;
  const attempt = await findAttempt(context.db, refund.attempt_id);
  if (attempt === null) throw new Error(`attempt ${refund.attempt_id} is gone`);
  const result = await askRefund(context, intent, attempt, refund, 'lookUpRefund', true);
  if (result.kind === 'refunded' || result.kind === 'accepted')
    await applyRefundResult(context, intent, refund, result);
}

/** Late money that went back otherwise, or is on its way back by another refund, is not given back a second time. */
async function checkStillLate(context: Context, refund: Refund): Promise<void> {
  if (refund.late_payment_id === null) return;
  const late = await findLatePayment(context.db, refund.late_payment_id);
  if (late !== null && late.refund_id === refund.id && late.status !== 'refunded') return;
  throw new GatewayError(
    'invalid_payment_state',
    'The late payment of this refund goes back, or went back, without it.',
    { status: refund.status, refund: refund.id, late_payment: refund.late_payment_id },
  );
}

// Late payments as a backend and the operator see them: look at them, and decide what becomes of money that nobody
// wanted. The decision, what it sets going and who made it are one statement.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  countHeldLatePayments,
  findLatePayment,
  type LatePaymentFilter,
  listLatePayments,
} from '../db/late-payments.ts';
import { type Change, findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import { GatewayError } from '../domain/error.ts';
import {
  type LatePayment,
  type LatePaymentAction,
  latePaymentResource,
  resolveLatePayment,
} from '../domain/late-payment.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import type { KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { addReturn } from './late-payment-changes.ts';
import { makeEvent } from './make-event.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import { carryOut } from './provider-results.ts';

/** Let the caller at this late payment, or refuse: another's does not exist for him. The operator sees all. */
function admitToLatePayment(caller: KeyCaller | null, late: LatePayment | null): LatePayment {
  const admitted =
    late !== null &&
    (caller === null ||
      (late.organization_id === caller.organization_id && late.livemode === caller.livemode));
  if (!admitted) throw new GatewayError('not_found', 'There is no late payment with this id.');
  return late;
}

export async function retrieveLatePayment(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<Record<string, unknown>> {
  return latePaymentResource(admitToLatePayment(caller, await findLatePayment(context.db, id)));
}

export async function listLatePaymentResources(
  context: Context,
  caller: KeyCaller,
  filter: Omit<LatePaymentFilter, 'organization_id' | 'livemode'>,
): Promise<Page> {
  const { organization_id, livemode } = caller;
  const limit = filter.limit + 1;
  const rows = await listLatePayments(context.db, { ...filter, organization_id, livemode, limit });
  return makePage(rows, filter.limit, latePaymentResource);
}

export interface LatePaymentDecision {
  action: LatePaymentAction;
  reason: string;
}

/** A person's decision, by an organization's key or, without a caller, by the operator. */
export async function decideLatePayment(
  context: Context,
  caller: KeyCaller | null,
  id: string,
  { action, reason }: LatePaymentDecision,
  actor: Actor,
  mark: Mark | null,
): Promise<Answer> {
  for (;;) {
    const { payment_intent_id } = admitToLatePayment(caller, await findLatePayment(context.db, id));
    const intent = await findPaymentIntent(context.db, payment_intent_id);
    // Once more, after the intent: one that is newer than its intent fails at the intent's version.
    const late = await findLatePayment(context.db, id);
    const attempt = late && (await findAttempt(context.db, late.attempt_id));
    if (intent === null || late === null || attempt === null)
      throw new Error(`late payment ${id} is of no payment`);
    const resolved_at = instant(context);
    const resolved_by = actor.on_behalf_of ?? actor.actor_id;
    const decided = resolveLatePayment(late, action, { reason, resolved_by, resolved_at });
    const change: Change = {
      intent: { ...intent, version: intent.version + 1, updated_at: resolved_at },
      late_payment: decided,
      mark,
    };
    if (action === 'refund') addReturn(context, change, attempt, decided, resolved_at);
    else change.event = makeEvent(context, 'late_payment.kept', latePaymentResource(decided));
    change.audit = makeAuditEntry(context, actor, {
      organization_id: late.organization_id,
      livemode: late.livemode,
      merchant_id: late.merchant_id,
      action: 'late_payment.resolved',
      object_id: late.id,
      reason,
      details: { action, amount: late.amount, payment_intent: intent.id },
    });
    const answer = jsonAnswer(200, latePaymentResource(change.late_payment ?? decided));
    completeMark(context, mark, answer);
    if (await carryOut(context, intent, change)) return answer;
  }
}

export async function measureHeldLatePayments(context: Context): Promise<void> {
  const { held, oldest } = await countHeldLatePayments(context.db);
  context.metrics.late_payments_held.set(held);
  context.metrics.late_payments_held_age.set(
    oldest === null ? 0 : (context.now() - Date.parse(oldest)) / 1_000,
  );
}

// Refunds as a backend sees them: give money back, in whole or in part, and look at what was given back. The refund
// is written first, and takes its part of what was received; only then is the provider asked.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import { findRefund, findRefundByRequest, listRefunds, type RefundFilter } from '../db/refunds.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import { type PaymentIntent, refusedMove } from '../domain/payment-intent.ts';
import { intentWithRefund, type Refund, refundableAmount, refundResource } from '../domain/refund.ts';
import { getProviderByName } from '../providers/registry.ts';
import { actorOfKey, makeAuditEntry } from './audit.ts';
import { admit, type KeyCaller } from './callers.ts';
import { refuseWhileSilent } from './circuits.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makeEvent } from './make-event.ts';
import { makeRefund } from './make-refund.ts';
import { makePage, type Page } from './pages.ts';
import { jsonAnswer } from './payment-intents.ts';
import { findProviderAccess } from './provider-access.ts';
import { carryOut } from './provider-results.ts';
import { applyRefundResult, askRefund, observeRefund, REFUND_LEASE_MS } from './refund-results.ts';

export interface NewRefund {
  payment_intent: string;
  amount?: number;
  reason?: string;
  metadata?: Record<string, string>;
}

export async function createRefund(
  context: Context,
  caller: KeyCaller,
  wanted: NewRefund,
  request_id: string,
  mark: Mark,
): Promise<Answer> {
  // The work of a request that left its mark and no answer: its refund is there, and is gone on with.
  if (!mark.is_first && mark.key_id !== null) {
    const begun = await findRefundByRequest(context.db, mark.key_id);
    if (begun !== null) return finishRefund(context, begun, mark);
  }
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, wanted.payment_intent));
    const amount = getAmount(intent, wanted.amount);
    const attempt = await getPaidAttempt(context, intent);
    const refund = makeRefund(context, intent, attempt, {
      amount,
      reason: wanted.reason ?? null,
      metadata: wanted.metadata ?? null,
      idempotency_key_id: mark.key_id,
    });
    if (refund.status === 'pending') {
      const provider = getProviderByName(refund.adapter);
      const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
      if (!access.ok) throw new GatewayError('provider_not_supported', access.reason);
      refuseWhileSilent(context, provider, access.provider_context, 'refund', intent);
      // This request asks at once; when it does not survive that, the worker finds out what became of it.
      refund.asked_at = refund.created_at;
      refund.next_step = 'look_up';
      refund.next_check_at = instant(context, REFUND_LEASE_MS);
    }
    const next = intentWithRefund(intent, null, refund, refund.created_at);
    const events = [makeEvent(context, 'refund.created', refundResource(refund))];
    if (refund.status === 'succeeded')
      events.push(makeEvent(context, 'refund.succeeded', refundResource(refund)));
    const audit = makeAuditEntry(context, actorOfKey(caller, request_id), {
      organization_id: intent.organization_id,
      livemode: intent.livemode,
      merchant_id: intent.merchant_id,
      action: 'refund.created',
      object_id: refund.id,
      reason: refund.reason,
      details: { payment_intent: intent.id, amount },
    });
    completeMark(context, mark, refund.status === 'succeeded' ? refundAnswer(refund) : null);
    if (!(await carryOut(context, intent, { intent: next, refund, event: events, audit, mark }))) continue;
    observeRefund(context, refund);
    if (refund.status === 'succeeded') return refundAnswer(refund);
    return ask(context, next, attempt, refund, false, mark);
  }
}

/** All that is left, or what is wanted of it. */
function getAmount(intent: PaymentIntent, wanted: number | undefined): number {
  if (intent.amount_received === 0) throw refusedMove(intent, 'refunded');
  const amount_refundable = refundableAmount(intent);
  if (wanted === undefined && amount_refundable === 0) {
    throw new GatewayError('invalid_payment_state', 'All that was received has been refunded already.', {
      status: intent.status,
      payment_intent: intent.id,
      amount_refundable,
    });
  }
  const amount = wanted ?? amount_refundable;
  if (amount <= amount_refundable) return amount;
  throw new GatewayError('invalid_request', `At most ${amount_refundable} can be refunded.`, {
    field: 'amount',
    constraint: 'max_value',
    amount_refundable,
  });
}

async function getPaidAttempt(context: Context, intent: PaymentIntent): Promise<Attempt> {
  const attempt = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
  if (attempt === null) throw new Error(`payment intent ${intent.id} has money of no attempt`);
  return attempt;
}

/** Ask the provider and write down what it says. Also for the asking that a dead process began. */
async function ask(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  refund: Refund,
  asked_before: boolean,
  mark: Mark,
): Promise<Answer> {
  const result = await askRefund(context, intent, attempt, refund, 'refund', asked_before);
  const after = await applyRefundResult(context, intent, refund, result, {
    mark,
    answer: (changed) => (changed.status === 'failed' ? null : refundAnswer(changed)),
  });
  return answerTo(after);
}

/** The same request once more, after its process died or its refusal was not kept: the same refund. */
async function finishRefund(context: Context, refund: Refund, mark: Mark): Promise<Answer> {
  if (refund.status !== 'pending') return answerTo(refund);
  const intent = await findPaymentIntent(context.db, refund.payment_intent_id);
  const attempt = await findAttempt(context.db, refund.attempt_id);
  if (intent === null || attempt === null) throw new Error(`refund ${refund.id} is of no payment`);
  const provider = getProviderByName(refund.adapter);
  const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
  if (access.ok) refuseWhileSilent(context, provider, access.provider_context, 'refund', intent, true);
  return ask(context, intent, attempt, refund, true, mark);
}

function refundAnswer(refund: Refund): Answer {
  return jsonAnswer(201, refundResource(refund));
}

/** A refund that goes its way is an answer, also while nobody knows its outcome; a definite no is a refusal. */
function answerTo(refund: Refund): Answer {
  const { error, provider } = refund;
  if (refund.status !== 'failed' || error === null) return refundAnswer(refund);
  throw new GatewayError(
    error.because === 'state' ? 'invalid_payment_state' : 'provider_error',
    `${provider} refused the refund; nothing was given back. ${error.message}`,
    { refund: refund.id, payment_intent: refund.payment_intent_id, provider_code: error.code },
  );
}

/** Let the caller at this refund, or refuse: another's does not exist for him. The operator sees all. */
export function admitToRefund(caller: KeyCaller | null, refund: Refund | null): Refund {
  const admitted =
    refund !== null &&
    (caller === null ||
      (refund.organization_id === caller.organization_id &&
        refund.livemode === caller.livemode &&
        (caller.merchant_id === null || caller.merchant_id === refund.merchant_id)));
  if (!admitted) throw new GatewayError('not_found', 'There is no refund with this id.');
  return refund;
}

export async function retrieveRefund(
  context: Context,
  caller: KeyCaller,
  id: string,
): Promise<Record<string, unknown>> {
  return refundResource(admitToRefund(caller, await findRefund(context.db, id)));
}

export async function listRefundResources(
  context: Context,
  caller: KeyCaller,
  filter: Omit<RefundFilter, 'organization_id' | 'livemode' | 'merchant_id'>,
): Promise<Page> {
  const { organization_id, livemode, merchant_id } = caller;
  const limit = filter.limit + 1;
  const rows = await listRefunds(context.db, { ...filter, organization_id, livemode, merchant_id, limit });
  return makePage(rows, filter.limit, refundResource);
}

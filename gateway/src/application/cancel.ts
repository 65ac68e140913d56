// Cancel and expire: the ways in which we, and not the customer, end a payment. Where a provider
// holds a code or money, it is made harmless there first, and what is found while doing so counts.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt, findPaymentIntent, listExpiringPaymentIntents } from '../db/payment-intents.ts';
import { type Attempt, awaitsAgreement, pendingQuestion } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import {
  isFinal,
  movePaymentIntent,
  type PaymentIntent,
  paymentIntentResource,
  phaseOf,
  refusedMove,
} from '../domain/payment-intent.ts';
import type { Provider } from '../providers/provider.ts';
import { getProviderByName } from '../providers/registry.ts';
import { admit, type Caller } from './callers.ts';
import { refuseWhileSilent } from './circuits.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makeEvent } from './make-event.ts';
import { jsonAnswer } from './payment-intents.ts';
import { type Access, askProvider, attemptFacts, findProviderAccess } from './provider-access.ts';
import { applyProviderResult, carryOut } from './provider-results.ts';

/** Longer than the provider's deadline; afterwards the resolver goes on with what was begun here. */
const CANCEL_LEASE_MS = 30_000;

export async function cancelPaymentIntent(
  context: Context,
  caller: Caller,
  id: string,
  reason: string,
  mark: Mark,
): Promise<Answer> {
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, id));
    mark.organization_id = intent.organization_id;
    // The resolver was faster than the retry of a cancel that was begun: the work is finished, not refused.
    if (intent.status === 'cancelled' && !mark.is_first)
      return jsonAnswer(200, paymentIntentResource(intent));
    const attempt = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
    const phase = phaseOf(intent);
    // A retry goes on with a cancel that was begun; every other outcome that is still open must be known first.
    const is_unclear = phase === 'processing' || phase === 'in_doubt';
    const begun = is_unclear && attempt !== null && pendingQuestion(attempt) === 'cancel';
    // A customer who has not agreed in the app yet may leave without what was to be paid.
    const agreeing = phase === 'processing' && attempt?.status === 'working' && awaitsAgreement(attempt);
    const open = phase === 'requires_payment_method' || phase === 'requires_action' || phase === 'authorized';
    if (!open && !begun && !agreeing) throw refusedMove(intent, 'cancelled');

    const provider = attempt === null ? null : getProviderByName(attempt.adapter);
    if (attempt === null || provider?.cancel === undefined) {
      const by = phase === 'authorized' ? 'called_off' : 'cancel';
      const changes = {
        cancellation_reason: reason,
        amount_capturable: 0,
        capture_before: null,
        outcome: null,
      };
      const next = movePaymentIntent(intent, by, instant(context), changes);
      const answer = jsonAnswer(200, paymentIntentResource(next));
      completeMark(context, mark, answer);
      const event = makeEvent(context, 'payment_intent.cancelled', paymentIntentResource(next));
      const ended: Attempt | null = attempt && {
        ...attempt,
        status: 'reversed',
        updated_at: next.updated_at,
      };
      if (await carryOut(context, intent, { intent: next, attempt: ended, event, mark })) return answer;
      continue;
    }

    const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
    const is_wanted = begun || attempt.cancel_requested_at !== null;
    if (access.ok) refuseWhileSilent(context, provider, access.provider_context, 'cancel', intent, is_wanted);
    const [asked, wanted] = requestCancel(context, intent, attempt, reason, CANCEL_LEASE_MS);
    completeMark(context, mark, null);
    if (!(await carryOut(context, intent, { intent: asked, attempt: wanted, mark }))) continue;
    return callOff(context, asked, wanted, provider, access, mark);
  }
}

/** First write: that we want it ended, and when the resolver takes over if this process does not survive. */
function requestCancel(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  reason: string | null,
  lease_ms: number,
): [PaymentIntent, Attempt] {
  const now = instant(context);
  const next_check_at = instant(context, lease_ms);
  // Who asks once more has changed nothing, and does not make it younger.
  const is_new =
    attempt.cancel_requested_at === null ||
    (attempt.cancellation_reason ?? reason) !== attempt.cancellation_reason;
  // With money on hold, nothing else may be asked of it until we know whether it was released.
  const asked =
    phaseOf(intent) === 'authorized' && intent.attempt_id === attempt.id
      ? movePaymentIntent(intent, 'ask_provider', now, {
          outcome: 'unknown',
          next_check_at,
          last_payment_error: null,
        })
      : { ...intent, version: intent.version + 1, updated_at: now };
  return [
    asked,
    {
      ...attempt,
      cancel_requested_at: attempt.cancel_requested_at ?? now,
      cancellation_reason: attempt.cancellation_reason ?? reason,
      ...(asked.outcome !== intent.outcome && { error: null }),
      // How often it was looked at while somebody could still pay says nothing of how long the cancel takes.
      ...(is_new && { checks_done: 0 }),
      next_check_at,
      updated_at: is_new ? now : attempt.updated_at,
    },
  ];
}

async function callOff(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  provider: Provider,
  access: Access,
  mark: Mark,
): Promise<Answer> {
  if (!access.ok) throw new GatewayError('provider_error', access.reason, { status: intent.status });
  const facts = attemptFacts(intent, attempt);
  const result = await askProvider(context, provider, 'cancel', facts, access.provider_context);
  const after = await applyProviderResult(context, intent, attempt, result, {
    mark,
    answer: (changed) =>
      changed.status === 'cancelled' ? jsonAnswer(200, paymentIntentResource(changed)) : null,
  });
  if (after.intent.status === 'cancelled') return jsonAnswer(200, paymentIntentResource(after.intent));
  if (isFinal(after.intent.status)) throw refusedMove(after.intent, 'cancelled');
  if (phaseOf(after.intent) === 'authorized') throw stillHeld(after.intent, after.attempt);
  throw new GatewayError(
    'provider_error',
    `${attempt.provider} has not confirmed that nothing can be paid any more. The cancel goes on by itself; ` +
      'retrieve the payment intent to see how it ends.',
    // It was asked for and may still come about, so this is not a refusal, whatever the intent says of itself.
    { status: after.intent.status, outcome: 'unknown' },
  );
}

/** The customer was faster than the deletion of the code, or the provider will not release what it holds. */
function stillHeld(intent: PaymentIntent, { error, provider }: Attempt): GatewayError {
  if (error === null) return refusedMove(intent, 'cancelled: the customer was faster, and money is on hold');
  return new GatewayError(
    'provider_error',
    `${provider} did not release the money; it is still held. ${error.message}`,
    {
      status: intent.status,
      provider_code: error.code,
      amount_capturable: intent.amount_capturable,
    },
  );
}

/** An intent past its time. With a code open, the resolver calls it off, with a last look-up, before it ends. */
export async function expirePaymentIntent(context: Context, intent: PaymentIntent): Promise<boolean> {
  if (phaseOf(intent) === 'requires_payment_method') {
    const next = movePaymentIntent(intent, 'expire', instant(context), { cancellation_reason: 'expired' });
    const event = makeEvent(context, 'payment_intent.cancelled', paymentIntentResource(next));
    return carryOut(context, intent, { intent: next, event });
  }
  const attempt = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
  if (attempt === null) throw new Error(`payment intent ${intent.id} requires an action of no attempt`);
  const [asked, wanted] = requestCancel(context, intent, attempt, 'expired', 0);
  const begun = await carryOut(context, intent, { intent: asked, attempt: wanted });
  if (begun) context.wakeWorker?.('look_ups');
  return begun;
}

/**
 * A customer who showed a code has not agreed in time, or nobody can say. That it is called off is written before the
 * provider is asked, because from then on a payment that looks paid may be on its way back. Nobody wanted the intent to
 * end, so it has no reason to: afterwards it can be confirmed again. Also what we took for ended is called off, when the
 * customer is found to be asked for it still.
 */
export async function giveUpAttempt(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
): Promise<void> {
  const [asked, wanted] = requestCancel(context, intent, attempt, null, 0);
  // Who was faster has news of its own; the next look-up decides anew.
  if (!(await carryOut(context, intent, { intent: asked, attempt: wanted }))) return;
  context.log.info({ payment_intent: intent.id, attempt: attempt.id }, 'customer did not agree in time');
  context.wakeWorker?.('look_ups');
}

/** Expire what is due. Several workers may do so at once: each intent's version lets one of them through. */
export async function expireDuePaymentIntents(context: Context, limit: number): Promise<number> {
  const intents = await listExpiringPaymentIntents(context.db, instant(context), limit);
  // One that fails must not keep the others from ending; it is still due at the next run.
  const outcomes = await Promise.allSettled(intents.map((intent) => expirePaymentIntent(context, intent)));
  let ended = 0;
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.status === 'fulfilled') {
      ended += 1;
      continue;
    }
    context.metrics.job_failures.inc({ job: 'expiry' });
    context.log.error({ err: outcome.reason, payment_intent: intents[index]?.id }, 'not expired');
  }
  return ended;
}

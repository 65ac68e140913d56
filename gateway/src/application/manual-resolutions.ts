// Outcomes that a person decides. Where a provider stays silent, or says what cannot be, somebody who has seen its
// books says what happened. The word takes the road of every other news, through the one gate, and stands in the
// audit log with the reason; the provider is asked once more afterwards, and other money that it knows of is late.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import { newsByHand, type OutcomeByHand } from '../domain/manual-resolution.ts';
import { type PaymentIntent, paymentIntentResource, refusedMove } from '../domain/payment-intent.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { admit, type KeyCaller } from './callers.ts';
import type { Answer, Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';
import { applyProviderResult } from './provider-results.ts';

export interface PaymentByHand {
  outcome: OutcomeByHand;
  reason: string;
  /** How the provider calls the payment; refunds there need it. */
  provider_payment_id?: string;
}

/** By an organization's key, or without a caller by the operator. */
export async function resolvePaymentIntent(
  context: Context,
  caller: KeyCaller | null,
  id: string,
  wanted: PaymentByHand,
  actor: Actor,
  mark: Mark | null,
): Promise<Answer> {
  const found = await findPaymentIntent(context.db, id);
  const intent = caller === null ? found : admit(context, caller, found);
  if (intent === null)
    throw new GatewayError('payment_not_found', 'There is no payment intent with this id.');
  const attempt = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
  if (attempt === null) throw notOpen(intent);

  const resolved_at = instant(context);
  const { outcome, reason, provider_payment_id = null } = wanted;
  const resolution = { outcome, reason, resolved_by: actor.on_behalf_of ?? actor.actor_id, resolved_at };
  const answer = (after: PaymentIntent) => jsonAnswer(200, { ...paymentIntentResource(after), resolution });
  const { intent: after } = await applyProviderResult(
    context,
    intent,
    attempt,
    newsByHand(attempt, outcome, provider_payment_id),
    {
      ...(mark && { mark }),
      answer,
      by_hand: {
        check: (now, tried) => checkOpen(context, now, tried),
        audit: (before, next) =>
          makeAuditEntry(context, actor, {
            organization_id: before.organization_id,
            livemode: before.livemode,
            merchant_id: before.merchant_id,
            action: 'payment_intent.resolved',
            object_id: before.id,
            reason,
            details: {
              ...wanted,
              reason: undefined,
              attempt: attempt.id,
              from: before.status,
              to: next.status,
            },
          }),
      },
    },
  );
  return answer(after);
}

/**
 * Only what is unknown is left to a person, and not while the provider is just being asked for the first time: to
 * begin, or to take or to release what it holds.
 */
function checkOpen(context: Context, intent: PaymentIntent, attempt: Attempt): void {
  if (intent.outcome !== 'unknown' || intent.attempt_id !== attempt.id) throw notOpen(intent);
  if (isBeingAsked(context, attempt)) {
    throw new GatewayError(
      'invalid_payment_state',
      'The provider is being asked at this moment. Try again in half a minute.',
      { status: intent.status },
      { retry_after_seconds: 30 },
    );
  }
}

/** Longer than the provider's deadline: an answer that has not come by then does not come any more. */
const ASKING_MS = 30_000;

function isBeingAsked(context: Context, attempt: Attempt): boolean {
  if (attempt.status === 'asked') return instant(context) < (attempt.next_check_at ?? '');
  if (attempt.status !== 'authorized') return false;
  // The first silence leaves its reason there.
  const asked_at = attempt.cancel_requested_at ?? attempt.capture_requested_at;
  return attempt.error === null && asked_at !== null && instant(context, -ASKING_MS) < asked_at;
}

function notOpen(intent: PaymentIntent): GatewayError {
  return refusedMove(intent, 'resolved by hand: its outcome is not unknown');
}

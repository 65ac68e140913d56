// Outcomes that a person decides. Where a provider stays silent, or says what cannot be, somebody who has seen its
// books says what happened. The word takes the road of every other news, through the one gate, and stands in the
// audit log with the reason; the provider is asked once more afterwards, and other money that it knows of is late.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import { type PaymentIntent, paymentIntentResource, refusedMove } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import { type Actor, makeAuditEntry } from './audit.ts';
import { admit, type KeyCaller } from './callers.ts';
import type { Answer, Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';
import { applyProviderResult } from './provider-results.ts';

export const OUTCOMES_BY_HAND = ['paid', 'not_paid'] as const;

export interface OutcomeByHand {
  outcome: (typeof OUTCOMES_BY_HAND)[number];
  reason: string;
  /** How the provider calls the payment; refunds there need it. */
  provider_payment_id?: string;
}

/** By an organization's key, or without a caller by the operator. */
export async function resolvePaymentIntent(
  context: Context,
  caller: KeyCaller | null,
  id: string,
  wanted: OutcomeByHand,
  actor: Actor,
  mark: Mark | null,
): Promise<Answer> {
  const found = await findPaymentIntent(context.db, id);
  if (caller === null && found === null) throw noSuchIntent();
  const intent = caller === null && found !== null ? found : admit(context, caller as KeyCaller, found);
  const attempt = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
  if (attempt === null) throw notOpen(intent);

  const resolved_at = instant(context);
  const { outcome, reason } = wanted;
  const resolution = { outcome, reason, resolved_by: actor.on_behalf_of ?? actor.actor_id, resolved_at };
  const answer = (after: PaymentIntent) => jsonAnswer(200, { ...paymentIntentResource(after), resolution });
  const { intent: after } = await applyProviderResult(context, intent, attempt, newsOf(wanted, attempt), {
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
  });
  return answer(after);
}

/**
 * The person's word as a provider would say it. Of a payment that is to be held first, "paid" means held, unless we
 * had asked to take it. "Not paid" ends the attempt and no more: where the order is still open it can be tried anew.
 */
function newsOf({ outcome, provider_payment_id }: OutcomeByHand, attempt: Attempt): ProviderResult {
  if (outcome === 'not_paid') {
    return {
      kind: 'ended_unpaid',
      reason: 'expired',
      code: 'resolved_not_paid',
      message: 'A person has made sure that nothing was paid.',
    };
  }
  const is_to_be_held = attempt.authorize_only && attempt.status !== 'authorized';
  return {
    kind: is_to_be_held ? 'authorized' : 'paid',
    ...(provider_payment_id !== undefined && { provider_payment_id }),
  };
}

/** Only what is unknown is left to a person, and not while the provider is just being asked for the first time. */
function checkOpen(context: Context, intent: PaymentIntent, attempt: Attempt): void {
  if (intent.outcome !== 'unknown' || intent.attempt_id !== attempt.id) throw notOpen(intent);
  if (attempt.status === 'asked' && instant(context) < (attempt.next_check_at ?? '')) {
    throw new GatewayError(
      'invalid_payment_state',
      'The provider is being asked at this moment. Try again in half a minute.',
      { status: intent.status },
      { retry_after_seconds: 30 },
    );
  }
}

function notOpen(intent: PaymentIntent): GatewayError {
  return refusedMove(intent, 'resolved by hand: its outcome is not unknown');
}

function noSuchIntent(): GatewayError {
  return new GatewayError('payment_not_found', 'There is no payment intent with this id.');
}

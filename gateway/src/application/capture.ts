// Capture: take what was authorised, or record that staff took the cash. By the backend's signature only.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import {
  movePaymentIntent,
  type PaymentIntent,
  paymentIntentResource,
  phaseOf,
  refusedMove,
} from '../domain/payment-intent.ts';
import { getProviderByName } from '../providers/registry.ts';
import { makeAttempt } from './attempts.ts';
import { admit, type KeyCaller } from './callers.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { jsonAnswer } from './payment-intents.ts';
import { carryOut, makeEvent } from './provider-results.ts';

export async function capturePaymentIntent(
  context: Context,
  caller: KeyCaller,
  id: string,
  wanted_amount: number | null,
  mark: Mark,
): Promise<Answer> {
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, id));
    const capturable = capturableAmount(intent);
    if (capturable === null) throw refusedMove(intent, 'captured');
    const amount = wanted_amount ?? capturable;
    if (amount > capturable) {
      throw new GatewayError('invalid_request', `At most ${capturable} can be captured.`, {
        field: 'amount',
        constraint: 'max_value',
        amount_capturable: capturable,
      });
    }
    const held = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
    if (held !== null && getProviderByName(held.adapter).capture !== undefined) {
      throw new GatewayError('provider_not_supported', `Capture at ${held.provider} is not supported yet.`);
    }
    const attempt: Attempt =
      held === null
        ? cashAttempt(context, intent, amount)
        : { ...held, status: 'paid', updated_at: instant(context) };
    const next = movePaymentIntent(intent, 'capture', instant(context), {
      amount_received: amount,
      amount_capturable: 0,
      attempt_id: attempt.id,
      provider: attempt.provider,
      processing_mode: attempt.processing_mode,
    });
    const resource = paymentIntentResource(next);
    const answer = jsonAnswer(200, resource);
    completeMark(context, mark, answer);
    const event = makeEvent(context, 'payment_intent.succeeded', resource);
    if (await carryOut(context, intent, { intent: next, attempt, event, mark })) return answer;
  }
}

/** What is held; or all of it, where staff may have taken cash; or null where there is nothing to capture. */
function capturableAmount(intent: PaymentIntent): number | null {
  const phase = phaseOf(intent);
  if (phase === 'authorized') return intent.amount_capturable;
  const cash = phase === 'requires_payment_method' && intent.payment_method_types.includes('cash');
  return cash ? intent.amount : null;
}

/** Staff took the cash: the attempt and its outcome are one. */
function cashAttempt(context: Context, intent: PaymentIntent, amount: number): Attempt {
  const cash = getProviderByName('CASH');
  return makeAttempt(context, intent, cash, {
    payment_method_type: 'cash',
    provider: cash.name,
    status: 'paid',
    amount,
  });
}

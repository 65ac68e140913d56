// Capture: take what is held, in full or in part, or record that staff took the cash. By the backend's signature
// only. Where a provider holds the money, what is to be taken is written first, then the provider is asked, and
// its answer goes through the gate; where it is silent, the resolver or a retry sees the capture through.
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
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { getProviderByName } from '../providers/registry.ts';
import { makeAttempt } from './attempts.ts';
import { admit, type KeyCaller } from './callers.ts';
import { refuseWhileSilent } from './circuits.ts';
import { type Answer, completeMark, type Mark } from './idempotency.ts';
import { makeEvent } from './make-event.ts';
import { jsonAnswer } from './payment-intents.ts';
import { askProvider, attemptFacts, findProviderAccess } from './provider-access.ts';
import { applyProviderResult, carryOut } from './provider-results.ts';

/** Longer than the provider's deadline; afterwards the resolver goes on with what was begun here. */
const CAPTURE_LEASE_MS = 30_000;

export async function capturePaymentIntent(
  context: Context,
  caller: KeyCaller,
  id: string,
  wanted_amount: number | null,
  mark: Mark,
): Promise<Answer> {
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, id));
    const held = intent.attempt_id === null ? null : await findAttempt(context.db, intent.attempt_id);
    const provider = held === null ? null : getProviderByName(held.adapter);
    const is_asked = provider?.capture !== undefined;
    if (is_asked && held !== null && !mark.is_first && isSameCapture(intent, held, wanted_amount)) {
      // The resolver was faster than the retry of a capture that was begun: the work is finished, not refused.
      if (intent.status === 'succeeded') return captureAnswer(intent);
      if (phaseOf(intent) === 'in_doubt') {
        const provider_context = await getAccess(context, provider, intent, held);
        refuseWhileSilent(context, provider, provider_context, 'capture', intent, true);
        return ask(context, intent, held, provider, provider_context, mark);
      }
    }

    const amount = getAmount(intent, wanted_amount);
    if (is_asked && held !== null) {
      const provider_context = await getAccess(context, provider, intent, held);
      refuseWhileSilent(context, provider, provider_context, 'capture', intent);
      const [asked, wanted] = requestCapture(context, intent, held, amount);
      completeMark(context, mark, null);
      if (!(await carryOut(context, intent, { intent: asked, attempt: wanted, mark }))) continue;
      return ask(context, asked, wanted, provider, provider_context, mark);
    }

    const attempt = held === null ? cashAttempt(context, intent, amount) : recorded(context, held, amount);
    const next = movePaymentIntent(intent, 'capture', attempt.updated_at, {
      amount_received: amount,
      amount_capturable: 0,
      attempt_id: attempt.id,
      provider: attempt.provider,
      processing_mode: attempt.processing_mode,
    });
    const answer = captureAnswer(next);
    completeMark(context, mark, answer);
    const event = makeEvent(context, 'payment_intent.succeeded', paymentIntentResource(next));
    if (await carryOut(context, intent, { intent: next, attempt, event, mark })) return answer;
  }
}

/** What is wanted of what can be captured: what is held, or all of it, where staff may have taken cash. */
function getAmount(intent: PaymentIntent, wanted: number | null): number {
  const phase = phaseOf(intent);
  const cash = phase === 'requires_payment_method' && intent.payment_method_types.includes('cash');
  if (phase === 'in_doubt') throw refusedMove(intent, 'captured: it is being captured or cancelled');
  if (phase !== 'authorized' && !cash) throw refusedMove(intent, 'captured');
  const capturable = cash ? intent.amount : intent.amount_capturable;
  if (wanted === null || wanted <= capturable) return wanted ?? capturable;
  throw new GatewayError('invalid_request', `At most ${capturable} can be captured.`, {
    field: 'amount',
    constraint: 'max_value',
    amount_capturable: capturable,
  });
}

/** First write: how much is to be taken, and when the resolver takes over if this process does not survive. */
function requestCapture(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  amount: number,
): [PaymentIntent, Attempt] {
  const now = instant(context);
  const next_check_at = instant(context, CAPTURE_LEASE_MS);
  return [
    movePaymentIntent(intent, 'ask_provider', now, {
      outcome: 'unknown',
      next_check_at,
      last_payment_error: null,
    }),
    {
      ...attempt,
      capture_amount: amount,
      capture_requested_at: now,
      error: null,
      next_check_at,
      checks_done: 0,
      updated_at: now,
    },
  ];
}

async function ask(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  provider: Provider,
  provider_context: ProviderContext,
  mark: Mark,
): Promise<Answer> {
  const facts = attemptFacts(intent, attempt);
  const result = await askProvider(context, provider, 'capture', facts, provider_context);
  const after = await applyProviderResult(context, intent, attempt, result, {
    mark,
    answer: (changed) => (changed.status === 'succeeded' ? captureAnswer(changed) : null),
  });
  if (after.intent.status === 'succeeded') return captureAnswer(after.intent);
  throw notCaptured(after.intent, after.attempt);
}

function notCaptured(intent: PaymentIntent, attempt: Attempt): GatewayError {
  const { error } = attempt;
  const details = {
    status: intent.status,
    payment_intent: intent.id,
    ...(error && { provider_code: error.code }),
    ...(intent.outcome && { outcome: intent.outcome, next_check_at: intent.next_check_at }),
  };
  switch (phaseOf(intent)) {
    case 'in_doubt':
      return new GatewayError(
        error?.code === 'provider_timeout' ? 'provider_timeout' : 'provider_error',
        `${attempt.provider} has not confirmed the capture, so the outcome is unknown. The capture goes on by itself; ` +
          'retry with the same Idempotency-Key, or retrieve the payment intent to see how it ends.',
        details,
      );
    case 'authorized':
      return new GatewayError(
        'provider_error',
        `${attempt.provider} refused the capture; the money is still held. ${error?.message ?? ''}`.trim(),
        { ...details, amount_capturable: intent.amount_capturable },
      );
    default: {
      const { message } = refusedMove(intent, 'captured');
      return new GatewayError('invalid_payment_state', `${message} ${error?.message ?? ''}`.trim(), details);
    }
  }
}

/** Another capture cannot be taken for the one that this request began: it would take another amount. */
function isSameCapture(intent: PaymentIntent, held: Attempt, wanted_amount: number | null): boolean {
  return held.capture_requested_at !== null && held.capture_amount === (wanted_amount ?? intent.amount);
}

async function getAccess(
  context: Context,
  provider: Provider,
  intent: PaymentIntent,
  held: Attempt,
): Promise<ProviderContext> {
  const access = await findProviderAccess(context, provider, held, 'open_attempt');
  if (!access.ok) throw new GatewayError('provider_error', access.reason, { status: intent.status });
  return access.provider_context;
}

/** A terminal's own hold: the terminal takes it, and we are told. */
function recorded(context: Context, held: Attempt, amount: number): Attempt {
  const now = instant(context);
  return { ...held, status: 'paid', capture_amount: amount, paid_at: now, updated_at: now };
}

/** Staff took the cash: the attempt and its outcome are one. */
function cashAttempt(context: Context, intent: PaymentIntent, amount: number): Attempt {
  const cash = getProviderByName('CASH');
  return makeAttempt(context, intent, cash, {
    payment_method_type: 'cash',
    provider: cash.name,
    status: 'paid',
    amount,
    paid_at: instant(context),
  });
}

function captureAnswer(intent: PaymentIntent): Answer {
  return jsonAnswer(200, paymentIntentResource(intent));
}

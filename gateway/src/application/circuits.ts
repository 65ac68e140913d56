// Holds back questions that would only wait for a provider that does not answer: they are refused before anything
// is written, and look-ups are put off. One circuit for each server of a provider in each mode, in the memory of
// this process alone: every process finds out for itself, and a new one begins by asking.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { updateAttemptSchedule } from '../db/look-ups.ts';
import type { Attempt } from '../domain/attempt.ts';
import { admit, type Circuit, type CircuitRules, CLOSED, hear } from '../domain/circuit.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { isOnlyTold, type Provider, type ProviderContext } from '../providers/provider.ts';

const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
/** What was put off must not come back all at once. */
const SPREAD_MS = 1_000;

type Question = 'start' | 'cancel' | 'capture' | 'refund' | 'look_up';

/** Refuses, before anything is written, what could only run into silence. `begun`: an earlier request has asked. */
export function refuseWhileSilent(
  context: Context,
  provider: Provider,
  provider_context: ProviderContext,
  question: Exclude<Question, 'look_up'>,
  intent: Pick<PaymentIntent, 'id' | 'status' | 'outcome'>,
  begun = false,
): void {
  const again_at_ms = findPause(context, provider, provider_context, question);
  if (again_at_ms === null) return;
  const retry_after_seconds = Math.max(1, Math.ceil((again_at_ms - context.now()) / 1_000));
  const what = begun
    ? 'so it was not asked again. What was begun earlier is seen through as soon as it does.'
    : 'so nothing was begun.';
  throw new GatewayError(
    'provider_error',
    `${provider.name} does not answer at present, ${what} Try again in ${retry_after_seconds} seconds.`,
    {
      status: intent.status,
      payment_intent: intent.id,
      ...(begun
        ? intent.outcome && { outcome: intent.outcome }
        : { outcome: 'not_begun', constraint: 'provider_answers' }),
    },
    { retry_after_seconds },
  );
}

/** Until when a question has to wait, or null when it may be asked now; it may then be the probe. */
export function findPause(
  context: Context,
  provider: Provider,
  provider_context: ProviderContext,
  question: Question,
): number | null {
  if (context.circuits.size === 0) return null;
  // Nobody is asked, so there is nobody to wait for.
  if (isOnlyTold(provider) && question !== 'start') return null;
  const key = keyOf(provider, provider_context);
  const before = context.circuits.get(key);
  if (before === undefined || before.state === 'closed') return null;
  const admission = admit(before, context.now(), rulesOf(context));
  if (admission.may_ask) {
    context.circuits.set(key, admission.circuit);
    context.log.info({ provider: provider.name, question }, 'a silent provider is probed');
    return null;
  }
  context.metrics.circuit_refusals.inc({ provider: provider.name, question });
  return admission.again_at_ms;
}

/** A look-up that is not sent is no check: it comes again at the time of the next probe. */
export async function putOffLookUp(context: Context, attempt: Attempt, again_at_ms: number): Promise<void> {
  const next_check_at = putOffUntil(context, again_at_ms);
  await updateAttemptSchedule(context.db, attempt, { ...attempt, next_check_at }, next_check_at);
}

export function putOffUntil(context: Context, again_at_ms: number): string {
  return instant(context, again_at_ms - context.now() + Math.round(SPREAD_MS * context.random()));
}

/** What came of a question that was sent. Costs nothing as long as the provider answers. */
export function hearOutcome(
  context: Context,
  provider: Provider,
  provider_context: ProviderContext,
  asked: { subject: string; asked_at_ms: number },
  result: { kind: string; reason?: string; code?: string },
): void {
  const kind = isSilence(result) ? 'failed' : 'answered';
  if (kind === 'answered' && context.circuits.size === 0) return;
  const key = keyOf(provider, provider_context);
  const before = context.circuits.get(key) ?? CLOSED;
  const after = hear(before, { kind, ...asked }, context.now(), rulesOf(context));
  if (after === before) return;
  context.circuits.set(key, after);
  report(context, provider, before, after);
}

function report(context: Context, { name }: Provider, before: Circuit, after: Circuit): void {
  if (after.state === 'open') {
    const facts = { provider: name, pause_ms: after.pause_ms };
    if (before.state === 'closed') {
      context.metrics.circuits_open.inc({ provider: name });
      context.log.warn(facts, 'a provider does not answer: nothing more is begun there until it does');
    } else context.log.info(facts, 'a provider still does not answer');
  } else if (after.state === 'closed' && before.state !== 'closed') {
    context.metrics.circuits_open.dec({ provider: name });
    context.log.info({ provider: name }, 'a provider answers again');
  }
}

/**
 * Only what says that nobody is there: not a no, a limit, or an answer that we do not understand. A question that
 * could not leave us comes as a refusal by the reason, because then nothing was begun.
 */
function isSilence({ kind, reason, code }: { kind: string; reason?: string; code?: string }): boolean {
  if (kind === 'unknown') {
    return reason === 'timeout' || reason === 'connection_failed' || reason === 'server_error';
  }
  const was_unsent = code === 'provider_timeout' || code === 'provider_connection_failed';
  return kind === 'ended_unpaid' && reason === 'refused' && was_unsent;
}

/** Another server of the same provider, as the operator's or a sandbox's `base_url` names it, has its own circuit. */
function keyOf({ name }: Provider, { livemode, credentials }: ProviderContext): string {
  const base_url = (credentials as { base_url?: unknown } | null)?.base_url;
  return `${name} ${livemode ? 'live' : 'test'} ${typeof base_url === 'string' ? base_url : ''}`;
}

function rulesOf({ config }: Context): CircuitRules {
  return {
    failures: config.provider_circuit_failures,
    window_ms: WINDOW_MS,
    first_pause_ms: FIRST_PAUSE_MS,
    longest_pause_ms: LONGEST_PAUSE_MS,
    // Longer than the question itself may take.
    probe_ms: config.provider_deadline_ms + FIRST_PAUSE_MS,
  };
}

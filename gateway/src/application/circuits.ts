// Holds back questions that would only wait for a provider that does not answer: they are refused before anything
// is written, and look-ups are put off. One circuit for each server of a provider in each mode, and one for each account
// there, in the memory of this process alone: every process finds out for itself, and a new one begins by asking.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { updateAttemptSchedule } from '../db/look-ups.ts';
import type { Attempt } from '../domain/attempt.ts';
import { admit, type Circuit, type CircuitRules, CLOSED, hear } from '../domain/circuit.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { HttpAnswer } from '../outbound/http.ts';
import { isOnlyTold, type Provider, type ProviderContext } from '../providers/provider.ts';

const WINDOW_MS = 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 30_000;
/** What was put off must not come back all at once. */
const SPREAD_MS = 1_000;
/** Beyond this what is closed is forgotten: it then takes a few failures more to open. */
const MOST_KEPT = 1_000;

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
      // What was begun may be carried out yet, also where the intent itself is in no doubt: without an outcome this would
      // read as refused for good.
      ...(begun ? { outcome: 'unknown' } : { outcome: 'not_begun', constraint: 'provider_answers' }),
    },
    { retry_after_seconds },
  );
}

/**
 * Until when a question has to wait, or null when it may be asked now. That alone changes nothing: only a question that
 * is really sent is the probe.
 */
export function findPause(
  context: Context,
  provider: Provider,
  provider_context: ProviderContext,
  question: Question,
): number | null {
  if (context.circuits.size === 0) return null;
  // Nobody is asked, so there is nobody to wait for.
  if (isOnlyTold(provider) && question !== 'start') return null;
  const { places } = placesOf(context, provider, provider_context);
  const pauses = places.flatMap(({ key, rules }) => {
    const admission = admit(context.circuits.get(key) ?? CLOSED, context.now(), rules);
    return admission.may_ask ? [] : [admission.again_at_ms];
  });
  if (pauses.length === 0) return null;
  context.metrics.circuit_refusals.inc({ provider: provider.name, question });
  return Math.max(...pauses);
}

/** A look-up that is not sent is no check: it comes again at the time of the next probe. */
export async function putOffLookUp(context: Context, attempt: Attempt, again_at_ms: number): Promise<void> {
  const next_check_at = putOffUntil(context, again_at_ms);
  await updateAttemptSchedule(context.db, attempt, { ...attempt, next_check_at }, next_check_at);
}

export function putOffUntil(context: Context, again_at_ms: number): string {
  return instant(context, again_at_ms - context.now() + Math.round(SPREAD_MS * context.random()));
}

/**
 * To be asked through, and told the result of. What counts is what came over the wire: an adapter may call a clear
 * answer unknown, and a question that never left us by a name of its own.
 */
export function watchQuestion(
  context: Context,
  provider: Provider,
  provider_context: ProviderContext,
  { subject, operation }: { subject: string; operation: string },
): { provider_context: ProviderContext; hear(result: Result): void } {
  const asked_at_ms = context.now();
  const { account, places } = placesOf(context, provider, provider_context);
  for (const { key, rules } of places) {
    const circuit = context.circuits.get(key) ?? CLOSED;
    const admission = circuit.state === 'closed' ? null : admit(circuit, asked_at_ms, rules);
    if (!admission?.may_ask) continue;
    context.circuits.set(key, admission.circuit);
    context.log.info({ provider: provider.name, operation }, 'a silent provider is probed');
  }
  const { http } = provider_context;
  let last: HttpAnswer | null = null;
  const request: typeof http.request = async (wanted) => {
    last = await http.request(wanted);
    return last;
  };
  return {
    provider_context: { ...provider_context, http: { ...http, request } },
    hear(result) {
      const kind = readAnswer(last, result);
      if (kind === null || (kind === 'answered' && context.circuits.size === 0)) return;
      for (const place of places) {
        const before = context.circuits.get(place.key) ?? CLOSED;
        const after = hear(before, { kind, subject, account, asked_at_ms }, context.now(), place.rules);
        if (after === before) continue;
        keep(context, place.key, after);
        report(context, provider, place.account, before, after);
      }
    },
  };
}

type Result = { kind: string; reason?: string; code?: string };

/**
 * Silence is what says that nobody is there: not a no, a limit, or an answer that we do not understand. Null: nobody was
 * asked, which is neither.
 */
function readAnswer(last: HttpAnswer | null, { kind, reason, code }: Result): 'answered' | 'failed' | null {
  if (last === null) return null;
  if (last.kind === 'failed') {
    if (last.reason === 'refused_address') return null;
    return last.reason === 'response_too_large' ? 'answered' : 'failed';
  }
  if (last.status < 500) return 'answered';
  // Some server errors are a clear no, such as maintenance.
  const is_fault = (kind === 'unknown' && reason === 'server_error') || code === 'provider_server_error';
  return is_fault ? 'failed' : 'answered';
}

function keep({ circuits }: Context, key: string, circuit: Circuit): void {
  circuits.set(key, circuit);
  if (circuits.size <= MOST_KEPT) return;
  for (const [other, { state }] of circuits) if (state === 'closed') circuits.delete(other);
}

/** `account`: null for the whole server. */
function report(
  context: Context,
  { name }: Provider,
  account: string | null,
  before: Circuit,
  after: Circuit,
): void {
  const facts = { provider: name, ...(account !== null && { account }) };
  if (after.state === 'open') {
    const { pause_ms } = after;
    if (before.state === 'closed') {
      context.metrics.circuits_open.inc({ provider: name });
      context.log.warn(
        { ...facts, pause_ms },
        'a provider does not answer: nothing more is begun there until it does',
      );
    } else context.log.info({ ...facts, pause_ms }, 'a provider still does not answer');
  } else if (after.state === 'closed' && before.state !== 'closed') {
    context.metrics.circuits_open.dec({ provider: name });
    context.log.info(facts, 'a provider answers again');
  }
}

/** Where a circuit stands: at a server, or at one `account` there. */
interface Place {
  key: string;
  account: string | null;
  rules: CircuitRules;
}

/**
 * The server, as the operator's or a sandbox's `base_url` names it, and the account there. One account whose every call
 * fails has its own circuit opened, and that of the server only together with another account.
 */
function placesOf(
  { config }: Context,
  provider: Provider,
  { livemode, credentials }: ProviderContext,
): { account: string; places: Place[] } {
  const base_url = (credentials as { base_url?: unknown } | null)?.base_url;
  const mode = livemode ? 'live' : 'test';
  const server = `${provider.name} ${mode} ${typeof base_url === 'string' ? base_url : ''}`;
  const account: string = credentials ? (provider.accountOf?.(credentials as never) ?? '') : '';
  const rules = {
    failures: config.provider_circuit_failures,
    window_ms: WINDOW_MS,
    first_pause_ms: FIRST_PAUSE_MS,
    longest_pause_ms: LONGEST_PAUSE_MS,
    // Longer than the question itself may take.
    probe_ms: config.provider_deadline_ms + FIRST_PAUSE_MS,
  };
  return {
    account,
    places: [
      { key: server, account: null, rules: { ...rules, accounts: 2 } },
      { key: `${server} ${account}`, account, rules: { ...rules, accounts: 1 } },
    ],
  };
}

// How an adapter is reached for one store: its settings, decrypted and completed, and the one function through
// which every question to a provider goes. Nothing is open in the database while a provider thinks.
import Schema from 'typebox/schema';
import type { Context } from '../context.ts';
import { findFormerCredentials } from '../db/former-processor-configs.ts';
import { listProcessorConfigs, type Place } from '../db/merchants.ts';
import { assertNoTransaction } from '../db/pool.ts';
import { type Attempt, isDisputed, isGivenUp } from '../domain/attempt.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { RefundResult } from '../domain/refund.ts';
import { open } from '../domain/secret-box.ts';
import {
  type AttemptFacts,
  isOnlyTold,
  type Provider,
  type ProviderContext,
  type RefundFacts,
} from '../providers/provider.ts';
import { startSpan } from '../tracing.ts';
import { watchQuestion } from './circuits.ts';

export type Access =
  | {
      ok: true;
      provider_context: ProviderContext;
      /** Whose settings they are: of a payment without a store, the one store that had any. */
      merchant_store_id: string | null;
      /** Their account at the provider; null where nobody is asked. */
      provider_account: string | null;
    }
  | { ok: false; reason: string };

/**
 * An inactive configuration stops new confirms, but payments that are open go on, with the settings of the store
 * that their attempt began with, for the account that it began with: another store or account that is set up
 * meanwhile does not make it doubtful whom to ask.
 */
export async function findProviderAccess(
  context: Context,
  provider: Provider,
  place: Place & { organization_id: string; livemode: boolean; provider_account?: string | null },
  use: 'new_confirm' | 'open_attempt',
): Promise<Access> {
  const base = {
    http: context.http,
    memory: context.peer_memory,
    now: context.now,
    livemode: place.livemode,
    // Where money is real, nobody is sent to an address that may be good on this machine only.
    ...((context.config.is_base_url_given || !place.livemode) && { public_url: context.config.base_url }),
    deadline_ms: context.config.provider_deadline_ms,
  };
  if (provider.complete_credentials === null)
    return {
      ok: true,
      provider_context: { ...base, credentials: null },
      merchant_store_id: place.merchant_store_id,
      provider_account: null,
    };

  const { organization_id, livemode } = place;
  const list = (only_active: boolean) =>
    listProcessorConfigs(context.db, organization_id, livemode, place, provider.name, { only_active });
  const configs = await list(use === 'new_confirm');
  const [config] = configs;
  if (config === undefined) {
    const is_off = use === 'new_confirm' && (await list(false)).length > 0;
    const reason = is_off ? 'is switched off' : 'is not configured';
    return { ok: false, reason: `${provider.name} ${reason} for this store.` };
  }
  if (configs.length > 1) {
    const reason = `Several stores of the merchant use ${provider.name}: give merchant_store_id when creating.`;
    return { ok: false, reason };
  }
  const { merchant_store_id } = config;
  const where = credentialsContext(place, merchant_store_id, provider.name);
  let credentials = openCredentials(context, provider, livemode, config.credentials_sealed, where);
  const account = place.provider_account ?? null;
  if (account !== null && provider.accountOf?.(credentials) !== account) {
    const at = { merchant_store_id, provider: provider.name };
    const former = await findFormerCredentials(context.db, place, at, account);
    if (former === null) {
      const reason = `The settings of the account at ${provider.name} that this payment began with are not there.`;
      return { ok: false, reason };
    }
    const former_where = formerCredentialsContext(place, at, account);
    credentials = openCredentials(context, provider, livemode, former, former_where);
  }
  if (!Schema.Check(provider.complete_credentials, credentials)) {
    return { ok: false, reason: `The credentials of ${provider.name} for this store are incomplete.` };
  }
  const provider_account = provider.accountOf?.(credentials) ?? null;
  return { ok: true, provider_context: { ...base, credentials }, merchant_store_id, provider_account };
}

/** As the store synced them, over the gateway's defaults. */
function openCredentials(
  context: Context,
  provider: Provider,
  livemode: boolean,
  sealed: Buffer,
  where: string,
): object {
  const synced = JSON.parse(open(context.opening_keys, sealed, where).toString('utf8')) as object;
  return { ...providerDefaults(context, provider, livemode, synced), ...synced };
}

/** Where a store's credentials belong: sealed for one place, they do not open in another. */
export function credentialsContext(
  { organization_id, livemode }: { organization_id: string; livemode: boolean },
  store_id: string,
  provider: string,
): string {
  const mode = livemode ? 'live' : 'test';
  return `payment_processor_configs.credentials:${organization_id}:${mode}:${store_id}:${provider}`;
}

/** The same for credentials that a store had before, for another account. */
export function formerCredentialsContext(
  { organization_id, livemode }: { organization_id: string; livemode: boolean },
  { merchant_store_id, provider }: { merchant_store_id: string; provider: string },
  account: string,
): string {
  const mode = livemode ? 'live' : 'test';
  const place = `${organization_id}:${mode}:${merchant_store_id}:${provider}:${account}`;
  return `former_processor_configs.credentials:${place}`;
}

/** A test payment whose store has no credentials of its own goes to the simulator. */
function providerDefaults(context: Context, provider: Provider, livemode: boolean, synced: object): object {
  const { simulator_url, provider_defaults, provider_test_defaults } = context.config;
  if (livemode) return provider_defaults[provider.name] ?? {};
  const at_sandbox = provider_test_defaults[provider.name] ?? {};
  if (simulator_url === null) return at_sandbox;
  const at_simulator = provider.simulatorCredentials?.(`${simulator_url}/${provider.name.toLowerCase()}`);
  // One of its own means an account of its own: with half of the simulator's it would be nobody's.
  const has_own = Object.keys(at_simulator ?? {}).some((name) => name in synced);
  return has_own ? at_sandbox : (at_simulator ?? {});
}

/** What the adapter may know of an attempt. */
export function attemptFacts(
  intent: PaymentIntent,
  attempt: Attempt,
  customer_code: string | null = null,
  asked_before = false,
): AttemptFacts {
  return {
    id: attempt.id,
    payment_intent_id: intent.id,
    payment_method_type: attempt.payment_method_type,
    provider: attempt.provider,
    amount: attempt.amount,
    currency: attempt.currency,
    authorize_only: attempt.authorize_only,
    merchant_id: intent.merchant_id,
    merchant_store_id: intent.merchant_store_id,
    merchant_terminal_id: intent.merchant_terminal_id,
    description: intent.description,
    external_ref_id: attempt.external_ref_id,
    customer_code,
    return_url: attempt.return_url,
    created_at: attempt.created_at,
    provider_payment_id: attempt.provider_payment_id,
    provider_code_id: attempt.provider_code_id,
    action_expires_at: attempt.action?.expires_at ?? null,
    asked_before,
    cancel_requested_at: attempt.cancel_requested_at,
    given_up: isGivenUp(attempt),
    is_disputed: isDisputed(attempt),
    known_since: attempt.status === 'asked' || attempt.status === 'unknown' ? null : attempt.updated_at,
    is_paid: attempt.status === 'paid',
    is_held: attempt.status === 'authorized',
    capture_amount: attempt.capture_amount,
  };
}

/** Ask. An adapter that breaks has perhaps been heard all the same, so that, too, is an unknown outcome. */
export async function askProvider(
  context: Context,
  provider: Provider,
  operation: 'start' | 'lookUp' | 'cancel' | 'capture',
  facts: AttemptFacts,
  provider_context: ProviderContext,
): Promise<ProviderResult> {
  if (operation === 'capture') return askForCapture(context, provider, facts, provider_context);
  const ask = provider[operation];
  if (ask === undefined) throw new Error(`${provider.name} has no ${operation}`);
  return heardOut(context, provider, operation, facts, provider_context, (own) => ask(facts, own));
}

/** Every asking has an id of its own, as PayPay wants it: an id whose answer was lost is not used again. */
async function askForCapture(
  context: Context,
  provider: Provider,
  facts: AttemptFacts,
  provider_context: ProviderContext,
): Promise<ProviderResult> {
  const { capture } = provider;
  const amount = facts.capture_amount;
  if (capture === undefined || amount === null) throw new Error(`${provider.name} has nothing to capture`);
  const id = context.makeId('ca');
  const ask = (own: ProviderContext) => capture(facts, { id, amount }, own);
  return heardOut(context, provider, 'capture', facts, provider_context, ask, { capture: id });
}

/** The same for a refund: ask for it, or ask what became of it. */
export async function askAboutRefund(
  context: Context,
  provider: Provider,
  operation: 'refund' | 'lookUpRefund',
  facts: AttemptFacts,
  refund: RefundFacts,
  provider_context: ProviderContext,
): Promise<RefundResult> {
  const ask = provider[operation];
  if (ask === undefined) throw new Error(`${provider.name} has no ${operation}`);
  const askForRefund = (own: ProviderContext) => ask(facts, refund, own);
  return heardOut(context, provider, operation, facts, provider_context, askForRefund, { refund: refund.id });
}

async function heardOut<Result extends { kind: string }>(
  context: Context,
  provider: Provider,
  operation: string,
  facts: AttemptFacts,
  provider_context: ProviderContext,
  ask: (own: ProviderContext) => Promise<Result>,
  also: Record<string, string> = {},
): Promise<Result | BrokenAdapter> {
  assertNoTransaction();
  const span = startSpan(context, `provider ${provider.name} ${operation}`, {
    provider: provider.name,
    operation,
  });
  const started = performance.now();
  // Who was not asked has not answered either.
  const is_asked = operation === 'start' || !isOnlyTold(provider);
  const asked = { subject: facts.id, operation };
  const watched = is_asked ? watchQuestion(context, provider, provider_context, asked) : null;
  let result: Result | BrokenAdapter;
  try {
    result = await ask(watched?.provider_context ?? provider_context);
  } catch (error) {
    context.log.error(
      { err: error, attempt: facts.id, ...also, provider: provider.name, operation },
      'adapter failed',
    );
    result = {
      kind: 'unknown',
      reason: 'unreadable_answer',
      message: `The ${provider.name} adapter failed.`,
    };
  }
  watched?.hear(result);
  const labels = { provider: provider.name, operation, result: result.kind };
  const duration_ms = performance.now() - started;
  if (context.timing !== undefined) context.timing.provider_ms += duration_ms;
  span?.end({ result: result.kind, attempt: facts.id });
  context.metrics.provider_calls.observe(labels, duration_ms / 1_000);
  context.log.info(
    {
      attempt: facts.id,
      payment_intent: facts.payment_intent_id,
      ...also,
      ...labels,
      news: newsText(result),
    },
    'provider asked',
  );
  return result;
}

type BrokenAdapter = { kind: 'unknown'; reason: 'unreadable_answer'; message: string };

function newsText(result: { kind: string; message?: string }): string | undefined {
  return result.message;
}

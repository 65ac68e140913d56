// Confirm: a payment is begun. The attempt is written first, then the provider is asked, then its answer is
// written; a crash between the two leaves a row that says what to look up. Cash and terminal payments, which
// have happened already, need one write only.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import type { Organization } from '../db/merchants.ts';
import { findAttempt, findPaymentIntent } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import {
  isFinal,
  movePaymentIntent,
  type PaymentIntent,
  phaseOf,
  refusedMove,
} from '../domain/payment-intent.ts';
import { isLeftBy, type TerminalReport } from '../domain/terminal-report.ts';
import type { Provider, ProviderContext } from '../providers/provider.ts';
import { makeAttempt } from './attempts.ts';
import { admit, type Caller, invalidToken } from './callers.ts';
import { refuseWhileSilent } from './circuits.ts';
import { confirmAnswer, keepsAnswer, notBegun } from './confirm-answers.ts';
import {
  type ConfirmRequest,
  checkMethod,
  checkReturnUrl,
  expired,
  getProvider,
  notSupported,
} from './confirm-rules.ts';
import { type CustomerCode, readCustomerCode, refuseUsedCode } from './customer-codes.ts';
import { type Answer, claim, completeMark, type Mark } from './idempotency.ts';
import { isLateReport, refuseLateReport } from './late-reports.ts';
import { askProvider, attemptFacts, findProviderAccess } from './provider-access.ts';
import { applyProviderResult, carryOut } from './provider-results.ts';
import { readTerminalReport, recordPayment } from './recorded-payments.ts';

/** Longer than the provider's deadline: only after that is an unanswered attempt looked up by the resolver. */
const ASK_LEASE_MS = 30_000;

/** A token that has confirmed can go on reading for so long after the end: a till must see how it ended. */
const TOKEN_GRACE_MS = 15 * 60_000;

export async function confirmPaymentIntent(
  context: Context,
  organizations: { get(id: string): Promise<Organization> },
  caller: Caller,
  id: string,
  given: ConfirmRequest,
  mark: Mark,
): Promise<Answer> {
  for (;;) {
    const intent = admit(context, caller, await findPaymentIntent(context.db, id));
    mark.organization_id = intent.organization_id;
    const code = readCustomerCode(context, intent, given);
    const request = code === null ? given : { ...given, provider: code.provider };
    const provider = getProvider(intent, request);
    const report = readTerminalReport(provider, request);
    checkReturnUrl(intent, request);
    const earlier = await findSameConfirm(context, caller, intent, request, { provider, report, code }, mark);
    if (earlier !== null) {
      // The two were read one after the other: only where the intent has not moved meanwhile do they fit together.
      if ((await findPaymentIntent(context.db, id))?.version !== intent.version) continue;
      return repeat(context, intent, earlier, provider, mark, code);
    }
    const is_late = isLateReport(context, intent, report);
    if (!is_late) {
      if (phaseOf(intent) !== 'requires_payment_method') throw refusedMove(intent, 'confirmed');
      if (instant(context) >= intent.expires_at) throw expired(intent);
    }
    await checkMethod(organizations, caller, intent, request);
    const attempt = makeAttempt(context, intent, provider, {
      payment_method_type: request.payment_method_type,
      provider: request.provider ?? provider.name,
      authorize_only: intent.capture_method === 'manual',
      external_ref_id: request.external_ref_id ?? null,
      return_url: request.return_url ?? null,
      customer_code_hash: code?.hash ?? null,
      customer_code_masked: code?.masked ?? null,
      next_check_at: instant(context, ASK_LEASE_MS),
    });
    if (is_late) {
      await refuseLateReport(context, caller, intent, attempt, { provider, report }, mark);
      continue;
    }
    const next = tokenUsed(context, caller, intent, attempt);

    if (provider.record !== undefined) {
      const say = (changed: PaymentIntent, tried: Attempt) => confirmAnswer(context, changed, tried);
      const told = { provider, report };
      const answer = await recordPayment(context, intent, next, attempt, told, mark, say);
      if (answer !== null) return answer;
      continue;
    }
    const access = await findProviderAccess(context, provider, intent, 'new_confirm');
    if (!access.ok) throw notSupported(access.reason);
    refuseWhileSilent(context, provider, access.provider_context, 'start', intent);
    attempt.merchant_store_id = access.merchant_store_id;
    attempt.provider_account = access.provider_account;
    const asked = movePaymentIntent(next, 'ask_provider', attempt.created_at, {
      outcome: 'unknown',
      next_check_at: attempt.next_check_at,
      last_payment_error: null,
      attempt_id: attempt.id,
      provider: attempt.provider,
      processing_mode: attempt.processing_mode,
    });
    completeMark(context, mark, null);
    const written = await carryOut(context, intent, { intent: asked, attempt, mark }).catch((error) =>
      refuseUsedCode(error, intent),
    );
    if (!written) continue;
    return start(context, asked, attempt, provider, access.provider_context, mark, code);
  }
}

/** Ask the provider to begin and write down what it says. Also for the second asking after silence. */
async function start(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  provider: Provider,
  provider_context: ProviderContext,
  mark: Mark,
  code: CustomerCode | null,
  asked_before = false,
): Promise<Answer> {
  const facts = attemptFacts(intent, attempt, code?.code, asked_before);
  const result = await askProvider(context, provider, 'start', facts, provider_context);
  const after = await applyProviderResult(context, intent, attempt, result, {
    mark,
    answer: (changed, tried) => (keepsAnswer(changed, tried) ? confirmAnswer(context, changed, tried) : null),
  });
  if (keepsAnswer(after.intent, after.attempt)) return confirmAnswer(context, after.intent, after.attempt);
  throw notBegun(after.intent, after.attempt, result);
}

/** What a confirm says besides its plain fields, once it is understood. */
interface Asserted {
  provider: Provider;
  report: TerminalReport | undefined;
  code: CustomerCode | null;
}

function isSameCode(hash: Buffer | null, code: CustomerCode | null): boolean {
  return hash === null || code === null ? hash === code : hash.equals(code.hash);
}

/** The attempt of an earlier, identical confirm, or null when this one is the first. */
async function findSameConfirm(
  context: Context,
  caller: Caller,
  intent: PaymentIntent,
  request: ConfirmRequest,
  { provider, report, code }: Asserted,
  mark: Mark,
): Promise<Attempt | null> {
  // Two tills may take the cash for one order. Without a token or a reference only the request's own key tells
  // a repetition from the second time.
  const tellable = caller.kind === 'token' || request.external_ref_id !== undefined || !mark.is_first;
  if (provider.record !== undefined && !tellable) return null;
  const attempt_id = caller.kind === 'token' ? intent.payment_token_attempt_id : intent.attempt_id;
  if (attempt_id === null) return null;
  const attempt = await findAttempt(context.db, attempt_id);
  const same =
    attempt !== null &&
    attempt.payment_method_type === request.payment_method_type &&
    attempt.adapter === provider.name &&
    attempt.provider === (request.provider ?? provider.name) &&
    attempt.external_ref_id === (request.external_ref_id ?? null) &&
    isSameCode(attempt.customer_code_hash, code) &&
    (report === undefined || isLeftBy(attempt, report.status));
  if (same) return attempt;
  // A token authorises one confirm. A backend's other confirm is refused by the table, with the status.
  const has_paid = attempt === null || attempt.status === 'paid' || attempt.status === 'authorized';
  if (caller.kind === 'token' && (has_paid || !isLateReport(context, intent, report))) throw invalidToken();
  return null;
}

/** The same confirm once more: the same answer, and where the provider was silent, the same question. */
async function repeat(
  context: Context,
  intent: PaymentIntent,
  attempt: Attempt,
  provider: Provider,
  mark: Mark,
  code: CustomerCode | null,
): Promise<Answer> {
  // There is nobody to be asked again.
  if (provider.record !== undefined) return confirmAnswer(context, intent, attempt);
  const live = intent.attempt_id === attempt.id && !isFinal(intent.status);
  if (live && answerIsMissing(context, attempt)) {
    if (attempt.cancel_requested_at !== null) throw refusedMove(intent, 'confirmed: it is being cancelled');
    const access = await findProviderAccess(context, provider, attempt, 'open_attempt');
    if (!access.ok) throw notSupported(access.reason);
    refuseWhileSilent(context, provider, access.provider_context, 'start', intent, true);
    // No change carries this request's mark before the provider is asked, so it is left by itself: a repetition,
    // or another body under the key, is refused before the provider hears of it.
    await claim(context, mark);
    // What the provider did not know before this asking proves nothing about it.
    const again = { ...attempt, not_found_count: 0 };
    return start(context, intent, again, provider, access.provider_context, mark, code, true);
  }
  if (attempt.status === 'asked') {
    throw new GatewayError(
      'invalid_payment_state',
      'The same confirm is running. Try again in a moment.',
      { status: intent.status },
      { retry_after_seconds: 1 },
    );
  }
  return confirmAnswer(context, intent, attempt);
}

/** Silence, a process that died while it asked, or a code that the look-up found but could not bring. */
function answerIsMissing(context: Context, attempt: Attempt): boolean {
  if (attempt.status === 'asked') return instant(context) >= (attempt.next_check_at ?? '');
  return attempt.status === 'unknown' || (attempt.status === 'waiting' && attempt.action === null);
}

/** The confirm uses the token up; it can still read and cancel until the attempt is over, and some time more. */
function tokenUsed(context: Context, caller: Caller, intent: PaymentIntent, attempt: Attempt): PaymentIntent {
  if (caller.kind !== 'token') return intent;
  return {
    ...intent,
    payment_token_attempt_id: attempt.id,
    payment_token_expires_at: new Date(
      Math.max(context.now(), Date.parse(intent.expires_at)) + TOKEN_GRACE_MS,
    ).toISOString(),
  };
}

// News of a provider that cannot be asked. They are believed under the secret of the very attempt that they name, go
// through the gate like any answer, and are written down before they are acknowledged: what is lost here nobody tells
// again.
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { findAttempt } from '../db/payment-intents.ts';
import { insertSignedNews } from '../db/signed-news.ts';
import { type Attempt, isEnded } from '../domain/attempt.ts';
import { isAnotherPayment } from '../domain/decision.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { Notification, NotificationRequest, Provider } from '../providers/provider.ts';
import { findProviderAccess } from './provider-access.ts';
import { applyProviderResult, reload } from './provider-results.ts';

export interface ToldPayment {
  intent: PaymentIntent;
  attempt: Attempt;
  /** What the news said, whether or not it changed anything. */
  told: ProviderResult['kind'];
}

/**
 * The payment as it is after the news. Repetitions change nothing. `refused`: they are not the provider's;
 * `not_provable`: the settings that would tell are not there. They can come back: the news are to be told again then.
 */
export async function receiveSignedNews(
  context: Context,
  provider: Provider,
  request: NotificationRequest,
): Promise<ToldPayment | 'refused' | 'not_provable'> {
  const refuse = (reason: string) => {
    context.log.warn({ provider: provider.name, reason }, 'notification refused');
    return 'refused' as const;
  };
  const named = provider.readNotification?.(request, null);
  if (named === undefined || !named.ok) return refuse(named?.reason ?? 'unreadable');
  const { attempt_id } = named.notification;
  const found = attempt_id === null ? null : await findAttempt(context.db, attempt_id);
  if (found === null || found.adapter !== provider.name) return refuse('unknown_payment');
  const access = await findProviderAccess(context, provider, found, 'open_attempt');
  const secret = access.ok
    ? provider.secretOfNews?.(access.provider_context.credentials as never)
    : undefined;
  if (secret === undefined) {
    const facts = {
      attempt: found.id,
      provider: provider.name,
      reason: access.ok ? undefined : access.reason,
    };
    context.log.error(facts, 'the settings that prove a notification are not there');
    return 'not_provable';
  }
  const read = provider.readNotification?.(request, secret);
  if (read === undefined || !read.ok) return refuse(read?.reason ?? 'unreadable');
  const { result } = read.notification;
  if (result === undefined) return refuse('no_result');
  await keepNews(context, found, read.notification, result);
  const [intent, attempt] = await reload(context, { id: found.payment_intent_id }, found);
  const after = await applyProviderResult(context, intent, attempt, result);
  reportUnwritten(context, after.attempt, result);
  context.log.info({ attempt: attempt.id, provider: provider.name, result: result.kind }, 'provider told');
  return { ...after, told: result.kind };
}

/** What was proven, whatever becomes of it here: the day's books are held against it (news-settlements.ts). */
async function keepNews(
  context: Context,
  attempt: Attempt,
  { dedupe_key, provider_payment_id }: Notification,
  told: ProviderResult,
): Promise<void> {
  const stated = told.kind === 'paid' && (told.stated?.amount ?? -1) >= 0 ? told.stated : undefined;
  await insertSignedNews(context.db, {
    attempt_id: attempt.id,
    dedupe_key,
    organization_id: attempt.organization_id,
    livemode: attempt.livemode,
    merchant_id: attempt.merchant_id,
    payment_intent_id: attempt.payment_intent_id,
    provider: attempt.adapter,
    result: told.kind,
    amount: stated?.amount ?? null,
    currency: stated?.currency ?? null,
    provider_payment_id,
    received_at: instant(context),
  });
}

/** Of an attempt that has ended nothing shows that Plutu says more of it: it has to be looked at there. */
function reportUnwritten(context: Context, after: Attempt, told: ProviderResult): void {
  const facts = { attempt: after.id, provider: after.provider };
  if (isAnotherPayment(after, told)) {
    context.log.error(facts, 'the provider tells of a second payment under one number; a person must look');
  } else if (isEnded(after) && after.status !== 'paid' && told.kind !== 'ended_unpaid') {
    context.log.error(
      facts,
      'the provider tells what cannot be believed of an ended payment; a person must look',
    );
  }
}

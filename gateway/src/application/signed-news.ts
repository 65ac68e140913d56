// News of a provider that cannot be asked. They are believed under the secret of the very attempt that they name, go
// through the gate like any answer, and are written down before they are acknowledged: what is lost here nobody tells
// again.
import type { Context } from '../context.ts';
import { findAttempt } from '../db/payment-intents.ts';
import type { Attempt } from '../domain/attempt.ts';
import { GatewayError } from '../domain/error.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/provider-result.ts';
import type { NotificationRequest, Provider } from '../providers/provider.ts';
import { findProviderAccess } from './provider-access.ts';
import { applyProviderResult, reload } from './provider-results.ts';

export interface ToldPayment {
  intent: PaymentIntent;
  attempt: Attempt;
  /** What the news said, whether or not it changed anything. */
  told: ProviderResult['kind'];
}

/** The payment as it is after the news, or null when they are not the provider's. Repetitions change nothing. */
export async function receiveSignedNews(
  context: Context,
  provider: Provider,
  request: NotificationRequest,
): Promise<ToldPayment | null> {
  const refuse = (reason: string) => {
    context.log.warn({ provider: provider.name, reason }, 'notification refused');
    return null;
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
  if (secret === undefined) throw notProvableNow(context, provider, found, access);
  const read = provider.readNotification?.(request, secret);
  if (read === undefined || !read.ok) return refuse(read?.reason ?? 'unreadable');
  const { result } = read.notification;
  if (result === undefined) return refuse('no_result');
  const [intent, attempt] = await reload(context, { id: found.payment_intent_id }, found);
  const after = await applyProviderResult(context, intent, attempt, result);
  context.log.info({ attempt: attempt.id, provider: provider.name, result: result.kind }, 'provider told');
  return { ...after, told: result.kind };
}

/** Settings can come back. Until they do, whoever tells the news is asked to tell them again. */
function notProvableNow(
  context: Context,
  provider: Provider,
  attempt: Attempt,
  access: { ok: boolean; reason?: string },
): GatewayError {
  context.log.error(
    { attempt: attempt.id, provider: provider.name, reason: access.reason },
    'the settings that prove a notification are not there',
  );
  return new GatewayError(
    'unavailable',
    'This notification cannot be checked at present. Send it again later.',
    {},
    { retry_after_seconds: 60 },
  );
}

// The inbox. A provider's call is kept and answered; afterwards the payment it names is looked up. Forged,
// repeated, late or out of order: all that a notification can do is make us ask.
import ipaddr from 'ipaddr.js';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import {
  claimDueNotifications,
  findAttemptForNotification,
  insertNotification,
  type StoredNotification,
  updateNotification,
} from '../db/notifications.ts';
import type { NotificationRequest, Provider } from '../providers/provider.ts';
import { lookUpAttempt } from './look-ups.ts';

const NOTIFICATION_LEASE_MS = 60_000;
const MAX_TRIES = 10;

/** Check and keep a notification. Repetitions of the same news are kept once. */
export async function receiveNotification(
  context: Context,
  provider: Provider,
  request: NotificationRequest,
): Promise<'stored' | 'refused' | 'unreadable'> {
  const rule = context.config.notifications[provider.name] ?? { secret: null, sources: [] };
  if (rule.sources.length > 0 && !isFrom(rule.sources, request.remote_address)) {
    context.log.warn(
      { provider: provider.name, address: request.remote_address },
      'notification from elsewhere',
    );
    return 'refused';
  }
  const read = provider.readNotification?.(request, rule.secret);
  if (read === undefined || !read.ok) {
    context.log.warn({ provider: provider.name, reason: read?.reason }, 'notification refused');
    return read?.reason === 'bad_signature' ? 'refused' : 'unreadable';
  }
  await insertNotification(context.db, {
    id: context.makeId('pn'),
    provider: provider.name,
    ...read.notification,
    body: request.body,
    received_at: instant(context),
  });
  context.wakeWorker?.('notifications');
  return 'stored';
}

/** Look up what the stored notifications name. Returns how many were worked on. */
export async function workOffNotifications(context: Context, limit: number): Promise<number> {
  const lease = instant(context, NOTIFICATION_LEASE_MS);
  const notifications = await claimDueNotifications(context.db, instant(context), lease, limit);
  await Promise.all(notifications.map((notification) => workOff(context, notification)));
  return notifications.length;
}

async function workOff(context: Context, notification: StoredNotification): Promise<void> {
  try {
    const attempt = await findAttemptForNotification(context.db, notification);
    // Live payments are only asked about on the word of somebody who proved to be the provider; polling finds
    // the truth all the same, a little later.
    const believed = attempt !== null && (!attempt.livemode || isProvable(context, notification.provider));
    if (believed) await lookUpAttempt(context, attempt);
    const result = attempt === null ? 'unknown_payment' : believed ? 'looked_up' : 'not_provable';
    if (attempt === null) {
      context.log.warn(
        { notification: notification.id, provider: notification.provider },
        'unknown payment notified',
      );
    }
    await updateNotification(context.db, notification.id, result);
  } catch (error) {
    // Its lease brings it back; polling goes on regardless, so giving up after many tries loses nothing.
    context.log.error({ err: error, notification: notification.id }, 'notification not worked off');
    if (notification.attempts_made >= MAX_TRIES)
      await updateNotification(context.db, notification.id, 'given_up');
  }
}

/** Whether a secret or a list of sources lets us tell the provider from others. */
function isProvable(context: Context, provider: string): boolean {
  const rule = context.config.notifications[provider];
  return rule !== undefined && (rule.secret !== null || rule.sources.length > 0);
}

function isFrom(sources: string[], address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const from = ipaddr.process(address);
  return sources.some((source) => {
    const range = source.includes('/') ? source : `${source}/${source.includes(':') ? 128 : 32}`;
    if (!ipaddr.isValidCIDR(range)) return false;
    const [network, bits] = ipaddr.parseCIDR(range);
    return network.kind() === from.kind() && from.match(network, bits);
  });
}

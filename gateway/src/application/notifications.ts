// The inbox. A provider's call is kept and answered; afterwards the payment it names is due to be looked up.
// Forged, repeated, late or out of order: all that a notification can do is make us ask, within the merchant's
// budget of look-ups.
import type { Config } from '../config.ts';
import type { Context } from '../context.ts';
import { instant } from '../context.ts';
import { pause } from '../db/lost-answers.ts';
import {
  deleteOldNotifications,
  insertNotification,
  type NewNotification,
  workOffNotifications,
} from '../db/notifications.ts';
import { GatewayError } from '../domain/error.ts';
import { isWithin } from '../outbound/address-guard.ts';
import type { NotificationRequest, Provider } from '../providers/provider.ts';
import type { NotificationInbox } from './notification-inbox.ts';

/** So long what a provider sent can be read in the table; the same news later would only make us ask again. */
const NOTIFICATION_LIFE_MS = 7 * 24 * 3_600_000;
/** Each of them waits for the database as long as any statement does. */
const MOST_TRIES = 3;
/** Nothing reads a body but people. One that anybody may have sent is not worth more of the disk. */
const UNPROVEN_BODY_BYTES = 1_024;

/** What an operator needs to see why a caller is taken for somebody else; it decides nothing. */
export interface Caller {
  socket_address: string | undefined;
  forwarded_for: string | string[] | undefined;
}

/**
 * Check and keep a notification. Repetitions of the same news are kept once. `waiting`: it is to be answered, and is
 * stored as soon as the database lets it.
 */
export async function receiveNotification(
  context: Context,
  inbox: NotificationInbox,
  provider: Provider,
  request: NotificationRequest,
  caller: Caller,
): Promise<'stored' | 'waiting' | 'full' | 'refused' | 'unreadable'> {
  const from = { provider: provider.name, address: request.remote_address, ...caller };
  const rule = context.config.notifications[provider.name] ?? { secret: null, sources: [] };
  if (rule.sources.length > 0 && !isWithin(rule.sources, request.remote_address)) {
    context.log.warn(from, 'notification from elsewhere');
    return 'refused';
  }
  const read = provider.readNotification?.(request, rule.secret);
  if (read === undefined || !read.ok) {
    context.log.warn({ ...from, reason: read?.reason }, 'notification refused');
    return read?.reason === 'bad_signature' ? 'refused' : 'unreadable';
  }
  const notification = {
    id: context.makeId('pn'),
    provider: provider.name,
    ...read.notification,
    body: isProvable(context.config, provider.name)
      ? request.body
      : request.body.subarray(0, UNPROVEN_BODY_BYTES),
    received_at: instant(context),
  };
  const write = async () => {
    await insertPatiently(context, notification);
    context.wakeWorker?.('notifications');
  };
  const outcome = await inbox.keep(write);
  if (outcome !== 'stored') {
    context.log.warn({ provider: provider.name, outcome }, 'the database is too slow for a notification');
  }
  return outcome;
}

/** It does nothing where it was done before, so it may be repeated although an answer was lost. */
async function insertPatiently(context: Context, notification: NewNotification): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await insertNotification(context.db, notification);
    } catch (error) {
      const may_pass = error instanceof GatewayError && error.name_in_table === 'unavailable';
      if (!may_pass || tries >= MOST_TRIES) throw error;
      await pause(tries);
    }
  }
}

/** Have looked up what the stored notifications name. Returns how many were worked off. */
export async function hastenNotifiedLookUps(context: Context, limit: number): Promise<number> {
  // Live payments are only asked about on the word of somebody who proved to be the provider; polling finds the
  // truth all the same, a little later.
  const provable = Object.keys(context.config.notifications).filter((name) =>
    isProvable(context.config, name),
  );
  const worked_off = await workOffNotifications(context.db, instant(context), limit, provable);
  for (const { id, provider, result } of worked_off) {
    if (result === 'unknown_payment')
      context.log.warn({ notification: id, provider }, 'unknown payment notified');
  }
  return worked_off.length;
}

export function purgeNotifications(context: Context, limit: number): Promise<number> {
  return deleteOldNotifications(context.db, instant(context, -NOTIFICATION_LIFE_MS), limit);
}

/** Whether a secret or a list of sources lets us tell the provider from others. */
export function isProvable(config: Pick<Config, 'notifications'>, provider: string): boolean {
  const rule = config.notifications[provider];
  return rule !== undefined && (rule.secret !== null || rule.sources.length > 0);
}

// How the simulator tells the merchant's server what became of a payment: PayPay's own body, its short patience and
// its few retries, and not a word while it is under maintenance. A cancel or a refund is never told, as with PayPay.
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { capturedAmount } from './simulator-authorizations.ts';
import type { NotificationRecord, PaypaySettings, SimulatedPayment } from './simulator-state.ts';

const RESPONSE_TIMEOUT_MS = 1_500;
/** Before each retry; after the last one it is given up for good. */
const PAUSES_MS = [100, 300, 500] as const;
const MOST_LOG_RECORDS = 50;

type NotificationState = Exclude<SimulatedPayment['status'], 'CREATED'>;

export interface Notifier {
  /** Tells how the payment stands, in the background; its own log tells how that went. */
  notify(payment: SimulatedPayment): void;
  /** Forgets what it holds back. */
  forget(): void;
  /** Gives up whatever is under way. */
  close(): Promise<void>;
}

export function createNotifier(options: {
  settings: PaypaySettings;
  now(): number;
  takeFault(fault: 'lose_notification' | 'duplicate_notification' | 'reorder_notifications'): boolean;
  isUnderMaintenance(): boolean;
  log(facts: Record<string, unknown>, message: string): void;
}): Notifier {
  const { settings, now } = options;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  /** Those that a later one is to overtake. */
  let held: (() => void)[] = [];

  function startRecord(
    payment: SimulatedPayment,
    state: NotificationState,
    outcome: NotificationRecord['outcome'],
  ): NotificationRecord {
    const at = new Date(now()).toISOString();
    const record: NotificationRecord = { state, at, outcome, tries: [] };
    payment.notifications.push(record);
    if (payment.notifications.length > MOST_LOG_RECORDS) payment.notifications.shift();
    return record;
  }

  async function tryOnce(url: string, body: string): Promise<string> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (settings.webhook_secret !== null) {
      headers['x-paypay-signature'] = createHmac('sha256', settings.webhook_secret)
        .update(body)
        .digest('hex');
    }
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(RESPONSE_TIMEOUT_MS)]);
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.body?.cancel();
      return String(answer.status);
    } catch (error) {
      return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no connection';
    }
  }

  async function deliver(record: NotificationRecord, id: string, url: string, body: string): Promise<void> {
    record.outcome = 'sending';
    for (let tries = 0; tries <= PAUSES_MS.length && !closing.signal.aborted; tries++) {
      const pause = PAUSES_MS[tries - 1];
      if (pause !== undefined) await wait(pause, undefined, { signal: closing.signal }).catch(() => {});
      const outcome = await tryOnce(url, body);
      record.tries.push(outcome);
      if (outcome === '200') break;
    }
    record.outcome = record.tries.at(-1) === '200' ? 'delivered' : 'failed';
    const { state, outcome, tries } = record;
    options.log({ merchantPaymentId: id, state, outcome, tries }, 'notification');
  }

  function start(delivery: () => Promise<void>): void {
    const running: Promise<void> = delivery().finally(() => underWay.delete(running));
    underWay.add(running);
  }

  return {
    notify(payment) {
      const state = stateToTell(payment);
      const url = settings.notification_url;
      if (options.takeFault('lose_notification')) return void startRecord(payment, state, 'lost');
      if (options.isUnderMaintenance()) return void startRecord(payment, state, 'maintenance');
      if (url === null) return void startRecord(payment, state, 'no_url');
      // What it tells is how the payment stands now, whenever it arrives.
      const body = JSON.stringify(
        settings.notification_body === 'document'
          ? makeDocumentBody(payment, state)
          : makeNotificationBody(payment, state),
      );
      const id = payment.request.merchantPaymentId;
      if (options.takeFault('reorder_notifications')) {
        const record = startRecord(payment, state, 'held');
        held.push(() => start(() => deliver(record, id, url, body)));
        return;
      }
      const copies = options.takeFault('duplicate_notification') ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const record = startRecord(payment, state, 'sending');
        start(async () => {
          await deliver(record, id, url, body);
          const overtaken = held;
          held = [];
          for (const send of overtaken) send();
        });
      }
    },
    forget() {
      held = [];
    },
    async close() {
      held = [];
      closing.abort();
      await Promise.allSettled([...underWay]);
    },
  };
}

/** A payment that was cancelled later is told as what it was before: of the cancel PayPay tells nobody. */
function stateToTell({ status, acceptedAtMs, hold }: SimulatedPayment): NotificationState {
  if (status === 'CREATED') throw new Error('PayPay notifies nobody of a code that is not paid');
  if (status !== 'FAILED' || acceptedAtMs === null) return status;
  return hold === null ? 'COMPLETED' : 'AUTHORIZED';
}

/**
 * PayPay writes the amount as text, gives no event id, keeps the body of a failure short, and leaves out our id when
 * it tells of an authorisation.
 */
function makeNotificationBody(payment: SimulatedPayment, state: NotificationState) {
  const { request } = payment;
  const told = {
    notification_type: 'Transaction',
    merchant_id: payment.merchantId,
    store_id: request.storeId ?? null,
    pos_id: request.terminalId ?? null,
    order_id: payment.paymentId,
    merchant_order_id: state === 'AUTHORIZED' ? '' : request.merchantPaymentId,
    order_amount: String(capturedAmount(payment) ?? request.amount.amount),
    state,
  };
  if (state === 'FAILED') return told;
  const accepted_at = payment.acceptedAtMs === null ? null : new Date(payment.acceptedAtMs).toISOString();
  const { hold } = payment;
  if (hold === null) return { ...told, authorized_at: null, expires_at: null, paid_at: accepted_at };
  const iso = (seconds: number | undefined) =>
    seconds === undefined ? null : new Date(seconds * 1_000).toISOString();
  return {
    ...told,
    authorized_at: accepted_at,
    expires_at: iso(hold.expiresAt),
    paid_at: iso(hold.captures.at(-1)?.acceptedAt),
  };
}

/** The body of the integration document, which a relay may make of PayPay's own. */
function makeDocumentBody(payment: SimulatedPayment, state: NotificationState) {
  const { request, paymentId, acceptedAtMs } = payment;
  return {
    merchantPaymentId: request.merchantPaymentId,
    paymentId,
    status: state,
    amount: { amount: capturedAmount(payment) ?? request.amount.amount, currency: request.amount.currency },
    ...(acceptedAtMs !== null && { timestamp: new Date(acceptedAtMs).toISOString() }),
  };
}

// How the simulator tells the merchant's server what became of a payment: PayPay's own body, its short patience and
// its few retries. A cancel or a refund is never told, as with PayPay.
import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { capturedAmount } from './simulator-authorizations.ts';
import type { NotificationRecord, PaypaySettings, SimulatedPayment } from './simulator-state.ts';

const RESPONSE_TIMEOUT_MS = 1_500;
const MOST_TRIES = 4;
const PAUSE_BETWEEN_TRIES_MS = 100;
const MOST_LOG_RECORDS = 50;

type NotificationState = Exclude<SimulatedPayment['status'], 'CREATED'>;

export interface Notifier {
  /** Tells how the payment stands, in the background; its own log tells how that went. */
  notify(payment: SimulatedPayment): void;
  /** Gives up whatever is under way. */
  close(): Promise<void>;
}

export function createNotifier(options: {
  settings: PaypaySettings;
  now(): number;
  takeFault(fault: 'lose_notification' | 'duplicate_notification'): boolean;
  log(facts: Record<string, unknown>, message: string): void;
}): Notifier {
  const { settings, now } = options;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  function startRecord(payment: SimulatedPayment, state: NotificationState): NotificationRecord {
    const at = new Date(now()).toISOString();
    const record: NotificationRecord = { state, at, outcome: 'sending', tries: [] };
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

  async function deliver(payment: SimulatedPayment, state: NotificationState, url: string): Promise<void> {
    const record = startRecord(payment, state);
    const body = JSON.stringify(makeNotificationBody(payment, state));
    while (record.tries.length < MOST_TRIES && !closing.signal.aborted) {
      if (record.tries.length > 0) {
        await wait(PAUSE_BETWEEN_TRIES_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
      const outcome = await tryOnce(url, body);
      record.tries.push(outcome);
      if (outcome === '200') break;
    }
    record.outcome = record.tries.at(-1) === '200' ? 'delivered' : 'failed';
    const { merchantPaymentId } = payment.request;
    options.log({ merchantPaymentId, state, outcome: record.outcome, tries: record.tries }, 'notification');
  }

  return {
    notify(payment) {
      const state = stateToTell(payment);
      if (options.takeFault('lose_notification')) {
        startRecord(payment, state).outcome = 'lost';
        return;
      }
      const url = settings.notification_url;
      if (url === null) {
        startRecord(payment, state).outcome = 'no_url';
        return;
      }
      const copies = options.takeFault('duplicate_notification') ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const delivery: Promise<void> = deliver(payment, state, url).finally(() => underWay.delete(delivery));
        underWay.add(delivery);
      }
    },
    async close() {
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

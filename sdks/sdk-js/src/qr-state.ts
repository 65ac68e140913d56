// What a rendered code is to show of a payment. Pure.
import type { Confirmation, PaymentIntent } from './payment-intent.ts';
import type { PaymentOutcome } from './payment-watch.ts';
import type { QRState } from './qr-words.ts';

/** `ms_left`: until the code runs out, by the gateway's clock; null when that is not known. */
export interface QRModel {
  state: QRState;
  content: string;
  provider: string;
  amount: number;
  currency: string;
  ms_left: number | null;
}

export interface Shown {
  intent: PaymentIntent | null;
  confirmation: Confirmation | null;
  outcome: PaymentOutcome | null;
  /** By the latest news. */
  status: string | null;
}

/** Null when there is no code to show. `now` is the gateway's time, if it has told it; `device_now` the device's. */
export function qrModelOf(shown: Shown, now: number | null, device_now: number): QRModel | null {
  const { confirmation } = shown;
  if (confirmation?.qr_content === undefined) return null;
  const { qr_content: content, provider, amount, currency, expires_at = '' } = confirmation;
  const ms_left = Date.parse(expires_at) - (now ?? plausible(shown.intent, device_now));
  const known = Number.isNaN(ms_left) ? null : ms_left;
  return { state: stateOf(shown), content, provider, amount, currency, ms_left: known };
}

function stateOf({ outcome, status }: Shown): QRState {
  if (outcome?.result === 'success') return 'paid';
  if (outcome?.result === 'failed') {
    const { reason } = outcome.data;
    if (reason === 'expired') return 'expired';
    return reason === 'cancelled' ? 'cancelled' : 'failed';
  }
  return status === 'requires_action' ? 'open' : 'checking';
}

/** The device's clock is believed only where it says a time at which the payment is open. */
function plausible(intent: PaymentIntent | null, now: number): number {
  const is_so =
    intent !== null && Date.parse(intent.created_at) <= now && now <= Date.parse(intent.expires_at);
  return is_so ? now : Number.NaN;
}

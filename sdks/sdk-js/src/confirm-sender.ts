// The seams of a confirm: how one is sent and what may become of it, how a card app is launched, and what a queue does
// that keeps confirms over reloads. Types only, so that the gateway client, the native bridge and the offline queue
// meet here and know nothing else of each other.
import type { MPACError } from './errors.ts';
import type { Confirmation, ConfirmFields } from './payment-intent.ts';

/**
 * One confirm with all that is needed to send it again, also after a reload: plain data that can be stored. It holds
 * the payment token, so it belongs in no log.
 */
export interface PendingConfirm {
  payment_intent: string;
  payment_token: string;
  /** Made once for this confirm and the same in every retry: the gateway does the work once. */
  idempotency_key: string;
  fields: ConfirmFields;
}

/**
 * What became of sending it, after the SDK's own short retries.
 * - `answered`: the gateway recorded it; `confirmation.status` says how it ended or goes on.
 * - `refused`: the gateway said no and would say it again. With `error.kind` `invalid_token` the token is too old or
 *   replaced: the same confirm can be sent with a fresh token from the backend.
 * - `no_answer`: it may have been done or not (no connection, time-out, 5xx, 429). Send it again with the same key.
 */
export type ConfirmResult =
  | { kind: 'answered'; confirmation: Confirmation }
  | { kind: 'refused'; error: MPACError }
  | { kind: 'no_answer'; error: MPACError };

/** Never throws, but when `signal` ends it, with the signal's reason. */
export type SendConfirm = (
  confirm: PendingConfirm,
  options?: { signal?: AbortSignal },
) => Promise<ConfirmResult>;

/** What keeps confirms of money that was already taken (cash, a terminal's approval) until the gateway has them. */
export interface ConfirmQueue {
  /**
   * The client gives the way to send, once, and may close and another client may attach later. Confirms that were left
   * behind by an earlier page are sent again from now on.
   */
  attach(send: SendConfirm): void;
  /**
   * Writes the confirm down durably, then sends it, and resolves with what became of this sending. After `no_answer`
   * the queue keeps it and goes on by itself; each later definite result is told to the listeners.
   */
  submit(confirm: PendingConfirm): Promise<ConfirmResult>;
  /** Hears `answered` and `refused` of confirms that were sent again; returns what ends the hearing. */
  onResult(listener: (confirm: PendingConfirm, result: ConfirmResult) => void): () => void;
  /** Stops timers and requests. What is not yet answered stays stored. */
  detach(): void;
}

/** What the card app is asked to take, in minor units of `currency`. `transaction_id` is the payment intent's id. */
export interface LaunchRequest {
  amount: number;
  currency: string;
  transaction_id: string;
}

/** What the card app reports. `cancelled` is the customer or staff leaving the app before a card was charged. */
export interface LaunchResult {
  status: 'success' | 'declined' | 'cancelled' | 'error';
  approval_code?: string;
  reason?: string;
  slip_number?: string;
  /** The brand, where the app tells it: VISA, JCB, … */
  card_brand?: string;
  /** What the terminal says it took, in minor units, where it tells. */
  amount?: number;
  currency?: string;
}

/**
 * The way into the terminal's card app. `launch` rejects when there is no app, or when it did not tell how it ended:
 * then nobody knows whether the card was charged, and nothing is confirmed.
 */
export interface NativeBridge {
  launch(request: LaunchRequest): Promise<LaunchResult>;
}

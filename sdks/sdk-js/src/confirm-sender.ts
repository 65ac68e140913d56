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

/**
 * Never throws, but when `signal` ends it, with the signal's reason. `max_retries: 0` is for a queue that tries again
 * by itself.
 */
export type SendConfirm = (
  confirm: PendingConfirm,
  options?: { signal?: AbortSignal; max_retries?: number },
) => Promise<ConfirmResult>;

/**
 * Something that is not settled yet, as a page may show it: it has no token in it.
 * - `waiting`: it is sent again by itself until the gateway answers.
 * - `token_needed`: its token is too old; `resume` with a fresh one of the same intent continues it.
 * - `refused`: the gateway said no (`error`), and the money has changed hands: a person decides, then `acknowledge`.
 * - `launched`: the card app was opened, and nobody knows how it ended: `reportLaunch` says it.
 * - `unreadable`: not written by this version of the SDK, or damaged; it is left alone.
 */
export interface PendingEntry {
  id: string;
  state: 'waiting' | 'token_needed' | 'refused' | 'launched' | 'unreadable';
  payment_intent: string | null;
  /** What is confirmed; of a launch only the method is known. */
  fields: ConfirmFields | null;
  launch: LaunchRequest | null;
  error: StoredError | null;
  created_at: string | null;
  /** False where the browser let us keep it in memory only: it is lost when the page is closed. */
  durable: boolean;
}

/** An error as it can be stored. */
export interface StoredError {
  kind: MPACError['kind'];
  status: number | null;
  code: string;
  message: string;
  details?: Record<string, unknown>;
  request_id?: string;
}

/**
 * What `confirmCashPayment`, `confirmCardPayment` and `confirmEMoneyPayment` resolve with when the money was taken and
 * the queue has the confirm, but the gateway has not answered (`no_answer`) or wants a fresh token (`token_needed`). It
 * is no error, because the till did all it could: the sale goes on, and `payment_success` or `payment_failed` is told
 * when the truth is known.
 */
export interface QueuedConfirmation {
  object: 'queued_confirmation';
  status: 'queued';
  reason: 'no_answer' | 'token_needed';
  payment_intent_id: string;
  amount: number | null;
  currency: string | null;
  payment_method_type: ConfirmFields['payment_method_type'];
}

/** What keeps confirms of money that was already taken (cash, a terminal's approval) until the gateway has them. */
export interface ConfirmQueue {
  /**
   * The client gives the way to send, once, and may close and another client may attach later. Confirms that were left
   * behind by an earlier page are sent again from now on.
   */
  attach(send: SendConfirm): void;
  /**
   * Writes the confirm down durably, then sends it, and resolves with what became of this sending. After `no_answer`
   * (also: offline, or no answer within some seconds) the queue keeps it and goes on by itself; each later definite
   * result is told to the listeners, and none that this promise has told. A `refused` one is kept until it is
   * acknowledged, with `invalid_token` until it is resumed.
   */
  submit(confirm: PendingConfirm): Promise<ConfirmResult>;
  /**
   * Hears `answered` and `refused` of confirms that were sent again; returns what ends the hearing. A refusal of kind
   * `invalid_token` means that a fresh token is needed.
   */
  onResult(listener: (confirm: PendingConfirm, result: ConfirmResult) => void): () => void;
  /** All that is not settled, the oldest first. */
  pending(): Promise<PendingEntry[]>;
  /**
   * A person has seen to it: forget a `refused`, `token_needed`, `launched` or `unreadable` entry. False when there is
   * none with this id. One that is `waiting` is not forgotten: it may be done at this moment.
   */
  acknowledge(id: string): Promise<boolean>;
  /** A fresh token: what waits for one of its intent is sent at once. */
  resume(payment_token: string): Promise<void>;
  /** Stops timers and requests. What is not yet answered stays stored. */
  detach(): void;
}

/**
 * What the card app is asked to take, in minor units of `currency`. `transaction_id` is new in each launch, because one
 * intent may need several; it begins with the payment intent's id.
 */
export interface LaunchRequest {
  method: 'credit_card' | 'e_money';
  amount: number;
  currency: string;
  transaction_id: string;
}

/** What the card app reports. `cancelled`: the app says itself that it was left before anything was charged. */
export interface LaunchResult {
  status: 'success' | 'declined' | 'cancelled' | 'error';
  approval_code?: string;
  reason?: string;
  slip_number?: string;
  /** Of the card or wallet, where the app tells it: VISA, JCB, SUICA, … */
  brand?: string;
  /** What the terminal says it took, in minor units, where it tells. */
  amount?: number;
  currency?: string;
}

/**
 * The way into the terminal's card app. `launch` rejects when the app could not be opened, with an error whose `code`
 * is `not_launched`, and with any other when it did not tell how it ended: then nobody knows whether the card was
 * charged, and nothing is confirmed.
 */
export interface NativeBridge {
  launch(request: LaunchRequest): Promise<LaunchResult>;
  /** What the app remembers of an earlier launch; null when it knows of none, or not how it ended. */
  lastResult?(transaction_id: string): Promise<LaunchResult | null>;
  /** Hears results that no `launch` of this page waits for: they came late, or after a reload. */
  onLateResult?(listener: (transaction_id: string, result: LaunchResult) => void): () => void;
}

/** A payment to be taken by the terminal's app. */
export interface TerminalPayment {
  method: 'credit_card' | 'e_money';
  payment_intent: string;
  payment_token: string;
  amount: number;
  currency: string;
  /** The brand, where the page knows it and the app does not tell; without either it is `TERMINAL`. */
  provider?: string;
}

/** What came of a launch. `cancelled`: nothing was taken, nothing was sent, the token is still good. */
export type TerminalResult = ConfirmResult | { kind: 'cancelled'; reason: string | null };

/** Made by `makeTerminal` of terminal-payment.ts, which is also told what to do with launches that nobody can settle. */
export interface Terminal {
  /**
   * Writes the launch down, opens the app, writes its result down and submits it. Rejects with an `MPACError`:
   * `invalid_request` when nothing was launched (`code`: `not_launched`, `launch_in_progress`, or `launch_unresolved`
   * while nobody has said how an earlier launch for this intent ended), `unknown_outcome` when the app did not tell how
   * it ended. The launch then stays in `pending()`, and a result that comes late is still taken.
   */
  take(payment: TerminalPayment): Promise<TerminalResult>;
  /** A person, or the app, says how a launch of `pending()` ended. */
  report(id: string, result: LaunchResult): Promise<TerminalResult>;
  close(): void;
}

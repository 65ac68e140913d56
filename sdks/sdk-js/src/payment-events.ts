// What a page can listen to, with the data of each event, and who calls the listeners: in order, each once, and one that
// throws keeps no other from hearing.
import type { PendingEntry } from './confirm-sender.ts';
import type { MPACError } from './errors.ts';
import type { Confirmation, LastPaymentError, Open, PaymentStatus } from './payment-intent.ts';

/** How a payment stands: what all events tell. */
export interface PaymentNews {
  payment_intent_id: string;
  status: PaymentStatus;
  /** Minor units of `currency`. */
  amount: number;
  currency: string;
  provider?: string;
  /** `unknown`: nobody knows yet whether money moved. It is being found out; take it in no other way. */
  outcome?: Open<'unknown'>;
  last_payment_error?: LastPaymentError;
}

/** Paid; or, with `capture_method: "manual"`, held: then `amount_capturable` is above 0 and the status `processing`. */
export interface PaymentSuccess extends PaymentNews {
  amount_capturable?: number;
}

/**
 * Why nothing was taken. `declined` by the provider or the card; `expired`: the code or the intent ran out; `cancelled`;
 * else the code of what refused it: `provider_not_supported`, `invalid_token`, `terminal_error`, …
 */
export type FailureReason = Open<'declined' | 'expired' | 'cancelled'>;

export interface PaymentFailure extends PaymentNews {
  reason: FailureReason;
  /** For a person; in the words of the gateway, where it has some. */
  message: string;
  /** What the confirm was refused with, where it was. */
  error?: MPACError;
}

export interface StatusChange extends PaymentNews {
  previous_status: PaymentStatus;
}

export interface PaymentEvents {
  /** This attempt took the money. Each attempt ends with exactly one of this and `payment_failed`. */
  payment_success: PaymentSuccess;
  /**
   * This attempt is over, and the gateway has recorded no money for it. Never told for a network error alone. Cash or a
   * terminal's approval that had come before is not undone by it: then `error` says why the confirm was refused.
   */
  payment_failed: PaymentFailure;
  /** Besides `payment_failed`: the intent was cancelled; it can not be paid any more. */
  payment_cancelled: PaymentFailure;
  /** Besides `payment_failed`: the code, or the intent with it, ran out. */
  payment_expired: PaymentFailure;
  /** Every change of `status` or `outcome` that was seen. */
  status_changed: StatusChange;
  /**
   * The payment cannot be watched any more, mostly because the token's life is over: how it ends is not known here. A
   * fresh token and `retrievePaymentIntent` go on. No end was told, and none will be by itself.
   */
  error: { error: MPACError };
  /**
   * A confirm that the offline queue had kept, of this payment or of an earlier one, was answered at last. One that was
   * `refused` stays in `pendingConfirms()` until a person has seen to it: its money has changed hands.
   */
  confirm_settled: { payment_intent_id: string } & (
    | { result: 'answered'; confirmation: Confirmation }
    | { result: 'refused'; error: MPACError }
  );
  /** The terminal's app was opened by an earlier page, and nobody knows how that ended: `reportLaunch` says it. */
  launch_unresolved: { entry: PendingEntry };
}

export type EventName = keyof PaymentEvents;
export type Listener<Name extends EventName> = (data: PaymentEvents[Name]) => void;

export class EventBoard {
  /** With each listener whether it has heard enough after one event. */
  readonly #listeners = new Map<EventName, Map<(data: never) => void, boolean>>();
  #waiting: [EventName, unknown][] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  add<Name extends EventName>(name: Name, listener: Listener<Name>, is_once = false): void {
    const listeners = this.#listeners.get(name) ?? new Map();
    this.#listeners.set(name, listeners.set(listener, is_once));
  }

  remove<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    this.#listeners.get(name)?.delete(listener);
  }

  /**
   * Told in a moment, in this order: a page that waits for a confirm and then says `on` hears also of an end that came
   * with the answer.
   */
  tell<Name extends EventName>(name: Name, data: PaymentEvents[Name]): void {
    this.#waiting.push([name, data]);
    this.#timer ??= setTimeout(() => this.#flush());
  }

  /** Nothing is told after this, and what was waiting neither. */
  close(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#listeners.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const [name, data] = next;
      for (const listener of [...(this.#listeners.get(name)?.keys() ?? [])]) this.#call(listener, data, name);
    }
  }

  #call(listener: (data: never) => void, data: unknown, name: EventName): void {
    // An earlier listener of the same event may have removed it, or closed the board.
    const is_once = this.#listeners.get(name)?.get(listener);
    if (is_once === undefined) return;
    if (is_once) this.#listeners.get(name)?.delete(listener);
    try {
      listener(data as never);
    } catch (error) {
      // It is the page's own error and is reported as one, when everybody has heard.
      setTimeout(() => {
        throw error;
      });
    }
  }
}

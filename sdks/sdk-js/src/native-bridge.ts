// The way from a page in a terminal's WebView to the card app and back. The Android side puts an object on the page, and
// calls a function of the page when the app has ended. All that crosses is text in JSON, because a Java object that is
// put on a page takes and gives nothing else.
import type { LaunchRequest, LaunchResult, NativeBridge } from './confirm-sender.ts';
import { makeError } from './errors.ts';
import { readLaunchResult } from './terminal-report.ts';

/** Of the messages below. An app that finds a version that it does not know answers `{"launched": false}`. */
export const BRIDGE_VERSION = 1;
/** Longer than anybody takes for a card and a PIN. A result that comes even later is still taken. */
const LAUNCH_TIMEOUT_MS = 10 * 60_000;

/** What the Android app adds to the page, as `window.MPACNativeBridge`. */
export interface WebViewBridge {
  /**
   * Opens the card app. `request_json`: `{"version": 1, "method": "credit_card", "amount": 1500, "currency": "JPY",
   * "transaction_id": "pi_…-5f2a"}`. Returns at once: nothing, or `{"launched": false, "reason": "…"}` when the app
   * could not be opened, so that certainly nothing was taken.
   */
  launchCreditCard?(request_json: string): string | null | undefined;
  /** The same for e-money. */
  launchEMoney?(request_json: string): string | null | undefined;
  /** The result of an earlier launch, as given to the callback; nothing when it is not known. */
  lastResult?(transaction_id: string): string | null | undefined;
}

declare global {
  interface Window {
    MPACNativeBridge?: WebViewBridge;
    /**
     * The app calls this with `{"version": 1, "transaction_id": "pi_…-5f2a", "status": "success", "approval_code":
     * "123456", "slip_number": "0042", "brand": "VISA", "amount": 1500, "currency": "JPY", "reason": null}`. `status`
     * is `success`, `declined`, `error` or `cancelled`; without one nobody knows how it ended.
     */
    MPACNativeBridgeCallback?: (result_json: unknown) => void;
    /** For apps that know no transaction: the result is that of the one launch that is not answered. */
    sendCreditCardResult?: (status: unknown, approval_code?: unknown, reason?: unknown) => void;
  }
}

interface Waiting {
  resolve(result: LaunchResult): void;
  reject(error: Error): void;
}

export interface WebViewBridgeOptions {
  timeout_ms?: number;
}

/** The bridge over `window.MPACNativeBridge`. The object may appear on the page at any time before a launch. */
export function makeWebViewBridge({ timeout_ms = LAUNCH_TIMEOUT_MS }: WebViewBridgeOptions = {}): Required<
  Pick<NativeBridge, 'launch' | 'lastResult' | 'onLateResult'>
> & {
  close(): void;
} {
  const waiting = new Map<string, Waiting>();
  /** Launches that nobody waits for any more, and that the app may still answer. */
  const overdue = new Set<string>();
  const late_listeners = new Set<(transaction_id: string, result: LaunchResult) => void>();

  function take(transaction_id: string, told: unknown): void {
    const result = readLaunchResult(told);
    const waiter = waiting.get(transaction_id);
    waiting.delete(transaction_id);
    overdue.delete(transaction_id);
    if (result === null) waiter?.reject(unknownOutcome('The card app did not say how the payment ended.'));
    else if (waiter !== undefined) waiter.resolve(result);
    else for (const listener of late_listeners) listener(transaction_id, result);
  }

  const callback = (told: unknown) => {
    const message = parse(told);
    const transaction_id = message?.['transaction_id'];
    if (typeof transaction_id === 'string') return take(transaction_id, message);
    // It cannot be read, or does not say of which launch it is. It is of ours, if there is one.
    for (const id of waiting.keys()) take(id, null);
  };
  const simpleCallback = (status: unknown, approval_code?: unknown, reason?: unknown) => {
    // It may be of any that is not answered: the money of one order must not pay another.
    const is_clear = waiting.size === 1 && overdue.size === 0;
    overdue.clear();
    for (const id of waiting.keys()) take(id, is_clear ? { status, approval_code, reason } : null);
  };
  window.MPACNativeBridgeCallback = callback;
  window.sendCreditCardResult = simpleCallback;

  return {
    launch(request) {
      const refusal = open(request);
      if (refusal !== null) {
        const message = `The card app was not opened: ${refusal}`;
        return Promise.reject(makeError('invalid_request', { code: 'not_launched', message }));
      }
      return new Promise((resolve, reject) => {
        const patience = setTimeout(() => {
          waiting.delete(request.transaction_id);
          overdue.add(request.transaction_id);
          reject(unknownOutcome('The card app did not answer in time.'));
        }, timeout_ms);
        waiting.set(request.transaction_id, {
          resolve(result) {
            clearTimeout(patience);
            resolve(result);
          },
          reject(error) {
            clearTimeout(patience);
            reject(error);
          },
        });
      });
    },

    async lastResult(transaction_id) {
      const message = parse(window.MPACNativeBridge?.lastResult?.(transaction_id));
      // An app that answers for another launch is not asked again.
      return message?.['transaction_id'] === transaction_id ? readLaunchResult(message) : null;
    },

    onLateResult(listener) {
      late_listeners.add(listener);
      return () => void late_listeners.delete(listener);
    },

    close() {
      // Another client may have come meanwhile, and have put its own there.
      if (window.MPACNativeBridgeCallback === callback) delete window.MPACNativeBridgeCallback;
      if (window.sendCreditCardResult === simpleCallback) delete window.sendCreditCardResult;
      for (const id of waiting.keys()) take(id, null);
    },
  };
}

/** Null when the app was opened, or may have been; else why it certainly was not. */
function open(request: LaunchRequest): string | null {
  const bridge = window.MPACNativeBridge;
  const name = request.method === 'e_money' ? 'launchEMoney' : 'launchCreditCard';
  if (typeof bridge?.[name] !== 'function') return `window.MPACNativeBridge.${name} is not there.`;
  // Called on its object: a Java method knows no other way. What it throws tells nothing about the app.
  let answer: unknown;
  try {
    answer = bridge[name](JSON.stringify({ version: BRIDGE_VERSION, ...request }));
  } catch {
    return null;
  }
  const message = parse(answer);
  return message?.['launched'] === false ? String(message['reason'] ?? 'it gave no reason.') : null;
}

function unknownOutcome(message: string): Error {
  return makeError('unknown_outcome', {
    code: 'launch_unresolved',
    message: `${message} Nobody knows whether the card was charged: look at the terminal.`,
  });
}

function parse(told: unknown): Record<string, unknown> | null {
  try {
    const json: unknown = typeof told === 'string' ? JSON.parse(told) : told;
    return typeof json === 'object' ? (json as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

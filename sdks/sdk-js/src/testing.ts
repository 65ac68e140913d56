// `@cloudsky/mpac-pgw-sdk-js/testing`: plays the terminal in a browser, so that a page can be built, tested and shown
// without one. It speaks over the same object and callback as the Android app does, and is in no page that sells.
import type { LaunchRequest, LaunchResult } from './confirm-sender.ts';
import { BRIDGE_VERSION, type WebViewBridge } from './native-bridge.ts';

export type { LaunchRequest, LaunchResult } from './confirm-sender.ts';

/** `left`: the app was left by the back key, or died, and says nothing. `silent`: it never comes back. */
export type StandInAnswer = LaunchResult | 'left' | 'silent';

export interface BridgeStandIn {
  /** What the page asked for, oldest first. */
  launches: LaunchRequest[];
  /** The answer to all launches from now on, or what makes it; a success with a new approval code from the beginning. */
  answer(next: StandInAnswer | ((request: LaunchRequest) => StandInAnswer | Promise<StandInAnswer>)): void;
  /** Tells a result now, as an app does that is late, or says everything twice. */
  tell(transaction_id: string, result: LaunchResult): void;
  /** Calls the page with any text, as a broken app does. */
  tellText(text: string): void;
  /** As if no card app was installed: every launch is answered with `launched: false`. */
  uninstall(): void;
  /** Forgets former launches: `lastResult` knows of none. */
  forget(): void;
  /** Takes the object off the page. */
  remove(): void;
}

/**
 * Puts `window.MPACNativeBridge` on the page. Like the app it remembers how launches ended, over reloads too, so that
 * `lastResult` can be asked; it remembers in sessionStorage.
 */
export function makeBridgeStandIn(): BridgeStandIn {
  const launches: LaunchRequest[] = [];
  let installed = true;
  let approval = 100_000 + Math.floor(Math.random() * 800_000);
  let next: Parameters<BridgeStandIn['answer']>[0] = ({ method, amount, currency }) => {
    approval += 1;
    const brand = method === 'e_money' ? 'SUICA' : 'VISA';
    return { status: 'success', approval_code: String(approval), brand, amount, currency };
  };
  const memory = (transaction_id: string) => `MPACNativeBridge ${transaction_id}`;

  function callPage(message: object): void {
    window.MPACNativeBridgeCallback?.(JSON.stringify({ version: BRIDGE_VERSION, ...message }));
  }

  function tell(transaction_id: string, result: LaunchResult): void {
    const message = { transaction_id, ...result };
    sessionStorage.setItem(memory(transaction_id), JSON.stringify({ version: BRIDGE_VERSION, ...message }));
    callPage(message);
  }

  function launch(request_json: string): string {
    const { version, ...request } = JSON.parse(request_json) as LaunchRequest & { version: number };
    if (version !== BRIDGE_VERSION || !installed)
      return JSON.stringify({ launched: false, reason: installed ? 'unknown version' : 'not installed' });
    launches.push(request);
    // Not at once: the app is another program, and the page goes on meanwhile.
    setTimeout(async () => {
      const answer = typeof next === 'function' ? await next(request) : next;
      if (answer === 'silent') return;
      if (answer === 'left') callPage({ transaction_id: request.transaction_id, status: null });
      else tell(request.transaction_id, answer);
    });
    return JSON.stringify({ launched: true });
  }

  const bridge: Required<WebViewBridge> = {
    launchCreditCard: launch,
    launchEMoney: launch,
    lastResult: (transaction_id) => sessionStorage.getItem(memory(transaction_id)),
  };
  window.MPACNativeBridge = bridge;

  return {
    launches,
    answer(given) {
      next = given;
    },
    tell,
    tellText: (text) => window.MPACNativeBridgeCallback?.(text),
    uninstall() {
      installed = false;
    },
    forget() {
      for (const name of Object.keys(sessionStorage))
        if (name.startsWith(memory(''))) sessionStorage.removeItem(name);
    },
    remove() {
      if (window.MPACNativeBridge === bridge) delete window.MPACNativeBridge;
    },
  };
}

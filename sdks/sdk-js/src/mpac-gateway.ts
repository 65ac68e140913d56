// What `import { MPACGateway } from '@cloudsky/mpac-pgw-sdk-js'` gives: the client of a page, which confirms a payment,
// shows its code, and tells how it ends. What the parts promise stands with them; here they are put together.
import type { LaunchResult, PendingEntry, QueuedConfirmation } from './confirm-sender.ts';
import { MPACError } from './errors.ts';
import { checkKey, checkOptions, intentOf, type MPACGatewayOptions, refuse } from './gateway-options.ts';
import { renderLate } from './late-view.ts';
import { EventBoard, type EventName, type Listener } from './payment-events.ts';
import type {
  Confirmation,
  ConfirmFields,
  Open,
  PaymentIntent,
  PaymentStatus,
  QRProvider,
} from './payment-intent.ts';
import { isRefusal, makePaymentRequests, type PaymentRequests } from './payment-requests.ts';
import { type PaymentOutcome, PaymentWatch } from './payment-watch.ts';
import { BROWSER, type Platform } from './platform.ts';
import { qrModelOf } from './qr-state.ts';
import type { QROptions, QRView } from './qr-view.ts';
import { makeSendRequest } from './requests.ts';
import { makeServerClock, type ServerClock } from './server-clock.ts';
import type { Till } from './till.ts';

export type * from './confirm-sender.ts';
export {
  AuthenticationError,
  ConflictError,
  ConnectionError,
  type ErrorKind,
  ForbiddenError,
  IdempotencyConflictError,
  InternalError,
  InvalidPaymentStateError,
  InvalidRequestError,
  InvalidResponseError,
  InvalidTokenError,
  MPACError,
  NotFoundError,
  ProviderError,
  ProviderNotSupportedError,
  RateLimitError,
  UnknownOutcomeError,
} from './errors.ts';
export type { MPACGatewayOptions } from './gateway-options.ts';
export { toDecimal, toMinorUnits } from './money.ts';
export type * from './payment-events.ts';
export type * from './payment-intent.ts';
export type { PaymentOutcome } from './payment-watch.ts';
export type { Platform } from './platform.ts';
export type { QROptions } from './qr-view.ts';

export const SDK_VERSION = '0.1.0';

export interface ConfirmOptions {
  /** A random one unless given. Give your own only to go on with a confirm after a reload. */
  idempotencyKey?: string;
}

/** `credit_card` on a page of MPGS. */
export interface RedirectOptions extends ConfirmOptions {
  provider: 'MPGS';
  /** Where the customer comes back to; then `retrievePaymentIntent` with the same token again. */
  return_url?: string;
}

/** What a terminal did. Without `external_ref_id` and `external_status` its app is launched to do it. */
export interface TerminalOptions extends ConfirmOptions, Omit<ConfirmFields, 'payment_method_type'> {
  /** The brand: VISA, JCB, SUICA, … */
  provider?: Open<'VISA' | 'MASTERCARD' | 'JCB' | 'AMEX'>;
}

/** A client of one page. It watches one payment at a time: the one that was retrieved last. */
export class MPACGateway {
  readonly #board = new EventBoard();
  readonly #closing = new AbortController();
  readonly #views = new Map<Element, QRView>();
  readonly #options: MPACGatewayOptions;
  readonly #base_url: string;
  readonly #platform: Platform;
  readonly #clock: ServerClock;
  readonly #requests: PaymentRequests;
  #watch: PaymentWatch | null = null;
  #till: Promise<Till> | null = null;

  /** @throws InvalidRequestError where the options cannot work: a key of the other environment, a secret key, … */
  constructor(options: MPACGatewayOptions) {
    this.#base_url = checkOptions(options);
    this.#options = options;
    this.#platform = { ...BROWSER, ...options.platform };
    this.#clock = makeServerClock(this.#platform);
    const send = makeSendRequest({
      base_url: this.#base_url,
      publishable_key: options.publicKey,
      limits: {
        max_retries: options.maxRetries ?? 3,
        timeout_ms: options.timeoutMs ?? 30_000,
        deadline_ms: options.deadlineMs ?? 60_000,
      },
      platform: this.#platform,
      clock: this.#clock,
    });
    this.#requests = makePaymentRequests(send, this.#closing.signal);
    if (options.offlineQueue ?? 'MPACNativeBridge' in globalThis) this.#openTill().catch(() => {});
  }

  /** The watched payment as it was last read; null before it was. */
  get intent(): PaymentIntent | null {
    return this.#watch?.intent ?? null;
  }

  /** By the latest news, which may be younger than `intent`. */
  get status(): PaymentStatus | null {
    return this.#watch?.news?.status ?? null;
  }

  /** The answer to the last confirm: the code to show, or the page to go to. */
  get confirmation(): Confirmation | null {
    return this.#watch?.confirmation ?? null;
  }

  /** How the last attempt ended, for those who came too late for its event; null while it goes on. */
  get outcome(): PaymentOutcome | null {
    return this.#watch?.outcome ?? null;
  }

  /**
   * Reads the payment that the token is of, and watches it from now on: what is under way is followed to its end, and
   * what has ended since is told. The same call again, with the same token or a fresh one, goes on with the same payment;
   * a token of another one begins anew.
   *
   * @param payment_token `pi_…_secret_…`, from your backend.
   * @throws MPACError
   */
  async retrievePaymentIntent(payment_token: string): Promise<PaymentIntent> {
    this.#checkOpen();
    const id = intentOf(payment_token);
    if (this.#watch?.id !== id) {
      this.#watch?.close();
      this.#watch = this.#makeWatch(id, payment_token);
      this.#redraw();
    }
    const watch = this.#watch;
    watch.renew(payment_token);
    const intent = await watch.retrieve();
    // What waited for a fresh token goes on with it, and tells by events how.
    this.#till?.then(({ queue }) => queue.resume(payment_token)).catch(() => {});
    return intent;
  }

  /** Shows a code that the customer scans. `qr_content` of the answer is the code; `renderQR` draws it. */
  confirmQRPayment(provider: QRProvider, options: ConfirmOptions = {}): Promise<Confirmation> {
    // Never queued, because no money has changed hands yet.
    return this.confirmPaymentIntent(
      { payment_method_type: 'qr_mpm', provider },
      options,
    ) as Promise<Confirmation>;
  }

  /**
   * Pays by a code that the customer shows. Scan a fresh one for each try: a code pays once.
   *
   * @param customer_code as the scanner read it. The wallet is recognised from it.
   */
  confirmCPMPayment(
    customer_code: string,
    { provider, idempotencyKey }: { provider?: QRProvider } & ConfirmOptions = {},
  ): Promise<Confirmation> {
    const fields = { payment_method_type: 'qr_cpm', customer_code, ...(provider && { provider }) };
    const options = idempotencyKey === undefined ? {} : { idempotencyKey };
    return this.confirmPaymentIntent(fields, options) as Promise<Confirmation>;
  }

  /**
   * By card: `{ provider: 'MPGS', return_url }` answers `redirect_url`, the page to send the customer to; otherwise the
   * terminal's card app is launched, and what it reports is confirmed.
   *
   * @throws InvalidRequestError with the code `not_launched` where there is no card app; UnknownOutcomeError where it did
   *   not tell how it ended: look at the terminal before the money is taken in another way.
   */
  confirmCardPayment(options: RedirectOptions): Promise<Confirmation>;
  confirmCardPayment(options?: TerminalOptions): Promise<Confirmation | QueuedConfirmation>;
  confirmCardPayment(
    options: RedirectOptions | TerminalOptions = {},
  ): Promise<Confirmation | QueuedConfirmation> {
    return this.#confirmAtTerminal('credit_card', options);
  }

  /** By e-money at the terminal: launches its app, or hands in what it reported (`provider`, `external_ref_id`). */
  confirmEMoneyPayment(options: TerminalOptions = {}): Promise<Confirmation | QueuedConfirmation> {
    return this.#confirmAtTerminal('e_money', options);
  }

  /**
   * Says that the cash was received. With the offline queue it resolves with a `queued_confirmation` where the gateway
   * could not be reached: the sale goes on, and an event tells when the gateway has it.
   */
  confirmCashPayment(options: ConfirmOptions = {}): Promise<Confirmation | QueuedConfirmation> {
    return this.confirmPaymentIntent({ payment_method_type: 'cash' }, options);
  }

  /**
   * Any confirm, by the fields of the API; the others are this with names.
   *
   * @throws MPACError by its `kind`. After `unknown_outcome` the SDK goes on until the truth is known, and an event tells
   *   it: do not take the money in another way.
   */
  async confirmPaymentIntent(
    fields: ConfirmFields,
    options: ConfirmOptions = {},
  ): Promise<Confirmation | QueuedConfirmation> {
    return this.#watching().confirm({ ...fields }, checkKey(options.idempotencyKey));
  }

  /**
   * Cancels the payment: the provider first makes sure that nothing can be paid any more. Refused with
   * `invalid_payment_state` where the customer was faster; then `payment_success` follows.
   */
  async cancel(
    options: {
      cancellation_reason?: Open<'requested_by_customer' | 'duplicate' | 'fraudulent' | 'abandoned'>;
    } = {},
  ): Promise<PaymentIntent> {
    return this.#watching().cancel(options.cancellation_reason);
  }

  /** Returns what takes the listener away again. An end that was told before is not told again: see `outcome`. */
  on<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    return this.#listen(name, listener, false);
  }

  once<Name extends EventName>(name: Name, listener: Listener<Name>): () => void {
    return this.#listen(name, listener, true);
  }

  off<Name extends EventName>(name: Name, listener: Listener<Name>): void {
    this.#board.remove(name, listener);
  }

  /**
   * Draws the payment's code into `element`, with its amount and the time that is left, and says there how it ended.
   * It may be called before the confirm, and draws each code that comes. Calling what it returns takes it away.
   *
   * @throws InvalidRequestError where there is no such element.
   */
  renderQR(element: Element | null, options: QROptions = {}): () => void {
    this.#checkOpen();
    if (element === null) return refuse('element', 'There is no such element on the page to draw into.');
    this.#views.get(element)?.remove();
    const view = renderLate(element, () => qrModelOf(this, this.#clock.now(), Date.now()), options);
    this.#views.set(element, view);
    return () => {
      view.remove();
      if (this.#views.get(element) === view) this.#views.delete(element);
    };
  }

  /** Everything on this device that the gateway has not settled, the oldest first. Empty where nothing is kept. */
  async pendingConfirms(): Promise<PendingEntry[]> {
    return (await this.#till)?.queue.pending() ?? [];
  }

  /** A person has seen to an entry of `pendingConfirms()` that waits for nothing else: it is forgotten. */
  async acknowledge(id: string): Promise<boolean> {
    return (await this.#till)?.queue.acknowledge(id) ?? false;
  }

  /**
   * Says how a launch of the card app ended, that nobody knew: what the terminal shows, or prints. The confirm follows.
   *
   * @param id of the entry, from `launch_unresolved` or `pendingConfirms()`.
   */
  async reportLaunch(id: string, result: LaunchResult): Promise<void> {
    this.#checkOpen();
    const { terminal } = await this.#openTill();
    const launched = (await this.pendingConfirms()).find((entry) => entry.id === id);
    const told = await terminal.report(id, result);
    // Its attempt ends here, and not by reading: after a launch that took nothing there is nothing to read.
    this.#watch?.hear({ payment_intent: launched?.payment_intent ?? null, idempotency_key: id }, told);
    if (told.kind === 'refused') throw told.error;
  }

  /** Stops everything: timers, requests, drawings. No event comes after it; what the offline queue keeps stays kept. */
  destroy(): void {
    this.#closing.abort();
    this.#board.close();
    this.#watch?.close();
    for (const view of this.#views.values()) view.remove();
    this.#views.clear();
    this.#till?.then((till) => till.close()).catch(() => {});
  }

  #listen<Name extends EventName>(name: Name, listener: Listener<Name>, is_once: boolean): () => void {
    if (!this.#closing.signal.aborted) this.#board.add(name, listener, is_once);
    return () => this.off(name, listener);
  }

  async #confirmAtTerminal(
    method: 'credit_card' | 'e_money',
    { idempotencyKey, ...fields }: RedirectOptions | TerminalOptions,
  ): Promise<Confirmation | QueuedConfirmation> {
    const watch = this.#watching();
    const { external_ref_id, external_status, provider } = fields as TerminalOptions;
    if (provider === 'MPGS' || external_ref_id !== undefined || external_status !== undefined)
      return watch.confirm({ payment_method_type: method, ...fields }, checkKey(idempotencyKey));
    // The app takes the money before the gateway is asked, so what has ended meanwhile must be seen first. A till without
    // a network goes on with what it knows.
    await watch.retrieve(0).catch((error: unknown) => {
      if (error instanceof MPACError && isRefusal(error)) throw error;
    });
    const { amount, currency } = watch.intent as PaymentIntent;
    const till = this.#openTill();
    const payment = { method, payment_intent: watch.id, payment_token: watch.token, amount, currency };
    return watch.takeAtTerminal(async () =>
      (await till).terminal.take({ ...payment, ...(provider !== undefined && { provider }) }),
    );
  }

  /** Loaded only where there is a till: what keeps confirms is as large as what sends them. */
  #openTill(): Promise<Till> {
    this.#till ??= import('./till.ts').then(
      ({ openTill }) => {
        const { publicKey, nativeBridge, queuePatienceMs } = this.#options;
        // What it was opened for is gone: it takes no part.
        this.#checkOpen();
        return openTill({
          name: `${this.#base_url} ${publicKey}`,
          patience_ms: queuePatienceMs,
          bridge: nativeBridge,
          send: this.#requests.confirm,
          board: this.#board,
          hear: (confirm, result) => this.#watch?.hear(confirm, result),
        });
      },
      () => {
        this.#till = null;
        return refuse(
          'offlineQueue',
          'A part of the SDK could not be loaded; nothing was begun.',
          'not_loaded',
        );
      },
    );
    return this.#till;
  }

  #makeWatch(id: string, payment_token: string): PaymentWatch {
    return new PaymentWatch(id, payment_token, {
      requests: this.#requests,
      has_queue: () => this.#till !== null,
      // What cannot be written down is sent all the same.
      keep: async (confirm) => {
        const till = await this.#openTill().catch(() => null);
        return till === null ? this.#requests.confirm(confirm) : till.queue.submit(confirm);
      },
      board: this.#board,
      platform: this.#platform,
      closing: this.#closing.signal,
      changed: () => this.#redraw(),
    });
  }

  #redraw(): void {
    for (const view of this.#views.values()) {
      try {
        view.update();
      } catch (error) {
        // What cannot be drawn is reported as the page's own errors are, and is no error of the payment.
        setTimeout(() => {
          throw error;
        });
      }
    }
  }

  #watching(): PaymentWatch {
    this.#checkOpen();
    const watch = this.#watch;
    if (watch === null || watch.intent === null)
      return refuse(
        'payment_token',
        'Call retrievePaymentIntent with the payment token first.',
        'not_retrieved',
      );
    return watch;
  }

  #checkOpen(): void {
    if (this.#closing.signal.aborted)
      refuse('client', 'This client was destroyed. Make another one.', 'destroyed');
  }
}

// One payment as this page sees it, from its token to its end. News come as the answer to a confirm or a cancel, from
// looking, from another tab, or late from the offline queue; all go through `#see` or `#settle`, and both end in `#end`,
// which tells each attempt's end once. What nobody knows is never told as failed.
import {
  type Attempt,
  confirmationOf,
  isAnswered,
  isOverByRefusal,
  isToBeKept,
  makeAttempt,
  queuedConfirmation,
} from './attempt.ts';
import type { ConfirmResult, PendingConfirm, QueuedConfirmation, TerminalResult } from './confirm-sender.ts';
import { MPACError, makeError } from './errors.ts';
import { isRefusedToLook, notLaunched, paymentUnderWay, tokenReplaced } from './own-refusals.ts';
import { endOf, isFinal, newsOf, type PaymentEnd, refusedEnd } from './payment-end.ts';
import type { EventBoard, PaymentNews } from './payment-events.ts';
import type { Confirmation, ConfirmFields, PaymentIntent } from './payment-intent.ts';
import type { PaymentRequests } from './payment-requests.ts';
import { makeIdempotencyKey, type Platform } from './platform.ts';
import { type Look, Poller } from './poller.ts';

/** How it ended, or `unknown`: it may have been done, and is being found out; with `error`, as far as that goes. */
export type PaymentOutcome = PaymentEnd | { result: 'unknown'; error: MPACError };

export interface WatchParts {
  requests: PaymentRequests;
  /** Over the offline queue, where there is one. */
  has_queue(): boolean;
  keep(confirm: PendingConfirm): Promise<ConfirmResult>;
  board: EventBoard;
  platform: Platform;
  closing: AbortSignal;
  /** After every change that somebody could want to show. */
  changed: () => void;
}

export class PaymentWatch {
  readonly id: string;
  token: string;
  intent: PaymentIntent | null = null;
  confirmation: Confirmation | null = null;
  /** How it stands by the latest news, whichever way they came. */
  news: PaymentNews | null = null;
  readonly #parts: WatchParts;
  readonly #poller: Poller;
  #attempt: Attempt | null = null;
  #is_closed = false;
  /** The end that never changes, and was told: what comes after it changes nothing of it. */
  #over: PaymentEnd | null = null;
  #outcome: PaymentOutcome | null = null;
  /** A cancel was not answered: it is looked after until the end. */
  #cancel: { key: string; reason: string | undefined } | null = null;
  /** Answers to what was asked before the latest news are old, and only a final status in them counts. */
  #asked = 0;
  #known = 0;

  constructor(id: string, token: string, parts: WatchParts) {
    this.id = id;
    this.token = token;
    this.#parts = parts;
    this.#poller = new Poller(() => this.#look(), parts.platform);
  }

  /** The page has gone on to another payment: nothing is told of this one any more. What is on its way still gets there. */
  close(): void {
    this.#is_closed = true;
    this.#poller.stop();
  }

  get outcome(): PaymentOutcome | null {
    return this.#over ?? this.#outcome;
  }

  get #is_deaf(): boolean {
    return this.#is_closed || this.#parts.closing.aborted;
  }

  /**
   * A fresh token ends the one before, and with it every confirm that was to be sent again. What could not be looked
   * after any more is looked after again, also where the first answer to the fresh token is lost.
   */
  renew(token: string): void {
    if (token === this.token) return;
    this.token = token;
    const attempt = this.#attempt;
    if (attempt === null || attempt.state === 'sending') return;
    if (attempt.state === 'unsent') {
      attempt.state = 'refused';
      attempt.refusal = tokenReplaced();
    }
    if (!this.#poller.is_running) this.#poller.start();
  }

  async retrieve(max_retries?: number): Promise<PaymentIntent> {
    const asked = ++this.#asked;
    const intent = await this.#parts.requests.retrieve(this.id, this.token, max_retries);
    if (asked > this.#known || isFinal(intent.status)) {
      this.#known = Math.max(this.#known, asked);
      this.#see(intent);
    }
    return intent;
  }

  /**
   * The same confirm again joins the one that is under way, or sends it again with its key; another one is refused while
   * that one lasts.
   */
  async confirm(
    fields: ConfirmFields,
    idempotency_key = makeIdempotencyKey(),
  ): Promise<Confirmation | QueuedConfirmation> {
    await this.#clear();
    const attempt = this.#attempt;
    // Somebody else's, or our own before a reload: the gateway knows whether this is the same confirm, and answers again.
    const is_adopted = attempt?.state === 'live' && attempt.pending === null;
    if (attempt !== null && !is_adopted) {
      const { pending, promise } = attempt;
      if (pending === null || JSON.stringify(pending.fields) !== JSON.stringify(fields))
        throw paymentUnderWay();
      if (promise !== null) return promise;
      if (attempt.state === 'live' && this.confirmation !== null) {
        if (!this.#poller.is_running) this.lookNow();
        return this.confirmation;
      }
      return this.#run(attempt, () => this.#submit(pending));
    }
    const pending = { payment_intent: this.id, payment_token: this.token, idempotency_key, fields };
    const own = this.#begin(pending);
    own.had_code = attempt?.had_code ?? false;
    return this.#run(own, () => this.#submit(pending));
  }

  /** `take` launches the terminal's app and hands in what it reports. Never after an end: the card would be charged. */
  async takeAtTerminal(take: () => Promise<TerminalResult>): Promise<Confirmation | QueuedConfirmation> {
    await this.#clear();
    if (this.#attempt !== null) throw paymentUnderWay();
    if (this.#over !== null || this.#is_deaf) throw notLaunched();
    return this.#run(this.#begin(null), take);
  }

  async cancel(reason?: string): Promise<PaymentIntent> {
    // After a lost answer the same key: the gateway finishes what it began.
    if (this.#cancel?.reason !== reason) this.#cancel = null;
    this.#cancel ??= { key: makeIdempotencyKey(), reason };
    const fields = { ...(reason !== undefined && { cancellation_reason: reason }) };
    try {
      const intent = await this.#parts.requests.cancel(this.id, this.token, fields, this.#cancel.key);
      this.#cancel = null;
      this.#known = ++this.#asked;
      this.#see(intent);
      return intent;
    } catch (error) {
      if (!(error instanceof MPACError && error.kind === 'unknown_outcome')) this.#cancel = null;
      // The customer was faster, or it goes on by itself: either way there is something to see.
      this.lookNow();
      throw error;
    }
  }

  /** There may be news, from a terminal or another page. */
  lookNow(): void {
    if (!this.#is_deaf) this.#poller.start(true);
  }

  /**
   * What became of a confirm that the queue sent again, by this page or for an earlier one, and of a launch when a person
   * has said how it ended.
   */
  hear(confirm: { payment_intent: string | null; idempotency_key: string }, result: TerminalResult): void {
    if (confirm.payment_intent !== this.id || this.#is_deaf) return;
    const attempt = this.#attempt;
    const is_ours =
      attempt?.state === 'kept' || attempt?.pending?.idempotency_key === confirm.idempotency_key;
    if (is_ours && attempt?.promise === null) this.#settle(attempt, result).catch(() => {});
    else this.lookNow();
  }

  /** What was refused is seen to its end, and told, before another try begins. */
  async #clear(): Promise<void> {
    if (this.#attempt?.state === 'refused') await this.retrieve();
  }

  #begin(pending: PendingConfirm | null, state: Attempt['state'] = 'sending'): Attempt {
    const attempt = makeAttempt(pending, state);
    this.#attempt = attempt;
    this.#outcome = null;
    this.confirmation = null;
    return attempt;
  }

  #run(attempt: Attempt, submit: () => Promise<TerminalResult>): Promise<Confirmation | QueuedConfirmation> {
    attempt.state = 'sending';
    this.#known = ++this.#asked;
    this.#poller.stop();
    this.#parts.changed();
    const promise = submit().then(
      (result) => this.#settle(attempt, result),
      // The card app was not launched, or did not tell how it ended.
      (cause: unknown) => {
        const error =
          cause instanceof MPACError ? cause : makeError('unknown_outcome', { message: String(cause) });
        attempt.promise = null;
        if (this.#counts(attempt)) this.#take(attempt, error.kind === 'unknown_outcome', error);
        throw error;
      },
    );
    attempt.promise = promise;
    return promise;
  }

  #submit(pending: PendingConfirm): Promise<ConfirmResult> {
    const { has_queue, keep, requests } = this.#parts;
    return isToBeKept(pending.fields) && has_queue() ? keep(pending) : requests.confirm(pending);
  }

  /** Over already, by other news: what was told stays told. */
  #counts(attempt: Attempt): boolean {
    const counts = this.#attempt === attempt && !this.#is_deaf;
    if (counts) this.#known = ++this.#asked;
    return counts;
  }

  /** What a confirm came to. Its promise ends as this one does. */
  async #settle(attempt: Attempt, result: TerminalResult): Promise<Confirmation | QueuedConfirmation> {
    attempt.promise = null;
    const counts = this.#counts(attempt);
    const confirmation = confirmationOf(this.id, this.news, result);
    if (confirmation !== null) {
      if (counts) this.#accept(attempt, confirmation);
      return confirmation;
    }
    const { kind, error } = result as ConfirmResult & { error: MPACError };
    const is_kept = this.#keeps(attempt);
    // After an earlier try that nobody answered, something between that says no settles nothing.
    const is_open = error.kind === 'unknown_outcome' || is_kept || attempt.in_doubt;
    if (counts) this.#take(attempt, kind === 'no_answer' && is_open, error);
    const is_queued = is_kept && (kind === 'no_answer' || error.kind === 'invalid_token');
    if (is_queued && this.news !== null) return queuedConfirmation(this.news, attempt, error);
    throw error;
  }

  /** The confirm's answer is lost, or a refusal. */
  #take(attempt: Attempt, is_lost: boolean, error: MPACError): void {
    if (is_lost) {
      this.#lose(attempt, error);
    } else if (error.kind === 'invalid_token' && this.#keeps(attempt)) {
      // The money is in the till, and the queue sends it again as soon as the page has a fresh token.
      attempt.state = 'kept';
      attempt.in_doubt = true;
      this.#giveUp(error);
    } else {
      attempt.state = 'refused';
      attempt.refusal = error;
      attempt.was_repeated = true;
      if (this.news !== null && isOverByRefusal(attempt, this.news)) this.#end(refusedEnd(this.news, error));
      else this.#poller.start(true);
    }
    this.#parts.changed();
  }

  #accept(attempt: Attempt, confirmation: Confirmation): void {
    this.confirmation = confirmation;
    this.#note(newsOf(confirmation));
    if (this.#end(endOf(confirmation, false))) return;
    attempt.state = 'live';
    attempt.had_code = confirmation.status === 'requires_action';
    this.#outcome = null;
    this.#poller.start();
    this.#parts.changed();
  }

  /** Nobody knows whether the gateway has it. */
  #lose(attempt: Attempt, error: MPACError): void {
    // The gateway says itself that it has begun, and only the provider is silent: then reading is enough.
    const has_begun = error.details?.['outcome'] === 'unknown';
    attempt.state = has_begun ? 'live' : this.#keeps(attempt) ? 'kept' : 'unsent';
    attempt.in_doubt = true;
    this.#outcome = { result: 'unknown', error };
    if (this.news !== null && this.#over === null)
      this.#note({ ...this.news, status: 'processing', outcome: 'unknown' });
    if (!this.#poller.is_running) this.#poller.start();
  }

  #keeps({ pending }: Attempt): boolean {
    return pending === null || (isToBeKept(pending.fields) && this.#parts.has_queue());
  }

  /** What reading or cancelling told. */
  #see(intent: PaymentIntent): void {
    if (this.#is_deaf) return;
    this.intent = intent;
    if (intent.status === 'requires_payment_method') this.#seeOpen(intent);
    else this.#seeBegun(intent);
    const attempt = this.#attempt;
    if (attempt !== null && attempt.state !== 'sending' && !this.#poller.is_running) this.#poller.start();
    this.#parts.changed();
  }

  #seeOpen(intent: PaymentIntent): void {
    const attempt = this.#attempt;
    if (attempt !== null && !isAnswered(attempt)) return;
    this.#note(newsOf(intent));
    if (attempt === null) return;
    const end =
      attempt.refusal === null
        ? endOf(intent, attempt.had_code)
        : refusedEnd(newsOf(intent), attempt.refusal);
    this.#end(end);
  }

  #seeBegun(intent: PaymentIntent): void {
    this.#note(newsOf(intent));
    if (this.#end(endOf(intent, false))) return;
    // It is on its way; where we did not begin it, somebody else did, or this page did before it was left.
    const attempt = this.#attempt ?? this.#begin(null, 'live');
    attempt.had_code ||= intent.status === 'requires_action';
    if (attempt.state === 'sending') return;
    if (intent.outcome === undefined) this.#outcome = null;
    attempt.state = 'live';
    attempt.refusal = null;
    // A code whose answer was lost: the same confirm again brings it.
    if (!attempt.had_code || attempt.pending === null || this.confirmation !== null || attempt.was_repeated)
      return;
    attempt.state = 'unsent';
    attempt.was_repeated = true;
  }

  /** Whether there was one. */
  #end(end: PaymentEnd | null): boolean {
    if (end === null) return false;
    this.#attempt = null;
    this.#cancel = null;
    this.#known = ++this.#asked;
    this.#poller.stop();
    if (this.#over !== null) return true;
    if (end.result === 'success' || end.is_final) this.#over = end;
    this.#outcome = end;
    const { board } = this.#parts;
    if (end.result === 'success') {
      board.tell('payment_success', end.data);
    } else {
      board.tell('payment_failed', end.data);
      if (end.data.reason === 'expired') board.tell('payment_expired', end.data);
      if (end.data.status === 'cancelled' && end.data.reason === 'cancelled')
        board.tell('payment_cancelled', end.data);
    }
    this.#parts.changed();
    return true;
  }

  #note(news: PaymentNews): void {
    const before = this.news;
    this.news = news;
    if (before === null || (before.status === news.status && before.outcome === news.outcome)) return;
    this.#parts.board.tell('status_changed', { ...news, previous_status: before.status });
  }

  async #look(): Promise<Look> {
    const attempt = this.#attempt;
    const { token } = this;
    try {
      if (attempt?.state === 'unsent' && attempt.pending !== null) {
        const result = await this.#parts.requests.confirm(attempt.pending, { max_retries: 0 });
        if (this.#attempt === attempt && attempt.state === 'unsent') {
          await this.#settle(attempt, result).catch(() => {});
          if (result.kind === 'no_answer')
            return { goes_on: true, failed: true, retry_after_seconds: result.error.retry_after_seconds };
        }
      } else {
        await this.retrieve(0);
      }
      return { goes_on: this.#attempt !== null || this.#cancel !== null };
    } catch (error) {
      if (!(error instanceof MPACError)) throw error;
      // Not where the token was replaced meanwhile: the next look is with the fresh one.
      const is_blind = isRefusedToLook(error) && token === this.token;
      if (is_blind && !this.#is_deaf) this.#giveUp(error);
      return { goes_on: !is_blind, failed: true, retry_after_seconds: error.retry_after_seconds };
    }
  }

  /** The gateway does not let us look any more. What is known is told; what is not, is not guessed. */
  #giveUp(error: MPACError): void {
    const { refusal = null, in_doubt = false } = this.#attempt ?? {};
    if (refusal !== null && !in_doubt && this.news !== null) {
      this.#end(refusedEnd(this.news, refusal));
      return;
    }
    this.#poller.stop();
    if (this.#over !== null) this.#attempt = null;
    // Nothing is under way, so nothing is missed.
    if (this.#attempt === null && this.#cancel === null) return;
    if (this.#attempt !== null) this.#outcome = { result: 'unknown', error };
    this.#parts.board.tell('error', { error });
    this.#parts.changed();
  }
}

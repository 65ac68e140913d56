// One sale, from the order to its end: the part of the till that speaks to the gateway. The shop's server gives an order
// and a payment token; the SDK confirms, watches, and tells the end of each attempt once; this file shows it.
import {
  type Confirmation,
  MPACError,
  type MPACGateway,
  type PaymentFailure,
  type QueuedConfirmation,
} from '@cloudsky/mpac-pgw-sdk-js';
import { drawOutcome, type Outcome, type OutcomeKind, showOutcome } from './outcome.ts';
import { byId, currentStage, showProblem, showStage } from './page.ts';
import { explain, isToldByEvent, isUnreachable, type Refused, sortFailure } from './refusals.ts';
import { type Begun, type Order, shop } from './shop.ts';
import { currentLanguage, say, yen } from './words.ts';

interface Sale {
  order: Order;
  payment_intent: string;
  /** A token authorises one confirm, and none after five minutes: then the shop is asked for another one. */
  needs_token: boolean;
  /** When its token was given, by the clock of `performance.now()`. */
  token_at: number;
  /** Yen handed over; of cash only. */
  received?: number;
  /** What the drawer shows now. */
  outcome?: Outcome;
}

/** No token is shorter: one that is refused before was replaced, because another till has asked for its own. */
const TOKEN_LIFE_MS = 4 * 60_000;

/** How an order can end at another till; `paid` is heard wherever it comes from. */
const ENDS_ELSEWHERE: ReadonlySet<string> = new Set(['declined', 'cancelled', 'expired']);

export type Checkout = ReturnType<typeof makeCheckout>;

export function makeCheckout(gateway: MPACGateway) {
  let sale: Sale | null = null;

  const isOf = (news: { payment_intent_id: string }) => sale?.payment_intent === news.payment_intent_id;
  /** Once the shop has said that it is paid, nothing that is told later makes it unpaid. */
  const isPaid = () => sale?.order.status === 'paid';

  gateway.on('payment_success', (news) => {
    if (isOf(news)) end('paid', news.provider);
  });
  gateway.on('payment_failed', (failure) => {
    if (isOf(failure) && !isPaid()) fail(failure);
  });
  gateway.on('status_changed', (news) => {
    if (!isOf(news) || isPaid()) return;
    if (news.outcome === 'unknown') void showUnknown();
    else if (news.status === 'requires_action') showCode();
    else if (news.status === 'processing') wait('asked_in_app');
  });
  // The token's life is over, and nobody knows the end yet: with a fresh one the SDK goes on watching. One that another
  // till has replaced is not taken back, or the two would take it from each other for ever: the shop tells the end.
  gateway.on('error', () => {
    if (sale === null) return;
    if (performance.now() - sale.token_at > TOKEN_LIFE_MS) shop.freshToken(sale.order).then(use, () => {});
    else if (sale.outcome === undefined) end('elsewhere');
  });

  /** What is kept on this device will be recorded; of anything else nobody knows whether it was taken. */
  async function showUnknown(): Promise<void> {
    const pending = await gateway.pendingConfirms();
    // It may have become known while we asked.
    if (gateway.outcome?.result !== 'unknown' || isPaid()) return;
    const kept = pending.find(
      (entry) => entry.payment_intent === sale?.payment_intent && entry.state !== 'launched',
    );
    end(kept === undefined ? 'unclear' : 'queued', kept?.fields?.provider);
  }

  function end(kind: OutcomeKind, provider?: string): void {
    if (sale === null) return;
    const { order, received } = sale;
    const is_cash = received !== undefined && (provider ?? 'CASH') === 'CASH';
    sale.outcome = {
      kind,
      order,
      ...(provider !== undefined && { provider }),
      ...(is_cash && { received, provider: 'CASH' }),
    };
    showOutcome(sale.outcome);
  }

  /** The attempt is over and has taken nothing. Some ends are an outcome; after others the customer just goes on. */
  function fail(failure: PaymentFailure): void {
    if (sale === null) return;
    sale.needs_token = true;
    const sorted = sortFailure(failure);
    if ('outcome' in sorted) end(sorted.outcome);
    else goOn(sorted);
  }

  function goOn({ stage, problem }: Refused): void {
    showStage(stage);
    showProblem(say(problem));
  }

  /** Only who has confirmed has the code: after a reload, or at another till, it cannot be drawn. */
  function showCode(): void {
    if (gateway.confirmation?.qr_content !== undefined) showStage('qr');
    else wait('code_shown');
  }

  function wait(text: string): void {
    byId('waiting-text').textContent = say(text);
    byId('waiting-text').dataset['said'] = text;
    showStage('waiting');
  }

  /** From now on this is the sale at the till. */
  async function use({ order, payment_token }: Begun): Promise<string> {
    const [payment_intent = ''] = payment_token.split('_secret_');
    sale = {
      ...(sale?.order.id === order.id ? sale : {}),
      order,
      payment_intent,
      needs_token: false,
      token_at: performance.now(),
    };
    const { status } = await gateway.retrievePaymentIntent(payment_token);
    return status;
  }

  /** Without the shop the old token is as good as any: cash is kept with it, and sent with a fresh one. */
  async function refreshToken(order: Order): Promise<void> {
    const begun = await shop.freshToken(order).catch((error: unknown) => {
      if (!isUnreachable(error)) throw error;
    });
    if (begun !== undefined) await use(begun);
  }

  /** The sale, with a token that authorises a confirm, and with nothing of an earlier try. */
  async function ready(): Promise<Sale> {
    if (sale === null) throw new Error('There is no sale.');
    const is_old = performance.now() - sale.token_at > TOKEN_LIFE_MS;
    if (sale.needs_token) await use(await shop.freshToken(sale.order));
    else if (is_old) await refreshToken(sale.order);
    const { order, payment_intent, token_at } = sale;
    sale = { order, payment_intent, needs_token: false, token_at };
    return sale;
  }

  /**
   * What a confirm comes to, the events tell, also where it is refused or its answer is lost: so that is not shown a
   * second time. Money that was taken with a token that is too old is recorded with a fresh one.
   */
  async function settle(confirmation: Promise<Confirmation | QueuedConfirmation>): Promise<void> {
    const answer = await confirmation.catch((error: unknown) => {
      if (!isToldByEvent(error)) throw error;
    });
    if (
      sale !== null &&
      answer?.status === 'queued' &&
      'reason' in answer &&
      answer.reason === 'token_needed'
    )
      await use(await shop.freshToken(sale.order));
  }

  async function open(begun: Begun): Promise<void> {
    const status = await use(begun);
    draw();
    if (status === 'requires_payment_method') showStage('methods');
    else if (status === 'requires_action') showCode();
    else if (gateway.intent?.outcome === 'unknown') end('unclear');
    else wait('finding_out');
  }

  /** Also with a token that is too old, or that another till has replaced. */
  async function cancelIntent(): Promise<void> {
    const cancel = () => gateway.cancel({ cancellation_reason: 'requested_by_customer' });
    await cancel().catch(async (error: unknown) => {
      if (!(error instanceof MPACError && error.kind === 'invalid_token') || sale === null) throw error;
      await use(await shop.freshToken(sale.order));
      await cancel();
    });
  }

  function draw(): void {
    gateway.renderQR(byId('qr'), { language: currentLanguage(), size: 280 });
    if (sale === null) return;
    const { order, outcome } = sale;
    for (const element of document.querySelectorAll('.amount')) element.textContent = yen(order.amount);
    for (const element of document.querySelectorAll('.order-number')) {
      element.textContent = say('order_number', { number: order.number });
    }
    const waiting = byId('waiting-text');
    waiting.textContent = say(waiting.dataset['said'] ?? 'working');
    if (outcome !== undefined) drawOutcome(outcome);
  }

  return {
    draw,
    amount: () => sale?.order.amount ?? 0,
    isCurrent: (order: Order) => sale?.order.id === order.id,

    /** The shop prices the order and asks the gateway for a payment intent. */
    async begin(lines: { item: string; quantity: number }[]): Promise<void> {
      await open(await shop.order(lines));
    },
    /** An order of before that was not paid. */
    async continueWith(order: Order): Promise<void> {
      sale = null;
      await open(await shop.freshToken(order));
    },

    /** PayPay: the customer scans our code. */
    async payByCode(): Promise<void> {
      await ready();
      wait('working');
      await settle(gateway.confirmQRPayment('PAYPAY'));
    },
    /** We scan the customer's code. The gateway knows by the code whose it is. */
    async payByScannedCode(code: string): Promise<void> {
      await ready();
      wait('working');
      await settle(gateway.confirmCPMPayment(code));
    },
    /** The terminal's app takes the card and says how it went. */
    async payByCard(): Promise<void> {
      await ready();
      showStage('card');
      await settle(gateway.confirmCardPayment());
    },
    /** `received` in yen. Kept on this device until the gateway has it: the money is in the drawer. */
    async payByCash(received: number): Promise<void> {
      const current = await ready();
      current.received = received;
      wait('working');
      await settle(gateway.confirmCashPayment());
    },

    /** With a code open, the gateway first makes sure that nobody has paid it. */
    async cancel(): Promise<void> {
      const stage = currentStage();
      wait('cancelling');
      await cancelIntent().catch((error: unknown) => {
        if (currentStage() === 'waiting') showStage(stage);
        showProblem(explain(error));
      });
    },
    async tryAgain(): Promise<void> {
      if (sale === null) return;
      await open(await shop.freshToken(sale.order));
    },
    /** Whether the SDK may turn to this payment: it watches one at a time. */
    mayTurnTo: (payment_intent: string) => sale === null || sale.payment_intent === payment_intent,
    leave(): void {
      sale = null;
    },

    /** The shop's own word, by the webhook, settles what this page could not see, or what another till did. */
    hearOfOrder(order: Order): void {
      if (sale?.order.id !== order.id) return;
      sale.order = order;
      const shown = sale.outcome?.kind;
      if (order.status === 'paid' && shown !== 'paid') end('paid', order.provider ?? undefined);
      else if (shown === 'elsewhere' && ENDS_ELSEWHERE.has(order.status)) end(order.status as OutcomeKind);
    },
  };
}

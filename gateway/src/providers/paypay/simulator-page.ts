// The pages of the simulated PayPay: `/paypay`, where a person plays the customer and turns the faults on,
// and `/paypay/qr/…`, which stands behind the QR code. Self-contained, and no text of a payment is ever markup.
import type { FastifyInstance } from 'fastify';
import { escapeHtml, makeControlBody, sendPage } from '../simulator-page.ts';
import { COUNTDOWN_SCRIPT } from '../simulator-page-script.ts';
import { PaypaySettingsBody } from './simulator-control.ts';
import type { Notifier } from './simulator-notifications.ts';
import { CONTROL_SCRIPT } from './simulator-page-script.ts';
import type { PaypayState, SimulatedPayment } from './simulator-state.ts';

export interface PaypayPageParts {
  mount: string;
  state: PaypayState;
  notifier: Notifier;
  now(): number;
}

export function registerPaypayPages(app: FastifyInstance, parts: PaypayPageParts): void {
  const { mount, state, notifier } = parts;

  app.get(mount, (_request, reply) => {
    return sendPage(reply, {
      title: 'PayPay simulator',
      body: makeControlBody({
        mount,
        title: 'PayPay simulator',
        about: 'You are the customer. No real money moves.',
        main: makePayments(mount),
        side: NOTIFICATIONS,
        settings: PaypaySettingsBody,
      }),
      script: CONTROL_SCRIPT,
    });
  });
  app.get(`${mount}/`, (_request, reply) => reply.redirect(mount));

  app.register(
    async (scope) => {
      // The buttons are a plain form, so that the page also works where scripts do not run.
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, _body, done) => done(null, {}),
      );

      scope.get<{ Params: { code: string } }>('/:code', (request, reply) => {
        const payment = state.findByCode(request.params.code);
        const page = { title: 'Pay', body: makeCustomerBody(payment, parts), script: COUNTDOWN_SCRIPT };
        return sendPage(reply.code(payment ? 200 : 404), page);
      });

      scope.post<{ Params: { code: string; act: string } }>('/:code/:act', (request, reply) => {
        const { code, act } = request.params;
        const payment = state.findByCode(code);
        if (payment && act === 'pay' && state.pay(payment, false).ok) notifier.notify(payment);
        if (payment && act === 'decline' && state.decline(payment).ok) notifier.notify(payment);
        return reply.redirect(`${mount}/qr/${encodeURIComponent(code)}`, 303);
      });
    },
    { prefix: `${mount}/qr` },
  );
}

const makePayments = (mount: string) => `<section aria-labelledby="open-title">
      <div class="title-row"><h2 id="open-title">Waiting for you</h2><a href="${escapeHtml(mount)}/wallet" target="_blank" rel="noopener">Show a code at the till</a></div>
      <div id="open" class="stack"></div>
    </section>
    <section aria-labelledby="done-title">
      <h2 id="done-title">Finished</h2>
      <div id="done" class="list"></div>
    </section>`;

const NOTIFICATIONS = `<section aria-labelledby="log-title">
      <h2 id="log-title">Notifications</h2>
      <form id="settings" class="settings" autocomplete="off">
        <label for="notification_url">Sent to</label>
        <div class="field"><input id="notification_url" type="url" placeholder="http://127.0.0.1:…/v1/webhooks/paypay" spellcheck="false"><button>Save</button></div>
      </form>
      <div id="log" class="list"></div>
    </section>`;

export const CUSTOMER_ENDINGS = {
  held: {
    sign: '✓',
    title: 'Reserved',
    text: 'The money is held until the merchant takes it. You can close this page.',
  },
  released: {
    sign: '↩',
    title: 'Released',
    text: 'The merchant does not take the money. It is yours again.',
  },
  hold_expired: {
    sign: '↩',
    title: 'Released',
    text: 'The merchant did not take the money in time. It is yours again.',
  },
  paid: { sign: '✓', title: 'Paid', text: 'Thank you. You can close this page.' },
  declined: { sign: '×', title: 'Declined', text: 'Nothing was taken.' },
  cancelled: { sign: '↩', title: 'Cancelled', text: 'The merchant cancelled. Your money was returned.' },
  deleted: { sign: '×', title: 'No longer valid', text: 'The merchant withdrew this code.' },
  expired: { sign: '×', title: 'No longer valid', text: 'This code has expired. Ask for a new one.' },
  unknown: { sign: '?', title: 'Unknown code', text: 'No payment belongs to this code.' },
};

function makeCustomerBody(payment: SimulatedPayment | null, parts: PaypayPageParts): string {
  const phase = payment ? parts.state.getPhase(payment) : 'unknown';
  const summary = payment ? makeSummary(payment, phase === 'open') : '';
  let rest: string;
  if (payment && phase === 'open') {
    const action = `${escapeHtml(parts.mount)}/qr/${encodeURIComponent(payment.codeId)}`;
    const seconds = Math.max(1, Math.ceil(payment.expiryDate - parts.now() / 1000));
    rest = `<form class="buttons tall" method="post" action="${action}/pay">
  <button class="pay">Pay ${escapeHtml(formatMoney(payment))}</button>
  <button class="decline" formaction="${action}/decline">Decline</button>
</form>
<p class="hint" id="countdown" data-seconds="${seconds}" data-words="Valid for {time}"></p>`;
  } else {
    const { sign, title, text } = CUSTOMER_ENDINGS[phase === 'open' ? 'unknown' : phase];
    rest = `<div class="ending ${phase}"><div class="sign" aria-hidden="true">${sign}</div><h2>${title}</h2><p>${text}</p></div>`;
  }
  return `<main class="customer"><article class="sheet">${summary}${rest}</article>
<p class="foot">PayPay simulator · no real money moves · <a href="${escapeHtml(parts.mount)}">Control page</a></p></main>`;
}

export function makeSummary(payment: SimulatedPayment, isOpen: boolean): string {
  const { storeInfo, storeId, orderDescription } = payment.request;
  const merchant = storeInfo ?? `merchant ${payment.merchantId}`;
  const store = storeId === undefined ? '' : ` · ${storeId}`;
  return `<h1 class="payee">${isOpen ? 'Pay ' : ''}<strong>${escapeHtml(formatMoney(payment))}</strong> ${isOpen ? 'to ' : ''}${escapeHtml(merchant + store)}</h1>
<p class="order">${escapeHtml(orderDescription ?? '')}</p>`;
}

function formatMoney(payment: SimulatedPayment): string {
  return `¥${payment.request.amount.amount.toLocaleString('en')}`;
}

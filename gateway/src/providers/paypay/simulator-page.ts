// The pages of the simulated PayPay: `/paypay`, where a person plays the customer and turns the faults on,
// and `/paypay/qr/…`, which stands behind the QR code. Self-contained, and no text of a payment is ever markup.
import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Notifier } from './simulator-notifications.ts';
import { CONTROL_SCRIPT, COUNTDOWN_SCRIPT } from './simulator-page-script.ts';
import { PAGE_STYLE } from './simulator-page-style.ts';
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
      body: makeControlBody(mount),
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

function sendPage(reply: FastifyReply, page: { title: string; body: string; script: string }): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "form-action 'self'",
    'img-src data:',
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return reply
    .header('content-security-policy', policy.join('; '))
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'same-origin')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${PAGE_STYLE}</style>
</head>
<body>
${page.body}
<script nonce="${nonce}">${page.script}</script>
</body>
</html>`);
}

function makeControlBody(mount: string): string {
  return `<header class="top">
  <div class="mark" aria-hidden="true"></div>
  <div class="names"><h1>PayPay simulator</h1><p>You are the customer. No real money moves.</p></div>
  <p class="link-state" id="connection" role="status"></p>
</header>
<main class="board" id="board" data-control="${escapeHtml(mount)}/control">
  <div class="column">
    <dl class="tiles" id="tiles"></dl>
    <section aria-labelledby="open-title">
      <h2 id="open-title">Waiting for you</h2>
      <div id="open" class="stack"></div>
    </section>
    <section aria-labelledby="done-title">
      <h2 id="done-title">Finished</h2>
      <div id="done" class="list"></div>
    </section>
  </div>
  <div class="column side">
    <section aria-labelledby="log-title">
      <h2 id="log-title">Notifications</h2>
      <form id="settings" class="settings" autocomplete="off">
        <label for="notification_url">Sent to</label>
        <div class="field"><input id="notification_url" type="url" placeholder="http://127.0.0.1:…/v1/webhooks/paypay" spellcheck="false"><button>Save</button></div>
      </form>
      <div id="log" class="list"></div>
    </section>
    <section aria-labelledby="faults-title">
      <div class="title-row"><h2 id="faults-title">Faults</h2><button id="clear-faults" class="quiet" hidden>Clear all</button></div>
      <div id="faults" class="list"></div>
    </section>
    <section id="refusals-section" aria-labelledby="refusals-title" hidden>
      <h2 id="refusals-title">Refused requests</h2>
      <div id="refusals" class="list"></div>
    </section>
  </div>
</main>
<div id="toast" role="alert"></div>`;
}

const CUSTOMER_ENDINGS = {
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
<p class="hint" id="countdown" data-seconds="${seconds}"></p>`;
  } else {
    const { sign, title, text } = CUSTOMER_ENDINGS[phase === 'open' ? 'unknown' : phase];
    rest = `<div class="ending ${phase}"><div class="sign" aria-hidden="true">${sign}</div><h2>${title}</h2><p>${text}</p></div>`;
  }
  return `<main class="customer"><article class="sheet">${summary}${rest}</article>
<p class="foot">PayPay simulator · no real money moves · <a href="${escapeHtml(parts.mount)}">Control page</a></p></main>`;
}

function makeSummary(payment: SimulatedPayment, isOpen: boolean): string {
  const { storeInfo, storeId, orderDescription } = payment.request;
  const merchant = storeInfo ?? `merchant ${payment.merchantId}`;
  const store = storeId === undefined ? '' : ` · ${storeId}`;
  return `<h1 class="payee">${isOpen ? 'Pay ' : ''}<strong>${escapeHtml(formatMoney(payment))}</strong> ${isOpen ? 'to ' : ''}${escapeHtml(merchant + store)}</h1>
<p class="order">${escapeHtml(orderDescription ?? '')}</p>`;
}

function formatMoney(payment: SimulatedPayment): string {
  return `¥${payment.request.amount.amount.toLocaleString('en')}`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

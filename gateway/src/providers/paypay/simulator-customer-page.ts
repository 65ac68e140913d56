// The customer's wallet, `/paypay/wallet`: takes out a one-time code, shows it as a till's scanner or a person can read
// it, asks in the customer's name whether to pay, and tells how it ended. Works without scripts; with one it looks by
// itself whether the till has read the code.
import type { FastifyInstance } from 'fastify';
import { escapeHtml, sendPage } from '../simulator-page.ts';
import { COUNTDOWN_SCRIPT } from '../simulator-page-script.ts';
import { makeBarcode } from './simulator-barcode.ts';
import {
  CODE_BEHAVIOURS,
  type CodeBehaviour,
  type CustomerCode,
  type CustomerCodeBook,
} from './simulator-customer-codes.ts';
import type { Notifier } from './simulator-notifications.ts';
import { CUSTOMER_ENDINGS, makeSummary } from './simulator-page.ts';
import type { PaypayState, SimulatedPayment } from './simulator-state.ts';

export interface CustomerPageParts {
  mount: string;
  state: PaypayState;
  codes: CustomerCodeBook;
  notifier: Notifier;
  now(): number;
}

export function registerCustomerPages(app: FastifyInstance, parts: CustomerPageParts): void {
  const { mount, state, codes, notifier } = parts;

  app.register(
    async (scope) => {
      scope.addContentTypeParser(
        'application/x-www-form-urlencoded',
        { parseAs: 'string' },
        (_request, body, done) => done(null, new URLSearchParams(String(body))),
      );

      scope.get('', (_request, reply) => {
        return sendPage(reply, { title: 'PayPay wallet', body: makeWalletBody(mount), style: STYLE });
      });

      scope.post<{ Body: URLSearchParams }>('', (request, reply) => {
        const wanted = request.body.get('behaviour') ?? '';
        const behaviour = Object.hasOwn(CODE_BEHAVIOURS, wanted) ? (wanted as CodeBehaviour) : 'pays';
        return reply.redirect(`${mount}/wallet/${codes.issue({ behaviour }).code}`, 303);
      });

      scope.get<{ Params: { code: string } }>('/:code', (request, reply) => {
        const shown = read(request.params.code);
        return sendPage(reply.code(shown.code === null ? 404 : 200), {
          title: 'PayPay wallet',
          body: makeCodeBody(shown, parts),
          script: COUNTDOWN_SCRIPT + WATCH_SCRIPT,
          style: STYLE,
        });
      });

      scope.get<{ Params: { code: string } }>('/:code/state', (request, reply) =>
        reply.header('cache-control', 'no-store').type('text/plain').send(read(request.params.code).word),
      );

      scope.post<{ Params: { code: string; act: string } }>('/:code/:act', (request, reply) => {
        const { code, act } = request.params;
        const { payment } = read(code);
        if (payment && act === 'pay' && state.pay(payment, false).ok) notifier.notify(payment);
        if (payment && act === 'decline' && state.decline(payment).ok) notifier.notify(payment);
        return reply.redirect(`${mount}/wallet/${encodeURIComponent(code)}`, 303);
      });
    },
    { prefix: `${mount}/wallet` },
  );

  /** A code, the payment that it began if it began one, and how that stands. */
  function read(text: string): Shown {
    const code = codes.find(text);
    if (code === null) return { code, payment: null, word: 'unknown' };
    if (code.used_by === null) {
      return { code, payment: null, word: parts.now() >= code.expiresAtMs ? 'run_out' : 'ready' };
    }
    const found = state.findPayment(code.used_by);
    const payment = found?.customer === code ? found : null;
    return { code, payment, word: payment === null ? 'refused' : state.getPhase(payment) };
  }
}

interface Shown {
  code: CustomerCode | null;
  payment: SimulatedPayment | null;
  word: string;
}

function makeWalletBody(mount: string): string {
  const choices = Object.entries(CODE_BEHAVIOURS).map(
    ([name, { about }], at) =>
      `<label class="choice"><input type="radio" name="behaviour" value="${name}"${at === 0 ? ' checked' : ''}><span>${escapeHtml(about)}</span></label>`,
  );
  return makeSheet(
    mount,
    `<h1 class="wallet-title">Show a code at the till</h1>
<form method="post" action="${escapeHtml(mount)}/wallet">
  <fieldset class="choices"><legend>The customer …</legend>${choices.join('')}</fieldset>
  <button class="pay wide">Show a code</button>
</form>`,
  );
}

function makeCodeBody({ code, payment, word }: Shown, parts: CustomerPageParts): string {
  const { mount } = parts;
  const again = `<p class="again"><a href="${escapeHtml(mount)}/wallet">Show another code</a></p>`;
  if (code === null) return makeSheet(mount, makeEnding('unknown', CUSTOMER_ENDINGS.unknown) + again);
  const watch = `<div id="watch" data-state="${word}" data-url="${escapeHtml(mount)}/wallet/${code.code}/state"></div>`;
  if (word === 'ready') return makeSheet(mount, makeCodeFace(code, parts.now()) + watch + again);
  if (payment !== null && word === 'open') {
    return makeSheet(
      mount,
      makeSummary(payment, true) + makeQuestion(mount, code, payment, parts.now()) + watch,
    );
  }
  if (payment !== null) {
    const ending = CUSTOMER_ENDINGS[parts.state.getPhase(payment) as keyof typeof CUSTOMER_ENDINGS];
    return makeSheet(mount, makeSummary(payment, false) + makeEnding(word, ending) + watch + again);
  }
  const { about } = CODE_BEHAVIOURS[code.behaviour];
  const text =
    word === 'refused' ? `PayPay refused it: the customer ${about.toLowerCase()}.` : 'Show a fresh one.';
  const title = word === 'refused' ? 'Not paid' : 'The code has run out';
  return makeSheet(mount, makeEnding('declined', { sign: '×', title, text }) + again);
}

function makeCodeFace(code: CustomerCode, now: number): string {
  const groups = code.code.match(/.{1,4}/g) ?? [];
  const seconds = Math.max(1, Math.ceil((code.expiresAtMs - now) / 1_000));
  return `<h1 class="wallet-title">Show this to the till</h1>
${makeBarcode(code.code)}
<p class="digits" aria-label="The code">${groups.map((group) => `<span>${group}</span>`).join(' ')}</p>
<button class="quiet copy" id="copy" data-code="${code.code}" hidden>Copy</button>
<p class="hint" id="countdown" data-seconds="${seconds}" data-words="Valid for {time}"></p>
<p class="about">${escapeHtml(CODE_BEHAVIOURS[code.behaviour].about)}</p>`;
}

function makeQuestion(mount: string, code: CustomerCode, payment: SimulatedPayment, now: number): string {
  const action = `${escapeHtml(mount)}/wallet/${code.code}`;
  const seconds = Math.max(1, Math.ceil(payment.expiryDate - now / 1_000));
  return `<form class="buttons tall" method="post" action="${action}/pay">
  <button class="pay">Confirm and pay</button>
  <button class="decline" formaction="${action}/decline">Decline</button>
</form>
<p class="hint" id="countdown" data-seconds="${seconds}" data-words="Answer within {time}"></p>`;
}

function makeEnding(
  kind: string,
  { sign, title, text }: { sign: string; title: string; text: string },
): string {
  return `<div class="ending ${kind}"><div class="sign" aria-hidden="true">${sign}</div><h2>${title}</h2><p>${escapeHtml(text)}</p></div>`;
}

function makeSheet(mount: string, content: string): string {
  return `<main class="customer"><article class="sheet">${content}</article>
<p class="foot">PayPay simulator · no real money moves · <a href="${escapeHtml(mount)}">Control page</a></p></main>`;
}

const STYLE = `
.wallet-title { font-size: 1.375rem; letter-spacing: -.015em; margin-bottom: 18px; }
.choices { border: 0; padding: 0; margin: 0; text-align: left; }
.choices legend { color: var(--soft); font-size: .875rem; padding: 0; margin-bottom: 6px; }
.choice { display: flex; align-items: center; gap: 12px; min-height: 46px; padding: 6px 4px; border-top: 1px solid var(--line); cursor: pointer; }
.choice input { width: 20px; height: 20px; margin: 0; accent-color: var(--accent); flex: none; }
.pay.wide { width: 100%; margin-top: 20px; }
.barcode { display: block; width: 100%; height: 92px; background: #fff; border-radius: 10px; padding: 10px 0; fill: #000; }
.digits { display: grid; grid-template-columns: repeat(3, auto); justify-content: center; gap: 2px 18px; margin: 20px 0 14px; font: 600 1.75rem/1.35 ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-variant-numeric: tabular-nums; user-select: all; }
.copy { min-height: 40px; padding: 8px 22px; }
.about, .again { color: var(--soft); font-size: .875rem; margin-top: 6px; }
.again { margin-top: 20px; }
.sheet > .ending:first-child { border: 0; margin: 0; padding: 0; }
`;

const WATCH_SCRIPT = `
(() => {
  const copy = document.getElementById('copy');
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener('click', async () => {
      await navigator.clipboard.writeText(copy.dataset.code);
      copy.textContent = 'Copied';
      setTimeout(() => { copy.textContent = 'Copy'; }, 1500);
    });
  }
  const watch = document.getElementById('watch');
  if (!watch) return;
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(watch.dataset.url).catch(() => null);
    if (answer && answer.ok && (await answer.text()) !== watch.dataset.state) location.reload();
  }, 1000);
})();
`;

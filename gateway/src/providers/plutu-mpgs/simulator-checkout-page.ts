// How the payment page of the simulated Plutu looks in each state: choosing a card, the bank's question, the end.
import { escapeHtml, type SimulatorPage } from '../simulator-page.ts';
import { COUNTDOWN_SCRIPT } from '../simulator-page-script.ts';
import type { Phase, PlutuPayment } from './simulator-books.ts';
import { CHECKOUT_WORDS, type CheckoutWords, TEST_CARDS } from './simulator-checkout-words.ts';

/** How long the page that says how it went stays before the browser goes back to the merchant. */
const STAY_SECONDS = 1;

interface View {
  mount: string;
  now: number;
  phase: Phase | 'unknown';
  notice: string | null;
  browser_returns: boolean;
}

export function makeCheckoutPage(payment: PlutuPayment | null, view: View): SimulatorPage {
  const lang = payment?.request.lang ?? 'en';
  const words = CHECKOUT_WORDS[lang];
  const is_open = payment !== null && view.phase === 'open';
  const asks_bank = view.notice === 'bank' || view.notice === 'wrong_code';
  const main =
    payment === null || view.phase !== 'open'
      ? makeEnding(payment, view, words)
      : asks_bank
        ? makeBank(payment, view, words)
        : makeCards(payment, view, words);
  const summary = payment === null ? '' : makeSummary(payment, is_open, words);
  return {
    title: is_open ? `${words.pay} ${payment.request.amount} ${payment.currency}` : 'Plutu',
    lang,
    style: CHECKOUT_STYLE,
    script: COUNTDOWN_SCRIPT,
    leads_to:
      payment?.return_to != null && view.browser_returns
        ? { url: `${view.mount}/checkout/${payment.id}/return`, after_seconds: STAY_SECONDS }
        : undefined,
    body: `<main class="customer"><article class="sheet">${summary}${main}</article>
<p class="foot">${words.foot} · <a href="${escapeHtml(view.mount)}">${words.control}</a></p></main>`,
  };
}

function makeSummary(payment: PlutuPayment, is_open: boolean, words: CheckoutWords): string {
  const { amount, invoice_no, return_url } = payment.request;
  const money = `<strong><bdi>${escapeHtml(amount)} <span class="unit">${escapeHtml(payment.currency)}</span></bdi></strong>`;
  const host = `<bdi>${escapeHtml(new URL(return_url).hostname)}</bdi>`;
  return `<h1 class="payee">${is_open ? `${words.pay} ` : ''}${money} ${is_open ? `${words.to} ` : ''}${host}</h1>
<p class="order invoice">${words.invoice} <code>${escapeHtml(invoice_no)}</code></p>`;
}

function makeCards(payment: PlutuPayment, view: View, words: CheckoutWords): string {
  const action = `${escapeHtml(view.mount)}/checkout/${payment.id}`;
  const seconds = Math.max(1, Math.ceil((payment.expires_at_ms - view.now) / 1_000));
  const notice = view.notice === 'declined' ? `<p class="notice" role="alert">${words.declined}</p>` : '';
  const cards = TEST_CARDS.map(
    (
      { card, number },
      place,
    ) => `<label class="card"><input type="radio" name="card" value="${card}"${place === 0 ? ' checked' : ''}>
  <span><span class="number"><bdi>${number}</bdi></span> <span class="does">${words.cards[card]}</span></span></label>`,
  ).join('\n');
  return `${notice}<form method="post" action="${action}/pay">
<fieldset class="cards"><legend>${words.choose}</legend>
${cards}
</fieldset>
<div class="buttons tall">
  <button class="pay">${words.pay} <bdi>${escapeHtml(payment.request.amount)} ${escapeHtml(payment.currency)}</bdi></button>
  <button class="decline" formaction="${action}/cancel">${words.cancel}</button>
</div>
</form>
<p class="hint" id="countdown" data-seconds="${seconds}" data-words="${words.valid_for}"></p>`;
}

function makeBank(payment: PlutuPayment, view: View, words: CheckoutWords): string {
  const is_wrong = view.notice === 'wrong_code';
  const notice = is_wrong ? `<p class="notice" id="wrong" role="alert">${words.wrong_code}</p>` : '';
  const described = is_wrong ? ' aria-invalid="true" aria-describedby="wrong"' : '';
  return `<div class="bank"><h2>${words.bank_title}</h2><p>${words.bank_text}</p>${notice}
<form method="post" action="${escapeHtml(view.mount)}/checkout/${payment.id}/bank" autocomplete="off">
<label for="code">${words.code}</label>
<input id="code" name="code" inputmode="numeric" maxlength="8" dir="ltr"${described} autofocus>
<div class="buttons tall">
  <button class="pay">${words.confirm}</button>
  <button class="decline" name="answer" value="refuse">${words.refuse}</button>
</div>
</form></div>`;
}

const SIGNS = { approved: '✓', canceled: '↩', declined: '×', expired: '×', unknown: '?' };
const MOODS = { approved: 'paid', canceled: '', declined: 'declined', expired: '', unknown: 'unknown' };

function makeEnding(payment: PlutuPayment | null, view: View, words: CheckoutWords): string {
  const phase = view.phase === 'open' ? 'unknown' : view.phase;
  const { title, text } = words.endings[phase];
  const back =
    payment?.return_to == null
      ? ''
      : `<div class="buttons tall"><a class="pay" href="${escapeHtml(view.mount)}/checkout/${payment.id}/return">${words.back}</a></div>`;
  return `<div class="ending ${MOODS[phase]}"><div class="sign" aria-hidden="true">${SIGNS[phase]}</div><h2>${title}</h2><p>${text}</p></div>${back}`;
}

const CHECKOUT_STYLE = `
.unit { font-size: .45em; font-weight: 600; letter-spacing: 0; color: var(--soft); }
.invoice { font-size: .875rem; color: var(--soft); margin: 8px 0 0; }
.cards { border: 0; padding: 0; margin: 26px 0 0; display: grid; gap: 10px; text-align: start; }
.cards legend { padding: 0; margin-bottom: 10px; font-weight: 600; font-size: .9375rem; }
.card { display: flex; gap: 12px; align-items: center; padding: 13px 16px; border-radius: 14px; box-shadow: inset 0 0 0 1.5px var(--line); cursor: pointer; }
.card:has(:checked) { box-shadow: inset 0 0 0 2px var(--accent); background: var(--plain-wash); }
.card:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
.card input { width: 20px; height: 20px; margin: 0; flex: none; accent-color: var(--accent); }
.card input:focus-visible { outline: 0; }
.card .number { display: block; font-weight: 600; font-variant-numeric: tabular-nums; }
.card bdi { white-space: nowrap; }
.card .does { color: var(--soft); font-size: .875rem; }
.notice { margin-top: 20px; padding: 12px 16px; border-radius: 12px; background: var(--bad-wash); color: var(--bad); font-size: .9375rem; text-align: start; }
.bank { margin-top: 22px; padding-top: 22px; border-top: 1px solid var(--line); text-align: start; }
.bank p { color: var(--soft); }
.bank .notice { color: var(--bad); margin-top: 14px; }
.bank label { display: block; margin: 18px 0 6px; font-size: .875rem; font-weight: 600; }
.bank input { width: 100%; min-height: 52px; padding: 8px 14px; border-radius: 12px; border: 1.5px solid var(--line); background: var(--ground); font-size: 1.375rem; letter-spacing: .2em; text-align: center; }
a.pay { display: grid; place-items: center; text-decoration: none; }
`;

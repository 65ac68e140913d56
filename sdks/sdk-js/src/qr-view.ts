// Shows the code of a payment in an element of the page, counts its time down, and puts a clear word in its place when it
// is paid or over. It lives in a shadow root with a style sheet of its own: the page's rules do not reach in, and a
// policy without 'unsafe-inline' lets it be.
import { drawCode, drawSign } from './qr-drawing.ts';
import type { QRModel } from './qr-state.ts';
import { amountText, clockText, type Language, type QRState, WORDS, walletName } from './qr-words.ts';

export interface QROptions {
  /** Of the code with its white border, in CSS pixels; 240 unless said otherwise. */
  size?: number;
  /** Of the words; the page's language unless said otherwise, and English where that is neither. */
  language?: Language;
}

export interface QRView {
  update(): void;
  /** Takes it off the page. */
  remove(): void;
}

const SIZE = 240;
const STYLE = `
:host { display: inline-block; max-width: 100%; color-scheme: light }
:host([hidden]) { display: none }
.card { position: relative; box-sizing: border-box; width: calc(var(--size) + 32px); min-width: min-content; max-width: 100%; padding: 16px; border-radius: 12px; background: #fff; color: #1b1b1f;
  display: flex; flex-direction: column; align-items: center; gap: 8px; text-align: center;
  font: 16px/1.4 system-ui, -apple-system, 'Hiragino Sans', 'Noto Sans JP', sans-serif }
p { margin: 0 }
.wallet { font-weight: 600 }
.amount { font-size: 24px; font-weight: 700; line-height: 1.2; font-variant-numeric: tabular-nums }
.place { display: grid; place-items: center; max-width: 100% }
.place svg { display: block; max-width: 100%; height: auto }
.words { max-width: 100%; overflow-wrap: anywhere; text-wrap: balance; word-break: auto-phrase }
.time { font-variant-numeric: tabular-nums; color: #55555f }
.time:empty { display: none }
.paid { color: #0b6b3a }
.failed { color: #b3261e }
.expired, .cancelled, .checking { color: #55555f }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
`;
/** Seconds left at which a screen reader says so; every second would drown everything else. */
const SPOKEN_AT = [300, 180, 60, 30, 10];

export function renderQRView(parent: Element, read: () => QRModel | null, options: QROptions = {}): QRView {
  const { size = SIZE } = options;
  const page_language = parent.closest('[lang]')?.getAttribute('lang') ?? navigator.language;
  const language: Language = /^ja\b/i.test(options.language ?? page_language) ? 'ja' : 'en';
  const words = WORDS[language];

  const host = document.createElement('div');
  host.lang = language;
  host.dir = 'ltr';
  host.hidden = true;
  host.style.setProperty('--size', `${size}px`);
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const add = (into: Element | ShadowRoot, tag: string, name: string) => {
    const made = document.createElement(tag);
    made.className = name;
    into.append(made);
    return made;
  };
  const card = add(root, 'div', 'card');
  const wallet = add(card, 'p', 'wallet');
  const place = add(card, 'div', 'place');
  const amount = add(card, 'p', 'amount');
  const said = add(card, 'p', 'words');
  const time = add(card, 'p', 'time');
  // A timer is not read by itself; what is to be heard is said in the live region.
  time.setAttribute('role', 'timer');
  const spoken = add(card, 'p', 'said');
  spoken.setAttribute('aria-live', 'polite');

  let drawn = '';
  let spoken_at = Number.POSITIVE_INFINITY;
  let tick: ReturnType<typeof setTimeout> | undefined;

  function update(): void {
    clearTimeout(tick);
    const model = read();
    host.hidden = model === null;
    if (model === null) return;
    // A code that has run out is not shown until the gateway says so: somebody would scan it.
    const is_over = model.state === 'open' && model.ms_left !== null && model.ms_left <= 0;
    const state = is_over ? 'checking' : model.state;
    draw(model, state);
    if (state === 'open' && model.ms_left !== null) countDown(model.ms_left);
    else time.textContent = '';
  }

  function draw(model: QRModel, state: QRState): void {
    const key = `${state} ${model.content}`;
    if (key === drawn) return;
    drawn = key;
    spoken_at = Number.POSITIVE_INFINITY;
    const name = walletName(model.provider);
    const price = amountText(model.amount, model.currency, language);
    wallet.textContent = name;
    amount.textContent = price;
    said.textContent = words.states[state];
    spoken.textContent = state === 'open' ? '' : words.states[state];
    host.dataset['state'] = state;
    if (state === 'open') {
      place.replaceChildren(drawCode(model.content, size, words.code(name, price), words.states.open));
      return;
    }
    // As large as the code was, so that the page does not jump.
    const { width = size, height = size } = place.firstElementChild?.getBoundingClientRect() ?? {};
    if (place.style.minHeight === '') {
      place.style.setProperty('min-width', `${width}px`);
      place.style.setProperty('min-height', `${height}px`);
    }
    place.replaceChildren(drawSign(state));
  }

  function countDown(ms_left: number): void {
    const seconds = Math.ceil(ms_left / 1_000);
    time.textContent = words.time_left(clockText(seconds));
    const due = Math.min(...SPOKEN_AT.filter((at) => seconds <= at));
    if (due < spoken_at || spoken.textContent === '') spoken.textContent = words.time_left_spoken(seconds);
    spoken_at = Math.min(spoken_at, due);
    // At the moment when the next second begins, not a second from now: no second is left out.
    tick = setTimeout(update, ms_left % 1_000 || 1_000);
  }

  update();
  // Not before it is drawn: what cannot be drawn leaves nothing on the page.
  parent.append(host);
  return {
    update,
    remove() {
      clearTimeout(tick);
      host.remove();
    },
  };
}

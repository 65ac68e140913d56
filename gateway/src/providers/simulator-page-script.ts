// What runs in the browser on every simulator's pages, and what their control pages build upon. Texts reach the page as
// text nodes, never as markup, and a row is built anew only when its facts changed, so that a button does not vanish
// under the finger.
import { FAULT_PANEL, SETTING_PANEL } from './simulator-panel-script.ts';

export const COUNTDOWN_SCRIPT = `
(() => {
  const line = document.getElementById('countdown');
  if (!line) return;
  const end = performance.now() + Number(line.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (left === 0) return location.reload();
    line.textContent = line.dataset.words.replace('{time}', Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0'));
    setTimeout(tick, 500);
  };
  tick();
})();
`;

/** A control page's script: the common tools, then its own, which ends with `start(load)`. */
export function makeControlScript(own: string): string {
  return `\n(() => {${TOOLS}${FAULT_PANEL}${SETTING_PANEL}${own}})();\n`;
}

const TOOLS = `
  const byId = (id) => document.getElementById(id);
  const root = byId('board').dataset.control;
  const drawn = new Map();
  let clockOffset = 0;

  function make(tag, facts, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(facts)) {
      if (name === 'onclick') element.addEventListener('click', value);
      else if (value !== false) element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.filter((child) => child !== null && child !== ''));
    return element;
  }

  async function ask(method, path, body) {
    const facts = { method };
    if (body !== undefined) {
      facts.headers = { 'content-type': 'application/json' };
      facts.body = JSON.stringify(body);
    }
    const answer = await fetch(root + path, facts);
    const json = await answer.json();
    if (!answer.ok) throw new Error(json.error.message);
    return json;
  }

  let toastTimer;
  function tell(message) {
    const toast = byId('toast');
    toast.textContent = message;
    toast.classList.add('shown');
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => toast.classList.remove('shown'), 3500);
  }

  const doing = (method, path, body) => async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      await ask(method, path, body);
    } catch (error) {
      tell(error.message);
    }
    button.disabled = false;
    refresh();
  };

  /* Keeps the element of every key whose facts are the same as before. */
  function draw(box, rows, build, empty) {
    const place = byId(box);
    const elements = rows.map(([key, facts]) => {
      const text = JSON.stringify(facts);
      const old = drawn.get(box + key);
      if (old && old.text === text && old.element.isConnected) return old.element;
      const element = build(facts);
      drawn.set(box + key, { text, element });
      return element;
    });
    if (elements.length === 0) {
      if (place.firstElementChild?.classList.contains('empty')) return;
      elements.push(empty());
    }
    const same = place.children.length === elements.length && elements.every((one, i) => place.children[i] === one);
    if (!same) place.replaceChildren(...elements);
  }

  const time = (iso) => new Date(iso).toLocaleTimeString('en-GB');
  const pill = (text, mood) => make('span', { class: 'pill ' + mood }, text);
  const nothing = (title, text) => () => make('p', { class: 'empty' }, make('strong', {}, title), text);
  /* The end of an id tells two payments apart, so a long one is cut in the middle. */
  const shortId = (id) => make('code', { title: id }, id.length > 20 ? id.slice(0, 4) + '…' + id.slice(-10) : id);
  const SPELT = { html: 'HTML', http: 'HTTP', paypay: 'PayPay', qr: 'QR' };
  const wordsOf = (name) => {
    const words = name.split('_').map((word) => SPELT[word] ?? word).join(' ');
    return words[0].toUpperCase() + words.slice(1);
  };
  const buildTile = ([name, value]) => make('div', {}, make('dt', {}, name), make('dd', {}, value));
  const drawTiles = (tiles) => draw('tiles', tiles.map((tile) => [tile[0], tile]), buildTile);

  function tick() {
    const now = Date.now() + clockOffset;
    for (const bill of document.querySelectorAll('.bill')) {
      const ends = Date.parse(bill.dataset.ends);
      const left = Math.max(0, Math.ceil((ends - now) / 1000));
      const clock = bill.querySelector('.clock');
      clock.textContent = Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
      clock.classList.toggle('short', left <= 30);
      const part = Math.max(0, Math.min(1, (ends - now) / (ends - Date.parse(bill.dataset.starts))));
      bill.querySelector('.fuse').style.transform = 'scaleX(' + part + ')';
    }
  }

  /* What the simulator's own script loads and draws; it returns the simulator's time. */
  let loadOwn;
  let asking = false;
  async function refresh() {
    if (asking || document.hidden) return;
    asking = true;
    const link = byId('connection');
    try {
      const [now, dial, { refusals }] = await Promise.all([loadOwn(), ask('GET', '/faults'), ask('GET', '/refusals')]);
      clockOffset = Date.parse(now) - Date.now();
      drawFaults(dial);
      drawRefusals(refusals);
      tick();
      link.className = 'link-state up';
      link.textContent = 'Connected';
    } catch (error) {
      link.className = 'link-state down';
      link.textContent = error instanceof TypeError ? 'Not reachable' : error.message;
    }
    asking = false;
  }

  function start(load) {
    loadOwn = load;
    prepareFaults();
    prepareSettings();
    document.addEventListener('visibilitychange', refresh);
    setInterval(refresh, 1000);
    setInterval(tick, 1000);
    refresh();
  }
`;

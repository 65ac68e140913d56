// What runs in the browser on the simulator's pages. Texts reach the page as text nodes, never as markup, and
// a row is built anew only when its facts changed, so that a button does not vanish under the finger.

export const COUNTDOWN_SCRIPT = `
(() => {
  const line = document.getElementById('countdown');
  if (!line) return;
  const end = performance.now() + Number(line.dataset.seconds) * 1000;
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    if (left === 0) return location.reload();
    line.textContent = 'Valid for ' + Math.floor(left / 60) + ':' + String(left % 60).padStart(2, '0');
    setTimeout(tick, 500);
  };
  tick();
})();
`;

export const CONTROL_SCRIPT = `
(() => {
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

  const money = (amount) => '¥' + amount.toLocaleString('en');
  const time = (iso) => new Date(iso).toLocaleTimeString('en-GB');
  const pill = (text, mood) => make('span', { class: 'pill ' + mood }, text);
  const nothing = (title, text) => () => make('p', { class: 'empty' }, make('strong', {}, title), text);
  const pathOf = (payment, act) => '/payments/' + encodeURIComponent(payment.merchantPaymentId) + act;
  /* The end of an id tells two payments apart, so a long one is cut in the middle. */
  const idOf = ({ merchantPaymentId: id }) =>
    make('code', { title: id }, id.length > 20 ? id.slice(0, 4) + '…' + id.slice(-10) : id);
  const PHASES = {
    held: ['Held', 'warn'], released: ['Released', ''], hold_expired: ['Hold ran out', ''],
    paid: ['Paid', 'good'], declined: ['Declined', 'bad'], cancelled: ['Cancelled, returned', 'warn'],
    deleted: ['Deleted', ''], expired: ['Expired', ''],
  };
  const OUTCOMES = {
    delivered: ['Delivered', 'good'], failed: ['Not delivered', 'bad'], lost: ['Lost', 'warn'],
    no_url: ['No address set', ''], sending: ['Sending', ''],
  };

  function buildBill(payment) {
    const place = [payment.storeInfo, payment.storeId, payment.terminalId].filter(Boolean).join(' · ');
    return make('article', { class: 'bill', 'data-ends': payment.expires_at, 'data-starts': payment.created_at },
      make('div', { class: 'head' }, make('p', { class: 'amount' }, money(payment.amount)), make('p', { class: 'clock' })),
      make('p', { class: 'what' }, payment.orderDescription ?? 'No description'),
      make('p', { class: 'meta' }, place === '' ? null : place + ' · ', make('code', {}, payment.merchantPaymentId)),
      payment.cancel_requested ? make('p', { class: 'meta' }, pill('The merchant cancelled: the money will go straight back', 'warn')) : null,
      make('div', { class: 'buttons' },
        make('button', { class: 'pay', onclick: doing('POST', pathOf(payment, '/pay'), {}) }, 'Pay'),
        make('button', { class: 'decline', onclick: doing('POST', pathOf(payment, '/decline'), {}) }, 'Decline')),
      make('p', { class: 'meta link' }, make('a', { href: payment.url, target: '_blank', rel: 'noopener' }, 'Open as the customer sees it')),
      make('div', { class: 'fuse' }));
  }

  function buildDone(payment) {
    const back = payment.refunded === (payment.captured ?? payment.amount) ? ['Refunded', 'warn'] : ['Refunded ' + money(payment.refunded), 'warn'];
    const [word, mood] = payment.refunded > 0 ? back : PHASES[payment.phase];
    const when = payment.failed_at ?? payment.paid_at ?? payment.created_at;
    const isOver = payment.phase === 'expired' || payment.phase === 'deleted';
    const button = (label, act, body) => make('button', { class: 'quiet', onclick: doing('POST', pathOf(payment, act), body) }, label);
    const actions = isOver ? [button('Pay all the same', '/pay', { late: true })]
      : payment.phase === 'held' ? [button('Capture', '/capture', {}), button('Release', '/revert', {}), button('Run out', '/shorten', {})]
      : [button('Notify again', '/notify', {})];
    const share = payment.captured !== null && payment.captured < payment.amount ? money(payment.captured) + ' of ' : '';
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, payment.orderDescription ?? 'No description'),
      make('div', { class: 'end' }, share, make('strong', {}, money(payment.amount))),
      make('div', { class: 'sub' }, pill(word, mood), ' ' + time(when), idOf(payment)),
      make('div', { class: 'end' }, ...actions));
  }

  function buildFault({ name, about, standing, left }) {
    const words = name.replaceAll('_', ' ').replace('html', 'HTML');
    const label = words[0].toUpperCase() + words.slice(1);
    const flip = standing ? doing('DELETE', '/faults?fault=' + name) : doing('POST', '/faults', { fault: name });
    const soon = left === 1 ? 'next time' : 'next ' + left + ' times';
    return make('div', { class: 'row' },
      make('div', {}, make('div', { class: 'name' }, label), make('div', { class: 'sub' }, left > 0 ? pill(soon, 'warn') : about)),
      make('div', { class: 'end' },
        make('button', { class: 'quiet', 'aria-label': label + ', once', onclick: doing('POST', '/faults', { fault: name, times: 1 }) }, 'Once'),
        make('button', { class: name === 'instant_pay' ? 'switch kind' : 'switch', role: 'switch', 'aria-checked': String(standing), 'aria-label': label + ', always', onclick: flip })));
  }

  function buildNotification({ notification, payment }) {
    const [word, mood] = OUTCOMES[notification.outcome];
    const tries = notification.tries.length === 0 ? '' : ' · answered ' + notification.tries.join(', ');
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, notification.state + ' · ' + money(payment.amount)),
      make('div', { class: 'end' }, pill(word, mood)),
      make('div', { class: 'sub' }, time(notification.at) + tries, idOf(payment)));
  }

  function buildRefusal(refusal) {
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, refusal.hint),
      make('div', { class: 'end' }, pill(String(refusal.status), 'bad')),
      make('div', { class: 'sub' }, time(refusal.at) + ' · ' + refusal.endpoint.replaceAll('_', ' ') + ' · ' + refusal.code));
  }

  function buildTile([name, value]) {
    return make('div', {}, make('dt', {}, name), make('dd', {}, value));
  }

  const keyed = (payments) => payments.map((payment) => [payment.codeId, payment]);

  function show(payments, charges, dial, refusals) {
    const open = payments.filter((payment) => payment.phase === 'open');
    const held = payments.filter((payment) => payment.phase === 'held').reduce((sum, payment) => sum + payment.amount, 0);
    draw('tiles', [['Open', String(open.length)], ['Held', money(held)], ['Taken', money(charges.taken)], ['Given back', money(charges.returned)]].map((tile) => [tile[0], tile]), buildTile);
    draw('open', keyed(open), buildBill, nothing('No open payments', 'Confirm a QR payment at the gateway and it appears here.'));
    draw('done', keyed(payments.filter((payment) => payment.phase !== 'open').slice(0, 12)), buildDone, nothing('Nothing yet', 'Paid, held, declined and expired payments end up here.'));
    draw('faults', Object.entries(dial.known).map(([name, { about }]) => {
      const active = dial.faults.filter((fault) => fault.fault === name);
      const left = active.reduce((sum, fault) => sum + (fault.times_left ?? 0), 0);
      return [name, { name, about, left, standing: active.some((fault) => fault.times_left === null) }];
    }), buildFault);
    byId('clear-faults').hidden = dial.faults.length === 0;
    const log = payments.flatMap((payment) => payment.notifications.map((notification, i) => ({ notification, payment, i })));
    log.sort((a, b) => (a.notification.at < b.notification.at ? 1 : -1));
    draw('log', log.slice(0, 6).map((one) => [one.payment.codeId + one.i, { notification: one.notification, payment: { amount: one.payment.amount, merchantPaymentId: one.payment.merchantPaymentId } }]), buildNotification, nothing('No notifications', 'They follow every payment and every decline.'));
    byId('refusals-section').hidden = refusals.length === 0;
    draw('refusals', refusals.slice(0, 6).map((one) => [one.at + one.hint, one]), buildRefusal, nothing('None', ''));
  }

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

  let asking = false;
  async function refresh() {
    if (asking || document.hidden) return;
    asking = true;
    const link = byId('connection');
    try {
      const [listed, charges, dial, refused] = await Promise.all([
        ask('GET', '/payments?limit=60'), ask('GET', '/charges?limit=0'), ask('GET', '/faults'), ask('GET', '/refusals'),
      ]);
      clockOffset = Date.parse(listed.now) - Date.now();
      show(listed.payments, charges, dial, refused.refusals);
      tick();
      link.className = 'link-state up';
      link.textContent = 'Connected';
    } catch {
      link.className = 'link-state down';
      link.textContent = 'Not reachable';
    }
    asking = false;
  }

  byId('clear-faults').addEventListener('click', doing('DELETE', '/faults'));
  const url = byId('notification_url');
  ask('GET', '/settings').then((settings) => { url.value = settings.notification_url ?? ''; });
  byId('settings').addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await ask('POST', '/settings', { notification_url: url.value === '' ? null : url.value });
      tell(url.value === '' ? 'Notifications are switched off.' : 'Notifications go to ' + url.value);
    } catch (error) {
      tell(error.message);
    }
  });
  document.addEventListener('visibilitychange', refresh);
  setInterval(refresh, 1000);
  setInterval(tick, 1000);
  refresh();
})();
`;

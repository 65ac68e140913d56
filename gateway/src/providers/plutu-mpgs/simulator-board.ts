// The control page of the simulated Plutu, `/mpgs`: open payment pages, finished ones, and the callbacks that followed.
import type { FastifyInstance } from 'fastify';
import { makeControlBody, sendPage } from '../simulator-page.ts';
import { makeControlScript } from '../simulator-page-script.ts';
import { PlutuSettings } from './simulator-settings.ts';

export function registerPlutuBoard(app: FastifyInstance, mount: string): void {
  app.get(mount, (_request, reply) =>
    sendPage(reply, {
      title: 'Plutu simulator',
      body: makeControlBody({
        mount,
        title: 'Plutu simulator',
        about: 'You are the customer. No real money moves.',
        settings: PlutuSettings,
        main: PAYMENTS,
        side: CALLBACKS,
      }),
      script: BOARD_SCRIPT,
    }),
  );
  app.get(`${mount}/`, (_request, reply) => reply.redirect(mount));
}

const PAYMENTS = `<section aria-labelledby="open-title">
      <h2 id="open-title">Waiting for you</h2>
      <div id="open" class="stack"></div>
    </section>
    <section aria-labelledby="done-title">
      <h2 id="done-title">Finished</h2>
      <div id="done" class="list"></div>
    </section>`;

const CALLBACKS = `<section aria-labelledby="log-title">
      <h2 id="log-title">Callbacks</h2>
      <div id="log" class="list"></div>
    </section>`;

const BOARD_SCRIPT = makeControlScript(`
  const money = (payment) => payment.amount + ' ' + payment.currency;
  const pathOf = (payment, act) => '/payments/' + encodeURIComponent(payment.invoice_no) + act;
  const PHASES = {
    approved: ['Approved', 'good'], canceled: ['Cancelled', ''], declined: ['Declined', 'bad'], expired: ['Expired', ''],
  };
  const OUTCOMES = {
    delivered: ['Delivered', 'good'], failed: ['Not delivered', 'bad'], lost: ['Lost', 'warn'],
    waiting: ['Waits to be overtaken', 'warn'], sending: ['Sending', ''],
  };

  function buildBill(payment) {
    const act = (name) => doing('POST', pathOf(payment, name), {});
    const declines = payment.declines === 0 ? null : pill(payment.declines === 1 ? 'One card was declined' : payment.declines + ' cards were declined', 'warn');
    return make('article', { class: 'bill', 'data-ends': payment.expires_at, 'data-starts': payment.created_at },
      make('div', { class: 'head' }, make('p', { class: 'amount' }, money(payment)), make('p', { class: 'clock' })),
      make('p', { class: 'meta' }, 'Invoice ', make('code', {}, payment.invoice_no)),
      declines && make('p', { class: 'meta' }, declines),
      make('div', { class: 'buttons three' },
        make('button', { class: 'pay', onclick: act('/pay') }, 'Pay'),
        make('button', { class: 'decline', onclick: act('/decline') }, 'Decline'),
        make('button', { class: 'decline', onclick: act('/cancel') }, 'Cancel')),
      make('p', { class: 'meta link' }, make('a', { href: payment.checkout_url, target: '_blank', rel: 'noopener' }, 'Open as the customer sees it')),
      make('div', { class: 'fuse' }));
  }

  function buildDone(payment) {
    const [word, mood] = PHASES[payment.phase];
    const button = (label, act, body) => make('button', { class: 'quiet', onclick: doing('POST', pathOf(payment, act), body) }, label);
    const back = payment.return_to === null ? null : make('a', { class: 'quiet', href: payment.return_to, target: '_blank', rel: 'noopener' }, 'Return');
    const actions = payment.phase === 'expired' ? [button('Pay all the same', '/pay', { late: true })] : [button('Call again', '/callback', {}), back];
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, shortId(payment.invoice_no)),
      make('div', { class: 'end' }, make('strong', {}, money(payment))),
      make('div', { class: 'sub' }, pill(word, mood), ' ' + time(payment.ended_at ?? payment.expires_at)),
      make('div', { class: 'end' }, ...actions));
  }

  function buildCallback({ callback, invoice_no, phase }) {
    const [word, mood] = OUTCOMES[callback.outcome];
    const tries = callback.tries.length === 0 ? '' : ' · answered ' + callback.tries.join(', ');
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, PHASES[phase][0]),
      make('div', { class: 'end' }, pill(word, mood)),
      make('div', { class: 'sub' }, time(callback.at) + tries, shortId(invoice_no)));
  }

  const keyed = (payments) => payments.map((payment) => [payment.invoice_no, payment]);

  function show(payments, charges) {
    const open = payments.filter((payment) => payment.phase === 'open');
    const count = (phase) => String(payments.filter((payment) => payment.phase === phase).length);
    drawTiles([['Open', String(open.length)], ['Cancelled', count('canceled')], ['Declined', count('declined')], ['Taken', (charges.taken_cents / 100).toFixed(2) + ' ' + charges.currency]]);
    draw('open', keyed(open), buildBill, nothing('No open payments', 'Confirm a card payment through MPGS at the gateway and it appears here.'));
    draw('done', keyed(payments.filter((payment) => payment.phase !== 'open').slice(0, 12)), buildDone, nothing('Nothing yet', 'Approved, cancelled, declined and expired payments end up here.'));
    const log = payments.flatMap(({ callbacks, invoice_no, phase }) => callbacks.map((callback, i) => ({ callback, invoice_no, phase, i })));
    log.sort((a, b) => (a.callback.at < b.callback.at ? 1 : -1));
    draw('log', log.slice(0, 6).map((one) => [one.invoice_no + one.i, one]), buildCallback, nothing('No callbacks', 'The merchant’s server is told how each payment ended.'));
  }

  start(async () => {
    const [listed, charges] = await Promise.all([ask('GET', '/payments?limit=60'), ask('GET', '/charges?limit=0')]);
    show(listed.payments, charges);
    return listed.now;
  });
`);

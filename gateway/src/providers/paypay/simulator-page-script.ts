// What the control page of the simulated PayPay draws: open and finished payments, and the notifications that followed.
import { makeControlScript } from '../simulator-page-script.ts';

export const CONTROL_SCRIPT = makeControlScript(`
  const money = (amount) => '¥' + amount.toLocaleString('en');
  const pathOf = (payment, act) => '/payments/' + encodeURIComponent(payment.merchantPaymentId) + act;
  const PHASES = {
    held: ['Held', 'warn'], released: ['Released', ''], hold_expired: ['Hold ran out', ''],
    paid: ['Paid', 'good'], declined: ['Declined', 'bad'], cancelled: ['Cancelled, returned', 'warn'],
    deleted: ['Deleted', ''], expired: ['Expired', ''],
  };
  const OUTCOMES = {
    delivered: ['Delivered', 'good'], failed: ['Not delivered', 'bad'], lost: ['Lost', 'warn'],
    no_url: ['No address set', ''], sending: ['Sending', ''], held: ['Held back', 'warn'],
    maintenance: ['Not sent: maintenance', 'warn'],
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
      make('div', { class: 'sub' }, pill(word, mood), ' ' + time(when), shortId(payment.merchantPaymentId)),
      make('div', { class: 'end' }, ...actions));
  }

  function buildNotification({ notification, payment }) {
    const [word, mood] = OUTCOMES[notification.outcome];
    const tries = notification.tries.length === 0 ? '' : ' · answered ' + notification.tries.join(', ');
    return make('div', { class: 'row' },
      make('div', { class: 'name' }, notification.state + ' · ' + money(payment.amount)),
      make('div', { class: 'end' }, pill(word, mood)),
      make('div', { class: 'sub' }, time(notification.at) + tries, shortId(payment.merchantPaymentId)));
  }

  const keyed = (payments) => payments.map((payment) => [payment.codeId, payment]);

  function show(payments, charges) {
    const open = payments.filter((payment) => payment.phase === 'open');
    const held = payments.filter((payment) => payment.phase === 'held').reduce((sum, payment) => sum + payment.amount, 0);
    drawTiles([['Open', String(open.length)], ['Held', money(held)], ['Taken', money(charges.taken)], ['Given back', money(charges.returned)]]);
    draw('open', keyed(open), buildBill, nothing('No open payments', 'Confirm a QR payment at the gateway and it appears here.'));
    draw('done', keyed(payments.filter((payment) => payment.phase !== 'open').slice(0, 12)), buildDone, nothing('Nothing yet', 'Paid, held, declined and expired payments end up here.'));
    const log = payments.flatMap((payment) => payment.notifications.map((notification, i) => ({ notification, payment, i })));
    log.sort((a, b) => (a.notification.at < b.notification.at ? 1 : -1));
    draw('log', log.slice(0, 6).map((one) => [one.payment.codeId + one.i, { notification: one.notification, payment: { amount: one.payment.amount, merchantPaymentId: one.payment.merchantPaymentId } }]), buildNotification, nothing('No notifications', 'They follow every payment and every decline.'));
  }

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
  start(async () => {
    const [listed, charges] = await Promise.all([ask('GET', '/payments?limit=60'), ask('GET', '/charges?limit=0')]);
    show(listed.payments, charges);
    return listed.now;
  });
`);
